//! Which engine-wide steps there are, and who may take them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde_json::Value;

use super::forms;
use crate::{
    duty::time_limit::LimitId,
    rules::DEFAULT_LADDER,
    terms::{actor::Role, label::Label},
};

macro_rules! wide_steps {
    ($($variant:ident = $name:literal, $zh:literal, $en:literal, $form:ident;)*) => {
        /// An engine-wide step 通用办理.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum WideStep {
            $(
                #[doc = concat!($zh, ": ", $en, ".")]
                $variant,
            )*
        }

        impl WideStep {
            /// Every step, in table order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name that is stored and shown.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// What people call it.
            pub const fn label(self) -> Label {
                match self { $(Self::$variant => Label::new($zh, $en)),* }
            }

            /// The JSON Schema of its form.
            pub fn schema(self) -> Value {
                match self { $(Self::$variant => schema::<forms::$form>()),* }
            }

            /// The step of this name.
            pub fn named(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }

            /// The name of the duty that waits for a second person.
            pub const fn confirming(self) -> &'static str {
                match self { $(Self::$variant => concat!("confirm_", $name)),* }
            }
        }
    };
}

wide_steps! {
    AmendEntry = "amend_entry", "更正", "amend an entry", Amend;
    AnnulCase = "annul_case", "作废", "annul the case", Annul;
    RebindSubject = "rebind_subject", "更换对象", "rebind to another subject", RebindSubject;
    IdentifySubject = "identify_subject", "确认身份", "identify the subject", IdentifySubject;
    JoinIncident = "join_incident", "并案", "join an incident", JoinIncident;
    SplitIncident = "split_incident", "拆分", "split from the incident", SplitIncident;
    MergeCase = "merge_case", "合并重复", "merge a duplicate", MergeCase;
    Reopen = "reopen", "重启", "reopen", Reopen;
    RecordFollowUp = "record_follow_up", "催问记录", "record a follow-up", FollowUp;
    ExtendDeadline = "extend_deadline", "延期", "extend a deadline", ExtendDeadline;
    SuspendDeadline = "suspend_deadline", "中止计时", "suspend a deadline", SuspendDeadline;
    ReassignHolder = "reassign_holder", "变更承办", "reassign the holder", ReassignHolder;
    CaseloadTransfer = "caseload_transfer", "工作移交", "transfer a caseload", CaseloadTransfer;
    ExcuseDuty = "excuse_duty", "说明免办", "excuse a duty", ExcuseDuty;
    AddNote = "add_note", "备注", "add a note", AddNote;
    Attach = "attach", "附件", "attach a file", Attach;
    ConfirmStep = "confirm_step", "复核确认", "confirm a colleague's step", ConfirmStep;
    DeclineStep = "decline_step", "复核不同意", "decline a colleague's step", DeclineStep;
}

fn schema<T: JsonSchema>() -> Value {
    schemars::generate::SchemaSettings::draft2020_12()
        .with(|settings| settings.inline_subschemas = true)
        .into_generator()
        .into_root_schema_for::<T>()
        .to_value()
}

/// Who may take a step besides its roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Also {
    /// Anybody of the unit of the entry's author.
    AuthorUnit,
    /// Anybody of the unit that ended the case.
    ClosingUnit,
    /// The leader of the unit that holds the duty.
    HolderLeader,
    /// Whoever may record the duty done.
    DutyRecorders,
    /// Whoever may take any transition of the procedure.
    WhoeverActs,
}

/// Whether a step takes a second person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Second {
    /// It does not.
    Never,
    /// Always.
    Always,
    /// When a legal fact changes: anything but free text.
    WhenLegalFact,
}

/// Who may take one engine-wide step.
#[derive(Clone, Debug)]
pub struct WideRule {
    /// The step.
    pub step: WideStep,
    /// The roles that may take it for the case's area.
    pub roles: Vec<Role>,
    /// Who else may.
    pub also: Vec<Also>,
    /// Whether it takes a second person.
    pub second: Second,
    /// The roles of the second person.
    pub confirmed_by: Vec<Role>,
}

