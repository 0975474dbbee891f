//! Closing: in order or at once, told once, and nothing after it.

use core::time::Duration;

use xiom_core::{
    Action, Cause, Fact, Limits, OpenResult, Rejected, SendId, SendResult, SocketFault, Stage,
    WireBuf,
};
use xiom_testing::{GOODBYE, HELLO_BACK, seal};

use crate::common::{
    Adapter, NOW, TIGHT, broken, closing, deeds, hear, layers, open, opened, opening, settle,
};

const CANCELLED: Action = Action::Opened(OpenResult::Cancelled);
const RESET: SocketFault = SocketFault::Reset;

fn sent(id: u32, result: SendResult) -> Action {
    Action::Sent(SendId(id), result)
}

fn closed() -> (Adapter, WireBuf) {
    (Adapter::new(Limits::CLIENT), WireBuf::default())
}

//= test SRS_TLSIO_30_052, SRS_TLSIO_30_053
#[test]
fn a_close_is_accepted_in_every_state_and_told_once() {
    let untold = opened(Limits::CLIENT);
    for (mut adapter, mut wire) in [closed(), opening(), untold, open(Limits::CLIENT), broken()] {
        assert_eq!(adapter.close(NOW, &mut wire), Ok(()));
        wire.take(usize::MAX);
        let mut told = settle(&mut adapter, &mut wire);
        if told == [Action::Shutdown] {
            adapter.handle(Fact::Ended, &mut wire);
            told.extend(settle(&mut adapter, &mut wire));
        }
        let count = told.iter().filter(|deed| **deed == Action::Closed).count();
        assert_eq!((count, told.last()), (1, Some(&Action::Closed)));
        assert!(adapter.is_closed());
    }
}

//= test SRS_TLSIO_30_057, SRS_TLSIO_50_006
#[test]
fn a_close_while_opening_cancels_the_open_first() {
    let (mut adapter, mut wire) = opening();
    adapter.close(NOW, &mut wire).unwrap();
    // The handshake that is done too late changes nothing.
    assert_eq!(hear(&mut adapter, &mut wire, &[HELLO_BACK]), b"");
    let told = [Action::Disconnect, CANCELLED, Action::Closed];
    assert_eq!(settle(&mut adapter, &mut wire), told);
}

//= test SRS_TLSIO_30_053, SRS_TLSIO_50_006
#[test]
fn a_close_takes_back_what_was_not_told() {
    // The open had succeeded, or failed.
    let (mut good, mut wire) = opened(Limits::CLIENT);
    good.close(NOW, &mut wire).unwrap();
    let told = [Action::Disconnect, CANCELLED, Action::Closed];
    assert_eq!(settle(&mut good, &mut wire), told);
    let (mut bad, mut wire) = opening();
    bad.handle(Fact::Lost(RESET), &mut wire);
    bad.close(NOW, &mut wire).unwrap();
    assert_eq!(settle(&mut bad, &mut wire), told);
}

//= test SRS_TLSIO_30_053
#[test]
fn a_close_takes_back_an_error_and_an_end_that_were_not_told() {
    let (mut adapter, mut wire) = open(Limits::CLIENT);
    adapter.handle(Fact::Lost(RESET), &mut wire);
    adapter.close(NOW, &mut wire).unwrap();
    assert_eq!(settle(&mut adapter, &mut wire), [Action::Disconnect, Action::Closed]);
    let (mut adapter, mut wire) = open(Limits::CLIENT);
    assert_eq!(hear(&mut adapter, &mut wire, &[GOODBYE]), b"");
    adapter.close(NOW, &mut wire).unwrap();
    wire.take(1);
    assert_eq!(deeds(&mut adapter, &mut wire), [Action::Shutdown]);
}

//= test SRS_TLSIO_30_009, SRS_TLSIO_30_056
#[test]
fn a_close_cancels_what_waits_and_accepts_nothing_more() {
    let (mut adapter, mut wire) = open(TIGHT);
    for id in 1..=3 {
        adapter.send(SendId(id), b"four", &mut wire).unwrap();
    }
    adapter.close(NOW, &mut wire).unwrap();
    assert!(!adapter.is_open() && !adapter.is_closed());
    assert_eq!(adapter.send(SendId(4), b"late", &mut wire), Err(Rejected::State));
    assert_eq!(adapter.finish(), Err(Rejected::State));
    assert_eq!(wire.pending(), [&seal(b"four")[..], &[GOODBYE]].concat(), "the sealed one goes");
    wire.take(usize::MAX);
    let told = [
        sent(1, SendResult::Ok),
        sent(2, SendResult::Cancelled),
        sent(3, SendResult::Cancelled),
        Action::Shutdown,
    ];
    assert_eq!(deeds(&mut adapter, &mut wire), told);
}

