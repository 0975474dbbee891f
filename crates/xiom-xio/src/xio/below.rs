//! What a polled connection does with its socket, one thing at a time, none of which waits.
//!
//! A failure to write is kept until there is nothing left to read, so that it cannot hide what the peer
//! had said before, such as an alert.

use core::time::Duration;
use std::io;
use std::net::{Shutdown, TcpStream};

use xiom_core::{Fact, Layer, SocketFault};

use super::socket::Socket;
use crate::dial::{Dial, Dialed};
use crate::fault::{is_passing, socket_fault};
use crate::{Remote, Xio};

/// What one call does below; each is followed by a poll.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Time,
    Dial,
    Write,
    Read,
}

impl<L: Layer> Xio<L> {
    /// Does one thing below, only after [`Self::poll_news`] gave `None`; whether anything came of it.
    pub(crate) fn advance(&mut self, step: Step, now: Duration) -> bool {
        match step {
            Step::Time => self.tell_time(now),
            Step::Dial => self.dial(now),
            Step::Write => self.write(),
            Step::Read => self.read(),
        }
    }

    fn tell_time(&mut self, now: Duration) -> bool {
        let deadline = self.connection.channel().poll_deadline();
        self.connection.handle(Fact::Time(now));
        deadline.is_some_and(|deadline| deadline <= now)
    }

    pub(super) fn connect(&mut self, now: Duration) {
        (self.sockets, self.broken) = (self.sockets.wrapping_add(1), Broken::No);
        self.is_drained = false;
        match &mut self.source {
            Source::Remote(remote) => {
                let deadline = self.connection.channel().poll_deadline();
                let dial = Dial::new(remote, self.config, deadline);
                self.link = Link::Dialing(Box::new(dial));
                self.dial(now);
            }
            Source::Accepted(socket) => match socket.take() {
                Some(socket) => {
                    self.link = Link::Up(Socket::new(socket));
                    self.connection.handle(Fact::Connected);
                }
                None => self.connection.handle(Fact::Refused(SocketFault::NotFound)),
            },
        }
    }

    fn dial(&mut self, now: Duration) -> bool {
        let Link::Dialing(dial) = &mut self.link else { return false };
        let (link, fact) = match dial.poll(now, &mut self.attempts) {
            Dialed::Waiting => return false,
            Dialed::Up(socket) => {
                // Whether a peer speaks first, waiting for its octets finds out as well as looking for them.
                self.is_drained = true;
                (Link::Up(Socket::new(socket)), Fact::Connected)
            }
            Dialed::Failed(fault) => (Link::Down, Fact::Refused(fault)),
        };
        self.link = link;
        self.connection.handle(fact);
        true
    }

    pub(super) fn shut_down(&mut self) {
        if let Link::Up(socket) = &self.link {
            // A socket that is broken already is found out by reading.
            let _ = socket.stream().shutdown(Shutdown::Write);
        }
    }

    pub(super) fn disconnect(&mut self) {
        self.write();
        (self.link, self.sockets) = (Link::Down, self.sockets.wrapping_add(1));
        self.connection.handle(Fact::Disconnected);
    }

    /// Writes as much as goes at once; a failure is kept until there is nothing left to read.
    fn write(&mut self) -> bool {
        let Link::Up(socket) = &mut self.link else { return false };
        let mut has_written = false;
        while !self.connection.pending().is_empty() && self.broken == Broken::No {
            match socket.write(self.connection.pending()) {
                Ok(count) => self.connection.take(count),
                Err(error) if is_passing(&error) => return has_written,
                Err(error) => self.broken = Broken::Due(socket_fault(error.kind())),
            }
            has_written = true;
        }
        has_written
    }

    /// Reads once.
    fn read(&mut self) -> bool {
        let Link::Up(socket) = &mut self.link else { return false };
        if !self.connection.channel().is_reading() {
            return self.report_broken();
        }
        let room = self.connection.room();
        if room.is_empty() {
            return false;
        }
        let (size, got) = (room.len(), socket.read(room));
        self.note_read(size, got)
    }

    /// Reports what a read brought that had room for `size` octets; whether anything came of it.
    pub(super) fn note_read(&mut self, size: usize, got: io::Result<usize>) -> bool {
        let fact = match got {
            Ok(0) => Fact::Ended,
            Ok(count) => {
                self.is_drained = count < size;
                self.connection.fill(count);
                return true;
            }
            Err(error) if is_passing(&error) => return self.report_broken(),
            Err(error) => {
                let fault = socket_fault(error.kind());
                self.broken = Broken::Told(fault);
                Fact::Lost(fault)
            }
        };
        self.connection.handle(fact);
        true
    }

    //= SRS_TLSIO_50_003
    fn report_broken(&mut self) -> bool {
        let Broken::Due(fault) = self.broken else { return false };
        self.broken = Broken::Told(fault);
        self.connection.handle(Fact::Lost(fault));
        true
    }
}

/// Where sockets come from.
#[derive(Debug)]
pub(super) enum Source {
    Remote(Remote),
    Accepted(Option<TcpStream>),
}

#[derive(Debug)]
pub(super) enum Link {
    Down,
    Dialing(Box<Dial>),
    Up(Socket),
}

/// Whether writing failed, and the channel knows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Broken {
    No,
    Due(SocketFault),
    Told(SocketFault),
}
