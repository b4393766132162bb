//! The roles of the county's work, their parties, and the groups the tables speak of.
//!
//! Each role and each group is a slice of the same type, so that a table reads
//! `&[FRONT, TOWN_STATION]`. Sources: the county's scheme and the laws named at the roles in the
//! domain's table; which party a role belongs to is our reading of the scheme, not law.

use crate::terms::{
    actor::{Account, MatchBy, Role, RoleSpec, RoleTable},
    label::Label,
};

macro_rules! roles {
    ($($constant:ident = $name:literal, $zh:literal, $en:literal, $party:literal, $account:ident, $by:ident;)*) => {
        $(
            #[doc = concat!($zh, ": ", $en, ".")]
            pub const $constant: &[Role] = &[Role::new($name)];
        )*

        /// Every role, in table order.
        pub fn table() -> RoleTable {
            RoleTable::new(vec![$(
                RoleSpec {
                    role: Role::new($name),
                    label: Label::new($zh, $en),
                    party: $party,
                    account: Account::$account,
                    match_by: MatchBy::$by,
                },
            )*])
        }
    };
}

roles! {
    CHILD_WELFARE_DIRECTOR = "child_welfare_director", "儿童主任", "village child welfare director", "township_village", Yes, Area;
    CHILD_WELFARE_SUPERVISOR = "child_welfare_supervisor", "儿童督导员", "town child welfare supervisor", "township_village", Yes, Area;
    VILLAGE_COMMITTEE = "village_committee", "村（居）民委员会", "village committee", "township_village", Some, Area;
    GRID_WORKER = "grid_worker", "网格员", "grid worker", "township_village", Some, Area;
    VILLAGE_DOCTOR = "village_doctor", "村医", "village doctor", "township_village", No, Area;
    TOWN_STATION = "town_station", "镇未成年人保护工作站", "town station", "township_village", Yes, Area;
    TOWN_LEADER = "town_leader", "镇分管领导", "town leader", "township_village", Yes, Area;
    TOWN_SOCIAL_WORK = "town_social_work", "乡镇社工站", "town social work", "social", Some, Unit;
    CIVIL_AFFAIRS_BUREAU = "civil_affairs_bureau", "县民政局", "civil affairs bureau", "department", Yes, Area;
    MINOR_PROTECTION_CENTER = "minor_protection_center", "未成年人救助保护中心", "minor protection center", "department", Yes, Area;
    CHILD_WELFARE_INSTITUTION = "child_welfare_institution", "儿童福利机构", "child welfare institution", "department", Some, Unit;
    WOMEN_CHILDREN_OFFICE = "women_children_office", "妇儿工委办", "women children office", "department", Yes, Area;
    JOINT_MEETING_OFFICE = "joint_meeting_office", "联席会议办公室", "joint meeting office", "department", Yes, Area;
    CONVENER = "convener", "召集人", "convener", "department", Yes, Area;
    COUNTY_LEADER = "county_leader", "分管副县长", "county leader", "department", Some, Area;
    MEMBER_LIAISON = "member_liaison", "成员单位联络员", "member liaison", "department", Yes, Unit;
    GOVERNMENT_INSPECTION_OFFICE = "government_inspection_office", "县政府督查室、考核办", "government inspection office", "department", Yes, Area;
    EDUCATION_BUREAU = "education_bureau", "教体局", "education bureau", "department", Yes, Area;
    SCHOOL = "school", "学校、幼儿园", "school", "school", Yes, Unit;
    HOMEROOM_TEACHER = "homeroom_teacher", "班主任", "homeroom teacher", "school", Some, Unit;
    LAW_VICE_PRINCIPAL = "law_vice_principal", "法治副校长", "law vice principal", "school", No, Area;
    HEALTH_BUREAU = "health_bureau", "卫健局", "health bureau", "department", Yes, Area;
    MEDICAL_INSTITUTION = "medical_institution", "医疗机构", "medical institution", "department", No, Area;
    FINANCE_BUREAU = "finance_bureau", "财政局", "finance bureau", "department", Some, Area;
    HUMAN_RESOURCES_BUREAU = "human_resources_bureau", "人社局", "human resources bureau", "department", Some, Area;
    MEDICAL_INSURANCE_BUREAU = "medical_insurance_bureau", "医保局", "medical insurance bureau", "department", Some, Area;
    JUSTICE_BUREAU = "justice_bureau", "司法局、法律援助、社区矫正", "justice bureau", "department", Some, Area;
    PUBLICITY_DEPARTMENT = "publicity_department", "宣传部", "publicity department", "department", Some, Area;
    POLICE_STATION = "police_station", "派出所", "police station", "department", No, Area;
    COUNTY_POLICE = "county_police", "县公安局", "county police", "department", No, Area;
    PROCURATORATE = "procuratorate", "检察院（未检）", "procuratorate", "judicial_organ", No, Area;
    COURT = "court", "法院", "court", "judicial_organ", No, Area;
    DISCIPLINE_ORGAN = "discipline_organ", "纪检监察、组织部门", "discipline organ", "department", No, Area;
    WOMENS_FEDERATION = "womens_federation", "妇联", "womens federation", "mass_organization", Yes, Area;
    YOUTH_LEAGUE = "youth_league", "团县委", "youth league", "mass_organization", Some, Area;
    DISABLED_FEDERATION = "disabled_federation", "残联", "disabled federation", "mass_organization", Some, Area;
    LABOUR_UNION = "labour_union", "工会", "labour union", "mass_organization", Some, Area;
    CARE_COMMITTEE = "care_committee", "关工委", "care committee", "mass_organization", Some, Area;
    CHARITY_ASSOCIATION = "charity_association", "县慈善协会", "charity association", "mass_organization", Some, Area;
    HOTLINE_OPERATOR = "hotline_operator", "热线接线员", "hotline operator", "department", Some, Unit;
    SOCIAL_WORKER = "social_worker", "社工", "social worker", "social", Some, Unit;
    PSYCHOLOGIST = "psychologist", "心理咨询师", "psychologist", "social", Some, Unit;
    LAWYER = "lawyer", "律师", "lawyer", "social", No, Unit;
    VOLUNTEER = "volunteer", "志愿者、结对人", "volunteer", "social", No, Area;
    DONOR = "donor", "捐赠人", "donor", "social", No, Area;
    PARENT_GUARDIAN = "parent_guardian", "父母、监护人", "parent guardian", "family", No, Area;
    ENTRUSTED_CARER = "entrusted_carer", "受委托照护人", "entrusted carer", "family", No, Area;
    RELATIVE = "relative", "亲属", "relative", "family", No, Area;
    TEMPORARY_CARER = "temporary_carer", "临时照料人", "temporary carer", "family", No, Area;
    COMPLAINANT = "complainant", "控告人、申请人", "complainant", "family", No, Area;
    ANY_REPORTER = "any_reporter", "任何报告人", "any reporter", "social", No, Area;
    AUDITOR = "auditor", "审计员", "auditor", "department", Yes, Area;
    DATA_ADMIN = "data_admin", "数据管理员", "data admin", "department", Yes, Area;
    SYSTEM = "system", "系统", "system", "engine", No, Area;
}

