//! What a peer may say, as real octets: honest, refusing, malformed, coalesced.

use xiom_amqp_codec::{
    Challenge, Mechanisms, Outcome, Performative, ProtocolHeader, SaslCode, Symbol,
};
use xiom_testing::{GOODBYE, HELLO_BACK, seal};

/// One thing that a peer says in one piece.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Unit {
    /// The answer to the toy engine's hello.
    Hello,
    /// The SASL header.
    Header,
    /// The offer of PLAIN.
    Plain,
    /// An offer without PLAIN.
    Other,
    /// The outcome ok.
    Ok,
    /// The outcome auth.
    Refused,
    /// A challenge, which PLAIN does not know.
    Challenge,
    /// An octet of application data.
    Data,
    /// `close_notify`
    Goodbye,
    /// Octets that are no record.
    Garbage,
    /// A frame beyond the limit.
    Oversize,
    /// The outcome ok and application data in one record.
    OkData,
    /// Header and offer in one record.
    HeaderPlain,
    /// The header of another protocol.
    OtherHeader,
}

impl Unit {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Hello,
        Self::Header,
        Self::Plain,
        Self::Other,
        Self::Ok,
        Self::Refused,
        Self::Challenge,
        Self::Data,
        Self::Goodbye,
        Self::Garbage,
        Self::Oversize,
        Self::OkData,
        Self::HeaderPlain,
        Self::OtherHeader,
    ];
    /// What differs once open: every sealed octet is the user's then, so one stands for all.
    pub const OPEN: [Self; 3] = [Self::Data, Self::Goodbye, Self::Garbage];

    /// The octets on the wire.
    #[must_use]
    pub fn octets(self) -> Vec<u8> {
        let header = ProtocolHeader::SASL.encode();
        match self {
            Self::Hello => vec![HELLO_BACK],
            Self::Header => seal(&header),
            Self::Plain => seal(&offer("PLAIN")),
            Self::Other => seal(&offer("X")),
            Self::Ok => seal(&outcome(SaslCode::Ok)),
            Self::Refused => seal(&outcome(SaslCode::Auth)),
            Self::Challenge => seal(&frame(&Performative::Challenge(Challenge { challenge: b"" }))),
            Self::Data => seal(b"d"),
            Self::Goodbye => vec![GOODBYE],
            Self::Garbage => vec![0],
            Self::Oversize => seal(&[0x7F; 4]),
            Self::OkData => seal(&[&outcome(SaslCode::Ok)[..], b"dd"].concat()),
            Self::HeaderPlain => seal(&[&header[..], &offer("PLAIN")].concat()),
            Self::OtherHeader => seal(b"HTTP/1.1"),
        }
    }

    /// Whether these units, the first ones of a connection, prove an honest login.
    #[must_use]
    pub fn prove_login(said: &[Self]) -> bool {
        let ([Self::Hello, Self::Header, Self::Plain, rest @ ..]
        | [Self::Hello, Self::HeaderPlain, rest @ ..]) = said
        else {
            return false;
        };
        matches!(rest, [Self::Ok | Self::OkData, ..])
    }
}

fn offer(name: &str) -> Vec<u8> {
    Symbol::new(name)
        .ok()
        .and_then(|name| {
            Mechanisms::new(&[name.as_str()])
                .ok()
                .map(|offer| frame(&Performative::Mechanisms(offer)))
        })
        .unwrap_or_default()
}

fn outcome(code: SaslCode) -> Vec<u8> {
    frame(&Performative::Outcome(Outcome { code, additional_data: None }))
}

fn frame(performative: &Performative<'_>) -> Vec<u8> {
    let mut octets = Vec::new();
    performative.encode_frame(&mut octets);
    octets
}
