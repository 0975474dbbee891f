//! The committed corpora: seeded, grown by what campaigns find, minimised.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::pick::pick;
use super::tools::{Target, ask, build, kept, place, some, targets, text};
use super::{Sanitizer, engine};
use crate::step::root;

/// Where handshakes of Thrift are recorded.
const RECORDED: &str = "crates/xiom-thrift-sasl/tests/recorded";
/// Octets of one target's corpus, at most.
const LARGEST: u64 = 1 << 20;
/// Inputs of one target, at most, after [`minimise`].
const MOST: usize = 150;

/// Writes the seeds of every target.
pub(super) fn seed() -> Result<()> {
    let (corpus, recorded) = (kept(&["corpus"]), root().join(RECORDED));
    let mut words = vec!["seed", text(&corpus)?];
    if recorded.is_dir() {
        words.extend(["--recorded", text(&recorded)?]);
    }
    ask(&words).map(drop)
}

/// Writes the dictionaries and the options, or compares them.
pub(super) fn dict(check: bool) -> Result<()> {
    let folder = kept(&[]);
    let words = ["dict", text(&folder)?, "--check"];
    let (all, without) = (&words[..], words.split_last().map_or(&words[..], |(_, rest)| rest));
    ask(if check { all } else { without }).map(drop)
}

/// Adds to every corpus what `target/fuzz/work` has that reaches something new.
pub(super) fn promote() -> Result<()> {
    let programs = build(Sanitizer::None, None)?;
    fs::create_dir_all(place(&["promote"]))?;
    for target in targets()? {
        let (corpus, work) = (kept(&["corpus", &target.name]), place(&["work", &target.name]));
        if work.is_dir() {
            fs::create_dir_all(&corpus)?;
            let notes = place(&["promote", &target.name]);
            merge(&programs, &target, (&corpus, &work), &[], &notes)?;
            tell(&target, &corpus)?;
        }
    }
    Ok(())
}

/// Replaces the corpora of `only`, or of every target, by few inputs that reach as many edges.
pub(super) fn minimise(only: Option<&str>) -> Result<()> {
    let targets = some(only)?;
    let programs = build(Sanitizer::None, only)?;
    for target in targets {
        let corpus = kept(&["corpus", &target.name]);
        let notes = place(&["cmin", &target.name]);
        fs::create_dir_all(place(&["cmin"]))?;
        let picked = tempfile::tempdir().map_err(anyhow::Error::from).and_then(|aside| {
            // Edges alone: how often each is taken would keep many times the inputs.
            merge(&programs, &target, (aside.path(), &corpus), &["-use_counters=0"], &notes)?;
            pick(&fs::read_to_string(&notes)?, MOST)
        })?;
        ensure!(!picked.paths.is_empty(), "nothing is left of {}", target.name);
        for entry in fs::read_dir(&corpus)? {
            let path = entry?.path();
            if !picked.paths.iter().any(|it| Path::new(it) == path) {
                fs::remove_file(path)?;
            }
        }
        println!("{:<20} {:>5} of {} edges", target.name, picked.reached, picked.all);
        tell(&target, &corpus)?;
    }
    Ok(())
}

/// Copies from the second folder into the first what reaches something that the first does not.
fn merge(
    programs: &Path,
    target: &Target,
    (into, from): (&Path, &Path),
    flags: &[&str],
    notes: &Path,
) -> Result<()> {
    // It goes on with the notes of another merge if it finds any.
    if notes.exists() {
        fs::remove_file(notes)?;
    }
    let mut command =
        engine::command(&programs.join(&target.name), target, &place(&["crashes", &target.name]))?;
    command.args(["-merge=1", "-verbosity=0"]).args(flags);
    command.arg(format!("-merge_control_file={}", text(notes)?)).args([into, from]);
    let told = command.output().with_context(|| format!("{command:?}"))?;
    ensure!(told.status.success(), "{command:?}:\n{}", String::from_utf8_lossy(&told.stderr));
    Ok(())
}

fn tell(target: &Target, corpus: &Path) -> Result<()> {
    let mut sizes = Vec::new();
    for entry in fs::read_dir(corpus)? {
        sizes.push(entry?.metadata()?.len());
    }
    let size: u64 = sizes.iter().sum();
    println!("{:<20} {:>5} inputs {size:>8} octets", target.name, sizes.len());
    ensure!(size <= LARGEST, "the corpus of {} has more than {LARGEST} octets", target.name);
    Ok(())
}
