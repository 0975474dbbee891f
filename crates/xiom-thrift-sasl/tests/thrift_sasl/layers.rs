//! Frames of a security layer: tokens both ways, within the peer's buffer, and to the first fault.

use xiom_core::{Cause, Fact, LayerFault, Plain, Security, Stack, Stage};
use xiom_sasl::{Policy, Protection};
use xiom_testing::{CONFIDENTIALITY, Endpoint, INTEGRITY};
use xiom_thrift_sasl::{Client, ClientConfig, FrameLimit, Server, ServerConfig};

use crate::cuts::with_layers;
use crate::frames::{SIZES, octets};
use crate::messages::{frame, parse_frames};
use crate::rig::{
    Kind, client_config, converse, ended, open, opened, pair, pair_with, server_config,
};

fn layered() -> impl Iterator<Item = (Kind, Protection)> {
    with_layers().into_iter().filter(|(_, protection)| *protection != Protection::None)
}

fn contains(octets: &[u8], part: &[u8]) -> bool {
    octets.windows(part.len()).any(|window| window == part)
}

/// Two ends of which each takes tokens of so many octets.
fn sized(
    (kind, protection): (Kind, Protection),
    buffer: u32,
    frame_limit: FrameLimit,
    whole_frames: bool,
) -> (Endpoint<crate::rig::ClientSide>, Endpoint<crate::rig::ServerSide>) {
    let mut client = ClientConfig { frame_limit, whole_frames, ..client_config(protection) };
    let mut server = ServerConfig { frame_limit, whole_frames, ..server_config(protection) };
    client.limits.layer_buffer = buffer;
    server.limits.layer_buffer = buffer;
    pair_with(kind, client, server)
}

//= test SRS_THRIFT_SASL_01_033, SRS_THRIFT_SASL_01_034, SRS_THRIFT_SASL_01_036
//= test SRS_THRIFT_SASL_50_048
#[test]
fn octets_of_every_size_pass_both_ways_in_tokens() {
    for (kind, protection) in layered() {
        for piece in [1_000, 7, usize::MAX] {
            let (mut client, mut server) = pair(kind, protection);
            for size in SIZES.into_iter().filter(|size| piece != 7 || *size < 70_000) {
                let sent = octets(size);
                assert!(client.send(&sent) && server.send(&sent));
                let (up, down) = (client.take(), server.take());
                up.chunks(piece).for_each(|part| server.feed(part));
                down.chunks(piece).for_each(|part| client.feed(part));
                assert_eq!(core::mem::take(&mut server.received), sent, "{kind:?} {size}");
                assert_eq!(core::mem::take(&mut client.received), sent, "{kind:?} {size}");
                for octets in [up, down] {
                    let is_clear = 5 < size && contains(&octets, &sent[..size.min(64)]);
                    let may_be = protection == Protection::Integrity;
                    assert!(may_be || !is_clear, "{kind:?} {size}");
                    assert!(parse_frames(&octets).iter().all(|token| token.len() <= 65_536));
                }
            }
        }
    }
}

//= test SRS_THRIFT_SASL_01_035, SRS_THRIFT_SASL_50_050
/// The overhead is that of the mechanism, and no second length is in it.
#[test]
fn a_frame_is_a_length_and_the_token() {
    let sizes = |kind, protection| {
        let (mut client, _) = pair(kind, protection);
        assert!(client.send(b"hello"));
        let wire = client.take();
        let [token] = &parse_frames(&wire)[..] else { panic!("one frame") };
        assert!(!token.starts_with(&[0, 0]), "no length within");
        token.len()
    };
    // RFC 2831 section 2.3: 10 octets of MAC, 2 of type, 4 of number; section 2.4: padding to blocks of 8.
    assert_eq!(sizes(Kind::DigestMd5, Protection::Integrity), 5 + 16);
    assert_eq!(sizes(Kind::DigestMd5, Protection::Confidentiality), 16 + 6);
    assert_eq!(sizes(Kind::Gssapi, Protection::Integrity), 5 + 4);
    assert_eq!(sizes(Kind::Gssapi, Protection::Confidentiality), 5 + 5);
}

//= test SRS_THRIFT_SASL_50_048
#[test]
fn a_token_keeps_within_the_buffer_of_the_peer() {
    let sent = octets(1000);
    for case in layered() {
        for buffer in [40, 64, 999] {
            let (mut client, mut server) = sized(case, buffer, FrameLimit::default(), false);
            assert!(client.send(&sent));
            let wire = client.take();
            let tokens = parse_frames(&wire);
            let longest = tokens.iter().map(Vec::len).max().unwrap();
            let buffer = usize::try_from(buffer).unwrap();
            assert!((buffer - 8..=buffer).contains(&longest), "{case:?} {buffer}: {longest}");
            server.feed(&wire);
            assert_eq!(server.received, sent, "{case:?} {buffer}");
        }
    }
}

