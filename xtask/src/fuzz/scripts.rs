//! What builds the targets elsewhere, `ClusterFuzzLite` and OSS-Fuzz, names nothing that is not there.
//!
//! The scripts run in images that this machine need not have; what they name is checked in every test run.

use std::fs;

use crate::step::root;

/// Whatever names files of the project.
const SCRIPTS: [&str; 8] = [
    ".clusterfuzzlite/Dockerfile",
    ".clusterfuzzlite/build.sh",
    "oss-fuzz/Dockerfile",
    "oss-fuzz/build.sh",
    ".github/workflows/cflite_batch.yml",
    ".github/workflows/cflite_cron.yml",
    ".github/workflows/cflite_pr.yml",
    ".github/workflows/fuzz.yml",
];
/// The folders that they name files of.
const FOLDERS: [&str; 4] = ["fuzz/", "crates/", ".clusterfuzzlite/", "xtask/"];

/// The files and folders of the project that `text` names, up to what a script fills in.
fn named(text: &str) -> Vec<String> {
    let is_end = |c: char| c.is_whitespace() || "\"'`$*()[],;|".contains(c);
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    let mut names = Vec::new();
    for word in lines.flat_map(|line| line.split(is_end)) {
        // The folder in which an image has the project.
        let word = word.trim_start_matches("SRC/xiom/");
        if FOLDERS.iter().any(|folder| word.starts_with(folder)) {
            names.push(word.trim_end_matches(['/', '.']).to_owned());
        }
    }
    names
}

#[test]
fn what_the_scripts_name_is_there() {
    let mut count = 0;
    for script in SCRIPTS {
        let text = fs::read_to_string(root().join(script)).unwrap();
        for name in named(&text) {
            assert!(root().join(&name).exists(), "{script} names {name}");
            count += 1;
        }
    }
    assert!(8 <= count, "{count} names");
}

#[test]
fn a_name_that_a_script_completes_is_its_folder() {
    let text = "# fuzz/gone\nfind \"fuzz/corpus/$name\" -type f; COPY .clusterfuzzlite/build.sh $SRC/x\n\
                exec bash \"$SRC/xiom/.clusterfuzzlite/build.sh\"\npaths: [\"crates/**\"]\n";
    let script = ".clusterfuzzlite/build.sh";
    assert_eq!(named(text), ["fuzz/corpus", script, script, "crates"]);
}
