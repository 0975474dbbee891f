//! What passes on a wire: headers and frames of AMQP, messages and frames of Thrift, one at a time.
//!
//! Invariant: a unit shows octets of a mechanism or of an application by their number alone.

use core::fmt;

use xiom_amqp_codec::{Frame, FrameHeader, FrameType, Performative, ProtocolHeader, Value};
use xiom_thrift_codec::{FrameHeader as Length, Header, MechanismName, Message, Status};

/// One whole thing on the wire.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Unit<'a> {
    /// A protocol header of AMQP.
    Header(ProtocolHeader),
    /// A SASL frame of AMQP, and its size.
    Sasl(Performative<'a>, usize),
    /// Any other frame of AMQP.
    Amqp(AmqpFrame),
    /// A message of the Thrift SASL negotiation.
    Message(Message<'a>),
    /// A frame of Thrift with so many octets of data.
    Data(usize),
}

/// What may be shown of a frame of AMQP after the login.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct AmqpFrame {
    pub(crate) channel: u16,
    pub(crate) performative: Named,
    /// Octets of the whole frame.
    pub(crate) size: usize,
    /// Octets after the performative, which are a message's.
    pub(crate) payload: usize,
}

/// What the body of a frame of AMQP begins with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Named {
    /// There is no body.
    Heartbeat,
    /// One of the performatives (AMQP 1.0 part 2 section 2.7).
    Known(&'static str),
    /// Something else that is described, perhaps by this number.
    Unknown(Option<u64>),
}

impl Unit<'_> {
    /// Octets on the wire.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Header(_) => ProtocolHeader::LENGTH,
            Self::Sasl(_, size) => *size,
            Self::Amqp(frame) => frame.size,
            Self::Message(message) => Header::LENGTH.saturating_add(message.payload.len()),
            Self::Data(data) => Length::LENGTH.saturating_add(*data),
        }
    }

    /// Its name, as the specification says it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Header(_) => "header".to_owned(),
            Self::Sasl(performative, _) => performative.descriptor().to_string(),
            Self::Amqp(AmqpFrame { performative, .. }) => performative.to_string(),
            Self::Message(message) => message.status.to_string(),
            Self::Data(_) => "frame".to_owned(),
        }
    }
}

/// As a trace shows it: `sasl-init(mechanism=PLAIN, ..)`, `START(PLAIN)`, `OK[12 octets]`.
impl fmt::Display for Unit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header(header) => header.fmt(f),
            Self::Sasl(performative, _) => performative.fmt(f),
            Self::Amqp(AmqpFrame { performative, channel, .. }) => {
                write!(f, "{performative}(channel={channel})")
            }
            Self::Message(message) => message.fmt(f),
            Self::Data(data) => write!(f, "frame[{data} octets]"),
        }
    }
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Heartbeat => f.write_str("heartbeat"),
            Self::Known(name) => f.write_str(name),
            Self::Unknown(Some(code)) => write!(f, "unknown({code:#04x})"),
            Self::Unknown(None) => f.write_str("unknown"),
        }
    }
}

/// Why octets are no unit, in the words of the codec that says so.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Malformed {
    Amqp(xiom_amqp_codec::DecodeError),
    Thrift(xiom_thrift_codec::DecodeError),
}

impl Malformed {
    /// Octets to add before another try can tell more, where that is all that is wrong.
    pub(crate) const fn needed(self) -> Option<usize> {
        match self {
            Self::Amqp(xiom_amqp_codec::DecodeError::Incomplete { needed })
            | Self::Thrift(xiom_thrift_codec::DecodeError::Incomplete { needed }) => Some(needed),
            Self::Amqp(_) | Self::Thrift(_) => None,
        }
    }

    /// The error for programs.
    pub(crate) fn cause(self) -> String {
        match self {
            Self::Amqp(error) => format!("{error:?}"),
            Self::Thrift(error) => format!("{error:?}"),
        }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Amqp(error) => error.fmt(f),
            Self::Thrift(error) => error.fmt(f),
        }
    }
}

