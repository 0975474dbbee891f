//! The traits of [`std::io`] over a blocking connection; octets are copied only where the trait asks.

use std::io::{self, BufRead, Read, Write};

use xiom_core::Layer;

use super::{Blocking, Status, Wanted};
use crate::Error;

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
        while !self.try_fill()? {
            self.rest(Wanted::All, until)?;
        }
        let octets = self.plain.front().map(|range| self.xio.connection().octets(range.clone()));
        Ok(octets.unwrap_or_default())
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

impl<L: Layer> Blocking<L> {
    /// Gets octets for a reader as far as it goes at once; false when they are to be awaited.
    ///
    /// There are none after a peer that has ended in order.
    pub(super) fn try_fill(&mut self) -> Result<bool, Error> {
        loop {
            self.settle(true);
            if !self.plain.is_empty() {
                return Ok(true);
            }
            match self.status {
                Status::Open => {
                    if !self.advance(Wanted::All) {
                        return Ok(false);
                    }
                }
                Status::Ended | Status::Closed => return Ok(true),
                Status::Opening | Status::Failed(_) => return Err(self.error()),
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
        match self.send_message(part) {
            Ok(()) => Ok(part.len()),
            Err(Error::Rejected(rejected)) => {
                Err(io::Error::new(io::ErrorKind::BrokenPipe, rejected))
            }
            Err(error) => Err(error.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.drain().map_err(Into::into)
    }
}

/// Octets of one message, several records of TLS.
const CHUNK: usize = 64 << 10;
