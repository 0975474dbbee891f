//! The life of a client's channel: open, close and send in every state, and what the socket may report.

use core::time::Duration;

use xiom_amqp_sasl::{Client, HeaderExchange};
use xiom_core::{
    Action, Cause, Channel, Fact, Failure, Layer, OpenResult, Phase, Rejected, SendId, SendResult,
    SocketFault, Stack, Stage, WireBuf,
};
use xiom_testing::{Endpoint, HELLO, HELLO_BACK, ToyEngine, seal, unseal};
use xiom_tls::Tls;

use crate::frames::{HEADER, init, mechanisms, outcome};
use crate::rig::{
    CHANNEL, ClientSide, Kind, PLAIN_MESSAGE, client_config, client_over, client_recovers,
    client_side, ground, open, opened,
};

const RESET: SocketFault = SocketFault::Reset;

/// What a server says in a good login with PLAIN.
fn server_part() -> Vec<u8> {
    [HEADER, &mechanisms(&["PLAIN"]), &outcome(0, None)].concat()
}

/// A client that is logged in, and has nothing more to say.
fn logged_in() -> Endpoint<ClientSide> {
    let mut end = open(client_side(Kind::Plain));
    end.feed(&server_part());
    end.take();
    assert_eq!(opened(&end), [OpenResult::Ok]);
    end
}

/// A client whose connection failed while open.
fn failed() -> Endpoint<ClientSide> {
    let mut end = logged_in();
    end.tell(Fact::Lost(RESET));
    assert_eq!(end.failure(), Some(Cause::Socket(RESET).at(Stage::Open)));
    end
}

/// A channel that was opened and asked nothing yet.
fn dialing() -> (Channel<ClientSide>, WireBuf) {
    let (mut channel, mut wire) = (Channel::new(CHANNEL), WireBuf::default());
    assert_eq!(channel.open(client_side(Kind::Plain), Duration::ZERO, &mut wire), Ok(()));
    (channel, wire)
}

fn drain(channel: &mut Channel<ClientSide>, wire: &mut WireBuf) -> Vec<Action> {
    core::iter::from_fn(|| channel.poll_action(wire)).collect()
}

/// What `deed` adds to what was told.
fn told_by(
    end: &mut Endpoint<ClientSide>,
    deed: impl FnOnce(&mut Endpoint<ClientSide>),
) -> Vec<Action> {
    let before = end.told.len();
    deed(end);
    end.told.split_off(before)
}

//= test SRS_SASLCLIENTIO_01_004
#[test]
fn a_new_client_is_idle_and_has_said_nothing() {
    for mechanisms in [vec![], vec![Kind::Plain.client()], Kind::ALL.map(Kind::client).into()] {
        let client = Client::new(mechanisms, client_config());
        assert_eq!((client.phase(), client.established()), (Phase::Idle, None));
        assert!(!client.is_transparent());
        let mut end = Endpoint::open(Stack::new(client, Tls::new(ToyEngine::client())));
        assert_eq!(end.take(), [HELLO], "only the layer below speaks");
    }
}

//= test SRS_SASLCLIENTIO_01_009, SRS_SASLCLIENTIO_01_010
//= test SRS_SASLCLIENTIO_01_105, SRS_SASLCLIENTIO_01_078, SRS_SASLCLIENTIO_01_095
#[test]
fn an_open_brings_up_the_socket_and_then_each_layer_from_the_bottom() {
    const TLS: &[u8] = b"AMQP\x02\x01\x00\x00";
    let tls = Tls::new(ToyEngine::client().with_security(ground()));
    let layers = client_over(Kind::Plain, Stack::new(tls, HeaderExchange::tls_client()));
    let (mut channel, mut wire) = (Channel::new(CHANNEL), WireBuf::default());
    assert_eq!(channel.open(layers, Duration::ZERO, &mut wire), Ok(()));
    assert_eq!(channel.poll_action(&mut wire), Some(Action::Connect));
    assert_eq!((channel.poll_action(&mut wire), wire.pending()), (None, &b""[..]));

    channel.handle(Fact::Connected, &mut wire);
    let mut said = vec![wire.pending().to_vec()];
    for octets in [TLS, &[HELLO_BACK]] {
        wire.take(wire.len());
        assert!(channel.receive(&mut octets.to_vec(), &mut wire).is_some());
        assert_eq!(channel.poll_action(&mut wire), None);
        said.push(wire.pending().to_vec());
    }
    assert_eq!(said, [TLS.to_vec(), vec![HELLO], seal(HEADER)]);
}

