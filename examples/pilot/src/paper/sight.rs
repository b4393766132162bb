//! What somebody may see of a case, as far as the permission function tells.
//!
//! The engine does not mask what is read yet. So a paper shows a case only to those who could
//! record one of its steps: by role and area, or by unit, whatever state it is in. The particulars
//! of the child's file are for those who could do so in that file; who reported is for the one who
//! reported and for the receiving organ.

use hexacase::{
    engine::{Engine, EngineError},
    procedure::Refusal,
    terms::{
        actor::Actor,
        id::{ActorId, CaseId},
    },
};

/// The step of the organ that receives a report 受理机关.
const RECEIVES: &str = "receive_by_department";

/// What somebody may see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sight {
    /// The case itself.
    pub case: bool,
    /// The particulars of the child's file: identity number, telephone.
    pub file: bool,
    /// Who reported.
    pub reporter: bool,
}

impl Sight {
    /// What `actor` may see of a case, of the child's file, and of who reported.
    ///
    /// # Errors
    /// [`EngineError`] when a case cannot be read.
    pub async fn of(
        engine: &Engine,
        actor: &ActorId,
        case: CaseId,
        file: Option<CaseId>,
        reporter: Option<&ActorId>,
    ) -> Result<Self, EngineError> {
        let seen = takes_part(engine, actor, case).await?;
        Ok(Self {
            case: seen,
            file: match file {
                Some(file) => seen && takes_part(engine, actor, file).await?,
                None => false,
            },
            reporter: seen
                && (reporter == Some(actor) || may(engine, actor, case, RECEIVES).await?),
        })
    }
}

/// Whether somebody could record one of the steps of a case, were it in the state for it.
pub(crate) async fn takes_part(
    engine: &Engine,
    actor: &ActorId,
    case: CaseId,
) -> Result<bool, EngineError> {
    let facts = engine.stored_case(case).await?.facts;
    let steps: Vec<&str> = engine
        .registry()
        .newest(&facts.procedure)
        .map(|definition| definition.transitions().iter().map(|step| step.name).collect())
        .unwrap_or_default();
    for step in steps {
        if may(engine, actor, case, step).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn may(
    engine: &Engine,
    actor: &ActorId,
    case: CaseId,
    step: &str,
) -> Result<bool, EngineError> {
    let told = engine.explain(&Actor::at_work(actor.clone()), case, step).await?;
    // Only what the person is, not where the case stands or who took the step before.
    Ok(told.reasons.iter().all(|reason| {
        matches!(
            reason,
            Refusal::NotFromState { .. } | Refusal::Ended { .. } | Refusal::FourEyes { .. }
        )
    }))
}
