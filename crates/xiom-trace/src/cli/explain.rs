//! `trace explain`: one requirement, its citations, its evidence, and what is missing.

use anstream::println;
use anstyle::Style;
use clap::Args;

use super::{Ended, Where, check, draw};
use crate::evidence::{Evidence, Place, Requirement};
use crate::report::read;
use crate::spec::{Specification, Stated};
use crate::{Class, Finding, Rule, Trace, worst};

#[derive(Args, Clone, Debug)]
pub(super) struct Arguments {
    /// The requirement.
    #[arg(value_name = "ID")]
    id: String,
}

const BOLD: Style = Style::new().bold();

pub(super) fn run(place: &Where, arguments: &Arguments) -> Ended {
    let trace = place.trace()?;
    let (document, stated) = find(&trace, &arguments.id)?;
    let now = check::statically(&trace);
    let last = read(&place.folder()?.join("evidence.json")).ok();
    let of =
        |evidence: &Evidence| evidence.requirements.iter().find(|it| it.id == stated.id).cloned();
    let Some(fresh) = of(&now) else { return Ok(Class::Tool) };
    let ran = last.as_ref().and_then(of).filter(|it| is_same(it, &fresh));
    let shown = ran.as_ref().unwrap_or(&fresh);
    let findings: Vec<Finding> = match (&last, &ran) {
        (Some(last), Some(_)) => about(&last.findings, &stated.id),
        _ => about(&now.findings, &stated.id),
    };
    if place.json {
        draw::json(shown);
    } else {
        print(document, stated, shown, ran.is_some());
        draw::findings(&findings);
    }
    Ok(worst(&findings))
}

/// The requirement `id`, or a finding that names the nearest.
pub(super) fn find<'a>(
    trace: &'a Trace,
    id: &str,
) -> Result<(&'a Specification, &'a Stated), Box<Finding>> {
    trace.requirement(id).ok_or_else(|| {
        let nearest = trace.nearest(id).unwrap_or_default();
        let finding = Finding::new(Rule::UnknownId, "", 0, format!("{id} is in no document"));
        Box::new(finding.about(id).help(format!("did you mean {nearest}?")))
    })
}

/// Whether the last run was about the very same text and tokens.
fn is_same(ran: &Requirement, now: &Requirement) -> bool {
    let hashes = |it: &Requirement| -> Vec<String> {
        let code = it.code.iter().map(|it| it.hash.clone());
        code.chain(it.tests.iter().map(|it| it.hash.clone())).collect()
    };
    ran.text_hash == now.text_hash && hashes(ran) == hashes(now)
}

fn about(findings: &[Finding], id: &str) -> Vec<Finding> {
    findings.iter().filter(|it| it.id.as_deref() == Some(id)).cloned().collect()
}

fn print(document: &Specification, stated: &Stated, it: &Requirement, has_run: bool) {
    println!("{BOLD}{}{BOLD:#}  {}:{}", it.id, document.file, stated.line);
    println!("{}\n", it.section.join(" > "));
    for line in textwrap::wrap(&it.text, 90) {
        println!("  {line}");
    }
    println!(
        "\n{BOLD}{}{BOLD:#} at {} of {}: {}",
        it.status.word(),
        it.level,
        it.owed,
        it.level.claim()
    );
    for (index, code) in it.code.iter().enumerate() {
        println!("  code  {}", place(&code.place));
        for test in code.reached_by.iter().filter_map(|index| it.tests.get(*index)) {
            println!("        executed by {}", test.place.item);
        }
        if has_run && code.reached_by.is_empty() {
            println!("        executed by none of its tests (span {index})");
        }
    }
    for test in &it.tests {
        let outcome = format!("{:?}", test.outcome).to_lowercase();
        println!("  test  {}  {outcome}, {} ms", place(&test.place), test.milliseconds);
    }
    for proof in &it.proofs {
        println!("  proof {}  {}", place(&proof.place), proof.reason);
    }
    for witness in &it.witnesses {
        let executes = witness.corpus.map(|corpus| {
            let does = it.code.iter().any(|code| code.corpora.contains(&corpus));
            if does {
                "its corpus executes the code"
            } else {
                "its corpus executes none of the code"
            }
        });
        println!("  {} {}  {}", witness.kind, place(&witness.place), executes.unwrap_or_default());
    }
    if let Some(waiver) = &it.waiver {
        println!("  waived until {}: {}  {}", waiver.until, waiver.reason, place(&waiver.place));
    }
    if !has_run {
        println!("  not run as it stands now: `trace run --document {}`", it.document);
    }
    if !it.next.is_empty() {
        println!("\nnext: {}", it.next);
    }
}

fn place(place: &Place) -> String {
    format!("{}:{} {}", place.file, place.span.line, place.item)
}
