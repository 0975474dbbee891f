//! Opening layers from either side, over sockets that are there or that are dialled.

use std::io;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::Instant;
use xiom_core::{Cause, Layer, Stage};
use xiom_xio::{Config, Remote};

use crate::{NoQuestions, Opening, Responder, Stream, dial, io_error};

/// Opens layers as a client.
///
/// ```
/// use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
/// use xiom_core::Plain;
/// use xiom_tokio::{Acceptor, Connector};
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// let (near, far) = duplex(4096);
/// let mut client = Connector::default().connect(near, Plain::default()).await?;
/// let mut server = Acceptor::default().accept(far, Plain::default()).await?;
/// client.write_all(b"hello").await?;
/// client.shutdown().await?;
/// let mut got = Vec::new();
/// server.read_to_end(&mut got).await?;
/// assert_eq!(got, b"hello");
/// # std::io::Result::Ok(()) })?;
/// # std::io::Result::Ok(())
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Connector {
    config: Config,
}

impl Connector {
    /// A connector with this configuration; the default is [`Config::CLIENT`].
    #[must_use]
    pub const fn new(config: Config) -> Self {
        Self { config }
    }

    /// Opens `layers` over `socket`, within [`xiom_core::Limits::open`].
    ///
    /// # Panics
    ///
    /// Outside of a runtime with time, as all of tokio's timers.
    pub fn connect<L, S>(&self, socket: S, layers: L) -> Opening<L, S>
    where
        L: Layer,
        S: AsyncRead + AsyncWrite + Unpin,
    {
        Opening::new(layers, socket, NoQuestions, self.config.limits, Instant::now())
    }

    /// Dials `remote` and opens `layers`, all within [`xiom_core::Limits::open`].
    ///
    /// Dropping the future closes the socket. For the log of the attempts call [`dial`] by itself.
    ///
    /// # Errors
    ///
    /// Returns an error whose source is the [`xiom_core::Failure`].
    pub async fn dial<L: Layer>(&self, remote: &Remote, layers: L) -> io::Result<Stream<L>> {
        let start = Instant::now();
        let dialed = dial(remote, &self.config).await;
        let socket: TcpStream =
            dialed.socket.map_err(|fault| io_error(Cause::Socket(fault).at(Stage::Connecting)))?;
        Opening::new(layers, socket, NoQuestions, self.config.limits, start).await
    }
}

/// Opens layers as a server.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Acceptor {
    config: Config,
}

impl Acceptor {
    /// An acceptor with this configuration; the default is [`Config::SERVER`].
    #[must_use]
    pub const fn new(config: Config) -> Self {
        Self { config }
    }

    /// Opens `layers`, which ask nothing, over the accepted `socket`.
    ///
    /// # Panics
    ///
    /// Outside of a runtime with time, as all of tokio's timers.
    pub fn accept<L, S>(&self, socket: S, layers: L) -> Opening<L, S>
    where
        L: Layer,
        S: AsyncRead + AsyncWrite + Unpin,
    {
        self.accept_with(socket, layers, NoQuestions)
    }

    /// Opens `layers` over the accepted `socket`; `responder` answers their questions.
    ///
    /// # Panics
    ///
    /// Outside of a runtime with time, as all of tokio's timers.
    pub fn accept_with<L, S, R>(&self, socket: S, layers: L, responder: R) -> Opening<L, S, R>
    where
        L: Layer,
        S: AsyncRead + AsyncWrite + Unpin,
        R: Responder<L>,
    {
        Opening::new(layers, socket, responder, self.config.limits, Instant::now())
    }
}

impl Default for Acceptor {
    fn default() -> Self {
        Self::new(Config::SERVER)
    }
}
