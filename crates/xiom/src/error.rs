//! Why there is no connection, and what to do about it.

use core::{error, fmt};
use std::io;

use xiom_core::{AuthFault, Failure, LayerName};
use xiom_rustls::OptionsError;
use xiom_xio::{Attempts, failure_of, refusal};

use crate::UrlFault;

/// Why a connection did not come about.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The URL is wrong.
    Url(UrlFault),
    /// A TLS option is wrong.
    Options(OptionsError),
    /// The credentials cannot be sent, whatever the server.
    Login(AuthFault),
    /// None of the mechanisms that were named belongs to the credentials.
    NoMechanism,
    /// Kerberos gives no tickets, or no key.
    #[cfg(feature = "gssapi")]
    Kerberos(xiom_gssapi::Error),
    /// The system gives no random octets.
    Entropy,
    /// The connection failed: which layer, in which stage, why; and what became of each address.
    Failed {
        /// Layer, stage and cause.
        failure: Failure,
        /// The addresses that were tried.
        attempts: Attempts,
        /// What the peer said in its own words when it refused, if it did; for people to read.
        peer_text: Option<Box<str>>,
    },
    /// The system failed in a way that belongs to no layer.
    Io(io::Error),
}

impl Error {
    /// The failure of the channel, if it was one.
    #[must_use]
    pub fn failure(&self) -> Option<Failure> {
        match self {
            Self::Failed { failure, .. } => Some(*failure),
            Self::Io(error) => failure_of(error),
            #[cfg(feature = "gssapi")]
            Self::Kerberos(_) => None,
            Self::Url(_)
            | Self::Options(_)
            | Self::Login(_)
            | Self::NoMechanism
            | Self::Entropy => None,
        }
    }

    /// The layer that failed, if it was one.
    #[must_use]
    pub fn layer(&self) -> Option<LayerName> {
        self.failure().map(|failure| failure.layer())
    }

    /// Whether the same attempt may succeed later, with nothing changed.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.failure().is_some_and(|failure| failure.cause.is_retryable())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(fault) => fault.fmt(f),
            Self::Options(error) => error.fmt(f),
            Self::Login(fault) => fault.fmt(f),
            Self::NoMechanism => {
                f.write_str("no mechanism of that name belongs to the credentials")
            }
            #[cfg(feature = "gssapi")]
            Self::Kerberos(error) => error.fmt(f),
            Self::Entropy => f.write_str("the system gives no random octets"),
            Self::Failed { failure, attempts, peer_text } => {
                failure.fmt(f)?;
                if let Some(text) = peer_text {
                    write!(f, ": {text:?}")?;
                }
                if attempts.list().len() < 2 { Ok(()) } else { write!(f, " (tried {attempts})") }
            }
            Self::Io(error) => error.fmt(f),
        }
    }
}

/// The text says everything already, so the source is what lies below the cause.
impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Io(error) => error.source(),
            #[cfg(feature = "gssapi")]
            Self::Kerberos(error) => error.source(),
            Self::Url(_)
            | Self::Options(_)
            | Self::Login(_)
            | Self::NoMechanism
            | Self::Entropy
            | Self::Failed { .. } => None,
        }
    }
}

impl From<UrlFault> for Error {
    fn from(fault: UrlFault) -> Self {
        Self::Url(fault)
    }
}

impl From<OptionsError> for Error {
    fn from(error: OptionsError) -> Self {
        Self::Options(error)
    }
}

#[cfg(feature = "gssapi")]
impl From<xiom_gssapi::Error> for Error {
    fn from(error: xiom_gssapi::Error) -> Self {
        Self::Kerberos(error)
    }
}

impl From<AuthFault> for Error {
    fn from(fault: AuthFault) -> Self {
        Self::Login(fault)
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<xiom_xio::Error> for Error {
    fn from(error: xiom_xio::Error) -> Self {
        if let xiom_xio::Error::Failed { failure, attempts, peer_text } = error {
            Self::Failed { failure, attempts, peer_text }
        } else {
            Self::Io(error.into())
        }
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Failed { failure, peer_text, .. } => refusal(failure, peer_text),
            Error::Io(error) => error,
            #[cfg(feature = "gssapi")]
            error @ Error::Kerberos(_) => Self::new(io::ErrorKind::InvalidInput, error),
            error @ (Error::Url(_)
            | Error::Options(_)
            | Error::Login(_)
            | Error::NoMechanism
            | Error::Entropy) => Self::new(io::ErrorKind::InvalidInput, error),
        }
    }
}
