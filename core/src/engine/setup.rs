//! Setting an engine up, and refusing a set-up in which something is declared and not wired.

use std::sync::{Arc, RwLock};

use super::{
    BlobStore, Directory, EngineError, Registry, SetupError, SetupProblem, Staff,
    queue::{MOST_WAITING, Queue},
};
use crate::{
    calendar::work_calendar::WorkCalendar,
    procedure::{
        Definition, Escalation,
        wide::{SecondPersons, WideTable},
    },
    rules::rule_pack::RulePack,
    store::{Meta, Read, Store, StoreError},
    terms::{
        actor::{Role, RoleTable},
        area::Realm,
        entropy::{Entropy, SystemEntropy},
        id::{CaseId, Digest},
        label::Label,
        time::{Clock, SystemClock, Timestamp},
    },
    trail::{Origin, PlainSealer, Sealer},
};

/// The engine's own record of changes to the directory of staff. Its entries are chained like
/// those of a case.
pub(super) const DIRECTORY: &str = "directory";

/// What an engine is made of. Everything it must not decide itself is handed in here.
#[derive(Debug)]
pub struct Setup {
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: Arc<dyn Entropy>,
    pub(super) sealer: Arc<dyn Sealer>,
    pub(super) blobs: Option<Arc<dyn BlobStore>>,
    pub(super) directory: Option<Arc<dyn Directory>>,
    pub(super) definitions: Vec<Definition>,
    pub(super) elsewhere: Vec<&'static str>,
    pub(super) rules: Arc<RulePack>,
    pub(super) calendar: Arc<WorkCalendar>,
    pub(super) roles: RoleTable,
    pub(super) wide: WideTable,
    pub(super) keepers: Vec<Role>,
    pub(super) town_leader: Option<Role>,
    pub(super) village_leader: Option<Role>,
    pub(super) escalations: Vec<Escalation>,
    pub(super) most_waiting: usize,
}

impl Setup {
    /// A set-up with the system's clock and randomness, and bodies stored as they are.
    pub fn new(
        store: impl Store,
        rules: impl Into<Arc<RulePack>>,
        roles: RoleTable,
        wide: WideTable,
    ) -> Self {
        Self {
            store: Arc::new(store),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            sealer: Arc::new(PlainSealer),
            blobs: None,
            directory: None,
            definitions: Vec::new(),
            elsewhere: Vec::new(),
            rules: rules.into(),
            calendar: Arc::new(WorkCalendar::shipped().clone()),
            roles,
            wide,
            keepers: Vec::new(),
            town_leader: None,
            village_leader: None,
            escalations: Vec::new(),
            most_waiting: MOST_WAITING,
        }
    }

    /// The procedures it carries; older versions first.
    #[must_use]
    pub fn procedures(mut self, definitions: impl IntoIterator<Item = Definition>) -> Self {
        self.definitions.extend(definitions);
        self
    }

