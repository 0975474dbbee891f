//! `xiom probe`: each layer that fails is named, with all that was found before it.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};

use serde_json::json;
use xiom::core::OutcomeCode;
use xiom::sasl::Policy;
use xiom::sasl::Principal;
use xiom::sasl::server::LookupRequest;
use xiom::{Answer, Found, Offers, Users};
use xiom::{Server, TlsStyle, UserTable};

use crate::support::{Files, Guest, PASSWORD, Ran, USER, run, run_on, run_with};

/// Probes `url`, trusting the test's authority alone.
fn probe(files: &Files, url: &str, more: &[&str]) -> Ran {
    let authority = files.argument("ca.pem");
    run(&[&["probe", url, "--json", "--only-ca", &authority], more].concat())
}

#[test]
fn a_login_is_told_with_all_its_proofs() {
    let files = Files::new();
    let server = files.server(TlsStyle::Direct);
    let ran = probe(&files, &server.login("amqps"), &["--amqp"]);
    let report = ran.json();
    assert_eq!((ran.code, &report["ok"], &report["failure"]), (0, &json!(true), &json!(null)));
    assert_eq!(report["url"], format!("amqps://{USER}@{}", server.address));
    assert_eq!(report["addresses"][0]["address"], server.address.to_string());
    assert_eq!(report["tls"]["version"], "TLS 1.3");
    assert_eq!(report["mechanisms"]["chosen"], "SCRAM-SHA-256-PLUS");
    assert_eq!(report["outcome"], "ok");
    assert_eq!(report["login"]["identity"], USER);
    assert_eq!(report["login"]["server_proven"], true);
    assert_eq!(report["login"]["channel_binding"], "tls-exporter");
    assert_eq!(report["amqp_header"], "AMQP 1.0.0");
    let leaf = &report["certificates"]["certificates"][0];
    assert_eq!(report["certificates"]["verdict"], "accepted");
    assert_eq!(leaf["names"], json!(["127.0.0.1", "broker.example"]));
    assert_eq!(leaf["not_after"], "2999-01-01T00:00:00Z");
    assert_eq!((&leaf["issuer"], &leaf["key"]), (&json!("CN=test authority"), &json!("EC 256")));
    ran.assert_silent_about(PASSWORD);
}

#[test]
fn a_certificate_logs_in_over_header_tls() {
    let files = Files::new();
    let server = files.server(TlsStyle::Header);
    let (cert, key) = (files.argument("client.pem"), files.argument("client.key"));
    let more = ["--tls", "header", "--cert", &cert, "--key", &key];
    let ran = probe(&files, &server.url("amqp"), &more);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert_eq!(ran.json()["mechanisms"]["chosen"], "EXTERNAL");
    assert_eq!(ran.json()["login"]["kind"], "certificate");
}

#[test]
fn a_wrong_password_is_the_credentials_fault() {
    let files = Files::new();
    let server = files.server(TlsStyle::Direct);
    let wrong = files.argument("wrong");
    let more = ["--user", USER, "--password-file", &wrong];
    let ran = probe(&files, &server.url("amqps"), &more);
    let failure = &ran.json()["failure"];
    assert_eq!((ran.code, &failure["layer"]), (13, &json!("sasl")));
    assert_eq!(failure["blame"], "credentials");
    assert_eq!(failure["retryable"], false);
    assert_eq!(ran.json()["outcome"], "auth");
}

#[test]
fn the_password_comes_from_the_environment_too() {
    let files = Files::new();
    let server = files.server(TlsStyle::Direct);
    let (url, authority) = (server.url("amqps"), files.argument("ca.pem"));
    let arguments = ["probe", &url, "--only-ca", &authority, "--user", USER];
    let ran = run_with(&arguments, &[("XIOM_PASSWORD", PASSWORD)]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("proven by its knowledge of the password"), "{}", ran.out);
    ran.assert_silent_about(PASSWORD);
    ran.assert_silent_about("\u{1b}");
}

#[test]
fn an_untrusted_chain_is_shown_all_the_same() {
    let files = Files::new();
    let server = files.server(TlsStyle::Direct);
    let stranger = files.argument("stranger.pem");
    let ran = run(&["probe", &server.login("amqps"), "--json", "--only-ca", &stranger]);
    let report = ran.json();
    assert_eq!((ran.code, &report["failure"]["layer"]), (11, &json!("tls")));
    assert_eq!(report["failure"]["cause"], "Tls(Certificate(UnknownIssuer))");
    assert_eq!(report["certificates"]["accepted"], false);
    let leaf = &report["certificates"]["certificates"][0];
    assert_eq!(leaf["names"], json!(["127.0.0.1", "broker.example"]));
    assert_eq!(leaf["not_before"], "2001-01-01T00:00:00Z");
    assert!(0 < leaf["days_left"].as_i64().unwrap());
    assert!(report["mechanisms"].is_null());
}

