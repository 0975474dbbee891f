//! `xiom probe` and `xiom serve` over Thrift: who comes in, who does not, and what either side says of it.

use std::io::{Read, Write};

use serde_json::json;
use xiom::core::OutcomeCode;
use xiom::sasl::Principal;
use xiom::sasl::digest_md5::DigestKey;
use xiom::sasl::server::LookupRequest;
use xiom::{Answer, Found, Offers, Protocol, Users};

use crate::serve::{Server, users};
use crate::support::{Files, Guest, PASSWORD, Ran, USER, run};

/// Probes the server at `url`, trusting the authority of its certificate alone.
fn probe(files: &Files, url: &str, more: &[&str]) -> Ran {
    let authority = files.argument("serve-ca.pem");
    let ran = run(&[&["probe", url, "--only-ca", &authority], more].concat());
    ran.assert_silent_about(PASSWORD);
    ran
}

/// A server over TLS, and what it needs.
fn over_tls() -> (Files, Server) {
    let (files, path) = users();
    let authority = format!("--self-signed={}", files.argument("serve-ca.pem"));
    let server = Server::start(&["--protocol", "thrift", &authority, "--users", &path]);
    (files, server)
}

#[test]
fn a_login_is_told_with_all_its_proofs_on_both_sides() {
    let (files, mut server) = over_tls();
    let (url, password) = (server.url("thrift+sasl+tls"), files.argument("password"));
    let login = ["--json", "--user", USER, "--password-file", &password];
    let ran = probe(&files, &url, &[&login[..], &["--mechanism", "SCRAM-SHA-512-PLUS"]].concat());
    let report = ran.json();
    assert_eq!((ran.code, &report["ok"], &report["failure"]), (0, &json!(true), &json!(null)));
    assert_eq!((&report["protocol"], &report["tls_style"]), (&json!("thrift"), &json!("direct")));
    assert_eq!(report["tls"]["version"], "TLS 1.3");
    assert_eq!(report["certificates"]["verdict"], "accepted");
    let mechanisms = &report["mechanisms"];
    assert_eq!((&mechanisms["offered"], &mechanisms["next"]), (&json!(null), &json!([])));
    assert_eq!(mechanisms["asked"], "SCRAM-SHA-512-PLUS");
    assert_eq!(mechanisms["chosen"], "SCRAM-SHA-512-PLUS");
    assert_eq!(report["outcome"], "COMPLETE");
    let proof = json!({
        "kind": "user", "identity": USER, "acts_as": null, "server_proven": true,
        "channel_binding": "tls-exporter", "protection": "none",
    });
    assert_eq!(report["login"], proof);
    let spans = report["timeline"].as_array().unwrap();
    let phases: Vec<_> = spans.iter().map(|span| span["phase"].as_str().unwrap()).collect();
    assert_eq!(phases, ["resolve", "connect", "tls handshake", "exchange", "open", "close"]);

    let line = server.event("login");
    assert_eq!((&line["mechanism"], &line["login"]), (&json!("SCRAM-SHA-512-PLUS"), &proof));
    assert_eq!(server.event("closed")["in_order"], true);
    // Most servers know nothing else of a password, so PLAIN is what is asked for without a name.
    let ran = probe(&files, &url, &login);
    assert_eq!((ran.code, &ran.json()["mechanisms"]["asked"]), (0, &json!("PLAIN")));
    assert_eq!(server.event("login")["mechanism"], "PLAIN");
}

#[test]
fn a_wrong_password_is_told_with_the_words_of_the_server_and_what_to_try_next() {
    let (files, mut server) = over_tls();
    let (url, wrong) = (server.url("thrift+sasl+tls"), files.argument("wrong"));
    let login = ["--user", USER, "--password-file", &wrong];
    let ran = probe(&files, &url, &[&login[..], &["--json"]].concat());
    let (report, failure) = (ran.json(), &ran.json()["failure"]);
    assert_eq!((ran.code, &failure["cause"]), (13, &json!("Thrift(Refused)")));
    assert_eq!((&failure["layer"], &failure["blame"]), (&json!("sasl"), &json!("credentials")));
    assert_eq!(failure["peer_text"], "authentication failed");
    assert_eq!((&report["outcome"], &report["login"]), (&json!("BAD"), &json!(null)));
    let next = report["mechanisms"]["next"].as_array().unwrap();
    assert!(next.contains(&json!("SCRAM-SHA-256")) && !next.contains(&json!("PLAIN")), "{next:?}");
    let line = server.event("refused");
    assert_eq!(line["failure"]["cause"], "Mechanism(BadCredentials)");

    let ran = probe(&files, &url, &login);
    assert_eq!(ran.code, 13);
    assert!(ran.out.contains("asked for   PLAIN"), "{}", ran.out);
    assert!(ran.out.contains("peer says   \"authentication failed\""), "{}", ran.out);
    assert!(ran.out.contains("try next    --mechanism SCRAM-SHA-512-PLUS"), "{}", ran.out);
}

