//! What a channel owes, one deed at a time.
//!
//! A deed is derived from the state when it is polled, and polling it moves the state on: nothing is
//! queued that a later command would have to find and change.

use crate::channel::state::{Finish, PeerEnd, Question, Socket, State};
use crate::{Action, AskId, Channel, Layer, OpenResult, SendResult, WireBuf};

impl<L: Layer> Channel<L> {
    /// Yields the next deed the caller must perform, or `None` when nothing is owed.
    pub fn poll_action(&mut self, out: &mut WireBuf) -> Option<Action> {
        //= SRS_TLSIO_50_001
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

    //= SRS_TLSIO_30_091
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
            //= SRS_TLSIO_30_080
            //= SRS_SASLCLIENTIO_01_009
            K::Dialing => (K::Connecting, A::Connect),
            //= SRS_TLSIO_50_025
            K::Up if self.finish == Finish::Said && self.is_flushed(out) => {
                self.finish = Finish::Shut;
                (K::Up, A::Shutdown)
            }
            K::Draining if !self.is_flushed(out) => return None,
            K::Draining if self.eof => {
                self.deadline = None;
                (K::Disconnecting, A::Disconnect)
            }
            K::Draining if self.finish == Finish::Shut => {
                self.socket = K::Shut;
                return None;
            }
            //= SRS_TLSIO_50_023
            K::Draining => (K::Shut, A::Shutdown),
            //= SRS_SASLCLIENTIO_01_015
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
            //= SRS_TLSIO_30_007
            //= SRS_SASL_SERVER_IO_01_064
            //= SRS_SASLCLIENTIO_01_072
            S::Opened => (S::Open, A::Opened(OpenResult::Ok)),
            //= SRS_TLSIO_30_057, SRS_TLSIO_50_006
            //= SRS_SASL_SERVER_IO_01_032
            //= SRS_SASLCLIENTIO_50_025
            S::Cancelling => (S::Closing, A::Opened(OpenResult::Cancelled)),
            //= SRS_TLSIO_30_082, SRS_TLSIO_30_200, SRS_TLSIO_50_007
            //= SRS_SASL_SERVER_IO_01_066
            //= SRS_SASLCLIENTIO_50_026
            S::Refusing(failure) if self.socket == Socket::Gone => {
                (S::Closed, A::Opened(OpenResult::Failed(failure)))
            }
            S::Breaking(failure) => match self.outbox.pop_abandoned(out.taken()) {
                //= SRS_TLSIO_30_002
                //= SRS_SASL_SERVER_IO_01_041
                //= SRS_SASLCLIENTIO_01_024
                Some((id, _)) => (S::Purging(failure), A::Sent(id, SendResult::Failed)),
                //= SRS_TLSIO_30_005
                None => (S::Broken, A::Failed(failure)),
            },
            // What is sealed may still leave, before the alert: only what waits is sure not to.
            S::Purging(failure) => match self.outbox.pop_abandoned(u64::MAX) {
                //= SRS_TLSIO_50_017
                Some((id, result)) => (S::Purging(failure), A::Sent(id, result)),
                //= SRS_TLSIO_30_005
                None => (S::Broken, A::Failed(failure)),
            },
            //= SRS_TLSIO_50_014
            //= SRS_SASLCLIENTIO_50_028
            S::Open if self.end == PeerEnd::Due => {
                self.end = PeerEnd::Told;
                (S::Open, A::Ended)
            }
            //= SRS_TLSIO_50_018
            S::Closing if self.socket == Socket::Draining && self.outbox.has_sealed() => {
                return None;
            }
            S::Closing => match self.outbox.pop_abandoned(out.taken()) {
                //= SRS_TLSIO_30_009
                Some((id, result)) => (S::Closing, A::Sent(id, result)),
                //= SRS_TLSIO_30_006, SRS_TLSIO_30_201
                //= SRS_SASL_SERVER_IO_01_030
                None if self.socket == Socket::Gone => (S::Closed, A::Closed),
                None => return None,
            },
            //= SRS_TLSIO_30_071, SRS_TLSIO_30_075, SRS_TLSIO_50_028
            S::Closed | S::Opening | S::Refusing(_) | S::Open | S::Broken => return None,
        };
        self.state = next;
        Some(action)
    }

    /// Seals as late as the wire buffer allows, so that a close still finds plain messages.
    fn seal_waiting(&mut self, out: &mut WireBuf) {
        //= SRS_TLSIO_50_021
        while self.state == State::Open
            && out.len() < self.limits.wire
            && let Some((id, octets)) = self.outbox.pop_waiting()
        {
            self.seal(id, &octets, out, |_, _| 0);
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
