//! What a line of the journal says: the groups and rows of a commit, in forms of the journal's own, so that
//! the file stays readable when the engine's types change. A field that is new there is an error of
//! the compiler here.

use hexacase::{
    duty::owed::OwedDuty,
    store::{
        CaseWrite, DutyWrite, Group, Message, NewCommand, NewEntry, Rung, Scope, ScopeKind,
        StaffRow,
    },
    terms::{
        actor::Role,
        facts::CaseFacts,
        id::{CaseId, CommandId, Digest, MessageId, UnitId},
        time::Timestamp,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::post::{InboxRow, OutboxRow};

/// Bytes as hexadecimal digits.
#[derive(Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[derive(Clone)]
struct Hex(Vec<u8>);

impl TryFrom<String> for Hex {
    type Error = hex::FromHexError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        hex::decode(text).map(Self)
    }
}

impl From<Hex> for String {
    fn from(bytes: Hex) -> Self {
        hex::encode(bytes.0)
    }
}

impl From<Vec<u8>> for Hex {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl From<Hex> for Vec<u8> {
    fn from(bytes: Hex) -> Self {
        bytes.0
    }
}

/// A lock by name.
#[derive(Serialize, Deserialize)]
struct ScopeForm {
    incident: bool,
    id: [u8; 16],
}

impl From<Scope> for ScopeForm {
    fn from(scope: Scope) -> Self {
        Self { incident: scope.kind == ScopeKind::Incident, id: scope.id }
    }
}

impl From<ScopeForm> for Scope {
    fn from(form: ScopeForm) -> Self {
        let kind = if form.incident { ScopeKind::Incident } else { ScopeKind::Subject };
        Self { kind, id: form.id }
    }
}

/// A form with the same fields as one of the engine's records, and the way there and back.
macro_rules! forms {
    ($($form:ident of $record:ident { $($field:ident: $kind:ty),* $(,)? })*) => {$(
        #[derive(Serialize, Deserialize)]
        struct $form { $($field: $kind),* }

        impl From<$record> for $form {
            fn from(record: $record) -> Self {
                let $record { $($field),* } = record;
                Self { $($field: $field.into()),* }
            }
        }

        impl From<$form> for $record {
            fn from(form: $form) -> Self {
                let $form { $($field),* } = form;
                Self { $($field: $field.into()),* }
            }
        }
    )*};
}

/// A list of forms.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct Many<F>(Vec<F>);

impl<R, F: From<R>> From<Vec<R>> for Many<F> {
    fn from(records: Vec<R>) -> Self {
        Self(records.into_iter().map(F::from).collect())
    }
}

macro_rules! lists {
    ($($form:ident of $record:ident),*) => {$(
        impl From<Many<$form>> for Vec<$record> {
            fn from(forms: Many<$form>) -> Self {
                forms.0.into_iter().map($record::from).collect()
            }
        }
    )*};
}

forms! {
    DutyForm of DutyWrite { duty: OwedDuty, matches: Vec<(Role, Option<UnitId>)> }
    CaseForm of CaseWrite {
        facts: CaseFacts,
        number_in: Option<i32>,
        attributes: Vec<(String, Option<String>)>,
        duties: Many<DutyForm>,
        restated: bool,
        had_duties: u32,
    }
    EntryForm of NewEntry {
        case: CaseId, seq: i64, recorded_at: Timestamp, bytes: Hex, hash: Digest, body: Hex,
        key: String,
    }
    CommandForm of NewCommand { id: CommandId, hash: Digest, case: CaseId, seq: i64, state: String }
    MessageForm of Message {
        id: MessageId, case: CaseId, seq: i64, kind: String, content: Value,
        recorded_at: Timestamp,
    }
    RungForm of Rung {
        case: CaseId, duty_no: u32, duty: String, generation: u32, rung: u32, addressee: String,
        unit: Option<UnitId>, due: Timestamp, climbed_at: Timestamp, late: bool,
    }
}

lists!(DutyForm of DutyWrite, CaseForm of CaseWrite, EntryForm of NewEntry);
lists!(CommandForm of NewCommand, MessageForm of Message, RungForm of Rung);

/// What a commit wrote, piece by piece.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Record {
    /// A group that stood.
    Group(Box<GroupForm>),
    /// A delivery as it stands.
    Outbox(OutboxRow),
    /// A command of the inbox as it stands.
    Inbox(InboxRow),
}

/// A group that stood. What it expected held, and is not kept.
#[derive(Serialize, Deserialize)]
pub(crate) struct GroupForm {
    scopes: Vec<(ScopeForm, i64)>,
    cases: Many<CaseForm>,
    entries: Many<EntryForm>,
    commands: Many<CommandForm>,
    messages: Many<MessageForm>,
    rungs: Many<RungForm>,
    staff: Vec<StaffRow>,
}

impl From<Group> for GroupForm {
    fn from(group: Group) -> Self {
        let Group { expect: _, scopes, cases, entries, commands, messages, rungs, staff } = group;
        Self {
            scopes: scopes.into_iter().map(|(scope, revision)| (scope.into(), revision)).collect(),
            cases: cases.into(),
            entries: entries.into(),
            commands: commands.into(),
            messages: messages.into(),
            rungs: rungs.into(),
            staff,
        }
    }
}

impl From<GroupForm> for Group {
    fn from(form: GroupForm) -> Self {
        let GroupForm { scopes, cases, entries, commands, messages, rungs, staff } = form;
        Self {
            expect: Vec::new(),
            scopes: scopes.into_iter().map(|(scope, revision)| (scope.into(), revision)).collect(),
            cases: cases.into(),
            entries: entries.into(),
            commands: commands.into(),
            messages: messages.into(),
            rungs: rungs.into(),
            staff,
        }
    }
}
