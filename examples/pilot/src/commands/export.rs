//! `export`: the register of children as a file.

use std::{
    fmt::Write as _,
    fs,
    io::{self, Write as _},
    path::Path,
};

use hexacase::terms::area::AreaCode;

use crate::{
    cli::{EncodingArg, ExportArgs, Global},
    county::problem::{InputErrors, InputProblem},
    database,
    error::PilotError,
    failure::Failure,
    output::{Lang, Output},
    register::Register,
    results::RegisterExport,
    spreadsheet::{Encoding, Format, TableProblem, write},
};

pub(super) async fn export(
    global: &Global,
    args: &ExportArgs,
    out: &Output,
) -> Result<(), Failure> {
    let name = args.file.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = name.unwrap_or_default();
    let told = |problem: TableProblem| {
        Failure::from(InputErrors(vec![InputProblem::of_table(&name, problem)]))
    };
    let format = Format::of_name(&name).map_err(|fault| told(fault.anywhere()))?;
    let format = match (format, args.encoding) {
        (Format::Xlsx, _) => Format::Xlsx,
        (Format::Csv(_), EncodingArg::Utf8Bom) => Format::Csv(Encoding::Utf8Bom),
        (Format::Csv(_), EncodingArg::Utf8) => Format::Csv(Encoding::Utf8),
        (Format::Csv(_), EncodingArg::Gb18030) => Format::Csv(Encoding::Gb18030),
    };
    if !args.overwrite && args.file.exists() {
        return Err(PilotError::FileExists(args.file.display().to_string()).into());
    }
    let opened = database::open(global).await?;
    let progress = out.progress(None, "读取档案", "reading files");
    let read = |count: usize| progress.set_position(count as u64);
    let register = Register::load(&opened.engine, read).await?;
    progress.finish_and_clear();
    let within = |residence: &str| match (&args.area, residence.parse::<AreaCode>()) {
        (None, _) => true,
        (Some(area), Ok(residence)) => area.covers(&residence),
        (Some(_), Err(_)) => false,
    };
    let sheet = register.sheet(|file| within(file.cells.get("residence")));
    let bytes = write(format, &sheet).map_err(told)?;
    if args.overwrite {
        // A new file takes the place of the old one, so that it never holds half of both.
        let mut beside = args.file.clone().into_os_string();
        beside.push(".part");
        let beside = std::path::PathBuf::from(beside);
        drop(fs::remove_file(&beside));
        create(&beside, &bytes)?;
        fs::rename(&beside, &args.file)
            .map_err(|error| PilotError::io("write", &args.file, &error))?;
    } else {
        create(&args.file, &bytes)?;
    }
    let without = |row: &&Vec<String>| row.first().is_none_or(String::is_empty);
    let result = RegisterExport {
        file: args.file.display().to_string(),
        children: sheet.rows.len() as u64,
        without_number: sheet.rows.iter().filter(without).count() as u64,
    };
    out.result("export", &result, || text(&result, out))
}

/// Writes a new file that its owner alone may read: it names children.
pub(super) fn create(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let failed = |error: &io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => PilotError::FileExists(path.display().to_string()),
        _ => PilotError::io("write", path, error),
    };
    let mut file = options.open(path).map_err(|error| failed(&error))?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    written.map_err(|error| {
        // Half a register must not be taken for one.
        drop(fs::remove_file(path));
        Failure::from(failed(&error))
    })
}

fn text(result: &RegisterExport, out: &Output) -> String {
    let RegisterExport { file, children, without_number } = result;
    let mut text = match out.lang() {
        Lang::Zh => format!("已导出 {children} 名儿童：{file}"),
        Lang::En => format!("{children} children written to {file}"),
    };
    if *without_number > 0 {
        let _ = match out.lang() {
            Lang::Zh => write!(text, "；其中 {without_number} 名没有登记号，补上后才能再导入"),
            Lang::En => write!(text, "; {without_number} of them have no register number"),
        };
    }
    text
}
