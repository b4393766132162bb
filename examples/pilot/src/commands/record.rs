//! `record`: a weekly sheet that was filled in, row by row. Each row stands by itself: it is
//! recorded, or the answer says why not; nothing is overwritten and nothing is recorded twice.

use std::fmt::Write as _;

use hexacase::{
    duty::owed::OwedDuty,
    engine::{Command, Engine, EngineError, HistoryEntry, Receipt},
    procedure::Refusal,
    store::{Store as _, StoreTx},
    terms::{
        actor::{Actor, Role},
        evidence::ActedBy,
        id::{ActorId, CaseId, Revision},
        text::Text,
    },
};

use super::{import, refused};
use crate::{
    blobs::DirBlobs,
    cli::{Global, RecordArgs},
    database,
    failure::{Exit, Failure, Place, Reason},
    form,
    output::{Lang, Output, Words, table},
    paper::Names,
    results::{ReceiptResult, RecordLine, RecordResult, RowOutcome, RowProblem},
    sheet::{
        Answer, Asked, CellFault, Claim, Filled, FilledRow, Judged, SheetFault, asked_of,
        command_of, held, judge,
    },
    spreadsheet::{self, TableProblem, column_letters},
};

/// What the rows of one sheet are recorded with.
struct Recording<'r> {
    engine: &'r Engine,
    blobs: &'r DirBlobs,
    words: &'r Words,
    names: &'r Names,
    /// Who records.
    actor: &'r ActorId,
    sheet: &'r Filled,
    /// The roles of the person whose sheet it is.
    roles: Vec<Role>,
}

pub(super) async fn record(
    global: &Global,
    args: &RecordArgs,
    out: &Output,
) -> Result<Exit, Failure> {
    let opened = database::open(global).await?;
    let engine = &opened.engine;
    let words = opened.words(out).in_lang(Lang::Zh);
    let (file, bytes) = import::read(&args.file)?;
    let book = spreadsheet::read(&bytes).map_err(|problem| unreadable(&file, &problem))?;
    if let [first, ..] = book.problems.as_slice() {
        return Err(unreadable(&file, first));
    }
    let sheet = Filled::read(engine, &book).map_err(|(fault, row)| {
        let failure = Failure::new(Exit::Refused, fault.code(), fault.zh(), fault.en());
        let place = Place { file: Some(file.clone()), row, ..Place::default() };
        Failure { place: Box::new(place), ..failure }
    })?;
    let names = Names::read(engine, None).await?;
    let recording = Recording {
        engine,
        blobs: &opened.blobs,
        words: &words,
        names: &names,
        actor: &args.actor,
        sheet: &sheet,
        roles: held(engine, &sheet.id.actor).await?,
    };
    // In a dry run all rows share a transaction that is never committed.
    let mut tx =
        if args.dry_run { Some(opened.store.begin(&engine.meta().realm).await?) } else { None };
    let mut items = Vec::new();
    for row in &sheet.rows {
        let within: Option<&mut dyn StoreTx> = match &mut tx {
            Some(tx) => Some(&mut **tx),
            None => None,
        };
        let mut line = recording.row(row, within).await?;
        if !args.dry_run
            && line.outcome == RowOutcome::Recorded
            && let Some(id) = row.id
            && recording.still_owed(id.case, id.duty).await?
        {
            line.problems.push(still_open());
        }
        items.push(line);
    }
    drop(tx);
    let count = |wanted: &[RowOutcome]| {
        items.iter().filter(|line| wanted.contains(&line.outcome)).count() as u64
    };
    let result = RecordResult {
        file,
        sheet: sheet.id.as_str().to_owned(),
        sheet_of: sheet.id.actor.to_string(),
        dry_run: args.dry_run,
        recorded: count(&[RowOutcome::Recorded]),
        repeated: count(&[RowOutcome::Repeated]),
        blank: count(&[RowOutcome::Blank]),
        left: count(&[RowOutcome::Bad, RowOutcome::Conflict, RowOutcome::Refused]),
        items,
    };
    out.result("record", &result, || text(&result, &words, out))?;
    Ok(if result.left == 0 { Exit::Done } else { Exit::Refused })
}

