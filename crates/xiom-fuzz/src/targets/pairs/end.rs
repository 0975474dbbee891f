//! One end of a pair: the shipped connection, a socket that always comes up, and what its user was told.

use core::time::Duration;

use xiom_core::{
    Action, AskId, Connection, Fact, Limits, News, OpenResult, SendId, SendResult, SocketFault,
};
use xiom_model::world::Layers;

/// An end, and what is known of it.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub(super) struct End<L> {
    pub(super) connection: Connection<L>,
    /// An open was told to be good.
    pub(super) opened: bool,
    /// A question to the application.
    pub(super) asks: Option<AskId>,
    /// What the user sent and what came up, in octets.
    pub(super) sent: Vec<u8>,
    pub(super) heard: Vec<u8>,
    /// Opens that are due: one.
    open_due: bool,
    is_closing: bool,
    is_over: bool,
    is_up: bool,
    is_broken: bool,
    is_ended: bool,
    /// The socket has told the end of the peer's octets.
    is_deaf: bool,
    messages: u32,
    done: u32,
}

impl<L: Layers> End<L> {
    pub(super) fn open(layers: L) -> Self {
        let limits = Limits { work: 1, ..Limits::default() };
        let mut connection = Connection::new(limits);
        let open_due = connection.open(layers, Duration::ZERO).is_ok();
        assert!(open_due, "a fresh connection does not open");
        Self {
            connection,
            opened: false,
            asks: None,
            sent: Vec::new(),
            heard: Vec::new(),
            open_due,
            is_closing: false,
            is_over: false,
            is_up: false,
            is_broken: false,
            is_ended: false,
            is_deaf: false,
            messages: 0,
            done: 0,
        }
    }

    /// Performs all that is owed.
    pub(super) fn drain(&mut self) {
        for _ in 0..MOST_DEEDS {
            let mut fact = None;
            while let Some(news) = self.connection.poll() {
                match news {
                    News::Data(range) => {
                        assert!(self.is_listening(), "octets before open, or after the end");
                        self.heard.extend(self.connection.octets(range));
                    }
                    News::Action(deed) => fact = self.perform(deed).or(fact),
                }
            }
            let Some(fact) = fact else { return };
            self.connection.handle(fact);
        }
        unreachable!("owes without end");
    }

    /// Whether the user may hear anything.
    const fn is_listening(&self) -> bool {
        self.opened && !self.is_ended && !self.is_broken && !self.is_closing
    }

    fn perform(&mut self, deed: Action) -> Option<Fact> {
        match deed {
            Action::Connect => {
                self.is_up = true;
                return Some(Fact::Connected);
            }
            Action::Disconnect => {
                self.is_up = false;
                return Some(Fact::Disconnected);
            }
            Action::Shutdown | Action::Work => {}
            Action::Ask(id) => self.asks = Some(id),
            Action::Opened(result) => {
                assert!(core::mem::take(&mut self.open_due), "an open completes twice");
                self.opened = result == OpenResult::Ok;
                self.is_over = matches!(result, OpenResult::Failed(_));
            }
            Action::Sent(SendId(id), result) => {
                assert_eq!(id, self.done, "sends complete out of order");
                self.done = self.done.saturating_add(1);
                assert!(result != SendResult::Ok || self.opened, "sent before open");
            }
            Action::Ended => {
                assert!(self.opened && !self.is_ended, "an end is told twice");
                self.is_ended = true;
            }
            Action::Failed(_) => {
                assert!(self.opened && !self.is_broken, "a failure is told twice");
                assert_eq!(self.done, self.messages, "a failure before the sends");
                self.is_broken = true;
            }
            Action::Closed => {
                assert!(self.is_closing && !self.open_due, "closed and not asked to");
                assert_eq!(self.done, self.messages, "closed before the sends");
                self.is_over = true;
            }
        }
        None
    }

    /// Sends a message of the user who is called `name`; what is refused is not sent.
    pub(super) fn send(&mut self, name: u8) {
        let number = u8::try_from(self.messages & 0xFF).unwrap_or_default();
        let message = [name, number, !number, name, b'.'];
        if self.connection.send(SendId(self.messages), &message).is_ok() {
            self.sent.extend(message);
            self.messages = self.messages.saturating_add(1);
        }
    }

    /// What ends things, by the code of a step.
    pub(super) fn disturb(&mut self, code: u8) {
        self.drain();
        match code {
            // A refused command changes nothing.
            super::FINISH => {
                let _finished = self.connection.finish();
            }
            super::CLOSE => self.close(),
            super::EXPIRE => self.expire(),
            super::END if self.is_up && !self.is_deaf => {
                self.is_deaf = true;
                self.connection.handle(Fact::Ended);
            }
            super::LOST if self.is_up => self.connection.handle(Fact::Lost(SocketFault::Reset)),
            _ => {}
        }
        if matches!(code, super::LOST) {
            self.is_up = false;
        }
    }

    fn close(&mut self) {
        self.is_closing |= self.connection.close(Duration::ZERO).is_ok();
    }

    fn expire(&mut self) {
        if let Some(deadline) = self.connection.channel().poll_deadline() {
            self.connection.handle(Fact::Time(deadline));
        }
    }

    /// Whether octets may come.
    pub(super) fn is_reading(&self) -> bool {
        self.is_up && !self.is_deaf && self.connection.channel().is_reading()
    }

    /// Octets come, as many as there is room for.
    pub(super) fn read(&mut self, mut octets: &[u8]) {
        while !octets.is_empty() && self.is_reading() {
            let room = self.connection.room();
            let (now, later) = octets.split_at(room.len().min(octets.len()));
            let Some(room) = room.get_mut(..now.len()).filter(|room| !room.is_empty()) else {
                break;
            };
            room.copy_from_slice(now);
            self.connection.fill(now.len());
            octets = later;
            self.drain();
        }
    }

    /// The socket takes all that waits.
    pub(super) fn take(&mut self) -> Vec<u8> {
        let octets = self.connection.pending().to_vec();
        self.connection.take(octets.len());
        octets
    }

    /// Closes; deeds and the deadline alone bring it to rest.
    pub(super) fn close_at_last(&mut self) {
        self.close();
        for _ in 0..MOST_EXPIRIES {
            self.drain();
            if self.is_over {
                break;
            }
            self.take();
            self.drain();
            self.expire();
        }
        self.drain();
        assert!(self.is_over && self.connection.channel().is_closed(), "does not close by itself");
        assert_eq!(self.done, self.messages, "a send without an end");
    }
}

/// Facts that follow from one another: a socket comes up, and goes.
const MOST_DEEDS: usize = 16;
/// Deadlines that pass until an end is at rest.
const MOST_EXPIRIES: usize = 4;
