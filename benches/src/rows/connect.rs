//! Connections over loopback, one after the other: connect, log in, drop; CPU time of the client.
//!
//! The server is a thread of its own and is not counted; its share stands in the benchmark `logins`. Every TLS
//! handshake is a full one. The limit says the same octets without a protocol ([`super::script`]).

use core::net::SocketAddr;

use anyhow::{Result, anyhow};
use xiom::{Client, Server, TlsStyle, UserTable};
use xiom_sasl::ScramKeys;
use xiom_sasl::scram::Hash;

use super::Peers;
use super::script::Script;
use crate::contest::{Contest, Rival, Unit, XIOM};
use crate::live::Live;
use crate::material::{ADDRESS, Material};

/// Where to connect, and how.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Where the server listens.
    pub address: SocketAddr,
    /// `PLAIN` or `SCRAM-SHA-256`, as `user` with `password`.
    pub mechanism: &'a str,
    /// What makes TLS, where it is to be.
    pub tls: Option<&'a Material>,
}

/// Measures the rows.
///
/// # Errors
///
/// Returns an error when there is no server.
pub fn run(contest: &mut Contest, material: &Material, peers: &impl Peers) -> Result<()> {
    for (transport, tls) in [("tcp", None), ("tls", Some(material))] {
        for mechanism in ["PLAIN", "SCRAM-SHA-256"] {
            let row = format!("connect/{transport}, {mechanism}");
            if !contest.wants(&row) {
                continue;
            }
            let live = Live::facade(server(tls)?)?;
            let script = match mechanism {
                "PLAIN" => Script::amqp_at(live.address(), tls)?,
                _ => Script::scram(tls)?,
            };
            let place = Place { address: live.address(), mechanism, tls };
            let client = client(&place)?;
            let mut rivals = vec![
                Rival::messages("bare socket", 0, |count| {
                    (0..count).try_for_each(|_| script.log_in())
                }),
                Rival::messages(XIOM, 0, |count| {
                    for _ in 0..count {
                        client.connect_blocking().map_err(|error| anyhow!("{error}"))?;
                    }
                    Ok(())
                }),
            ];
            rivals.extend(peers.connect(&place));
            contest.run(&row, Unit::Microseconds, rivals);
        }
    }
    Ok(())
}

fn server(tls: Option<&Material>) -> Result<Server> {
    let keys = ScramKeys::derive(Hash::Sha256, "password", b"0123456789abcdef", 4096)?;
    let users = UserTable::new().with_keys("user", keys);
    let builder = Server::builder(users).allow_cleartext();
    let builder = match tls {
        Some(material) => builder.tls(TlsStyle::Direct, material.server_options()),
        None => builder,
    };
    Ok(builder.build()?)
}

fn client(place: &Place<'_>) -> Result<Client> {
    let scheme = if place.tls.is_some() { "amqps" } else { "amqp" };
    let url = format!("{scheme}://user:password@{ADDRESS}:{}", place.address.port());
    let builder = Client::builder(&url)?.only_mechanisms([place.mechanism]).allow_cleartext();
    let builder = match place.tls {
        Some(material) => {
            builder.only_roots(material.root()).tls_options(|options| options.resumption(false))
        }
        None => builder,
    };
    Ok(builder.build()?)
}
