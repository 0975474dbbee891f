//! Ends of the stream, and silence: a failure at every octet of the negotiation, and within a frame.

use xiom_core::{Cause, Fact, OpenResult, Stage};
use xiom_sasl::Protection;

use crate::messages::{frame, message, parse};
use crate::rig::{
    CHANNEL, Kind, answer_all, client_side, ended, open, opened, pair, server_side, transcript,
};

//= test SRS_THRIFT_SASL_50_037, SRS_THRIFT_SASL_50_038
#[test]
fn a_hang_up_at_any_octet_of_the_negotiation_is_a_failure_that_says_so() {
    for kind in Kind::ALL {
        let said = transcript(kind);
        let gone = |stage| [OpenResult::Failed(Cause::EndOfStream.at(stage))];
        for at in 0..said.server.len() {
            let mut client = open(client_side(kind));
            client.feed(&said.server[..at]);
            client.take();
            client.tell(Fact::Ended);
            assert_eq!(opened(&client), gone(Stage::SaslExchange), "{kind:?} at {at}");
            assert_eq!(client.take(), b"", "nobody is there to be told");
            assert!(client.channel.is_closed());
        }
        let start = message(1, kind.name().as_bytes()).len();
        for at in 0..said.client.len() {
            let mut server = open(server_side(kind));
            server.feed(&said.client[..at]);
            answer_all(&mut server);
            server.take();
            server.tell(Fact::Ended);
            let stage = if at < start { Stage::SaslStart } else { Stage::SaslExchange };
            assert_eq!(opened(&server), gone(stage), "{kind:?} at {at}");
            assert_eq!(server.take(), b"", "nobody is there to be told");
            assert!(server.channel.is_closed());
        }
    }
}

//= test SRS_THRIFT_SASL_50_038
/// While the application is asked, too.
#[test]
fn a_hang_up_while_the_application_is_asked_is_a_failure() {
    for kind in Kind::ALL {
        let said = transcript(kind);
        let mut server = open(server_side(kind));
        let mut messages = parse(&said.client);
        let (status, last) = messages.pop().unwrap();
        for (status, payload) in messages {
            server.feed(&message(status, &payload));
            answer_all(&mut server);
        }
        server.feed(&message(status, &last));
        server.take();
        server.tell(Fact::Ended);
        let failure = Cause::EndOfStream.at(Stage::SaslLookup);
        assert_eq!(opened(&server), [OpenResult::Failed(failure)], "{kind:?}");
    }
}

//= test SRS_THRIFT_SASL_50_035
/// Silence at each octet ends at the deadline of the open, however the octets came before.
#[test]
fn silence_in_the_negotiation_ends_at_the_deadline() {
    for kind in Kind::ALL {
        let said = transcript(kind);
        for at in 0..said.server.len() {
            let mut client = open(client_side(kind));
            client.feed(&said.server[..at]);
            client.advance(CHANNEL.open / 2);
            assert_eq!(opened(&client), [], "{kind:?} at {at}: there is time");
            client.advance(CHANNEL.open / 2);
            let failure = Cause::Deadline.at(Stage::SaslExchange);
            assert_eq!(opened(&client), [OpenResult::Failed(failure)], "{kind:?} at {at}");
        }
        for at in 0..said.client.len() {
            let mut server = open(server_side(kind));
            server.feed(&said.client[..at]);
            answer_all(&mut server);
            server.advance(CHANNEL.open);
            let [OpenResult::Failed(failure)] = opened(&server)[..] else { panic!("{kind:?}") };
            assert_eq!(failure.cause, Cause::Deadline, "{kind:?} at {at}");
        }
    }
}

//= test SRS_THRIFT_SASL_50_035
/// One octet after the other is no progress that counts.
#[test]
fn a_trickle_of_octets_does_not_move_the_deadline() {
    let mut server = open(server_side(Kind::Plain));
    server.feed(b"\x01\0\0\x10\0");
    for _ in 0..CHANNEL.open.as_secs() {
        assert_eq!(opened(&server), []);
        server.feed(b"A");
        server.advance(core::time::Duration::from_secs(1));
    }
    let failure = Cause::Deadline.at(Stage::SaslStart);
    assert_eq!(opened(&server), [OpenResult::Failed(failure)]);
}

//= test SRS_THRIFT_SASL_50_036, SRS_THRIFT_SASL_50_037
#[test]
fn an_end_is_in_order_only_between_two_frames() {
    let plain = (Kind::Plain, Protection::None);
    let layered = [Kind::DigestMd5, Kind::Gssapi].into_iter().flat_map(|kind| {
        [Protection::Integrity, Protection::Confidentiality].map(|layer| (kind, layer))
    });
    for (kind, protection) in layered.chain([plain]) {
        let octets = {
            let (mut client, _) = pair(kind, protection);
            assert!(client.send(b"one") && client.send(b"two"));
            client.take()
        };
        let first = {
            let (mut client, _) = pair(kind, protection);
            assert!(client.send(b"one"));
            client.take().len()
        };
        for at in 0..=octets.len() {
            let (_, mut server) = pair(kind, protection);
            server.feed(&octets[..at]);
            server.tell(Fact::Ended);
            let is_between = [0, first, octets.len()].contains(&at);
            let failure = (!is_between).then(|| Cause::EndOfStream.at(Stage::Open));
            assert_eq!(server.failure(), failure, "{kind:?} {protection:?} at {at}");
            assert_eq!(ended(&server), usize::from(is_between));
            // Our own octets may still go when the peer has ended in order.
            assert_eq!(server.send(b"more"), is_between);
            assert_eq!(server.take().is_empty(), !is_between);
        }
    }
}

//= test SRS_THRIFT_SASL_50_043
#[test]
fn an_empty_frame_is_neither_an_end_nor_anything_else() {
    for piece in [1, 2, 3, 4, 5, usize::MAX] {
        let (mut client, _) = pair(Kind::Plain, Protection::None);
        let octets = [frame(b""), frame(b"up"), frame(b""), frame(b""), frame(b"!")].concat();
        octets.chunks(piece).for_each(|part| client.feed(part));
        assert_eq!(client.received, b"up!");
        assert_eq!((client.failure(), ended(&client)), (None, 0));
        client.tell(Fact::Ended);
        assert_eq!((client.failure(), ended(&client)), (None, 1));
    }
}
