//! What counts as executed, on code that the compiler compiled.

use xiom_trace::Outcome;

use crate::project::{Project, reached};

/// Runs tests over one file: per test its name and body, per span its text, its principal part, and the tests that
/// execute it.
fn check(code: &str, tests: &[(&str, &str)], spans: &[(&str, &str, &[&str])]) {
    let tests_code: Vec<String> = tests
        .iter()
        .map(|(name, body)| format!("    #[test] fn {name}() {{ {body} }}\n"))
        .collect();
    let file = format!(
        "{code}\n#[cfg(test)]\nmod tests {{\n    use super::*;\n{}}}\n",
        tests_code.concat()
    );
    let mut project = Project::demo(&[("src/lib.rs", &file)]);
    for (name, _) in tests {
        project.test("src/lib.rs", &format!("tests::{name}"));
    }
    for (code, principal, _) in spans {
        project.span("src/lib.rs", code, principal);
    }
    let execution = project.run().unwrap();
    assert_eq!(execution.findings, []);
    for (number, (code, _, by)) in spans.iter().enumerate() {
        assert!(!execution.spans[number].is_empty(), "no region in `{code}`");
        for ((name, _), ran) in tests.iter().zip(&execution.tests) {
            assert_eq!(ran.outcome, Outcome::Passed, "{ran:?}");
            assert_eq!(ran.name, format!("tests::{name}"));
            let expected = by.contains(name);
            assert_eq!(reached(ran, number), expected, "`{code}` by `{name}`: {:?}", ran.reaches);
        }
    }
}

#[test]
fn a_guard_on_one_line_is_executed_when_it_is_taken() {
    let code = r"
pub fn guard(x: u8) -> Result<u8, u8> {
    if x > 9 { return Err(x); }
    Ok(x)
}
pub fn bare(x: bool) { if x { return; } one(); }
pub fn one() {}
pub fn nested(x: bool, y: bool) -> u8 {
    if x { if y { return 1; } }
    0
}
pub fn assigns(mut x: u8) -> u8 { if x > 9 { x = 9; } x }
pub fn chained(x: Option<u8>) -> u8 { if let Some(n) = x && n > 9 { return n; } 0 }
";
    let tests = [
        (
            "passes",
            "assert!(guard(1).is_ok()); bare(false); nested(false, true); assigns(1); chained(None);",
        ),
        (
            "stops",
            "assert!(guard(10).is_err()); bare(true); nested(true, true); assigns(10); chained(Some(10));",
        ),
        ("half", "nested(true, false); chained(Some(1));"),
    ];
    check(
        code,
        &tests,
        &[
            ("if x > 9 { return Err(x); }", "{ return Err(x); }", &["stops"]),
            ("if x { return; }", "{ return; }", &["stops"]),
            ("if x { if y { return 1; } }", "{ if y { return 1; } }", &["stops", "half"]),
            ("if y { return 1; }", "{ return 1; }", &["stops"]),
            ("if x > 9 { x = 9; }", "{ x = 9; }", &["stops"]),
            ("if let Some(n) = x && n > 9 { return n; }", "{ return n; }", &["stops"]),
            ("Ok(x)", "Ok(x)", &["passes"]),
            ("pub fn one() {}", "{}", &["passes"]),
        ],
    );
}

//= test SRS_TRACE_01_025
#[test]
fn the_brace_of_a_branch_is_no_proof() {
    let code = r"
pub fn item(x: bool) { if x { const A: u8 = 3; } go(); }
pub fn empty(x: bool) { if x { ; } go(); }
pub fn spins(x: bool) { if x { loop {} } go(); }
pub fn last(x: bool) { if x { struct S; } }
pub fn go() { }
";
    let tests =
        [("no", "item(false); empty(false); spins(false); last(false);"), ("yes", "empty(true);")];
    check(
        code,
        &tests,
        &[
            ("if x { const A: u8 = 3; }", "{ const A: u8 = 3; }", &[]),
            ("if x { ; }", "{ ; }", &["yes"]),
            ("if x { loop {} }", "{ loop {} }", &[]),
            ("if x { struct S; }", "{ struct S; }", &[]),
            ("pub fn go() { }", "{ }", &["no", "yes"]),
        ],
    );
}

