//! One run of one target by libFuzzer: started, watched, counted.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result};
use serde::Serialize;

use super::line::{self, Line, Status};
use super::tools::{self, Target, kept, place};

/// What came of a run.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Outcome {
    pub(super) target: String,
    pub(super) about: String,
    pub(super) executions: u64,
    /// Seconds by the clock.
    pub(super) seconds: f64,
    /// Seconds of processor time; by the clock, where the system does not tell.
    pub(super) cpu_seconds: f64,
    /// The processor time at which the last new edge was reached.
    pub(super) last_edge_cpu_seconds: f64,
    pub(super) edges: u64,
    pub(super) features: u64,
    /// Inputs in the engine's hands at the end.
    pub(super) inputs: u64,
    /// The input that failed, if one did.
    pub(super) crash: Option<PathBuf>,
    /// Lines that tell why.
    pub(super) words: Vec<String>,
}

impl Outcome {
    /// Executions for each second of processor time.
    pub(super) fn rate(&self) -> f64 {
        // Below 2^53, an integer is the same in floating point.
        let executions = u32::try_from(self.executions).map_or(f64::MAX, f64::from);
        if self.cpu_seconds > 0.0 { executions / self.cpu_seconds } else { 0.0 }
    }
}

/// Runs `target` for `seconds`; `told` hears how far it is.
pub(super) fn run(
    programs: &Path,
    target: &Target,
    seconds: u64,
    seed: u32,
    mut told: impl FnMut(&Outcome),
) -> Result<Outcome> {
    let (work, crashes) = (place(&["work", &target.name]), place(&["crashes", &target.name]));
    fs::create_dir_all(&work)?;
    fs::create_dir_all(&crashes)?;
    let mut command = Command::new(programs.join(&target.name));
    command.arg(format!("-max_total_time={seconds}")).arg(format!("-seed={seed}"));
    command.arg(format!("-max_len={}", target.longest)).args(["-timeout=20", "-rss_limit_mb=1024"]);
    command.arg(format!("-artifact_prefix={}/", tools::text(&crashes)?));
    if let Some(dictionary) = &target.dictionary {
        command.arg(format!("-dict={}", tools::text(&kept(&["dict", dictionary]))?));
    }
    command.arg(&work);
    let corpus = kept(&["corpus", &target.name]);
    command.args(corpus.is_dir().then_some(corpus));
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let child = child.as_mut().map_err(|error| anyhow::anyhow!("{}: {error}", target.name))?;
    let mut outcome =
        Outcome { target: target.name.clone(), about: target.about.clone(), ..Outcome::default() };
    watch(child, &mut outcome, &mut told)?;
    let status = child.wait()?;
    if !status.success() && outcome.crash.is_none() {
        outcome.words.push(format!("ended with {status}"));
        outcome.crash = Some(crashes);
    }
    Ok(outcome)
}

/// Reads what the engine prints, until it ends.
fn watch(child: &mut Child, outcome: &mut Outcome, told: &mut impl FnMut(&Outcome)) -> Result<()> {
    let started = Instant::now();
    let errors = child.stderr.take().context("no output")?;
    for line in BufReader::new(errors).split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        outcome.seconds = started.elapsed().as_secs_f64();
        outcome.cpu_seconds = cpu_seconds(child.id()).unwrap_or(outcome.cpu_seconds).max(0.0);
        match line::parse(&line) {
            Line::Status(Status { executions, edges, features, inputs }) => {
                outcome.executions = executions;
                if outcome.edges < edges {
                    outcome.last_edge_cpu_seconds = outcome.cpu_seconds;
                }
                outcome.edges = outcome.edges.max(edges);
                outcome.features = outcome.features.max(features);
                outcome.inputs = inputs.max(outcome.inputs);
                told(outcome);
            }
            Line::Crash(path) => outcome.crash = Some(path),
            Line::Other if is_telling(&line) => outcome.words.push(line),
            Line::Other => {}
        }
    }
    if outcome.cpu_seconds <= 0.0 {
        outcome.cpu_seconds = outcome.seconds;
    }
    Ok(())
}

/// Whether a line says why an input fails.
fn is_telling(line: &str) -> bool {
    ["panicked at", "assertion", "left:", "right:", "ERROR", "SUMMARY", "allocation"]
        .iter()
        .any(|mark| line.contains(mark))
}

/// The processor time of a process, where `/proc` tells it: in hundredths, as every Linux counts for people.
fn cpu_seconds(process: u32) -> Option<f64> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name of the program, in parentheses, may hold anything.
    let (_, fields) = text.rsplit_once(')')?;
    let fields = fields.split_whitespace().skip(11).take(2);
    let ticks: u32 = fields.filter_map(|field| field.parse::<u32>().ok()).sum();
    Some(f64::from(ticks) / 100.0)
}
