//! Thrift SASL as a layer, client and server: the negotiation, and the frames after it.
//!
//! [`Client`] and [`Server`] exchange messages until both mechanisms are done: START and the initial
//! response, challenges and responses, and the COMPLETE of the server, which is always the last one. From
//! then on each message of the user is a frame, protected by the layer that the mechanism negotiated, if
//! it did; what comes is the octets of the peer's frames, in their order.
//!
//! Every message is legal in exactly one state. Octets are gathered into one message at a time, so the
//! outcome cannot depend on how they were cut; a length is judged before what it announces is awaited. A
//! frame without protection is not gathered at all: its octets go up as they come.
//!
//! ```
//! use xiom_core::{Layer, Phase, Plain, Security, Stack, WireBuf};
//! use xiom_sasl::{Credentials, client};
//! use xiom_thrift_sasl::{Client, ClientConfig};
//!
//! let plain = client::Plain::new(Credentials::new("user", "password"))?;
//! let sasl = Client::new(client::Mechanism::from(plain), ClientConfig::default());
//! // Without TLS below, the user must say that the channel is confidential all the same.
//! let network = Plain::asserting(Security { confidential: true, ..Security::default() });
//! let mut stack = Stack::new(sasl, network);
//!
//! let mut wire = WireBuf::default();
//! stack.open(&Security::default(), &mut wire);
//! assert_eq!(wire.pending(), b"\x01\0\0\0\x05PLAIN\x05\0\0\0\x0e\0user\0password");
//!
//! stack.receive(&mut b"\x05\0\0\0\0".to_vec(), &mut wire);
//! assert_eq!(stack.phase(), Phase::Open);
//! # Ok::<(), xiom_core::AuthFault>(())
//! ```
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod client;
mod frames;
mod limits;
mod message;
mod opened;
mod server;

pub use client::{Client, ClientConfig, LastWord};
pub use limits::{FrameLimit, PayloadLimit};
pub use server::{Server, ServerConfig};
