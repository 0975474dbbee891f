//! Thrift SASL over loopback through the facade: octets one way, and connections one after the other.
//!
//! Without protection the limit is a plain socket with the same writes. Both ends count for octets, the client
//! alone for connections. Small messages are queued and leave together, as whoever wants that has it: by the API
//! that is polled.

use core::net::SocketAddr;
use core::time::Duration;
use std::thread;

use anyhow::{Result, anyhow};
use xiom::core::OutcomeCode;
use xiom::sasl::Principal;
use xiom::sasl::digest_md5::DigestKey;
use xiom::sasl::server::LookupRequest;
use xiom::{Answer, Client, Found, Offers, Protocol, Server, UserTable, Users};
use xiom_sasl::{Policy, Protection};

use super::loopback::{self, listen};
use super::script::Script;
use super::{Peers, kerberos, rc4};
use crate::contest::{Contest, Rival, Unit, XIOM};
use crate::live::Live;
use crate::material::ADDRESS;
use crate::thrift::live;

/// What is moved, and how it is protected.
#[derive(Clone, Copy, Debug)]
pub struct Data<'a> {
    /// `PLAIN`, `DIGEST-MD5` or `GSSAPI`.
    pub mechanism: &'a str,
    /// `none`, `auth-int` or `auth-conf`, for DIGEST-MD5 with the cipher's name behind a space.
    pub protection: &'a str,
    /// One message, which is a frame of its own.
    pub message: &'a [u8],
}

/// Where to connect, and how.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Where the server listens.
    pub address: SocketAddr,
    /// `PLAIN` or `DIGEST-MD5`, as `user` with `password`; or `GSSAPI` for `hive/localhost`.
    pub mechanism: &'a str,
}

/// Measures the rows.
///
/// # Errors
///
/// Returns an error when there are no sockets.
pub fn run(contest: &mut Contest, peers: &impl Peers) -> Result<()> {
    for (size, word) in [(64, "64"), (4 << 10, "4 KiB"), (64 << 10, "64 KiB"), (1 << 20, "1 MiB")] {
        let row = format!("thrift-data/none, {word}");
        if contest.wants(&row) {
            let message = vec![7; size];
            // Small messages that are queued leave together, which a write for each does not.
            let is_small = size < 4 << 10;
            let limit = if is_small { "tcp, a write each" } else { "tcp" };
            let send = if is_small { live::queued } else { live::frames };
            let mut rivals = vec![
                loopback::rival(limit, size, |count| live::bare(&message, count)),
                loopback::rival(XIOM, size, |count| send(&message, count)),
            ];
            let case = Data { mechanism: "PLAIN", protection: "none", message: &message };
            rivals.extend(peers.thrift_data(&case));
            contest.run(&row, Unit::PerGigabyte, rivals);
        }
    }
    let protections = [
        ("auth-int", Some(Protection::Integrity)),
        ("auth-conf 3des", Some(Protection::Confidentiality)),
        ("auth-conf rc4", None),
    ];
    for (name, protection) in protections {
        for (size, word) in [(4 << 10, "4 KiB"), (64 << 10, "64 KiB")] {
            let row = format!("thrift-data/DIGEST-MD5 {name}, {word}");
            if contest.wants(&row) {
                let message = vec![7; size];
                let ours = |count| match protection {
                    Some(protection) => frames(protection, &message, count),
                    None => rc4::frames(&message, count),
                };
                let mut rivals = vec![loopback::rival(XIOM, size, ours)];
                let case = Data { mechanism: "DIGEST-MD5", protection: name, message: &message };
                rivals.extend(peers.thrift_data(&case));
                contest.run(&row, Unit::PerGigabyte, rivals);
            }
        }
    }
    connections(contest, peers)?;
    kerberos::run(contest, peers)
}

fn connections(contest: &mut Contest, peers: &impl Peers) -> Result<()> {
    for mechanism in ["PLAIN", "DIGEST-MD5"] {
        let row = format!("thrift-connect/{mechanism}");
        if !contest.wants(&row) {
            continue;
        }
        let live = Live::facade(server(Protection::None)?)?;
        let script = Script::thrift_at(live.address());
        let place = Place { address: live.address(), mechanism };
        let client = client(place.address, mechanism, Protection::None)?;
        let mut rivals = vec![Rival::messages(XIOM, 0, |count| {
            for _ in 0..count {
                client.connect_blocking().map_err(|error| anyhow!("{error}"))?;
            }
            Ok(())
        })];
        if mechanism == "PLAIN" {
            rivals.push(Rival::messages("bare socket", 0, |count| {
                (0..count).try_for_each(|_| script.log_in())
            }));
        }
        rivals.extend(peers.thrift_connect(&place));
        contest.run(&row, Unit::Microseconds, rivals);
    }
    Ok(())
}

fn policy(protection: Protection) -> Policy {
    Policy {
        allow_cleartext: true,
        allow_legacy: true,
        require_layer: protection,
        max_layer: protection,
        ..Policy::default()
    }
}

fn server(protection: Protection) -> Result<Server> {
    let key = DigestKey::derive("user", "xiom", "password")?;
    let users = Members { table: UserTable::new().with("user", "password")?, key };
    let builder = Server::builder(users).protocol(Protocol::Thrift).policy(policy(protection));
    Ok(builder.allow_legacy(ADDRESS, "xiom").build()?)
}

fn client(address: SocketAddr, mechanism: &str, protection: Protection) -> Result<Client> {
    let url = format!("thrift+sasl://user:password@{ADDRESS}:{}", address.port());
    let builder = Client::builder(&url)?.only_mechanisms([mechanism]).policy(policy(protection));
    Ok(builder.build()?)
}

/// CPU time of both ends for `count` frames of `message`.
fn frames(protection: Protection, message: &[u8], count: u32) -> Result<Duration> {
    let (listener, address) = listen()?;
    let (server, expected) = (server(protection)?, live::octets(message, count));
    let reader = thread::spawn(move || -> Result<Duration> {
        let mut stream = server.accept_blocking(listener.accept()?.0)?;
        live::drain(&mut stream, expected)
    });
    let mechanism = if protection == Protection::None { "PLAIN" } else { "DIGEST-MD5" };
    let mut stream = client(address, mechanism, protection)?.connect_blocking()?;
    live::send(&mut stream, message, count, reader)
}

/// The one user, by PLAIN and by DIGEST-MD5.
struct Members {
    table: UserTable,
    key: DigestKey,
}

impl Users for Members {
    fn offers(&self) -> Offers {
        Offers { digest_md5: true, ..self.table.offers() }
    }

    fn look_up<'a>(
        &'a self,
        request: &'a LookupRequest,
    ) -> Answer<'a, Result<Found<'a>, OutcomeCode>> {
        if matches!(request, LookupRequest::DigestMd5 { user, .. } if **user == *"user") {
            return Answer::Now(Ok(Found::DigestMd5(self.key.clone())));
        }
        self.table.look_up(request)
    }

    fn authorize<'a>(&'a self, who: &'a Principal) -> Answer<'a, Result<bool, OutcomeCode>> {
        self.table.authorize(who)
    }
}
