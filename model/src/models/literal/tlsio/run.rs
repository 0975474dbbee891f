//! One step: what TLS and the user do, and what of it breaks a promise.

use super::properties::promise;
use super::{Choice, Event, Handler, State, TlsIo, World};
use crate::check::Arrow;
use crate::models::literal::oracle::Oracle;

/// The step ended because the adapter is gone.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Gone;

/// `IO_OPEN_RESULT`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Opened {
    Ok,
    Error,
    Cancelled,
}

/// `IO_SEND_RESULT`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Sent {
    Ok,
    Error,
    Cancelled,
}

/// One step, while it runs.
pub(super) struct Run<'a> {
    pub(super) world: World,
    pub(super) model: &'a TlsIo,
    oracle: &'a mut Oracle<Choice>,
    calls: u8,
    log: Option<Vec<Arrow>>,
}

impl<'a> Run<'a> {
    /// `event` happens in `world`; gives what was said, if it is wanted.
    pub(super) fn step(
        mut world: World,
        event: Event,
        model: &'a TlsIo,
        oracle: &'a mut Oracle<Choice>,
        is_told: bool,
    ) -> (World, Vec<Arrow>) {
        world.broken = 0;
        let log = is_told.then(Vec::new);
        let mut run = Self { world, model, oracle, calls: 0, log };
        run.call(event);
        run.judge_rest();
        (run.world, run.log.unwrap_or_default())
    }

    /// Records that a promise was kept or not.
    pub(super) fn check(&mut self, promise: u32, is_kept: bool) {
        if !is_kept {
            self.world.broken |= 1 << promise;
        }
    }

    fn say(&mut self, (from, to): (usize, usize), text: impl FnOnce() -> String) {
        if let Some(log) = &mut self.log {
            log.push(Arrow::new(from, to, text()));
        }
    }

    /// TLS decides.
    pub(super) fn pick(&mut self, usual: Choice, others: &[Choice]) -> Choice {
        let choice = self.oracle.pick(usual, others);
        self.say((2, 1), || choice.to_string());
        choice
    }
}

/// The user, who may call anything within a callback that has an effect.
impl Run<'_> {
    fn call(&mut self, call: Event) {
        self.say((0, 1), || call.to_string());
        match call {
            Event::Open => self.user_opens(),
            Event::Close => {
                self.world.closes_pending = (self.world.closes_pending + 1).min(2);
                self.world.handler = Handler::Given;
                self.world.view = State::Closing;
                // Behind the end of the adapter nothing more happens in this call.
                let (Ok(()) | Err(Gone)) = self.close();
            }
            Event::Send => {
                if let Some(message) = self.world.free() {
                    self.world.sends_pending.push(message);
                    self.send(message);
                }
            }
            Event::Work => {
                let (Ok(()) | Err(Gone)) = self.work();
            }
            Event::Destroy => {
                let (Ok(()) | Err(Gone)) = self.destroy();
            }
        }
    }

    fn user_opens(&mut self) {
        let before = self.world.clone();
        if self.open() {
            self.world.is_open_pending = true;
            self.world.view = State::Opening;
        } else {
            self.say((1, 0), || "failed".into());
            self.check(promise::REFUSED, self.world == before);
            self.check(promise::OPEN_ACCEPTED, before.view != State::Closed);
        }
    }

    /// Calls the user, who calls back or not.
    fn tell(&mut self, text: impl FnOnce() -> String) {
        self.say((1, 0), text);
        if !self.model.is_reentrant || self.calls == CALLS {
            return;
        }
        let others: Vec<_> = self.world.calls().into_iter().map(Choice::User).collect();
        if let Choice::User(call) = self.oracle.pick(Choice::UserReturns, &others) {
            self.calls += 1;
            self.call(call);
        }
    }

    pub(super) fn tell_opened(&mut self, result: Opened) {
        let is_first = self.world.is_open_pending;
        self.check(promise::OPEN_ONCE, is_first);
        self.check(promise::OPEN_LATE, is_first || result != Opened::Ok);
        self.world.is_open_pending = false;
        self.world.view = match result {
            Opened::Ok => State::Open,
            Opened::Error => State::Closed,
            Opened::Cancelled => State::Closing,
        };
        self.tell(|| format!("on_io_open_complete({result:?})"));
    }

    pub(super) fn tell_sent(&mut self, message: u8, result: Sent) {
        let place = self.world.sends_pending.iter().position(|it| *it == message);
        self.check(promise::SENT_ONCE, place.is_some());
        if let Some(place) = place {
            self.check(promise::IN_ORDER, place == 0);
            self.world.sends_pending.remove(place);
        }
        self.tell(|| format!("on_send_complete(message {message}, {result:?})"));
    }

    pub(super) fn tell_error(&mut self) {
        self.check(promise::LATE_ERROR, self.world.view == State::Open);
        self.world.view = State::Error;
        self.tell(|| "on_io_error".into());
    }

    pub(super) fn tell_bytes(&mut self) {
        self.check(promise::LATE_OCTETS, self.world.view == State::Open);
        self.tell(|| "on_bytes_received".into());
    }

    pub(super) fn tell_closed(&mut self) {
        let handler = self.world.handler;
        self.check(promise::HANDLER_NULL, handler != Handler::Never);
        self.check(promise::HANDLER_OLD, handler != Handler::Used);
        self.world.view = State::Closed;
        match handler {
            Handler::Never => return self.say((1, 0), || "(null)".into()),
            Handler::Given => self.world.closes_pending -= 1,
            Handler::Used => {}
        }
        self.world.handler = Handler::Used;
        self.tell(|| "on_io_close_complete".into());
    }

    pub(super) fn judge_destroy(&mut self) {
        self.check(promise::DESTROYED_OPEN, !self.world.is_open_pending);
    }

    /// What must hold between two steps.
    fn judge_rest(&mut self) {
        let World { state, view, closes_pending, is_destroyed, .. } = self.world;
        let is_sent = self.world.sends_pending.is_empty();
        if is_destroyed {
            self.check(promise::SENT, is_sent);
            self.world = World { is_destroyed: true, broken: self.world.broken, ..World::new() };
            return;
        }
        let is_closed = state == State::Closed;
        self.check(promise::SENT, !is_closed || is_sent);
        self.check(promise::CLOSED, !is_closed || closes_pending == 0);
        self.check(promise::ERROR_CANCELS, state != State::Error || is_sent);
        self.check(promise::AGREED, state == view);
    }
}

/// How often the user calls from within callbacks of one step, one in another or one after another. Without a
/// bound, who sends whenever a message is cancelled keeps the adapter in its loop for ever.
const CALLS: u8 = 2;