    /// Procedures of the chain that are carried elsewhere: handoffs to them become messages.
    #[must_use]
    pub fn elsewhere(mut self, procedures: &[&'static str]) -> Self {
        self.elsewhere.extend(procedures);
        self
    }

    /// Another clock.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Another source of randomness.
    #[must_use]
    pub fn entropy(mut self, entropy: impl Entropy) -> Self {
        self.entropy = Arc::new(entropy);
        self
    }

    /// Another sealer of bodies.
    #[must_use]
    pub fn sealer(mut self, sealer: impl Sealer) -> Self {
        self.sealer = Arc::new(sealer);
        self
    }

    /// Where evidence is kept.
    #[must_use]
    pub fn blobs(mut self, blobs: impl BlobStore) -> Self {
        self.blobs = Some(Arc::new(blobs));
        self
    }

    /// The host's own directory of people, instead of the engine's table.
    #[must_use]
    pub fn directory(mut self, directory: impl Directory) -> Self {
        self.directory = Some(Arc::new(directory));
        self
    }

    /// How many commands may wait at most in each of the two lines, that of the urgent procedures
    /// and that of the others; whoever comes then is answered [`EngineError::Busy`]. 2,048 where
    /// nothing is said. Fewer may wait while the lines move slowly: somebody who would wait for more
    /// than a second, by how they moved of late, is turned away too.
    #[must_use]
    pub fn at_most_waiting(mut self, commands: usize) -> Self {
        self.most_waiting = commands;
        self
    }

    /// Another calendar than the shipped one, e.g. with a newer notice.
    #[must_use]
    pub fn calendar(mut self, calendar: WorkCalendar) -> Self {
        self.calendar = Arc::new(calendar);
        self
    }

    /// The roles that may change the directory of staff.
    #[must_use]
    pub fn directory_kept_by(mut self, roles: &[Role]) -> Self {
        self.keepers.extend(roles.iter().cloned());
        self
    }

    /// The role that a ladder's town leader means.
    #[must_use]
    pub fn town_leader(mut self, role: Role) -> Self {
        self.town_leader = Some(role);
        self
    }

    /// The role of a town that leads its villages' units, where none of a village's own people is
    /// marked as its leader.
    #[must_use]
    pub fn village_leader(mut self, role: Role) -> Self {
        self.village_leader = Some(role);
        self
    }

    /// The links by which the rungs of a ladder open proposals.
    #[must_use]
    pub fn escalations(mut self, links: impl IntoIterator<Item = Escalation>) -> Self {
        self.escalations.extend(links);
        self
    }

    /// Sets the engine up on the store's realm.
    ///
    /// # Errors
    /// [`SetupError::Incomplete`] with everything that is declared and not wired.
    pub async fn open(self) -> Result<Engine, SetupError> {
        let meta = self.store.meta().await?;
        let mut reader = self.store.reader(&meta.realm).await?;
        let mut problems = self.problems(&meta.realm);
        let registry = Registry::new(self.definitions);
        problems.extend(not_carried(&mut *reader, &registry).await?);
        if !problems.is_empty() {
            return Err(SetupError::Incomplete(problems));
        }
        let (revision, rows) = reader.staff().await?;
        let origin = Origin::new(&meta.realm, meta.origin);
        let queue = Queue::new(self.most_waiting, self.store.batches_at_once());
        let inner = Inner {
            directory_case: directory_case(&origin),
            directory_definition: Arc::new(directory_definition()),
            store: self.store,
            clock: self.clock,
            entropy: self.entropy,
            sealer: self.sealer,
            blobs: self.blobs,
            directory: self.directory,
            registry: registry.with(directory_definition()),
            rules: self.rules,
            calendar: self.calendar,
            roles: self.roles,
            engine_duties: self.wide.second_persons(),
            wide: self.wide,
            keepers: self.keepers,
            town_leader: self.town_leader,
            village_leader: self.village_leader,
            escalations: self.escalations,
            meta,
            origin,
            staff: RwLock::new(Arc::new(Staff::new(revision, rows))),
            queue,
        };
        Ok(Engine { inner: Arc::new(inner) })
    }
}

async fn not_carried(
    reader: &mut dyn Read,
    registry: &Registry,
) -> Result<Vec<SetupProblem>, StoreError> {
    let used = reader.definitions_in_use().await?;
    let missing = used.into_iter().filter(|used| used.procedure != DIRECTORY);
    Ok(missing
        .filter(|used| !registry.carries(&used.definition))
        .map(|used| SetupProblem::NotCarried {
            procedure: used.procedure,
            hash: used.definition,
            count: used.open_cases,
        })
        .collect())
}

fn directory_definition() -> Definition {
    Definition::bare(DIRECTORY, Label::new("人员名录", "directory of staff"), "kept")
}

/// The directory's record has an id of its own in every realm, known from the origin.
fn directory_case(origin: &Origin) -> CaseId {
    let digest = Digest::of_parts(&[b"directory", origin.as_str().as_bytes()]);
    let mut id = [0; 16];
    for (to, from) in id.iter_mut().zip(digest.as_bytes()) {
        *to = *from;
    }
    CaseId::from_bytes(id)
}

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: Arc<dyn Entropy>,
    pub(super) sealer: Arc<dyn Sealer>,
    pub(super) blobs: Option<Arc<dyn BlobStore>>,
    pub(super) directory: Option<Arc<dyn Directory>>,
    pub(super) registry: Registry,
    pub(super) rules: Arc<RulePack>,
    pub(super) calendar: Arc<WorkCalendar>,
    pub(super) roles: RoleTable,
    pub(super) wide: WideTable,
    /// Roles that may record the engine's own duties, by the name of the duty.
    pub(super) engine_duties: SecondPersons,
    pub(super) keepers: Vec<Role>,
    pub(super) town_leader: Option<Role>,
    pub(super) village_leader: Option<Role>,
    pub(super) escalations: Vec<Escalation>,
    pub(super) meta: Meta,
    pub(super) origin: Origin,
    pub(super) directory_case: CaseId,
    pub(super) directory_definition: Arc<Definition>,
    staff: RwLock<Arc<Staff>>,
    pub(super) queue: Queue,
}

