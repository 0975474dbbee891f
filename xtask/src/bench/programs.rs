//! The programs that measure: how they are built and run, and what they leave behind.

use core::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::figure::{self, Figure};
use super::realm::Realm;
use super::rows::{Row, rows};
use super::{Arguments, size, target};
use crate::step::{self, step};

/// What came of all programs.
#[derive(Debug, Default)]
pub(super) struct Measured {
    pub(super) figures: Vec<Figure>,
    /// Goals that programs state by themselves: row and bound.
    pub(super) bounds: Vec<(String, f64)>,
    /// Programs that failed, with the groups whose rows they owe.
    pub(super) failures: Vec<(&'static [&'static str], String)>,
}

impl Measured {
    /// Does `deed` for the rows of `groups`; a failure is kept, and ends nothing.
    fn take(
        &mut self,
        name: impl Display,
        groups: &'static [&'static str],
        deed: impl FnOnce() -> Result<Vec<Figure>>,
    ) {
        match step(format!("measure: {name}"), deed) {
            Ok(figures) => self.figures.extend(figures),
            Err(error) => {
                eprintln!("    {error:#}");
                self.failures.push((groups, format!("{:#}", error.root_cause())));
            }
        }
    }
}

/// Installs what peers need.
pub(super) fn install() -> Result<()> {
    step::run(&["sh", "xtask/peers/bench/install.sh", &text(&peers())?])
}

/// Builds everything first, so that nothing is built while something is measured.
pub(super) fn build(arguments: &Arguments) -> Result<()> {
    if arguments.peers {
        // What cannot be built makes rows that are not measured, with the reason.
        if !tried("build the peers in Rust", || {
            let target = text(&target())?;
            let manifest = ["--manifest-path", "benches/peers/Cargo.toml", "--target-dir", &target];
            let words = ["cargo", "build", "--quiet", "--locked", "--release"];
            step::run(&[&words[..], &manifest].concat())
        }) {
            // So that no earlier one runs in its place.
            forget(&peer_program())?;
        }
        let peers = text(&peers())?;
        for name in OUTSIDE {
            tried(&format!("build the peer {name}"), || {
                step::run(&["sh", "xtask/peers/bench/outside.sh", "build", &peers, name])
            });
        }
    }
    let mut words = vec!["cargo", "bench", "--quiet", "--package", "xiom-benches", "--no-run"];
    let goals = GOALS
        .iter()
        .filter(|(_, groups, is_long)| wants(arguments, groups) && !(*is_long && arguments.quick));
    let others = [("contest", CONTEST), ("channel", &["heap"]), ("trace", &["tools"])];
    let others = others.into_iter().filter(|(name, groups)| {
        wants(arguments, groups) && (*name != "contest" || !has_peers(arguments))
    });
    let names: Vec<&str> =
        goals.map(|(name, ..)| *name).chain(others.map(|(name, _)| name)).collect();
    if !names.is_empty() {
        words.extend(names.iter().flat_map(|name| ["--bench", name]));
        step("build the benchmarks", || step::run(&words))?;
    }
    if !arguments.quick && wants(arguments, &["models"]) {
        let words = ["cargo", "bench", "--quiet", "--package", "xiom-model", "--no-run"];
        step("build the benchmark of the models", || step::run(&words))?;
    }
    Ok(())
}

/// Takes a step whose failure is told, and ends nothing; whether it succeeded.
fn tried(name: &str, deed: impl FnOnce() -> Result<()>) -> bool {
    step(name, deed).inspect_err(|error| eprintln!("    {error:#}")).is_ok()
}

/// Whether a row of these groups may be asked for: by the name of the group, or by that of a declared row.
fn wants(arguments: &Arguments, groups: &[&str]) -> bool {
    let rows = rows();
    let is_in = |filter: &String| {
        let head = filter.split('/').next().unwrap_or_default();
        let has_row = |group: &str| {
            let is_own = |row: &Row| row.name.split('/').next() == Some(group);
            rows.iter().any(|row| is_own(row) && row.name.contains(filter.as_str()))
        };
        groups.iter().any(|group| group.contains(head) || has_row(group))
    };
    arguments.filters.is_empty() || arguments.filters.iter().any(is_in)
}

/// The program with peers in Rust.
fn peer_program() -> PathBuf {
    target().join("release").join("xiom-bench-peers")
}

/// Whether that program is asked for and there.
fn has_peers(arguments: &Arguments) -> bool {
    arguments.peers && peer_program().exists()
}

