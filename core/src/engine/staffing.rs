//! What changes for one person, and the duties that this moves: an absence, a deputy, a transfer.
//!
//! A change is first planned: which duties the person has, and who has each of them afterwards. It
//! is carried out in one transaction or not at all, and never if a duty would be left to nobody.

use serde::Serialize;
use serde_json::{Value, json};

use super::{
    Engine, EngineError, Inner, Receipt, Staff,
    carry::Carry,
    people::Written,
    staff_plan::{Plan, lost},
    workspace::Draft,
};
use crate::{
    procedure::{
        Refusal,
        wide::{WideStep, forms::CaseloadTransfer},
    },
    store::{Absence, DutyRow, Read, StaffRow, Wanted},
    terms::{
        actor::{Actor, Grant, Profile, Role},
        id::{ActorId, CaseId, UnitId},
        label::Label,
        time::{CivilDate, Timestamp},
    },
};

/// What changes for one person of the directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
#[non_exhaustive]
pub enum StaffChange {
    /// 离岗: away from one day to another. The deputy, or without one the leader of the unit, holds
    /// the person's roles and areas for that time.
    Leave {
        /// Who.
        person: ActorId,
        /// From when to when, and who stands in.
        absence: Absence,
    },
    /// 代理: another deputy for an absence that is known, or none.
    Deputy {
        /// Who is, or will be, away.
        person: ActorId,
        /// A day of the absence.
        on: CivilDate,
        /// Who stands in; without one, the leader of the unit.
        #[serde(skip_serializing_if = "Option::is_none")]
        deputy: Option<ActorId>,
    },
    /// 调动: to another post, or away for good. What the person held goes to another 工作移交.
    Transfer {
        /// Who.
        person: ActorId,
        /// Who takes over.
        #[serde(skip_serializing_if = "Option::is_none")]
        to: Option<ActorId>,
        /// The new post; without one the person leaves for good and the account is closed.
        #[serde(skip_serializing_if = "Option::is_none")]
        post: Option<Post>,
        /// Whether both looked through the list of duties.
        list_confirmed: bool,
    },
}

impl StaffChange {
    /// Whom it concerns.
    pub fn person(&self) -> &ActorId {
        match self {
            Self::Leave { person, .. }
            | Self::Deputy { person, .. }
            | Self::Transfer { person, .. } => person,
        }
    }

    /// The name of its entry in the directory's record.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Leave { .. } => "staff_leave",
            Self::Deputy { .. } => "staff_deputy",
            Self::Transfer { .. } => "staff_transfer",
        }
    }
}

/// A post: an office, and the roles held from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Post {
    /// The office.
    pub unit: UnitId,
    /// Whether the person leads it.
    pub leader: bool,
    /// The roles, each for an area.
    pub grants: Vec<Grant>,
}

/// An open duty that a change concerns, and who has it afterwards.
#[derive(Clone, Debug, PartialEq)]
pub struct Moved {
    /// The duty.
    pub row: DutyRow,
    /// Whether it was held in the person's own name and is handed over by an entry of its case.
    pub in_person: bool,
    /// Who can record it afterwards, in order of id. Nobody: the change is refused.
    pub to: Vec<ActorId>,
}

/// What a change would do.
#[derive(Clone, Debug, PartialEq)]
pub struct StaffPlan {
    /// The rows of the directory that change, as they will stand.
    pub people: Vec<StaffRow>,
    /// Roles that the successor takes over, because nobody else has them.
    pub taken_over: Vec<Grant>,
    /// The open duties it concerns.
    pub duties: Vec<Moved>,
    /// Units that have no leader afterwards and had one before.
    pub leaderless: Vec<UnitId>,
}

