//! Two small procedures for tests of ladders: a matter in which organs of every kind owe
//! something, and a paper that the last rungs propose.

#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test that cannot go on is to stop"
)]

use hexacase::{
    care::{
        self,
        roles::{
            CHILD_WELFARE_DIRECTOR, CIVIL_AFFAIRS_BUREAU, COURT, JOINT_MEETING_OFFICE,
            MINOR_PROTECTION_CENTER, PARENT_GUARDIAN, TOWN_STATION, WOMENS_FEDERATION,
        },
    },
    engine::{Command, Engine, Setup},
    procedure::{
        Define, Definition, Duty, Escalation, LegalBasis, Overdue, Procedure, Refusal, Roles,
        Source, State, StepContext, Target, Transition, Wait,
    },
    rules::rule_pack::RulePack,
    store::{Meta, StaffRow, Store},
    terms::{
        actor::{Actor, Grant, Role, SYSTEM},
        area::AreaPurpose,
        facts::SubjectKind,
        id::{ActorId, CaseId, OriginId, UnitId},
        label::Label,
        text::Text,
        time::Timestamp,
    },
    testing::ManualClock,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A matter 事项.
#[derive(Debug)]
pub struct Matter;

/// Where a matter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MatterState {
    /// Everybody owes an answer.
    Asked,
    /// Time alone ends it.
    Resting,
    /// It has ended.
    Ended,
}

impl State for MatterState {
    const ALL: &'static [Self] = &[Self::Asked, Self::Resting, Self::Ended];

    fn name(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Resting => "resting",
            Self::Ended => "ended",
        }
    }

    fn label(self) -> Label {
        Label::new("事项", self.name())
    }

    fn is_terminal(self) -> bool {
        self == Self::Ended
    }
}

impl Procedure for Matter {
    const NAME: &'static str = "matter";
    const VERSION: u32 = 1;
    const LABEL: Label = Label::new("示例事项", "sample matter");
    const MECHANISM: Option<&'static str> = None;
    const SUBJECT: SubjectKind = SubjectKind::Child;
    const AREA: &'static [AreaPurpose] = &[AreaPurpose::Residence];
    type State = MatterState;
    type Data = ();

    fn define(define: Define<Self>) -> Define<Self> {
        let duty = |name, zh, owed_by, recorded_by, step| {
            Duty::new(name, zh, name)
                .on(&[MatterState::Asked])
                .owed_by(owed_by)
                .recorded_by(recorded_by)
                .limits(&["C12"])
                .fulfilled_by(step)
        };
        define
            .duty(duty("answer", "答复", &[TOWN_STATION], &[TOWN_STATION], &["reply"]))
            .duty(duty(
                "visit",
                "走访",
                &[CHILD_WELFARE_DIRECTOR],
                &[CHILD_WELFARE_DIRECTOR],
                &["visited"],
            ))
            .duty(duty("rule", "裁定", &[COURT], &[MINOR_PROTECTION_CENTER], &["ruled"]))
            .duty(duty("call", "联系", &[PARENT_GUARDIAN], &[CHILD_WELFARE_DIRECTOR], &["called"]))
            .duty(duty("help", "帮扶", &[WOMENS_FEDERATION], &[TOWN_STATION], &["helped"]))
            .duty(duty(
                "fund",
                "拨款",
                &[CIVIL_AFFAIRS_BUREAU],
                &[CIVIL_AFFAIRS_BUREAU],
                &["funded"],
            ))
            .duty(
                Duty::new("watch", "观察", "watch")
                    .on(&[MatterState::Resting])
                    .owed_by(&[TOWN_STATION])
                    .recorded_by(&[TOWN_STATION])
                    .limits(&["C12"])
                    .fulfilled_by(&["stop"]),
            )
            .wait(Wait::new(
                "lapse",
                Label::new("期满", "lapse"),
                MatterState::Resting,
                "C12",
                "lapse_matter",
            ))
            .transition::<Ask>()
            .transition::<Reply>()
            .transition::<Visited>()
            .transition::<Ruled>()
            .transition::<Called>()
            .transition::<Helped>()
            .transition::<Funded>()
            .transition::<Stop>()
            .transition::<Lapse>()
    }
}

macro_rules! steps {
    ($($form:ident = $name:literal, $from:expr, $to:expr, $acts:expr, $by:expr;)*) => {$(
        #[doc = concat!("`", $name, "`.")]
        #[derive(Debug, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $form {}

        impl Transition<Matter> for $form {
            const NAME: &'static str = $name;
            const LABEL: Label = Label::new("示例", $name);
            const FROM: Source<MatterState> = $from;
            const TO: Target<MatterState> = $to;
            const ACTED_BY: Roles = $acts;
            const BY: Roles = $by;
            const BASIS: LegalBasis = LegalBasis::practice("示例");
        }
    )*};
}

