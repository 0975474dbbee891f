//! From the first octet to the last: one entry for each unit, and for what is none.
//!
//! Invariants: every octet belongs to exactly one entry; no entry holds octets of a mechanism or of an
//! application. Where a length says where the next unit begins, what is malformed before it ends nothing. One
//! entry is held at a time, however many there are.

use serde::Serialize;
use xiom::Protocol;
use xiom_amqp_codec::{Field, Performative, ProtocolHeader, ProtocolId};
use xiom_thrift_codec::{MechanismName, Message, Status};

use crate::render;
use crate::unit::{self, AmqpFrame, Malformed, Read, Unit};

/// What some octets are.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub(super) struct Entry {
    /// Octets before it.
    pub(super) offset: usize,
    /// Octets of it.
    pub(super) length: usize,
    pub(super) kind: Kind,
    /// Its name in the specification.
    pub(super) name: String,
    /// Its fields, in their order.
    pub(super) fields: Vec<Shown>,
    /// Why it is none, for programs.
    pub(super) error: Option<String>,
    /// The same in words.
    pub(super) message: Option<String>,
}

/// Which kind of thing it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    /// A protocol header of AMQP.
    Header,
    /// A SASL frame of AMQP.
    Sasl,
    /// Any other frame of AMQP, or one of Thrift.
    Frame,
    /// A message of the Thrift SASL negotiation.
    Message,
    /// Records of TLS, all that follows.
    Tls,
    /// Nothing that is well formed.
    Malformed,
    /// The beginning of something.
    Incomplete,
}

/// A field, fit to be shown.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub(super) struct Shown {
    pub(super) name: String,
    pub(super) value: String,
}

/// Everything in some octets, in its order; nothing is kept of what was told.
#[derive(Clone, Debug)]
pub(super) struct Walk<'a> {
    protocol: Protocol,
    /// Octets that were told.
    offset: usize,
    rest: &'a [u8],
    /// Whether a SASL frame came last, so that octets of a security layer may follow.
    is_after_sasl: bool,
}

impl<'a> Walk<'a> {
    /// From the first of `octets`.
    pub(super) const fn new(protocol: Protocol, octets: &'a [u8]) -> Self {
        Self { protocol, offset: 0, rest: octets, is_after_sasl: false }
    }
}

impl Iterator for Walk<'_> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        let Self { protocol, offset, rest, is_after_sasl } = *self;
        if rest.is_empty() {
            return None;
        }
        let (after, entry) = if is_tls(rest) {
            (&[][..], Entry::of(offset, rest.len(), Kind::Tls, "records of tls"))
        } else {
            match read(protocol, rest) {
                Ok((after, unit)) => (after, Entry::unit(offset, &unit)),
                Err(error) if is_after_sasl && is_no_frame(error) => {
                    let (after, mut entry) = broken(protocol, offset, rest, error);
                    let message = entry.message.get_or_insert_default();
                    message.push_str(
                        "; perhaps a security layer of the mechanism protects what follows",
                    );
                    (after, entry)
                }
                Err(error) => broken(protocol, offset, rest, error),
            }
        };
        self.is_after_sasl = entry.kind == Kind::Sasl;
        self.offset = offset.saturating_add(entry.length);
        self.rest = after;
        Some(entry)
    }
}

/// Reads whichever unit `input` begins with.
fn read(protocol: Protocol, input: &[u8]) -> Read<'_> {
    match (protocol, input.first()) {
        // The status of a message is never 0, and the length of a frame that anybody takes begins with it.
        (Protocol::Thrift, Some(0)) => unit::data(input, LONGEST),
        (Protocol::Thrift, _) => unit::message(input, LONGEST),
        (_, Some(b'A')) => unit::header(input),
        (_, _) => unit::any_frame(input, LONGEST),
    }
}

/// The entry of what is no unit, and the octets after it, if it is known where they begin.
fn broken(protocol: Protocol, offset: usize, input: &[u8], error: Malformed) -> (&[u8], Entry) {
    let size = size(protocol, input).filter(|size| *size <= input.len());
    let (octets, after) =
        size.and_then(|size| input.split_at_checked(size)).unwrap_or((input, &[]));
    let (kind, name, message) = match error.needed() {
        Some(needed) => {
            let message = format!("at least {needed} more octets are to come");
            (Kind::Incomplete, "incomplete", message)
        }
        None => (Kind::Malformed, "malformed", error.to_string()),
    };
    let entry = Entry::of(offset, octets.len(), kind, name);
    (after, Entry { error: Some(error.cause()), message: Some(message), ..entry })
}

/// Whether this says that octets are no frame at all, rather than a bad one.
const fn is_no_frame(error: Malformed) -> bool {
    use xiom_amqp_codec::DecodeError as E;
    matches!(error, Malformed::Amqp(E::DataOffset { .. } | E::FrameType(_) | E::TooLarge { .. }))
}

/// Octets of the unit that `input` begins with, where its length can be believed.
fn size(protocol: Protocol, input: &[u8]) -> Option<usize> {
    let size = match (protocol, input.first()?) {
        (Protocol::Thrift, _) => {
            let (_, header) = xiom_thrift_codec::Header::decode(input, LONGEST).ok()?;
            let header_length = u32::try_from(xiom_thrift_codec::Header::LENGTH).ok()?;
            header.length.checked_add(header_length)?
        }
        (_, b'A') => return None,
        (_, _) => xiom_amqp_codec::FrameHeader::decode(input, LONGEST).ok()?.1.size,
    };
    usize::try_from(size).ok()
}

