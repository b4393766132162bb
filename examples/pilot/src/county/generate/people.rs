//! Who works in the generated county, and when they are away.

use std::collections::BTreeMap;

use hexacase::terms::time::CivilDate;

use super::{
    names,
    places::{Places, REALM, has_social_work_station},
    random::Random,
    write::Rows,
};

/// A post of the county: id, roles, unit, whether it leads the unit.
const COUNTY_POSTS: [(&str, &str, &str, bool); 38] = [
    ("convener-1", "convener", "county-government", true),
    ("county-leader-1", "county_leader", "county-government", false),
    ("inspection-1", "government_inspection_office", "county-government", false),
    ("inspection-2", "government_inspection_office", "county-government", false),
    ("auditor-1", "auditor", "county-government", false),
    ("civil-affairs-1", "civil_affairs_bureau", "civil-affairs", true),
    ("civil-affairs-2", "civil_affairs_bureau", "civil-affairs", false),
    ("civil-affairs-3", "civil_affairs_bureau、member_liaison", "civil-affairs", false),
    ("joint-meeting-1", "joint_meeting_office", "civil-affairs", false),
    ("joint-meeting-2", "joint_meeting_office", "civil-affairs", false),
    ("data-admin-1", "data_admin", "civil-affairs", false),
    ("center-1", "minor_protection_center", "protection-center", true),
    ("center-2", "minor_protection_center", "protection-center", false),
    ("center-3", "minor_protection_center", "protection-center", false),
    ("women-children-1", "women_children_office、member_liaison", "women-children-office", true),
    ("women-children-2", "women_children_office", "women-children-office", false),
    ("education-1", "education_bureau", "education", true),
    ("education-2", "education_bureau、member_liaison", "education", false),
    ("health-1", "health_bureau", "health", true),
    ("health-2", "health_bureau、member_liaison", "health", false),
    ("finance-1", "finance_bureau", "finance", true),
    ("finance-2", "finance_bureau、member_liaison", "finance", false),
    ("justice-1", "justice_bureau", "justice", true),
    ("justice-2", "justice_bureau、member_liaison", "justice", false),
    ("womens-federation-1", "womens_federation", "womens-federation", true),
    ("womens-federation-2", "womens_federation、member_liaison", "womens-federation", false),
    ("youth-league-1", "youth_league", "youth-league", true),
    ("youth-league-2", "youth_league、member_liaison", "youth-league", false),
    ("disabled-federation-1", "disabled_federation", "disabled-federation", true),
    ("disabled-federation-2", "disabled_federation、member_liaison", "disabled-federation", false),
    ("charity-1", "charity_association", "charity", true),
    ("hotline-1", "hotline_operator", "hotline", true),
    ("hotline-2", "hotline_operator", "hotline", false),
    ("welfare-home-1", "child_welfare_institution", "welfare-home", true),
    ("social-worker-1", "social_worker", "social-work-center", true),
    ("social-worker-2", "social_worker", "social-work-center", false),
    ("psychologist-1", "psychologist", "social-work-center", false),
    ("psychologist-2", "psychologist", "social-work-center", false),
];

/// When somebody is away, and who stands in.
#[derive(Clone, Debug)]
struct Absence {
    from: CivilDate,
    to: CivilDate,
    deputy: Option<String>,
    reason: &'static str,
}

/// The people of the county.
#[derive(Clone, Debug)]
pub(super) struct People {
    rows: Rows,
    absences: BTreeMap<String, Vec<Absence>>,
}

impl People {
    /// Staffs the county, and sends people on leave over the years.
    pub(super) fn new(places: &Places, seed: u64, years: std::ops::Range<i32>) -> Self {
        let mut people = Self { rows: Vec::new(), absences: BTreeMap::new() };
        let random = &mut Random::new(seed, "staff");
        for (id, roles, unit, leader) in COUNTY_POSTS {
            people.employ(random, (id.to_owned(), roles), unit, (REALM.0, leader));
        }
        people.staff_towns(places, random);
        people.staff_schools(places, random);
        let random = &mut Random::new(seed, "absences");
        for year in years {
            people.absent(places, random, year);
        }
        people
    }

    fn employ(
        &mut self,
        random: &mut Random,
        (id, roles): (String, &str),
        unit: &str,
        (area, leader): (&str, bool),
    ) {
        let surname = names::surname(random);
        let name = names::person(random, surname, 0);
        let roles: Vec<&str> = roles.split('、').map(role_zh).collect();
        let leader = if leader { "是" } else { "否" };
        self.rows.push(vec![
            id,
            name,
            roles.join("、"),
            unit.to_owned(),
            area.to_owned(),
            leader.to_owned(),
        ]);
    }

    fn staff_towns(&mut self, places: &Places, random: &mut Random) {
        for (at, town) in places.towns.iter().enumerate() {
            let (short, unit) = (&town.short, format!("town-{}", town.short));
            let posts = [
                ("leader", "town_leader", 1, true),
                ("supervisor", "child_welfare_supervisor", 2, false),
                ("protection", "town_station", 2, false),
                ("grid", "grid_worker", 1 + town.villages.len() / 6, false),
            ];
            for (post, role, count, leader) in posts {
                for number in 1..=count {
                    let id = format!("{post}-{short}-{number}");
                    self.employ(random, (id, role), &unit, (&town.code, leader));
                }
            }
            if has_social_work_station(at) {
                let (id, unit) = (format!("town-social-{short}-1"), format!("station-{short}"));
                self.employ(random, (id, "town_social_work"), &unit, (&town.code, true));
            }
            for (index, village) in town.villages.iter().enumerate() {
                let unit = format!("village-{}", village.short);
                let roles = match index % 4 {
                    1 => "child_welfare_director、womens_federation",
                    _ => "child_welfare_director",
                };
                let id = format!("director-{}", village.short);
                self.employ(random, (id, roles), &unit, (&village.code, false));
                if index % 3 == 2 {
                    let id = format!("committee-{}", village.short);
                    self.employ(random, (id, "village_committee"), &unit, (&village.code, false));
                }
            }
        }
    }

