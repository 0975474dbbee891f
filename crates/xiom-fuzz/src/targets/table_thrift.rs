//! The client and the server of Thrift SASL, event by event.

use super::tables::{LONGEST, Machines};
use crate::Target;

//= fuzz SRS_THRIFT_SASL_50_039, SRS_THRIFT_SASL_50_004, SRS_THRIFT_SASL_50_008
/// Calls, messages and frames that are cut anywhere, and answers of the application.
pub const TARGET: Target = Target {
    reachable: Some(|| MACHINES.reachable()),
    longest: LONGEST,
    ..driven!(
        MACHINES,
        "table_thrift",
        "Thrift SASL client and server, event by event, against their tables"
    )
};

static MACHINES: Machines<2> = Machines::new(["thrift-client", "thrift-server"]);
