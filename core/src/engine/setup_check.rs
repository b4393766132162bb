//! What can be wrong with a set-up: everything that is declared and not wired.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Setup, SetupProblem};
use crate::{
    duty::{
        ladder::{Addressee, Aim, Ladder, Over},
        owed::{Deadline, DutyKind, DutyState, Holder, OwedDuty},
        time_limit::LimitId,
    },
    procedure::{Definition, DutySpec, Escalation, Overdue, Refusal, chain_problems},
    rules::DEFAULT_LADDER,
    terms::{
        actor::SYSTEM,
        area::Realm,
        facts::{CaseFacts, Subject},
        id::{CaseId, Digest, IncidentId, Revision, UnitId},
        label::Label,
        time::Timestamp,
    },
};

impl Setup {
    /// Everything that is declared and not wired.
    pub(super) fn problems(&self, realm: &Realm) -> Vec<SetupProblem> {
        let mut problems = Vec::new();
        if self.definitions.is_empty() {
            problems.push(SetupProblem::NoProcedure);
        }
        problems.extend(self.wide.gaps().into_iter().map(SetupProblem::NobodyTakes));
        let carried: Vec<_> = self.definitions.iter().map(Definition::name).collect();
        for name in self.elsewhere.iter().filter(|name| carried.contains(name)) {
            problems.push(SetupProblem::NotElsewhere(name));
        }
        for definition in &self.definitions {
            let procedure = definition.name();
            for duty in definition.duties() {
                for limit in &duty.limits {
                    if self.rules.limit(limit).is_none() {
                        let limit = limit.to_string();
                        problems.push(SetupProblem::NoLimit { procedure, duty: duty.name, limit });
                    }
                }
                self.ladder_problem(procedure, duty, &mut problems);
                let mut roles = duty.owed_by.iter().chain(&duty.recorded_by);
                if let Some(role) = roles.find(|role| self.roles.get(role).is_none()) {
                    let place = format!("{procedure}, duty {}", duty.name);
                    problems.push(SetupProblem::NoRole { role: role.to_string(), place });
                }
            }
            for handoff in definition.transitions().iter().flat_map(|step| &step.handoffs) {
                if !carried.contains(&handoff.to) && !self.elsewhere.contains(&handoff.to) {
                    let (handoff, to) = (handoff.id, handoff.to);
                    problems.push(SetupProblem::NoReceiver { handoff, procedure, to });
                }
            }
        }
        let all: Vec<&Definition> = self.definitions.iter().collect();
        problems.extend(chain_problems(&all).into_iter().map(SetupProblem::Chain));
        if self.directory.is_none() && self.keepers.is_empty() {
            problems.push(SetupProblem::NoKeeper);
        }
        let named = self.keepers.iter().chain(&self.town_leader).chain(&self.village_leader);
        for role in named.filter(|role| self.roles.get(role).is_none()) {
            let place = "set-up".to_owned();
            problems.push(SetupProblem::NoRole { role: role.to_string(), place });
        }
        for role in [self.rules.coordinating_body(), self.rules.oversight_body()] {
            if self.roles.get(role).is_none() {
                let place = "rule pack".to_owned();
                problems.push(SetupProblem::NoRole { role: role.to_string(), place });
            }
        }
        let town = Aim::To(Addressee::TownLeader);
        let reaches_town =
            self.rules.ladders().any(|ladder| ladder.rungs.iter().any(|rung| rung.aim == town));
        if reaches_town && self.town_leader.is_none() {
            problems.push(SetupProblem::NoTownLeader);
        }
        if self.rules.ladder(self.wide.confirm_ladder).is_none() {
            let ladder = self.wide.confirm_ladder;
            problems.push(SetupProblem::NoLadder { procedure: "*", duty: "confirm", ladder });
        }
        self.escalation_problems(&carried, realm, &mut problems);
        problems
    }

    /// A duty climbs a ladder that is there and suits those who owe it.
    fn ladder_problem(
        &self,
        procedure: &'static str,
        duty: &DutySpec,
        problems: &mut Vec<SetupProblem>,
    ) {
        let Some(ladder) = self.rules.ladder_for(duty.ladder, &duty.owed_by, &self.roles) else {
            let ladder = duty.ladder.unwrap_or(DEFAULT_LADDER);
            problems.push(SetupProblem::NoLadder { procedure, duty: duty.name, ladder });
            return;
        };
        let kind = |role| {
            let party = self.roles.get(role)?.party;
            Some(self.rules.ladder_of_party(party)?.over)
        };
        let kinds: Vec<_> = duty.owed_by.iter().map(kind).collect();
        let judicial = kinds.contains(&Some(Over::Judicial));
        let family = kinds.iter().all(|kind| *kind == Some(Over::Family)) && !kinds.is_empty();
        let owed = match (judicial, family) {
            (true, _) => Over::Judicial,
            (false, true) => Over::Family,
            (false, false) => return,
        };
        if ladder.over != owed {
            problems.push(SetupProblem::WrongLadder {
                procedure,
                duty: duty.name,
                ladder: ladder.name.clone(),
                owed,
            });
        }
    }

