//! The instance of the document, the io below, and what is remembered of the session to judge it.
//!
//! A state holds what the last step broke, and not what was broken before: so one search finds the shortest
//! way to each broken promise, and goes on behind it.

/// One moment.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct World {
    /// `io_state`.
    pub io: Io,
    /// `sasl_header_exchange_state`.
    pub header: Header,
    /// `sasl_client_negotiation_state`.
    pub negotiation: Negotiation,
    /// `header_bytes_received`, in halves of the header.
    pub halves: u8,
    /// The codec, which lives as long as the instance.
    pub codec: Codec,
    /// The instance was freed.
    pub is_destroyed: bool,
    /// The io below.
    pub below: Below,
    /// The close below was asked for by an earlier session.
    pub is_close_old: bool,
    /// What the user was told.
    pub view: View,
    /// An accepted open has not completed.
    pub is_open_pending: bool,
    /// The mechanism, as it is asked in this session.
    pub mechanism: Mechanism,
    /// The session's header was sent.
    pub is_header_sent: bool,
    /// The session's init was sent.
    pub is_init_sent: bool,
    /// The session's outcome was ok.
    pub is_ok: bool,
    /// The session's outcome was another one.
    pub is_refused: bool,
    /// The session has asked the io below to close.
    pub is_closed_once: bool,
    /// The session began with a codec that an earlier one has used up.
    pub is_codec_old: bool,
    /// A bit for each promise that the last step broke.
    pub broken: u32,
}

/// `IO_STATE`.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Io {
    /// `IO_STATE_NOT_OPEN`.
    NotOpen,
    /// `IO_STATE_OPENING_UNDERLYING_IO`.
    OpeningUnderlying,
    /// `IO_STATE_SASL_HANDSHAKE`.
    Handshake,
    /// `IO_STATE_OPEN`.
    Open,
    /// `IO_STATE_CLOSING`.
    Closing,
    /// `IO_STATE_ERROR`.
    Error,
}

/// `SASL_HEADER_EXCHANGE_STATE`.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Header {
    /// Neither was seen.
    Idle,
    /// Ours was sent.
    Sent,
    /// The server's came first.
    Received,
    /// Frames follow.
    Exchanged,
}

/// `SASL_CLIENT_NEGOTIATION_STATE`.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Negotiation {
    /// No offer yet.
    NotStarted,
    /// Within the step that sends the init.
    MechanismsReceived,
    /// Challenges or the outcome follow.
    InitSent,
    /// Never entered.
    ChallengeReceived,
    /// Never entered.
    ResponseSent,
    /// Octets go up.
    OutcomeReceived,
    /// Never entered.
    Error,
}

/// The frame codec.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Codec {
    /// Between two frames.
    Ready,
    /// Within a frame.
    Half,
    /// Fails for ever.
    Broken,
}

/// The io below.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Below {
    /// It can be opened.
    Closed,
    /// It comes up.
    Opening,
    /// It carries octets.
    Open,
    /// It was asked to close.
    Closing,
    /// It failed, and wants to be closed.
    Error,
}

/// What the user was told.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum View {
    /// Nothing, or that all is over.
    Closed,
    /// An open was accepted.
    Opening,
    /// The open succeeded.
    Open,
    /// A close was accepted.
    Closing,
    /// A failure.
    Error,
}

/// A mechanism that wants to see one challenge, as one that proves the server does.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Mechanism {
    /// Not asked.
    Idle,
    /// It has said its initial response.
    Started,
    /// It is satisfied.
    Done,
    /// It has refused the server.
    Refused,
}

/// How an open completes; there is no cancelled in the document.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Opened {
    /// `IO_OPEN_OK`.
    Ok,
    /// `IO_OPEN_ERROR`.
    Error,
}

/// What the server says, as far as the document tells it apart.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Unit {
    /// The first half of the header.
    Header1,
    /// The second half of the header.
    Header2,
    /// Mechanisms with ours.
    Offer,
    /// Mechanisms without ours.
    OtherOffer,
    /// Mechanisms without ours, and with an item that is no symbol.
    BadOffer,
    /// A challenge that satisfies the mechanism.
    GoodChallenge,
    /// A challenge that the mechanism refuses.
    BadChallenge,
    /// The outcome ok.
    Ok,
    /// Another outcome.
    Refusal,
    /// An outcome that cannot be read.
    BadOutcome,
    /// A frame that is none of SASL's.
    Unknown,
    /// The first half of a frame.
    Half,
    /// Octets that begin no frame, such as the user's.
    Octets,
}