//= test SRS_SASLCLIENTIO_01_012
#[test]
fn a_socket_that_cannot_be_brought_up_fails_the_open() {
    for fault in [SocketFault::Refused, SocketFault::NotFound, SocketFault::TimedOut] {
        let (mut channel, mut wire) = dialing();
        assert_eq!(drain(&mut channel, &mut wire), [Action::Connect]);
        channel.handle(Fact::Refused(fault), &mut wire);
        let failure = Cause::Socket(fault).at(Stage::Connecting);
        let expected = [Action::Opened(OpenResult::Failed(failure))];
        assert_eq!(drain(&mut channel, &mut wire), expected);
        assert!(channel.is_closed() && wire.is_empty());
        assert_eq!(channel.open(client_side(Kind::Plain), Duration::ZERO, &mut wire), Ok(()));
    }
}

//= test SRS_SASLCLIENTIO_01_013, SRS_SASLCLIENTIO_01_025
//= test SRS_SASLCLIENTIO_50_011
#[test]
fn one_read_may_open_the_layer_below_and_bring_all_that_the_server_says() {
    let tls = Tls::new(ToyEngine::client().with_security(ground()));
    let mut end = open(client_over(Kind::Plain, tls));
    assert_eq!(end.take(), [HELLO]);
    end.feed(&[&[HELLO_BACK][..], &seal(&[&server_part()[..], b"up"].concat())].concat());
    assert_eq!(opened(&end), [OpenResult::Ok]);
    assert_eq!(end.received, b"up");
    let said = [HEADER, &init("PLAIN", Some(PLAIN_MESSAGE))].concat();
    let heard = unseal(&[&[HELLO][..], &end.take()].concat());
    assert_eq!(heard, Some(said), "one header and one init");
}

//= test SRS_SASLCLIENTIO_01_015
#[test]
fn a_close_takes_the_socket_down_when_the_server_has_ended_too() {
    let mut end = logged_in();
    let told = told_by(&mut end, |end| assert!(end.close()));
    assert_eq!(told, [Action::Shutdown]);
    let told = told_by(&mut end, |end| end.tell(Fact::Ended));
    assert_eq!(told, [Action::Disconnect, Action::Closed]);
}

//= test SRS_SASLCLIENTIO_01_016, SRS_SASLCLIENTIO_01_098
#[test]
fn a_close_is_refused_only_while_another_one_is_under_way() {
    for mut end in [open(client_side(Kind::Plain)), logged_in(), failed()] {
        assert_eq!(end.channel.close(end.now, &mut end.wire), Ok(()));
        let before = (end.channel.clone(), end.wire.clone());
        for _ in 0..2 {
            assert_eq!(end.channel.close(end.now, &mut end.wire), Err(Rejected::State));
            assert_eq!((&end.channel, &end.wire), (&before.0, &before.1));
        }
        end.drain();
        end.advance(CHANNEL.close);
        let closed = end.told.iter().filter(|action| **action == Action::Closed);
        assert_eq!(closed.count(), 1);
        assert!(end.channel.is_closed());
    }
}

//= test SRS_SASLCLIENTIO_01_097
#[test]
fn a_close_of_a_closed_channel_completes_at_once_and_touches_nothing() {
    let (mut channel, mut wire) = (Channel::<ClientSide>::new(CHANNEL), WireBuf::default());
    for _ in 0..2 {
        assert_eq!(channel.close(Duration::ZERO, &mut wire), Ok(()));
        assert_eq!(drain(&mut channel, &mut wire), [Action::Closed]);
        assert!(channel.is_closed() && wire.is_empty());
    }
    let mut end = failed();
    assert!(end.close());
    let told = told_by(&mut end, |end| assert!(end.close()));
    assert_eq!(told, [Action::Closed], "the socket is gone already");
    client_recovers(&mut end, Kind::Plain);
}

