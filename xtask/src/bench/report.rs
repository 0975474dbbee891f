//! The table as text and as Markdown.

use core::fmt::Write as _;

use super::figure::Figure;
use super::goal::Verdict;
use super::join::{Judged, Table};

/// For a terminal.
pub(super) fn text(table: &Table) -> String {
    let mut text = String::new();
    for (group, rows) in table.groups() {
        let _ = writeln!(text, "\n{}", group.title);
        let _ = writeln!(
            text,
            "  {:<42} {:>10} {:>10} {:>22} {:>7} {:>7} {:>6}  verdict",
            "", "limit", "xiom", "best peer", "/limit", "/peer", "spread"
        );
        for row in rows {
            let _ = writeln!(
                text,
                "  {:<42} {:>10} {:>10} {:>22} {:>7} {:>7} {:>6}  {}",
                row.name(),
                value(row.limit.as_ref()),
                value(row.xiom.as_ref()),
                peer(row),
                ratio(row.to_limit),
                ratio(row.to_peer),
                spread(row.xiom.as_ref()),
                row.verdict,
            );
            for check in row.goals.iter().filter(|check| check.is_held == Some(false)) {
                let _ = writeln!(text, "      {}: it is {}", check.goal, ratio(check.ratio));
            }
        }
    }
    let _ = writeln!(text, "\n{}", summary(table));
    text
}

/// For a README.
pub(super) fn markdown(table: &Table) -> String {
    let mut text = String::new();
    let machine = &table.machine;
    let _ = writeln!(
        text,
        "Measured on {} with {} on {} processors of the kind {}.",
        machine.date, machine.toolchain, machine.processors, machine.processor
    );
    for (group, rows) in table.groups() {
        let _ = writeln!(text, "\n**{}**\n", group.title);
        let _ =
            writeln!(text, "| | limit | Xiom | best peer | to the limit | to the peer | goal | |");
        let _ = writeln!(text, "|---|--:|--:|--:|--:|--:|---|---|");
        for row in rows {
            // The goals that are missed stand out.
            let goals = row.goals.iter().map(|check| match check.is_held {
                Some(false) => format!("**{}**", check.goal),
                _ => check.goal.clone(),
            });
            let goals: Vec<String> = goals.collect();
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} | {} | {} | {} |",
                row.name(),
                value(row.limit.as_ref()),
                value(row.xiom.as_ref()),
                peer(row),
                ratio(row.to_limit),
                ratio(row.to_peer),
                goals.join(", "),
                row.verdict,
            );
        }
    }
    let _ = writeln!(text, "\n{}", summary(table));
    text
}

/// How many of each, and how quiet the machine was.
pub(super) fn summary(table: &Table) -> String {
    let held = table.count(|verdict| *verdict == Verdict::Held);
    let shown = table.count(|verdict| *verdict == Verdict::Shown);
    let absent = table.count(|verdict| matches!(verdict, Verdict::NotMeasured(_)));
    let load = |load: Option<f64>| load.map_or_else(|| "?".into(), |load| format!("{load:.2}"));
    format!(
        "{held} held, {} behind, {shown} shown, {absent} not measured; load {} before, {} after{}",
        table.behind(),
        load(table.machine.load),
        load(table.load_after),
        if table.machine.is_busy() { ": the machine was busy" } else { "" },
    )
}

/// With as many digits as mean anything.
pub(super) fn digits(value: f64) -> String {
    match value.abs() {
        0.0 => "0".into(),
        size if 100.0 <= size => format!("{value:.0}"),
        size if 10.0 <= size => format!("{value:.1}"),
        _ => format!("{value:.3}"),
    }
}

fn value(figure: Option<&Figure>) -> String {
    figure.and_then(|figure| figure.value).map_or_else(|| "–".into(), digits)
}

fn peer(row: &Judged) -> String {
    row.best_peer
        .as_ref()
        .map_or_else(|| "–".into(), |peer| format!("{} {}", peer.who, value(Some(peer))))
}

fn ratio(ratio: Option<f64>) -> String {
    ratio.map_or_else(|| "–".into(), |ratio| format!("{ratio:.2}"))
}

fn spread(figure: Option<&Figure>) -> String {
    let spread = figure.and_then(Figure::spread);
    spread.map_or_else(|| "–".into(), |spread| format!("{:.0} %", 100.0 * spread))
}
