//! What breaks while open: the queue is emptied, the failure is told, and only close is left.

use xiom_core::{
    Action, Cause, Channel, Fact, Failure, Layer, Limits, SendId, SendResult, SocketFault, Stage,
    TlsFault, WireBuf,
};
use xiom_testing::{HELLO_BACK, seal};

use crate::common::{Flaw, Flawed, NOW, TIGHT, broken, deeds, hear, open, opening_over, settle};

const RESET: SocketFault = SocketFault::Reset;

fn sent(id: u32, result: SendResult) -> Action {
    Action::Sent(SendId(id), result)
}

fn failed(cause: Cause) -> Action {
    Action::Failed(Failure { stage: Stage::Open, cause })
}

fn send<L: Layer>(channel: &mut Channel<L>, wire: &mut WireBuf, id: u32, octets: &[u8]) {
    channel.send(SendId(id), octets, wire).unwrap();
}

//= test SRS_TLSIO_30_005
#[test]
fn an_error_is_told_once_with_its_failure() {
    let (mut adapter, mut wire) = open(Limits::CLIENT);
    hear(&mut adapter, &mut wire, b"garbage");
    assert_eq!(deeds(&mut adapter, &mut wire), [failed(Cause::Tls(TlsFault::Protocol))]);
    adapter.handle(Fact::Lost(RESET), &mut wire);
    assert_eq!(deeds(&mut adapter, &mut wire), [], "one error is enough");
}

//= test SRS_TLSIO_30_002, SRS_TLSIO_30_005
//= test SRS_TLSIO_30_095, SRS_TLSIO_50_017
#[test]
fn an_error_fails_the_first_message_cancels_the_others_and_is_told_after_them() {
    let (mut adapter, mut wire) = open(TIGHT);
    for id in 1..=3 {
        send(&mut adapter, &mut wire, id, b"four");
    }
    wire.take(2);
    assert_eq!(deeds(&mut adapter, &mut wire), []);
    adapter.handle(Fact::Lost(RESET), &mut wire);
    let told = [
        sent(1, SendResult::Failed),
        sent(2, SendResult::Cancelled),
        sent(3, SendResult::Cancelled),
        failed(Cause::Socket(RESET)),
    ];
    assert_eq!(deeds(&mut adapter, &mut wire), told);
    adapter.close(NOW, &mut wire).unwrap();
    assert_eq!(settle(&mut adapter, &mut wire), [Action::Disconnect, Action::Closed]);
}

//= test SRS_TLSIO_50_017
#[test]
fn an_error_cancels_only_messages_that_can_no_longer_leave() {
    let (mut adapter, mut wire) = open(Limits { wire: 12, ..Limits::CLIENT });
    for id in 1..=3 {
        send(&mut adapter, &mut wire, id, b"octets");
    }
    assert_eq!(hear(&mut adapter, &mut wire, b"garbage"), b"");
    let told = [
        sent(1, SendResult::Failed),
        sent(2, SendResult::Failed),
        sent(3, SendResult::Cancelled),
        failed(Cause::Tls(TlsFault::Protocol)),
    ];
    assert_eq!(deeds(&mut adapter, &mut wire), told);
    // A driver still writes what is sealed: an alert may be behind it.
    assert_eq!(wire.pending(), [seal(b"octets"), seal(b"octets")].concat());
}

//= test SRS_TLSIO_30_002
#[test]
fn a_message_that_failed_is_gone_when_the_user_closes_within_its_completion() {
    let (mut adapter, mut wire) = open(TIGHT);
    send(&mut adapter, &mut wire, 1, b"four");
    send(&mut adapter, &mut wire, 2, b"four");
    adapter.handle(Fact::Lost(RESET), &mut wire);
    assert_eq!(adapter.poll_action(&mut wire), Some(sent(1, SendResult::Failed)));
    adapter.close(NOW, &mut wire).unwrap();
    let told = [Action::Disconnect, sent(2, SendResult::Cancelled), Action::Closed];
    assert_eq!(settle(&mut adapter, &mut wire), told, "no second completion, and no late error");
}

//= test SRS_TLSIO_30_095, SRS_TLSIO_50_019
#[test]
fn a_message_that_cannot_be_sealed_fails_whatever_the_socket_takes() {
    let (mut channel, mut wire) = opening_over(Flawed::layers(Flaw::CannotSeal), Limits::CLIENT);
    hear(&mut channel, &mut wire, &[HELLO_BACK]);
    assert_eq!(deeds(&mut channel, &mut wire).len(), 1);
    send(&mut channel, &mut wire, 1, b"good");
    send(&mut channel, &mut wire, 2, b"fail");
    wire.take(usize::MAX);
    let told = [
        sent(1, SendResult::Ok),
        sent(2, SendResult::Failed),
        failed(Cause::Tls(TlsFault::Engine)),
    ];
    assert_eq!(deeds(&mut channel, &mut wire), told);
}

//= test SRS_TLSIO_30_071
#[test]
fn in_error_nothing_is_told_and_nothing_goes_up() {
    let (mut adapter, mut wire) = broken();
    assert_eq!(hear(&mut adapter, &mut wire, &seal(b"ghost")), b"");
    let time = Fact::Time(NOW + NOW);
    for fact in [time, Fact::Ended, Fact::Lost(RESET), Fact::Connected] {
        adapter.handle(fact, &mut wire);
        assert_eq!(deeds(&mut adapter, &mut wire), [], "{fact:?}");
    }
    assert!(wire.is_empty() && !adapter.is_reading() && !adapter.is_closed());
    assert_eq!(adapter.poll_deadline(), None);
}
