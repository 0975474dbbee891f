//! One run of one target by libFuzzer: started, watched, counted.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result};
use serde::Serialize;

use super::line::{self, Line, Status};
use super::tools::{Target, kept, place, text};

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
    /// Edges that the program has, reached or not.
    pub(super) counters: u64,
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
        if self.cpu_seconds > 0.0 { float(self.executions) / self.cpu_seconds } else { 0.0 }
    }
}

/// The number in floating point, which is exact below 2^53.
pub(super) fn float(number: u64) -> f64 {
    let half = |half: u64| u32::try_from(half).map_or(0.0, f64::from);
    (half(number >> 32)).mul_add(TWO_TO_32, half(number & 0xFFFF_FFFF))
}

/// When a run ends by itself.
#[derive(Clone, Copy, Debug)]
pub(super) enum Limit {
    /// After so many seconds by the clock.
    Seconds(u64),
    /// After so many executions.
    Executions(u64),
}

/// What is to be run, and where.
#[derive(Clone, Debug)]
pub(super) struct Run<'a> {
    /// The program of the engine.
    pub(super) program: PathBuf,
    pub(super) target: &'a Target,
    /// The folder in which what is found is kept, in `work`, and what fails, in `crashes`.
    pub(super) place: PathBuf,
    pub(super) limit: Limit,
    pub(super) seed: u32,
    /// Whether it starts from the committed corpus.
    pub(super) from_corpus: bool,
    /// What else its environment says.
    pub(super) variables: Vec<(&'static str, String)>,
}

impl<'a> Run<'a> {
    /// A run of the `target` in the folder `programs`, from its corpus.
    pub(super) fn new(programs: &Path, target: &'a Target, limit: Limit, seed: u32) -> Self {
        Self {
            program: programs.join(&target.name),
            target,
            place: place(&[]),
            limit,
            seed,
            from_corpus: true,
            variables: Vec::new(),
        }
    }

    /// The folder of inputs that fail.
    fn crashes(&self) -> PathBuf {
        self.place.join("crashes").join(&self.target.name)
    }

    /// Runs; `told` hears how far it is.
    pub(super) fn run(&self, mut told: impl FnMut(&Outcome)) -> Result<Outcome> {
        let Target { name, about, dictionary, .. } = self.target;
        let work = self.place.join("work").join(name);
        fs::create_dir_all(&work)?;
        let mut command = command(&self.program, self.target, &self.crashes())?;
        command.arg(match self.limit {
            Limit::Seconds(seconds) => format!("-max_total_time={seconds}"),
            Limit::Executions(runs) => format!("-runs={runs}"),
        });
        command.arg(format!("-seed={}", self.seed)).arg("-rss_limit_mb=1024");
        command.arg("-print_final_stats=1");
        if let Some(dictionary) = dictionary {
            command.arg(format!("-dict={}", text(&kept(&["dict", dictionary]))?));
        }
        let corpus = kept(&["corpus", name]);
        command.arg(work).args((self.from_corpus && corpus.is_dir()).then_some(corpus));
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| self.program.display().to_string())?;
        let mut outcome =
            Outcome { target: name.clone(), about: about.clone(), ..Outcome::default() };
        watch(&mut child, &mut outcome, &mut told)?;
        let status = child.wait()?;
        if !status.success() && outcome.crash.is_none() {
            outcome.words.push(format!("ended with {status}"));
            outcome.crash = Some(self.crashes());
        }
        Ok(outcome)
    }
}

/// The engine's `program` of `target`, with what every call of it is told.
///
/// Whatever it is asked for, what it writes on its own goes to `crashes`, or to the folder it runs in, which
/// lies below `target`.
pub(super) fn command(program: &Path, target: &Target, crashes: &Path) -> Result<Command> {
    let folder = place(&["scratch"]);
    fs::create_dir_all(&folder)?;
    fs::create_dir_all(crashes)?;
    let mut command = Command::new(program);
    command.current_dir(folder).stdin(Stdio::null());
    command.arg(format!("-artifact_prefix={}/", text(crashes)?));
    command.arg(format!("-max_len={}", target.longest)).arg("-timeout=20");
    Ok(command)
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
            Line::Executions(executions) => outcome.executions = executions,
            Line::Counters(counters) => outcome.counters = counters,
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
pub(super) fn is_telling(line: &str) -> bool {
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

const TWO_TO_32: f64 = 4_294_967_296.0;
