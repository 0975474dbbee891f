//! What clients cost that connect and do not log in: octets of the heap, and an end by the deadline.
//!
//! The heap is that of the server's thread, where everything of a connection lies: layers, buffers, the task
//! and what the runtime keeps for it. Beside it stands a task that does the least: it holds a socket, a
//! deadline and, for TLS, the bare engine. The crowd of silent clients is a process of its own, so that
//! each side has its own bound of open files.

use alloc::sync::Arc;
use core::cell::Cell;
use core::net::SocketAddr;
use core::time::Duration;
use std::env;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustls::server::UnbufferedServerConnection;
use rustls::{ClientConfig, ServerConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;
use xiom::{Server, TlsStyle, UserTable};
use xiom_benches::bare;
use xiom_benches::goals::Goals;
use xiom_benches::live::{End, Live};
use xiom_benches::material::Material;
use xiom_benches::peer::{Stage, reach};
use xiom_benches::turns::microseconds;

extern crate alloc;

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().collect();
    if let [_, flag, transport, address, count] = arguments.as_slice()
        && flag == CROWD
    {
        let said = if transport == "TLS" { HALF_RECORD } else { HALF_HEADER };
        return crowd(address.parse()?, count.parse()?, said);
    }
    let is_measured = arguments.iter().any(|argument| argument == "--bench");
    let (few, many, deadline) = if is_measured { FULL } else { TRIAL };
    let material = Material::new()?;
    let mut goals = Goals::new("half_open");
    each(&material, few, &mut goals)?;
    for is_tls in [false, true] {
        hold(&material, is_tls, many, deadline, &mut goals)?;
    }
    goals.finish(env!("CARGO_TARGET_TMPDIR"), is_measured)
}

fn server(material: &Material, is_tls: bool, deadline: Duration) -> Result<Server> {
    // Without a user there is nothing to offer, and a client is sent away at once.
    let users = UserTable::new().with("user", "password")?;
    let builder = Server::builder(users).allow_cleartext().deadline(deadline);
    let builder =
        if is_tls { builder.tls(TlsStyle::Direct, material.server_options()) } else { builder };
    Ok(builder.build()?)
}

/// What each connection holds, stage by stage, beside the least.
fn each(material: &Material, count: u32, goals: &mut Goals) -> Result<()> {
    let (client, config) = material.configs()?;
    let stages = [
        (None, Stage::Connected, "TCP, connected"),
        (None, Stage::HalfHeader, "TCP, half a header"),
        (None, Stage::Offered, "TCP, mechanisms offered"),
        (Some(&client), Stage::Connected, "TLS, connected"),
        (Some(&client), Stage::Shaken, "TLS, hands shaken"),
        (Some(&client), Stage::HalfHeader, "TLS, half a header"),
        (Some(&client), Stage::Offered, "TLS, mechanisms offered"),
    ];
    for (tls, stage, name) in stages {
        // What the bare engine has nobody to answer for, it is not asked.
        let bare_stage = if stage == Stage::Connected { stage } else { Stage::Shaken };
        let engine = tls.is_some().then(|| Arc::clone(&config));
        let bare = Live::start(move |socket| alone(socket, engine.clone()))?;
        let bare = held(&bare, tls, bare_stage, count)?;
        let xiom = Live::facade(server(material, tls.is_some(), LONG)?)?;
        let xiom = held(&xiom, tls, stage, count)?;
        goals.figure(format!("{name}: the least"), bare, "B");
        goals.figure(format!("{name}: Xiom"), xiom, "B");
        goals.at_most(format!("{name}: more"), xiom - bare, "B", MOST);
    }
    Ok(())
}

/// Octets that each of `count` connections holds at `server`.
fn held(server: &Live, tls: Option<&Arc<ClientConfig>>, stage: Stage, count: u32) -> Result<f64> {
    // What is made once for all, such as a table of the runtime, is none of theirs.
    let crowd = connect(server, tls, stage, count)?;
    server.settled(u64::from(count))?;
    drop(crowd);
    let before = server.settled(0)?;
    let crowd = connect(server, tls, stage, count)?;
    let after = server.settled(u64::from(count))?;
    drop(crowd);
    Ok(f64::from(u32::try_from(after.held.saturating_sub(before.held))?) / f64::from(count))
}

fn connect(
    server: &Live,
    tls: Option<&Arc<ClientConfig>>,
    stage: Stage,
    count: u32,
) -> Result<Vec<TcpStream>> {
    (0..count).map(|_| reach(server.address(), tls, stage)).collect()
}

/// A server's connection that does the least: a handshake if there is to be TLS, and then it waits.
async fn alone(mut socket: tokio::net::TcpStream, tls: Option<Arc<ServerConfig>>) -> End {
    let waiting = async {
        let _engine = match tls {
            Some(config) => Some(shake(&mut socket, config).await?),
            None => None,
        };
        let _ = socket.read(&mut [0]).await?;
        Ok::<(), anyhow::Error>(())
    };
    match timeout(LONG, waiting).await {
        Ok(_) => End::Refused,
        Err(_) => End::Deadline,
    }
}

