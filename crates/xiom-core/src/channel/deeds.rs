//! What a channel owes, one deed at a time.
//!
//! A deed is derived from the state when it is polled, and polling it moves the state on: nothing is
//! queued that a later command would have to find and change.

use crate::channel::state::{Finish, PeerEnd, Question, Socket, State};
use crate::{Action, AskId, Channel, Layer, OpenResult, SendResult, WireBuf};

impl<L: Layer> Channel<L> {
    /// Yields the next deed the caller must perform, or `None` when nothing is owed.
    pub fn poll_action(&mut self, out: &mut WireBuf) -> Option<Action> {
        if self.is_plainly_open() {
            return self.poll_written(out);
        }
        self.seal_waiting(out);
        self.poll_work(out).or_else(|| self.poll_socket(out)).or_else(|| self.poll_user(out))
    }

    /// Whether nothing but completions can be owed: the short way for every message of an open channel.
    fn is_plainly_open(&self) -> bool {
        self.state == State::Open
            && self.socket == Socket::Up
            && self.finish == Finish::No
            && self.end != PeerEnd::Due
            && !self.outbox.has_waiting()
    }

    fn poll_written(&mut self, out: &WireBuf) -> Option<Action> {
        self.outbox.pop_written(out.taken()).map(|id| Action::Sent(id, SendResult::Ok))
    }

    /// Does one slice of what the layers compute.
    fn poll_work(&mut self, out: &mut WireBuf) -> Option<Action> {
        if self.question != Question::Work {
            return None;
        }
        self.session.as_mut()?.work(self.limits.work, out);
        self.question = Question::None;
        self.observe(out);
        (self.question == Question::Work).then_some(Action::Work)
    }

    fn poll_socket(&mut self, out: &WireBuf) -> Option<Action> {
        use {Action as A, Socket as K};
        let (next, action) = match self.socket {
            K::Dialing => (K::Connecting, A::Connect),
            K::Up if self.finish == Finish::Said && self.is_flushed(out) => {
                self.finish = Finish::Shut;
                (K::Up, A::Shutdown)
            }
            K::Draining if !self.is_flushed(out) => return None,
            K::Draining if self.eof => (K::Disconnecting, A::Disconnect),
            K::Draining if self.finish == Finish::Shut => {
                self.socket = K::Shut;
                return None;
            }
            K::Draining => (K::Shut, A::Shutdown),
            K::Leaving => (K::Disconnecting, A::Disconnect),
            K::Gone | K::Connecting | K::Up | K::Shut | K::Disconnecting => return None,
        };
        self.socket = next;
        Some(action)
    }

    /// Whether all that was accepted is written, and told.
    fn is_flushed(&self, out: &WireBuf) -> bool {
        out.is_empty() && self.outbox.len() == 0
    }

    fn poll_user(&mut self, out: &WireBuf) -> Option<Action> {
        use {Action as A, State as S};
        if let sent @ Some(_) = self.poll_written(out) {
            return sent;
        }
        let (next, action) = match self.state {
            S::Opening if self.question == Question::Due => {
                self.question = Question::Open;
                (S::Opening, A::Ask(AskId(self.asked)))
            }
            S::Opened => (S::Open, A::Opened(OpenResult::Ok)),
            S::Cancelling => (S::Closing, A::Opened(OpenResult::Cancelled)),
            S::Refusing(failure) if self.socket == Socket::Gone => {
                (S::Closed, A::Opened(OpenResult::Failed(failure)))
            }
            S::Breaking(failure) => match self.outbox.pop_abandoned(out.taken()) {
                Some((id, _)) => (S::Purging(failure), A::Sent(id, SendResult::Failed)),
                None => (S::Broken, A::Failed(failure)),
            },
            // What is sealed may still leave, before the alert: only what waits is sure not to.
            S::Purging(failure) => match self.outbox.pop_abandoned(u64::MAX) {
                Some((id, result)) => (S::Purging(failure), A::Sent(id, result)),
                None => (S::Broken, A::Failed(failure)),
            },
            S::Open if self.end == PeerEnd::Due => {
                self.end = PeerEnd::Told;
                (S::Open, A::Ended)
            }
            S::Closing if self.socket == Socket::Draining && self.outbox.has_sealed() => {
                return None;
            }
            S::Closing => match self.outbox.pop_abandoned(out.taken()) {
                Some((id, result)) => (S::Closing, A::Sent(id, result)),
                None if self.socket == Socket::Gone => (S::Closed, A::Closed),
                None => return None,
            },
            S::Closed | S::Opening | S::Refusing(_) | S::Open | S::Broken => return None,
        };
        self.state = next;
        Some(action)
    }

    /// Seals as late as the wire buffer allows, so that a close still finds plain messages.
    fn seal_waiting(&mut self, out: &mut WireBuf) {
        while self.state == State::Open
            && out.len() < self.limits.wire
            && let Some((id, octets)) = self.outbox.pop_waiting()
        {
            self.seal(id, &octets, out);
        }
        if self.finish == Finish::Due
            && !self.outbox.has_waiting()
            && let Some(layers) = &mut self.session
        {
            layers.close(out);
            self.finish = Finish::Said;
        }
    }
}
