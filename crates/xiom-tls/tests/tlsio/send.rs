//! Sending: what is accepted, what is refused, and when a message is complete.

use xiom_core::{Action, Limits, Rejected, SendId, SendResult, WireBuf};
use xiom_testing::{HELLO_BACK, RECORD, seal, unseal};

use crate::common::{
    Adapter, Flaw, Flawed, NOW, TIGHT, broken, closing, deeds, hear, open, opened, opening,
    opening_over, settle,
};

fn sent(id: u32, result: SendResult) -> Action {
    Action::Sent(SendId(id), result)
}

//= test SRS_TLSIO_30_065, SRS_TLSIO_30_066
#[test]
fn a_send_is_refused_unless_open_and_changes_nothing() {
    let closed = (Adapter::new(Limits::CLIENT), WireBuf::default());
    let untold = opened(Limits::CLIENT);
    let mut finished = open(Limits::CLIENT);
    finished.0.finish().unwrap();
    for (adapter, wire) in [closed, opening(), untold, closing(), broken(), finished] {
        let (mut other, mut other_wire) = (adapter.clone(), wire.clone());
        let refused = other.send(SendId(7), b"octets", &mut other_wire);
        assert_eq!(refused, Err(Rejected::State));
        assert_eq!((&other, &other_wire), (&adapter, &wire));
        let told = settle(&mut other, &mut other_wire);
        assert!(!told.iter().any(|deed| matches!(deed, Action::Sent(..))), "{told:?}");
    }
}

//= test SRS_TLSIO_30_064, SRS_TLSIO_30_066
#[test]
fn a_full_queue_refuses_and_tells_nothing_of_what_it_refused() {
    let (mut adapter, mut wire) = open(TIGHT);
    adapter.send(SendId(1), b"four", &mut wire).unwrap();
    adapter.send(SendId(2), b"four", &mut wire).unwrap();
    let before = adapter.clone();
    assert_eq!(adapter.send(SendId(8), b"fives", &mut wire), Err(Rejected::Full), "octets");
    assert_eq!(adapter, before);
    adapter.send(SendId(3), b"four", &mut wire).unwrap();
    let before = adapter.clone();
    assert_eq!(adapter.send(SendId(9), b"", &mut wire), Err(Rejected::Full), "messages");
    assert_eq!(adapter, before);
    let mut told = Vec::new();
    for _ in 0..3 {
        wire.take(usize::MAX);
        told.extend(deeds(&mut adapter, &mut wire));
    }
    assert_eq!(told, [1, 2, 3].map(|id| sent(id, SendResult::Ok)));
    assert_eq!(adapter.send(SendId(4), b"again", &mut wire), Ok(()));
}

//= test SRS_TLSIO_50_020
#[test]
fn a_message_over_the_limit_is_refused() {
    let (mut adapter, mut wire) = open(TIGHT);
    let refused = adapter.send(SendId(1), b"seven..", &mut wire);
    assert_eq!(refused, Err(Rejected::TooLarge { size: 7, limit: 6 }));
    assert!(wire.is_empty());
    assert_eq!(adapter.send(SendId(1), b"six...", &mut wire), Ok(()));
}

//= test SRS_TLSIO_30_063
#[test]
fn an_accepted_message_is_kept_as_it_was() {
    let (mut adapter, mut wire) = open(TIGHT);
    let mut message = *b"one.";
    assert_eq!(adapter.send(SendId(1), &message, &mut wire), Ok(()));
    message = *b"two.";
    assert_eq!(adapter.send(SendId(2), &message, &mut wire), Ok(()), "this one waits");
    message = *b"junk";
    let mut said = Vec::new();
    while !wire.is_empty() {
        said.extend_from_slice(wire.pending());
        wire.take(usize::MAX);
        deeds(&mut adapter, &mut wire);
    }
    assert_eq!(said, [seal(b"one."), seal(b"two.")].concat(), "not {message:?}");
}

//= test SRS_TLSIO_30_091, SRS_TLSIO_30_093
#[test]
fn a_message_goes_out_in_as_many_parts_as_the_socket_takes_and_completes_once() {
    let (mut adapter, mut wire) = open(Limits::CLIENT);
    adapter.send(SendId(5), b"octets", &mut wire).unwrap();
    let mut said = Vec::new();
    for left in (0..8).rev() {
        assert_eq!(deeds(&mut adapter, &mut wire), []);
        said.push(wire.pending()[0]);
        wire.take(1);
        assert_eq!(wire.len(), left);
    }
    assert_eq!(said, seal(b"octets"), "each octet once, in order");
    assert_eq!(deeds(&mut adapter, &mut wire), [sent(5, SendResult::Ok)]);
    assert_eq!(deeds(&mut adapter, &mut wire), []);
}

