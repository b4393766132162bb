//! Steps that end a case otherwise than its procedure does, and the one that goes on again.

use super::{must_be_open, not_applicable};
use crate::procedure::wide::{
    WideStep,
    forms::{Annul, MergeCase, Reopen},
};
use crate::{
    duty::owed::{DutyKind, DutyState, OwedDuty},
    engine::{
        EngineError,
        carry::{CLOSED_BY, Carry, EntryDraft},
        workspace::Live,
    },
    procedure::Refusal,
    terms::facts::{ANNULLED, MERGED},
    trail::{Kind, Link, LinkKind},
};

impl Carry<'_> {
    /// 作废: closes all duties. Cases that the case opened are linked in its trail, for a person
    /// to decide.
    pub(super) fn annul(
        &mut self,
        live: &Live,
        draft: &mut EntryDraft,
        _: &Annul,
    ) -> Result<(), EngineError> {
        let step = WideStep::AnnulCase;
        must_be_open(live, step)?;
        let facts = live.facts();
        let limited = self.engine.wide.annul_only_in.iter();
        let mut limited = limited.filter(|(procedure, _)| *procedure == facts.procedure);
        let marked = self.engine.wide.never_annul_with;
        let sent = marked.is_some_and(|key| live.image.attributes.contains_key(key));
        if sent || limited.any(|(_, states)| !states.contains(&facts.state.as_str())) {
            return Err(not_applicable(
                step,
                "已经报出的报告不能作废",
                "what was sent out cannot be annulled",
            )
            .into());
        }
        ANNULLED.clone_into(&mut draft.to);
        draft.ended = true;
        let mut ledger = self.ledger(live, self.at());
        ledger.close(DutyState::Cancelled, |_| true);
        draft.duties = ledger.into_changes();
        Ok(())
    }

    /// 合并重复: this case ends and the survivor goes on. Of a duty that both owe, the earlier
    /// date governs.
    pub(super) fn merge(
        &mut self,
        live: &Live,
        draft: &mut EntryDraft,
        form: &MergeCase,
    ) -> Result<(), EngineError> {
        let step = WideStep::MergeCase;
        must_be_open(live, step)?;
        let facts = live.facts().clone();
        let Some(mut survivor) = self.workspace.case(&self.draft, form.survivor)? else {
            return Err(Refusal::NoSuchCase { case: form.survivor.to_string() }.into());
        };
        let other = survivor.facts();
        let fits = other.id != facts.id
            && other.is_open()
            && other.procedure == facts.procedure
            && other.subject == facts.subject;
        if !fits {
            return Err(not_applicable(
                step,
                "只能并入同一程序、同一儿童的另一未结个案",
                "the survivor is another open case of the same procedure and child",
            )
            .into());
        }
        self.lock(facts.subject, facts.incident);
        self.lock(facts.subject, other.incident);
        let link = |kind, case| Link { kind, case, seq: None, handoff: None };
        let reported = |live: &Live| -> u32 {
            let before = live.image.attributes.get(MERGED_CASES);
            before.and_then(|count| count.parse().ok()).unwrap_or(0)
        };
        let mut told = EntryDraft::keeping(
            &survivor,
            Kind::Engine,
            step.name(),
            serde_json::json!({ "merged": facts.id }),
        );
        told.links.push(link(LinkKind::MergedFrom, facts.id));
        let count = reported(&survivor) + reported(live) + 1;
        told.attributes.push((MERGED_CASES.to_owned(), Some(count.to_string())));
        told.duties = {
            let mut ledger = self.ledger(&survivor, self.at());
            for duty in live.image.duties.iter().filter(|duty| duty.is_open()) {
                earlier_governs(&mut ledger, duty);
            }
            ledger.into_changes()
        };
        self.write(&mut survivor, told, false)?;
        self.linked.push(form.survivor);
        self.draft.cases.insert(form.survivor, survivor);
        MERGED.clone_into(&mut draft.to);
        draft.ended = true;
        draft.links.push(link(LinkKind::MergedInto, form.survivor));
        let mut ledger = self.ledger(live, self.at());
        ledger.close(DutyState::Cancelled, |_| true);
        draft.duties = ledger.into_changes();
        Ok(())
    }

    /// 重启: new facts or a wrong closing; the case goes back to a named state and owes its duties.
    ///
    /// Back means a state it was in: whatever the procedure asks for on the way to another one, a
    /// plan or a decision, was never there.
    pub(super) fn reopen(
        &mut self,
        live: &Live,
        draft: &mut EntryDraft,
        form: &Reopen,
    ) -> Result<(), EngineError> {
        let step = WideStep::Reopen;
        let facts = live.facts();
        if facts.is_open() {
            return Err(not_applicable(step, "个案尚未结束", "the case has not ended").into());
        }
        if facts.state == MERGED {
            return Err(not_applicable(step, "个案已并入其他个案", "the case was merged").into());
        }
        self.no_other_of(live, facts.subject, step)?;
        self.lock(facts.subject, facts.incident);
        let state = live.definition.state(form.state.as_str());
        let Some(state) = state.filter(|state| !state.terminal) else {
            return Err(Refusal::field(
                "state",
                format!("expected an open state of the procedure, found `{}`", form.state),
            )
            .into());
        };
        let mut passed = self.history.iter().filter_map(|entry| self.envelope(entry.seq));
        if !passed.any(|envelope| envelope.to == state.name) {
            let found = state.name;
            let reason = format!("expected a state that the case was in, found `{found}`");
            return Err(Refusal::field("state", reason).into());
        }
        let clocks = live.definition.clocks(&live.data)?;
        let mut ledger = self.ledger(live, self.at());
        for spec in live.definition.duties() {
            let opens = match spec.kind {
                DutyKind::State => spec.states.contains(&state.name),
                DutyKind::Open => true,
                DutyKind::Side | DutyKind::Wait => false,
            };
            if opens {
                ledger.open_duty(spec, &clocks, Some(state.name));
            }
        }
        ledger.open_waits(state.name, &clocks, &[]);
        draft.duties = ledger.into_changes();
        state.name.clone_into(&mut draft.to);
        draft.ended = false;
        draft.attributes.push((CLOSED_BY.to_owned(), None));
        Ok(())
    }
}

/// How many cases were merged into this one: each reporter is still owed an answer.
const MERGED_CASES: &str = "merged_cases";

fn earlier_governs(ledger: &mut crate::case::Ledger<'_>, merged: &OwedDuty) {
    let Some(deadline) = merged.deadline.clone() else { return };
    let earlier = |duty: &OwedDuty| {
        duty.name == merged.name
            && deadline.due.is_some()
            && duty.due().is_none_or(|due| deadline.due.is_some_and(|other| other < due))
    };
    let line = Carry::RECOMPUTED;
    ledger.change(earlier, Some(line), |duty| {
        let generation = duty.deadline.as_ref().map_or(0, |before| before.generation);
        let mut governing = deadline.clone();
        governing.generation = generation.saturating_add(1);
        duty.deadline = Some(governing);
        duty.rung = 0;
        duty.next_rung_at = merged.next_rung_at;
    });
}
