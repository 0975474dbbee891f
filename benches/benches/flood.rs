//! Good logins while another thread floods the server with garbage as fast as it can.
//!
//! All good logins have to succeed. What they cost the client's thread, and how long one takes, stands beside
//! the same without the flood. The latency grows by what the server does for the flood in between, and by
//! the processors that the three threads share; the CPU time does not.

use alloc::collections::VecDeque;
use alloc::sync::Arc;
use core::net::SocketAddr;
use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;
use std::env;
use std::io::Write;
use std::net::TcpStream;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Instant;

use anyhow::{Context, Result, anyhow, ensure};
use socket2::SockRef;
use tokio::runtime;
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
    let count = if is_measured { 500 } else { 5 };
    let material = Material::new()?;
    let mut goals = Goals::new("flood");
    for is_tls in [false, true] {
        compare(&material, is_tls, count, &mut goals)?;
    }
    goals.finish(env!("CARGO_TARGET_TMPDIR"), is_measured)
}

/// The same logins in quiet and in the flood.
fn compare(material: &Material, is_tls: bool, count: u32, goals: &mut Goals) -> Result<()> {
    let keys = ScramKeys::derive(Hash::Sha256, "password", b"0123456789abcdef", 4096)?;
    let users = UserTable::new().with_keys("user", keys);
    let builder = Server::builder(users).deadline(DEADLINE);
    let builder =
        if is_tls { builder.tls(TlsStyle::Direct, material.server_options()) } else { builder };
    let server = Live::facade(builder.build()?)?;
    let scheme = if is_tls { "amqps" } else { "amqp" };
    let builder = Client::builder(&format!("{scheme}://user:password@{NAME}"))?;
    let builder = if is_tls { builder.only_roots(material.root()) } else { builder };
    let client = builder.only_mechanisms(["SCRAM-SHA-256"]).build()?;

    // Once before it counts, so that what is made once for all is made.
    log_in(&client, server.address(), 1)?;
    let quiet = server.until(|now| now.running == 0)?;
    let calm = log_in(&client, server.address(), count)?;
    let before = server.settled(0)?;
    let flood = Flood::start(server.address())?;
    let stormy = log_in(&client, server.address(), count)?;
    let sent = flood.stop()?;
    let after = server.settled(0)?;
    ensure!(before.refused == quiet.refused, "a login was refused in quiet");
    let admitted = after.admitted - before.admitted;
    ensure!(admitted == u64::from(count), "{admitted} of {count} logins were admitted");

    let garbage = after.refused + after.deadline - before.refused - before.deadline;
    let name = if is_tls { "TLS" } else { "TCP" };
    let mut figure = |what: &str, measured: f64, unit| {
        goals.figure(format!("{name}: {what}"), measured, unit);
    };
    let quiet_cpu = before.cpu.saturating_sub(quiet.cpu) / count;
    let rest = after.cpu.saturating_sub(before.cpu).saturating_sub(quiet_cpu * count);
    figure("good logins of the flood", number(admitted)?, "");
    figure("garbage connections sent meanwhile", number(sent)?, "");
    figure("garbage connections served", number(garbage)?, "");
    figure("server's CPU for one of them", microseconds(rest) / number(garbage)?.max(1.0), "us");
    figure("server's CPU for a login, quiet", microseconds(quiet_cpu), "us");
    figure("client's CPU for a login, quiet", microseconds(calm.cpu), "us");
    figure("client's CPU for a login, flood / quiet", ratio(stormy.cpu, calm.cpu), "x");
    figure("median latency of a login, quiet", microseconds(calm.median), "us");
    figure("median latency, flood / quiet", ratio(stormy.median, calm.median), "x");
    figure("worst latency, flood", microseconds(stormy.worst), "us");
    Ok(())
}

/// What one good login costs.
#[derive(Clone, Copy)]
struct Cost {
    cpu: Duration,
    median: Duration,
    worst: Duration,
}

/// Logs in one time after the other, each of which has to succeed.
fn log_in(client: &Client, address: SocketAddr, count: u32) -> Result<Cost> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let start = Moment::now();
    let mut times = Vec::new();
    runtime.block_on(async {
        for _ in 0..count {
            let start = Instant::now();
            let socket = tokio::net::TcpStream::connect(address).await?;
            client.connect_over(socket).await.map_err(|error| anyhow!("{error}"))?;
            times.push(start.elapsed());
        }
        Ok::<(), anyhow::Error>(())
    })?;
    let cpu = start.elapsed() / count;
    times.sort_unstable();
    let median = *times.get(times.len() / 2).context("no logins")?;
    let worst = *times.last().context("no logins")?;
    Ok(Cost { cpu, median, worst })
}

/// A thread that connects and sends garbage until it is stopped.
struct Flood {
    is_over: Arc<AtomicBool>,
    thread: JoinHandle<Result<u64>>,
}

impl Flood {
    fn start(address: SocketAddr) -> Result<Self> {
        let is_over = Arc::new(AtomicBool::new(false));
        let (over, (started, is_started)) = (Arc::clone(&is_over), mpsc::channel());
        let thread = thread::spawn(move || {
            let mut source = Source(0x9E37_79B9_7F4A_7C15);
            let (mut sent, mut open) = (0, VecDeque::new());
            while !over.load(Ordering::Relaxed) {
                let socket = TcpStream::connect(address)?;
                // So that no closed socket lingers in the system, of which there would be too many.
                SockRef::from(&socket).set_linger(Some(Duration::ZERO))?;
                // The server may have enough of it before all is said.
                let _ = (&socket).write_all(&source.garbage());
                open.push_back(socket);
                if HELD < open.len() {
                    open.pop_front();
                }
                sent += 1;
                if sent == 1 {
                    started.send(())?;
                }
            }
            Ok(sent)
        });
        is_started.recv()?;
        Ok(Self { is_over, thread })
    }

    fn stop(self) -> Result<u64> {
        self.is_over.store(true, Ordering::Relaxed);
        self.thread.join().map_err(|_| anyhow!("the flood has panicked"))?
    }
}

/// Octets that look random, the same ones in every run.
struct Source(u64);

impl Source {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn random(&mut self, count: usize) -> Vec<u8> {
        (0..count.div_ceil(8)).flat_map(|_| self.next().to_le_bytes()).take(count).collect()
    }

    /// Something that no client would say.
    fn garbage(&mut self) -> Vec<u8> {
        let kind = self.next() % 5;
        let random = self.random(200);
        match kind {
            0 => random,
            1 => b"AMQP\x03".to_vec(),
            // A frame of 4 GiB behind a good header.
            2 => [b"AMQP\x03\x01\x00\x00\xff\xff\xff\xff\x02\x01\x00\x00", &*random].concat(),
            // A handshake record of TLS with nonsense in it, and half of the longest one.
            3 => [b"\x16\x03\x01\x00\xc8", &*random].concat(),
            _ => [b"\x16\x03\x01\x40\x00", &*random].concat(),
        }
    }
}

fn ratio(time: Duration, beside: Duration) -> f64 {
    time.as_secs_f64() / beside.as_secs_f64()
}

fn number(count: u64) -> Result<f64> {
    Ok(f64::from(u32::try_from(count)?))
}

/// Connections of the flood that stay open at once.
const HELD: usize = 256;
const DEADLINE: Duration = Duration::from_secs(5);
