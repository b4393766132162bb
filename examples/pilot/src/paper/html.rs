//! A paper as one HTML file for A4: styles within, nothing fetched, everything escaped.

use std::fmt::Write as _;

use super::layout::{Cell, Fill, Paper, Part, Row, Run, Signature, Style};

const STYLES: &str = include_str!("paper.css");

/// What ties a paper to the trail; nothing on an empty form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// The number of the case, the entry and the start of its hash, in one line of digits.
    pub entry: Option<String>,
    /// The line at the end of the paper.
    pub line: String,
}

/// The page.
pub fn page(paper: &Paper, trace: &Trace) -> String {
    let style = match paper.style {
        Style::Table => "table",
        Style::Document => "document",
        Style::Minutes => "document minutes",
    };
    let mut body = String::new();
    let _ = writeln!(body, "<h1>{}</h1>", escaped(&paper.title));
    if !paper.number.is_empty() {
        let _ = writeln!(body, "<p class=\"number\">{}</p>", runs(&paper.number));
    }
    for part in &paper.parts {
        self::part(&mut body, part);
    }
    whole(&paper.title, style, &body, trace)
}

/// A whole HTML document around a body that is escaped already.
pub fn whole(title: &str, class: &str, body: &str, trace: &Trace) -> String {
    // The entry goes into a text of the style sheet as well, so that it stands on every page.
    let entry: String =
        trace.entry.as_deref().unwrap_or_default().chars().filter(|sign| plain(*sign)).collect();
    format!(
        "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n\
         <style>\n{STYLES}@page {{ @bottom-left {{ content: \"{entry}\"; }} }}\n</style>\n</head>\n\
         <body class=\"{class}\">\n<main>\n{body}<footer>{line}</footer>\n</main>\n</body>\n</html>\n",
        title = escaped(title),
        line = escaped(&trace.line),
    )
}

/// Whether a sign may stand in a text of the style sheet as it is.
fn plain(sign: char) -> bool {
    sign.is_alphanumeric() || [' ', '-', '·', '：', '.'].contains(&sign)
}

/// Text that cannot be taken for markup.
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // What cannot be seen and may hide something: control characters but the line end.
            sign if sign.is_control() && sign != '\n' => safe.push('\u{fffd}'),
            // Marks that turn the direction of the text round.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => safe.push('\u{fffd}'),
            sign => safe.push(sign),
        }
    }
    safe
}

fn part(body: &mut String, part: &Part) {
    let _ = match part {
        Part::Heading(text) => writeln!(body, "<h2>{}</h2>", escaped(text)),
        Part::Grid(rows) => {
            grid(body, rows);
            Ok(())
        }
        Part::Entry { title, right, key, rows } => {
            let (title, right, key) = (escaped(title), escaped(right), escaped(key));
            let _ = writeln!(body, "<section class=\"entry\"><h3>{title}<span>{right}</span></h3>");
            grid(body, rows);
            writeln!(body, "<p class=\"key\">{key}</p></section>")
        }
        Part::Addressee(text) => writeln!(body, "<p class=\"addressee\">{}</p>", runs(text)),
        Part::Paragraph(text) => writeln!(body, "<p class=\"text\">{}</p>", runs(text)),
        Part::List(items, room) => {
            body.push_str("<ol>\n");
            for item in items {
                let _ = writeln!(body, "<li>{}</li>", escaped(item));
            }
            if items.is_empty() {
                for _ in 0..*room {
                    body.push_str("<li class=\"line\">&nbsp;</li>\n");
                }
            }
            writeln!(body, "</ol>")
        }
        Part::Signatures(places) => {
            body.push_str("<table class=\"signatures\"><tr>\n");
            for place in places {
                signature(body, place);
            }
            writeln!(body, "</tr></table>")
        }
        Part::Issued { organ, date, seal } => {
            let class = if *seal { "issued seal" } else { "issued" };
            let organ = organ.as_deref().map_or_else(|| gap(12), escaped);
            let date = date.as_deref().map_or_else(|| DATE.to_owned(), escaped);
            writeln!(body, "<div class=\"{class}\"><p>{organ}</p><p>{date}</p></div>")
        }
        Part::Note(text) => writeln!(body, "<p class=\"note\">{}</p>", escaped(text)),
        Part::Cut(text) => writeln!(body, "<p class=\"cut\"><span>{}</span></p>", escaped(text)),
    };
}