//= test SRS_SASLCLIENTIO_01_018
#[test]
fn a_close_completes_whatever_becomes_of_the_socket() {
    let ways: [fn(&mut Endpoint<ClientSide>); 2] =
        [|end| end.tell(Fact::Lost(RESET)), |end| end.advance(CHANNEL.close)];
    for fails in ways {
        let mut end = logged_in();
        assert!(end.send(b"never taken") && end.close());
        assert_eq!(end.told.last(), Some(&Action::Opened(OpenResult::Ok)), "the wire is full");
        let told = told_by(&mut end, fails);
        let sent = Action::Sent(SendId(0), SendResult::Cancelled);
        assert_eq!(told, [Action::Disconnect, sent, Action::Closed]);
        client_recovers(&mut end, Kind::Plain);
    }
}

//= test SRS_SASLCLIENTIO_01_019
#[test]
fn a_message_is_refused_unless_the_channel_is_open() {
    let mut closing = logged_in();
    assert!(closing.close());
    let mut closed = failed();
    assert!(closed.close() && closed.channel.is_closed());
    for mut end in [open(client_side(Kind::Plain)), failed(), closing, closed] {
        let before = (end.channel.clone(), end.wire.clone());
        for octets in [&b""[..], b"octets"] {
            assert_eq!(end.try_send(octets), Err(Rejected::State));
        }
        assert_eq!((&end.channel, &end.wire), (&before.0, &before.1));
    }
}

//= test SRS_SASLCLIENTIO_01_020, SRS_SASLCLIENTIO_01_021
#[test]
fn a_message_goes_out_as_it_is_and_completes_under_its_name() {
    let octets: Vec<u8> = (0..=255).collect();
    let mut end = logged_in();
    assert_eq!(end.channel.send(SendId(77), &octets, &mut end.wire), Ok(()));
    assert_eq!(end.wire.pending(), octets);
    end.wire.take(255);
    assert_eq!(end.channel.poll_action(&mut end.wire), None, "not before all of it is taken");
    end.wire.take(1);
    let sent = Action::Sent(SendId(77), SendResult::Ok);
    assert_eq!(end.channel.poll_action(&mut end.wire), Some(sent));
    assert_eq!(end.channel.poll_action(&mut end.wire), None);
}

//= test SRS_SASLCLIENTIO_01_023
#[test]
fn an_empty_message_completes_without_an_octet() {
    let mut end = logged_in();
    assert_eq!(end.channel.send(SendId(5), b"", &mut end.wire), Ok(()));
    assert!(end.wire.is_empty());
    let sent = Action::Sent(SendId(5), SendResult::Ok);
    assert_eq!(end.channel.poll_action(&mut end.wire), Some(sent));
}

//= test SRS_SASLCLIENTIO_01_024
#[test]
fn a_message_that_was_not_taken_whole_fails_with_the_connection() {
    let mut end = logged_in();
    assert!(end.send(b"whole") && end.send(b"in part"));
    end.wire.take(7);
    let told = told_by(&mut end, |end| end.tell(Fact::Lost(RESET)));
    let failure = Cause::Socket(RESET).at(Stage::Open);
    let results = [SendResult::Ok, SendResult::Failed];
    let sent = [0, 1].map(|at| Action::Sent(SendId(at), results[usize::try_from(at).unwrap()]));
    assert_eq!(told, [sent[0], sent[1], Action::Failed(failure)]);
}

//= test SRS_SASLCLIENTIO_01_099
#[test]
fn a_closed_channel_asks_nothing_and_shows_octets_to_no_layer() {
    let (mut channel, mut wire) = (Channel::<ClientSide>::new(CHANNEL), WireBuf::default());
    let before = channel.clone();
    let mut octets = server_part();
    let got = channel.receive(&mut octets, &mut wire).unwrap();
    assert!(got.consumed == octets.len() && got.data.is_empty());
    assert_eq!(octets, server_part(), "nobody worked on them");
    assert_eq!((channel.poll_action(&mut wire), channel.poll_deadline()), (None, None));
    assert!(channel == before && wire.is_empty() && !channel.is_reading());
}

