//! Every target, one module each.

use crate::Target;

pub mod amqp_differential;
pub mod amqp_frame;
pub mod amqp_sasl;
pub mod amqp_value;
pub mod amqp_value_built;
pub mod sasl_client;
pub mod sasl_keys;
pub mod sasl_server;
pub mod thrift_frame;
pub mod thrift_message;
pub mod trace_citation;
pub mod trace_document;
pub mod url;
pub mod users_file;

mod sasl;

/// Every target but [`EMPTY`].
pub const ALL: &[Target] = &[
    amqp_differential::TARGET,
    amqp_frame::TARGET,
    amqp_sasl::TARGET,
    amqp_value::TARGET,
    amqp_value_built::TARGET,
    sasl_client::TARGET,
    sasl_keys::TARGET,
    sasl_server::TARGET,
    thrift_frame::TARGET,
    thrift_message::TARGET,
    trace_citation::TARGET,
    trace_document::TARGET,
    url::TARGET,
    users_file::TARGET,
];

/// Does nothing: the yardstick for the speed of the others.
pub const EMPTY: Target = Target::new("empty", "nothing; what the engine itself costs", nothing);

fn nothing(_: &[u8]) {}

/// What messages of mechanisms are made of, taken from good exchanges.
pub(crate) fn sasl_words() -> Vec<Vec<u8>> {
    sasl::words()
}

/// The target of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Target> {
    ALL.iter().find(|target| target.name == name)
}
