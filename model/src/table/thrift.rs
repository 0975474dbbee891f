//! The Thrift SASL client and server, each alone, driven as a stack drives them.

use core::fmt::Debug;

use xiom_core::{Plain, Stack};
use xiom_sasl::client::ClientMechanism;
use xiom_thrift_sasl::{Client, Server};

use super::field::field;
use super::layer::{Named, look};
use super::scene::Table;
use super::slow;
use crate::models::{Size, thrift};
use crate::world::Unit;

/// The client: with SCRAM, and with a mechanism that computes before it speaks.
pub(super) fn client() -> Table {
    let about = "`xiom_thrift_sasl::Client` with SCRAM, and with a mechanism that computes before it speaks.";
    let scram = thrift::client::client(Size::Small);
    let setup = scram.setup();
    let slow_units = [Unit::new("COMPLETE alone", "", thrift::words::message(5, b""))];
    let scenes = vec![
        look((setup.layers)(), &whole(&setup.units), &[], thrift::words::told),
        look(slow::thrift(), &slow_units, &[], thrift::words::told),
    ];
    Table::new(["thrift-client", "Thrift Client", about], scenes)
}

/// The server: with PLAIN and ANONYMOUS, and with SCRAM.
pub(super) fn server() -> Table {
    let about = "`xiom_thrift_sasl::Server` with PLAIN and ANONYMOUS, and with SCRAM, and an application that \
        answers in every way.";
    let plain = thrift::server::server(Size::Small);
    let setup = plain.setup();
    let units = whole(&setup.units);
    let (scram, more) = thrift::server::scram();
    let scenes = vec![
        look((setup.layers)(), &units, &setup.answers, thrift::words::told),
        look(scram, &more, &setup.answers, thrift::words::told),
    ];
    Table::new(["thrift-server", "Thrift Server", about], scenes)
}

/// The units that are one message or one frame.
fn whole(units: &[Unit]) -> Vec<Unit> {
    let is_one = |unit: &&Unit| !unit.name.contains("data behind") && unit.means.len() == 1;
    units.iter().filter(is_one).cloned().collect()
}

impl<M: ClientMechanism<Layer: Debug> + Debug> Named for Stack<Client<M>, Plain> {
    fn state(&self) -> Option<String> {
        field(&format!("{:?}", self.upper()), "state")
    }
}

impl Named for Stack<Server, Plain> {
    fn state(&self) -> Option<String> {
        field(&format!("{:?}", self.upper()), "state")
    }
}
