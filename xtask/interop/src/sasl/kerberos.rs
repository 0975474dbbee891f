//! Xiom's GSSAPI in the realm that the environment names: a ticket, and the key of a service.

use anyhow::Result;
use xiom::sasl::{client, server};
use xiom_gssapi::{Acceptor, Context, Initiator, Library};

use super::account::{HOST, SERVICE};

/// The client, with a ticket for the service, or for another one.
pub(crate) fn client(is_wrong: bool) -> Result<client::Gssapi<Context>> {
    let service = if is_wrong { OTHER_SERVICE } else { SERVICE };
    let context = Initiator::new(service, HOST).prepare(&Library::load()?)?;
    Ok(client::Gssapi::new(context, None)?)
}

/// The server, with the key of the service alone.
pub(crate) fn server() -> Result<server::Gssapi<Context>> {
    let service = Acceptor::new().service(SERVICE, HOST).acquire(&Library::load()?)?;
    Ok(server::Gssapi::new(service.context()))
}

/// A service of the realm whose key the server does not have.
pub(crate) const OTHER_SERVICE: &str = "hive";

/// The user as the realm calls it.
pub(crate) const PRINCIPAL: &str = "user@XIOM.TEST";
