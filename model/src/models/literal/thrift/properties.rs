//! What should hold between the peers.

use stateright::Property;

use super::{Network, Peer, Phase, Thrift, World};

/// Nothing is under way.
fn is_rest(world: &World) -> bool {
    world.to_server.is_empty() && world.to_client.is_empty()
}

fn peers(world: &World) -> [&Peer; 2] {
    [&world.client, &world.server]
}

pub(super) fn properties(network: Network) -> Vec<Property<Thrift>> {
    let mut properties = vec![
        Property::always(OWN_MECHANISM, |_: &Thrift, world: &World| {
            peers(world).iter().all(|peer| peer.phase != Phase::Open || peer.is_done)
        }),
        Property::always(BOUNDED, |_: &Thrift, world: &World| {
            peers(world).iter().all(|peer| !peer.is_absurd || peer.phase == Phase::Failed)
        }),
        Property::always(TOLD_COMPLETE, |_: &Thrift, world: &World| {
            world.client.phase != Phase::Open || world.client.has_heard
        }),
        Property::sometimes(OPENS, |_: &Thrift, world: &World| world.client.phase == Phase::Open),
    ];
    if network == Network::Stranger {
        return properties;
    }
    properties.extend([
        Property::always(AGREEMENT, |_: &Thrift, world: &World| {
            world.client.phase != Phase::Open || world.server.is_done
        }),
        Property::always(NO_DEADLOCK, |_: &Thrift, world: &World| {
            let ends = |peer: &&Peer| matches!(peer.phase, Phase::Open | Phase::Failed);
            !is_rest(world) || peers(world).iter().all(ends)
        }),
        Property::always(MEANT, |_: &Thrift, world: &World| {
            !peers(world).iter().any(|peer| peer.is_absurd)
        }),
        Property::always(INTACT, |_: &Thrift, world: &World| {
            let is_open = peers(world).iter().all(|peer| peer.phase == Phase::Open);
            let is_lost = is_rest(world) && is_open && !peers(world).iter().all(|it| it.has_data);
            !is_lost && !peers(world).iter().any(|peer| peer.is_garbled)
        }),
        Property::always(ONE_SIDED, |_: &Thrift, world: &World| {
            let count = peers(world).iter().filter(|peer| peer.phase == Phase::Open).count();
            !is_rest(world) || count != 1
        }),
    ]);
    properties
}

pub(super) const OWN_MECHANISM: &str = "a peer is open only when its own mechanism is done";
pub(super) const AGREEMENT: &str = "a client is open only when the server's mechanism is done";
pub(super) const NO_DEADLOCK: &str = "no peer waits for ever";
pub(super) const BOUNDED: &str = "a length that nobody means ends the communication";
pub(super) const MEANT: &str = "honest peers read no length that neither has meant";
pub(super) const INTACT: &str = "what one peer sends the other receives";
pub(super) const ONE_SIDED: &str = "at rest both peers are open, or neither is";
const TOLD_COMPLETE: &str = "a client is open only when it was told COMPLETE";
const OPENS: &str = "a client can open";