impl Recording<'_> {
    async fn row(
        &self,
        row: &FilledRow,
        tx: Option<&mut dyn StoreTx>,
    ) -> Result<RecordLine, Failure> {
        let mut line = RecordLine {
            row: row.line,
            key: row.key.clone(),
            case: row.id.map(|id| id.case),
            case_number: row.case_number.clone(),
            duty: None,
            step: None,
            occurred_at: None,
            outcome: RowOutcome::Blank,
            revision: None,
            receipt: None,
            since_print: None,
            problems: Vec::new(),
        };
        let (Some(id), true) = (row.id, row.faults.is_empty()) else {
            return Ok(bad(line, &row.faults));
        };
        if row.is_blank() {
            return Ok(line);
        }
        let detail = match self.engine.case(id.case).await {
            Ok(detail) => detail,
            Err(EngineError::Refused(Refusal::NoSuchCase { .. })) => return Ok(altered(line)),
            Err(other) => return Err(other.into()),
        };
        let facts = &detail.image.facts;
        let duty: Option<&OwedDuty> = detail.image.duties.iter().find(|duty| duty.no == id.duty);
        // The number beside the key is what the person at the desk compares with.
        let Some(duty) = duty.filter(|_| detail.number.to_string() == row.case_number) else {
            return Ok(altered(line));
        };
        line.duty = Some(duty.name.clone());
        line.since_print = row.revision.map(|printed| facts.revision.get() - printed);
        let definition = self.words.definition(&facts.procedure).map(AsRef::as_ref);
        let steps = definition.and_then(|all| all.duty(&duty.name)).map(|d| d.fulfilled_by.clone());
        let steps = asked_of(self.words, definition, &steps.unwrap_or_default(), &self.roles);
        let answer = match row.answer(&steps, self.engine.now()) {
            Ok(answer) => answer,
            Err(faults) => return Ok(bad(line, &faults)),
        };
        line.step = Some(answer.step.clone());
        line.occurred_at = Some(answer.at);
        let asked = steps.iter().find(|step| step.step == answer.step);
        let acted_by = match self.acted_by(&answer, definition) {
            Ok(acted_by) => acted_by,
            Err(fault) => return Ok(bad(line, &[(fault, None, None)])),
        };
        let schema = asked.map(|step: &Asked| step.schema.clone()).unwrap_or_default();
        let form = form::prepare(self.engine, self.blobs, &schema, answer.form.clone(), None).await;
        let payload = match form {
            Ok(form) => form.payload,
            Err(failure) => return Ok(refused_as(line, failure)),
        };
        let command = command_of(self.sheet.id.as_str(), id.no);
        let claim = Claim {
            case: id.case,
            procedure: &facts.procedure,
            state: &facts.state,
            duty,
            printed: &row.state,
            command,
            step: &answer.step,
            at: answer.at,
            acted_by: acted_by.as_ref(),
            form: &payload,
        };
        match judge(self.engine, self.words, self.names, &claim).await? {
            Judged::Before(entry) => return Ok(before(line, &entry)),
            Judged::Against(fault) => return Ok(bad(line, &[(fault, None, None)])),
            Judged::Free => {}
        }
        let actor = Actor::at_work(self.actor.clone());
        let mut step = Command::fire_named(actor, id.case, answer.step.as_str(), payload)
            .with_id(command)
            .occurred_at(answer.at);
        if let Some(by) = acted_by {
            step = step.acted_by(by);
        }
        let done = if let Some(tx) = tx {
            self.engine.execute_in(tx, step).await
        } else {
            // Whoever comes between the look and the step is not overrun.
            let revision = Revision::new(facts.revision.get());
            self.engine.execute(step.expecting(revision)).await
        };
        match done {
            Ok(receipt) => Ok(recorded(line, receipt)),
            Err(EngineError::Refused(refusal)) => {
                let tried = refused::Tried {
                    procedure: &facts.procedure,
                    transition: &answer.step,
                    case: Some(id.case),
                };
                let failure = refused::failure(self.engine, self.words, &tried, refusal).await;
                Ok(refused_as(line, failure))
            }
            Err(other) => Err(other.into()),
        }
    }

    /// Whether the duty that a row is for is open, although the row was recorded.
    async fn still_owed(&self, case: CaseId, duty: u32) -> Result<bool, Failure> {
        let duties = self.engine.duties_of(case).await?;
        Ok(duties.iter().any(|row| row.duty.no == duty && row.duty.is_open()))
    }

    /// Who acted: whom the row names; else, where somebody else records it, the person whose sheet
    /// it is.
    fn acted_by(
        &self,
        answer: &Answer,
        definition: Option<&hexacase::procedure::Definition>,
    ) -> Result<Option<ActedBy>, SheetFault> {
        let text = |text: String| {
            Text::new(text).map_err(|problem| SheetFault::Value {
                zh: "一般文字".to_owned(),
                en: problem.to_string(),
            })
        };
        let by = |role: Role, organ: Text, person: Option<Text>| ActedBy {
            role,
            organ,
            document_no: None,
            document_date: None,
            person,
            scan: None,
        };
        if let Some((role, organ)) = &answer.acted {
            return Ok(Some(by(role.clone(), text(organ.clone())?, None)));
        }
        if *self.actor == self.sheet.id.actor {
            return Ok(None);
        }
        let spec = definition.and_then(|definition| definition.transition(&answer.step));
        let role = spec
            .and_then(|spec| spec.acted_by.iter().find(|role| self.roles.contains(role)).cloned());
        let Some(role) = role else { return Ok(None) };
        let person = self.names.person(&self.sheet.id.actor);
        let (unit, name) = match person {
            Some(row) => (self.names.unit(row.unit.as_str()), row.name.clone()),
            None => (self.sheet.id.actor.to_string(), self.sheet.id.actor.to_string()),
        };
        Ok(Some(by(role, text(unit)?, Some(text(name)?))))
    }
}

