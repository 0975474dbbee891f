//! Waiting for one socket.
//!
//! The socket is borrowed while one waits, and nothing is left registered anywhere.

use core::time::Duration;
use std::io;
use std::net::TcpStream;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use crate::Interest;

/// Waits until `socket` is ready or `timeout` is over, and says whether it is ready; it may return early.
pub(crate) fn wait(
    socket: &TcpStream,
    interest: Interest,
    timeout: Option<Duration>,
) -> io::Result<bool> {
    let mut flags = PollFlags::empty();
    flags.set(PollFlags::IN, interest.is_readable);
    flags.set(PollFlags::OUT, interest.is_writable);
    // A time that the system cannot express is as good as none: the caller's deadline is far away.
    let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
    match poll(&mut [PollFd::new(socket, flags)], timeout.as_ref()) {
        Ok(ready) => Ok(ready != 0),
        Err(Errno::INTR) => Ok(true),
        Err(error) => Err(error.into()),
    }
}
