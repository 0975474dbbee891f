//! What every shipped machine does with every event: tables and pictures drawn by running the shipped code.
//!
//! A table is never written by hand. The files below `spec/tables` are compared with what the code does, so
//! that a change of a machine shows as a change of its table.

use crate::report::Diagram;

mod channel;
pub mod explore;
pub mod field;
pub mod files;
mod layer;
mod mechanism;
mod picture;
mod puppet;
mod script;
mod sheet;
mod slow;
mod thrift;

pub use explore::{Event, Fault, Found, Machine, Outcome, Reaction, explore};
pub use sheet::{Cells, Sheet, View, read};

/// Draws one machine.
type Draw = fn() -> Result<Sheet, Fault>;

/// Every machine.
///
/// # Errors
///
/// Returns the [`Fault`] of the first machine that has no table.
pub fn all() -> Result<Vec<Sheet>, Fault> {
    MACHINES.iter().map(|(_, draw)| draw()).collect()
}

/// The pictures of the machines that the model `name` tells of; each machine belongs to one model.
#[must_use]
pub fn diagrams(name: &str) -> Vec<Diagram> {
    let drawn = MACHINES.iter().filter(|(model, _)| *model == name);
    let sheets = drawn.map(|(_, draw)| {
        // A panic here is a failure of the model, which is told.
        draw().unwrap_or_else(|fault| unreachable!("a machine has no table: {fault}"))
    });
    sheets.flat_map(|sheet| sheet.diagrams()).collect()
}

/// The model that tells of a machine, and the machine.
const MACHINES: [(&str, Draw); 17] = [
    ("client", channel::sheet),
    ("tlsio", layer::tls_client),
    ("tlsio-server", layer::tls_server),
    ("client-header", layer::header_client),
    ("client-header", layer::header_server),
    ("client", layer::client),
    ("server", layer::server),
    ("thrift-client", thrift::client),
    ("thrift-server", thrift::server),
    ("client", mechanism::client::plain),
    ("client", mechanism::client::anonymous),
    ("client", mechanism::client::external),
    ("client-scram", mechanism::client::scram),
    ("server", mechanism::server::plain),
    ("server", mechanism::server::anonymous),
    ("server", mechanism::server::external),
    ("server-scram", mechanism::server::scram),
];

/// No machine has more concrete states than this.
const BOUND: usize = 200_000;
