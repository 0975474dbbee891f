//! Channels as tokio streams: no task of their own, no lock held over a wait, no octet sealed twice.
//!
//! [`Connector`] and [`Acceptor`] open layers over any socket and give a [`Stream`], which can be split
//! into halves for two tasks. Errors carry the typed failure as their source:
//!
//! ```
//! use xiom_core::{Cause, Failure, Plain, SocketFault, Stage};
//! use xiom_tokio::Connector;
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let socket = tokio::net::TcpSocket::new_v4()?;
//! socket.bind("127.0.0.1:0".parse().unwrap())?;
//! let remote = socket.local_addr()?.into(); // Nobody listens there.
//! let error = Connector::default().dial(&remote, Plain::default()).await.unwrap_err();
//! assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
//! let failure = error.get_ref().and_then(|source| source.downcast_ref::<Failure>());
//! assert_eq!(failure, Some(&Cause::Socket(SocketFault::Refused).at(Stage::Connecting)));
//! # std::io::Result::Ok(()) })?;
//! # std::io::Result::Ok(())
//! ```

#![forbid(unsafe_code)]

extern crate alloc;

mod connector;
mod dial;
mod opening;
mod responder;
mod split;
mod stream;
mod wakers;

pub use connector::{Acceptor, Connector};
pub use dial::{Dialed, dial, resolve};
pub use opening::Opening;
pub use responder::{NoQuestions, Respond, Responder};
pub use split::{ReadHalf, ReuniteError, WriteHalf};
pub use stream::Stream;
pub use xiom_xio::{
    Attempt, Attempts, Config, Remote, failure_of, io_error, kind_of, peer_text_of, refusal,
    socket_fault,
};
