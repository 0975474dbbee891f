//! Channels over TLS, client and server, in the world of their models.

use xiom_model::models::tlsio;

use super::worlds::{Worlds, world};
use crate::Target;

//= fuzz SRS_TLSIO_30_091, SRS_TLSIO_30_093
//= fuzz SRS_TLSIO_50_011, SRS_TLSIO_50_014, SRS_TLSIO_50_023
//= fuzz SRS_TLSIO_50_006, SRS_TLSIO_50_008
//= fuzz SRS_TLSIO_50_004, SRS_TLSIO_50_024
/// A user, a socket that fails, and a peer that says records, pieces of them, and anything.
pub const TARGET: Target = Target {
    memory: 1 << 20,
    longest: 256,
    ..driven!(
        WORLDS,
        "world_tls",
        "channels over TLS among all that may happen, against the promises"
    )
};

static WORLDS: Worlds = Worlds::new(|| vec![world(tlsio::client), world(tlsio::server)]);
