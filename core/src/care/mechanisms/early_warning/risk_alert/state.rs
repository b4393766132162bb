//! The states of an alert, in reading order.

use crate::{procedure::State, terms::label::Label};

/// The states of an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RiskAlertState {
    /// 线索受理.
    ClueReceived,
    /// 核查中.
    Verifying,
    /// 待定级确认.
    Grading,
    /// 跟踪走访.
    Monitoring,
    /// 复评中.
    Regrading,
    /// 转出待接收.
    TransferringOut,
    /// 已转出.
    TransferredOut,
    /// 排除.
    Dismissed,
    /// 解除预警.
    Cleared,
    /// 成年或死亡终止.
    ClosedLeftScope,
}

impl State for RiskAlertState {
    const ALL: &'static [Self] = &[
        Self::ClueReceived,
        Self::Verifying,
        Self::Grading,
        Self::Monitoring,
        Self::Regrading,
        Self::TransferringOut,
        Self::TransferredOut,
        Self::Dismissed,
        Self::Cleared,
        Self::ClosedLeftScope,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::ClueReceived => "clue_received",
            Self::Verifying => "verifying",
            Self::Grading => "grading",
            Self::Monitoring => "monitoring",
            Self::Regrading => "regrading",
            Self::TransferringOut => "transferring_out",
            Self::TransferredOut => "transferred_out",
            Self::Dismissed => "dismissed",
            Self::Cleared => "cleared",
            Self::ClosedLeftScope => "closed_left_scope",
        }
    }

    fn label(self) -> Label {
        match self {
            Self::ClueReceived => Label::new("线索受理", "clue received"),
            Self::Verifying => Label::new("核查中", "being verified"),
            Self::Grading => Label::new("待定级确认", "waiting for the grade to be confirmed"),
            Self::Monitoring => Label::new("跟踪走访", "watched by visits"),
            Self::Regrading => Label::new("复评中", "being graded anew"),
            Self::TransferringOut => {
                Label::new("转出待接收", "sent elsewhere, not yet acknowledged")
            }
            Self::TransferredOut => Label::new("已转出", "handed over"),
            Self::Dismissed => Label::new("排除", "dismissed"),
            Self::Cleared => Label::new("解除预警", "cleared"),
            Self::ClosedLeftScope => {
                Label::new("成年或死亡终止", "ended by coming of age or death")
            }
        }
    }

    fn is_terminal(self) -> bool {
        match self {
            Self::ClueReceived
            | Self::Verifying
            | Self::Grading
            | Self::Monitoring
            | Self::Regrading
            | Self::TransferringOut => false,
            Self::TransferredOut | Self::Dismissed | Self::Cleared | Self::ClosedLeftScope => true,
        }
    }
}
