//! A man in the middle: ends TLS with a certificate that the client trusts, and begins it anew.
//!
//! It sees every octet in clear, and may change them; a login that is bound to the channel fails all the
//! same, because there are two channels.

use core::net::Ipv4Addr;
use std::net::{TcpListener, TcpStream};
use std::{io, thread};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional};
use tokio::runtime::Builder;
use xiom::rustls::ServerOptions;
use xiom::xio::Config;
use xiom::{Client, Server, TlsStyle, UserTable};
use xiom_amqp_codec::{Mechanisms, Performative, ProtocolHeader};
use xiom_tokio::{Acceptor, Connector};

use super::client::Expected;
use crate::Stop;
use crate::certificates::{Authority, Identity};

/// Who stands between.
pub(super) struct Relay {
    /// What the client takes for the server.
    server: Server,
    /// What the server takes for the client.
    client: Client,
    target: u16,
    strips: bool,
}

impl Relay {
    /// One between a client and the server at the port `target`.
    ///
    /// # Errors
    ///
    /// Returns [`Stop`] when the certificates do not fit.
    pub(super) fn new(
        authority: &Authority,
        identity: &Identity,
        style: TlsStyle,
        target: u16,
        expected: Expected,
    ) -> Result<Self, Stop> {
        let options = ServerOptions::new(&identity.chain, identity.key.clone());
        let server = Server::builder(UserTable::new()).tls(style, options);
        let client = Client::builder("amqps://127.0.0.1").map_err(Stop::other)?;
        let client = client.tls(style).only_roots(&authority.pem);
        Ok(Self {
            server: server.build().map_err(Stop::other)?,
            client: client.build().map_err(Stop::other)?,
            target,
            strips: expected == Expected::Stripped,
        })
    }

    /// Stands between while `visit` has the port to connect to.
    ///
    /// # Errors
    ///
    /// Returns [`Stop`] when the system gives no port, and what `visit` returns.
    pub(super) fn between<T>(&self, visit: impl FnOnce(u16) -> Result<T, Stop>) -> Result<T, Stop> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(Stop::other)?;
        let port = listener.local_addr().map_err(Stop::other)?.port();
        thread::scope(|scope| {
            // How it ends is for the two ends to tell.
            scope.spawn(move || self.serve(&listener));
            let visited = visit(port);
            // Wakes one whose client never came.
            drop(TcpStream::connect((Ipv4Addr::LOCALHOST, port)));
            visited
        })
    }

    fn serve(&self, listener: &TcpListener) -> io::Result<()> {
        let (victim, _) = listener.accept()?;
        let target = TcpStream::connect((Ipv4Addr::LOCALHOST, self.target))?;
        for socket in [&victim, &target] {
            Config::SERVER.apply(socket)?;
            socket.set_nonblocking(true)?;
        }
        Builder::new_current_thread().enable_all().build()?.block_on(async {
            let victim = tokio::net::TcpStream::from_std(victim)?;
            let target = tokio::net::TcpStream::from_std(target)?;
            let above = self.server.transport().map_err(io::Error::other)?;
            let below = self.client.transport().map_err(io::Error::other)?;
            let (mut victim, mut target) = tokio::try_join!(
                Acceptor::default().accept(victim, above),
                Connector::default().connect(target, below),
            )?;
            if self.strips {
                strip(&mut victim, &mut target).await?;
            }
            copy_bidirectional(&mut victim, &mut target).await?;
            Ok(())
        })
    }
}

/// Passes the headers and the mechanisms on, without those that bind.
async fn strip<A, B>(victim: &mut A, target: &mut B) -> io::Result<()>
where
    A: AsyncRead + AsyncWrite + Unpin,
    B: AsyncRead + AsyncWrite + Unpin,
{
    let mut header = [0; ProtocolHeader::LENGTH];
    victim.read_exact(&mut header).await?;
    target.write_all(&header).await?;
    target.flush().await?;
    target.read_exact(&mut header).await?;
    victim.write_all(&header).await?;
    let size = target.read_u32().await?;
    let mut frame = size.to_be_bytes().to_vec();
    target.take(u64::from(size.saturating_sub(4))).read_to_end(&mut frame).await?;
    if let Ok((_, Performative::Mechanisms(offer))) = Performative::decode_frame(&frame, size) {
        let names: Vec<_> = offer.iter().filter(|name| !name.ends_with("-PLUS")).collect();
        let offer = Mechanisms::new(&names).map_err(|_| io::ErrorKind::InvalidData)?;
        let mut stripped = Vec::new();
        Performative::Mechanisms(offer).encode_frame(&mut stripped);
        frame = stripped;
    }
    victim.write_all(&frame).await?;
    victim.flush().await
}
