//! Everything that can be wrong with a definition, one at a time.

use std::collections::BTreeSet;

use super::{
    super::{Define, Handoff, Mode, Problem, Procedure as _, World},
    chain::CHAIN_DEFECTS,
    petition::{FOLLOW_ON, LooseForm, Petition, changed, follow_up, petition, world},
};
use crate::{
    duty::time_limit::LimitId,
    terms::actor::{Role, SYSTEM},
};

struct Defect {
    change: fn(&mut Define<Petition>, &mut World),
    problems: &'static [&'static str],
}

const DEFECTS: &[Defect] = &[
    // Names.
    Defect {
        change: |define, _| define.step_mut("reject").name = "admit",
        problems: &[
            "transition `admit` is declared twice",
            "duty `decide_admission` is fulfilled by the unknown transition `reject`",
        ],
    },
    Defect {
        change: |define, _| define.wait_mut("papers").name = "examine",
        problems: &["duty `examine` is declared twice"],
    },
    Defect {
        change: |define, _| define.guards.extend(Petition::GUARDS),
        problems: &["guard `guard.answer_signed` is declared twice"],
    },
    Defect {
        change: |define, _| define.step_mut("approve").handoffs.push(FOLLOW_ON),
        problems: &["handoff `P1` is declared twice"],
    },
    Defect {
        change: |define, _| define.step_mut("tell_others").name = "tellOthers",
        problems: &["transition `tellOthers` is no snake_case name"],
    },
    Defect {
        change: |define, _| define.duty_mut("tell_progress").name = "",
        problems: &["duty `` is no snake_case name"],
    },
    Defect {
        change: |define, _| {
            define.state_mut("rejected").name = "annulled";
            define.step_mut("reject").to = vec!["annulled"];
        },
        problems: &["state `annulled` has a name that the engine uses itself"],
    },
    Defect {
        change: |define, _| define.step_mut("tell_others").name = "reopen",
        problems: &["transition `reopen` has a name that the engine uses itself"],
    },
    Defect {
        change: |define, _| define.wait_mut("papers").name = "confirm_annul_case",
        problems: &["duty `confirm_annul_case` has a name that the engine uses itself"],
    },
    // Paths.
    Defect {
        change: |define, _| {
            let step = define.step_mut("file_petition");
            (step.opens_case, step.from) = (false, vec!["received"]);
        },
        problems: &[
            "no transition opens a case",
            "state `answered` cannot be reached from any opening",
            "state `drafted` cannot be reached from any opening",
            "state `examining` cannot be reached from any opening",
            "state `lapsed` cannot be reached from any opening",
            "state `petitioner_died` cannot be reached from any opening",
            "state `received` cannot be reached from any opening",
            "state `rejected` cannot be reached from any opening",
            "state `supplementing` cannot be reached from any opening",
        ],
    },
    Defect {
        change: |define, _| define.step_mut("file_petition").to.clear(),
        problems: &[
            "transition `file_petition` opens a case but names no state for it",
            "state `answered` cannot be reached from any opening",
            "state `drafted` cannot be reached from any opening",
            "state `examining` cannot be reached from any opening",
            "state `lapsed` cannot be reached from any opening",
            "state `petitioner_died` cannot be reached from any opening",
            "state `received` cannot be reached from any opening",
            "state `rejected` cannot be reached from any opening",
            "state `supplementing` cannot be reached from any opening",
        ],
    },
    Defect {
        change: |define, _| define.step_mut("file_petition").keeps_state = true,
        problems: &["transition `file_petition` opens a case but names no state for it"],
    },
    Defect {
        change: |define, _| define.step_mut("publish").keeps_state = false,
        problems: &["transition `publish` leads nowhere"],
    },
    Defect {
        change: |define, _| define.step_mut("tell_others").from.clear(),
        problems: &["transition `tell_others` starts nowhere"],
    },
    Defect {
        change: |define, _| define.step_mut("reject").to = vec!["answered"],
        problems: &["state `rejected` cannot be reached from any opening"],
    },
    // Without approve and return_draft only a death would end it, which nobody waits for.
    Defect {
        change: |define, _| {
            for step in ["approve", "return_draft"] {
                define.step_mut(step).from = vec!["examining"];
            }
        },
        problems: &[
            "state `drafted` has no way out and is not an end",
            "duty `check_draft` of state `drafted`: `approve` cannot be taken there",
            "duty `check_draft` of state `drafted`: `return_draft` cannot be taken there",
        ],
    },
    Defect {
        change: |define, _| {
            define.step_mut("approve").to = vec!["examining"];
            define.step_mut("ask_papers").to = vec!["drafted"];
            define.step_mut("supplement").from = vec!["drafted"];
        },
        problems: &[
            "state `answered` cannot be reached from any opening",
            "state `lapsed` cannot be reached from any opening",
            "state `supplementing` cannot be reached from any opening",
            "no end can be reached from state `drafted`",
            "no end can be reached from state `examining`",
        ],
    },
    Defect {
        change: |define, _| define.step_mut("publish").from.push("answered"),
        problems: &["transition `publish` leaves the end `answered`"],
    },
    Defect {
        change: |define, _| define.step_mut("reject").to.push("refused"),
        problems: &[
            "transition `reject`: state `refused` is not in the procedure's list of states",
        ],
    },
    // Who.
    Defect {
        change: |define, _| define.step_mut("tell_others").by = vec![Role::new("citizen")],
        problems: &["transition `tell_others` may be recorded by nobody with an account"],
    },
    Defect {
        change: |define, _| define.step_mut("tell_others").acted_by.clear(),
        problems: &["transition `tell_others` is nobody's act"],
    },
    Defect {
        change: |define, _| define.step_mut("tell_others").acted_by.push(Role::new("clark")),
        problems: &["transition `tell_others`: role `clark` is in no role table"],
    },
    Defect {
        change: |define, _| define.duty_mut("check_draft").owed_by.clear(),
        problems: &["duty `check_draft` is owed by nobody"],
    },
    Defect {
        change: |define, _| define.duty_mut("file_papers").recorded_by.clear(),
        problems: &["duty `file_papers` may be recorded by nobody with an account"],
    },
    Defect {
        change: |define, _| define.duty_mut("check_draft").recorded_by.push(Role::new("clerk")),
        problems: &[
            "duty `check_draft`: role `clerk` may take none of the transitions that fulfil it",
        ],
    },
    Defect {
        change: |define, _| define.step_mut("lapse").acted_by.push(Role::new("clark")),
        problems: &["transition `lapse`: role `clark` is in no role table"],
    },
    // What is owed.
    Defect {
        change: |define, _| {
            define.duty_mut("check_draft").states.clear();
            define.duty_mut("file_papers").states.retain(|state| *state != "drafted");
        },
        problems: &[
            "state `drafted` declares neither a duty nor a wait",
            "duty `check_draft` is declared in no state",
        ],
    },
    Defect {
        change: |define, _| define.duty_mut("check_draft").states.clear(),
        problems: &[
            "state `drafted` owes nothing more once its duties are done, and the case stays in it",
            "duty `check_draft` is declared in no state",
        ],
    },
    Defect {
        change: |define, _| {
            define.step_mut("return_draft").to = vec!["drafted"];
            define.duty_mut("check_draft").once = true;
        },
        problems: &[
            "state `drafted` owes nothing more once its duties are done, and the case stays in it",
        ],
    },
    Defect {
        change: |define, _| define.duty_mut("file_papers").fulfilled_by.clear(),
        problems: &["duty `file_papers` is fulfilled by nothing"],
    },
    Defect {
        change: |define, _| define.duty_mut("check_draft").fulfilled_by.push("agree"),
        problems: &["duty `check_draft` is fulfilled by the unknown transition `agree`"],
    },
    Defect {
        change: |define, _| define.duty_mut("check_draft").fulfilled_by.push("draft_answer"),
        problems: &["duty `check_draft` of state `drafted`: `draft_answer` cannot be taken there"],
    },
    Defect {
        change: |define, _| define.duty_mut("check_draft").states.push("answered"),
        problems: &[
            "duty `check_draft` of state `answered`: `approve` cannot be taken there",
            "duty `check_draft` of state `answered`: `return_draft` cannot be taken there",
            "`check_draft` is declared in the end `answered`",
        ],
    },
    Defect {
        change: |define, _| define.wait_mut("papers").state = "lapsed",
        problems: &[
            "state `supplementing` owes nothing more once its duties are done, and the case stays in it",
            "`papers` is declared in the end `lapsed`",
            "wait `papers` fires `lapse`, which is no step of the system in its state",
        ],
    },
    Defect {
        change: |define, _| {
            define.step_mut("admit").opens.clear();
            define.step_mut("supplement").opens.clear();
        },
        problems: &["side duty `publish_notice` is opened by no transition"],
    },
    Defect {
        change: |define, _| define.step_mut("admit").opens.push("check_draft"),
        problems: &[
            "transition `admit` opens `check_draft`, which is no side duty of this procedure",
        ],
    },
    Defect {
        change: |define, _| define.step_mut("reject").opens.push("publish_notice"),
        problems: &["transition `reject` opens `publish_notice`, but leads only to an end"],
    },
    Defect {
        change: |define, _| {
            define.step_mut("publish").from = vec!["examining"];
            define.step_mut("return_draft").to = vec!["rejected"];
        },
        problems: &["side duty `publish_notice` can never be fulfilled once the case is `drafted`"],
    },
    // A step that keeps the state opens the duty there as well.
    Defect {
        change: |define, _| {
            define.step_mut("supplement").opens.clear();
            define.step_mut("admit").opens.clear();
            define.step_mut("draft_answer").opens.push("publish_notice");
            define.step_mut("publish").from = vec!["received"];
        },
        problems: &[
            "side duty `publish_notice` can never be fulfilled once the case is `drafted`",
            "side duty `publish_notice` can never be fulfilled once the case is `examining`",
            "side duty `publish_notice` can never be fulfilled once the case is `supplementing`",
        ],
    },
    // Limits.
    Defect {
        change: |define, _| define.duty_mut("publish_notice").limits.clear(),
        problems: &["duty `publish_notice` names no time limit"],
    },
    Defect {
        change: |define, _| {
            define.duty_mut("publish_notice").limits = vec![LimitId::constant("L99")];
        },
        problems: &["`publish_notice`: time limit `L99` is in no rule pack"],
    },
    Defect {
        change: |define, _| define.wait_mut("papers").limits.push(LimitId::constant("L98")),
        problems: &["`papers`: time limit `L98` is in no rule pack"],
    },
    Defect {
        change: |define, _| define.wait_mut("papers").limits = vec![LimitId::constant("L5")],
        problems: &["wait `papers`: limit `L5` has no number, so it never passes"],
    },
    Defect {
        change: |_, world| world.ladders.clear(),
        problems: &[
            "duty `check_draft`: ladder `default` is in no rule pack",
            "duty `decide_admission`: ladder `default` is in no rule pack",
            "duty `examine`: ladder `default` is in no rule pack",
            "duty `file_papers`: ladder `default` is in no rule pack",
            "duty `publish_notice`: ladder `default` is in no rule pack",
            "duty `tell_progress`: ladder `default` is in no rule pack",
        ],
    },
    // Waits.
    Defect {
        change: |define, _| define.wait_mut("papers").fires = "admit",
        problems: &[
            "wait `papers` fires `admit`, which is no step of the system in its state",
            "transition `lapse` is a step of the system, but no wait fires it",
        ],
    },
    Defect {
        change: |define, _| {
            let step = define.step_mut("tell_others");
            (step.acted_by, step.by) = (vec![SYSTEM], Vec::new());
        },
        problems: &["transition `tell_others` is a step of the system, but no wait fires it"],
    },
    // What stands beside.
    Defect {
        change: |define, _| define.step_mut("approve").four_eyes.push("write_answer"),
        problems: &["transition `approve` checks the unknown transition `write_answer`"],
    },
    Defect {
        change: |define, _| define.step_mut("approve").beside.push("folow_up"),
        problems: &["transition `approve` looks beside at the unknown procedure `folow_up`"],
    },
    Defect {
        change: |_, world| world.procedures.retain(|(name, _)| *name != "follow_up"),
        problems: &[
            "transition `approve` looks beside at the unknown procedure `follow_up`",
            "handoff `P1` goes to the unknown procedure `follow_up`",
            "handoff `P2` goes to the unknown procedure `follow_up`",
        ],
    },
    Defect {
        change: |define, _| {
            let to = Handoff { opens_by: "look_again", ..FOLLOW_ON };
            define.step_mut("approve").handoffs = vec![to];
        },
        problems: &["handoff `P1` (Open) by `look_again`, which opens no case of `follow_up`"],
    },
    Defect {
        change: |define, _| {
            let own = Handoff { id: "P4", to: "petition", opens_by: "admit", mode: Mode::Propose };
            define.step_mut("approve").handoffs = vec![own];
        },
        problems: &["handoff `P4` (Propose) by `admit`, which opens no case of `petition`"],
    },
    // The rest of the form.
    Defect {
        change: |define, _| *define = std::mem::take(define).transition::<LooseForm>(),
        problems: &["the form of `loose_form` takes unknown fields; deny them"],
    },
    Defect {
        change: |define, _| define.step_mut("admit").basis.text = " ",
        problems: &["transition `admit` names no basis"],
    },
];

