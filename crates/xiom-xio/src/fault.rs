//! What errors of the system mean to a channel, and failures of a channel to users of `std::io`.

use core::{error, fmt};
use std::io::{Error, ErrorKind};

use xiom_core::{Blame, Cause, Failure, SocketFault, TlsFault};

/// The fault that an error of a socket stands for.
///
/// ```
/// use std::io::ErrorKind;
/// use xiom_core::SocketFault;
///
/// assert_eq!(xiom_xio::socket_fault(ErrorKind::ConnectionRefused), SocketFault::Refused);
/// ```
#[must_use]
pub fn socket_fault(kind: ErrorKind) -> SocketFault {
    let known = FAULTS.iter().find(|(known, _)| *known == kind);
    known.map_or(SocketFault::Other, |(_, fault)| *fault)
}

/// The kind of `std::io` that comes closest to `failure`.
///
/// A peer that ended too early is [`ErrorKind::UnexpectedEof`]; whatever the credentials are to blame
/// for is [`ErrorKind::PermissionDenied`].
#[must_use]
pub fn kind_of(failure: &Failure) -> ErrorKind {
    match (failure.cause, failure.cause.blame()) {
        (Cause::Deadline, _) => ErrorKind::TimedOut,
        (Cause::EndOfStream | Cause::Tls(TlsFault::Truncated), _) => ErrorKind::UnexpectedEof,
        (Cause::Socket(fault), _) => {
            let known = FAULTS.iter().find(|(_, known)| *known == fault);
            known.map_or(ErrorKind::BrokenPipe, |(kind, _)| *kind)
        }
        (_, Blame::Credentials) => ErrorKind::PermissionDenied,
        (_, Blame::Configuration) => ErrorKind::InvalidInput,
        (_, Blame::Peer | Blame::Network) => ErrorKind::InvalidData,
    }
}

/// An error for `std::io` that carries `failure`.
///
/// ```
/// use xiom_core::{Cause, Failure, Stage};
///
/// let failure = Cause::Deadline.at(Stage::TlsHandshake);
/// let error = xiom_xio::io_error(failure);
/// assert_eq!(error.kind(), std::io::ErrorKind::TimedOut);
/// let typed = error.get_ref().and_then(|source| source.downcast_ref::<Failure>());
/// assert_eq!(typed, Some(&failure));
/// ```
#[must_use]
pub fn io_error(failure: Failure) -> Error {
    Error::new(kind_of(&failure), failure)
}

/// As [`io_error`], with what the peer said in its own words, if it did.
///
/// ```
/// use xiom_core::{Cause, Stage, ThriftFault};
///
/// let failure = Cause::Thrift(ThriftFault::Refused).at(Stage::SaslExchange);
/// let error = xiom_xio::refusal(failure, Some("no such account".into()));
/// assert_eq!(xiom_xio::failure_of(&error), Some(failure));
/// assert_eq!(xiom_xio::peer_text_of(&error), Some("no such account"));
/// ```
#[must_use]
pub fn refusal(failure: Failure, peer_text: Option<Box<str>>) -> Error {
    match peer_text {
        Some(peer_text) => Error::new(kind_of(&failure), Refusal { failure, peer_text }),
        None => io_error(failure),
    }
}

/// The failure that `error` carries, if it came from a channel.
#[must_use]
pub fn failure_of(error: &Error) -> Option<Failure> {
    let source = error.get_ref()?;
    let failure = source.downcast_ref().copied();
    failure.or_else(|| source.downcast_ref().map(|refusal: &Refusal| refusal.failure))
}

/// What the peer said in its own words when it refused, if `error` carries that.
#[must_use]
pub fn peer_text_of(error: &Error) -> Option<&str> {
    error.get_ref()?.downcast_ref().map(|refusal: &Refusal| &*refusal.peer_text)
}

/// A failure with the words of the peer.
#[derive(Debug)]
struct Refusal {
    failure: Failure,
    peer_text: Box<str>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}", self.failure, self.peer_text)
    }
}

impl error::Error for Refusal {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        Some(&self.failure)
    }
}

/// Whether the call may simply be made again later.
pub(crate) fn is_passing(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
        || error.raw_os_error() == Some(NO_BUFFERS)
}

/// Whether a connect was begun and goes on by itself.
pub(crate) fn is_in_progress(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
        || error.raw_os_error() == Some(IN_PROGRESS)
}

/// The first kind of each fault is also the one that stands for it.
const FAULTS: [(ErrorKind, SocketFault); 13] = [
    (ErrorKind::NotFound, SocketFault::NotFound),
    (ErrorKind::ConnectionRefused, SocketFault::Refused),
    (ErrorKind::HostUnreachable, SocketFault::Unreachable),
    (ErrorKind::NetworkUnreachable, SocketFault::Unreachable),
    (ErrorKind::NetworkDown, SocketFault::Unreachable),
    (ErrorKind::TimedOut, SocketFault::TimedOut),
    (ErrorKind::ConnectionReset, SocketFault::Reset),
    (ErrorKind::ConnectionAborted, SocketFault::Reset),
    (ErrorKind::BrokenPipe, SocketFault::Reset),
    (ErrorKind::PermissionDenied, SocketFault::Denied),
    (ErrorKind::AddrInUse, SocketFault::Denied),
    (ErrorKind::AddrNotAvailable, SocketFault::Denied),
    (ErrorKind::OutOfMemory, SocketFault::Denied),
];

#[cfg(unix)]
const NO_BUFFERS: i32 = libc::ENOBUFS;
#[cfg(unix)]
const IN_PROGRESS: i32 = libc::EINPROGRESS;
/// `WSAENOBUFS`
#[cfg(not(unix))]
const NO_BUFFERS: i32 = 10055;
/// `WSAEINPROGRESS`
#[cfg(not(unix))]
const IN_PROGRESS: i32 = 10036;

#[cfg(test)]
mod tests {
    use xiom_core::{Stage, ThriftFault};

    use super::*;

    const FAILURE: Failure = Cause::Thrift(ThriftFault::Refused).at(Stage::SaslExchange);

    #[test]
    fn an_error_carries_the_failure_with_and_without_words() {
        for words in [None, Some("no such account")] {
            let error = refusal(FAILURE, words.map(Box::from));
            assert_eq!(error.kind(), ErrorKind::PermissionDenied);
            assert_eq!(failure_of(&error), Some(FAILURE));
            assert_eq!(peer_text_of(&error), words);
        }
        let error = refusal(FAILURE, Some("no".into()));
        let source = error.get_ref().and_then(|it| it.source()).and_then(|it| it.downcast_ref());
        assert_eq!(source, Some(&FAILURE));
    }

    #[test]
    fn an_error_of_somebody_else_carries_nothing() {
        for error in [Error::other("no"), ErrorKind::TimedOut.into(), Error::from_raw_os_error(1)] {
            assert_eq!((failure_of(&error), peer_text_of(&error)), (None, None));
        }
    }

    /// Words that would start a line of a log, or steer a terminal, are shown and do nothing.
    #[test]
    fn words_of_the_peer_are_escaped() {
        let words = "no\r\n2026-01-01 INFO login of root\u{1b}[2J";
        for text in [
            refusal(FAILURE, Some(words.into())).to_string(),
            crate::Error::Failed {
                failure: FAILURE,
                attempts: crate::Attempts::default(),
                peer_text: Some(words.into()),
            }
            .to_string(),
        ] {
            assert!(text.ends_with(r#""no\r\n2026-01-01 INFO login of root\u{1b}[2J""#), "{text}");
            assert!(!text.contains(char::is_control));
        }
    }
}
