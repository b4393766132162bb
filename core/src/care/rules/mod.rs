//! The rules that hold everywhere, over which a county lays its own.

use std::sync::LazyLock;

use crate::rules::rule_pack::RulePack;

/// The text of [`national`], for those who want to read or print it.
pub const NATIONAL: &str = include_str!("national.toml");

/// The limits of national law and documents, of practice elsewhere, and this product's defaults.
pub fn national() -> &'static RulePack {
    static PACK: LazyLock<RulePack> = LazyLock::new(|| {
        #[expect(clippy::expect_used, reason = "the file is a constant; a test reads it")]
        RulePack::parse("national.toml", NATIONAL).expect("the national rules are well-formed")
    });
    &PACK
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        calendar::work_calendar::WorkCalendar,
        care::{self, roles},
        duty::{
            ladder::{Ladder, Over},
            time_limit::{Basis, LimitId},
        },
    };

    #[test]
    fn the_national_rules_are_well_formed() {
        let read = RulePack::parse("national.toml", NATIONAL);
        assert_eq!(read.map_err(|error| error.to_string()).as_ref(), Ok(national()));
    }

    #[test]
    fn the_register_is_complete() {
        assert_eq!(national().limits().count(), 134);
        assert_eq!(national().coordinating_body().as_str(), "joint_meeting_office");
        let proposals = |name| {
            let ladder = national().ladder(name).into_iter().flat_map(Ladder::proposals);
            ladder.collect::<Vec<_>>()
        };
        assert_eq!(proposals("default"), ["X01", "X02"]);
        assert_eq!(proposals("mass_organization"), ["X02"]);
        assert_eq!(proposals("judicial"), ["X03"]);
        assert!(proposals("family").is_empty() && proposals("office").is_empty());
    }

    #[test]
    fn every_party_has_one_ladder_and_no_ladder_passes_for_law() {
        for spec in roles::table().iter().filter(|spec| spec.party != "engine") {
            assert!(national().ladder_of_party(spec.party).is_some(), "{}", spec.party);
        }
        for ladder in national().ladders() {
            assert_eq!(ladder.basis, Basis::DesignDefault, "{}", ladder.name);
        }
    }

    #[test]
    fn no_duty_of_a_judicial_organ_or_a_family_is_scored_or_overseen() {
        let table = roles::table();
        let party = |role: &_| table.get(role).map_or("", |spec| spec.party);
        for definition in care::definitions(national()).unwrap() {
            for duty in definition.duties() {
                let ladder = national().ladder_for(duty.ladder, &duty.owed_by, &table).unwrap();
                let owed = |by: &str| duty.owed_by.iter().filter(|role| party(role) == by).count();
                let place = format!("{}, {}", definition.name(), duty.name);
                if owed("judicial_organ") > 0 {
                    assert_eq!(ladder.over, Over::Judicial, "{place}");
                } else if owed("family") == duty.owed_by.len() {
                    assert_eq!(ladder.over, Over::Family, "{place}");
                }
                // Our own side's follow-ups climb a ladder of its own.
                let police = roles::POLICE.iter().any(|role| duty.owed_by.contains(role));
                if duty.ladder == Some("judicial") {
                    assert!(police || owed("judicial_organ") > 0, "{place}");
                }
            }
        }
        assert!(national().ladder("judicial").is_some_and(|ladder| ladder.marks.is_none()));
        assert!(national().ladder("family").is_some_and(|ladder| ladder.marks.is_none()));
    }

    #[test]
    fn our_own_settings_are_never_shown_as_law() {
        for limit in national().limits().filter(|limit| limit.id.as_str().starts_with('C')) {
            assert!(!limit.basis.is_statutory() && !limit.shown_basis().zh.contains("法定"));
        }
    }

    #[test]
    fn what_was_only_recalled_is_marked() {
        for limit in national().limits().filter(|limit| !limit.verified) {
            assert!(limit.shown_basis().zh.ends_with("（待核实）"), "{}", limit.id);
            assert!(limit.note.as_ref().is_some_and(|note| note.contains("回忆")), "{}", limit.id);
        }
    }

    #[test]
    fn a_protection_order_counts_its_own_date() {
        let order = national().limit(&LimitId::constant("D17")).unwrap();
        assert_eq!(order.basis, Basis::Statute);
        let made = "2026-03-01 16:00".parse().unwrap();
        let due = order.due(made, WorkCalendar::shipped()).unwrap();
        assert_eq!(due.at.date().to_string(), "2026-08-31");
    }
}
