//! The program's arguments, and what it does with a list of models.
//!
//! Results go to standard output, all else to standard error. The exit code is 0 only if everything that
//! was asked for is proven.

use std::io::{IsTerminal, stderr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, io};

use anstream::{eprintln, println};
use anstyle::{AnsiColor, Style};
use clap::Parser;
use clap::error::ErrorKind;
use serde::de::DeserializeOwned;

use crate::models::Size;
use crate::report::{self, Mutant, Report, count};
use crate::run::{self, Counts, Entry, Options, Progress, Unreadable, word};
use crate::table as machines;

mod mutants;
mod progress;
mod replay;
mod table;

pub use progress::{Bars, Lines};
pub use table::table;

const EXAMPLES: &str = "\
Examples:
  xiom-model                                 every model, as every change runs it
  xiom-model --nightly --out reports         millions of states, reports elsewhere
  xiom-model --only stack --only cuts        these two
  xiom-model --record                        accept the counts as they are now
  xiom-model --replay found/MODEL-NAME.json  is that counterexample still one?
  xiom-model --explore stack                 step through a model in a browser
  xiom-model --mutants mutants.json          with what kills which mutant
  xiom-model --tables spec/tables --check    are the tables what the machines do?

Exit codes:
  0  everything holds, and documents have their known defects
  1  a model failed; with --replay: the property is still broken; with --check: a table differs
  2  with --replay: the scenario does not play any more
  3  the arguments or a file that they name cannot be understood";

#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
/// Explores models of the shipped machines and of the source documents, and tells what holds.
#[derive(Clone, Debug, Parser)]
#[command(name = "xiom-model", version, after_help = EXAMPLES)]
pub struct Arguments {
    /// Explore millions of states.
    #[arg(long, conflicts_with = "small")]
    nightly: bool,
    /// Explore at most 150,000 states of each model.
    #[arg(long)]
    small: bool,
    /// Only the model of this name; may be repeated.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Print the names of all models and what they explore.
    #[arg(long, conflicts_with_all = ["explore", "replay", "record", "mutants"])]
    list: bool,
    /// Serve stateright's Explorer for this model on loopback until interrupted.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["record", "mutants", "only"])]
    explore: Option<String>,
    /// The port of the Explorer; 0 for any that is free.
    #[arg(long, default_value_t = 3000, requires = "explore")]
    port: u16,
    /// Play a saved counterexample; with --explore, print where the Explorer shows it.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["record", "mutants", "only"])]
    replay: Option<PathBuf>,
    /// Record the counts as they are, instead of comparing with what is recorded.
    #[arg(long)]
    record: bool,
    /// The file of recorded counts; that of the project unless given.
    #[arg(long, value_name = "FILE")]
    counts: Option<PathBuf>,
    /// Leave out stateright's own search, as --nightly does.
    #[arg(long)]
    one_engine: bool,
    /// Print the whole report as JSON instead of the table.
    #[arg(long)]
    json: bool,
    /// The folder for the reports.
    #[arg(long, value_name = "DIR", default_value = "target/model")]
    out: PathBuf,
    /// Mutants and what kills them, as JSON; one that survives is a failure.
    #[arg(long, value_name = "FILE")]
    mutants: Option<PathBuf>,
    /// Switch the mutant of this name on, to see what it breaks; none are in the shipped sources.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["explore", "record", "replay", "try_mutants"])]
    mutant: Option<String>,
    /// Try the mutants that are woven into this build, and write down what kills them; none are in the
    /// shipped sources. Each must be killed as recorded; with --record or --nightly, by whatever does.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["explore", "replay", "list"])]
    try_mutants: Option<PathBuf>,
    /// Write the tables of all machines into this folder, and explore no model.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["explore", "record", "replay", "list", "try_mutants"])]
    tables: Option<PathBuf>,
    /// Compare the tables in that folder with the code instead, and say where they differ.
    #[arg(long, requires = "tables")]
    check: bool,
}

