//! Reports of harm: `mandatory_report`, `discover` and `record_report_made`.

use hexacase::terms::time::Timestamp;
use serde_json::{Value, json};

use super::{Desk, Draft, Pool, Year, at_once, before, clock, written};
use crate::county::{
    ChildRef,
    codes::{Channel, Sex},
    generate::{names, random::Random, register::Child},
};

const MONTHS: [usize; 12] = [6, 7, 10, 9, 10, 9, 9, 8, 11, 9, 7, 5];

/// Whom the facts of a report concern.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whom {
    /// One child.
    One,
    /// One girl, of at least and at most this age.
    Girl(i32, i32),
    /// All children of a household.
    Household,
    /// Pupils of one school.
    Pupils,
    /// Nobody knows, by this description.
    Unknown(&'static str),
}

/// Where the report was made, where it was made before anybody wrote it down: channel, receiver,
/// and what the reporter is.
type Made = Option<(&'static str, &'static str, &'static str)>;

/// A kind of facts: situation, what was found, whom it concerns, who found it, how, who writes it
/// down.
struct Harm {
    situation: &'static str,
    facts: &'static str,
    whom: Whom,
    role: &'static str,
    channel: Channel,
    desk: Desk,
    made: Made,
}

const fn harm(
    (situation, facts, whom): (&'static str, &'static str, Whom),
    (role, channel, desk): (&'static str, Channel, Desk),
    made: Made,
) -> Harm {
    Harm { situation, facts, whom, role, channel, desk, made }
}

const KINDS: [Harm; 11] = [
    harm(
        ("multiple_injuries_or_neglect", "晨检时发现背部多处新旧瘀伤，孩子说不清原因", Whom::One),
        ("school", Channel::InPerson, Desk::School),
        None,
    ),
    harm(
        ("other_serious", "几名孩子在校门外多次被索要财物并遭殴打", Whom::Pupils),
        ("school", Channel::InPerson, Desk::School),
        None,
    ),
    harm(
        ("abandoned_or_unattended", "家中两天没有大人，断粮，孩子们睡在灶房", Whom::Household),
        ("child_welfare_director", Channel::Visit, Desk::Director),
        None,
    ),
    harm(
        ("multiple_injuries_or_neglect", "邻居拍下大人持棍追打孩子，孩子头部出血", Whom::One),
        ("any_reporter", Channel::Online, Desk::Supervisor),
        None,
    ),
    harm(
        ("multiple_injuries_or_neglect", "接诊时发现骨折与所述经过不符", Whom::One),
        ("medical_institution", Channel::Telephone, Desk::Health),
        Some(("police_110", "示例县公安局指挥中心", "示例县人民医院值班医生")),
    ),
    harm(
        ("genital_injury", "接诊时发现可疑损伤，已按规程留存，细节不在此记载", Whom::Girl(6, 13)),
        ("medical_institution", Channel::Telephone, Desk::Health),
        Some(("police_110", "示例县公安局指挥中心", "示例县人民医院值班医生")),
    ),
    harm(
        ("girl_under_14_sexual", "孩子向班主任说出被熟人侵害，细节不在此记载", Whom::Girl(7, 13)),
        ("school", Channel::InPerson, Desk::School),
        None,
    ),
    harm(
        ("girl_14_plus_assault_pregnancy", "体检时发现怀孕，孩子不愿说明", Whom::Girl(14, 17)),
        ("school", Channel::InPerson, Desk::School),
        Some(("police_station", "镇派出所", "学校校长")),
    ),
    harm(
        ("multiple_injuries_or_neglect", "来电称孩子被反锁在屋内多日", Whom::Household),
        ("any_reporter", Channel::Hotline, Desk::Hotline),
        Some(("hotline", "示例县儿童热线", "不愿具名的邻居")),
    ),
    harm(
        (
            "organized_begging",
            "集市上有人带着几名孩子乞讨，孩子身上有伤",
            Whom::Unknown("约九岁男童，短发，手背有烫伤"),
        ),
        ("any_reporter", Channel::Telephone, Desk::Station),
        None,
    ),
    harm(
        (
            "unknown_origin_missing_trafficked",
            "有人自称亲戚带来一名幼童，说不清来历",
            Whom::Unknown("约四岁女童，外地口音，穿黄色外套"),
        ),
        ("child_welfare_director", Channel::Visit, Desk::Director),
        None,
    ),
];

/// Incidents with about so many rows together.
pub(super) fn reports(year: &mut Year<'_>, random: &mut Random, rows: usize) {
    let mut pool = Pool::new(year.children, random);
    let until = year.drafts.len() + rows;
    // Every kind comes before any comes again.
    for kind in KINDS.iter().cycle().take(4 * rows) {
        if year.drafts.len() >= until {
            break;
        }
        let occurred = year.moment_at(random, kind.desk, (&MONTHS, (7, 21)));
        report(year, random, &mut pool, (kind, occurred));
    }
}

fn report<'a>(
    year: &mut Year<'a>,
    random: &mut Random,
    pool: &mut Pool<'a>,
    (kind, occurred): (&Harm, Timestamp),
) {
    let children = concerned(year, random, pool, (kind, occurred));
    let Some(first) = children.first().copied() else { return };
    // A report of harm is written down within hours, except where the first thing was to call.
    let recorded = match kind.made {
        None => at_once(random, occurred),
        Some(_) => written(random, occurred),
    };
    let found = clock(before(random, occurred, (0, 45)));
    let (step, fields) = evidence(random, kind, (&found, &clock(occurred)));
    let clerk = year.desk(random, kind.desk, first, recorded.date());
    let incident = if children.len() > 1 { year.incident() } else { String::new() };
    for child in children {
        let mut fields = fields.clone();
        let child_ref = match kind.whom {
            Whom::Unknown(description) => {
                if let (Some(map), "discover") = (fields.as_object_mut(), step) {
                    map.insert("description".to_owned(), description.into());
                }
                ChildRef::Described(description.to_owned())
            }
            Whom::One | Whom::Girl(..) | Whom::Household | Whom::Pupils => {
                ChildRef::Register(child.number.clone())
            }
        };
        year.drafts.push(Draft {
            occurred,
            recorded,
            channel: kind.channel,
            role: kind.role,
            area: first.residence.clone(),
            child: child_ref,
            incident: incident.clone(),
            step: ("mandatory_report", step),
            fields,
            note: String::new(),
            clerk: clerk.clone(),
        });
    }
}

/// The children of the facts; of an unknown child, one in whose village it was found.
fn concerned<'a>(
    year: &Year<'a>,
    random: &mut Random,
    pool: &mut Pool<'a>,
    (kind, occurred): (&Harm, Timestamp),
) -> Vec<&'a Child> {
    let day = occurred.date();
    let fits = |child: &Child| {
        let in_school = kind.desk != Desk::School || child.school.is_some();
        let whom = match kind.whom {
            Whom::Girl(from, to) => {
                child.sex == Sex::Female && (from..=to).contains(&child.born.age_on(day))
            }
            Whom::Household => siblings(year, child) > 1,
            Whom::One | Whom::Pupils | Whom::Unknown(_) => true,
        };
        year.here(child, occurred) && in_school && whom
    };
    let Some(first) = pool.draw(fits) else { return Vec::new() };
    let mut children = vec![first];
    match kind.whom {
        Whom::Household => children.extend(year.children.iter().filter(|child| {
            child.household == first.household
                && child.number != first.number
                && year.here(child, occurred)
        })),
        Whom::Pupils => {
            for _ in 0..random.between(1, 2) {
                children.extend(pool.draw(|child| {
                    child.school == first.school
                        && child.number != first.number
                        && year.here(child, occurred)
                }));
            }
            children.dedup_by(|a, b| a.number == b.number);
        }
        Whom::One | Whom::Girl(..) | Whom::Unknown(_) => {}
    }
    children
}

fn siblings(year: &Year<'_>, child: &Child) -> usize {
    year.children.iter().filter(|other| other.household == child.household).count()
}

fn evidence(
    random: &mut Random,
    kind: &Harm,
    (found, told): (&str, &str),
) -> (&'static str, Value) {
    match kind.made {
        None => (
            "discover",
            json!({ "found_at": found, "facts": kind.facts, "situations": [kind.situation] }),
        ),
        Some((channel, receiver, reporter)) => {
            let surname = names::surname(random);
            let name = names::person(random, surname, 0);
            (
                "record_report_made",
                json!({
                    "reported_at": told,
                    "channel": channel,
                    "receiver": receiver,
                    "facts": kind.facts,
                    "situations": [kind.situation],
                    "reporter": { "name": format!("{name}（{reporter}）") },
                }),
            )
        }
    }
}
