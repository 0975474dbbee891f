//! The committed inputs of every target, run by the stable toolchain: a test for each target, named like it.
//!
//! Invariant: the tests run one after the other in one thread, because the bound on memory counts all threads.
//! That is why they have a harness of their own. A test named like a target runs the target's body and nothing
//! else, so that what it executes is what the inputs reach.
//!
//! An input that takes too much memory ends the process, as it does under an engine; then
//! `cargo run --package xiom-fuzz -- replay TARGET FOLDER` names it.

extern crate alloc;

use alloc::collections::BTreeSet;
use core::panic::AssertUnwindSafe;
use std::fs;
use std::panic;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};
use xiom_fuzz::{Coverage, Pair, Target, targets};

/// Octets of the corpus of one target, in all.
const LARGEST_CORPUS: usize = 1 << 20;

fn main() -> ExitCode {
    let arguments = Arguments { test_threads: Some(1), ..Arguments::from_args() };
    let mut trials = vec![Trial::test("memory_is_bounded", memory_is_bounded)];
    for target in targets::ALL {
        trials.push(Trial::test(target.name, || committed(target)));
        trials.push(Trial::test(format!("told::{}", target.name), || told(target)));
        trials.push(Trial::test(format!("seeds::{}", target.name), || seeds(target)));
        if let (Some(reachable), Some(coverage)) = (target.reachable, target.coverage) {
            let pairs = move || every_pair_is_met(target, reachable, coverage);
            trials.push(Trial::test(format!("pairs::{}", target.name), pairs));
        }
    }
    trials.push(Trial::test("every_table_has_a_target", every_table_has_a_target));
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// Every committed input passes.
fn committed(target: &'static Target) -> Result<(), Failed> {
    let corpus = inputs("corpus", target)?;
    if corpus.is_empty() {
        return Err("it has no corpus: run `cargo xtask fuzz seed`".into());
    }
    let size: usize = corpus.iter().map(|(_, octets)| octets.len()).sum();
    if LARGEST_CORPUS < size {
        return Err(format!("its corpus has {size} octets").into());
    }
    for (path, octets) in corpus.iter().chain(&inputs("regressions", target)?) {
        judged(path, || target.run(octets))?;
    }
    Ok(())
}

/// Every committed input can be told in words, and its states and events can be.
fn told(target: &'static Target) -> Result<(), Failed> {
    for (path, octets) in inputs("corpus", target)?.iter().chain(&inputs("regressions", target)?) {
        judged(path, || {
            (target.explain)(octets);
            if let Some(coverage) = target.coverage {
                coverage(octets);
            }
        })?;
    }
    Ok(())
}

/// Every seed passes, and so does nothing at all.
fn seeds(target: &'static Target) -> Result<(), Failed> {
    for seed in (target.seeds)() {
        judged(Path::new(&seed.name), || target.run(&seed.octets))?;
    }
    judged(Path::new("no octet"), || target.run(b""))
}

/// The committed inputs meet every event in every state of the target's machines, and nothing else.
fn every_pair_is_met(
    target: &Target,
    reachable: fn() -> Vec<Pair>,
    coverage: Coverage,
) -> Result<(), Failed> {
    let corpus = inputs("corpus", target)?;
    let met: BTreeSet<Pair> = corpus.iter().flat_map(|(_, octets)| coverage(octets)).collect();
    let all: BTreeSet<Pair> = reachable().into_iter().collect();
    println!("{}: {} of {}", target.name, met.len(), all.len());
    match met.symmetric_difference(&all).next() {
        None => Ok(()),
        Some((state, event)) => {
            Err(format!("{event} in {state}: run `cargo xtask fuzz seed`").into())
        }
    }
}

/// Every machine of `spec/tables` is driven by a target.
fn every_table_has_a_target() -> Result<(), Failed> {
    let pairs = targets::ALL.iter().filter_map(|target| target.reachable).flat_map(|pairs| pairs());
    let machines: BTreeSet<String> =
        pairs.filter_map(|(state, _)| Some(state.split_once(": ")?.0.to_owned())).collect();
    let mut tables = BTreeSet::new();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/tables"))? {
        let path = entry?.path();
        tables.extend(path.file_stem().and_then(|name| name.to_str()).map(str::to_owned));
    }
    tables.remove("README");
    if machines == tables { Ok(()) } else { Err(format!("{machines:?}, {tables:?}").into()) }
}

/// What goes past the bound of a target cannot be had while it runs, and can afterwards.
fn memory_is_bounded() -> Result<(), Failed> {
    fn greedy(input: &[u8]) {
        assert_eq!(xiom_fuzz::can_allocate(input.len() << 10), input.len() <= 64);
    }
    let target = Target { memory: 65 << 10, ..Target::new("greedy", "takes memory", greedy) };
    target.run(&[0; 64]);
    target.run(&[0; 66]);
    if xiom_fuzz::can_allocate(66 << 10) { Ok(()) } else { Err("the bound stays".into()) }
}

/// Says which input it was, which a panic does not.
fn judged(path: &Path, deed: impl FnOnce()) -> Result<(), Failed> {
    panic::catch_unwind(AssertUnwindSafe(deed)).map_err(|_| path.display().to_string().into())
}

/// The inputs of one kind, in the order of their names; none where there is no folder.
fn inputs(kind: &str, target: &Target) -> Result<Vec<(PathBuf, Vec<u8>)>, Failed> {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    let Ok(entries) = fs::read_dir(fuzz.join(kind).join(target.name)) else {
        return Ok(Vec::new());
    };
    let mut inputs = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let octets = fs::read(&path)?;
        inputs.push((path, octets));
    }
    inputs.sort();
    Ok(inputs)
}
