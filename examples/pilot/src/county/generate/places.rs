//! Where the generated county is: towns, villages, schools and offices.

use super::{names, write::Rows};
use crate::county::codes::{AreaLevel, UnitKind};

/// The county's code and name.
pub(super) const REALM: (&str, &str) = ("999999", "示例县");

/// Where a place lies and what people call it.
#[derive(Clone, Debug)]
pub(super) struct Town {
    /// Nine digits.
    pub(super) code: String,
    /// The last three of them.
    pub(super) short: String,
    /// With 镇 or 乡.
    pub(super) name: String,
    pub(super) villages: Vec<Village>,
}

/// A village.
#[derive(Clone, Debug)]
pub(super) struct Village {
    /// Twelve digits.
    pub(super) code: String,
    /// The last six of them.
    pub(super) short: String,
    pub(super) name: String,
    /// The town's place in the list of towns.
    pub(super) town: usize,
}

/// What a school teaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Primary,
    Middle,
    High,
}

/// A school.
#[derive(Clone, Debug)]
pub(super) struct School {
    pub(super) id: String,
    pub(super) name: String,
    /// The town's place in the list of towns.
    pub(super) town: usize,
    pub(super) stage: Stage,
}

/// The county.
#[derive(Clone, Debug)]
pub(super) struct Places {
    pub(super) towns: Vec<Town>,
    pub(super) schools: Vec<School>,
}

/// The offices of the county: id, name, kind.
pub(super) const COUNTY_UNITS: [(&str, &str, UnitKind); 15] = [
    ("county-government", "示例县人民政府", UnitKind::CountyGovernment),
    ("civil-affairs", "示例县民政局", UnitKind::CountyDepartment),
    ("protection-center", "示例县未成年人救助保护中心", UnitKind::CountyDepartment),
    ("women-children-office", "示例县妇儿工委办公室", UnitKind::CountyDepartment),
    ("education", "示例县教体局", UnitKind::CountyDepartment),
    ("health", "示例县卫健局", UnitKind::CountyDepartment),
    ("finance", "示例县财政局", UnitKind::CountyDepartment),
    ("justice", "示例县司法局", UnitKind::CountyDepartment),
    ("womens-federation", "示例县妇女联合会", UnitKind::MassOrganization),
    ("youth-league", "共青团示例县委", UnitKind::MassOrganization),
    ("disabled-federation", "示例县残疾人联合会", UnitKind::MassOrganization),
    ("charity", "示例县慈善协会", UnitKind::MassOrganization),
    ("hotline", "示例县儿童热线", UnitKind::Hotline),
    ("welfare-home", "示例县儿童福利院", UnitKind::WelfareInstitution),
    ("social-work-center", "示例社会工作服务中心", UnitKind::Provider),
];

impl Places {
    /// A county of a size for so many children: 36 villages for 300, about 400 for 10,000.
    pub(super) fn new(children: usize) -> Self {
        let villages = match children {
            0..=300 => (children * 36 / 300).max(1),
            more => 36 + (more - 300) * 364 / 9700,
        };
        let towns = if villages <= 36 { villages.div_ceil(6) } else { 6 + (villages - 36) / 30 };
        let per_town = |town: usize| (villages * (town + 1) / towns) - (villages * town / towns);
        let towns: Vec<Town> = (0..towns).map(|at| town(at, per_town(at))).collect();
        let schools = schools(&towns);
        Self { towns, schools }
    }

    /// Every village.
    pub(super) fn villages(&self) -> Vec<&Village> {
        self.towns.iter().flat_map(|town| &town.villages).collect()
    }

    /// The school of a stage that children of a town go to.
    pub(super) fn school(&self, town: usize, stage: Stage) -> Option<&School> {
        let of_stage: Vec<&School> =
            self.schools.iter().filter(|school| school.stage == stage).collect();
        of_stage.get(town % of_stage.len().max(1)).copied()
    }

    /// The rows of `areas.csv`.
    pub(super) fn areas(&self) -> Rows {
        let row = |code: &str, name: &str, level: AreaLevel| {
            vec![code.to_owned(), name.to_owned(), level.zh().to_owned()]
        };
        let mut rows = vec![row(REALM.0, REALM.1, AreaLevel::County)];
        for town in &self.towns {
            rows.push(row(&town.code, &town.name, AreaLevel::Town));
            let villages = town.villages.iter();
            rows.extend(villages.map(|each| row(&each.code, &each.name, AreaLevel::Village)));
        }
        rows
    }

    /// The rows of `units.csv`.
    pub(super) fn units(&self) -> Rows {
        let row = |id: &str, name: &str, area: &str, kind: UnitKind| {
            vec![id.to_owned(), name.to_owned(), area.to_owned(), kind.zh().to_owned()]
        };
        let mut rows: Rows =
            COUNTY_UNITS.iter().map(|(id, name, kind)| row(id, name, REALM.0, *kind)).collect();
        for (at, town) in self.towns.iter().enumerate() {
            let (short, name) = (&town.short, &town.name);
            let government = format!("{name}人民政府");
            rows.push(row(
                &format!("town-{short}"),
                &government,
                &town.code,
                UnitKind::TownGovernment,
            ));
            if has_social_work_station(at) {
                let (id, name) = (format!("station-{short}"), format!("{name}社工站"));
                rows.push(row(&id, &name, &town.code, UnitKind::SocialWorkStation));
            }
            for village in &town.villages {
                let (id, name) =
                    (format!("village-{}", village.short), format!("{}村民委员会", village.name));
                rows.push(row(&id, &name, &village.code, UnitKind::VillageCommittee));
            }
        }
        for school in &self.schools {
            let area = self.towns.get(school.town).map_or(REALM.0, |town| &town.code);
            rows.push(row(&school.id, &school.name, area, UnitKind::School));
        }
        rows
    }
}

/// Whether the town at this place has a social work station.
pub(super) fn has_social_work_station(town: usize) -> bool {
    town.is_multiple_of(2)
}

/// Every third town is a 乡, whose codes begin at 200; those of a 镇 begin at 100.
fn town(at: usize, villages: usize) -> Town {
    let rural = at % 3 == 2;
    let short = if rural { 201 + at / 3 } else { 101 + at - at / 3 };
    let short = format!("{short:03}");
    let code = format!("{}{short}", REALM.0);
    let name = format!("{}{}", names::town(at), if rural { "乡" } else { "镇" });
    let villages = (0..villages)
        .map(|index| Village {
            code: format!("{code}{:03}", 201 + index),
            short: format!("{short}{:03}", 201 + index),
            name: names::village(at, index),
            town: at,
        })
        .collect();
    Town { code, short, name, villages }
}

/// A primary school in every town, a middle school for three, one high school.
fn schools(towns: &[Town]) -> Vec<School> {
    let school = |town: usize, stage: Stage| {
        let place = towns.get(town).map_or("", |town| town.name.trim_end_matches(['镇', '乡']));
        let (id, name) = match stage {
            Stage::Primary => (format!("primary-{:02}", town + 1), format!("{place}中心小学")),
            Stage::Middle => (format!("middle-{:02}", town / 3 + 1), format!("{place}初级中学")),
            Stage::High => ("high-01".to_owned(), "示例县第一中学".to_owned()),
        };
        School { id, name, town, stage }
    };
    let primary = (0..towns.len()).map(|town| school(town, Stage::Primary));
    let middle = (0..towns.len()).step_by(3).map(|town| school(town, Stage::Middle));
    primary.chain(middle).chain([school(0, Stage::High)]).collect()
}