#[test]
fn a_trace_shows_messages_and_no_secret() {
    let (files, server) = over_tls();
    let (url, password) = (server.url("thrift+sasl+tls"), files.argument("password"));
    let login = ["--trace", "--json", "--user", USER, "--password-file", &password];
    for (mechanism, expected) in [
        ("PLAIN", &["->  START(PLAIN)", "->  COMPLETE[21 octets]", "<-  COMPLETE[0 octets]"][..]),
        (
            "SCRAM-SHA-256",
            &[
                "->  START(SCRAM-SHA-256)",
                "->  OK[",
                "<-  OK[",
                "->  OK[",
                "<-  COMPLETE[46 octets]",
            ],
        ),
    ] {
        let ran = probe(&files, &url, &[&login[..], &["--mechanism", mechanism]].concat());
        // The second one needs keys for its hash, which a file has by default.
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
        let lines: Vec<&str> = ran.err.lines().collect();
        assert_eq!(lines.len(), expected.len(), "{}", ran.err);
        for (line, expected) in lines.iter().zip(expected) {
            assert!(line.contains(expected), "{line} / {expected}");
        }
        ran.assert_silent_about(USER.repeat(2).as_str());
        assert!(!ran.err.contains(USER), "{}", ran.err);
    }
}

#[test]
fn a_password_travels_in_clear_only_when_both_sides_are_told_so() {
    let (files, path) = users();
    let password = files.argument("password");
    let login = ["--json", "--user", USER, "--password-file", &password];
    let serve = ["--protocol", "thrift", "--tls", "none", "--users", &path];
    let server = Server::start(&serve);
    let url = server.url("thrift+sasl");
    let probe = |url: &str, more: &[&str]| run(&[&["probe", url], &login[..], more].concat());
    let ran = probe(&url, &[]);
    assert_eq!((ran.code, &ran.json()["mechanisms"]["asked"]), (14, &json!("PLAIN")));
    assert_eq!(ran.json()["failure"]["cause"], "Mechanism(NotConfidential)");
    assert_eq!(
        ran.json()["mechanisms"]["next"],
        json!(["SCRAM-SHA-512", "SCRAM-SHA-256", "SCRAM-SHA-1"])
    );
    assert_eq!(ran.json()["mechanisms"]["chosen"], json!(null), "nothing was said");
    let ran = probe(&url, &["--mechanism", "SCRAM-SHA-512"]);
    assert_eq!((ran.code, &ran.json()["login"]["protection"]), (0, &json!("none")));
    assert_eq!(probe(&url, &["--insecure-plain"]).code, 13, "the server does not take it");
    let lax = Server::start(&[&serve[..], &["--allow-cleartext"]].concat());
    assert_eq!(probe(&lax.url("thrift+sasl"), &["--insecure-plain"]).code, 0);
}

