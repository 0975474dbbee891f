//! The surroundings of one machine, and what a sceptic among them writes down.

use xiom_core::{Action as Deed, OpenResult, SendId, SendResult};

use super::bench::{Face, MESSAGE, Response};
use super::progress::Progress;
use super::promises::Promise;
use super::setup::{Layers, Setup};

/// What the user was told, where the socket stands, what is pending.
#[expect(clippy::struct_excessive_bools, reason = "each note is a question of its own")]
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Env {
    /// What the user was told.
    pub view: View,
    /// Where the imaginary socket stands.
    pub socket: Socket,
    /// Commands given and faults happened, against [`super::Bounds`].
    pub spent: Spent,
    /// An open was accepted and not yet completed.
    pub open_pending: bool,
    /// A close was accepted and not yet completed.
    pub close_pending: bool,
    /// Messages accepted in this connection.
    pub accepted: u8,
    /// Messages completed.
    pub done: u8,
    /// Messages reported as sent.
    pub confirmed: u8,
    /// Messages reported as failed: some of their octets may have left, or leave yet.
    pub failed: u8,
    /// Units that the peer said in this connection.
    pub units: u8,
    /// What was said while opening.
    pub progress: Progress,
    /// The peer ended in order.
    pub goodbye: bool,
    /// The peer has begun a record that is not complete.
    pub partial: bool,
    /// The user was told so.
    pub ended: bool,
    /// The user has half-closed.
    pub finished: bool,
    /// The application was asked and has not answered.
    pub asking: bool,
    /// How often the application was asked in this connection, up to two.
    pub asked: u8,
    /// Something slow was computed in this connection while opening.
    pub worked: bool,
    /// Something but the peer's words decides how the open ends.
    pub disturbed: bool,
    /// The last open was refused, and the refusal was judged by a script.
    pub judged: bool,
    /// A bit for each broken promise.
    pub broken: u32,
}

/// How much has happened in all connections.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Spent {
    /// Opens of the user.
    pub opens: u8,
    /// Closes of the user.
    pub closes: u8,
    /// Half-closes of the user.
    pub finishes: u8,
    /// Messages of the user.
    pub sends: u8,
    /// Times the user dropped the channel and made a new one.
    pub drops: u8,
    /// Faults of the socket: refused, broken, ended, or one octet taken instead of all.
    pub faults: u8,
    /// Answers that came when nobody was waiting.
    pub strays: u8,
}

/// What the user was told.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum View {
    /// Nothing is there.
    #[default]
    Closed,
    /// An open was accepted.
    Opening,
    /// The open succeeded.
    Open,
    /// A failure was told.
    Broken,
    /// A close was accepted.
    Closing,
}

/// Where the imaginary socket stands.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Socket {
    /// There is none.
    #[default]
    Gone,
    /// It is being brought up.
    Connecting,
    /// Octets pass.
    Up,
    /// Our writing is shut down.
    Shut,
    /// The peer's writing is shut down.
    Deaf,
    /// No octet passes any more.
    Dead,
    /// It is being taken down.
    Leaving,
}

impl Env {
    pub(super) fn check(&mut self, promise: Promise, holds: bool) {
        if !holds {
            self.broken |= promise.bit();
        }
    }

    /// Messages that were accepted and not completed.
    #[must_use]
    pub fn pending(&self) -> u8 {
        self.accepted.saturating_sub(self.done)
    }

    /// A command came back.
    pub(super) fn command(&mut self, response: Response) -> bool {
        self.check(Promise::RefusedIsNothing, response.accepted || !response.changed);
        response.accepted
    }

    pub(super) fn opened_anew(&mut self) {
        self.check(Promise::OpenOnce, !self.open_pending);
        self.check(Promise::Rest, self.view == View::Closed && self.socket == Socket::Gone);
        let Self { socket, spent, broken, .. } = *self;
        *self = Self { socket, spent, broken, ..Self::default() };
        (self.open_pending, self.view) = (true, View::Opening);
    }

    pub(super) fn closes(&mut self) {
        self.check(Promise::CloseOnce, !self.close_pending);
        (self.close_pending, self.view) = (true, View::Closing);
        (self.asking, self.progress) = (false, Progress::default());
    }

