//! 监护令 guardianship orders: a procedure for tests of isolation. Every step looks at the other
//! orders of the child and writes down which it saw and how they stood, so that the trail tells
//! afterwards on what each decision rested.
//!
//! Two rules rest on what stands beside: at most [`MOST`] orders a child, and at most one in force.
//! The first is broken where two open orders that do not see each other, the second where two put
//! different orders in force: write skew.

#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test that cannot go on is to stop"
)]

use std::collections::BTreeMap;

use hexacase::{
    care::{self, roles::CHILD_WELFARE_DIRECTOR, rules::national},
    county,
    engine::{Engine, HistoryEntry},
    procedure::{
        Define, Duty, Guard, LegalBasis, Procedure, Refusal, Roles, Source, State, StepContext,
        Target, Transition,
    },
    store::Store,
    terms::{area::AreaPurpose, facts::SubjectKind, id::CaseId, label::Label},
    testing::{ManualClock, Transaction},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::small;

/// At most so many orders a child.
pub const MOST: usize = 3;

/// The name of the procedure.
pub const ORDER: &str = "order";

const OVERLAY: &str = r#"
name = "示例县"
version = "2026-1"
[limit.Y01]
label = { zh = "复核监护令", en = "review the order" }
amount = 5
unit = "working_day"
event = { zh = "拟定", en = "drafted" }
start = "next_day"
roll = "none"
basis = "county_configured"
document = "示例"
verified = true
"#;

static FEW_ORDERS: Guard =
    Guard::new("guard.few_orders", "监护令已满", "the child has enough orders", "示例");
static ONE_IN_FORCE: Guard =
    Guard::new("guard.one_order", "已有生效监护令", "one is in force", "示例");

/// The procedure.
#[derive(Clone, Copy, Debug)]
pub struct Order;

/// What an order remembers: of its last step, which other orders stood at which entry.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Saw {
    saw: BTreeMap<String, i64>,
}

/// Where an order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum At {
    /// It may be put in force.
    Drafted,
    /// It is.
    InForce,
    /// It is over. No test goes there: an ended order is not seen, as one that never was.
    Ended,
}

impl State for At {
    const ALL: &'static [Self] = &[Self::Drafted, Self::InForce, Self::Ended];

    fn name(self) -> &'static str {
        match self {
            Self::Drafted => "drafted",
            Self::InForce => "in_force",
            Self::Ended => "ended",
        }
    }

    fn label(self) -> Label {
        Label::new("示例", self.name())
    }

    fn is_terminal(self) -> bool {
        self == Self::Ended
    }
}

impl Procedure for Order {
    const NAME: &'static str = ORDER;
    const VERSION: u32 = 1;
    const LABEL: Label = Label::new("监护令", "guardianship order");
    const MECHANISM: Option<&'static str> = None;
    const SUBJECT: SubjectKind = SubjectKind::Child;
    const AREA: &'static [AreaPurpose] = &[AreaPurpose::Residence];
    type State = At;
    type Data = Saw;

    fn define(define: Define<Self>) -> Define<Self> {
        let duty = Duty::new("review", "复核", "review the order")
            .on(&[At::Drafted, At::InForce])
            .owed_by(&[CHILD_WELFARE_DIRECTOR])
            .recorded_by(&[CHILD_WELFARE_DIRECTOR])
            .limits(&["Y01"])
            .fulfilled_by(&["end"]);
        define
            .duty(duty)
            .transition::<Draft>()
            .transition::<PutInForce>()
            .transition::<Lift>()
            .transition::<End>()
    }
}

/// Writes down what stands beside, and gives how many there are and how many of them in force.
fn look(step: &mut StepContext<'_, Order>) -> (usize, usize) {
    let saw = |(id, revision): (CaseId, i64)| (id.to_string(), revision);
    let beside = step.beside(ORDER).map(|case| (case.facts.id, case.facts.revision.get()));
    step.data.saw = beside.map(saw).collect();
    let in_force = step.beside(ORDER).filter(|case| case.facts.state == At::InForce.name());
    (step.data.saw.len(), in_force.count())
}

macro_rules! steps {
    ($($form:ident $name:literal $from:expr => $to:expr, $rule:expr, $guard:ident;)*) => {$(
        #[doc = concat!("The step `", $name, "`.")]
        #[derive(Debug, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $form {}

        impl Transition<Order> for $form {
            const NAME: &'static str = $name;
            const LABEL: Label = Label::new("示例", $name);
            const FROM: Source<At> = $from;
            const TO: Target<At> = $to;
            const ACTED_BY: Roles = &[CHILD_WELFARE_DIRECTOR];
            const BY: Roles = &[CHILD_WELFARE_DIRECTOR];
            const BESIDE: &'static [&'static str] = &[ORDER];
            const BASIS: LegalBasis = LegalBasis::practice("示例");

            fn apply(&self, step: &mut StepContext<'_, Order>) -> Result<(), Refusal> {
                let (beside, in_force) = look(step);
                let rule: fn(usize, usize) -> bool = $rule;
                step.demand(rule(beside, in_force), &$guard)
            }
        }
    )*};
}

steps! {
    Draft "draft" Source::Opens => Target::To(&[At::Drafted]), |beside, _| beside < MOST, FEW_ORDERS;
    PutInForce "put_in_force" Source::In(&[At::Drafted]) => Target::To(&[At::InForce]),
        |_, in_force| in_force == 0, ONE_IN_FORCE;
    Lift "lift" Source::In(&[At::InForce]) => Target::To(&[At::Drafted]), |_, _| true, ONE_IN_FORCE;
    End "end" Source::In(&[At::Drafted, At::InForce]) => Target::To(&[At::Ended]), |_, _| true,
        ONE_IN_FORCE;
}

/// An engine of the county that has this procedure too, on a store that was set up.
pub async fn engine(store: impl Store) -> Engine {
    let rules = national().overlay("county.toml", OVERLAY).expect("an overlay");
    let mut world = care::world(&rules);
    world.procedures = vec![(Order::NAME, vec![Draft::NAME])];
    let definition = Order::define(Define::new()).build(&world).expect("a definition");
    let clock = ManualClock::at(small::at("2026-03-02 09:00"));
    let setup = county::setup_under(store, rules).expect("well formed");
    setup.procedures([definition]).clock(clock).open().await.expect("complete")
}

/// What an entry of an order saw and wrote. `orders` are all orders of its child: those that it did
/// not see were not there.
#[must_use]
pub fn transaction(entry: &HistoryEntry, orders: &[CaseId]) -> Transaction<CaseId> {
    let (case, seq) = (entry.envelope.case, entry.envelope.seq);
    let data = entry.body.as_ref().expect("a body").data.clone();
    let Saw { saw } = serde_json::from_value(data).expect("what it saw");
    let version = |id: &CaseId| match saw.get(&id.to_string()) {
        _ if *id == case => seq - 1,
        Some(revision) => *revision,
        None => 0,
    };
    Transaction {
        name: format!("{case}/{seq}"),
        reads: orders.iter().map(|id| (*id, version(id))).collect(),
        writes: vec![(case, seq)],
    }
}
