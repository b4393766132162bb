//! What things are called: procedures, states, transitions, duties, roles, codes.
//!
//! A name without a label is shown as it is.

use std::sync::Arc;

use hexacase::{
    care::{codes, roles},
    procedure::{Definition, ONLY_TOLD, wide::WideStep},
    rules::rule_pack::RulePack,
    terms::{
        actor::{Role, RoleTable},
        area::AreaPurpose,
        facts::{ANNULLED, MERGED, SubjectKind},
        label::Label,
    },
    trail::Kind,
};

use super::Lang;

/// The labels of everything, in one language.
#[derive(Clone, Debug)]
pub struct Words {
    lang: Lang,
    definitions: Vec<Arc<Definition>>,
    roles: RoleTable,
}

impl Words {
    /// The words of these definitions.
    pub fn new(lang: Lang, definitions: Vec<Arc<Definition>>) -> Self {
        Self { lang, definitions, roles: roles::table() }
    }

    /// The language.
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// The same words in another language.
    #[must_use]
    pub fn in_lang(&self, lang: Lang) -> Self {
        Self { lang, ..self.clone() }
    }

    /// The text of a label.
    pub fn label(&self, label: &Label) -> String {
        self.lang.of(&label.zh, &label.en).to_owned()
    }

    /// The newest definition of a procedure.
    pub fn definition(&self, procedure: &str) -> Option<&Arc<Definition>> {
        self.definitions.iter().find(|definition| definition.name() == procedure)
    }

    /// The definitions.
    pub fn definitions(&self) -> &[Arc<Definition>] {
        &self.definitions
    }

    /// A procedure.
    pub fn procedure(&self, name: &str) -> String {
        self.or_name(name, self.definition(name).map(|definition| definition.label().clone()))
    }

    /// A state of a procedure.
    pub fn state(&self, procedure: &str, name: &str) -> String {
        let label = match name {
            ANNULLED => Some(Label::new("已作废", "annulled")),
            MERGED => Some(Label::new("已并入", "merged")),
            _ => self
                .definition(procedure)
                .and_then(|definition| definition.state(name))
                .map(|state| state.label.clone()),
        };
        self.or_name(name, label)
    }

    /// A transition of a procedure, or a step of the engine.
    pub fn transition(&self, procedure: &str, name: &str) -> String {
        let own = self.definition(procedure).and_then(|definition| definition.transition(name));
        let label = own.map(|spec| spec.label.clone()).or_else(|| engine_step(name));
        self.or_name(name, label)
    }

    /// A duty or wait of a procedure, or a duty of the engine.
    pub fn duty(&self, procedure: &str, name: &str) -> String {
        let label = self.definition(procedure).and_then(|definition| {
            let duty = definition.duty(name).map(|duty| duty.label.clone());
            let waits = definition.waits();
            duty.or_else(|| {
                waits.iter().find(|wait| wait.name == name).map(|wait| wait.label.clone())
            })
        });
        let engine = || {
            let step = WideStep::ALL.iter().find(|step| step.confirming() == name)?;
            let Label { zh, en } = step.label();
            Some(Label::owned(format!("复核“{zh}”"), format!("confirm: {en}")))
        };
        self.or_name(name, label.or_else(engine))
    }

    /// A role.
    pub fn role(&self, role: &Role) -> String {
        self.or_name(role.as_str(), self.roles.get(role).map(|spec| spec.label.clone()))
    }