#[test]
fn an_expired_certificate_is_told() {
    let files = Files::until(2002);
    let server = files.server(TlsStyle::Direct);
    let ran = probe(&files, &server.login("amqps"), &[]);
    let report = ran.json();
    assert_eq!(ran.code, 11);
    assert_eq!(report["failure"]["cause"], "Tls(Certificate(Expired))");
    assert!(report["certificates"]["certificates"][0]["days_left"].as_i64().unwrap() < 0);
}

#[test]
fn a_closed_port_is_the_sockets() {
    // A port in use by a client: nobody listens there, and nobody else gets it meanwhile.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let address = client.local_addr().unwrap();
    let ran = run(&["probe", &format!("amqp://{address}"), "--json"]);
    assert_eq!(ran.code, 10);
    assert_eq!(ran.json()["failure"]["cause"], "Socket(Refused)");
    assert_eq!(ran.json()["addresses"][0]["fault"], "nobody listens at the address");
}

#[test]
fn http_is_no_amqp_header() {
    let server = Guest::serve(|mut socket| {
        let mut header = [0; 8];
        socket.read_exact(&mut header).unwrap();
        assert_eq!(&header, b"AMQP\x03\x01\x00\x00");
        socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        let _ = socket.shutdown(Shutdown::Write);
    });
    let ran = run(&["probe", &server.url("amqp"), "--json", "--trace"]);
    assert_eq!(ran.code, 12);
    assert_eq!(ran.json()["failure"]["cause"], "Header(NotAmqp)");
    assert!(ran.err.contains("<-  unreadable"), "{}", ran.err);
}

#[test]
fn another_amqp_after_the_login_is_told() {
    let users = UserTable::new().with(USER, PASSWORD).unwrap();
    let server = Server::builder(users).build().unwrap();
    let server = Guest::serve(move |socket| {
        let mut stream = server.accept_blocking(socket).unwrap();
        stream.read_exact(&mut [0; 8]).unwrap();
        stream.write_all(b"AMQP\x00\x00\x09\x01").unwrap();
        stream.close().unwrap();
    });
    let ran = run(&["probe", &server.login("amqp"), "--json", "--amqp"]);
    let report = ran.json();
    assert_eq!((ran.code, &report["ok"]), (12, &json!(false)));
    assert_eq!(report["failure"]["stage"], "amqp header");
    assert_eq!(report["failure"]["cause"], "Header(Version { major: 0, minor: 9, revision: 1 })");
    assert_eq!(report["login"]["identity"], USER);
}

#[test]
fn a_silent_server_is_given_up() {
    let (done, wait) = std::sync::mpsc::channel::<()>();
    let server = Guest::serve(move |socket| {
        let _ = wait.recv();
        drop(socket);
    });
    let ran = run(&["probe", &server.url("amqp"), "--json", "--timeout", "1"]);
    drop(done);
    let failure = &ran.json()["failure"];
    assert_eq!((ran.code, &failure["cause"]), (12, &json!("Deadline")));
    assert_eq!((&failure["stage"], &failure["retryable"]), (&json!("sasl header"), &json!(true)));
}

#[test]
fn what_is_offered_is_told_when_nothing_is_permitted() {
    let users = UserTable::new().with(USER, PASSWORD).unwrap();
    let policy = Policy { require_mutual: true, ..Policy::default() };
    let server = Guest::of(Server::builder(users).policy(policy).build().unwrap());
    let ran = run(&["probe", &server.url("amqp"), "--json"]);
    let report = ran.json();
    assert_eq!(ran.code, 13);
    assert_eq!(report["failure"]["cause"], "Sasl(NoCommonMechanism)");
    assert_eq!(report["mechanisms"]["offered"], json!(["SCRAM-SHA-256"]));
    assert_eq!(report["mechanisms"]["verdicts"][0]["name"], "ANONYMOUS");
    assert_eq!(report["mechanisms"]["verdicts"][0]["verdict"], "configured, but not offered");
}

