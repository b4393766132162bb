//! The procedure of the bench: ten steps in a row, each of which fulfils a duty with a deadline and
//! opens the next one, so that a step does all that a step of the county's procedures does.

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

/// The limit of the duties.
pub(crate) const OVERLAY: &str = r#"
name = "示例县"
version = "bench"
[limit.Y01]
label = { zh = "示例时限", en = "sample limit" }
amount = 5
unit = "working_day"
event = { zh = "上一步", en = "the step before" }
start = "next_day"
roll = "none"
basis = "county_configured"
document = "示例"
verified = true
"#;

/// The procedure.
pub(crate) struct TenSteps;

/// How many steps were taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Taken(u8);

const NAMES: [&str; 11] = [
    "taken_0", "taken_1", "taken_2", "taken_3", "taken_4", "taken_5", "taken_6", "taken_7",
    "taken_8", "taken_9", "taken_10",
];

impl State for Taken {
    const ALL: &'static [Self] = &[
        Self(0),
        Self(1),
        Self(2),
        Self(3),
        Self(4),
        Self(5),
        Self(6),
        Self(7),
        Self(8),
        Self(9),
        Self(10),
    ];

    fn name(self) -> &'static str {
        NAMES.get(usize::from(self.0)).copied().unwrap_or("taken_10")
    }

    fn label(self) -> Label {
        Label::new(self.name(), self.name())
    }

    fn is_terminal(self) -> bool {
        self.0 == 10
    }
}

impl Procedure for TenSteps {
    const NAME: &'static str = "ten_steps";
    const VERSION: u32 = 1;
    const LABEL: Label = Label::new("十步", "ten steps");
    const MECHANISM: Option<&'static str> = None;
    const SUBJECT: SubjectKind = SubjectKind::Child;
    const AREA: &'static [AreaPurpose] = &[AreaPurpose::Residence];
    type State = Taken;
    type Data = ();

    fn define(define: Define<Self>) -> Define<Self> {
        let duties = DUTIES.iter().zip(Taken::ALL.chunks(1)).zip(STEPS.chunks(1));
        let define = duties.fold(define, |define, ((name, state), step)| {
            let duty = Duty::new(name, "继续办理", "go on")
                .on(state)
                .owed_by(&[CHILD_WELFARE_DIRECTOR])
                .recorded_by(&[CHILD_WELFARE_DIRECTOR])
                .limits(&["Y01"])
                .fulfilled_by(step);
            define.duty(duty)
        });
        define
            .transition::<Begin>()
            .transition::<Step1>()
            .transition::<Step2>()
            .transition::<Step3>()
            .transition::<Step4>()
            .transition::<Step5>()
            .transition::<Step6>()
            .transition::<Step7>()
            .transition::<Step8>()
            .transition::<Step9>()
            .transition::<Step10>()
    }
}

/// The duty of each state that is not the last.
const DUTIES: [&str; 10] = [
    "go_on_1", "go_on_2", "go_on_3", "go_on_4", "go_on_5", "go_on_6", "go_on_7", "go_on_8",
    "go_on_9", "go_on_10",
];

/// The names of the steps, in their order.
pub(crate) static STEPS: [&str; 10] = [
    "step_1", "step_2", "step_3", "step_4", "step_5", "step_6", "step_7", "step_8", "step_9",
    "step_10",
];

macro_rules! steps {
    ($($form:ident $name:literal $from:expr => $to:literal;)*) => {$(
        #[derive(Debug, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $form {
            /// What was done.
            pub(crate) detail: Text,
        }

        impl Transition<TenSteps> for $form {
            const NAME: &'static str = $name;
            const LABEL: Label = Label::new($name, $name);
            const FROM: Source<Taken> = $from;
            const TO: Target<Taken> = Target::To(&[Taken($to)]);
            const ACTED_BY: Roles = &[CHILD_WELFARE_DIRECTOR];
            const BY: Roles = &[CHILD_WELFARE_DIRECTOR];
            const BASIS: LegalBasis = LegalBasis::practice("示例");
        }
    )*};
}

steps! {
    Begin "begin" Source::Opens => 0;
    Step1 "step_1" Source::In(&[Taken(0)]) => 1;
    Step2 "step_2" Source::In(&[Taken(1)]) => 2;
    Step3 "step_3" Source::In(&[Taken(2)]) => 3;
    Step4 "step_4" Source::In(&[Taken(3)]) => 4;
    Step5 "step_5" Source::In(&[Taken(4)]) => 5;
    Step6 "step_6" Source::In(&[Taken(5)]) => 6;
    Step7 "step_7" Source::In(&[Taken(6)]) => 7;
    Step8 "step_8" Source::In(&[Taken(7)]) => 8;
    Step9 "step_9" Source::In(&[Taken(8)]) => 9;
    Step10 "step_10" Source::In(&[Taken(9)]) => 10;
}

/// The definition under a rule pack.
pub(crate) fn definition(rules: &RulePack) -> Result<Definition, DefinitionError> {
    let mut world = care::world(rules);
    world.procedures = vec![(TenSteps::NAME, vec![Begin::NAME])];
    TenSteps::define(Define::new()).build(&world)
}