    /// Roles, one after the other.
    pub fn roles<'r>(&self, roles: impl IntoIterator<Item = &'r Role>) -> String {
        let names: Vec<_> = roles.into_iter().map(|role| self.role(role)).collect();
        names.join(self.lang.of("、", ", "))
    }

    /// The party of a role, by name.
    pub fn party_of(&self, role: &Role) -> &'static str {
        self.roles.get(role).map_or("unknown", |spec| spec.party)
    }

    /// A party.
    pub fn party(&self, name: &str) -> String {
        let label = match name {
            "family" => Label::new("家庭", "family"),
            "school" => Label::new("学校", "school"),
            "township_village" => Label::new("镇村", "township and village"),
            "department" => Label::new("部门", "department"),
            "mass_organization" => Label::new("群团", "mass organization"),
            "social" => Label::new("社会", "social"),
            "judicial_organ" => Label::new("司法机关", "judicial organ"),
            _ => return name.to_owned(),
        };
        self.label(&label)
    }

    /// A mechanism.
    pub fn mechanism(&self, name: &str) -> String {
        let label = match name {
            "joint_meeting" => Label::new("联席会议", "joint meeting"),
            "early_warning" => Label::new("预警排查", "early warning and screening"),
            "mandatory_report" => Label::new("强制报告", "mandatory report"),
            "emergency_response" => Label::new("应急处置", "emergency response"),
            "assessment" | "assessment_assistance" => {
                Label::new("评估帮扶", "assessment and assistance")
            }
            "guardianship" => Label::new("监护干预", "guardianship intervention"),
            _ => return name.to_owned(),
        };
        self.label(&label)
    }

    /// What an area is to a case.
    pub fn purpose(&self, purpose: AreaPurpose) -> String {
        self.label(&match purpose {
            AreaPurpose::Residence => Label::new("居住地", "residence"),
            AreaPurpose::Incident => Label::new("事发地", "incident"),
            AreaPurpose::Hukou => Label::new("户籍地", "hukou"),
            AreaPurpose::School => Label::new("就读地", "school"),
            AreaPurpose::Unit => Label::new("单位所在地", "unit"),
        })
    }

    /// What a case is about.
    pub fn subject(&self, kind: SubjectKind) -> String {
        self.label(&match kind {
            SubjectKind::Child => Label::new("儿童", "child"),
            SubjectKind::UnidentifiedChild => Label::new("身份不明儿童", "unidentified child"),
            SubjectKind::Unit => Label::new("单位", "unit"),
            SubjectKind::Village => Label::new("村", "village"),
            SubjectKind::Town => Label::new("镇", "town"),
            SubjectKind::County => Label::new("县", "county"),
        })
    }

    /// What kind an entry is of.
    pub fn kind(&self, kind: Kind) -> String {
        self.label(&match kind {
            Kind::Step => Label::new("办理", "step"),
            Kind::OpenedBy => Label::new("转办开案", "opened by a handoff"),
            Kind::Informed => Label::new("告知", "informed"),
            Kind::Engine => Label::new("通用办理", "engine-wide step"),
            Kind::Proposed => Label::new("待复核", "proposed"),
            Kind::Escalate => Label::new("逐级提醒", "escalation"),
            Kind::Reproject => Label::new("重算期限", "reckoned anew"),
            Kind::Staff => Label::new("人员变动", "staff"),
        })
    }

    /// How a duty stands.
    pub fn duty_state(&self, name: &str) -> String {
        let label = match name {
            "open" => Label::new("未办", "open"),
            "fulfilled" => Label::new("已办", "done"),
            "cancelled" => Label::new("已取消", "cancelled"),
            "excused" => Label::new("已免办", "excused"),
            _ => return name.to_owned(),
        };
        self.label(&label)
    }

    /// The limit of a rule pack, by its label.
    pub fn limit(&self, rules: &RulePack, id: &str) -> String {
        let id = hexacase::duty::time_limit::LimitId::named(id);
        self.or_name(id.as_str(), rules.limit(&id).map(|limit| limit.label.clone()))
    }

    /// The label of a code of a form, if a code list has it.
    pub fn code(&self, list: &str, code: &str) -> String {
        let lists = codes::lists();
        let values = lists.iter().find(|(name, _)| *name == list).map(|(_, values)| values);
        let label = values.and_then(|values| values.iter().find(|(name, _)| *name == code));
        self.or_name(code, label.map(|(_, label)| label.clone()))
    }

    fn or_name(&self, name: &str, label: Option<Label>) -> String {
        label.map_or_else(|| name.to_owned(), |label| self.label(&label))
    }
}

/// Steps that no definition has.
fn engine_step(name: &str) -> Option<Label> {
    let other = match name {
        "escalate" => Some(Label::new("逐级提醒", "escalate")),
        ONLY_TOLD => Some(Label::new("知悉办理结果", "told what became of it")),
        "reproject" => Some(Label::new("重算期限", "reckon deadlines anew")),
        "staff_leave" => Some(Label::new("离岗登记", "absence")),
        "staff_deputy" => Some(Label::new("指定代理人", "deputy")),
        "staff_transfer" => Some(Label::new("人员调动", "transfer")),
        "change_staff" => Some(Label::new("人员变动", "change staff")),
        _ => None,
    };
    WideStep::named(name).map(WideStep::label).or(other)
}
