//! What a peer's protocol header means to us (AMQP 1.0 part 2 section 2.2, part 5 sections 5.2.1 and 5.3.1).

use xiom_amqp_codec::{DecodeError, ProtocolHeader, ProtocolId};
use xiom_core::{Cause, FrameFault, HeaderFault};

//= SRS_SASLCLIENTIO_01_003
/// Accepts `octets` if they are `wanted`.
pub(crate) fn judge(octets: &[u8], wanted: ProtocolHeader) -> Result<(), Cause> {
    let (_, header) = ProtocolHeader::decode(octets).map_err(fault)?;
    if header == wanted {
        return Ok(());
    }
    Err(Cause::Header(match (wanted.id, header.id) {
        (wanted, found) if wanted == found => HeaderFault::Version {
            major: header.major,
            minor: header.minor,
            revision: header.revision,
        },
        (ProtocolId::Tls, _) => HeaderFault::PeerWithoutTls,
        (_, ProtocolId::Tls) => HeaderFault::PeerRequiresTls,
        (_, ProtocolId::Amqp) => HeaderFault::PeerWithoutSasl,
        (_, ProtocolId::Sasl) => HeaderFault::PeerRequiresSasl,
    }))
}

/// The failure that a header which cannot be decoded means.
#[expect(clippy::wildcard_enum_match_arm, reason = "no other error is possible in a header")]
pub(crate) fn fault(error: DecodeError) -> Cause {
    match error {
        //= SRS_SASLCLIENTIO_01_118
        DecodeError::NotAmqp => Cause::Header(HeaderFault::NotAmqp),
        DecodeError::UnknownProtocol(id) => Cause::Header(HeaderFault::UnknownProtocol(id)),
        _ => Cause::Frame(FrameFault::Malformed),
    }
}
