//! The forms that can be printed.

mod custody;
mod minutes;
mod oversight;
mod referral;
mod report;

use super::{dossier::Dossier, layout::Paper};

/// A form.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is called.
    pub zh: &'static str,
    /// What it is called, in English.
    pub en: &'static str,
    /// The procedures whose cases it is filled from.
    pub procedures: &'static [&'static str],
    fill: fn(&Dossier) -> Result<Paper, Withheld>,
}

/// Why a case gives no such paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Withheld {
    /// In Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
}

impl Form {
    /// The form with this name, in Chinese or as on the command line.
    pub fn named(name: &str) -> Option<&'static Self> {
        FORMS.iter().find(|form| form.name == name || form.zh == name)
    }

    /// The paper.
    ///
    /// # Errors
    /// Why this case gives none.
    pub fn fill(&self, dossier: &Dossier) -> Result<Paper, Withheld> {
        (self.fill)(dossier)
    }
}

/// Every form.
pub const FORMS: &[Form] = &[
    Form {
        name: "report",
        zh: "强制报告表",
        en: "mandatory report",
        procedures: &["mandatory_report"],
        fill: |d| Ok(report::fill(d)),
    },
    Form {
        name: "custody-transfer",
        zh: "交接单",
        en: "custody transfer of a child",
        procedures: &["emergency_response", "temporary_guardianship"],
        fill: |d| Ok(custody::fill(d)),
    },
    Form {
        name: "referral",
        zh: "转介单",
        en: "referral",
        procedures: &["referral"],
        fill: |d| Ok(referral::fill(d)),
    },
    Form {
        name: "oversight",
        zh: "督办通知",
        en: "notice of oversight",
        procedures: &["listed_oversight"],
        fill: oversight::fill,
    },
    Form {
        name: "minutes",
        zh: "会议纪要",
        en: "minutes of a meeting",
        procedures: &["meeting"],
        fill: minutes::fill,
    },
];
