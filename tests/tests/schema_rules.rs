//! The rules of the schema: they keep partitioning by realm and databases that speak PostgreSQL
//! open, and the outcome of a statement a function of its parameters.
//!
//! Reads the migrations and the statements of the storage crates as text; no database is opened,
//! and whether a statement is valid is for the conformance suite to say.

use std::collections::BTreeMap;

use hexacase_tests::{
    rust_source::{self, read_crate},
    sql::{Kind, Token, in_brackets, split_at_commas, statements, tokens},
    workspace,
};

/// The statements a migration is made of, by their first words.
const HEADS: &[&[&str]] = &[
    &["create", "table"],
    &["create", "index"],
    &["create", "unique", "index"],
    &["create", "schema"],
    &["create", "view"],
    &["alter", "table"],
    &["drop", "index"],
    &["comment", "on"],
    &["insert", "into"],
    &["update"],
];

/// Words that stand for a value made by the database, or for what only one database has.
const BANNED: &[&str] = &[
    "autoincrement",
    "serial",
    "bigserial",
    "smallserial",
    "identity",
    "generated",
    "current_timestamp",
    "current_date",
    "current_time",
    "localtime",
    "localtimestamp",
    "notify",
    "pg_notify",
];

/// Functions whose answer is not decided by their arguments, or that hide a time or an id.
const VOLATILE: &[&str] = &[
    "now",
    "random",
    "randomblob",
    "date",
    "time",
    "datetime",
    "julianday",
    "strftime",
    "unixepoch",
    "clock_timestamp",
    "statement_timestamp",
    "transaction_timestamp",
    "timeofday",
    "nextval",
    "currval",
    "lastval",
    "gen_random_uuid",
    "uuid_generate_v4",
    "uuidv4",
    "uuidv7",
    "pg_advisory_lock",
    "pg_advisory_xact_lock",
    "pg_try_advisory_lock",
    "pg_try_advisory_xact_lock",
];

/// Tables whose rows are written once. Compared without prefix and plural.
const INSERT_ONLY: &[&str] = &["entry", "leaf", "seal", "message", "rung", "command"];

#[derive(Clone, Copy, PartialEq)]
enum Database {
    Sqlite,
    Postgres,
}

impl Database {
    fn of(path: &str) -> Self {
        if path.starts_with("storage-postgres") { Self::Postgres } else { Self::Sqlite }
    }

    fn types(self) -> &'static [&'static str] {
        match self {
            // A STRICT table knows no BIGINT.
            Self::Sqlite => &["text", "bigint", "integer", "blob", "boolean"],
            Self::Postgres => &["text", "bigint", "bytea", "boolean"],
        }
    }
}

/// Collects what is wrong in one file.
struct Lint<'a> {
    path: &'a str,
    database: Database,
    /// The text columns of each table whose order depends on the locale.
    by_locale: BTreeMap<String, Vec<String>>,
    found: Vec<String>,
}

