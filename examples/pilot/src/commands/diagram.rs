//! `diagram`: a procedure or the chain, as text that Mermaid or Graphviz draws.

use hexacase::{
    care,
    procedure::{DiagramFormat, chain_diagram, diagram},
};

use crate::{
    catalog::DiagramResult,
    cli::{DiagramArgs, DiagramKind, Global},
    database,
    error::PilotError,
    failure::Failure,
    ids,
    output::Output,
};

pub(super) async fn draw(global: &Global, args: &DiagramArgs, out: &Output) -> Result<(), Failure> {
    let (format, name) = match args.format {
        DiagramKind::Mermaid => (DiagramFormat::Mermaid, "mermaid"),
        DiagramKind::Dot => (DiagramFormat::Dot, "dot"),
    };
    let all = database::definitions()?;
    let state = match &args.case {
        None => None,
        Some(case) => Some(state_of(global, case, &args.procedure).await?),
    };
    let text = if args.procedure == "chain" {
        let all: Vec<_> = all.iter().map(AsRef::as_ref).collect();
        chain_diagram(&all, &care::escalations(), format)
    } else {
        let one = all.iter().find(|definition| definition.name() == args.procedure);
        let one = one.ok_or_else(|| PilotError::UnknownProcedure(args.procedure.clone()))?;
        diagram(one, format, state.as_deref())
    };
    let procedure = args.procedure.clone();
    let result = DiagramResult { procedure, format: name.to_owned(), state, text };
    out.result("diagram", &result, || result.text.clone())
}

/// The state of a case, which must follow the procedure that is drawn.
async fn state_of(global: &Global, case: &str, procedure: &str) -> Result<String, Failure> {
    let opened = database::open(global).await?;
    let id = ids::case(&opened.engine, case).await?;
    let facts = opened.engine.case(id).await?.image.facts;
    if facts.procedure == procedure {
        return Ok(facts.state);
    }
    let said = format!("case `{case}` follows `{}`, not `{procedure}`", facts.procedure);
    let hint = format!("pilot diagram {} --case {case}", facts.procedure);
    Err(Failure::from(PilotError::Arguments(said)).with_hint(hint.clone(), hint))
}
