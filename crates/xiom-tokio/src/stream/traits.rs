//! tokio's traits over a stream; octets are copied only where the trait asks for it.

use core::pin::Pin;
use core::task::{Context, Poll, ready};
use std::io::{self, IoSlice};

use tokio::io::{AsyncBufRead, AsyncRead, AsyncWrite, ReadBuf};
use xiom_core::{Layer, Rejected, SendId};

use super::{Broken, Goodbye, Status, Stream};
use crate::wakers::Side;

impl<L: Layer, S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Stream<L, S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if buf.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        let this = self.get_mut();
        ready!(this.poll_plain(context))?;
        let octets = this.plain();
        let part = octets.get(..buf.remaining()).unwrap_or(octets);
        buf.put_slice(part);
        let count = part.len();
        this.consume_plain(count);
        Poll::Ready(Ok(()))
    }
}

/// The octets are lent where they were decrypted.
impl<L: Layer, S: AsyncRead + AsyncWrite + Unpin> AsyncBufRead for Stream<L, S> {
    fn poll_fill_buf(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        let this = self.get_mut();
        ready!(this.poll_plain(context))?;
        Poll::Ready(Ok(this.plain()))
    }

    fn consume(self: Pin<&mut Self>, count: usize) {
        self.get_mut().consume_plain(count);
    }
}

impl<L: Layer, S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Stream<L, S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.get_mut().poll_seal(context, buf)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let mut filled = bufs.iter().filter(|slice| !slice.is_empty());
        let Some(first) = filled.next() else { return Poll::Ready(Ok(0)) };
        if RECORD <= first.len() || filled.next().is_none() {
            return this.poll_seal(context, first);
        }
        ready!(this.poll_room(context))?;
        this.poll_seal(context, &gather(bufs))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.settle(false);
        let written = ready!(this.poll_written(Side::Writer, context));
        this.settle(false);
        Poll::Ready(written.map_err(|_| this.error()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.goodbye == Goodbye::No && this.connection.finish().is_ok() {
            this.goodbye = Goodbye::Due;
        }
        loop {
            this.settle(false);
            if this.goodbye == Goodbye::Said {
                return Poll::Ready(Ok(()));
            }
            if this.goodbye == Goodbye::No || this.failure().is_some() {
                return Poll::Ready(Err(this.error()));
            }
            if ready!(this.poll_written(Side::Writer, context)).is_err() {
                return Poll::Ready(Err(this.error()));
            }
        }
    }
}

impl<L: Layer, S: AsyncRead + AsyncWrite + Unpin> Stream<L, S> {
    /// Ready when there are octets, or the peer has ended in order.
    fn poll_plain(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.wakers.register(Side::Reader, context);
        loop {
            self.settle(true);
            if !self.plain.is_empty() {
                self.push(Side::Reader, context);
                return Poll::Ready(Ok(()));
            }
            match self.status {
                Status::Open => ready!(self.poll_turn(context)),
                Status::Ended | Status::Closed => return Poll::Ready(Ok(())),
                Status::Failed(_) | Status::Opening => {
                    self.push(Side::Reader, context);
                    return Poll::Ready(Err(self.error()));
                }
            }
        }
    }

    /// The oldest octets that no reader has taken.
    fn plain(&self) -> &[u8] {
        self.plain.front().map_or(&[], |range| self.connection.octets(range.clone()))
    }

    fn consume_plain(&mut self, count: usize) {
        if let Some(range) = self.plain.front_mut() {
            range.start = range.start.saturating_add(count);
            if range.end <= range.start {
                self.plain.pop_front();
            }
        }
    }

