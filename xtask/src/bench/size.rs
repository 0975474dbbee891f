//! How large programs are, stripped, and what a build costs that begins with nothing.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::figure::{Figure, XIOM};
use super::programs::text;
use super::target;
use crate::step;

/// Builds the program and the least client, the latter in a fresh folder.
pub(super) fn measure(folder: &Path) -> Result<Vec<Figure>> {
    let program = ["--package", "xiom-cli"];
    step::run(&[&BUILD[..], &program].concat())?;
    let octets = size(&target().join("release").join("xiom"))?;
    let mut figures = vec![Figure::once("size/the command-line program", XIOM, octets, "octets")];

    let fresh = folder.join("fresh");
    clear(&fresh)?;
    let before = spent()?;
    let client = ["--package", "xiom-minimal", "--target-dir", &text(&fresh)?];
    step::run(&[&BUILD[..], &client].concat())?;
    let seconds = spent()? - before;
    let octets = size(&fresh.join("release").join("xiom-minimal"))?;
    figures.push(Figure::once("size/the least client, default features", XIOM, octets, "octets"));
    figures.push(Figure::once("build/the least client, from nothing", XIOM, seconds, "s"));
    clear(&fresh)?;
    Ok(figures)
}

/// Octets of a program, which is released without symbols.
fn size(program: &Path) -> Result<f64> {
    Ok(f64::from(u32::try_from(fs::metadata(program)?.len())?))
}

fn clear(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// CPU seconds of all programs that have ended so far, with theirs (proc(5): `cutime` and `cstime`).
fn spent() -> Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat").context("CPU time is told by Linux alone")?;
    // The name of the program may hold anything but a further parenthesis.
    let (_, fields) = stat.rsplit_once(')').context("no name")?;
    let ticks = fields.split_whitespace().skip(13).take(2).map(str::parse::<u32>);
    let ticks = ticks.sum::<Result<u32, _>>()?;
    Ok(f64::from(ticks) / TICKS)
}

const BUILD: [&str; 4] = ["cargo", "build", "--quiet", "--release"];
/// In a second, on every machine that Linux runs on.
const TICKS: f64 = 100.0;
