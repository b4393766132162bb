//! The states of an agenda item, in reading order.

use crate::{procedure::State, terms::label::Label};

/// The states of an agenda item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AgendaItemState {
    /// 已提出.
    Proposed,
    /// 已列入.
    Accepted,
    /// 暂缓.
    Deferred,
    /// 已议待纪要.
    Discussed,
    /// 已议定.
    Resolved,
    /// 未通过.
    NotAdopted,
    /// 不予列入.
    Rejected,
    /// 撤回.
    Withdrawn,
}

impl State for AgendaItemState {
    const ALL: &'static [Self] = &[
        Self::Proposed,
        Self::Accepted,
        Self::Deferred,
        Self::Discussed,
        Self::Resolved,
        Self::NotAdopted,
        Self::Rejected,
        Self::Withdrawn,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Accepted => "accepted",
            Self::Deferred => "deferred",
            Self::Discussed => "discussed",
            Self::Resolved => "resolved",
            Self::NotAdopted => "not_adopted",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }

    fn label(self) -> Label {
        match self {
            Self::Proposed => Label::new("已提出", "proposed"),
            Self::Accepted => Label::new("已列入", "on the agenda"),
            Self::Deferred => Label::new("暂缓", "deferred"),
            Self::Discussed => Label::new("已议待纪要", "discussed, minutes to come"),
            Self::Resolved => Label::new("已议定", "resolved"),
            Self::NotAdopted => Label::new("未通过", "not adopted"),
            Self::Rejected => Label::new("不予列入", "not taken on the agenda"),
            Self::Withdrawn => Label::new("撤回", "withdrawn"),
        }
    }

    fn is_terminal(self) -> bool {
        matches!(self, Self::Resolved | Self::NotAdopted | Self::Rejected | Self::Withdrawn)
    }
}
