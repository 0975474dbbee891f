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
mod scene;
mod script;
mod sheet;
mod slow;
mod survey;
mod thrift;

pub use explore::{Event, Fault, Found, Machine, Outcome, Reaction, explore};
pub use scene::{Chart, Scene, See, Table};
pub use sheet::{Cells, Sheet, View, read};
pub use survey::{Departure, Survey, Walker};

/// Sets one machine up.
type Draw = fn() -> Result<Table, Fault>;

/// Every machine.
///
/// # Errors
///
/// Returns the [`Fault`] of the first machine that has no table.
pub fn all() -> Result<Vec<Sheet>, Fault> {
    MACHINES.iter().map(|(_, draw)| draw()?.sheet()).collect()
}

/// The machine that is called `slug`, not yet explored.
///
/// # Errors
///
/// Returns the [`Fault`] of a machine that cannot be set up.
pub fn find(slug: &str) -> Result<Option<Table>, Fault> {
    for (_, draw) in MACHINES {
        let table = draw()?;
        if table.slug == slug {
            return Ok(Some(table));
        }
    }
    Ok(None)
}

/// The pictures of the machines that the model `name` tells of; each machine belongs to one model.
#[must_use]
pub fn diagrams(name: &str) -> Vec<Diagram> {
    let drawn = MACHINES.iter().filter(|(model, _)| *model == name);
    let sheets = drawn.map(|(_, draw)| {
        // A panic here is a failure of the model, which is told.
        draw()
            .and_then(Table::sheet)
            .unwrap_or_else(|fault| unreachable!("a machine has no table: {fault}"))
    });
    sheets.flat_map(|sheet| sheet.diagrams()).collect()
}

/// The model that tells of a machine, and the machine.
const MACHINES: [(&str, Draw); 17] = [
    ("client", || Ok(channel::table())),
    ("tlsio", || Ok(layer::tls_client())),
    ("tlsio-server", || Ok(layer::tls_server())),
    ("client-header", || Ok(layer::header_client())),
    ("client-header", || Ok(layer::header_server())),
    ("client", || Ok(layer::client())),
    ("server", || Ok(layer::server())),
    ("thrift-client", || Ok(thrift::client())),
    ("thrift-server", || Ok(thrift::server())),
    ("client", mechanism::client::plain),
    ("client", mechanism::client::anonymous),
    ("client", mechanism::client::external),
    ("client-scram", mechanism::client::scram),
    ("server", || Ok(mechanism::server::plain())),
    ("server", || Ok(mechanism::server::anonymous())),
    ("server", || Ok(mechanism::server::external())),
    ("server-scram", || Ok(mechanism::server::scram())),
];

/// No machine has more concrete states than this.
const BOUND: usize = 200_000;
