//! 强制报告: a report that a child is harmed or in danger, from the discovery to the reply to
//! whoever reported.
//!
//! One case per child of the incident; the child may be unidentified. The report itself waits for
//! nobody: 立即 has no number, nobody approves it, and once sent it is never annulled. Beside the
//! states run the filing with the authority and the preservation of evidence, and the case cannot
//! end before both are done or excused.
//!
//! The steps stand in the order of the matter: [`discovery`], [`receiving`], the police's
//! [`review`] and [`police_case`], what follows when they do [`not_filed`] one, the [`result`],
//! and the [`side_steps`].
//!
//! Sources: 未成年人保护法 第11、103、117条; 反家庭暴力法 第14、35条;
//! 《关于建立侵害未成年人案件强制报告制度的意见（试行）》; 《公安机关办理刑事案件程序规定》
//! 第169条至第189条; 《公安部关于改革完善受案立案制度的意见》（公通字〔2015〕32号).

pub mod data;
pub mod discovery;
mod duties;
pub mod guards;
pub mod not_filed;
pub mod police_case;
pub mod receiving;
pub mod result;
pub mod review;
pub mod side_steps;

#[cfg(test)]
mod tests;

use self::data::ReportData;
use crate::{
    care::{
        codes::LifeEvent,
        life::{Lives, RecordChildView, RecordLifeEvent},
        roles::MINOR_PROTECTION_CENTER,
    },
    procedure::{Define, Guard, Procedure, Refusal, Roles, State, StepContext, Timing},
    terms::{area::AreaPurpose, facts::SubjectKind, label::Label},
};

/// The name of the procedure, for those who look beside.
pub const MANDATORY_REPORT: &str = "mandatory_report";

/// 强制报告.
#[derive(Clone, Copy, Debug)]
pub struct MandatoryReport;

/// The states of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReportState {
    /// Found, and not yet reported.
    Discovered,
    /// Reported, and not yet taken in.
    Reported,
    /// A department has it.
    ReceivedByDepartment,
    /// A department settles it.
    HandledByDepartment,
    /// The police have it.
    ReceivedByPolice,
    /// On its way to the competent organ.
    Transferring,
    /// The police review whether there is a case.
    UnderReview,
    /// A public security case.
    AdminCase,
    /// A criminal case.
    CriminalCase,
    /// The police decided not to file.
    NotFiled,
    /// That decision is reconsidered or reviewed.
    UnderReconsideration,
    /// There is a result.
    Decided,
    /// The reporter was told.
    ResultNotified,
    /// Ended.
    Closed,
    /// Ended as unfounded.
    ClosedUnfounded,
}

impl ReportState {
    const fn names(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Discovered => ("discovered", "已发现待报告", "discovered"),
            Self::Reported => ("reported", "已报告", "reported"),
            Self::ReceivedByDepartment => {
                ("received_by_department", "部门已接报", "received by a department")
            }
            Self::HandledByDepartment => {
                ("handled_by_department", "部门处置中", "handled by a department")
            }
            Self::ReceivedByPolice => {
                ("received_by_police", "公安已接报", "received by the police")
            }
            Self::Transferring => ("transferring", "移送管辖中", "on transfer"),
            Self::UnderReview => ("under_review", "受案、立案审查", "under review"),
            Self::AdminCase => ("admin_case", "治安案件办理", "public security case"),
            Self::CriminalCase => ("criminal_case", "刑事案件侦办", "criminal case"),
            Self::NotFiled => ("not_filed", "不予立案", "not filed"),
            Self::UnderReconsideration => {
                ("under_reconsideration", "复议、复核中", "under reconsideration")
            }
            Self::Decided => ("decided", "已有处理结果", "decided"),
            Self::ResultNotified => ("result_notified", "已告知结果", "result notified"),
            Self::Closed => ("closed", "办结", "closed"),
            Self::ClosedUnfounded => ("closed_unfounded", "查否办结", "closed as unfounded"),
        }
    }
}

impl State for ReportState {
    const ALL: &'static [Self] = &[
        Self::Discovered,
        Self::Reported,
        Self::ReceivedByDepartment,
        Self::HandledByDepartment,
        Self::ReceivedByPolice,
        Self::Transferring,
        Self::UnderReview,
        Self::AdminCase,
        Self::CriminalCase,
        Self::NotFiled,
        Self::UnderReconsideration,
        Self::Decided,
        Self::ResultNotified,
        Self::Closed,
        Self::ClosedUnfounded,
    ];

    fn name(self) -> &'static str {
        self.names().0
    }

    fn label(self) -> Label {
        let (_, zh, en) = self.names();
        Label::new(zh, en)
    }

    fn is_terminal(self) -> bool {
        matches!(self, Self::Closed | Self::ClosedUnfounded)
    }
}

