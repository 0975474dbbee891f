//! What distinguishes one machine's surroundings from another's: layers, what a peer says, what is due.

use core::fmt::Debug;
use core::hash::Hash;

use xiom_core::{Layer, Limits, WireBuf};

use super::bench::MESSAGE;
use super::tap::Tap;

/// A stack of layers that a checker can drive.
pub trait Layers: Layer + Clone + Eq + Hash + Debug + Send + Sync + 'static {}

impl<L: Layer + Clone + Eq + Hash + Debug + Send + Sync + 'static> Layers for L {}

/// One kind of machine and what may meet it.
#[derive(Clone, Debug)]
pub struct Setup<L> {
    /// The name of the model.
    pub name: &'static str,
    /// What is explored.
    pub about: &'static str,
    /// Fresh layers for one connection.
    pub layers: fn() -> L,
    /// Bounds of the channel.
    pub limits: Limits,
    /// What a peer may say; the first one stands for all where nobody listens.
    pub units: Vec<Unit>,
    /// What an application may answer.
    pub answers: Vec<Answer<L>>,
    /// Exchanges whose end is known.
    pub scripts: Vec<Script>,
    /// The tap at the beginning of a connection.
    pub tap: Tap,
    /// What must never be written as it is.
    pub secret: &'static [u8],
    /// Challenges that are answered at most.
    pub rounds: u8,
    /// The end of the peer's octets is an end in order, unless it comes within a record.
    pub end_is_goodbye: bool,
    /// Octets that stand before each message of the user, above TLS.
    pub frame: usize,
}

impl<L> Setup<L> {
    /// Octets of a message above TLS.
    #[must_use]
    pub const fn framed(&self) -> usize {
        MESSAGE.len() + self.frame
    }

    /// Octets of a message on the wire: in the toy's record, in a frame, or as it is.
    #[must_use]
    pub fn sealed(&self) -> usize {
        self.framed().saturating_add(if self.tap.is_sealed() { RECORD } else { 0 })
    }
}

/// Octets of the toy's record besides a message.
const RECORD: usize = 2;

/// Something that a peer says in one piece.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Unit {
    /// Its name in traces.
    pub name: &'static str,
    /// The octets on the wire.
    pub octets: Vec<u8>,
    /// What it means: one letter for each message.
    pub means: &'static str,
    /// Whether it is said also to a channel that is open.
    pub is_data: bool,
    /// What it means for the end of the peer's octets.
    pub end: End,
}

/// What a unit means for the end of the peer's octets.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum End {
    /// Nothing.
    #[default]
    None,
    /// It is `close_notify`.
    Goodbye,
    /// A record has begun that is not complete.
    Partial,
}

impl Unit {
    /// A unit of the handshakes.
    #[must_use]
    pub const fn new(name: &'static str, means: &'static str, octets: Vec<u8>) -> Self {
        Self { name, octets, means, is_data: false, end: End::None }
    }

    /// A unit that a peer also says later.
    #[must_use]
    pub const fn data(name: &'static str, octets: Vec<u8>, end: End) -> Self {
        Self { name, octets, means: "-", is_data: true, end }
    }
}

/// An answer of the application to a question of the layers.
#[derive(Clone, Debug)]
pub struct Answer<L> {
    /// Its name in traces.
    pub name: &'static str,
    /// What it means: one letter, as in [`Unit::means`].
    pub means: &'static str,
    /// Gives it to the layers.
    pub give: fn(&mut L, &mut WireBuf),
}

/// An exchange whose end is known; there are at most 64.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Script {
    /// What the peer says, as in [`Unit::means`].
    pub said: &'static str,
    /// What the application answers, as in [`Answer::means`].
    pub answers: String,
    /// All that the machine writes, above TLS.
    pub wrote: Vec<u8>,
    /// Whether the channel opens; otherwise it is refused.
    pub opens: bool,
    /// Whether something slow must have been computed before it is refused, so that time tells nothing.
    pub works: bool,
}
