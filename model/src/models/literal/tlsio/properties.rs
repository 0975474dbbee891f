//! What should hold of the adapter.

use stateright::Property;

use super::{State, TlsIo, World};
use crate::check::Return;

/// The promises, each the number of a bit of [`World::broken`].
pub(super) mod promise {
    pub(in super::super) const HANDLER_NULL: u32 = 0;
    pub(in super::super) const HANDLER_OLD: u32 = 1;
    pub(in super::super) const DESTROYED_OPEN: u32 = 2;
    pub(in super::super) const CLOSED: u32 = 3;
    pub(in super::super) const READS: u32 = 4;
    pub(in super::super) const FAILURE_TOLD: u32 = 5;
    pub(in super::super) const ERROR_CANCELS: u32 = 6;
    pub(in super::super) const THROUGH_CLOSING: u32 = 7;
    pub(in super::super) const OPEN_ACCEPTED: u32 = 8;
    pub(in super::super) const OPEN_ONCE: u32 = 9;
    pub(in super::super) const OPEN_LATE: u32 = 10;
    pub(in super::super) const SENT_ONCE: u32 = 11;
    pub(in super::super) const DELETED_ONCE: u32 = 12;
    pub(in super::super) const LATE_ERROR: u32 = 13;
    pub(in super::super) const LATE_OCTETS: u32 = 14;
    pub(in super::super) const SENT: u32 = 15;
    pub(in super::super) const TOUCHED: u32 = 16;
    pub(in super::super) const AGREED: u32 = 17;
    pub(in super::super) const IN_ORDER: u32 = 18;
    pub(in super::super) const REFUSED: u32 = 19;
}

type Holds = fn(&TlsIo, &World) -> bool;

fn keeps<const PROMISE: u32>(_: &TlsIo, world: &World) -> bool {
    world.broken & (1 << PROMISE) == 0
}

pub(super) fn properties() -> Vec<Property<TlsIo>> {
    use promise as p;
    let kept: [(&'static str, Holds); 20] = [
        (HANDLER_NULL, keeps::<{ p::HANDLER_NULL }>),
        (HANDLER_OLD, keeps::<{ p::HANDLER_OLD }>),
        (DESTROYED_OPEN, keeps::<{ p::DESTROYED_OPEN }>),
        (CLOSED, keeps::<{ p::CLOSED }>),
        (READS, keeps::<{ p::READS }>),
        (FAILURE_TOLD, keeps::<{ p::FAILURE_TOLD }>),
        (ERROR_CANCELS, keeps::<{ p::ERROR_CANCELS }>),
        (THROUGH_CLOSING, keeps::<{ p::THROUGH_CLOSING }>),
        (OPEN_ACCEPTED, keeps::<{ p::OPEN_ACCEPTED }>),
        (OPEN_ONCE, keeps::<{ p::OPEN_ONCE }>),
        (OPEN_LATE, keeps::<{ p::OPEN_LATE }>),
        (SENT_ONCE, keeps::<{ p::SENT_ONCE }>),
        (DELETED_ONCE, keeps::<{ p::DELETED_ONCE }>),
        (LATE_ERROR, keeps::<{ p::LATE_ERROR }>),
        (LATE_OCTETS, keeps::<{ p::LATE_OCTETS }>),
        (SENT, keeps::<{ p::SENT }>),
        (TOUCHED, keeps::<{ p::TOUCHED }>),
        (AGREED, keeps::<{ p::AGREED }>),
        (IN_ORDER, keeps::<{ p::IN_ORDER }>),
        (REFUSED, keeps::<{ p::REFUSED }>),
    ];
    let always = kept.into_iter().map(|(name, holds)| Property::always(name, holds));
    let opens = Property::sometimes(OPENS, |_: &TlsIo, world: &World| world.view == State::Open);
    always.chain([opens]).collect()
}

pub(super) fn returns() -> Vec<Return<TlsIo>> {
    vec![
        Return {
            name: OPEN_RETURNS,
            pending: |_, world| world.is_open_pending,
            good: |_, world| !world.is_open_pending,
            alone: false,
        },
        Return {
            name: CLOSE_RETURNS,
            pending: |_, world| world.closes_pending != 0 && !world.is_destroyed,
            good: |_, world| world.closes_pending == 0 && !world.is_destroyed,
            alone: false,
        },
        Return {
            name: OPENS_AGAIN,
            pending: |_, world| world.state == State::Closed && !world.is_destroyed,
            good: |_, world| world.view == State::Open,
            alone: false,
        },
    ]
}

pub(super) const HANDLER_NULL: &str = "a handler is called only when one was given";
pub(super) const HANDLER_OLD: &str =
    "the handler of a close that has completed is not called again";
pub(super) const DESTROYED_OPEN: &str = "a destroy completes the open that is under way";
pub(super) const CLOSED: &str = "every accepted close completes";
pub(super) const READS: &str = "octets that have come are read";
pub(super) const FAILURE_TOLD: &str = "a connection that fails while open is told";
pub(super) const ERROR_CANCELS: &str = "no message is pending when the error was told";
pub(super) const THROUGH_CLOSING: &str = "the adapter comes to closed through closing";
pub(super) const OPEN_ACCEPTED: &str = "an open is accepted where the user sees the adapter closed";
pub(super) const OPEN_ONCE: &str = "an open completes once";
pub(super) const OPEN_LATE: &str = "an open that was cancelled or failed does not succeed";
pub(super) const SENT_ONCE: &str = "a message completes once";
pub(super) const DELETED_ONCE: &str = "a message is deleted once";
pub(super) const LATE_ERROR: &str = "an error is told only while the user sees the adapter open";
pub(super) const LATE_OCTETS: &str = "octets go up only while the user sees the adapter open";
pub(super) const SENT: &str = "no message is pending when the adapter is closed or destroyed";
pub(super) const TOUCHED: &str = "an adapter destroyed within a callback is not used after it";
pub(super) const AGREED: &str = "at rest the adapter is what the user sees";
const REFUSED: &str = "an open that is refused changes nothing";
pub(super) const IN_ORDER: &str = "messages complete in their order";
const OPENS: &str = "an open can succeed";
const OPEN_RETURNS: &str = "an accepted open can complete";
pub(super) const CLOSE_RETURNS: &str = "an accepted close can complete";
const OPENS_AGAIN: &str = "a closed adapter can be opened";
