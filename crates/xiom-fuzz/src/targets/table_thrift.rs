//! The client and the server of Thrift SASL, event by event.

use super::tables::{LONGEST, Machines};
use crate::{Pair, Seed, Target};

//= fuzz SRS_THRIFT_SASL_50_039, SRS_THRIFT_SASL_50_004, SRS_THRIFT_SASL_50_008
/// Calls, messages and frames that are cut anywhere, and answers of the application.
pub const TARGET: Target = Target {
    explain,
    seeds,
    coverage: Some(coverage),
    reachable: Some(reachable),
    prepare,
    longest: LONGEST,
    ..Target::new(
        "table_thrift",
        "Thrift SASL client and server, event by event, against their tables",
        run,
    )
};

static MACHINES: Machines<2> = Machines::new(["thrift-client", "thrift-server"]);

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
