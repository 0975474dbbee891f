//! The table as one page: a single file, without network and without a script.
//!
//! Each row has a bar for everybody, the best first; Xiom's is filled with colour, limits are outlined.

use maud::{Markup, html};

use super::figure::{Figure, XIOM};
use super::goal::Verdict;
use super::join::{Judged, Table};
use super::report::{digits, summary};
use super::rows::LIMITS;

const STYLE: &str = include_str!("page.css");

pub(super) fn page(table: &Table) -> String {
    let body = html! {
        (head(table))
        main {
            @for (group, rows) in table.groups() {
                section id=(group.name) {
                    h2 { (group.title) }
                    p.fact { @if group.more { "More is better." } @else { "Less is better." } }
                    @for judged in rows { (row(judged)) }
                }
            }
        }
    };
    crate::page::page("Xiom: benchmarks", STYLE, &body)
}

fn head(table: &Table) -> Markup {
    let behind = table.behind();
    let (tone, word) =
        if behind == 0 { ("good", "✓ Nothing is behind") } else { ("bad", "✗ Behind") };
    html! {
        header {
            h1 { "Xiom " small { "benchmarks" } }
            p.verdict.(tone) { b { (word) } " " (summary(table)) }
            dl.tiles {
                div { dt { "date" } dd { b { (table.machine.date) } } }
                div { dt { "processors" } dd { b { (table.machine.processors) } (table.machine.processor) } }
                div { dt { "toolchain" } dd { b { (table.machine.toolchain) } } }
                div { dt { "rounds" } dd { b { @if table.is_quick { "quick" } @else { "full" } } } }
            }
            nav { @for (group, rows) in table.groups() {
                @let bad = rows.iter().any(|row| row.verdict == Verdict::Behind);
                a.bad[bad] href={ "#" (group.name) } { (group.name) } " "
            } }
        }
    }
}

fn row(row: &Judged) -> Markup {
    let tone = match row.verdict {
        Verdict::Held => "good",
        Verdict::Behind => "bad",
        Verdict::Shown | Verdict::NotMeasured(_) => "fact",
    };
    html! {
        article {
            h3 { (row.name()) " " span.(tone) { (row.verdict) } }
            @if row.figures.iter().any(|figure| figure.value.is_some()) { (bars(row)) }
            @if !row.goals.is_empty() {
                ul { @for check in &row.goals {
                    li.good[check.is_held == Some(true)].bad[check.is_held == Some(false)] {
                        (check.goal)
                        @if let Some(ratio) = check.ratio { " — " (format!("{ratio:.2}")) " ×" }
                        @if let Some(reason) = &check.reason { " — " (reason) }
                    }
                } }
            }
        }
    }
}

/// A bar for everybody, the best first.
fn bars(row: &Judged) -> Markup {
    let mut figures: Vec<(&Figure, f64)> =
        row.figures.iter().filter_map(|figure| Some((figure, figure.value?))).collect();
    figures.sort_by(
        |(_, one), (_, other)| {
            if row.more { other.total_cmp(one) } else { one.total_cmp(other) }
        },
    );
    let most = figures.iter().map(|(figure, _)| figure.high).fold(f64::MIN_POSITIVE, f64::max);
    let height = f64::from(u32::try_from(figures.len()).unwrap_or(1)) * LINE;
    let label = figures.first().map(|(figure, _)| format!("{}: {} leads", row.name(), figure.who));
    html! {
        svg viewBox={ "0 0 760 " (height) } width="760" height=(height) role="img" aria-label=[label] {
            @for ((figure, value), line) in figures.iter().zip(0_u32..) {
                @let top = f64::from(line) * LINE;
                @let kind = if figure.who == XIOM { "ours" } else if LIMITS.contains(&figure.who.as_str()) { "limit" } else { "peer" };
                text.who x="150" y=(top + 14.0) { (figure.who) }
                rect.(kind) x="158" y=(top + 3.0) width=(scaled(*value, most)) height="14" {}
                // How far the rounds lie apart.
                line.spread x1=(158.0 + scaled(figure.low, most)) x2=(158.0 + scaled(figure.high, most)) y1=(top + 10.0) y2=(top + 10.0) {}
                text x=(166.0 + scaled(figure.high, most)) y=(top + 14.0) {
                    (digits(*value)) " " (figure.unit)
                    @if let Some(allocations) = figure.allocations { " · " (digits(allocations)) " allocs" }
                }
            }
        }
    }
}

fn scaled(value: f64, most: f64) -> f64 {
    (value / most * WIDTH * 10.0).round() / 10.0
}

const LINE: f64 = 20.0;
const WIDTH: f64 = 400.0;