impl From<xiom_amqp_codec::DecodeError> for Malformed {
    fn from(error: xiom_amqp_codec::DecodeError) -> Self {
        Self::Amqp(error)
    }
}

impl From<xiom_thrift_codec::DecodeError> for Malformed {
    fn from(error: xiom_thrift_codec::DecodeError) -> Self {
        Self::Thrift(error)
    }
}

/// What is read off the front of octets: those after it, and the unit.
pub(crate) type Read<'a> = Result<(&'a [u8], Unit<'a>), Malformed>;

/// Reads a protocol header of AMQP.
pub(crate) fn header(input: &[u8]) -> Read<'_> {
    let (rest, header) = ProtocolHeader::decode(input)?;
    Ok((rest, Unit::Header(header)))
}

/// Reads a SASL frame of AMQP of up to `limit` octets.
pub(crate) fn sasl_frame(input: &[u8], limit: u32) -> Read<'_> {
    let (rest, performative) = Performative::decode_frame(input, limit)?;
    Ok((rest, Unit::Sasl(performative, input.len().saturating_sub(rest.len()))))
}

/// Reads a frame of AMQP of up to `limit` octets, of whichever type.
pub(crate) fn any_frame(input: &[u8], limit: u32) -> Read<'_> {
    let (_, FrameHeader { frame_type, type_specific: channel, .. }) =
        FrameHeader::decode(input, limit)?;
    if frame_type == FrameType::Sasl {
        return sasl_frame(input, limit);
    }
    let (rest, Frame { body, .. }) = Frame::decode(input, limit)?;
    let size = input.len().saturating_sub(rest.len());
    let (payload, performative) =
        if body.is_empty() { (body, Named::Heartbeat) } else { performative(body)? };
    let payload = payload.len();
    Ok((rest, Unit::Amqp(AmqpFrame { channel, performative, size, payload })))
}

fn performative(body: &[u8]) -> Result<(&[u8], Named), Malformed> {
    let (payload, value) = Value::decode_prefix(body)?;
    let Value::Described(described) = value else { return Ok((payload, Named::Unknown(None))) };
    let descriptor = described.descriptor();
    let known = PERFORMATIVES.iter().find(|(code, name)| {
        descriptor == Value::Ulong(*code)
            || matches!(descriptor, Value::Symbol(symbol) if is_symbol_of(symbol.as_str(), name))
    });
    let code = if let Value::Ulong(code) = descriptor { Some(code) } else { None };
    Ok((payload, known.map_or(Named::Unknown(code), |(_, name)| Named::Known(name))))
}

/// Whether `symbol` is that of the performative `name`: `amqp:open:list`.
fn is_symbol_of(symbol: &str, name: &str) -> bool {
    symbol.strip_prefix("amqp:").and_then(|rest| rest.strip_suffix(":list")) == Some(name)
}

/// Reads a message of the Thrift SASL negotiation with up to `limit` octets of payload.
pub(crate) fn message(input: &[u8], limit: u32) -> Read<'_> {
    let (rest, message) = Message::decode(input, limit)?;
    if message.status == Status::Start {
        MechanismName::new(message.payload)?;
    }
    Ok((rest, Unit::Message(message)))
}

/// Reads a frame of Thrift with up to `limit` octets of data.
pub(crate) fn data(input: &[u8], limit: u32) -> Read<'_> {
    let (rest, frame) = xiom_thrift_codec::Frame::decode(input, limit)?;
    Ok((rest, Unit::Data(frame.data.len())))
}

/// The performatives (AMQP 1.0 part 2 section 2.7).
const PERFORMATIVES: [(u64, &str); 9] = [
    (0x10, "open"),
    (0x11, "begin"),
    (0x12, "attach"),
    (0x13, "flow"),
    (0x14, "transfer"),
    (0x15, "disposition"),
    (0x16, "detach"),
    (0x17, "end"),
    (0x18, "close"),
];
