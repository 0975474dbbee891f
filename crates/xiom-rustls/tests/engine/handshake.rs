//! Handshakes of both roles in memory, for every cut, version and agreement.
//!
//! What is agreed does not depend on how octets were cut, and both ends agree on it.

use alloc::sync::Arc;

use crate::support::{
    Authority, ClientEnd, NAME, ServerEnd, client_end, fault_at, handshake_fault, pair, server_end,
    shake, tls12,
};
use xiom_core::{Action, Fact, Layer as _, OpenResult, Stage, TlsFault};
use xiom_rustls::Version;
use xiom_testing::{Endpoint, pump};
use xiom_tls::Tls;

fn echo(a: &mut ClientEnd, b: &mut ServerEnd, piece: usize) {
    assert!(a.send(b"to the server") && b.send(b"to the client"));
    pump(a, b, piece);
    assert_eq!((&a.received[..], &b.received[..]), (&b"to the client"[..], &b"to the server"[..]));
}

//= test SRS_TLSIO_50_029
#[test]
fn every_cut_opens_and_carries_octets() {
    for version in [Version::Tls12, Version::Tls13] {
        let (client, server) = pair(
            |options| if version == Version::Tls12 { options.provider(tls12()) } else { options },
            |options| options,
        );
        for piece in [1, 2, 3, 5, 7, 64, 1000, usize::MAX] {
            let (mut a, mut b) = (client_end(&client), server_end(&server));
            pump(&mut a, &mut b, piece);
            assert!(a.channel.is_open() && b.channel.is_open(), "{version} {piece}");
            echo(&mut a, &mut b, piece);
            for facts in [
                a.channel.layers().unwrap().engine().facts().unwrap(),
                b.channel.layers().unwrap().engine().facts().unwrap(),
            ] {
                assert_eq!(facts.version, version);
            }
        }
    }
}

#[test]
fn octets_in_the_flight_of_the_handshake_come_after_opened() {
    let (client, server) = pair(|options| options, |options| options);
    let (mut a, mut b) = (client_end(&client), server_end(&server));
    b.feed(&a.take());
    a.feed(&b.take());
    assert!(a.channel.is_open());
    // The client's Finished and its first octets arrive as one.
    a.send(b"early");
    a.send(b" bird");
    b.feed(&a.take());
    assert_eq!(b.received, b"early bird");
    assert_eq!(b.told, [Action::Connect, Action::Opened(OpenResult::Ok)]);
    pump(&mut a, &mut b, usize::MAX);
    echo_back(&mut a, &mut b);
}

fn echo_back(a: &mut ClientEnd, b: &mut ServerEnd) {
    assert!(b.send(b"worm"));
    pump(a, b, usize::MAX);
    assert_eq!(a.received, b"worm");
}

#[test]
fn a_server_answers_between_the_events_of_one_read() {
    // The engine holds the client's octets when the server already writes.
    let (client, server) = pair(|options| options, |options| options);
    let (mut a, mut b) = (client_end(&client), server_end(&server));
    b.feed(&a.take());
    a.feed(&b.take());
    a.send(b"question");
    b.input = a.take();
    while !b.channel.is_open() {
        let got = b.channel.receive(&mut b.input, &mut b.wire).unwrap();
        b.input.drain(..got.consumed);
        b.drain();
    }
    assert!(b.send(b"worm"));
    b.feed(b"");
    assert_eq!(b.received, b"question");
    pump(&mut a, &mut b, 1);
    assert_eq!(a.received, b"worm");
}

#[test]
fn both_ends_report_the_same_agreement() {
    let (client, server) =
        pair(|options| options.alpn(["other", "amqp"]), |options| options.alpn(["amqp"]));
    let (a, b) = shake(&client, &server);
    let a = a.channel.layers().unwrap().engine().facts().unwrap();
    let b = b.channel.layers().unwrap().engine().facts().unwrap();
    assert_eq!((a.version, a.suite, a.group), (b.version, b.suite, b.group));
    assert_eq!((a.version, a.suite), (Version::Tls13, "TLS13_AES_256_GCM_SHA384"));
    let is_long = cfg!(feature = "aws-lc-rs");
    assert_eq!(a.group, Some(if is_long { "X25519MLKEM768" } else { "X25519" }));
    assert_eq!((a.alpn.as_deref(), b.alpn.as_deref()), (Some(&b"amqp"[..]), Some(&b"amqp"[..])));
    assert_eq!((a.server_name, b.server_name.as_deref()), (None, Some(NAME)));
    assert_eq!((a.peer_certificates.len(), b.peer_certificates.len()), (1, 0));
    assert!(!a.resumed && !b.resumed);
}

#[test]
fn the_key_exchange_can_do_without_the_long_message() {
    let (client, server) = pair(|options| options.post_quantum(false), |options| options);
    let mut a = client_end(&client);
    assert!(a.wire.len() < 400, "{}", a.wire.len());
    let mut b = server_end(&server);
    pump(&mut a, &mut b, usize::MAX);
    let facts = a.channel.layers().unwrap().engine().facts().unwrap();
    assert_eq!(facts.group, Some("X25519"));
}