impl Lint<'_> {
    fn say(&mut self, line: usize, what: &str) {
        self.found.push(format!("{}:{line}: {what}", self.path));
    }

    /// Rules for every piece of SQL, in a migration or in a statement.
    fn words(&mut self, statement: &[Token]) {
        for (index, token) in statement.iter().enumerate() {
            let Kind::Word { text, quoted: false } = &token.kind else {
                if token.kind == Kind::Text("now".to_owned()) {
                    self.say(token.line, "`'now'` reads the clock; pass the time in");
                }
                continue;
            };
            let word = text.to_ascii_lowercase();
            let called = statement.get(index + 1).is_some_and(|next| next.is_sign('('));
            if BANNED.contains(&word.as_str()) {
                self.say(token.line, &format!("`{text}`: the database makes no value by itself"));
            } else if called && VOLATILE.contains(&word.as_str()) {
                self.say(token.line, &format!("`{text}()` is volatile; pass the value in"));
            }
        }
    }

    fn migration(&mut self, text: &str) {
        for statement in &statements(text) {
            self.words(statement);
            let line = statement.first().map_or(0, |token| token.line);
            let Some(head) = HEADS.iter().find(|head| starts(statement, head)) else {
                self.say(line, "a migration holds tables, indexes and their data, nothing else");
                continue;
            };
            if let Some(token) = pair(statement, "on", "conflict") {
                self.say(token.line, "ON CONFLICT belongs to statements, not to the schema");
            }
            let rest = statement.get(head.len()..).unwrap_or_default();
            match head {
                ["create", "table"] => self.table(line, rest),
                ["alter", "table"] => self.alteration(rest),
                ["create", "unique", "index"] => {
                    let on = rest.iter().position(|token| token.is_word("on"));
                    let target = on.and_then(|on| rest.get(on + 1..)).unwrap_or_default();
                    let table = table_name(target).unwrap_or_default();
                    let columns = in_brackets(target).map(|(inside, _)| names(inside));
                    self.key("unique index", line, &table, &columns.unwrap_or_default());
                }
                _ => {}
            }
        }
    }

    fn table(&mut self, line: usize, rest: &[Token]) {
        let name = table_name(rest).unwrap_or_default();
        let Some((inside, _)) = in_brackets(rest) else {
            self.say(line, "a table names its columns; it is not made from a query");
            return;
        };
        if pair(inside, "primary", "key").is_none() {
            self.say(line, "the table has no primary key");
        }
        let parts = split_at_commas(inside);
        for part in &parts {
            self.note_collation(&name, part);
        }
        for part in &parts {
            self.column_or_constraint(&name, part);
        }
    }

    /// `ALTER TABLE t ADD …`; other alterations change names and touch no rule.
    fn alteration(&mut self, rest: &[Token]) {
        let name = table_name(rest).unwrap_or_default();
        for part in split_at_commas(rest) {
            let Some(add) = part.iter().position(|token| token.is_word("add")) else { continue };
            let added = after_words(part.get(add + 1..), &["column", "if", "not", "exists"]);
            self.note_collation(&name, added);
            self.column_or_constraint(&name, added);
        }
    }

    /// On PostgreSQL, remembers the text columns whose order depends on the locale.
    fn note_collation(&mut self, table: &str, part: &[Token]) {
        let is_text = part.get(1).is_some_and(|token| token.is_word("text"));
        let collated = part.windows(2).any(|window| {
            matches!(window, [collate, Token { kind: Kind::Word { text, .. }, .. }]
                if collate.is_word("collate") && text == "C")
        });
        if self.database == Database::Postgres && is_text && !collated {
            let columns = self.by_locale.entry(table.to_owned()).or_default();
            columns.extend(part.first().and_then(Token::name));
        }
    }

    fn column_or_constraint(&mut self, table: &str, part: &[Token]) {
        let named = part.first().is_some_and(|token| token.is_word("constraint"));
        let part = part.get(if named { 2 } else { 0 }..).unwrap_or_default();
        let Some(first) = part.first() else { return };
        let columns = in_brackets(part);
        let listed = columns.map(|(inside, _)| names(inside)).unwrap_or_default();
        if first.is_word("primary") {
            self.key("primary key", first.line, table, &listed);
        } else if first.is_word("unique") {
            self.key("unique key", first.line, table, &listed);
        } else if first.is_word("foreign") {
            self.key("foreign key", first.line, table, &listed);
            let rest = columns.and_then(|(_, past)| part.get(past..)).unwrap_or_default();
            let there = in_brackets(rest).map(|(inside, _)| names(inside)).unwrap_or_default();
            self.key("key that a foreign key refers to", first.line, "", &there);
        } else if first.is_word("exclude") || first.is_word("like") {
            self.say(first.line, "a table has columns, keys and checks, nothing else");
        } else if !first.is_word("check") {
            self.column(table, part);
        }
    }

    fn column(&mut self, table: &str, part: &[Token]) {
        let Some(first) = part.first() else { return };
        let name = first.name().unwrap_or_default();
        let types = self.database.types();
        let kind = part.get(1).and_then(Token::name).unwrap_or_default();
        // A second word or brackets, as in `double precision` or `numeric(9)`, is another type.
        let ends = part.get(2).is_none_or(|next| {
            next.is_one_of(&["not", "null", "default", "primary", "unique", "check"])
                || next.is_one_of(&["references", "collate", "constraint", "generated", "as"])
        });
        if !types.contains(&kind.as_str()) || !ends {
            let types = types.join(", ").to_uppercase();
            self.say(first.line, &format!("column `{name}` must be one of {types}"));
        }
        let makes = |word: &str| part.iter().skip(1).any(|token| token.is_word(word));
        if makes("as") {
            self.say(first.line, &format!("column `{name}` is generated; write what it holds"));
        }
        for (word, what) in
            [("primary", "primary key"), ("unique", "unique key"), ("references", "foreign key")]
        {
            if makes(word) {
                self.key(what, first.line, table, std::slice::from_ref(&name));
            }
        }
    }

    fn key(&mut self, what: &str, line: usize, table: &str, columns: &[String]) {
        if columns.first().is_none_or(|first| first != "realm") {
            let columns = columns.join(", ");
            self.say(line, &format!("{what} ({columns}) must begin with `realm`"));
        }
        let by_locale = self.by_locale.get(table).cloned().unwrap_or_default();
        for column in columns.iter().filter(|column| by_locale.contains(column)) {
            self.say(line, &format!("{what}: text column `{column}` needs COLLATE \"C\""));
        }
    }

    /// Rules for a statement that code sends.
    fn statement(&mut self, line: usize, text: &str) {
        let tokens: Vec<Token> =
            tokens(text).into_iter().map(|token| Token { line, ..token }).collect();
        self.words(&tokens);
        for (index, token) in tokens.iter().enumerate() {
            let rest = tokens.get(index + 1..).unwrap_or_default();
            let next_is = |word: &str| rest.first().is_some_and(|next| next.is_word(word));
            if token.is_word("on") && next_is("conflict") {
                let after = rest.get(1..).unwrap_or_default();
                let past = in_brackets(after).map_or(0, |(_, past)| past);
                let bracketed = after.first().is_some_and(|open| open.is_sign('('));
                let does = after.get(past..).unwrap_or_default();
                let nothing = matches!(does, [a, b, ..] if a.is_word("do") && b.is_word("nothing"));
                if !bracketed || !nothing {
                    self.say(line, "only ON CONFLICT (columns) DO NOTHING is taken");
                }
            }
            if (token.is_word("insert") && next_is("or"))
                || (token.is_word("replace") && next_is("into"))
            {
                self.say(line, "only ON CONFLICT (columns) DO NOTHING is taken");
            }
            let target = if token.is_word("update") {
                table_name(rest)
            } else if token.is_word("delete") && next_is("from") {
                table_name(rest.get(1..).unwrap_or_default())
            } else {
                None
            };
            if let Some(table) = target.filter(|table| INSERT_ONLY.contains(&table.as_str())) {
                self.say(line, &format!("rows of `{table}` are only ever inserted"));
            }
        }
    }
}

