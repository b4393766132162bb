//! What a caller asks for, and what it gets.

use std::{collections::BTreeMap, time::Duration};

use serde::Serialize;
use serde_json::Value;

use crate::{
    procedure::{Procedure, Refusal, Transition},
    store::StoreError,
    terms::{
        actor::Actor,
        area::{AreaCode, AreaPurpose},
        canonical,
        evidence::ActedBy,
        facts::{CaseNumber, Subject},
        id::{CaseId, CommandId, Digest, IncidentId, Revision},
        time::Timestamp,
    },
    trail::{ReplayError, SealError},
};

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Action {
    /// Open a case.
    Open(Open),
    /// Take a transition, or an engine-wide step, in a case.
    Fire {
        /// The case.
        case: CaseId,
        /// The step's name.
        transition: String,
        /// Its form.
        payload: Value,
    },
}

/// A case to be opened.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Open {
    pub(super) procedure: String,
    pub(super) transition: String,
    pub(super) payload: Value,
    pub(super) subject: Option<Subject>,
    pub(super) incident: Option<IncidentId>,
    pub(super) areas: BTreeMap<AreaPurpose, AreaCode>,
}

/// A command: one step, asked for by one actor.
///
/// ```
/// # use hexacase::{engine::Command, terms::{actor::Actor, id::{ActorId, CaseId}}};
/// let actor = Actor::at_work(ActorId::new("u-7")?);
/// let case: CaseId = "0190a000-0000-7000-8000-000000000001".parse()?;
/// let command = Command::fire_named(actor, case, "start_verification", serde_json::json!({
///     "verifier": "示例甲",
/// }));
/// # let _ = command;
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    pub(super) id: Option<CommandId>,
    pub(super) actor: Actor,
    pub(super) action: Action,
    pub(super) expect: Option<Revision>,
    pub(super) occurred_at: Option<Timestamp>,
    pub(super) acted_by: Option<ActedBy>,
}

impl Command {
    pub(super) fn new(actor: Actor, action: Action) -> Self {
        Self { id: None, actor, action, expect: None, occurred_at: None, acted_by: None }
    }

    /// Opens a case with a typed form.
    ///
    /// # Errors
    /// [`Refusal::Field`] when the form has no JSON form.
    pub fn open<P: Procedure, T: Transition<P>>(actor: Actor, form: &T) -> Result<Self, Refusal> {
        Ok(Self::open_named(actor, P::NAME, T::NAME, to_json(form)?))
    }

    /// Opens a case with a form as JSON.
    pub fn open_named(
        actor: Actor,
        procedure: impl Into<String>,
        transition: impl Into<String>,
        payload: Value,
    ) -> Self {
        Self::new(
            actor,
            Action::Open(Open {
                procedure: procedure.into(),
                transition: transition.into(),
                payload,
                subject: None,
                incident: None,
                areas: BTreeMap::new(),
            }),
        )
    }

    /// Takes a transition with a typed form.
    ///
    /// # Errors
    /// [`Refusal::Field`] when the form has no JSON form.
    pub fn fire<P: Procedure, T: Transition<P>>(
        actor: Actor,
        case: CaseId,
        form: &T,
    ) -> Result<Self, Refusal> {
        Ok(Self::fire_named(actor, case, T::NAME, to_json(form)?))
    }

    /// Takes a transition, or an engine-wide step, with a form as JSON.
    pub fn fire_named(
        actor: Actor,
        case: CaseId,
        transition: impl Into<String>,
        payload: Value,
    ) -> Self {
        Self::new(actor, Action::Fire { case, transition: transition.into(), payload })
    }

    /// The caller's id of the command: a repeat gives the first receipt again.
    #[must_use]
    pub fn with_id(mut self, id: CommandId) -> Self {
        self.id = Some(id);
        self
    }

    /// Refuses if the case has moved on since the caller looked.
    #[must_use]
    pub fn expecting(mut self, revision: Revision) -> Self {
        self.expect = Some(revision);
        self
    }

    /// When it happened, if not now.
    #[must_use]
    pub fn occurred_at(mut self, at: Timestamp) -> Self {
        self.occurred_at = Some(at);
        self
    }

    /// Who really acted, if not the actor.
    #[must_use]
    pub fn acted_by(mut self, acted_by: ActedBy) -> Self {
        self.acted_by = Some(acted_by);
        self
    }

    /// Whom a case to be opened is about. Without it the form says so, or a new, unidentified
    /// subject is made.
    #[must_use]
    pub fn about(mut self, subject: Subject) -> Self {
        if let Action::Open(open) = &mut self.action {
            open.subject = Some(subject);
        }
        self
    }

    /// The incident that a case to be opened belongs to; without it a new one.
    #[must_use]
    pub fn of_incident(mut self, incident: IncidentId) -> Self {
        if let Action::Open(open) = &mut self.action {
            open.incident = Some(incident);
        }
        self
    }

    /// An area of a case to be opened. Without any, those of the subject's other cases are taken,
    /// else the actor's own.
    #[must_use]
    pub fn in_area(mut self, purpose: AreaPurpose, area: AreaCode) -> Self {
        if let Action::Open(open) = &mut self.action {
            open.areas.insert(purpose, area);
        }
        self
    }

