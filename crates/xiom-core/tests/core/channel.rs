//! The life of a channel as its user sees it: what completes, when, and what is refused.

use core::time::Duration;

use crate::greeter::{Greeter, actions, failed, hear, open, opening};
use xiom_core::{
    Action, Cause, Channel, Fact, Limits, OpenResult, Phase, Plain, Rejected, SendId, SendResult,
    SocketFault, Stage, WireBuf,
};

const NOW: Duration = Duration::from_secs(100);
/// Little room, so that the second message waits in plain.
const TIGHT: Limits = Limits { wire: 4, queued: 8, messages: 3, message: 6, ..Limits::CLIENT };

/// Facts that end an open.
type Run = fn(&mut Channel<Greeter>, &mut WireBuf);

fn failure() -> xiom_core::Failure {
    let Phase::Failed(failure) = failed() else { unreachable!() };
    failure
}

#[test]
fn an_open_fails_where_it_stands() {
    let cases: [(Run, Cause, Stage); 5] = [
        (
            |c, w| c.handle(Fact::Refused(SocketFault::Refused), w),
            Cause::Socket(SocketFault::Refused),
            Stage::Connecting,
        ),
        (|c, w| c.handle(Fact::Time(Limits::CLIENT.open), w), Cause::Deadline, Stage::Connecting),
        (
            |c, w| {
                c.handle(Fact::Connected, w);
                c.handle(Fact::Time(Limits::CLIENT.open), w);
            },
            Cause::Deadline,
            Stage::TlsHandshake,
        ),
        (
            |c, w| {
                c.handle(Fact::Connected, w);
                w.take(1);
                c.handle(Fact::Ended, w);
            },
            Cause::EndOfStream,
            Stage::TlsHandshake,
        ),
        (
            |c, w| {
                c.handle(Fact::Connected, w);
                c.handle(Fact::Lost(SocketFault::Reset), w);
            },
            Cause::Socket(SocketFault::Reset),
            Stage::TlsHandshake,
        ),
    ];
    for (run, cause, stage) in cases {
        let (mut channel, mut wire) = (Channel::new(Limits::CLIENT), WireBuf::default());
        channel.open(Greeter::default(), Duration::ZERO, &mut wire).unwrap();
        assert_eq!(actions(&mut channel, &mut wire), [Action::Connect]);
        run(&mut channel, &mut wire);
        let mut told = actions(&mut channel, &mut wire);
        if told == [Action::Disconnect] {
            channel.handle(Fact::Disconnected, &mut wire);
            told = actions(&mut channel, &mut wire);
        }
        assert_eq!(told, [Action::Opened(OpenResult::Failed(cause.at(stage)))]);
        assert!(channel.is_closed());
        assert_eq!(channel.open(Greeter::default(), NOW, &mut wire), Ok(()), "opens again");
    }
}

//= test SRS_TLSIO_50_005
#[test]
fn last_words_of_a_refusing_layer_are_written_before_the_socket_goes() {
    let (mut channel, mut wire) = opening(Greeter::default(), Limits::CLIENT);
    wire.take(1);
    hear(&mut channel, &mut wire, b"garbage");
    assert_eq!(wire.pending(), b"x");
    assert_eq!(actions(&mut channel, &mut wire), []);
    wire.take(1);
    assert_eq!(actions(&mut channel, &mut wire), [Action::Shutdown]);
    assert_eq!(channel.poll_deadline(), Some(Limits::CLIENT.close), "no peer is awaited for ever");
    channel.handle(Fact::Ended, &mut wire);
    assert_eq!(actions(&mut channel, &mut wire), [Action::Disconnect]);
    channel.handle(Fact::Disconnected, &mut wire);
    let refused = Action::Opened(OpenResult::Failed(failure()));
    assert_eq!(actions(&mut channel, &mut wire), [refused]);
}

#[test]
fn a_close_cancels_an_open_that_succeeded_and_was_not_told() {
    let (mut channel, mut wire) = opening(Greeter::default(), Limits::CLIENT);
    hear(&mut channel, &mut wire, b"H");
    channel.close(NOW, &mut wire).unwrap();
    let told = actions(&mut channel, &mut wire);
    assert_eq!(told, [Action::Disconnect, Action::Opened(OpenResult::Cancelled)]);
    channel.handle(Fact::Disconnected, &mut wire);
    assert_eq!(actions(&mut channel, &mut wire), [Action::Closed]);
}

