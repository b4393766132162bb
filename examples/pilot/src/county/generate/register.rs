//! The children of the generated county, household by household.

use std::collections::BTreeMap;

use hexacase::terms::time::CivilDate;

use super::{
    names,
    places::{Places, REALM, Stage, Village},
    random::Random,
    write::Rows,
};
use crate::county::{
    codes::{ChildType, Guardianship, ParentStatus, Sex},
    identity::IdentityNumber,
};

/// A county that is not the sample's, for households registered elsewhere.
const OTHER_COUNTY: &str = "999998101201";

/// Children by age, as a register of mostly left-behind children has them.
const AGES: [usize; 18] = [2, 3, 4, 5, 6, 7, 8, 8, 8, 8, 8, 8, 7, 7, 6, 5, 3, 2];

/// What the happenings need to know of a child.
#[derive(Clone, Debug)]
pub(super) struct Child {
    pub(super) number: String,
    pub(super) sex: Sex,
    pub(super) born: CivilDate,
    /// Twelve digits.
    pub(super) residence: String,
    /// The last six of them.
    pub(super) village: String,
    /// The town's place in the list of towns.
    pub(super) town: usize,
    pub(super) school: Option<String>,
    /// Children of one household share it.
    pub(super) household: usize,
    /// A parent whom the child can be in contact with.
    pub(super) parent: Option<String>,
    row: Vec<String>,
}

