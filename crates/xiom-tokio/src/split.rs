//! Two halves of one stream for two tasks.
//!
//! The lock is held while octets are moved, never while one waits; each half has its own place for its
//! waker, so neither loses a wake-up to the other.

use alloc::sync::Arc;
use core::future::poll_fn;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::{error, fmt};
use std::io::{self, IoSlice};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use xiom_core::{Failure, Layer};

use crate::Stream;

type Shared<L, S> = Arc<Mutex<Stream<L, S>>>;

pub(crate) fn split<L, S>(stream: Stream<L, S>) -> (ReadHalf<L, S>, WriteHalf<L, S>) {
    let shared = Arc::new(Mutex::new(stream));
    (ReadHalf { shared: shared.clone() }, WriteHalf { shared })
}

/// The half that reads; see [`Stream::into_split`].
#[derive(Debug)]
pub struct ReadHalf<L, S = TcpStream> {
    shared: Shared<L, S>,
}

/// The half that writes; see [`Stream::into_split`].
///
/// Dropping it says no goodbye: shut it down first.
#[derive(Debug)]
pub struct WriteHalf<L, S = TcpStream> {
    shared: Shared<L, S>,
}

impl<L: Layer, S: AsyncRead + AsyncWrite + Unpin> ReadHalf<L, S> {
    /// Makes the stream whole again.
    ///
    /// # Errors
    ///
    /// Gives both halves back when they are of different streams.
    pub fn reunite(self, write: WriteHalf<L, S>) -> Result<Stream<L, S>, ReuniteError<L, S>> {
        if !Arc::ptr_eq(&self.shared, &write.shared) {
            return Err(ReuniteError { read: self, write });
        }
        drop(write);
        match Arc::try_unwrap(self.shared) {
            Ok(stream) => Ok(stream.into_inner().unwrap_or_else(PoisonError::into_inner)),
            // Two halves are all there are.
            Err(shared) => {
                let write = WriteHalf { shared: shared.clone() };
                Err(ReuniteError { read: Self { shared }, write })
            }
        }
    }

    /// The failure that ended the stream, if one did.
    #[must_use]
    pub fn failure(&self) -> Option<Failure> {
        lock(&self.shared).failure()
    }
}

impl<L: Layer, S: AsyncRead + AsyncWrite + Unpin> WriteHalf<L, S> {
    /// As [`Stream::poll_send_message`].
    ///
    /// # Errors
    ///
    /// As [`Stream::poll_send_message`].
    pub fn poll_send_message(
        &mut self,
        context: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<()>> {
        lock(&self.shared).poll_send_message(context, octets)
    }

    /// As [`Stream::send_message`].
    ///
    /// # Errors
    ///
    /// As [`Stream::poll_send_message`].
    pub async fn send_message(&mut self, octets: &[u8]) -> io::Result<()> {
        poll_fn(|context| self.poll_send_message(context, octets)).await
    }
}

impl<L: Layer, S: AsyncRead + AsyncWrite + Unpin> AsyncRead for ReadHalf<L, S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut *lock(&self.shared)).poll_read(context, buf)
    }
}

impl<L: Layer, S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for WriteHalf<L, S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *lock(&self.shared)).poll_write(context, buf)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *lock(&self.shared)).poll_write_vectored(context, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *lock(&self.shared)).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *lock(&self.shared)).poll_shutdown(context)
    }
}

/// The halves are of different streams.
pub struct ReuniteError<L, S = TcpStream> {
    /// The half that reads.
    pub read: ReadHalf<L, S>,
    /// The half that writes.
    pub write: WriteHalf<L, S>,
}

impl<L, S> fmt::Debug for ReuniteError<L, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReuniteError").finish_non_exhaustive()
    }
}

impl<L, S> fmt::Display for ReuniteError<L, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the halves are of different streams")
    }
}

impl<L, S> error::Error for ReuniteError<L, S> {}

fn lock<L, S>(shared: &Shared<L, S>) -> MutexGuard<'_, Stream<L, S>> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
