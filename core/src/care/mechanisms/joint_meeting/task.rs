//! A task as minutes name it 任务: what is asked of which unit until when. In the domain's table a
//! task is a line of text; as an action item it needs a unit and a date, so the line has them.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::action_item::{Assign, demand_may_lead};
use crate::{
    care::codes::ActionKind,
    procedure::{Procedure, Refusal, StepContext},
    terms::{
        evidence::CaseRef,
        id::{CaseId, Digest, UnitId},
        text::Text,
        time::CivilDate,
    },
};

/// The attribute of an item that keeps which tasks it opened, as digests.
pub(super) const TASKS: &str = "tasks";

/// A task of minutes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// What is to be done, without a child's name.
    pub task: Text,
    /// The unit that does it.
    pub lead: UnitId,
    /// The units that help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assist: Option<Vec<UnitId>>,
    /// By when.
    pub due: CivilDate,
    /// Which kind; a task unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ActionKind>,
}

impl Task {
    /// The form that opens its action item.
    pub(super) fn assign(&self, source: Option<CaseId>) -> Option<Assign> {
        Some(Assign {
            kind: self.kind.unwrap_or(ActionKind::Task),
            task: self.task.clone(),
            lead: self.lead.clone(),
            assist: self.assist.clone(),
            due: self.due,
            source: CaseRef::Case(source?),
        })
    }

    /// The same task has the same key, whoever writes it down: what is asked of which unit.
    pub(super) fn key(&self) -> String {
        let text = format!("{}\n{}", self.lead, self.task.as_str().trim());
        Digest::of(text.as_bytes()).to_string().chars().take(16).collect()
    }
}

/// The keys that an item's attribute keeps.
pub(super) fn keys(attribute: &str) -> impl Iterator<Item = String> + '_ {
    attribute.split(',').map(str::to_owned)
}

/// Refuses tasks that could not become action items, naming the place.
pub(super) fn check<P: Procedure>(
    step: &StepContext<'_, P>,
    tasks: &[Task],
) -> Result<(), Refusal> {
    let today = step.occurred_at().date();
    let mut seen = BTreeSet::new();
    for (at, task) in tasks.iter().enumerate() {
        let place = |field: &str| format!("tasks[{at}].{field}");
        demand_may_lead(step, &task.lead)?;
        if task.due < today {
            let reason = format!("expected a day not before the step, found `{}`", task.due);
            return Err(Refusal::field(place("due"), reason));
        }
        if !seen.insert(task.key()) {
            let reason = format!("the same task is given to `{}` twice", task.lead);
            return Err(Refusal::field(place("task"), reason));
        }
    }
    Ok(())
}
