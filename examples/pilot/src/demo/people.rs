//! Who does what, and how: the step, the person, the form.

use hexacase::{
    engine::{Command, EngineError},
    procedure::{Definition, TransitionSpec, wide::WideStep},
    terms::{
        actor::{Actor, MatchBy, Role},
        evidence::ActedBy,
        id::{ActorId, CaseId, UnitId},
        text::Text,
        time::Timestamp,
    },
};
use serde_json::{Map, Value, json};

use super::{
    agenda::Task,
    choices,
    knowing::Known,
    phrases,
    play::{DAY, Player, office_hours},
};

/// What somebody means to do about a task.
pub(super) enum Chosen {
    Step(String, ActorId, Box<Command>),
    Later(Timestamp),
    Nothing,
}

fn follow_up_roles(definition: &Definition, known: &Known) -> Vec<Role> {
    let open = known.open.iter().filter_map(|duty| definition.duty(&duty.name));
    let asked = open.filter(|spec| spec.fulfilled_by.contains(&WideStep::RecordFollowUp.name()));
    asked.flat_map(|spec| spec.recorded_by.clone()).collect()
}

impl Player<'_> {
    /// Who acted, where the recording person has none of the acting roles.
    pub(super) fn acted_by(
        &self,
        spec: &TransitionSpec,
        actor: &ActorId,
        reporter: Option<&String>,
    ) -> Option<ActedBy> {
        let day = self.today();
        let profile = self.staff.profile(actor, day);
        let named = reporter.map(|role| Role::named(role.clone()));
        let named = named.filter(|role| spec.acted_by.contains(role));
        if named.is_none() && profile.holds_any(&spec.acted_by) {
            return None;
        }
        if let Some(role) = &named
            && profile.holds_any(std::slice::from_ref(role))
        {
            return None;
        }
        let role = named.or_else(|| spec.acted_by.first().cloned())?;
        let organ = Text::new(phrases::organ(role.as_str())).ok()?;
        Some(ActedBy {
            role,
            organ,
            document_no: None,
            document_date: None,
            person: None,
            scan: None,
        })
    }

    pub(super) async fn command(
        &mut self,
        task: &Task,
        now: Timestamp,
    ) -> Result<Chosen, EngineError> {
        let (case, wanted) = match task {
            Task::Duty { case, no, .. } => (*case, Ok(*no)),
            Task::Beside { case, transition, .. } => (*case, Err(*transition)),
        };
        let Some(known) = self.cases.get(&case).cloned() else { return Ok(Chosen::Nothing) };
        let Some(definition) = self.engine.registry().newest(&known.procedure).cloned() else {
            return Ok(Chosen::Nothing);
        };
        let transition = match (wanted, task) {
            (Err(transition), Task::Beside { state, .. }) => {
                if known.state != *state {
                    return Ok(Chosen::Nothing);
                }
                transition
            }
            (Ok(no), _) => {
                let Some(duty) = known.open.iter().find(|duty| duty.no == no) else {
                    return Ok(Chosen::Nothing);
                };
                match self.choose(&definition, &known, &duty.name) {
                    Some(transition) => transition,
                    None => return Ok(Chosen::Later(now.plus_millis(DAY))),
                }
            }
            (Err(_), Task::Duty { .. }) => return Ok(Chosen::Nothing),
        };
        if transition == WideStep::RecordFollowUp.name() {
            let roles = follow_up_roles(&definition, &known);
            let Some(actor) = self.somebody(&roles, &known, &[]) else {
                return Ok(Chosen::Later(now.plus_millis(DAY)));
            };
            let mut form = self.filler.fill(&WideStep::RecordFollowUp.schema(), now);
            if let Some(form) = form.as_object_mut() {
                form.remove("next_date");
            }
            let acting = Actor::at_work(actor.clone());
            let command = Command::fire_named(acting, case, transition, form);
            return Ok(Chosen::Step(transition.to_owned(), actor, Box::new(command)));
        }
        let Some(spec) = definition.transition(transition) else { return Ok(Chosen::Nothing) };
        let keep_away: Vec<ActorId> =
            spec.four_eyes.iter().filter_map(|step| known.hands.get(*step)).cloned().collect();
        let Some(actor) = self.somebody(&spec.by, &known, &keep_away) else {
            return Ok(Chosen::Later(office_hours(now.plus_millis(DAY), &mut self.random)));
        };
        if self.slow.contains(&actor) && self.random.chance(35) {
            return Ok(Chosen::Later(office_hours(now.plus_millis(2 * DAY), &mut self.random)));
        }
        let stored = self.engine.stored_case(case).await?;
        let data = self.engine.data_of(&stored)?;
        if let Some(wait) = choices::put_off(&known.procedure, transition, &data) {
            return Ok(Chosen::Later(now.plus_millis(wait)));
        }
        let mut form = match self.filler.fill(&spec.schema, now) {
            Value::Object(form) => form,
            _ => Map::new(),
        };
        choices::shape(&known.procedure, transition, &mut form, &data, now, &mut self.filler);
        if transition == "guardianship_taken_over" {
            // Known already because it was taken over before this emergency asked.
            let Some((other, at)) = self.taken_over(&known).await? else {
                return Ok(Chosen::Later(now.plus_millis(DAY)));
            };
            form.insert("case".to_owned(), json!(other));
            form.insert("at".to_owned(), json!(at));
        }
        let acting = Actor::at_work(actor.clone());
        let mut command = Command::fire_named(acting, case, transition, Value::Object(form));
        if let Some(acted) = self.acted_by(spec, &actor, None) {
            command = command.acted_by(acted);
        }
        Ok(Chosen::Step(transition.to_owned(), actor, Box::new(command)))
    }

    /// The temporary guardianship of the child that civil affairs took over, and when.
    async fn taken_over(&self, known: &Known) -> Result<Option<(CaseId, String)>, EngineError> {
        for (id, other) in &self.cases {
            if other.procedure == "temporary_guardianship" && other.subject == known.subject {
                let stored = self.engine.stored_case(*id).await?;
                let at = stored.attributes.get("taken_over_at").cloned();
                if let Some(at) = at.filter(|_| stored.facts.is_open()) {
                    return Ok(Some((*id, at)));
                }
            }
        }
        Ok(None)
    }

    /// One of the steps that fulfil a duty and can be taken now.
    fn choose(
        &mut self,
        definition: &Definition,
        known: &Known,
        duty: &str,
    ) -> Option<&'static str> {
        let spec = definition.duty(duty)?;
        let ways: Vec<&'static str> = spec
            .fulfilled_by
            .iter()
            .copied()
            .filter(|name| {
                *name == WideStep::RecordFollowUp.name()
                    || definition.transition(name).is_some_and(|step| step.starts_in(&known.state))
            })
            .collect();
        let weigh = |by: fn(&str) -> usize| ways.iter().map(|name| by(name)).collect::<Vec<_>>();
        let mut weights = weigh(choices::weight);
        if self.followed == Some(known.subject) {
            let going_on = weigh(choices::weight_of_going_on);
            if going_on.iter().any(|weight| *weight > 0) {
                weights = going_on;
            }
        }
        let total: usize = weights.iter().sum();
        let mut at = self.random.below(total);
        for (way, weight) in ways.iter().zip(weights) {
            if at < weight {
                return Some(way);
            }
            at -= weight;
        }
        None
    }

    /// Somebody at work today who holds one of the roles for the case: the nearest, and not one
    /// who must keep away.
    fn somebody(
        &mut self,
        roles: &[Role],
        known: &Known,
        keep_away: &[ActorId],
    ) -> Option<ActorId> {
        let day = self.today();
        // Whoever is accountable acts before others who could.
        let holds = |role: &&Role| known.open.iter().any(|duty| duty.holder.role == **role);
        let (first, others): (Vec<&Role>, Vec<&Role>) = roles.iter().partition(holds);
        for role in first.into_iter().chain(others) {
            let by_unit = self.engine.roles().get(role).map(|spec| spec.match_by);
            let held: Vec<Option<&UnitId>> = known
                .open
                .iter()
                .map(|duty| duty.holder.unit.as_ref())
                .chain([known.opened_by.as_ref()])
                .collect();
            let fits: Vec<ActorId> = self
                .staff
                .holders_of(role, &known.area, day)
                .filter(|row| !keep_away.contains(&row.id))
                .filter(|row| by_unit != Some(MatchBy::Unit) || held.contains(&Some(&row.unit)))
                .map(|row| row.id.clone())
                .collect();
            if let Some(id) = self.random.pick(&fits) {
                return Some(id.clone());
            }
            // Whoever is away has a deputy, or the leader of the unit stands in.
            let away = self.staff.people().find(|row| {
                row.active
                    && row
                        .grants
                        .iter()
                        .any(|grant| &grant.role == role && grant.area.covers(&known.area))
            });
            if let Some(row) = away {
                let absence =
                    row.absences.iter().find(|absence| absence.from <= day && day <= absence.to);
                let deputy = absence.and_then(|absence| absence.deputy.clone());
                let leader = || self.staff.leader_of(&row.unit, day).map(|row| row.id.clone());
                if let Some(id) = deputy.or_else(leader)
                    && !keep_away.contains(&id)
                    && by_unit != Some(MatchBy::Unit)
                {
                    return Some(id);
                }
            }
        }
        None
    }
}