/// Does what `arguments` ask for, with the models of `entries`.
#[must_use]
pub fn main(entries: &[Entry], arguments: &Arguments) -> ExitCode {
    if let Some(folder) = &arguments.tables {
        return finish(tables(folder, arguments.check));
    }
    if let Some(file) = &arguments.try_mutants {
        return finish(mutants::run(entries, file, arguments));
    }
    let done = match (&arguments.explore, &arguments.replay) {
        (Some(name), file) => replay::explore(entries, name, file.as_deref(), arguments),
        (None, Some(file)) => replay::replay(entries, file, arguments.chosen()),
        (None, None) if arguments.list => list(entries, arguments),
        (None, None) => check(entries, arguments),
    };
    finish(done)
}

fn finish(done: Result<u8, Fault>) -> ExitCode {
    let code = done.unwrap_or_else(|fault| {
        let style = AnsiColor::Red.on_default().bold();
        match &fault {
            Fault::Usage(words) | Fault::Failed(words) => {
                eprintln!("{style}error{style:#}: {words}");
            }
        }
        match fault {
            Fault::Usage(_) => USAGE,
            Fault::Failed(_) => FAILED,
        }
    });
    ExitCode::from(code)
}

/// Says why arguments were not understood, or prints the help that they ask for.
#[must_use]
pub fn refused(error: &clap::Error) -> ExitCode {
    let is_help = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    // There is nobody left to tell when this fails.
    let _printed = error.print();
    ExitCode::from(if is_help { 0 } else { USAGE })
}

/// Why nothing came of it.
enum Fault {
    /// What was asked for cannot be understood.
    Usage(String),
    /// It was understood and could not be done.
    Failed(String),
}

impl From<Unreadable> for Fault {
    fn from(error: Unreadable) -> Self {
        Self::Usage(error.to_string())
    }
}

impl Fault {
    fn unwritable(path: &Path, error: &io::Error) -> Self {
        Self::Failed(format!("{}: {error}", path.display()))
    }
}

impl Arguments {
    fn size(&self) -> Size {
        self.chosen().unwrap_or(Size::Review)
    }

    /// The size that was asked for, if one was.
    fn chosen(&self) -> Option<Size> {
        match (self.small, self.nightly) {
            (true, _) => Some(Size::Small),
            (false, true) => Some(Size::Nightly),
            (false, false) => None,
        }
    }

    /// Whether all that kills a mutant is wanted, not only what is recorded.
    const fn wants_all_kills(&self) -> bool {
        self.record || self.nightly
    }

    fn counts(&self) -> PathBuf {
        let project = concat!(env!("CARGO_MANIFEST_DIR"), "/counts.toml");
        self.counts.clone().unwrap_or_else(|| project.into())
    }
}

/// Writes the tables of all machines, or compares them with what the code does.
fn tables(folder: &Path, is_check: bool) -> Result<u8, Fault> {
    let sheets = machines::all().map_err(|fault| Fault::Failed(fault.to_string()))?;
    let unwritable = |error: io::Error| Fault::unwritable(folder, &error);
    if !is_check {
        machines::files::write(&sheets, folder).map_err(unwritable)?;
        println!("{} in {}", count(sheets.len(), "machine"), folder.display());
        return Ok(0);
    }
    let differences = machines::files::differences(&sheets, folder).map_err(unwritable)?;
    for difference in &differences {
        println!("{difference}");
    }
    if differences.is_empty() {
        println!("{}: the tables are what the code does", count(sheets.len(), "machine"));
        return Ok(0);
    }
    let differences = count(differences.len(), "difference");
    eprintln!("{differences}: if the design is to change, write the tables anew");
    Ok(FAILED)
}

fn list(entries: &[Entry], arguments: &Arguments) -> Result<u8, Fault> {
    for entry in chosen(entries, &arguments.only)? {
        let bold = Style::new().bold();
        let subject = match entry.subject {
            run::Subject::Shipped => "",
            run::Subject::Document => " (document)",
        };
        println!("{bold}{}{bold:#}{subject}", entry.name);
        for line in textwrap::wrap(&entry.job().about(arguments.size()), 90) {
            println!("    {line}");
        }
    }
    Ok(0)
}

