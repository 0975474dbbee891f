//! The folder `fuzz` holds what the list of targets says, and nothing else.
#![cfg(test)]

use std::fs;
use std::path::{Path, PathBuf};

use xiom_fuzz::dictionary::Dictionary;
use xiom_fuzz::targets;

fn folder(parts: &[&str]) -> PathBuf {
    parts.iter().fold(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz"), |path, part| {
        path.join(part)
    })
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

#[test]
fn options_are_what_the_code_says() {
    for target in targets::ALL {
        let path = folder(&["options", &format!("{}.options", target.name)]);
        let text = fs::read_to_string(&path).unwrap_or_else(|_| panic!("no {}", path.display()));
        assert_eq!(text, target.options());
    }
    assert_eq!(fs::read_dir(folder(&["options"])).unwrap().count(), targets::ALL.len());
}