    pub(super) fn finishes(&mut self) {
        self.check(Promise::Goodbye, self.view == View::Open && !self.finished);
        self.finished = true;
    }

    pub(super) fn sends(&mut self) {
        self.check(Promise::SendOnce, self.view == View::Open && !self.finished);
        self.accepted += 1;
    }

    pub(super) fn perform<L: Layers>(&mut self, setup: &Setup<L>, deed: Deed, face: &Face) {
        match deed {
            Deed::Connect => {
                self.check(Promise::SocketInTurn, self.socket == Socket::Gone);
                self.socket = Socket::Connecting;
            }
            Deed::Shutdown => self.shut_down(face),
            Deed::Disconnect => {
                let is_there = !matches!(self.socket, Socket::Gone | Socket::Leaving);
                self.check(Promise::SocketInTurn, is_there);
                self.socket = Socket::Leaving;
            }
            Deed::Opened(result) => self.opened(setup, result, face),
            Deed::Sent(SendId(id), result) => self.sent(setup, id, result, face),
            Deed::Ended => {
                let due = self.view == View::Open && !self.ended && self.goodbye;
                self.check(Promise::EndOnce, due);
                self.ended = true;
            }
            Deed::Failed(_) => {
                self.check(Promise::FailedOnce, self.view == View::Open && self.pending() == 0);
                self.view = View::Broken;
            }
            Deed::Closed => {
                self.check(Promise::CloseOnce, self.close_pending && !self.open_pending);
                (self.close_pending, self.view) = (false, View::Closed);
                self.rest(face);
            }
            Deed::Ask(_) => {
                let due = self.view == View::Opening && !self.asking;
                self.check(Promise::StaleAnswer, due && !setup.answers.is_empty());
                (self.asking, self.asked) = (true, (self.asked + 1).min(2));
            }
            Deed::Work => self.worked = true,
        }
    }

    fn opened<L: Layers>(&mut self, setup: &Setup<L>, result: OpenResult, face: &Face) {
        self.check(Promise::OpenOnce, self.open_pending);
        self.open_pending = false;
        match result {
            OpenResult::Ok => {
                self.check(Promise::OpenOnce, self.view == View::Opening);
                let proven = self.progress.may_open(setup, face.whole.digest);
                self.check(Promise::OpenIsProven, proven);
                self.view = View::Open;
            }
            OpenResult::Cancelled => self.check(Promise::OpenOnce, self.close_pending),
            OpenResult::Failed(_) => {
                self.check(Promise::OpenOnce, !self.close_pending);
                self.refused(setup, face);
                self.view = View::Closed;
                self.rest(face);
            }
        }
        (self.progress, self.asking) = (Progress::default(), false);
    }

    fn refused<L: Layers>(&mut self, setup: &Setup<L>, face: &Face) {
        if self.disturbed {
            return;
        }
        let due = match self.progress.should_refuse(setup, face.whole.digest, self.worked) {
            Some(due) => {
                self.judged = true;
                due
            }
            None => self.progress.is_known(setup) || face.whole.frames.outcomes == 0,
        };
        self.check(Promise::Refusal, due);
    }

    fn sent<L: Layers>(&mut self, setup: &Setup<L>, id: u32, result: SendResult, face: &Face) {
        self.check(Promise::SendOnce, id == u32::from(self.done) && self.pending() != 0);
        self.done = self.done.saturating_add(1);
        match result {
            SendResult::Ok => {
                self.confirmed += 1;
                let greeting = usize::from(face.tap.greeting.unwrap_or(u16::MAX));
                let sent = greeting + usize::from(self.confirmed) * setup.framed();
                self.check(Promise::SentIsTaken, sent <= usize::from(face.tap.plain));
            }
            SendResult::Failed => self.failed += 1,
            SendResult::Cancelled => self.left(setup, face),
        }
    }

    /// Whether the channel has room for another message, as far as can be seen from outside.
    pub(super) fn has_room<L: Layers>(&self, setup: &Setup<L>, face: &Face) -> bool {
        let (wire, pending) = (usize::from(face.wire), usize::from(self.pending()));
        let waiting = pending.saturating_sub(wire / setup.sealed()) * MESSAGE.len();
        let is_greeted = face.tap.greeting.is_some_and(|greeting| greeting <= face.tap.plain);
        let fits = waiting + MESSAGE.len() <= setup.limits.queued || wire == 0 && pending == 0;
        face.open && is_greeted && u32::from(self.pending()) < setup.limits.messages && fits
    }

