//! Laws of reading, for any text.

use proptest::prelude::*;
use xiom_trace::Rule;

use crate::{of, trace};

/// Pieces that a document is made of, so that random ones get somewhere.
fn spec() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        Just("**".to_owned()),
        Just("[**".to_owned()),
        Just("**]**".to_owned()),
        Just(": ".to_owned()),
        Just("\n".to_owned()),
        Just("# ".to_owned()),
        Just("```".to_owned()),
        "SRS_G_0[1-3]",
        "[a-zäß \\]`*]{0,6}",
    ];
    prop::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat())
}

/// Pieces of Rust, some of them broken.
fn code() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        Just("//= SRS_G_01\n".to_owned()),
        Just("//= test SRS_G_01\n".to_owned()),
        Just("fn f() { g(); }\n".to_owned()),
        Just("/* a /* b */ */".to_owned()),
        Just("\"//= SRS_G_01\"".to_owned()),
        Just("r#\"\"#".to_owned()),
        Just("{".to_owned()),
        Just("}\n".to_owned()),
        Just("mod m;\n".to_owned()),
        Just("ß".to_owned()),
    ];
    prop::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    //= test SRS_TRACE_01_004
    #[test]
    fn any_document_is_read_or_named(spec in spec()) {
        let trace = trace(1, &spec, "");
        // Each opening outside of code is either a requirement or a finding.
        for (_, stated) in trace.requirements() {
            prop_assert!(spec.contains(&stated.id));
            prop_assert!(stated.line <= stated.end_line);
        }
        let count = trace.requirements().count();
        prop_assert_eq!(of(&trace, Rule::EmptySpec).len(), usize::from(count == 0));
        prop_assert_eq!(of(&trace, Rule::WrongCount).len(), usize::from(1 < count));
    }

    #[test]
    fn any_source_is_read_or_named(code in code()) {
        let trace = trace(1, "**SRS_G_01: [** One. **]**", &code);
        let cited = trace.links.values().flatten().count();
        let comments = code.matches("//= ").count();
        let unparsable = !of(&trace, Rule::Unparsable).is_empty();
        prop_assert!(cited <= comments);
        prop_assert!(!unparsable || cited == 0);
        for link in trace.links.values().flatten() {
            prop_assert!(link.line <= link.place.span.end_line);
            prop_assert!(link.place.span.start() < link.place.span.end());
        }
    }

    #[test]
    fn a_text_survives_its_markup(words in prop::collection::vec("[a-z]{1,8}", 1..12)) {
        let plain = words.join(" ");
        let marked = words.join("*\n `");
        let spec = format!("**SRS_G_01: [** {marked} **]** **SRS_G_02: [** {plain} **]**");
        let trace = trace(2, &spec, "");
        let texts: Vec<_> = trace.requirements().map(|(_, stated)| stated.text.clone()).collect();
        prop_assert_eq!(texts, [plain.clone(), plain]);
    }
}
