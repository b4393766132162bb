//! What a referral remembers between its steps, and what that says about its clocks.

use serde::{Deserialize, Serialize};

use super::sending::SendReferral;
use crate::{
    care::codes::ReferralRefusal,
    procedure::Timing,
    terms::{id::UnitId, time::CivilDate},
};

/// What a referral remembers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReferralData {
    /// What was asked for.
    pub request: Option<SendReferral>,
    /// When the unit said that it begins.
    pub begins: Option<CivilDate>,
    /// When the child was served last.
    pub last_service: Option<CivilDate>,
    /// The units that refused the need, one for each refusal.
    pub refused_by: Vec<UnitId>,
    /// Why it was refused last.
    pub refusal: Option<ReferralRefusal>,
}

impl ReferralData {
    /// What the data say about the clock of `duty`.
    pub(super) fn timing(&self, duty: &str) -> Timing {
        match duty {
            // Whoever said on which day it begins is late some days after that one.
            "start_service" => Timing::default().from(self.begins.map(CivilDate::start)),
            "log_service" => Timing::default().from(self.last_service.map(CivilDate::start)),
            _ => Timing::default(),
        }
    }
}
