//! `trace selftest`: seeds each fault into a small project and sees that exactly it is reported.
//!
//! A tool that says "green" is worth as much as the faults it was seen to find.

use alloc::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anstream::println;
use clap::Args;
use indicatif::ProgressBar;
use jiff::civil::date;

use self::faults::{FAULTS, Fault, Sight};
use super::Ended;
use crate::run::execute;
use crate::{Class, Executed, Finding, Level, Plan, Project, Rule, Trace, evidence_of};

mod faults;

#[derive(Args, Clone, Debug)]
pub(super) struct Arguments {
    /// Only faults whose name contains this.
    #[arg(long)]
    only: Option<String>,
    /// Only faults that are seen by `check`, or by `run`.
    #[arg(long, value_enum)]
    sight: Option<Sight>,
}

const FILES: [(&str, &str); 5] = [
    ("Cargo.toml", include_str!("selftest/project/Cargo.toml.txt")),
    ("spec/manifest.toml", include_str!("selftest/project/manifest.toml")),
    ("spec/gate.md", include_str!("selftest/project/gate.md")),
    ("src/lib.rs", include_str!("selftest/project/lib.rs.txt")),
    ("tests/gate.rs", include_str!("selftest/project/tests.rs.txt")),
];

pub(super) fn run(arguments: &Arguments) -> Ended {
    let wanted = |fault: &&Fault| {
        arguments.only.as_ref().is_none_or(|part| fault.name.contains(part.as_str()))
            && arguments.sight.is_none_or(|sight| sight == fault.sight)
    };
    let faults: Vec<&Fault> = FAULTS.iter().filter(wanted).collect();
    let bar = ProgressBar::new(u64::try_from(faults.len()).unwrap_or(u64::MAX));
    let mut rows = Vec::new();
    let mut missed = 0_usize;
    for fault in &faults {
        let found = seed(fault)?;
        let demanded: BTreeSet<Rule> = fault.reported.iter().copied().collect();
        let is_found = found == demanded;
        missed = missed.saturating_add(usize::from(!is_found));
        rows.push((*fault, found, is_found));
        bar.inc(1);
    }
    bar.finish_and_clear();
    for (fault, found, is_found) in &rows {
        draw(fault, found, *is_found);
    }
    let detected = faults.len().saturating_sub(missed);
    println!("{detected} of {} as demanded", faults.len());
    if faults.is_empty() {
        let finding = Finding::new(Rule::Unreadable, "", 0, "no fault has such a name".into());
        return Err(Box::new(finding));
    }
    Ok(if missed == 0 { Class::Note } else { Class::Gate })
}

fn draw(fault: &Fault, found: &BTreeSet<Rule>, is_found: bool) {
    let sight = match fault.sight {
        Sight::Check => "check",
        Sight::Run => "run",
    };
    let codes: Vec<&str> = found.iter().map(|rule| rule.code()).collect();
    let codes = if codes.is_empty() { "nothing".into() } else { codes.join(" ") };
    let class = found.iter().map(|rule| rule.class()).max().unwrap_or(Class::Note);
    let word = if is_found { "ok" } else { "MISSED" };
    println!("{word:<6} {sight:<5} exit {}  {:<50} {codes}", class.exit_code(), fault.name);
    if !is_found {
        let demanded: Vec<&str> = fault.reported.iter().map(|rule| rule.code()).collect();
        println!("       demanded: {}", demanded.join(" "));
    }
}

/// The rules that are reported for the project with this fault in it.
fn seed(fault: &Fault) -> Result<BTreeSet<Rule>, Finding> {
    let folder = tempfile::tempdir().map_err(|error| broken("", &error.to_string()))?;
    let root = folder.path();
    for (file, text) in FILES {
        write(root, file, text)?;
    }
    let project = Project::new(root, "spec");
    accept(&project)?;
    for (file, text, becomes) in fault.edits {
        let old = fs::read_to_string(root.join(file)).unwrap_or_default();
        let new = if text.is_empty() {
            format!("{old}{becomes}")
        } else {
            old.replacen(text, becomes, 1)
        };
        if old == new {
            return Err(broken(file, &format!("the edit of `{}` changes nothing", fault.name)));
        }
        write(root, file, &new)?;
    }
    let found = match fault.sight {
        Sight::Check => match Trace::load(&project, TODAY) {
            Ok(trace) => evidence_of(&trace, None, &[]).findings,
            Err(finding) => vec![finding],
        },
        Sight::Run => {
            accept(&project)?;
            execution(&project)?
        }
    };
    Ok(found.into_iter().map(|finding| finding.rule).collect())
}

const TODAY: jiff::civil::Date = date(2026, 1, 1);

/// Accepts all links as they are; levels stay.
fn accept(project: &Project) -> Result<(), Finding> {
    let trace = Trace::load(project, TODAY)?;
    let mut lock = trace.lock.clone();
    for (_, stated) in trace.requirements() {
        let level = lock.entries.get(&stated.id).map_or(Level::L0, |it| it.level);
        lock.entries.insert(stated.id.clone(), trace.accord(stated, level));
    }
    write(&project.root, &trace.lock_file(), &lock.render())
}

fn execution(project: &Project) -> Result<Vec<Finding>, Finding> {
    let trace = Trace::load(project, TODAY)?;
    let plan = Plan::new(&trace, &[]);
    let request = plan.request(&trace);
    Ok(match execute(&request, &mut |_| ()) {
        Ok(execution) => {
            let executed = Executed { plan: &plan, execution: &execution, to: Level::L3 };
            evidence_of(&trace, Some(executed), &[]).findings
        }
        Err(finding) => vec![finding],
    })
}

fn write(root: &Path, file: &str, text: &str) -> Result<(), Finding> {
    let path = root.join(file);
    let folder = path.parent().unwrap_or(root);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(&path, text))
        .map_err(|error| broken(file, &error.to_string()))
}

fn broken(file: &str, message: &str) -> Finding {
    Finding::new(Rule::Unreadable, file, 0, message.into())
}