/// Whether a statement starts with these words.
fn starts(statement: &[Token], head: &[&str]) -> bool {
    head.len() <= statement.len()
        && head.iter().zip(statement).all(|(word, token)| token.is_word(word))
}

/// What follows the words of `skipped` that stand at the start.
fn after_words<'a>(tokens: Option<&'a [Token]>, skipped: &[&str]) -> &'a [Token] {
    let tokens = tokens.unwrap_or_default();
    let count = tokens.iter().take_while(|token| token.is_one_of(skipped)).count();
    tokens.get(count..).unwrap_or_default()
}

/// The first of two words that follow each other.
fn pair<'a>(tokens: &'a [Token], first: &str, second: &str) -> Option<&'a Token> {
    tokens.windows(2).find_map(|window| match window {
        [a, b] if a.is_word(first) && b.is_word(second) => Some(a),
        _ => None,
    })
}

/// The first word of each part of a list; an expression has none that is a column.
fn names(list: &[Token]) -> Vec<String> {
    let name = |part: &&[Token]| match part {
        [_, open, ..] if open.is_sign('(') => None,
        [first, ..] => first.name(),
        [] => None,
    };
    split_at_commas(list).iter().map(|part| name(part).unwrap_or("an expression".into())).collect()
}

/// The table named at the start of `tokens`, without placeholder, schema and plural.
fn table_name(tokens: &[Token]) -> Option<String> {
    let tokens = after_words(Some(tokens), &["if", "not", "exists", "only"]);
    let dotted = tokens.get(1).is_some_and(|token| token.is_sign('.'));
    let name = tokens.get(if dotted { 2 } else { 0 })?.name()?;
    let name = name.rsplit('}').next().unwrap_or_default().to_owned();
    Some(match name.as_str() {
        "entries" => "entry".to_owned(),
        "leaves" => "leaf".to_owned(),
        _ => name.strip_suffix('s').unwrap_or(&name).to_owned(),
    })
}

