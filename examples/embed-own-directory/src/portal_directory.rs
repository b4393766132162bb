//! The portal's tables of departments and accounts, read as a [`Directory`]. It writes to neither.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use hexacase::{
    care::roles,
    engine::{Directory, Staff},
    store::{StaffRow, StoreError},
    terms::{
        actor::Grant,
        area::{AreaCode, Realm},
        id::UnitId,
    },
};
use sqlx::{Row, SqlitePool, sqlite::SqliteRow};

/// The portal's tables. The counter is all that was added for the engine: with it the directory
/// sees that nothing changed without reading a county's people for every step.
pub(crate) const TABLES: &str = "\
CREATE TABLE IF NOT EXISTS department (id TEXT PRIMARY KEY, name TEXT NOT NULL, area TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS account (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  department TEXT NOT NULL REFERENCES department (id),
  post TEXT NOT NULL,
  leads BOOLEAN NOT NULL DEFAULT FALSE,
  active BOOLEAN NOT NULL DEFAULT TRUE
);
CREATE TABLE IF NOT EXISTS account_changes (count INTEGER NOT NULL);
INSERT INTO account_changes SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM account_changes);
CREATE TRIGGER IF NOT EXISTS account_added AFTER INSERT ON account
  BEGIN UPDATE account_changes SET count = count + 1; END;
CREATE TRIGGER IF NOT EXISTS account_changed AFTER UPDATE ON account
  BEGIN UPDATE account_changes SET count = count + 1; END;
CREATE TRIGGER IF NOT EXISTS account_removed AFTER DELETE ON account
  BEGIN UPDATE account_changes SET count = count + 1; END";

const PEOPLE: &str = "\
SELECT account.id, account.name, department, area, post, leads, active
FROM account JOIN department ON department.id = account.department";

/// Who the people are, as the portal has it.
#[derive(Debug)]
pub(crate) struct PortalDirectory {
    pool: SqlitePool,
    known: Mutex<Arc<Staff>>,
}

impl PortalDirectory {
    pub(crate) fn new(pool: SqlitePool) -> Self {
        Self { pool, known: Mutex::default() }
    }
}

#[async_trait]
impl Directory for PortalDirectory {
    fn name(&self) -> &'static str {
        "portal"
    }

    async fn staff(&self, _: &Realm) -> Result<Arc<Staff>, StoreError> {
        let changes = sqlx::query_scalar("SELECT count FROM account_changes");
        let changes: i64 = changes.fetch_one(&self.pool).await.map_err(failed)?;
        let known = Arc::clone(&self.known.lock().unwrap_or_else(PoisonError::into_inner));
        if known.revision() == changes {
            return Ok(known);
        }
        let rows = sqlx::query(PEOPLE).fetch_all(&self.pool).await.map_err(failed)?;
        let people: Result<Vec<_>, _> = rows.iter().map(person).collect();
        let staff = Arc::new(Staff::new(changes, people.map_err(failed)?));
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&staff);
        Ok(staff)
    }
}

/// An account as the engine knows a person. A post that is no role of the county's gives none.
fn person(row: &SqliteRow) -> Result<StaffRow, sqlx::Error> {
    let post: String = row.try_get("post")?;
    let unit: UnitId = text(row, "department")?;
    let area: AreaCode = text(row, "area")?;
    let specs = roles::table();
    let role = specs.iter().find(|spec| spec.label.zh == post).map(|spec| spec.role.clone());
    Ok(StaffRow {
        id: text(row, "id")?,
        name: row.try_get("name")?,
        grants: role
            .into_iter()
            .map(|role| Grant { role, area: area.clone(), unit: unit.clone() })
            .collect(),
        unit: unit.clone(),
        leader: row.try_get("leads")?,
        active: row.try_get("active")?,
        absences: Vec::new(),
    })
}

/// A column that is an id or a code of the engine's.
fn text<T>(row: &SqliteRow, column: &str) -> Result<T, sqlx::Error>
where
    T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>,
{
    row.try_get::<String, _>(column)?
        .parse()
        .map_err(|problem| sqlx::Error::Decode(Box::new(problem)))
}

fn failed(problem: sqlx::Error) -> StoreError {
    let operation = "read the portal's accounts";
    StoreError::Backend { operation, retryable: false, source: Box::new(problem) }
}
