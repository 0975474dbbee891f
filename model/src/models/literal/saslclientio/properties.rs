//! What should hold of the client.

use stateright::Property;

use super::{Below, Io, Negotiation, SaslClientIo, View, World, promise};
use crate::check::Return;

type Holds = fn(&SaslClientIo, &World) -> bool;

fn keeps<const PROMISE: u32>(_: &SaslClientIo, world: &World) -> bool {
    world.broken & (1 << PROMISE) == 0
}

pub(super) fn properties() -> Vec<Property<SaslClientIo>> {
    use promise as p;
    let kept: [(&'static str, Holds); 25] = [
        (OUTCOME_OK, keeps::<{ p::OUTCOME_OK }>),
        (OLD_OCTETS, keeps::<{ p::OLD_OCTETS }>),
        (MECHANISM_REFUSED, keeps::<{ p::MECHANISM_REFUSED }>),
        (HEALTHY_INIT, keeps::<{ p::HEALTHY_INIT }>),
        (INIT_SENT, keeps::<{ p::INIT_SENT }>),
        (REFUSED_OCTETS, keeps::<{ p::REFUSED_OCTETS }>),
        (MECHANISM_WAITS, keeps::<{ p::MECHANISM_WAITS }>),
        (OPEN_LOST, keeps::<{ p::OPEN_LOST }>),
        (CLOSE_FAILS, keeps::<{ p::CLOSE_FAILS }>),
        (OPEN_FAILS, keeps::<{ p::OPEN_FAILS }>),
        (FRESH_CODEC, keeps::<{ p::FRESH_CODEC }>),
        (OLD_CLOSE, keeps::<{ p::OLD_CLOSE }>),
        (OPEN_ONCE, keeps::<{ p::OPEN_ONCE }>),
        (ONE_CLOSE, keeps::<{ p::ONE_CLOSE }>),
        (OLD_READ, keeps::<{ p::OLD_READ }>),
        (BELOW_LEFT, keeps::<{ p::BELOW_LEFT }>),
        (CALLED, keeps::<{ p::CALLED }>),
        (TOUCHED, keeps::<{ p::TOUCHED }>),
        (BOUNDS, keeps::<{ p::BOUNDS }>),
        (ONE_HEADER, keeps::<{ p::ONE_HEADER }>),
        (OFFERED, keeps::<{ p::OFFERED }>),
        (LOST, keeps::<{ p::LOST }>),
        (UNKNOWN, keeps::<{ p::UNKNOWN }>),
        (LATE_OCTETS, keeps::<{ p::LATE_OCTETS }>),
        (CLOSE_IGNORED, keeps::<{ p::CLOSE_IGNORED }>),
    ];
    let always = kept.into_iter().map(|(name, holds)| Property::always(name, holds));
    let reached: [(&'static str, Holds); 5] = [
        (OPENS, |_, world| world.view == View::Open),
        (HEADER_FIRST, |_, world| world.header == super::Header::Received),
        (CHALLENGE_STATE, |_, world| world.negotiation == Negotiation::ChallengeReceived),
        (RESPONSE_STATE, |_, world| world.negotiation == Negotiation::ResponseSent),
        (ERROR_STATE, |_, world| world.negotiation == Negotiation::Error),
    ];
    let sometimes = reached.into_iter().map(|(name, holds)| Property::sometimes(name, holds));
    always.chain(sometimes).collect()
}

pub(super) fn returns() -> Vec<Return<SaslClientIo>> {
    vec![
        Return {
            name: OPEN_RETURNS,
            pending: |_, world| world.is_open_pending && !world.is_destroyed,
            good: |_, world| !world.is_open_pending,
            alone: false,
        },
        Return {
            name: CLOSING_RETURNS,
            pending: |_, world| world.io == Io::Closing,
            good: |_, world| world.io == Io::NotOpen,
            alone: false,
        },
        Return {
            name: OPENS_AGAIN,
            pending: |_, world| {
                world.io == Io::NotOpen && world.below == Below::Closed && !world.is_destroyed
            },
            good: |_, world| world.view == View::Open,
            alone: false,
        },
    ]
}

const OUTCOME_OK: &str = "an open succeeds only after an outcome ok";
const OLD_OCTETS: &str = "no octet of an old read goes up to a newer session";
pub(super) const MECHANISM_REFUSED: &str =
    "an open succeeds only while the mechanism has refused nothing";
pub(super) const HEALTHY_INIT: &str =
    "an open succeeds on a sound connection only when the init was sent on it";
pub(super) const INIT_SENT: &str = "an open succeeds only when its init was sent";
pub(super) const REFUSED_OCTETS: &str = "no octet goes up after a failed outcome";
pub(super) const MECHANISM_WAITS: &str = "an open succeeds only when the mechanism is done";
pub(super) const OPEN_LOST: &str = "an open completes before the close that overtakes it";
pub(super) const CLOSE_FAILS: &str = "a close that fails changes nothing";
pub(super) const OPEN_FAILS: &str = "an open that fails at once leaves the client closed";
pub(super) const FRESH_CODEC: &str = "a session reads its frames with a codec of its own";
pub(super) const OLD_CLOSE: &str = "the end of an old connection completes nothing that is newer";
pub(super) const OPEN_ONCE: &str = "an open completes only if it was accepted, and once";
pub(super) const ONE_CLOSE: &str = "a session closes the io below once";
pub(super) const OLD_READ: &str = "no session is shown the rest of an older read";
pub(super) const BELOW_LEFT: &str = "a failed open leaves no connection behind";
pub(super) const CALLED: &str = "a destroyed client is not called";
pub(super) const TOUCHED: &str = "a client destroyed within a callback is not used after it";
pub(super) const BOUNDS: &str = "the header is compared within its bounds";
pub(super) const ONE_HEADER: &str = "a session sends its header once";
pub(super) const OFFERED: &str = "an init is sent only for an offered mechanism";
pub(super) const LOST: &str = "no octet of the server is lost";
pub(super) const UNKNOWN: &str = "a frame that has no place ends the handshake";
pub(super) const LATE_OCTETS: &str = "octets go up only while the user sees the client open";
pub(super) const CLOSE_IGNORED: &str = "the end of the io below is told";
const OPENS: &str = "an open can succeed";
pub(super) const HEADER_FIRST: &str = "the state of a header that came first is entered";
pub(super) const CHALLENGE_STATE: &str = "the state of a challenge is entered";
pub(super) const RESPONSE_STATE: &str = "the state of a response is entered";
pub(super) const ERROR_STATE: &str = "the state of a failed negotiation is entered";
pub(super) const OPEN_RETURNS: &str = "an accepted open can complete";
pub(super) const CLOSING_RETURNS: &str = "a client that closes can come to rest";
pub(super) const OPENS_AGAIN: &str = "a client at rest can be opened";
