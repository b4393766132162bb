//! What the player knows of the county's cases, and how it learns of them.

use std::collections::BTreeMap;

use hexacase::{
    duty::owed::OwedDuty,
    engine::{EngineError, Receipt},
    store::{CaseQuery, DutyRow},
    terms::{
        area::AreaCode,
        id::{ActorId, CaseId, SubjectId, UnitId},
    },
};

use super::{agenda::Task, choices, import, play::Player};
use crate::county::{ChildRef, County};

/// The step by which the chain begins.
const FIRST_CLUE: &str = "register_clue";

/// What the player remembers of a case.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) procedure: String,
    pub(super) state: String,
    pub(super) subject: SubjectId,
    pub(super) area: AreaCode,
    pub(super) opened_by: Option<UnitId>,
    pub(super) open: Vec<OwedDuty>,
    /// Who took a step last.
    pub(super) hands: BTreeMap<String, ActorId>,
}

impl Player<'_> {
    pub(super) async fn find_files(&mut self) -> Result<(), EngineError> {
        let mut after = None;
        loop {
            let query = CaseQuery { after, limit: 500, open_only: true, ..CaseQuery::default() };
            let page = self.engine.cases(&query).await?;
            after = page.last().map(|case| case.facts.id);
            for case in &page {
                if case.facts.procedure == "care_file" {
                    self.files.insert(case.facts.subject.id, case.facts.id);
                }
                let known = Known {
                    procedure: case.facts.procedure.clone(),
                    state: case.facts.state.clone(),
                    subject: case.facts.subject.id,
                    area: case.facts.area.clone(),
                    opened_by: case.facts.opened_by.clone(),
                    open: case.duties.clone(),
                    hands: BTreeMap::new(),
                };
                self.cases.insert(case.facts.id, known);
                self.plan_duties(case.facts.id, case.facts.opened_at);
            }
            if page.len() < 500 {
                return Ok(());
            }
        }
    }

    pub(super) fn remember(&mut self, case: CaseId, transition: &str, actor: &ActorId) {
        if let Some(known) = self.cases.get_mut(&case) {
            known.hands.insert(transition.to_owned(), actor.clone());
        }
    }

    /// Learns how the cases of a step stand after it, and plans what is owed now.
    ///
    /// # Errors
    /// [`EngineError`] when the engine cannot be read.
    pub async fn learn_of(&mut self, receipt: &Receipt) -> Result<(), EngineError> {
        let mut ids = vec![receipt.case];
        ids.extend(receipt.linked.iter().copied());
        for id in ids {
            self.learn_of_case(id).await?;
        }
        Ok(())
    }

    /// Learns how a case stands that somebody else, or time, moved.
    ///
    /// # Errors
    /// [`EngineError`] when the engine cannot be read.
    pub async fn learn_of_case(&mut self, id: CaseId) -> Result<(), EngineError> {
        let rows = self.engine.duties_of(id).await?;
        self.learn(id, rows).await
    }

    async fn learn(&mut self, id: CaseId, rows: Vec<DutyRow>) -> Result<(), EngineError> {
        let Some(first) = rows.first() else { return Ok(()) };
        let (state, subject) = (first.state.clone(), first.subject);
        let area = first.area.parse().ok();
        let before = self.cases.get(&id).map(|known| known.state.clone());
        if !self.cases.contains_key(&id) {
            let facts = self.engine.stored_case(id).await?.facts;
            let known = Known {
                procedure: facts.procedure,
                state: String::new(),
                subject,
                area: facts.area,
                opened_by: facts.opened_by,
                open: Vec::new(),
                hands: BTreeMap::new(),
            };
            self.cases.insert(id, known);
        }
        let open: Vec<OwedDuty> =
            rows.into_iter().map(|row| row.duty).filter(OwedDuty::is_open).collect();
        let Some(known) = self.cases.get_mut(&id) else { return Ok(()) };
        known.open = open;
        known.state.clone_from(&state);
        // A case follows its child to another village.
        known.area = area.unwrap_or_else(|| known.area.clone());
        let procedure = known.procedure.clone();
        self.filler.know(id, &procedure, &state);
        if before.as_deref() != Some(state.as_str()) {
            let followed = self.followed == Some(subject);
            for (transition, percent, hours) in choices::unasked(&procedure, &state) {
                let certain = followed && choices::leads_on(transition);
                if self.random.chance(*percent) || certain {
                    let at = self.now().plus_hours(*hours);
                    let state = state.clone();
                    self.agenda.plan(at, Task::Beside { case: id, transition, state });
                }
            }
        }
        let now = self.now();
        self.plan_duties(id, now);
        Ok(())
    }
}

/// The child that the first clue of the county is about.
pub(super) fn followed(county: &County) -> Option<SubjectId> {
    let clues = county.happenings.iter().filter(|happening| happening.transition == FIRST_CLUE);
    let first = clues.min_by_key(|happening| (happening.recorded_at, happening.row))?;
    match &first.child {
        ChildRef::Register(number) => Some(import::subject_of(&county.realm, number)),
        ChildRef::Described(_) => None,
    }
}
