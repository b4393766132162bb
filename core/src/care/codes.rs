//! The code lists 代码表 of the forms: closed lists of values with their Chinese names.

macro_rules! code_lists {
    ($($(#[$doc:meta])* $list:ident { $($variant:ident = $name:literal, $zh:literal, $en:literal;)* })*) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize,
            serde::Deserialize, schemars::JsonSchema,
        )]
        pub enum $list {
            $(
                #[doc = concat!($zh, ": ", $en, ".")]
                #[serde(rename = $name)]
                $variant,
            )*
        }

        impl $list {
            /// Every value, in table order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name used in data.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// What people call it.
            pub const fn label(self) -> crate::terms::label::Label {
                match self { $(Self::$variant => crate::terms::label::Label::new($zh, $en)),* }
            }
        }
    )*

        /// Every list by its name, with the values and their labels: what forms and generated
        /// documents show.
        pub fn lists() -> Vec<(&'static str, Vec<(&'static str, crate::terms::label::Label)>)> {
            vec![$((
                stringify!($list),
                $list::ALL.iter().map(|value| (value.name(), value.label())).collect(),
            )),*]
        }
    };
}

code_lists! {
    /// The nine situations of the mandatory report (《关于建立侵害未成年人案件强制报告制度的意见（试行）》 第4条).
    ReportableSituation {
        GenitalInjury = "genital_injury", "生殖器官或隐私部位损伤", "injury of genitals or private parts";
        GirlUnder14Sexual = "girl_under_14_sexual", "不满十四周岁女性遭受性侵害、怀孕、流产", "girl under 14: sexual harm, pregnancy, abortion";
        Girl14PlusAssaultPregnancy = "girl_14_plus_assault_pregnancy", "十四周岁以上女性疑因受侵害怀孕、流产", "girl of 14 or over: pregnancy or abortion after a suspected assault";
        MultipleInjuriesOrNeglect = "multiple_injuries_or_neglect", "多处损伤、严重营养不良、意识不清，疑受家暴、欺凌、虐待、麻醉", "multiple injuries, severe malnutrition, unconsciousness";
        AbnormalDeathOrDisability = "abnormal_death_or_disability", "因自杀、自残、工伤、中毒、被麻醉、殴打等非正常伤残、死亡", "abnormal injury, disability or death";
        AbandonedOrUnattended = "abandoned_or_unattended", "被遗弃或者长期处于无人照料状态", "abandoned or left unattended for long";
        UnknownOriginMissingTrafficked = "unknown_origin_missing_trafficked", "来源不明、失踪或者被拐卖、收买", "of unknown origin, missing, trafficked";
        OrganizedBegging = "organized_begging", "被组织乞讨", "organized into begging";
        OtherSerious = "other_serious", "其他严重侵害身心健康或者面临危险的情形", "other serious harm or danger";
    }
    /// Where a report goes (未成年人保护法 第11、97条).
    ReportChannel {
        Police110 = "police_110", "110报警", "police emergency number 110";
        PoliceStation = "police_station", "派出所", "police station";
        CivilAffairs = "civil_affairs", "民政部门", "civil affairs";
        Education = "education", "教育部门", "education";
        Hotline = "hotline", "未成年人保护热线", "protection hotline";
        OtherDepartment = "other_department", "其他部门", "another department";
    }
    /// How a report ended. Recalled, still to be verified.
    ReportOutcome {
        AdministrativePenalty = "administrative_penalty", "行政处罚", "administrative penalty";
        NoPenalty = "no_penalty", "不予行政处罚", "no penalty";
        Mediation = "mediation", "调解", "mediation";
        WarningLetter = "warning_letter", "告诫书", "warning letter";
        InvestigationEnded = "investigation_ended", "终止调查", "investigation ended";
        CaseWithdrawn = "case_withdrawn", "撤销案件", "case withdrawn";
        SentToProsecution = "sent_to_prosecution", "移送审查起诉", "sent to prosecution";
        DepartmentHelp = "department_help", "部门帮扶处置", "helped by a department";
        Unfounded = "unfounded", "查否", "unfounded";
    }
    /// Grounds of temporary guardianship (未成年人保护法 第92条).
    TemporaryGuardianshipGround {
        VagrantOrUnidentified = "vagrant_or_unidentified", "流浪乞讨或者身份不明，暂时查找不到父母或者其他监护人", "vagrant or unidentified, guardians not found for now";
        GuardianMissingNoOther = "guardian_missing_no_other", "监护人下落不明且无其他人可以担任监护人", "guardian missing, nobody else";
        GuardianUnableObjectiveOrDisaster = "guardian_unable_objective_or_disaster", "监护人因自身客观原因或者突发事件不能履行监护职责", "guardian unable for objective reasons or a sudden event";
        GuardianRefusesUnattended = "guardian_refuses_unattended", "监护人拒绝或者怠于履行监护职责，导致无人照料", "guardian refuses, child unattended";
        GuardianInstigatesCrime = "guardian_instigates_crime", "监护人教唆、利用未成年人实施违法犯罪行为，需要带离安置", "guardian instigates crime";
        SeriouslyHarmedOrThreatened = "seriously_harmed_or_threatened", "遭受监护人严重伤害或者面临人身安全威胁，需要紧急安置", "seriously harmed or threatened by the guardian";
        OtherByLaw = "other_by_law", "法律规定的其他情形", "another ground by law";
    }
    /// Grounds of long-term guardianship by civil affairs (未成年人保护法 第94条).
    LongTermGround {
        ParentsNotFound = "parents_not_found", "查找不到未成年人的父母或者其他监护人", "parents or other guardians not found";
        GuardianDeadNoOther = "guardian_dead_no_other", "监护人死亡或者被宣告死亡且无其他人可以担任监护人", "guardian dead, nobody else";
        GuardianIncapacitatedNoOther = "guardian_incapacitated_no_other", "监护人丧失监护能力且无其他人可以担任监护人", "guardian incapacitated, nobody else";
        CourtAppointedCivilAffairs = "court_appointed_civil_affairs", "人民法院判决撤销监护人资格并指定由民政部门担任监护人", "the court appointed civil affairs";
        OtherByLaw = "other_by_law", "法律规定的其他情形", "another ground by law";
    }
    /// Situations in which a guardian's right can be revoked
    /// (《关于依法处理监护人侵害未成年人权益行为若干问题的意见》第35条).
    RevocationGround {
        SevereAbuse = "severe_abuse", "性侵害、出卖、遗弃、虐待、暴力伤害，严重损害身心健康", "severe abuse";
        LeftUnattendedAfterEducation = "left_unattended_after_education", "置于无人监管和照看的状态，面临死亡或者严重伤害危险，经教育不改", "left unattended in danger, no change after education";
        RefusalSixMonths = "refusal_six_months", "拒不履行监护职责长达六个月以上，导致流离失所或者生活无着", "refuses to perform for six months or more";
        ViceOrPrisonAndRefusesDelegation = "vice_or_prison_and_refuses_delegation", "有吸毒、赌博、长期酗酒等恶习或者服刑等无法履行监护职责，且拒绝委托他人", "vice or prison, and refuses to delegate";
        BeggingThreeWarnings = "begging_three_warnings", "胁迫、诱骗、利用乞讨，经批评教育三次以上拒不改正", "made to beg, no change after three warnings";
        InstigatingCrime = "instigating_crime", "教唆、利用实施违法犯罪行为，情节恶劣", "instigates crime";
        OtherSerious = "other_serious", "其他严重侵害合法权益行为", "another serious violation";
    }
    /// Where a child is placed (未成年人保护法 第93条; the last two by practice).
    PlacementKind {
        Relative = "relative", "亲属抚养", "relative";
        FosterFamily = "foster_family", "家庭寄养", "foster family";
        MinorProtectionInstitution = "minor_protection_institution", "未成年人救助保护机构", "minor protection institution";
        ChildWelfareInstitution = "child_welfare_institution", "儿童福利机构", "child welfare institution";
        BoardingSchool = "boarding_school", "寄宿学校", "boarding school";
        Hospital = "hospital", "医院", "hospital";
    }
    /// Measures against a guardian (未成年人保护法 第118条; 家庭教育促进法 第48、49条; 反家庭暴力法 第16、33条).
    GuardianMeasureKind {
        Admonish = "admonish", "劝诫", "admonition";
        Reprimand = "reprimand", "训诫", "reprimand";
        OrderFamilyEducation = "order_family_education", "责令接受家庭教育指导", "order to take family education";
        SupervisionOrder = "supervision_order", "督促监护令", "supervision order";
        WarningLetter = "warning_letter", "告诫书", "warning letter";
        PublicSecurityPenalty = "public_security_penalty", "治安处罚", "public security penalty";
        CriminalProsecution = "criminal_prosecution", "追究刑事责任", "criminal prosecution";
    }
    /// What a visit gave. Only `met` fulfils a visit duty. Our own list.
    VisitResult {
        Met = "met", "见到儿童本人", "met the child";
        NotHome = "not_home", "不在家", "nobody at home";
        Refused = "refused", "拒绝见面", "refused";
        Moved = "moved", "已搬离", "moved away";
        PhoneOnly = "phone_only", "仅电话联系", "by phone only";
    }
    /// The colour of a risk. Local practice.
    Colour {
        Red = "red", "红色", "red";
        Yellow = "yellow", "黄色", "yellow";
        Blue = "blue", "蓝色", "blue";
        Green = "green", "绿色", "green";
    }
    /// Where a clue comes from. Our own list.
    ClueSource {
        Director = "director", "儿童主任", "village director";
        School = "school", "学校", "school";
        GridWorker = "grid_worker", "网格员", "grid worker";
        Hotline = "hotline", "热线", "hotline";
        Medical = "medical", "医疗机构", "hospital";
        Police = "police", "公安", "police";
        Neighbour = "neighbour", "邻里", "neighbor";
        Child = "child", "儿童本人", "the child";
        DataMatch = "data_match", "数据比对", "data match";
        OverdueVisit = "overdue_visit", "走访逾期", "overdue visit";
        Other = "other", "其他", "other";
    }
    /// The items of the four-colour instrument that make a case red whatever its score. As read
    /// in a local system's rules; the county decides.
    ForcedRedItem {
        NotPerforming3Months = "not_performing_3_months", "监护人不履行监护职责三个月以上", "guardian not performing for 3 months or more";
        CarerWithoutCapacity = "carer_without_capacity", "照护人无民事行为能力", "carer without capacity";
        CarerLimitedCapacity = "carer_limited_capacity", "限制民事行为能力人照护不满八周岁儿童或不满十四周岁异性儿童", "carer of limited capacity with a child under 8 (or of the other sex under 14)";
        GuardianHarming = "guardian_harming", "监护人实施侵害", "guardian harming";
        FailureToOffendingOrVictim = "failure_to_offending_or_victim", "监护失职致违法犯罪或受侵害", "failure leading to offending or victimization";
        Vagrant = "vagrant", "流浪", "vagrant";
        NoHukou = "no_hukou", "无户籍", "no household registration";
        NoGuardian = "no_guardian", "无人监护", "no guardian";
        UntreatedOrWithheld = "untreated_or_withheld", "重病重残未得到治疗或应享待遇被扣留", "serious illness or disability untreated, or benefits withheld";
        SevereMalnutrition = "severe_malnutrition", "严重营养不良", "severe malnutrition";
        SeriousMisconduct = "serious_misconduct", "严重不良行为", "serious misconduct";
        Suicide = "suicide", "自杀行为", "suicide";
        SelfHarm = "self_harm", "自残行为", "self-harm";
    }
    /// Who went out. By practice; 民发〔2021〕5号.
    ResponderKind {
        Police = "police", "公安", "police";
        Town = "town", "乡镇", "town";
        Village = "village", "村（居）", "village";
        School = "school", "学校", "school";
        Medical = "medical", "医疗机构", "hospital";
    }
    /// What kind of meeting the joint meeting holds.
    MeetingKind {
        Plenary = "plenary", "全体会议", "plenary";
        Thematic = "thematic", "专题会议", "thematic meeting";
        Liaison = "liaison", "联络员会议", "meeting of the liaisons";
        CaseConference = "case_conference", "个案会商", "case conference";
    }
    /// Where an item of the agenda comes from.
    AgendaSource {
        Member = "member", "成员单位", "a member unit";
        Escalation = "escalation", "逐级提醒", "the ladder of reminders";
        Incident = "incident", "事件", "an incident";
        Inspection = "inspection", "督查", "an inspection";
    }
    /// What a unit is asked to do.
    ActionKind {
        Task = "task", "任务", "a task";
        Study = "study", "调研", "a study";
        Policy = "policy", "出台政策", "a policy";
        Rectification = "rectification", "整改", "a rectification";
        CaseHelp = "case_help", "个案帮扶", "help in a case";
    }
    /// Where the items of a cancelled meeting go.
    ItemsGoTo {
        AnotherMeeting = "another_meeting", "转入另一次会议", "to another meeting";
        Deferred = "deferred", "暂缓", "deferred";
    }
    /// What a child needs (未成年人保护法 第91、111条).
    PlanNeed {
        Safety = "safety", "安全", "safety";
        Guardianship = "guardianship", "监护", "guardianship";
        Health = "health", "健康", "health";
        Psychology = "psychology", "心理", "psychology";
        Education = "education", "教育", "education";
        Welfare = "welfare", "福利保障", "welfare";
        Legal = "legal", "法律", "legal";
        Dwelling = "dwelling", "居所", "dwelling";
    }
    /// How well a child is guarded, as an assessment finds it. The grades differ by province; these
    /// four are local practice, and the county decides.
    CapacityGrade {
        Normal = "normal", "监护正常", "normal";
        Insufficient = "insufficient", "监护不足", "insufficient";
        Improper = "improper", "监护不当", "improper";
        Absent = "absent", "监护缺失", "absent";
    }
    /// Why a unit does not take a referral. Our own list.
    ReferralRefusal {
        NotOurFunction = "not_our_function", "不属本单位职责", "not our function";
        NoCapacity = "no_capacity", "暂无服务能力", "no capacity";
        NeedsMoreMaterial = "needs_more_material", "材料不全，需补充", "needs more material";
        ChildNotFound = "child_not_found", "找不到儿童", "the child was not found";
        AlreadyServed = "already_served", "已在服务中", "served already";
    }
    /// What happens to a child beside any procedure.
    LifeEvent {
        Turned16 = "turned_16", "年满16周岁", "turned 16";
        Turned18 = "turned_18", "年满18周岁", "turned 18";
        Died = "died", "死亡", "died";
        MovedAway = "moved_away", "迁离", "moved away";
    }
    /// Why a file ends.
    ExitReason {
        GoalMet = "goal_met", "帮扶目标达成", "goal met";
        ParentReturned = "parent_returned", "父母返乡", "parent returned";
        MovedAway = "moved_away", "迁离", "moved away";
        Adult = "adult", "成年", "of age";
        Died = "died", "死亡", "died";
        Adopted = "adopted", "被收养", "adopted";
        RegisteredByMistake = "registered_by_mistake", "误登记", "registered by mistake";
    }
}