fn grid(body: &mut String, rows: &[Row]) {
    body.push_str("<table class=\"grid\">\n<colgroup>");
    body.push_str(&"<col>".repeat(usize::from(super::layout::COLUMNS)));
    body.push_str("</colgroup>\n");
    for row in rows {
        self::row(body, row);
    }
    body.push_str("</table>\n");
}

const DATE: &str = "<span class=\"date\">年<i></i>月<i></i>日</span>";

fn row(body: &mut String, row: &Row) {
    let height = u32::from(row.lines) * 7 + 1;
    let _ = write!(body, "<tr style=\"height:{height}mm\">");
    for cell in &row.cells {
        self::cell(body, cell, row.lines);
    }
    body.push_str("</tr>\n");
}

fn cell(body: &mut String, cell: &Cell, lines: u8) {
    let span = cell.span;
    let _ = match (&cell.label, &cell.fill) {
        (Some(label), _) => write!(body, "<th colspan=\"{span}\">{}</th>", escaped(label)),
        (None, fill) => {
            let class = if lines > 1 { " class=\"long\"" } else { "" };
            write!(body, "<td colspan=\"{span}\"{class}>{}</td>", self::fill(fill))
        }
    };
}

fn fill(fill: &Fill) -> String {
    match fill {
        Fill::Known(text) => escaped(text),
        Fill::Room => String::new(),
        Fill::Sealed => "<em>依法保密，不在本页显示</em>".to_owned(),
        Fill::Ticks(choices) => {
            let one = |(label, ticked): &(String, bool)| {
                let sign = if *ticked { "☑" } else { "□" };
                format!("<span class=\"tick\"><b>{sign}</b>{}</span>", escaped(label))
            };
            choices.iter().map(one).collect::<Vec<_>>().join(" ")
        }
    }
}

fn runs(runs: &[Run]) -> String {
    let one = |run: &Run| match run {
        Run::Text(text) => escaped(text),
        Run::Gap(Some(text), _) => escaped(text),
        Run::Gap(None, width) => gap(*width),
    };
    runs.iter().map(one).collect()
}

/// A line to write on.
fn gap(width: u8) -> String {
    format!("<span class=\"gap\" style=\"width:{width}em\"></span>")
}

fn signature(body: &mut String, place: &Signature) {
    let seal = match place.seal {
        Some(seal) => format!("<p class=\"seal-place\">{}</p>", escaped(seal)),
        None => String::new(),
    };
    let who = escaped(place.who);
    let _ = writeln!(body, "<td><p>{who}</p>{seal}<p class=\"signed-on\">{DATE}</p></td>");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_taken_for_markup() {
        assert_eq!(escaped("<script>\"&'"), "&lt;script&gt;&quot;&amp;&#39;");
        assert_eq!(escaped("=1+1\u{202e}\u{0}"), "=1+1\u{fffd}\u{fffd}");
        let trace = Trace { entry: Some("a\"; } body { x".to_owned()), line: "<b>".to_owned() };
        let paper = Paper {
            title: "<i>".to_owned(),
            number: Vec::new(),
            style: Style::Table,
            parts: vec![
                Part::Grid(vec![super::super::layout::wide("何人", Some("<script>".into()), 1)]),
                Part::List(vec!["<script>".to_owned()], 1),
                Part::Paragraph(vec![Run::Gap(Some("<script>".to_owned()), 1)]),
                Part::Issued { organ: Some("<script>".to_owned()), date: None, seal: true },
            ],
        };
        let page = page(&paper, &trace);
        assert!(!page.contains("<script") && !page.contains("<i>\u{fffd}"), "{page}");
        assert!(page.contains("content: \"a  body  x\""), "{page}");
        assert_eq!(page.matches("&lt;script&gt;").count(), 4);
    }

    #[test]
    fn what_is_missing_is_room_to_write() {
        let paper = Paper {
            title: "表".to_owned(),
            number: Vec::new(),
            style: Style::Table,
            parts: vec![
                Part::List(Vec::new(), 2),
                Part::Paragraph(vec![Run::Text("应于"), Run::Gap(None, 8), Run::Text("前")]),
            ],
        };
        let page = page(&paper, &Trace::default());
        assert_eq!(page.matches("class=\"line\"").count(), 2);
        assert!(page.contains("应于<span class=\"gap\" style=\"width:8em\"></span>前"), "{page}");
    }
}