    fn escalation_problems(
        &self,
        carried: &[&'static str],
        realm: &Realm,
        problems: &mut Vec<SetupProblem>,
    ) {
        for ladder in self.rules.ladders() {
            for link in ladder.proposals() {
                let wired = self.escalations.iter().find(|wired| wired.id == link);
                let (ladder, link) = (ladder, link.to_owned());
                match wired {
                    None => {
                        let ladder = ladder.name.clone();
                        problems.push(SetupProblem::NoEscalation { ladder, link });
                    }
                    Some(wired) if wired.judicial != (ladder.over == Over::Judicial) => {
                        let (ladder, over) = (ladder.name.clone(), ladder.over);
                        problems.push(SetupProblem::WrongEscalation { ladder, over, link });
                    }
                    Some(_) => {}
                }
            }
        }
        for (at, link) in self.escalations.iter().enumerate() {
            let (id, to, opens_by) = (link.id, link.to, link.opens_by);
            if self.escalations.iter().take(at).any(|other| other.id == id) {
                problems.push(SetupProblem::EscalationTwice(id));
            }
            if !carried.contains(&to) {
                if !self.elsewhere.contains(&to) {
                    problems.push(SetupProblem::NoReceiver { handoff: id, procedure: "*", to });
                }
                continue;
            }
            let newest = self.definitions.iter().rfind(|definition| definition.name() == to);
            let opens = newest.and_then(|definition| definition.transition(opens_by));
            match opens.filter(|spec| spec.opens_case) {
                None => problems.push(SetupProblem::CannotOpen { link: id, to, opens_by }),
                Some(spec) => {
                    let filled = tried(self, link, realm);
                    if let Err(refusal) = filled.and_then(|form| spec.opening(&form)) {
                        problems.push(SetupProblem::BadProposal { link: id, refusal });
                    }
                }
            }
        }
        problems.extend(self.circles());
    }

    /// A proposal that waits too long may be escalated as well, but never back to where it is.
    fn circles(&self) -> Vec<SetupProblem> {
        let next = |procedure: &str| -> BTreeSet<&'static str> {
            let definitions = self.definitions.iter().filter(|one| one.name() == procedure);
            let ladders = definitions
                .flat_map(Definition::duties)
                .filter_map(|duty| self.rules.ladder_for(duty.ladder, &duty.owed_by, &self.roles));
            let links = ladders.flat_map(Ladder::proposals);
            let wired = |link: &str| self.escalations.iter().find(|wired| wired.id == link);
            links.filter_map(wired).map(|link| link.to).collect()
        };
        let receivers: BTreeSet<&'static str> =
            self.escalations.iter().map(|link| link.to).collect();
        let mut problems = Vec::new();
        for start in receivers {
            let mut reached = next(start);
            loop {
                let more: BTreeSet<_> = reached.iter().flat_map(|name| next(name)).collect();
                if more.is_subset(&reached) {
                    break;
                }
                reached.extend(more);
            }
            if reached.contains(start) {
                problems.push(SetupProblem::EscalationCircle { procedure: start });
            }
        }
        problems
    }
}

/// An overdue duty that nobody owes, to try whether a link fills a form that can be read.
fn tried(setup: &Setup, link: &Escalation, realm: &Realm) -> Result<Value, Refusal> {
    let (nowhere, epoch) = ([0; 16], Timestamp::from_millis(0));
    let subject = Subject::county(realm);
    let none = Digest::from_bytes([0; 32]);
    let case = CaseFacts {
        realm: realm.clone(),
        id: CaseId::from_bytes(nowhere),
        procedure: "procedure".to_owned(),
        definition: none,
        rule_pack: setup.rules.hash(),
        subject,
        incident: IncidentId::from_bytes(nowhere),
        areas: BTreeMap::new(),
        area: realm.area(),
        opened_by: None,
        state: "state".to_owned(),
        revision: Revision::FIRST,
        opened_at: epoch,
        closed_at: None,
        recorded_at: epoch,
        head: none,
        duties: 1,
    };
    let limit = setup.rules.limits().next();
    let id = limit.map_or_else(|| LimitId::constant("-"), |limit| limit.id.clone());
    let unit = || Some(UnitId::constant("unit"));
    let deadline = Deadline {
        limit: id,
        from: epoch,
        due: Some(epoch),
        provisional: false,
        calendar: setup.calendar.hash(),
        generation: 0,
        suspended_until: None,
    };
    let duty = OwedDuty {
        no: 1,
        name: "duty".to_owned(),
        kind: DutyKind::State,
        state: DutyState::Open,
        opened_at: epoch,
        closed_at: None,
        holder: Holder { role: SYSTEM, unit: unit(), person: None, gap: false },
        deadline: Some(deadline),
        rung: 0,
        next_rung_at: None,
    };
    let label = Label::new("事项", "duty");
    let overdue = Overdue {
        case: &case,
        number: None,
        procedure: &label,
        duty: &duty,
        label: &label,
        owed_by: setup.roles.iter().take(1).collect(),
        owing: setup.roles.iter().next().map(|spec| (UnitId::constant("unit"), spec)),
        limit,
        due: epoch,
        now: epoch,
        mark: None,
        coordinating: unit(),
        oversight: unit(),
    };
    (link.fill)(&overdue)
}
