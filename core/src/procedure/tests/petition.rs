//! A petition 信访件: small, and with one of everything a procedure can have. And the follow-up it
//! hands over to. Invented; no county runs them.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{
    Define, Definition, Duty, DutySpec, Guard, Handoff, LegalBasis, Mode, Procedure, Roles, Source,
    State, StateSpec, Target, Transition, TransitionSpec, Wait, WaitSpec, World,
};
use crate::{
    duty::time_limit::LimitId,
    terms::{
        actor::{Role, SYSTEM},
        area::AreaPurpose,
        facts::SubjectKind,
        label::Label,
    },
};

const CITIZEN: &[Role] = &[Role::new("citizen")];
const CLERK: &[Role] = &[Role::new("clerk")];
const LEADER: &[Role] = &[Role::new("leader")];
const BY_TIME: &[Role] = &[SYSTEM];

pub(super) const FOLLOW_ON: Handoff =
    Handoff { id: "P1", to: "follow_up", opens_by: "open_follow_up", mode: Mode::Open };
const TELL_FOLLOW_UP: Handoff =
    Handoff { id: "P2", to: "follow_up", opens_by: "look_again", mode: Mode::Inform };
const ASK_PROVINCE: Handoff =
    Handoff { id: "P3", to: "province", opens_by: "register", mode: Mode::Message };

macro_rules! states {
    ($name:ident: $($state:ident $text:literal $zh:literal $en:literal $terminal:literal;)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum $name { $($state),* }

        impl State for $name {
            const ALL: &'static [Self] = &[$(Self::$state),*];

            fn name(self) -> &'static str {
                match self { $(Self::$state => $text),* }
            }

            fn label(self) -> Label {
                match self { $(Self::$state => Label::new($zh, $en)),* }
            }

            fn is_terminal(self) -> bool {
                match self { $(Self::$state => $terminal),* }
            }
        }
    };
}

macro_rules! steps {
    ($procedure:ty: $(
        $step:ident $name:literal $zh:literal, $from:expr => $to:expr, $acted:expr, $by:expr $(, {
            $($extra:item)*
        })?;
    )*) => {
        $(
            #[derive(Debug, Serialize, Deserialize, JsonSchema)]
            #[serde(deny_unknown_fields)]
            struct $step {}

            impl Transition<$procedure> for $step {
                const NAME: &'static str = $name;
                const LABEL: Label = Label::new($zh, $name);
                const FROM: Source<<$procedure as Procedure>::State> = $from;
                const TO: Target<<$procedure as Procedure>::State> = $to;
                const ACTED_BY: Roles = $acted;
                const BY: Roles = $by;
                const BASIS: LegalBasis = LegalBasis::practice("invented");
                $($($extra)*)?
            }
        )*
    };
}

states! { At:
    Received "received" "待受理" "received" false;
    Examining "examining" "办理中" "examining" false;
    Supplementing "supplementing" "待补正" "waiting for papers" false;
    Drafted "drafted" "待复核" "answer drafted" false;
    Answered "answered" "已答复" "answered" true;
    Rejected "rejected" "不予受理" "rejected" true;
    Lapsed "lapsed" "视为撤回" "lapsed" true;
    Left "petitioner_died" "信访人死亡终止" "ended by death" true;
}

