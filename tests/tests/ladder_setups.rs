//! What a set-up refuses of ladders and proposals, and that a rung is climbed once, in order,
//! whatever the ladder and whenever somebody sweeps.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on is to stop"
)]

use std::fmt::Write as _;

use hexacase::{
    care::{self, rules::national},
    engine::{Command, Engine, SetupError},
    procedure::{Define, Definition, Escalation, Procedure as _},
    rules::rule_pack::RulePack,
    store::Rung,
    terms::{entropy::Entropy as _, id::CaseId},
    testing::{ManualClock, MemoryStore, SeededEntropy},
};
use hexacase_tests::escalated::{
    Paper, ProposePaper, SignPaper, actor, ask, at, definitions, engine, links, meta, setup, sign,
};
use serde_json::json;

fn under(overlay: &str) -> RulePack {
    let text = format!("name = 'test'\nversion = '1'\n{overlay}");
    national().overlay("test.toml", &text).expect("an overlay")
}

async fn problems(
    rules: &RulePack,
    definitions: Vec<Definition>,
    links: Vec<Escalation>,
) -> Vec<String> {
    let setup = setup(MemoryStore::new(meta()), rules, definitions, links);
    match setup.open().await {
        Ok(_) => Vec::new(),
        Err(SetupError::Incomplete(problems)) => problems.iter().map(ToString::to_string).collect(),
        Err(problem) => panic!("{problem}"),
    }
}

#[tokio::test]
async fn a_complete_set_up_has_no_problem() {
    assert_eq!(problems(national(), definitions(national()), links()).await, [""; 0]);
}

#[tokio::test]
async fn a_proposal_that_nobody_wires_is_a_problem_of_the_set_up() {
    let rules = under(
        "[ladder.default]\nrungs = [{ after = 1, unit = 'hour', propose = 'X09' }]\n\
         marks = { removed = true }\n",
    );
    let found = problems(&rules, definitions(&rules), links()).await;
    assert_eq!(found, ["ladder `default` proposes by `X09`, which is not wired"]);
}

#[tokio::test]
async fn no_rule_pack_proposes_oversight_of_a_judicial_organ() {
    let rungs = "rungs = [{ after = 1, unit = 'hour', propose = 'X01' }]\n";
    let rules = under(&format!("[ladder.judicial]\n{rungs}"));
    let found = problems(&rules, definitions(&rules), links()).await;
    assert_eq!(
        found,
        ["ladder `judicial` over duties of kind `judicial` may not propose by `X01`"]
    );
}

#[tokio::test]
async fn links_that_cannot_be_opened_or_fill_a_wrong_form_are_problems() {
    let with = |change: fn(&mut Escalation)| {
        let mut links = links();
        change(links.first_mut().expect("a link"));
        links
    };
    let of = |links| problems(national(), definitions(national()), links);
    assert_eq!(
        of(with(|link| link.opens_by = "sign_paper")).await,
        ["escalation link `X01` by `sign_paper`, which opens no case of `paper`"]
    );
    let wrong = of(with(|link| link.fill = |_| Ok(json!({ "duty": "x" })))).await;
    assert!(wrong[0].starts_with("escalation link `X01` fills a form that cannot be read"));
    assert_eq!(
        of(with(|link| link.to = "nowhere")).await,
        [
            "handoff `X01` of `*` goes to `nowhere`, which is neither carried nor listed as elsewhere"
        ]
    );
    assert_eq!(
        of(with(|link| link.id = "X02")).await.last().map(String::as_str),
        Some("escalation link `X02` is wired twice")
    );
}

#[tokio::test]
async fn a_proposal_is_never_escalated_to_a_proposal_of_its_kind() {
    let mut world = care::world(national());
    world.procedures = vec![("paper", vec!["propose_paper"])];
    // On the ladder of its party, which proposes papers.
    let paper = Define::<Paper>::new()
        .duty(sign())
        .transition::<ProposePaper>()
        .transition::<SignPaper>()
        .build(&world)
        .expect("well formed");
    let mut all = definitions(national());
    all.retain(|definition| definition.name() != Paper::NAME);
    all.push(paper);
    assert_eq!(
        problems(national(), all, links()).await,
        ["overdue duties of `paper` are escalated to `paper` again, without end"]
    );
}

#[tokio::test]
async fn a_duty_of_a_judicial_organ_on_a_ladder_of_others_is_a_problem() {
    let mut world = care::world(national());
    world.procedures = vec![("paper", vec!["propose_paper"])];
    let paper = Define::<Paper>::new()
        .duty(sign().owed_by(&[care::roles::COURT]).ladder("office"))
        .transition::<ProposePaper>()
        .transition::<SignPaper>()
        .build(&world)
        .expect("well formed");
    let mut all = definitions(national());
    all.retain(|definition| definition.name() != Paper::NAME);
    all.push(paper);
    assert_eq!(
        problems(national(), all, links()).await,
        ["procedure `paper`, duty `sign`: ladder `office` does not stand over duties of kind \
          `judicial`"]
    );
}

