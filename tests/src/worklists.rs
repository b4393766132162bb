//! Worklists compared with permission, duty by duty.

use std::collections::{BTreeMap, BTreeSet};

use hexacase::{
    case::{Check, fulfillable},
    duty::owed::OwedDuty,
    engine::{Engine, EngineError, Staff, WorkItem},
    store::DutyCursor,
    terms::{
        actor::Actor,
        facts::CaseFacts,
        id::{ActorId, CaseId},
        time::CivilDate,
    },
};

/// Engine-wide steps that fulfil duties of procedures.
pub const FOLLOW_UP: &[&str] = &["record_follow_up"];

/// A case as far as its worklists go.
#[derive(Clone, Copy, Debug)]
pub struct OpenCase<'a> {
    /// Its facts.
    pub facts: &'a CaseFacts,
    /// Its attributes.
    pub attributes: &'a BTreeMap<String, String>,
    /// Its duties.
    pub duties: &'a [OwedDuty],
}

impl OpenCase<'_> {
    /// Whether somebody may fulfil a duty of the case now; nothing for the engine's own duties.
    #[must_use]
    pub fn permits(
        &self,
        engine: &Engine,
        staff: &Staff,
        person: &ActorId,
        duty: &OwedDuty,
        day: CivilDate,
    ) -> Option<bool> {
        let profile = staff.profile(person, day);
        self.permits_profile(engine, &profile, duty)
    }

    fn permits_profile(
        &self,
        engine: &Engine,
        profile: &hexacase::terms::actor::Profile,
        duty: &OwedDuty,
    ) -> Option<bool> {
        let definition = engine.registry().of_case(self.facts).ok()?;
        let spec = definition.duty(&duty.name)?;
        let check = Check {
            roles: engine.roles(),
            profile,
            case: Some(self.facts),
            attributes: self.attributes,
            duties: self.duties,
        };
        Some(!fulfillable(definition, spec, duty, &check, FOLLOW_UP).is_empty())
    }
}

/// Whether a duty is on somebody's worklist.
///
/// # Errors
/// [`EngineError`].
pub async fn is_listed(
    engine: &Engine,
    person: &ActorId,
    case: CaseId,
    duty: &OwedDuty,
) -> Result<bool, EngineError> {
    Ok(row(engine, person, case, duty).await?.is_some())
}

/// Whether a duty is on somebody's worklist with this step, as one that fulfils it.
///
/// # Errors
/// [`EngineError`].
pub async fn offers(
    engine: &Engine,
    person: &ActorId,
    case: CaseId,
    duty: &OwedDuty,
    step: &str,
) -> Result<bool, EngineError> {
    let row = row(engine, person, case, duty).await?;
    Ok(row.is_some_and(|item| item.transitions.contains(&step)))
}

/// The row of a duty on somebody's worklist.
async fn row(
    engine: &Engine,
    person: &ActorId,
    case: CaseId,
    duty: &OwedDuty,
) -> Result<Option<WorkItem>, EngineError> {
    let order = duty.due().map_or(i64::MIN, hexacase::terms::time::Timestamp::as_millis);
    let just_before = DutyCursor { order, case, no: duty.no.saturating_sub(1) };
    let actor = Actor::at_work(person.clone());
    let page = engine.worklist(&actor, Some(just_before), 1).await?;
    let first = page.items.into_iter().next();
    Ok(first.filter(|item| (item.row.case, item.row.duty.no) == (case, duty.no)))
}

/// Compares the whole worklist of each of these people with what they may fulfil; gives how many
/// duties were on them.
///
/// # Errors
/// The first worklist that is not what the permission says.
pub async fn compare(
    engine: &Engine,
    staff: &Staff,
    cases: &[OpenCase<'_>],
    people: &[ActorId],
    day: CivilDate,
) -> Result<usize, String> {
    let mut compared = 0;
    for person in people {
        let profile = staff.profile(person, day);
        let mut expected = BTreeSet::new();
        for case in cases {
            for duty in case.duties.iter().filter(|duty| duty.is_open()) {
                if case.permits_profile(engine, &profile, duty) == Some(true) {
                    expected.insert((case.facts.id, duty.no));
                }
            }
        }
        let mut listed = BTreeSet::new();
        let mut after = None;
        loop {
            let actor = Actor::at_work(person.clone());
            let page = engine.worklist(&actor, after, 200).await;
            let page = page.map_err(|problem| problem.to_string())?;
            for item in page.items {
                let own = item.row.duty.name.starts_with("confirm_")
                    && item.transitions.contains(&"confirm_step");
                if !own && !listed.insert((item.row.case, item.row.duty.no)) {
                    return Err(format!("`{}` is twice on the worklist", item.row.duty.name));
                }
            }
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        if listed != expected {
            let missing: Vec<_> = expected.difference(&listed).take(3).collect();
            let wrong: Vec<_> = listed.difference(&expected).take(3).collect();
            return Err(format!("the worklist of {person} lacks {missing:?}, has {wrong:?}"));
        }
        compared += expected.len();
    }
    Ok(compared)
}
