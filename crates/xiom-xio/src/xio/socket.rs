//! The socket of a connection: calls that do not wait, and calls that wait a little while.
//!
//! Invariant: nothing waits but what says so, whatever mode the socket is in. To wait within a call, instead
//! of before it, halves the calls to the system of a peer that answers at once; where the system cannot tell
//! one call from the other, a socket never waits.

use std::net::TcpStream;

/// A socket that is up.
#[derive(Debug)]
pub(crate) struct Socket {
    stream: TcpStream,
    /// Calls without a flag wait.
    #[cfg(all(unix, feature = "blocking"))]
    waits: calls::Waits,
}

impl Socket {
    /// Takes a socket that does not wait.
    pub(super) const fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            #[cfg(all(unix, feature = "blocking"))]
            waits: calls::Waits::NEVER,
        }
    }

    pub(super) const fn stream(&self) -> &TcpStream {
        &self.stream
    }
}

#[cfg(all(unix, feature = "blocking"))]
mod calls {
    use core::time::Duration;
    use std::io::{self, IoSlice};

    use rustix::net::{RecvFlags, SendAncillaryBuffer, SendFlags, recv, send, sendmsg};

    use super::Socket;

    /// Which calls wait for a while if they are not told otherwise.
    #[derive(Debug)]
    pub(super) struct Waits {
        reads: bool,
        writes: bool,
    }

    impl Waits {
        pub(super) const NEVER: Self = Self { reads: false, writes: false };
    }

    impl Socket {
        /// Whether one call can wait and read, or wait and write.
        pub(crate) const CAN_WAIT: bool = true;

        /// Reads what is there.
        pub(crate) fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
            self.receive(room, RecvFlags::DONTWAIT)
        }

        /// Waits for octets, for `time`, which is the same in every call.
        pub(crate) fn read_waiting(
            &mut self,
            room: &mut [u8],
            time: Duration,
        ) -> io::Result<usize> {
            if !self.waits.reads {
                self.stream.set_read_timeout(Some(time))?;
                self.stream.set_nonblocking(false)?;
                self.waits.reads = true;
            }
            self.receive(room, RecvFlags::empty())
        }

        fn receive(&self, room: &mut [u8], flags: RecvFlags) -> io::Result<usize> {
            let (count, _) = recv(&self.stream, room, flags)?;
            Ok(count)
        }

        /// Writes what goes.
        pub(crate) fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
            Ok(send(&self.stream, octets, SendFlags::DONTWAIT | QUIET)?)
        }

        /// Writes `first`, then `rest`; it waits for `time`, which is the same in every call that waits at all.
        pub(crate) fn write_both(
            &mut self,
            first: &[u8],
            rest: &[u8],
            time: Option<Duration>,
        ) -> io::Result<usize> {
            if let Some(time) = time.filter(|_| !self.waits.writes) {
                self.stream.set_write_timeout(Some(time))?;
                self.stream.set_nonblocking(false)?;
                self.waits.writes = true;
            }
            let flags = if time.is_some() { QUIET } else { SendFlags::DONTWAIT | QUIET };
            if first.is_empty() {
                return Ok(send(&self.stream, rest, flags)?);
            }
            let slices = [IoSlice::new(first), IoSlice::new(rest)];
            Ok(sendmsg(&self.stream, &slices, &mut SendAncillaryBuffer::default(), flags)?)
        }
    }

    /// A peer that has gone is an error, and no signal; where there is no such flag, sockets are made so.
    #[cfg(not(target_vendor = "apple"))]
    const QUIET: SendFlags = SendFlags::NOSIGNAL;
    #[cfg(target_vendor = "apple")]
    const QUIET: SendFlags = SendFlags::empty();
}

#[cfg(not(all(unix, feature = "blocking")))]
mod calls {
    use std::io::{self, Read as _, Write as _};

    use super::Socket;

    impl Socket {
        /// Reads what is there.
        pub(crate) fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
            self.stream.read(room)
        }

        /// Writes what goes.
        pub(crate) fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
            self.stream.write(octets)
        }
    }

    #[cfg(feature = "blocking")]
    impl Socket {
        /// This system has no such calls.
        pub(crate) const CAN_WAIT: bool = false;

        /// Reads what is there.
        pub(crate) fn read_waiting(
            &mut self,
            room: &mut [u8],
            _time: core::time::Duration,
        ) -> io::Result<usize> {
            self.stream.read(room)
        }

        /// Writes `first`, then `rest`.
        pub(crate) fn write_both(
            &mut self,
            first: &[u8],
            rest: &[u8],
            _time: Option<core::time::Duration>,
        ) -> io::Result<usize> {
            self.stream.write_vectored(&[io::IoSlice::new(first), io::IoSlice::new(rest)])
        }
    }
}
