//! The life cycle of a connection, event by event.

use super::tables::{LONGEST, Machines};
use crate::{Pair, Seed, Target};

//= fuzz SRS_TLSIO_30_005, SRS_TLSIO_30_006, SRS_TLSIO_30_066
//= fuzz SRS_TLSIO_50_022, SRS_SASLCLIENTIO_01_098, SRS_SASL_SERVER_IO_50_014
/// Commands, facts, deeds and all that layers do, in any order that drivers may bring about.
pub const TARGET: Target = Target {
    explain,
    seeds,
    coverage: Some(coverage),
    reachable: Some(reachable),
    prepare,
    longest: LONGEST,
    ..Target::new("table_channel", "the life cycle, event by event, against its table", run)
};

static MACHINES: Machines<1> = Machines::new(["channel"]);

fn prepare(input: &[u8]) {
    MACHINES.prepare(input);
}

fn run(input: &[u8]) {
    MACHINES.run(input);
}

fn coverage(input: &[u8]) -> Vec<Pair> {
    MACHINES.coverage(input)
}

fn reachable() -> Vec<Pair> {
    MACHINES.reachable()
}

fn explain(input: &[u8]) -> String {
    MACHINES.explain(input)
}

fn seeds() -> Vec<Seed> {
    MACHINES.seeds()
}