impl Procedure for MandatoryReport {
    const NAME: &'static str = MANDATORY_REPORT;
    const VERSION: u32 = 1;
    const LABEL: Label = Label::new("强制报告", "mandatory report");
    const MECHANISM: Option<&'static str> = Some("mandatory_report");
    const URGENT: bool = true;
    const SUBJECT: SubjectKind = SubjectKind::Child;
    const AREA: &'static [AreaPurpose] = &[AreaPurpose::Incident];
    const GUARDS: &'static [&'static Guard] = &[
        &guards::UNLAWFUL_SIGN,
        &guards::OUTCOME_OF_ANOTHER_WAY,
        &guards::NEEDS_NOT_REFERRED,
        &guards::EMERGENCY_OPEN,
        &guards::NOT_UNFOUNDED,
        &guards::REPORTERS_NOT_TOLD,
    ];

    type State = ReportState;
    type Data = ReportData;

    fn define(define: Define<Self>) -> Define<Self> {
        duties::duties(define)
            .transition::<discovery::Discover>()
            .transition::<discovery::RecordReportMade>()
            .transition::<discovery::ReportToPolice>()
            .transition::<discovery::ReportToDepartment>()
            .transition::<receiving::ReceiveByPolice>()
            .transition::<receiving::ReceiveByDepartment>()
            .transition::<receiving::DeclineNotOurs>()
            .transition::<receiving::PassToPolice>()
            .transition::<receiving::HandleInDepartment>()
            .transition::<receiving::DepartmentResult>()
            .transition::<review::TransferJurisdiction>()
            .transition::<review::JurisdictionAccepted>()
            .transition::<review::JurisdictionRefused>()
            .transition::<review::BeginReview>()
            .transition::<review::AcceptAdmin>()
            .transition::<review::FileCriminal>()
            .transition::<review::DecideNotFile>()
            .transition::<review::FindUnfounded>()
            .transition::<not_filed::ServeNonFiling>()
            .transition::<review::AskSupplement>()
            .transition::<review::SupplySupplement>()
            .transition::<police_case::AdminOutcome>()
            .transition::<police_case::ConvertToCriminal>()
            .transition::<police_case::ConvertToAdmin>()
            .transition::<police_case::WithdrawCriminal>()
            .transition::<police_case::SendToProsecution>()
            .transition::<police_case::NotifyWithdrawal>()
            .transition::<not_filed::ApplyReconsideration>()
            .transition::<not_filed::ReconsiderationUpheld>()
            .transition::<not_filed::ReconsiderationGranted>()
            .transition::<not_filed::RequestOversight>()
            .transition::<not_filed::OrderedToFile>()
            .transition::<not_filed::OversightEnds>()
            .transition::<not_filed::ResubmitNewFacts>()
            .transition::<not_filed::AcceptNotFiled>()
            .transition::<result::NotifyResult>()
            .transition::<result::NotificationImpossible>()
            .transition::<result::Close>()
            .transition::<result::CloseUnfounded>()
            .transition::<side_steps::ReferNeeds>()
            .transition::<side_steps::RaiseDanger>()
            .transition::<side_steps::NameGuardianSuspect>()
            .transition::<side_steps::FileRecord>()
            .transition::<side_steps::PreserveEvidence>()
            .transition::<side_steps::RecordRetraction>()
            .transition::<RecordLifeEvent>()
            .transition::<RecordChildView>()
    }

    fn timing(duty: &str, data: &ReportData) -> Timing {
        data.timing(duty)
    }

    /// The reporting unit until the report is received, then the county's minor protection
    /// center.
    fn holders(state: ReportState, _: &ReportData) -> Roles {
        match state {
            ReportState::Discovered | ReportState::Reported => &[],
            ReportState::ReceivedByDepartment
            | ReportState::HandledByDepartment
            | ReportState::ReceivedByPolice
            | ReportState::Transferring
            | ReportState::UnderReview
            | ReportState::AdminCase
            | ReportState::CriminalCase
            | ReportState::NotFiled
            | ReportState::UnderReconsideration
            | ReportState::Decided
            | ReportState::ResultNotified
            | ReportState::Closed
            | ReportState::ClosedUnfounded => &[MINOR_PROTECTION_CENTER],
        }
    }
}

/// A victim's case goes on whatever happens to the child: of age, dead or elsewhere.
impl Lives for MandatoryReport {
    const LIFE_STATES: &'static [ReportState] = &[];

    fn live(_: LifeEvent, _: &mut StepContext<'_, Self>) -> Result<Option<ReportState>, Refusal> {
        Ok(None)
    }
}
