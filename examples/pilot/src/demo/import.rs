//! Bringing a county's people and register into an engine.

use hexacase::{
    engine::{Command, Engine, EngineError, Receipt},
    store::{Absence, StaffRow},
    terms::{
        actor::{Actor, Grant, Role},
        area::{AreaPurpose, Realm},
        evidence::ActedBy,
        facts::{Subject, SubjectKind},
        id::{ActorId, CaseId, Digest, SubjectId},
        text::Text,
    },
};
use serde_json::{Map, Value, json};

use crate::county::{ChildRow, County, Identity};

/// A person of a file as the directory keeps them, never away.
pub fn directory_row(row: &crate::county::StaffRow) -> StaffRow {
    let grant = |role: &String| Grant {
        role: Role::named(role.clone()),
        area: row.area.clone(),
        unit: row.unit.clone(),
    };
    StaffRow {
        id: row.id.clone(),
        name: row.name.clone(),
        grants: row.roles.iter().map(grant).collect(),
        unit: row.unit.clone(),
        leader: row.leader,
        active: true,
        absences: Vec::new(),
    }
}

/// The people of a county as the directory keeps them.
fn people(county: &County) -> Vec<StaffRow> {
    let person = |row: &crate::county::StaffRow| StaffRow {
        absences: county
            .absences
            .iter()
            .filter(|absence| absence.staff == row.id)
            .map(|absence| Absence {
                from: absence.from,
                to: absence.to,
                deputy: absence.deputy.clone(),
            })
            .collect(),
        ..directory_row(row)
    };
    county.staff.iter().map(person).collect()
}

/// Puts a county's people into the directory.
///
/// # Errors
/// [`EngineError`], when a role or an area does not exist.
pub async fn import_staff(engine: &Engine, county: &County) -> Result<Receipt, EngineError> {
    let keeper = county.staff.iter().find(|row| row.roles.iter().any(|role| role == "data_admin"));
    let id = keeper.map_or(ActorId::constant("set-up"), |row| row.id.clone());
    engine.change_staff(&Actor::at_work(id), people(county)).await
}

/// The subject of a child of the register. It is reckoned from realm and register number, so that
/// the same row always means the same child.
pub fn subject_of(realm: &Realm, register_number: &str) -> SubjectId {
    let digest =
        Digest::of_parts(&[b"register", realm.as_str().as_bytes(), register_number.as_bytes()]);
    let mut id = [0; 16];
    for (to, from) in id.iter_mut().zip(digest.as_bytes()) {
        *to = *from;
    }
    SubjectId::from_bytes(id)
}

/// The form that opens the file of a child of the register.
pub fn register_form(realm: &Realm, row: &ChildRow) -> Value {
    let mut areas = vec![row.residence.clone()];
    areas.extend(row.hukou.clone().filter(|hukou| realm.area().covers(hukou)));
    let mut facts = Map::new();
    let mut put = |key: &str, value: Option<&str>| {
        if let Some(value) = value.filter(|value| !value.trim().is_empty()) {
            facts.insert(key.to_owned(), json!(value));
        }
    };
    put("register_number", Some(&row.register_number));
    put("name", Some(&row.name));
    match &row.identity {
        Identity::Number(number) => put("id_number", Some(number.as_str())),
        Identity::Missing(reason) => put("no_id_reason", Some(reason)),
    }
    put("sex", Some(row.sex.zh()));
    put("birth", Some(&row.born.to_string()));
    put("ethnicity", Some(&row.ethnicity));
    put("hukou", row.hukou.as_ref().map(hexacase::terms::area::AreaCode::as_str));
    put("school", row.school.as_ref().map(hexacase::terms::id::UnitId::as_str));
    put("grade", row.grade.as_deref());
    put("father_status", Some(row.father.status.zh()));
    put("father_place", row.father.workplace.as_deref());
    put("mother_status", Some(row.mother.status.zh()));
    put("mother_place", row.mother.workplace.as_deref());
    put("guardian", Some(&row.guardian));
    put("relation", Some(&row.relation));
    put("guardianship", Some(row.guardianship.zh()));
    put("condition", row.condition.as_deref());
    put("carer", row.carer.as_deref());
    put("phone", row.phone.as_deref());
    put("health", row.health.as_deref());
    put("benefits", Some(&row.benefits.join("、")));
    put("note", row.note.as_deref());
    json!({
        "child": subject_of(realm, &row.register_number),
        "types": row.types.iter().map(|kind| kind.code()).collect::<Vec<_>>(),
        "areas": areas,
        "register": facts,
    })
}

/// The command that opens the file of a child of the register.
pub fn open_file(actor: &Actor, realm: &Realm, row: &ChildRow) -> Command {
    let id = subject_of(realm, &row.register_number);
    let form = register_form(realm, row);
    let command = Command::open_named(actor.clone(), "care_file", "open_file", form)
        .about(Subject { kind: SubjectKind::Child, id })
        .in_area(AreaPurpose::Residence, row.residence.clone());
    by_the_register(command)
}

/// The command that brings the file of a child up to date with a newer register.
pub fn update_file(actor: &Actor, file: CaseId, form: Value) -> Command {
    by_the_register(Command::fire_named(actor.clone(), file, "update_file", form))
}

/// The village keeps its register; whoever takes it in only records that.
fn by_the_register(command: Command) -> Command {
    let by = Text::new("村（居）儿童台账").ok().map(|organ| ActedBy {
        role: Role::new("child_welfare_director"),
        organ,
        document_no: None,
        document_date: None,
        person: None,
        scan: None,
    });
    match by {
        Some(by) => command.acted_by(by),
        None => command,
    }
}

/// Opens a file for every child, in order of the register. All files are sent at once; the engine
/// writes them in batches. `progress` is told how many are done.
///
/// # Errors
/// The first refusal or failure, with the number of its row counted from 0.
pub async fn import_register(
    engine: &Engine,
    actor: &Actor,
    children: &[ChildRow],
    mut progress: impl FnMut(usize),
) -> Result<Vec<Receipt>, (usize, EngineError)> {
    let realm = engine.meta().realm.clone();
    let mut receipts = Vec::with_capacity(children.len());
    for chunk in children.chunks(256) {
        let commands = chunk.iter().map(|row| open_file(actor, &realm, row));
        for answer in engine.execute_many(commands).await {
            receipts.push(answer.map_err(|problem| (receipts.len(), problem))?);
        }
        progress(receipts.len());
    }
    Ok(receipts)
}
