//! What happens while open: records of every size, ends, tickets and key updates at any time.
//!
//! Here the peer is often a bare connection of rustls, which does what ours never does by itself.

use alloc::sync::Arc;
use std::io::Read as _;

use rustls::{CipherSuiteCommon, SupportedCipherSuite, Tls13CipherSuite};

use crate::bare::Bare;
use crate::support::{NAME, built_in, client_end, fault_at, pair, shake, tls12};
use xiom_core::{Action, Fact, Limits, Phase, SendId, SendResult, Stage, TlsFault};
use xiom_rustls::{CryptoProvider, Version};
use xiom_testing::{Endpoint, pump};
use xiom_tls::{Tls, Truncated};

fn octets(len: usize) -> Vec<u8> {
    (0..len).map(|i| u8::try_from(i * 7 % 251).unwrap()).collect()
}

#[test]
fn messages_of_every_size_arrive_whole_both_ways() {
    for provider in [None, Some(tls12())] {
        let (client, server) = pair(
            |options| match provider {
                Some(provider) => options.provider(provider),
                None => options,
            },
            |options| options,
        );
        let (mut a, mut b) = shake(&client, &server);
        let mut sent = Vec::new();
        for len in [1, 2, 15, 16, 17, 31, 255, 4095, 16383, 16384, 16385, 32768, 1 << 20] {
            assert!(a.send(&octets(len)) && b.send(&octets(len)));
            sent.extend(octets(len));
            pump(&mut a, &mut b, 70_000);
        }
        assert!(a.received == sent && b.received == sent);
        let done = a.told.iter().filter(|action| matches!(action, Action::Sent(_, SendResult::Ok)));
        assert_eq!(done.count(), 13);
    }
}

#[test]
fn a_large_message_is_cut_into_records_and_small_ones_may_come_as_one_read() {
    let (client, server) = pair(|options| options, |options| options);
    let (mut a, mut b) = shake(&client, &server);
    assert!(a.send(&octets(3 * 16384 + 1)));
    let wire = a.take();
    assert_eq!(wire.len(), 3 * (16384 + 22) + 1 + 22);
    b.feed(&wire);
    for i in 0..200 {
        assert!(a.send(&octets(i % 40 + 1)));
    }
    let before = b.received.len();
    b.feed(&a.take());
    let expected: usize = (0..200).map(|i| i % 40 + 1).sum();
    assert_eq!(b.received.len() - before, expected);
}

#[test]
fn plain_octets_stay_where_they_were_decrypted() {
    // What follows them in a record: the tag, and in TLS 1.3 the content type. With ring and TLS 1.2
    // they are in the place of the nonce before them.
    let tls12_trailer = if cfg!(feature = "aws-lc-rs") { 16 } else { 24 };
    for (provider, trailer) in [(built_in(), 17), (Arc::unwrap_or_clone(tls12()), tls12_trailer)] {
        let (client, server) = pair(|options| options.provider(provider.into()), |options| options);
        let (mut a, mut b) = shake(&client, &server);
        for len in [1, 15, 16, 17, 100, 16384] {
            a.send(&octets(len));
            let mut input = a.take();
            let got = b.channel.receive(&mut input, &mut b.wire).unwrap();
            assert_eq!((got.consumed, got.data.end), (input.len(), input.len() - trailer));
            assert_eq!(&input[got.data], octets(len));
        }
    }
}

#[test]
fn close_notify_ends_in_order_on_both_sides() {
    let (client, server) = pair(|options| options, |options| options);
    let (mut a, mut b) = shake(&client, &server);
    a.send(b"last words");
    assert!(a.close());
    b.feed(&a.take());
    assert_eq!(b.received, b"last words");
    assert_eq!(b.told.last(), Some(&Action::Ended));
    // The other direction is still open (RFC 8446 section 6.1).
    assert!(b.send(b"too late for the client, no fault of the server"));
    assert!(b.close());
    pump(&mut a, &mut b, 1);
    assert_eq!((a.told.last(), b.told.last()), (Some(&Action::Closed), Some(&Action::Closed)));
    assert!(a.told.contains(&Action::Sent(SendId(0), SendResult::Ok)));
    assert!(a.failure().is_none() && b.failure().is_none());
}

#[test]
fn an_end_without_close_notify_is_a_failure_unless_the_user_says_otherwise() {
    let (client, server) = pair(|options| options, |options| options);
    let (_, mut b) = shake(&client, &server);
    b.tell(Fact::Ended);
    assert_eq!(fault_at(&b, Stage::Open), TlsFault::Truncated);

    let lenient = || {
        let engine = client.engine(NAME).unwrap();
        let mut a = Endpoint::open(Tls::new(engine).with_truncated(Truncated::Accept));
        let mut b = crate::support::server_end(&server);
        pump(&mut a, &mut b, usize::MAX);
        (a, b)
    };
    let (mut a, _) = lenient();
    a.tell(Fact::Ended);
    assert_eq!((a.told.last(), a.failure()), (Some(&Action::Ended), None));

    let (mut a, mut b) = lenient();
    b.send(b"cut here");
    let record = b.take();
    a.feed(&record[..record.len() - 1]);
    a.tell(Fact::Ended);
    assert_eq!(fault_at(&a, Stage::Open), TlsFault::Truncated);
}

