//! After the exchange: octets of the user once open, and none at all after a failure or a close.

use core::time::Duration;

use xiom_amqp_sasl::Client;
use xiom_core::{
    Action, Cause, Connection, Fact, FrameFault, Layer, News, OpenResult, Phase, Received,
    SaslFault, Stage, WireBuf,
};

use crate::bad_frame::bad_frames;
use crate::frames::{AMQP, HEADER, mechanisms, one_of_each, outcome};
use crate::rig::{CHANNEL, ClientSide, Kind, client_config, client_side, ground, open, opened};

fn server_part() -> Vec<u8> {
    [HEADER, &mechanisms(&["PLAIN"]), &outcome(0, None)].concat()
}

/// A layer that was shown `octets`, without a channel that would drop it.
fn shown(octets: &[u8], out: &mut WireBuf) -> Client {
    let mut client = Client::new(vec![Kind::Plain.client()], client_config());
    client.open(&ground(), out);
    let (mut octets, mut at) = (octets.to_vec(), 0);
    while let Some(got) = client.receive(&mut octets[at..], out) {
        at += got.consumed;
    }
    client
}

/// A connection in which `octets` came in one read, and all that it told by then.
fn read(connection: &mut Connection<ClientSide>, octets: &[u8]) -> Vec<News> {
    connection.room()[..octets.len()].copy_from_slice(octets);
    connection.fill(octets.len());
    core::iter::from_fn(|| connection.poll()).collect()
}

fn connected() -> Connection<ClientSide> {
    let mut connection = Connection::new(CHANNEL);
    reconnect(&mut connection);
    connection
}

fn reconnect(connection: &mut Connection<ClientSide>) {
    assert_eq!(connection.open(client_side(Kind::Plain), Duration::ZERO), Ok(()));
    assert_eq!(connection.poll(), Some(News::Action(Action::Connect)));
    connection.handle(Fact::Connected);
    assert_eq!(connection.poll(), None);
}

const OPENED: News = News::Action(Action::Opened(OpenResult::Ok));

//= test SRS_SASLCLIENTIO_01_143, SRS_SASLCLIENTIO_01_144, SRS_SASLCLIENTIO_01_027
#[test]
fn no_octets_make_an_open_client_fail() {
    for (name, octets, _) in bad_frames() {
        let mut end = open(client_side(Kind::Plain));
        end.feed(&server_part());
        end.feed(&octets);
        assert_eq!(end.received, octets, "{name}");
        assert!(end.channel.is_open() && end.failure().is_none(), "{name}");
    }
}

//= test SRS_SASLCLIENTIO_01_123, SRS_SASLCLIENTIO_01_142
#[test]
fn no_octets_replace_the_first_cause() {
    let mut out = WireBuf::default();
    let mut client = shown(&[HEADER, &frame_of_nothing()].concat(), &mut out);
    let first = Phase::Failed(Cause::Frame(FrameFault::Empty).at(Stage::SaslMechanisms));
    assert_eq!(client.phase(), first);
    for (name, mut octets, _) in bad_frames() {
        let swallowed = Some(Received::skip(octets.len()));
        assert_eq!(client.receive(&mut octets, &mut out), swallowed, "{name}");
        assert_eq!(client.phase(), first, "{name}");
    }
}

fn frame_of_nothing() -> Vec<u8> {
    crate::frames::frame(b"")
}

//= test SRS_SASLCLIENTIO_50_001, SRS_SASLCLIENTIO_01_031
#[test]
fn no_frame_leaves_the_failure_of_the_decoder() {
    for (name, octets, cause) in bad_frames() {
        let mut out = WireBuf::default();
        let mut client = shown(&[HEADER, &octets].concat(), &mut out);
        let first = Phase::Failed(cause.at(Stage::SaslMechanisms));
        let written = out.appended();
        for (_, mut octets) in one_of_each() {
            let swallowed = Some(Received::skip(octets.len()));
            assert_eq!(client.receive(&mut octets, &mut out), swallowed, "{name}");
            assert_eq!((client.phase(), out.appended()), (first, written), "{name}");
        }
        assert_eq!(client.established(), None);
    }
}

//= test SRS_SASLCLIENTIO_50_002
#[test]
fn an_error_of_the_decoder_is_told_once() {
    for (name, octets, cause) in bad_frames() {
        let mut end = open(client_side(Kind::Plain));
        end.feed(&[HEADER, &octets].concat());
        for _ in 0..3 {
            end.feed(&octets);
            end.feed(&server_part());
        }
        let failure = cause.at(Stage::SaslMechanisms);
        end.take();
        end.tell(Fact::Ended);
        assert_eq!(opened(&end), [OpenResult::Failed(failure)], "{name}");
        assert_eq!(end.failure(), Some(failure));
    }
}

