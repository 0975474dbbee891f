//! Cuts: whole conversations in every fragmentation, and what comes in one segment with something else.

use xiom_core::OpenResult;
use xiom_sasl::Protection;

use crate::messages::{COMPLETE, frame, message, parse, parse_frames};
use crate::rig::{
    Kind, answer_all, client_config, client_side, client_with, converse_by, open, opened,
    server_config, server_side, server_with, transcript,
};

/// What the users say, as soon as they may.
const REQUEST: &[u8] = b"\x80\x01 a request";
const REPLY: &[u8] = b"\x80\x01 and a reply";

//= test SRS_THRIFT_SASL_50_039, SRS_THRIFT_SASL_50_013
#[test]
fn a_conversation_is_the_same_however_it_is_cut() {
    for (kind, protection) in with_layers() {
        let mut expected = None;
        for piece in [usize::MAX, 1, 2, 3, 4, 5, 6, 7, 9, 11, 64] {
            let mut client = open(client_with(kind.client(), client_config(protection)));
            let mut server = open(server_with(vec![kind.server()], server_config(protection)));
            let both = (&mut client, &mut server);
            let said = converse_by(both, piece, [REQUEST, REPLY], answer_all);
            assert_eq!(opened(&client), [OpenResult::Ok], "{kind:?} by {piece}");
            assert_eq!(opened(&server), [OpenResult::Ok], "{kind:?} by {piece}");
            assert_eq!((&client.received[..], &server.received[..]), (REPLY, REQUEST));
            assert_eq!(&said, expected.get_or_insert(said.clone()), "{kind:?} by {piece}");
        }
    }
}

/// Every mechanism without a layer, and those that have layers with each.
pub(crate) fn with_layers() -> Vec<(Kind, Protection)> {
    let plain = Kind::ALL.map(|kind| (kind, Protection::None));
    let layered = [Kind::DigestMd5, Kind::Gssapi].into_iter().flat_map(|kind| {
        [Protection::Integrity, Protection::Confidentiality].map(|layer| (kind, layer))
    });
    plain.into_iter().chain(layered).collect()
}

//= test SRS_THRIFT_SASL_50_039, SRS_THRIFT_SASL_50_040
/// Each cut in two of all that a server says, with a frame behind its COMPLETE.
#[test]
fn no_octet_behind_complete_is_lost_at_any_cut() {
    for kind in Kind::ALL {
        let said = transcript(kind);
        let octets = [said.server, frame(REPLY), frame(b""), frame(b"more")].concat();
        for at in 0..octets.len() {
            let mut client = open(client_side(kind));
            client.feed(&octets[..at]);
            client.feed(&octets[at..]);
            assert_eq!(client.take(), said.client, "{kind:?} at {at}");
            assert_eq!(opened(&client), [OpenResult::Ok], "{kind:?} at {at}");
            assert_eq!(client.received, [REPLY, b"more"].concat(), "{kind:?} at {at}");
        }
    }
}

//= test SRS_THRIFT_SASL_50_003
//= test SRS_THRIFT_SASL_01_014
/// START, the response and the first frame in one segment, and in two at each cut.
#[test]
fn what_a_client_sends_ahead_waits_until_the_server_is_open() {
    for kind in [Kind::Anonymous, Kind::External, Kind::Mssbcbs, Kind::OAuth, Kind::Plain] {
        let said = transcript(kind);
        let octets = [said.client, frame(REQUEST)].concat();
        for at in 0..octets.len() {
            let mut server = open(server_side(kind));
            server.feed(&octets[..at]);
            server.feed(&octets[at..]);
            assert_eq!(server.received, b"", "{kind:?} at {at}: the application was not asked yet");
            assert!(!server.channel.is_open());
            assert_eq!(server.take(), b"");
            answer_all(&mut server);
            assert_eq!(opened(&server), [OpenResult::Ok], "{kind:?} at {at}");
            assert_eq!(server.received, REQUEST, "{kind:?} at {at}");
            assert_eq!(server.take(), message(COMPLETE, b""));
        }
    }
}

//= test SRS_THRIFT_SASL_50_042
#[test]
fn nothing_of_a_user_leaves_before_the_transport_is_open() {
    for kind in Kind::ALL {
        let said = transcript(kind);
        let mut client = open(client_side(kind));
        for octet in &said.server {
            assert!(!client.send(REQUEST), "{kind:?}");
            client.feed(&[*octet]);
        }
        assert!(client.send(REQUEST), "{kind:?}");
        assert_eq!(client.take(), [said.client.clone(), frame(REQUEST)].concat());

        let mut server = open(server_side(kind));
        for octet in &said.client {
            assert!(!server.send(REPLY), "{kind:?}");
            server.feed(&[*octet]);
            answer_all(&mut server);
        }
        assert!(server.send(REPLY), "{kind:?}");
        assert_eq!(server.take(), [said.server, frame(REPLY)].concat());
    }
}

/// The layer itself swallows what it is given too early.
//= test SRS_THRIFT_SASL_50_042
#[test]
fn a_layer_that_is_not_open_sends_nothing() {
    use xiom_core::{Layer, WireBuf};
    use xiom_thrift_sasl::{Client, Server};

    let mut client = Client::new(Kind::Plain.client(), client_config(Protection::None));
    let mut server = Server::new(vec![Kind::Plain.server()], server_config(Protection::None));
    let mut out = WireBuf::default();
    client.send(REQUEST, &mut out);
    server.send(REPLY, &mut out);
    server.open(&crate::rig::ground(), &mut out);
    server.send(REPLY, &mut out);
    assert!(out.is_empty());
    client.open(&crate::rig::ground(), &mut out);
    let started = out.len();
    client.send(REQUEST, &mut out);
    assert_eq!(out.len(), started);
}

/// With a layer what comes behind COMPLETE is a token, in the same read or not.
//= test SRS_THRIFT_SASL_50_046, SRS_THRIFT_SASL_50_040
#[test]
fn a_layer_begins_with_the_first_octet_behind_complete() {
    for (kind, protection) in with_layers().into_iter().filter(|it| it.1 != Protection::None) {
        let mut client = open(client_with(kind.client(), client_config(protection)));
        let mut server = open(server_with(vec![kind.server()], server_config(protection)));
        let both = (&mut client, &mut server);
        let said = converse_by(both, usize::MAX, [REQUEST, REPLY], answer_all);
        let complete = said.server.len() - frame(REPLY).len();
        let before = parse_until_complete(&said.server);
        assert!(before < complete, "{kind:?}: a token is longer than its octets");
        let [token] = &parse_frames(&said.server[before..])[..] else { panic!("one token") };
        assert_ne!(token, REPLY);
        for at in 0..said.server.len() {
            let mut again = open(client_with(kind.client(), client_config(protection)));
            again.feed(&said.server[..at]);
            again.feed(&said.server[at..]);
            assert_eq!(again.received, REPLY, "{kind:?} {protection:?} at {at}");
        }
    }
}

/// Where the first COMPLETE ends.
fn parse_until_complete(octets: &[u8]) -> usize {
    let mut end = 0;
    loop {
        let status = octets[end];
        let length: [u8; 4] = octets[end + 1..end + 5].try_into().unwrap();
        let next = end + 5 + usize::try_from(u32::from_be_bytes(length)).unwrap();
        assert_eq!(parse(&octets[end..next]).len(), 1);
        end = next;
        if status == COMPLETE {
            return end;
        }
    }
}
