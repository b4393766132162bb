//! The states of a referral, in reading order.

use crate::{procedure::State, terms::label::Label};

/// The states of a referral.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReferralState {
    /// 已转介.
    Sent,
    /// 退回待裁.
    Refused,
    /// 已接收.
    Accepted,
    /// 服务中.
    Serving,
    /// 已完成.
    Completed,
    /// 未能服务.
    ClosedUnserved,
    /// 撤回.
    Withdrawn,
}

impl State for ReferralState {
    const ALL: &'static [Self] = &[
        Self::Sent,
        Self::Refused,
        Self::Accepted,
        Self::Serving,
        Self::Completed,
        Self::ClosedUnserved,
        Self::Withdrawn,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Refused => "refused",
            Self::Accepted => "accepted",
            Self::Serving => "serving",
            Self::Completed => "completed",
            Self::ClosedUnserved => "closed_unserved",
            Self::Withdrawn => "withdrawn",
        }
    }

    fn label(self) -> Label {
        match self {
            Self::Sent => Label::new("已转介", "sent"),
            Self::Refused => Label::new("退回待裁", "refused, to be decided"),
            Self::Accepted => Label::new("已接收", "accepted"),
            Self::Serving => Label::new("服务中", "being served"),
            Self::Completed => Label::new("已完成", "completed"),
            Self::ClosedUnserved => Label::new("未能服务", "ended unserved"),
            Self::Withdrawn => Label::new("撤回", "withdrawn"),
        }
    }

    fn is_terminal(self) -> bool {
        match self {
            Self::Sent | Self::Refused | Self::Accepted | Self::Serving => false,
            Self::Completed | Self::ClosedUnserved | Self::Withdrawn => true,
        }
    }
}
