//! Channels over TLS, client and server, in the world of their models.

use xiom_model::models::tlsio;

use super::worlds::{Worlds, world};
use crate::{Pair, Seed, Target};

//= fuzz SRS_TLSIO_30_091, SRS_TLSIO_30_093
//= fuzz SRS_TLSIO_50_011, SRS_TLSIO_50_014, SRS_TLSIO_50_023
//= fuzz SRS_TLSIO_50_006, SRS_TLSIO_50_008
//= fuzz SRS_TLSIO_50_004, SRS_TLSIO_50_024
/// A user, a socket that fails, and a peer that says records, pieces of them, and anything.
pub const TARGET: Target = Target {
    explain,
    seeds,
    coverage: Some(coverage),
    prepare,
    memory: 1 << 20,
    longest: 256,
    ..Target::new(
        "world_tls",
        "channels over TLS among all that may happen, against the promises",
        run,
    )
};

static WORLDS: Worlds = Worlds::new(|| vec![world(tlsio::client), world(tlsio::server)]);

fn prepare(_: &[u8]) {
    WORLDS.prepare();
}

fn run(input: &[u8]) {
    WORLDS.run(input);
}

fn coverage(input: &[u8]) -> Vec<Pair> {
    WORLDS.coverage(input)
}

fn explain(input: &[u8]) -> String {
    WORLDS.explain(input)
}

fn seeds() -> Vec<Seed> {
    WORLDS.seeds()
}
