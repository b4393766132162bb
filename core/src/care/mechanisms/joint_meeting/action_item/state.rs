//! The states of an action item, in reading order.

use crate::{procedure::State, terms::label::Label};

/// The states of an action item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ActionItemState {
    /// 已交办.
    Assigned,
    /// 提出异议.
    Objected,
    /// 已签收.
    Acknowledged,
    /// 办理中.
    InProgress,
    /// 已反馈.
    Reported,
    /// 退回重办.
    Returned,
    /// 已核销.
    VerifiedClosed,
    /// 撤销.
    Withdrawn,
}

impl State for ActionItemState {
    const ALL: &'static [Self] = &[
        Self::Assigned,
        Self::Objected,
        Self::Acknowledged,
        Self::InProgress,
        Self::Reported,
        Self::Returned,
        Self::VerifiedClosed,
        Self::Withdrawn,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Assigned => "assigned",
            Self::Objected => "objected",
            Self::Acknowledged => "acknowledged",
            Self::InProgress => "in_progress",
            Self::Reported => "reported",
            Self::Returned => "returned",
            Self::VerifiedClosed => "verified_closed",
            Self::Withdrawn => "withdrawn",
        }
    }

    fn label(self) -> Label {
        match self {
            Self::Assigned => Label::new("已交办", "assigned"),
            Self::Objected => Label::new("提出异议", "objected to"),
            Self::Acknowledged => Label::new("已签收", "acknowledged"),
            Self::InProgress => Label::new("办理中", "in progress"),
            Self::Reported => Label::new("已反馈", "result reported"),
            Self::Returned => Label::new("退回重办", "returned"),
            Self::VerifiedClosed => Label::new("已核销", "verified and closed"),
            Self::Withdrawn => Label::new("撤销", "withdrawn"),
        }
    }

    fn is_terminal(self) -> bool {
        matches!(self, Self::VerifiedClosed | Self::Withdrawn)
    }
}
