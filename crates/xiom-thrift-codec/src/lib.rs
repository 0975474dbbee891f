//! Messages of the Thrift SASL negotiation, and the frames after it: octets in, borrowed values out.
//!
//! The crate knows the wire and nothing else: it does no I/O, keeps no state between calls and decides no
//! order of events. Nothing is allocated; a length is judged on its own octets, before anything that it
//! announces is there.
//!
//! | on the wire | type |
//! |---|---|
//! | status, length | [`Header`] |
//! | status, length, payload | [`Message`] |
//! | the payload of START | [`MechanismName`] |
//! | length, data | [`Frame`], [`FrameHeader`] |
//!
//! ```
//! use xiom_thrift_codec::{Frame, MechanismName, Message, Status};
//!
//! let octets = b"\x01\x00\x00\x00\x05PLAIN\x05\x00\x00\x00\x00\x00\x00\x00\x02hi";
//!
//! let (octets, start) = Message::decode(octets, 1024)?;
//! assert_eq!(start.status, Status::Start);
//! assert_eq!(MechanismName::new(start.payload)?.as_str(), "PLAIN");
//!
//! let (octets, complete) = Message::decode(octets, 1024)?;
//! assert_eq!((complete.status, complete.payload), (Status::Complete, &b""[..]));
//!
//! let (octets, frame) = Frame::decode(octets, 1024)?;
//! assert_eq!((frame.data, octets), (&b"hi"[..], &b""[..]));
//! # Ok::<(), xiom_thrift_codec::DecodeError>(())
//! ```
#![no_std]
#![forbid(unsafe_code)]

mod error;
mod frame;
mod length;
mod mechanism;
mod message;

pub use error::DecodeError;
pub use frame::{Frame, FrameHeader};
pub use mechanism::MechanismName;
pub use message::{Header, Message, Status};

/// The largest length that any peer takes: lengths are signed integers at most of them.
pub const MAX_LENGTH: u32 = i32::MAX.cast_unsigned();
