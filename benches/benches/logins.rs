//! Logins over loopback as a user of the facade has them: CPU time of either side, and logins in a second.
//!
//! The server is one thread, the client another with several logins at once; each counts the CPU time of its
//! own thread, the work of the system's network for it included. Logins in a second depend on what else the
//! machine does; the CPU times do not. Every TLS handshake is a full one.

use alloc::sync::Arc;
use core::net::SocketAddr;
use core::time::Duration;
use std::env;
use std::time::Instant;

use anyhow::{Result, anyhow, ensure};
use tokio::net::TcpStream;
use tokio::runtime;
use tokio::task::JoinSet;
use xiom::{Client, Server, TlsStyle, UserTable};
use xiom_benches::cpu::Moment;
use xiom_benches::goals::Goals;
use xiom_benches::live::Live;
use xiom_benches::material::{Material, NAME};
use xiom_benches::turns::microseconds;
use xiom_sasl::ScramKeys;
use xiom_sasl::scram::Hash;

extern crate alloc;

fn main() -> Result<()> {
    let is_measured = env::args().any(|argument| argument == "--bench");
    let (rounds, count) = if is_measured { (5, 400) } else { (1, 8) };
    let material = Material::new()?;
    let mut goals = Goals::new("logins");
    for is_tls in [false, true] {
        let server = Live::facade(server(&material, is_tls)?)?;
        for name in ["ANONYMOUS", "PLAIN", "SCRAM-SHA-256"] {
            let client = Arc::new(client(&material, is_tls, name)?);
            let mut best = Cost::WORST;
            for _ in 0..rounds {
                best = best.better(measure(&server, &client, count)?);
            }
            best.report(if is_tls { "TLS 1.3" } else { "TCP" }, name, &mut goals);
        }
    }
    goals.finish(env!("CARGO_TARGET_TMPDIR"), is_measured)
}

fn server(material: &Material, is_tls: bool) -> Result<Server> {
    let keys = ScramKeys::derive(Hash::Sha256, "password", b"0123456789abcdef", 4096)?;
    let users = UserTable::new().with_keys("user", keys).with_anonymous();
    let policy = xiom_sasl::Policy { allow_anonymous: true, ..xiom_sasl::Policy::default() };
    let builder = Server::builder(users).policy(policy).allow_cleartext();
    let builder =
        if is_tls { builder.tls(TlsStyle::Direct, material.server_options()) } else { builder };
    Ok(builder.build()?)
}

fn client(material: &Material, is_tls: bool, mechanism: &str) -> Result<Client> {
    let scheme = if is_tls { "amqps" } else { "amqp" };
    let who = if mechanism == "ANONYMOUS" { "" } else { "user:password@" };
    let policy = xiom_sasl::Policy { allow_anonymous: true, ..xiom_sasl::Policy::default() };
    let builder = Client::builder(&format!("{scheme}://{who}{NAME}"))?
        .only_mechanisms([mechanism])
        .policy(policy)
        .allow_cleartext();
    let builder = if is_tls { builder.only_roots(material.root()) } else { builder };
    Ok(builder.build()?)
}

/// What one login costs.
#[derive(Clone, Copy)]
struct Cost {
    server: Duration,
    client: Duration,
    wall: Duration,
}

impl Cost {
    const WORST: Self = Self { server: Duration::MAX, client: Duration::MAX, wall: Duration::MAX };

    fn better(self, other: Self) -> Self {
        Self {
            server: self.server.min(other.server),
            client: self.client.min(other.client),
            wall: self.wall.min(other.wall),
        }
    }

    fn report(self, transport: &str, mechanism: &str, goals: &mut Goals) {
        let mut figure = |what: &str, measured, unit| {
            goals.figure(format!("{transport}, {mechanism}, {what}"), measured, unit);
        };
        figure("CPU of the server", microseconds(self.server), "us");
        figure("CPU of the client", microseconds(self.client), "us");
        figure("logins in a second", 1.0 / self.wall.as_secs_f64(), "");
    }
}

fn measure(server: &Live, client: &Arc<Client>, count: u32) -> Result<Cost> {
    let before = server.until(|snapshot| snapshot.running == 0)?;
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let (start, wall) = (Moment::now(), Instant::now());
    let address = server.address();
    runtime.block_on(async {
        let mut tasks = JoinSet::new();
        for _ in 0..AT_ONCE {
            tasks.spawn(log_in(Arc::clone(client), address, count / AT_ONCE));
        }
        while let Some(done) = tasks.join_next().await {
            done??;
        }
        Ok::<(), anyhow::Error>(())
    })?;
    let (client, wall) = (start.elapsed(), wall.elapsed());
    let after = server.until(|snapshot| snapshot.running == 0)?;
    ensure!(after.admitted - before.admitted == u64::from(count), "logins are missing");
    ensure!(after.refused == before.refused, "logins were refused");
    let server = after.cpu.saturating_sub(before.cpu);
    Ok(Cost { server: server / count, client: client / count, wall: wall / count })
}

async fn log_in(client: Arc<Client>, address: SocketAddr, count: u32) -> Result<()> {
    for _ in 0..count {
        let socket = TcpStream::connect(address).await?;
        client.connect_over(socket).await.map_err(|error| anyhow!("{error}"))?;
    }
    Ok(())
}

const AT_ONCE: u32 = 8;