/// Runs every program that has rows to measure.
pub(super) fn run_all(arguments: &Arguments, folder: &Path) -> Measured {
    let mut measured = Measured::default();
    let wants = |groups: &[&str]| wants(arguments, groups);
    if wants(CONTEST) {
        measured.take("Xiom, the limits and peers", CONTEST, || contest(arguments, folder));
    }
    if wants(&["heap"]) {
        measured.take("heap", &["heap"], || figure::read_heap(&bench("channel", folder)?));
    }
    for (name, groups, is_long) in GOALS {
        if !wants(groups) || (*is_long && arguments.quick) {
            continue;
        }
        let mut bounds = Vec::new();
        measured.take(name, groups, || {
            let lines = figure::read_goals(name, &bench(name, folder)?)?;
            let bound =
                |(figure, goal): &(Figure, Option<f64>)| Some((figure.row.clone(), (*goal)?));
            bounds.extend(lines.iter().filter_map(bound));
            Ok(lines.into_iter().map(|(figure, _)| figure).collect())
        });
        measured.bounds.extend(bounds);
    }
    if wants(&["tools"]) {
        measured.take("trace check", &["tools"], || figure::read_trace(&bench("trace", folder)?));
    }
    if !arguments.quick {
        if wants(&["models"]) {
            measured.take("models", &["models"], models);
        }
        if wants(SIZE) {
            measured.take("size", SIZE, || size::measure(folder));
        }
    }
    measured
}

/// The rows with rivals, in one process: that of the peers if they are asked for and could be built.
fn contest(arguments: &Arguments, folder: &Path) -> Result<Vec<Figure>> {
    let out = folder.join("contest.json");
    forget(&out)?;
    let (file, peers) = (text(&out)?, text(&peers())?);
    let mut flags = vec!["--bench", "--out", &file];
    flags.extend(arguments.quick.then_some("--quick"));
    flags.extend(arguments.filters.iter().map(String::as_str));
    let mut environment = vec![("XIOM_BENCH_PEERS".to_owned(), peers)];
    // It is gone when the program has ended.
    let realm = wants(arguments, KERBEROS).then(|| Realm::start(folder));
    match &realm {
        Some(Ok(realm)) => environment.extend_from_slice(realm.environment()),
        Some(Err(error)) => eprintln!("    {error:#}"),
        None => {}
    }
    if has_peers(arguments) {
        let program = text(&peer_program())?;
        run(&[&[program.as_str()], &flags[..]].concat(), &environment)?;
    } else {
        let flags: Vec<&str> = flags.into_iter().filter(|flag| *flag != "--bench").collect();
        run(&[&CARGO_BENCH[..], &["contest", "--"], &flags].concat(), &environment)?;
    }
    figure::read(&out)
}

/// Runs a benchmark that takes no arguments, and tells the file that it wrote.
fn bench(name: &str, folder: &Path) -> Result<PathBuf> {
    let out = folder.join(name).with_extension("json");
    forget(&out)?;
    run(&[&CARGO_BENCH[..], &[name]].concat(), &[])?;
    Ok(out)
}

fn models() -> Result<Vec<Figure>> {
    let words = ["cargo", "bench", "--quiet", "--package", "xiom-model"];
    let told = step::output(&words).context("the benchmark of the models fails")?;
    eprint!("{told}");
    Ok(figure::read_models(&told))
}

/// Runs a program that measures; what it prints is no part of our own answer, which may be JSON.
fn run(words: &[&str], environment: &[(String, String)]) -> Result<()> {
    let (program, arguments) = words.split_first().context("a command without a name")?;
    let mut command = Command::new(program);
    command.args(arguments).current_dir(step::root()).stdout(std::io::stderr());
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    let status = command.status().with_context(|| format!("cannot start {program}"))?;
    ensure!(status.success(), "{program} ended with {status}");
    Ok(())
}

/// So that a program that fails leaves no figures of an earlier run.
pub(super) fn forget(file: &Path) -> Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// Where peers are installed and built that are not in Rust.
fn peers() -> PathBuf {
    step::root().join("target").join("peers")
}

pub(super) fn text(path: &Path) -> Result<String> {
    path.to_str().map(str::to_owned).context("the path is not UTF-8")
}

/// Peers that run in processes of their own, as `outside.sh` calls them.
const OUTSIDE: &[&str] = &["java", "python", "gss", "uamqp", "proton"];
/// Groups of what is built to be looked at.
const SIZE: &[&str] = &["size", "build"];
/// Groups with rows that need a realm.
const KERBEROS: &[&str] = &["thrift-data", "thrift-connect"];
const CARGO_BENCH: [&str; 6] =
    ["cargo", "bench", "--quiet", "--package", "xiom-benches", "--bench"];
/// Groups of the program that has rivals.
const CONTEST: &[&str] = &[
    "tls-memory",
    "tls-small",
    "tls-loopback",
    "tls-handshake",
    "codec-decode",
    "codec-encode",
    "codec-limit",
    "amqp-login",
    "connect",
    "growth",
    "thrift-data",
    "thrift-connect",
];
/// Benchmarks that state their goals themselves, with their groups, and whether they take minutes.
const GOALS: &[(&str, &[&str], bool)] = &[
    ("allocations", &["allocations"], false),
    ("scram", &["scram"], false),
    ("thrift", &["thrift"], false),
    ("logins", &["logins"], true),
    ("flood", &["flood"], true),
    ("half_open", &["half_open"], true),
];