fn problems_of(defect: &Defect) -> Vec<Problem> {
    let (mut define, mut world) = (Petition::define(Define::new()), world());
    (defect.change)(&mut define, &mut world);
    define.build(&world).map_or_else(|error| error.problems, |_| Vec::new())
}

/// The variants by name, from one list, so that a new one is missed by nobody.
macro_rules! variants {
    ($($variant:ident)*) => {
        const VARIANTS: &[&str] = &[$(stringify!($variant)),*];

        fn variant(problem: &Problem) -> &'static str {
            match problem { $(Problem::$variant { .. } => stringify!($variant)),* }
        }
    };
}

variants! {
    Twice BadName NoOpening OpensNowhere LeadsNowhere StartsNowhere Unreachable DeadEnd NoEnd
    LeavesEnd UnknownState NobodyRecords NobodyActs UnknownRole NothingOwed OwesNothingLater
    NobodyOwes NoHolder NothingFulfils UnknownFulfilment NotPossibleThere CannotFulfil OwedInEnd
    InNoState NeverOpened OpensUnknown OpensInEnd SideStuck NoLimit UnknownLimit UnknownLadder
    WaitWithoutNumber BadFiring NeverFired ChecksUnknown SeesUnknown UnknownProcedure DoesNotOpen
    InformsUnknown OpenForm NoBasis TakesEngineName HandoffCircle HandoffsTooDeep
}

