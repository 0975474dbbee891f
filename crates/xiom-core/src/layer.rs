//! What a layer is: octets in place going up, octets appended going down, one phase.
//!
//! A layer knows nothing of sockets, time, message ids or completions: [`crate::Channel`] decides
//! those, once for every stack.

use alloc::boxed::Box;
use core::ops::Range;

use crate::{Failure, Secret, Security, Stage, WireBuf};

/// One protocol between the octets of a user and those of a socket.
///
/// Rules for authors:
///
/// - Return after each change of phase; what follows in the input is shown again.
/// - A layer above another one keeps what is incomplete itself, within a bound; only the bottom layer
///   may leave a partial unit in the input.
/// - While [`Phase::Asking`] or [`Phase::Working`] nothing is parsed.
/// - [`Phase::Ended`] and [`Phase::Failed`] are final and swallow input.
pub trait Layer {
    /// Starts; what is below is open and gives `below`.
    fn open(&mut self, below: &Security, out: &mut WireBuf);

    /// Takes octets from the front of `input`, in place, up to one event.
    ///
    /// The caller drops `consumed` octets and shows the others again, unchanged. `None` asks for more
    /// octets after these, or for an answer while the layer asks or works.
    fn receive(&mut self, input: &mut [u8], out: &mut WireBuf) -> Option<Received>;

    /// Appends `octets`, all of them, in this layer's form; called only in [`Phase::Open`] and
    /// [`Phase::Ended`].
    fn send(&mut self, octets: &[u8], out: &mut WireBuf);

    /// Appends what goes in front of `length` octets of the user that follow as they are; called only in
    /// [`Phase::Open`] and [`Phase::Ended`].
    ///
    /// False, and nothing is appended, where octets of the user are changed or divided on their way.
    fn lead(&mut self, length: usize, out: &mut WireBuf) -> bool {
        let _ = (length, out);
        false
    }

    /// Says goodbye, where the protocol has a word for it and the layer has not failed.
    fn close(&mut self, out: &mut WireBuf);

    /// Learns that nothing follows from below.
    fn end(&mut self);

    /// Where the layer stands; any of the calls that take `&mut self` may change it.
    fn phase(&self) -> Phase;

    /// What the layer above may rely on.
    fn security(&self) -> Security;

    /// Whether octets pass unchanged from now on, both ways, so that a stack may skip this layer.
    fn is_transparent(&self) -> bool {
        false
    }

    /// What the peer said in its own words when it refused; for people to read, and never acted upon.
    ///
    /// The words are UTF-8, bounded by the layer, and taken once.
    fn take_peer_text(&mut self) -> Option<Box<str>> {
        None
    }

    /// Goes on with a slow computation for `iterations`; called only in [`Phase::Working`].
    fn work(&mut self, iterations: u32, out: &mut WireBuf) {
        let _ = (iterations, out);
    }
}

/// What one call of [`Layer::receive`] did.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Received {
    /// Octets at the front of the input that are done with.
    pub consumed: usize,
    /// Where in the input, and only until it is changed, octets for the user lie; may be empty.
    pub data: Range<usize>,
    /// Octets for the user that came in several reads, and lie whole in none of them; then `data` is
    /// empty. Only the top layer of a stack may gather.
    pub gathered: Option<Box<Secret>>,
}

impl Received {
    /// `consumed` octets, and octets for the user at `data`.
    #[must_use]
    pub const fn plain(consumed: usize, data: Range<usize>) -> Self {
        Self { consumed, data, gathered: None }
    }

    /// `consumed` octets that complete what came before them: together they carry `octets`.
    #[must_use]
    pub fn gathered(consumed: usize, octets: Secret) -> Self {
        Self { consumed, data: 0..0, gathered: Some(Box::new(octets)) }
    }

    /// `consumed` octets that carry nothing for the user.
    #[must_use]
    pub const fn skip(consumed: usize) -> Self {
        Self::plain(consumed, 0..0)
    }

    /// The octets for the user, wherever they lie; `input` is what the layer was shown.
    #[must_use]
    pub fn octets<'a>(&'a self, input: &'a [u8]) -> &'a [u8] {
        match &self.gathered {
            Some(octets) => octets.expose(),
            None => input.get(self.data.clone()).unwrap_or_default(),
        }
    }

    /// Drops all of `input`; `None` when it is empty.
    #[must_use]
    pub fn discard(input: &[u8]) -> Option<Self> {
        (!input.is_empty()).then(|| Self::skip(input.len()))
    }

    /// Passes all of `input` up; `None` when it is empty.
    #[must_use]
    //= SRS_SASL_SERVER_IO_01_054
    //= SRS_SASLCLIENTIO_01_028
    pub fn pass(input: &[u8]) -> Option<Self> {
        (!input.is_empty()).then_some(Self::plain(input.len(), 0..input.len()))
    }
}

/// Where a layer stands.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Phase {
    /// Not started.
    #[default]
    Idle,
    /// Shaking hands: waits for octets.
    Opening(Stage),
    /// Waits for an answer of the user, such as a look-up of credentials.
    Asking(Stage),
    /// Has a slow computation to go on with.
    Working(Stage),
    /// Proven; octets of the user pass.
    Open,
    /// The peer ended its octets in order; ours may still go.
    Ended,
    /// Nothing more is parsed or passed up.
    Failed(Failure),
}

impl Phase {
    /// Whether the layer waits for something other than octets.
    #[must_use]
    pub const fn is_paused(self) -> bool {
        matches!(self, Self::Asking(_) | Self::Working(_))
    }

    /// How far the layer has come, for a failure from outside.
    #[must_use]
    pub const fn stage(self) -> Stage {
        match self {
            Self::Idle => Stage::Connecting,
            Self::Opening(stage) | Self::Asking(stage) | Self::Working(stage) => stage,
            Self::Open | Self::Ended => Stage::Open,
            Self::Failed(failure) => failure.stage,
        }
    }
}
