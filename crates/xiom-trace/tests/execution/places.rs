//! Where tests and the code they execute are found.

use xiom_trace::Outcome;
use xiom_trace::run::WantedDoc;

use crate::project::{Project, reached};

#[test]
fn tests_are_found_in_every_kind_of_target() {
    let mut project = Project::demo(&[
        ("src/lib.rs", "pub mod wire;\npub mod deep;\n"),
        (
            "src/wire.rs",
            "pub fn code() { inner(); }\npub fn inner() {}\nmod tests { #[test] fn one() { super::code(); } }\n",
        ),
        ("src/deep/mod.rs", "pub mod er;\n#[test] fn two() { crate::wire::code(); }\n"),
        ("src/deep/er.rs", "#[test] fn three() { crate::wire::code(); }\n"),
        (
            "src/main.rs",
            "mod options;\nfn main() { demo::wire::code(); }\n#[test] fn four() { demo::wire::code(); }\n",
        ),
        ("src/options.rs", "#[test] fn five() { demo::wire::code(); }\n"),
        ("tests/flat.rs", "mod common;\n#[test] fn six() { demo::wire::code(); }\n"),
        ("tests/common/mod.rs", "#[test] fn seven() { demo::wire::code(); }\n"),
        ("tests/tree/main.rs", "mod leaf;\n#[test] fn eight() { demo::wire::code(); }\n"),
        ("tests/tree/leaf.rs", "mod inner { #[test] fn nine() { demo::wire::code(); } }\n"),
        ("tests/tree/lost.rs", "#[test] fn ten() {}\n"),
    ]);
    let expected = [
        ("src/wire.rs", "tests::one", "lib", "wire::tests::one"),
        ("src/deep/mod.rs", "two", "lib", "deep::two"),
        ("src/deep/er.rs", "three", "lib", "deep::er::three"),
        ("src/main.rs", "four", "bin demo", "four"),
        ("src/options.rs", "five", "bin demo", "options::five"),
        ("tests/flat.rs", "six", "test flat", "six"),
        ("tests/common/mod.rs", "seven", "test flat", "common::seven"),
        ("tests/tree/main.rs", "eight", "test tree", "eight"),
        ("tests/tree/leaf.rs", "inner::nine", "test tree", "leaf::inner::nine"),
    ];
    for (file, item, ..) in expected {
        project.test(file, item);
    }
    let lost = project.test("tests/tree/lost.rs", "ten");
    let nowhere = project.test("examples/none.rs", "eleven");
    let code = project.span("src/wire.rs", "pub fn code() { inner(); }", "{ inner(); }");
    let execution = project.run().unwrap();
    for ((.., binary, name), ran) in expected.iter().zip(&execution.tests) {
        assert_eq!((ran.binary.as_str(), ran.name.as_str()), (*binary, *name));
        assert_eq!(ran.outcome, Outcome::Passed, "{ran:?}");
        assert!(reached(ran, code), "{ran:?}");
    }
    assert_eq!(execution.tests[lost].outcome, Outcome::Gone);
    assert_eq!(execution.tests[nowhere].outcome, Outcome::Gone);
}

#[test]
fn what_a_started_program_executes_counts() {
    let mut project = Project::demo(&[
        ("src/lib.rs", "pub fn code(on: bool) { if on { inner(); } }\npub fn inner() {}\n"),
        ("src/main.rs", "fn main() { demo::code(std::env::args().count() > 1); }\n"),
        ("tests/starts.rs", STARTS),
    ]);
    project.test("tests/starts.rs", "with");
    project.test("tests/starts.rs", "without");
    let code = project.span("src/lib.rs", "if on { inner(); }", "{ inner(); }");
    let execution = project.run().unwrap();
    let [with, without] = &execution.tests[..] else { panic!("two tests") };
    assert_eq!((with.outcome, without.outcome), (Outcome::Passed, Outcome::Passed));
    assert!(reached(with, code) && !reached(without, code));
    assert!(!with.foreign_profile && !without.foreign_profile);
}

const STARTS: &str = r#"
use std::process::Command;
#[test] fn with() { assert!(Command::new(env!("CARGO_BIN_EXE_demo")).arg("on").status().unwrap().success()); }
#[test] fn without() { assert!(Command::new(env!("CARGO_BIN_EXE_demo")).status().unwrap().success()); }
"#;

//= test SRS_TRACE_01_027
#[test]
fn code_that_no_test_program_contains_is_still_known() {
    let mut project = Project::demo(&[
        ("src/lib.rs", "pub mod used;\npub mod unused;\n"),
        ("src/used.rs", "pub fn code() {}\n"),
        (
            "src/unused.rs",
            "pub fn lonely() -> u8 { 41 + 1 }\npub fn most<T: Into<u8>>(it: T) -> u8 { it.into() }\n",
        ),
        ("tests/one.rs", "#[test] fn one() { demo::used::code(); }\n"),
    ]);
    project.test("tests/one.rs", "one");
    let lonely = project.span("src/unused.rs", "pub fn lonely() -> u8 { 41 + 1 }", "{ 41 + 1 }");
    let most = project.span("src/unused.rs", "{ it.into() }", "{ it.into() }");
    let execution = project.run().unwrap();
    for span in [lonely, most] {
        assert!(!execution.spans[span].is_empty());
        assert!(!reached(&execution.tests[0], span));
    }
}

#[test]
fn examples_that_must_not_compile() {
    let code = "/// Refuses.\n///\n/// ```compile_fail\n/// let x: u8 = \"no\";\n/// ```\npub fn refuses() {}\n\n\
        /// Compiles after all.\n///\n/// ```compile_fail\n/// let x: u8 = 1;\n/// ```\npub fn compiles() {}\n\n\
        /// No such example.\n///\n/// ```\n/// let x: u8 = 1;\n/// ```\npub fn plain() {}\n";
    let mut project = Project::demo(&[("src/lib.rs", code)]);
    for (first_line, last_line) in [(1, 5), (8, 12), (15, 19)] {
        project.docs.push(WantedDoc { file: "src/lib.rs".into(), first_line, last_line });
    }
    let execution = project.run().unwrap();
    assert_eq!(execution.findings, []);
    assert_eq!(execution.docs, [true, false, false]);
}