#[test]
fn the_clean_procedures_are_well_formed() {
    assert_eq!(petition().transitions().len(), 14);
    assert_eq!(follow_up().states().len(), 2);
}

#[test]
fn each_defect_is_told_with_its_place_and_nothing_else_is() {
    for (at, defect) in DEFECTS.iter().enumerate() {
        let told: Vec<_> = problems_of(defect).iter().map(ToString::to_string).collect();
        assert_eq!(told, defect.problems, "defect {at}");
    }
}

#[test]
fn every_kind_of_problem_has_a_defect() {
    let mut met: BTreeSet<_> =
        DEFECTS.iter().flat_map(problems_of).map(|problem| variant(&problem)).collect();
    for defect in CHAIN_DEFECTS {
        met.extend(defect.problems_of().iter().map(variant));
    }
    let missed: Vec<_> = VARIANTS.iter().filter(|variant| !met.contains(*variant)).collect();
    assert!(missed.is_empty(), "{missed:?}");
    assert!(DEFECTS.len() + CHAIN_DEFECTS.len() >= 30);
}

#[test]
fn an_error_tells_all_problems_in_one_text() {
    let mut define = Petition::define(Define::new());
    define.step_mut("admit").basis.text = "";
    define.duty_mut("check_draft").limits.clear();
    assert_eq!(
        define.build(&world()).unwrap_err().to_string(),
        "procedure `petition` is not well formed: duty `check_draft` names no time limit; \
         transition `admit` names no basis"
    );
}

/// What is right must not be told as wrong.
#[test]
fn a_side_duty_that_was_fulfilled_on_the_way_is_not_stuck_later() {
    let mut define = Petition::define(Define::new());
    // Opened on admission, published only with the draft: past the draft it is not owed any more.
    define.duty_mut("publish_notice").fulfilled_by = vec!["draft_answer", "ask_papers"];
    define.step_mut("draft_answer").keeps_state = false;
    define.step_mut("return_draft").to = vec!["rejected"];
    define.step_mut("supplement").opens.clear();
    assert_eq!(define.build(&world()).map(|_| ()), Ok(()));
}

#[test]
fn the_hash_of_a_definition_covers_its_guards() {
    let without_guards = changed::<Petition>(|define| define.guards.clear());
    assert_eq!(petition().hash(), petition().hash());
    assert_ne!(petition().hash(), without_guards.hash());
}
