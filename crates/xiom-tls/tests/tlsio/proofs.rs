//! What the types alone prove of an adapter: each item is checked by the compiler, and none is ever run.
//!
//! A witness is the signature of a function, written out: a signature that could be handed nothing, such
//! as an optional value or a handler, would not fit.

use core::time::Duration;

use xiom_core::{
    Action, Channel, Fact, Layer, Limits, Plain, Received, Rejected, SendId, Stack, WireBuf,
};
use xiom_testing::ToyEngine;
use xiom_tls::Tls;

use crate::common::Adapter;

type Toy = Tls<ToyEngine>;
type Deep = Stack<Toy, Stack<Toy, Plain>>;
type Outcome = Result<(), Rejected>;

/// All that drives a stack of layers.
#[expect(dead_code, reason = "its type is the proof")]
struct Interface<L> {
    create: fn(Limits) -> Channel<L>,
    open: fn(&mut Channel<L>, L, Duration, &mut WireBuf) -> Outcome,
    send: fn(&mut Channel<L>, SendId, &[u8], &mut WireBuf) -> Outcome,
    finish: fn(&mut Channel<L>) -> Outcome,
    close: fn(&mut Channel<L>, Duration, &mut WireBuf) -> Outcome,
    handle: fn(&mut Channel<L>, Fact, &mut WireBuf),
    receive: fn(&mut Channel<L>, &mut [u8], &mut WireBuf) -> Option<Received>,
    poll_action: fn(&mut Channel<L>, &mut WireBuf) -> Option<Action>,
    poll_deadline: fn(&Channel<L>) -> Option<Duration>,
    destroy: fn(Channel<L>),
}

const fn interface<L: Layer>() -> Interface<L> {
    Interface {
        create: Channel::new,
        open: Channel::open,
        send: Channel::send,
        finish: Channel::finish,
        close: Channel::close,
        handle: Channel::handle,
        receive: Channel::receive,
        poll_action: Channel::poll_action,
        poll_deadline: Channel::poll_deadline,
        destroy: drop,
    }
}

//= by-construction SRS_TLSIO_30_001: one set of functions with the same types fits TLS, no TLS, and stacks of any depth
const _: (Interface<Toy>, Interface<Plain>, Interface<Deep>) =
    (interface(), interface(), interface());

//= by-construction SRS_TLSIO_30_008: the functions follow from the type of the layers; this value is made without any instance
const _: Interface<Toy> = interface();

//= by-construction SRS_TLSIO_30_011: a value that the compiler can make for a constant allocates nothing
const _: Adapter = Channel::new(Limits::CLIENT);

//= by-construction SRS_TLSIO_30_020: to drop a channel means to give it away, so there is one
const _: fn(Adapter) = drop;

//= by-construction SRS_TLSIO_30_030: the channel is a reference, which is never null
//= by-construction SRS_TLSIO_30_031: an open takes no handler; its end is a deed
const _: fn(&mut Adapter, Toy, Duration, &mut WireBuf) -> Outcome = Channel::open;

//= by-construction SRS_TLSIO_30_032: octets are the result of the call that shows the socket's
const _: fn(&mut Adapter, &mut [u8], &mut WireBuf) -> Option<Received> = Channel::receive;

//= by-construction SRS_TLSIO_30_033: an error is a deed, and deeds are results of the poll
//= by-construction SRS_TLSIO_30_070: the channel is a reference, which is never null
const _: fn(&mut Adapter, &mut WireBuf) -> Option<Action> = Channel::poll_action;

//= by-construction SRS_TLSIO_30_050: the channel is a reference, which is never null
//= by-construction SRS_TLSIO_30_055: a close takes no handler; its end is a deed
const _: fn(&mut Adapter, Duration, &mut WireBuf) -> Outcome = Channel::close;

//= by-construction SRS_TLSIO_30_060: the channel is a reference, which is never null
//= by-construction SRS_TLSIO_30_061: the octets are a slice, which is never null and knows its length
//= by-construction SRS_TLSIO_30_062: a send takes a name and no handler; its end is a deed with that name
const _: fn(&mut Adapter, SendId, &[u8], &mut WireBuf) -> Outcome = Channel::send;

const fn borrows_nothing<T: Copy + 'static>() {}

//= by-construction SRS_TLSIO_50_026: a deed that borrows nothing leaves the channel free for any command
const _: () = borrows_nothing::<Action>();
