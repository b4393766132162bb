//! `open`, `act`: taking a step.

use std::fmt::Write as _;

use hexacase::{
    engine::{Command, EngineError, Receipt},
    procedure::{Definition, Refusal, wide::WideStep},
    terms::{
        actor::Actor,
        id::{CaseId, Revision},
    },
};
use serde_json::{Map, Value};

use super::refused::{self, Tried};
use crate::{
    cli::{ActArgs, Global, OpenArgs, StepArgs},
    database::{self, Opened},
    failure::Failure,
    form, ids,
    output::{Output, Words, table, time},
    results::StepResult,
};

pub(super) async fn open(global: &Global, args: OpenArgs, out: &Output) -> Result<(), Failure> {
    let opened = database::open(global).await?;
    let words = opened.words(out);
    let definition = opened.engine.registry().newest(&args.procedure).cloned();
    let transition = args.by.clone().or_else(|| {
        definition.as_ref().and_then(|definition| {
            let steps = definition.transitions();
            steps.iter().find(|spec| spec.opens_case).map(|spec| spec.name.to_owned())
        })
    });
    let transition = transition.unwrap_or_else(|| "open".to_owned());
    let tried = Tried { procedure: &args.procedure, transition: &transition, case: None };
    let schema = schema_of(definition.as_deref(), &transition);
    let Some(schema) = schema else {
        return Err(unknown(&opened, &words, &tried).await);
    };
    let data = form::data(args.data.as_deref(), &schema, &words)?;
    let answers = form::answers(args.data.as_deref(), &data);
    let (engine, blobs) = (&opened.engine, &opened.blobs);
    let form = form::prepare(engine, blobs, &schema, data, Some(&args.procedure)).await;
    let form = form.map_err(|failure| form::with_answers(failure, answers.clone()))?;
    let actor = Actor::at_work(args.actor.clone());
    let payload = form.payload.clone();
    let mut command =
        Command::open_named(actor, args.procedure.as_str(), transition.as_str(), payload);
    command = form.beside(command);
    if let Some(id) = args.command_id {
        command = command.with_id(id);
    }
    if let Some(at) = args.occurred_at {
        command = command.occurred_at(at);
    }
    let receipt = execute(&opened, &words, &tried, command).await;
    let receipt = receipt.map_err(|failure| form::with_answers(failure, answers))?;
    said("open", &words, &tried, receipt, out)
}

pub(super) async fn act(global: &Global, args: ActArgs, out: &Output) -> Result<(), Failure> {
    let opened = database::open(global).await?;
    let words = opened.words(out);
    let case = ids::case(&opened.engine, &args.case).await?;
    let procedure = opened.engine.case(case).await?.image.facts.procedure;
    let tried = Tried { procedure: &procedure, transition: &args.transition, case: Some(case) };
    let definition = opened.engine.registry().newest(&procedure).cloned();
    let Some(schema) = schema_of(definition.as_deref(), &args.transition) else {
        return Err(unknown(&opened, &words, &tried).await);
    };
    let data = form::data(args.data.as_deref(), &schema, &words)?;
    let answers = form::answers(args.data.as_deref(), &data);
    let receipt = fire(&opened, &words, &tried, &schema, data, args.step).await;
    let receipt = receipt.map_err(|failure| form::with_answers(failure, answers))?;
    said("act", &words, &tried, receipt, out)
}

/// Takes a step in a case with this form.
async fn fire(
    opened: &Opened,
    words: &Words,
    tried: &Tried<'_>,
    schema: &Value,
    data: Map<String, Value>,
    step: StepArgs,
) -> Result<Receipt, Failure> {
    let case = tried.case.unwrap_or_else(|| CaseId::from_bytes([0; 16]));
    let form = form::prepare(&opened.engine, &opened.blobs, schema, data, None).await?;
    let actor = Actor::at_work(step.actor);
    let payload = form.payload.clone();
    let mut command = form.beside(Command::fire_named(actor, case, tried.transition, payload));
    if let Some(id) = step.command_id {
        command = command.with_id(id);
    }
    if let Some(revision) = step.expect_revision {
        command = command.expecting(Revision::new(revision));
    }
    if let Some(at) = step.occurred_at {
        command = command.occurred_at(at);
    }
    execute(opened, words, tried, command).await
}

