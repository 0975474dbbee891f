//! Channels over the Thrift SASL client and server, in the world of their models.

use xiom_model::models::thrift;

use super::worlds::{Worlds, world};
use crate::Target;

//= fuzz SRS_THRIFT_SASL_50_001, SRS_THRIFT_SASL_01_021, SRS_THRIFT_SASL_50_011
/// Messages and frames, pieces of them, and anything; a user and an application.
pub const TARGET: Target = Target {
    memory: 1 << 20,
    longest: 256,
    ..driven!(
        WORLDS,
        "world_thrift",
        "channels over Thrift SASL among all that may happen, against the promises"
    )
};

static WORLDS: Worlds =
    Worlds::new(|| vec![world(thrift::client::client), world(thrift::server::server)]);
