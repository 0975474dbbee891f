//! One page for people: a single file, without network, whole without JavaScript.
//!
//! The script changes colours only; every fact, picture and link is there without it.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{Report, count, grouped, svg};
use crate::run::Subject;

mod found;
mod machines;
mod matrix;
mod models;

const STYLE: &str = concat!(include_str!("page.css"), include_str!("picture.css"));
const SCRIPT: &str = include_str!("page.js");
/// What the page may load: nothing.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'";

pub(super) fn page(report: &Report) -> String {
    let parts = parts(report);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                title { "Xiom: models" }
                style { (PreEscaped(svg::palette())) (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#models" { "Skip to the models" }
                (head(report))
                nav aria-label="Sections" {
                    @for part in &parts { a href={ "#" (part.anchor) } { (part.name) } }
                }
                main { @for part in &parts {
                    section id=(part.anchor) { h2 { (part.title) } (part.body) }
                } }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    page.into_string()
}

struct Part {
    anchor: &'static str,
    /// In the navigation.
    name: &'static str,
    title: &'static str,
    body: Markup,
}

/// The sections of the page; those that have nothing to say are left out.
fn parts(report: &Report) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut add = |anchor, name, title, body: Option<Markup>| {
        parts.extend(body.map(|body| Part { anchor, name, title, body }));
    };
    add("failures", "Failures", "Failures", failures(report));
    add("models", "Models", "Models", Some(models::table(report)));
    let shipped = Some(models::all(report, Subject::Shipped));
    add("properties", "Properties", "What is to hold of what ships", shipped);
    let found = "What the checker finds in the source documents";
    add("documents", "Documents", found, models::documents(report));
    add("matrix", "Mutants", "Properties and the mutants that they kill", matrix::view(report));
    add("machines", "Machines", "Machines", machines::view(report));
    add("repeat", "Repeat", "How to repeat it", Some(repeat(report)));
    parts
}

fn head(report: &Report) -> Markup {
    let (tone, mark, word) =
        if report.is_green() { ("good", "✓", "Green") } else { ("bad", "✗", "Red") };
    html! {
        header {
            div.title {
                h1 { "Xiom " small { "models" } }
                button #theme type="button" hidden { "Light or dark" }
            }
            p.verdict.(tone) { b { (mark) " " (word) } " " (report.summary()) "." }
            (tiles(report))
        }
    }
}

fn tiles(report: &Report) -> Markup {
    let tally = report.tally();
    let models = || report.models.iter();
    let documents = report.of(Subject::Document).count();
    let shipped = report.of(Subject::Shipped).count();
    let seconds: f64 = models().map(|it| it.seconds).sum();
    let mut tiles = vec![
        (
            "models",
            report.models.len().to_string(),
            format!("{shipped} shipped, {documents} of documents"),
        ),
        (
            "states",
            grouped(models().map(|it| it.states).sum()),
            format!("in the size {}", report.size),
        ),
        (
            "steps",
            grouped(models().map(|it| it.transitions).sum()),
            format!("explored in {seconds:.1} s"),
        ),
        ("properties", grouped(tally.held), format!("hold, of {}", grouped(tally.promised))),
    ];
    if 0 < documents {
        tiles.push(("defects", grouped(tally.defects), "found in documents, as known".into()));
    }
    if let Some(mutants) = &report.mutants {
        let killed = mutants.iter().filter(|it| it.is_killed()).count();
        tiles.push(("mutants", killed.to_string(), format!("killed, of {}", mutants.len())));
    }
    html! {
        dl.tiles { @for (name, number, what) in &tiles {
            div { dt { (name) } dd { b { (number) } (what) } }
        } }
    }
}

fn failures(report: &Report) -> Option<Markup> {
    let failures: Vec<_> = report.failures().collect();
    (!failures.is_empty()).then(|| {
        html! {
            p.legend { (count(failures.len(), "reason")) " why this run is not green." }
            ul.failures { @for (model, failure) in &failures { li {
                @if let Some(model) = model {
                    a href={ "#model-" (super::slug(model)) } { (model) } " "
                }
                (quoted(failure))
            } } }
        }
    })
}

/// `text` with the names in it, which stand between grave accents, set apart.
fn quoted(text: &str) -> Markup {
    html! { @for (number, part) in text.split('`').enumerate() {
        @if number % 2 == 0 { (part) } @else { q { (part) } }
    } }
}

fn repeat(report: &Report) -> Markup {
    let size = match report.size.as_str() {
        "review" => String::new(),
        size => format!(" --{size}"),
    };
    let commands = format!(
        "cargo run --release -p xiom-model --{}\n\
         cargo run --release -p xiom-model -- --replay {}/MODEL-PROPERTY.json\n\
         cargo run --release -p xiom-model -- --explore MODEL",
        size,
        super::FOLDER
    );
    html! {
        pre.commands tabindex="0" { (commands) }
        p.legend {
            "Every way here is a shortest one: the search goes in breadth and visits each reachable "
            "state once. A return is decided on the whole graph: from every state where something is "
            "pending, a good state can be reached. Stateright's own search counts the same states with "
            "another hash and without our memory of steps. Fingerprints have 64 bits."
        }
    }
}
