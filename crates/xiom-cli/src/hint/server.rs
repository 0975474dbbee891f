//! What whoever runs a server may try when a client did not come in.

use xiom::Protocol;
use xiom::core::{
    AuthFault, Cause, CertificateFault, Failure, HeaderFault, SaslFault, Stage, ThriftFault,
    TlsFault,
};

/// What to try after `failure` of a client that was to speak `protocol`.
pub(super) const fn hint(failure: &Failure, protocol: Protocol) -> &'static str {
    match failure.cause {
        Cause::Deadline => "the client says nothing: does it await another protocol, or tls?",
        Cause::EndOfStream => went_away(failure.stage),
        Cause::Socket(_) => "the client hung up: its log may say why",
        Cause::Tls(fault) => tls(fault),
        Cause::Header(fault) => header(fault),
        Cause::Thrift(fault) => thrift(fault),
        Cause::Sasl(SaslFault::NotOffered) => match protocol {
            Protocol::Thrift => {
                "the client asks for what is not offered: see --users, --mechanism, --allow-cleartext"
            }
            Protocol::Amqp | _ => "the client breaks the protocol",
        },
        Cause::Sasl(_) => "the client breaks the protocol, or was told to come again",
        Cause::Mechanism(AuthFault::BadCredentials) => {
            "ask xiom user check whether the file has this user, with this password"
        }
        Cause::Mechanism(AuthFault::ChannelBinding | AuthFault::ChannelBindingDowngrade) => {
            "who ends tls between the client and this server?"
        }
        Cause::Mechanism(_) => "the client may know another user, or another mechanism",
        Cause::Frame(_) | Cause::InputFull | Cause::Protection(_) | _ => {
            "the client breaks the protocol"
        }
    }
}

const fn went_away(stage: Stage) -> &'static str {
    match stage {
        Stage::SaslInit | Stage::SaslStart => {
            "the client may want tls, or find no mechanism that it may use: its log may say so"
        }
        Stage::Connecting
        | Stage::TlsHeader
        | Stage::TlsHandshake
        | Stage::SaslHeader
        | Stage::AmqpHeader
        | Stage::SaslMechanisms
        | Stage::SaslExchange
        | Stage::SaslLookup
        | Stage::Open
        | Stage::Closing
        | _ => "the client hung up: its log may say why",
    }
}

const fn tls(fault: TlsFault) -> &'static str {
    match fault {
        TlsFault::NotTls => "the client speaks no tls at this port",
        TlsFault::Alert(42 | 43 | 45 | 46 | 48) => {
            "the client does not accept the certificate: does it know its authority, and its name?"
        }
        TlsFault::Certificate(CertificateFault::UnknownIssuer) => {
            "the authority of the client's certificate is none of --client-ca"
        }
        TlsFault::Certificate(_) => "the client needs another certificate",
        TlsFault::Alert(_)
        | TlsFault::NothingInCommon
        | TlsFault::NoApplicationProtocol
        | TlsFault::Protocol
        | TlsFault::Decrypt
        | TlsFault::Truncated
        | TlsFault::Configuration
        | TlsFault::Engine
        | _ => "the client may speak nothing newer than tls 1.1, or await another server",
    }
}

const fn header(fault: HeaderFault) -> &'static str {
    match fault {
        HeaderFault::PeerRequiresTls => "the client wants header tls: serve it with --tls header",
        HeaderFault::NotAmqp => "the client speaks no amqp here; it may speak tls, or thrift",
        HeaderFault::PeerRequiresSasl
        | HeaderFault::PeerWithoutSasl
        | HeaderFault::PeerWithoutTls
        | HeaderFault::Version { .. }
        | HeaderFault::UnknownProtocol(_)
        | _ => "the client speaks another amqp, or comes without sasl",
    }
}

const fn thrift(fault: ThriftFault) -> &'static str {
    match fault {
        // The first octet of a record of TLS.
        ThriftFault::UnknownStatus(0x16) => "the client speaks tls: serve it with --tls direct",
        ThriftFault::UnknownStatus(b'A') => "the client speaks amqp",
        ThriftFault::UnknownStatus(0 | 0x80 | 0x82) => "the client comes without sasl",
        ThriftFault::UnknownStatus(_) => "the client speaks no thrift sasl",
        ThriftFault::Refused | ThriftFault::NotUnderstood => {
            "the client gave up: its log may say why"
        }
        ThriftFault::Unexpected(_)
        | ThriftFault::TooLarge { .. }
        | ThriftFault::FrameTooLarge { .. }
        | ThriftFault::OwnTooLarge { .. }
        | _ => "the client breaks the protocol",
    }
}
