//! Steps on duties: follow-up, extension, suspension, reassignment, excuse.

use super::{must_be_open, not_applicable, two_persons::named_duty};
use crate::procedure::wide::{
    WideStep,
    forms::{
        CaseloadTransfer, ExcuseDuty, ExtendDeadline, FollowUp, ReassignCause, ReassignHolder,
        SuspendDeadline,
    },
};
use crate::{
    case::{FindHolder as _, extension_of, may_see_duty},
    duty::{
        owed::{DutyKind, DutyState, LedgerLine, OwedDuty},
        time_limit::LimitId,
    },
    engine::{
        EngineError,
        carry::{Carry, EntryDraft},
        workspace::Live,
    },
    procedure::{Refusal, Timing},
    terms::time::{CivilDate, Timestamp},
};

impl Carry<'_> {
    /// 催问记录: discharges the follow-up duties that this actor may record and opens the next.
    pub(super) fn follow_up(
        &mut self,
        live: &Live,
        draft: &mut EntryDraft,
        form: &FollowUp,
    ) -> Result<(), EngineError> {
        let step = WideStep::RecordFollowUp;
        must_be_open(live, step)?;
        if form.time > self.now {
            let (occurred, recorded) = (form.time, self.now);
            return Err(Refusal::NotYetHappened { occurred, recorded }.into());
        }
        let check = self.check(live);
        let asked = |duty: &OwedDuty| {
            live.definition.duty(&duty.name).is_some_and(|spec| {
                spec.fulfilled_by.contains(&step.name()) && may_see_duty(spec, duty, &check)
            })
        };
        let names: Vec<String> = live
            .image
            .duties
            .iter()
            .filter(|duty| duty.is_open() && asked(duty))
            .map(|duty| duty.name.clone())
            .collect();
        if names.is_empty() {
            return Err(not_applicable(
                step,
                "没有可由您记录的催问事项",
                "no follow-up that you may record is owed",
            )
            .into());
        }
        let mut clocks = live.definition.clocks(&live.data)?;
        for timing in clocks.timings.values_mut() {
            // The next asking counts from this one; a person may name its day.
            timing.from = None;
            timing.due = form.next_date.map(CivilDate::end);
        }
        let mut ledger = self.ledger(live, self.occurred_at);
        ledger.close(DutyState::Fulfilled, |duty| names.contains(&duty.name));
        for name in &names {
            if let Some(spec) = live.definition.duty(name)
                && spec.kind == DutyKind::State
            {
                ledger.open_duty(spec, &clocks, Some(&live.facts().state));
            }
        }
        draft.duties = ledger.into_changes();
        Ok(())
    }

    /// 延期: a later date, or a later limit of the duty.
    pub(super) fn extend(
        &mut self,
        live: &Live,
        draft: &mut EntryDraft,
        form: &ExtendDeadline,
    ) -> Result<(), EngineError> {
        let step = WideStep::ExtendDeadline;
        must_be_open(live, step)?;
        let duty = named_duty(live, step, form.duty.as_str())?;
        let ledger = self.ledger(live, self.occurred_at);
        let Some(before) = duty.deadline.clone() else { return Err(without_date(step).into()) };
        let Some(due) = before.due else { return Err(without_date(step).into()) };
        let mut after = before.clone();
        match (form.until, &form.limit) {
            (Some(until), None) => {
                after.due = Some(until.end());
                after.provisional = false;
            }
            (None, Some(limit)) => {
                let limit = LimitId::named(limit.as_str());
                let candidates = live.definition.duty(&duty.name).map(|spec| &spec.limits);
                if !candidates.is_some_and(|limits| limits.contains(&limit)) {
                    return Err(Refusal::field(
                        "limit",
                        format!("expected a limit of duty `{}`, found `{limit}`", duty.name),
                    )
                    .into());
                }
                let timing = Timing::default().from(Some(before.from));
                if let Some(other) = ledger.deadline(&[limit], &timing, before.from, 0) {
                    after = other;
                }
            }
            (Some(_), Some(_)) | (None, None) => {
                return Err(Refusal::field("until", "expected either `until` or `limit`").into());
            }
        }
        if after.due.is_none_or(|after| after <= due) {
            return Err(Refusal::field(
                "until",
                format!("expected a date after {due}, which holds now"),
            )
            .into());
        }
        after.generation = before.generation.saturating_add(1);
        let generation = after.generation.to_string();
        draft.attributes.push((extension_of(duty.no), Some(generation)));
        self.redate(live, draft, duty, &after, LedgerLine::Extended);
        Ok(())
    }

    /// 中止计时: the clock stands still through `until`; what was left is left after it.
    pub(super) fn suspend(
        &mut self,
        live: &Live,
        draft: &mut EntryDraft,
        form: &SuspendDeadline,
    ) -> Result<(), EngineError> {
        let step = WideStep::SuspendDeadline;
        must_be_open(live, step)?;
        let duty = named_duty(live, step, form.duty.as_str())?;
        let Some(before) = duty.deadline.clone() else { return Err(without_date(step).into()) };
        let limit = self.engine.rules.limit(&before.limit);
        let (Some(due), Some(period)) = (before.due, limit.and_then(|limit| limit.period)) else {
            return Err(without_date(step).into());
        };
        let (from, until) = (self.occurred_at, form.until.end());
        if until <= from {
            return Err(Refusal::field("until", "expected a day that is not over").into());
        }
        let pushed = period.push(due, from, until, &self.engine.calendar);
        let mut after = before.clone();
        after.due = Some(pushed.at);
        after.provisional = before.provisional || pushed.provisional;
        after.calendar = self.engine.calendar.hash();
        after.generation = before.generation.saturating_add(1);
        after.suspended_until = Some(until);
        self.redate(live, draft, duty, &after, LedgerLine::Suspended);
        Ok(())
    }

    fn redate(
        &self,
        live: &Live,
        draft: &mut EntryDraft,
        duty: &OwedDuty,
        after: &crate::duty::owed::Deadline,
        line: LedgerLine,
    ) {
        let mut ledger = self.ledger(live, self.occurred_at);
        let ladder = self.engine.ladder_of(&live.definition, duty);
        let next = match duty.kind {
            DutyKind::Wait => after.due.filter(|_| !after.provisional),
            DutyKind::State | DutyKind::Open | DutyKind::Side => {
                ledger.first_rung(ladder, Some(after))
            }
        };
        ledger.change(
            |open| open.no == duty.no,
            Some(line),
            |open| {
                open.deadline = Some(after.clone());
                open.rung = 0;
                open.next_rung_at = next;
            },
        );
        draft.duties = ledger.into_changes();
    }

    /// 变更承办: another unit or person is accountable; a recused one is kept away.
    pub(super) fn reassign(
        &mut self,
        live: &Live,
        draft: &mut EntryDraft,
        form: &ReassignHolder,
    ) -> Result<(), EngineError> {
        let step = WideStep::ReassignHolder;
        must_be_open(live, step)?;
        let person = match &form.person {
            None => None,
            Some(id) => Some(self.staff.person(id).filter(|row| row.active).ok_or_else(|| {
                Refusal::field("person", format!("expected an active account, found `{id}`"))
            })?),
        };
        let Some(unit) = form.unit.clone().or_else(|| person.map(|row| row.unit.clone())) else {
            return Err(Refusal::field("unit", "expected `unit` or `person`").into());
        };
        if let Some(name) = &form.duty {
            named_duty(live, step, name.as_str())?;
        }
        let mut held = None;
        let mut ledger = self.ledger(live, self.occurred_at);
        let engine_duties = &self.engine.engine_duties;
        let staff = self.staff;
        let role_there = |duty: &OwedDuty| {
            let roles = live.definition.duty(&duty.name).map(|spec| spec.recorded_by.as_slice());
            let procedure = &live.facts().procedure;
            let roles = roles.or_else(|| engine_duties.of(procedure, &duty.name))?;
            roles.iter().find(|role| staff.has_role(&unit, role)).cloned()
        };
        let picked = |duty: &OwedDuty| {
            form.duty.as_ref().is_none_or(|name| duty.name == name.as_str())
                && duty.kind != DutyKind::Wait
                && role_there(duty).is_some()
        };
        let count = ledger.change(picked, None, |duty| {
            held.get_or_insert_with(|| duty.holder.clone());
            if let Some(role) = role_there(duty) {
                duty.holder.role = role;
            }
            duty.holder.unit = Some(unit.clone());
            duty.holder.person.clone_from(&form.person);
            duty.holder.gap = false;
        });
        if count == 0 {
            return Err(not_applicable(
                step,
                "该单位没有可以办理这些事项的在用账号",
                "the unit has no active account that may record these duties",
            )
            .into());
        }
        draft.duties = ledger.into_changes();
        if form.cause == Some(ReassignCause::Recusal)
            && let Some(held) = held
        {
            let unit = held.unit.map(|unit| unit.to_string());
            match held.person {
                Some(person) => {
                    draft.attributes.push(("recused_person".to_owned(), Some(person.to_string())));
                }
                None => draft.attributes.push(("recused_unit".to_owned(), unit)),
            }
        }
        Ok(())
    }

    /// 工作移交: the duties of this case that a person holds go to another.
    pub(super) fn transfer(
        &mut self,
        live: &Live,
        draft: &mut EntryDraft,
        form: &CaseloadTransfer,
    ) -> Result<(), EngineError> {
        let step = WideStep::CaseloadTransfer;
        must_be_open(live, step)?;
        if !form.list_confirmed {
            return Err(Refusal::field(
                "list_confirmed",
                "expected `true`: both look through the list",
            )
            .into());
        }
        let Some(to) = self.staff.person(&form.to).filter(|row| row.active) else {
            return Err(Refusal::field(
                "to",
                format!("expected an active account, found `{}`", form.to),
            )
            .into());
        };
        let mut ledger = self.ledger(live, self.occurred_at);
        let count = ledger.change(
            |duty| duty.holder.person.as_ref() == Some(&form.from),
            None,
            |duty| {
                duty.holder.person = Some(to.id.clone());
                duty.holder.unit = Some(to.unit.clone());
            },
        );
        if count == 0 {
            return Err(not_applicable(
                step,
                "本个案没有由该人员承办的事项",
                "this person holds no duty of this case",
            )
            .into());
        }
        draft.duties = ledger.into_changes();
        Ok(())
    }

    /// 说明免办: a side duty that cannot or need not be done any more; it counts as not fulfilled.
    pub(super) fn excuse(
        &mut self,
        live: &Live,
        draft: &mut EntryDraft,
        form: &ExcuseDuty,
    ) -> Result<(), EngineError> {
        let step = WideStep::ExcuseDuty;
        must_be_open(live, step)?;
        let duty = named_duty(live, step, form.duty.as_str())?;
        let spec = live.definition.duty(&duty.name);
        if duty.kind != DutyKind::Side || !spec.is_some_and(|spec| spec.excusable) {
            return Err(not_applicable(
                step,
                &format!("“{}”不能免办", duty.name),
                &format!("duty `{}` can never be excused", duty.name),
            )
            .into());
        }
        let no = duty.no;
        let mut ledger = self.ledger(live, self.occurred_at);
        ledger.close(DutyState::Excused, |open| open.no == no);
        draft.duties = ledger.into_changes();
        Ok(())
    }

    /// The instant a step counts from.
    pub(super) fn at(&self) -> Timestamp {
        self.occurred_at
    }
}

fn without_date(step: WideStep) -> Refusal {
    not_applicable(step, "该事项没有具体期限", "the duty has no date")
}
