//! The results as a table for a terminal.

use alloc::collections::BTreeSet;
use core::fmt::Write;

use crate::report::{Report, grouped};
use crate::run::ModelResult;

/// A line for each model, under a line of names.
#[must_use]
pub fn table(report: &Report) -> String {
    let head = HEAD.map(str::to_owned);
    let rows: Vec<_> = report.models.iter().map(|it| row(report, it)).collect();
    let all = || core::iter::once(&head).chain(&rows);
    let width = |column: usize| {
        let cells = all().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..HEAD.len()).map(width).collect();
    let mut text = String::new();
    for row in all() {
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            // Writing to a string does not fail.
            let _written = if column == 0 {
                write!(text, "{cell:<width$}")
            } else {
                write!(text, "  {cell:>width$}")
            };
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text
}

fn row(report: &Report, model: &ModelResult) -> [String; HEAD.len()] {
    let right = model.properties.iter().filter(|it| it.is_right()).count();
    let mutants: BTreeSet<_> = model.properties.iter().flat_map(|it| &it.mutants).collect();
    let second = model.second.as_ref().map_or_else(|| "-".into(), |it| grouped(it.rate));
    let mark = if model.is_green() { "✓" } else { "✗" };
    [
        format!("{mark} {}", model.model),
        grouped(model.states),
        grouped(model.transitions),
        model.depth.to_string(),
        format!("{right}/{}", model.properties.len()),
        report.mutants.as_ref().map_or_else(|| "-".into(), |_| mutants.len().to_string()),
        model.octets_a_state.to_string(),
        format!("{} / {second}", grouped(model.rate)),
        format!("{:.2} s", model.seconds),
    ]
}

const HEAD: [&str; 9] = [
    "  model",
    "states",
    "transitions",
    "depth",
    "properties",
    "mutants",
    "octets/state",
    "states/s, ours / stateright's",
    "time",
];
