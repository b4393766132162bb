//! The procedure of the bench: two states, and a step from each to the other, so that a case never runs
//! out of steps. Each step fulfils a duty with a deadline and opens the next one, as a step of the
//! county's procedures does.

use hexacase::{
    care::{self, roles::CHILD_WELFARE_DIRECTOR},
    procedure::{
        Define, Definition, DefinitionError, Duty, LegalBasis, Procedure, Roles, Source, State,
        Target, Transition,
    },
    rules::rule_pack::RulePack,
    terms::{area::AreaPurpose, facts::SubjectKind, label::Label, text::Text},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How many days the duties' limit has. Days of the calendar, so that no holiday moves a date.
pub(crate) const DAYS: i64 = 30;

/// The limit of the duties.
pub(crate) const OVERLAY: &str = r#"
name = "示例县"
version = "bench"
[limit.Y02]
label = { zh = "示例时限", en = "sample limit" }
amount = 30
unit = "calendar_day"
event = { zh = "上一步", en = "the step before" }
start = "next_day"
roll = "none"
basis = "county_configured"
document = "示例"
verified = true
"#;

/// The procedure.
pub(crate) struct BackAndForth;

/// Where a case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum At {
    Here,
    There,
    Ended,
}

impl State for At {
    const ALL: &'static [Self] = &[Self::Here, Self::There, Self::Ended];

    fn name(self) -> &'static str {
        match self {
            Self::Here => "here",
            Self::There => "there",
            Self::Ended => "ended",
        }
    }

    fn label(self) -> Label {
        let zh = match self {
            Self::Here => "此处",
            Self::There => "彼处",
            Self::Ended => "已结束",
        };
        Label::new(zh, self.name())
    }

    fn is_terminal(self) -> bool {
        self == Self::Ended
    }
}

impl Procedure for BackAndForth {
    const NAME: &'static str = "back_and_forth";
    const VERSION: u32 = 1;
    const LABEL: Label = Label::new("往返", "back and forth");
    const MECHANISM: Option<&'static str> = None;
    const SUBJECT: SubjectKind = SubjectKind::Child;
    const AREA: &'static [AreaPurpose] = &[AreaPurpose::Residence];
    type State = At;
    type Data = ();

    fn define(define: Define<Self>) -> Define<Self> {
        let owed = |name, state, step: &[&'static str]| {
            Duty::new(name, "继续办理", "go on")
                .on(&[state])
                .owed_by(&[CHILD_WELFARE_DIRECTOR])
                .recorded_by(&[CHILD_WELFARE_DIRECTOR])
                .limits(&["Y02"])
                .fulfilled_by(step)
        };
        define
            .duty(owed("go_there", At::Here, &[MOVES[0]]))
            .duty(owed("come_back", At::There, &[MOVES[1]]))
            .transition::<Arrive>()
            .transition::<Forth>()
            .transition::<Back>()
            .transition::<Leave>()
    }
}

/// The step from the first state, and the step from the second.
pub(crate) const MOVES: [&str; 2] = ["forth", "back"];

macro_rules! steps {
    ($($form:ident $name:expr, $zh:literal, $from:expr => $to:expr;)*) => {$(
        #[derive(Debug, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $form {
            /// What was done.
            pub(crate) detail: Text,
        }

        impl Transition<BackAndForth> for $form {
            const NAME: &'static str = $name;
            const LABEL: Label = Label::new($zh, $name);
            const FROM: Source<At> = $from;
            const TO: Target<At> = Target::To(&[$to]);
            const ACTED_BY: Roles = &[CHILD_WELFARE_DIRECTOR];
            const BY: Roles = &[CHILD_WELFARE_DIRECTOR];
            const BASIS: LegalBasis = LegalBasis::practice("示例");
        }
    )*};
}

steps! {
    Arrive "arrive", "到此", Source::Opens => At::Here;
    Forth MOVES[0], "前往", Source::In(&[At::Here]) => At::There;
    Back MOVES[1], "返回", Source::In(&[At::There]) => At::Here;
    Leave "leave", "离开", Source::In(&[At::Here, At::There]) => At::Ended;
}

/// The definition under a rule pack.
pub(crate) fn definition(rules: &RulePack) -> Result<Definition, DefinitionError> {
    let mut world = care::world(rules);
    world.procedures = vec![(BackAndForth::NAME, vec![Arrive::NAME])];
    BackAndForth::define(Define::new()).build(&world)
}
