//! Why there is no library, no credential or no context.

use core::fmt;

use crate::status::Status;

/// Why a context could not be made.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The library could not be loaded.
    NoLibrary {
        /// What the loader says.
        cause: Box<str>,
    },
    /// The library lacks a function.
    NoFunction {
        /// Which one.
        name: &'static str,
    },
    /// A name of a file or a cache holds NUL.
    ProhibitedCharacter,
    /// The library refused.
    Refused(Status),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoLibrary { cause } => {
                write!(f, "no kerberos library: install libgssapi_krb5 ({cause})")
            }
            Self::NoFunction { name } => {
                write!(f, "the kerberos library has no function {name}: a newer one is needed")
            }
            Self::ProhibitedCharacter => {
                f.write_str("a name holds a character that cannot be passed")
            }
            Self::Refused(status) => status.fmt(f),
        }
    }
}

impl core::error::Error for Error {}

impl From<Status> for Error {
    fn from(status: Status) -> Self {
        Self::Refused(status)
    }
}
