//! Running the binary, and a county of two villages to run it on.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::server;

/// A folder with a database, and the binary.
pub(crate) struct Pilot {
    folder: TempDir,
    /// What `--database` says.
    pub(crate) database: String,
}

/// What a run said.
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    /// The result of a JSON document, which must be of our format.
    pub(crate) fn result(&self) -> Value {
        assert_eq!(self.code, 0, "{}", self.err);
        let document: Value = serde_json::from_str(&self.out).unwrap();
        assert_eq!(document["format"], "hexacase/1");
        document["result"].clone()
    }

    /// The error of a JSON document.
    pub(crate) fn error(&self) -> Value {
        assert_eq!(self.out, "");
        let document: Value = serde_json::from_str(&self.err).unwrap();
        let error = document["error"].clone();
        for key in ["code", "zh", "en", "place", "retry", "reasons"] {
            assert!(error.get(key).is_some(), "no `{key}`: {error}");
        }
        for key in ["file", "row", "column", "field"] {
            assert!(error["place"].get(key).is_some(), "no `{key}`: {error}");
        }
        error
    }
}

pub(crate) const AREAS: &str = "区划代码,名称,级别\n999999,示例县,县\n999999101,示枫镇,乡镇\n\
     999999101201,例上枫村,村\n999999101202,例下溪村,村\n";
pub(crate) const UNITS: &str = "单位编号,名称,区划代码,类型\n\
     civil-affairs,示例县民政局,999999,县直部门\ntown-101,示枫镇人民政府,999999101,乡镇政府\n\
     village-201,例上枫村委会,999999101201,村（居）委会\n\
     primary-01,示枫中心小学,999999101,学校\n";
pub(crate) const STAFF: &str = "人员编号,姓名,岗位,单位编号,区划代码,负责人\n\
     data-1,林示安,data_admin,civil-affairs,999999,否\n\
     bureau-1,马样诗,县民政局,civil-affairs,999999,是\n\
     bureau-2,孙例杉,县民政局,civil-affairs,999999,否\n\
     supervisor-101,何示梅,儿童督导员,town-101,999999101,是\n\
     director-201,谢示秋,儿童主任,village-201,999999101201,是\n";
const CHILDREN_HEAD: &str = "登记号,姓名,身份证号,无证原因,性别,出生日期,民族,户籍地区划,\
     居住地区划,就读学校,年级,类别,父亲状态,父亲务工地,母亲状态,母亲务工地,监护人,与儿童关系,\
     监护情况,委托照护人,联系电话,健康,在享待遇,备注\n";

/// A row of the register.
pub(crate) fn child(number: &str, name: &str, village: &str) -> String {
    format!(
        "{number},{name},,无户籍,男,2015-03-01,汉族,,{village},primary-01,五年级,留守儿童,外出务工,,\
         外出务工,,林例山,祖父,好,林例山,,健康,,\n"
    )
}

/// A register of these rows.
pub(crate) fn register(rows: &[String]) -> String {
    format!("{CHILDREN_HEAD}{}", rows.concat())
}

impl Pilot {
    /// An empty folder.
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), database: "sqlite:work.db".to_owned() }
    }

    /// An empty folder, and a schema on the server of the tests that nobody else has.
    pub(crate) fn on_postgres() -> Self {
        let mut pilot = Self::new();
        pilot.database = format!("{}&schema={}", server::url(), pilot.schema());
        pilot
    }

    /// The name of that schema: the folder's is nobody else's either, but not a plain one.
    pub(crate) fn schema(&self) -> String {
        let name = self.folder.path().file_name().unwrap().as_encoded_bytes();
        name.iter().fold("t".to_owned(), |text, byte| format!("{text}{byte:02x}"))
    }

    /// A database with people and two children.
    pub(crate) fn with_county() -> Self {
        Self::new().in_county()
    }

    /// The same, in this pilot's database.
    pub(crate) fn in_county(self) -> Self {
        let pilot = self;
        pilot.write("areas.csv", AREAS);
        pilot.write("units.csv", UNITS);
        pilot.write("staff.csv", STAFF);
        let rows = [
            child("999999-2026-00001", "林样溪", "999999101201"),
            child("999999-2026-00002", "何例枫", "999999101202"),
        ];
        pilot.write("children.csv", register(&rows));
        pilot.json("init --realm 999999 --name 示例县").result();
        pilot.json("staff import staff.csv --as data-1").result();
        pilot.json("import children.csv --as data-1").result();
        pilot
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.path(name), text).unwrap();
    }

    /// Runs the binary with these arguments, parted by blanks, on the folder's database.
    pub(crate) fn text(&self, line: &str) -> Said {
        let args: Vec<&str> = line.split_whitespace().collect();
        self.args(&[&args[..], &["--database", &self.database]].concat())
    }

    /// The same, with results as JSON.
    pub(crate) fn json(&self, line: &str) -> Said {
        self.text(&format!("{line} --json"))
    }

    /// The same, with a form.
    pub(crate) fn form(&self, line: &str, data: &Value) -> Said {
        let data = data.to_string();
        let mut args: Vec<&str> = line.split_whitespace().collect();
        args.extend(["--database", &self.database, "--json", "--data", &data]);
        self.args(&args)
    }

    /// Runs the binary with these arguments and nothing else.
    pub(crate) fn args(&self, args: &[&str]) -> Said {
        run(self.folder.path(), args)
    }

    /// The id of the file of the first child.
    pub(crate) fn file(&self) -> String {
        let found = self.json("child 林样溪").result();
        found["items"][0]["file"].as_str().unwrap().to_owned()
    }
}

/// Runs the binary in a folder.
pub(crate) fn run(folder: &Path, args: &[&str]) -> Said {
    let Output { status, stdout, stderr } =
        Command::new(env!("CARGO_BIN_EXE_pilot")).args(args).current_dir(folder).output().unwrap();
    Said {
        code: status.code().unwrap(),
        out: String::from_utf8(stdout).unwrap(),
        err: String::from_utf8(stderr).unwrap(),
    }
}
