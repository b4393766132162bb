//! The states of a meeting, in reading order.

use crate::{procedure::State, terms::label::Label};

/// The states of a meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MeetingState {
    /// 已提议.
    Proposed,
    /// 已定期.
    Scheduled,
    /// 已通知.
    Notified,
    /// 已召开.
    Convened,
    /// 纪要起草.
    MinutesDrafted,
    /// 纪要印发.
    MinutesIssued,
    /// 取消.
    Cancelled,
}

impl State for MeetingState {
    const ALL: &'static [Self] = &[
        Self::Proposed,
        Self::Scheduled,
        Self::Notified,
        Self::Convened,
        Self::MinutesDrafted,
        Self::MinutesIssued,
        Self::Cancelled,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Scheduled => "scheduled",
            Self::Notified => "notified",
            Self::Convened => "convened",
            Self::MinutesDrafted => "minutes_drafted",
            Self::MinutesIssued => "minutes_issued",
            Self::Cancelled => "cancelled",
        }
    }

    fn label(self) -> Label {
        match self {
            Self::Proposed => Label::new("已提议", "proposed"),
            Self::Scheduled => Label::new("已定期", "scheduled"),
            Self::Notified => Label::new("已通知", "notice sent"),
            Self::Convened => Label::new("已召开", "held"),
            Self::MinutesDrafted => Label::new("纪要起草", "minutes drafted"),
            Self::MinutesIssued => Label::new("纪要印发", "minutes issued"),
            Self::Cancelled => Label::new("取消", "canceled"),
        }
    }

    fn is_terminal(self) -> bool {
        matches!(self, Self::MinutesIssued | Self::Cancelled)
    }
}
