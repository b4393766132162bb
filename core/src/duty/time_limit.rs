//! Time limits 时限: how long a duty may take, and by what right anybody says so.
//!
//! The basis is kept apart from the number, because the same fifteen days are a different thing
//! as law, as a ministry's document and as a county's own wish. Only the first may be shown as
//! 法定; [`TimeLimit::shown_basis`] is the one place that decides.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize};

use crate::{
    calendar::{
        explain::{self, LimitName},
        period::{Due, Period},
        work_calendar::WorkCalendar,
    },
    terms::{label::Label, time::Timestamp},
};

/// The id of a time limit in the register of limits, e.g. `D25`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LimitId(Cow<'static, str>);

impl LimitId {
    /// An id of constant text.
    pub const fn constant(id: &'static str) -> Self {
        Self(Cow::Borrowed(id))
    }

    /// An id that was read.
    pub fn named(id: impl Into<String>) -> Self {
        Self(Cow::Owned(id.into()))
    }

    /// The id as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LimitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// By what right a limit is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// 法律.
    Statute,
    /// 行政法规.
    AdministrativeRegulation,
    /// 地方性法规.
    LocalRegulation,
    /// 司法解释.
    JudicialInterpretation,
    /// 规章.
    Rule,
    /// 司法文件.
    JudicialDocument,
    /// 规范性文件.
    NormativeDocument,
    /// 地方做法: how another place does it. It binds nobody here.
    LocalPractice,
    /// 县里自定.
    CountyConfigured,
    /// 产品缺省: a number of this product, until the county sets its own.
    DesignDefault,
}

impl Basis {
    /// Every basis, the strongest first.
    pub const ALL: [Self; 10] = [
        Self::Statute,
        Self::AdministrativeRegulation,
        Self::LocalRegulation,
        Self::JudicialInterpretation,
        Self::Rule,
        Self::JudicialDocument,
        Self::NormativeDocument,
        Self::LocalPractice,
        Self::CountyConfigured,
        Self::DesignDefault,
    ];

    /// The name used in data.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Statute => "statute",
            Self::AdministrativeRegulation => "administrative_regulation",
            Self::LocalRegulation => "local_regulation",
            Self::JudicialInterpretation => "judicial_interpretation",
            Self::Rule => "rule",
            Self::JudicialDocument => "judicial_document",
            Self::NormativeDocument => "normative_document",
            Self::LocalPractice => "local_practice",
            Self::CountyConfigured => "county_configured",
            Self::DesignDefault => "design_default",
        }
    }

    /// What people call it.
    pub const fn label(self) -> Label {
        match self {
            Self::Statute => Label::new("法律", "statute"),
            Self::AdministrativeRegulation => Label::new("行政法规", "administrative regulation"),
            Self::LocalRegulation => Label::new("地方性法规", "local regulation"),
            Self::JudicialInterpretation => Label::new("司法解释", "judicial interpretation"),
            Self::Rule => Label::new("规章", "departmental or local government rule"),
            Self::JudicialDocument => Label::new("司法文件", "judicial document"),
            Self::NormativeDocument => Label::new("规范性文件", "normative document"),
            Self::LocalPractice => Label::new("地方做法", "local practice"),
            Self::CountyConfigured => Label::new("县里自定", "set by the county"),
            Self::DesignDefault => Label::new("产品缺省", "product default"),
        }
    }

    /// How far it binds.
    pub const fn force(self) -> Force {
        match self {
            Self::Statute
            | Self::AdministrativeRegulation
            | Self::LocalRegulation
            | Self::JudicialInterpretation
            | Self::Rule => Force::Statutory,
            Self::JudicialDocument | Self::NormativeDocument => Force::Documentary,
            Self::LocalPractice | Self::CountyConfigured | Self::DesignDefault => Force::Customary,
        }
    }

    /// Whether a limit on this basis may be shown as 法定.
    pub const fn is_statutory(self) -> bool {
        matches!(self.force(), Force::Statutory)
    }
}

/// How far a basis binds, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Force {
    /// The county may set it as it likes.
    Customary,
    /// A document of the state sets it: “《…》规定的期限”.
    Documentary,
    /// Law sets it: “法定”.
    Statutory,
}

/// Which way a limit can be made stricter.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// Something has to be done by then; the stricter limit is the shorter one.
    #[default]
    Latest,
    /// A person's right, a threshold or a term to be kept. Neither shorter nor longer is
    /// stricter: whoever shortens the time to ask for reconsideration takes a right away, and
    /// whoever shortens the keeping of logs breaks the law.
    Window,
}

impl Bound {
    /// Every bound.
    pub const ALL: [Self; 2] = [Self::Latest, Self::Window];

    /// The name used in data.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Latest => "latest",
            Self::Window => "window",
        }
    }
}

/// A time limit, as a rule pack states it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TimeLimit {
    /// Its id.
    pub id: LimitId,
    /// What is to be done.
    pub label: Label,
    /// How long it may take. Without one the law gives no number, only [`word`](Self::word);
    /// such a limit is never overdue by itself, and is sorted first.
    pub period: Option<Period>,
    /// What the law says instead of a number: 立即, 及时.
    pub word: Option<Label>,
    /// The event it runs from; the English side is the word of the register (`last met`).
    pub event: Label,
    /// Which way it can be made stricter.
    pub bound: Bound,
    /// By what right it is set.
    pub basis: Basis,
    /// Which document sets it, with the article. May be empty where the basis is our own setting.
    pub document: String,
    /// Whether the text of the document was seen. For our own settings: whether they are final.
    pub verified: bool,
    /// What one should know about it.
    pub note: Option<String>,
}