//= test SRS_SASLCLIENTIO_01_030
#[test]
fn no_octet_of_the_handshake_goes_up() {
    for kind in Kind::ALL {
        let said = crate::rig::transcript(kind).server;
        let mut end = open(client_side(kind));
        for octet in &said {
            assert!(!end.channel.is_open());
            end.feed(&[*octet]);
            assert!(end.received.is_empty() && end.input.is_empty());
        }
        assert!(end.channel.is_open());
    }
}

//= test SRS_SASLCLIENTIO_01_059
#[test]
fn the_header_of_amqp_passes_both_ways_once_open() {
    let mut end = open(client_side(Kind::Plain));
    end.feed(&[&server_part()[..], &AMQP[..5]].concat());
    end.take();
    assert!(end.send(AMQP));
    assert_eq!(end.take(), AMQP);
    end.feed(&AMQP[5..]);
    assert_eq!(end.received, AMQP);
}

//= test SRS_SASLCLIENTIO_50_022
#[test]
fn what_is_left_of_a_read_goes_up_as_one_range() {
    let rest: Vec<u8> = (0..1000_u32).map(|at| u8::try_from(at % 251).unwrap()).collect();
    let mut connection = connected();
    let news = read(&mut connection, &[&server_part()[..], &rest].concat());
    let [OPENED, News::Data(range)] = &news[..] else { panic!("{news:?}") };
    assert_eq!(connection.octets(range.clone()), rest);
}

//= test SRS_SASLCLIENTIO_50_023
#[test]
fn what_is_left_of_a_read_is_nobodys_once_the_user_closes() {
    let mut connection = connected();
    let octets = [&server_part()[..], b"left"].concat();
    connection.room()[..octets.len()].copy_from_slice(&octets);
    connection.fill(octets.len());
    assert_eq!(connection.poll(), Some(OPENED));
    assert_eq!(connection.close(Duration::ZERO), Ok(()));
    let mut news: Vec<News> = core::iter::from_fn(|| connection.poll()).collect();
    connection.take(connection.pending().len());
    news.extend(core::iter::from_fn(|| connection.poll()));
    assert_eq!(news, [News::Action(Action::Shutdown)]);
}

//= test SRS_SASLCLIENTIO_50_024
#[test]
fn a_connection_that_opens_again_knows_nothing_of_the_one_before() {
    let octets = server_part();
    for at in 0..octets.len() {
        let mut connection = connected();
        read(&mut connection, &octets[..at]);
        connection.handle(Fact::Lost(xiom_core::SocketFault::Reset));
        let news: Vec<News> = core::iter::from_fn(|| connection.poll()).collect();
        assert!(matches!(news[..], [News::Action(Action::Disconnect)]), "{news:?}");
        // More octets of the old connection than anybody will look at.
        connection.room()[..4].copy_from_slice(b"old!");
        connection.fill(4);
        connection.handle(Fact::Disconnected);
        let news = connection.poll();
        let failed =
            |news| matches!(news, Some(News::Action(Action::Opened(OpenResult::Failed(_)))));
        assert!(failed(news), "after {at}");

        let mut fresh = connected();
        reconnect(&mut connection);
        assert_eq!(connection.pending(), fresh.pending(), "after {at}");
        let news = read(&mut connection, &octets);
        assert_eq!((&news, connection.pending()), (&read(&mut fresh, &octets), fresh.pending()));
        assert_eq!(news, [OPENED]);
    }
}

//= test SRS_SASLCLIENTIO_50_021
#[test]
fn nothing_is_parsed_or_passed_up_or_said_after_a_failure() {
    let refusal = [HEADER, &mechanisms(&["PLAIN"]), &outcome(1, None)].concat();
    for tail in one_of_each().into_iter().map(|(_, octets)| octets).chain([AMQP.to_vec()]) {
        let mut end = open(client_side(Kind::Plain));
        end.feed(&[&refusal[..], &tail, b"octets for nobody"].concat());
        let said = end.take();
        assert_eq!(said, crate::rig::transcript(Kind::Plain).client);
        end.feed(&server_part());
        assert!(end.received.is_empty() && end.wire.is_empty() && end.input.is_empty());
        end.tell(Fact::Ended);
        let refused = SaslFault::Refused(xiom_core::OutcomeCode::Auth);
        let failure = Cause::Sasl(refused).at(Stage::SaslExchange);
        assert_eq!(opened(&end), [OpenResult::Failed(failure)]);
    }
}
