//! The states of an assessment, in reading order.

use crate::{procedure::State, terms::label::Label};

/// The states of an assessment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AssessmentState {
    /// 待调查评估.
    PendingAssessment,
    /// 调查评估中.
    Assessing,
    /// 报告已提交.
    ReportSubmitted,
    /// 会商中.
    InConference,
    /// 方案已拟.
    PlanDrafted,
    /// 方案已批.
    PlanApproved,
    /// 帮扶中.
    Assisting,
    /// 跟踪回访.
    FollowUp,
    /// 复评中.
    Reassessing,
    /// 转出待接收.
    TransferringOut,
    /// 目标达成结案.
    ClosedGoalMet,
    /// 无帮扶需求结案.
    ClosedNoNeed,
    /// 监护人拒绝结案.
    ClosedRefused,
    /// 成年或死亡终止.
    ClosedLeftScope,
    /// 已转出.
    TransferredOut,
}

impl AssessmentState {
    /// Whether the case has ended there.
    pub(super) const fn is_over(self) -> bool {
        matches!(
            self,
            Self::ClosedGoalMet
                | Self::ClosedNoNeed
                | Self::ClosedRefused
                | Self::ClosedLeftScope
                | Self::TransferredOut
        )
    }

    const fn names(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::PendingAssessment => {
                ("pending_assessment", "待调查评估", "waiting to be assessed")
            }
            Self::Assessing => ("assessing", "调查评估中", "being assessed"),
            Self::ReportSubmitted => ("report_submitted", "报告已提交", "report submitted"),
            Self::InConference => ("in_conference", "会商中", "in conference"),
            Self::PlanDrafted => ("plan_drafted", "方案已拟", "plan drafted"),
            Self::PlanApproved => ("plan_approved", "方案已批", "plan approved"),
            Self::Assisting => ("assisting", "帮扶中", "being helped"),
            Self::FollowUp => ("follow_up", "跟踪回访", "followed by visits"),
            Self::Reassessing => ("reassessing", "复评中", "being assessed anew"),
            Self::TransferringOut => {
                ("transferring_out", "转出待接收", "sent elsewhere, not yet acknowledged")
            }
            Self::ClosedGoalMet => ("closed_goal_met", "目标达成结案", "closed, the goal is met"),
            Self::ClosedNoNeed => ("closed_no_need", "无帮扶需求结案", "closed, no need of help"),
            Self::ClosedRefused => {
                ("closed_refused", "监护人拒绝结案", "closed, the guardian refuses")
            }
            Self::ClosedLeftScope => {
                ("closed_left_scope", "成年或死亡终止", "ended by coming of age or death")
            }
            Self::TransferredOut => ("transferred_out", "已转出", "handed over"),
        }
    }
}

impl State for AssessmentState {
    const ALL: &'static [Self] = &[
        Self::PendingAssessment,
        Self::Assessing,
        Self::ReportSubmitted,
        Self::InConference,
        Self::PlanDrafted,
        Self::PlanApproved,
        Self::Assisting,
        Self::FollowUp,
        Self::Reassessing,
        Self::TransferringOut,
        Self::ClosedGoalMet,
        Self::ClosedNoNeed,
        Self::ClosedRefused,
        Self::ClosedLeftScope,
        Self::TransferredOut,
    ];

    fn name(self) -> &'static str {
        self.names().0
    }

    fn label(self) -> Label {
        let (_, zh, en) = self.names();
        Label::new(zh, en)
    }

    fn is_terminal(self) -> bool {
        self.is_over()
    }
}
