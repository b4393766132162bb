//! `schema`: what a form asks for, and what a command's result looks like.

use hexacase::procedure::wide::WideStep;
use schemars::schema_for;
use serde_json::Value;

use crate::{
    catalog::{
        CheckResult, DefinitionLine, DiagramResult, ImportResult, InitResult, LimitLine,
        MigrateResult, PaperLine, PaperResult, StaffLine, SweepResult, VerifyResult,
    },
    cli::SchemaArgs,
    database,
    demo::DemoResult,
    error::PilotError,
    failure::Failure,
    output::Output,
    results::{
        BackupResult, CaseLine, CaseResult, ChildLine, DeadlineResult, DoctorResult, EntryLine,
        ExplainResult, NoteResult, OverdueCount, OverdueLine, Page, RecordResult, RegisterExport,
        RegisterImport, RestoreResult, ReviewResult, SheetResult, StaffChangeResult, StepResult,
        TodayResult, WorkLine,
    },
};

/// Commands with a result, and its schema.
type Schemas = &'static [(&'static str, fn() -> schemars::Schema)];

const RESULTS: Schemas = &[
    ("act", || schema_for!(StepResult)),
    ("amend", || schema_for!(StepResult)),
    ("annul", || schema_for!(StepResult)),
    ("attach", || schema_for!(StepResult)),
    ("backup", || schema_for!(BackupResult)),
    ("case", || schema_for!(CaseResult)),
    ("cases", || schema_for!(Page<CaseLine>)),
    ("check", || schema_for!(CheckResult)),
    ("child", || schema_for!(Page<ChildLine>)),
    ("confirm", || schema_for!(StepResult)),
    ("deadline", || schema_for!(DeadlineResult)),
    ("decline", || schema_for!(StepResult)),
    ("definitions", || schema_for!(Page<DefinitionLine>)),
    ("demo", || schema_for!(DemoResult)),
    ("diagram", || schema_for!(DiagramResult)),
    ("doctor", || schema_for!(DoctorResult)),
    ("explain", || schema_for!(ExplainResult)),
    ("export", || schema_for!(RegisterExport)),
    ("feed", || schema_for!(Page<EntryLine>)),
    ("import", || schema_for!(RegisterImport)),
    ("init", || schema_for!(InitResult)),
    ("join", || schema_for!(StepResult)),
    ("limits", || schema_for!(Page<LimitLine>)),
    ("merge", || schema_for!(StepResult)),
    ("migrate", || schema_for!(MigrateResult)),
    ("note", || schema_for!(NoteResult)),
    ("note --case", || schema_for!(StepResult)),
    ("open", || schema_for!(StepResult)),
    ("overdue", || schema_for!(Page<OverdueLine>)),
    ("overdue --by", || schema_for!(Page<OverdueCount>)),
    ("print", || schema_for!(PaperResult)),
    ("print --list", || schema_for!(Page<PaperLine>)),
    ("record", || schema_for!(RecordResult)),
    ("rebind", || schema_for!(StepResult)),
    ("reopen", || schema_for!(StepResult)),
    ("sheet", || schema_for!(SheetResult)),
    ("restore", || schema_for!(RestoreResult)),
    ("review", || schema_for!(ReviewResult)),
    ("split", || schema_for!(StepResult)),
    ("staff deputy", || schema_for!(StaffChangeResult)),
    ("staff import", || schema_for!(ImportResult)),
    ("staff leave", || schema_for!(StaffChangeResult)),
    ("staff list", || schema_for!(Page<StaffLine>)),
    ("staff transfer", || schema_for!(StaffChangeResult)),
    ("sweep", || schema_for!(SweepResult)),
    ("today", || schema_for!(TodayResult)),
    ("trail", || schema_for!(Page<EntryLine>)),
    ("verify", || schema_for!(VerifyResult)),
    ("worklist", || schema_for!(Page<WorkLine>)),
];

/// The JSON Schema of a command's result.
pub fn of_result(command: &str) -> Option<Value> {
    let known = RESULTS.iter().find(|(name, _)| *name == command);
    known.map(|(_, schema)| schema().to_value())
}

pub(super) fn schema(args: SchemaArgs, out: &Output) -> Result<(), Failure> {
    let schema = if let Some(command) = args.output {
        of_result(&command).ok_or_else(|| {
            let names: Vec<_> = RESULTS.iter().map(|(name, _)| *name).collect();
            let names = names.join("、");
            Failure::from(PilotError::UnknownCommand(command)).with_hint(names.clone(), names)
        })?
    } else {
        of_form(args.procedure.unwrap_or_default(), args.transition.unwrap_or_default())?
    };
    // The schema is a document of its own kind: it stands alone, with and without `--json`.
    out.raw(&serde_json::to_string_pretty(&schema).unwrap_or_default())
}

fn of_form(procedure: String, transition: String) -> Result<Value, Failure> {
    let all = database::definitions()?;
    let Some(definition) = all.iter().find(|definition| definition.name() == procedure) else {
        return Err(PilotError::UnknownProcedure(procedure).into());
    };
    if let Some(spec) = definition.transition(&transition) {
        return Ok(spec.schema.clone());
    }
    if let Some(step) = WideStep::named(&transition) {
        return Ok(step.schema());
    }
    let names: Vec<_> = definition.transitions().iter().map(|spec| spec.name).collect();
    let wide: Vec<_> = WideStep::ALL.iter().map(|step| step.name()).collect();
    let (names, wide) = (names.join("、"), wide.join("、"));
    let failure = Failure::from(PilotError::UnknownTransition { procedure, transition });
    Err(failure
        .with_hint(names.clone(), names)
        .with_hint(format!("通用办理：{wide}"), format!("engine-wide steps: {wide}")))
}
