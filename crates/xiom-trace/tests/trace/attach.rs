//! What a citation covers.

use xiom_trace::{Kind, Rule, citations};

use crate::{covered, cut, of, trace};

const ID: &str = "//= SRS_GATE_01_001\n";

#[track_caller]
fn covers(before: &str, thing: &str, after: &str, item: &str) {
    let code = format!("{before}{ID}{thing}{after}");
    assert_eq!(covered(&code), (thing.to_owned(), item.to_owned()));
}

//= test SRS_TRACE_01_012
#[test]
fn items_of_all_kinds() {
    covers("mod a {\n", "fn f() { 1; }", "\n}", "a::f");
    covers("struct S;\nimpl S {\n", "pub fn f(&self) {}", "\nfn g() {} }", "S::f");
    covers("impl T for S {\n", "fn f() {}", "}", "S::f");
    covers("trait T {\n", "fn f() {}", "\nfn g(); }", "T::f");
}

#[test]
fn documentation_and_attributes_may_stand_between() {
    covers("", "/// Opens.\n#[inline]\nfn f() {}", "", "f");
    let code = format!("/// Opens.\n{ID}#[inline]\n#[must_use]\nfn f() {{}}");
    assert_eq!(covered(&code).1, "f");
    let code = format!("/// Opens.\n#[inline]\n{ID}fn f() {{}}");
    assert_eq!(covered(&code).1, "f");
}

//= test SRS_TRACE_01_012
#[test]
fn statements_arms_and_blocks() {
    covers("fn f() { g();\n", "let x = h();", " i(); }", "f");
    covers("fn f() {\n", "if a { b } else { c }", "\nd(); }", "f");
    covers("fn f() { match x {\n", "A | B if c => d,", " E => f } }", "f");
    covers("fn f() {\n", "return g(|| h);", "}", "f");
    covers("fn f() {\n", "g()", "}", "f");
    covers("fn f() { S {\n", "a: g()", ", b } }", "f");
    covers("fn f() { g(\n", "h()", ") }", "f");
}

//= test SRS_TRACE_01_014
#[test]
fn what_counts_is_the_part_that_does_the_work() {
    let principal = |code: &str| {
        let code = code.replace('$', ID);
        let trace = trace(1, "**SRS_GATE_01_001: [** It opens. **]**", &code);
        let link = trace.links.get("SRS_GATE_01_001").unwrap()[0].clone();
        cut(&code, link.principal.unwrap())
    };
    assert_eq!(principal("fn f() { $if a { b } else { c } }"), "{ b }");
    assert_eq!(principal("fn f() { match a { $A => b, _ => c } }"), "b");
    assert_eq!(principal("fn f() { $let A(b) = c else { return d }; }"), "{ return d }");
    assert_eq!(principal("fn f() { $for a in b { c } }"), "{ c }");
    assert_eq!(principal("fn f() { $while a { b } }"), "{ b }");
    assert_eq!(principal("$fn f(a: u8) -> u8 { a }"), "{ a }");
    assert_eq!(principal("fn f() { $let b = c()?; }"), "let b = c()?;");
}

#[test]
fn columns_count_characters() {
    let code = format!("fn f() {{ g(\"äöü\", /* ß */\n{ID}h(\"é\")); }}");
    assert_eq!(covered(&code).0, "h(\"é\")");
}

//= test SRS_TRACE_01_016
#[test]
fn tests_inside_of_macros() {
    let code = "#[cfg(test)]\nmod tests {\n    proptest! {\n        //= test SRS_GATE_01_001\n        \
        #[test]\n        fn law(x in 0..9u8) { assert!(x < 9); }\n        #[test]\n        fn other(y in 0..1u8) {}\n    }\n}";
    let (text, item) = covered(code);
    assert_eq!(item, "tests::law");
    assert!(text.starts_with("#[test]") && text.ends_with("assert!(x < 9); }"), "{text}");
}

#[test]
fn consecutive_citations_cover_the_same_thing() {
    let code = "fn f() {\n//= SRS_GATE_01_001\n\n// A word between.\n//= SRS_GATE_01_002\ng(); }";
    let spec = "**SRS_GATE_01_001: [** One. **]** **SRS_GATE_01_002: [** Two. **]**";
    let trace = trace(2, spec, code);
    let place = |id: &str| trace.links.get(id).unwrap()[0].place.clone();
    assert_eq!(place("SRS_GATE_01_001"), place("SRS_GATE_01_002"));
}

//= test SRS_TRACE_01_013
#[test]
fn a_citation_before_a_closing_brace_covers_nothing() {
    for code in ["fn f() { g();\n//= SRS_GATE_01_001\n}", "fn f() {}\n//= SRS_GATE_01_001\n"] {
        let trace = trace(1, "**SRS_GATE_01_001: [** One. **]**", code);
        let [finding] = of(&trace, Rule::AttachesToNothing)[..] else { unreachable!() };
        assert_eq!((finding.file.as_str(), finding.line), ("src/lib.rs", 2));
    }
}

#[test]
fn citations_are_read_without_a_project() {
    let code = "//= SRS_GATE_01_001\nfn f() {}\n\n//= test SRS_GATE_01_002\nfn g() {}\n";
    let (links, findings) = citations("src/lib.rs", code);
    let trace = trace(1, "**SRS_GATE_01_001: [** It opens. **]**", code);
    let [link] = &links[..] else { panic!("{links:?}") };
    assert_eq!((link.kind, link.id.as_str(), link.line), (Kind::Code, "SRS_GATE_01_001", 1));
    let of_project = &trace.links["SRS_GATE_01_001"];
    assert_eq!(format!("{links:?}"), format!("{of_project:?}"));
    let [finding] = &findings[..] else { panic!("{findings:?}") };
    assert_eq!((finding.rule, finding.file.as_str()), (Rule::NotATest, "src/lib.rs"));
}
