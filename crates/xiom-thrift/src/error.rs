//! What an adapter refuses by itself; all else is the connection's failure.

use core::{error, fmt};
use std::io;

/// Why there is no connection for Thrift.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The client or the server is not for Thrift: the URL begins with `thrift+sasl://` or
    /// `thrift+sasl+tls://`, and a server is told so by [`xiom::ServerBuilder::protocol`].
    NotThrift,
    /// The connection did not come about.
    Connection(xiom::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotThrift => f.write_str("the client or the server is not for thrift"),
            Self::Connection(error) => error.fmt(f),
        }
    }
}

/// The text says everything already, so the source is what lies below.
impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::NotThrift => None,
            Self::Connection(error) => error.source(),
        }
    }
}

impl From<xiom::Error> for Error {
    fn from(error: xiom::Error) -> Self {
        Self::Connection(error)
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::NotThrift => Self::new(io::ErrorKind::InvalidInput, error),
            Error::Connection(error) => error.into(),
        }
    }
}

/// The `thrift` crate keeps the text, with what the peer said, as the message; its `Display` does not show it.
#[cfg(feature = "blocking")]
impl From<Error> for thrift::Error {
    fn from(error: Error) -> Self {
        io::Error::from(error).into()
    }
}

/// More was written without a flush than may be kept; the source of the error of [`io::Write::write`].
///
/// All that was written since the last flush is dropped, so that the peer gets nothing of a message that
/// is not whole; the connection goes on.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Overfull {
    /// Octets that there would be.
    pub size: usize,
    /// Octets allowed.
    pub limit: usize,
}

impl fmt::Display for Overfull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { size, limit } = self;
        write!(f, "{size} octets were written without a flush, the limit is {limit}")
    }
}

impl error::Error for Overfull {}

impl From<Overfull> for io::Error {
    fn from(overfull: Overfull) -> Self {
        Self::new(io::ErrorKind::InvalidInput, overfull)
    }
}