    fn staff_schools(&mut self, places: &Places, random: &mut Random) {
        for school in &places.schools {
            let area = places.towns.get(school.town).map_or(REALM.0, |town| &town.code);
            for (number, roles) in [(1, "school"), (2, "school"), (3, "homeroom_teacher")] {
                let id = format!("{}-{number}", school.id);
                self.employ(random, (id, roles), &school.id, (area, number == 1));
            }
        }
    }

    fn absent(&mut self, places: &Places, random: &mut Random, year: i32) {
        for town in &places.towns {
            // The two supervisors of a town are never away in the same half of the year.
            for (number, months) in [(1, 1..=6), (2, 7..=12)] {
                if random.chance(60) {
                    let deputy = format!("supervisor-{}-{}", town.short, 3 - number);
                    let deputy = random.chance(50).then_some(deputy);
                    let id = format!("supervisor-{}-{number}", town.short);
                    self.leave(random, id, (year, months), deputy);
                }
            }
            for (at, village) in town.villages.iter().enumerate() {
                if random.chance(30) {
                    let next = town.villages.get((at + 1) % town.villages.len());
                    let next = next.filter(|next| next.short != village.short);
                    let deputy = next.map(|next| format!("director-{}", next.short));
                    let deputy = deputy.filter(|_| random.chance(55));
                    self.leave(
                        random,
                        format!("director-{}", village.short),
                        (year, 1..=12),
                        deputy,
                    );
                }
            }
        }
        for (id, deputy) in [
            ("civil-affairs-2", Some("civil-affairs-3")),
            ("center-2", None),
            ("center-3", Some("center-2")),
            ("joint-meeting-2", None),
        ] {
            self.leave(random, id.to_owned(), (year, 3..=10), deputy.map(str::to_owned));
        }
    }

    fn leave(
        &mut self,
        random: &mut Random,
        id: String,
        (year, months): (i32, std::ops::RangeInclusive<usize>),
        deputy: Option<String>,
    ) {
        let month = u32::try_from(random.between(*months.start(), *months.end())).unwrap_or(1);
        let day = u32::try_from(random.between(1, 9)).unwrap_or(1);
        let length = u32::try_from(random.between(1, 18)).unwrap_or(1);
        let Some(from) = CivilDate::new(year, month, day) else { return };
        let to = from.plus_days(length);
        let deputy = deputy.filter(|deputy| !self.away_between(deputy, from, to));
        let reason = match length {
            0..=3 => random.word(&["事假", "培训"]),
            4..=14 => random.word(&["病假", "年休假", "外出学习"]),
            _ => random.word(&["病假", "产假", "借调"]),
        };
        self.absences.entry(id).or_default().push(Absence { from, to, deputy, reason });
    }

    fn away_between(&self, id: &str, from: CivilDate, to: CivilDate) -> bool {
        let away = self.absences.get(id).map(Vec::as_slice).unwrap_or_default();
        away.iter().any(|absence| absence.from <= to && from <= absence.to)
    }

    /// The first of the people who is there on that day, or the deputy of one who is not; else the
    /// last of them.
    pub(super) fn on_duty(&self, ids: &[String], day: CivilDate) -> String {
        let there = ids.iter().find_map(|id| {
            let away = self.absences.get(id).map(Vec::as_slice).unwrap_or_default();
            match away.iter().find(|absence| (absence.from..=absence.to).contains(&day)) {
                None => Some(id.clone()),
                Some(absence) => {
                    absence.deputy.clone().filter(|deputy| !self.away_between(deputy, day, day))
                }
            }
        });
        there.or_else(|| ids.last().cloned()).unwrap_or_default()
    }

    /// The rows of `staff.csv`.
    pub(super) fn staff_rows(&self) -> Rows {
        self.rows.clone()
    }

    /// The rows of `absences.csv`, by day.
    pub(super) fn absence_rows(&self) -> Rows {
        let each = |(id, absences): (&String, &Vec<Absence>)| {
            let id = id.clone();
            let row = move |absence: &Absence| {
                vec![
                    id.clone(),
                    absence.from.to_string(),
                    absence.to.to_string(),
                    absence.deputy.clone().unwrap_or_default(),
                    absence.reason.to_owned(),
                ]
            };
            absences.iter().map(row).collect::<Rows>()
        };
        let mut rows: Rows = self.absences.iter().flat_map(each).collect();
        rows.sort_by(|a, b| a.get(1).cmp(&b.get(1)));
        rows
    }
}

/// The Chinese name of a role, or its code where the name cannot stand in a list.
fn role_zh(code: &str) -> &str {
    let zh = crate::county::roles::named(code).map_or(code, |spec| &*spec.label.zh);
    if zh.contains('、') { code } else { zh }
}