fn bad(mut line: RecordLine, faults: &[CellFault]) -> RecordLine {
    let conflict = faults.iter().any(|(fault, ..)| fault.is_conflict());
    line.outcome = if conflict { RowOutcome::Conflict } else { RowOutcome::Bad };
    line.problems = faults
        .iter()
        .map(|(fault, column, value)| RowProblem {
            code: fault.code().to_owned(),
            column: column.clone(),
            value: value.clone(),
            zh: fault.zh(),
            en: fault.en(),
        })
        .collect();
    line
}

fn altered(line: RecordLine) -> RecordLine {
    bad(line, &[(SheetFault::Altered, None, None)])
}

fn refused_as(mut line: RecordLine, failure: Failure) -> RecordLine {
    line.outcome = RowOutcome::Refused;
    let column = failure.place.field.clone();
    let own =
        RowProblem { code: failure.code, column, value: None, zh: failure.zh, en: failure.en };
    let hint = |Reason { code, zh, en, .. }| RowProblem { code, column: None, value: None, zh, en };
    line.problems = std::iter::once(own).chain(failure.reasons.into_iter().map(hint)).collect();
    line
}

fn recorded(mut line: RecordLine, receipt: Receipt) -> RecordLine {
    line.outcome = if receipt.repeated { RowOutcome::Repeated } else { RowOutcome::Recorded };
    line.revision = Some(receipt.revision.get());
    line.receipt = Some(receipt.into());
    line
}

/// What is said of a row that was recorded and did not do what it was for.
fn still_open() -> RowProblem {
    RowProblem {
        code: "hint".to_owned(),
        column: None,
        value: None,
        zh: "已登记，但该行事项仍未办结；同一天先未见到、后见到的，请在“时间”栏写明先后".to_owned(),
        en: "recorded, and the duty of this row is still open; of two visits on one day, give the \
             times"
            .to_owned(),
    }
}

fn before(mut line: RecordLine, entry: &HistoryEntry) -> RecordLine {
    line.outcome = RowOutcome::Repeated;
    line.revision = Some(entry.envelope.seq);
    line.receipt = Some(ReceiptResult {
        hash: entry.hash,
        recorded_at: entry.envelope.recorded_at,
        command: entry.envelope.command,
        repeated: true,
        proposed: false,
        linked: Vec::new(),
    });
    line
}

/// Why a file could not be read or written as a table.
pub(super) fn unreadable(file: &str, problem: &TableProblem) -> Failure {
    let fault = &problem.fault;
    let failure = Failure::new(Exit::Refused, fault.code(), fault.zh(), fault.en());
    let place = Place {
        file: Some(file.to_owned()),
        sheet: problem.sheet.clone(),
        row: problem.row,
        column: problem.column.map(column_letters),
        field: None,
    };
    Failure { place: Box::new(place), ..failure }
}