#[test]
fn messages_complete_in_order_when_their_octets_are_taken() {
    let (mut channel, mut wire) = open(TIGHT);
    for id in 1..=2 {
        channel.send(SendId(id), b"four", &mut wire).unwrap();
    }
    assert_eq!(wire.pending(), b"four", "the second waits in plain");
    assert_eq!(
        channel.send(SendId(3), b"seven..", &mut wire),
        Err(Rejected::TooLarge { size: 7, limit: 6 })
    );
    assert_eq!(channel.send(SendId(3), b"five.", &mut wire), Err(Rejected::Full), "octets");
    channel.send(SendId(3), b"", &mut wire).unwrap();
    assert_eq!(channel.send(SendId(4), b"", &mut wire), Err(Rejected::Full), "messages");
    wire.take(3);
    assert_eq!(actions(&mut channel, &mut wire), []);
    wire.take(5);
    wire.take(usize::MAX);
    let told = actions(&mut channel, &mut wire);
    assert_eq!(told, [1, 2, 3].map(|id| Action::Sent(SendId(id), SendResult::Ok)));
}

#[test]
fn close_in_order_writes_says_goodbye_shuts_down_and_drains() {
    let (mut channel, mut wire) = open(TIGHT);
    for id in 1..=2 {
        channel.send(SendId(id), b"four", &mut wire).unwrap();
    }
    channel.close(NOW, &mut wire).unwrap();
    assert_eq!(channel.close(NOW, &mut wire), Err(Rejected::State));
    assert_eq!(channel.send(SendId(3), b"late", &mut wire), Err(Rejected::State));
    assert_eq!(wire.pending(), b"four.");
    assert_eq!(actions(&mut channel, &mut wire), []);
    wire.take(5);
    let told = actions(&mut channel, &mut wire);
    let sent = |id, result| Action::Sent(SendId(id), result);
    assert_eq!(told, [sent(1, SendResult::Ok), sent(2, SendResult::Cancelled), Action::Shutdown]);
    assert_eq!(hear(&mut channel, &mut wire, b"late octets"), b"", "discarded");
    channel.handle(Fact::Ended, &mut wire);
    assert_eq!(actions(&mut channel, &mut wire), [Action::Disconnect]);
    channel.handle(Fact::Disconnected, &mut wire);
    assert_eq!(actions(&mut channel, &mut wire), [Action::Closed]);
}

#[test]
fn a_close_that_lasts_too_long_tells_what_may_have_arrived() {
    let (mut channel, mut wire) = open(Limits { wire: 64, ..Limits::CLIENT });
    for id in 1..=2 {
        channel.send(SendId(id), b"four", &mut wire).unwrap();
    }
    channel.close(NOW, &mut wire).unwrap();
    wire.take(1);
    assert_eq!(actions(&mut channel, &mut wire), []);
    let deadline = channel.poll_deadline().unwrap();
    channel.handle(Fact::Time(deadline), &mut wire);
    let told = actions(&mut channel, &mut wire);
    let sent = |id, result| Action::Sent(SendId(id), result);
    let abandoned = [sent(1, SendResult::Failed), sent(2, SendResult::Cancelled)];
    assert_eq!(told, [&[Action::Disconnect], &abandoned[..]].concat());
    channel.handle(Fact::Disconnected, &mut wire);
    assert_eq!(actions(&mut channel, &mut wire), [Action::Closed]);
}

#[test]
fn half_close_goes_on_receiving() {
    let (mut channel, mut wire) = open(TIGHT);
    for id in 1..=2 {
        channel.send(SendId(id), b"four", &mut wire).unwrap();
    }
    channel.finish().unwrap();
    assert_eq!(channel.finish(), Err(Rejected::State));
    assert_eq!(channel.send(SendId(3), b"late", &mut wire), Err(Rejected::State));
    wire.take(4);
    assert_eq!(actions(&mut channel, &mut wire), [Action::Sent(SendId(1), SendResult::Ok)]);
    assert_eq!(wire.pending(), b"four.", "what was accepted goes first");
    wire.take(5);
    let sent = Action::Sent(SendId(2), SendResult::Ok);
    assert_eq!(actions(&mut channel, &mut wire), [sent, Action::Shutdown]);
    assert_eq!(hear(&mut channel, &mut wire, b"more"), b"more");
    assert_eq!(hear(&mut channel, &mut wire, b"."), b"");
    assert_eq!(actions(&mut channel, &mut wire), [Action::Ended]);
    channel.close(NOW, &mut wire).unwrap();
    assert_eq!(wire.pending(), b"", "the goodbye was said");
    assert_eq!(actions(&mut channel, &mut wire), []);
    channel.handle(Fact::Ended, &mut wire);
    assert_eq!(actions(&mut channel, &mut wire), [Action::Disconnect]);
}