/// Whether `octets` begin with a record of TLS: its type, and a version that begins with 3.
pub(super) fn is_tls(octets: &[u8]) -> bool {
    matches!(octets, [0x14..=0x17, 0x03, 0..=4, ..])
}

impl Entry {
    fn of(offset: usize, length: usize, kind: Kind, name: &str) -> Self {
        let (name, fields) = (name.to_owned(), Vec::new());
        Self { offset, length, kind, name, fields, error: None, message: None }
    }

    fn unit(offset: usize, unit: &Unit<'_>) -> Self {
        let (kind, fields) = match unit {
            Unit::Header(header) => (Kind::Header, header_fields(*header)),
            Unit::Sasl(performative, _) => (Kind::Sasl, performative_fields(performative)),
            Unit::Amqp(frame) => (Kind::Frame, frame_fields(*frame)),
            Unit::Message(message) => (Kind::Message, message_fields(*message)),
            Unit::Data(data) => (Kind::Frame, vec![Shown::octets("data", *data)]),
        };
        Self { fields, ..Self::of(offset, unit.size(), kind, &unit.name()) }
    }
}

impl Shown {
    fn text(name: &(impl ToString + ?Sized), value: &(impl ToString + ?Sized)) -> Self {
        Self { name: name.to_string(), value: render::plain(&value.to_string()) }
    }

    fn octets(name: &(impl ToString + ?Sized), count: usize) -> Self {
        Self::text(name, &format_args!("[{count} octets]"))
    }
}

fn header_fields(header: ProtocolHeader) -> Vec<Shown> {
    let ProtocolHeader { id, major, minor, revision } = header;
    let protocol = match id {
        ProtocolId::Amqp => "AMQP",
        ProtocolId::Tls => "AMQP TLS",
        ProtocolId::Sasl => "AMQP SASL",
    };
    let version = format!("{major}.{minor}.{revision}");
    vec![Shown::text("protocol", protocol), Shown::text("version", &version)]
}

fn performative_fields(performative: &Performative<'_>) -> Vec<Shown> {
    let mut fields = Vec::new();
    match performative {
        Performative::Mechanisms(offer) => {
            let names: Vec<&str> = offer.iter().collect();
            fields.push(Shown::text(&Field::SaslServerMechanisms, &names.join(" ")));
        }
        Performative::Init(init) => {
            fields.push(Shown::text(&Field::Mechanism, &init.mechanism));
            let response = init.initial_response;
            fields.extend(
                response.map(|octets| Shown::octets(&Field::InitialResponse, octets.len())),
            );
            fields.extend(init.hostname.map(|name| Shown::text(&Field::Hostname, name)));
        }
        Performative::Challenge(challenge) => {
            fields.push(Shown::octets(&Field::Challenge, challenge.challenge.len()));
        }
        Performative::Response(response) => {
            fields.push(Shown::octets(&Field::Response, response.response.len()));
        }
        Performative::Outcome(outcome) => {
            fields.push(Shown::text(&Field::Code, &outcome.code));
            let data = outcome.additional_data;
            fields.extend(data.map(|octets| Shown::octets(&Field::AdditionalData, octets.len())));
        }
    }
    fields
}

fn frame_fields(frame: AmqpFrame) -> Vec<Shown> {
    let AmqpFrame { channel, payload, .. } = frame;
    let mut fields = vec![Shown::text("channel", &channel)];
    if payload != 0 {
        fields.push(Shown::octets("payload", payload));
    }
    fields
}

/// A refusal is for people to read; everything else is a mechanism's, and so is what holds a NUL, as PLAIN does.
fn message_fields(message: Message<'_>) -> Vec<Shown> {
    let Message { status, payload } = message;
    match (status, MechanismName::new(payload)) {
        (Status::Start, Ok(name)) => vec![Shown::text("mechanism", name.as_str())],
        (Status::Bad | Status::Error, _) if !payload.contains(&0) => {
            vec![Shown::text("text", &String::from_utf8_lossy(payload))]
        }
        (Status::Start | Status::Ok | Status::Bad | Status::Error | Status::Complete, _) => {
            vec![Shown::octets("payload", payload.len())]
        }
    }
}

/// Octets of the longest unit; more are not read in all.
pub(super) const LONGEST: u32 = 64 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_octet_belongs_to_one_entry_wherever_the_octets_end() {
        let amqp: &[u8] = b"AMQP\x03\x01\x00\x00\
            \x00\x00\x00\x0c\x02\x01\x00\x00\x00\x53\x99\x45\
            \x00\x00\x00\x10\x02\x01\x00\x00\x00\x53\x44\xc0\x03\x01\x50\x00\
            AMQP\x00\x01\x00\x00\x00\x00\x00\x08\x02\x00\x00\x00";
        let thrift: &[u8] =
            b"\x01\x00\x00\x00\x05PLAIN\x01\x00\x00\x00\x01?\x05\x00\x00\x00\x03abc\
            \x00\x00\x00\x02hi\x09";
        for (protocol, octets) in [(Protocol::Amqp, amqp), (Protocol::Thrift, thrift)] {
            for end in 0..=octets.len() {
                let entries: Vec<_> = Walk::new(protocol, &octets[..end]).collect();
                let mut offset = 0;
                for entry in &entries {
                    assert_eq!(entry.offset, offset);
                    offset += entry.length;
                }
                assert_eq!(offset, end);
            }
            let broken = Walk::new(protocol, octets).filter(|it| it.error.is_some());
            assert!(broken.clone().all(|entry| entry.kind == Kind::Malformed));
            assert_eq!(broken.count(), if protocol == Protocol::Amqp { 1 } else { 2 });
        }
    }
}
