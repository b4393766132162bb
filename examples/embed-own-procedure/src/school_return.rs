//! 劝返复学, bringing a child back to school: two states, one duty, and a time limit of the county's
//! own. It has exactly the powers of the procedures that come along.

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

/// The county's overlay: a limit of its own, whose basis it names.
pub(crate) const OVERLAY: &str = r#"
name = "示例县"
version = "2026-1"
[limit.Y01]
label = { zh = "上门劝返", en = "bring the child back" }
amount = 5
unit = "working_day"
event = { zh = "发现失学", en = "found out of school" }
start = "next_day"
roll = "none"
basis = "county_configured"
document = "示例县控辍保学工作做法"
verified = true
"#;

/// The procedure.
pub(crate) struct SchoolReturn;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum At {
    OutOfSchool,
    Returned,
}

impl State for At {
    const ALL: &'static [Self] = &[Self::OutOfSchool, Self::Returned];

    fn name(self) -> &'static str {
        if self == Self::Returned { "returned" } else { "out_of_school" }
    }

    fn label(self) -> Label {
        Label::new(if self == Self::Returned { "已复学" } else { "失学" }, self.name())
    }

    fn is_terminal(self) -> bool {
        self == Self::Returned
    }
}

impl Procedure for SchoolReturn {
    const NAME: &'static str = "school_return";
    const VERSION: u32 = 1;
    const LABEL: Label = Label::new("劝返复学", "return to school");
    const MECHANISM: Option<&'static str> = None;
    const SUBJECT: SubjectKind = SubjectKind::Child;
    const AREA: &'static [AreaPurpose] = &[AreaPurpose::Residence];
    type State = At;
    type Data = ();

    fn define(define: Define<Self>) -> Define<Self> {
        let duty = Duty::new("bring_back", "上门劝返", "bring the child back")
            .on(&[At::OutOfSchool])
            .owed_by(&[CHILD_WELFARE_DIRECTOR])
            .recorded_by(&[CHILD_WELFARE_DIRECTOR])
            .limits(&["Y01"])
            .fulfilled_by(&["record_return"]);
        define.duty(duty).transition::<RecordAbsence>().transition::<RecordReturn>()
    }
}

macro_rules! steps {
    ($($form:ident $name:literal $zh:literal $from:expr => $to:expr;)*) => {$(
        #[derive(Debug, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $form {
            /// What was found out.
            pub(crate) told: Text,
        }

        impl Transition<SchoolReturn> for $form {
            const NAME: &'static str = $name;
            const LABEL: Label = Label::new($zh, $name);
            const FROM: Source<At> = $from;
            const TO: Target<At> = $to;
            const ACTED_BY: Roles = &[CHILD_WELFARE_DIRECTOR];
            const BY: Roles = &[CHILD_WELFARE_DIRECTOR];
            const BASIS: LegalBasis = LegalBasis::practice("示例县控辍保学工作做法");
        }
    )*};
}

steps! {
    RecordAbsence "record_absence" "登记失学" Source::Opens => Target::To(&[At::OutOfSchool]);
    RecordReturn "record_return" "登记复学"
        Source::In(&[At::OutOfSchool]) => Target::To(&[At::Returned]);
}

/// The definition under a rule pack, checked against everything it names.
pub(crate) fn definition(rules: &RulePack) -> Result<Definition, DefinitionError> {
    let mut world = care::world(rules);
    world.procedures = vec![(SchoolReturn::NAME, vec![RecordAbsence::NAME])];
    SchoolReturn::define(Define::new()).build(&world)
}