impl TimeLimit {
    /// How the basis is shown to people. Never 法定 for what is not law, and marked 待核实 while
    /// nobody has seen the text.
    pub fn shown_basis(&self) -> Label {
        let document = &self.document;
        let (mut zh, mut en) = match (self.basis.force(), document.is_empty()) {
            (Force::Statutory, _) => {
                (format!("法定：{document}"), format!("statutory: {document}"))
            }
            (Force::Documentary, _) => {
                (format!("{document}规定的期限"), format!("limit set by {document}"))
            }
            (Force::Customary, true) => {
                let Label { zh, en } = self.basis.label();
                (zh.into_owned(), en.into_owned())
            }
            (Force::Customary, false) => {
                let Label { zh, en } = self.basis.label();
                (format!("{zh}：{document}"), format!("{en}: {document}"))
            }
        };
        if !self.verified {
            zh.push_str("（待核实）");
            en.push_str(" (unverified)");
        }
        Label::owned(zh, en)
    }

    /// The amount in words, or the word that stands for it: 15个工作日, 立即.
    pub fn shown_amount(&self) -> Label {
        match (&self.period, &self.word) {
            (Some(period), _) => period.label(),
            (None, Some(word)) => word.clone(),
            (None, None) => Label::new("无期限", "no limit"),
        }
    }

    /// When it is over for an event at `from`; nothing where the law gives no number.
    pub fn due(&self, from: Timestamp, calendar: &WorkCalendar) -> Option<Due> {
        self.period.map(|period| period.due(from, calendar))
    }

    /// Why it ends when it ends, for an event at `from`.
    pub fn why(&self, from: Timestamp, calendar: &WorkCalendar) -> Label {
        let basis = self.shown_basis();
        if let Some(period) = self.period {
            let name = LimitName { id: self.id.as_str(), label: &self.label, basis: &basis };
            return explain::why(&name, period, from, &period.due(from, calendar), calendar);
        }
        let (id, word) = (&self.id, self.shown_amount());
        Label::owned(
            format!(
                "{}（{id}，{}）：自{}起，没有规定具体时限，不自动判定逾期。依据：{}。",
                self.label.zh,
                word.zh,
                from.chinese(),
                basis.zh
            ),
            format!(
                "{} ({id}, {}): from {from}; no number is set, so it is never overdue by itself. \
                 Basis: {}.",
                self.label.en, word.en, basis.en
            ),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::period::PeriodUnit;

    fn limit(basis: Basis, document: &str) -> TimeLimit {
        TimeLimit {
            id: LimitId::constant("X01"),
            label: Label::new("答复", "reply"),
            period: Some(Period::from_next_day(1, PeriodUnit::Month).rolling()),
            word: None,
            event: Label::new("收到", "receipt"),
            bound: Bound::Latest,
            basis,
            document: document.to_owned(),
            verified: true,
            note: None,
        }
    }

    #[test]
    fn only_law_is_shown_as_statutory() {
        for basis in Basis::ALL {
            let shown = limit(basis, "《某规定》第1条").shown_basis();
            let claims = shown.zh.contains("法定") || shown.en.contains("statutory");
            assert_eq!(claims, basis.is_statutory(), "{shown:?}");
        }
        assert_eq!(Basis::ALL.iter().filter(|basis| basis.is_statutory()).count(), 5);
    }

    #[test]
    fn the_basis_is_shown_with_its_document_and_its_doubt() {
        let shown = |basis, document: &str| limit(basis, document).shown_basis().zh.into_owned();
        assert_eq!(shown(Basis::Statute, "《某法》第114条"), "法定：《某法》第114条");
        assert_eq!(
            shown(Basis::NormativeDocument, "《某意见》（某发〔2015〕1号）"),
            "《某意见》（某发〔2015〕1号）规定的期限"
        );
        assert_eq!(shown(Basis::LocalPractice, "某市机制"), "地方做法：某市机制");
        assert_eq!(shown(Basis::CountyConfigured, ""), "县里自定");
        assert_eq!(shown(Basis::DesignDefault, ""), "产品缺省");
        let doubtful = TimeLimit { verified: false, ..limit(Basis::Statute, "《某法》") };
        assert_eq!(doubtful.shown_basis().zh, "法定：《某法》（待核实）");
        assert_eq!(doubtful.shown_basis().en, "statutory: 《某法》 (unverified)");
    }

    #[test]
    fn a_limit_without_a_number_is_shown_by_its_word_and_never_due() {
        let now = "2026-03-02 10:00".parse().unwrap();
        let word = Some(Label::new("立即", "immediately"));
        let limit =
            TimeLimit { period: None, word, ..limit(Basis::Statute, "《某法》第11条") };
        assert_eq!(limit.shown_amount().zh, "立即");
        assert_eq!(limit.due(now, WorkCalendar::shipped()), None);
        assert_eq!(
            limit.why(now, WorkCalendar::shipped()).zh,
            "答复（X01，立即）：自2026年3月2日 10:00起，没有规定具体时限，不自动判定逾期。\
             依据：法定：《某法》第11条。"
        );
    }
}
