//! What reaches the county, and who enters it.

use hexacase::{
    engine::{Command, EngineError},
    terms::{
        actor::Actor,
        area::AreaPurpose,
        facts::{Subject, SubjectKind},
        id::{ActorId, CaseId},
    },
};
use serde_json::{Value, json};

use super::{import, play::Player};
use crate::county::{ChildRef, Happening};

/// Somebody enters what reached the county.
#[derive(Debug)]
pub(super) struct News {
    pub(super) transition: String,
    pub(super) actor: ActorId,
    /// The incident that the opened case begins.
    pub(super) opens: Option<String>,
}

impl<'a> Player<'a> {
    /// Something reaches the county: who has to be told of it.
    pub(super) fn happen(&mut self, happening: &'a Happening) {
        self.happening = true;
        let realm = &self.county.realm;
        let subject = match &happening.child {
            ChildRef::Register(number) => Some(import::subject_of(realm, number)),
            ChildRef::Described(_) => None,
        };
        let Some(actor) = happening.as_.clone() else { return };
        let definition = self.engine.registry().newest(&happening.procedure).cloned();
        let Some(spec) =
            definition.as_ref().and_then(|definition| definition.transition(&happening.transition))
        else {
            return;
        };
        let mut form = happening.fields.clone();
        if let ChildRef::Described(text) = &happening.child
            && spec.schema.pointer("/properties/description").is_some()
        {
            form.entry("description").or_insert_with(|| json!(text));
        }
        let acting = Actor::at_work(actor.clone());
        let acted_by = self.acted_by(spec, &actor, Some(&happening.reporter_role));
        let mut commands = Vec::new();
        if spec.opens_case {
            let mut command = Command::open_named(
                acting,
                happening.procedure.clone(),
                happening.transition.clone(),
                Value::Object(form),
            )
            .in_area(AreaPurpose::Incident, happening.area.clone());
            if let Some(id) = subject {
                command = command.about(Subject { kind: SubjectKind::Child, id });
            }
            if let Some(id) = happening.incident.as_ref().and_then(|name| self.incidents.get(name))
            {
                command = command.of_incident(*id);
            }
            commands.push((command, happening.incident.clone()));
        } else if let Some(subject) = subject {
            // A life event happens to the child: every open case of the child is told.
            let everywhere = happening.transition == "record_life_event";
            let about = self.cases.iter().filter(|(_, known)| {
                known.subject == subject && (everywhere || known.procedure == happening.procedure)
            });
            let ids: Vec<CaseId> = about.map(|(id, _)| *id).collect();
            for id in ids {
                let form = Value::Object(form.clone());
                let transition = happening.transition.clone();
                commands.push((Command::fire_named(acting.clone(), id, transition, form), None));
            }
        }
        for (command, opens) in commands {
            let mut command = command.occurred_at(happening.occurred_at);
            if let Some(acted) = acted_by.clone() {
                command = command.acted_by(acted);
            }
            let (transition, actor) = (happening.transition.clone(), actor.clone());
            self.news.push_back((command, News { transition, actor, opens }));
        }
    }

    /// A happening is over when everybody was told of it: then people learn what follows from it.
    pub(super) async fn close_happening(&mut self) -> Result<(), EngineError> {
        if std::mem::take(&mut self.happening) && self.told.is_empty() {
            self.played.left += 1;
        }
        for receipt in std::mem::take(&mut self.told) {
            self.learn_of(&receipt).await?;
        }
        Ok(())
    }
}