steps! { Petition:
    File "file_petition" "提出信访", Source::Opens => Target::To(&[At::Received]),
        &[CITIZEN], &[CLERK];
    Admit "admit" "受理", Source::In(&[At::Received]) => Target::To(&[At::Examining]),
        &[CLERK], &[CLERK], { const OPENS: &'static [&'static str] = &["publish_notice"]; };
    Reject "reject" "不予受理", Source::In(&[At::Received]) => Target::To(&[At::Rejected]),
        &[CLERK], &[CLERK, LEADER];
    AskPapers "ask_papers" "要求补正",
        Source::In(&[At::Received, At::Examining]) => Target::To(&[At::Supplementing]),
        &[CLERK], &[CLERK];
    Supplement "supplement" "补正",
        Source::In(&[At::Supplementing]) => Target::To(&[At::Examining]),
        &[CITIZEN], &[CLERK], { const OPENS: &'static [&'static str] = &["publish_notice"]; };
    Lapse "lapse" "逾期未补正", Source::In(&[At::Supplementing]) => Target::To(&[At::Lapsed]),
        &[BY_TIME], &[];
    TellProgress "tell_progress" "告知进展",
        Source::In(&[At::Examining]) => Target::Same, &[CLERK], &[CLERK];
    DraftAnswer "draft_answer" "拟写答复",
        Source::In(&[At::Examining]) => Target::SameOr(&[At::Drafted]), &[CLERK], &[CLERK];
    Approve "approve" "复核同意", Source::In(&[At::Drafted]) => Target::To(&[At::Answered]),
        &[LEADER], &[LEADER], {
            const FOUR_EYES: &'static [&'static str] = &["draft_answer"];
            const HANDOFFS: &'static [Handoff] = &[FOLLOW_ON];
            const BESIDE: &'static [&'static str] = &["follow_up"];
        };
    ReturnDraft "return_draft" "退回重拟",
        Source::In(&[At::Drafted]) => Target::To(&[At::Examining]), &[LEADER], &[LEADER];
    Publish "publish" "公示", Source::AnyOpen => Target::Same, &[CLERK], &[CLERK];
    FilePaper "file_paper" "材料归档", Source::AnyOpen => Target::Same, &[CLERK], &[CLERK];
    TellOthers "tell_others" "告知“回访”：补充 & <更正>; #1", Source::AnyOpen => Target::Same,
        &[CLERK], &[CLERK], {
            const HANDOFFS: &'static [Handoff] = &[TELL_FOLLOW_UP, ASK_PROVINCE];
        };
    Died "record_death" "登记死亡", Source::AnyOpen => Target::SameOr(&[At::Left]),
        &[CLERK], &[CLERK], { const LIFE_EVENT: bool = true; };
}

/// The form takes unknown fields.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct LooseForm {}

impl Transition<Petition> for LooseForm {
    const NAME: &'static str = "loose_form";
    const LABEL: Label = Label::new("松散表单", "loose form");
    const FROM: Source<At> = Source::AnyOpen;
    const TO: Target<At> = Target::Same;
    const ACTED_BY: Roles = &[CLERK];
    const BY: Roles = &[CLERK];
    const BASIS: LegalBasis = LegalBasis::practice("invented");
}

static ANSWER_SIGNED: Guard = Guard::new("guard.answer_signed", "须已签字", "sign it", "[P]");

#[derive(Debug)]
pub(super) struct Petition;

impl Procedure for Petition {
    const NAME: &'static str = "petition";
    const VERSION: u32 = 1;
    const LABEL: Label = Label::new("信访件", "petition");
    const MECHANISM: Option<&'static str> = None;
    const SUBJECT: SubjectKind = SubjectKind::Unit;
    const AREA: &'static [AreaPurpose] = &[AreaPurpose::Unit];
    const GUARDS: &'static [&'static Guard] = &[&ANSWER_SIGNED];
    type State = At;
    type Data = ();

    fn define(define: Define<Self>) -> Define<Self> {
        define
            .duty(
                Duty::new("decide_admission", "决定是否受理", "decide")
                    .on(&[At::Received])
                    .owed_by(&[CLERK])
                    .recorded_by(&[CLERK])
                    .limits(&["L1"])
                    .fulfilled_by(&["admit", "reject"]),
            )
            .duty(
                Duty::new("examine", "办理并拟写答复", "examine")
                    .on(&[At::Examining])
                    .owed_by(&[CLERK])
                    .recorded_by(&[CLERK])
                    .limits(&["L2", "L5"])
                    .fulfilled_by(&["draft_answer", "ask_papers"]),
            )
            .duty(
                Duty::new("tell_progress", "告知办理进展", "tell the progress")
                    .on(&[At::Examining])
                    .owed_by(&[CLERK])
                    .recorded_by(&[CLERK])
                    .limits(&["L6"])
                    .fulfilled_by(&["tell_progress"])
                    .once(),
            )
            .duty(
                Duty::new("check_draft", "复核答复", "check the draft")
                    .on(&[At::Drafted])
                    .owed_by(&[LEADER])
                    .recorded_by(&[LEADER])
                    .limits(&["L3"])
                    .fulfilled_by(&["approve", "return_draft"]),
            )
            .duty(
                Duty::new("publish_notice", "公示受理情况", "publish the notice")
                    .owed_by(&[CLERK])
                    .recorded_by(&[CLERK])
                    .limits(&["L1"])
                    .fulfilled_by(&["publish"]),
            )
            .duty(
                Duty::new("file_papers", "材料归档", "file the papers")
                    .while_open()
                    .owed_by(&[CLERK])
                    .recorded_by(&[CLERK])
                    .limits(&["L5"])
                    .fulfilled_by(&["file_paper", "record_follow_up"]),
            )
            .wait(Wait::new(
                "papers",
                Label::new("补正期限", "time for papers"),
                At::Supplementing,
                "L4",
                "lapse",
            ))
            .transition::<File>()
            .transition::<Admit>()
            .transition::<Reject>()
            .transition::<AskPapers>()
            .transition::<Supplement>()
            .transition::<Lapse>()
            .transition::<TellProgress>()
            .transition::<DraftAnswer>()
            .transition::<Approve>()
            .transition::<ReturnDraft>()
            .transition::<Publish>()
            .transition::<FilePaper>()
            .transition::<TellOthers>()
            .transition::<Died>()
    }
}

