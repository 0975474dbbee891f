//! Toys for tests and models: a TLS engine and a GSS context without cryptography, and an end of a
//! connection in memory.
//!
//! Nothing here waits, draws random numbers or reads a clock: what comes out is a function of what
//! goes in.
//!
//! ```
//! use xiom_testing::{Endpoint, ToyEngine, pump};
//! use xiom_tls::Tls;
//!
//! let mut client = Endpoint::open(Tls::new(ToyEngine::client()));
//! let mut server = Endpoint::open(Tls::new(ToyEngine::server()));
//! pump(&mut client, &mut server, 1); // One octet at a time.
//! assert!(client.channel.is_open() && server.channel.is_open());
//!
//! client.send(b"hello");
//! pump(&mut client, &mut server, usize::MAX);
//! assert_eq!(server.received, b"hello");
//! ```
#![forbid(unsafe_code)]

mod endpoint;
mod gss;
mod toy;

pub use endpoint::{Endpoint, pump};
pub use gss::{CONFIDENTIALITY, CONTEXT, FakeGss, INTEGRITY};
pub use toy::{GOODBYE, HELLO, HELLO_BACK, RECORD, ToyEngine, seal, unseal};
