//! `xiom user`: what it keeps, and that a password is nowhere to be seen.

use std::fs;
use std::path::PathBuf;

use serde_json::json;
use tempfile::TempDir;

use crate::support::{PASSWORD, Ran, run, run_on};

struct Place {
    folder: TempDir,
    path: PathBuf,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("users.toml");
        Self { folder, path }
    }

    /// Runs `xiom user DEED FILE MORE`, with the password on the standard input.
    fn user(&self, deed: &str, more: &[&str]) -> Ran {
        let path = self.path.to_str().unwrap();
        let ran = run_on(&[&["user", deed, path], more].concat(), &format!("{PASSWORD}\n"));
        ran.assert_silent_about(PASSWORD);
        ran
    }

    fn done(&self, deed: &str, more: &[&str]) -> Ran {
        let ran = self.user(deed, more);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
        ran
    }
}

#[test]
fn a_file_is_made_changed_listed_and_checked() {
    let place = Place::new();
    place.done("add", &["ann", "--password-stdin", "--act-as", "stock"]);
    let legacy = ["bob", "--password-stdin", "--mechanism", "scram-sha-1", "--iterations", "5000"];
    place.done("add", &legacy);
    place.done("add", &["--certificate", "client 1", "--act-as", "ann", "--anonymous"]);
    let text = fs::read_to_string(&place.path).unwrap();
    assert!(!text.contains(PASSWORD), "{text}");

    let listed = place.done("list", &["--json"]).json();
    let expected = json!({
        "users": [
            {
                "name": "ann",
                "mechanisms": [
                    "SCRAM-SHA-256 (10000 iterations)",
                    "SCRAM-SHA-512 (10000 iterations)",
                ],
                "act_as": ["stock"],
            },
            { "name": "bob", "mechanisms": ["SCRAM-SHA-1 (5000 iterations)"], "act_as": [] },
        ],
        "certificates": [{ "name": "client 1", "mechanisms": ["EXTERNAL"], "act_as": ["ann"] }],
        "anonymous": true,
    });
    assert_eq!(listed, expected);
    let text = place.done("list", &[]).out;
    assert!(text.contains("ann") && text.contains("acts as stock"), "{text}");
    assert!(!text.contains('\u{1b}'));

    assert_eq!(place.done("check", &[]).out, "ok: 2 users, 1 certificates, and anybody\n");
    let right = place.done("check", &["ann", "--password-stdin"]).out;
    assert_eq!(right.matches("right").count(), 2, "{right}");
    let path = place.path.to_str().unwrap();
    let wrong = run_on(&["user", "check", path, "ann", "--password-stdin"], "not it\n");
    assert_eq!((wrong.code, wrong.out.matches("wrong").count()), (1, 2), "{}", wrong.out);
    assert_eq!(place.user("check", &["eve", "--password-stdin"]).code, 1);

    // Another password, and other mechanisms: nothing of the former ones is left.
    let changed = run_on(&["user", "add", path, "bob", "--password-stdin"], "new one\n");
    assert_eq!(changed.code, 0, "{}", changed.err);
    assert_eq!(place.user("check", &["bob", "--password-stdin"]).code, 1);
    let listed = place.done("list", &["--json"]).json();
    assert_eq!(listed["users"][1]["mechanisms"].as_array().unwrap().len(), 2);

    place.done("remove", &["ann"]);
    place.done("remove", &["--certificate", "client 1", "--anonymous"]);
    assert_eq!(place.done("check", &[]).out, "ok: 1 users, 0 certificates\n");
    assert_eq!(place.user("remove", &["ann"]).code, 2);
    assert_eq!(fs::read_dir(place.folder.path()).unwrap().count(), 1, "nothing else is left");
}

#[test]
fn without_a_terminal_or_a_password_nothing_is_written() {
    let place = Place::new();
    let ran = place.user("add", &["ann"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("--password-stdin"), "{}", ran.err);
    let path = place.path.to_str().unwrap();
    assert_eq!(run_on(&["user", "add", path, "ann", "--password-stdin"], "\n").code, 2);
    let beyond = run_on(&["user", "add", path, "ann", "--password-stdin"], "p\u{e000}ss\n");
    assert!(beyond.code == 2 && beyond.err.contains("cannot be kept"), "{}", beyond.err);
    assert!(!place.path.exists());
}

#[test]
fn a_damaged_file_is_told_by_its_line_and_stays_as_it_is() {
    let place = Place::new();
    place.done("add", &["ann", "--password-stdin"]);
    let damaged = fs::read_to_string(&place.path).unwrap() + "nonsense\n";
    fs::write(&place.path, &damaged).unwrap();
    for deed in ["list", "check"] {
        let ran = place.user(deed, &[]);
        assert_eq!(ran.code, 2);
        let line = format!("line {}", damaged.lines().count());
        assert!(ran.err.contains(&line), "{}", ran.err);
    }
    assert_eq!(place.user("add", &["bob", "--password-stdin"]).code, 2);
    assert_eq!(fs::read_to_string(&place.path).unwrap(), damaged);
}

#[test]
fn help_tells_each_deed() {
    for deed in ["add", "remove", "list", "check"] {
        let ran = run(&["user", deed, "--help"]);
        assert!(ran.code == 0 && ran.out.contains("The file of users"), "{}", ran.out);
    }
}
