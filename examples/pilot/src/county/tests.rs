//! The sample, the generator, and the description of the files.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

use super::{
    codes::AreaLevel,
    formats,
    generate::{self, generate},
    *,
};

mod evidence;
mod handed_in;
mod problems;

/// Compares with what is committed, or writes it where `HEXACASE_BLESS` is set.
fn committed(path: &str, bytes: &[u8]) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("HEXACASE_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
    }
    let found = fs::read(&path).unwrap_or_default();
    assert!(found == bytes, "{} is out of date; run with HEXACASE_BLESS=1", path.display());
}

#[test]
fn the_description_of_the_files_is_current() {
    committed("../../docs/formats.md", formats::markdown().as_bytes());
}

#[test]
fn the_sample_is_what_the_generator_makes() {
    let size = generate::SAMPLE;
    let files = generate(size.seed, size.children, size.years, size.first_year);
    for (name, bytes) in &files.0 {
        committed(&format!("county/{name}"), bytes);
    }
    if std::env::var_os("HEXACASE_BLESS").is_none() {
        assert!(sample::files() == files, "a file of the sample is missing or stale");
    }
}

#[test]
fn the_sample_is_a_whole_county() {
    let county = County::sample().unwrap();
    assert_eq!((county.realm.as_str(), county.name.as_str()), ("999999", "示例县"));
    assert_eq!((county.first_year, county.years, county.seed), (2026, 1, Some(6)));
    assert_eq!(county.first_day().to_string(), "2026-01-01");
    assert_eq!(county.last_day().to_string(), "2026-12-31");
    let of_level = |level| county.areas.iter().filter(|area| area.level == level).count();
    assert_eq!((of_level(AreaLevel::Town), of_level(AreaLevel::Village)), (6, 36));
    assert_eq!(county.units.iter().filter(|unit| unit.kind == UnitKind::School).count(), 9);
    assert_eq!(county.children.len(), 300);
    assert!((140..=175).contains(&county.happenings.len()), "{}", county.happenings.len());
    assert_eq!(county.documents.len(), 10);
    assert!(county.absences.iter().any(|absence| absence.deputy.is_some()));
    assert!(county.absences.iter().any(|absence| absence.deputy.is_none()));
}

#[test]
fn every_role_that_every_county_has_is_held() {
    let county = County::sample().unwrap();
    let holders = |role: &'static str| {
        county.staff.iter().filter(move |person| person.roles.iter().any(|held| held == role))
    };
    for spec in roles::all() {
        if spec.account == hexacase::terms::actor::Account::Yes {
            assert!(holders(spec.role.as_str()).count() > 0, "{}", spec.role);
        }
    }
    for role in ["civil_affairs_bureau", "minor_protection_center"] {
        assert!(holders(role).count() >= 2, "{role}");
    }
    let towns = county.areas.iter().filter(|area| area.level == AreaLevel::Town);
    for town in towns {
        for role in ["town_station", "child_welfare_supervisor"] {
            assert!(holders(role).filter(|person| person.area == town.code).count() >= 2);
        }
    }
    for village in county.areas.iter().filter(|area| area.level == AreaLevel::Village) {
        let directors = holders("child_welfare_director");
        assert_eq!(directors.filter(|person| person.area == village.code).count(), 1);
    }
    // At most one person leads an office.
    let mut leaders = BTreeSet::new();
    assert!(county.staff.iter().filter(|p| p.leader).all(|person| leaders.insert(&person.unit)));
}

#[test]
fn the_register_is_varied() {
    let county = County::sample().unwrap();
    let children = &county.children;
    let some =
        |fits: &dyn Fn(&ChildRow) -> bool| children.iter().filter(|child| fits(child)).count();
    let left = some(&|child| child.types.contains(&ChildType::LeftBehind));
    assert!(left > 180, "{left}");
    assert!(some(&|child| child.types.iter().any(|kind| kind.is_in_difficulty())) > 40);
    assert!(some(&|child| matches!(child.identity, Identity::Missing(_))) > 2);
    assert!(some(&|child| child.hukou.is_none()) > 1);
    for rare in ['𠮷', '㼆', '龘'] {
        assert!(some(&|child| child.name.contains(rare)) > 0, "{rare}");
    }
    let day = county.first_day();
    let ages: BTreeSet<i32> = children.iter().map(|child| child.born.age_on(day)).collect();
    assert_eq!(ages, (0..=17).collect());
    assert!(children.iter().all(|child| {
        child.born.age_on(day) < 16 || !child.types.contains(&ChildType::LeftBehind)
    }));
    assert!(children.iter().all(|child| match &child.identity {
        Identity::Number(number) => number.as_str().starts_with("999999"),
        Identity::Missing(reason) => !reason.is_empty(),
    }));
    assert!(children.iter().all(|child| child.name.contains(['示', '例', '样'])));
}

