//! Changing the directory of staff, as audited entries of the engine's own record.

use serde_json::json;

use super::{
    Engine, EngineError, Inner, Receipt,
    carry::{Carry, EntryDraft},
    setup::DIRECTORY,
    wide::stated,
    workspace::{Draft, Live, unborn},
};
use crate::{
    procedure::Refusal,
    store::{GroupOutcome, StaffRow, Wanted},
    terms::{
        actor::Actor,
        facts::{CaseFacts, Subject, SubjectKind},
        id::{Digest, IncidentId, Revision, SubjectId},
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
    /// [`Refusal::RoleMissing`]; [`Refusal::Field`] naming the row for a role that does not exist
    /// or an area outside the realm.
    pub async fn change_staff(
        &self,
        actor: &Actor,
        people: Vec<StaffRow>,
    ) -> Result<Receipt, EngineError> {
        let inner = &*self.inner;
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
        let known = carry.workspace.case(&carry.draft, id)?;
        let born = known.is_none();
        let mut live = known.unwrap_or_else(|| inner.unborn_directory(now));
        let payload = json!({ "people": people });
        let mut draft = EntryDraft::keeping(&live, Kind::Staff, "change_staff", payload);
        draft.facts = born.then(|| stated(&live));
        carry.write(&mut live, draft, born)?;
        let facts = live.facts().clone();
        carry.draft.extras.staff = people;
        carry.draft.cases.insert(id, live);
        let draft = carry.draft;
        workspace.take(draft);
        let groups = workspace.groups();
        for outcome in tx.append(&groups).await? {
            match outcome {
                GroupOutcome::Written(numbers) => workspace.number(&numbers),
                GroupOutcome::Conflict => return Err(EngineError::Conflict),
            }
        }
        let number = workspace.number_of(id).cloned().ok_or(EngineError::Conflict)?;
        tx.commit().await?;
        Ok(Receipt {
            case: id,
            number,
            revision: facts.revision,
            state: facts.state,
            hash: facts.head,
            recorded_at: facts.recorded_at,
            command: None,
            repeated: false,
            proposed: false,
            linked: Vec::new(),
        })
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

impl Inner {
    fn check_people(&self, people: &[StaffRow]) -> Result<(), Refusal> {
        for (at, row) in people.iter().enumerate() {
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
