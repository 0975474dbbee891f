//! Citations in Rust sources, as the tracer reads them.

use xiom_trace::{citations, is_id};

use crate::dictionary::Dictionary;
use crate::{Seed, Target};

/// Reads any text for a source: every citation has an id and a place that exists.
pub const TARGET: Target = Target {
    explain,
    seeds,
    dictionary: Dictionary::Trace,
    memory: 32 << 20,
    longest: 512,
    ..Target::new("trace_citation", "citations of requirements in Rust sources: any text", run)
};

fn run(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let (cited, findings) = citations("src/any.rs", text);
    let lines = text.split('\n').count();
    for link in &cited {
        assert!(is_id(&link.id), "{}", link.id);
        assert!((1..=lines).contains(&link.line), "line {} of {lines}", link.line);
        assert!(!link.hash.is_empty());
    }
    assert!(findings.iter().all(|finding| !format!("{finding:?}").is_empty()));
}

fn explain(input: &[u8]) -> String {
    let (links, findings) = citations("src/any.rs", &String::from_utf8_lossy(input));
    let links = links
        .iter()
        .map(|it| format!("{}: {} {} at {:?}\n", it.line, it.kind.word(), it.id, it.place));
    links.chain(findings.iter().map(|finding| format!("{finding:?}\n"))).collect()
}

/// Citations are written apart, so that the tracer does not take them for those of this file.
fn seeds() -> Vec<Seed> {
    let mark = "//".to_owned() + "=";
    let texts = [
        ("code", "@ SRS_X_01_001, SRS_X_01_002\nfn a() {}\n"),
        ("test", "@ test SRS_X_01_001\n#[test]\nfn a() {}\n"),
        (
            "arm",
            "fn a(b: u8) -> u8 {\n    match b {\n        @ SRS_X_01_001\n        0 => 1,\n        _ => 2,\n    }\n}\n",
        ),
        ("exception", "@ exception SRS_X_01_001: why until=2027-06-30\nconst A: u8 = 1;\n"),
        ("proof", "@ by-construction SRS_X_01_001: why\nconst _: () = ();\n"),
        ("fuzz", "@ fuzz SRS_X_01_001\npub const TARGET: u8 = 1;\n"),
        ("habit", "/* Codes_SRS_X_01_001: [ a ] */\nfn a() {}\n"),
        ("text", "const A: &str = \"@ SRS_X_01_001\";\n"),
    ];
    texts.map(|(name, text)| Seed::new(name, text.replace('@', &mark))).to_vec()
}
