//! Tests of overlays: what a county may do to the law, and what it may not.

use super::*;

const BASE: &str = "
name = 'national'
version = '1'
coordinating_body = 'office'
[limit.L01]
label = { zh = '书面回复', en = 'written reply' }
amount = 1
unit = 'month'
event = { zh = '收到', en = 'receipt' }
start = 'next_day'
roll = 'next_working_day'
basis = 'statute'
document = '《某法》第114条'
verified = true
[limit.L02]
label = { zh = '强制报告', en = 'report' }
word = { zh = '立即', en = 'at once' }
event = { zh = '发现', en = 'discovery' }
basis = 'statute'
document = '《某法》第11条'
verified = true
[limit.L03]
label = { zh = '申请复议', en = 'ask for reconsideration' }
amount = 7
unit = 'calendar_day'
event = { zh = '收到', en = 'notice' }
start = 'next_day'
roll = 'next_working_day'
bound = 'window'
basis = 'rule'
document = '《某规定》第179条'
verified = true
[limit.L04]
label = { zh = '受案审查', en = 'review' }
amount = 5
unit = 'working_day'
event = { zh = '收到', en = 'receipt' }
start = 'next_day'
roll = 'none'
basis = 'normative_document'
document = '某发〔2015〕32号'
verified = true
[limit.L05]
label = { zh = '答复复议', en = 'answer' }
amount = 5
unit = 'calendar_day'
event = { zh = '收到', en = 'receipt' }
start = 'same_day'
roll = 'none'
basis = 'rule'
document = '《某规定》第180条'
verified = true
[limit.O01]
label = { zh = '走访', en = 'visit' }
amount = 3
unit = 'calendar_day'
event = { zh = '线索', en = 'clue' }
start = 'next_day'
roll = 'none'
basis = 'design_default'
verified = true
[ladder.default]
rungs = [{ after = 0, unit = 'hour', to = 'unit_leader' }]
[ladder.judicial]
over = 'judicial'
parties = ['court']
rungs = [{ after = 7, unit = 'calendar_day', to = 'inquiry' }]
";

const LAW: &str = "basis = 'local_regulation'\ndocument = '《某省条例》第9条'\nverified = true\n";
const OWN: &str = "basis = 'county_configured'\ndocument = '县实施意见'\nverified = true\n";

fn over(tail: &str) -> Result<RulePack, RulesError> {
    let base = RulePack::parse("base.toml", BASE).unwrap();
    base.overlay("county.toml", &format!("name = 'county'\nversion = '7'\n{tail}"))
}

fn refused(tail: &str) -> String {
    over(tail).unwrap_err().to_string()
}

fn amount(pack: &RulePack, id: &'static str) -> String {
    pack.limit(&LimitId::constant(id)).unwrap().shown_amount().zh.into_owned()
}

#[test]
fn an_overlay_changes_what_it_names_and_keeps_the_rest() {
    let pack = over(&format!("[limit.O01]\namount = 2\n{OWN}")).unwrap();
    assert_eq!((pack.name(), pack.version()), ("county", "7"));
    assert_eq!((amount(&pack, "O01"), amount(&pack, "L01")), ("2日".into(), "1个月".into()));
    let visit = pack.limit(&LimitId::constant("O01")).unwrap();
    assert_eq!(visit.shown_basis().zh, "县里自定：县实施意见");
    assert_eq!(visit.label.zh, "走访");
    assert_eq!(pack.coordinating_body().as_str(), "office");
}

#[test]
fn custom_is_loosened_and_removed_freely() {
    assert!(over(&format!("[limit.O01]\namount = 30\n{OWN}")).is_ok());
    let pack = over("[limit.O01]\nremoved = true\n").unwrap();
    assert_eq!(pack.limit(&LimitId::constant("O01")), None);
}

#[test]
fn law_is_tightened_on_the_strength_of_law() {
    let pack = over(&format!("[limit.L01]\namount = 20\nunit = 'calendar_day'\n{LAW}")).unwrap();
    assert_eq!(amount(&pack, "L01"), "20日");
    let pack =
        over(&format!("[limit.L01]\namount = 3\nunit = 'working_day'\nroll = 'none'\n{LAW}"));
    assert_eq!(amount(&pack.unwrap(), "L01"), "3个工作日");
}

