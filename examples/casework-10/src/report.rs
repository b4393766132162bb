//! What a part of the bench prints: a table, or JSON, one line for each row.

use comfy_table::{Table, presets};
use serde::Serialize;

use crate::place::Outcome;

/// A row of a table.
pub(crate) trait Row: Serialize {
    /// The heads of the columns.
    const HEAD: &'static [&'static str];

    /// The cells.
    fn cells(&self) -> Vec<String>;
}

/// Prints rows.
pub(crate) fn print<R: Row>(rows: &[R], json: bool) -> Outcome<()> {
    if json {
        for row in rows {
            println!("{}", serde_json::to_string(row)?);
        }
        return Ok(());
    }
    let mut table = Table::new();
    *table.style_mut() = presets::ASCII_MARKDOWN;
    table.set_header(R::HEAD.iter().copied());
    for row in rows {
        table.add_row(row.cells());
    }
    println!("{table}");
    Ok(())
}

/// The middle one of several figures.
pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(0.0)
}
