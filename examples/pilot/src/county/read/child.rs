//! A row of the register of children.

use std::collections::BTreeMap;

use hexacase::terms::{area::AreaCode, id::UnitId, time::CivilDate};

use super::{Known, Seen, must_be_area, must_exist, only_once};
use crate::county::{
    ChildRow, Identity, Parent,
    cell::{Phone, RegisterNumber},
    codes::{ChildType, ParentStatus, Sex},
    columns,
    fault::Fault,
    identity::IdentityNumber,
    sheet::Row,
};

/// Rows with their identity numbers.
type Alike = Vec<(u64, Option<IdentityNumber>)>;

/// What earlier rows say of their children, so that nobody stands there twice.
#[derive(Debug, Default)]
pub(in crate::county) struct Others {
    numbers: Seen<IdentityNumber>,
    /// Name, day of birth, guardian; and the identity number, where there is one.
    people: BTreeMap<(String, CivilDate, String), Alike>,
}

impl Others {
    /// Reports a row whose child has name, birth and guardian of an earlier one, unless two identity
    /// numbers tell them apart.
    fn tell_apart(&mut self, row: &mut Row<'_>, child: &ChildRow) {
        let number = match &child.identity {
            Identity::Number(number) => Some(number.clone()),
            Identity::Missing(_) => None,
        };
        let key = (child.name.clone(), child.born, child.guardian.clone());
        let alike = self.people.entry(key).or_default();
        let same = alike.iter().find(|(_, other)| other.is_none() || number.is_none());
        if let Some((first, _)) = same {
            row.report("name", &Fault::SameChild { row: *first });
        }
        alike.push((row.number(), number));
    }
}

/// One child. `seen` holds register numbers.
pub(in crate::county) fn child(
    row: &mut Row<'_>,
    known: &Known,
    seen: &mut Seen<RegisterNumber>,
    others: &mut Others,
) -> Option<ChildRow> {
    let register_number = row.get::<RegisterNumber>("register_number");
    only_once(row, "register_number", register_number.as_ref(), seen);
    let name = row.get("name");
    let person = person(row, known, &mut others.numbers);
    let ethnicity = row.get("ethnicity");
    let hukou = row.get::<Option<AreaCode>>("hukou");
    let residence = row.get("residence");
    let school = row.get::<Option<UnitId>>("school");
    places(row, known, (hukou.as_ref(), residence.as_ref(), school.as_ref()));
    let (grade, types) = (row.get("grade"), row.get("types"));
    let father = parent(row, "father", "father_workplace");
    let mother = parent(row, "mother", "mother_workplace");
    let (guardian, relation) = (row.get("guardian"), row.get("relation"));
    let (guardianship, carer) = (row.get("guardianship"), row.get("carer"));
    let phone = row.get::<Option<Phone>>("phone");
    let (health, benefits, note) = (row.get("health"), row.get("benefits"), row.get("note"));
    let condition = row.get("condition");
    let types = may_be_none(row, known, types, person.as_ref().map(|(_, _, born)| *born));
    let (identity, sex, born) = person?;
    let child = ChildRow {
        register_number: register_number?.0,
        name: name?,
        identity,
        sex,
        born,
        ethnicity: ethnicity?,
        hukou: hukou?,
        residence: residence?,
        school: school?,
        grade: grade?,
        types: types?,
        father: father?,
        mother: mother?,
        guardian: guardian?,
        relation: relation?,
        guardianship: guardianship?,
        carer: carer?,
        phone: phone?.map(|phone| phone.0),
        health: health?,
        benefits: benefits?,
        note: note?,
        condition: condition?,
    };
    others.tell_apart(row, &child);
    Some(child)
}

/// Being left behind ends at 16, so an older child may be in the register for nothing any more.
fn may_be_none(
    row: &mut Row<'_>,
    known: &Known,
    types: Option<Vec<ChildType>>,
    born: Option<CivilDate>,
) -> Option<Vec<ChildType>> {
    const YEARS: i32 = 16;
    let (types, born) = (types?, born);
    if let (true, Some(born), Some((day, _))) = (types.is_empty(), born, known.time) {
        let age = day.year() - born.year();
        let birthday = (day.month(), day.day()) >= (born.month(), born.day());
        if age < YEARS || (age == YEARS && !birthday) {
            row.report("types", &Fault::Required);
            return None;
        }
    }
    Some(types)
}

/// Who the child is: identity number or reason, sex and day of birth, which must agree.
fn person(
    row: &mut Row<'_>,
    known: &Known,
    numbers: &mut Seen<IdentityNumber>,
) -> Option<(Identity, Sex, CivilDate)> {
    let number = row.get::<Option<IdentityNumber>>("identity");
    let stated = number.as_ref().and_then(Option::as_ref);
    only_once(row, "identity", stated, numbers);
    let reason = row.get::<Option<String>>("no_identity_reason");
    let (sex, born) = (row.get::<Sex>("sex"), row.get::<CivilDate>("born"));
    if let Some(number) = stated {
        if let Some(sex) = sex
            && sex != number.sex()
        {
            row.report("sex", &Fault::IdentityOtherSex(number.sex()));
        }
        if let (Some(born), Some(birth)) = (born, number.birth())
            && born != birth
        {
            row.report("born", &Fault::IdentityOtherBirth(birth));
        }
    }
    if let (Some(born), Some((day, _))) = (born, known.time)
        && born > day
    {
        row.report("born", &Fault::BornLater(day));
    }
    let identity = match (number?, reason?) {
        (Some(_), Some(_)) => {
            row.report("no_identity_reason", &Fault::IdentityAndReason);
            None
        }
        (Some(number), None) => Some(Identity::Number(number)),
        (None, Some(reason)) => Some(Identity::Missing(reason)),
        (None, None) => {
            row.report("no_identity_reason", &Fault::NoIdentityNorReason);
            None
        }
    };
    Some((identity?, sex?, born?))
}

/// Residence and school are in the county; a hukou within the county is of one of its areas.
fn places(
    row: &mut Row<'_>,
    known: &Known,
    (hukou, residence, school): (
        Option<&Option<AreaCode>>,
        Option<&AreaCode>,
        Option<&Option<UnitId>>,
    ),
) {
    let here = |area: &&AreaCode| known.realm.as_ref().is_some_and(|r| r.area().covers(area));
    must_be_area(row, "hukou", hukou.and_then(Option::as_ref).filter(here), known);
    must_be_area(row, "residence", residence, known);
    let school = school.and_then(Option::as_ref);
    must_exist(row, "school", school, (known.units.as_ref(), columns::UNITS.file));
}

fn parent(row: &mut Row<'_>, status: &str, workplace: &str) -> Option<Parent> {
    let (status, workplace) = (row.get::<ParentStatus>(status), row.get(workplace));
    Some(Parent { status: status?, workplace: workplace? })
}
