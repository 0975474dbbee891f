//! The report as one page: a single file, without network and without a script.

use alloc::collections::BTreeSet;

use maud::{Markup, html};

use super::engine::float;
use super::report::{Report, Row};

pub(super) fn page(report: &Report) -> String {
    let body = html! {
        (head(report))
        main {
            section { h2 { "Targets" } (targets(report)) }
            @for row in &report.targets { (details(row)) }
        }
    };
    crate::page::page("Xiom: fuzzing", "", &body)
}

fn head(report: &Report) -> Markup {
    let open: usize = report.targets.iter().map(|row| row.crashes_open).sum();
    let fixed: usize = report.targets.iter().map(|row| row.crashes_fixed).sum();
    let sums = || report.targets.iter().map(|row| &row.sum);
    let executions: u64 = sums().map(|sum| sum.executions).sum();
    let hours = sums().map(|sum| sum.cpu_seconds).sum::<f64>() / 3600.0;
    let quiet = sums().map(|sum| sum.quiet_cpu_seconds).fold(f64::MAX, f64::min);
    let ids = report.targets.iter().filter_map(|row| row.cover.as_ref());
    let ids: BTreeSet<&String> = ids.flat_map(|cover| &cover.requirements).collect();
    let (tone, word) = if open == 0 { ("good", "✓ Nothing found") } else { ("bad", "✗ Found") };
    html! {
        header {
            h1 { "Xiom " small { "fuzzing" } }
            p.verdict.(tone) {
                b { (word) } " " (open) " open crashes in " (report.targets.len()) " targets, "
                (fixed) " fixed and kept."
            }
            dl.tiles {
                (tile("executions", &grouped(executions), "of this build"))
                (tile("processor time", &format!("{hours:.2} h"), "of this build"))
                (tile("without a new edge", &format!("{:.1} min", quiet / 60.0), "at least, each target"))
                @if !ids.is_empty() {
                    (tile("requirements", &ids.len().to_string(), "executed by the corpora"))
                }
                (tile("engine", report.engine, &format!("sanitizer {}, seed {}", report.sanitizer, report.seed)))
                (tile("an empty target", &grouped_rate(report.empty_per_second), "runs a second"))
            }
        }
    }
}

fn tile(name: &str, number: &str, about: &str) -> Markup {
    html! { div { dt { (name) } dd { b { (number) } (about) } } }
}

fn targets(report: &Report) -> Markup {
    let columns = [
        "target",
        "crashes open",
        "fixed",
        "runs",
        "CPU min",
        "runs/s",
        "of empty",
        "edges",
        "of all",
        "CPU min since a new edge",
        "states × events",
        "spans of requirements",
        "requirements",
        "corpus files",
        "octets",
    ];
    html! {
        div.wide { table {
            thead { tr { @for name in columns { th scope="col" { (name) } } } }
            tbody { @for row in &report.targets { (target(row, report.empty_per_second)) } }
        } }
        p.fact {
            "Runs, processor time and edges are those of all runs of this build, added up in ledger.json. "
            "Requirements are those whose code the committed inputs execute, as `cargo xtask fuzz cover` found."
        }
    }
}

fn target(row: &Row, empty_per_second: f64) -> Markup {
    let Row { outcome, sum, cover, pairs, .. } = row;
    let share = |part: f64, all: f64| format!("{:.1} %", 100.0 * part / all.max(1.0));
    let number = |number: Option<usize>| number.map_or("–".to_owned(), |it| it.to_string());
    html! { tr {
        th scope="row" { a href={ "#" (outcome.target) } { (outcome.target) } }
        td.bad[0 < row.crashes_open] { (row.crashes_open) }
        td { (row.crashes_fixed) }
        td { (grouped(sum.executions)) }
        td { (format!("{:.1}", sum.cpu_seconds / 60.0)) }
        td { (grouped_rate(row.per_second)) }
        td { (share(row.per_second, empty_per_second)) }
        td { (sum.edges) }
        td { (share(float(sum.edges), float(sum.counters))) }
        td { (format!("{:.1}", sum.quiet_cpu_seconds / 60.0)) }
        td { (number(pairs.as_ref().map(Vec::len))) }
        td { (number(cover.as_ref().map(|it| it.spans))) }
        td { (number(cover.as_ref().map(|it| it.requirements.len()))) }
        td { (row.corpus_files) }
        td { (row.corpus_octets) }
    } }
}

/// The digits in groups of three.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&[u8]> = digits.as_bytes().rchunks(3).rev().collect();
    groups.iter().map(|group| String::from_utf8_lossy(group)).collect::<Vec<_>>().join("\u{202f}")
}

fn grouped_rate(rate: f64) -> String {
    format!("{rate:.0}").parse().map_or_else(|_| format!("{rate:.0}"), grouped)
}

fn details(row: &Row) -> Markup {
    html! {
        section id=(row.outcome.target) {
            h2 { (row.outcome.target) }
            p.fact { (row.outcome.about) }
            @if let Some(crash) = &row.outcome.crash {
                p.bad { "Fails: " code { (crash.display()) } }
                pre { (row.outcome.words.join("\n")) }
                p.fact { "Next: " code { "cargo xtask fuzz triage " (crash.display()) } }
            }
            @if let Some(cover) = &row.cover {
                details {
                    summary { "The committed inputs execute code of " (cover.requirements.len()) " requirements" }
                    p.fact { @for id in &cover.requirements { code { (id) } " " } }
                }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_in_groups() {
        assert_eq!(grouped(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(grouped(12), "12");
        assert_eq!(grouped_rate(98_765.4), "98\u{202f}765");
    }
}