    /// Ready when the next message is sealed at once.
    fn poll_room(&mut self, context: &Context<'_>) -> Poll<io::Result<()>> {
        self.settle(false);
        if self.failure().is_some() || self.broken != Broken::No {
            return Poll::Ready(Err(self.error()));
        }
        if !self.connection.channel().is_open() {
            let rejected = io::Error::new(io::ErrorKind::BrokenPipe, Rejected::State);
            return Poll::Ready(Err(rejected));
        }
        if self.connection.has_room() {
            return Poll::Ready(Ok(()));
        }
        self.poll_emptied(context)
    }

    /// Writes all that is pending, so that its memory is used anew.
    fn poll_emptied(&mut self, context: &Context<'_>) -> Poll<io::Result<()>> {
        let written = ready!(self.poll_written(Side::Writer, context));
        self.settle(false);
        Poll::Ready(written.map_err(|_| self.error()))
    }

    /// Seals a part of `octets`, once.
    fn poll_seal(&mut self, context: &Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        let limit = CHUNK.min(self.connection.channel().limits().message);
        let part = octets.get(..limit).unwrap_or(octets);
        if part.is_empty() {
            return Poll::Ready(Ok(0));
        }
        ready!(self.poll_whole(context, part))?;
        Poll::Ready(Ok(part.len()))
    }

    /// Seals all of `octets` as one message, once.
    pub(super) fn poll_whole(
        &mut self,
        context: &Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<()>> {
        loop {
            ready!(self.poll_room(context))?;
            match self.send_now(context, octets) {
                Ok(()) => break,
                Err(Rejected::Full) => ready!(self.poll_emptied(context))?,
                Err(rejected) => {
                    return Poll::Ready(Err(io::Error::new(io::ErrorKind::BrokenPipe, rejected)));
                }
            }
        }
        self.push(Side::Writer, context);
        Poll::Ready(Ok(()))
    }

    /// Seals a message, and writes it straight from `octets` where they go as they are.
    fn send_now(&mut self, context: &Context<'_>, octets: &[u8]) -> Result<(), Rejected> {
        let Self { connection, socket, both, wakers, needs_flush, .. } = self;
        let mut written = Ok(());
        connection.send_straight(ID, octets, |pending, octets| {
            wakers.register(Side::Writer, context);
            let mut taken = 0;
            let mut context = Context::from_waker(both);
            while let Poll::Ready(count) = poll_both(socket, &mut context, pending, octets, taken) {
                match count {
                    Ok(0) => break,
                    Ok(count) => taken = taken.saturating_add(count),
                    Err(error) => {
                        written = Err(error);
                        break;
                    }
                }
            }
            *needs_flush |= taken != 0;
            taken
        })?;
        // The next call tells it.
        let _ = self.note_broken(written);
        Ok(())
    }
}

/// Writes what follows the first `taken` octets of both; `Ok(0)` when there is nothing.
fn poll_both<S: AsyncWrite + Unpin>(
    socket: &mut S,
    context: &mut Context<'_>,
    pending: &[u8],
    octets: &[u8],
    taken: usize,
) -> Poll<io::Result<usize>> {
    let first = pending.get(taken..).unwrap_or_default();
    let rest = octets.get(taken.saturating_sub(pending.len())..).unwrap_or_default();
    if first.is_empty() && rest.is_empty() {
        return Poll::Ready(Ok(0));
    }
    let slices = [IoSlice::new(first), IoSlice::new(rest)];
    Pin::new(socket).poll_write_vectored(context, &slices)
}

/// The first octets of all slices, as many as fit in one record.
fn gather(bufs: &[IoSlice<'_>]) -> Vec<u8> {
    let mut record = Vec::with_capacity(RECORD);
    for slice in bufs {
        let left = RECORD.saturating_sub(record.len());
        record.extend_from_slice(slice.get(..left).unwrap_or(slice));
    }
    record
}

/// The most plain octets that one record of TLS holds (RFC 8446 section 5.1).
const RECORD: usize = 16 << 10;

/// Octets of one message, several records.
const CHUNK: usize = 64 << 10;

/// Messages of a stream need no names: none is waited for alone.
const ID: SendId = SendId(0);
