//! Requirements on the client that the types meet: each constant compiles only while they do.

use core::time::Duration;

use xiom_amqp_codec::{DecodeError, Performative, ProtocolHeader};
use xiom_amqp_sasl::{Client, ClientConfig, FrameLimit};
use xiom_core::{Action, Channel, Fact, Layer, Plain, Received, Rejected, SendId, Stack, WireBuf};
use xiom_sasl::client::Mechanism;
use xiom_sasl::{Limits, Policy};
use xiom_testing::ToyEngine;
use xiom_tls::Tls;

use crate::rig::ClientSide;

type Sasl = Channel<ClientSide>;

//= by-construction SRS_SASLCLIENTIO_01_005: mechanisms and configuration are arguments by value, and no value is null
//= by-construction SRS_SASLCLIENTIO_01_006: a whole client is returned or nothing is; the allocator's own handler ends a process without memory
//= by-construction SRS_SASLCLIENTIO_01_090: making a client makes its assembler, and the signature has no failure
const _: fn(Vec<Mechanism>, ClientConfig) -> Client = Client::new;

//= by-construction SRS_SASLCLIENTIO_01_085: the decoder is a function; there is nothing to make
const _: fn(&'static [u8]) -> Result<Performative<'static>, DecodeError> = Performative::decode;

//= by-construction SRS_SASLCLIENTIO_01_086: what is decoded borrows from the octets and owns nothing that would have to be dropped
const _: () = assert!(!core::mem::needs_drop::<Performative<'static>>());

//= by-construction SRS_SASLCLIENTIO_01_091: the assembler is a field of the client, so dropping the one drops the other
const _: () = assert!(core::mem::needs_drop::<Client>());

//= by-construction SRS_SASLCLIENTIO_01_092: a client and the layer below it are arguments by value
//= by-construction SRS_SASLCLIENTIO_03_001: each layer is made with its own options before it is stacked, and no option passes through another layer
//= by-construction SRS_SASLCLIENTIO_01_129: the options of the layer below were taken when it was made, before there is a client on it
const _: fn(Client, Plain) -> Stack<Client, Plain> = Stack::new;

//= by-construction SRS_SASLCLIENTIO_01_007: the channel owns its layers, queue and questions, and dropping it takes it by value
//= by-construction SRS_SASLCLIENTIO_01_008: only an existing channel can be given away, and only once
const _: fn(Sasl) = drop;

//= by-construction SRS_SASLCLIENTIO_01_011: layers are an argument by value; completion, octets and failures are return values of the channel that the caller must hold to open it
const _: fn(&mut Sasl, ClientSide, Duration, &mut WireBuf) -> Result<(), Rejected> = Channel::open;

//= by-construction SRS_SASLCLIENTIO_01_017: a reference is never null
const _: fn(&mut Sasl, Duration, &mut WireBuf) -> Result<(), Rejected> = Channel::close;

//= by-construction SRS_SASLCLIENTIO_01_022: references are never null
//= by-construction SRS_SASLCLIENTIO_01_127: a send takes a name for its completion, and nobody who would be called
const _: fn(&mut Sasl, SendId, &[u8], &mut WireBuf) -> Result<(), Rejected> = Channel::send;

//= by-construction SRS_SASLCLIENTIO_01_026: a reference is never null
//= by-construction SRS_SASLCLIENTIO_01_029: what is told is returned to the one who borrows the channel, and no callback or context is kept
const _: fn(&mut Sasl, &mut WireBuf) -> Option<Action> = Channel::poll_action;

//= by-construction SRS_SASLCLIENTIO_01_140: a reference is never null
const _: fn(&mut Sasl, &mut [u8], &mut WireBuf) -> Option<Received> = Channel::receive;

//= by-construction SRS_SASLCLIENTIO_01_087: what satisfies the trait can be driven by every channel
const _: () = {
    const fn is_layer<L: Layer>() {}
    is_layer::<Client>();
    is_layer::<Stack<Client, Tls<ToyEngine>>>();
};

//= by-construction SRS_SASLCLIENTIO_01_128, SRS_SASLCLIENTIO_01_130: an option is a field with a type, so an unknown name or a value of another type does not compile
const _: fn(Policy, Limits, FrameLimit, Option<Box<str>>) -> ClientConfig =
    |policy, limits, frame_limit, hostname| ClientConfig { policy, limits, frame_limit, hostname };

//= by-construction SRS_SASLCLIENTIO_01_133, SRS_SASLCLIENTIO_01_138: the configuration can be copied, and the signature has no failure
//= by-construction SRS_SASLCLIENTIO_01_139: a reference is never null
const _: fn(&ClientConfig) -> ClientConfig = ClientConfig::clone;

//= by-construction SRS_SASLCLIENTIO_01_134: these are all fields, and a copy has each of them
//= by-construction SRS_SASLCLIENTIO_01_136: none of the fields is the trace
//= exception SRS_SASLCLIENTIO_01_135: the trace is a type around the layer and not a value in the configuration; a C caller will need it as an option, and there is no C interface yet until=2027-06-30
//= exception SRS_SASLCLIENTIO_01_137: an option handler is a type of C, and there is no C interface yet until=2027-06-30
const _: fn(ClientConfig) = |config| {
    let ClientConfig { policy: _, limits: _, frame_limit: _, hostname: _ } = config;
};

//= by-construction SRS_SASLCLIENTIO_01_110, SRS_SASLCLIENTIO_01_111: these are all facts of a socket, and none says that it is being brought up
const _: fn(Fact) = |fact| match fact {
    Fact::Connected
    | Fact::Refused(_)
    | Fact::Ended
    | Fact::Lost(_)
    | Fact::Disconnected
    | Fact::Time(_) => {}
};

//= by-construction SRS_SASLCLIENTIO_01_124: the compiler compares
const _: () = assert!(ProtocolHeader::SASL.major == 1);

//= by-construction SRS_SASLCLIENTIO_01_125: the compiler compares
const _: () = assert!(ProtocolHeader::SASL.minor == 0);

//= by-construction SRS_SASLCLIENTIO_01_126: the compiler compares
const _: () = assert!(ProtocolHeader::SASL.revision == 0);
