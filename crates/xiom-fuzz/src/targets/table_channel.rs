//! The life cycle of a connection, event by event.

use super::tables::{LONGEST, Machines};
use crate::Target;

//= fuzz SRS_TLSIO_30_005, SRS_TLSIO_30_006, SRS_TLSIO_30_066
//= fuzz SRS_TLSIO_50_022, SRS_SASLCLIENTIO_01_098, SRS_SASL_SERVER_IO_50_014
/// Commands, facts, deeds and all that layers do, in any order that drivers may bring about.
pub const TARGET: Target = Target {
    reachable: Some(|| MACHINES.reachable()),
    longest: LONGEST,
    ..driven!(MACHINES, "table_channel", "the life cycle, event by event, against its table")
};

static MACHINES: Machines<1> = Machines::new(["channel"]);
