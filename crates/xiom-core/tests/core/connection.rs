//! The loop over channel and input: what does not fit is a failure, not a wait.

use core::time::Duration;

use xiom_core::{
    Action, Cause, Connection, Fact, InputBuf, Layer, Limits, News, OpenResult, Phase, Received,
    Security, Stage, WireBuf,
};

/// A layer that opens at once if told so, and awaits the end of one message for ever.
#[derive(Debug)]
struct Hoarder {
    phase: Phase,
    opens: bool,
}

impl Layer for Hoarder {
    fn open(&mut self, _below: &Security, _out: &mut WireBuf) {
        self.phase = if self.opens { Phase::Open } else { Phase::Opening(Stage::TlsHandshake) };
    }

    fn receive(&mut self, _input: &mut [u8], _out: &mut WireBuf) -> Option<Received> {
        None
    }

    fn send(&mut self, _octets: &[u8], _out: &mut WireBuf) {}

    fn close(&mut self, out: &mut WireBuf) {
        out.extend(b".");
    }

    fn end(&mut self) {
        self.phase = Phase::Ended;
    }

    fn phase(&self) -> Phase {
        self.phase
    }

    fn security(&self) -> Security {
        Security::default()
    }
}

/// All deeds of a connection over a hoarder whose peer never stops, and the octets it was read.
fn deeds(opens: bool) -> (Vec<Action>, usize) {
    let mut connection = Connection::new(Limits::default());
    let hoarder = Hoarder { phase: Phase::Idle, opens };
    connection.open(hoarder, Duration::ZERO).unwrap();
    let mut deeds = Vec::new();
    let mut octets = 0;
    for _ in 0..1_000 {
        match connection.poll() {
            Some(News::Action(Action::Connect)) => connection.handle(Fact::Connected),
            Some(News::Action(Action::Disconnect)) => connection.handle(Fact::Disconnected),
            Some(News::Action(action)) => {
                deeds.push(action);
                if matches!(action, Action::Failed(_) | Action::Opened(OpenResult::Failed(_))) {
                    return (deeds, octets);
                }
            }
            Some(News::Data(_)) => {}
            None => {
                let pending = connection.pending().len();
                connection.take(pending);
                let count = connection.room().len();
                assert_ne!(count, 0, "waits for octets that have no room");
                connection.fill(count);
                octets += count;
            }
        }
    }
    (deeds, octets)
}

//= test SRS_TLSIO_50_032
#[test]
fn a_message_that_never_fits_fails_an_open_channel() {
    let (deeds, octets) = deeds(true);
    let failure = Cause::InputFull.at(Stage::Open);
    assert_eq!(deeds, [Action::Opened(OpenResult::Ok), Action::Failed(failure)]);
    assert_eq!(octets, InputBuf::CAPACITY);
    assert!(!failure.cause.is_retryable());
}

//= test SRS_TLSIO_50_032
#[test]
fn a_message_that_never_fits_fails_the_open() {
    let (deeds, octets) = deeds(false);
    let failure = Cause::InputFull.at(Stage::TlsHandshake);
    assert_eq!(deeds, [Action::Opened(OpenResult::Failed(failure))]);
    assert_eq!(octets, InputBuf::CAPACITY);
}
