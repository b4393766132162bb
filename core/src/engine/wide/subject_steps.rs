//! Steps that change whom and what a case is about.

use super::{must_be_open, not_applicable};
use crate::procedure::wide::{
    WideStep,
    forms::{IdentifySubject, JoinIncident, RebindSubject, SplitIncident},
};
use crate::{
    engine::{
        EngineError,
        carry::{Carry, EntryDraft},
        workspace::Live,
    },
    procedure::Refusal,
    terms::{
        facts::{Subject, SubjectKind},
        id::{IncidentId, SubjectId},
    },
    trail::{EnvelopeFacts, Link, LinkKind},
};

/// The facts of a case, to be stated anew.
pub(in crate::engine) fn stated(live: &Live) -> EnvelopeFacts {
    let facts = live.facts();
    EnvelopeFacts {
        procedure: facts.procedure.clone(),
        subject: facts.subject,
        incident: facts.incident,
        areas: facts.areas.clone(),
        area: facts.area.clone(),
        opened_by: facts.opened_by.clone(),
    }
}

impl Carry<'_> {
    /// 确认身份: the description becomes a child.
    pub(super) fn identify(
        &mut self,
        live: &Live,
        draft: &mut EntryDraft,
        form: &IdentifySubject,
    ) -> Result<(), EngineError> {
        let step = WideStep::IdentifySubject;
        must_be_open(live, step)?;
        if live.facts().subject.kind != SubjectKind::UnidentifiedChild {
            return Err(not_applicable(step, "对象身份已确认", "the subject is identified").into());
        }
        self.rename_subject(live, draft, form.child, step)
    }

    /// 更换对象: the case was about another child. Its file keeps only this case's tombstone.
    pub(super) fn rebind(
        &mut self,
        live: &Live,
        draft: &mut EntryDraft,
        form: &RebindSubject,
    ) -> Result<(), EngineError> {
        let step = WideStep::RebindSubject;
        must_be_open(live, step)?;
        if live.facts().subject.id == form.child {
            return Err(Refusal::field("child", "expected another child than the case's").into());
        }
        let wrong = live.facts().subject.id;
        draft.attributes.push(("rebound_from".to_owned(), Some(wrong.to_string())));
        self.rename_subject(live, draft, form.child, step)
    }

    fn rename_subject(
        &mut self,
        live: &Live,
        draft: &mut EntryDraft,
        child: SubjectId,
        step: WideStep,
    ) -> Result<(), EngineError> {
        let (before, incident) = (live.facts().subject, live.facts().incident);
        let subject = Subject { kind: SubjectKind::Child, id: child };
        self.no_other_of(live, subject, step)?;
        self.lock(before, incident);
        self.lock(subject, incident);
        draft.facts = Some(EnvelopeFacts { subject, ..stated(live) });
        Ok(())
    }

    /// Of some procedures a subject has one open case at a time.
    pub(super) fn no_other_of(
        &self,
        live: &Live,
        subject: Subject,
        step: WideStep,
    ) -> Result<(), Refusal> {
        let facts = live.facts();
        if !self.engine.wide.one_of_subject.contains(&facts.procedure.as_str()) {
            return Ok(());
        }
        let beside = self.workspace.beside(&self.draft, subject, facts.incident, Some(facts.id));
        let other = beside.iter().any(|other| {
            other.facts.is_open()
                && other.facts.subject == subject
                && other.facts.procedure == facts.procedure
        });
        if other {
            let zh = "该对象已有一件同类的在办个案，同一对象只能有一件";
            return Err(not_applicable(step, zh, "the subject has an open case of this kind"));
        }
        Ok(())
    }

    /// 并案: the case takes the incident of another; the cases stay.
    pub(super) fn join(
        &mut self,
        live: &Live,
        draft: &mut EntryDraft,
        form: &JoinIncident,
    ) -> Result<(), EngineError> {
        let step = WideStep::JoinIncident;
        must_be_open(live, step)?;
        let Some(other) = self.workspace.case(&self.draft, form.case)? else {
            return Err(Refusal::NoSuchCase { case: form.case.to_string() }.into());
        };
        let incident = other.facts().incident;
        if incident == live.facts().incident {
            return Err(not_applicable(step, "已属同一事件", "both are of one incident").into());
        }
        draft.links.push(Link {
            kind: LinkKind::Corrects,
            case: form.case,
            seq: None,
            handoff: None,
        });
        self.move_incident(live, draft, incident);
        Ok(())
    }

    /// 拆分: the case gets an incident of its own.
    pub(super) fn split(
        &mut self,
        live: &Live,
        draft: &mut EntryDraft,
        _: &SplitIncident,
    ) -> Result<(), EngineError> {
        must_be_open(live, WideStep::SplitIncident)?;
        let incident = IncidentId::from(self.new_id());
        self.move_incident(live, draft, incident);
        Ok(())
    }

    fn move_incident(&mut self, live: &Live, draft: &mut EntryDraft, incident: IncidentId) {
        let (subject, before) = (live.facts().subject, live.facts().incident);
        self.lock(subject, before);
        self.lock(subject, incident);
        draft.facts = Some(EnvelopeFacts { incident, ..stated(live) });
    }
}
