//! What is a citation, and what only looks like one.

use xiom_trace::{Kind, Rule};

use crate::{of, rules, trace};

const SPEC: &str = "**SRS_GATE_01_001: [** One. **]** **SRS_GATE_01_002: [** Two. **]**";

fn kinds(code: &str, id: &str) -> Vec<Kind> {
    let trace = trace(2, SPEC, code);
    trace.links.get(id).into_iter().flatten().map(|link| link.kind).collect()
}

#[test]
fn each_kind_is_understood() {
    let code = "//= SRS_GATE_01_001, SRS_GATE_01_002\nfn a() {}\n//= test SRS_GATE_01_001\n#[test]\nfn b() {}\n\
        //= model SRS_GATE_01_001\nfn c() {}\n//= fuzz SRS_GATE_01_001\nfn d() {}\n\
        //= by-construction SRS_GATE_01_001: it: is so\nconst _: () = ();\n\
        //= exception SRS_GATE_01_001: not yet until=2027-06-30\nfn e() {}\n";
    let demanded =
        [Kind::Code, Kind::Test, Kind::Model, Kind::Fuzz, Kind::ByConstruction, Kind::Exception];
    assert_eq!(kinds(code, "SRS_GATE_01_001"), demanded);
    assert_eq!(kinds(code, "SRS_GATE_01_002"), [Kind::Code]);
    let trace = trace(2, SPEC, code);
    let link = |kind| trace.links_of("SRS_GATE_01_001", kind).next().unwrap();
    assert_eq!(link(Kind::ByConstruction).reason, "it: is so");
    assert_eq!(link(Kind::Exception).reason, "not yet");
    assert_eq!(link(Kind::Exception).until.unwrap().to_string(), "2027-06-30");
}

//= test SRS_TRACE_01_011
#[test]
fn the_habit_of_c_is_understood() {
    let code = "fn f() {\n    /* Codes_SRS_GATE_01_001: [ One. ] */\n    /* Codes_SRS_GATE_01_002: [ Two. ]*/\n    g();\n}\n\
        /* Tests_SRS_GATE_01_001 */\n#[test]\nfn t() {}\n";
    assert_eq!(kinds(code, "SRS_GATE_01_001"), [Kind::Code, Kind::Test]);
    assert_eq!(kinds(code, "SRS_GATE_01_002"), [Kind::Code]);
}

#[test]
fn what_is_no_comment_is_no_citation() {
    for text in [
        "const A: &str = \"\n//= SRS_GATE_01_001\n\";",
        "const A: &str = r##\"\"# //= SRS_GATE_01_001\"##;",
        "const A: &[u8] = b\"//= SRS_GATE_01_001\";",
        "/// //= SRS_GATE_01_001\nfn a() {}",
        "/** //= SRS_GATE_01_001 */\nfn a() {}",
    ] {
        let trace = trace(2, SPEC, text);
        assert!(trace.links.is_empty(), "{text}");
        assert_eq!(of(&trace, Rule::CitationInText).len(), 1, "{text}");
    }
}

//= test SRS_TRACE_01_009
#[test]
fn what_only_looks_like_a_citation_is_left_alone() {
    for text in [
        "//===================\nfn a() {}",
        "/* //= SRS_GATE_01_001 /* nested */ */ fn a() {}",
        "// See SRS_GATE_01_001.\nfn a() {}",
        "fn a() { let b = '\"'; let c = \"//= \"; } // '",
    ] {
        let trace = trace(2, SPEC, text);
        assert!(trace.links.is_empty(), "{text}");
        let demanded = [Rule::MissingCode, Rule::MissingCode, Rule::MissingTest, Rule::MissingTest];
        assert_eq!(rules(&trace), demanded);
    }
}

//= test SRS_TRACE_01_010
#[test]
fn each_mistake_is_named() {
    for (citation, message) in [
        ("//=SRS_GATE_01_001", "`//=` needs a space after it"),
        ("//= ", "names no id"),
        ("//= test", "names no id"),
        ("//= SRS_GATE_01_001 test", "`test` is neither a kind of citation nor an id"),
        ("//= tests SRS_GATE_01_001", "`tests` is neither a kind of citation nor an id"),
        ("//= SRS_GATE_01_001: because", "only by-construction and exception take a reason"),
        ("//= by-construction SRS_GATE_01_001", "`by-construction` needs a reason after a colon"),
        ("//= exception SRS_GATE_01_001: later", "`exception` needs `until=YYYY-MM-DD`"),
        ("//= exception SRS_GATE_01_001: later until=soon", "`soon` is no date like 2027-06-30"),
        (
            "//= by-construction SRS_GATE_01_001: so until=2027-06-30",
            "only `exception` takes a date",
        ),
    ] {
        let trace = trace(2, SPEC, &format!("fn a() {{}}\n{citation}\nfn b() {{}}\n"));
        let [finding] = of(&trace, Rule::MalformedCitation)[..] else { unreachable!("{citation}") };
        assert_eq!((finding.message.as_str(), finding.line), (message, 2));
    }
}