/// Whether a text in Rust code is a statement: keywords are upper case by habit.
fn is_statement(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default();
    ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "REPLACE", "CREATE", "ALTER"].contains(&first)
        || text.contains("ON CONFLICT")
}

/// What is wrong in the migrations of one crate, in their order.
fn lint_migrations<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    let (mut found, mut by_locale) = (Vec::new(), BTreeMap::new());
    for (path, text) in files {
        let database = Database::of(path);
        let mut lint = Lint { path, database, by_locale, found: Vec::new() };
        lint.migration(text);
        found.extend(lint.found);
        by_locale = lint.by_locale;
    }
    found
}

/// What is wrong in the statements that a crate's code holds, outside its tests.
fn lint_code<'a>(source: &str, files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    let mut found = Vec::new();
    for file in read_crate(source, files) {
        let (path, by_locale) = (file.path.as_str(), BTreeMap::new());
        let mut lint = Lint { path, database: Database::of(path), by_locale, found: Vec::new() };
        for token in file.tokens.iter().filter(|token| !token.in_test) {
            if let rust_source::Kind::Text(said) = &token.kind
                && is_statement(said)
            {
                lint.statement(token.line, said);
            }
        }
        found.extend(lint.found);
    }
    found
}

#[test]
fn every_migration_keeps_the_rules() {
    let migrations = workspace::migrations().unwrap();
    if migrations.is_empty() {
        println!("there are no migrations yet; only planted ones were read");
    }
    let mut found = Vec::new();
    for folder in workspace::storage_folders().unwrap() {
        let own = migrations.iter().filter(|file| file.path.starts_with(&format!("{folder}/")));
        found.extend(lint_migrations(own.map(|file| (file.path.as_str(), file.text.as_str()))));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_statement_in_code_keeps_the_rules() {
    let mut folders = workspace::storage_folders().unwrap();
    folders.push("core".to_owned());
    let mut found = Vec::new();
    for folder in folders {
        let source = format!("{folder}/src");
        let files = workspace::files_below(&source).unwrap();
        let files = files.iter().map(|file| (file.path.as_str(), file.text.as_str()));
        found.extend(lint_code(&source, files));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

const GOOD: &str = "
    -- AUTOINCREMENT and now() in a comment hurt nobody.
    CREATE TABLE {schema}.meta (realm TEXT COLLATE \"C\" NOT NULL PRIMARY KEY, origin TEXT);
    CREATE TABLE {schema}.entry (
        realm TEXT COLLATE \"C\" NOT NULL, case_id BYTEA NOT NULL, seq BIGINT NOT NULL,
        open BOOLEAN NOT NULL DEFAULT FALSE, note TEXT CHECK (length(note) > 0),
        CONSTRAINT entry_key PRIMARY KEY (realm, case_id, seq),
        UNIQUE (realm, seq),
        FOREIGN KEY (realm, case_id) REFERENCES {schema}.cases (realm, id)
    );
    CREATE UNIQUE INDEX entry_by_seq ON {schema}.entry (realm, seq DESC) WHERE open;
    CREATE INDEX entry_by_note ON {schema}.entry (note);
    ALTER TABLE {schema}.entry ADD COLUMN count BIGINT;
    INSERT INTO {schema}.meta (realm) VALUES ('999999');";

#[test]
fn a_schema_that_keeps_the_rules_is_left_alone() {
    assert_eq!(lint_migrations([("storage-postgres/migrations/1.sql", GOOD)]), [""; 0]);
    let sqlite = GOOD.replace("BYTEA", "BLOB").replace(" COLLATE \"C\"", "");
    assert_eq!(lint_migrations([("storage-sqlite/migrations/1.sql", sqlite.as_str())]), [""; 0]);
}

#[test]
fn planted_breaches_in_a_schema_are_found() {
    let planted = |text: &str| lint_migrations([("storage-postgres/migrations/1.sql", text)]);
    for (text, said) in [
        ("CREATE TABLE a (id BYTEA PRIMARY KEY)", "primary key (id) must begin"),
        ("CREATE TABLE a (id BYTEA, PRIMARY KEY (id, realm))", "primary key (id, realm) must"),
        ("CREATE TABLE a (realm TEXT COLLATE \"C\", b BIGINT)", "has no primary key"),
        ("CREATE TABLE a AS SELECT 1", "names its columns"),
        ("CREATE TABLE a (realm TEXT, PRIMARY KEY (realm))", "`realm` needs COLLATE"),
        ("ALTER TABLE a ADD b TEXT; CREATE UNIQUE INDEX i ON a (realm, b)", "`b` needs COLLATE"),
        ("ALTER TABLE a ADD UNIQUE (b)", "unique key (b) must begin"),
        ("ALTER TABLE a ADD COLUMN b BIGINT UNIQUE", "unique key (b) must begin"),
        ("ALTER TABLE a ADD FOREIGN KEY (realm, b) REFERENCES c", "refers to () must begin"),
        ("ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES c (realm)", "foreign key (b) must begin"),
        ("CREATE UNIQUE INDEX i ON a (lower(b), realm)", "(an expression, realm) must begin"),
        ("ALTER TABLE a ADD COLUMN b VARCHAR(9)", "`b` must be one of"),
        ("ALTER TABLE a ADD b BLOB", "`b` must be one of TEXT, BIGINT, BYTEA, BOOLEAN"),
        ("ALTER TABLE a ADD b BIGSERIAL", "makes no value by itself"),
        ("ALTER TABLE a ADD b TEXT DEFAULT now()", "`now()` is volatile"),
        ("ALTER TABLE a ADD b TEXT DEFAULT ('now')", "reads the clock"),
        ("ALTER TABLE a ADD b TEXT DEFAULT CURRENT_TIMESTAMP", "makes no value by itself"),
        ("ALTER TABLE a ADD b BIGINT AS (c + 1)", "`b` is generated"),
        ("CREATE TRIGGER t AFTER INSERT ON a EXECUTE FUNCTION f()", "nothing else"),
        ("CREATE SEQUENCE s", "nothing else"),
        ("INSERT INTO a (b) VALUES (1) ON CONFLICT (b) DO NOTHING", "belongs to statements"),
    ] {
        let found = planted(text);
        assert!(found.iter().any(|line| line.contains(said)), "{text}: {found:?}");
    }
    assert_eq!(
        planted("\nCREATE UNIQUE INDEX i ON a (b)"),
        ["storage-postgres/migrations/1.sql:2: unique index (b) must begin with `realm`"]
    );
    let sqlite = "CREATE TABLE a (realm TEXT, n INTEGER PRIMARY KEY AUTOINCREMENT)";
    assert_eq!(lint_migrations([("storage-sqlite/migrations/1.sql", sqlite)]).len(), 2);
}

#[test]
fn planted_breaches_in_statements_are_found() {
    let planted = |sql: &str| {
        let code = format!("const A: &str = \"{sql}\";");
        lint_code("storage-sqlite/src", [("storage-sqlite/src/dialect.rs", code.as_str())])
    };
    for sql in [
        "INSERT INTO {p}a VALUES (?1) ON CONFLICT DO NOTHING",
        "INSERT INTO {p}a VALUES (?1) ON CONFLICT (b) DO UPDATE SET c = 1",
        "INSERT OR IGNORE INTO {p}a VALUES (?1)",
        "UPDATE {p}a SET b = datetime('x')",
        "UPDATE {p}entries SET b = ?1",
        "DELETE FROM {schema}.seal WHERE realm = $1",
    ] {
        assert_eq!(planted(sql).len(), 1, "{sql}");
    }
    for sql in [
        "INSERT INTO {p}a VALUES (?1) ON CONFLICT (realm, b) DO NOTHING RETURNING c",
        "SELECT date, time FROM {p}a JOIN json_each(?1) AS j ON j.key = a.key FOR UPDATE",
        "UPDATE {p}cases SET revision = ?1 WHERE realm = ?2",
        "now() or never, said in plain words",
    ] {
        assert_eq!(planted(sql), [""; 0], "{sql}");
    }
}
