//! AMQP 1.0 SASL as a layer, client and server, and the exchange of protocol headers (AMQP 1.0 part 5).
//!
//! - [`Client`] and [`Server`] speak AMQP SASL: header, mechanisms, init, challenges, outcome. Once open
//!   they are transparent: no octet of the user is touched.
//! - [`HeaderExchange`] speaks the AMQP-TLS header that announces TLS on the plain port, or the bare AMQP
//!   header, and is transparent from then on.
//!
//! Every frame is legal in exactly one state. Octets are gathered into one header or frame at a time, so
//! the outcome cannot depend on how they were cut, and no more than one frame within the limit is held.
//!
//! ```
//! use xiom_amqp_sasl::{Client, ClientConfig};
//! use xiom_core::{Layer, Plain, Security, Stack, WireBuf};
//! use xiom_sasl::{Credentials, client};
//!
//! let plain = client::Plain::new(Credentials::new("user", "password"))?;
//! let sasl = Client::new(vec![client::Mechanism::from(plain)], ClientConfig::default());
//! // Without TLS below, the user must say that the channel is confidential all the same.
//! let network = Plain::asserting(Security { confidential: true, ..Security::default() });
//! let mut stack = Stack::new(sasl, network);
//!
//! let mut wire = WireBuf::default();
//! stack.open(&Security::default(), &mut wire);
//! assert_eq!(wire.pending(), b"AMQP\x03\x01\x00\x00");
//! # Ok::<(), xiom_core::AuthFault>(())
//! ```
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod client;
mod exchange;
mod frame;
mod header;
mod limits;
mod opened;
mod server;
mod unit;

pub use client::{Client, ClientConfig};
pub use exchange::HeaderExchange;
pub use limits::FrameLimit;
pub use server::{Server, ServerConfig};
pub use xiom_sasl::server::Question;
