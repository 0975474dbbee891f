//! `xiom demo`: it proves what it shows.

use crate::support::run;

#[test]
fn every_mechanism_logs_in_over_both_styles() {
    let ran = run(&["demo", "--json", "--mib", "1"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert_eq!(ran.err, "");
    let report = ran.json();
    assert_eq!(report["ok"], true);
    let connections = report["connections"].as_array().unwrap();
    for style in ["direct", "header"] {
        for mechanism in ["ANONYMOUS", "PLAIN", "EXTERNAL", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"] {
            let connection = connections
                .iter()
                .find(|one| one["style"] == style && one["mechanism"] == mechanism)
                .unwrap();
            assert_eq!(connection["ok"], true, "{connection}");
            let phases: Vec<&str> = connection["client"]["timeline"]
                .as_array()
                .unwrap()
                .iter()
                .map(|span| span["phase"].as_str().unwrap())
                .collect();
            assert_eq!(phases.contains(&"tls header"), style == "header");
            assert!(phases.ends_with(&["mechanisms", "exchange", "open", "close"]), "{phases:?}");
        }
    }
    assert_eq!(report["summary"]["echoed_octets"], 1 << 20);
    assert_eq!(report["summary"]["refused"], 2);
    assert_eq!(report["summary"]["resumed_handshakes"], 1);
}

#[test]
fn the_refused_are_refused_for_the_right_reason() {
    let report = run(&["demo", "--json", "--mib", "0"]).json();
    let cause = |name: &str| {
        let connections = report["connections"].as_array().unwrap();
        let one = connections.iter().find(|one| one["name"] == name).unwrap();
        assert!(one["server"]["login"].is_null());
        one["client"]["failure"]["cause"].as_str().unwrap().to_owned()
    };
    assert_eq!(cause("wrong password"), "Sasl(Refused(Auth))");
    assert_eq!(cause("untrusted authority"), "Tls(Certificate(UnknownIssuer))");
}

#[test]
fn people_get_a_table_without_colours_in_a_pipe() {
    let ran = run(&["demo", "--mib", "1"]);
    assert_eq!(ran.code, 0);
    assert!(ran.out.contains("1.0 MiB there and back") && ran.out.contains("tls-exporter"));
    ran.assert_silent_about("\u{1b}");
    ran.assert_silent_about("xiom demo password");
}
