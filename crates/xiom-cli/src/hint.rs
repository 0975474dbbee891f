//! One thing to try, for each failure that a user can do something about.

use xiom::Protocol;
use xiom::core::{
    AuthFault, Cause, CertificateFault, Failure, FrameFault, HeaderFault, OutcomeCode, SaslFault,
    SocketFault, Stage, ThriftFault, TlsFault,
};
use xiom::sasl::Side;

mod server;

/// What to try at this `side` after `failure` of a connection on which `protocol` was to be spoken.
pub(crate) const fn hint(failure: &Failure, protocol: Protocol, side: Side) -> &'static str {
    match side {
        Side::Client => client(failure, protocol),
        Side::Server => server::hint(failure, protocol),
    }
}

const fn client(failure: &Failure, protocol: Protocol) -> &'static str {
    let is_thrift = matches!(protocol, Protocol::Thrift);
    match failure.cause {
        Cause::Deadline | Cause::EndOfStream if is_thrift => thrift_silence(failure.stage),
        Cause::Deadline | Cause::EndOfStream => silence(failure.stage),
        Cause::Socket(SocketFault::Refused) if is_thrift => {
            "is the server up, and is the port right? 10000 is that of most"
        }
        Cause::Socket(fault) => socket(fault),
        Cause::Tls(TlsFault::NotTls) if is_thrift => {
            "the port may await no tls: try thrift+sasl://, without +tls"
        }
        Cause::Tls(fault) => tls(fault),
        Cause::Header(fault) => header(fault),
        Cause::Frame(FrameFault::TooLarge { .. } | FrameFault::OwnTooLarge { .. }) => {
            "allow longer frames with --sasl-frame"
        }
        Cause::Frame(_) | Cause::InputFull => {
            "the server breaks the protocol: see what it sends with --trace"
        }
        Cause::Sasl(fault) => sasl(fault),
        Cause::Thrift(fault) => thrift(fault),
        Cause::Mechanism(AuthFault::NotConfidential) if is_thrift => {
            "use tls: thrift+sasl+tls://; or say --insecure-plain"
        }
        Cause::Mechanism(AuthFault::NotConfidential) => {
            "use tls: --tls direct or --tls header; or say --insecure-plain"
        }
        Cause::Mechanism(AuthFault::ServerNotVerified) => {
            "is this the right server? it does not know the password"
        }
        Cause::Mechanism(_) => "try another mechanism with --mechanism, or look on with --trace",
        Cause::Protection(_) | _ => "look on with --trace",
    }
}

/// What a server may mean that says nothing, or hangs up.
const fn silence(stage: Stage) -> &'static str {
    match stage {
        Stage::Connecting => "does a firewall drop the packets?",
        Stage::SaslHeader | Stage::TlsHeader | Stage::AmqpHeader => {
            "does the server await tls at this port? try amqps, or --tls direct"
        }
        Stage::TlsHandshake => "does the server speak tls at this port? try --tls none or header",
        Stage::SaslMechanisms
        | Stage::SaslInit
        | Stage::SaslStart
        | Stage::SaslExchange
        | Stage::SaslLookup
        | Stage::Open
        | Stage::Closing
        | _ => "look at the server's log: some say there why they hang up, and nowhere else",
    }
}

/// As [`silence`], of a server that was to speak Thrift.
const fn thrift_silence(stage: Stage) -> &'static str {
    match stage {
        Stage::Connecting => "does a firewall drop the packets?",
        Stage::TlsHandshake => "the port may await no tls: try thrift+sasl://, without +tls",
        Stage::SaslStart | Stage::SaslExchange => {
            "the server may await tls, know no sasl at this port, or not know the mechanism: try \
             thrift+sasl+tls://, or another --mechanism"
        }
        Stage::TlsHeader
        | Stage::SaslHeader
        | Stage::AmqpHeader
        | Stage::SaslMechanisms
        | Stage::SaslInit
        | Stage::SaslLookup
        | Stage::Open
        | Stage::Closing
        | _ => "look at the server's log: some say there why they hang up, and nowhere else",
    }
}