#[test]
fn a_trace_shows_frames_and_no_secret() {
    let files = Files::new();
    let server = files.server(TlsStyle::Header);
    let password = files.argument("password");
    let more = ["--tls", "header", "--trace", "--mechanism", "plain", "--amqp"];
    let more = [&more[..], &["--user", USER, "--password-file", &password]].concat();
    let ran = probe(&files, &server.url("amqp"), &more);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let lines: Vec<&str> = ran.err.lines().collect();
    let expected = [
        "->  AMQP TLS 1.0.0",
        "<-  AMQP TLS 1.0.0",
        "->  AMQP SASL 1.0.0",
        "<-  AMQP SASL 1.0.0",
        "<-  sasl-mechanisms(",
        "->  sasl-init(mechanism=PLAIN, initial-response=[21 octets]",
        "<-  sasl-outcome(code=ok",
        "->  AMQP 1.0.0",
        "<-  AMQP 1.0.0",
    ];
    assert_eq!(lines.len(), expected.len(), "{}", ran.err);
    for (line, expected) in lines.iter().zip(expected) {
        assert!(line.contains(expected), "{line} / {expected}");
    }
    ran.assert_silent_about(PASSWORD);
}

#[test]
fn a_password_travels_in_clear_only_when_told_so() {
    let server = || {
        let users = UserTable::new().with(USER, PASSWORD).unwrap();
        Guest::of(Server::builder(users).allow_cleartext().build().unwrap())
    };
    let strict = server();
    let ran = run(&["probe", &strict.login("amqp"), "--json", "--mechanism", "PLAIN"]);
    assert_eq!(ran.code, 14);
    assert_eq!(ran.json()["failure"]["cause"], "Mechanism(NotConfidential)");
    let verdict = &ran.json()["mechanisms"]["verdicts"][0]["verdict"];
    assert!(verdict.as_str().unwrap().contains("not confidential"), "{verdict}");
    let lax = server();
    let url = lax.login("amqp");
    let ran = run(&["probe", &url, "--json", "--mechanism", "PLAIN", "--insecure-plain"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
}

/// Takes one token, which speaks for [`USER`].
struct Tokens;

impl Users for Tokens {
    fn offers(&self) -> Offers {
        Offers { bearer: true, anonymous: true, ..Offers::NONE }
    }

    fn look_up<'a>(
        &'a self,
        request: &'a LookupRequest,
    ) -> Answer<'a, Result<Found<'a>, OutcomeCode>> {
        let LookupRequest::Bearer { token } = request else { panic!() };
        let is_good = token.expose() == PASSWORD.as_bytes();
        Answer::Now(Ok(if is_good { Found::Subject(USER.into()) } else { Found::Unknown }))
    }

    fn authorize<'a>(&'a self, who: &'a Principal) -> Answer<'a, Result<bool, OutcomeCode>> {
        Answer::Now(Ok(xiom::acts_as_itself(who)))
    }
}

#[test]
fn a_token_comes_from_the_standard_input() {
    let server = || Guest::of(Server::builder(Tokens).allow_cleartext().cbs().build().unwrap());
    for (mechanism, user) in [("OAUTHBEARER", &[][..]), ("XOAUTH2", &["--user", USER])] {
        let server = server();
        let url = server.url("amqp");
        let arguments = ["probe", &url, "--json", "--insecure-plain", "--token-stdin"];
        let named = ["--mechanism", mechanism];
        let arguments = [&arguments[..], &named, user].concat();
        let ran = run_on(&arguments, &format!("{PASSWORD}\n"));
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
        assert_eq!(ran.json()["mechanisms"]["chosen"], mechanism);
        assert_eq!(ran.json()["login"]["kind"], "token");
        ran.assert_silent_about(PASSWORD);
    }
    let strict = server();
    let ran = run_on(&["probe", &strict.url("amqp"), "--json", "--token-stdin"], "token\n");
    let verdicts = ran.json()["mechanisms"]["verdicts"].clone();
    assert_eq!((ran.code, &verdicts[0]["name"]), (14, &json!("OAUTHBEARER")));
    assert!(verdicts[0]["verdict"].as_str().unwrap().contains("not confidential"), "{verdicts}");
    let named = server();
    let ran = run(&["probe", &named.url("amqp"), "--json", "--mechanism", "mssbcbs"]);
    assert_eq!((ran.code, &ran.json()["mechanisms"]["chosen"]), (0, &json!("MSSBCBS")));
}
