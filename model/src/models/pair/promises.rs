//! What is promised of the pair, and what must be possible so that no promise is empty.

use stateright::Property;

use super::end::View;
use super::logins::Below;
use super::world::World;
use super::{Bounds, Pair};

/// What is promised, each a bit of [`World::broken`]; the last one where octets are sealed.
pub const PROMISES: [&str; 10] = [
    //= model SRS_SASLCLIENTIO_50_003, SRS_SASLCLIENTIO_01_058, SRS_SASLCLIENTIO_01_072
    //= model SRS_SASL_SERVER_IO_01_107
    "a client that is told open logged in at a server whose mechanism succeeded in this connection",
    //= model SRS_SASL_SERVER_IO_50_006, SRS_SASL_SERVER_IO_50_016
    "a server succeeds only for a client that proved itself and was let in",
    //= model SRS_SASLCLIENTIO_50_021, SRS_SASLCLIENTIO_50_023, SRS_SASLCLIENTIO_01_030
    //= model SRS_SASL_SERVER_IO_50_008
    "no octet goes up before the login is proven and open is told, or after an end",
    //= model SRS_SASLCLIENTIO_01_020, SRS_SASLCLIENTIO_01_059
    //= model SRS_SASL_SERVER_IO_01_053, SRS_SASL_SERVER_IO_01_109
    "what goes up is what the other user sent, unchanged and in order",
    //= model SRS_TLSIO_50_011, SRS_TLSIO_50_014, SRS_TLSIO_50_023
    "the peer's end is told after all that the peer was told is sent",
    //= model SRS_SASLCLIENTIO_50_025, SRS_SASLCLIENTIO_50_026
    //= model SRS_SASL_SERVER_IO_01_064
    "every open, send and close completes once, and a failure is told once",
    //= model SRS_SASLCLIENTIO_01_024
    "a message is told to be sent only when the socket took all of it",
    //= model SRS_TLSIO_50_023, SRS_TLSIO_50_025
    "writing is shut down once, when all is written",
    //= model SRS_TLSIO_50_005
    //= model SRS_SASL_SERVER_IO_01_107
    "what an end that gives up has to say is written before its socket is left",
    //= model SRS_TLSIO_50_008
    //= model SRS_SASLCLIENTIO_01_095
    //= model SRS_SASL_SERVER_IO_01_067
    "nothing goes in clear",
];

pub(super) const OPENED: usize = 0;
pub(super) const LET_IN: usize = 1;
pub(super) const BEFORE: usize = 2;
pub(super) const DATA: usize = 3;
pub(super) const ENDED: usize = 4;
pub(super) const ONCE: usize = 5;
pub(super) const TAKEN: usize = 6;
pub(super) const SHUT: usize = 7;
pub(super) const WORDS: usize = 8;
pub(super) const CLEAR: usize = 9;

type Condition<L> = fn(&Pair<L>, &World<L>) -> bool;

pub(super) fn properties<L: Below>(bounds: &Bounds) -> Vec<Property<Pair<L>>> {
    fn holds<L: Below, const BIT: usize>(_: &Pair<L>, world: &World<L>) -> bool {
        world.broken & (1 << BIT) == 0
    }
    let conditions: [Condition<L>; PROMISES.len()] = [
        holds::<L, OPENED>,
        holds::<L, LET_IN>,
        holds::<L, BEFORE>,
        holds::<L, DATA>,
        holds::<L, ENDED>,
        holds::<L, ONCE>,
        holds::<L, TAKEN>,
        holds::<L, SHUT>,
        holds::<L, WORDS>,
        holds::<L, CLEAR>,
    ];
    let promises = PROMISES.into_iter().zip(conditions);
    let promises = promises.take(if L::SEALS { CLEAR + 1 } else { CLEAR });
    promises.map(|(name, holds)| Property::always(name, holds)).chain(witnesses(bounds)).collect()
}

/// What must be possible.
fn witnesses<L: Below>(bounds: &Bounds) -> Vec<Property<Pair<L>>> {
    let mut witnesses: Vec<(&'static str, Condition<L>)> = vec![
        ("both ends are open", |_, world| {
            world.client.notes.view == View::Open && world.server.notes.view == View::Open
        }),
        ("a message arrives each way", |_, world| {
            world.client.notes.received != 0 && world.server.notes.received != 0
        }),
    ];
    if bounds.closes == [true, true] {
        witnesses.push((
            "both ends close in order, the second after the first's end",
            |_, world| {
                let (client, server) = (&world.client.notes, &world.server.notes);
                let over = client.view == View::Over && server.view == View::Over;
                let told = client.ended || server.ended;
                over && told && !client.failed && !server.failed
            },
        ));
    }
    if bounds.finishes == [true, true] {
        witnesses.push(("both ends are told the other's end", |_, world| {
            world.client.notes.ended && world.server.notes.ended
        }));
    }
    if bounds.refuses {
        witnesses.push(("a login that is refused is told to the client", |_, world| {
            world.client.notes.refused && world.server.notes.failed
        }));
    }
    if bounds.faults != 0 {
        witnesses.push(("a connection breaks under both ends", |_, world| {
            world.client.notes.view == View::Broken && world.server.notes.view == View::Broken
        }));
    }
    witnesses.into_iter().map(|(name, shows)| Property::sometimes(name, shows)).collect()
}
