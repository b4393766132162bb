//! The roles that the files may name, with their Chinese names.

use hexacase::terms::actor::Account::{self, No, Some, Yes};

/// A role as the files name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoleName {
    /// What data says.
    pub code: &'static str,
    /// What people say.
    pub zh: &'static str,
    /// Whether its people have accounts; only those may stand in `staff.csv`.
    pub account: Account,
}

const fn role(code: &'static str, zh: &'static str, account: Account) -> RoleName {
    RoleName { code, zh, account }
}

/// Every role of people, in the order of the role table.
pub const ROLES: &[RoleName] = &[
    role("child_welfare_director", "儿童主任", Yes),
    role("child_welfare_supervisor", "儿童督导员", Yes),
    role("village_committee", "村（居）民委员会", Some),
    role("grid_worker", "网格员", Some),
    role("village_doctor", "村医", No),
    role("town_station", "镇未成年人保护工作站", Yes),
    role("town_leader", "镇分管领导", Yes),
    role("town_social_work", "乡镇社工站", Some),
    role("civil_affairs_bureau", "县民政局", Yes),
    role("minor_protection_center", "未成年人救助保护中心", Yes),
    role("child_welfare_institution", "儿童福利机构", Some),
    role("women_children_office", "妇儿工委办", Yes),
    role("joint_meeting_office", "联席会议办公室", Yes),
    role("convener", "召集人", Yes),
    role("county_leader", "分管副县长", Some),
    role("member_liaison", "成员单位联络员", Yes),
    role("government_inspection_office", "县政府督查室、考核办", Yes),
    role("education_bureau", "教体局", Yes),
    role("school", "学校、幼儿园", Yes),
    role("homeroom_teacher", "班主任", Some),
    role("law_vice_principal", "法治副校长", No),
    role("health_bureau", "卫健局", Yes),
    role("medical_institution", "医疗机构", No),
    role("finance_bureau", "财政局", Some),
    role("human_resources_bureau", "人社局", Some),
    role("medical_insurance_bureau", "医保局", Some),
    role("justice_bureau", "司法局、法律援助、社区矫正", Some),
    role("publicity_department", "宣传部", Some),
    role("police_station", "派出所", No),
    role("county_police", "县公安局", No),
    role("procuratorate", "检察院（未检）", No),
    role("court", "法院", No),
    role("discipline_organ", "纪检监察、组织部门", No),
    role("womens_federation", "妇联", Yes),
    role("youth_league", "团县委", Some),
    role("disabled_federation", "残联", Some),
    role("labour_union", "工会", Some),
    role("care_committee", "关工委", Some),
    role("charity_association", "县慈善协会", Some),
    role("hotline_operator", "热线接线员", Some),
    role("social_worker", "社工", Some),
    role("psychologist", "心理咨询师", Some),
    role("lawyer", "律师", No),
    role("volunteer", "志愿者、结对人", No),
    role("donor", "捐赠人", No),
    role("parent_guardian", "父母、监护人", No),
    role("entrusted_carer", "受委托照护人", No),
    role("relative", "亲属", No),
    role("temporary_carer", "临时照料人", No),
    role("complainant", "控告人、申请人", No),
    role("any_reporter", "任何报告人", No),
    role("auditor", "审计员", Yes),
    role("data_admin", "数据管理员", Yes),
];

/// The role with this code or Chinese name. Names that hold a `、` can only be given by their code
/// where a cell holds a list.
pub fn named(text: &str) -> Option<&'static RoleName> {
    ROLES.iter().find(|role| role.code == text || role.zh == text)
}
