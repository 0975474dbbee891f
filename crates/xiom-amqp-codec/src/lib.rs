//! AMQP 1.0 types, frames, protocol headers and SASL performatives: octets in, borrowed values out.
//!
//! The crate knows the wire and nothing else: it does no I/O, keeps no state between calls and decides no order of
//! events. Decoding allocates nothing, because whatever has a length borrows from the input; encoding appends to the
//! caller's buffer and always takes the smallest form the specification offers.
//!
//! | on the wire | type | specification |
//! |---|---|---|
//! | `AMQP` and four octets, once per layer | [`ProtocolHeader`] | part 2, section 2.2; part 5, sections 5.2 and 5.3 |
//! | size, doff, type, octets | [`FrameHeader`], [`Frame`] | part 2, section 2.3 |
//! | one value of the type system | [`Value`] | part 1, sections 1.2 and 1.6 |
//! | the five performatives of a SASL exchange | [`Performative`] | part 5, section 5.3.3 |
//!
//! # A tour
//!
//! A client reads the server's answer: first the protocol header, then a frame that offers mechanisms.
//!
//! ```
//! use xiom_amqp_codec::{MIN_MAX_FRAME_SIZE, Performative, ProtocolHeader};
//!
//! let input = b"AMQP\x03\x01\x00\x00\
//!     \x00\x00\x00\x18\x02\x01\x00\x00\x00\x53\x40\xc0\x0b\x01\xe0\x08\x01\xa3\x05PLAIN";
//!
//! let (input, header) = ProtocolHeader::decode(input)?;
//! assert_eq!(header, ProtocolHeader::SASL);
//!
//! let (input, frame) = Performative::decode_frame(input, MIN_MAX_FRAME_SIZE)?;
//! let Performative::Mechanisms(mechanisms) = frame else { unreachable!() };
//! assert!(mechanisms.iter().eq(["PLAIN"]));
//! assert!(input.is_empty());
//! # Ok::<(), xiom_amqp_codec::DecodeError>(())
//! ```
//!
//! And answers. What a trace prints of it never holds the secret:
//!
//! ```
//! use xiom_amqp_codec::{Init, Performative, Symbol};
//!
//! let init = Performative::Init(Init {
//!     mechanism: Symbol::new("PLAIN")?,
//!     initial_response: Some(b"\0user\0pencil"),
//!     hostname: Some("broker"),
//! });
//! let mut out = Vec::new();
//! init.encode_frame(&mut out);
//! assert_eq!(out.len(), init.encoded_frame_len());
//! assert_eq!(init.to_string(), r#"sasl-init(mechanism=PLAIN, initial-response=[12 octets], hostname="broker")"#);
//! # Ok::<(), xiom_amqp_codec::EncodeError>(())
//! ```
//!
//! # What holds for every decoder here
//!
//! - **Only the outermost length streams.** A [`ProtocolHeader`] or a [`Frame`] that ends early is
//!   [`DecodeError::Incomplete`]; inside a frame, and in a bare [`Value`], a short read is
//!   [`DecodeError::Truncated`], because more octets would not mend it.
//! - **Sizes are judged before octets are awaited, counts before elements are visited.** A frame past the caller's
//!   limit fails on its first four octets; a count is compared with the octets that are there to hold it.
//! - **Work is bounded by the input.** Nesting ends at [`Limits::depth`], and nothing recurses past it; elements that
//!   take no octets are counted against [`Limits::zero_width`].
//! - **No octets panic**, and no error or `Debug` output repeats the octets of a secret.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod array;
mod compound;
mod constructor;
mod described;
mod display;
mod encode;
mod error;
mod frame;
mod header;
mod limits;
mod octets;
mod primitive;
mod run;
mod sasl;
mod types;
mod value;

pub use array::Array;
pub use compound::{List, Map};
pub use described::Described;
pub use error::{DecodeError, EncodeError};
pub use frame::{Frame, FrameHeader, FrameType, MIN_MAX_FRAME_SIZE};
pub use header::{ProtocolHeader, ProtocolId};
pub use limits::Limits;
pub use primitive::{Decimal32, Decimal64, Decimal128, Double, Float, Symbol, Timestamp, Uuid};
pub use run::{Entries, Items};
pub use sasl::{
    Challenge, Field, Init, MechanismNames, Mechanisms, Outcome, Performative, Response, SaslCode,
    SaslDescriptor,
};
pub use types::Type;
pub use value::Value;