//= test SRS_SASLCLIENTIO_01_116, SRS_SASLCLIENTIO_01_106, SRS_SASLCLIENTIO_01_107
#[test]
fn a_second_report_that_the_socket_is_up_is_ignored() {
    let shaken = || {
        let tls = Tls::new(ToyEngine::client().with_security(ground()));
        let mut end = open(client_over(Kind::Plain, tls));
        end.feed(&[HELLO_BACK]);
        end
    };
    let mut is_open = shaken();
    is_open.feed(&seal(&server_part()));
    assert_eq!(opened(&is_open), [OpenResult::Ok]);
    let mut has_failed = is_open.clone();
    has_failed.tell(Fact::Disconnected);
    assert!(has_failed.failure().is_some());
    for mut end in [shaken(), is_open, has_failed] {
        let before = end.clone();
        end.tell(Fact::Connected);
        assert_eq!((end.channel, end.wire, end.told), (before.channel, before.wire, before.told));
    }
    assert_eq!(shaken().take(), [&[HELLO][..], &seal(HEADER)].concat(), "one header");
}

//= test SRS_SASLCLIENTIO_01_102, SRS_SASLCLIENTIO_01_103
#[test]
fn a_socket_that_breaks_while_open_is_told_once() {
    let mut end = logged_in();
    let told = told_by(&mut end, |end| end.tell(Fact::Lost(RESET)));
    assert_eq!(told, [Action::Failed(Cause::Socket(RESET).at(Stage::Open))]);
    for fact in [Fact::Lost(RESET), Fact::Lost(SocketFault::Other), Fact::Ended] {
        assert!(told_by(&mut end, |end| end.tell(fact)).is_empty(), "{fact:?}");
    }
    assert!(!end.channel.is_open() && !end.channel.is_closed());
}

/// What becomes of an open whose socket breaks when `octets` came, and how much is still to be written then.
fn break_after(octets: &[u8]) -> (Vec<OpenResult>, usize) {
    let mut end = open(client_side(Kind::Plain));
    if !octets.is_empty() {
        end.take();
    }
    end.feed(octets);
    let waiting = end.wire.len();
    end.tell(Fact::Lost(RESET));
    assert!(end.channel.is_closed());
    (opened(&end), waiting)
}

fn broke_at(stage: Stage) -> Vec<OpenResult> {
    let failure: Failure = Cause::Socket(RESET).at(stage);
    vec![OpenResult::Failed(failure)]
}

//= test SRS_SASLCLIENTIO_01_077
#[test]
fn a_socket_that_breaks_before_it_took_the_header_fails_the_open() {
    assert_eq!(break_after(b""), (broke_at(Stage::SaslHeader), HEADER.len()));
}

//= test SRS_SASLCLIENTIO_01_121
#[test]
fn a_socket_that_breaks_before_it_took_the_init_fails_the_open() {
    let octets = [HEADER, &mechanisms(&["PLAIN"])].concat();
    let waiting = init("PLAIN", Some(PLAIN_MESSAGE)).len();
    assert_eq!(break_after(&octets), (broke_at(Stage::SaslExchange), waiting));
}

//= test SRS_SASLCLIENTIO_01_028
#[test]
fn an_empty_read_indicates_nothing_and_changes_nothing() {
    let said = server_part();
    for at in 0..=said.len() {
        let (mut client, mut out) =
            (Client::new(vec![Kind::Plain.client()], client_config()), WireBuf::default());
        client.open(&ground(), &mut out);
        let mut octets = said[..at].to_vec();
        let mut done = 0;
        while let Some(got) = client.receive(&mut octets[done..], &mut out) {
            done += got.consumed;
        }
        let before = (client.clone(), out.clone());
        assert_eq!(client.receive(&mut [], &mut out), None, "after {at} octets");
        assert_eq!((client, out), before);
    }
}

//= test SRS_SASLCLIENTIO_01_072
#[test]
fn the_open_completes_with_the_last_octet_of_the_outcome_and_once() {
    let said = server_part();
    let (last, before) = said.split_last().unwrap();
    let mut end = open(client_side(Kind::Plain));
    end.feed(before);
    assert!(opened(&end).is_empty() && !end.channel.is_open());
    end.feed(&[*last]);
    end.drain();
    assert_eq!(opened(&end), [OpenResult::Ok]);
    assert!(end.channel.is_open() && end.channel.poll_deadline().is_none());
    let established = end.channel.layers().unwrap().upper().established().unwrap();
    assert_eq!(established.mechanism(), "PLAIN");
}
