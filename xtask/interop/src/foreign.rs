//! Clients that are not ours, against Xiom as the server.

use core::time::Duration;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use tokio::process::Command;
use xiom::Error;
use xiom::core::{AuthFault, Cause};
use xiom::sasl::Identity;

use crate::broker::peers;
use crate::check::{Check, Success, Transport, bounded};
use crate::report::{Column, Report};
use crate::server::{CERTIFICATE, Login, PASSWORD, Servers, USER};

/// A client program of `xtask/peers`.
#[derive(Debug)]
pub(crate) struct Foreign {
    /// The name in the report.
    pub(crate) name: &'static str,
    program: PathBuf,
    script: PathBuf,
    /// Where Node looks for modules.
    modules: PathBuf,
    mechanisms: &'static [&'static str],
}

impl Foreign {
    /// Qpid Proton, with the mechanisms of Cyrus SASL.
    pub(crate) fn proton(cache: &Path) -> Self {
        Self {
            name: "proton client",
            program: cache.join("venv/bin/python"),
            script: peers().join("proton_client.py"),
            modules: PathBuf::new(),
            mechanisms: &["ANONYMOUS", "PLAIN", "EXTERNAL", "SCRAM-SHA-256"],
        }
    }

    /// rhea, with its own mechanisms.
    pub(crate) fn rhea(cache: &Path) -> Self {
        Self {
            name: "rhea client",
            program: PathBuf::from("node"),
            script: peers().join("rhea_client.js"),
            modules: cache.join("node/node_modules"),
            mechanisms: &["ANONYMOUS", "PLAIN", "EXTERNAL"],
        }
    }

    /// Why `check` cannot be tried over `transport`, if it cannot.
    fn objection(&self, check: Check, transport: Transport) -> Option<&'static str> {
        match check {
            Check::Login(_) | Check::WrongPassword(_) if transport == Transport::Header => {
                Some("not in the client")
            }
            Check::Login(name) | Check::WrongPassword(name) if !self.mechanisms.contains(&name) => {
                Some("not in the client")
            }
            Check::Login("EXTERNAL") if transport == Transport::Tcp => Some("needs tls"),
            Check::Login(_) | Check::WrongPassword(_) => None,
            Check::HeaderWithoutTls | Check::PlainToTls => Some("not in the client"),
        }
    }

    /// The program with its arguments; the certificate goes along with EXTERNAL only.
    pub(crate) fn command(
        &self,
        mechanism: &str,
        password: &str,
        port: u16,
        transport: Transport,
        certs: &Path,
    ) -> Command {
        let scheme = if transport == Transport::Tcp { "amqp" } else { "amqps" };
        let mut command = Command::new(&self.program);
        command.arg(&self.script).arg(format!("{scheme}://localhost:{port}"));
        command.args(["--mech", mechanism, "--roundtrip", "xiom"]);
        if mechanism != "ANONYMOUS" && mechanism != "EXTERNAL" {
            command.args(["--user", USER, "--password", password]);
        }
        if transport != Transport::Tcp {
            command.arg("--ca").arg(certs.join("ca.pem"));
        }
        if mechanism == "EXTERNAL" {
            command.arg("--cert").arg(certs.join("client.pem"));
            command.arg("--key").arg(certs.join("client.key"));
        }
        command.env("NODE_PATH", &self.modules).env("PYTHONDONTWRITEBYTECODE", "1");
        command.stdin(Stdio::null()).kill_on_drop(true);
        command
    }
}

/// What a client prints.
#[derive(Debug, Deserialize)]
pub(crate) struct Answer {
    pub(crate) ok: bool,
    mechanism: Option<String>,
    encrypted: bool,
    error: Option<String>,
}

/// Tries everything that can be tried with `client`.
pub(crate) async fn speak(client: &Foreign, servers: &mut Servers, report: &mut Report<Transport>) {
    for check in Check::ALL {
        if matches!(check, Check::HeaderWithoutTls | Check::PlainToTls) {
            continue;
        }
        for transport in Transport::ALL {
            if let Some(why) = client.objection(check, transport) {
                report.impossible(client.name, &check, transport, why);
                continue;
            }
            let result = bounded(Box::pin(attempt(client, check, transport, servers))).await;
            report.tried(client.name, &check, transport, result);
        }
    }
}

async fn attempt(
    client: &Foreign,
    check: Check,
    transport: Transport,
    servers: &mut Servers,
) -> Result<Success> {
    let (mechanism, password) = match check {
        Check::Login(mechanism) => (mechanism, PASSWORD),
        Check::WrongPassword(mechanism) => (mechanism, "not the password"),
        Check::HeaderWithoutTls | Check::PlainToTls => bail!("no client can be told to do that"),
    };
    let certs = servers.certs.path().to_owned();
    let listener = servers.listener(transport);
    listener.forget();
    let mut command = client.command(mechanism, password, listener.port, transport, &certs);
    let output = command.output().await.context("the client cannot be started")?;
    let answer: Answer = serde_json::from_slice(&output.stdout)
        .with_context(|| String::from_utf8_lossy(&output.stderr).trim().to_owned())?;
    let Ok(login) = tokio::time::timeout(TELL, listener.login()).await else {
        bail!("no login ended; {}", answer.words());
    };
    let Login { result, took } = login?;
    if matches!(check, Check::WrongPassword(_)) {
        ensure!(!answer.ok, "the client says it was let in");
        is_refusal(&result).with_context(|| answer.words())?;
        return Ok(Success { note: "refused (auth)".to_owned(), took });
    }
    let identity = result.with_context(|| answer.words())?;
    if !answer.ok {
        let error = listener.echo().unwrap_or_else(|| anyhow::anyhow!("amqp did not end"));
        return Err(error.context(answer.words()));
    }
    ensure!(answer.mechanism.as_deref() == Some(mechanism), "used another: {answer:?}");
    ensure!(answer.encrypted == (transport != Transport::Tcp), "wrong channel: {answer:?}");
    ensure!(is_right(&identity, mechanism), "came in as another: {identity:?}");
    Ok(Success { note: "ok".to_owned(), took })
}

impl Answer {
    /// What the client complains of.
    pub(crate) fn words(&self) -> String {
        format!("client: {}", self.error.as_deref().unwrap_or("no error"))
    }
}

/// Whether the server knows why nobody came in.
fn is_refusal(result: &Result<Identity, Error>) -> Result<()> {
    let Err(error) = result else { bail!("was let in") };
    match error.failure().map(|failure| failure.cause) {
        Some(Cause::Mechanism(AuthFault::BadCredentials)) => Ok(()),
        other => bail!("refused in another way than expected: {other:?}"),
    }
}

fn is_right(identity: &Identity, mechanism: &str) -> bool {
    match identity {
        Identity::Anonymous(_) => mechanism == "ANONYMOUS",
        Identity::User(name) => {
            **name == *USER && (mechanism == "PLAIN" || mechanism.starts_with("SCRAM"))
        }
        Identity::External(name) => **name == *CERTIFICATE && mechanism == "EXTERNAL",
        Identity::Bearer(_) | Identity::Kerberos(_) => false,
    }
}

/// How long the server may take to tell about a client that has ended.
const TELL: Duration = Duration::from_secs(3);
