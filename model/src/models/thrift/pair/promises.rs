//! What is promised of the two sides, and what must be possible so that no promise is empty.

use stateright::Property;
use xiom_core::{Cause, Phase, ThriftFault};

use super::world::{Side, World};
use super::{Bounds, Pair};

/// What is promised, each a bit of [`World::broken`].
pub const PROMISES: [&str; 9] = [
    //= model SRS_THRIFT_SASL_50_004, SRS_THRIFT_SASL_50_006, SRS_THRIFT_SASL_50_017
    //= model SRS_THRIFT_SASL_50_002
    "a side is open only when its own mechanism is done, and the server only for whom was let in",
    //= model SRS_THRIFT_SASL_50_012, SRS_THRIFT_SASL_01_028
    "a client is open only when the server's mechanism is done and COMPLETE was said",
    //= model SRS_THRIFT_SASL_50_011, SRS_THRIFT_SASL_01_021
    "no side of an honest pair waits for what never comes",
    //= model SRS_THRIFT_SASL_50_013, SRS_THRIFT_SASL_50_003, SRS_THRIFT_SASL_50_007
    "no side of an honest pair reads a message as a frame, a frame as a message, or a length nobody meant",
    //= model SRS_THRIFT_SASL_01_032, SRS_THRIFT_SASL_50_040, SRS_THRIFT_SASL_50_044
    "what one user of an honest pair sends comes to the other whole, unaltered and in order",
    //= model SRS_THRIFT_SASL_50_041, SRS_THRIFT_SASL_50_042
    "no octet of a user goes up before the negotiation has come to its good end",
    //= model SRS_THRIFT_SASL_50_001, SRS_THRIFT_SASL_50_002
    "a side ends its part of the negotiation once, and says nothing behind it",
    //= model SRS_THRIFT_SASL_50_018, SRS_THRIFT_SASL_50_019, SRS_THRIFT_SASL_01_029
    "of a pair at most one side refuses, once",
    //= model SRS_THRIFT_SASL_01_007, SRS_THRIFT_SASL_01_008, SRS_THRIFT_SASL_01_009
    "the client's first message is START with the name of its mechanism, and no other message is",
];

pub(super) const OWN: usize = 0;
pub(super) const AGREEMENT: usize = 1;
pub(super) const NO_DEADLOCK: usize = 2;
pub(super) const MEANT: usize = 3;
pub(super) const INTACT: usize = 4;
pub(super) const BEFORE: usize = 5;
pub(super) const ORDER: usize = 6;
pub(super) const REFUSED_ONCE: usize = 7;
pub(super) const NAMED: usize = 8;

type Condition = fn(&Pair, &World) -> bool;

pub(super) fn properties(bounds: Bounds) -> Vec<Property<Pair>> {
    fn holds<const BIT: usize>(_: &Pair, world: &World) -> bool {
        world.broken & (1 << BIT) == 0
    }
    let conditions: [Condition; PROMISES.len()] = [
        holds::<OWN>,
        holds::<AGREEMENT>,
        holds::<NO_DEADLOCK>,
        holds::<MEANT>,
        holds::<INTACT>,
        holds::<BEFORE>,
        holds::<ORDER>,
        holds::<REFUSED_ONCE>,
        holds::<NAMED>,
    ];
    let promises = PROMISES.into_iter().zip(conditions);
    promises.map(|(name, holds)| Property::always(name, holds)).chain(witnesses(bounds)).collect()
}

/// What must be possible.
fn witnesses(bounds: Bounds) -> Vec<Property<Pair>> {
    fn has_failed_for(side: Side, world: &World, fault: ThriftFault) -> bool {
        matches!(world.end(side).phase, Phase::Failed(it) if it.cause == Cause::Thrift(fault))
    }
    let mut witnesses: Vec<(&'static str, Condition)> = vec![
        ("both sides are open, and a message has come each way", |_, world| {
            world.is_open() && Side::BOTH.iter().all(|side| world.end(*side).received != 0)
        }),
        ("the client is refused", |_, world| {
            has_failed_for(Side::Client, world, ThriftFault::Refused)
        }),
        ("the server is refused", |_, world| {
            has_failed_for(Side::Server, world, ThriftFault::Refused)
        }),
        ("one side is told that it is not understood", |_, world| {
            Side::BOTH.iter().any(|it| has_failed_for(*it, world, ThriftFault::NotUnderstood))
        }),
        ("a server that is open learns in order that the client was not content", |_, world| {
            let client = &world.end(Side::Client).phase;
            let is_refused =
                matches!(client, Phase::Failed(it) if matches!(it.cause, Cause::Mechanism(_)));
            !world.is_disturbed && is_refused && world.end(Side::Server).phase == Phase::Ended
        }),
    ];
    if bounds.closes != [false, false] {
        witnesses.push(("a user hangs up, and the other is told so in order", |_, world| {
            let is_over = |side| world.end(side).phase == Phase::Ended;
            world.is_disturbed && Side::BOTH.iter().any(|side| is_over(*side))
        }));
    }
    witnesses.into_iter().map(|(name, shows)| Property::sometimes(name, shows)).collect()
}
