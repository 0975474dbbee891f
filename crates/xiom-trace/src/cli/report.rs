//! `trace report`: the reports of the last run; in a job of a CI service, also its summary.

use std::env;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::{Ended, Where, unwritable};
use crate::Class;
use crate::report::{Format, read, summary, write};

#[derive(Args, Clone, Debug)]
pub(super) struct Arguments {
    /// Only these formats: html, json, junit, sarif, lcov, summary, badge, csv.
    #[arg(long = "format", value_name = "FORMAT")]
    formats: Vec<Format>,
    /// The folder to write to; beside the evidence unless given.
    #[arg(long)]
    out: Option<PathBuf>,
}

pub(super) fn run(place: &Where, arguments: &Arguments) -> Ended {
    let folder = place.folder()?;
    let evidence = read(&folder.join("evidence.json"))?;
    let formats =
        if arguments.formats.is_empty() { &Format::ALL } else { arguments.formats.as_slice() };
    let out = arguments.out.as_ref().unwrap_or(&folder);
    for file in write(&evidence, &place.project()?.root, out, formats)? {
        anstream::println!("{}", file.display());
    }
    if let Some(file) = env::var_os("GITHUB_STEP_SUMMARY") {
        let name = PathBuf::from(&file).display().to_string();
        let write = |mut file: File| file.write_all(summary(&evidence, None).as_bytes());
        let opened = OpenOptions::new().append(true).create(true).open(file);
        opened.and_then(write).map_err(|error| unwritable(&name, &error))?;
    }
    Ok(Class::Note)
}