const IN: Source<MatterState> = Source::In(&[MatterState::Asked]);

steps! {
    Ask = "ask", Source::Opens, Target::To(&[MatterState::Asked]),
        &[CHILD_WELFARE_DIRECTOR], &[CHILD_WELFARE_DIRECTOR];
    Reply = "reply", IN, Target::To(&[MatterState::Resting]), &[TOWN_STATION], &[TOWN_STATION];
    Visited = "visited", IN, Target::Same, &[CHILD_WELFARE_DIRECTOR], &[CHILD_WELFARE_DIRECTOR];
    Ruled = "ruled", IN, Target::Same, &[COURT], &[MINOR_PROTECTION_CENTER];
    Called = "called", IN, Target::Same, &[PARENT_GUARDIAN], &[CHILD_WELFARE_DIRECTOR];
    Helped = "helped", IN, Target::Same, &[WOMENS_FEDERATION], &[TOWN_STATION];
    Funded = "funded", IN, Target::Same, &[CIVIL_AFFAIRS_BUREAU], &[CIVIL_AFFAIRS_BUREAU];
    Stop = "stop", Source::In(&[MatterState::Resting]), Target::To(&[MatterState::Ended]),
        &[TOWN_STATION], &[TOWN_STATION];
    Lapse = "lapse_matter", Source::In(&[MatterState::Resting]),
        Target::To(&[MatterState::Ended]), &[&[SYSTEM]], &[];
}

/// A paper 文书 that waits for a signature.
#[derive(Debug)]
pub struct Paper;

/// Where a paper stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PaperState {
    /// It waits.
    Proposed,
    /// It is signed.
    Signed,
}

impl State for PaperState {
    const ALL: &'static [Self] = &[Self::Proposed, Self::Signed];

    fn name(self) -> &'static str {
        if self == Self::Proposed { "proposed" } else { "signed" }
    }

    fn label(self) -> Label {
        Label::new("文书", self.name())
    }

    fn is_terminal(self) -> bool {
        self == Self::Signed
    }
}

impl Procedure for Paper {
    const NAME: &'static str = "paper";
    const VERSION: u32 = 1;
    const LABEL: Label = Label::new("示例文书", "sample paper");
    const MECHANISM: Option<&'static str> = None;
    const SUBJECT: SubjectKind = SubjectKind::County;
    const AREA: &'static [AreaPurpose] = &[AreaPurpose::Unit];
    type State = PaperState;
    type Data = Vec<String>;

    fn define(define: Define<Self>) -> Define<Self> {
        define.duty(sign().ladder("office")).transition::<ProposePaper>().transition::<SignPaper>()
    }
}

/// The duty to sign a paper, on the ladder of its party.
pub fn sign() -> Duty<PaperState> {
    Duty::new("sign", "签批", "sign")
        .on(&[PaperState::Proposed])
        .owed_by(&[JOINT_MEETING_OFFICE])
        .recorded_by(&[JOINT_MEETING_OFFICE])
        .limits(&["C12"])
        .fulfilled_by(&["sign_paper"])
}

/// The duty about which no paper is taken.
pub const NOT_TAKEN: &str = "help";

/// Proposes a paper.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposePaper {
    /// About which duty.
    pub duty: String,
    /// Of which case.
    pub case: CaseId,
    /// Who owes it.
    pub unit: String,
    /// In words.
    pub told: Text,
    /// By which link.
    pub link: String,
}

impl Transition<Paper> for ProposePaper {
    const NAME: &'static str = "propose_paper";
    const LABEL: Label = Label::new("提出", "propose");
    const FROM: Source<PaperState> = Source::Opens;
    const TO: Target<PaperState> = Target::To(&[PaperState::Proposed]);
    const ACTED_BY: Roles = &[JOINT_MEETING_OFFICE];
    const BY: Roles = &[JOINT_MEETING_OFFICE];
    const BASIS: LegalBasis = LegalBasis::practice("示例");

    fn apply(&self, step: &mut StepContext<'_, Paper>) -> Result<(), Refusal> {
        step.data.push(format!("{} {} {}", self.link, self.duty, self.unit));
        if self.duty == NOT_TAKEN {
            return Err(Refusal::field("duty", "no paper is taken about it"));
        }
        Ok(())
    }
}

/// Signs a paper.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignPaper {}