fn check(entries: &[Entry], arguments: &Arguments) -> Result<u8, Fault> {
    let chosen = chosen(entries, &arguments.only)?;
    let size = arguments.size();
    let mutants: Option<Vec<Mutant>> = arguments.mutants.as_deref().map(read).transpose()?;
    let file = arguments.counts();
    let mut counts = Counts::read(&file)?;
    let mutant = arguments.mutant.as_deref().map(mutants::find).transpose()?;
    let is_shipped = mutant.is_none();
    let options = Options {
        // Stateright's search has threads of its own, where no mutant is switched on; and no bound of memory.
        second: is_shipped && !arguments.one_engine && !arguments.nightly,
        counts: (is_shipped && !arguments.record).then(|| counts.clone()),
        mutant,
    };
    let results = run::all(&chosen, size, &options, &counts, &*progress());
    let is_known = |name: &str| entries.iter().any(|entry| entry.name == name);
    if arguments.record {
        for result in &results {
            counts.record(result);
        }
        counts.forget(is_known);
        counts.write(&file).map_err(|error| Fault::unwritable(&file, &error))?;
        let results = count(results.len(), "model");
        eprintln!("{results} recorded in {}", file.display());
    }
    let mut report = Report::new(word(size), results, mutants);
    for name in counts.stale(word(size), is_known) {
        report.failures.push(format!("counts are recorded for {name}, which is no model"));
    }
    for (index, entry) in entries.iter().enumerate() {
        if entries.iter().take(index).any(|it| it.name == entry.name) {
            report.failures.push(format!("there are two models with the name {}", entry.name));
        }
    }
    tell(&report, arguments)?;
    Ok(if report.is_green() { 0 } else { FAILED })
}

fn tell(report: &Report, arguments: &Arguments) -> Result<(), Fault> {
    let out = &arguments.out;
    report::write(report, out).map_err(|error| Fault::unwritable(out, &error))?;
    if arguments.json {
        let text = serde_json::to_string_pretty(report);
        println!("{}", text.map_err(|error| Fault::Failed(error.to_string()))?);
    } else {
        println!("{}", table(report));
    }
    replay::failures(report);
    let (colour, mark) =
        if report.is_green() { (AnsiColor::Green, "✓") } else { (AnsiColor::Red, "✗") };
    let style = colour.on_default().bold();
    let summary = report.summary();
    // With JSON, standard output holds nothing else.
    if arguments.json {
        eprintln!("{style}{mark}{style:#} {summary}");
    } else {
        println!("{style}{mark}{style:#} {summary}");
    }
    eprintln!("{}", out.join("report.html").display());
    Ok(())
}

/// The entries of these names, or all.
fn chosen<'a>(entries: &'a [Entry], names: &[String]) -> Result<Vec<&'a Entry>, Fault> {
    for name in names {
        find(entries, name).map_err(Fault::Usage)?;
    }
    let is_chosen = |entry: &&Entry| names.is_empty() || names.iter().any(|it| it == entry.name);
    Ok(entries.iter().filter(is_chosen).collect())
}

/// The entry of this name, or words that list the names there are.
fn find<'a>(entries: &'a [Entry], name: &str) -> Result<&'a Entry, String> {
    entries.iter().find(|entry| entry.name == name).ok_or_else(|| {
        let names: Vec<&str> = entries.iter().map(|entry| entry.name).collect();
        format!("no model is called `{name}`: there are {}", names.join(", "))
    })
}

fn read<T: DeserializeOwned>(file: &Path) -> Result<T, Unreadable> {
    let text = fs::read_to_string(file).map_err(|error| Unreadable::new(file, &error))?;
    serde_json::from_str(&text).map_err(|error| Unreadable::new(file, &error))
}

fn progress() -> Box<dyn Progress> {
    if stderr().is_terminal() {
        Box::new(Bars::new(indicatif::ProgressDrawTarget::stderr()))
    } else {
        Box::new(Lines::new(stderr()))
    }
}

const FAILED: u8 = 1;
const UNPLAYABLE: u8 = 2;
const USAGE: u8 = 3;
