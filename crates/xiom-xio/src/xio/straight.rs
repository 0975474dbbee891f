//! A message on the shortest way to its socket: no copy where octets go as they are.
//!
//! What the socket does not take is kept by the connection, as ever.

use core::time::Duration;

use xiom_core::{Layer, Rejected, SendId, SocketFault};

use super::below::{Broken, Link, Step};
use super::socket::Socket;
use crate::fault::{is_passing, socket_fault};
use crate::wait::wait;
use crate::{Interest, Xio};

impl<L: Layer> Xio<L> {
    /// Accepts a message, and writes what goes at once, straight from `octets` where they go as they are.
    ///
    /// Where the alternative is to copy much, it may wait for the socket, up to `patience` at a time.
    pub(crate) fn send_now(
        &mut self,
        id: SendId,
        octets: &[u8],
        patience: Duration,
    ) -> Result<(), Rejected> {
        let Self { connection, link, broken, .. } = self;
        let mut is_tried = false;
        connection.send_straight(id, octets, |pending, octets| match link {
            Link::Up(socket) if *broken == Broken::No && is_worth_it(pending, octets) => {
                is_tried = true;
                let (taken, fault) = write(socket, pending, octets, patience);
                *broken = fault.map_or(Broken::No, Broken::Due);
                taken
            }
            Link::Up(_) | Link::Down | Link::Dialing(_) => 0,
        })?;
        if !is_tried {
            self.advance(Step::Write, Duration::ZERO);
        }
        Ok(())
    }

    /// Whether there is nothing to wait for but octets of the peer, and one call can do it.
    pub(crate) fn can_wait_reading(&self) -> bool {
        let reading = Interest { is_readable: true, is_writable: false };
        Socket::CAN_WAIT && matches!(self.link, Link::Up(_)) && self.interest() == reading
    }

    /// Waits for octets for `time`, which is the same in every call, and keeps them; whether anything came of it.
    ///
    /// Only after [`Self::poll_news`] gave `None`, and while [`Self::can_wait_reading`].
    pub(crate) fn read_waiting(&mut self, time: Duration) -> bool {
        let Link::Up(socket) = &mut self.link else { return false };
        let room = self.connection.room();
        if room.is_empty() {
            return false;
        }
        let (size, got) = (room.len(), socket.read_waiting(room, time));
        self.note_read(size, got)
    }
}

/// Writes `pending`, then `octets`; how many were taken, and why no more if the socket is broken.
fn write(
    socket: &mut Socket,
    pending: &[u8],
    octets: &[u8],
    patience: Duration,
) -> (usize, Option<SocketFault>) {
    let (size, mut taken) = (pending.len().saturating_add(octets.len()), 0_usize);
    while taken < size {
        let first = pending.get(taken..).unwrap_or_default();
        let rest = octets.get(taken.saturating_sub(pending.len())..).unwrap_or_default();
        let may_wait = !patience.is_zero() && MUCH < size.saturating_sub(taken);
        match socket.write_both(first, rest, may_wait.then_some(patience)) {
            Ok(0) => break,
            Ok(count) => taken = taken.saturating_add(count),
            Err(error) if is_passing(&error) => {
                let writable = Interest { is_readable: false, is_writable: true };
                let is_over = !may_wait || Socket::CAN_WAIT;
                if is_over || !wait(socket.stream(), writable, Some(patience)).unwrap_or(false) {
                    break;
                }
            }
            Err(error) => return (taken, Some(socket_fault(error.kind()))),
        }
    }
    (taken, None)
}

/// Whether one call for two places costs less than to copy the second behind the first.
const fn is_worth_it(pending: &[u8], octets: &[u8]) -> bool {
    pending.is_empty() || FEW < octets.len()
}

/// Octets whose copy costs less than a call for two places.
const FEW: usize = 8 << 10;

/// Octets whose copy costs more than to wait for the socket.
const MUCH: usize = 16 << 10;
