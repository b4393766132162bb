//! Row security: whether the database itself keeps a session within its realm.

use hexacase::{
    sql::{Prefix, broken},
    store::StoreError,
    terms::area::Realm,
};
use sqlx::{PgConnection, Row as _, postgres::PgRow};

use crate::link::{self, Counters, failed};

const OPERATION: &str = "check row security";

/// Tables of realms without a forced guard; whether the user is above every guard; which realm the
/// session was told; and whether a session of another realm, here nobody's, sees anything.
const LOOK: &str = "\
SELECT c.relname::text FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'realm'
  WHERE n.nspname = '{schema}' AND c.relkind IN ('r', 'p')
    AND NOT (c.relrowsecurity AND c.relforcerowsecurity) ORDER BY c.relname;
SELECT r.rolsuper OR r.rolbypassrls FROM pg_catalog.pg_roles AS r WHERE r.rolname = current_user;
SELECT current_setting('hexacase.realm', TRUE);
BEGIN READ ONLY;
SET LOCAL hexacase.realm = '';
SELECT EXISTS (SELECT 1 FROM {prefix}meta);
ROLLBACK";

/// Refuses a connection on which the guard does not hold.
///
/// # Errors
/// [`StoreError::Unsafe`] with what is missing.
pub(crate) async fn check(
    connection: &mut PgConnection,
    counters: &Counters,
    prefix: &Prefix,
    realm: &Realm,
) -> Result<(), StoreError> {
    let schema = prefix.as_str().trim_end_matches('.');
    let text = prefix.render(LOOK).replace("{schema}", schema);
    let parts = link::run_all(connection, counters, text).await.map_err(failed(OPERATION))?;
    let [open, above, told, _, _, seen, _] = parts.as_slice() else {
        return Err(broken(OPERATION, "the database gave too few answers"));
    };
    if let Some(row) = open.first() {
        let table: String = row.try_get(0).map_err(failed(OPERATION))?;
        return refused(format!("not forced on the table `{table}`"), RUN);
    }
    if first::<bool>(above)?.unwrap_or(true) {
        let expected = "a user that is neither superuser nor BYPASSRLS (`sql/roles.sql`)";
        return refused("without meaning for this user of the database".to_owned(), expected);
    }
    let told = first::<String>(told)?.unwrap_or_default();
    if told != realm.as_str() {
        return refused(
            format!("for realm `{told}` in this session"),
            "the store's realm in `hexacase.realm`, e.g. ALTER ROLE app SET hexacase.realm",
        );
    }
    if first::<bool>(seen)?.unwrap_or(true) {
        return refused("there, and another realm's rows are seen all the same".to_owned(), RUN);
    }
    Ok(())
}

const RUN: &str = "forced on every table: run `sql/row_security.sql`";

fn refused(found: String, expected: &'static str) -> Result<(), StoreError> {
    Err(StoreError::Unsafe { setting: "row security", found, expected })
}

fn first<T>(rows: &[PgRow]) -> Result<Option<T>, StoreError>
where
    T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
{
    let row = rows.first();
    row.map_or(Ok(None), |row| row.try_get(0)).map_err(failed(OPERATION))
}
