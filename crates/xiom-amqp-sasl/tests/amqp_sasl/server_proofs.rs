//! What the types make true of the server, as constants that the compiler checks: signatures that leave no room for
//! a null, a failure or an option.

use core::time::Duration;

use xiom_amqp_sasl::{Server, ServerConfig};
use xiom_core::{Action, Channel, Layer, Limits, Received, Rejected, SendId, Stack, WireBuf};
use xiom_sasl::Properties;
use xiom_sasl::server::{Mechanism, ServerMechanism};
use xiom_testing::ToyEngine;
use xiom_tls::Tls;

type Lower = Tls<ToyEngine>;
type Side = Stack<Server, Lower>;
type Refusable = Result<(), Rejected>;

//= by-construction SRS_SASL_SERVER_IO_01_001: a stack with the server in it is a layer, and a channel drives any layer
const _: fn(Limits) -> Channel<Side> = Channel::new;

//= by-construction SRS_SASL_SERVER_IO_01_002: a server comes back, no option and no result
//= by-construction SRS_SASL_SERVER_IO_01_003, SRS_SASL_SERVER_IO_01_045: both are taken as values, which are always there
//= by-construction SRS_SASL_SERVER_IO_01_005, SRS_SASL_SERVER_IO_01_096: a `Vec` is owned, and counts what it holds
//= by-construction SRS_SASL_SERVER_IO_01_009, SRS_SASL_SERVER_IO_01_011: all that a server needs is made in it, without a failure
const _: fn(Vec<Mechanism>, ServerConfig) -> Server = Server::new;

//= exception SRS_SASL_SERVER_IO_01_006, SRS_SASL_SERVER_IO_01_007: the allocator ends the process when memory is out, and stable Rust has no fallible `Box` yet until=2027-06-30
const _: fn(Server) -> Box<Server> = Box::new;

//= by-construction SRS_SASL_SERVER_IO_01_012, SRS_SASL_SERVER_IO_01_015: only a whole value can be dropped, and its parts go with it
const _: fn(Server) = drop;

//= by-construction SRS_SASL_SERVER_IO_01_013, SRS_SASL_SERVER_IO_01_014: a server borrows nothing, so that all it holds is its own
const _: () = borrows_nothing::<Server>();

const fn borrows_nothing<T: 'static>() {}

//= by-construction SRS_SASL_SERVER_IO_01_021: a mechanism tells its properties, with its name among them, without a failure
const _: fn(&Mechanism) -> Properties = <Mechanism as ServerMechanism>::properties;

//= by-construction SRS_SASL_SERVER_IO_01_025, SRS_SASL_SERVER_IO_01_026: the layers are a value, and nothing of the user is called back or kept
const _: fn(&mut Channel<Side>, Side, Duration, &mut WireBuf) -> Refusable = Channel::open;

//= by-construction SRS_SASL_SERVER_IO_01_033: a reference is never null
const _: fn(&mut Channel<Side>, Duration, &mut WireBuf) -> Refusable = Channel::close;

//= by-construction SRS_SASL_SERVER_IO_01_038: a reference is never null, nor is a slice
const _: fn(&mut Channel<Side>, SendId, &[u8], &mut WireBuf) -> Refusable = Channel::send;

//= by-construction SRS_SASL_SERVER_IO_01_043: a reference is never null
const _: fn(&mut Channel<Side>, &mut WireBuf) -> Option<Action> = Channel::poll_action;

//= by-construction SRS_SASL_SERVER_IO_01_044, SRS_SASL_SERVER_IO_01_047: a layer below is a finished value, and a stack comes back without a failure
const _: fn(Server, Lower) -> Side = Stack::new;

//= by-construction SRS_SASL_SERVER_IO_01_046, SRS_SASL_SERVER_IO_01_049: these three fields are all that can be set
const _: fn(ServerConfig) = |config| {
    let ServerConfig { policy: _, limits: _, frame_limit: _ } = config;
};

//= by-construction SRS_SASL_SERVER_IO_01_048, SRS_SASL_SERVER_IO_01_050: a copy comes back, no option and no result
//= by-construction SRS_SASL_SERVER_IO_01_051: a reference is never null
const _: fn(&ServerConfig) -> ServerConfig = ServerConfig::clone;

//= by-construction SRS_SASL_SERVER_IO_01_052, SRS_SASL_SERVER_IO_01_058: octets, and so frames, reach a server by a reference alone
//= by-construction SRS_SASL_SERVER_IO_01_075, SRS_SASL_SERVER_IO_01_079: so do the errors that they are
const _: fn(&mut Server, &mut [u8], &mut WireBuf) -> Option<Received> = <Server as Layer>::receive;

//= by-construction SRS_SASL_SERVER_IO_01_068: what makes a server write is a method of it
const _: fn(&mut Server, bool, &mut WireBuf) = Server::authorize;

//= by-construction SRS_SASL_SERVER_IO_01_069: a slice is never null
const _: fn(&mut WireBuf, &[u8]) = WireBuf::extend;
