//! Xiom as the server: one port for each transport, and an echo above it.
//!
//! Every connection is told about twice: when the login ended, and when the echo ended.

use core::net::Ipv4Addr;
use core::time::Duration;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::AbortHandle;
use xiom::core::Secret;
use xiom::rustls::ServerOptions;
use xiom::sasl::Identity;
use xiom::{Error, Server, TlsStyle, UserTable};

use crate::amqp;
use crate::broker::peers;
use crate::check::{OPEN_DEADLINE, Transport};
use crate::target::{Port, Target};

/// Servers for all transports; dropping it closes their ports and connections.
#[derive(Debug)]
pub(crate) struct Servers {
    /// The certificates, in files for the clients.
    pub(crate) certs: TempDir,
    tcp: Listener,
    tls: Listener,
    header: Listener,
    target: Target,
}

impl Servers {
    pub(crate) async fn start() -> Result<Self> {
        let certs = tempfile::Builder::new().prefix("xiom-interop-").tempdir()?;
        make_certs(certs.path())?;
        let tcp = Listener::start(server(certs.path(), Transport::Tcp)?).await?;
        let tls = Listener::start(server(certs.path(), Transport::Tls)?).await?;
        let header = Listener::start(server(certs.path(), Transport::Header)?).await?;
        let read = |name| fs::read(certs.path().join(name));
        let target = Target {
            name: "xiom server".to_owned(),
            server_name: "localhost".to_owned(),
            ports: [
                Some(Port { number: tcp.port, mechanisms: words(&OPENLY) }),
                Some(Port { number: tls.port, mechanisms: words(&CONFIDENTIALLY) }),
                Some(Port { number: header.port, mechanisms: words(&CONFIDENTIALLY) }),
            ],
            ca: read("ca.pem")?,
            client_cert: read("client.pem")?,
            client_key: read("client.key")?,
            user: USER.to_owned(),
            password: PASSWORD.to_owned(),
            address: "xiom".to_owned(),
        };
        Ok(Self { certs, tcp, tls, header, target })
    }

    /// How Xiom's own client sees it.
    pub(crate) fn target(&self) -> &Target {
        &self.target
    }

    pub(crate) fn listener(&mut self, transport: Transport) -> &mut Listener {
        match transport {
            Transport::Tcp => &mut self.tcp,
            Transport::Tls => &mut self.tls,
            Transport::Header => &mut self.header,
        }
    }
}

/// One port.
#[derive(Debug)]
pub(crate) struct Listener {
    pub(crate) port: u16,
    told: UnboundedReceiver<Told>,
    task: AbortHandle,
}

/// What became of a connection.
#[derive(Debug)]
pub(crate) enum Told {
    Login(Login),
    /// How AMQP went.
    Echo(Result<()>),
}

/// How a login ended.
#[derive(Debug)]
pub(crate) struct Login {
    /// Who came in, or why nobody did.
    pub(crate) result: Result<Identity, Error>,
    /// How long that took since the client connected.
    pub(crate) took: Duration,
}

impl Listener {
    async fn start(server: Server) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let (teller, told) = unbounded_channel();
        let task = tokio::spawn(listen(listener, server, teller)).abort_handle();
        Ok(Self { port, told, task })
    }

    /// Forgets what earlier connections did.
    pub(crate) fn forget(&mut self) {
        while self.told.try_recv().is_ok() {}
    }

    /// How the next login ended.
    pub(crate) async fn login(&mut self) -> Result<Login> {
        loop {
            match self.told.recv().await.context("the server has stopped")? {
                Told::Login(login) => return Ok(login),
                // An earlier client may have hung up before the echo was done with it.
                Told::Echo(_) => {}
            }
        }
    }

    /// How AMQP went, if that is known already.
    pub(crate) fn echo(&mut self) -> Option<anyhow::Error> {
        match self.told.try_recv() {
            Ok(Told::Echo(Err(error))) => Some(error),
            _ => None,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn listen(listener: TcpListener, server: Server, teller: UnboundedSender<Told>) {
    while let Ok((socket, _)) = listener.accept().await {
        tokio::spawn(serve(socket, server.clone(), teller.clone()));
    }
}

async fn serve(socket: TcpStream, server: Server, teller: UnboundedSender<Told>) {
    let start = Instant::now();
    let accepted = server.accept(socket).await;
    let took = start.elapsed();
    let stream = match accepted {
        Ok(stream) => stream,
        Err(error) => return tell(&teller, Told::Login(Login { result: Err(error), took })),
    };
    let layers = stream.channel().layers();
    let Some(proof) = layers.and_then(|layers| layers.upper().established()) else { return };
    let result = Ok(proof.principal().identity.clone());
    tell(&teller, Told::Login(Login { result, took }));
    tell(&teller, Told::Echo(amqp::echo(stream).await));
}

/// Nobody listens any more when the checks are over.
fn tell(teller: &UnboundedSender<Told>, told: Told) {
    let _ = teller.send(told);
}

fn server(certs: &Path, transport: Transport) -> Result<Server> {
    let users =
        UserTable::new().with(USER, PASSWORD)?.with_anonymous().with_certificate(CERTIFICATE);
    let builder = Server::builder(users).deadline(OPEN_DEADLINE).allow_cleartext();
    let style = match transport {
        Transport::Tcp => return Ok(builder.build()?),
        Transport::Tls => TlsStyle::Direct,
        Transport::Header => TlsStyle::Header,
    };
    let read = |name| fs::read(certs.join(name));
    let options = ServerOptions::new(read("server.pem")?, Secret::new(read("server.key")?))
        .optional_client_certificate(read("ca.pem")?);
    Ok(builder.tls(style, options).build()?)
}

fn make_certs(dir: &Path) -> Result<()> {
    let mut command = Command::new("sh");
    command.arg(peers().join("certs.sh")).arg(dir).stdin(Stdio::null());
    ensure!(command.status()?.success(), "certs.sh failed");
    Ok(())
}

fn words(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

/// The user of the servers.
pub(crate) const USER: &str = "user";

/// The password of [`USER`].
pub(crate) const PASSWORD: &str = "password";

/// The name in the client's certificate.
pub(crate) const CERTIFICATE: &str = "client1";

/// What is offered in clear.
const OPENLY: [&str; 3] = ["ANONYMOUS", "PLAIN", "SCRAM-SHA-256"];

/// What is offered inside of TLS 1.3 to a client with a certificate.
const CONFIDENTIALLY: [&str; 5] =
    ["ANONYMOUS", "PLAIN", "EXTERNAL", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"];
