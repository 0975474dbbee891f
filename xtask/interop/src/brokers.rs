//! Brokers and clients of AMQP 1.0.
//!
//! What must work is computed from what each peer offers on the wire, so that nothing passes by being left
//! out.

use std::path::Path;

use crate::Peer;
use crate::broker::Broker;
use crate::check::Transport;
use crate::foreign::{self, Foreign};
use crate::layered;
use crate::outward;
use crate::report::Report;
use crate::server::Servers;

/// All checks with these peers.
pub(crate) async fn speak(
    peers: impl Iterator<Item = Peer>,
    cache: &Path,
    report: &mut Report<Transport>,
) {
    let is_installed = cache.join("stamp").exists();
    for peer in peers {
        match peer {
            Peer::Xiom => with_xiom(report).await,
            Peer::Rabbitmq if is_installed => with_broker("rabbitmq", cache, report).await,
            Peer::Proton if is_installed => {
                with_broker("proton", cache, report).await;
                with_client(&Foreign::proton(cache), report).await;
            }
            Peer::Rhea if is_installed => {
                with_broker("rhea", cache, report).await;
                with_client(&Foreign::rhea(cache), report).await;
            }
            Peer::Rabbitmq => report.absent("rabbitmq", HINT),
            Peer::Proton => report.absent("proton", HINT),
            Peer::Rhea => report.absent("rhea", HINT),
            Peer::Gnu
            | Peer::Cyrus
            | Peer::Java
            | Peer::Scramp
            | Peer::Libthrift
            | Peer::PyThrift
            | Peer::ThriftSasl
            | Peer::Spark => {}
        }
    }
}

async fn with_xiom(report: &mut Report<Transport>) {
    match Servers::start().await {
        Ok(servers) => outward::speak(servers.target(), report).await,
        Err(error) => report.broken("xiom", &error),
    }
}

/// What cannot even start is a failure of its own.
async fn with_broker(name: &str, cache: &Path, report: &mut Report<Transport>) {
    eprintln!("starting {name}");
    match Broker::start(name, cache).await {
        Ok(broker) => {
            outward::speak(&broker.target, report).await;
            if name == "proton" {
                layered::outward(&broker.target, report).await;
            }
        }
        Err(error) => report.broken(name, &error),
    }
}

async fn with_client(client: &Foreign, report: &mut Report<Transport>) {
    match Servers::start().await {
        Ok(mut servers) => {
            foreign::speak(client, &mut servers, report).await;
            if client.name == "proton client" {
                layered::inward(client, servers.certs.path(), report).await;
            }
        }
        Err(error) => report.broken(client.name, &error),
    }
}

/// How to get the peers.
const HINT: &str = "cargo xtask interop amqp --install";
