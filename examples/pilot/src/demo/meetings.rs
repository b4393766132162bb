//! The joint meeting in the play: who calls it, and what its forms must say so that they fit.

use hexacase::{
    care::roles::{JOINT_MEETING_OFFICE, MEMBER_LIAISON},
    engine::{Command, EngineError},
    store::CaseQuery,
    terms::{
        actor::{Actor, Role},
        id::ActorId,
        time::Timestamp,
    },
};
use serde_json::{Map, Value, json};

use super::{
    Filler,
    filler::MEETING_AHEAD,
    news::News,
    play::{Player, office_hours},
};

/// The procedures in which cases come up without a step of anybody: the ladder opens them.
const COME_UP: &[&str] = &["agenda_item", "listed_oversight"];
/// The days on which a member unit brings a matter of its own before the joint meeting.
const QUARTERS: &[&str] = &["-03-16", "-06-15", "-09-15", "-12-15"];

impl Player<'_> {
    /// After a sweep: what the ladder opened is found, and while a matter waits and no meeting is
    /// ahead, the office proposes one.
    pub(super) async fn meet(&mut self, at: Timestamp) -> Result<(), EngineError> {
        for procedure in COME_UP {
            let query = CaseQuery {
                procedure: Some((*procedure).to_owned()),
                open_only: true,
                limit: 500,
                ..CaseQuery::default()
            };
            for case in self.engine.cases(&query).await? {
                let id = case.facts.id;
                if !self.cases.contains_key(&id) {
                    self.learn_of_case(id).await?;
                }
            }
        }
        for case in std::mem::take(&mut self.conferences) {
            let purpose = "会商一名儿童的个案";
            let form = json!({ "kind": "case_conference", "purpose": purpose, "items": [case] });
            self.open_by(JOINT_MEETING_OFFICE, "meeting", "propose_meeting", form);
        }
        let day = at.date().to_string();
        if QUARTERS.iter().any(|quarter| day.ends_with(quarter)) {
            self.propose_item(at);
        }
        let waits = self.cases.values().any(|known| {
            known.procedure == "agenda_item"
                && matches!(known.state.as_str(), "proposed" | "deferred")
        });
        let ahead = self.cases.values().any(|known| {
            known.procedure == "meeting" && MEETING_AHEAD.contains(&known.state.as_str())
        });
        if waits && !ahead {
            let form = json!({ "kind": "thematic", "purpose": "研究近期上报的议题" });
            self.open_by(JOINT_MEETING_OFFICE, "meeting", "propose_meeting", form);
        }
        Ok(())
    }

    /// A member unit's own matter.
    fn propose_item(&mut self, at: Timestamp) {
        let Some(definition) = self.engine.registry().newest("agenda_item").cloned() else {
            return;
        };
        let Some(spec) = definition.transition("propose_item") else { return };
        let mut form = match self.filler.fill(&spec.schema, at) {
            Value::Object(form) => form,
            _ => Map::new(),
        };
        form.insert("source".to_owned(), json!("member"));
        form.remove("cases");
        form.remove("limit");
        let form = Value::Object(form);
        self.open_by(MEMBER_LIAISON, "agenda_item", "propose_item", form);
    }

    /// Somebody in a role of the county opens a case.
    fn open_by(
        &mut self,
        roles: &[Role],
        procedure: &'static str,
        transition: &'static str,
        form: Value,
    ) {
        let (day, area) = (self.today(), self.county.realm.area());
        let there: Vec<ActorId> = roles
            .iter()
            .flat_map(|role| self.staff.holders_of(role, &area, day))
            .map(|row| row.id.clone())
            .collect();
        let Some(actor) = self.random.pick(&there).cloned() else { return };
        let by = Actor::at_work(actor.clone());
        let command = Command::open_named(by, procedure, transition, form);
        let transition = transition.to_owned();
        self.news.push_back((command, News { transition, actor, opens: None }));
    }
}

/// What the forms of the joint meeting and of oversight must say so that they fit the case.
pub(super) fn shape(
    transition: &str,
    form: &mut Map<String, Value>,
    data: &Value,
    at: Timestamp,
    filler: &mut Filler,
) {
    let later = |days: u32| at.date().plus_days(days);
    let listed = || data.get("items").cloned().unwrap_or_else(|| json!([]));
    let cases = || data.get("cases").cloned().unwrap_or_else(|| json!([]));
    let mut set = |key: &str, value: Value| {
        form.insert(key.to_owned(), value);
    };
    match transition {
        "accept_item" | "take_up" => {
            let meeting = filler.case_of("meeting", MEETING_AHEAD);
            set("meeting", json!(meeting));
        }
        "schedule" => {
            let listed = listed();
            let items = listed.as_array().into_iter().flatten().filter_map(Value::as_str);
            let accepted = |item: &&str| filler.stands(item, "agenda_item", &["accepted"]);
            let spoken_of = cases();
            let spoken_of = spoken_of.as_array().into_iter().flatten().filter_map(Value::as_str);
            let items: Vec<&str> = items.filter(accepted).chain(spoken_of).collect();
            set("items", json!(items));
            let at = office_hours(at.plus_hours(7 * 24), filler.random());
            set("at", json!(at));
        }
        "postpone" | "fail_quorum" => {
            let at = office_hours(at.plus_hours(7 * 24), filler.random());
            set("at", json!(at));
        }
        "cancel_meeting" => {
            set("items_go_to", json!("deferred"));
            set("until", json!(later(30)));
            form.remove("meeting");
        }
        "convene" => set("absent", json!([])),
        "draft_minutes" => {
            let both = [listed(), cases()];
            let both = both.iter().filter_map(Value::as_array).flatten();
            set("decisions", both.cloned().collect());
        }
        "issue_minutes" => {
            set("issued_on", json!(at.date()));
            // What the items were adopted with has gone out already.
            set("tasks", json!([]));
        }
        "adopt" => {
            let lead = filler.member();
            let task = "为困境儿童家庭落实帮扶措施";
            set("tasks", json!([{ "task": task, "lead": lead, "due": later(45) }]));
        }
        "defer_item" | "carry_over" => set("until", json!(later(20))),
        "report_result" => set("document_no", json!("示政办〔2026〕样1号")),
        "reassign_unit" => {
            let lead = filler.member();
            set("lead", json!(lead));
        }
        "sign_oversight" => set("due", json!(later(14))),
        "send_inquiry" => set("to", data.get("unit").cloned().unwrap_or_default()),
        _ => {}
    }
}