//= test SRS_TLSIO_30_091
#[test]
fn a_close_within_a_completion_does_not_find_the_message_again() {
    let (mut adapter, mut wire) = open(Limits::CLIENT);
    adapter.send(SendId(1), b"first", &mut wire).unwrap();
    adapter.send(SendId(2), b"second", &mut wire).unwrap();
    wire.take(usize::MAX);
    assert_eq!(adapter.poll_action(&mut wire), Some(sent(1, SendResult::Ok)));
    // The user closes before the next deed is asked for.
    adapter.close(NOW, &mut wire).unwrap();
    assert_eq!(deeds(&mut adapter, &mut wire), [sent(2, SendResult::Ok)]);
}

//= test SRS_TLSIO_30_067
#[test]
fn an_empty_message_completes_in_its_turn_without_an_octet() {
    let (mut adapter, mut wire) = open(Limits::CLIENT);
    assert_eq!(adapter.send(SendId(1), b"", &mut wire), Ok(()));
    assert!(wire.is_empty(), "not even an empty record");
    assert_eq!(deeds(&mut adapter, &mut wire), [sent(1, SendResult::Ok)]);
    adapter.send(SendId(2), b"octets", &mut wire).unwrap();
    adapter.send(SendId(3), b"", &mut wire).unwrap();
    wire.take(7);
    assert_eq!(deeds(&mut adapter, &mut wire), [], "the one before is not complete");
    wire.take(1);
    let told = deeds(&mut adapter, &mut wire);
    assert_eq!(told, [sent(2, SendResult::Ok), sent(3, SendResult::Ok)]);
}

//= test SRS_TLSIO_30_067
#[test]
fn an_engine_is_not_asked_to_seal_nothing() {
    let (mut channel, mut wire) = opening_over(Flawed::layers(Flaw::CannotSeal), Limits::CLIENT);
    hear(&mut channel, &mut wire, &[HELLO_BACK]);
    assert_eq!(deeds(&mut channel, &mut wire).len(), 1);
    assert_eq!(channel.send(SendId(1), b"", &mut wire), Ok(()));
    assert_eq!(deeds(&mut channel, &mut wire), [sent(1, SendResult::Ok)]);
    assert!(channel.is_open());
}

//= test SRS_TLSIO_50_021
#[test]
fn messages_are_sealed_only_while_the_wire_has_room() {
    let limits = Limits { wire: 10, ..Limits::CLIENT };
    let (mut adapter, mut wire) = open(limits);
    for id in 0..5 {
        adapter.send(SendId(id), b"sixoct", &mut wire).unwrap();
        deeds(&mut adapter, &mut wire);
        assert!(wire.len() < limits.wire + seal(b"sixoct").len());
    }
    assert_eq!(wire.len(), 16, "two are sealed, three wait");
    wire.take(7);
    deeds(&mut adapter, &mut wire);
    assert_eq!(wire.len(), 9 + 8, "one more is sealed when there is room");
    let mut records = wire.pending().to_vec();
    assert_eq!((records.remove(0), records[0]), (seal(b"t")[2], RECORD));
    let plain = unseal(&[&b"h"[..], &records].concat());
    assert_eq!(plain.as_deref(), Some(&b"sixoctsixoct"[..]));
}

//= test SRS_TLSIO_50_001
#[test]
fn while_open_a_poll_completes_what_was_written_and_nothing_else() {
    let (mut adapter, mut wire) = open(Limits::CLIENT);
    let before = (adapter.clone(), wire.clone());
    assert_eq!(deeds(&mut adapter, &mut wire), []);
    assert_eq!((&adapter, &wire), (&before.0, &before.1));
    adapter.send(SendId(1), b"octets", &mut wire).unwrap();
    assert_eq!(deeds(&mut adapter, &mut wire), []);
    wire.take(usize::MAX);
    assert_eq!(deeds(&mut adapter, &mut wire), [sent(1, SendResult::Ok)]);
    assert!(adapter.is_open() && adapter.poll_deadline().is_none());
}
