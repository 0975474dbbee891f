//! Channels over sockets of the standard library: polled, or blocking; no thread, no callback kept.
//!
//! [`Xio`] never waits: [`Xio::dowork`] does what can be done at once. [`Blocking`] is an [`Xio`] that
//! waits by itself, with the traits of [`std::io`]. Both only move octets; the channel decides.
//!
//! ```
//! use std::net::TcpStream;
//! use xiom_core::{Action, OpenResult, Plain, SendId};
//! use xiom_xio::{Clock, Config, Remote, Told, Xio, listen};
//!
//! let listener = listen("127.0.0.1:0".parse()?)?;
//! let clock = Clock::start();
//! let mut client = Xio::client(Remote::from(listener.local_addr()?), Config::CLIENT);
//! client.open(Plain::default(), clock.now())?;
//! let mut is_open = false;
//! while !is_open {
//!     client.dowork(clock.now(), |told| {
//!         is_open |= told == Told::Action(Action::Opened(OpenResult::Ok));
//!     });
//! }
//! client.send(SendId(1), b"hello")?;
//! client.dowork(clock.now(), |_| {});
//!
//! let mut server = Xio::server(listener.accept()?.0, Config::SERVER)?;
//! server.open(Plain::default(), clock.now())?;
//! let mut got = Vec::new();
//! while got != b"hello" {
//!     server.dowork(clock.now(), |told| {
//!         if let Told::Received(octets) = told {
//!             got.extend_from_slice(octets);
//!         }
//!     });
//! }
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

extern crate alloc;

mod attempts;
#[cfg(feature = "blocking")]
mod blocking;
mod clock;
mod config;
mod dial;
mod error;
mod fault;
mod remote;
#[cfg(feature = "blocking")]
mod wait;
mod xio;

pub use attempts::{Attempt, Attempts};
#[cfg(feature = "blocking")]
pub use blocking::{Blocking, Shared};
pub use clock::Clock;
pub use config::{Config, listen};
pub use error::Error;
pub use fault::{failure_of, io_error, kind_of, peer_text_of, refusal, socket_fault};
pub use remote::Remote;
pub use xio::{Interest, Told, Xio};