//= test SRS_TLSIO_50_018
#[test]
fn a_message_is_cancelled_only_if_no_octet_of_it_has_left() {
    let (mut adapter, mut wire) = open(Limits::CLIENT);
    for id in 1..=3 {
        adapter.send(SendId(id), b"four", &mut wire).unwrap();
    }
    adapter.close(NOW, &mut wire).unwrap();
    wire.take(6);
    assert_eq!(deeds(&mut adapter, &mut wire), [sent(1, SendResult::Ok)], "the others are sealed");
    wire.take(1);
    assert_eq!(deeds(&mut adapter, &mut wire), []);
    adapter.handle(Fact::Lost(RESET), &mut wire);
    let told = [
        Action::Disconnect,
        sent(2, SendResult::Failed),
        sent(3, SendResult::Cancelled),
        Action::Closed,
    ];
    assert_eq!(settle(&mut adapter, &mut wire), told);
}

//= test SRS_TLSIO_30_051
#[test]
fn a_close_of_what_is_not_open_is_immediate() {
    for (mut adapter, mut wire) in [opening(), opened(Limits::CLIENT), broken()] {
        adapter.close(NOW, &mut wire).unwrap();
        assert!(wire.is_empty(), "no goodbye");
        assert_eq!(adapter.poll_deadline(), None);
        assert_eq!(deeds(&mut adapter, &mut wire).first(), Some(&Action::Disconnect));
    }
}

//= test SRS_TLSIO_30_054, SRS_TLSIO_50_022
#[test]
fn a_second_close_is_refused_and_has_no_completion() {
    let (mut cancelling, mut wire) = opening();
    cancelling.close(NOW, &mut wire).unwrap();
    for (adapter, wire) in [(cancelling, wire), closing()] {
        let (mut other, mut other_wire) = (adapter.clone(), wire.clone());
        assert_eq!(other.close(NOW + NOW, &mut other_wire), Err(Rejected::State));
        assert_eq!((&other, &other_wire), (&adapter, &wire));
        other.handle(Fact::Ended, &mut other_wire);
        let told = settle(&mut other, &mut other_wire);
        let count = told.iter().filter(|deed| **deed == Action::Closed).count();
        assert_eq!(count, 1, "{told:?}");
    }
}

//= test SRS_TLSIO_30_006, SRS_TLSIO_30_107, SRS_TLSIO_50_023
#[test]
fn a_close_in_order_says_goodbye_and_waits_for_the_peer() {
    let (mut adapter, mut wire) = open(Limits::CLIENT);
    adapter.close(NOW, &mut wire).unwrap();
    assert_eq!(wire.pending(), [GOODBYE]);
    assert_eq!(deeds(&mut adapter, &mut wire), [], "first it is written");
    wire.take(1);
    assert_eq!(deeds(&mut adapter, &mut wire), [Action::Shutdown]);
    assert!(adapter.is_reading(), "until the peer ends, too");
    assert_eq!(deeds(&mut adapter, &mut wire), []);
    adapter.handle(Fact::Ended, &mut wire);
    assert_eq!(deeds(&mut adapter, &mut wire), [Action::Disconnect]);
    assert!(!adapter.is_closed(), "while there is a socket");
    adapter.handle(Fact::Disconnected, &mut wire);
    assert_eq!(deeds(&mut adapter, &mut wire), [Action::Closed]);
    assert!(adapter.is_closed());
}

//= test SRS_TLSIO_30_106
#[test]
fn a_close_that_breaks_completes_all_the_same() {
    let (mut adapter, mut wire) = closing();
    adapter.handle(Fact::Lost(RESET), &mut wire);
    assert_eq!(settle(&mut adapter, &mut wire), [Action::Disconnect, Action::Closed]);
}

//= test SRS_TLSIO_30_106, SRS_TLSIO_50_024
#[test]
fn a_close_takes_no_longer_than_its_limit() {
    let limits = Limits { close: Duration::from_secs(3), ..Limits::CLIENT };
    let (mut adapter, mut wire) = open(limits);
    adapter.close(NOW, &mut wire).unwrap();
    let deadline = NOW + Duration::from_secs(3);
    assert_eq!(adapter.poll_deadline(), Some(deadline));
    // The peer takes nothing and does not end.
    adapter.handle(Fact::Time(deadline.saturating_sub(Duration::from_nanos(1))), &mut wire);
    assert_eq!(deeds(&mut adapter, &mut wire), []);
    adapter.handle(Fact::Time(deadline), &mut wire);
    assert_eq!(settle(&mut adapter, &mut wire), [Action::Disconnect, Action::Closed]);
}

//= test SRS_TLSIO_30_078
#[test]
fn while_closing_octets_are_dropped() {
    let (mut adapter, mut wire) = closing();
    let late = [&seal(b"late")[..], b"garbage", &[GOODBYE]].concat();
    assert_eq!(hear(&mut adapter, &mut wire, &late), b"");
    assert_eq!(deeds(&mut adapter, &mut wire), []);
    assert!(wire.is_empty());
}

//= test SRS_TLSIO_30_078
#[test]
fn a_close_between_two_records_is_heard_before_the_second() {
    let (mut adapter, mut wire) = open(Limits::CLIENT);
    let mut input = [seal(b"one"), seal(b"two")].concat();
    let got = adapter.receive(&mut input, &mut wire).unwrap();
    assert_eq!(&input[got.data], b"one");
    adapter.close(NOW, &mut wire).unwrap();
    assert_eq!(hear(&mut adapter, &mut wire, &input[got.consumed..]), b"");
}

