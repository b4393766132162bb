//! What a paper is made from: a case as far as one person may see it, or nothing at all for an
//! empty form.

use hexacase::{
    duty::time_limit::LimitId,
    engine::{Engine, HistoryEntry},
    procedure::wide::WideStep,
    store::CaseQuery,
    terms::{
        area::AreaPurpose,
        evidence::ActedBy,
        facts::{CaseFacts, SubjectKind},
        id::{ActorId, CaseId, SubjectId, UnitId},
        time::Timestamp,
    },
    trail::Kind,
};
use serde_json::{Map, Value};

use super::{Names, Sight, html::Trace, layout::Fill, reading};
use crate::{error::PilotError, failure::Failure, index::REGISTER, output::Words};

/// How much of a hash a paper names.
const SHORT: usize = 16;

/// A step of the case with its form, corrections taken in.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The number of its entry.
    pub seq: i64,
    /// Its name.
    pub transition: String,
    /// The form.
    pub form: Value,
    /// Who really acted.
    pub acted_by: Option<ActedBy>,
    /// Who recorded it; who reported, where that is kept secret.
    pub by: ActorId,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// A case as one person may see it.
#[derive(Clone, Debug)]
pub struct Filed {
    /// Its number.
    pub number: String,
    /// Its facts.
    pub facts: CaseFacts,
    /// How many entries it has: its revision.
    pub revision: i64,
    /// The hash of the last entry, shortened.
    pub hash: String,
    /// What it remembers.
    pub data: Value,
    /// Its steps, in order.
    pub steps: Vec<Step>,
    /// The child's file, as the register has it.
    pub child: Map<String, Value>,
    /// What the person may see.
    pub sight: Sight,
}

/// Another case that a paper names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title {
    /// Its number.
    pub number: String,
    /// What it is called.
    pub title: String,
    /// What came of it.
    pub conclusion: Option<String>,
}

/// What a paper is filled from.
#[derive(Clone, Debug)]
pub struct Dossier {
    /// What things are called, in Chinese: papers are for offices here.
    pub words: Words,
    /// What offices and places are called.
    pub names: Names,
    /// The county's name.
    pub county: Option<String>,
    /// The case; nothing for an empty form.
    pub filed: Option<Filed>,
    /// The other cases that it names, as they may be shown.
    pub titles: Vec<Title>,
    /// The names of children whom those cases are about.
    pub veiled: Vec<String>,
    /// The time limit that it names: what it is called and which document sets it.
    pub limit: Option<String>,
    /// Whether the county's rules list the unit that it goes to among the judicial organs.
    pub judicial: bool,
}

impl Filed {
    /// Reads a case for somebody.
    ///
    /// # Errors
    /// [`PilotError::NoPart`] for somebody without a part in it.
    pub async fn read(engine: &Engine, case: CaseId, actor: &ActorId) -> Result<Self, Failure> {
        let detail = engine.case(case).await?;
        let history = engine.history(case).await?;
        let facts = detail.image.facts;
        let steps = steps(&history);
        let file = file_of(engine, facts.subject.id).await?;
        let first = steps.first().map(|step| &step.by);
        let id = file.as_ref().map(|(id, _)| *id);
        let sight = Sight::of(engine, actor, case, id, first).await?;
        let number = detail.number.to_string();
        if !sight.case {
            return Err(PilotError::NoPart { case: number, actor: actor.to_string() }.into());
        }
        let hash = history.last().map(|entry| entry.hash.to_string()).unwrap_or_default();
        Ok(Self {
            number,
            revision: facts.revision.get(),
            hash: hash.chars().take(SHORT).collect(),
            facts,
            data: detail.data,
            steps,
            child: file.map(|(_, register)| register).unwrap_or_default(),
            sight,
        })
    }
}

/// The file of a child, and what the register says there.
pub(crate) async fn file_of(
    engine: &Engine,
    subject: SubjectId,
) -> Result<Option<(CaseId, Map<String, Value>)>, Failure> {
    let query = CaseQuery {
        procedure: Some(REGISTER.to_owned()),
        subject: Some(subject),
        limit: 100,
        ..CaseQuery::default()
    };
    // Of several files the last one counts, as everywhere.
    let cases = engine.cases(&query).await?;
    let Some(case) = cases.last() else { return Ok(None) };
    let data = engine.data_of(case)?;
    let register = data.get("register").and_then(Value::as_object).cloned();
    Ok(Some((case.facts.id, register.unwrap_or_default())))
}

/// The steps with their forms as they should have been.
fn steps(history: &[HistoryEntry]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for entry in history {
        let (envelope, Some(body)) = (&entry.envelope, &entry.body) else { continue };
        if envelope.kind == Kind::Engine && envelope.transition == WideStep::AmendEntry.name() {
            correct(&mut steps, &body.payload);
        }
        if !matches!(envelope.kind, Kind::Step | Kind::OpenedBy) {
            continue;
        }
        steps.push(Step {
            seq: envelope.seq,
            transition: envelope.transition.clone(),
            form: body.payload.clone(),
            acted_by: body.acted_by.clone(),
            by: body.reporter.clone().unwrap_or_else(|| envelope.actor.clone()),
            occurred_at: envelope.occurred_at,
        });
    }
    steps
}

