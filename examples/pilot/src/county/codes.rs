//! The code lists of the county's files. Each value has one code for data and one Chinese name for
//! people; a cell may hold either.

use serde::Serialize;

/// A value of a code list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeName {
    /// What data says.
    pub code: &'static str,
    /// What people say.
    pub zh: &'static str,
}

macro_rules! code_list {
    ($($(#[$doc:meta])* $name:ident { $($variant:ident = $code:literal $zh:literal),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub enum $name {
            $(#[doc = $zh] #[serde(rename = $code)] $variant),*
        }

        impl $name {
            /// Every value, in the order of the file format.
            pub const LIST: &'static [CodeName] =
                &[$(CodeName { code: $code, zh: $zh }),*];

            /// The code used in data.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }

            /// The name people use.
            pub const fn zh(self) -> &'static str {
                match self { $(Self::$variant => $zh),* }
            }

            /// The value with this code or Chinese name.
            pub fn named(text: &str) -> Option<Self> {
                match text {
                    $($code | $zh => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    )*};
}

code_list! {
    /// How large an area is.
    AreaLevel { County = "county" "县", Town = "town" "乡镇", Village = "village" "村" }

    /// What an office is.
    UnitKind {
        CountyGovernment = "county_government" "县政府",
        CountyDepartment = "county_department" "县直部门",
        TownGovernment = "town_government" "乡镇政府",
        VillageCommittee = "village_committee" "村（居）委会",
        School = "school" "学校",
        MassOrganization = "mass_organization" "群团",
        SocialWorkStation = "social_work_station" "乡镇社工站",
        Provider = "provider" "服务机构",
        WelfareInstitution = "welfare_institution" "儿童福利机构",
        Hotline = "hotline" "热线",
    }

    /// A child's sex.
    Sex { Male = "male" "男", Female = "female" "女" }

    /// Why a child stands in the register. All but the first are kinds of 困境儿童.
    ChildType {
        LeftBehind = "left_behind_child" "留守儿童",
        InDifficulty = "child_in_difficulty" "困境儿童",
        Orphan = "orphan" "孤儿",
        Unsupported = "unsupported_child" "事实无人抚养儿童",
        Poverty = "child_in_poverty" "困难家庭儿童",
        Disabled = "disabled_child" "残疾儿童",
        SeriouslyIll = "seriously_ill_child" "重病儿童",
        ImproperGuardianship = "improper_guardianship" "监护不当儿童",
    }

    /// What is known of a parent.
    ParentStatus {
        Alive = "alive" "在家",
        Away = "away" "外出务工",
        Dead = "dead" "死亡",
        Missing = "missing" "失踪",
        ContactLost = "contact_lost" "失联",
        SeverelyDisabled = "severely_disabled" "重残",
        SeriouslyIll = "seriously_ill" "重病",
        InPrison = "in_prison" "服刑在押",
        DrugRehabilitation = "drug_rehabilitation" "强制隔离戒毒",
        LibertyRestricted = "liberty_restricted" "被限制人身自由",
        GuardianshipRevoked = "guardianship_revoked" "被撤销监护资格",
        Deported = "deported" "被遣送出境",
        Unknown = "unknown" "不详",
    }

    /// How well the guardian looks after the child.
    Guardianship { Good = "good" "好", Fair = "fair" "一般", Poor = "poor" "差" }

    /// How a happening reached whoever wrote it down.
    Channel {
        InPerson = "in_person" "当面",
        Visit = "visit" "走访",
        Telephone = "telephone" "电话",
        Hotline = "hotline" "热线",
        Online = "online" "网络",
        Paper = "paper" "书面",
    }
}

impl ChildType {
    /// Whether the type is 困境儿童 or one of its kinds.
    pub fn is_in_difficulty(self) -> bool {
        self != Self::LeftBehind
    }
}