//= test SRS_THRIFT_SASL_50_048, SRS_THRIFT_SASL_50_049
/// The peer takes it, for its bound is that of a frame and not the buffer that it has announced.
#[test]
fn a_message_is_one_frame_when_the_user_wants_that() {
    for case in layered() {
        for size in [41, 1000, 1_000_000] {
            let (mut client, mut server) = sized(case, 40, FrameLimit::default(), true);
            let sent = octets(size);
            assert!(client.send(&sent) && server.send(&sent));
            let (up, down) = (client.take(), server.take());
            assert_eq!((parse_frames(&up).len(), parse_frames(&down).len()), (1, 1), "{case:?}");
            server.feed(&up);
            client.feed(&down);
            assert_eq!((&server.received, &client.received), (&sent, &sent), "{case:?} {size}");
        }
    }
}

//= test SRS_THRIFT_SASL_50_029, SRS_THRIFT_SASL_50_053
/// Token and all: the peer has the same bound, and counts the octets that the layer adds.
#[test]
fn no_token_exceeds_the_bound_of_a_frame() {
    let sent = octets(3000);
    for case in layered() {
        for whole_frames in [false, true] {
            for limit in [32, 100, 1001] {
                let frame_limit = FrameLimit::new(limit);
                let (mut client, mut server) = sized(case, 65_536, frame_limit, whole_frames);
                assert!(client.send(&sent));
                let wire = client.take();
                let limit = usize::try_from(limit).unwrap();
                let tokens = parse_frames(&wire);
                let longest = tokens.iter().map(Vec::len).max().unwrap();
                assert!((limit - 8..=limit).contains(&longest), "{case:?} {limit}: {longest}");
                server.feed(&wire);
                assert_eq!(server.received, sent, "{case:?} {limit}");
            }
        }
    }
}

//= test SRS_THRIFT_SASL_50_029
/// A bound without room for a single octet in a token is a failure of the sender, not a loop.
#[test]
fn a_bound_without_room_for_a_token_fails() {
    for case in layered() {
        let (mut client, _) = sized(case, 65_536, FrameLimit::new(4), true);
        assert!(client.send(b"x"));
        client.drain();
        let failure = client.failure().unwrap();
        let fault = LayerFault::TooLong { size: 1, limit: 0 };
        assert_eq!(failure, Cause::Protection(fault).at(Stage::Open), "{case:?}");
        assert_eq!(client.take(), b"");
    }
}

//= test SRS_THRIFT_SASL_50_047, SRS_THRIFT_SASL_01_037
/// What is not the next token of the peer, protected as was negotiated, ends both ways.
#[test]
fn nothing_but_the_next_token_passes() {
    for (kind, protection) in layered() {
        let tokens = |client: &mut Endpoint<crate::rig::ClientSide>| {
            assert!(client.send(b"first") && client.send(b"second"));
            let [first, second] = &parse_frames(&client.take())[..] else { panic!("two tokens") };
            (first.clone(), second.clone())
        };
        let (first, second) = tokens(&mut pair(kind, protection).0);
        let mut bad: Vec<(String, Vec<u8>, usize)> = vec![
            ("swapped".into(), [frame(&second), frame(&first)].concat(), 0),
            ("repeated".into(), [frame(&first), frame(&first)].concat(), 5),
            ("left out".into(), frame(&second), 0),
            ("in clear".into(), frame(b"first"), 0),
            ("empty".into(), frame(b""), 0),
            ("longer".into(), frame(&[&first[..], b"x"].concat()), 0),
            ("with a length within".into(), frame(&frame(&first)), 0),
            ("a message".into(), crate::messages::message(3, b"no"), 0),
        ];
        for at in 0..first.len() {
            let mut changed = first.clone();
            changed[at] ^= 1;
            bad.push((format!("changed at {at}"), frame(&changed), 0));
            bad.push((format!("cut at {at}"), frame(&first[..at]), 0));
        }
        for (name, octets, passes) in bad {
            for piece in [usize::MAX, 1] {
                let (_, mut server) = pair(kind, protection);
                octets.chunks(piece).for_each(|part| server.feed(part));
                server.feed(&frame(&second));
                let context = format!("{kind:?} {protection:?} {name}");
                if name == "a message" {
                    // Its first four octets are a length beyond the bound.
                    let fault = LayerFault::TooLong { size: 0x0300_0000, limit: 16_384_000 };
                    assert_eq!(server.failure(), Some(Cause::Protection(fault).at(Stage::Open)));
                }
                assert_eq!(server.received, b"first"[..passes], "{context}");
                let failure = server.failure().unwrap();
                assert!(matches!(failure.cause, Cause::Protection(_)), "{context}: {failure:?}");
                assert_eq!(failure.stage, Stage::Open);
                assert!(!server.send(b"more"), "{context}");
                assert_eq!(server.take(), b"", "{context}: an end in silence");
            }
        }
    }
}

