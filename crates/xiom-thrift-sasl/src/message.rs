//! Messages of the negotiation as this side takes and sends them.
//!
//! Invariant: each side says at most one message that ends the negotiation, and nothing after it.

use alloc::boxed::Box;
use alloc::string::String;

use xiom_core::{
    AuthFault, Cause, Extent, OutcomeCode, Received, SaslFault, ThriftFault, ThriftStatus, Unit,
    WireBuf,
};
use xiom_thrift_codec::{DecodeError, Header, MAX_LENGTH, Message, Status};

use crate::PayloadLimit;

/// Takes octets from the front of `input`, and shows a whole message, or what is wrong, to `judge`; with its
/// status as soon as that is known.
pub(crate) fn receive(
    unit: &mut Unit,
    input: &[u8],
    limit: PayloadLimit,
    judge: impl FnOnce(Option<Status>, Result<Message<'_>, Cause>),
) -> Option<Received> {
    let length = |octets: &[u8]| match Header::decode(octets, limit.octets()) {
        Ok((_, header)) => {
            let payload = usize::try_from(header.length).unwrap_or(usize::MAX);
            Ok(Extent::Known(payload.saturating_add(Header::LENGTH)))
        }
        Err(DecodeError::Incomplete { needed }) => Ok(Extent::AtLeast(needed)),
        Err(error) => Err((status(octets), refused(status(octets)).unwrap_or(fault(error)))),
    };
    unit.receive(input, length, |octets| match octets {
        Ok(octets) => {
            let message = Message::decode(octets, limit.octets());
            judge(status(octets), message.map(|(_, message)| message).map_err(fault));
        }
        Err((status, cause)) => judge(status, Err(cause)),
    })
}

fn status(octets: &[u8]) -> Option<Status> {
    octets.first().and_then(|octet| Status::from_octet(*octet).ok())
}

//= SRS_THRIFT_SASL_50_018, SRS_THRIFT_SASL_50_019
/// The failure that a message of this `status` means however long its text is.
const fn refused(status: Option<Status>) -> Option<Cause> {
    match status {
        Some(Status::Bad) => Some(Cause::Thrift(ThriftFault::Refused)),
        Some(Status::Error) => Some(Cause::Thrift(ThriftFault::NotUnderstood)),
        Some(Status::Start | Status::Ok | Status::Complete) | None => None,
    }
}

fn fault(error: DecodeError) -> Cause {
    if let DecodeError::TooLarge { size, limit } = error {
        Cause::Thrift(ThriftFault::TooLarge { size, limit })
    } else if let DecodeError::UnknownStatus(status) = error {
        Cause::Thrift(ThriftFault::UnknownStatus(status))
    } else {
        // The unit is whole, and its payload is the mechanism's.
        Cause::Mechanism(AuthFault::Malformed)
    }
}

/// The failure that a message means which has no business in this state; `text` keeps what a peer that
/// refuses has to say.
pub(crate) fn unexpected(message: Message<'_>, text: &mut Option<Box<str>>) -> Cause {
    Cause::Thrift(match message.status {
        //= SRS_THRIFT_SASL_01_025, SRS_THRIFT_SASL_50_018
        Status::Bad => {
            *text = peer_text(message.payload);
            ThriftFault::Refused
        }
        //= SRS_THRIFT_SASL_01_027, SRS_THRIFT_SASL_50_018
        Status::Error => {
            *text = peer_text(message.payload);
            ThriftFault::NotUnderstood
        }
        Status::Start => ThriftFault::Unexpected(ThriftStatus::Start),
        Status::Ok => ThriftFault::Unexpected(ThriftStatus::Ok),
        Status::Complete => ThriftFault::Unexpected(ThriftStatus::Complete),
    })
}

//= SRS_THRIFT_SASL_50_026
/// What a person may be shown of a peer's text; nothing for an empty one.
fn peer_text(payload: &[u8]) -> Option<Box<str>> {
    let shown = payload.get(..TEXT).unwrap_or(payload);
    let text: String = String::from_utf8_lossy(shown).trim().into();
    (!text.is_empty()).then(|| text.into_boxed_str())
}

/// Appends a message.
pub(crate) fn send(status: Status, payload: &[u8], out: &mut WireBuf) -> Result<(), Cause> {
    let length = length(payload.len())?;
    //= SRS_THRIFT_SASL_01_001
    out.extend(&Header { status, length }.encode());
    out.extend(payload);
    Ok(())
}

/// What no peer takes is not sent.
fn length(size: usize) -> Result<u32, Cause> {
    let size = u32::try_from(size).unwrap_or(u32::MAX);
    if size <= MAX_LENGTH {
        Ok(size)
    } else {
        Err(Cause::Thrift(ThriftFault::OwnTooLarge { size }))
    }
}

/// Tells the peer, which still takes messages, that this side gives up; nothing, if the peer gave up first.
#[expect(clippy::wildcard_enum_match_arm, reason = "whatever is not named is a refusal")]
pub(crate) fn give_up(cause: Cause, out: &mut WireBuf) {
    let (status, text) = match cause {
        //= SRS_THRIFT_SASL_50_018, SRS_THRIFT_SASL_50_019
        Cause::Thrift(ThriftFault::Refused | ThriftFault::NotUnderstood) => return,
        //= SRS_THRIFT_SASL_50_031
        Cause::Thrift(ThriftFault::TooLarge { .. }) => (Status::Error, "message too large"),
        //= SRS_THRIFT_SASL_50_014
        Cause::Thrift(ThriftFault::UnknownStatus(_)) => (Status::Error, "unknown status"),
        //= SRS_THRIFT_SASL_50_008, SRS_THRIFT_SASL_50_015, SRS_THRIFT_SASL_50_016
        Cause::Thrift(_) => (Status::Error, "message out of order"),
        //= SRS_THRIFT_SASL_01_026
        Cause::Mechanism(AuthFault::Malformed | AuthFault::TooLong | AuthFault::Unexpected) => {
            (Status::Error, "malformed message of the mechanism")
        }
        //= SRS_THRIFT_SASL_01_011
        Cause::Sasl(SaslFault::NotOffered) => (Status::Bad, "mechanism not accepted"),
        Cause::Sasl(SaslFault::Unavailable(OutcomeCode::SysTemp)) => {
            (Status::Bad, "temporarily unavailable")
        }
        Cause::Sasl(
            SaslFault::Unavailable(OutcomeCode::Sys | OutcomeCode::SysPerm)
            | SaslFault::WrongAnswer,
        ) => (Status::Bad, "unavailable"),
        //= SRS_THRIFT_SASL_01_024, SRS_THRIFT_SASL_50_024, SRS_THRIFT_SASL_50_025
        _ => (Status::Bad, "authentication failed"),
    };
    // A text of these few octets has a length.
    let _ = send(status, text.as_bytes(), out);
}

/// Octets of a peer's text that are kept.
const TEXT: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_no_peer_takes_is_not_sent() {
        assert_eq!(length(0x7FFF_FFFF), Ok(0x7FFF_FFFF));
        for (octets, size) in [(0x8000_0000, 0x8000_0000), (usize::MAX, u32::MAX)] {
            assert_eq!(length(octets), Err(Cause::Thrift(ThriftFault::OwnTooLarge { size })));
        }
    }
}
