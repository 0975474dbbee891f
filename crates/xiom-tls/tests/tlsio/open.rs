//! Opening: what is refused, what is told, and when.

use core::time::Duration;

use xiom_core::{
    Action, Cause, Channel, Fact, Layer as _, Limits, OpenResult, Phase, Plain, Rejected, Security,
    SendId, SocketFault, Stack, Stage, TlsFault, WireBuf,
};
use xiom_testing::{HELLO, HELLO_BACK, ToyEngine, seal};
use xiom_tls::Tls;

use crate::common::{
    Adapter, Flaw, Flawed, NOW, broken, closing, deeds, hear, layers, open, opened, opening,
    opening_over, settle,
};

const OPENED: Action = Action::Opened(OpenResult::Ok);

fn failed(cause: Cause, stage: Stage) -> Action {
    Action::Opened(OpenResult::Failed(cause.at(stage)))
}

//= test SRS_TLSIO_30_010
#[test]
fn a_new_adapter_is_closed() {
    let (mut adapter, mut wire) = (Adapter::new(Limits::CLIENT), WireBuf::default());
    assert!(adapter.is_closed() && !adapter.is_open() && !adapter.is_reading());
    assert_eq!((adapter.layers(), adapter.poll_deadline()), (None, None));
    assert_eq!(adapter.poll_action(&mut wire), None);
    assert_eq!(adapter.open(layers(), NOW, &mut wire), Ok(()));
}

//= test SRS_TLSIO_30_034, SRS_TLSIO_30_035
#[test]
fn an_accepted_open_keeps_what_it_was_given_and_begins() {
    let (mut adapter, mut wire) = (Adapter::new(Limits::CLIENT), WireBuf::default());
    let given = Tls::new(ToyEngine::client().with_security(Security::default()));
    assert_eq!(adapter.open(given.clone(), NOW, &mut wire), Ok(()));
    assert_eq!(adapter.layers(), Some(&given));
    assert!(!adapter.is_closed() && !adapter.is_open());
    assert_eq!(deeds(&mut adapter, &mut wire), [Action::Connect], "nothing else is told");
}

//= test SRS_TLSIO_30_037, SRS_TLSIO_30_039
#[test]
fn an_open_that_is_refused_changes_nothing() {
    let untold = opened(Limits::CLIENT);
    for (adapter, wire) in [opening(), untold, open(Limits::CLIENT), closing(), broken()] {
        let (mut other, mut other_wire) = (adapter.clone(), wire.clone());
        assert_eq!(other.open(layers(), NOW, &mut other_wire), Err(Rejected::State));
        assert_eq!((other, other_wire), (adapter, wire));
    }
}

//= test SRS_TLSIO_30_039
#[test]
fn an_open_that_is_refused_is_not_told() {
    let (mut adapter, mut wire) = opening();
    assert_eq!(adapter.open(layers(), NOW, &mut wire), Err(Rejected::State));
    assert_eq!(deeds(&mut adapter, &mut wire), []);
    hear(&mut adapter, &mut wire, &[HELLO_BACK]);
    assert_eq!(deeds(&mut adapter, &mut wire), [OPENED], "the accepted one alone");
}

//= test SRS_TLSIO_30_080
#[test]
fn the_handshake_begins_when_the_socket_is_up() {
    let (mut adapter, mut wire) = (Adapter::new(Limits::CLIENT), WireBuf::default());
    adapter.open(layers(), NOW, &mut wire).unwrap();
    assert_eq!(deeds(&mut adapter, &mut wire), [Action::Connect]);
    assert!(wire.is_empty(), "nothing is said to nobody");
    adapter.handle(Fact::Connected, &mut wire);
    assert_eq!(wire.pending(), [HELLO]);
    assert_eq!(deeds(&mut adapter, &mut wire), []);
}

//= test SRS_TLSIO_30_007, SRS_TLSIO_30_083
#[test]
fn an_open_that_succeeds_is_told_once() {
    let (mut adapter, mut wire) = opening();
    assert_eq!(deeds(&mut adapter, &mut wire), []);
    hear(&mut adapter, &mut wire, &[HELLO_BACK]);
    assert_eq!(adapter.poll_deadline(), None, "nothing is waited for any more");
    assert_eq!(deeds(&mut adapter, &mut wire), [OPENED]);
    assert!(adapter.is_open());
    assert_eq!(deeds(&mut adapter, &mut wire), []);
}

//= test SRS_TLSIO_30_077, SRS_TLSIO_50_027
#[test]
fn nothing_goes_up_before_the_open_was_told() {
    let (mut adapter, mut wire) = opening();
    let flight = [&[HELLO_BACK][..], &seal(b"early")].concat();
    assert_eq!(hear(&mut adapter, &mut wire, &flight), b"");
    assert_eq!(adapter.receive(&mut seal(b"early"), &mut wire), None);
    assert_eq!(adapter.send(SendId(0), b"early", &mut wire), Err(Rejected::State));
    assert!(wire.is_empty());
    assert_eq!(deeds(&mut adapter, &mut wire), [OPENED]);
    assert_eq!(hear(&mut adapter, &mut wire, &seal(b"early")), b"early");
}

