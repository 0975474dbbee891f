//! Workspaces: several packages, without `std`, with macros and build scripts, and dependencies outside.

use xiom_trace::Outcome;

use crate::project::{Project, reached};

fn manifest(name: &str, rest: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n{rest}\n")
}

#[test]
fn code_in_other_packages_of_the_workspace_counts_and_outside_it_does_not() {
    let outside = Project::new(&[
        ("Cargo.toml", &manifest("outside", "")),
        ("src/lib.rs", "pub fn far() -> u8 { 1 }\n"),
    ]);
    let mut project = workspace(&format!("outside = {{ path = {:?} }}", outside.root()));
    let some = project.test("top/src/lib.rs", "some");
    let none = project.test("top/src/lib.rs", "none");
    let own = project.test("derive/src/lib.rs", "own");
    let broken = project.test("broken/src/lib.rs", "one");
    project.exclude.push("broken".into());
    let low = project.span("low/src/lib.rs", "if x == 0 { return None; }", "{ return None; }");
    let whole = project.span("low/src/lib.rs", "{ if x == 0 { return None; } Some(x) }", "Some(x)");
    let member = project.span("top/shared/src/lib.rs", "pub fn used() {}", "{}");
    let execution = project.run().unwrap();
    assert_eq!(execution.findings, []);
    let tests = &execution.tests;
    assert_eq!([some, none, own].map(|it| tests[it].outcome), [Outcome::Passed; 3], "{tests:?}");
    assert_eq!(tests[broken].outcome, Outcome::NotRun);
    assert!(reached(&tests[none], low) && !reached(&tests[some], low));
    assert!(reached(&tests[some], whole) && !reached(&tests[none], whole));
    assert!(reached(&tests[own], member), "{tests:?}");
    assert!(!tests.iter().any(|ran| ran.foreign_profile));
}

/// A package `top` over `low`, which is without `std` and has a build script, a macro, a package that does not
/// compile, and one of the workspace that macro and build script use.
fn workspace(outside: &str) -> Project {
    let shared = "shared = { path = \"../top/shared\" }";
    let low = manifest("low", &format!("[build-dependencies]\n{shared}"));
    let derive = manifest("derive", &format!("[lib]\nproc-macro = true\n[dependencies]\n{shared}"));
    let uses = "[dependencies]\nlow = { path = \"../low\" }\nderive = { path = \"../derive\" }";
    let top = manifest("top", &format!("{uses}\n{outside}"));
    Project::new(&[
        ("Cargo.toml", ROOT),
        ("low/Cargo.toml", &low),
        (
            "low/build.rs",
            "fn main() { shared::used(); println!(\"cargo:rustc-env=BUILT=yes\"); }\n",
        ),
        ("low/src/lib.rs", LOW),
        ("derive/Cargo.toml", &derive),
        ("derive/src/lib.rs", DERIVE),
        ("top/Cargo.toml", &top),
        ("top/shared/Cargo.toml", &manifest("shared", "")),
        ("top/shared/src/lib.rs", "pub fn used() {}\n"),
        ("top/src/lib.rs", TOP),
        ("broken/Cargo.toml", &manifest("broken", "")),
        ("broken/src/lib.rs", "compile_error!(\"never built\");\n#[test] fn one() {}\n"),
    ])
}

const ROOT: &str = r#"
[workspace]
resolver = "3"
members = ["low", "top", "derive", "broken"]
"#;

const LOW: &str = r#"#![no_std]
pub fn low(x: u8) -> Option<u8> { if x == 0 { return None; } Some(x) }
pub const BUILT: &str = env!("BUILT");
"#;

const DERIVE: &str = r"
use proc_macro::TokenStream;
#[proc_macro] pub fn same(it: TokenStream) -> TokenStream { shared::used(); it }
#[test] fn own() { shared::used(); }
";

const TOP: &str = r"
pub fn top(x: u8) -> Option<u8> { outside::far(); derive::same!(low::low(x)) }
#[test] fn some() { assert!(top(1).is_some()); }
#[test] fn none() { assert!(top(0).is_none()); }
";