/// The first token behind COMPLETE of a client with the toy context.
fn toy_token(kind: u8, data: &[u8]) -> Vec<u8> {
    // The kind, the initiator, and 1: its choice of a layer was number 0.
    let mut token = [&[kind, 1, 1][..], data].concat();
    let sum = |sum: u8, octet: &u8| sum.rotate_left(1).wrapping_add(*octet);
    token.push(token.iter().fold(1, sum));
    frame(&token)
}

//= test SRS_THRIFT_SASL_50_047
/// A peer that only signs where it was agreed to encrypt.
#[test]
fn a_readable_token_on_a_confidential_channel_is_refused() {
    let token = toy_token(INTEGRITY, b"readable");
    let (_, mut server) = pair(Kind::Gssapi, Protection::Integrity);
    server.feed(&token);
    assert_eq!(server.received, b"readable");

    let (_, mut server) = pair(Kind::Gssapi, Protection::Confidentiality);
    server.feed(&token);
    let failure = Cause::Protection(LayerFault::NotConfidential).at(Stage::Open);
    assert_eq!((server.failure(), &server.received[..]), (Some(failure), &b""[..]));
    assert_eq!(server.take(), b"");
}

//= test SRS_THRIFT_SASL_50_043
#[test]
fn a_token_of_nothing_is_no_end() {
    let readable = toy_token(INTEGRITY, b"");
    let sealed = toy_token(CONFIDENTIALITY, b"\x55");
    for (protection, token) in
        [(Protection::Integrity, readable), (Protection::Confidentiality, sealed)]
    {
        let (_, mut server) = pair(Kind::Gssapi, protection);
        server.feed(&token);
        assert_eq!((server.failure(), ended(&server)), (None, 0), "{protection:?}");
        assert_eq!(server.received, b"");
        server.tell(Fact::Ended);
        assert_eq!((server.failure(), ended(&server)), (None, 1));
    }
}

/// A layer that is required and cannot be had is an error, and never a login without it.
#[test]
fn a_layer_that_cannot_be_had_is_no_login() {
    let none = Policy {
        allow_legacy: true,
        max_layer: Protection::None,
        require_layer: Protection::None,
        ..Policy::default()
    };
    let some = Policy { require_layer: Protection::Integrity, ..none.clone() };
    for kind in [Kind::DigestMd5, Kind::Gssapi, Kind::Scram] {
        for [client, server] in [[none.clone(), some.clone()], [some.clone(), none.clone()]] {
            let client = ClientConfig { policy: client, ..client_config(Protection::None) };
            let server = ServerConfig { policy: server, ..server_config(Protection::None) };
            let layers = Client::new(kind.client(), client);
            let mut client = open(Stack::new(layers, Plain::asserting(Security::default())));
            let layers = Server::new(vec![kind.server()], server);
            let mut server = open(Stack::new(layers, Plain::asserting(Security::default())));
            converse(&mut client, &mut server, usize::MAX);
            let is_failed = |failure: Option<xiom_core::Failure>| {
                failure.is_some_and(|failure| failure.stage != Stage::Open)
            };
            assert!(is_failed(client.failure()), "{kind:?} {:?}", opened(&client));
            assert!(!server.channel.is_open(), "{kind:?}");
        }
    }
}

//= test SRS_THRIFT_SASL_50_054
/// What a layer gives counts for whoever is above; and what was below counts still.
#[test]
fn the_security_of_an_open_transport_is_that_of_its_layer_too() {
    use xiom_core::Layer;

    for (protection, is_confidential) in
        [(Protection::Integrity, false), (Protection::Confidentiality, true)]
    {
        let policy = Policy { allow_legacy: true, max_layer: protection, ..Policy::default() };
        let client = ClientConfig { policy: policy.clone(), ..client_config(protection) };
        let server = ServerConfig { policy, ..server_config(protection) };
        let layers = Client::new(Kind::DigestMd5.client(), client);
        let mut client = open(Stack::new(layers, Plain::default()));
        let layers = Server::new(vec![Kind::DigestMd5.server()], server);
        let mut server = open(Stack::new(layers, Plain::default()));
        assert!(!client.channel.layers().unwrap().security().confidential);
        converse(&mut client, &mut server, usize::MAX);
        let security = client.channel.layers().unwrap().security();
        assert_eq!(security.confidential, is_confidential);
        let security = server.channel.layers().unwrap().security();
        assert_eq!(security.confidential, is_confidential);
    }
    let (client, _) = pair(Kind::Plain, Protection::None);
    assert_eq!(client.channel.layers().unwrap().security(), crate::rig::ground());
}