#[test]
fn what_is_said_in_frames_comes_back() {
    let (_files, path) = users();
    let mut server = Server::start(&["--protocol", "thrift", "--tls", "none", "--users", &path]);
    let url = format!("thrift+sasl://{USER}:{PASSWORD}@{}", server.address);
    let client = xiom::Client::builder(&url).unwrap().only_mechanisms(["SCRAM-SHA-256"]);
    let mut stream = client.build().unwrap().connect_blocking().unwrap();
    let sent: Vec<u8> = (0..100_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    stream.write_all(&sent).unwrap();
    stream.flush().unwrap();
    let mut got = vec![0; sent.len()];
    stream.read_exact(&mut got).unwrap();
    assert!(got == sent);
    server.event("login");
    server.signal("-TERM");
    assert_eq!(stream.read(&mut [0; 8]).unwrap(), 0, "an end in order");
    stream.close().unwrap();
    assert_eq!(server.event("closed")["in_order"], true);
    server.event("stopped");
    assert_eq!(server.wait(), 0);
}

#[test]
fn the_log_says_what_a_client_wants_that_does_not_come_in() {
    let (_files, path) = users();
    let mut server = Server::start(&["--protocol", "thrift", "--tls", "none", "--users", &path]);
    let mut refused = |scheme: &str, more: &[&str]| {
        let url = format!("{scheme}://{USER}:{PASSWORD}@{}", server.address);
        assert_ne!(run(&[&["probe", &url], more].concat()).code, 0);
        let failure = server.event("refused")["failure"].clone();
        let hint = failure["hint"].as_str().unwrap().to_owned();
        (failure["cause"].as_str().unwrap().to_owned(), hint)
    };
    let (cause, hint) = refused("thrift+sasl+tls", &[]);
    assert_eq!(cause, "Thrift(UnknownStatus(22))");
    assert!(hint.contains("--tls direct"), "{hint}");
    let (cause, hint) = refused("amqp", &[]);
    assert_eq!((&*cause, &*hint), ("Thrift(UnknownStatus(65))", "the client speaks amqp"));
    let (cause, hint) = refused("thrift+sasl", &["--insecure-plain"]);
    assert_eq!(cause, "Sasl(NotOffered)");
    assert!(hint.contains("--allow-cleartext"), "{hint}");
}

/// What comes of a server that answers `octets` to whatever it hears.
fn answered(octets: &'static [u8], more: &[&str]) -> Ran {
    let server = Guest::serve(move |mut socket| {
        let mut heard = [0; 512];
        if socket.read(&mut heard).unwrap() != 0 {
            socket.write_all(octets).unwrap();
            while socket.read(&mut heard).is_ok_and(|count| count != 0) {}
        }
    });
    let arguments = ["--mechanism", "SCRAM-SHA-256", "--insecure-plain"];
    run(&[&["probe", &server.login("thrift+sasl")], &arguments[..], more].concat())
}

#[test]
fn whatever_the_server_is_the_failure_says_so() {
    let cases: [(&[u8], i32, &str, &str); 5] = [
        (b"\x05\x00\x00\x00\x00", 14, "Mechanism(ServerNotVerified)", "right server"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", 13, "Thrift(UnknownStatus(72))", "http"),
        (b"\x15\x03\x01\x00\x02\x02\x46", 13, "Thrift(UnknownStatus(21))", "+tls"),
        (b"\x04\x00\x00\x00\x02no", 13, "Thrift(NotUnderstood)", "--mechanism"),
        (
            b"\x02\x7f\xff\xff\xff",
            13,
            "Thrift(TooLarge { size: 2147483647, limit: 1048576 })",
            "--trace",
        ),
    ];
    for (octets, code, cause, hint) in cases {
        let ran = answered(octets, &["--json"]);
        let failure = &ran.json()["failure"];
        assert_eq!((ran.code, &failure["cause"]), (code, &json!(cause)));
        assert!(failure["hint"].as_str().unwrap().contains(hint), "{failure}");
        ran.assert_silent_about(PASSWORD);
    }
}

#[test]
fn a_text_of_the_peer_does_not_control_the_terminal() {
    let ran = answered(b"\x03\x00\x00\x00\x08a\x1b[31mb\x07", &["--trace"]);
    assert_eq!(ran.code, 13);
    assert!(ran.out.contains("peer says   \"a\\u{1b}[31mb\\u{7}\""), "{}", ran.out);
    assert!(ran.err.contains("<-  BAD[8 octets]"), "{}", ran.err);
    ran.assert_silent_about("\u{1b}");
    ran.assert_silent_about("\u{7}");
}

/// Knows the key of [`USER`] for DIGEST-MD5, and nothing else.
struct Digest;

impl Users for Digest {
    fn offers(&self) -> Offers {
        Offers { digest_md5: true, ..Offers::NONE }
    }

    fn look_up<'a>(
        &'a self,
        request: &'a LookupRequest,
    ) -> Answer<'a, Result<Found<'a>, OutcomeCode>> {
        let LookupRequest::DigestMd5 { user, realm } = request else { panic!() };
        let key = DigestKey::derive(user, realm, PASSWORD).unwrap();
        Answer::Now(Ok(if **user == *USER { Found::DigestMd5(key) } else { Found::Unknown }))
    }

    fn authorize<'a>(&'a self, who: &'a Principal) -> Answer<'a, Result<bool, OutcomeCode>> {
        Answer::Now(Ok(xiom::acts_as_itself(who)))
    }
}

#[test]
fn the_service_is_that_of_the_protocol_unless_it_is_named() {
    let probe = |protocol, served: &str, more: &[&str]| {
        let server = xiom::Server::builder(Digest).protocol(protocol).service(served);
        let server = Guest::of(server.allow_legacy("127.0.0.1", "realm").build().unwrap());
        let scheme = if protocol == Protocol::Thrift { "thrift+sasl" } else { "amqp" };
        let arguments = ["--json", "--trace", "--mechanism", "DIGEST-MD5"];
        run(&[&["probe", &server.login(scheme)], &arguments[..], more].concat())
    };
    for (protocol, usual) in [(Protocol::Amqp, "amqp"), (Protocol::Thrift, "hive")] {
        let more: &[&str] = if protocol == Protocol::Amqp { &["--amqp"] } else { &[] };
        let ran = probe(protocol, usual, more);
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
        // What is encrypted after the login is none of its messages.
        assert!(!ran.err.contains("unreadable"), "{}", ran.err);
        assert_eq!(ran.json()["login"]["protection"], "confidentiality");
        assert_eq!(ran.json()["login"]["server_proven"], true);
        assert_eq!(probe(protocol, "stock", &["--service", "stock"]).code, 0);
        assert_eq!(probe(protocol, "stock", &[]).code, 13);
    }
}