impl Engine {
    /// What a change would do. Nothing is written; duties that nobody would have are listed with
    /// nobody, where carrying it out refuses.
    ///
    /// # Errors
    /// [`EngineError::Refused`] when it is not possible for another reason, or the actor may not.
    pub async fn plan_staff_change(
        &self,
        actor: &Actor,
        change: &StaffChange,
    ) -> Result<StaffPlan, EngineError> {
        let inner = &*self.inner;
        let now = inner.clock.now();
        let mut reader = inner.store.reader(inner.realm()).await?;
        let loaded = reader.load(&Wanted::default()).await?;
        let staff = inner.staff_at(&mut *reader, loaded.directory).await?;
        let right = inner.right_over(&staff, &actor.id, change.person(), now.date())?;
        let plan = inner.staff_plan(&mut *reader, &staff, change, now).await?;
        right.may_hand_over(&plan)?;
        Ok(plan)
    }

    /// Carries a change out: the entry of the directory, and in every case in which the person
    /// held a duty in his or her own name a `caseload_transfer`. All of it or nothing.
    ///
    /// Whoever keeps the directory may, and the leader of the person's unit. Duties held in person
    /// are handed over by the leader only.
    ///
    /// # Errors
    /// [`EngineError::Refused`]: not possible, not permitted, or a duty would be left to nobody;
    /// [`EngineError::Conflict`] when somebody changed one of the cases meanwhile.
    pub async fn carry_staff_change(
        &self,
        actor: &Actor,
        change: &StaffChange,
    ) -> Result<(Receipt, StaffPlan), EngineError> {
        let inner = &*self.inner;
        if inner.directory.is_some() {
            return Err(
                not_possible("人员名录由宿主系统管理", "the host keeps the directory").into()
            );
        }
        let now = inner.clock.now();
        let mut tx = inner.store.begin(inner.realm()).await?;
        let wanted = Wanted { cases: vec![inner.directory_case], ..Wanted::default() };
        let loaded = tx.load(&wanted).await?;
        let staff = inner.staff_at(&mut *tx, loaded.directory).await?;
        let right = inner.right_over(&staff, &actor.id, change.person(), now.date())?;
        let plan = inner.staff_plan(&mut *tx, &staff, change, now).await?;
        right.may_hand_over(&plan)?;
        if let Some(refusal) = lost(inner, &plan) {
            return Err(refusal.into());
        }
        inner.check_people(&plan.people)?;
        let mut cases: Vec<CaseId> = plan
            .duties
            .iter()
            .filter(|moved| moved.in_person)
            .map(|moved| moved.row.case)
            .collect();
        cases.sort_unstable();
        cases.dedup();
        let wanted = [&[inner.directory_case][..], &cases].concat();
        let loaded = tx.load(&Wanted { cases: wanted, ..Wanted::default() }).await?;
        let mut workspace = inner.workspace(loaded);
        let mut carry = Carry {
            engine: inner,
            staff: &staff,
            workspace: &workspace,
            draft: Draft::default(),
            actor,
            profile: staff.profile(&actor.id, now.date()),
            acted_by: None,
            command: None,
            now,
            occurred_at: now,
            history: &[],
            linked: Vec::new(),
            hides: false,
        };
        hand_over(&mut carry, change, &cases, right.role(), now)?;
        let payload = json!({ "people": plan.people, "change": change, "cases": cases });
        inner.write_people(&mut carry, change.name(), plan.people.clone(), payload)?;
        let written = Written::of(carry, inner.directory_case)?;
        Ok((written.commit(&mut workspace, tx).await?, plan))
    }
}

impl Engine {
    /// Whether these grants let somebody record a duty, as far as its row tells: of a role that
    /// matches by unit it knows the unit that holds the duty, not the one that opened the case.
    pub fn may_record(&self, row: &DutyRow, grants: &[Grant]) -> bool {
        self.inner.records(row, &[], grants)
    }
}

