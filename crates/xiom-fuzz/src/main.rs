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
use xiom_fuzz::{Target, targets};

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
    /// Writes the dictionaries to `FOLDER`, or compares.
    Dict {
        /// The folder of all dictionaries.
        folder: PathBuf,
        /// Compare, and write nothing.
        #[arg(long)]
        check: bool,
    },
    /// Writes `FOLDER/TARGET.options` and the dictionaries they name, as `ClusterFuzzLite` and OSS-Fuzz read them.
    Options {
        /// The folder of the programs.
        folder: PathBuf,
        /// The folder of all dictionaries.
        dictionaries: PathBuf,
    },
    /// Runs the inputs in files and folders.
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
        Deed::Options { folder, dictionaries } => options(&folder, &dictionaries)?,
        Deed::Replay { target, paths } => {
            let target = find(&target)?;
            let inputs = inputs(&paths)?;
            for input in &inputs {
                target.run(input);
            }
            println!("{} inputs", inputs.len());
        }
        Deed::Explain { target, file } => {
            let input = fs::read(&file).with_context(|| file.display().to_string())?;
            print!("{}", (find(&target)?.explain)(&input));
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
    let mut stale = Vec::new();
    for dictionary in Dictionary::ALL {
        let Some(name) = dictionary.file() else { continue };
        let (path, text) = (folder.join(name), dictionary.text());
        if !check {
            fs::create_dir_all(folder)?;
            fs::write(path, text)?;
        } else if fs::read_to_string(path).ok() != Some(text) {
            stale.push(name);
        }
    }
    if !stale.is_empty() {
        bail!("{} is not what the code says: run `cargo xtask fuzz dict`", stale.join(", "));
    }
    Ok(())
}

fn options(folder: &Path, dictionaries: &Path) -> Result<()> {
    for target in targets::ALL {
        let mut lines = vec!["[libfuzzer]".to_owned(), format!("max_len = {}", target.longest)];
        if let Some(name) = target.dictionary.file() {
            fs::copy(dictionaries.join(name), folder.join(name))?;
            lines.push(format!("dict = {name}"));
        }
        let text = lines.join("\n") + "\n";
        fs::write(folder.join(format!("{}.options", target.name)), text)?;
    }
    Ok(())
}

fn coverage(target: &Target, paths: &[PathBuf]) -> Result<serde_json::Value> {
    let Some(of) = target.coverage else { return Ok(serde_json::Value::Null) };
    let mut pairs: Vec<(String, String)> =
        inputs(paths)?.iter().flat_map(|input| of(input)).collect();
    pairs.sort_unstable();
    pairs.dedup();
    Ok(json!(pairs))
}

/// The contents of `paths`, and of the files in those that are folders, in the order of their names.
fn inputs(paths: &[PathBuf]) -> Result<Vec<Vec<u8>>> {
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
    let read = |path: &PathBuf| fs::read(path).with_context(|| path.display().to_string());
    files.iter().map(read).collect()
}
