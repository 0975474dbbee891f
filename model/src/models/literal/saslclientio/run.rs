//! One step: what the io below and the user do, and what of it breaks a promise.

use super::client::Gone;
use super::world::{Below, Codec, Io, Mechanism, Opened, View, World, promise};
use super::{Bounds, Choice, Event, HEADER};
use crate::check::Arrow;
use crate::models::literal::oracle::Oracle;

/// One step, while it runs.
pub(super) struct Run<'a> {
    /// Where the step has come to.
    pub world: World,
    /// How many sessions the step has begun.
    pub session: u8,
    bounds: Bounds,
    oracle: &'a mut Oracle<Choice>,
    depth: u8,
    has_echoed: bool,
    log: Option<Vec<Arrow>>,
}

impl<'a> Run<'a> {
    /// `event` happens in `world`; gives what was said, if it is wanted.
    pub(super) fn step(
        mut world: World,
        event: Event,
        bounds: Bounds,
        oracle: &'a mut Oracle<Choice>,
        is_told: bool,
    ) -> (World, Vec<Arrow>) {
        world.broken = 0;
        let log = is_told.then(Vec::new);
        let mut run = Self { world, session: 0, bounds, oracle, depth: 0, has_echoed: false, log };
        // Behind the end of the instance nothing more happens in this step.
        let (Ok(()) | Err(Gone)) = run.happen(event);
        (run.world.settled(), run.log.unwrap_or_default())
    }

    fn happen(&mut self, event: Event) -> Result<(), Gone> {
        match event {
            Event::Open => self.user_opens(),
            Event::Close => self.user_closes(),
            Event::Destroy => self.user_destroys(),
            Event::Up => {
                self.world.below = Below::Open;
                self.say((2, 1), || "on_underlying_io_open_complete(ok)".into());
                return self.on_open_complete(true);
            }
            Event::NotUp => {
                self.world.below = Below::Closed;
                self.say((2, 1), || "on_underlying_io_open_complete(error)".into());
                return self.on_open_complete(false);
            }
            Event::Fails => {
                self.world.below = Below::Error;
                self.say((2, 1), || "on_underlying_io_error".into());
                return self.on_error();
            }
            Event::Gone => {
                self.world.below = Below::Closed;
                self.say((2, 1), || "on_underlying_io_close_complete".into());
                return self.on_close_complete();
            }
            Event::Reads(read) => {
                self.say((2, 1), || format!("bytes received: {read}"));
                return self.on_bytes(read);
            }
        }
        Ok(())
    }

    /// Records that a promise was kept or not.
    pub(super) fn check(&mut self, promise: u32, is_kept: bool) {
        if !is_kept {
            self.world.broken |= 1 << promise;
        }
    }

    /// Tells who says what to whom.
    pub(super) fn say(&mut self, (from, to): (usize, usize), text: impl FnOnce() -> String) {
        if let Some(log) = &mut self.log {
            log.push(Arrow::new(from, to, text()));
        }
    }

    /// The fields of the new session, and what is known of it.
    pub(super) fn begin_session(&mut self) {
        self.session += 1;
        let world = &mut self.world;
        world.is_close_old |= world.below == Below::Closing;
        world.is_codec_old = world.codec != Codec::Ready;
        world.mechanism = Mechanism::Idle;
        world.is_header_sent = false;
        world.is_init_sent = false;
        world.is_ok = false;
        world.is_refused = false;
        world.is_closed_once = false;
    }
}

/// The io below, which keeps its contract: what does not fit its state fails.
impl Run<'_> {
    /// `xio_open`.
    pub(super) fn xio_open(&mut self) -> bool {
        let faults: &[Choice] = if self.bounds.faults { &[Choice::OpenFails] } else { &[] };
        let is_ok = self.world.below == Below::Closed
            && self.oracle.pick(Choice::Opens, faults) == Choice::Opens;
        self.say((1, 2), || format!("xio_open -> {}", returned(is_ok)));
        if is_ok {
            self.world.below = Below::Opening;
        }
        is_ok
    }

    /// `xio_close`.
    pub(super) fn xio_close(&mut self) -> Result<bool, Gone> {
        self.check(promise::ONE_CLOSE, !self.world.is_closed_once);
        self.world.is_closed_once = true;
        if matches!(self.world.below, Below::Closed | Below::Closing) {
            self.say((1, 2), || "xio_close -> fails".into());
            return Ok(false);
        }
        let others: &[Choice] = if self.bounds.faults {
            &[Choice::ClosesNow, Choice::CloseFails]
        } else {
            &[Choice::ClosesNow]
        };
        let choice = self.oracle.pick(Choice::ClosesLater, others);
        if choice == Choice::CloseFails {
            self.say((1, 2), || "xio_close -> fails".into());
            return Ok(false);
        }
        self.say((1, 2), || "xio_close".into());
        self.world.is_close_old = false;
        self.world.below = Below::Closing;
        if choice == Choice::ClosesNow {
            self.world.below = Below::Closed;
            self.say((2, 1), || "on_underlying_io_close_complete".into());
            self.on_close_complete()?;
        }
        Ok(true)
    }

    /// `xio_send`; an io that loops back may deliver within the call what the server answers.
    pub(super) fn xio_send(&mut self, what: &str, is_header: bool) -> Result<bool, Gone> {
        let mut others = Vec::new();
        if self.bounds.faults {
            others.push(Choice::SendFails);
        }
        if self.bounds.echoes && is_header && !self.has_echoed {
            others.push(Choice::SendEchoes);
        }
        let choice = if self.world.below == Below::Open {
            self.oracle.pick(Choice::Sends, &others)
        } else {
            Choice::SendFails
        };
        let is_ok = choice != Choice::SendFails;
        self.say((1, 2), || format!("xio_send({what}) -> {}", returned(is_ok)));
        if choice == Choice::SendEchoes {
            self.has_echoed = true;
            self.say((2, 1), || format!("bytes received: {HEADER}"));
            self.on_bytes(HEADER)?;
        }
        Ok(is_ok)
    }
}

