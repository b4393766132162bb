//! The world the definitions of the county's work are tested against: the national rules, and
//! the procedures of the chain that this version carries.

use super::{rules::national, world};
use crate::procedure::World;

/// The world.
pub(crate) fn test_world() -> World {
    World {
        procedures: vec![
            ("risk_alert", vec!["register_clue"]),
            ("mandatory_report", vec!["discover", "record_report_made"]),
            ("emergency_response", vec!["raise_alarm"]),
            ("assessment_assistance", vec!["open_assessment"]),
            ("referral", vec!["send_referral"]),
            ("temporary_guardianship", vec!["request"]),
            ("care_file", vec!["open_file"]),
            ("meeting", vec!["propose_meeting"]),
            ("agenda_item", vec!["propose_item"]),
            ("action_item", vec!["assign"]),
            ("listed_oversight", vec!["propose_oversight"]),
        ],
        ..world(national())
    }
}
