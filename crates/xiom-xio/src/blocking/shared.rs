//! One connection for several threads: one reads while others write.
//!
//! The lock is held while octets are moved, never while one waits for the peer.

use alloc::sync::Arc;
use core::fmt;
use core::time::Duration;
use std::io::{self, BufRead, Read};
use std::net::{Shutdown, TcpStream};
use std::sync::{Mutex, MutexGuard, PoisonError};

use xiom_core::Layer;

use super::{Blocking, Status, Wanted};
use crate::wait::wait;
use crate::{Error, Interest};

/// A handle to a [`Blocking`] connection; clones are handles to the same one.
///
/// Who waits for octets keeps nobody from writing, and the other way round. Octets go to whichever thread
/// reads first, so one of them should.
///
/// ```
/// use std::io::Read;
/// use xiom_core::Plain;
/// use xiom_xio::{Blocking, Config, Remote, Shared, listen};
///
/// let listener = listen("127.0.0.1:0".parse()?)?;
/// let remote = Remote::from(listener.local_addr()?);
/// let server = std::thread::spawn(move || {
///     let socket = listener.accept()?.0;
///     let mut stream = Blocking::accept(socket, Plain::default(), Config::SERVER, |_, _| {})?;
///     std::io::copy(&mut Read::by_ref(&mut stream).take(5), &mut std::io::sink())?;
///     stream.send_message(b"world")?;
///     stream.close()
/// });
/// let writer = Shared::new(Blocking::connect(remote, Plain::default(), Config::CLIENT)?);
/// let mut reader = writer.clone();
/// let reading = std::thread::spawn(move || {
///     let mut got = String::new();
///     reader.read_to_string(&mut got).map(|_| got)
/// });
/// writer.send_message(b"hello")?; // However long the other thread has been waiting.
/// writer.flush()?;
/// assert_eq!(reading.join().unwrap()?, "world");
/// writer.close()?;
/// # server.join().unwrap()?;
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
pub struct Shared<L> {
    stream: Arc<Mutex<Blocking<L>>>,
}

impl<L: Layer> Shared<L> {
    /// The first handle.
    #[must_use]
    pub fn new(stream: Blocking<L>) -> Self {
        Self { stream: Arc::new(Mutex::new(stream)) }
    }

    /// As [`Blocking::send_message`].
    ///
    /// # Errors
    ///
    /// As [`Blocking::send_message`].
    pub fn send_message(&self, octets: &[u8]) -> Result<(), Error> {
        self.write(|stream| stream.try_send(octets, Duration::ZERO))
    }

    /// Writes until the socket has taken everything.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Failed`] when the connection is broken, [`Error::Io`] when the write timeout is
    /// over.
    pub fn flush(&self) -> Result<(), Error> {
        self.write(Blocking::try_drain)
    }

    /// As [`Blocking::finish`].
    ///
    /// # Errors
    ///
    /// As [`Blocking::finish`].
    pub fn finish(&self) -> Result<(), Error> {
        self.lock().xio.finish()?;
        self.flush()
    }

    /// As [`Blocking::close`]; a thread that waits for octets gets the end of the stream.
    ///
    /// # Errors
    ///
    /// As [`Blocking::close`].
    pub fn close(&self) -> Result<(), Error> {
        let mut stream = self.lock();
        if stream.status == Status::Closed {
            return Ok(());
        }
        let socket = stream.xio.socket().and_then(|socket| socket.try_clone().ok());
        let failure = stream.begin_close()?;
        drop(stream);
        self.wait(Wanted::All, |_| None, |stream| Ok(stream.try_close()))?;
        if let Some(socket) = socket {
            // It wakes who still waits; that the peer has gone already is no fault.
            let _ = socket.shutdown(Shutdown::Both);
        }
        failure.map_or(Ok(()), Err)
    }

    /// Calls `deed` with the connection, which nobody else uses meanwhile.
    pub fn with<T>(&self, deed: impl FnOnce(&mut Blocking<L>) -> T) -> T {
        deed(&mut self.lock())
    }

    fn write(
        &self,
        deed: impl FnMut(&mut Blocking<L>) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        self.wait(Wanted::Writing, |stream| stream.write_timeout, deed)
    }

    /// Tries `deed`, which says whether it is done, until it is, or the `limit` is over.
    fn wait(
        &self,
        wanted: Wanted,
        limit: impl FnOnce(&Blocking<L>) -> Option<Duration>,
        mut deed: impl FnMut(&mut Blocking<L>) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        let mut stream = self.lock();
        let until = stream.until(limit(&stream));
        while !deed(&mut stream)? {
            let rest = Rest::new(&mut stream, wanted, until)?;
            //= SRS_THRIFT_SASL_02_004
            drop(stream);
            let is_ready = rest.wait()?;
            stream = self.lock();
            stream.waited(is_ready);
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Blocking<L>> {
        self.stream.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<L: Layer> Read for Shared<L> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        let mut count = 0;
        self.wait(
            Wanted::All,
            |stream| stream.read_timeout,
            |stream| {
                let is_there = stream.try_fill()?;
                if is_there {
                    count = stream.fill_buf()?.read(buf)?;
                    stream.consume(count);
                }
                Ok(is_there)
            },
        )?;
        Ok(count)
    }
}

impl<L> Clone for Shared<L> {
    fn clone(&self) -> Self {
        Self { stream: Arc::clone(&self.stream) }
    }
}

impl<L: fmt::Debug> fmt::Debug for Shared<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Shared").field(&self.stream).finish()
    }
}

/// What is to be awaited when the lock is given back; the socket is another handle to it for that long
/// only, so that dropping the connection closes it.
struct Rest {
    socket: TcpStream,
    interest: Interest,
    timeout: Option<Duration>,
}

impl Rest {
    fn new<L: Layer>(
        stream: &mut Blocking<L>,
        wanted: Wanted,
        until: Option<Duration>,
    ) -> io::Result<Self> {
        let (interest, timeout) = stream.awaited(wanted, until)?;
        let socket = match stream.xio.socket() {
            Some(socket) if interest != Interest::default() || timeout.is_some() => socket,
            // Nothing can happen any more.
            Some(_) | None => return Err(io::ErrorKind::NotConnected.into()),
        };
        let timeout = stream.patience(timeout);
        Ok(Self { socket: socket.try_clone()?, interest, timeout })
    }

    fn wait(self) -> io::Result<bool> {
        wait(&self.socket, self.interest, self.timeout)
    }
}
