//! The adapter of the document, sentence by sentence.
//!
//! Where a sentence goes on after the user was called, [`Run::live`] stands between the two.

use super::properties::promise;
use super::run::{Gone, Opened, Run, Sent};
use super::{Choice, Order, State};

impl Run<'_> {
    /// The next sentence needs the adapter.
    fn live(&mut self) -> Result<(), Gone> {
        self.check(promise::TOUCHED, !self.world.is_destroyed);
        if self.world.is_destroyed { Err(Gone) } else { Ok(()) }
    }

    /// "Enter X": `calls`, and the state changes before them or after them.
    fn enter(
        &mut self,
        state: State,
        calls: impl FnOnce(&mut Self) -> Result<(), Gone>,
    ) -> Result<(), Gone> {
        if self.model.order == Order::StateFirst {
            self.change(state);
            return calls(self);
        }
        calls(self)?;
        self.live()?;
        self.change(state);
        Ok(())
    }

    fn change(&mut self, state: State) {
        let is_through = state != State::Closed || self.world.state == State::Closing;
        self.check(promise::THROUGH_CLOSING, is_through);
        self.world.state = state;
    }

    fn enter_closing(&mut self) -> Result<(), Gone> {
        self.enter(State::Closing, |run| {
            while let Some(&message) = run.world.queue.first() {
                run.tell_sent(message, Sent::Cancelled);
                run.live()?;
                run.delete(message);
            }
            Ok(())
        })
    }

    fn enter_closed(&mut self) -> Result<(), Gone> {
        self.world.is_connected = false;
        self.enter(State::Closed, |run| {
            run.tell_closed();
            Ok(())
        })
    }

    fn enter_error(&mut self) -> Result<(), Gone> {
        self.enter(State::Error, |run| {
            run.tell_error();
            Ok(())
        })
    }

    /// Removes a message that was told of; if a call from within has done so, it is gone twice.
    fn delete(&mut self, message: u8) {
        let place = self.world.queue.iter().position(|other| *other == message);
        self.check(promise::DELETED_ONCE, place.is_some());
        if let Some(place) = place {
            self.world.queue.remove(place);
        }
    }

    /// `tlsio_open_async`; whether it was accepted.
    pub(super) fn open(&mut self) -> bool {
        if self.world.state != State::Closed {
            return false;
        }
        self.world.state = State::Opening;
        true
    }

    /// `tlsio_close_async`. "If not in open" can only mean the state at the call: it was left by the sentence
    /// before.
    pub(super) fn close(&mut self) -> Result<(), Gone> {
        let state = self.world.state;
        if state == State::Opening {
            self.tell_opened(Opened::Cancelled);
            self.live()?;
        }
        self.enter_closing()?;
        if state == State::Open {
            self.live()?;
            if self.pick(Choice::ClosesLater, &[Choice::ClosesNow]) == Choice::ClosesLater {
                return Ok(());
            }
        }
        self.live()?;
        self.enter_closed()
    }

    /// `tlsio_send_async`.
    pub(super) fn send(&mut self, message: u8) {
        self.world.queue.push(message);
    }

    /// `tlsio_destroy`.
    pub(super) fn destroy(&mut self) -> Result<(), Gone> {
        if self.world.state != State::Closed {
            self.enter_closing()?;
            self.live()?;
            self.enter_closed()?;
            self.live()?;
        }
        self.world.is_destroyed = true;
        self.judge_destroy();
        Ok(())
    }

    /// `tlsio_dowork`.
    pub(super) fn work(&mut self) -> Result<(), Gone> {
        match self.world.state {
            State::Closed | State::Error => Ok(()),
            State::Opening => self.shake(),
            State::Open => self.transmit(),
            State::Closing => {
                if self.pick(Choice::Waits, &[Choice::HasClosed]) == Choice::Waits {
                    return Ok(());
                }
                self.enter_closed()
            }
        }
    }

    fn shake(&mut self) -> Result<(), Gone> {
        let choice = self.pick(Choice::Waits, &[Choice::Shaken, Choice::NotShaken]);
        if choice == Choice::Shaken {
            self.world.is_connected = true;
            return self.enter(State::Open, |run| {
                run.tell_opened(Opened::Ok);
                Ok(())
            });
        }
        if choice == Choice::NotShaken {
            self.tell_opened(Opened::Error);
            self.live()?;
            return self.enter_closed();
        }
        Ok(())
    }

    fn transmit(&mut self) -> Result<(), Gone> {
        if self.world.queue.is_empty() {
            // "If there are no enqueued messages available, dowork shall do nothing."
            let is_read = self.pick(Choice::Waits, &[Choice::HasData]) == Choice::Waits;
            self.check(promise::READS, is_read);
            return Ok(());
        }
        while let Some(&message) = self.world.queue.first() {
            let choice = self.pick(Choice::Takes, &[Choice::TakesPart, Choice::SendFails]);
            if choice == Choice::TakesPart {
                break;
            }
            if choice == Choice::SendFails {
                self.tell_sent(message, Sent::Error);
                self.live()?;
                self.delete(message);
                return self.enter_error();
            }
            self.world.queue.remove(0);
            self.tell_sent(message, Sent::Ok);
            self.live()?;
        }
        self.receive()
    }

    /// Reads as long as the connection is there and gives something; two reads stand for any number.
    fn receive(&mut self) -> Result<(), Gone> {
        for _ in 0..2 {
            if !self.world.is_connected {
                return Ok(());
            }
            let choice = self.pick(Choice::Waits, &[Choice::HasData, Choice::ReadFails]);
            if choice == Choice::ReadFails {
                // No sentence says what becomes of it, and "if none is called out, none is allowed".
                self.check(promise::FAILURE_TOLD, self.world.state != State::Open);
            }
            if choice != Choice::HasData {
                return Ok(());
            }
            self.tell_bytes();
            self.live()?;
        }
        Ok(())
    }
}
