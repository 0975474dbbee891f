//! A broker that is not ours, started and stopped by its script in `xtask/peers`.
//!
//! Dropping it stops it, also when it was still starting. The scripts run in process groups of their own, so
//! that an interrupt from the keyboard reaches this program alone, which then ends them in order.

use core::net::Ipv4Addr;
use std::ffi::OsString;
use std::fs;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use tempfile::TempDir;
use tokio::process::Child;

use crate::target::{Port, Target};

/// A broker that runs until this is dropped.
#[derive(Debug)]
pub(crate) struct Broker {
    pub(crate) target: Target,
    /// Dropped last.
    _state: State,
}

impl Broker {
    /// Starts the broker `name` on free ports of the loopback interface; returns when it answers on all.
    pub(crate) async fn start(name: &str, cache: &Path) -> Result<Self> {
        let ports = free_ports()?;
        // Only the Proton broker has a port for TLS behind the header.
        let count = if name == "proton" { 3 } else { 2 };
        let ports = ports.iter().take(count).map(u16::to_string).map(OsString::from);
        let arguments: Vec<_> = [cache.into()].into_iter().chain(ports).collect();
        let (state, line) = State::start(name, &arguments).await?;
        let described: Described = serde_json::from_str(&line).context("what start printed")?;
        Ok(Self { target: described.target()?, _state: state })
    }
}

/// The state of what a script runs, on disk, and the process that is starting it.
#[derive(Debug)]
pub(crate) struct State {
    name: String,
    dir: TempDir,
    starting: Option<Child>,
}

impl State {
    /// Runs the script `name` with `start`, a folder and `arguments`; gives what it printed.
    pub(crate) async fn start(name: &str, arguments: &[OsString]) -> Result<(Self, String)> {
        let dir = tempfile::Builder::new().prefix("xiom-interop-").tempdir()?;
        let mut state = Self { name: name.to_owned(), dir, starting: None };
        let mut command = command(name, "start", state.dir.path());
        command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        state.starting = Some(tokio::process::Command::from(command).spawn()?);
        let printed = state.started().await?;
        Ok((state, printed))
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Waits for the script; returns what it printed.
    async fn started(&mut self) -> Result<String> {
        let child = self.starting.as_mut().context("nothing is starting")?;
        let (mut out, mut err) = (String::new(), String::new());
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        tokio::try_join!(read(stdout, &mut out), read(stderr, &mut err))?;
        let status = child.wait().await?;
        if !status.success() {
            bail!("{}.sh start: {status}: {}", self.name, err.trim());
        }
        self.starting = None;
        Ok(out)
    }

    /// Ends a start that is under way; its script then takes back what it did.
    fn abandon_start(&mut self) {
        if let Some(mut child) = self.starting.take() {
            terminate(&mut child);
        }
    }
}

/// Asks a process to end, and waits until it has.
pub(crate) fn terminate(child: &mut Child) {
    if let Some(pid) = child.id() {
        let _ = Command::new("kill").args(["-TERM", &pid.to_string()]).status();
    }
    while matches!(child.try_wait(), Ok(None)) {
        std::thread::sleep(core::time::Duration::from_millis(50));
    }
}

impl Drop for State {
    fn drop(&mut self) {
        self.abandon_start();
        let status = command(&self.name, "stop", self.dir.path()).status();
        if !status.is_ok_and(|status| status.success()) {
            eprintln!("{}.sh stop failed: {}", self.name, self.dir.path().display());
        }
    }
}

async fn read(pipe: Option<impl tokio::io::AsyncRead + Unpin>, text: &mut String) -> Result<()> {
    if let Some(mut pipe) = pipe {
        tokio::io::AsyncReadExt::read_to_string(&mut pipe, text).await?;
    }
    Ok(())
}

fn command(name: &str, verb: &str, state: &Path) -> Command {
    let mut command = Command::new("sh");
    command.arg(peers().join(format!("{name}.sh"))).arg(verb).arg(state).stdin(Stdio::null());
    command.process_group(0);
    command
}

/// Where the scripts are.
pub(crate) fn peers() -> PathBuf {
    let interop = Path::new(env!("CARGO_MANIFEST_DIR"));
    interop.parent().unwrap_or(interop).join("peers")
}

/// Ports that nobody listened on a moment ago.
pub(crate) fn free_ports() -> Result<[u16; 3]> {
    let bind = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let sockets = [bind()?, bind()?, bind()?];
    let [first, second, third] = sockets.each_ref().map(TcpListener::local_addr);
    Ok([first?.port(), second?.port(), third?.port()])
}

/// What `start` prints.
#[derive(Debug, Deserialize)]
struct Described {
    name: String,
    server_name: String,
    amqp: u16,
    amqps: u16,
    upgrade: Option<u16>,
    ca: PathBuf,
    client_cert: PathBuf,
    client_key: PathBuf,
    user: String,
    password: String,
    address: String,
    mechanisms: Mechanisms,
}

#[derive(Debug, Deserialize)]
struct Mechanisms {
    tcp: Vec<String>,
    tls: Vec<String>,
    #[serde(default)]
    upgrade: Vec<String>,
}

impl Described {
    fn target(self) -> Result<Target> {
        let Mechanisms { tcp, tls, upgrade } = self.mechanisms;
        let ports = [
            Some(Port { number: self.amqp, mechanisms: tcp }),
            Some(Port { number: self.amqps, mechanisms: tls }),
            self.upgrade.map(|number| Port { number, mechanisms: upgrade }),
        ];
        Ok(Target {
            name: format!("{} broker", self.name),
            server_name: self.server_name,
            ports,
            ca: fs::read(self.ca)?,
            client_cert: fs::read(self.client_cert)?,
            client_key: fs::read(self.client_key)?,
            user: self.user,
            password: self.password,
            address: self.address,
        })
    }
}