fn text(result: &RecordResult, words: &Words, out: &Output) -> String {
    let RecordResult { file, recorded, repeated, blank, left, .. } = result;
    let mut text = match (out.lang(), result.dry_run) {
        (Lang::Zh, false) => format!(
            "{file}：登记 {recorded} 行，此前已登记 {repeated} 行，未填 {blank} 行，未能登记 {left} 行"
        ),
        (Lang::Zh, true) => format!(
            "{file}：可登记 {recorded} 行，此前已登记 {repeated} 行，未填 {blank} 行，不能登记 {left} 行；\
             未写入"
        ),
        (Lang::En, dry) => format!(
            "{file}: {recorded} rows {}, {repeated} recorded before, {blank} blank, {left} not \
             recorded",
            if dry { "would be recorded, nothing written" } else { "recorded" }
        ),
    };
    let header = match out.lang() {
        Lang::Zh => ["行", "结果", "案号", "办理", "第几步", "凭证", "说明"],
        Lang::En => ["row", "outcome", "case", "step", "entry", "receipt", "why"],
    };
    let words = words.in_lang(out.lang());
    let filled = result.items.iter().filter(|line| line.outcome != RowOutcome::Blank);
    let rows: Vec<Vec<String>> =
        filled.map(|line| cells(line, &words, result.dry_run, out)).collect();
    if !rows.is_empty() {
        let _ = write!(text, "\n{}", table::table(&header, rows));
    }
    text
}

fn cells(line: &RecordLine, words: &Words, dry: bool, out: &Output) -> Vec<String> {
    let outcome = match (line.outcome, dry) {
        (RowOutcome::Recorded, false) => out.say("已登记", "recorded"),
        (RowOutcome::Recorded, true) => out.say("可登记", "would be recorded"),
        (RowOutcome::Repeated, _) => out.say("此前已登记", "recorded before"),
        (RowOutcome::Blank, _) => out.say("未填", "blank"),
        (RowOutcome::Bad, _) => out.say("填写有误", "wrong"),
        (RowOutcome::Conflict, _) => out.say("冲突，未登记", "conflict"),
        (RowOutcome::Refused, _) => out.say("不能办理", "refused"),
    };
    let mut why: Vec<String> = line
        .problems
        .iter()
        .map(|problem| {
            let place = problem.column.as_ref().map(|name| format!("「{name}」"));
            let value = problem.value.as_ref().map(|text| format!("“{}”", one_line(text)));
            let said = out.say(&problem.zh, &problem.en);
            let arrow = if problem.code == "hint" { "→ " } else { "" };
            format!("{arrow}{}{}{said}", place.unwrap_or_default(), value.unwrap_or_default())
        })
        .collect();
    if let Some(since) = line.since_print.filter(|since| *since > 0)
        && line.outcome == RowOutcome::Recorded
    {
        why.push(match out.lang() {
            Lang::Zh => format!("打印后该案另登记了 {since} 步"),
            Lang::En => format!("the case got {since} other entries since the print"),
        });
    }
    // Whose procedure a step is of does not matter for its name: duty and step are told together.
    let step = line.step.as_deref().unwrap_or_default();
    let labels = words.definitions().iter().filter_map(|all| {
        let owes = line.duty.as_deref().is_some_and(|duty| all.duty(duty).is_some());
        all.transition(step).filter(|_| owes).map(|spec| words.label(&spec.label))
    });
    let hash = line.receipt.as_ref().filter(|_| !dry || line.outcome == RowOutcome::Repeated);
    vec![
        line.row.to_string(),
        outcome.to_owned(),
        line.case_number.clone(),
        labels.into_iter().next().unwrap_or_else(|| step.to_owned()),
        line.revision.filter(|_| hash.is_some()).map_or_else(String::new, |no| no.to_string()),
        hash.map_or_else(String::new, |receipt| {
            receipt.hash.to_string().chars().take(16).collect()
        }),
        why.join("\n"),
    ]
}

fn one_line(text: &str) -> String {
    text.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect()
}