const fn thrift(fault: ThriftFault) -> &'static str {
    match fault {
        ThriftFault::Refused => {
            "check user and password; if they are right, the server may want another mechanism, and names none"
        }
        ThriftFault::NotUnderstood => {
            "the server may not know the mechanism: name another with --mechanism, or try --kerberos"
        }
        // The first octet of a record of TLS: an alert, or a handshake.
        ThriftFault::UnknownStatus(0x15 | 0x16) => "the port awaits tls: try thrift+sasl+tls://",
        ThriftFault::UnknownStatus(b'H') => {
            "this is the port of http: servers have another for sasl"
        }
        ThriftFault::UnknownStatus(0) => "the server may be set up without sasl",
        ThriftFault::UnknownStatus(_) => {
            "the server speaks no sasl at this port: is it the right one, and is sasl switched on?"
        }
        ThriftFault::OwnTooLarge { .. } => "give a shorter token",
        ThriftFault::Unexpected(_)
        | ThriftFault::TooLarge { .. }
        | ThriftFault::FrameTooLarge { .. }
        | _ => "the server breaks the protocol: see what it sends with --trace",
    }
}

const fn socket(fault: SocketFault) -> &'static str {
    match fault {
        SocketFault::NotFound => "check the spelling of the name",
        SocketFault::Refused => "is the server up, and is the port right? 5671 is tls, 5672 is not",
        SocketFault::Unreachable => "check the network and its routes",
        SocketFault::TimedOut => "does a firewall drop the packets?",
        SocketFault::Reset => "does the port await tls, or a firewall interfere?",
        SocketFault::Denied => "check the permissions and the resources of this system",
        SocketFault::Other | _ => "try again",
    }
}

const fn tls(fault: TlsFault) -> &'static str {
    match fault {
        TlsFault::Certificate(fault) => certificate(fault),
        TlsFault::NotTls => "try --tls none, or --tls header",
        TlsFault::Alert(116 | 42) => "the server wants a certificate: give --cert and --key",
        TlsFault::Alert(45 | 46 | 48) => {
            "the server does not accept the certificate of --cert: does it know its authority?"
        }
        TlsFault::Alert(40 | 70 | 71) | TlsFault::NothingInCommon => {
            "the server may speak nothing newer than tls 1.1"
        }
        TlsFault::Truncated => "look at the server's log, it has hung up in the middle",
        TlsFault::Alert(_)
        | TlsFault::NoApplicationProtocol
        | TlsFault::Protocol
        | TlsFault::Decrypt
        | TlsFault::Configuration
        | TlsFault::Engine
        | _ => "is the port that of tls, and nothing in between that breaks it?",
    }
}

const fn certificate(fault: CertificateFault) -> &'static str {
    match fault {
        CertificateFault::Expired => "the server needs a new certificate",
        CertificateFault::NotYetValid => "check the clocks of both sides",
        CertificateFault::UnknownIssuer => {
            "give the authority that issued it with --ca; a server that sends no intermediate \
             certificate is refused, too"
        }
        CertificateFault::WrongName => "connect by one of the names of the certificate",
        CertificateFault::BadSignature => {
            "does the file of --ca hold a former key of the same authority?"
        }
        CertificateFault::WrongPurpose => "the server needs a certificate for servers",
        CertificateFault::Revoked
        | CertificateFault::Malformed
        | CertificateFault::Missing
        | CertificateFault::Other
        | _ => "the server needs another certificate",
    }
}

const fn header(fault: HeaderFault) -> &'static str {
    match fault {
        HeaderFault::NotAmqp => "is this the port of amqp? try amqps, or --tls direct",
        HeaderFault::PeerRequiresTls => "try --tls header, or amqps",
        HeaderFault::PeerWithoutTls => "the server knows no header tls: try --tls direct on 5671",
        HeaderFault::Version { .. } => "the server speaks another amqp, such as 0-9-1",
        HeaderFault::PeerRequiresSasl
        | HeaderFault::PeerWithoutSasl
        | HeaderFault::UnknownProtocol(_)
        | _ => "is amqp 1.0 switched on at the server?",
    }
}

const fn sasl(fault: SaslFault) -> &'static str {
    match fault {
        SaslFault::Refused(OutcomeCode::Auth) => {
            "check user and password; some servers admit a user from some hosts only"
        }
        SaslFault::Refused(OutcomeCode::SysTemp) => "try again later",
        SaslFault::Refused(_) => "look at the server's log",
        SaslFault::NoCommonMechanism => {
            "give credentials that fit a mechanism on offer: --user, or --cert and --key"
        }
        SaslFault::NotPermitted => {
            "see the verdict on the mechanism: it may want tls, or --cert and --key"
        }
        SaslFault::NothingOffered => "switch a mechanism on at the server",
        SaslFault::NotOffered
        | SaslFault::UnknownOutcome(_)
        | SaslFault::TooManyRounds(_)
        | SaslFault::WrongAnswer
        | SaslFault::Unavailable(_)
        | _ => "the server breaks the protocol: see what it sends with --trace",
    }
}