#[test]
fn an_arm_is_executed_when_its_body_is() {
    let code = r#"
pub fn twice(x: u8) -> u8 { x / 2 }
pub fn arms(x: u8) -> u8 {
    match x {
        0 => 10,
        n if n > 100 => twice(n),
        1 => { 7 }
        2 => return 4,
        3 => unreachable!("three"),
        _ => 5,
    }
}
pub fn unit(x: u8) { match x { 0 => {} 1 => (), _ => { twice(x); } } }
"#;
    let tests = [
        ("zero", "arms(0); unit(0);"),
        ("one", "arms(1); unit(1);"),
        ("two", "arms(2); unit(2);"),
        ("many", "arms(99); arms(200);"),
    ];
    check(
        code,
        &tests,
        &[
            ("0 => 10", "10", &["zero"]),
            ("n if n > 100 => twice(n)", "twice(n)", &["many"]),
            ("1 => { 7 }", "{ 7 }", &["one"]),
            ("2 => return 4", "return 4", &["two"]),
            ("3 => unreachable!(\"three\")", "unreachable!(\"three\")", &[]),
            ("_ => 5", "5", &["many"]),
            ("0 => {}", "{}", &["zero"]),
            ("1 => ()", "()", &["one"]),
            ("_ => { twice(x); }", "{ twice(x); }", &["two"]),
        ],
    );
}

#[test]
fn a_block_is_executed_when_it_is_entered_even_if_it_is_left_early() {
    let code = r"
pub fn first(x: u8) -> Result<u8, u8> { if x == 0 { Err(x) } else { Ok(x) } }
pub fn early(x: u8) -> Result<u8, u8> {
    if x < 5 {
        first(x)?;
        second();
    }
    Ok(0)
}
pub fn second() {}
pub fn unwraps(x: Option<u8>) -> u8 {
    let Some(y) = x else { return 0; };
    y
}
pub fn asks(x: u8) -> Result<u8, u8> { let y = first(x)?; Ok(y.max(3)) }
";
    let tests = [
        ("fails", "let _ = early(0); unwraps(None); let _ = asks(0);"),
        ("succeeds", "let _ = early(1); unwraps(Some(1)); let _ = asks(1);"),
        ("skips", "let _ = early(9);"),
    ];
    check(
        code,
        &tests,
        &[
            (
                "if x < 5 {\n        first(x)?;\n        second();\n    }",
                "{\n        first(x)?;\n        second();\n    }",
                &["fails", "succeeds"],
            ),
            ("second();", "second()", &["succeeds"]),
            ("let Some(y) = x else { return 0; };", "{ return 0; }", &["fails"]),
            ("let y = first(x)?;", "let y = first(x)?;", &["fails", "succeeds"]),
            ("Ok(y.max(3))", "Ok(y.max(3))", &["succeeds"]),
        ],
    );
}

#[test]
fn loops_closures_and_threads() {
    let code = r"
pub fn sum(n: u8) -> u8 {
    let mut sum = 0;
    for i in 0..n { sum += i; }
    while sum > 100 { sum -= 50; }
    loop { if sum < 200 { break; } }
    sum
}
pub fn lazy(x: Option<u8>) -> u8 { x.unwrap_or_else(|| fallback()) }
pub fn fallback() -> u8 { 3 }
pub fn spawned(on: bool) {
    std::thread::spawn(move || if on { fallback(); }).join().unwrap();
}
";
    let tests = [
        ("never", "sum(0); lazy(Some(1)); spawned(false);"),
        ("few", "sum(3); lazy(None); spawned(true);"),
        ("many", "sum(20);"),
    ];
    check(
        code,
        &tests,
        &[
            ("for i in 0..n { sum += i; }", "{ sum += i; }", &["few", "many"]),
            ("while sum > 100 { sum -= 50; }", "{ sum -= 50; }", &["many"]),
            (
                "loop { if sum < 200 { break; } }",
                "{ if sum < 200 { break; } }",
                &["never", "few", "many"],
            ),
            ("|| fallback()", "fallback()", &["few"]),
            ("if on { fallback(); }", "{ fallback(); }", &["few"]),
        ],
    );
}

