//! Channels over the AMQP SASL client, alone and over TLS, in the world of their models.

use xiom_model::models::{client, client_scram};

use super::worlds::{Worlds, world};
use crate::Target;

//= fuzz SRS_SASLCLIENTIO_01_072
//= fuzz SRS_SASLCLIENTIO_50_019, SRS_SASLCLIENTIO_50_021, SRS_SASLCLIENTIO_50_023
//= fuzz SRS_SASLCLIENTIO_50_025, SRS_SASLCLIENTIO_50_026, SRS_SASLCLIENTIO_01_102
//= fuzz SRS_SASLCLIENTIO_50_027
/// A user, a socket that fails, and a server that says headers, frames, pieces of them, and anything.
pub const TARGET: Target = Target {
    memory: 1 << 20,
    longest: 256,
    ..driven!(
        WORLDS,
        "world_amqp_client",
        "channels over the AMQP SASL client among all that may happen, against the promises"
    )
};

static WORLDS: Worlds = Worlds::new(|| {
    vec![
        world(client::plain),
        world(client::clear),
        world(client_scram::scram),
        world(client_scram::bounded),
        world(client::over_tls),
        world(client::over_header),
    ]
});
