//! The layers of AMQP and of TLS, event by event.

use super::tables::{LONGEST, Machines};
use crate::{Pair, Seed, Target};

//= fuzz SRS_SASLCLIENTIO_50_012, SRS_SASLCLIENTIO_01_119, SRS_SASL_SERVER_IO_01_055
/// Calls, units that are cut anywhere, and answers of the application.
pub const TARGET: Target = Target {
    explain,
    seeds,
    coverage: Some(coverage),
    reachable: Some(reachable),
    prepare,
    longest: LONGEST,
    ..Target::new(
        "table_layers",
        "TLS, headers, AMQP SASL client and server, event by event, against their tables",
        run,
    )
};

static MACHINES: Machines<6> = Machines::new([
    "tls-client",
    "tls-server",
    "header-client",
    "header-server",
    "client",
    "server",
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
