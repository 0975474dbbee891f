//! The report as one page: a single file, without network and without a script.

use alloc::collections::BTreeSet;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::report::{Report, Row};

const STYLE: &str = include_str!("page.css");
/// What the page may load: nothing.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'";

pub(super) fn page(report: &Report) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                title { "Xiom: fuzzing" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (head(report))
                main {
                    section { h2 { "Targets" } (targets(report)) }
                    @for row in &report.targets { (details(row)) }
                }
            }
        }
    };
    page.into_string()
}

fn head(report: &Report) -> Markup {
    let open: usize = report.targets.iter().map(|row| row.crashes_open).sum();
    let cpu: f64 = report.targets.iter().map(|row| row.outcome.cpu_seconds).sum();
    let (tone, word) = if open == 0 { ("good", "✓ Nothing found") } else { ("bad", "✗ Found") };
    html! {
        header {
            h1 { "Xiom " small { "fuzzing" } }
            p.verdict.(tone) { b { (word) } " " (open) " open crashes in " (report.targets.len()) " targets." }
            dl.tiles {
                div { dt { "engine" } dd { b { (report.engine) } } }
                div { dt { "sanitizer" } dd { b { (report.sanitizer) } } }
                div { dt { "processor time" } dd { b { (format!("{:.1} min", cpu / 60.0)) } } }
                div { dt { "an empty target" } dd { b { (format!("{:.0}", report.empty_per_second)) } "runs a second" } }
                div { dt { "seed" } dd { b { (report.seed) } } }
            }
        }
    }
}

fn targets(report: &Report) -> Markup {
    let columns = [
        "target",
        "runs",
        "runs/s",
        "of empty",
        "edges",
        "min since the last new edge",
        "committed",
        "octets",
        "open",
        "fixed",
    ];
    html! {
        div.wide { table {
            thead { tr { @for name in columns { th scope="col" { (name) } } } }
            tbody { @for row in &report.targets { tr {
                th scope="row" { a href={ "#" (row.outcome.target) } { (row.outcome.target) } }
                td { (row.outcome.executions) }
                td { (format!("{:.0}", row.per_second)) }
                td { (format!("{:.1} %", 100.0 * row.per_second / report.empty_per_second.max(1.0))) }
                td { (row.outcome.edges) }
                td { (format!("{:.1}", (row.outcome.cpu_seconds - row.outcome.last_edge_cpu_seconds) / 60.0)) }
                td { (row.corpus_files) }
                td { (row.corpus_octets) }
                td.bad[0 < row.crashes_open] { (row.crashes_open) }
                td { (row.crashes_fixed) }
            } } }
        } }
    }
}

fn details(row: &Row) -> Markup {
    html! {
        section id=(row.outcome.target) {
            h2 { (row.outcome.target) }
            p.fact { (row.outcome.about) }
            @if let Some(crash) = &row.outcome.crash {
                p.bad { "Fails: " code { (crash.display()) } }
                pre { (row.outcome.words.join("\n")) }
            }
            @if let Some(pairs) = &row.pairs { (machine(pairs)) }
        }
    }
}

/// The table of states and events that the corpus meets.
fn machine(pairs: &[(String, String)]) -> Markup {
    let states: BTreeSet<&str> = pairs.iter().map(|(state, _)| state.as_str()).collect();
    let events: BTreeSet<&str> = pairs.iter().map(|(_, event)| event.as_str()).collect();
    let met =
        |state: &str, event: &str| pairs.iter().any(|(one, other)| one == state && other == event);
    html! {
        p.fact { (pairs.len()) " pairs of state and event" }
        div.wide { table {
            thead { tr { th { "state" } @for event in &events { th scope="col" { (event) } } } }
            tbody { @for state in &states { tr {
                th scope="row" { (state) }
                @for event in &events { td { @if met(state, event) { "✓" } } }
            } } }
        } }
    }
}
