//! The life of a server's connection: open, close, send, and the octets from below in every state.

use core::time::Duration;

use xiom_core::{
    Action, Cause, Channel, Fact, OpenResult, Rejected, SendId, SendResult, SocketFault, Stage,
    WireBuf,
};
use xiom_testing::{Endpoint, ToyEngine, seal, unseal};
use xiom_tls::Tls;

use crate::frames::{HEADER, init, mechanisms, outcome};
use crate::rig::{
    CHANNEL, Kind, PLAIN_MESSAGE, ServerSide, answer_all, answer_by, ground, open, opened, reopen,
    reply, server_over, server_side,
};
use crate::script::cuts;

fn offer() -> Vec<u8> {
    [HEADER, &mechanisms(&["PLAIN"])].concat()
}

fn login() -> Vec<u8> {
    [HEADER, &init("PLAIN", Some(PLAIN_MESSAGE))].concat()
}

/// A server of PLAIN that was shown the first `count` octets of a login.
fn after(count: usize) -> Endpoint<ServerSide> {
    let mut end = open(server_side(Kind::Plain));
    end.feed(&login()[..count]);
    end
}

/// A server that has let its client in, and whose outcome is written.
fn let_in() -> Endpoint<ServerSide> {
    let mut end = after(login().len());
    answer_all(&mut end);
    assert!(end.channel.is_open());
    assert_eq!(end.take(), [offer(), outcome(0, None)].concat());
    end
}

fn count<L>(end: &Endpoint<L>, wanted: Action) -> usize {
    end.told.iter().filter(|action| **action == wanted).count()
}

fn lost() -> Fact {
    Fact::Lost(SocketFault::Reset)
}

//= test SRS_SASL_SERVER_IO_01_008, SRS_SASL_SERVER_IO_01_017
#[test]
fn a_fresh_server_holds_nothing_of_the_connection_before() {
    let mut end = after(login().len() - 1);
    end.tell(lost());
    assert!(end.channel.is_closed());
    reopen(&mut end, server_side(Kind::Anonymous));
    end.feed(HEADER);
    end.feed(&init("ANONYMOUS", Some(b"trace")));
    answer_all(&mut end);
    assert_eq!(opened(&end), [OpenResult::Ok]);
    let offer = [HEADER, &mechanisms(&["ANONYMOUS"]), &outcome(0, None)].concat();
    assert_eq!(end.take(), offer, "the mechanisms of the server that was opened last");
}

//= test SRS_SASL_SERVER_IO_01_016, SRS_SASL_SERVER_IO_01_018, SRS_SASL_SERVER_IO_01_081
//= test SRS_SASL_SERVER_IO_01_089
#[test]
fn a_server_waits_for_the_header_and_then_offers_without_being_asked() {
    let mut end = open(server_side(Kind::Plain));
    for octet in &HEADER[..7] {
        assert!(end.wire.is_empty(), "the client speaks first");
        end.feed(&[*octet]);
    }
    assert!(end.wire.is_empty());
    end.feed(&HEADER[7..]);
    assert_eq!(end.take(), offer());
}

//= test SRS_SASL_SERVER_IO_01_024
#[test]
fn an_open_is_accepted_at_once_and_completes_later() {
    let (mut channel, mut out) = (Channel::new(CHANNEL), WireBuf::default());
    assert_eq!(channel.open(server_side(Kind::Plain), Duration::ZERO, &mut out), Ok(()));
    assert!(!channel.is_closed() && !channel.is_open() && out.is_empty());
    assert_eq!(channel.poll_action(&mut out), Some(Action::Connect));
    assert_eq!(channel.poll_action(&mut out), None, "not completed");
}

//= test SRS_SASL_SERVER_IO_01_028
#[test]
fn an_open_while_another_is_under_way_is_refused_and_changes_nothing() {
    let under_way = [after(0), after(3), after(8), after(20), after(login().len())];
    for mut end in under_way.into_iter().chain([let_in()]) {
        let before = (end.channel.clone(), end.wire.clone());
        let again = end.channel.open(server_side(Kind::Plain), Duration::ZERO, &mut end.wire);
        assert_eq!(again, Err(Rejected::State));
        assert_eq!((end.channel, end.wire), before);
    }
}

//= test SRS_SASL_SERVER_IO_01_029, SRS_SASL_SERVER_IO_01_032
#[test]
fn a_close_in_the_exchange_takes_the_socket_down_at_once_and_cancels_the_open() {
    for octets in 0..=login().len() {
        let mut end = after(octets);
        let told = end.told.len();
        assert!(end.close());
        let cancelled = Action::Opened(OpenResult::Cancelled);
        assert_eq!(end.told[told..], [Action::Disconnect, cancelled, Action::Closed]);
        assert!(end.channel.is_closed());
    }
}

