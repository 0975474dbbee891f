//! What `cargo xtask fuzz` asks of the targets, without an engine: lists, seeds, words, replays.
//!
//! Invariant: what is for a program goes to standard output as JSON, what is for a person as lines.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::{Parser, Subcommand};
use serde_json::json;
use xiom_fuzz::dictionary::Dictionary;
use xiom_fuzz::{Pair, Target, targets};

mod recorded;

/// The fuzz targets without an engine.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Debug, Subcommand)]
enum Deed {
    /// Every target, as JSON.
    List,
    /// Writes the seeds of every target to `FOLDER/TARGET/seed-NAME`.
    Seed {
        /// The folder of all corpora.
        folder: PathBuf,
        /// Handshakes of Thrift that were recorded, which are seeds, too.
        #[arg(long)]
        recorded: Option<PathBuf>,
    },
    /// Writes the dictionaries to `FOLDER/dict` and the options of each target to `FOLDER/options`, or compares.
    Dict {
        /// The folder of both.
        folder: PathBuf,
        /// Compare, and write nothing.
        #[arg(long)]
        check: bool,
    },
    /// Runs the inputs in files and folders, and names each before it does.
    Replay {
        /// The target.
        target: String,
        /// Files, and folders of files.
        paths: Vec<PathBuf>,
    },
    /// Tells an input in words.
    Explain {
        /// The target.
        target: String,
        /// The input.
        file: PathBuf,
    },
    /// The pairs of state and event that can be met, as JSON; null where that is not known.
    Reachable {
        /// The target.
        target: String,
    },
    /// The pairs of state and event that inputs meet, as JSON; null where a target drives no machine.
    Coverage {
        /// The target.
        target: String,
        /// Files, and folders of files.
        paths: Vec<PathBuf>,
    },
}

fn main() -> Result<ExitCode> {
    match Arguments::parse().deed {
        Deed::List => println!("{}", list()),
        Deed::Seed { folder, recorded } => seed(&folder, recorded.as_deref())?,
        Deed::Dict { folder, check } => dict(&folder, check)?,
        Deed::Replay { target, paths } => {
            let target = find(&target)?;
            let inputs = inputs(&paths)?;
            for (path, input) in &inputs {
                // Before it runs: what takes too much memory ends the process without a word of it.
                println!("{}", path.display());
                target.run(input);
            }
            println!("{} inputs", inputs.len());
        }
        Deed::Explain { target, file } => {
            let input = fs::read(&file).with_context(|| file.display().to_string())?;
            print!("{}", (find(&target)?.explain)(&input));
        }
        Deed::Reachable { target } => {
            println!("{}", json!(find(&target)?.reachable.map(|pairs| pairs())));
        }
        Deed::Coverage { target, paths } => println!("{}", coverage(find(&target)?, &paths)?),
    }
    Ok(ExitCode::SUCCESS)
}

fn find(name: &str) -> Result<&'static Target> {
    targets::find(name).with_context(|| format!("no target is called {name}"))
}

fn list() -> serde_json::Value {
    let told = |target: &Target| {
        json!({
            "name": target.name,
            "about": target.about,
            "dictionary": target.dictionary.file(),
            "longest": target.longest,
            "memory": target.memory,
            "machine": target.coverage.is_some(),
        })
    };
    targets::ALL.iter().map(told).collect()
}

fn seed(folder: &Path, recorded: Option<&Path>) -> Result<()> {
    for target in targets::ALL {
        let mut seeds = (target.seeds)();
        if let Some(recorded) = recorded {
            seeds.extend(match target.name {
                "thrift_message" => recorded::seeds(recorded, recorded::message)?,
                "thrift_frame" => recorded::seeds(recorded, recorded::frame)?,
                _ => Vec::new(),
            });
        }
        let folder = folder.join(target.name);
        fs::create_dir_all(&folder)?;
        for seed in seeds {
            fs::write(folder.join(format!("seed-{}", seed.name)), seed.octets)?;
        }
    }
    Ok(())
}

fn dict(folder: &Path, check: bool) -> Result<()> {
    let dictionaries = Dictionary::ALL.iter().filter_map(|dictionary| {
        dictionary.file().map(|name| (folder.join("dict").join(name), dictionary.text()))
    });
    let options = targets::ALL.iter().map(|target| {
        let name = format!("{}.options", target.name);
        (folder.join("options").join(name), target.options())
    });
    let mut stale = Vec::new();
    for (path, text) in dictionaries.chain(options) {
        if !check {
            fs::create_dir_all(path.parent().unwrap_or(folder))?;
            fs::write(path, text)?;
        } else if fs::read_to_string(&path).ok() != Some(text) {
            stale.push(path.display().to_string());
        }
    }
    if !stale.is_empty() {
        bail!("{} is not what the code says: run `cargo xtask fuzz dict`", stale.join(", "));
    }
    Ok(())
}

fn coverage(target: &Target, paths: &[PathBuf]) -> Result<serde_json::Value> {
    let Some(of) = target.coverage else { return Ok(serde_json::Value::Null) };
    let mut pairs: Vec<Pair> = inputs(paths)?.iter().flat_map(|(_, input)| of(input)).collect();
    pairs.sort_unstable();
    pairs.dedup();
    Ok(json!(pairs))
}

/// The files among `paths` and in those that are folders, in the order of their names, and what they hold.
fn inputs(paths: &[PathBuf]) -> Result<Vec<(PathBuf, Vec<u8>)>> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let entries = fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path()));
            files.extend(entries.collect::<Result<Vec<_>, _>>()?);
        } else {
            files.push(path.clone());
        }
    }
    files.sort();
    let read = |path: PathBuf| {
        let octets = fs::read(&path).with_context(|| path.display().to_string())?;
        Ok((path, octets))
    };
    files.into_iter().map(read).collect()
}
