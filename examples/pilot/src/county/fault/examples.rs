//! One fault of each kind, for the list of codes.

use hexacase::terms::time::CivilDate;

use super::Fault;
use crate::{county::codes::Sex, spreadsheet::TableFault};

impl Fault {
    /// One fault of each kind, in the order of the enum. A test finds what is left out.
    pub fn examples() -> Vec<Self> {
        let day = CivilDate::from_days(16_495);
        let realm = "999999".parse().map(Self::OutsideCounty);
        let mut all = vec![
            Self::MissingFile,
            Self::Unreadable("…".to_owned()),
            Self::NoHeadings,
            Self::SeveralSheets("…".to_owned()),
            Self::NoSheet("…".to_owned()),
            Self::MissingColumn { zh: "姓名", key: "name" },
            Self::UnknownColumn,
            Self::RepeatedColumn,
            Self::RowWidth { expected: 24, found: 23 },
            Self::OneRow(2),
            Self::Merged("A2:A3".to_owned()),
            Self::CellError,
            Self::FormulaWithoutValue,
            Self::Required,
            Self::Nul,
            Self::TooLong,
            Self::WhiteSpace,
            Self::FullWidth,
            Self::Hidden('\u{200b}'),
            Self::BadDate,
            Self::BadTime,
            Self::BadArea,
            Self::BadId,
            Self::BadBool,
            Self::BadNumber,
            Self::BadName,
            Self::BadPhone,
            Self::DamagedNumber,
            Self::LostZero,
            Self::BadJson("…".to_owned()),
            Self::UnknownCode(Sex::LIST),
            Self::UnknownRole,
            Self::RoleWithoutAccount,
            Self::EmptyItem,
            Self::RepeatedItem("…".to_owned()),
            Self::IdentityDamaged,
            Self::IdentityLength(17),
            Self::IdentityCharacter,
            Self::IdentityBirth,
            Self::IdentityCheck('X'),
            Self::IdentityOtherBirth(day),
            Self::IdentityOtherSex(Sex::Male),
            Self::NoIdentityNorReason,
            Self::IdentityAndReason,
            Self::BornLater(day),
            Self::Duplicate { row: 2 },
            Self::SameChild { row: 2 },
            Self::ChildHasFile { number: "…".to_owned() },
            Self::OtherChild { name: "…".to_owned() },
            Self::OutsideOwnArea,
            Self::LostZeros { number: "0012".to_owned() },
            Self::UnknownTarget,
            Self::NoSuchHeading,
            Self::BadSetting("“是”或“否”"),
            Self::Dangling { file: "units.csv" },
        ];
        all.extend(realm);
        all.extend(TableFault::examples().into_iter().map(Self::Table));
        all.extend([
            Self::LevelLength(9),
            Self::EndsEarlier,
            Self::OwnDeputy,
            Self::NoChildNorDescription,
            Self::ChildAndDescription,
            Self::RecordedEarlier,
            Self::OutsideTime { from: day, to: day },
        ]);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_fault_has_an_example() {
        let source = include_str!("../fault.rs");
        let codes: Vec<_> = Fault::examples().iter().map(Fault::code).collect();
        let named = source.split("\"input.").skip(1).filter_map(|rest| rest.split('"').next());
        for code in named.map(|name| format!("input.{name}")) {
            assert!(codes.contains(&code.as_str()), "{code} has no example");
        }
    }
}
