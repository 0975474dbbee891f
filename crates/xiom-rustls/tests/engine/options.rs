//! Options that cannot be used: the error names the option.

use rcgen::KeyPair;
use xiom_core::{CertificateFault, Secret};
use xiom_rustls::{ClientOptions, OptionsError, PemFault, PemOption, ServerOptions, Version};
use xiom_testing::{Endpoint, pump};
use xiom_tls::Tls;

use crate::support::{Authority, NAME, server_end, shake};

fn server(chain: &str, key: &str) -> OptionsError {
    ServerOptions::new(chain, Secret::from(key)).build().unwrap_err()
}

fn pem(label: &str, body: &str) -> String {
    format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
}

#[test]
fn what_is_wrong_with_a_pem_is_named() {
    use {OptionsError as E, PemFault as F, PemOption as O};
    let authority = Authority::new("authority");
    let own = authority.issue(NAME, |_| ());
    let other = KeyPair::generate().unwrap().serialize_pem();
    let junk = pem("CERTIFICATE", "AAAA");
    let encrypted = pem("ENCRYPTED PRIVATE KEY", "AAAA");
    let old = pem("RSA PRIVATE KEY", "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA");
    assert_eq!(server("", &own.key), E::Pem(O::Chain, F::Empty));
    assert_eq!(server(&own.key, &own.key), E::Pem(O::Chain, F::Empty));
    assert_eq!(server("-----BEGIN CERTIFICATE-----\n", &own.key), E::Pem(O::Chain, F::Malformed));
    assert_eq!(server(&junk, &own.key), E::Certificate(O::Chain, CertificateFault::Malformed));
    assert_eq!(server(&own.chain, ""), E::Pem(O::Key, F::Empty));
    assert_eq!(server(&own.chain, &own.chain), E::Pem(O::Key, F::Empty));
    assert_eq!(server(&own.chain, &encrypted), E::Pem(O::Key, F::Encrypted));
    assert_eq!(server(&own.chain, &old), E::Pem(O::Key, F::Encrypted));
    assert_eq!(server(&own.chain, &other), E::KeyMismatch);
    assert_eq!(server(&own.chain, &pem("PRIVATE KEY", "AAAA")), E::UnsupportedKey);
    let options = own.server().required_client_certificate("");
    assert_eq!(options.build().unwrap_err(), E::Pem(O::ClientAuthorities, F::Empty));
    let options = ClientOptions::new().add_roots(&junk);
    let fault = CertificateFault::Malformed;
    assert_eq!(options.build().unwrap_err(), E::Certificate(O::Roots, fault));
    let options = authority.client().certificate(&own.chain, other.as_str().into());
    assert_eq!(options.build().unwrap_err(), E::KeyMismatch);
}

//= test SRS_TLSIO_30_014
#[test]
fn names_and_protocols_are_checked() {
    let client = Authority::new("authority").client();
    for protocols in [vec![Vec::new()], vec![vec![b'a'; 256]]] {
        let refused = client.clone().alpn(protocols).build().unwrap_err();
        assert_eq!(refused, OptionsError::Alpn);
    }
    let client = client.build().unwrap();
    for name in ["", "a b", "-", "bücher.example", "host:5671", "[broker.example]", "[::1"] {
        assert_eq!(client.engine(name).unwrap_err(), OptionsError::ServerName, "{name}");
    }
    for name in ["broker", "broker.example.", "10.0.0.1", "::1", "[2001:db8::1]"] {
        assert!(client.engine(name).is_ok(), "{name}");
    }
}

#[test]
fn an_error_reads_as_a_sentence_and_says_what_to_do() {
    let text = OptionsError::Pem(PemOption::Key, PemFault::Encrypted).to_string();
    assert_eq!(text, "private key: the pem is encrypted, decrypt it first");
    let error = OptionsError::Certificate(PemOption::Chain, CertificateFault::Malformed);
    assert_eq!(error.to_string(), "certificate chain: a certificate cannot be read");
}

#[test]
fn keys_of_every_encoding_are_taken() {
    let sec1 = include_str!("../data/sec1.pem");
    let pkcs1 = include_str!("../data/pkcs1.pem");
    assert!(sec1.contains("BEGIN EC PRIVATE") && pkcs1.contains("BEGIN RSA PRIVATE"));
    assert!(ServerOptions::new(pkcs1, pkcs1.into()).build().is_ok());
    // A certificate and its key may stand in one file.
    let server = ServerOptions::new(sec1, sec1.into()).build().unwrap();
    let client = ClientOptions::new().only_roots(sec1).build().unwrap();
    let mut a = Endpoint::open(Tls::new(client.engine("localhost").unwrap()));
    let mut b = server_end(&server);
    pump(&mut a, &mut b, usize::MAX);
    // Only one of the providers takes a hash that is longer than the curve.
    assert_eq!(a.channel.is_open() && b.channel.is_open(), cfg!(feature = "aws-lc-rs"));
}

#[test]
fn the_key_log_is_written_only_where_an_option_names_a_path() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys");
    let authority = Authority::new("authority");
    let server = authority.issue(NAME, |_| ()).server().build().unwrap();
    let client = authority.client().key_log(&path).build().unwrap();
    let (a, _) = shake(&client, &server);
    assert!(a.channel.is_open());
    let text = std::fs::read_to_string(&path).unwrap();
    let labels: Vec<&str> = text.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(labels.contains(&"EXPORTER_SECRET") && labels.contains(&"CLIENT_TRAFFIC_SECRET_0"));
    assert!(text.lines().all(|line| line.split(' ').count() == 3));

    let refused = authority.client().key_log(folder.path()).build().unwrap_err();
    assert!(matches!(refused, OptionsError::KeyLog(_)), "{refused}");
}

//= test SRS_TLSIO_30_124
#[test]
fn options_hold_for_every_connection_that_is_made_of_them() {
    let authority = Authority::new("authority");
    let server = authority.issue(NAME, |_| ()).server().alpn(["amqp", "other"]).build().unwrap();
    let options = authority.client().alpn(["other"]).min_version(Version::Tls13);
    let client = options.clone().build().unwrap();
    drop(options);
    for _ in 0..3 {
        let (a, _) = shake(&client, &server);
        let facts = a.channel.layers().unwrap().engine().facts().unwrap();
        assert_eq!((facts.version, facts.alpn.as_deref()), (Version::Tls13, Some(&b"other"[..])));
    }
}