#[test]
fn a_longer_amount_is_refused_with_an_event_that_shows_it() {
    assert_eq!(
        refused(&format!("[limit.L01]\namount = 2\n{LAW}")),
        "county.toml:3:8: limit `L01` rests on `statute` and may not be loosened: for an event at \
         `2021-01-01T00:00:00.000+08:00` it would end on `2021-03-01` instead of `2021-02-01`"
    );
}

#[test]
fn another_unit_is_compared_by_its_worst_case() {
    // Thirty days are fewer than a month in seven months of the year, and more in February.
    let text = refused(&format!("[limit.L01]\namount = 30\nunit = 'calendar_day'\n{LAW}"));
    assert!(text.contains("may not be loosened"), "{text}");
    let text = refused(
        "[limit.L04]\namount = 7\nunit = 'calendar_day'\n\
         basis = 'rule'\ndocument = '《某规定》'\nverified = true\n",
    );
    assert!(text.contains("may not be loosened"), "{text}");
}

#[test]
fn a_later_start_or_roll_is_loosening_too() {
    for key in ["start = 'same_day'", "roll = 'none'"] {
        assert!(over(&format!("[limit.L01]\n{key}\n{LAW}")).is_ok(), "{key}");
    }
    for key in ["start = 'next_day'", "roll = 'next_working_day'"] {
        let text = refused(&format!("[limit.L05]\n{key}\n{LAW}"));
        assert!(text.contains("may not be loosened"), "{text}");
    }
    assert_eq!(
        refused(&format!("[limit.L01]\nevent = {{ zh = '批转', en = 'assignment' }}\n{LAW}")),
        "county.toml:3:8: limit `L01` runs from `receipt` by `statute`, found `assignment`"
    );
}

#[test]
fn law_is_not_put_on_a_weaker_basis_nor_removed_nor_robbed_of_its_number() {
    assert_eq!(
        refused(&format!("[limit.L01]\namount = 5\nunit = 'calendar_day'\n{OWN}")),
        "county.toml:3:8: limit `L01` rests on `statute` and may not rest on `county_configured`; \
         set a limit of your own beside it"
    );
    assert_eq!(
        refused("[limit.L04]\nremoved = true\n"),
        "county.toml:3:8: limit `L04` rests on `normative_document` and may not be removed"
    );
    assert_eq!(
        refused(&format!("[limit.L01]\nword = {{ zh = '及时', en = 'promptly' }}\n{LAW}")),
        "county.toml:3:8: limit `L01` rests on `statute` and may not lose its number"
    );
    assert_eq!(
        refused("[limit.L99]\nremoved = true\n"),
        "county.toml:3:8: limit `L99` cannot be removed: the pack below has none of that name"
    );
}

#[test]
fn a_window_is_neither_cut_short_nor_drawn_out() {
    for number in [5, 10] {
        assert_eq!(
            refused(&format!("[limit.L03]\namount = {number}\n{LAW}")),
            "county.toml:3:8: limit `L03` is a window that rests on `rule`; it may not be moved"
        );
    }
    assert!(over(&format!("[limit.L03]\n{LAW}")).is_ok());
}

#[test]
fn at_once_may_get_a_number_by_law_only() {
    let number = "amount = 24\nunit = 'hour'\nstart = 'from_moment'\nroll = 'none'\n";
    let pack = over(&format!("[limit.L02]\n{number}{LAW}")).unwrap();
    assert_eq!(amount(&pack, "L02"), "24小时");
    assert!(refused(&format!("[limit.L02]\n{number}{OWN}")).contains("may not rest on"));
}

#[test]
fn a_changed_limit_says_by_what_right() {
    assert_eq!(
        refused("[limit.O01]\namount = 2\n"),
        "county.toml:3:1: missing key `basis`\n\
         county.toml:3:1: missing key `document`\n\
         county.toml:3:1: missing key `verified`"
    );
    let claim = "basis = 'statute'\ndocument = '县里一直这样'\nverified = true\n";
    assert!(refused(&format!("[limit.O01]\namount = 2\n{claim}")).contains("needs a document"));
}