//= test SRS_TLSIO_30_075, SRS_TLSIO_50_028
#[test]
fn a_closed_adapter_does_and_tells_nothing_whatever_happens() {
    let (mut after, mut wire) = closing();
    after.handle(Fact::Ended, &mut wire);
    assert_eq!(settle(&mut after, &mut wire).last(), Some(&Action::Closed));
    for (mut adapter, mut wire) in [closed(), (after, wire)] {
        assert_eq!(hear(&mut adapter, &mut wire, &seal(b"ghost")), b"");
        let time = Fact::Time(NOW + NOW);
        for fact in [time, Fact::Ended, Fact::Lost(RESET), Fact::Connected, Fact::Disconnected] {
            adapter.handle(fact, &mut wire);
            assert_eq!(deeds(&mut adapter, &mut wire), [], "{fact:?}");
        }
        assert!(adapter.is_closed() && wire.is_empty());
        assert_eq!((adapter.poll_deadline(), adapter.is_reading()), (None, false));
    }
}

//= test SRS_TLSIO_50_025
#[test]
fn a_half_close_sends_what_waits_says_goodbye_and_goes_on_receiving() {
    let (mut adapter, mut wire) = open(TIGHT);
    adapter.send(SendId(1), b"four", &mut wire).unwrap();
    adapter.send(SendId(2), b"last", &mut wire).unwrap();
    adapter.finish().unwrap();
    assert_eq!(adapter.send(SendId(3), b"late", &mut wire), Err(Rejected::State));
    wire.take(usize::MAX);
    assert_eq!(deeds(&mut adapter, &mut wire), [sent(1, SendResult::Ok)]);
    assert_eq!(wire.pending(), [&seal(b"last")[..], &[GOODBYE]].concat());
    wire.take(usize::MAX);
    assert_eq!(deeds(&mut adapter, &mut wire), [sent(2, SendResult::Ok), Action::Shutdown]);
    assert_eq!(hear(&mut adapter, &mut wire, &seal(b"answer")), b"answer");
    // A close is owed all the same; the goodbye is not said twice.
    adapter.close(NOW, &mut wire).unwrap();
    assert!(wire.is_empty());
    adapter.handle(Fact::Ended, &mut wire);
    assert_eq!(settle(&mut adapter, &mut wire), [Action::Disconnect, Action::Closed]);
}

//= test SRS_TLSIO_50_030
#[test]
fn the_layers_go_as_soon_as_nothing_may_be_parsed_or_sealed() {
    for (adapter, _) in [opening(), opened(Limits::CLIENT), open(Limits::CLIENT)] {
        assert!(adapter.layers().is_some());
    }
    let (mut refused, mut wire) = opening();
    hear(&mut refused, &mut wire, b"AMQP");
    let (mut cancelled, mut wire) = opening();
    cancelled.close(NOW, &mut wire).unwrap();
    for adapter in [refused, cancelled, broken().0, closing().0] {
        assert_eq!(adapter.layers(), None);
    }
    // And the next connection begins with what it is given.
    let (mut adapter, mut wire) = broken();
    adapter.close(NOW, &mut wire).unwrap();
    settle(&mut adapter, &mut wire);
    adapter.open(layers(), NOW, &mut wire).unwrap();
    assert_eq!(adapter.layers(), Some(&layers()));
    let failed = Cause::Deadline.at(Stage::Connecting);
    adapter.handle(Fact::Time(NOW + Limits::CLIENT.open), &mut wire);
    let told = settle(&mut adapter, &mut wire);
    assert_eq!(told.last(), Some(&Action::Opened(OpenResult::Failed(failed))));
}

#[test]
fn what_comes_after_a_close_is_discarded_although_the_peers_end_was_not_told() {
    let (mut adapter, mut wire) = open(Limits::CLIENT);
    let end = adapter.receive(&mut [GOODBYE], &mut wire).unwrap();
    assert_eq!(end.consumed, 1);
    // The close comes before the deed that would tell the end.
    adapter.close(NOW, &mut wire).unwrap();
    let mut more = seal(b"more");
    let got = adapter.receive(&mut more, &mut wire).unwrap();
    assert_eq!((got.consumed, got.data.len()), (more.len(), 0));
}

#[test]
fn a_close_waits_for_nothing_once_its_socket_is_left() {
    let (mut adapter, mut wire) = open(Limits::CLIENT);
    adapter.receive(&mut [GOODBYE], &mut wire).unwrap();
    assert_eq!(deeds(&mut adapter, &mut wire), [Action::Ended]);
    adapter.handle(Fact::Ended, &mut wire);
    adapter.close(NOW, &mut wire).unwrap();
    wire.take(usize::MAX);
    assert_eq!(deeds(&mut adapter, &mut wire), [Action::Disconnect]);
    assert_eq!(adapter.poll_deadline(), None);
}
