//! The layers of AMQP and of TLS, event by event.

use super::tables::{LONGEST, Machines};
use crate::Target;

//= fuzz SRS_SASLCLIENTIO_50_012, SRS_SASLCLIENTIO_01_119, SRS_SASL_SERVER_IO_01_055
/// Calls, units that are cut anywhere, and answers of the application.
pub const TARGET: Target = Target {
    reachable: Some(|| MACHINES.reachable()),
    longest: LONGEST,
    ..driven!(
        MACHINES,
        "table_layers",
        "TLS, headers, AMQP SASL client and server, event by event, against their tables"
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
