//! Connections for tokio.

use std::io;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use xiom_core::{Cause, SocketFault, Stage, WireBuf};
use xiom_tokio::{Acceptor, Connector, Respond};
use xiom_xio::Attempts;

use crate::{Client, ClientLayers, Error, Reply, Server, ServerLayers};

/// A connection: [`AsyncRead`], [`tokio::io::AsyncBufRead`] and [`AsyncWrite`].
pub type Stream<S = TcpStream> = xiom_tokio::Stream<ClientLayers, S>;

/// A connection that a server accepted.
pub type Accepted<S = TcpStream> = xiom_tokio::Stream<ServerLayers, S>;

/// Connects and logs in as `url` says.
///
/// # Errors
///
/// Returns [`Error`], which names the layer, the stage and the cause.
pub async fn connect(url: &str) -> Result<Stream, Error> {
    Client::new(url)?.connect().await
}

impl Client {
    /// Connects and logs in; dropping the future closes the socket.
    ///
    /// # Errors
    ///
    /// Returns [`Error`], which names the layer, the stage and the cause.
    pub async fn connect(&self) -> Result<Stream, Error> {
        let (address, mut config) = (self.address(), self.settings.socket);
        let start = tokio::time::Instant::now();
        let resolved = xiom_tokio::resolve(address.host(), address.port()).await;
        let remote = resolved.map_err(|_| failed(SocketFault::NotFound, Attempts::default()))?;
        let dialed = xiom_tokio::dial(&remote, &config).await;
        let attempts = dialed.attempts;
        let socket = match dialed.socket {
            Ok(socket) => socket,
            Err(fault) => return Err(failed(fault, attempts)),
        };
        let layers = self.fresh_layers().await?;
        config.limits.open = config.limits.open.saturating_sub(start.elapsed());
        let opened = Connector::new(config).connect(socket, layers).await;
        opened.map_err(|error| describe(error, attempts))
    }

    /// Logs in over a stream that is connected already, such as a tunnel.
    ///
    /// # Errors
    ///
    /// As [`Self::connect`].
    pub async fn connect_over<S>(&self, socket: S) -> Result<Stream<S>, Error>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let layers = self.fresh_layers().await?;
        let opening = Connector::new(self.settings.socket).connect(socket, layers);
        opening.await.map_err(|error| describe(error, Attempts::default()))
    }

    /// As [`Self::layers`], on tokio's threads for what blocks if tickets may have to be fetched.
    async fn fresh_layers(&self) -> Result<ClientLayers, Error> {
        if !self.settings.login.may_wait() {
            return self.layers();
        }
        let client = self.clone();
        let layers = tokio::task::spawn_blocking(move || client.layers());
        layers.await.map_err(|error| Error::Io(io::Error::other(error)))?
    }
}

impl Server {
    /// Shakes hands with the client at `socket`, and awaits what the users say; dropping the future closes
    /// it.
    ///
    /// Call it in a task of its own: a slow client must not keep others waiting.
    ///
    /// # Errors
    ///
    /// Returns [`Error`], which names the layer, the stage and the cause.
    pub async fn accept<S>(&self, socket: S) -> Result<Accepted<S>, Error>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        //= SRS_SASL_MECHANISMS_01_142
        let responder = Respond {
            ask: |layers: &ServerLayers| self.ask(layers),
            answer: |reply: Reply, layers: &mut ServerLayers, out: &mut WireBuf| {
                reply.give(layers, out);
            },
        };
        let opening = Acceptor::new(self.socket).accept_with(socket, self.layers()?, responder);
        opening.await.map_err(|error| describe(error, Attempts::default()))
    }
}

fn failed(fault: SocketFault, attempts: Attempts) -> Error {
    Error::Failed { failure: Cause::Socket(fault).at(Stage::Connecting), attempts, peer_text: None }
}

/// Takes the failure out of the error that tokio's traits want.
fn describe(error: io::Error, attempts: Attempts) -> Error {
    match xiom_tokio::failure_of(&error) {
        Some(failure) => {
            let peer_text = xiom_tokio::peer_text_of(&error).map(Box::from);
            Error::Failed { failure, attempts, peer_text }
        }
        None => Error::Io(error),
    }
}