#[test]
fn an_address_is_verified_and_not_sent_as_a_name() {
    let authority = Authority::new("authority");
    for (name, given) in [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]")] {
        let server = authority.issue(name, |_| ()).server().build().unwrap();
        let engine = authority.client().build().unwrap().engine(given).unwrap();
        let (mut a, mut b) = (Endpoint::open(Tls::new(engine)), server_end(&server));
        pump(&mut a, &mut b, usize::MAX);
        assert!(a.channel.is_open());
        assert_eq!(b.channel.layers().unwrap().engine().facts().unwrap().server_name, None);
    }
}

#[test]
fn nothing_is_promised_before_the_handshake_is_done() {
    let (client, server) = pair(|options| options, |options| options);
    let (a, b) = (client_end(&client), server_end(&server));
    assert_eq!(a.channel.layers().unwrap().security(), xiom_core::Security::default());
    assert_eq!(b.channel.layers().unwrap().security(), xiom_core::Security::default());
    assert_eq!(a.channel.layers().unwrap().engine().facts(), None);
}

#[test]
fn no_application_protocol_in_common() {
    let (client, server) =
        pair(|options| options.alpn(["amqp"]), |options| options.alpn(["mqtt", "stomp"]));
    let (a, b) = shake(&client, &server);
    assert_eq!(handshake_fault(&b), TlsFault::NoApplicationProtocol);
    assert_eq!(handshake_fault(&a), TlsFault::Alert(120));
}

#[test]
fn a_version_below_the_least_is_refused() {
    let (client, server) =
        pair(|options| options.provider(tls12()), |options| options.min_version(Version::Tls13));
    let (a, b) = shake(&client, &server);
    assert_eq!(handshake_fault(&b), TlsFault::NothingInCommon);
    assert_eq!(handshake_fault(&a), TlsFault::Alert(70));
    assert_eq!(a.failure().unwrap().stage, Stage::TlsHandshake);
}

#[test]
fn a_peer_that_does_not_speak_tls_is_named_so() {
    let (client, server) = pair(|options| options, |options| options);
    for said in [&b"AMQP\x00\x01\x00\x00"[..], b"HTTP/1.1 400 Bad Request\r\n", b"\x16\x09", b"\0"]
    {
        for piece in [1, said.len()] {
            let mut a = client_end(&client);
            let mut b = server_end(&server);
            for part in said.chunks(piece) {
                a.feed(part);
                b.feed(part);
            }
            // The hello leaves, and the peer ends.
            a.take();
            a.tell(Fact::Ended);
            assert_eq!(handshake_fault(&a), TlsFault::NotTls);
            assert_eq!(handshake_fault(&b), TlsFault::NotTls);
        }
    }
}

#[test]
fn a_record_of_another_kind_later_breaks_the_protocol() {
    let (client, server) = pair(|options| options, |options| options);
    let (mut a, mut b) = (client_end(&client), server_end(&server));
    b.feed(&a.take());
    b.take();
    b.feed(b"AMQP\x00\x01\x00\x00");
    // The alert that says so leaves first.
    assert!(!b.take().is_empty());
    b.tell(Fact::Ended);
    assert_eq!(handshake_fault(&b), TlsFault::Protocol);
    let (mut a, _) = shake(&client, &server);
    a.feed(b"AMQP\x00\x01\x00\x00");
    assert_eq!(fault_at(&a, Stage::Open), TlsFault::Protocol);
    assert!(!a.wire.is_empty());
}

#[test]
fn a_damaged_record_is_a_failure_with_an_alert() {
    let (client, server) = pair(|options| options, |options| options);
    let (mut a, mut b) = shake(&client, &server);
    a.send(b"octets");
    let mut record = a.take();
    *record.last_mut().unwrap() ^= 1;
    b.feed(&record);
    assert_eq!(fault_at(&b, Stage::Open), TlsFault::Decrypt);
    a.feed(&b.take());
    assert_eq!(fault_at(&a, Stage::Open), TlsFault::Alert(20));
}

#[test]
fn equal_options_share_one_configuration_while_it_is_used() {
    let authority = Authority::new("authority");
    let first = authority.client().build().unwrap();
    assert!(first.is_same(&authority.client().build().unwrap()));
    assert!(!first.is_same(&authority.client().alpn(["amqp"]).build().unwrap()));
    assert!(!first.is_same(&Authority::new("authority").client().build().unwrap()));
}

#[test]
fn a_given_provider_is_part_of_the_options() {
    let given = tls12();
    let authority = Authority::new("authority");
    let client = authority.client().provider(Arc::clone(&given)).build().unwrap();
    assert!(client.is_same(&authority.client().provider(given).build().unwrap()));
    assert!(!client.is_same(&authority.client().provider(tls12()).build().unwrap()));
}