impl World {
    /// A new instance over an io that is closed.
    pub const NEW: Self = Self {
        io: Io::NotOpen,
        header: Header::Idle,
        negotiation: Negotiation::NotStarted,
        halves: 0,
        codec: Codec::Ready,
        is_destroyed: false,
        below: Below::Closed,
        is_close_old: false,
        view: View::Closed,
        is_open_pending: false,
        mechanism: Mechanism::Idle,
        is_header_sent: false,
        is_init_sent: false,
        is_ok: false,
        is_refused: false,
        is_closed_once: false,
        is_codec_old: false,
        broken: 0,
    };

    /// Without a session nothing of the last one is read before an open sets it anew; so it is forgotten, and
    /// states that nobody can tell apart are one.
    #[must_use]
    pub const fn settled(self) -> Self {
        if self.is_destroyed {
            let (below, broken) = (self.below, self.broken);
            return Self { is_destroyed: true, below, broken, ..Self::NEW };
        }
        if !matches!(self.io, Io::NotOpen) {
            return self;
        }
        Self {
            io: self.io,
            codec: self.codec,
            below: self.below,
            is_close_old: self.is_close_old,
            view: self.view,
            is_open_pending: self.is_open_pending,
            broken: self.broken,
            ..Self::NEW
        }
    }
}

/// The promises, each the number of a bit of [`World::broken`].
pub mod promise {
    /// An open succeeds only while the mechanism has refused nothing.
    pub const MECHANISM_REFUSED: u32 = 0;
    /// An open succeeds over a connection that is up only when the init was sent on it.
    pub const HEALTHY_INIT: u32 = 1;
    /// An open succeeds only when its own init was sent.
    pub const INIT_SENT: u32 = 2;
    /// No octet goes up after a failed outcome.
    pub const REFUSED_OCTETS: u32 = 3;
    /// An open succeeds only when the mechanism waits for nothing.
    pub const MECHANISM_WAITS: u32 = 4;
    /// An open completes before the close that overtakes it.
    pub const OPEN_LOST: u32 = 5;
    /// A close that fails changes nothing.
    pub const CLOSE_FAILS: u32 = 6;
    /// An open that fails at once leaves the client closed.
    pub const OPEN_FAILS: u32 = 7;
    /// No session reads frames with what is left of another.
    pub const FRESH_CODEC: u32 = 8;
    /// The end of an old connection completes nothing that is newer.
    pub const OLD_CLOSE: u32 = 9;
    /// A session closes the io below once.
    pub const ONE_CLOSE: u32 = 10;
    /// No session is shown the rest of an older read.
    pub const OLD_READ: u32 = 11;
    /// A failed open leaves no connection behind.
    pub const BELOW_LEFT: u32 = 12;
    /// A destroyed client is not called.
    pub const CALLED: u32 = 13;
    /// A client that is destroyed within a callback is not used after it.
    pub const TOUCHED: u32 = 14;
    /// The header is compared within its bounds.
    pub const BOUNDS: u32 = 15;
    /// A session sends its header once.
    pub const ONE_HEADER: u32 = 16;
    /// The init is sent only for a mechanism that was offered.
    pub const OFFERED: u32 = 17;
    /// No octet of the server is lost.
    pub const LOST: u32 = 18;
    /// A frame that has no place ends the handshake.
    pub const UNKNOWN: u32 = 19;
    /// Octets go up only while the user sees the client open.
    pub const LATE_OCTETS: u32 = 20;
    /// The end of the io below is told.
    pub const CLOSE_IGNORED: u32 = 21;
    /// Only an accepted open completes, and once.
    pub const OPEN_ONCE: u32 = 22;
    /// An open succeeds only after an outcome ok.
    pub const OUTCOME_OK: u32 = 23;
    /// No octet of an old read goes up to a newer session.
    pub const OLD_OCTETS: u32 = 24;
}
