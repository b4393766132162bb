//! A row of what reaches the county.

use hexacase::terms::{id::ActorId, time::Timestamp};
use serde_json::{Map, Value};

use super::{Known, must_be_area, must_exist, named_files};
use crate::county::{
    ChildRef, Happening,
    cell::{Name, RoleCode},
    columns,
    fault::Fault,
    sheet::Row,
};

/// One happening.
pub(super) fn happening(row: &mut Row<'_>, known: &Known) -> Option<Happening> {
    let times = times(row, known);
    let channel = row.get("channel");
    let reporter_role = row.get::<RoleCode>("reporter_role");
    let area = row.get("area");
    must_be_area(row, "area", area.as_ref(), known);
    let child = child(row, known);
    let incident = row.get("incident");
    let (procedure, transition) = (row.get::<Name>("procedure"), row.get::<Name>("transition"));
    let fields = row.get::<Map<String, Value>>("fields");
    let unknown = fields.iter().flat_map(named_files).any(|name| !known.documents.contains(name));
    if unknown {
        row.report("fields", &Fault::Dangling { file: "files/" });
    }
    let note = row.get("note");
    let as_ = row.get::<Option<ActorId>>("as");
    let recorder = as_.as_ref().and_then(Option::as_ref);
    must_exist(row, "as", recorder, (known.staff.as_ref(), columns::STAFF.file));
    let (occurred_at, recorded_at) = times?;
    Some(Happening {
        row: row.number(),
        occurred_at,
        recorded_at,
        channel: channel?,
        reporter_role: reporter_role?.0,
        area: area?,
        child: child?,
        incident: incident?,
        procedure: procedure?.0,
        transition: transition?.0,
        fields: fields?,
        note: note?,
        as_: as_?,
    })
}

/// When it happened and when it was recorded: within the played time, and in this order.
fn times(row: &mut Row<'_>, known: &Known) -> Option<(Timestamp, Timestamp)> {
    let occurred = row.get::<Timestamp>("occurred_at");
    let recorded = row.get::<Timestamp>("recorded_at");
    for (key, at) in [("occurred_at", occurred), ("recorded_at", recorded)] {
        if let (Some(at), Some((from, to))) = (at, known.time)
            && !(from..=to).contains(&at.date())
        {
            row.report(key, &Fault::OutsideTime { from, to });
        }
    }
    let times = (occurred?, recorded?);
    if times.1 < times.0 {
        row.report("recorded_at", &Fault::RecordedEarlier);
    }
    Some(times)
}

/// The child, of whom either the register number or a description is given.
fn child(row: &mut Row<'_>, known: &Known) -> Option<ChildRef> {
    let number = row.get::<Option<String>>("child");
    let known_number = number.as_ref().and_then(Option::as_ref);
    must_exist(row, "child", known_number, (known.children.as_ref(), columns::CHILDREN.file));
    let description = row.get::<Option<String>>("child_description");
    match (number?, description?) {
        (Some(number), None) => Some(ChildRef::Register(number)),
        (None, Some(description)) => Some(ChildRef::Described(description)),
        (None, None) => {
            row.report("child", &Fault::NoChildNorDescription);
            None
        }
        (Some(_), Some(_)) => {
            row.report("child_description", &Fault::ChildAndDescription);
            None
        }
    }
}