/// Who may take the engine-wide steps. The floor that knows the law hands it in.
#[derive(Clone, Debug)]
pub struct WideTable {
    rules: BTreeMap<WideStep, WideRule>,
    /// The limit within which a second person answers.
    pub confirm_within: LimitId,
    /// The ladder that a second person's overdue answer climbs.
    pub confirm_ladder: &'static str,
    /// Procedures whose cases can be annulled in certain states only, e.g. never a report that
    /// was sent.
    pub annul_only_in: Vec<(&'static str, Vec<&'static str>)>,
    /// An attribute that says so although the state does not, e.g. of a report that was declined
    /// and is to be sent again.
    pub never_annul_with: Option<&'static str>,
    /// Procedures of which a subject has one open case at a time, e.g. a child's file: no case of
    /// theirs is bound to a subject that has one, and none is reopened beside it.
    pub one_of_subject: Vec<&'static str>,
    /// Steps that in one procedure have a second person of their own, e.g. the convener for a
    /// longer time for a task of the joint meeting.
    pub confirmed_in: Vec<(&'static str, WideStep, Vec<Role>)>,
}

/// The roles that may record the engine's own duties: the answers of a second person.
#[derive(Clone, Debug, Default)]
pub struct SecondPersons {
    anywhere: BTreeMap<&'static str, Vec<Role>>,
    within: BTreeMap<(&'static str, &'static str), Vec<Role>>,
}

impl SecondPersons {
    /// Who may record the engine's duty of this name in a case of this procedure.
    pub fn of(&self, procedure: &str, duty: &str) -> Option<&[Role]> {
        let own = self.within.iter().find(|((of, name), _)| *of == procedure && *name == duty);
        own.map(|(_, roles)| roles).or_else(|| self.anywhere.get(duty)).map(Vec::as_slice)
    }
}

impl WideTable {
    /// A table; steps without a rule may be taken by nobody, which the set-up refuses.
    pub fn new(rules: Vec<WideRule>, confirm_within: LimitId) -> Self {
        let rules = rules.into_iter().map(|rule| (rule.step, rule)).collect();
        Self {
            rules,
            confirm_within,
            confirm_ladder: DEFAULT_LADDER,
            annul_only_in: Vec::new(),
            never_annul_with: None,
            one_of_subject: Vec::new(),
            confirmed_in: Vec::new(),
        }
    }

    /// The step of this name.
    pub fn step(&self, name: &str) -> Option<WideStep> {
        WideStep::named(name)
    }

    /// The rule of a step; an empty one where the table has none.
    pub fn rule(&self, step: WideStep) -> WideRule {
        self.rules.get(&step).cloned().unwrap_or_else(|| WideRule {
            step,
            roles: Vec::new(),
            also: Vec::new(),
            second: Second::Never,
            confirmed_by: Vec::new(),
        })
    }

    /// The steps nobody may take, or nobody could confirm.
    pub fn gaps(&self) -> Vec<&'static str> {
        let answers = [WideStep::ConfirmStep, WideStep::DeclineStep];
        WideStep::ALL
            .iter()
            .filter(|step| !answers.contains(step))
            .filter(|step| {
                let rule = self.rule(**step);
                (rule.roles.is_empty() && rule.also.is_empty())
                    || (rule.second != Second::Never && rule.confirmed_by.is_empty())
            })
            .map(|step| step.name())
            .collect()
    }

    /// The roles that may record the engine's own duties.
    pub fn second_persons(&self) -> SecondPersons {
        let second = self.rules.values().filter(|rule| rule.second != Second::Never);
        let anywhere =
            second.map(|rule| (rule.step.confirming(), rule.confirmed_by.clone())).collect();
        let own = self.confirmed_in.iter();
        let within =
            own.map(|(of, step, roles)| ((*of, step.confirming()), roles.clone())).collect();
        SecondPersons { anywhere, within }
    }

    /// The roles that may confirm a step in a case of this procedure.
    pub fn confirmed_by(&self, step: WideStep, procedure: &str) -> Vec<Role> {
        let own = self.confirmed_in.iter().find(|(of, own, _)| *of == procedure && *own == step);
        match own {
            Some((_, _, roles)) => roles.clone(),
            None => self.rule(step).confirmed_by,
        }
    }
}