#[test]
fn a_failure_while_open_fails_the_first_message_and_cancels_the_others() {
    let (mut channel, mut wire) = open(TIGHT);
    for id in 1..=2 {
        channel.send(SendId(id), b"four", &mut wire).unwrap();
    }
    assert_eq!(hear(&mut channel, &mut wire, b"up!more"), b"up!more", "one event per call");
    assert_eq!(hear(&mut channel, &mut wire, b"!more"), b"");
    let sent = |id, result| Action::Sent(SendId(id), result);
    let told =
        [sent(1, SendResult::Failed), sent(2, SendResult::Cancelled), Action::Failed(failure())];
    assert_eq!(actions(&mut channel, &mut wire), told);
    channel.close(NOW, &mut wire).unwrap();
    assert_eq!(actions(&mut channel, &mut wire), [Action::Disconnect]);
    channel.handle(Fact::Disconnected, &mut wire);
    assert_eq!(actions(&mut channel, &mut wire), [Action::Closed]);
}

#[test]
fn a_message_that_cannot_be_sealed_is_never_told_as_sent() {
    let (mut channel, mut wire) = open(Limits::CLIENT);
    channel.send(SendId(1), b"fail", &mut wire).unwrap();
    assert!(wire.is_empty(), "all that there is was written");
    let told = [Action::Sent(SendId(1), SendResult::Failed), Action::Failed(failure())];
    assert_eq!(actions(&mut channel, &mut wire)[..], told);
}

#[test]
fn a_question_stops_parsing_and_only_its_own_answer_counts() {
    let (mut channel, mut wire) = opening(Greeter::default(), Limits::CLIENT);
    let mut input = b"?HH".to_vec();
    assert_eq!(channel.receive(&mut input, &mut wire).unwrap().consumed, 1);
    let [Action::Ask(first)] = actions(&mut channel, &mut wire)[..] else { panic!("no question") };
    assert!(channel.receive(&mut input[1..], &mut wire).is_none(), "octets wait for the answer");
    assert!(!channel.is_reading());
    // The user gives up and opens anew; the old answer comes late.
    channel.close(NOW, &mut wire).unwrap();
    actions(&mut channel, &mut wire);
    channel.handle(Fact::Disconnected, &mut wire);
    assert_eq!(actions(&mut channel, &mut wire), [Action::Closed]);
    channel.open(Greeter::default(), NOW, &mut wire).unwrap();
    actions(&mut channel, &mut wire);
    channel.handle(Fact::Connected, &mut wire);
    hear(&mut channel, &mut wire, b"?");
    let [Action::Ask(second)] = actions(&mut channel, &mut wire)[..] else { panic!("no question") };
    let late = channel.answer(first, &mut wire, |layer, out| layer.answer(true, out));
    assert_eq!(late, Err(Rejected::State));
    channel.answer(second, &mut wire, |layer, out| layer.answer(true, out)).unwrap();
    assert_eq!(wire.pending(), b"hy");
    assert_eq!(actions(&mut channel, &mut wire), [Action::Opened(OpenResult::Ok)]);
    assert!(channel.is_reading());
}

#[test]
fn slow_work_is_done_in_slices_between_which_a_close_is_heard() {
    let (mut channel, mut wire) = opening(Greeter::default(), Limits::CLIENT);
    hear(&mut channel, &mut wire, b"w");
    assert!(!channel.is_reading());
    let told = [Action::Work, Action::Work, Action::Opened(OpenResult::Ok)];
    assert_eq!(actions(&mut channel, &mut wire), told);

    let (mut channel, mut wire) = opening(Greeter::default(), Limits::CLIENT);
    hear(&mut channel, &mut wire, b"w");
    assert_eq!(channel.poll_action(&mut wire), Some(Action::Work));
    channel.close(NOW, &mut wire).unwrap();
    let told = [Action::Disconnect, Action::Opened(OpenResult::Cancelled)];
    assert_eq!(actions(&mut channel, &mut wire), told);
}

#[test]
fn nothing_of_the_user_shows_in_debug() {
    let (mut channel, mut wire) = open(TIGHT);
    for id in 1..=2 {
        channel.send(SendId(id), b"SEEN", &mut wire).unwrap();
    }
    let seen = format!("{channel:?} {wire:?}");
    assert!(!seen.contains("SEEN") && !seen.contains("83, 69, 69, 78"), "{seen}");
}

#[test]
fn without_tls_the_end_of_the_socket_is_an_end_in_order() {
    let (mut channel, mut wire) = opening(Plain::default(), Limits::CLIENT);
    assert_eq!(actions(&mut channel, &mut wire), [Action::Opened(OpenResult::Ok)]);
    channel.handle(Fact::Ended, &mut wire);
    assert_eq!(actions(&mut channel, &mut wire), [Action::Ended]);
    assert!(!channel.is_reading());
}
