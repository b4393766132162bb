//! A failure as people read it.

use super::Lang;
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
    lines.extend(reasons.into_iter().take(MOST_REASONS).map(|found| reason(found, lang)));
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

fn reason(reason: &Reason, lang: Lang) -> String {
    let (said, at) = (lang.of(&reason.zh, &reason.en), place(&reason.place, lang));
    let colon = if at.is_empty() { "" } else { lang.of("：", ": ") };
    match lang {
        Lang::Zh => format!("  - {at}{colon}{said}（{}）", reason.code),
        Lang::En => format!("  - {at}{colon}{said} ({})", reason.code),
    }
}

fn place(place: &Place, lang: Lang) -> String {
    let mut parts = Vec::new();
    parts.extend(place.file.clone());
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
        let code = "input.required".to_owned();
        failure.reasons.push(Reason { code, zh: "必填".into(), en: "must".into(), place: at });
        assert_eq!(
            text(&failure, Lang::Zh),
            "有错误（input.invalid）\n  - a.csv 第 3 行：必填（input.required）\n  → 请改正"
        );
    }
}
