//! The vocabulary of all layers: what a layer is, how two make one, and who decides the life cycle.
//!
//! A [`Layer`] is a filter of octets with a [`Phase`]. A [`Stack`] of two layers is a layer again. A
//! [`Channel`] over any stack is the one life cycle: commands and [`Fact`]s go in, one [`Action`] at a
//! time comes out.
//!
//! ```text
//!        user                     commands: open, send, answer, close
//!          |                      deeds:    Opened, Sent, Ask, Ended, Failed, Closed
//!   +--------------+
//!   |   Channel    |              completions, queue, deadlines, limits: once, for every stack
//!   +--------------+
//!   |  Stack of    |  receive ^   in place: a range of the caller's input goes up
//!   |   layers     |  send    v   appended to the caller's WireBuf
//!   +--------------+
//!          |                      deeds:    Connect, Shutdown, Disconnect
//!        socket                   facts:    Connected, Refused, Ended, Lost, Disconnected, Time
//! ```
//!
//! # Driving a channel
//!
//! 1. Commands may come at any moment, also between two deeds.
//! 2. Call [`Channel::poll_action`] and perform what it yields, until it yields nothing.
//! 3. Only then report facts, and show octets to [`Channel::receive`]: drop `consumed` octets, show the
//!    others again unchanged. Read from the socket only while [`Channel::is_reading`].
//! 4. Write [`WireBuf::pending`] to the socket, and [`WireBuf::take`] what it took for good.
//! 5. Report [`Fact::Time`] by [`Channel::poll_deadline`] at the latest.
//!
//! ```
//! use core::time::Duration;
//! use xiom_core::{Action, Channel, Fact, Limits, OpenResult, Plain, SendId, SendResult, WireBuf};
//!
//! let (mut channel, mut wire) = (Channel::new(Limits::default()), WireBuf::default());
//! channel.open(Plain::default(), Duration::ZERO, &mut wire)?;
//! assert_eq!(channel.poll_action(&mut wire), Some(Action::Connect));
//! channel.handle(Fact::Connected, &mut wire);
//! assert_eq!(channel.poll_action(&mut wire), Some(Action::Opened(OpenResult::Ok)));
//!
//! channel.send(SendId(7), b"hello", &mut wire)?;
//! assert_eq!(channel.poll_action(&mut wire), None);
//! wire.take(5); // The socket took all of it.
//! assert_eq!(channel.poll_action(&mut wire), Some(Action::Sent(SendId(7), SendResult::Ok)));
//! # Ok::<(), xiom_core::Rejected>(())
//! ```
//!
//! Nothing here performs IO, reads a clock, draws random numbers or calls back.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod action;
mod channel;
mod connection;
mod failure;
mod input;
mod layer;
mod limits;
mod outbox;
mod plain;
mod secret;
mod security;
mod stack;
mod tap;
mod unit;
mod wire;

pub use action::{Action, AskId, Fact, OpenResult, Rejected, SendId, SendResult};
pub use channel::Channel;
pub use connection::{Connection, News};
pub use failure::{
    AuthFault, Blame, Cause, CertificateFault, Failure, FrameFault, HeaderFault, LayerFault,
    LayerName, OutcomeCode, Performative, SaslFault, SocketFault, Stage, ThriftFault, ThriftStatus,
    TlsFault,
};
pub use input::InputBuf;
pub use layer::{Layer, Phase, Received};
pub use limits::Limits;
pub use plain::Plain;
pub use secret::{Secret, wipe};
pub use security::{Bindings, EndPoint, Security};
pub use stack::Stack;
pub use tap::{Direction, Tap};
pub use unit::{Extent, Unit};
pub use wire::WireBuf;