async fn shake(
    socket: &mut tokio::net::TcpStream,
    config: Arc<ServerConfig>,
) -> Result<Box<UnbufferedServerConnection>> {
    // In a box, lest the task have room for it twice.
    let mut engine = Box::new(UnbufferedServerConnection::new(config)?);
    let (mut input, mut out) = (Vec::new(), Vec::new());
    loop {
        socket.readable().await?;
        let count = socket.read_buf(&mut input).await?;
        ensure!(count != 0, "the client has gone");
        let is_done = bare::advance_server(&mut engine, &mut input, &mut out)?;
        socket.write_all(&out).await?;
        out = Vec::new();
        if is_done {
            return Ok(engine);
        }
    }
}

/// Many clients that never log in, three times in a row: all are held, all end by the deadline.
///
/// What stays of the first crowd is what the runtime has grown for it; of the others nothing may stay.
fn hold(
    material: &Material,
    is_tls: bool,
    count: u32,
    deadline: Duration,
    goals: &mut Goals,
) -> Result<()> {
    let name = if is_tls { "TLS" } else { "TCP" };
    raise_files(u64::from(count) + SPARE)?;
    let server = Live::facade(server(material, is_tls, deadline)?)?;
    // One that has been makes what is made once for all.
    drop(reach(server.address(), None, Stage::HalfHeader)?);
    let fresh = server.until(|snapshot| snapshot.running == 0 && snapshot.refused == 1)?;
    let mut before = fresh;
    for round in 1..=3 {
        let mut crowd = Crowd::start(name, server.address(), count)?;
        let most = Cell::new(0);
        let after = server.until(|now| {
            most.set(now.running.max(most.get()));
            let ended = now.deadline + now.refused - before.deadline - before.refused;
            ended == u64::from(count)
        })?;
        crowd.wait()?;
        ensure!(after.deadline - before.deadline == u64::from(count), "other ends: {after:?}");
        let after = server.settled(0)?;
        let grown = f64::from(u32::try_from(after.held.saturating_sub(before.held))?);
        let (each, most) =
            (after.cpu.saturating_sub(before.cpu) / count, f64::from(u32::try_from(most.get())?));
        let name = format!("{name}, {count} clients, round {round}");
        goals.figure(format!("{name}: held at once"), most, "");
        goals.figure(format!("{name}: CPU of each"), microseconds(each), "us");
        if round == 1 {
            goals.figure(format!("{name}: heap that stays"), grown, "B");
        } else {
            goals.at_most(format!("{name}: heap that stays"), grown, "B", 0.0);
        }
        before = after;
    }
    Ok(())
}

/// The clients, in a process of their own.
struct Crowd(Child);

impl Crowd {
    fn start(transport: &str, address: SocketAddr, count: u32) -> Result<Self> {
        let mut command = Command::new(env::current_exe()?);
        command.args([CROWD, transport, &address.to_string(), &count.to_string()]);
        command.stdin(Stdio::null());
        Ok(Self(command.spawn()?))
    }

    fn wait(&mut self) -> Result<()> {
        ensure!(self.0.wait()?.success(), "the clients have failed");
        Ok(())
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        // It has ended already, unless something went wrong here.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Connects `count` times, says no more than `said`, and waits for the server to end all of it.
fn crowd(address: SocketAddr, count: u32, said: &[u8]) -> Result<()> {
    raise_files(u64::from(count) + SPARE)?;
    let mut sockets = Vec::new();
    for _ in 0..count {
        let mut socket = TcpStream::connect(address)?;
        socket.write_all(said)?;
        sockets.push(socket);
    }
    for mut socket in sockets {
        // An end or a reset: either way the server has let go.
        let mut room = [0; 256];
        while socket.read(&mut room).is_ok_and(|count| count != 0) {}
    }
    Ok(())
}

/// Lets the process have `count` files open.
fn raise_files(count: u64) -> Result<()> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current.is_none_or(|current| count <= current) {
        return Ok(());
    }
    ensure!(maximum.is_none_or(|maximum| count <= maximum), "the system allows fewer files");
    setrlimit(Resource::Nofile, Rlimit { current: Some(count), maximum }).context("files")
}

const CROWD: &str = "--crowd";
const HALF_HEADER: &[u8] = b"AMQP";
/// The header of a handshake record of 512 octets, and none of these.
const HALF_RECORD: &[u8] = &[22, 3, 1, 2, 0];
/// Files that a process has besides its connections.
const SPARE: u64 = 100;
/// Longer than any measurement takes.
const LONG: Duration = Duration::from_mins(10);
/// Clients of which each is measured, those of a crowd, and the deadline: long enough for the whole crowd to
/// be there before the first is sent away.
const FULL: (u32, u32, Duration) = (200, 10_000, Duration::from_secs(6));
const TRIAL: (u32, u32, Duration) = (4, 20, Duration::from_millis(300));
/// Octets that a connection may hold more than the least.
const MOST: f64 = 4096.0;
