//! What goes into a channel and what comes out of it.

use core::time::Duration;
use core::{error, fmt};

use crate::{Failure, SocketFault};

/// What a caller reports from below; only while nothing is owed.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Fact {
    /// The socket is up.
    Connected,
    /// The socket could not be brought up.
    Refused(SocketFault),
    /// The peer sends nothing more.
    Ended,
    /// The socket broke.
    Lost(SocketFault),
    /// The socket is gone, as [`Action::Disconnect`] asked.
    Disconnected,
    /// So late is it, on the caller's own clock.
    Time(Duration),
}

/// A deed the caller owes; it borrows nothing, so commands are free while it is performed.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Action {
    /// Bring the socket up; report [`Fact::Connected`] or [`Fact::Refused`].
    Connect,
    /// Shut down writing: everything is written; go on reading until the peer ends, too.
    Shutdown,
    /// Write what is pending if it goes at once, take the socket down, report [`Fact::Disconnected`].
    Disconnect,
    /// Get the answer to the layers' question to [`crate::Channel::answer`], now or later.
    Ask(AskId),
    /// Nothing but to come again: a slice of a slow computation was done, and more is left.
    Work,
    /// Report the end of the open.
    Opened(OpenResult),
    /// Report the end of a send.
    Sent(SendId, SendResult),
    /// Report that the peer ended in order; sending is still possible.
    Ended,
    /// Report a failure while open; nothing but close is possible.
    Failed(Failure),
    /// Report the end of the close.
    Closed,
}

/// Names one accepted message; the caller chooses it, and may choose one twice.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct SendId(pub u32);

/// Names one question, so that a late answer cannot meet another one.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct AskId(pub(crate) u32);

/// How an open ended.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum OpenResult {
    /// Octets of the user pass.
    Ok,
    /// A close came first.
    Cancelled,
    /// It did not come about; the socket is gone, and open may be called again.
    Failed(Failure),
}

/// How a send ended.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum SendResult {
    /// The socket took all its octets.
    Ok,
    /// A close, or the failure of an earlier message, came first; no octet of it has left.
    Cancelled,
    /// The connection failed under it, or a close gave up on it; some of it may have arrived.
    Failed,
}

/// The command was refused; nothing changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Rejected {
    /// The state of the channel does not admit it.
    State,
    /// The queue is full: wait for a completion.
    Full,
    /// The message exceeds the limit: split it.
    TooLarge {
        /// Octets of the message.
        size: usize,
        /// Octets allowed.
        limit: usize,
    },
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::State => f.write_str("the state of the channel does not admit the command"),
            Self::Full => f.write_str("send queue is full: wait for a completion"),
            Self::TooLarge { size, limit } => {
                write!(f, "message of {size} octets exceeds the limit of {limit}: split it")
            }
        }
    }
}

impl error::Error for Rejected {}
