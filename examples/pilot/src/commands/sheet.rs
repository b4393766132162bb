//! `sheet`: what somebody owes in a week, on paper or as a workbook.

use std::fs;

use crate::{
    cli::{Global, SheetArgs},
    database,
    error::PilotError,
    failure::Failure,
    output::{Lang, Output},
    paper::{Names, html},
    results::SheetResult,
    sheet::{WeekSheet, paper, workbook},
    spreadsheet::{self, Format},
};

use super::record::unreadable;

pub(super) async fn print(global: &Global, args: &SheetArgs, out: &Output) -> Result<(), Failure> {
    let opened = database::open(global).await?;
    let engine = &opened.engine;
    // The sheet is for people in the village, so it speaks Chinese whatever the terminal does.
    let words = opened.words(out).in_lang(Lang::Zh);
    let names = Names::read(engine, args.county.as_deref()).await?;
    let day = args.week.flatten().unwrap_or_else(|| engine.now().date());
    let sheet = WeekSheet::of(engine, &words, &names, &args.actor, day).await?;
    let page = || {
        let (paper, trace) = paper(&sheet);
        html::page(&paper, &trace)
    };
    let mut result = SheetResult {
        sheet: sheet.id.as_str().to_owned(),
        actor: args.actor.to_string(),
        monday: sheet.monday,
        rows: sheet.rows.len() as u64,
        file: None,
        html: None,
    };
    let Some(path) = &args.out else {
        let page = page();
        result.html = out.is_json().then(|| page.clone());
        return out.result("sheet", &result, || page);
    };
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    let bytes = if matches!(ending.as_deref(), Some("html" | "htm")) {
        page().into_bytes()
    } else {
        let format =
            Format::of_name(&name).map_err(|fault| unreadable(&name, &fault.anywhere()))?;
        spreadsheet::write(format, &workbook(&sheet))
            .map_err(|problem| unreadable(&name, &problem))?
    };
    fs::write(path, bytes).map_err(|error| PilotError::io("write", path, &error))?;
    result.file = Some(path.display().to_string());
    out.result("sheet", &result, || {
        let (file, rows) = (path.display(), result.rows);
        match out.lang() {
            Lang::Zh => format!("{file}：{rows} 项应办事项，表号 {}", result.sheet),
            Lang::En => format!("{file}: {rows} duties, sheet {}", result.sheet),
        }
    })
}