#[test]
fn a_county_adds_limits_and_ladders_of_its_own() {
    let pack = over(&format!(
        "[limit.K01]\nlabel = {{ zh = '回访', en = 'call back' }}\n\
         amount = 2\nunit = 'working_day'\nevent = {{ zh = '办结', en = 'closing' }}\n\
         start = 'next_day'\nroll = 'none'\n{OWN}\
         [ladder.quick]\nrungs = [{{ after = 2, unit = 'hour', to = 'town_leader' }}]\n"
    ))
    .unwrap();
    assert_eq!(amount(&pack, "K01"), "2个工作日");
    assert!(pack.ladder("quick").is_some() && pack.ladder("default").is_some());
}

#[test]
fn judicial_organs_are_reached_by_inquiry_whatever_the_county_says() {
    let rungs = "rungs = [{ after = 1, unit = 'calendar_day', to = 'coordinating_body' }]\n";
    assert_eq!(
        refused(&format!("[ladder.judicial]\n{rungs}")),
        "county.toml:3:9: ladder `judicial` stands over duties of kind `judicial` and may not \
         reach `coordinating_body`"
    );
    assert_eq!(
        refused(&format!("[ladder.judicial]\nover = 'organ'\n{rungs}")),
        "county.toml:4:8: ladder `judicial` stands over duties of kind `judicial`, and not of \
         `organ`"
    );
    assert_eq!(
        refused(&format!("[ladder.default]\nparties = ['court']\n{rungs}")),
        "county.toml:3:9: party `court` climbs ladders over duties of kind `judicial` only, and \
         not `default`"
    );
    let cards = "marks = { other = { yellow = 1, red = 2 } }\n";
    assert_eq!(
        refused(&format!("[ladder.judicial]\n{cards}")),
        "county.toml:3:9: ladder `judicial` stands over duties of kind `judicial`, which are \
         never marked"
    );
    assert!(over(&format!("[ladder.default]\n{rungs}{cards}")).is_ok());
}

#[test]
fn a_county_sets_days_and_cards_and_answers_for_them() {
    let cards = "marks = { statutory = { yellow = 0, red = 5 } }\n";
    let pack = over(&format!("[ladder.default]\n{cards}")).unwrap();
    let ladder = pack.ladder("default").unwrap();
    assert_eq!(ladder.rungs.len(), 1, "what is not said stays");
    assert_eq!(ladder.basis, Basis::CountyConfigured);
    let taken = pack.overlay(
        "town.toml",
        "name = 'x'\nversion = '1'\n[ladder.default]\nmarks = { removed = true }\n",
    );
    assert_eq!(taken.unwrap().ladder("default").unwrap().marks, None);
    assert_eq!(
        refused("[ladder.default]\nmarks = { other = { yellow = 5, red = 4 } }\n"),
        "county.toml:4:19: ladder `default`: expected the red card at or after `5` days, found `4`"
    );
    assert_eq!(
        refused("[ladder.default]\nbasis = 'statute'\n"),
        "county.toml:4:9: ladder `default`: no law prescribes a ladder; found basis `statute`"
    );
    assert_eq!(
        refused("[ladder.x]\nrungs = [{ after = 1, unit = 'hour' }]\n"),
        "county.toml:4:10: ladder `x`: expected either `to` or `propose` at each rung, found \
         neither"
    );
}

#[test]
fn a_party_climbs_one_ladder_and_the_county_may_move_it() {
    let ladder = |name, party| {
        format!(
            "[ladder.{name}]\nparties = ['{party}']\n\
             rungs = [{{ after = 2, unit = 'hour', to = 'holder' }}]\n"
        )
    };
    let pack = over(&ladder("quick", "school")).unwrap();
    assert_eq!(pack.ladder_of_party("school").unwrap().name, "quick");
    let moved = format!("name = 'x'\nversion = '1'\n{}", ladder("slow", "school"));
    let pack = pack.overlay("town.toml", &moved).unwrap();
    assert_eq!(pack.ladder_of_party("school").unwrap().name, "slow");
    assert!(pack.ladder("quick").unwrap().parties.is_empty());
    assert_eq!(
        refused(&format!("{}{}", ladder("quick", "school"), ladder("slow", "school"))),
        "county.toml:6:9: party `school` is on ladder `quick` already, found it on `slow`"
    );
}
