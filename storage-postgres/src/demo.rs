//! Taking a demo away. Real work is never taken away here, whoever asks.

use hexacase::store::StoreError;

use crate::{
    PostgresStore,
    migrate::{MIGRATIONS, Schema},
};

const OPERATION: &str = "take the demo away";

impl PostgresStore {
    /// Takes our tables away with all they hold, if every realm in them is a demo. The schema
    /// stays, and whatever else is in it. The store and its clones are of no use afterwards: connect
    /// anew.
    ///
    /// # Errors
    /// [`StoreError::Unsafe`] for real work; [`StoreError::SchemaOlder`] or
    /// [`StoreError::SchemaNewer`], where it cannot be told; [`StoreError::Backend`] where
    /// something of somebody else's rests on our tables. Nothing was taken away then.
    pub async fn drop_demo(&self) -> Result<(), StoreError> {
        let mut lease = self.shared().lease().await?;
        lease.in_use();
        self.shared().schema(lease.connection().await?).drop_demo().await?;
        lease.as_lent();
        Ok(())
    }
}

impl Schema<'_> {
    /// Drops the tables, once they are locked and seen to be those of demos.
    pub(crate) async fn drop_demo_locked(&mut self) -> Result<(), StoreError> {
        self.run(OPERATION, "LOCK TABLE {prefix}migration IN ACCESS EXCLUSIVE MODE").await?;
        if let Some(real) = self.realms().await?.into_iter().find(|meta| !meta.demo) {
            return Err(StoreError::Unsafe {
                setting: "the database",
                found: format!("one with real work, for realm {}", real.realm),
                expected: "a demo",
            });
        }
        for (kind, names) in made() {
            // By name and without CASCADE: what somebody else built upon them stands in the way.
            let names: Vec<_> = names.iter().map(|name| format!("{{prefix}}{name}")).collect();
            if !names.is_empty() {
                self.run(OPERATION, &format!("DROP {kind} {}", names.join(", "))).await?;
            }
        }
        Ok(())
    }
}

/// What our migrations make, what rests on others first. Indexes go with their tables.
fn made() -> [(&'static str, Vec<&'static str>); 2] {
    let of = |kind: &str| {
        let lines = MIGRATIONS.iter().flat_map(|(_, text)| text.lines());
        let names = lines.filter_map(|line| {
            let rest =
                line.strip_prefix("CREATE ")?.strip_prefix(kind)?.strip_prefix(" {prefix}")?;
            rest.split([' ', '(']).next()
        });
        names.collect::<Vec<_>>()
    };
    let mut tables = of("TABLE");
    tables.push("migration");
    [("VIEW", of("VIEW")), ("TABLE", tables)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_the_migrations_make_is_known_by_name() {
        for (name, text) in MIGRATIONS {
            for line in text.lines().filter(|line| line.contains("CREATE ")) {
                let known = [
                    "CREATE TABLE {prefix}",
                    "CREATE VIEW {prefix}",
                    "CREATE INDEX ",
                    "CREATE UNIQUE INDEX ",
                ];
                assert!(known.iter().any(|start| line.starts_with(start)), "{name}: {line}");
            }
        }
        let [(_, _), (_, tables)] = made();
        assert!(tables.contains(&"case_file") && tables.contains(&"migration"), "{tables:?}");
    }
}