/// The group @front.
pub const FRONT: &[Role] = &[
    Role::new("child_welfare_director"),
    Role::new("child_welfare_supervisor"),
    Role::new("school"),
    Role::new("womens_federation"),
    Role::new("health_bureau"),
    Role::new("minor_protection_center"),
];

/// The group @town.
pub const TOWN: &[Role] = &[Role::new("child_welfare_supervisor"), Role::new("town_station")];

/// The group @county.
pub const COUNTY: &[Role] =
    &[Role::new("civil_affairs_bureau"), Role::new("minor_protection_center")];

/// The group @case.
pub const CASE: &[Role] = &[
    Role::new("child_welfare_supervisor"),
    Role::new("town_station"),
    Role::new("civil_affairs_bureau"),
    Role::new("minor_protection_center"),
];

/// The group @police.
pub const POLICE: &[Role] = &[Role::new("police_station"), Role::new("county_police")];

/// The group @dept.
pub const DEPT: &[Role] =
    &[Role::new("civil_affairs_bureau"), Role::new("education_bureau"), Role::new("health_bureau")];

/// The group @family.
pub const FAMILY: &[Role] =
    &[Role::new("parent_guardian"), Role::new("entrusted_carer"), Role::new("relative")];

/// The group @office.
pub const OFFICE: &[Role] =
    &[Role::new("joint_meeting_office"), Role::new("women_children_office")];

/// The group @provider.
pub const PROVIDER: &[Role] = &[
    Role::new("social_worker"),
    Role::new("psychologist"),
    Role::new("lawyer"),
    Role::new("town_social_work"),
];

/// The group @reporter.
pub const REPORTER: &[Role] = &[
    Role::new("child_welfare_director"),
    Role::new("child_welfare_supervisor"),
    Role::new("school"),
    Role::new("womens_federation"),
    Role::new("health_bureau"),
    Role::new("minor_protection_center"),
    Role::new("town_station"),
    Role::new("civil_affairs_bureau"),
];

/// The group @receiver.
pub const RECEIVER: &[Role] = &[
    Role::new("member_liaison"),
    Role::new("school"),
    Role::new("womens_federation"),
    Role::new("town_station"),
];

/// The group @employer.
pub const EMPLOYER: &[Role] =
    &[Role::new("town_leader"), Role::new("civil_affairs_bureau"), Role::new("school")];

/// The group @inspector.
pub const INSPECTOR: &[Role] = &[
    Role::new("government_inspection_office"),
    Role::new("civil_affairs_bureau"),
    Role::new("minor_protection_center"),
];

/// The group @applicant.
pub const APPLICANT: &[Role] = &[
    Role::new("civil_affairs_bureau"),
    Role::new("minor_protection_center"),
    Role::new("womens_federation"),
];

/// The group @follow.
pub const FOLLOW: &[Role] = &[Role::new("minor_protection_center"), Role::new("town_station")];

/// The group @near.
pub const NEAR: &[Role] = &[
    Role::new("child_welfare_supervisor"),
    Role::new("town_station"),
    Role::new("minor_protection_center"),
];

/// The group @village.
pub const VILLAGE: &[Role] = &[
    Role::new("child_welfare_director"),
    Role::new("child_welfare_supervisor"),
    Role::new("town_station"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_member_of_a_group_is_a_role_and_may_have_an_account_somewhere() {
        let table = table();
        for group in [
            FRONT, TOWN, COUNTY, CASE, POLICE, DEPT, FAMILY, OFFICE, PROVIDER, REPORTER, RECEIVER,
            EMPLOYER, INSPECTOR, APPLICANT, FOLLOW, NEAR, VILLAGE,
        ] {
            for role in group {
                assert!(table.get(role).is_some(), "{role}");
            }
        }
        assert_eq!(table.iter().count(), 54);
    }
}
