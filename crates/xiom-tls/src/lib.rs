//! TLS as a layer, over an engine that does the cryptography.
//!
//! [`Tls`] decides which events count when, and what the end of the stream means; a [`TlsEngine`]
//! turns octets into events. So the layer that a model explores with a toy engine is the layer that
//! runs with a real one.
//!
//! ```
//! use core::time::Duration;
//! use xiom_core::{Action, Fact, Limits, OpenResult, WireBuf};
//! use xiom_testing::ToyEngine;
//! use xiom_tls::{Tls, Tlsio};
//!
//! let (mut tlsio, mut wire) = (Tlsio::new(Limits::CLIENT), WireBuf::default());
//! tlsio.open(Tls::new(ToyEngine::client()), Duration::ZERO, &mut wire)?;
//! assert_eq!(tlsio.poll_action(&mut wire), Some(Action::Connect));
//! tlsio.handle(Fact::Connected, &mut wire);
//! assert_eq!(wire.pending(), b"h"); // The toy's client hello.
//!
//! tlsio.receive(&mut b"H".to_vec(), &mut wire);
//! assert_eq!(tlsio.poll_action(&mut wire), Some(Action::Opened(OpenResult::Ok)));
//! # Ok::<(), xiom_core::Rejected>(())
//! ```
#![no_std]
#![forbid(unsafe_code)]

mod engine;
mod tls;

pub use engine::{Event, Read, TlsEngine};
pub use tls::{Tls, Tlsio, Truncated};