/// The user, who may do anything within a callback that the client would not refuse.
impl Run<'_> {
    fn user_opens(&mut self) {
        self.say((0, 1), || "saslclientio_open".into());
        self.world.is_open_pending = true;
        self.world.view = View::Opening;
        if !self.open() {
            self.world.is_open_pending = false;
            self.world.view = View::Closed;
            self.say((1, 0), || "failed".into());
            self.check(promise::OPEN_FAILS, self.world.io == Io::NotOpen);
        }
    }

    fn user_closes(&mut self) {
        let (io, view) = (self.world.io, self.world.view);
        self.say((0, 1), || "saslclientio_close".into());
        self.world.view = View::Closing;
        if self.close() == Ok(false) {
            self.world.view = view;
            self.say((1, 0), || "failed".into());
            self.check(promise::CLOSE_FAILS, self.world.io == io);
        }
    }

    fn user_destroys(&mut self) {
        self.say((0, 1), || "saslclientio_destroy".into());
        self.world.is_destroyed = true;
    }

    /// Calls the user, who calls back or not.
    fn call(&mut self, text: &str) {
        self.say((1, 0), || text.into());
        if !self.bounds.is_reentrant || self.depth == NESTING {
            return;
        }
        let mut others = Vec::new();
        if self.may_open() {
            others.push(Choice::UserOpens);
        }
        if self.may_close() {
            others.push(Choice::UserCloses);
        }
        if self.bounds.destroys && !self.world.is_destroyed {
            others.push(Choice::UserDestroys);
        }
        self.depth += 1;
        match self.oracle.pick(Choice::UserReturns, &others) {
            Choice::UserOpens => self.user_opens(),
            Choice::UserCloses => self.user_closes(),
            Choice::UserDestroys => self.user_destroys(),
            Choice::UserReturns
            | Choice::Opens
            | Choice::OpenFails
            | Choice::ClosesLater
            | Choice::ClosesNow
            | Choice::CloseFails
            | Choice::Sends
            | Choice::SendFails
            | Choice::SendEchoes => {}
        }
        self.depth -= 1;
    }

    /// `indicate_open_complete`.
    pub(super) fn tell_opened(&mut self, result: Opened) {
        self.check(promise::OPEN_ONCE, self.world.is_open_pending);
        self.world.is_open_pending = false;
        if result == Opened::Error {
            let is_left = !matches!(self.world.below, Below::Closed | Below::Closing);
            self.check(promise::BELOW_LEFT, !is_left);
            self.world.view = View::Closed;
            return self.call("on_io_open_complete(error)");
        }
        let world = self.world;
        self.check(promise::MECHANISM_REFUSED, world.mechanism != Mechanism::Refused);
        self.check(promise::MECHANISM_WAITS, world.mechanism == Mechanism::Done);
        self.check(promise::INIT_SENT, world.is_init_sent);
        self.check(promise::HEALTHY_INIT, world.is_init_sent || world.below != Below::Open);
        self.check(promise::OUTCOME_OK, world.is_ok);
        self.world.view = View::Open;
        self.call("on_io_open_complete(ok)");
    }

    /// `indicate_close_complete`.
    pub(super) fn tell_closed(&mut self) {
        self.check(promise::OPEN_LOST, !self.world.is_open_pending);
        self.world.is_open_pending = false;
        self.world.view = View::Closed;
        self.call("on_io_close_complete");
    }

    /// `indicate_error`.
    pub(super) fn tell_error(&mut self) {
        self.world.view = View::Error;
        self.call("on_io_error");
    }

    /// `on_bytes_received`, of a read that began in `session`.
    pub(super) fn tell_bytes(&mut self, session: u8) {
        self.check(promise::OLD_OCTETS, self.session == session);
        self.check(promise::REFUSED_OCTETS, !self.world.is_refused);
        self.check(promise::LATE_OCTETS, self.world.is_refused || self.world.view == View::Open);
        self.call("on_bytes_received");
    }

    /// What `on_underlying_io_close_complete` comes to.
    pub(super) fn judge_close_complete(&mut self) {
        let acts = !matches!(self.world.io, Io::NotOpen | Io::Open | Io::Error);
        self.check(promise::OLD_CLOSE, !(acts && self.world.is_close_old));
        self.check(promise::CLOSE_IGNORED, !matches!(self.world.io, Io::Open | Io::Error));
        self.world.is_close_old = false;
    }
}

const fn returned(is_ok: bool) -> &'static str {
    if is_ok { "ok" } else { "fails" }
}

/// How deep the user calls from within callbacks.
const NESTING: u8 = 2;