//= test SRS_SASL_SERVER_IO_01_029, SRS_SASL_SERVER_IO_01_030
#[test]
fn a_close_once_open_is_completed_when_all_is_written_and_the_socket_is_gone() {
    let mut end = let_in();
    assert!(end.send(b"last words"));
    let told = end.told.len();
    assert!(end.close(), "accepted at once");
    assert!(end.told[told..].is_empty(), "the last words are still to be written");
    assert_eq!(end.take(), b"last words");
    let sent = Action::Sent(SendId(0), SendResult::Ok);
    assert_eq!(end.told[told..], [sent, Action::Shutdown]);
    end.tell(Fact::Ended);
    assert_eq!(end.told[told..], [sent, Action::Shutdown, Action::Disconnect, Action::Closed]);
    end.tell(Fact::Ended);
    assert_eq!(count(&end, Action::Closed), 1);
}

//= test SRS_SASL_SERVER_IO_01_030, SRS_SASL_SERVER_IO_01_031
#[test]
fn a_close_of_what_is_not_open_is_completed_alone() {
    let (mut fresh, mut out) = (Channel::<ServerSide>::new(CHANNEL), WireBuf::default());
    assert_eq!(fresh.close(Duration::ZERO, &mut out), Ok(()));
    assert_eq!(fresh.poll_action(&mut out), Some(Action::Closed));
    assert_eq!(fresh.poll_action(&mut out), None);

    let mut refused = after(20);
    refused.tell(lost());
    let told = refused.told.len();
    assert!(refused.close());
    assert_eq!(refused.told[told..], [Action::Closed]);

    let mut broken = let_in();
    broken.tell(lost());
    let told = broken.told.len();
    assert!(broken.close());
    assert_eq!(broken.told[told..], [Action::Disconnect, Action::Closed]);
}

//= test SRS_SASL_SERVER_IO_01_034
#[test]
fn a_socket_that_breaks_under_a_close_does_not_fail_it() {
    let mut end = let_in();
    assert!(end.send(b"never written"));
    let told = end.told.len();
    assert!(end.close());
    assert!(end.told[told..].is_empty());
    end.tell(lost());
    let sent = Action::Sent(SendId(0), SendResult::Cancelled);
    assert_eq!(end.told[told..], [Action::Disconnect, sent, Action::Closed]);
    assert_eq!(end.failure(), None);
}

//= test SRS_SASL_SERVER_IO_01_035
#[test]
fn a_close_while_another_is_under_way_is_refused_and_changes_nothing() {
    for mut end in [after(0), after(20), after(login().len()), let_in()] {
        assert_eq!(end.channel.close(end.now, &mut end.wire), Ok(()));
        let before = (end.channel.clone(), end.wire.clone());
        assert_eq!(end.channel.close(end.now, &mut end.wire), Err(Rejected::State));
        assert_eq!((&end.channel, &end.wire), (&before.0, &before.1));
        end.drain();
        end.advance(CHANNEL.close);
        assert_eq!(count(&end, Action::Closed), 1);
    }
}

//= test SRS_SASL_SERVER_IO_01_036, SRS_SASL_SERVER_IO_01_037
#[test]
fn what_is_sent_once_open_goes_out_as_it_is() {
    let mut end = let_in();
    let told = end.told.len();
    for (index, octets) in [&b"AMQP\x00\x01\x00\x00"[..], b"\x00", &[0xFF; 600]].iter().enumerate()
    {
        let id = SendId(u32::try_from(index).unwrap());
        assert_eq!(end.try_send(octets), Ok(id), "accepted at once");
        assert_eq!(end.told.len(), told + index, "completed when it is written");
        assert_eq!(end.take(), *octets);
        assert_eq!(end.told.last(), Some(&Action::Sent(id, SendResult::Ok)));
    }
}

//= test SRS_SASL_SERVER_IO_01_039
#[test]
fn nothing_is_sent_before_the_server_is_open_or_after_it_failed() {
    let mut broken = let_in();
    broken.tell(lost());
    for mut end in [after(0), after(8), after(20), after(login().len()), broken] {
        let before = (end.channel.clone(), end.wire.clone());
        assert_eq!(end.try_send(b"early"), Err(Rejected::State));
        assert_eq!((end.channel, end.wire), before);
    }
}

//= test SRS_SASL_SERVER_IO_01_040
#[test]
fn a_message_of_no_octets_adds_nothing_and_is_completed_in_its_turn() {
    let mut end = let_in();
    let told = end.told.len();
    assert!(end.send(b"one") && end.send(b"") && end.send(b"three"));
    assert_eq!(end.take(), b"onethree");
    let sent = |id| Action::Sent(SendId(id), SendResult::Ok);
    assert_eq!(end.told[told..], [sent(0), sent(1), sent(2)]);
}

//= test SRS_SASL_SERVER_IO_01_041
#[test]
fn a_message_under_which_the_socket_breaks_is_completed_as_failed() {
    let mut end = let_in();
    assert!(end.send(b"half of it"));
    end.wire.take(4);
    let told = end.told.len();
    end.tell(lost());
    let failure = Cause::Socket(SocketFault::Reset).at(Stage::Open);
    let failed = Action::Sent(SendId(0), SendResult::Failed);
    assert_eq!(end.told[told..], [failed, Action::Failed(failure)]);
}

