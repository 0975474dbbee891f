//! Frames to and from the wire: what a decoder's error means, and what may be sent.

use xiom_amqp_codec::{DecodeError, Performative};
use xiom_core::Performative as Frame;
use xiom_core::{Cause, FrameFault, SaslFault, WireBuf};

use crate::FrameLimit;

/// Decodes the one frame that `octets` are.
//= SRS_SASL_SERVER_IO_01_010
pub(crate) fn decode(octets: &[u8], limit: FrameLimit) -> Result<Performative<'_>, Cause> {
    //= SRS_SASLCLIENTIO_01_084, SRS_SASLCLIENTIO_01_141
    let (_, performative) = Performative::decode_frame(octets, limit.octets()).map_err(fault)?;
    Ok(performative)
}

/// Appends the frame of `performative`, which may show a secret.
//= SRS_SASL_SERVER_IO_01_010, SRS_SASL_SERVER_IO_01_062
pub(crate) fn send(
    performative: &Performative<'_>,
    limit: FrameLimit,
    out: &mut WireBuf,
) -> Result<(), Cause> {
    let (size, limit) = (performative.encoded_frame_len(), limit.octets());
    //= SRS_SASL_SERVER_IO_01_027, SRS_SASL_SERVER_IO_01_063
    //= SRS_SASLCLIENTIO_01_071
    if usize::try_from(limit).is_ok_and(|limit| limit < size) {
        let size = u32::try_from(size).unwrap_or(u32::MAX);
        return Err(Cause::Frame(FrameFault::OwnTooLarge { size, limit }));
    }
    //= SRS_SASLCLIENTIO_01_120
    out.extend_with(size, |octets| performative.encode_frame(octets));
    Ok(())
}

/// The failure that a frame out of turn means.
pub(crate) fn unexpected(performative: &Performative<'_>) -> Cause {
    Cause::Frame(FrameFault::Unexpected(match performative {
        Performative::Mechanisms(_) => Frame::Mechanisms,
        Performative::Init(_) => Frame::Init,
        Performative::Challenge(_) => Frame::Challenge,
        Performative::Response(_) => Frame::Response,
        Performative::Outcome(_) => Frame::Outcome,
    }))
}

/// The failure that a frame which cannot be decoded means.
#[expect(clippy::wildcard_enum_match_arm, reason = "whatever else is wrong inside of a frame")]
//= SRS_SASL_SERVER_IO_01_065, SRS_SASL_SERVER_IO_01_077
//= SRS_SASLCLIENTIO_01_119
pub(crate) fn fault(error: DecodeError) -> Cause {
    Cause::Frame(match error {
        DecodeError::FrameSize(size) => FrameFault::Size(size),
        DecodeError::TooLarge { size, limit } => FrameFault::TooLarge { size, limit },
        DecodeError::DataOffset { doff, size } => FrameFault::DataOffset { doff, size },
        DecodeError::FrameType(kind) => FrameFault::Type(kind),
        DecodeError::EmptyFrame => FrameFault::Empty,
        DecodeError::Trailing { .. } => FrameFault::Trailing,
        DecodeError::NoMechanism => return Cause::Sasl(SaslFault::NothingOffered),
        DecodeError::UnknownCode(code) => return Cause::Sasl(SaslFault::UnknownOutcome(code)),
        _ => FrameFault::Malformed,
    })
}
