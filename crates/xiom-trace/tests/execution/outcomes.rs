//! How tests end, and what is said of those that do not run.

use xiom_trace::{Class, Outcome, Rule};

use crate::project::{Project, reached};

//= test SRS_TRACE_01_024
#[test]
fn tests_end_in_every_way() {
    let mut project = Project::demo(&[("src/lib.rs", ENDINGS)]);
    let expected = [
        ("passes", Outcome::Passed),
        ("panics_as_it_should", Outcome::Passed),
        ("fails", Outcome::Failed),
        ("is_ignored", Outcome::Ignored),
        ("is_renamed", Outcome::Gone),
        ("is_configured_out", Outcome::Gone),
        ("ends_the_process", Outcome::Failed),
        ("aborts", Outcome::Failed),
        ("leaves_no_profile", Outcome::PassedWithoutProfile),
        ("has_cases", Outcome::Passed),
        ("has_a_bad_case", Outcome::Failed),
        ("finds_its_surroundings", Outcome::Passed),
    ];
    for (name, _) in expected {
        project.test("src/lib.rs", name);
    }
    let work = project.span("src/lib.rs", "pub fn work() { done(); }", "{ done(); }");
    let execution = project.run().unwrap();
    assert_eq!(execution.findings, []);
    for ((name, outcome), ran) in expected.iter().zip(&execution.tests) {
        assert_eq!(ran.outcome, *outcome, "{name}: {ran:?}");
        assert_eq!(ran.package, "demo");
        let works = matches!(*name, "passes" | "has_cases");
        assert_eq!(reached(ran, work), works, "{name}: {ran:?}");
    }
    let fails = &execution.tests[2];
    assert!(fails.output_tail.contains("seven is not eight"), "{}", fails.output_tail);
    assert_eq!((fails.binary.as_str(), fails.name.as_str()), ("lib", "fails"));
    assert!(execution.tests[6].output_tail.contains("before the test was judged"));
    assert_eq!(execution.tests[9].name, "has_cases::case_1, has_cases::case_2");
    assert!(execution.rustc.starts_with("rustc "));
    assert!(execution.commands[0].starts_with("RUSTFLAGS='-Cinstrument-coverage"));
    assert!(execution.commands[1].contains("cargo test -p demo --lib"));
}

const ENDINGS: &str = r#"
pub fn work() { done(); }
pub fn done() {}
#[test] fn passes() { work(); }
#[test] #[should_panic] fn panics_as_it_should() { panic!("as it should"); }
#[test] fn fails() { work(); assert_eq!(7, 8, "seven is not eight"); }
#[test] #[ ignore ] fn is_ignored() { work(); }
#[test] fn was_renamed() { work(); }
#[cfg(any())] #[test] fn is_configured_out() { work(); }
#[test] fn ends_the_process() { work(); std::process::exit(0); }
#[test] fn aborts() { work(); std::process::abort(); }
unsafe extern "C" {
    fn atexit(then: extern "C" fn()) -> i32;
    fn _exit(code: i32) -> !;
}
extern "C" fn leave() { unsafe { _exit(0) } }
#[test] fn leaves_no_profile() { work(); unsafe { atexit(leave); } }
mod has_cases {
    #[test] fn case_1() {}
    #[test] fn case_2() { super::work(); }
}
mod has_a_bad_case {
    #[test] fn case_1_good() {}
    #[test] fn case_2_bad() { panic!() }
}
#[test] fn finds_its_surroundings() {
    let directory = std::env::current_dir().unwrap();
    let manifest = std::env::var("CARGO_MANIFEST_DIR").unwrap();
    assert_eq!(directory, std::path::Path::new(&manifest));
    assert!(directory.join("Cargo.toml").exists());
    assert_eq!(std::env::var("CARGO_PKG_VERSION").unwrap(), "1.2.3");
    assert_eq!(std::env::var("CARGO_PKG_VERSION_MINOR").unwrap(), "2");
    assert_eq!(std::env::var("CARGO_PKG_NAME").unwrap(), "demo");
}
"#;

#[test]
fn without_coverage_only_passing_counts() {
    let code =
        "pub fn work() {}\n#[test] fn passes() { work(); }\n#[test] fn fails() { panic!() }\n";
    let mut project = Project::demo(&[("src/lib.rs", code)]);
    project.cover = false;
    project.test("src/lib.rs", "passes");
    project.test("src/lib.rs", "fails");
    project.span("src/lib.rs", "pub fn work() {}", "{}");
    let execution = project.run().unwrap();
    let outcomes: Vec<Outcome> = execution.tests.iter().map(|ran| ran.outcome).collect();
    assert_eq!(outcomes, [Outcome::Passed, Outcome::Failed]);
    assert!(execution.spans[0].is_empty());
    assert!(execution.tests[0].reaches.is_empty());
    assert!(!execution.commands[0].contains("instrument"));
}

#[test]
fn what_does_not_build_is_an_error_with_the_words_of_the_compiler() {
    let mut project = Project::demo(&[("src/lib.rs", "#[test] fn one() { missing(); }\n")]);
    project.test("src/lib.rs", "one");
    let finding = project.run().unwrap_err();
    assert_eq!((finding.rule, finding.class()), (Rule::BuildFailed, Class::Tool));
    assert!(finding.message.contains("cannot find function `missing`"), "{}", finding.message);
    assert!(!finding.help.is_empty());
}

#[test]
fn no_workspace_is_an_error() {
    let mut project = Project::new(&[("readme", "nothing\n")]);
    project.test("src/lib.rs", "one");
    assert_eq!(project.run().unwrap_err().rule, Rule::BuildFailed);
}

#[test]
fn profiles_that_are_not_ours_are_told() {
    let mut project = Project::demo(&[("src/lib.rs", STRANGERS)]);
    project.test("src/lib.rs", "runs_a_stranger");
    project.test("src/lib.rs", "leaves_litter");
    let work = project.span("src/lib.rs", "pub fn work() { done(); }", "{ done(); }");
    let execution = project.run().unwrap();
    let [stranger, litter] = &execution.tests[..] else { panic!("two tests") };
    assert_eq!((stranger.outcome, stranger.foreign_profile), (Outcome::Passed, true));
    assert_eq!((litter.outcome, litter.foreign_profile), (Outcome::Passed, false));
    assert!(reached(stranger, work) && reached(litter, work));
}

const STRANGERS: &str = r#"
pub fn work() { done(); }
pub fn done() {}
fn directory() -> std::path::PathBuf {
    let pattern = std::env::var_os("LLVM_PROFILE_FILE").unwrap();
    std::path::Path::new(&pattern).parent().unwrap().into()
}
#[test] fn runs_a_stranger() {
    work();
    let source = directory().join("stranger.rs");
    std::fs::write(&source, "fn main() {}").unwrap();
    let mut rustc = std::process::Command::new("rustc");
    rustc.arg("-Cinstrument-coverage").arg(&source).arg("-o").arg(directory().join("stranger"));
    assert!(rustc.status().unwrap().success());
    assert!(std::process::Command::new(directory().join("stranger")).status().unwrap().success());
}
#[test] fn leaves_litter() {
    work();
    std::fs::write(directory().join("1.profraw"), b"no profile").unwrap();
    std::fs::write(directory().join("2.profraw"), b"").unwrap();
}
"#;