//= test SRS_SASL_SERVER_IO_01_042, SRS_SASL_SERVER_IO_01_067
#[test]
fn the_work_on_the_channel_reaches_the_layer_below_and_so_does_what_the_server_says() {
    let tls = Tls::new(ToyEngine::server().with_security(ground()));
    let mut end = open(server_over(Kind::Plain, tls));
    end.feed(&[b"h", &seal(&login())[..]].concat());
    assert_eq!(unseal(end.wire.pending()), Some(offer()), "a handshake below, and then the offer");
    while answer_by(&mut end, reply) {}
    assert_eq!(unseal(&end.take()), Some([offer(), outcome(0, None)].concat()));
    assert_eq!(opened(&end), [OpenResult::Ok]);
}

//= test SRS_SASL_SERVER_IO_01_053, SRS_SASL_SERVER_IO_01_059, SRS_SASL_SERVER_IO_01_074
//= test SRS_SASL_SERVER_IO_01_078
#[test]
fn once_open_octets_are_the_users_whatever_they_look_like() {
    let no_size = vec![0, 0, 0, 1];
    let no_performative = vec![0, 0, 0, 9, 2, 1, 0, 0, 0x40];
    let second = init("PLAIN", Some(PLAIN_MESSAGE));
    for octets in [no_size, no_performative, second, vec![0xFF; 600], HEADER.to_vec()] {
        for parts in cuts(&octets) {
            let mut end = let_in();
            let told = end.told.len();
            for part in parts {
                end.feed(part);
            }
            assert_eq!(end.received, octets);
            assert!(end.told[told..].is_empty() && end.wire.is_empty());
            assert!(end.channel.is_open());
        }
    }
}

//= test SRS_SASL_SERVER_IO_01_054
#[test]
fn no_octets_are_no_event() {
    let under_way = [after(0), after(3), after(8), after(20), after(login().len())];
    for mut end in under_way.into_iter().chain([let_in()]) {
        let before = (end.channel.clone(), end.wire.clone(), end.told.len());
        assert_eq!(end.channel.receive(&mut [], &mut end.wire), None);
        end.feed(&[]);
        assert!(end.received.is_empty());
        assert_eq!((end.channel, end.wire, end.told.len()), before);
    }
}

//= test SRS_SASL_SERVER_IO_01_055, SRS_SASL_SERVER_IO_01_057
#[test]
fn a_login_and_what_is_behind_it_mean_the_same_however_they_are_cut() {
    let octets = [&login()[..], b"AMQP\x00\x01\x00\x00 and more"].concat();
    for parts in cuts(&octets) {
        let mut end = open(server_side(Kind::Plain));
        for part in &parts {
            end.feed(part);
            answer_all(&mut end);
        }
        assert_eq!(opened(&end), [OpenResult::Ok]);
        assert_eq!(end.take(), [offer(), outcome(0, None)].concat());
        assert_eq!(end.received, b"AMQP\x00\x01\x00\x00 and more");
    }
}

//= test SRS_SASL_SERVER_IO_01_056, SRS_SASL_SERVER_IO_01_076, SRS_SASL_SERVER_IO_01_080
#[test]
fn after_a_failure_octets_are_swallowed_and_change_nothing() {
    let mut end = after(8);
    end.feed(&[0, 0, 0, 1]);
    assert_eq!(end.take(), offer());
    end.tell(Fact::Ended);
    let told = end.told.clone();
    assert!(matches!(told.last(), Some(Action::Opened(OpenResult::Failed(_)))));
    let no_size = vec![0, 0, 0, 1];
    let no_performative = vec![0, 0, 0, 9, 2, 1, 0, 0, 0x40];
    for octets in [no_size, no_performative, login(), b"garbage".to_vec()] {
        end.feed(&octets);
        assert!(end.input.is_empty() && end.received.is_empty() && end.wire.is_empty());
        assert_eq!(end.told, told);
    }
}

//= test SRS_SASL_SERVER_IO_01_066, SRS_SASL_SERVER_IO_01_071
#[test]
fn a_socket_that_breaks_in_the_exchange_fails_the_open_once_it_is_gone() {
    let stages = [(0, Stage::SaslHeader), (8, Stage::SaslInit), (login().len(), Stage::SaslLookup)];
    for (octets, stage) in stages {
        let mut end = after(octets);
        let told = end.told.len();
        end.tell(lost());
        let failure = Cause::Socket(SocketFault::Reset).at(stage);
        let failed = Action::Opened(OpenResult::Failed(failure));
        assert_eq!(end.told[told..], [Action::Disconnect, failed]);
        assert!(end.channel.is_closed() && end.received.is_empty());
    }
}
