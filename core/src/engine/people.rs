//! Changing the directory of staff, as audited entries of the engine's own record.

use serde_json::{Value, json};

use super::{
    Engine, EngineError, Inner, Receipt,
    carry::{Carry, Done, EntryDraft},
    setup::DIRECTORY,
    wide::stated,
    workspace::{Draft, Live, Workspace, unborn},
};
use crate::{
    case::check_person,
    procedure::Refusal,
    store::{GroupOutcome, OwnedTx, StaffRow, Wanted},
    terms::{
        actor::Actor,
        facts::{CaseFacts, Subject, SubjectKind},
        id::{CaseId, Digest, IncidentId, Revision, SubjectId},
        time::Timestamp,
    },
    trail::Kind,
};

impl Engine {
    /// Puts people into the directory, each row whole, as one entry.
    ///
    /// Whoever keeps the directory may; while it is empty, anybody may put in the first people.
    ///
    /// # Errors
    /// [`Refusal::RoleMissing`]; [`Refusal::Field`] naming the row for a role that does not exist,
    /// an area outside the realm, or a person called like the engine itself.
    pub async fn change_staff(
        &self,
        actor: &Actor,
        people: Vec<StaffRow>,
    ) -> Result<Receipt, EngineError> {
        let inner = &*self.inner;
        check_person(&actor.id, None)?;
        inner.check_people(&people)?;
        let mut tx = inner.store.begin(inner.realm()).await?;
        let id = inner.directory_case;
        let loaded = tx.load(&Wanted { cases: vec![id], ..Wanted::default() }).await?;
        let staff = inner.staff_at(&mut *tx, loaded.directory).await?;
        let now = inner.clock.now();
        let profile = staff.profile(&actor.id, now.date());
        let first = staff.people().next().is_none();
        if !first && !profile.holds_any(&inner.keepers) {
            return Err(Refusal::RoleMissing {
                transition: "change_staff".to_owned(),
                actor: actor.id.clone(),
                needed: inner.keepers.clone(),
            }
            .into());
        }
        let mut workspace = inner.workspace(loaded);
        let mut carry = Carry {
            engine: inner,
            staff: &staff,
            workspace: &workspace,
            draft: Draft::default(),
            actor,
            profile,
            acted_by: None,
            command: None,
            now,
            occurred_at: now,
            history: &[],
            linked: Vec::new(),
            hides: false,
        };
        let payload = json!({ "people": people });
        inner.write_people(&mut carry, "change_staff", people, payload)?;
        Written::of(carry, id)?.commit(&mut workspace, tx).await
    }

    /// The people of the directory, in order of id.
    ///
    /// # Errors
    /// [`EngineError::Store`].
    pub async fn staff(&self) -> Result<Vec<StaffRow>, EngineError> {
        let inner = &*self.inner;
        if inner.directory.is_some() {
            return Ok(inner.staff().await?.people().cloned().collect());
        }
        let mut reader = inner.store.reader(inner.realm()).await?;
        Ok(reader.staff().await?.1)
    }
}

/// Steps that were written, but not yet into the store.
pub(super) struct Written {
    done: Done,
    draft: Draft,
}

impl Written {
    /// What a carry wrote, with the case whose receipt counts.
    pub(super) fn of(carry: Carry<'_>, case: CaseId) -> Result<Self, EngineError> {
        Ok(Self { done: carry.done(case, false)?, draft: carry.draft })
    }

    /// Appends and commits all of it, or nothing.
    pub(super) async fn commit(
        self,
        workspace: &mut Workspace<'_>,
        mut tx: Box<dyn OwnedTx>,
    ) -> Result<Receipt, EngineError> {
        let Self { done, draft } = self;
        workspace.take(draft);
        let groups = workspace.groups();
        for outcome in tx.append(&groups).await? {
            match outcome {
                GroupOutcome::Written(numbers) => workspace.number(&numbers),
                GroupOutcome::Conflict => return Err(EngineError::Conflict),
            }
        }
        let number = workspace.number_of(done.case).cloned().ok_or(EngineError::Conflict)?;
        tx.commit().await?;
        Ok(Receipt {
            case: done.case,
            number,
            revision: done.revision,
            state: done.state,
            hash: done.hash,
            recorded_at: done.recorded_at,
            command: None,
            repeated: false,
            proposed: false,
            linked: Vec::new(),
        })
    }
}

impl Inner {
    /// Writes an entry of the directory's own record.
    pub(super) fn write_people(
        &self,
        carry: &mut Carry<'_>,
        transition: &str,
        people: Vec<StaffRow>,
        payload: Value,
    ) -> Result<(), EngineError> {
        let id = self.directory_case;
        let known = carry.workspace.case(&carry.draft, id)?;
        let born = known.is_none();
        let mut live = known.unwrap_or_else(|| self.unborn_directory(carry.now));
        let mut draft = EntryDraft::keeping(&live, Kind::Staff, transition, payload);
        draft.facts = born.then(|| stated(&live));
        carry.write(&mut live, draft, born)?;
        carry.draft.extras.staff = people;
        carry.draft.cases.insert(id, live);
        Ok(())
    }

    pub(super) fn check_people(&self, people: &[StaffRow]) -> Result<(), Refusal> {
        for (at, row) in people.iter().enumerate() {
            if row.id == Actor::system().id {
                let reason = "expected a person, found `system`, which is the engine itself";
                return Err(Refusal::field(format!("people[{at}].id"), reason));
            }
            for grant in &row.grants {
                if self.roles.get(&grant.role).is_none() {
                    let reason = format!("role `{}` of `{}` does not exist", grant.role, row.id);
                    return Err(Refusal::field(format!("people[{at}].grants"), reason));
                }
                if !self.realm().area().covers(&grant.area) {
                    let reason = format!("area {} of `{}` is not in the realm", grant.area, row.id);
                    return Err(Refusal::field(format!("people[{at}].grants"), reason));
                }
            }
        }
        Ok(())
    }

    fn unborn_directory(&self, now: Timestamp) -> Live {
        let id = self.directory_case;

        let definition = std::sync::Arc::clone(&self.directory_definition);
        let subject = SubjectId::from_bytes(*id.as_bytes());
        let facts = CaseFacts {
            realm: self.realm().clone(),
            id,
            procedure: DIRECTORY.to_owned(),
            definition: definition.hash(),
            rule_pack: self.rules.hash(),
            subject: Subject { kind: SubjectKind::County, id: subject },
            incident: IncidentId::from_bytes(*id.as_bytes()),
            areas: std::collections::BTreeMap::new(),
            area: self.realm().area(),
            opened_by: None,
            state: "kept".to_owned(),
            revision: Revision::NONE,
            opened_at: now,
            closed_at: None,
            recorded_at: now,
            head: Digest::from_bytes([0; 32]),
            duties: 0,
        };
        unborn(definition, facts)
    }
}
