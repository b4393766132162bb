//! A plot of steps a second over clients, on logarithmic axes.

use std::{collections::BTreeMap, fmt::Write as _};

use crate::measure::Measured;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 440.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 250.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 50.0;
/// Told apart by people who see few colors, too.
const COLORS: [&str; 5] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#555555"];

/// The plot as SVG.
pub(crate) fn svg(rows: &[(Measured, Option<f64>)]) -> String {
    let mut lines: BTreeMap<&str, Vec<(f64, f64)>> = BTreeMap::new();
    #[expect(clippy::cast_precision_loss, reason = "a place on a plot is no count")]
    for (measured, _) in rows {
        let point = (measured.clients as f64, measured.tps.max(1.0));
        lines.entry(&measured.contestant).or_default().push(point);
    }
    let all = || lines.values().flatten();
    let most = all().map(|point| point.0).fold(2.0, f64::max);
    let (low, high) =
        all().fold((f64::MAX, 1.0_f64), |(low, high), point| (low.min(point.1), high.max(point.1)));
    let (low, high) = (10_f64.powf(low.log10().floor()), 10_f64.powf(high.log10().ceil()));
    let x = |clients: f64| LEFT + (WIDTH - LEFT - RIGHT) * clients.ln() / most.ln();
    let y =
        |tps: f64| HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (tps / low).ln() / (high / low).ln();
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" \
         fill=\"white\"/>\n<text x=\"{LEFT}\" y=\"20\">steps a second over clients 每秒办理数</text>\n"
    );
    let mut mark = low;
    while mark <= high * 1.01 {
        let at = y(mark);
        let _ = writeln!(
            svg,
            "<line x1=\"{LEFT}\" x2=\"{}\" y1=\"{at:.1}\" y2=\"{at:.1}\" stroke=\"#ddd\"/>\
             <text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{mark:.0}</text>",
            WIDTH - RIGHT,
            LEFT - 6.0,
            at + 4.0
        );
        mark *= 10.0;
    }
    let mut clients: Vec<f64> = all().map(|point| point.0).collect();
    clients.sort_by(f64::total_cmp);
    clients.dedup();
    for count in clients {
        let at = x(count);
        let _ = writeln!(
            svg,
            "<text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{count:.0}</text>",
            HEIGHT - BOTTOM + 20.0
        );
    }
    for ((name, points), (color, place)) in lines.iter().zip(COLORS.iter().zip(0_u8..)) {
        let path: Vec<String> =
            points.iter().map(|(at, tps)| format!("{:.1},{:.1}", x(*at), y(*tps))).collect();
        let _ = writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"2\"/>",
            path.join(" ")
        );
        for (at, tps) in points {
            let _ = writeln!(
                svg,
                "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"4\" fill=\"{color}\"/>",
                x(*at),
                y(*tps)
            );
        }
        let row = TOP + 20.0 * f64::from(place);
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{row:.1}\" fill=\"{color}\">{name}</text>",
            WIDTH - RIGHT + 16.0
        );
    }
    svg.push_str("</svg>\n");
    svg
}