states! { Look:
    Looking "looking" "回访中" "looking" false;
    Seen "seen" "已回访" "seen" true;
}

steps! { FollowUp:
    OpenFollowUp "open_follow_up" "发起回访", Source::Opens => Target::To(&[Look::Looking]),
        &[CLERK], &[CLERK];
    LookAgain "look_again" "再次回访", Source::AnyOpen => Target::Same, &[CLERK], &[CLERK];
    Close "close" "办结", Source::In(&[Look::Looking]) => Target::To(&[Look::Seen]),
        &[CLERK], &[CLERK];
}

#[derive(Debug)]
pub(super) struct FollowUp;

impl Procedure for FollowUp {
    const NAME: &'static str = "follow_up";
    const VERSION: u32 = 1;
    const LABEL: Label = Label::new("回访", "follow-up");
    const MECHANISM: Option<&'static str> = None;
    const SUBJECT: SubjectKind = SubjectKind::Unit;
    const AREA: &'static [AreaPurpose] = &[AreaPurpose::Unit];
    type State = Look;
    type Data = ();

    fn define(define: Define<Self>) -> Define<Self> {
        define
            .duty(
                Duty::new("look", "回访", "look again")
                    .on(&[Look::Looking])
                    .owed_by(&[CLERK])
                    .recorded_by(&[CLERK])
                    .limits(&["L1"])
                    .fulfilled_by(&["close"]),
            )
            .transition::<OpenFollowUp>()
            .transition::<LookAgain>()
            .transition::<Close>()
    }
}

/// The one declaration that a test changes.
impl<P: Procedure> Define<P> {
    pub(super) fn step_mut(&mut self, name: &str) -> &mut TransitionSpec {
        self.transitions.iter_mut().find(|spec| spec.name == name).unwrap()
    }

    pub(super) fn duty_mut(&mut self, name: &str) -> &mut DutySpec {
        self.duties.iter_mut().find(|spec| spec.name == name).unwrap()
    }

    pub(super) fn wait_mut(&mut self, name: &str) -> &mut WaitSpec {
        self.waits.iter_mut().find(|spec| spec.name == name).unwrap()
    }

    pub(super) fn state_mut(&mut self, name: &str) -> &mut StateSpec {
        self.states.iter_mut().find(|spec| spec.name == name).unwrap()
    }
}

/// What stands around the two procedures.
pub(super) fn world() -> World {
    let limit = |id, number| (LimitId::constant(id), number);
    World {
        roles: vec![
            (Role::new("citizen"), false),
            (Role::new("clerk"), true),
            (Role::new("leader"), true),
            (SYSTEM, false),
        ],
        limits: vec![
            limit("L1", true),
            limit("L2", true),
            limit("L3", true),
            limit("L4", true),
            limit("L5", false),
            limit("L6", true),
        ],
        ladders: BTreeSet::from(["default".to_owned()]),
        engine_steps: BTreeSet::from(["record_follow_up"]),
        procedures: vec![
            ("petition", vec!["file_petition"]),
            ("follow_up", vec!["open_follow_up"]),
        ],
        elsewhere: BTreeSet::from(["province"]),
    }
}

/// A procedure with one thing changed.
pub(super) fn changed<P: Procedure>(change: impl FnOnce(&mut Define<P>)) -> Definition {
    let mut define = P::define(Define::new());
    change(&mut define);
    define.build(&world()).unwrap()
}

pub(super) fn petition() -> Definition {
    changed::<Petition>(|_| ())
}

pub(super) fn follow_up() -> Definition {
    changed::<FollowUp>(|_| ())
}
