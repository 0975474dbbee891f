//! The layer of DIGEST-MD5: both ways, under every cut, and against whoever edits what passes.

use proptest::prelude::*;
use xiom_core::{LayerFault, WireBuf};
use xiom_sasl::digest_md5::DigestLayer;
use xiom_sasl::{Buffers, Either, Limits, NoLayer, Protection, SecurityLayer};

use crate::legacy::{Below, QUALITIES, layers};

fn wrap(layer: &mut DigestLayer, plain: &[u8]) -> Vec<u8> {
    let mut out = WireBuf::default();
    layer.wrap(plain, &mut out).unwrap();
    out.pending().to_vec()
}

fn unwrap(layer: &mut DigestLayer, token: &[u8]) -> Result<Vec<u8>, LayerFault> {
    let mut token = token.to_vec();
    let plain = layer.unwrap(&mut token)?;
    Ok(token[plain].to_vec())
}

/// Feeds `reads` one after the other, each with what was left of the one before.
fn receive(buffers: &mut Buffers<DigestLayer>, reads: &[&[u8]]) -> Result<Vec<u8>, LayerFault> {
    let (mut input, mut plain) = (Vec::new(), Vec::new());
    for read in reads {
        input.extend_from_slice(read);
        while let Some(received) = buffers.receive(&mut input)? {
            plain.extend_from_slice(received.octets(&input));
            input.drain(..received.consumed);
        }
    }
    Ok(plain)
}

//= test SRS_SASL_MECHANISMS_01_072
#[test]
fn octets_come_through_both_ways() {
    let below = Below::default();
    for quality in QUALITIES {
        let [mut client, mut server] = layers(&below, quality);
        assert_eq!(client.protection(), quality.0);
        assert_eq!(client.max_token(), 65536);
        for length in (0..40).chain([1000, client.max_plain()]) {
            let plain: Vec<u8> = (0..=u8::MAX).cycle().take(length).collect();
            for _ in 0..2 {
                let token = wrap(&mut client, &plain);
                assert!(token.len() <= server.max_token());
                let hidden = length < 4 || !token.windows(length).any(|part| part == plain);
                assert_eq!(hidden, length < 4 || quality.0 == Protection::Confidentiality);
                assert_eq!(unwrap(&mut server, &token), Ok(plain.clone()));
                core::mem::swap(&mut client, &mut server);
            }
        }
    }
}

/// Each cut, and each pair of cuts, of two tokens with their lengths.
#[test]
fn cuts_do_not_matter() {
    let below = Below::default();
    for quality in QUALITIES {
        let [client, server] = layers(&below, quality);
        let mut out = WireBuf::default();
        let mut sender = Buffers::new(client);
        sender.send(b"AMQP\0\x01\0\0", &mut out).unwrap();
        sender.send(b"open", &mut out).unwrap();
        let wire = out.pending();
        for first in 0..=wire.len() {
            for second in first..=wire.len() {
                let reads = [&wire[..first], &wire[first..second], &wire[second..]];
                let mut buffers = Buffers::new(server.clone());
                assert_eq!(receive(&mut buffers, &reads), Ok(b"AMQP\0\x01\0\0open".to_vec()));
                assert!(buffers.is_between());
            }
        }
    }
}

//= test SRS_SASL_MECHANISMS_01_071
/// A protocol with bounds of its own sets them, whatever the ends have announced.
#[test]
fn bounds_of_tokens_can_be_set_anew() {
    let below = Below::default();
    for (quality, most) in QUALITIES.into_iter().zip([84, 77, 84]) {
        let [client, server] = layers(&below, quality);
        let (mut client, mut server): (Either<_, NoLayer>, Either<NoLayer, _>) =
            (Either::A(client), Either::B(server));
        assert_eq!((client.max_sent(), client.max_token()), (65536, 65536));
        client.set_max_sent(100);
        server.set_max_token(99);
        assert_eq!((client.max_sent(), client.max_plain()), (100, most), "{quality:?}");
        assert_eq!((server.max_token(), server.max_sent()), (99, 65536));
        let mut out = WireBuf::default();
        client.wrap(&vec![7; most], &mut out).unwrap();
        let size = out.len();
        assert!((93..=100).contains(&size), "{quality:?} {size}");
        let fault = LayerFault::too_long(most + 1, most);
        assert_eq!(client.wrap(&vec![7; most + 1], &mut out), Err(fault));
        server.set_max_token(size - 1);
        let token = &mut out.pending().to_vec()[..size];
        let fault = LayerFault::too_long(size, size - 1);
        assert_eq!(server.clone().unwrap(&mut token.to_vec()), Err(fault));
        server.set_max_token(size);
        assert_eq!(server.unwrap(token), Ok(0..most));
        server.set_max_sent(usize::MAX);
        assert!(65536 < server.max_plain());
    }
}

//= test SRS_SASL_MECHANISMS_01_071, SRS_SASL_MECHANISMS_01_092
#[test]
fn tokens_fit_into_the_buffer_of_the_peer() {
    for (own, quality) in [(100, QUALITIES[0]), (100, QUALITIES[1]), (29, QUALITIES[2])] {
        let limits = Limits { layer_buffer: own, ..Limits::default() };
        let below = Below { limits, ..Below::default() };
        let [mut client, mut server] = layers(&below, quality);
        assert_eq!(client.max_token(), usize::try_from(own).unwrap());
        let most = client.max_plain();
        let token = wrap(&mut client, &vec![7; most]);
        assert!(token.len() <= server.max_token());
        assert_eq!(unwrap(&mut server, &token), Ok(vec![7; most]));
        let mut out = WireBuf::default();
        let fault = LayerFault::too_long(most + 1, most);
        assert_eq!(client.wrap(&vec![7; most + 1], &mut out), Err(fault));
        assert_eq!(client.wrap(b"", &mut out), Err(LayerFault::Poisoned));
        assert_eq!(unwrap(&mut client, &token), Err(LayerFault::Poisoned));
        assert_eq!(out.len(), 0);
        let limit = server.max_token();
        let fault = LayerFault::too_long(limit + 1, limit);
        assert_eq!(unwrap(&mut server, &vec![0; limit + 1]), Err(fault));
        assert_eq!(unwrap(&mut server, &token), Err(LayerFault::Poisoned));
    }
}

