//! Policies of the petition: those that hold, and what is told of those that do not.

use super::{
    super::{Passed, Point, Policy},
    petition::{Petition, changed, petition},
};

fn broken(policy: &Policy) -> String {
    policy.check(&petition()).unwrap_err().to_string()
}

#[test]
fn what_holds_on_every_path_is_proven() {
    let petition = petition();
    for policy in [
        Policy::precedes(&["approve"], Point::State("answered")),
        Policy::precedes(&["draft_answer"], Point::Transition("approve")),
        Policy::precedes(&["admit", "supplement"], Point::State("drafted")),
        Policy::precedes(&["reject", "lapse", "approve", "record_death"], Point::End),
        Policy::never_after(&["admit"], Point::State("rejected")),
        Policy::never_after(&["admit"], Point::Transition("reject")),
        Policy::no_end_while("check_draft", &["approve", "return_draft"]),
        Policy::no_end_while("decide_admission", &["admit", "reject", "ask_papers"]),
        Policy::no_approval_before("admit"),
        Policy::no_approval_before("reject"),
        Policy::always_within_reach(&[Point::End]),
        Policy::always_within_reach(&[Point::State("answered"), Point::State("rejected")]),
        Policy::always_possible("publish"),
    ] {
        assert_eq!(policy.check(&petition), Ok(()), "{policy}");
    }
}

#[test]
fn a_way_around_what_must_come_first_is_shown() {
    assert_eq!(
        broken(&Policy::precedes(&["admit"], Point::State("drafted"))),
        "`petition` breaks the policy that `admit` comes before `drafted`: -(file_petition)-> \
         received -(ask_papers)-> supplementing -(supplement)-> examining -(draft_answer)-> \
         drafted"
    );
    assert_eq!(
        broken(&Policy::precedes(&["tell_progress"], Point::Transition("approve"))),
        "`petition` breaks the policy that `tell_progress` comes before `approve`: \
         -(file_petition)-> received -(admit)-> examining -(draft_answer)-> drafted -(approve)-> \
         answered"
    );
    assert_eq!(
        broken(&Policy::precedes(&["approve", "reject", "lapse"], Point::End)),
        "`petition` breaks the policy that one of `approve`, `reject`, `lapse` comes before an \
         end: -(file_petition)-> received -(record_death)-> petitioner_died"
    );
}

#[test]
fn what_comes_to_pass_although_it_never_may_is_shown() {
    assert_eq!(
        broken(&Policy::never_after(&["draft_answer"], Point::State("lapsed"))),
        "`petition` breaks the policy that `lapsed` never comes after `draft_answer`: \
         -(file_petition)-> received -(admit)-> examining -(draft_answer)-> examining \
         -(ask_papers)-> supplementing -(lapse)-> lapsed"
    );
    // The taking that leads there is not meant.
    let approve = Policy::never_after(&["approve"], Point::State("answered"));
    assert_eq!(approve.check(&petition()), Ok(()));
}

#[test]
fn an_end_with_a_duty_still_owed_is_shown() {
    // Beside the states: the engine refuses that end, the graph does not.
    assert_eq!(
        broken(&Policy::no_end_while("publish_notice", &["publish"])),
        "`petition` breaks the policy that once `publish_notice` is owed, `publish` comes before \
         an end: -(file_petition)-> received -(admit)-> examining -(ask_papers)-> supplementing \
         -(lapse)-> lapsed"
    );
    assert_eq!(
        broken(&Policy::no_end_while("file_papers", &["file_paper"])),
        "`petition` breaks the policy that once `file_papers` is owed, `file_paper` comes before \
         an end: -(file_petition)-> received -(reject)-> rejected"
    );
    assert_eq!(
        broken(&Policy::no_end_while("check_draft", &["return_draft"])),
        "`petition` breaks the policy that once `check_draft` is owed, `return_draft` comes \
         before an end: -(file_petition)-> received -(admit)-> examining -(draft_answer)-> \
         drafted -(approve)-> answered"
    );
}

#[test]
fn an_approval_on_the_way_is_shown_with_where_it_stands() {
    assert_eq!(
        broken(&Policy::no_approval_before("approve")),
        "`petition` breaks the policy that no approval stands before `approve`: \
         -(file_petition)-> received -(admit)-> examining -(draft_answer)-> drafted -(approve)-> \
         answered"
    );
    let petition = changed::<Petition>(|define| {
        define.step_mut("return_draft").four_eyes.push("draft_answer");
    });
    let broken = |policy: &Policy| policy.check(&petition).unwrap_err().to_string();
    assert_eq!(
        broken(&Policy::no_approval_before("lapse")),
        "`petition` breaks the policy that no approval stands before `lapse`: -(file_petition)-> \
         received -(admit)-> examining -(draft_answer)-> drafted -(return_draft)-> examining \
         -(ask_papers)-> supplementing -(lapse)-> lapsed"
    );
    assert_eq!(Policy::no_approval_before("reject").check(&petition), Ok(()));
}

#[test]
fn a_state_from_which_nothing_leads_there_is_shown() {
    let rejected = Policy::always_within_reach(&[Point::State("rejected")]);
    assert_eq!(
        broken(&rejected),
        "`petition` breaks the policy that `rejected` is always within reach: -(file_petition)-> \
         received -(admit)-> examining"
    );
    // A death is no way out.
    let died = Policy::always_within_reach(&[Point::State("petitioner_died")]);
    assert_eq!(
        broken(&died),
        "`petition` breaks the policy that `petitioner_died` is always within reach: \
         -(file_petition)-> received"
    );
}

#[test]
fn a_state_in_which_a_step_is_not_possible_is_shown() {
    assert_eq!(
        broken(&Policy::always_possible("ask_papers")),
        "`petition` breaks the policy that `ask_papers` is possible in every open state: \
         -(file_petition)-> received -(ask_papers)-> supplementing"
    );
}

#[test]
fn a_policy_about_a_name_that_is_not_there_does_not_hold() {
    for policy in [
        Policy::precedes(&["admit", "aprove"], Point::End),
        Policy::precedes(&["admit"], Point::State("aprove")),
        Policy::never_after(&["admit"], Point::Transition("aprove")),
        Policy::no_end_while("aprove", &["admit"]),
        Policy::no_approval_before("aprove"),
        Policy::always_possible("aprove"),
        Policy::always_within_reach(&[Point::End, Point::State("aprove")]),
    ] {
        let broken = policy.check(&petition()).unwrap_err();
        assert_eq!(broken.path, [Passed::Unknown("aprove")], "{policy}");
    }
    assert_eq!(
        broken(&Policy::no_approval_before("aprove")),
        "`petition` breaks the policy that no approval stands before `aprove`: it has no `aprove`"
    );
}
