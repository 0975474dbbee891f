//! `xiom demo`: it proves what it shows.

use serde_json::{Value, json};

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
    assert_eq!(report["summary"]["refused"], 14);
    assert_eq!(report["summary"]["resumed_handshakes"], 2);
}

#[test]
fn thrift_is_shown_beside_amqp_with_tls_and_without() {
    let ran = run(&["demo", "--json", "--mib", "0"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let report = ran.json();
    let connections = report["connections"].as_array().unwrap();
    let logins = |style: &str| {
        let ours = connections.iter().filter(|one| {
            (one["protocol"] == "thrift") && one["style"] == style && one["name"] == "login"
        });
        ours.inspect(|one| assert_eq!(one["ok"], true, "{one}")).collect::<Vec<_>>()
    };
    let names = |style| {
        let names = logins(style).into_iter().map(|one| one["mechanism"].as_str().unwrap());
        names.collect::<Vec<_>>()
    };
    let (cbs, all) = MECHANISMS.split_last().unwrap();
    assert_eq!((names("direct"), *cbs), (all.to_vec(), "MSSBCBS"));
    let bare = ["SCRAM-SHA-512", "SCRAM-SHA-256", "SCRAM-SHA-1", "DIGEST-MD5", "ANONYMOUS"];
    assert_eq!(names("none"), bare);
    for one in logins("none") {
        let is_digest = one["mechanism"] == "DIGEST-MD5";
        let protection = if is_digest { "confidentiality" } else { "none" };
        assert_eq!(one["client"]["login"]["protection"], protection);
        assert_eq!((&one["client"]["tls"], &one["octets"]), (&Value::Null, &json!(64)));
    }
}

#[test]
fn whoever_breaks_the_rules_of_thrift_is_told_what_it_was() {
    let report = run(&["demo", "--json", "--mib", "0"]).json();
    let failure = |name: &str| {
        let connections = report["connections"].as_array().unwrap();
        let mut named = connections.iter().filter(|one| one["name"] == name);
        named.find(|one| one["protocol"] == "thrift").unwrap()["client"]["failure"].clone()
    };
    let wrong = failure("wrong password");
    assert_eq!(wrong["cause"], "Thrift(Refused)");
    assert_eq!(wrong["peer_text"], "authentication failed");
    let cause = |name| failure(name)["cause"].as_str().unwrap().to_owned();
    assert_eq!(cause("man in the middle"), "Thrift(Refused)");
    assert_eq!(cause("password in clear"), "Mechanism(NotConfidential)");
    assert_eq!(cause("server says COMPLETE at once"), "Mechanism(ServerNotVerified)");
    let bomb = "Thrift(TooLarge { size: 2147483647, limit: 1048576 })";
    assert_eq!(cause("server announces a message of two GiB"), bomb);
    let bomb = "Thrift(FrameTooLarge { size: 2147483647, limit: 16384000 })";
    assert_eq!(cause("server announces a frame of two GiB"), bomb);
    assert_eq!(cause("server speaks http"), "Thrift(UnknownStatus(72))");
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
        let both =
            connections.iter().filter(|one| one["name"] == name && one["protocol"] == "amqp");
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