//= test SRS_SASL_MECHANISMS_01_067, SRS_SASL_MECHANISMS_01_072
/// Any bit of a token that is turned ends the layer, for good and in both directions.
#[test]
fn an_edited_token_ends_the_layer() {
    let below = Below::default();
    for quality in QUALITIES {
        let [mut client, server] = layers(&below, quality);
        let token = wrap(&mut client, b"pay 10 to bob");
        let (kind, number) = (token.len() - 6, token.len() - 4);
        for (at, bit) in (0..token.len()).flat_map(|at| (0..8).map(move |bit| (at, bit))) {
            let mut edited = token.clone();
            edited[at] ^= 1 << bit;
            let is_kind = (kind..number).contains(&at);
            let fault = if is_kind { LayerFault::Malformed } else { LayerFault::BadMac };
            let mut server = server.clone();
            assert_eq!(unwrap(&mut server, &edited), Err(fault), "{quality:?} {at} {bit}");
            assert_eq!(unwrap(&mut server, &token), Err(LayerFault::Poisoned));
            let mut out = WireBuf::default();
            assert_eq!(server.wrap(b"", &mut out), Err(LayerFault::Poisoned));
            assert!(out.is_empty());
        }
    }
}

//= test SRS_SASL_MECHANISMS_01_067, SRS_SASL_MECHANISMS_01_072, SRS_SASL_MECHANISMS_01_092
#[test]
fn a_token_comes_once_and_in_its_turn() {
    let below = Below::default();
    for quality in QUALITIES {
        let [mut client, mut server] = layers(&below, quality);
        let tokens: Vec<Vec<u8>> = (0..3).map(|_| wrap(&mut client, b"pay 10 to bob")).collect();
        // With a cipher that goes on, what is out of its turn is decrypted to something else.
        let fault = match quality.0 {
            Protection::Confidentiality => LayerFault::BadMac,
            Protection::None | Protection::Integrity => LayerFault::OutOfSequence,
        };
        for early in &tokens[1..] {
            let mut server = server.clone();
            assert_eq!(unwrap(&mut server, early), Err(fault));
            assert_eq!(unwrap(&mut server, &tokens[0]), Err(LayerFault::Poisoned));
        }
        unwrap(&mut server, &tokens[0]).unwrap();
        for again in [&tokens[0], &tokens[2]] {
            assert_eq!(unwrap(&mut server.clone(), again), Err(fault));
        }
        // What an end has sent itself is no token of its peer.
        assert_eq!(unwrap(&mut client, &tokens[0]), Err(LayerFault::BadMac));
        assert!(unwrap(&mut server, &tokens[1]).is_ok());
    }
}

//= test SRS_SASL_MECHANISMS_01_067
/// Tokens of every length, without a MAC or with octets that decrypt to any padding.
#[test]
fn short_tokens_are_refused() {
    let below = Below::default();
    for quality in QUALITIES {
        let [_, server] = layers(&below, quality);
        let is_block = |length: usize| {
            16 <= length && (quality != QUALITIES[1] || (length - 6).is_multiple_of(8))
        };
        for length in 0..80 {
            for octet in 0..=u8::MAX {
                let mut token = vec![octet; length];
                let trailer = [0, 1, 0, 0, 0, 0];
                for (slot, value) in token.iter_mut().rev().zip(trailer.iter().rev()) {
                    *slot = *value;
                }
                let fault =
                    if is_block(length) { LayerFault::BadMac } else { LayerFault::Malformed };
                assert_eq!(unwrap(&mut server.clone(), &token), Err(fault), "{length}");
            }
        }
    }
}

/// A layer can be held by a model checker: copies are equal, and go the same way.
#[test]
fn copies_are_equal_until_one_goes_on() {
    let below = Below::default();
    for quality in QUALITIES {
        let [mut client, _] = layers(&below, quality);
        let mut copy = client.clone();
        let token = wrap(&mut client, b"octets");
        assert_ne!(copy, client);
        assert_eq!(wrap(&mut copy, b"octets"), token);
        assert_eq!(copy, client);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is sent in both directions in whatever turn comes out as it was.
    #[test]
    fn any_conversation_comes_through(
        which in 0_usize..3,
        messages in prop::collection::vec((any::<bool>(), prop::collection::vec(any::<u8>(), 0..300)), 0..20),
    ) {
        let limits = Limits { layer_buffer: 64, ..Limits::default() };
        let below = Below { limits, ..Below::default() };
        let [mut client, mut server] = layers(&below, QUALITIES[which]).map(Buffers::new);
        for (to_server, message) in messages {
            let mut out = WireBuf::default();
            let (from, to) =
                if to_server { (&mut client, &mut server) } else { (&mut server, &mut client) };
            from.send(&message, &mut out).unwrap();
            prop_assert_eq!(receive(to, &[out.pending()]), Ok(message));
        }
    }
}