impl Transition<Paper> for SignPaper {
    const NAME: &'static str = "sign_paper";
    const LABEL: Label = Label::new("签批", "sign");
    const FROM: Source<PaperState> = Source::In(&[PaperState::Proposed]);
    const TO: Target<PaperState> = Target::To(&[PaperState::Signed]);
    const ACTED_BY: Roles = &[JOINT_MEETING_OFFICE];
    const BY: Roles = &[JOINT_MEETING_OFFICE];
    const BASIS: LegalBasis = LegalBasis::practice("示例");
}

#[expect(clippy::unnecessary_wraps, reason = "the signature is the link's")]
fn fill(overdue: &Overdue<'_>, link: &str) -> Result<Value, Refusal> {
    let (unit, _) = overdue.owing.clone().expect("somebody owes it");
    Ok(json!({
        "duty": overdue.duty.name, "case": overdue.case.id, "unit": unit,
        "told": overdue.told().zh, "link": link,
    }))
}

/// The three links of the national ladders, all to papers.
pub fn links() -> Vec<Escalation> {
    let link = |id, judicial, fill| Escalation {
        id,
        label: Label::new("示例建议", id),
        to: "paper",
        opens_by: "propose_paper",
        judicial,
        fill,
    };
    vec![
        link("X01", false, |overdue| fill(overdue, "X01")),
        link("X02", false, |overdue| fill(overdue, "X02")),
        link("X03", true, |overdue| fill(overdue, "X03")),
    ]
}

/// Both procedures under a rule pack.
pub fn definitions(rules: &RulePack) -> Vec<Definition> {
    let mut world = care::world(rules);
    world.procedures = vec![("paper", vec!["propose_paper"]), ("matter", vec!["ask"])];
    vec![
        Matter::define(Define::new()).build(&world).expect("well formed"),
        Paper::define(Define::new()).build(&world).expect("well formed"),
    ]
}

/// A set-up of these definitions and links under a rule pack.
pub fn setup(
    store: impl Store,
    rules: &RulePack,
    definitions: Vec<Definition>,
    links: Vec<Escalation>,
) -> Setup {
    Setup::new(store, rules.clone(), care::roles::table(), care::wide_table())
        .procedures(definitions)
        .escalations(links)
        .directory_kept_by(JOINT_MEETING_OFFICE)
        .town_leader(Role::new("town_leader"))
        .village_leader(Role::new("child_welfare_supervisor"))
}

/// A time.
pub fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// A person who acts.
pub fn actor(id: &str) -> Actor {
    Actor::at_work(ActorId::new(id).expect("an id"))
}

/// The invented county.
pub fn meta() -> Meta {
    Meta {
        realm: "999999".parse().expect("a realm"),
        name: "示例县".to_owned(),
        origin: OriginId::from_bytes([3; 16]),
        created_at: at("2026-03-01"),
        demo: true,
    }
}

/// A person of a unit.
pub fn person(id: &str, role: &str, area: &str, unit: &str, leader: bool) -> StaffRow {
    let unit = UnitId::new(unit).expect("a unit");
    let area = area.parse().expect("an area");
    StaffRow {
        id: ActorId::new(id).expect("an id"),
        name: id.to_owned(),
        grants: vec![Grant { role: Role::named(role), area, unit: unit.clone() }],
        unit,
        leader,
        active: true,
        absences: Vec::new(),
    }
}

/// A village, its town and the county.
pub fn people() -> Vec<StaffRow> {
    vec![
        person("director", "child_welfare_director", "999999101201", "village", false),
        person("station", "town_station", "999999101", "town-station", false),
        person("station-head", "town_station", "999999101", "town-station", true),
        person("supervisor", "child_welfare_supervisor", "999999101", "town", false),
        person("town-leader", "town_leader", "999999101", "town", false),
        person("bureau", "civil_affairs_bureau", "999999", "bureau", false),
        person("center", "minor_protection_center", "999999", "center", true),
        person("federation", "womens_federation", "999999", "federation", true),
        person("office", "joint_meeting_office", "999999", "office", false),
    ]
}

/// An engine over a store, with its people.
pub async fn engine(store: impl Store, rules: &RulePack, clock: &ManualClock) -> Engine {
    let setup = setup(store, rules, definitions(rules), links()).clock(clock.clone());
    let engine = setup.open().await.expect("complete");
    engine.change_staff(&actor("director"), people()).await.expect("the first people");
    engine
}

/// Opens a matter.
pub async fn ask(engine: &Engine) -> CaseId {
    let command = Command::open_named(actor("director"), "matter", "ask", json!({}))
        .in_area(AreaPurpose::Residence, "999999101201".parse().expect("an area"));
    engine.execute(command).await.expect("a matter").case
}
