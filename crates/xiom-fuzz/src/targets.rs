//! Every target, one module each.

use crate::Target;

/// A target whose inputs a static of its module drives: [`tables::Machines`] or [`worlds::Worlds`].
macro_rules! driven {
    ($driver:ident, $name:literal, $about:literal) => {
        $crate::Target {
            explain: |input| $driver.explain(input),
            seeds: || $driver.seeds(),
            coverage: Some(|input| $driver.coverage(input)),
            prepare: |input| $driver.prepare(input),
            ..$crate::Target::new($name, $about, |input| $driver.run(input))
        }
    };
}

pub mod amqp_differential;
pub mod amqp_frame;
pub mod amqp_sasl;
pub mod amqp_value;
pub mod amqp_value_built;
pub mod pair_amqp;
pub mod pair_thrift;
pub mod sasl_client;
pub mod sasl_keys;
pub mod sasl_server;
pub mod table_channel;
pub mod table_layers;
pub mod table_mechanisms;
pub mod table_thrift;
pub mod thrift_frame;
pub mod thrift_message;
pub mod trace_citation;
pub mod trace_document;
pub mod url;
pub mod users_file;
pub mod world_amqp_client;
pub mod world_amqp_server;
pub mod world_thrift;
pub mod world_tls;

mod pairs;
mod sasl;
mod tables;
mod worlds;

/// Every target but [`EMPTY`].
pub const ALL: &[Target] = &[
    amqp_differential::TARGET,
    amqp_frame::TARGET,
    amqp_sasl::TARGET,
    amqp_value::TARGET,
    amqp_value_built::TARGET,
    pair_amqp::TARGET,
    pair_thrift::TARGET,
    sasl_client::TARGET,
    sasl_keys::TARGET,
    sasl_server::TARGET,
    table_channel::TARGET,
    table_layers::TARGET,
    table_mechanisms::TARGET,
    table_thrift::TARGET,
    thrift_frame::TARGET,
    thrift_message::TARGET,
    trace_citation::TARGET,
    trace_document::TARGET,
    url::TARGET,
    users_file::TARGET,
    world_amqp_client::TARGET,
    world_amqp_server::TARGET,
    world_thrift::TARGET,
    world_tls::TARGET,
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
