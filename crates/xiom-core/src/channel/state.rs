//! The states of a channel: what the user was told, and where the socket stands.

use crate::Failure;

/// Where the user stands; participles owe an action.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum State {
    Closed,
    Opening,
    Opened,
    Cancelling,
    Refusing(Failure),
    Open,
    Breaking(Failure),
    Purging(Failure),
    Broken,
    Closing,
}

/// Where the socket stands; `Dialing`, `Leaving` and, once all is written, `Draining` owe an action.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum Socket {
    Gone,
    Dialing,
    Connecting,
    Up,
    /// What is pending is written, and then writing is shut down.
    Draining,
    /// Writing is shut down; the peer's end is awaited.
    Shut,
    Leaving,
    Disconnecting,
}

/// What the layers wait for besides octets.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum Question {
    None,
    /// The user is to be asked.
    Due,
    /// The user was asked.
    Open,
    /// A slow computation is to go on.
    Work,
}

/// Whether the peer ended in order, and whether the user knows.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum PeerEnd {
    No,
    Due,
    Told,
}

/// How far our own end has come.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum Finish {
    No,
    /// The goodbye is to be said after what waits.
    Due,
    Said,
    /// Writing is shut down.
    Shut,
}