/// What the children of one household share.
struct Household<'a> {
    number: usize,
    village: &'a Village,
    surname: &'static str,
    parents: [(ParentStatus, &'static str); 2],
    mother: String,
    father: String,
    guardian: (String, &'static str),
    guardianship: Guardianship,
    types: Vec<ChildType>,
    hukou: String,
    phone: String,
}

/// The rows of `children.csv`.
pub(super) fn rows(children: &[Child]) -> Rows {
    children.iter().map(|child| child.row.clone()).collect()
}

/// So many children on the first day of a year.
pub(super) fn children(places: &Places, seed: u64, count: usize, year: i32) -> Vec<Child> {
    let random = &mut Random::new(seed, "children");
    let villages = places.villages();
    let mut children = Vec::with_capacity(count);
    let mut sequences = BTreeMap::new();
    let mut number = 0;
    while children.len() < count {
        let size = [1, 2, 3].get(random.weighted(&[80, 17, 3])).copied().unwrap_or(1);
        let Some(home) = household(random, &villages, number) else { break };
        for among in 0..size.min(count - children.len()) {
            children.push(child(random, places, &home, (among, year), &mut sequences));
        }
        number += 1;
    }
    children.sort_by(|a, b| {
        (&a.residence, a.household, a.born).cmp(&(&b.residence, b.household, b.born))
    });
    for (at, child) in children.iter_mut().enumerate() {
        child.number = format!("{}-{year}-{:05}", REALM.0, at + 1);
        if let Some(cell) = child.row.first_mut() {
            cell.clone_from(&child.number);
        }
    }
    children
}

fn household<'a>(
    random: &mut Random,
    villages: &[&'a Village],
    number: usize,
) -> Option<Household<'a>> {
    use ChildType::{Disabled, ImproperGuardianship, LeftBehind, Orphan, Poverty, SeriouslyIll};
    use ParentStatus::{Alive, Away, ContactLost, Dead, InPrison, Missing, SeverelyDisabled};
    let village: &'a Village = random.pick(villages)?;
    let (parents, mut types) = match random.weighted(&[58, 9, 8, 9, 4, 4, 3, 3, 2]) {
        0 => ([Away, Away], vec![LeftBehind]),
        1 => ([Away, ParentStatus::SeriouslyIll], vec![LeftBehind]),
        2 => ([SeverelyDisabled, Away], vec![LeftBehind, Poverty]),
        3 => ([Alive, Alive], vec![Poverty]),
        4 => ([Alive, Away], vec![Disabled]),
        5 => ([Dead, ContactLost], vec![ChildType::Unsupported]),
        6 => ([Dead, Dead], vec![Orphan]),
        7 => ([InPrison, Missing], vec![ChildType::Unsupported]),
        _ => {
            let kind = if random.chance(50) { ImproperGuardianship } else { SeriouslyIll };
            ([Alive, Alive], vec![kind])
        }
    };
    if types == [LeftBehind] && random.chance(15) {
        types.push(Poverty);
    }
    let surname = names::surname(random);
    let workplace = |random: &mut Random, status: ParentStatus| match status {
        Away => random.word(&["示例市", "样板市", "例江市工业园", "示海市", "样州市建筑工地"]),
        _ => "",
    };
    let [father, mother] = parents;
    let parents = [(father, workplace(random, father)), (mother, workplace(random, mother))];
    let mothers_surname = names::surname(random);
    let (father, mother) =
        (names::person(random, surname, 0), names::person(random, mothers_surname, 0));
    let guardian = match parents {
        [(Alive, _), _] => (father.clone(), "父亲"),
        [_, (Alive, _)] => (mother.clone(), "母亲"),
        _ => {
            let relation =
                random.word(&["祖父", "祖母", "祖父", "祖母", "外祖父", "外祖母", "伯父"]);
            let surname = if relation.starts_with('外') { mothers_surname } else { surname };
            (names::person(random, surname, 0), relation)
        }
    };
    let guardianship = match (types.contains(&ImproperGuardianship), random.below(10)) {
        (true, _) | (_, 0) => Guardianship::Poor,
        (_, 1..=3) => Guardianship::Fair,
        _ => Guardianship::Good,
    };
    let hukou = match random.weighted(&[90, 6, 4]) {
        0 => village.code.clone(),
        1 => random.pick(villages).map_or_else(String::new, |other| other.code.clone()),
        _ => OTHER_COUNTY.to_owned(),
    };
    let phone = if random.chance(92) { format!("0000000{number:04}") } else { String::new() };
    let household = Household {
        number,
        village,
        surname,
        parents,
        mother,
        father,
        guardian,
        guardianship,
        types,
        hukou,
        phone,
    };
    Some(household)
}

fn child(
    random: &mut Random,
    places: &Places,
    home: &Household<'_>,
    (among, year): (usize, i32),
    sequences: &mut BTreeMap<(CivilDate, Sex), u32>,
) -> Child {
    let age = random.weighted(&AGES);
    let sex = if random.chance(52) { Sex::Male } else { Sex::Female };
    let born = birth(random, year, age);
    let name = names::person(random, home.surname, among);
    let (identity, reason) = match random.below(1000) {
        0..=24 => (String::new(), "无户籍"),
        25..=29 => (String::new(), "证件遗失待补"),
        _ => (identity(born, sex, sequences), ""),
    };
    let hukou = if reason == "无户籍" { String::new() } else { home.hukou.clone() };
    let (school, grade) = school(places, home.village.town, age);
    let types = types(&home.types, age);
    let ethnicity = random.word(&["汉族", "汉族", "汉族", "汉族", "苗族", "土家族", "彝族"]);
    let [(father, fathers_place), (mother, mothers_place)] = home.parents;
    let away = father == ParentStatus::Away || mother == ParentStatus::Away;
    let parent = match (father, mother) {
        (ParentStatus::Away, _) => Some(home.father.clone()),
        (_, ParentStatus::Away) => Some(home.mother.clone()),
        _ => None,
    };
    let row = vec![
        String::new(),
        name,
        identity,
        reason.to_owned(),
        sex.zh().to_owned(),
        born.to_string(),
        ethnicity.to_owned(),
        hukou,
        home.village.code.clone(),
        school.clone().unwrap_or_default(),
        grade,
        types.iter().map(|kind| kind.zh()).collect::<Vec<_>>().join("、"),
        father.zh().to_owned(),
        fathers_place.to_owned(),
        mother.zh().to_owned(),
        mothers_place.to_owned(),
        home.guardian.0.clone(),
        home.guardian.1.to_owned(),
        home.guardianship.zh().to_owned(),
        if away { home.guardian.0.clone() } else { String::new() },
        home.phone.clone(),
        health(random, &types).to_owned(),
        benefits(random, &types),
        note(random, reason).to_owned(),
        // How a child is cared for is said when the file is completed.
        String::new(),
    ];
    Child {
        number: String::new(),
        sex,
        born,
        residence: home.village.code.clone(),
        village: home.village.short.clone(),
        town: home.village.town,
        school,
        household: home.number,
        parent,
        row,
    }
}

/// A day of birth that makes the child this old on the first day of the year, and a year older
/// within it.
fn birth(random: &mut Random, year: i32, age: usize) -> CivilDate {
    let year = year.saturating_sub(1).saturating_sub(i32::try_from(age).unwrap_or(0));
    let days = u32::try_from(1 + random.below(364)).unwrap_or(1);
    CivilDate::new(year, 1, 1).unwrap_or(CivilDate::from_days(0)).plus_days(days)
}

fn identity(born: CivilDate, sex: Sex, sequences: &mut BTreeMap<(CivilDate, Sex), u32>) -> String {
    let next = sequences.entry((born, sex)).or_insert(match sex {
        Sex::Male => 1,
        Sex::Female => 2,
    });
    let sequence = *next;
    *next += 2;
    let number = IdentityNumber::assemble(REALM.0, born, sequence);
    number.map_or_else(String::new, |number| number.to_string())
}

/// Nobody is left behind any more at sixteen; what remains is 困境.
fn types(household: &[ChildType], age: usize) -> Vec<ChildType> {
    if age < 16 {
        return household.to_vec();
    }
    let left: Vec<ChildType> =
        household.iter().copied().filter(|kind| kind.is_in_difficulty()).collect();
    if left.is_empty() { vec![ChildType::InDifficulty] } else { left }
}

fn school(places: &Places, town: usize, age: usize) -> (Option<String>, String) {
    let (stage, grade) = match age {
        0..=2 => return (None, String::new()),
        3..=5 => return (None, "幼儿园".to_owned()),
        6..=11 => {
            let grades = ["一", "二", "三", "四", "五", "六"];
            (Stage::Primary, grades.get(age - 6).map(|grade| format!("{grade}年级")))
        }
        12..=14 => {
            let grades = ["七", "八", "九"];
            (Stage::Middle, grades.get(age - 12).map(|grade| format!("{grade}年级")))
        }
        _ => {
            let grades = ["一", "二", "三"];
            (Stage::High, grades.get(age - 15).map(|grade| format!("高中{grade}年级")))
        }
    };
    let school = places.school(town, stage).map(|school| school.id.clone());
    (school, grade.unwrap_or_default())
}

fn health(random: &mut Random, types: &[ChildType]) -> &'static str {
    if types.contains(&ChildType::Disabled) {
        random.word(&["肢体残疾三级", "听力残疾二级", "智力残疾三级"])
    } else if types.contains(&ChildType::SeriouslyIll) {
        random.word(&["先天性心脏病", "白血病治疗中"])
    } else {
        random.word(&["健康", "健康", "健康", "健康", "健康", "体弱", "近视", ""])
    }
}

fn benefits(random: &mut Random, types: &[ChildType]) -> String {
    let mut benefits = Vec::new();
    for kind in types {
        match kind {
            ChildType::Orphan => benefits.push("孤儿基本生活费"),
            ChildType::Unsupported => benefits.push("事实无人抚养儿童基本生活补贴"),
            ChildType::Disabled => benefits.push("残疾人两项补贴"),
            ChildType::Poverty if random.chance(75) => benefits.push("最低生活保障"),
            ChildType::SeriouslyIll => benefits.push("医疗救助"),
            ChildType::Poverty
            | ChildType::LeftBehind
            | ChildType::InDifficulty
            | ChildType::ImproperGuardianship => {}
        }
    }
    benefits.join("、")
}

fn note(random: &mut Random, reason: &str) -> &'static str {
    match reason {
        "无户籍" => "正在协助落户",
        _ if random.chance(5) => {
            random.word(&["寄宿", "每周五接回", "与祖父母同住，\n周末到镇上", "-"])
        }
        _ => "",
    }
}
