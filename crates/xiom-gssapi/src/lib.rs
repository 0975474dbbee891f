//! Security contexts of Kerberos for `xiom_sasl`'s `GSSAPI`: MIT's library, loaded at run time.
//!
//! Nothing needs Kerberos to be built; without the library [`Library::load`] gives an [`Error`].
//!
//! - [`Initiator`] makes the client's [`Context`]: one for each connection, just before it.
//! - [`Acceptor`] acquires the key of a [`Service`] once, which makes a [`Context`] for each connection.
//!
//! A mechanism does no IO, and the first token of a client may need a ticket from a server of the realm. So
//! [`Initiator::prepare`] makes the first token, and whatever it asks the network for happens there; the first
//! [`step`](xiom_sasl::gss::GssContext::step) only hands it out. The token holds the time, and is good for the clock
//! skew that the realm permits, 5 minutes as a rule, and for one connection. All later steps are local: those of an
//! acceptor read its keytab and note the token in the replay cache of the machine.
//!
//! No credentials are delegated and nobody is anonymous; [`Initiator::delegate`] changes the former.
//!
//! ```no_run
//! use xiom_gssapi::{Acceptor, Initiator, Library};
//! use xiom_sasl::{client, server};
//!
//! let library = Library::load()?;
//! let context = Initiator::new("amqp", "broker.example").prepare(&library)?;
//! let client = client::Gssapi::new(context, None)?;
//!
//! let service = Acceptor::new().keytab("FILE:/etc/broker.keytab").acquire(&library)?;
//! let server = server::Gssapi::new(service.context());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The library reads `KRB5_CONFIG` and the other variables of its own; see its manual.
#![warn(clippy::undocumented_unsafe_blocks)]

extern crate alloc;

mod acceptor;
mod context;
mod error;
#[expect(unsafe_code, reason = "the types of a C interface, and statics of them")]
mod ffi;
#[expect(unsafe_code, reason = "the one place that calls the library")]
mod handle;
mod initiator;
#[expect(unsafe_code, reason = "the one place that loads the library")]
mod library;
mod status;

pub use acceptor::{Acceptor, Service};
pub use context::Context;
pub use error::Error;
pub use initiator::Initiator;
pub use library::Library;
pub use status::{Reason, Status};