    /// The case it is about; nothing when one is to be opened.
    pub fn case(&self) -> Option<CaseId> {
        match &self.action {
            Action::Open(_) => None,
            Action::Fire { case, .. } => Some(*case),
        }
    }

    /// Who asks.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The transition, or the engine-wide step, that is asked for.
    pub fn transition(&self) -> &str {
        match &self.action {
            Action::Open(open) => &open.transition,
            Action::Fire { transition, .. } => transition,
        }
    }

    /// The hash of what is asked, so that another command under the same id is recognized.
    pub(super) fn hash(&self) -> Digest {
        #[derive(Serialize)]
        struct Asked<'a> {
            actor: &'a Actor,
            action: &'a Action,
            occurred_at: Option<Timestamp>,
            acted_by: &'a Option<ActedBy>,
        }
        let Self { actor, action, occurred_at, acted_by, .. } = self;
        let asked = Asked { actor, action, occurred_at: *occurred_at, acted_by };
        // What has no canonical form (a fraction in the form) is refused by `decide` before
        // anything is written, so that its hash is never compared with another.
        Digest::of(&canonical::to_vec(&asked).unwrap_or_default())
    }
}

fn to_json(form: &impl Serialize) -> Result<Value, Refusal> {
    serde_json::to_value(form).map_err(|problem| Refusal::field(".", problem.to_string()))
}

/// What the caller gets for a step that is committed 操作凭证.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// The case.
    pub case: CaseId,
    /// Its human number.
    pub number: CaseNumber,
    /// Its revision, which is the number of the entry.
    pub revision: Revision,
    /// The state it is in.
    pub state: String,
    /// The hash of the entry.
    pub hash: Digest,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// The command it carried out, if it had an id.
    pub command: Option<CommandId>,
    /// Whether the command had been carried out before; then nothing was written now.
    pub repeated: bool,
    /// Whether the step waits for a second person.
    pub proposed: bool,
    /// Cases that handoffs of the step opened or informed.
    pub linked: Vec<CaseId>,
}

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// It is not possible. An answer, not a failure.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A body could not be sealed or opened.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Somebody else kept coming first.
    #[error("the case was changed by others again and again; try again")]
    Conflict,
    /// Too many commands wait; nothing was done.
    #[error("too many commands wait; try again in {} ms", retry_after.as_millis())]
    Busy {
        /// When another try is worth it.
        retry_after: Duration,
    },
    /// The case follows a definition that this program does not carry.
    #[error(
        "case `{case}` follows a definition of `{procedure}` that this program does not carry ({hash})"
    )]
    NotCarried {
        /// The case.
        case: CaseId,
        /// Its procedure.
        procedure: String,
        /// The hash of the definition.
        hash: Digest,
    },
    /// What is stored does not fit together.
    #[error("the stored trail of case `{case}` cannot be continued")]
    Broken {
        /// The case.
        case: CaseId,
        /// Why.
        #[source]
        source: ReplayError,
    },
    /// A stored body is no body.
    #[error("the stored body of case `{case}` cannot be read: {reason}")]
    BadBody {
        /// The case.
        case: CaseId,
        /// Why.
        reason: String,
    },
    /// The task that carried the transaction ended without an answer.
    #[error("the step's task ended without an answer; ask again with the same command id")]
    Lost,
}

impl EngineError {
    /// Whether the same call may succeed if it is tried again.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Store(problem) => problem.is_retryable(),
            Self::Conflict | Self::Busy { .. } | Self::Lost => true,
            Self::Refused(_)
            | Self::Seal(_)
            | Self::NotCarried { .. }
            | Self::Broken { .. }
            | Self::BadBody { .. } => false,
        }
    }

    /// The stable code.
    pub fn code(&self) -> String {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::Store(problem) => problem.code().to_owned(),
            Self::Seal(_) => "engine.seal".to_owned(),
            Self::Conflict => "engine.conflict".to_owned(),
            Self::Busy { .. } => "engine.busy".to_owned(),
            Self::NotCarried { .. } => "engine.not_carried".to_owned(),
            Self::Broken { .. } => "engine.broken_trail".to_owned(),
            Self::BadBody { .. } => "engine.bad_body".to_owned(),
            Self::Lost => "engine.lost".to_owned(),
        }
    }

    /// Every code of its own with its Chinese text.
    pub const CODES: [(&'static str, &'static str); 7] = [
        ("engine.seal", "正文无法加密或解密"),
        ("engine.conflict", "个案不断被他人更新，请稍后再试"),
        ("engine.busy", "系统繁忙，排队办理的过多，请稍后再试"),
        ("engine.not_carried", "本程序不含该个案所依据的程序定义"),
        ("engine.broken_trail", "该个案的留痕不连续，不能继续办理"),
        ("engine.bad_body", "该个案的正文无法读取"),
        ("engine.lost", "办理结果未知，请用同一命令编号再次查询"),
    ];

    /// The Chinese text.
    pub fn zh(&self) -> String {
        match self {
            Self::Refused(refusal) => refusal.label().zh.into_owned(),
            Self::Store(problem) => problem.zh().to_owned(),
            _ => {
                let code = self.code();
                let known = Self::CODES.iter().find(|(known, _)| *known == code);
                known.map_or_else(|| self.to_string(), |(_, zh)| (*zh).to_owned())
            }
        }
    }
}
