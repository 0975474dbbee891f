//! The traits of [`std::io`] over a blocking connection; octets are copied only where the trait asks.

use std::io::{self, BufRead, Read, Write};

use xiom_core::{Layer, Rejected, SendId};

use super::{Blocking, Status, Wanted};
use crate::xio::Step;

/// A peer that ends in order gives `Ok(0)`; any other end is an error, see [`crate::kind_of`].
impl<L: Layer> Read for Blocking<L> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        let count = self.fill_buf()?.read(buf)?;
        self.consume(count);
        Ok(count)
    }
}

/// The octets are lent where they were decrypted.
impl<L: Layer> BufRead for Blocking<L> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let until = self.until(self.read_timeout);
        loop {
            self.settle(true);
            if let Some(range) = self.plain.front() {
                return Ok(self.xio.connection().octets(range.clone()));
            }
            match self.status {
                Status::Open => self.turn(Wanted::All, until)?,
                Status::Ended | Status::Closed => return Ok(&[]),
                Status::Opening | Status::Failed(_) => return Err(self.error().into()),
            }
        }
    }

    fn consume(&mut self, count: usize) {
        if let Some(range) = self.plain.front_mut() {
            range.start = range.start.saturating_add(count);
            if range.end <= range.start {
                self.plain.pop_front();
            }
        }
    }
}

/// A write returns when its octets are sealed; what the socket did not take goes with the next call.
impl<L: Layer> Write for Blocking<L> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let limit = CHUNK.min(self.xio.channel().limits().message);
        let part = buf.get(..limit).unwrap_or(buf);
        if part.is_empty() {
            return Ok(0);
        }
        self.settle(false);
        loop {
            self.check_writing()?;
            if self.xio.channel().is_open() && !self.xio.connection().has_room() {
                self.drain()?;
            }
            match self.xio.send(ID, part) {
                Ok(()) => {
                    // What does not go at once, or fails, is the next call's.
                    self.xio.advance(Step::Write, self.clock.now());
                    return Ok(part.len());
                }
                Err(Rejected::Full) => self.drain()?,
                Err(rejected) => return Err(io::Error::new(io::ErrorKind::BrokenPipe, rejected)),
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.drain()
    }
}

/// Octets of one message, several records of TLS.
const CHUNK: usize = 64 << 10;

/// Messages of a stream need no names: none is waited for alone.
const ID: SendId = SendId(0);
