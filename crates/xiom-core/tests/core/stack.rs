//! Two layers as one: order of events, octets held between them, questions and windows.

use alloc::rc::Rc;
use core::cell::RefCell;

use crate::greeter::{Greeter, actions, hear, opening};
use xiom_core::{Action, Direction, Layer, Limits, OpenResult, Phase, Plain, Stack, Tap, WireBuf};

#[test]
fn the_upper_layer_opens_when_the_lower_one_has_and_sees_the_rest_of_the_read() {
    let stack = Stack::new(Greeter::default(), Greeter::default());
    let (mut channel, mut wire) = opening(stack, Limits::CLIENT);
    assert_eq!(wire.pending(), b"h", "the upper layer waits");
    let mut input = b"HHdata".to_vec();
    let mut opened_after = None;
    let mut heard = Vec::new();
    loop {
        if actions(&mut channel, &mut wire).contains(&Action::Opened(OpenResult::Ok)) {
            opened_after = Some(heard.len());
        }
        let Some(got) = channel.receive(&mut input, &mut wire) else { break };
        heard.extend_from_slice(&input[got.data]);
        input.drain(..got.consumed);
    }
    assert_eq!((opened_after, &heard[..]), (Some(0), &b"data"[..]));
    assert_eq!(wire.pending(), b"hh");
}

#[test]
fn an_answer_of_the_upper_layer_goes_through_the_lower_one() {
    let stack = Stack::new(Greeter::default(), Greeter::default());
    let (mut channel, mut wire) = opening(stack, Limits::CLIENT);
    assert_eq!(hear(&mut channel, &mut wire, b"H?"), b"");
    let [Action::Ask(id)] = actions(&mut channel, &mut wire)[..] else { panic!("no question") };
    let answer = |stack: &mut Stack<Greeter, Greeter>, out: &mut WireBuf| {
        stack.with_upper(out, |greeter, out| greeter.answer(true, out));
    };
    channel.answer(id, &mut wire, answer).unwrap();
    assert_eq!(wire.pending(), b"hhy");
    assert_eq!(actions(&mut channel, &mut wire), [Action::Opened(OpenResult::Ok)]);
}

#[test]
fn a_failure_below_is_the_failure_of_the_stack() {
    let mut stack = Stack::new(Greeter::default(), Greeter::default());
    let mut out = WireBuf::default();
    stack.open(&xiom_core::Security::default(), &mut out);
    stack.receive(&mut b"!".to_vec(), &mut out);
    assert_eq!(stack.phase(), crate::greeter::failed());
    assert_eq!(stack.upper().phase(), Phase::Idle);
}

#[test]
fn a_failure_above_says_goodbye_below() {
    let refused = |octets: &[u8]| {
        let stack = Stack::new(Greeter::default(), Greeter::default());
        let (mut channel, mut wire) = opening(stack, Limits::CLIENT);
        hear(&mut channel, &mut wire, octets);
        wire
    };
    assert_eq!(refused(b"Hx").pending(), b"hhx.", "the last word above, the goodbye below");
    assert_eq!(refused(b"H").pending(), b"hh");
}

#[test]
fn a_transparent_lower_layer_costs_nothing_and_hides_nothing() {
    let stack = Stack::new(Greeter::default(), Plain::default());
    let (mut channel, mut wire) = opening(stack, Limits::CLIENT);
    assert_eq!(hear(&mut channel, &mut wire, b"H"), b"");
    assert_eq!(actions(&mut channel, &mut wire), [Action::Opened(OpenResult::Ok)]);
    assert_eq!(hear(&mut channel, &mut wire, b"data"), b"data");
}

#[test]
fn a_tap_shows_each_octet_once_and_changes_none() {
    let seen = Rc::new(RefCell::new(Vec::new()));
    let notes = Rc::clone(&seen);
    let note =
        move |direction, octets: &[u8]| notes.borrow_mut().push((direction, octets.to_vec()));
    let stack = Stack::new(Tap::new(Greeter::default(), note), Greeter::default());
    let (mut channel, mut wire) = opening(stack, Limits::CLIENT);
    assert_eq!(hear(&mut channel, &mut wire, b"HH"), b"");
    assert_eq!(actions(&mut channel, &mut wire), [Action::Opened(OpenResult::Ok)]);
    assert_eq!(hear(&mut channel, &mut wire, b"data"), b"data");
    let seen = seen.take();
    let (sent, received) = (Direction::Sent, Direction::Received);
    let want = [(sent, b"h".to_vec()), (received, b"H".to_vec()), (received, b"data".to_vec())];
    assert_eq!(seen, want);
}

#[test]
fn a_tap_hands_up_what_a_peer_said_when_it_refused() {
    let mut tap = Tap::new(Greeter::default(), |_, _: &[u8]| {});
    let mut out = WireBuf::default();
    tap.open(&xiom_core::Security::default(), &mut out);
    assert_eq!(tap.take_peer_text(), None);
    tap.receive(&mut b"!".to_vec(), &mut out);
    assert_eq!(tap.take_peer_text().as_deref(), Some("no"));
}
