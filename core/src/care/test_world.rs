//! The world that the definitions of `care` are tested against: its roles, the ids of the
//! register of limits, the ladders, and the procedures beside each other.

use super::{chain, roles};
use crate::{duty::time_limit::LimitId, procedure::World, terms::actor::Account};

/// The ids of limits that are a law's or a document's.
const D: &[&str] = &[
    "D01", "D02", "D03", "D04a", "D04b", "D05a", "D05b", "D05c", "D06", "D07", "D08a", "D08b",
    "D08c", "D08d", "D09a", "D09b", "D09c", "D09d", "D10a", "D10b", "D11", "D12", "D13", "D14",
    "D15", "D16a", "D16b", "D17", "D18", "D19", "D20", "D21a", "D21b", "D22", "D23", "D24", "D25",
    "D26", "D27", "D28a", "D28b", "D28c", "D29a", "D29b", "D31", "D32", "D33", "D34", "D35a",
    "D35b", "D36", "D36b", "D36c", "D39", "D39b", "D40a", "D40b", "D41", "D42", "D43", "D46",
    "D47", "D49", "D50", "D51", "D52", "D53",
];

/// The ids of limits that are a county's or the product's.
const C: &[&str] = &[
    "C01", "C02", "C02a", "C03", "C04", "C05", "C06", "C07", "C08", "C09", "C10", "C11", "C12",
    "C13", "C14", "C15", "C16", "C17", "C18", "C19", "C20", "C21", "C21a", "C22", "C23", "C24",
    "C25", "C26", "C27", "C28", "C29", "C30", "C30a", "C31", "C31a", "C33", "C34", "C35", "C36",
    "C40", "C41", "C42", "C44", "C45", "C46", "C47", "C50", "C52", "C53", "C54", "C56", "C60",
    "C61", "C63", "C65", "C69", "C73", "C74", "C76", "C80", "C84", "C88", "C89", "C92", "C94",
    "C95", "C96",
];

/// The limits that the law gives no number.
const WITHOUT_NUMBER: &[&str] = &["D01", "D02", "D12", "D49", "D51", "D52", "D53", "C19"];

/// The world.
pub(crate) fn testing_world() -> World {
    let table = roles::table();
    let limits = D.iter().chain(C);
    World {
        roles: table.iter().map(|spec| (spec.role.clone(), spec.account != Account::No)).collect(),
        limits: limits.map(|id| (LimitId::constant(id), !WITHOUT_NUMBER.contains(id))).collect(),
        ladders: ["default", "judicial"].map(str::to_owned).into(),
        engine_steps: ["record_follow_up"].into(),
        procedures: vec![
            ("risk_alert", vec!["register_clue"]),
            ("mandatory_report", vec!["discover", "record_report_made"]),
            ("emergency_response", vec!["raise_alarm"]),
            ("care_file", vec!["open_file"]),
        ],
        elsewhere: chain::ELSEWHERE.iter().copied().collect(),
    }
}