#[test]
fn key_updates_of_the_peer_are_answered_and_nothing_is_lost() {
    let mut bare = Bare::new(|_| ());
    bare.shake();
    for round in 0..5_u8 {
        bare.write(&[round; 100]);
        bare.server.refresh_traffic_keys().unwrap();
        bare.write(&[round; 50]);
        let wire = bare.said();
        // Cut in the middle of everything, once as one read.
        let piece = if round == 0 { wire.len() } else { usize::from(round) * 3 };
        for part in wire.chunks(piece) {
            bare.client.feed(part);
        }
        assert!(bare.client.send(&[round; 70]));
        bare.hear();
        assert_eq!(bare.read(), [round; 70]);
    }
    let expected: Vec<u8> = (0..5).flat_map(|round| [round; 150]).collect();
    assert_eq!(bare.client.received, expected);
}

#[test]
fn tickets_in_parts_do_not_hinder_writing() {
    // Each ticket comes in several records; between any two pieces of them the client writes.
    for piece in [1, 7, 30, 100, 150, 1000] {
        let mut bare = Bare::new(|config| config.max_fragment_size = Some(64));
        bare.shake();
        let mut wire = bare.said();
        assert!(wire.len() > 200, "there are tickets in parts");
        bare.write(b"and octets of the user");
        wire.extend(bare.said());
        let mut said = Vec::new();
        for part in wire.chunks(piece) {
            bare.client.feed(part);
            assert!(bare.client.send(b"x"));
            bare.hear();
            said.extend(bare.read());
        }
        assert_eq!(bare.client.received, b"and octets of the user");
        assert_eq!(said.len(), wire.len().div_ceil(piece));
    }
}

#[test]
fn a_close_within_a_ticket_says_close_notify() {
    let mut bare = Bare::new(|config| config.max_fragment_size = Some(64));
    bare.shake();
    let wire = bare.said();
    bare.client.feed(&wire[..100]);
    assert!(bare.client.close());
    bare.hear();
    let mut rest = Vec::new();
    assert_eq!(bare.server.reader().read_to_end(&mut rest).unwrap(), 0);
}

#[test]
fn a_handshake_in_small_records_opens() {
    for piece in [1, 10, usize::MAX] {
        let mut bare = Bare::new(|config| config.max_fragment_size = Some(40));
        bare.hear();
        for part in bare.said().chunks(piece) {
            bare.client.feed(part);
        }
        bare.hear();
        assert!(bare.client.channel.is_open());
        let facts = bare.client.channel.layers().unwrap().engine().facts().unwrap();
        assert_eq!(facts.version, Version::Tls13);
    }
}

#[test]
fn what_follows_a_failure_is_swallowed() {
    let (client, server) = pair(|options| options, |options| options);
    let mut b = crate::support::server_end(&server);
    b.feed(b"GET / HTTP/1.1\r\n\r\n");
    let failure = b.failure().unwrap();
    let mut a = client_end(&client);
    b.feed(&a.take());
    assert_eq!(b.failure(), Some(failure));
    assert!(b.received.is_empty() && b.wire.is_empty());
}

#[test]
fn a_message_that_waits_is_sealed_late() {
    let (client, server) = pair(|options| options, |options| options);
    let limits = Limits { wire: 100, ..Limits::CLIENT };
    let mut a = Endpoint::open_within(Tls::new(client.engine(NAME).unwrap()), limits);
    let mut b = crate::support::server_end(&server);
    pump(&mut a, &mut b, usize::MAX);
    assert!(a.send(&[1; 200]) && a.send(&[2; 10]));
    assert_eq!(a.wire.len(), 222);
    pump(&mut a, &mut b, usize::MAX);
    assert_eq!(b.received.len(), 210);
    let phase = xiom_core::Layer::phase(a.channel.layers().unwrap());
    assert_eq!(phase, Phase::Open);
}

#[test]
fn octets_that_repeat_themselves_arrive_as_they_were() {
    let mut page = vec![0; 4096];
    page[1000..1005].copy_from_slice(b"ident");
    for provider in [built_in(), Arc::unwrap_or_clone(tls12())] {
        let (client, server) = pair(|options| options.provider(provider.into()), |options| options);
        let (mut a, mut b) = shake(&client, &server);
        // The nonces of TLS 1.2 end with each octet once.
        for _ in 0..300 {
            a.send(&page);
            b.received.clear();
            b.feed(&a.take());
            assert!(b.received == page);
        }
    }
}

/// A provider whose only suite must change its keys every few records.
fn short_lived_keys() -> Arc<CryptoProvider> {
    let mut provider = built_in();
    let suite = provider.cipher_suites.iter().find_map(SupportedCipherSuite::tls13).unwrap();
    let suite: &'static Tls13CipherSuite = Box::leak(Box::new(Tls13CipherSuite {
        common: CipherSuiteCommon {
            suite: suite.common.suite,
            hash_provider: suite.common.hash_provider,
            confidentiality_limit: 5,
        },
        hkdf_provider: suite.hkdf_provider,
        aead_alg: suite.aead_alg,
        quic: None,
    }));
    provider.cipher_suites = vec![SupportedCipherSuite::Tls13(suite)];
    Arc::new(provider)
}

#[test]
fn our_own_key_updates_leave_with_the_octets() {
    let provider = short_lived_keys();
    let (client, server) = pair(|options| options.provider(provider), |options| options);
    let (mut a, mut b) = shake(&client, &server);
    for round in 0..40_u8 {
        assert!(a.send(&[round; 100]) && b.send(&[round; 10]));
        pump(&mut a, &mut b, usize::from(round) + 1);
    }
    assert!(a.send(&octets(1 << 18)));
    pump(&mut a, &mut b, usize::MAX);
    assert_eq!((a.received.len(), b.received.len()), (400, 4000 + (1 << 18)));
    assert!(b.received.ends_with(&octets(1 << 18)));
    assert!(a.failure().is_none() && b.failure().is_none());
}
