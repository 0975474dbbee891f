//! Trying the mutants: each is switched on, and the shipped models are explored in small.
//!
//! A mutant is switched on in one thread alone, and its models run in that thread. What killed it is recorded,
//! so that a review asks for that and no more: a search that must see one promise broken ends there.

use std::io::{IsTerminal, stderr};
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;
use std::{fs, io};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{Arguments, Fault};
use crate::models::Size;
use crate::mutant;
use crate::report::{Killed, count};
use crate::run::{self, Entry, Kill, KilledBy, Subject};

/// Tries them all, and writes what kills them to `file`.
pub(super) fn run(entries: &[Entry], file: &Path, arguments: &Arguments) -> Result<u8, Fault> {
    let recorded =
        if arguments.wants_all_kills() { KilledBy::default() } else { KilledBy::read(&record())? };
    let bar = bar(mutant::all().len());
    let threads = available_parallelism().map_or(1, usize::from);
    let kills = |number: usize| {
        let kills = mutant::all().get(number).map(|mutant| try_one(entries, mutant, &recorded));
        bar.inc(1);
        let kills = kills.unwrap_or_default();
        if !stderr().is_terminal() {
            let name = mutant::all().get(number).map_or("", |mutant| mutant.name);
            eprintln!("    {}/{}: {name}: {}", bar.position(), mutant::all().len(), told(&kills));
        }
        kills
    };
    let tried = mutant::run_all(threads, |_, mutant| bar.set_message(mutant.name), kills);
    bar.finish_and_clear();
    let killed = tried.iter().filter(|it| it.is_killed()).count();
    eprintln!("    {killed} of {} killed", count(tried.len(), "mutant"));
    if arguments.record {
        KilledBy::choose(&tried).write(&record()).map_err(|error| unwritable(&record(), &error))?;
    }
    let text = serde_json::to_string_pretty(&tried);
    let text = text.map_err(|error| Fault::Failed(error.to_string()))?;
    fs::write(file, text).map_err(|error| unwritable(file, &error))?;
    Ok(0)
}

/// The number of the mutant of this name.
pub(super) fn find(name: &str) -> Result<usize, Fault> {
    let number = mutant::names().iter().position(|it| *it == name);
    number.ok_or_else(|| Fault::Usage(format!("no mutant of this build is called `{name}`")))
}

/// In a word, whether a mutant was seen.
fn told(kills: &[Killed]) -> String {
    if kills.is_empty() { "SURVIVES".into() } else { format!("{} see it", kills.len()) }
}

fn unwritable(file: &Path, error: &io::Error) -> Fault {
    Fault::unwritable(file, error)
}

/// What kills `mutant`: what is recorded, if it still does, or all that does if nothing is recorded.
fn try_one(entries: &[Entry], mutant: &mutant::Mutant, recorded: &KilledBy) -> Vec<Killed> {
    let of = |entry: &Entry, kills: Vec<Kill>| -> Vec<Killed> {
        let named = |Kill { property, steps, kind }| Killed {
            model: entry.name.into(),
            property,
            steps,
            kind,
        };
        kills.into_iter().map(named).collect()
    };
    let Some(recorded) = recorded.of(mutant.name) else {
        let concerned = entries.iter().filter(|entry| entry.runs(mutant.file));
        return concerned.flat_map(|it| of(it, run::kills(it, Size::Small))).collect();
    };
    let again = |Killed { model, property, steps, kind }: &Killed| {
        let kill = Kill { property: property.clone(), steps: *steps, kind: *kind };
        let entry = entries.iter().find(|it| it.name == model)?;
        Some(of(entry, run::kills_again(entry, Size::Small, &kill)))
    };
    recorded.iter().filter_map(again).flatten().collect()
}

impl Entry {
    /// Whether the model is of a shipped machine and runs the code of `file`.
    fn runs(&self, file: &str) -> bool {
        self.subject == Subject::Shipped
            && self.within.is_none_or(|places| places.iter().any(|place| file.starts_with(place)))
    }
}

/// Below the project's root, where the program runs: the build is of a copy, and the record is not.
fn record() -> PathBuf {
    "model/killed-by.toml".into()
}

fn bar(mutants: usize) -> ProgressBar {
    let target = if stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let bar = ProgressBar::with_draw_target(u64::try_from(mutants).ok(), target);
    if let Ok(style) = ProgressStyle::with_template("    {bar:30} {pos}/{len} mutants  {wide_msg}")
    {
        bar.set_style(style);
    }
    bar
}
