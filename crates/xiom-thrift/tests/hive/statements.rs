//! What the program prints, what it calls, and what it says when something fails.

use clap::Parser;
use rcgen::{CertifiedKey, generate_simple_self_signed};

use crate::failure::Failure;
use crate::fake::{Calls, serve, server};
use crate::run::{Arguments, run};

/// Runs the program with these arguments behind the URL, against a server of its own.
fn hive(arguments: &[&str]) -> (Result<String, Failure>, Calls) {
    let (port, serving) = serve(server(None));
    let url = format!("thrift+sasl://ann:pencil@127.0.0.1:{port}");
    let result = with_url(&url, &[&["--allow-cleartext"], arguments].concat());
    (result, serving.join().unwrap())
}

fn with_url(url: &str, arguments: &[&str]) -> Result<String, Failure> {
    let arguments = Arguments::parse_from([&["hive", url], arguments].concat());
    let mut out = Vec::new();
    run(&arguments, &mut out).map(|()| String::from_utf8(out).unwrap())
}

#[test]
fn without_statements_it_selects_one_row_and_then_thousands() {
    let (printed, calls) = hive(&["--count"]);
    assert_eq!(printed.unwrap(), "1 rows\n5000 rows\n");
    let fetches = calls.iter().filter(|call| *call == "FetchResults").count();
    assert_eq!(fetches, 2 + 6, "each ends with nothing more");
    assert_eq!(calls.first().unwrap(), "OpenSession");
    assert_eq!(calls.last().unwrap(), "CloseSession");
    assert_eq!(calls.iter().filter(|call| *call == "CloseOperation").count(), 2);
}

#[test]
fn rows_come_in_their_order_whatever_the_batch() {
    let expected: Vec<_> = (0..5000).map(|id| id.to_string()).collect();
    for batch in ["1000", "999", "5000"] {
        let (printed, _) = hive(&["--batch", batch, "SELECT id FROM range(5000)"]);
        assert!(printed.unwrap().lines().eq(&expected), "{batch}");
    }
}

#[test]
fn every_type_is_shown_and_null_is_null() {
    let (printed, _) = hive(&["TYPES", "OLD"]);
    let types = "true\t-8\t-16\t-32\t-9223372036854775808\t0.5\tZürich\t\u{fffd}x\n";
    let nulls = [["NULL"; 8].join("\t"), "7\tNULL\n".to_owned()].join("\n");
    assert_eq!(printed.unwrap(), format!("{types}{nulls}"));
}

#[test]
fn a_statement_without_a_result_fetches_nothing_and_a_slow_one_is_waited_for() {
    let (printed, calls) = hive(&["USE x"]);
    assert_eq!(printed.unwrap(), "");
    let expected = ["OpenSession", "ExecuteStatement", "CloseOperation", "CloseSession"];
    assert_eq!(calls, expected);
    assert_eq!(hive(&["SLOW"]).0.unwrap(), "0\n");
}

#[test]
fn a_statement_that_fails_has_the_words_of_the_server_and_the_session_is_closed() {
    let (printed, calls) = hive(&["NONSENSE", "SELECT 1"]);
    let failure = printed.unwrap_err();
    let expected = "ExecuteStatement: cannot parse NONSENSE (42000)";
    assert_eq!(failure.to_string(), expected);
    assert_eq!(calls, ["OpenSession", "ExecuteStatement", "CloseSession"]);
}

#[test]
fn a_server_that_crashes_over_a_call_says_so() {
    let (printed, _) = hive(&["CRASH"]);
    let failure = printed.unwrap_err();
    assert!(matches!(failure, Failure::Thrift(thrift::Error::Application(_))), "{failure:?}");
    assert_eq!(failure.to_string(), "out of memory");
}

#[test]
fn a_wrong_password_has_the_words_of_the_server() {
    let (port, serving) = serve(server(None));
    let url = format!("thrift+sasl://ann:wrong@127.0.0.1:{port}");
    let failure = with_url(&url, &["--allow-cleartext"]).unwrap_err();
    assert!(matches!(failure, Failure::Connection(_)), "{failure:?}");
    assert!(failure.to_string().contains("authentication failed"), "{failure}");
    assert!(serving.join().unwrap().is_empty());
}

#[test]
fn over_tls_nothing_else_is_needed_but_whom_to_trust() {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, cert.pem()).unwrap();
    let (port, serving) = serve(server(Some((&cert.pem(), &signing_key.serialize_pem()))));
    let url = format!("thrift+sasl+tls://ann:pencil@localhost:{port}");
    let printed = with_url(&url, &["--count", "--ca", file.to_str().unwrap()]);
    assert_eq!(printed.unwrap(), "1 rows\n5000 rows\n");
    assert_eq!(serving.join().unwrap().last().unwrap(), "CloseSession");
}
