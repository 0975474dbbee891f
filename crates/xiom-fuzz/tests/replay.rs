//! The committed inputs of every target, run by the stable toolchain.
//!
//! Everything is in one test, because the bound on memory counts all threads.
#![cfg(test)]

use std::fs;
use std::path::{Path, PathBuf};

use xiom_fuzz::dictionary::Dictionary;
use xiom_fuzz::{Target, targets};

/// Octets of the corpus of one target, in all.
const LARGEST_CORPUS: usize = 1 << 20;

fn folder(parts: &[&str]) -> PathBuf {
    parts.iter().fold(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz"), |path, part| {
        path.join(part)
    })
}

/// The inputs in a folder; none where there is no folder.
fn inputs(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let files = entries.map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.file_name().unwrap() != "README.md");
    let mut inputs: Vec<_> = files.map(|path| (path.clone(), fs::read(&path).unwrap())).collect();
    inputs.sort();
    inputs
}

fn replay(target: &Target) -> usize {
    let corpus = inputs(&folder(&["corpus", target.name]));
    assert!(!corpus.is_empty(), "{} has no corpus: run `cargo xtask fuzz seed`", target.name);
    let size: usize = corpus.iter().map(|(_, octets)| octets.len()).sum();
    assert!(size <= LARGEST_CORPUS, "{} has a corpus of {size} octets", target.name);
    let regressions = inputs(&folder(&["regressions", target.name]));
    for (path, octets) in corpus.iter().chain(&regressions) {
        // A panic does not say which input it was.
        println!("{}", path.display());
        target.run(octets);
        (target.explain)(octets);
        if let Some(coverage) = target.coverage {
            coverage(octets);
        }
    }
    corpus.len() + regressions.len()
}

#[test]
fn every_committed_input_and_every_seed_passes() {
    let mut runs = 0;
    for target in targets::ALL {
        runs += replay(target);
        for seed in (target.seeds)() {
            println!("{} {}", target.name, seed.name);
            target.run(&seed.octets);
            runs += 1;
        }
        target.run(b"");
    }
    assert!(targets::ALL.len() < runs, "{runs} inputs");
    memory_is_bounded();
}

/// What goes past the bound of a target cannot be had while it runs, and can afterwards.
fn memory_is_bounded() {
    fn greedy(input: &[u8]) {
        assert_eq!(xiom_fuzz::can_allocate(input.len() << 10), input.len() <= 64);
    }
    let target = Target { memory: 65 << 10, ..Target::new("greedy", "takes memory", greedy) };
    target.run(&[0; 64]);
    target.run(&[0; 66]);
    assert!(xiom_fuzz::can_allocate(66 << 10));
}

#[test]
fn every_folder_belongs_to_a_target() {
    for kind in ["corpus", "regressions"] {
        for entry in fs::read_dir(folder(&[kind])).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            assert!(name == "README.md" || targets::find(&name).is_some(), "{kind}/{name}");
        }
    }
}

#[test]
fn every_target_is_one_line_for_the_engine() {
    let manifest = fs::read_to_string(folder(&["Cargo.toml"])).unwrap();
    for target in targets::ALL.iter().chain([&targets::EMPTY]) {
        let path = folder(&["fuzz_targets", &format!("{}.rs", target.name)]);
        let text = fs::read_to_string(&path).unwrap_or_else(|_| panic!("no {}", path.display()));
        let lines: Vec<_> = text.lines().filter(|line| line.starts_with("fuzz_target!")).collect();
        let constant = match target.name {
            "empty" => "EMPTY".to_owned(),
            name => format!("{name}::TARGET"),
        };
        let expected =
            format!("fuzz_target!(|input: &[u8]| xiom_fuzz::targets::{constant}.run(input));");
        assert_eq!(lines, [expected]);
        assert!(manifest.contains(&format!("name = \"{}\"\n", target.name)), "{}", target.name);
    }
    let count = fs::read_dir(folder(&["fuzz_targets"])).unwrap().count();
    assert_eq!(count, targets::ALL.len() + 1);
}

#[test]
fn dictionaries_are_what_the_code_says() {
    for dictionary in Dictionary::ALL {
        let path = folder(&["dict", dictionary.file().unwrap()]);
        assert_eq!(fs::read_to_string(path).unwrap(), dictionary.text());
        assert!(!dictionary.words().is_empty());
    }
}