    /// What has left is no more than what was sent, failed or may be sent yet.
    fn left<L: Layers>(&mut self, setup: &Setup<L>, face: &Face) {
        if let Some(greeting) = face.tap.greeting {
            let messages = usize::from(self.confirmed + self.failed + self.pending());
            let may = usize::from(greeting) + setup.framed() * messages;
            self.check(Promise::CancelledStays, usize::from(face.tap.plain) <= may);
        }
    }

    fn shut_down(&mut self, face: &Face) {
        let once = matches!(self.socket, Socket::Up | Socket::Deaf);
        let proper = self.view != View::Open || self.finished && self.pending() == 0;
        self.check(Promise::Goodbye, once && proper && face.wire == 0);
        if matches!(self.view, View::Open | View::Closing) && face.tap.is_sealed() {
            self.check(Promise::Goodbye, face.tap.goodbye);
        }
        self.socket = if self.socket == Socket::Deaf { Socket::Dead } else { Socket::Shut };
    }

    fn rest(&mut self, face: &Face) {
        let idle = self.pending() == 0 && !self.open_pending && !self.close_pending;
        let bare = !face.session && !face.deadline;
        self.check(Promise::Rest, idle && bare && self.socket == Socket::Gone);
    }

    /// The socket took octets.
    pub(super) fn took<L: Layers>(&mut self, setup: &Setup<L>, face: &Face) {
        self.check(Promise::Goodbye, self.socket != Socket::Shut);
        self.left(setup, face);
    }

    /// What must hold after every step.
    pub(super) fn settled<L: Layers>(&mut self, setup: &Setup<L>, face: &Face) {
        // With the layers goes their question.
        self.asking &= face.session;
        self.check(Promise::NothingInClear, !face.whole.clear);
        let frames = &face.whole.frames;
        let once = [frames.headers, frames.mechanisms, frames.inits, frames.outcomes];
        let once = once.iter().chain([&frames.completes, &frames.refusals]);
        let bounded = frames.challenges <= setup.rounds && frames.responses <= setup.rounds;
        self.check(Promise::Frames, once.copied().all(|count| count <= 1) && bounded);
        self.check(Promise::Paused, !self.asking || !face.reading);
        if face.owed {
            return;
        }
        self.check(Promise::Agreement, face.open == (self.view == View::Open && !self.finished));
        self.check(Promise::Agreement, face.closed == (self.view == View::Closed));
        let waits = (self.open_pending || self.close_pending) && self.socket != Socket::Leaving;
        self.check(Promise::Deadline, !waits || face.deadline);
        let is_idle = self.view == View::Open || self.socket == Socket::Leaving;
        self.check(Promise::Deadline, !is_idle || !face.deadline);
        let is_deaf = matches!(self.view, View::Broken | View::Closing) && face.stalled;
        self.check(Promise::Discarded, !is_deaf || face.held == 0);
        let is_over = matches!(self.socket, Socket::Deaf | Socket::Dead) || self.goodbye;
        let awaits = match self.view {
            View::Opening => face.session,
            View::Open => !self.ended,
            View::Closed | View::Broken | View::Closing => false,
        };
        self.check(Promise::EndOnce, !(is_over && face.stalled && awaits));
        self.bounds(setup, face);
    }

    fn bounds<L: Layers>(&mut self, setup: &Setup<L>, face: &Face) {
        let (wire, pending) = (usize::from(face.wire), usize::from(self.pending()));
        self.check(Promise::Bounds, u32::from(self.pending()) <= setup.limits.messages);
        let is_greeted = face.tap.greeting.is_some_and(|greeting| greeting <= face.tap.plain);
        if is_greeted {
            self.check(Promise::Bounds, wire < setup.limits.wire + setup.sealed() + GOODBYE);
            // What is sealed lies in the wire, or is told as sent.
            let waiting = pending.saturating_sub(wire.div_ceil(setup.sealed())) * MESSAGE.len();
            self.check(Promise::Bounds, waiting <= setup.limits.queued);
        }
    }
}

/// Octets of the toy's goodbye.
const GOODBYE: usize = 1;
