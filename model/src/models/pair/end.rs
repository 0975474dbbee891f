//! One end: the shipped connection, its socket, and what its user did and was told.
//!
//! The notes know nothing of the layers, so both ends are judged by the same words.

use core::hash::Hash;
use core::time::Duration;

use xiom_core::{Action, AskId, Connection, Fact, Layer, Limits, News, SendId};

/// The two ends.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Side {
    /// The end that dials.
    Client,
    /// The end that accepts.
    Server,
}

impl Side {
    pub(super) const BOTH: [Self; 2] = [Self::Client, Self::Server];

    pub(super) const fn peer(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }

    /// The one message of this side's user.
    pub(super) const fn message(self) -> &'static [u8] {
        match self {
            Self::Client => b"cq",
            Self::Server => b"sr",
        }
    }
}

/// One end of the pair.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) struct End<U: Layer + Clone + Eq + Hash> {
    pub(super) connection: Connection<U>,
    pub(super) notes: Notes,
}

/// What the surroundings of one end know.
#[expect(clippy::struct_excessive_bools, reason = "each note is a question of its own")]
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub(super) struct Notes {
    pub(super) socket: Socket,
    pub(super) view: View,
    /// The driver has polled all that is owed.
    pub(super) is_idle: bool,
    /// Commands that were given.
    pub(super) closed: bool,
    pub(super) finished: bool,
    pub(super) sent: bool,
    /// Commands that were accepted and have not completed.
    pub(super) open_due: bool,
    pub(super) close_due: bool,
    pub(super) send_due: bool,
    /// The message was told to be sent.
    pub(super) confirmed: bool,
    /// Octets of the peer's message that came up.
    pub(super) received: usize,
    /// The peer's end was told.
    pub(super) ended: bool,
    /// The open failed for a refusal, or the connection broke.
    pub(super) refused: bool,
    pub(super) failed: bool,
    /// Its user, its clock or its network leaves it no time.
    pub(super) is_hurried: bool,
    /// The question to the application.
    pub(super) asks: Option<AskId>,
}

/// Where the imaginary socket of one end stands.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub(super) enum Socket {
    #[default]
    Gone,
    Connecting,
    Up,
    Leaving,
}

/// What the user of one end was told.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub(super) enum View {
    #[default]
    Fresh,
    Opening,
    Open,
    Broken,
    Closing,
    /// The open failed, or the close completed.
    Over,
}

/// What came of a poll.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Told {
    Deed(Action),
    Data(Vec<u8>),
}

impl<U: Layer + Clone + Eq + Hash> End<U> {
    pub(super) fn new() -> Self {
        let limits = Limits { queued: 64, ..Limits::default() };
        let notes = Notes { is_idle: true, ..Notes::default() };
        Self { connection: Connection::new(limits), notes }
    }

    /// Opens over fresh layers; whether the command was accepted.
    pub(super) fn open(&mut self, layers: U) -> bool {
        self.connection.open(layers, Duration::ZERO).is_ok()
    }

    pub(super) fn close(&mut self) -> bool {
        self.connection.close(Duration::ZERO).is_ok()
    }

    pub(super) fn finish(&mut self) -> bool {
        self.connection.finish().is_ok()
    }

    pub(super) fn send(&mut self, side: Side) -> bool {
        self.connection.send(MESSAGE, side.message()).is_ok()
    }

    pub(super) fn handle(&mut self, fact: Fact) {
        self.connection.handle(fact);
    }

    /// Lets the deadline pass.
    pub(super) fn expire(&mut self) {
        if let Some(deadline) = self.connection.channel().poll_deadline() {
            self.connection.handle(Fact::Time(deadline));
        }
    }

    /// Reads `octets` from the socket.
    pub(super) fn read(&mut self, octets: &[u8]) {
        if let Some(room) = self.connection.room().get_mut(..octets.len()) {
            room.copy_from_slice(octets);
        }
        self.connection.fill(octets.len());
    }

    /// Takes what is owed next.
    pub(super) fn poll(&mut self) -> Option<Told> {
        let told = match self.connection.poll() {
            Some(News::Action(deed)) => Some(Told::Deed(deed)),
            Some(News::Data(range)) => Some(Told::Data(self.connection.octets(range).to_vec())),
            None => None,
        };
        self.connection.release();
        told
    }

    /// The socket takes all that waits.
    pub(super) fn take(&mut self) -> Vec<u8> {
        let octets = self.connection.pending().to_vec();
        self.connection.take(octets.len());
        self.connection.release();
        octets
    }

    /// Whether octets may be read.
    pub(super) fn is_reading(&self) -> bool {
        self.notes.socket == Socket::Up && self.connection.channel().is_reading()
    }

    pub(super) fn has_deadline(&self) -> bool {
        self.connection.channel().poll_deadline().is_some()
    }
}

impl Notes {
    /// Whether something was commanded and has not completed.
    pub(super) const fn is_waiting(&self) -> bool {
        self.open_due || self.close_due
    }

    pub(super) fn is_at_rest(&self) -> bool {
        matches!(self.view, View::Fresh | View::Over)
    }
}

/// The name of the one message.
pub(super) const MESSAGE: SendId = SendId(7);