#[test]
fn the_year_holds_every_kind_of_happening() {
    let county = County::sample().unwrap();
    let mut steps: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut incidents: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for happening in &county.happenings {
        *steps.entry((&happening.procedure, &happening.transition)).or_default() += 1;
        if let (Some(label), ChildRef::Register(number)) = (&happening.incident, &happening.child) {
            incidents.entry(label).or_default().insert(number.clone());
        }
    }
    assert_eq!(steps.len(), 10, "{steps:?}");
    assert!(incidents.values().any(|children| children.len() > 1));
    let event = |name: &str| {
        let events = county.happenings.iter().filter_map(|each| each.fields.get("event"));
        events.filter(|event| *event == name).count()
    };
    assert_eq!((event("died"), event("moved_away")), (1, 3));
    assert!(event("turned_16") > 3 && event("turned_18") > 0);
    assert!(county.happenings.iter().any(|each| matches!(each.child, ChildRef::Described(_))));
    let note = |text: &str| {
        county.happenings.iter().filter_map(|each| each.note.as_ref()).any(|n| n.starts_with(text))
    };
    assert!(note("误报"));
    assert!(county.happenings.is_sorted_by_key(|happening| happening.recorded_at));
}

#[test]
fn equal_seeds_give_equal_counties_and_other_seeds_others() {
    assert!(generate(7, 40, 2, 2025) == generate(7, 40, 2, 2025));
    assert!(generate(7, 40, 2, 2025) != generate(8, 40, 2, 2025));
}

#[test]
fn counties_of_every_size_go_through_the_parsers() {
    for (children, years) in [(0, 1), (1, 1), (9, 3), (50, 1), (1000, 2), (10_000, 1)] {
        let files = generate(11, children, years, 2024);
        let county = County::from_files(&files).unwrap_or_else(|errors| panic!("{errors}"));
        assert_eq!(county.children.len(), children);
        let villages = county.areas.iter().filter(|area| area.level == AreaLevel::Village).count();
        if children == 10_000 {
            assert_eq!(villages, 400);
            assert!(
                (4500..=5800).contains(&county.happenings.len()),
                "{}",
                county.happenings.len()
            );
            let mut names = BTreeSet::new();
            assert!(
                county.areas.iter().all(|area| {
                    let town = area.code.as_str().get(..9).filter(|_| area.code.as_str().len() > 9);
                    names.insert((town.map(str::to_owned), area.name.clone()))
                }),
                "two towns, or two villages of a town, have one name"
            );
        }
    }
}

#[test]
fn a_folder_is_read_like_the_sample() {
    let dir = tempfile::tempdir().unwrap();
    sample::files().write(dir.path()).unwrap();
    assert!(County::read(dir.path()) == County::sample());
    let errors = County::read(&dir.path().join("nowhere")).unwrap_err();
    let missing: Vec<&str> = errors.0.iter().map(|problem| problem.code).collect();
    assert_eq!(missing, ["input.missing_file"; 7]);
}

#[test]
fn headers_may_be_english_in_any_order_and_after_a_bom() {
    let mut files = sample::files();
    let areas =
        "\u{feff}level,name,code\r\ncounty,示例县,999999\r\ntown,\"示枫,镇\",999999101000\r\n";
    files.0.insert("areas.csv".into(), areas.into());
    let errors = County::from_files(&files).unwrap_err();
    assert!(errors.0.iter().all(|problem| problem.file != "areas.csv"), "{errors}");
    assert!(errors.0.iter().all(|problem| problem.code == "input.dangling"), "{errors}");
}
