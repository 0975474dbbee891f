//! Streams that are cut or damaged at any octet: a typed failure, never a panic, never a false open.

use xiom_core::{Cause, Fact, Stage, TlsFault};
use xiom_rustls::{Client, Server};
use xiom_testing::pump;

use crate::support::{ClientEnd, ServerEnd, client_end, fault_at, pair, server_end, shake, tls12};

/// Both versions.
fn pairs() -> [(Client, Server); 2] {
    [
        pair(|options| options, |options| options),
        pair(|options| options.provider(tls12()), |options| options),
    ]
}

/// Both ends, and the server's first flight.
fn first_flight(client: &Client, server: &Server) -> (ClientEnd, ServerEnd, Vec<u8>) {
    let (mut a, mut b) = (client_end(client), server_end(server));
    b.feed(&a.take());
    let flight = b.take();
    (a, b, flight)
}

#[test]
fn an_end_at_any_octet_of_the_handshake_is_the_end_of_the_stream() {
    for (client, server) in pairs() {
        for cut in (0..).step_by(11) {
            let (mut a, _, flight) = first_flight(&client, &server);
            let Some(heard) = flight.get(..cut).filter(|heard| heard.len() < flight.len()) else {
                break;
            };
            a.feed(heard);
            a.tell(Fact::Ended);
            a.take();
            let failure = a.failure().unwrap();
            assert_eq!(failure, Cause::EndOfStream.at(Stage::TlsHandshake), "{cut}");
        }
    }
}

#[test]
fn an_end_at_any_octet_of_a_record_is_a_truncation() {
    for (client, server) in pairs() {
        for cut in 0..27 {
            let (mut a, mut b) = shake(&client, &server);
            a.send(b"octets");
            b.feed(&a.take()[..cut]);
            b.tell(Fact::Ended);
            assert_eq!(fault_at(&b, Stage::Open), TlsFault::Truncated);
            assert!(b.received.is_empty());
        }
    }
}

#[test]
fn damage_at_any_octet_of_the_handshake_fails_or_changes_nothing() {
    for (client, server) in pairs() {
        for at in (0..).step_by(7) {
            let (mut a, mut b, mut flight) = first_flight(&client, &server);
            let Some(octet) = flight.get_mut(at) else { break };
            *octet ^= 0x41;
            a.feed(&flight);
            pump(&mut a, &mut b, usize::MAX);
            // A damaged length may leave both waiting; a version octet counts for nothing.
            let is_open = a.channel.is_open() && b.channel.is_open();
            if is_open {
                assert!(a.send(b"octets"));
                pump(&mut a, &mut b, 1);
                assert_eq!(b.received, b"octets");
            }
            assert!(is_open || !b.channel.is_open(), "{at}");
        }
    }
}

#[test]
fn damage_at_any_octet_of_a_record_is_never_passed_up() {
    for (client, server) in pairs() {
        for at in 0..27 {
            let (mut a, mut b) = shake(&client, &server);
            a.send(b"octets");
            let mut record = a.take();
            record[at] ^= 0x41;
            b.feed(&record);
            // More of the same, for a length that grew; and still the server can speak.
            b.feed(&vec![0x17; 1 << 15]);
            assert!(b.failure().is_some(), "{at}");
            // The minor version of a record is read by nobody (RFC 8446 section 5.1).
            assert!(b.received.is_empty() || (at == 2 && b.received == b"octets"), "{at}");
            a.feed(&b.take());
        }
    }
}

#[test]
fn a_goodbye_within_the_handshake_opens_nothing() {
    for (client, server) in pairs() {
        let (_, mut b, _) = first_flight(&client, &server);
        b.feed(&[21, 3, 3, 0, 2, 1, 0]);
        b.take();
        b.tell(Fact::Ended);
        assert_eq!(b.failure(), Some(Cause::EndOfStream.at(Stage::TlsHandshake)));
        let mut a = client_end(&client);
        a.take();
        a.feed(&[21, 3, 3, 0, 2, 1, 0]);
        let layer = a.channel.layers();
        assert!(layer.is_none_or(|layer| layer.engine().facts().is_none()));
        a.tell(Fact::Ended);
        assert_eq!(a.failure(), Some(Cause::EndOfStream.at(Stage::TlsHandshake)));
    }
}
