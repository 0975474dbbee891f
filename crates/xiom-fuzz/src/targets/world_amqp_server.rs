//! Channels over the AMQP SASL server, alone and over TLS, in the world of their models.

use xiom_model::models::server;

use super::worlds::{Worlds, world};
use crate::Target;

//= fuzz SRS_SASL_SERVER_IO_01_064, SRS_SASL_SERVER_IO_50_006
//= fuzz SRS_SASL_SERVER_IO_50_008, SRS_SASL_SERVER_IO_50_011
//= fuzz SRS_SASL_SERVER_IO_01_018, SRS_SASL_SERVER_IO_01_087
//= fuzz SRS_SASL_SERVER_IO_50_020
/// An application that answers in every way, and a client that says headers, frames, pieces of them, and anything.
pub const TARGET: Target = Target {
    memory: 1 << 20,
    longest: 256,
    ..driven!(
        WORLDS,
        "world_amqp_server",
        "channels over the AMQP SASL server among all that may happen, against the promises"
    )
};

static WORLDS: Worlds =
    Worlds::new(|| vec![world(server::plain), world(server::scram), world(server::over_tls)]);
