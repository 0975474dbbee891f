//! A tokio stream whose flush sends one frame.
//!
//! Nothing leaves before a flush or a shutdown, and then as one message; both may be given up and repeated.

use core::pin::Pin;
use core::task::{Context, Poll, ready};
use std::io;

use ::tokio::io::{AsyncBufRead, AsyncRead, AsyncWrite, ReadBuf};
use ::tokio::net::TcpStream;
use xiom::core::Layer;
use xiom::{ClientLayers, Protocol, ServerLayers};

use crate::Error;
use crate::written::{LIMIT, Written, frame};

/// A connection for libraries of Thrift that run on tokio's traits.
///
/// What is written is kept until a flush, by default up to the limit of a frame, and then leaves as one
/// frame; too much of it is an error whose source is [`crate::Overfull`].
///
/// Dropping it takes the socket down without a goodbye: [`Self::close`] says it.
///
/// ```
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let users = xiom::UserTable::new().with("ann", "pencil")?;
/// let server = xiom::Server::builder(users).protocol(xiom::Protocol::Thrift).build()?;
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
/// let url = format!("thrift+sasl://ann:pencil@{}", listener.local_addr()?);
/// let client = xiom::Client::builder(&url)?.only_mechanisms(["SCRAM-SHA-256"]).build()?;
///
/// let accepting = async {
///     let (socket, _) = listener.accept().await?;
///     xiom_thrift::tokio::accept(&server, socket).await.map_err(std::io::Error::from)
/// };
/// let (near, far) = tokio::join!(xiom_thrift::tokio::connect(&client), accepting);
/// let (mut near, mut far) = (near?, far?);
/// near.write_all(b"pi").await?;
/// near.write_all(b"ng").await?;
/// near.flush().await?; // One frame.
/// let mut got = [0; 4];
/// far.read_exact(&mut got).await?;
/// assert_eq!(&got, b"ping");
/// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Stream<L, S = TcpStream> {
    stream: xiom_tokio::Stream<L, S>,
    written: Written,
}

/// Connects and logs in as `client` says; dropping the future closes the socket.
///
/// # Errors
///
/// Returns [`Error::NotThrift`] when the client is for another protocol, and [`Error::Connection`].
pub async fn connect(client: &xiom::Client) -> Result<Stream<ClientLayers>, Error> {
    //= SRS_THRIFT_SASL_02_006
    if client.address().protocol() != Protocol::Thrift {
        return Err(Error::NotThrift);
    }
    let stream = client.connect().await?;
    Ok(Stream::new(stream).with_limit(frame(client.thrift_frame_limit())))
}

/// Lets the client at `socket` in, if `server` knows it; dropping the future closes the socket.
///
/// Call it in a task of its own: a slow client must not keep others waiting.
///
/// # Errors
///
/// Returns [`Error::NotThrift`] when the server is for another protocol, and [`Error::Connection`].
pub async fn accept<S>(server: &xiom::Server, socket: S) -> Result<Stream<ServerLayers, S>, Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    //= SRS_THRIFT_SASL_02_006
    if server.protocol() != Protocol::Thrift {
        return Err(Error::NotThrift);
    }
    let stream = server.accept(socket).await?;
    Ok(Stream::new(stream).with_limit(frame(server.thrift_frame_limit())))
}

impl<L: Layer, S: AsyncRead + AsyncWrite + Unpin> Stream<L, S> {
    /// A stream over a connection that is open.
    #[must_use]
    pub const fn new(stream: xiom_tokio::Stream<L, S>) -> Self {
        Self { stream, written: Written::new(LIMIT) }
    }

    /// Keeps up to `octets` that are written and not flushed; that of a frame by default.
    ///
    /// More than a frame takes leaves as several frames, in their order.
    #[must_use]
    pub fn with_limit(mut self, octets: usize) -> Self {
        self.written = Written::new(octets);
        self
    }

    /// The connection below, to look at.
    #[must_use]
    pub const fn inner(&self) -> &xiom_tokio::Stream<L, S> {
        &self.stream
    }

    /// Closes in order; what was not flushed is not sent.
    ///
    /// # Errors
    ///
    /// As [`xiom_tokio::Stream::close`].
    pub async fn close(self) -> io::Result<()> {
        self.stream.close().await
    }

    /// Ready when what was written is sealed, as one message.
    fn poll_send(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let limit = self.stream.channel().limits().message;
        while let Some(message) = self.written.message(limit) {
            let count = message.len();
            ready!(self.stream.poll_send_message(context, message))?;
            self.written.note_sent(count);
        }
        Poll::Ready(Ok(()))
    }
}

impl<L: Layer, S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Stream<L, S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(context, buf)
    }
}

impl<L: Layer, S: AsyncRead + AsyncWrite + Unpin> AsyncBufRead for Stream<L, S> {
    fn poll_fill_buf(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        Pin::new(&mut self.get_mut().stream).poll_fill_buf(context)
    }

    fn consume(self: Pin<&mut Self>, count: usize) {
        Pin::new(&mut self.get_mut().stream).consume(count);
    }
}

impl<L: Layer, S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Stream<L, S> {
    fn poll_write(
        self: Pin<&mut Self>,
        _context: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(self.get_mut().written.write(buf))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_send(context))?;
        Pin::new(&mut this.stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_send(context))?;
        Pin::new(&mut this.stream).poll_shutdown(context)
    }
}
