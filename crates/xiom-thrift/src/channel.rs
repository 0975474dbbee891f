//! A blocking connection as a transport of the `thrift` crate.
//!
//! Nothing leaves before a flush, and then as one message; who waits for an answer holds no lock.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use thrift::transport::{ReadHalf, TIoChannel, WriteHalf};
use xiom::core::Layer;
use xiom::xio::{Blocking, Shared};
use xiom::{ClientLayers, Protocol, ServerLayers};

use crate::Error;
use crate::written::{LIMIT, Written, frame};

/// A connection for the `thrift` crate: a `TReadTransport`, a `TWriteTransport`, and a [`TIoChannel`] that
/// splits into halves for protocols, which two threads may use at once.
///
/// What is written is kept until a flush, by default up to the limit of a frame, and then leaves as one
/// frame. Reading is buffered already: no `TBufferedReadTransport` is needed above it.
///
/// Dropping it, or both halves, takes the socket down without a goodbye: [`Self::close`] says it.
///
/// ```
/// use thrift::protocol::{
///     TBinaryInputProtocol, TBinaryOutputProtocol, TInputProtocol, TMessageIdentifier, TMessageType,
///     TOutputProtocol,
/// };
/// use thrift::transport::TIoChannel;
///
/// # let users = xiom::UserTable::new().with("ann", "pencil")?;
/// # let server = xiom::Server::builder(users).protocol(xiom::Protocol::Thrift).build()?;
/// # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
/// # let port = listener.local_addr()?.port();
/// # let thread = std::thread::spawn(move || -> Result<(), thrift::Error> {
/// #     let (read, write) = xiom_thrift::accept(&server, listener.accept()?.0)?.split()?;
/// #     let name = TBinaryInputProtocol::new(read, true).read_message_begin()?.name;
/// #     let mut output = TBinaryOutputProtocol::new(write, true);
/// #     output.write_message_begin(&TMessageIdentifier::new(name, TMessageType::Reply, 1))?;
/// #     output.flush()
/// # });
/// let url = format!("thrift+sasl://ann:pencil@127.0.0.1:{port}");
/// // Without TLS PLAIN would show the password, so SCRAM it is.
/// let client = xiom::Client::builder(&url)?.only_mechanisms(["SCRAM-SHA-256"]).build()?;
/// let (read, write) = xiom_thrift::connect(&client)?.split()?;
/// let mut input = TBinaryInputProtocol::new(read, true);
/// let mut output = TBinaryOutputProtocol::new(write, true);
/// output.write_message_begin(&TMessageIdentifier::new("ping", TMessageType::Call, 1))?;
/// output.flush()?; // One frame.
/// let reply = input.read_message_begin()?;
/// assert_eq!((reply.name.as_str(), reply.message_type), ("ping", TMessageType::Reply));
/// # thread.join().unwrap()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Channel<L: Layer> {
    shared: Shared<L>,
    input: BufReader<Shared<L>>,
    written: Written,
}

/// Connects and logs in as `client` says; blocks until that is done or has failed.
///
/// # Errors
///
/// Returns [`Error::NotThrift`] when the client is for another protocol, and [`Error::Connection`].
pub fn connect(client: &xiom::Client) -> Result<Channel<ClientLayers>, Error> {
    //= SRS_THRIFT_SASL_02_006
    if client.address().protocol() != Protocol::Thrift {
        return Err(Error::NotThrift);
    }
    Ok(Channel::new(client.connect_blocking()?).with_limit(frame(client.thrift_frame_limit())))
}

/// Lets the client at `socket` in, if `server` knows it; blocks until that is done or has failed.
///
/// Call it in a thread of its own for each client, and go on with [`crate::serve`].
///
/// # Errors
///
/// Returns [`Error::NotThrift`] when the server is for another protocol, and [`Error::Connection`].
pub fn accept(server: &xiom::Server, socket: TcpStream) -> Result<Channel<ServerLayers>, Error> {
    //= SRS_THRIFT_SASL_02_006
    if server.protocol() != Protocol::Thrift {
        return Err(Error::NotThrift);
    }
    let stream = server.accept_blocking(socket)?;
    Ok(Channel::new(stream).with_limit(frame(server.thrift_frame_limit())))
}

impl<L: Layer> Channel<L> {
    /// A channel over a connection that is open.
    #[must_use]
    pub fn new(stream: Blocking<L>) -> Self {
        Self::share(Shared::new(stream), Written::new(LIMIT))
    }

    /// Keeps up to `octets` that are written and not flushed; that of a frame by default.
    ///
    /// More than a frame takes leaves as several frames, in their order.
    #[must_use]
    pub fn with_limit(mut self, octets: usize) -> Self {
        self.written = Written::new(octets);
        self
    }

    /// The connection below, such as for its timeouts, or to see who has logged in.
    ///
    /// ```no_run
    /// # fn look(channel: &xiom_thrift::Channel<xiom::ServerLayers>) -> Option<()> {
    /// channel.shared().with(|stream| {
    ///     stream.set_read_timeout(Some(std::time::Duration::from_secs(60)));
    ///     let login = stream.xio().channel().layers()?.upper().established()?;
    ///     println!("{:?} logged in with {}", login.principal().acts_as(), login.mechanism());
    ///     Some(())
    /// })
    /// # }
    /// ```
    #[must_use]
    pub const fn shared(&self) -> &Shared<L> {
        &self.shared
    }

    /// Waits for octets of the peer; true when it has ended in order instead.
    ///
    /// Between two messages of Thrift that is a good end.
    ///
    /// # Errors
    ///
    /// Returns the failure of the connection, or that the read timeout is over.
    pub fn is_at_end(&mut self) -> io::Result<bool> {
        Ok(self.input.fill_buf()?.is_empty())
    }

    /// Closes in order, for both halves; what was not flushed is not sent.
    ///
    /// # Errors
    ///
    /// As [`Blocking::close`].
    pub fn close(&self) -> Result<(), xiom::xio::Error> {
        self.shared.close()
    }

    fn share(shared: Shared<L>, written: Written) -> Self {
        Self { input: BufReader::new(shared.clone()), shared, written }
    }
}

impl<L: Layer> Read for Channel<L> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.input.read(buf)
    }
}

impl<L: Layer> Write for Channel<L> {
    /// Keeps the octets until a flush; too many of them are an error whose source is [`crate::Overfull`].
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.written.write(octets)
    }

    /// Sends what was written as one frame; after a timeout it may be called again.
    fn flush(&mut self) -> io::Result<()> {
        let (shared, written) = (&self.shared, &mut self.written);
        loop {
            let limits = shared.with(|stream| *stream.xio().channel().limits());
            let Some(message) = written.message(limits.message) else { break };
            shared.send_message(message)?;
            let count = message.len();
            written.note_sent(count);
        }
        Ok(shared.flush()?)
    }
}

impl<L: Layer> TIoChannel for Channel<L> {
    fn split(self) -> thrift::Result<(ReadHalf<Self>, WriteHalf<Self>)> {
        let write = Self::share(self.shared.clone(), self.written);
        let written = Written::new(write.written.limit());
        let read = Self { shared: self.shared, input: self.input, written };
        Ok((ReadHalf::new(read), WriteHalf::new(write)))
    }
}