impl Inner {
    pub(super) fn directory_name(&self) -> &str {
        self.directory.as_ref().map_or("staff", |directory| directory.name())
    }

    pub(super) fn realm(&self) -> &Realm {
        &self.meta.realm
    }

    /// The people as known; a host's directory is asked, the engine's own is read by revision.
    pub(super) async fn staff(&self) -> Result<Arc<Staff>, EngineError> {
        match &self.directory {
            Some(directory) => Ok(directory.staff(self.realm()).await?),
            None => Ok(self.known_staff()),
        }
    }

    pub(super) fn known_staff(&self) -> Arc<Staff> {
        let known = self.staff.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        Arc::clone(&known)
    }

    /// The people at the revision that a load saw, read anew if they have changed.
    pub(super) async fn staff_at(
        &self,
        reader: &mut (dyn Read + '_),
        revision: i64,
    ) -> Result<Arc<Staff>, EngineError> {
        if self.directory.is_some() {
            return self.staff().await;
        }
        let known = self.known_staff();
        if known.revision() == revision {
            return Ok(known);
        }
        let (revision, rows) = reader.staff().await?;
        let fresh = Arc::new(Staff::new(revision, rows));
        let mut slot = self.staff.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        *slot = Arc::clone(&fresh);
        Ok(fresh)
    }
}

/// The engine. Cheap to clone; clones share everything.
#[derive(Clone, Debug)]
pub struct Engine {
    pub(super) inner: Arc<Inner>,
}

impl Engine {
    /// What the database is.
    pub fn meta(&self) -> &Meta {
        &self.inner.meta
    }

    /// The definitions it carries.
    pub fn registry(&self) -> &Registry {
        &self.inner.registry
    }

    /// The rules in force.
    pub fn rules(&self) -> &RulePack {
        &self.inner.rules
    }

    /// The calendar in force.
    pub fn calendar(&self) -> &WorkCalendar {
        &self.inner.calendar
    }

    /// The roles that exist.
    pub fn roles(&self) -> &RoleTable {
        &self.inner.roles
    }

    /// Who may take the engine-wide steps.
    pub fn wide(&self) -> &WideTable {
        &self.inner.wide
    }

    /// The origin of the trail.
    pub fn origin(&self) -> &Origin {
        &self.inner.origin
    }

    /// Where evidence is kept, if anywhere.
    pub fn blobs(&self) -> Option<&Arc<dyn BlobStore>> {
        self.inner.blobs.as_ref()
    }

    /// The time, as the engine reads it.
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }
}
