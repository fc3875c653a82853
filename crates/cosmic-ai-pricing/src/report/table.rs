//! Reports as text: an aligned table.

use std::fmt;

use super::{Figures, Report};

/// The headings after those of the dimensions.
const HEADINGS: [&str; 11] = [
    "calls",
    "input",
    "output",
    "total",
    "held",
    "open",
    "unresolved",
    "released",
    "estimated",
    "uncharged",
    "over hold",
];
/// The last heading: what was charged in percent of what was expected.
const DRIFT: &str = "of expected";

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without dimensions one column still has to say what the line of totals is.
        let keys = self.query.by.len().max(1);
        let mut headings: Vec<String> = self.query.by.iter().map(ToString::to_string).collect();
        headings.resize(keys, String::new());
        headings.extend(HEADINGS.into_iter().chain([DRIFT]).map(str::to_owned));
        let mut lines = vec![headings];
        if !self.query.by.is_empty() {
            for row in &self.rows {
                let key = row.key.iter().map(|value| value.as_deref().unwrap_or("-").to_owned());
                lines.push(key.chain(cells(&row.figures)).collect());
            }
        }
        let mut total = vec!["total".to_owned()];
        total.resize(keys, String::new());
        total.extend(cells(&self.total));
        lines.push(total);
        write_aligned(&lines, keys, f)
    }
}

/// The figures of a line, under [`HEADINGS`] and [`DRIFT`].
fn cells(figures: &Figures) -> impl Iterator<Item = String> + use<> {
    let counts = [
        figures.open,
        figures.unresolved,
        figures.released,
        figures.estimated,
        figures.uncharged,
        figures.over_hold.calls,
    ];
    let tokens = [figures.charge.input, figures.charge.output, figures.total, figures.held.total()];
    let drift = figures.drift.per_mille.map_or_else(|| "-".to_owned(), percent);
    let amounts = tokens.map(|tokens| tokens.to_string());
    [figures.calls.to_string()].into_iter().chain(amounts).chain(counts.map(|count| count.to_string())).chain([drift])
}

fn percent(per_mille: u64) -> String {
    format!("{}.{} %", per_mille / 10, per_mille % 10)
}

/// Texts to the left, figures to the right, two spaces between columns and none at the end of a line.
fn write_aligned(lines: &[Vec<String>], texts: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let lines: Vec<Vec<String>> =
        lines.iter().map(|line| line.iter().map(|cell| on_one_line(cell)).collect()).collect();
    let columns = lines.first().map_or(0, Vec::len);
    let width = |cell: &String| cell.chars().count();
    let width_of = |column| lines.iter().filter_map(|line| line.get(column)).map(width).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width_of).collect();
    for (place, line) in lines.iter().enumerate() {
        let mut shown = String::new();
        for (column, (cell, width)) in line.iter().zip(&widths).enumerate() {
            if column > 0 {
                shown.push_str("  ");
            }
            let cell = if column < texts { format!("{cell:<width$}") } else { format!("{cell:>width$}") };
            shown.push_str(&cell);
        }
        write!(f, "{}{}", if place == 0 { "" } else { "\n" }, shown.trim_end())?;
    }
    Ok(())
}

/// Labels may hold anything.
fn on_one_line(cell: &str) -> String {
    cell.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}
