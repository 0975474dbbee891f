//! What was tried on the way to a socket, for diagnosis; it decides nothing.

use core::fmt;
use core::net::SocketAddr;
use core::time::Duration;

use xiom_core::SocketFault;

/// One address that was tried.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Attempt {
    /// Where to.
    pub address: SocketAddr,
    /// How it failed; `None` when it came up.
    pub fault: Option<SocketFault>,
    /// How long it took.
    pub took: Duration,
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} after {} ms: ", self.address, self.took.as_millis())?;
        match self.fault {
            Some(fault) => fault.fmt(f),
            None => f.write_str("connected"),
        }
    }
}

/// The addresses that one open has tried, in order; at most one entry for each address of the remote.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Attempts(Vec<Attempt>);

impl Attempts {
    /// Notes one more.
    pub fn push(&mut self, attempt: Attempt) {
        self.0.push(attempt);
    }

    /// All of them, oldest first.
    #[must_use]
    pub fn list(&self) -> &[Attempt] {
        &self.0
    }

    /// The fault that says most: the first that is not the lack of a way, such as on a host without
    /// IPv6; [`SocketFault::NotFound`] when there was no address at all.
    #[must_use]
    pub fn fault(&self) -> SocketFault {
        let mut faults = self.0.iter().filter_map(|attempt| attempt.fault);
        let told = faults.clone().find(|fault| *fault != SocketFault::Unreachable);
        told.or_else(|| faults.next()).unwrap_or(SocketFault::NotFound)
    }
}

impl fmt::Display for Attempts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, attempt) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{attempt}")?;
        }
        Ok(())
    }
}
