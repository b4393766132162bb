//! What the county's register 台账 says of a child. It stands in the sealed body only, never in an
//! attribute.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::terms::{area::AreaCode, text::Text, time::CivilDate};

macro_rules! register_facts {
    ($($(#[$doc:meta])* $field:ident: $type:ty),* $(,)?) => {
        /// A fact of the register, by the name of its field.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
        )]
        #[serde(rename_all = "snake_case")]
        #[expect(non_camel_case_types, reason = "the names are those of the fields")]
        pub enum RegisterField {
            $(
                $(#[$doc])*
                $field,
            )*
        }

        /// The facts of the register. All may be unknown; what is left out of an update stays.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(default, deny_unknown_fields)]
        pub struct RegisterFacts {
            $(
                $(#[$doc])*
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $field: Option<$type>,
            )*
        }

        impl RegisterFacts {
            /// Takes over what `newer` says.
            pub fn update(&mut self, newer: &Self) {
                $(
                    if newer.$field.is_some() {
                        self.$field.clone_from(&newer.$field);
                    }
                )*
            }

            /// Forgets what is known no longer.
            pub fn clear(&mut self, fields: &[RegisterField]) {
                for field in fields {
                    match field {
                        $(RegisterField::$field => self.$field = None,)*
                    }
                }
            }
        }
    };
}

register_facts! {
    /// 登记号.
    register_number: Text,
    /// 姓名.
    name: Text,
    /// 身份证件号码.
    id_number: Text,
    /// 无证件号码的原因.
    no_id_reason: Text,
    /// 性别.
    sex: Text,
    /// 出生日期.
    birth: CivilDate,
    /// 民族.
    ethnicity: Text,
    /// 户籍地区划, perhaps in another county.
    hukou: AreaCode,
    /// 就读学校.
    school: Text,
    /// 年级.
    grade: Text,
    /// 父亲状况.
    father_status: Text,
    /// 父亲所在地.
    father_place: Text,
    /// 母亲状况.
    mother_status: Text,
    /// 母亲所在地.
    mother_place: Text,
    /// 监护人.
    guardian: Text,
    /// 与儿童关系.
    relation: Text,
    /// 监护情况: good, fair or poor, as the register grades it.
    guardianship: Text,
    /// 照护情况, in words.
    condition: Text,
    /// 实际照护人.
    carer: Text,
    /// 联系电话.
    phone: Text,
    /// 健康状况.
    health: Text,
    /// 享受保障.
    benefits: Text,
    /// 备注.
    note: Text,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_update_changes_what_it_says_and_nothing_else() {
        let read = |facts| serde_json::from_value::<RegisterFacts>(facts).unwrap();
        let mut facts = read(json!({ "name": "甲", "birth": "2015-03-01", "school": "一小" }));
        facts.update(&read(json!({ "school": "二小", "grade": "三年级" })));
        let after = json!({
            "name": "甲", "birth": "2015-03-01", "school": "二小", "grade": "三年级"
        });
        assert_eq!(serde_json::to_value(&facts).unwrap(), after);
        facts.clear(&serde_json::from_value::<Vec<_>>(json!(["birth", "school"])).unwrap());
        let left = json!({ "name": "甲", "grade": "三年级" });
        assert_eq!(serde_json::to_value(&facts).unwrap(), left);
        assert!(serde_json::from_value::<RegisterFacts>(json!({ "nmae": "甲" })).is_err());
    }
}
