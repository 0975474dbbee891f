//! Mechanisms, event by event.

use super::tables::{LONGEST, Machines};
use crate::Target;

//= fuzz SRS_SASL_MECHANISMS_01_021, SRS_SASL_MECHANISMS_01_041
/// Challenges, responses, answers, outcomes and slices of work, in any order.
pub const TARGET: Target = Target {
    reachable: Some(|| MACHINES.reachable()),
    longest: LONGEST,
    ..driven!(
        MACHINES,
        "table_mechanisms",
        "mechanisms on either side, event by event, against their tables"
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