/// Numbers that are the same in every run.
struct Numbers(SeededEntropy);

impl Numbers {
    fn below(&self, n: u32) -> u32 {
        let [one, two, three, ..] = self.0.bytes();
        u32::from_be_bytes([0, one, two, three]) % n
    }
}

fn random_ladder(numbers: &Numbers) -> RulePack {
    let unit = ["calendar_day", "working_day", "hour"][numbers.below(3) as usize];
    let aims = [
        "to = 'holder'",
        "to = 'unit_leader'",
        "to = 'town_leader'",
        "to = 'coordinating_body'",
        "propose = 'X01'",
        "propose = 'X02'",
    ];
    let (mut rungs, mut after) = (String::new(), 0);
    for _ in 0..=numbers.below(9) {
        let aim = aims[numbers.below(6) as usize];
        let _ = write!(rungs, "{{ after = {after}, unit = '{unit}', {aim} }}, ");
        after += numbers.below(5);
    }
    under(&format!("[ladder.default]\nrungs = [{rungs}]\n"))
}

/// Extends the deadline by a few days; nothing if it is refused, e.g. because it ends earlier.
async fn extend(engine: &Engine, case: CaseId, numbers: &Numbers) {
    let until = engine.now().date().plus_days(3 + numbers.below(4));
    let form = json!({
        "duty": "answer", "until": until, "reason": "样例原因", "basis": "样例依据",
    });
    let extend = Command::fire_named(actor("station"), case, "extend_deadline", form);
    if let Ok(receipt) = engine.execute(extend).await {
        let form = json!({ "entry": receipt.revision });
        let confirm = Command::fire_named(actor("supervisor"), case, "confirm_step", form);
        engine.execute(confirm).await.expect("a confirmation");
    }
}

#[tokio::test]
async fn every_rung_of_any_ladder_is_climbed_once_per_generation_and_in_order() {
    let mut climbed = 0;
    for seed in 0..60 {
        let numbers = Numbers(SeededEntropy::new(seed));
        let rules = random_ladder(&numbers);
        let clock = ManualClock::at(at("2026-03-02 09:00"));
        let engine = engine(MemoryStore::new(meta()), &rules, &clock).await;
        let case = ask(&engine).await;
        let mut proposed = 0;
        for _ in 0..12 {
            clock.advance_hours(1 + numbers.below(120));
            if numbers.below(4) == 0 {
                extend(&engine, case, &numbers).await;
            }
            let swept = engine.sweep().await.expect("a sweep");
            proposed += swept.proposed.iter().filter(|one| one.duty == "answer").count();
        }
        let rows = engine.duties_of(case).await.expect("duties");
        let duty = rows.into_iter().find(|row| row.duty.name == "answer").expect("it").duty;
        let all = engine.escalations(Some(case), u32::MAX).await.expect("rungs");
        let all: Vec<Rung> = all.into_iter().filter(|rung| rung.duty == "answer").collect();
        climbed += all.len();
        let ladder = rules.ladder("default").expect("a ladder");
        let generations = all.iter().map(|rung| rung.generation).max().map_or(0, |last| last + 1);
        for generation in 0..generations {
            let of = all.iter().filter(|rung| rung.generation == generation);
            for (index, rung) in of.enumerate() {
                let place = format!("seed {seed}, generation {generation}, rung {index}");
                assert_eq!(rung.rung as usize, index, "{place}");
                assert_eq!(rung.addressee, ladder.rungs[index].aim.name(), "{place}");
                assert!(rung.climbed_at > rung.due, "{place}");
            }
        }
        // Of the generation that runs, all that is due and nothing else.
        let (due, last) = (duty.due().expect("a date"), duty.deadline.expect("one").generation);
        let current = all.iter().filter(|rung| rung.generation == last).count();
        let past = (0..ladder.rungs.len())
            .take_while(|index| {
                let at = ladder.rung_at(*index, due, engine.calendar());
                at.is_some_and(|at| at < engine.now())
            })
            .count();
        assert_eq!((current, duty.rung as usize), (past, past), "seed {seed}");
        let proposals = all.iter().filter(|rung| rung.addressee.starts_with('X')).count();
        assert_eq!(proposed, proposals, "seed {seed}: one proposal for each such rung");
    }
    assert!(climbed > 200, "the walk climbs: {climbed}");
}
