//! Connections for programs without an asynchronous runtime.

use std::net::TcpStream;
use std::time::Instant;

use xiom_core::{OutcomeCode, WireBuf};
use xiom_xio::{Blocking, Remote};

use crate::{Client, ClientLayers, Error, Reply, Server, ServerLayers, parker};

/// A connection: [`std::io::Read`], [`std::io::BufRead`] and [`std::io::Write`].
pub type Stream = Blocking<ClientLayers>;

/// A connection that a server accepted.
pub type Accepted = Blocking<ServerLayers>;

/// Connects and logs in as `url` says.
///
/// ```no_run
/// use std::io::Write;
///
/// let mut stream = xiom::blocking::connect("amqps://user:password@broker.example")?;
/// stream.write_all(b"AMQP\x00\x01\x00\x00")?;
/// stream.close()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// Returns [`Error`], which names the layer, the stage and the cause.
pub fn connect(url: &str) -> Result<Stream, Error> {
    Client::new(url)?.connect_blocking()
}

impl Client {
    /// Connects and logs in; blocks until that is done or has failed.
    ///
    /// # Errors
    ///
    /// Returns [`Error`], which names the layer, the stage and the cause.
    pub fn connect_blocking(&self) -> Result<Stream, Error> {
        let (address, config) = (self.address(), self.settings.socket);
        let remote = Remote::resolve(address.host(), address.port())?;
        Ok(Blocking::connect(remote, self.layers()?, config)?)
    }
}

impl Server {
    /// Shakes hands with the client at `socket`; blocks until it is in or has failed.
    ///
    /// Users that answer later are waited for. When they have not answered by the deadline, the client is
    /// told to try again.
    ///
    /// # Errors
    ///
    /// Returns [`Error`], which names the layer, the stage and the cause.
    pub fn accept_blocking(&self, socket: TcpStream) -> Result<Accepted, Error> {
        let start = Instant::now();
        let answer = |layers: &mut ServerLayers, out: &mut WireBuf| {
            let left = self.socket.limits.open.saturating_sub(start.elapsed());
            //= SRS_SASL_MECHANISMS_01_142
            let reply = parker::wait(self.ask(layers), left);
            reply.unwrap_or(Reply::refused(OutcomeCode::SysTemp)).give(layers, out);
        };
        Ok(Blocking::accept(socket, self.layers()?, self.socket, answer)?)
    }
}
