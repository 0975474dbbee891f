//! Why a statement has no result: the connection, the protocol, or the server's own words.

use core::fmt;
use std::io;

/// Why a statement has no result.
#[derive(Debug)]
pub(crate) enum Failure {
    /// There is no connection: where, why, and what the server said.
    Connection(xiom_thrift::Error),
    /// A message could not be sent or understood.
    Thrift(thrift::Error),
    /// The server understood and failed.
    Server {
        /// The method that was called.
        method: &'static str,
        /// What the server says.
        text: String,
        /// The class of the error in SQL, five characters.
        state: String,
    },
    /// An answer lacks what this method must give.
    Incomplete(&'static str),
    /// A file could not be read, or the output is gone.
    Io(io::Error),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connection(error) => error.fmt(f),
            // The error's own text does not say more than which of these it is.
            Self::Thrift(thrift::Error::Transport(error)) => error.message.fmt(f),
            Self::Thrift(thrift::Error::Protocol(error)) => error.message.fmt(f),
            Self::Thrift(thrift::Error::Application(error)) => error.message.fmt(f),
            Self::Thrift(thrift::Error::User(error)) => error.fmt(f),
            Self::Server { method, text, state } => write!(f, "{method}: {text} ({state})"),
            Self::Incomplete(method) => write!(f, "{method}: the answer is not complete"),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl From<xiom_thrift::Error> for Failure {
    fn from(error: xiom_thrift::Error) -> Self {
        Self::Connection(error)
    }
}

impl From<xiom::Error> for Failure {
    fn from(error: xiom::Error) -> Self {
        Self::Connection(error.into())
    }
}

impl From<thrift::Error> for Failure {
    fn from(error: thrift::Error) -> Self {
        Self::Thrift(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