fn correct(steps: &mut [Step], form: &Value) {
    let entry = form.get("entry").and_then(Value::as_i64);
    let field = form.get("field").and_then(Value::as_str);
    let (Some(entry), Some(field)) = (entry, field) else { return };
    let value = form.get("new_value").cloned().unwrap_or_default();
    let Some(step) = steps.iter_mut().find(|step| step.seq == entry) else { return };
    if field == "occurred_at" {
        if let Some(at) = reading::instant(Some(&value)) {
            step.occurred_at = at;
        }
    } else if let Some(form) = step.form.as_object_mut() {
        form.insert(field.to_owned(), value);
    }
}

impl Dossier {
    /// Nothing: for an empty form.
    pub fn blank(words: Words, names: Names, county: Option<String>) -> Self {
        Self {
            words,
            names,
            county,
            filed: None,
            titles: Vec::new(),
            veiled: Vec::new(),
            limit: None,
            judicial: false,
        }
    }

    /// The last step with one of these names.
    pub fn step(&self, names: &[&str]) -> Option<&Step> {
        let steps = self.filed.as_ref().map(|filed| filed.steps.as_slice()).unwrap_or_default();
        steps.iter().rfind(|step| names.contains(&step.transition.as_str()))
    }

    /// A case for somebody, with the names of what stands in it.
    ///
    /// # Errors
    /// As [`Filed::read`]; [`EngineError`](hexacase::engine::EngineError) of the cases it names.
    pub async fn read(
        engine: &Engine,
        case: CaseId,
        actor: &ActorId,
        words: Words,
        names: Names,
    ) -> Result<Self, Failure> {
        let filed = Filed::read(engine, case, actor).await?;
        let (titles, veiled) = super::beside::read(engine, &words, &filed, actor).await?;
        let county = Some(engine.meta().name.clone()).filter(|name| !name.is_empty());
        let limit = filed.steps.iter().find_map(|step| step.form.get("limit")?.as_str());
        let rule = limit.and_then(|id| engine.rules().limit(&LimitId::named(id)));
        let limit = rule.map(|rule| {
            // What no document sets says so: 县里自定, 产品缺省.
            let basis = rule.basis.label().zh;
            let source = if rule.document.is_empty() { basis.as_ref() } else { &rule.document };
            format!("{}（{source}）", rule.label.zh)
        });
        let unit = filed.data.get("unit").and_then(Value::as_str);
        let unit = unit.and_then(|id| UnitId::new(id).ok());
        let judicial = unit.is_some_and(|unit| engine.rules().is_judicial_unit(&unit));
        Ok(Self { words, names, county, filed: Some(filed), titles, veiled, limit, judicial })
    }

    /// A field of the last step with one of these names.
    pub fn field(&self, steps: &[&str], field: &str) -> Option<&Value> {
        self.step(steps)?.form.get(field).filter(|value| !value.is_null())
    }

    /// Something the case remembers.
    pub fn datum(&self, field: &str) -> Option<&Value> {
        self.filed.as_ref()?.data.get(field).filter(|value| !value.is_null())
    }

    /// Whether the case is about a child.
    pub fn is_about_a_child(&self) -> bool {
        self.filed.as_ref().is_some_and(|filed| {
            let kind = filed.facts.subject.kind;
            matches!(kind, SubjectKind::Child | SubjectKind::UnidentifiedChild)
        })
    }

    /// A fact of the child's file that whoever has a part in the case may see.
    pub fn child(&self, field: &str) -> Option<String> {
        let filed = self.filed.as_ref()?;
        let value = filed.child.get(field)?.as_str()?;
        let date = value.parse::<hexacase::terms::time::CivilDate>();
        Some(date.map_or_else(|_| value.to_owned(), hexacase::terms::time::CivilDate::chinese))
    }

    /// A fact of the child's file that only those with a part in that file may see.
    pub fn particulars(&self, field: &str) -> Fill {
        let known = self.child(field);
        let may = self.filed.as_ref().is_some_and(|filed| filed.sight.file);
        if known.is_some() && !may { Fill::Sealed } else { known.into() }
    }

    /// The child's school: the register keeps its id.
    pub fn school(&self) -> Option<String> {
        self.child("school").map(|id| self.names.unit(&id))
    }

    /// An area of the case.
    pub fn area(&self, purpose: AreaPurpose) -> Option<String> {
        let areas = &self.filed.as_ref()?.facts.areas;
        areas.get(&purpose).map(|code| self.names.area(code))
    }

    /// A text without the child's name: a paper that may name no child says 该儿童 instead.
    pub fn without_names(&self, text: Option<String>) -> Option<String> {
        let names: Vec<String> = self.veiled.iter().cloned().chain(self.child("name")).collect();
        text.map(|text| {
            names
                .iter()
                .filter(|name| name.chars().count() > 1)
                .fold(text, |text, name| text.replace(name.as_str(), "该儿童"))
        })
    }

    /// What ties the paper to the trail.
    pub fn trace(&self, printed: Option<(&ActorId, Timestamp)>) -> Trace {
        let Some(filed) = &self.filed else {
            let line = "空白表。未由系统填写，签章后请登记入案。".to_owned();
            return Trace { entry: None, line };
        };
        let Filed { number, revision, hash, .. } = filed;
        let entry = format!("案号 {number} · 第 {revision} 步 · {hash}");
        let printed = printed.map(|(actor, at)| {
            format!("　打印：{}（{actor}）{}", self.names.called(actor), at.chinese())
        });
        let line = format!(
            "案号 {number}　截至第 {revision} 步　留痕 {hash}{}　空白处由经办人手写，签章后附件入案。",
            printed.unwrap_or_default()
        );
        Trace { entry: Some(entry), line }
    }
}
