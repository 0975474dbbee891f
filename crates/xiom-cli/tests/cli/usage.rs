//! The command line itself.

use std::process::{Command, Stdio};

use crate::support::{Files, PASSWORD, run, run_with};

#[test]
fn usage_errors_end_with_2_and_print_nothing() {
    let cases: [&[&str]; 31] = [
        &["probe"],
        &["probe", "amqps://host", "--no-such-option"],
        &["probe", "http://host"],
        &["probe", "amqps://host", "--tls", "sideways"],
        &["probe", "amqps://host", "--ca", "/no/such/file.pem"],
        &["probe", "amqps://host", "--cert", "/no/such/file.pem"],
        &["probe", "amqps://host", "--user", "guest"],
        &["probe", "amqps://host", "--timeout", "0"],
        &["probe", "amqp://host", "--mechanism", "PLAIN"],
        &["probe", "amqp://host", "--token-stdin"],
        &["probe", "thrift+sasl://host"],
        &["probe", "thrift+sasl://host:1", "--amqp"],
        &["probe", "thrift+sasl://host:1", "--tls", "header"],
        &["probe", "thrift+sasl://host:1", "--sasl-frame", "4096"],
        &["serve"],
        &["serve", "--anonymous"],
        &["serve", "--anonymous", "--tls", "none", "--self-signed"],
        &["serve", "--anonymous", "--tls", "none", "--mechanism", "SCRAM-MD5"],
        &["serve", "--anonymous", "--cert", "/no/such/file.pem", "--key", "/no/such/file.pem"],
        &["serve", "--users", "/no/such/file.toml", "--self-signed"],
        &["serve", "--tls", "none", "--keytab", "/no/such/file.keytab"],
        &["serve", "--tls", "none", "--anonymous", "--host", "localhost"],
        &["serve", "--tls", "none", "--anonymous", "--service", "hive"],
        &["serve", "--protocol", "thrift", "--anonymous", "--self-signed", "--tls", "header"],
        &["decode", "/no/such/file.bin"],
        &["decode", "--protocol", "mqtt", "/dev/null"],
        &["decode", "--show-secrets", "/dev/null"],
        &["user", "add", "/no/such/file.toml"],
        &["user", "add", "/no/such/file.toml", "ann", "--iterations", "1"],
        &["user", "add", "/no/such/file.toml", "ann", "--password", "secret"],
        &["user", "list", "/no/such/file.toml"],
    ];
    for arguments in cases {
        let ran = run(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments:?}: {}", ran.err);
        assert!(ran.err.starts_with("error: "), "{}", ran.err);
    }
}

#[test]
fn a_password_is_not_repeated_in_a_usage_error() {
    let url = format!("ftp://guest:{PASSWORD}@host");
    run(&["probe", &url]).assert_silent_about(PASSWORD);
    let url = format!("amqps://guest:{PASSWORD}@host");
    run(&["probe", &url, "--only-ca", "/no/such/file.pem"]).assert_silent_about(PASSWORD);
    let ran = run_with(&["probe", "nonsense", "--user", "guest"], &[("XIOM_PASSWORD", PASSWORD)]);
    assert_eq!(ran.code, 2);
    ran.assert_silent_about(PASSWORD);
}

#[test]
fn a_damaged_authority_is_a_usage_error() {
    let files = Files::new();
    files.write("damaged.pem", "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n");
    let ran = run(&["probe", "amqps://host", "--only-ca", &files.argument("damaged.pem")]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("trusted certificates"), "{}", ran.err);
}

#[test]
fn help_and_version_are_there() {
    assert!(run(&["--version"]).out.starts_with("xiom "));
    for command in ["demo", "probe", "serve", "decode", "user"] {
        let ran = run(&[command, "--help"]);
        assert_eq!(ran.code, 0);
        assert!(ran.out.contains("Examples:") && ran.out.contains("Exit codes:"));
        let examples = ran.out.split("Examples:").nth(1).unwrap();
        assert!(examples.contains(&format!("xiom {command} ")), "{examples}");
        assert_eq!(examples.contains("thrift"), !matches!(command, "demo" | "user"), "{command}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_panic() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_xiom"))
        .args(["demo", "--mib", "0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}
