//! The findings, by rule, the worst first.

use alloc::collections::BTreeMap;
use core::cmp::Reverse;

use maud::{Markup, html};

use super::Page;
use super::parts::class;
use crate::{Class, Finding, Rule};

pub(super) fn view(page: &Page<'_>) -> Markup {
    let mut rules: BTreeMap<(Reverse<Class>, Rule), Vec<&Finding>> = BTreeMap::new();
    for finding in &page.evidence.findings {
        rules.entry((Reverse(finding.class()), finding.rule)).or_default().push(finding);
    }
    let next: BTreeMap<&str, &str> =
        page.evidence.requirements.iter().map(|it| (it.id.as_str(), it.next.as_str())).collect();
    html! {
        section #gaps {
            h2 { "Gaps" }
            @if rules.is_empty() { p { "✓ Nothing was found to be wrong." } }
            @for ((_, rule), findings) in &rules {
                (group(page, *rule, findings, &next))
            }
        }
    }
}

fn group(
    page: &Page<'_>,
    rule: Rule,
    findings: &[&Finding],
    next: &BTreeMap<&str, &str>,
) -> Markup {
    let word = class(rule.class());
    html! {
        h3 { b.class.(word) { (word) } " " (rule.title()) " "
            small { (rule.code()) ", " (findings.len()) } }
        ul.findings { @for it in findings {
            li {
                @if let Some(id) = &it.id { a.id href={ "#" (id) } { (id) } " " }
                span { (it.message) }
                @if !it.file.is_empty() { " " (page.lines(&it.file, it.line, it.line)) }
                @if !it.help.is_empty() { p.next { b { "Do: " } (it.help) } }
                @else if let Some(step) = step(it, next) { p.next { b { "Next: " } (step) } }
            }
        } }
    }
}

/// The next step for the requirement, where the finding itself says nothing.
fn step<'a>(finding: &Finding, next: &BTreeMap<&str, &'a str>) -> Option<&'a str> {
    let id = finding.id.as_deref()?;
    next.get(id).copied().filter(|step| !step.is_empty())
}
