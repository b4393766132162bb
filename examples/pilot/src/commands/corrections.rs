//! Short commands for engine-wide steps: corrections, the second person, files.

use hexacase::{procedure::wide::WideStep, terms::evidence::FieldClass};
use serde_json::{Map, Value, json};

use super::step::wide;
use crate::{
    cli::{
        AmendArgs, AnnulArgs, AttachArgs, ConfirmArgs, DeclineArgs, Global, JoinArgs, MergeArgs,
        RebindArgs, ReopenArgs, SplitArgs, StepArgs,
    },
    database::{self, Opened},
    failure::Failure,
    ids,
    output::Output,
    strict_json,
};

/// A form from JSON that is an object.
fn form(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// What the short commands have in common.
struct Short<'s> {
    name: &'static str,
    case: &'s str,
    step: WideStep,
    args: StepArgs,
}

impl Short<'_> {
    async fn run(self, opened: &Opened, data: Value, out: &Output) -> Result<(), Failure> {
        let case = ids::case(&opened.engine, self.case).await?;
        wide(self.name, opened, case, (self.step, form(data)), self.args, out).await
    }
}

pub(super) async fn amend(global: &Global, args: AmendArgs, out: &Output) -> Result<(), Failure> {
    let opened = database::open(global).await?;
    // A value that is no JSON is text: names and dates need no quotation marks.
    let value = strict_json::parse(&args.value).unwrap_or(Value::String(args.value));
    let data = json!({
        "entry": args.entry, "field": args.field, "new_value": value, "reason": args.reason,
    });
    let (case, step) = (args.case.as_str(), WideStep::AmendEntry);
    Short { name: "amend", case, step, args: args.step }.run(&opened, data, out).await
}

pub(super) async fn annul(global: &Global, args: AnnulArgs, out: &Output) -> Result<(), Failure> {
    let opened = database::open(global).await?;
    let data = json!({ "reason": args.reason.name(), "text": args.text });
    let (case, step) = (args.case.as_str(), WideStep::AnnulCase);
    Short { name: "annul", case, step, args: args.step }.run(&opened, data, out).await
}

pub(super) async fn rebind(global: &Global, args: RebindArgs, out: &Output) -> Result<(), Failure> {
    let opened = database::open(global).await?;
    let data = json!({ "child": args.child, "reason": args.reason });
    let (case, step) = (args.case.as_str(), WideStep::RebindSubject);
    Short { name: "rebind", case, step, args: args.step }.run(&opened, data, out).await
}

pub(super) async fn join(global: &Global, args: JoinArgs, out: &Output) -> Result<(), Failure> {
    let opened = database::open(global).await?;
    let other = ids::case(&opened.engine, &args.other).await?;
    let data = json!({ "case": other, "reason": args.reason });
    let (case, step) = (args.case.as_str(), WideStep::JoinIncident);
    Short { name: "join", case, step, args: args.step }.run(&opened, data, out).await
}

pub(super) async fn split(global: &Global, args: SplitArgs, out: &Output) -> Result<(), Failure> {
    let opened = database::open(global).await?;
    let data = json!({ "reason": args.reason });
    let (case, step) = (args.case.as_str(), WideStep::SplitIncident);
    Short { name: "split", case, step, args: args.step }.run(&opened, data, out).await
}

pub(super) async fn merge(global: &Global, args: MergeArgs, out: &Output) -> Result<(), Failure> {
    let opened = database::open(global).await?;
    let survivor = ids::case(&opened.engine, &args.survivor).await?;
    let data = json!({ "survivor": survivor, "reason": args.reason });
    let (case, step) = (args.case.as_str(), WideStep::MergeCase);
    Short { name: "merge", case, step, args: args.step }.run(&opened, data, out).await
}

pub(super) async fn reopen(global: &Global, args: ReopenArgs, out: &Output) -> Result<(), Failure> {
    let opened = database::open(global).await?;
    let data = json!({ "cause": args.cause, "facts": args.facts, "state": args.state });
    let (case, step) = (args.case.as_str(), WideStep::Reopen);
    Short { name: "reopen", case, step, args: args.step }.run(&opened, data, out).await
}

pub(super) async fn confirm(
    global: &Global,
    args: ConfirmArgs,
    out: &Output,
) -> Result<(), Failure> {
    let opened = database::open(global).await?;
    let mut data = json!({ "entry": args.entry });
    if let (Some(note), Some(fields)) = (args.note, data.as_object_mut()) {
        fields.insert("note".to_owned(), Value::String(note));
    }
    let (case, step) = (args.case.as_str(), WideStep::ConfirmStep);
    Short { name: "confirm", case, step, args: args.step }.run(&opened, data, out).await
}

pub(super) async fn decline(
    global: &Global,
    args: DeclineArgs,
    out: &Output,
) -> Result<(), Failure> {
    let opened = database::open(global).await?;
    let data = json!({ "entry": args.entry, "reason": args.reason });
    let (case, step) = (args.case.as_str(), WideStep::DeclineStep);
    Short { name: "decline", case, step, args: args.step }.run(&opened, data, out).await
}

pub(super) async fn attach(global: &Global, args: AttachArgs, out: &Output) -> Result<(), Failure> {
    use crate::cli::FileClass;

    let opened = database::open(global).await?;
    let class = match args.class {
        FileClass::Case => FieldClass::Case,
        FileClass::Medical => FieldClass::Medical,
        FileClass::Reporter => FieldClass::Reporter,
    };
    let file = opened.blobs.attach_file(&args.file, class).await?;
    let mut data = json!({ "file": file });
    if let (Some(note), Some(fields)) = (args.note, data.as_object_mut()) {
        fields.insert("note".to_owned(), Value::String(note));
    }
    let (case, step) = (args.case.as_str(), WideStep::Attach);
    Short { name: "attach", case, step, args: args.step }.run(&opened, data, out).await
}
