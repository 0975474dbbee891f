//! Counterexamples in a terminal and in the Explorer.

use core::fmt::Write;
use core::net::Ipv4Addr;
use std::net::TcpListener;
use std::path::Path;

use anstream::{eprintln, println};

use super::{Arguments, FAILED, Fault, UNPLAYABLE, find, read};
use crate::models::Size;
use crate::report::Report;
use crate::run::{Counterexample, Entry, Saved, Standing};

/// Plays the scenario in `file`, and says whether it still breaks its property.
pub(super) fn replay(entries: &[Entry], file: &Path, size: Option<Size>) -> Result<u8, Fault> {
    let saved: Saved = read(file)?;
    let size = size.or(saved.size()).unwrap_or(Size::Review);
    let property = &saved.scenario.property;
    let played =
        find(entries, &saved.scenario.model).and_then(|entry| entry.job().replay(size, &saved));
    let replayed = match played {
        Ok(replayed) => replayed,
        Err(reason) => {
            eprintln!("does not play any more: {reason}");
            return Ok(UNPLAYABLE);
        }
    };
    for told in &replayed.told {
        println!("{}", words(told));
    }
    let (verdict, code) = match replayed.standing {
        Standing::Broken => ("✗ still broken", FAILED),
        Standing::Holds => ("✓ not broken any more", 0),
        Standing::Undecided => ("? not decided within the budget", UNPLAYABLE),
    };
    println!("{verdict}: {property}");
    Ok(code)
}

/// Serves the Explorer for the model `name`, and prints where it shows the scenario in `file`.
pub(super) fn explore(
    entries: &[Entry],
    name: &str,
    file: Option<&Path>,
    arguments: &Arguments,
) -> Result<u8, Fault> {
    let job = find(entries, name).map_err(Fault::Usage)?.job();
    let saved: Option<Saved> = file.map(read).transpose()?;
    let kept = saved.as_ref().and_then(Saved::size);
    let size = arguments.chosen().or(kept).unwrap_or(Size::Review);
    let view = match &saved {
        None => "/".into(),
        Some(saved) => match job.address(size, saved) {
            Ok(view) => view,
            Err(reason) => {
                eprintln!("does not play any more: {reason}");
                return Ok(UNPLAYABLE);
            }
        },
    };
    // The Explorer would panic where this says what is wrong.
    let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, arguments.port));
    let port = bound
        .and_then(|it| it.local_addr())
        .map_err(|error| Fault::Failed(format!("port {} of loopback: {error}", arguments.port)))?;
    println!("http://{port}{view}");
    eprintln!("interrupt to end");
    job.serve(size, port.port());
    Ok(0)
}

/// Says what failed, with the ways that show it.
pub(super) fn failures(report: &Report) {
    for (model, failure) in report.failures() {
        eprintln!("{}: {failure}", model.unwrap_or("all models"));
    }
    for model in &report.models {
        for property in model.properties.iter().filter(|it| !it.is_right()) {
            for told in property.counterexample.iter().chain(&property.contrast) {
                eprintln!("\n{}", words(told));
            }
        }
    }
}

/// A counterexample as text: each step, and what is said in it.
fn words(it: &Counterexample) -> String {
    let name = |number: usize| it.participants.get(number).map_or("?", String::as_str);
    let mut text = format!("{}: {}\n", it.scenario.model, it.scenario.property);
    for (number, step) in it.scenario.steps.iter().enumerate() {
        // Writing to a string does not fail.
        let _written = writeln!(text, "{:>4}. {step}", number + 1);
        for told in it.arrows.iter().filter(|told| told.step == number) {
            let (from, to) = (name(told.from), name(told.to));
            let _written = if from == to {
                writeln!(text, "        {from}: {}", told.text)
            } else {
                writeln!(text, "        {from} → {to}: {}", told.text)
            };
        }
    }
    text
}
