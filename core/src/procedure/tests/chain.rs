//! Handoffs across procedures.

use super::{
    super::{Define, Handoff, Mode, Problem, chain_problems, handoff_circles},
    petition::{FollowUp, Petition, changed, follow_up, petition},
};

pub(super) struct ChainDefect {
    petition: fn(&mut Define<Petition>),
    follow_up: fn(&mut Define<FollowUp>),
    problems: &'static [&'static str],
}

impl ChainDefect {
    pub(super) fn problems_of(&self) -> Vec<Problem> {
        chain_problems(&[&changed(self.petition), &changed(self.follow_up)])
    }
}

const fn to_petition(id: &'static str, opens_by: &'static str) -> Handoff {
    Handoff { id, to: "petition", opens_by, mode: Mode::Inform }
}

const fn to_follow_up(id: &'static str, opens_by: &'static str) -> Handoff {
    Handoff { id, to: "follow_up", opens_by, mode: Mode::Inform }
}

pub(super) const CHAIN_DEFECTS: &[ChainDefect] = &[
    // A transition that takes itself.
    ChainDefect {
        petition: |define| {
            define.step_mut("publish").handoffs.push(to_petition("C0", "publish"));
        },
        follow_up: |_| (),
        problems: &["handoffs form a circle within one step: petition/publish → petition/publish"],
    },
    // Round through both procedures, and once more by a longer way.
    ChainDefect {
        petition: |_| (),
        follow_up: |define| {
            define.step_mut("open_follow_up").handoffs.push(to_petition("C1", "approve"));
            define.step_mut("open_follow_up").handoffs.push(to_petition("C2", "tell_others"));
            define.step_mut("look_again").handoffs.push(to_petition("C3", "approve"));
        },
        problems: &[
            "handoffs form a circle within one step: petition/approve → follow_up/open_follow_up \
             → petition/approve",
            "handoffs form a circle within one step: petition/approve → follow_up/open_follow_up \
             → petition/tell_others → follow_up/look_again → petition/approve",
        ],
    },
    // Five handoffs, one after the other.
    ChainDefect {
        petition: |define| {
            define.step_mut("tell_others").handoffs = vec![to_follow_up("D2", "look_again")];
            define.step_mut("publish").handoffs = vec![to_follow_up("D4", "close")];
        },
        follow_up: |define| {
            define.step_mut("open_follow_up").handoffs = vec![to_petition("D1", "tell_others")];
            define.step_mut("look_again").handoffs = vec![to_petition("D3", "publish")];
        },
        problems: &["handoffs go 5 deep within one step, at most 4: petition/approve → \
             follow_up/open_follow_up → petition/tell_others → follow_up/look_again → \
             petition/publish → follow_up/close"],
    },
    ChainDefect {
        petition: |_| (),
        follow_up: |define| {
            define.step_mut("close").handoffs.push(to_petition("E1", "publsh"));
        },
        problems: &["handoff `E1` informs `petition` by `publsh`, which it does not have"],
    },
];

#[test]
fn each_defect_of_the_chain_is_told_with_its_path() {
    for (at, defect) in CHAIN_DEFECTS.iter().enumerate() {
        let told: Vec<_> = defect.problems_of().iter().map(ToString::to_string).collect();
        assert_eq!(told, defect.problems, "defect {at}");
    }
}

#[test]
fn the_clean_chain_has_no_problems() {
    assert_eq!(chain_problems(&[&petition(), &follow_up()]), []);
}

#[test]
fn four_handoffs_in_a_row_are_not_too_deep() {
    let petition = changed::<Petition>(|define| {
        define.step_mut("approve").handoffs.clear();
        define.step_mut("tell_others").handoffs = vec![to_follow_up("D2", "look_again")];
        define.step_mut("publish").handoffs = vec![to_follow_up("D4", "close")];
    });
    let follow_up = changed::<FollowUp>(|define| {
        define.step_mut("open_follow_up").handoffs = vec![to_petition("D1", "tell_others")];
        define.step_mut("look_again").handoffs = vec![to_petition("D3", "publish")];
    });
    assert_eq!(handoff_circles(&[&petition, &follow_up]), []);
}

#[test]
fn a_proposal_and_a_message_do_not_go_on_within_the_step() {
    for mode in [Mode::Propose, Mode::Message] {
        let follow_up = changed::<FollowUp>(|define| {
            let back = Handoff { mode, ..to_petition("C1", "file_petition") };
            define.step_mut("open_follow_up").handoffs.push(back);
        });
        let petition = changed::<Petition>(|define| {
            let there = Handoff { mode: Mode::Open, ..to_follow_up("C2", "open_follow_up") };
            define.step_mut("file_petition").handoffs.push(there);
        });
        assert_eq!(handoff_circles(&[&petition, &follow_up]), []);
    }
}