/// Writes the transfer of the caseload into every case with a duty held in person.
fn hand_over(
    carry: &mut Carry<'_>,
    change: &StaffChange,
    cases: &[CaseId],
    role: Option<&Role>,
    now: Timestamp,
) -> Result<(), EngineError> {
    let StaffChange::Transfer { person, to: Some(to), list_confirmed, .. } = change else {
        return Ok(());
    };
    let form = CaseloadTransfer {
        from: person.clone(),
        to: to.clone(),
        from_date: now.date(),
        list_confirmed: *list_confirmed,
    };
    let payload = serde_json::to_value(&form).unwrap_or(Value::Null);
    for id in cases {
        let Some(mut live) = carry.workspace.case(&carry.draft, *id)? else { continue };
        carry.effect(&mut live, WideStep::CaseloadTransfer, role.cloned(), &payload)?;
        carry.draft.cases.insert(*id, live);
    }
    Ok(())
}

/// By what right somebody changes the directory for a person.
enum Right {
    /// Keeps the directory; does no casework.
    Keeper,
    /// Leads the unit, as its leader, the leader's deputy, or where it has none as the town leader
    /// or the coordinating body, in that role.
    Leader(Option<Role>),
}

impl Right {
    fn role(&self) -> Option<&Role> {
        match self {
            Self::Keeper => None,
            Self::Leader(role) => role.as_ref(),
        }
    }

    /// Handing duties over is an act in their cases, which is the leader's.
    fn may_hand_over(&self, plan: &StaffPlan) -> Result<(), Refusal> {
        let in_person = plan.duties.iter().filter(|moved| moved.in_person).count();
        match self {
            Self::Keeper if in_person > 0 => Err(not_possible(
                format!(
                    "该人员本人承办 {in_person} 项应办事项，工作移交须由其单位负责人办理，数据管理员不办理个案"
                ),
                format!(
                    "{in_person} duties are held in the person's own name; the leader of the unit \
                     hands them over, who keeps the directory does no casework"
                ),
            )),
            Self::Keeper | Self::Leader(_) => Ok(()),
        }
    }
}

/// The directory as a thing that something does not apply to.
pub(super) fn not_possible(zh: impl Into<String>, en: impl Into<String>) -> Refusal {
    Refusal::NotApplicable { what: "change_staff", reason: Label::owned(zh.into(), en.into()) }
}

impl Inner {
    fn right_over(
        &self,
        staff: &Staff,
        actor: &ActorId,
        person: &ActorId,
        on: CivilDate,
    ) -> Result<Right, Refusal> {
        let profile = staff.profile(actor, on);
        if let Some(row) = staff.person(person) {
            if staff.leads(actor, &row.unit, on) {
                return Ok(Right::Leader(None));
            }
            if !staff.is_led(&row.unit, on)
                && let Some(role) = self.above_units(staff, &profile, row)
            {
                return Ok(Right::Leader(Some(role)));
            }
        }
        if profile.holds_any(&self.keepers) {
            return Ok(Right::Keeper);
        }
        Err(Refusal::RoleMissing {
            transition: "change_staff".to_owned(),
            actor: actor.clone(),
            needed: self.keepers.clone(),
        })
    }

    /// Who stands above a unit that has no leader at work, as its reminders go: for a village the
    /// town's supervisor, then the town leader, then the coordinating body.
    fn above_units(&self, staff: &Staff, profile: &Profile, person: &StaffRow) -> Option<Role> {
        let covers = |role: &Role| {
            profile.grants.iter().any(|grant| {
                &grant.role == role
                    && person.grants.iter().all(|held| grant.area.covers(&held.area))
            })
        };
        let coordinating = self.rules.coordinating_body();
        let village = self.village_leader.iter().filter(|_| staff.is_village(&person.unit));
        village.chain(&self.town_leader).chain([coordinating]).find(|role| covers(role)).cloned()
    }

    async fn staff_plan(
        &self,
        reader: &mut (dyn Read + '_),
        staff: &Staff,
        change: &StaffChange,
        now: Timestamp,
    ) -> Result<StaffPlan, EngineError> {
        let mut plan = Plan::of(staff, change, now.date())?;
        plan.find_duties(self, reader).await?;
        Ok(plan.finish(self))
    }
}