/// Takes an engine-wide step in a case, for the commands that are short for one.
pub(super) async fn wide(
    name: &str,
    opened: &Opened,
    case: CaseId,
    (step, data): (WideStep, Map<String, Value>),
    args: StepArgs,
    out: &Output,
) -> Result<(), Failure> {
    let words = opened.words(out);
    let procedure = opened.engine.case(case).await?.image.facts.procedure;
    let tried = Tried { procedure: &procedure, transition: step.name(), case: Some(case) };
    let receipt = fire(opened, &words, &tried, &step.schema(), data, args).await?;
    said(name, &words, &tried, receipt, out)
}

fn schema_of(definition: Option<&Definition>, transition: &str) -> Option<Value> {
    let spec = definition.and_then(|definition| definition.transition(transition));
    let wide = || definition.and(WideStep::named(transition)).map(WideStep::schema);
    spec.map(|spec| spec.schema.clone()).or_else(wide)
}

async fn unknown(opened: &Opened, words: &Words, tried: &Tried<'_>) -> Failure {
    let refusal = Refusal::UnknownTransition {
        procedure: tried.procedure.to_owned(),
        transition: tried.transition.to_owned(),
    };
    refused::failure(&opened.engine, words, tried, refusal).await
}

async fn execute(
    opened: &Opened,
    words: &Words,
    tried: &Tried<'_>,
    command: Command,
) -> Result<Receipt, Failure> {
    match opened.engine.execute(command).await {
        Ok(receipt) => Ok(receipt),
        Err(EngineError::Refused(refusal)) => {
            Err(refused::failure(&opened.engine, words, tried, refusal).await)
        }
        Err(other) => Err(other.into()),
    }
}

fn said(
    name: &str,
    words: &Words,
    tried: &Tried<'_>,
    receipt: Receipt,
    out: &Output,
) -> Result<(), Failure> {
    let result = StepResult {
        case: receipt.case,
        case_number: receipt.number.to_string(),
        revision: receipt.revision.get(),
        state: receipt.state.clone(),
        receipt: receipt.into(),
    };
    out.result(name, &result, || text(&result, words, tried, out))
}

fn text(result: &StepResult, words: &Words, tried: &Tried<'_>, out: &Output) -> String {
    let receipt = &result.receipt;
    let done = match (receipt.repeated, receipt.proposed) {
        (true, _) => out.say("此前已办理，未重复办理", "done before; nothing was written now"),
        (false, true) => out.say("已提出，待另一人复核", "proposed; a second person must confirm"),
        (false, false) => out.say("已办理", "done"),
    };
    let step = words.transition(tried.procedure, tried.transition);
    let mut lines = vec![
        (out.say("个案", "case"), format!("{} {}", result.case_number, result.case)),
        (out.say("程序", "procedure"), words.procedure(tried.procedure)),
        (out.say("状态", "state"), words.state(tried.procedure, &result.state)),
        (out.say("第几步", "entry"), result.revision.to_string()),
        (out.say("登记时间", "recorded"), time::instant(receipt.recorded_at, out.lang())),
        (out.say("凭证", "receipt"), receipt.hash.to_string()),
    ];
    let linked: Vec<_> = receipt.linked.iter().map(ToString::to_string).collect();
    lines.push((out.say("转办个案", "linked cases"), linked.join("\n")));
    let mut text = format!("{done}{}{step}\n{}", out.say("：", ": "), table::pairs(&lines));
    if receipt.proposed && !receipt.repeated {
        let (case, entry) = (&result.case_number, result.revision);
        let _ = write!(
            text,
            "\n→ `pilot confirm {case} {entry} --as …` / `pilot decline {case} {entry} --as … --reason …`"
        );
    }
    text
}
