//! Channels over the Thrift SASL client and server, in the world of their models.

use xiom_model::models::thrift;

use super::worlds::{Worlds, world};
use crate::{Pair, Seed, Target};

//= fuzz SRS_THRIFT_SASL_50_001, SRS_THRIFT_SASL_01_021, SRS_THRIFT_SASL_50_011
/// Messages and frames, pieces of them, and anything; a user and an application.
pub const TARGET: Target = Target {
    explain,
    seeds,
    coverage: Some(coverage),
    prepare,
    memory: 1 << 20,
    longest: 256,
    ..Target::new(
        "world_thrift",
        "channels over Thrift SASL among all that may happen, against the promises",
        run,
    )
};

static WORLDS: Worlds =
    Worlds::new(|| vec![world(thrift::client::client), world(thrift::server::server)]);

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
