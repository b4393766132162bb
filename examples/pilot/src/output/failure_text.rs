//! A failure as people read it.

use super::{Lang, table};
use crate::failure::{Failure, Place, Reason};

/// How many reasons are listed; more than that nobody reads on a terminal.
const MOST_REASONS: usize = 30;

/// The failure in lines: what, its code, each reason with its place, what would help.
pub(super) fn text(failure: &Failure, lang: Lang) -> String {
    let said = lang.of(&failure.zh, &failure.en);
    let mut lines = vec![match lang {
        Lang::Zh => format!("{said}（{}）", failure.code),
        Lang::En => format!("{said} ({})", failure.code),
    }];
    let at = place(&failure.place, lang);
    if !at.is_empty() && failure.reasons.iter().all(|reason| reason.place != *failure.place) {
        lines.push(format!("  {}{at}", lang.of("位置：", "at ")));
    }
    let (hints, reasons): (Vec<_>, Vec<_>) =
        failure.reasons.iter().partition(|reason| reason.code == "hint");
    let more = reasons.len().saturating_sub(MOST_REASONS);
    let (in_rows, others): (Vec<_>, Vec<_>) = reasons
        .into_iter()
        .take(MOST_REASONS)
        .partition(|reason| reason.place.file.is_some() && reason.place.row.is_some());
    lines.extend(others.into_iter().map(|found| reason(found, lang)));
    if !in_rows.is_empty() {
        lines.push(rows(&in_rows, lang));
    }
    if more > 0 {
        lines.push(match lang {
            Lang::Zh => format!("  …… 另有 {more} 处，加 --json 可看全部"),
            Lang::En => format!("  … and {more} more; `--json` gives all"),
        });
    }
    lines.extend(hints.into_iter().map(|hint| format!("  → {}", lang.of(&hint.zh, &hint.en))));
    if failure.retry {
        lines.push(format!(
            "  → {}",
            lang.of("可以稍后再试", "the same command may be tried again")
        ));
    }
    lines.join("\n")
}

/// What is wrong with cells, as a table that can be held beside the spreadsheet.
fn rows(reasons: &[&Reason], lang: Lang) -> String {
    let sheets = reasons.iter().any(|reason| reason.place.sheet.is_some());
    let mut header = match lang {
        Lang::Zh => vec!["文件", "工作表", "行", "列", "内容", "原因"],
        Lang::En => vec!["file", "sheet", "row", "column", "value", "reason"],
    };
    let rows = reasons.iter().map(|reason| {
        let Place { file, sheet, row, column, .. } = &reason.place;
        let mut cells = vec![
            file.clone().unwrap_or_default(),
            sheet.clone().unwrap_or_default(),
            row.map(|row| row.to_string()).unwrap_or_default(),
            column.clone().unwrap_or_default(),
            reason.value.clone().unwrap_or_default(),
            lang.of(&reason.zh, &reason.en).to_owned(),
        ];
        if !sheets {
            cells.remove(1);
        }
        cells
    });
    let rows: Vec<_> = rows.collect();
    if !sheets {
        header.remove(1);
    }
    table::table(&header, rows)
}

fn reason(reason: &Reason, lang: Lang) -> String {
    let (said, at) = (lang.of(&reason.zh, &reason.en), place(&reason.place, lang));
    let said = match (&reason.value, lang) {
        (None, _) => said.to_owned(),
        (Some(value), Lang::Zh) => format!("“{value}”：{said}"),
        (Some(value), Lang::En) => format!("`{value}`: {said}"),
    };
    let colon = if at.is_empty() { "" } else { lang.of("：", ": ") };
    match lang {
        Lang::Zh => format!("  - {at}{colon}{said}（{}）", reason.code),
        Lang::En => format!("  - {at}{colon}{said} ({})", reason.code),
    }
}

fn place(place: &Place, lang: Lang) -> String {
    let mut parts = Vec::new();
    parts.extend(place.file.clone());
    parts.extend(place.sheet.as_ref().map(|sheet| match lang {
        Lang::Zh => format!("工作表“{sheet}”"),
        Lang::En => format!("sheet `{sheet}`"),
    }));
    parts.extend(place.row.map(|row| match lang {
        Lang::Zh => format!("第 {row} 行"),
        Lang::En => format!("row {row}"),
    }));
    parts.extend(place.column.as_ref().map(|column| match lang {
        Lang::Zh => format!("“{column}”列"),
        Lang::En => format!("column `{column}`"),
    }));
    parts.extend(place.field.as_ref().map(|field| match lang {
        Lang::Zh => format!("字段 {field}"),
        Lang::En => format!("field `{field}`"),
    }));
    parts.join(lang.of(" ", ", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Exit;

    #[test]
    fn reasons_stand_with_their_place_and_hints_last() {
        let mut failure = Failure::new(Exit::Refused, "input.invalid", "有错误", "faults")
            .with_hint("请改正", "mend it");
        let at = Place { file: Some("a.csv".into()), row: Some(3), ..Place::default() };
        let reason = |place: Place| Reason {
            code: "input.required".to_owned(),
            zh: "必填".into(),
            en: "must".into(),
            value: None,
            place,
        };
        failure.reasons.push(reason(Place { row: None, ..at.clone() }));
        failure.reasons.push(reason(at));
        let said = text(&failure, Lang::Zh);
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(lines[..2], ["有错误（input.invalid）", "  - a.csv：必填（input.required）"]);
        assert_eq!(lines[lines.len() - 1], "  → 请改正");
        let row = lines[lines.len() - 3];
        assert!(["a.csv", "3", "必填"].iter().all(|text| row.contains(text)), "{said}");
    }
}
