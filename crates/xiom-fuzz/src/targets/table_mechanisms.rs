//! Mechanisms, event by event.

use super::tables::{LONGEST, Machines};
use crate::{Pair, Seed, Target};

//= fuzz SRS_SASL_MECHANISMS_01_021, SRS_SASL_MECHANISMS_01_041
/// Challenges, responses, answers, outcomes and slices of work, in any order.
pub const TARGET: Target = Target {
    explain,
    seeds,
    coverage: Some(coverage),
    reachable: Some(reachable),
    prepare,
    longest: LONGEST,
    ..Target::new(
        "table_mechanisms",
        "mechanisms on either side, event by event, against their tables",
        run,
    )
};

static MACHINES: Machines<8> = Machines::new([
    "plain-client",
    "plain-server",
    "anonymous-client",
    "anonymous-server",
    "external-client",
    "external-server",
    "scram-client",
    "scram-server",
]);

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