#[test]
fn generic_and_async_functions() {
    let code = r"
pub fn generic<T: PartialOrd + Copy>(one: T, two: T) -> T {
    if one < two { return two; }
    one
}
pub fn unused<T: Copy>(it: T) -> T { let copy = it; copy }
pub fn private_unused() -> u8 { 77 }
pub async fn later(x: bool) -> u8 { if x { return 1; } 2 }
pub fn poll<F: Future>(future: F) {
    let mut context = core::task::Context::from_waker(core::task::Waker::noop());
    let _ = core::pin::pin!(future).poll(&mut context);
}
";
    let tests = [
        ("numbers", "generic(1, 2); generic(2.0, 1.0); drop(later(true));"),
        ("words", r#"generic("b", "a"); poll(later(true));"#),
        ("other", "poll(later(false));"),
    ];
    check(
        code,
        &tests,
        &[
            ("if one < two { return two; }", "{ return two; }", &["numbers"]),
            (
                "pub fn generic<T: PartialOrd + Copy>(one: T, two: T) -> T {\n    if one < two { return two; }\n    one\n}",
                "{\n    if one < two { return two; }\n    one\n}",
                &["numbers", "words"],
            ),
            (
                "pub fn unused<T: Copy>(it: T) -> T { let copy = it; copy }",
                "{ let copy = it; copy }",
                &[],
            ),
            ("pub fn private_unused() -> u8 { 77 }", "{ 77 }", &[]),
            ("if x { return 1; }", "{ return 1; }", &["words"]),
            (
                "pub async fn later(x: bool) -> u8 { if x { return 1; } 2 }",
                "{ if x { return 1; } 2 }",
                &["words", "other"],
            ),
        ],
    );
}

#[test]
fn columns_are_characters() {
    let code = r#"
pub fn wide(x: bool) -> usize { let é = "äöü😀"; if x { return 3; } é.len() }
pub fn lines(x: bool) -> &'static str { if x { "ä
ö" } else { "ü" } }
"#;
    let tests = [("yes", "wide(true); lines(true);"), ("no", "wide(false); lines(false);")];
    check(
        code,
        &tests,
        &[
            ("if x { return 3; }", "{ return 3; }", &["yes"]),
            ("é.len()", "é.len()", &["no"]),
            ("{ \"ä\nö\" }", "\"ä\nö\"", &["yes"]),
            ("{ \"ü\" }", "\"ü\"", &["no"]),
        ],
    );
}

#[test]
fn macros_count_where_their_arguments_stand() {
    let code = r#"
macro_rules! both { ($one:expr, $two:expr) => { if $one { $two } else { 0 } }; }
pub fn chooses(x: bool) -> u8 { both!(x, deep(3)) }
pub fn deep(x: u8) -> u8 { x }
pub fn refuses(x: u8) { assert!(x < 5, "too large"); settle(); }
pub fn settle() {}
"#;
    let tests = [("yes", "chooses(true); refuses(1);"), ("no", "chooses(false);")];
    check(
        code,
        &tests,
        &[
            ("pub fn deep(x: u8) -> u8 { x }", "{ x }", &["yes"]),
            ("assert!(x < 5, \"too large\")", "assert!(x < 5, \"too large\")", &["yes"]),
            ("settle();", "settle()", &["yes"]),
        ],
    );
}

#[test]
fn the_regions_of_a_span_are_told_apart() {
    let code = "pub fn pick(x: bool) -> u8 { if x { left() } else { right() } }
pub fn left() -> u8 { 1 }
pub fn right() -> u8 { 2 }
pub const LIMIT: u8 = 9;
#[test] fn goes_left() { pick(true); }
";
    let mut project = Project::demo(&[("src/lib.rs", code)]);
    project.test("src/lib.rs", "goes_left");
    let whole = "if x { left() } else { right() }";
    project.span("src/lib.rs", whole, whole);
    project.span("src/lib.rs", "pub const LIMIT: u8 = 9;", "9");
    project.spans[1].principal = None;
    let execution = project.run().unwrap();
    let text = |region: &xiom_trace::Span| {
        let line = code.lines().nth(region.line - 1).unwrap();
        &line[region.column - 1..region.end_column - 1]
    };
    let regions: Vec<&str> = execution.spans[0].iter().map(text).collect();
    assert_eq!(regions, ["x", "left", "right"]);
    let reached = &execution.tests[0].reaches;
    assert_eq!(reached.len(), 1);
    assert!(reached[0].principal);
    assert_eq!(reached[0].regions, [0, 1]);
    assert!(execution.spans[1].is_empty());
}

//= test SRS_TRACE_01_026
#[test]
fn each_copy_of_an_inlined_function_counts() {
    // One unit per module, each with a copy of the function and counters of its own.
    let code = r"
pub mod one { pub fn call(x: u8) -> u8 { super::shared::judge(x) } }
pub mod two { pub fn call(x: u8) -> u8 { super::shared::judge(x) } }
pub mod three { pub fn call(x: u8) -> u8 { super::shared::judge(x) } }
pub mod shared {
    #[inline(always)]
    pub fn judge(x: u8) -> u8 {
        match x {
            0 => nothing(),
            _ => something(x),
        }
    }
    pub fn nothing() -> u8 { 0 }
    pub fn something(x: u8) -> u8 { x }
}
";
    let tests = [
        ("by_one", "assert_eq!(one::call(0), 0);"),
        ("by_two", "assert_eq!(two::call(0), 0);"),
        ("by_three", "assert_eq!(three::call(0), 0);"),
        ("by_all", "one::call(1); two::call(1); three::call(1);"),
    ];
    check(
        code,
        &tests,
        &[
            ("0 => nothing()", "nothing()", &["by_one", "by_two", "by_three"]),
            ("_ => something(x)", "something(x)", &["by_all"]),
        ],
    );
}