//= test SRS_TLSIO_30_082, SRS_TLSIO_50_007
#[test]
fn an_open_that_fails_is_told_when_the_socket_is_gone_and_leaves_it_closed() {
    type Run = fn(&mut Adapter, &mut WireBuf);
    let cases: [(Run, Cause); 4] = [
        (|a, w| a.handle(Fact::Lost(SocketFault::Reset), w), Cause::Socket(SocketFault::Reset)),
        (|a, w| a.handle(Fact::Ended, w), Cause::EndOfStream),
        (|a, w| assert!(hear(a, w, b"AMQP").is_empty()), Cause::Tls(TlsFault::NotTls)),
        (|a, w| a.handle(Fact::Time(Limits::CLIENT.open), w), Cause::Deadline),
    ];
    for (run, cause) in cases {
        let (mut adapter, mut wire) = (Adapter::new(Limits::CLIENT), WireBuf::default());
        // A close of an earlier life was told, and is not told again.
        adapter.close(Duration::ZERO, &mut wire).unwrap();
        assert_eq!(deeds(&mut adapter, &mut wire), [Action::Closed]);
        adapter.open(layers(), Duration::ZERO, &mut wire).unwrap();
        assert_eq!(deeds(&mut adapter, &mut wire), [Action::Connect]);
        adapter.handle(Fact::Connected, &mut wire);
        wire.take(1);
        run(&mut adapter, &mut wire);
        assert_eq!(deeds(&mut adapter, &mut wire), [Action::Disconnect]);
        adapter.handle(Fact::Disconnected, &mut wire);
        let told = deeds(&mut adapter, &mut wire);
        assert_eq!(told, [failed(cause, Stage::TlsHandshake)], "and no close");
        assert!(adapter.is_closed());
    }
}

//= test SRS_TLSIO_30_038
#[test]
fn an_open_that_cannot_begin_is_told_as_failed() {
    let (mut adapter, mut wire) = (Adapter::new(Limits::CLIENT), WireBuf::default());
    adapter.open(layers(), NOW, &mut wire).unwrap();
    assert_eq!(deeds(&mut adapter, &mut wire), [Action::Connect]);
    adapter.handle(Fact::Refused(SocketFault::Refused), &mut wire);
    let refused = failed(Cause::Socket(SocketFault::Refused), Stage::Connecting);
    assert_eq!(deeds(&mut adapter, &mut wire), [refused]);
    assert!(adapter.is_closed());
}

//= test SRS_TLSIO_30_038
#[test]
fn an_engine_that_cannot_begin_fails_the_open() {
    let (mut channel, mut wire) = opening_over(Flawed::layers(Flaw::CannotBegin), Limits::CLIENT);
    let told = settle(&mut channel, &mut wire);
    let failed = failed(Cause::Tls(TlsFault::Engine), Stage::TlsHandshake);
    assert_eq!(told, [Action::Disconnect, failed]);
    assert!(channel.is_closed());
}

//= test SRS_TLSIO_50_004
#[test]
fn an_open_takes_no_longer_than_its_limit_wherever_it_stands() {
    let limits = Limits { open: Duration::from_secs(7), ..Limits::CLIENT };
    for is_up in [false, true] {
        let (mut adapter, mut wire) = (Adapter::new(limits), WireBuf::default());
        adapter.open(layers(), NOW, &mut wire).unwrap();
        assert_eq!(deeds(&mut adapter, &mut wire), [Action::Connect]);
        if is_up {
            adapter.handle(Fact::Connected, &mut wire);
        }
        let deadline = NOW + Duration::from_secs(7);
        assert_eq!(adapter.poll_deadline(), Some(deadline));
        adapter.handle(Fact::Time(deadline.saturating_sub(Duration::from_nanos(1))), &mut wire);
        assert_eq!(deeds(&mut adapter, &mut wire), []);
        adapter.handle(Fact::Time(deadline), &mut wire);
        let stage = if is_up { Stage::TlsHandshake } else { Stage::Connecting };
        let told = [Action::Disconnect, failed(Cause::Deadline, stage)];
        assert_eq!(settle(&mut adapter, &mut wire), told);
    }
}

//= test SRS_TLSIO_30_018
#[test]
fn an_adapter_over_another_layer_speaks_through_it() {
    let stack = Stack::new(layers(), layers());
    let (mut channel, mut wire) = opening_over(stack, Limits::CLIENT);
    assert!(wire.is_empty(), "the upper hello waits for the lower handshake");
    hear(&mut channel, &mut wire, &[HELLO_BACK]);
    assert_eq!(wire.pending(), seal(&[HELLO]));
    assert_eq!(hear(&mut channel, &mut wire, &seal(&[HELLO_BACK])), b"");
    assert_eq!(deeds(&mut channel, &mut wire), [OPENED]);
    assert_eq!(hear(&mut channel, &mut wire, &seal(&seal(b"twice"))), b"twice");
}

//= test SRS_TLSIO_30_019
#[test]
fn the_lower_layer_is_the_one_that_was_given() {
    let asserted = Security { peer: Some("socket".into()), ..Security::default() };
    let stack = Stack::new(layers(), Plain::asserting(asserted.clone()));
    assert_eq!(stack.lower(), &Plain::asserting(asserted.clone()));
    assert_eq!(stack.upper().phase(), Phase::Idle);
    let channel: Channel<Stack<_, Plain>> = opening_over(stack, Limits::CLIENT).0;
    let lower = channel.layers().unwrap().lower();
    assert_eq!((lower.phase(), lower.security()), (Phase::Open, asserted));
}
