//! What a sheet and its rows are called, and how that tells a sheet of another database from ours.

use hexacase::{
    engine::Engine,
    terms::{
        id::{ActorId, CaseId, CommandId, Digest},
        time::CivilDate,
    },
};

use super::SheetFault;

/// Characters of a hash that stand in an id: enough to tell a slip of the pen, and another
/// database. Nobody has to be kept from forging: what a row asks for is checked like any step.
const SHORT: usize = 8;

/// The id of a sheet: county, person, week, what it holds, and from which database it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetId {
    /// For whom it was printed.
    pub actor: ActorId,
    /// The Monday of its week.
    pub monday: CivilDate,
    text: String,
}

impl SheetId {
    /// The id of a sheet with this content. The same content gives the same id, so that paper and
    /// workbook of one day go together.
    pub fn new(engine: &Engine, actor: &ActorId, monday: CivilDate, content: Digest) -> Self {
        let realm = engine.meta().realm.as_str();
        let head = format!("{realm}/{actor}/{monday}/{}", short(content));
        let text = format!("{head}/{}", check(engine, &head));
        Self { actor: actor.clone(), monday, text }
    }

    /// Reads an id.
    ///
    /// # Errors
    /// Of another county, of another database, or none.
    pub fn read(engine: &Engine, text: &str) -> Result<Self, SheetFault> {
        let text = text.trim();
        let bad = || SheetFault::BadSheetId;
        let (head, found) = text.rsplit_once('/').ok_or_else(bad)?;
        let (rest, content) = head.rsplit_once('/').ok_or_else(bad)?;
        let (rest, monday) = rest.rsplit_once('/').ok_or_else(bad)?;
        let (realm, actor) = rest.split_once('/').ok_or_else(bad)?;
        let actor = ActorId::new(actor).map_err(|_| bad())?;
        let monday = monday.parse().map_err(|_| bad())?;
        if content.len() != SHORT {
            return Err(bad());
        }
        let here = engine.meta().realm.as_str();
        if realm != here {
            let (found, here) = (realm.to_owned(), here.to_owned());
            return Err(SheetFault::OtherCounty { found, here });
        }
        if found != check(engine, head) {
            return Err(SheetFault::OtherDatabase);
        }
        Ok(Self { actor, monday, text: text.to_owned() })
    }

    /// The id as it stands on the sheet.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// What a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowId {
    /// Its number on the sheet, from 1.
    pub no: u32,
    /// The case.
    pub case: CaseId,
    /// The number of the duty in the case.
    pub duty: u32,
}

impl RowId {
    /// The key of the row: its number, and what tells that case and duty are those it was printed
    /// with.
    pub fn key(&self, sheet: &str) -> String {
        let Self { no, case, duty } = self;
        let hash = Digest::of_parts(&[
            b"sheet row",
            sheet.as_bytes(),
            &no.to_be_bytes(),
            case.as_bytes(),
            &duty.to_be_bytes(),
        ]);
        format!("{no:03}-{}", short(hash))
    }

    /// The number of a row, from its key.
    pub fn number(key: &str) -> Option<u32> {
        key.split_once('-')?.0.parse().ok().filter(|no| *no > 0)
    }
}

/// The id of the command that a row becomes.
pub fn command_of(sheet: &str, no: u32) -> CommandId {
    let hash = Digest::of_parts(&[b"sheet command", sheet.as_bytes(), &no.to_be_bytes()]);
    let mut id = [0; 16];
    for (to, from) in id.iter_mut().zip(hash.as_bytes()) {
        *to = *from;
    }
    CommandId::from_bytes(id)
}

fn check(engine: &Engine, head: &str) -> String {
    let origin = engine.meta().origin;
    short(Digest::of_parts(&[b"sheet", origin.as_bytes(), head.as_bytes()]))
}

fn short(hash: Digest) -> String {
    hash.to_string().chars().take(SHORT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_tells_another_case_duty_or_sheet() {
        let case = |end: u8| CaseId::from_bytes([end; 16]);
        let row = RowId { no: 3, case: case(1), duty: 2 };
        let key = row.key("a");
        assert_eq!(RowId::number(&key), Some(3));
        let others =
            [RowId { case: case(2), ..row }, RowId { duty: 3, ..row }, RowId { no: 4, ..row }];
        assert!(others.iter().all(|other| other.key("a") != key));
        assert_ne!(row.key("b"), key);
        assert_eq!(RowId::number("x-1"), None);
    }

    #[test]
    fn a_row_is_one_command_whoever_reads_it() {
        assert_eq!(command_of("a", 1), command_of("a", 1));
        assert_ne!(command_of("a", 1), command_of("a", 2));
        assert_ne!(command_of("a", 1), command_of("b", 1));
    }
}
