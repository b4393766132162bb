//! `explain`: why somebody may or may not take a step.

use std::fmt::Write as _;

use hexacase::{procedure::wide::WideStep, terms::actor::Actor};

use super::refused::{self, Tried};
use crate::{
    cli::{ExplainArgs, Global},
    database,
    failure::Failure,
    ids,
    output::{Lang, Output},
    results::{ExplainResult, RefusalLine},
};

pub(super) async fn explain(
    global: &Global,
    args: ExplainArgs,
    out: &Output,
) -> Result<(), Failure> {
    let opened = database::open(global).await?;
    let (engine, words) = (&opened.engine, opened.words(out));
    let case = ids::case(engine, &args.case).await?;
    let facts = engine.case(case).await?.image.facts;
    let procedure = facts.procedure.as_str();
    let actor = Actor::at_work(args.actor);
    let told = engine.explain(&actor, case, &args.transition).await?;
    let zh = words.in_lang(Lang::Zh);
    let mut lines = Vec::new();
    let mut hints = Vec::new();
    for refusal in told.reasons.iter().cloned() {
        let line = RefusalLine::from(&refusal);
        lines.push(RefusalLine { zh: refused::chinese(&zh, procedure, &refusal), ..line });
        let transition = args.transition.as_str();
        let tried = Tried { procedure, transition, case: Some(case) };
        hints.extend(refused::failure(engine, &words, &tried, refusal).await.reasons);
    }
    let result = ExplainResult {
        case,
        transition: args.transition.clone(),
        actor: actor.id.to_string(),
        possible: told.is_possible(),
        role: told.role.as_ref().map(ToString::to_string),
        reasons: lines,
    };
    out.result("explain", &result, || {
        let step = words.transition(procedure, &args.transition);
        let wide = WideStep::named(&args.transition).is_some();
        if result.possible {
            let role = told.role.as_ref().map(|role| words.role(role));
            let role = role.unwrap_or_else(|| out.say("职务", "by office").to_owned());
            let rest = if wide {
                out.say("；是否成立还要看表单", "; whether it holds depends on the form as well")
            } else {
                ""
            };
            return match out.lang() {
                Lang::Zh => format!("{}可以办理“{step}”（{role}）{rest}", result.actor),
                Lang::En => format!("{} may take `{step}` ({role}){rest}", result.actor),
            };
        }
        let mut text = match out.lang() {
            Lang::Zh => format!("{}不能办理“{step}”：", result.actor),
            Lang::En => format!("{} may not take `{step}`:", result.actor),
        };
        for line in &result.reasons {
            let said = out.say(&line.zh, &line.en);
            let _ = write!(text, "\n  - {said}（{}）", line.code);
        }
        for hint in &hints {
            let _ = write!(text, "\n  → {}", out.say(&hint.zh, &hint.en));
        }
        text
    })
}
