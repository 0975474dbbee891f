//! What errors of the system mean to a channel, and failures of a channel to users of `std::io`.

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
