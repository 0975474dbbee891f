//! The TLS engine on rustls: certificates, options, one cached configuration per option set.
//!
//! [`ClientOptions`] and [`ServerOptions`] are checked once and give a [`Client`] or a [`Server`],
//! which is cheap to clone and makes one engine per connection for [`xiom_tls::Tls`]. There is no way
//! to switch verification off, no process-wide default is installed, and nothing is read from the
//! environment but the places where the system keeps its trusted certificates.
//!
//! ```
//! use xiom_rustls::{ClientOptions, ServerOptions, Version};
//! use xiom_testing::{Endpoint, pump};
//! use xiom_tls::Tls;
//!
//! let issued = rcgen::generate_simple_self_signed(["broker.example".to_owned()])?;
//! let (chain, key) = (issued.cert.pem(), issued.signing_key.serialize_pem());
//! let server = ServerOptions::new(&chain, key.as_str().into()).alpn(["amqp"]).build()?;
//! let client = ClientOptions::new().only_roots(&chain).alpn(["amqp"]).build()?;
//!
//! // Both ends in memory; a channel over a socket is driven the same way.
//! let mut a = Endpoint::open(Tls::new(client.engine("broker.example")?));
//! let mut b = Endpoint::open(Tls::new(server.engine()?));
//! pump(&mut a, &mut b, usize::MAX);
//! a.send(b"hello");
//! pump(&mut a, &mut b, usize::MAX);
//! assert_eq!(b.received, b"hello");
//!
//! let facts = a.channel.layers().and_then(|tls| tls.engine().facts()).expect("it is open");
//! assert_eq!((facts.version, facts.alpn.as_deref()), (Version::Tls13, Some(&b"amqp"[..])));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! # Input buffers
//!
//! One record takes 16 KiB and 261 octets at most. A handshake message may lie in several records and
//! must be in the input whole, also a ticket that comes while open; so the input of a
//! connection grows to 72 KiB before it gives up: rustls accepts messages of 64 KiB.
#![forbid(unsafe_code)]

extern crate alloc;

mod binding;
mod cache;
mod caught;
mod client;
mod connection;
mod engine;
mod facts;
mod fault;
mod identity;
mod key_log;
mod material;
mod observer;
mod options_error;
mod records;
mod server;

pub use client::{Client, ClientOptions};
pub use connection::Connection;
pub use engine::{ClientEngine, Rustls, ServerEngine};
pub use facts::{Facts, Version};
pub use observer::{Observer, Presented};
pub use options_error::{OptionsError, PemFault, PemOption};
pub use rustls::crypto::CryptoProvider;
pub use server::{Server, ServerOptions};
