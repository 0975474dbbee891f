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
        for mechanism in MECHANISMS {
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
    assert_eq!(report["summary"]["refused"], 6);
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
    let unbound = |name: &str| {
        let connections = report["connections"].as_array().unwrap();
        let both = connections.iter().filter(|one| one["name"] == name);
        both.map(|one| {
            assert_eq!(one["client"]["failure"]["cause"], "Sasl(Refused(Auth))");
            let style = one["style"].as_str().unwrap();
            format!("{style}: {}", one["server"]["failure"]["cause"].as_str().unwrap())
        })
        .collect::<Vec<_>>()
    };
    let expected = ["direct: Mechanism(ChannelBinding)", "header: Mechanism(ChannelBinding)"];
    assert_eq!(unbound("man in the middle"), expected);
    let expected = expected.map(|text| text.replace("Binding)", "BindingDowngrade)"));
    assert_eq!(unbound("man in the middle who strips -PLUS"), expected);
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

const MECHANISMS: [&str; 12] = [
    "SCRAM-SHA-512-PLUS",
    "SCRAM-SHA-256-PLUS",
    "SCRAM-SHA-1-PLUS",
    "SCRAM-SHA-512",
    "SCRAM-SHA-256",
    "SCRAM-SHA-1",
    "EXTERNAL",
    "OAUTHBEARER",
    "XOAUTH2",
    "PLAIN",
    "ANONYMOUS",
    "MSSBCBS",
];
