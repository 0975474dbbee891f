//! What the targets of mechanisms share: how an input chooses one, and the channel below it.
//!
//! An input is an octet for the mechanism, an octet for the channel, and operations: an octet that says
//! which, an octet of length, and so many octets of a message. Nonces, names and passwords are fixed, so that
//! a recorded exchange stays good and an engine can find the way to its end.

use xiom_core::{AuthFault, Bindings, EndPoint, Security};
use xiom_sasl::client::ClientMechanism;
use xiom_sasl::scram::Variant;
use xiom_sasl::{
    BindingOffer, Context, Credentials, Decoy, LayerRange, Limits, Nonce, Protection, client,
    oauth, server,
};

mod exchange;

pub(super) use exchange::{good, hides_keys, transcript};

pub(super) const USER: &str = "user";
pub(super) const PASSWORD: &str = "Sw0rdfish:of,the=target";
pub(super) const TOKEN: &str = "Sw0rdfish.of.the-target";
pub(super) const REALM: &str = "example.com";
pub(super) const HOST: &str = "broker.example.com";

/// Every mechanism, in the order of their numbers in an input.
pub(super) const KINDS: [Kind; 15] = [
    Kind::Scram(Variant::Sha1),
    Kind::Scram(Variant::Sha1Plus),
    Kind::Scram(Variant::Sha256),
    Kind::Scram(Variant::Sha256Plus),
    Kind::Scram(Variant::Sha512),
    Kind::Scram(Variant::Sha512Plus),
    Kind::Plain,
    Kind::Anonymous,
    Kind::External,
    Kind::Mssbcbs,
    Kind::OAuth(oauth::Variant::OAuthBearer),
    Kind::OAuth(oauth::Variant::XOAuth2),
    Kind::CramMd5,
    Kind::DigestMd5,
    Kind::Gssapi,
];

/// Which mechanism.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Scram(Variant),
    Plain,
    Anonymous,
    External,
    Mssbcbs,
    OAuth(oauth::Variant),
    CramMd5,
    DigestMd5,
    Gssapi,
}

impl Kind {
    /// The mechanism that an octet chooses.
    pub(super) fn of(octet: u8) -> Self {
        let count = KINDS.len();
        let at = usize::from(octet).checked_rem(count).unwrap_or_default();
        KINDS.get(at).copied().unwrap_or(Self::Plain)
    }

    /// The client of any mechanism that is no other type; that is all but GSSAPI.
    pub(super) fn client(self) -> Result<client::Mechanism, AuthFault> {
        let credentials = Credentials::new(USER, PASSWORD);
        let nonce = Nonce::new([0xC1; Nonce::ENTROPY]);
        Ok(match self {
            Self::Scram(variant) => client::Scram::new(variant, credentials, nonce)?.into(),
            Self::Plain => client::Plain::new(credentials)?.into(),
            Self::Anonymous | Self::Gssapi => client::Anonymous::new("trace")?.into(),
            Self::External => client::External::new(Some("other"))?.into(),
            Self::Mssbcbs => client::Mssbcbs::new().into(),
            Self::OAuth(variant) => client::OAuth::new(variant, TOKEN, Some(USER))?.into(),
            Self::CramMd5 => client::CramMd5::new(credentials)?.into(),
            Self::DigestMd5 => client::DigestMd5::new(credentials, "amqp", HOST, nonce)?.into(),
        })
    }

    /// The server of any mechanism that is no other type.
    pub(super) fn server(self) -> Result<server::Mechanism, AuthFault> {
        let nonce = Nonce::new([0x5E; Nonce::ENTROPY]);
        let decoy = Decoy::new([3; 32], 2, 16);
        Ok(match self {
            Self::Scram(variant) => server::Scram::new(variant, decoy, nonce).into(),
            Self::Plain => server::Plain::new(decoy).into(),
            Self::Anonymous | Self::Gssapi => server::Anonymous::new().into(),
            Self::External => server::External::new().into(),
            Self::Mssbcbs => server::Mssbcbs::new().into(),
            Self::OAuth(variant) => server::OAuth::new(variant).into(),
            Self::CramMd5 => server::CramMd5::new(HOST, decoy, &nonce)?.into(),
            Self::DigestMd5 => server::DigestMd5::new("amqp", HOST, REALM, decoy, nonce)?.into(),
        })
    }
}

/// What lies below an exchange, and what its policy permits.
#[derive(Debug)]
pub(super) struct Below {
    security: Security,
    limits: Limits,
    octet: u8,
}

impl Below {
    /// What an octet of the input says.
    pub(super) fn of(octet: u8) -> Self {
        let has = |bit: u8| octet & bit != 0;
        let bindings = Bindings { exporter: Some([7; 32]), end_point: EndPoint::new(&[9; 32]) };
        let security = Security {
            confidential: has(1),
            certificate: has(2),
            peer: has(2).then(|| "CN=client1".into()),
            bindings: if has(4) { bindings } else { Bindings::default() },
        };
        // A run that hashes thousands of times finds nothing that one with eight rounds does not.
        let limits = Limits { message: 1 << 10, iterations: 1..=8, ..Limits::default() };
        Self { security, limits, octet }
    }

    /// Whether a secret may be shown.
    pub(super) const fn may_show(&self) -> bool {
        self.octet & 0b1001 != 0
    }

    pub(super) fn cx(&self) -> Context<'_> {
        let binding = match self.octet >> 4 & 3 {
            0 => BindingOffer::None,
            1 => BindingOffer::Withheld,
            _ => BindingOffer::Offered,
        };
        let (least, most) = match self.octet >> 6 {
            0 => (Protection::None, Protection::None),
            1 => (Protection::None, Protection::Confidentiality),
            2 => (Protection::Integrity, Protection::Integrity),
            _ => (Protection::Confidentiality, Protection::Confidentiality),
        };
        Context::new(&self.security, &self.limits)
            .with_binding(binding)
            .with_cleartext(self.octet & 8 != 0)
            .with_layers(LayerRange { least, most })
    }
}

/// The parts of the messages of good exchanges, and the names of the mechanisms.
pub(super) fn words() -> Vec<Vec<u8>> {
    let mut words = Vec::new();
    for kind in KINDS {
        words.extend(kind.client().map(|client| client.properties().name.into()));
        let exchange = transcript(kind, 0b0110_0111).unwrap_or_default();
        for message in exchange.to_client.iter().chain(&exchange.to_server) {
            let parts = message.split(|octet| matches!(octet, b',' | b'\0' | 1));
            let parts = parts.filter(|part| (1..=64).contains(&part.len()) && part.is_ascii());
            words.extend(parts.map(<[u8]>::to_vec));
        }
    }
    words
}

/// One operation of an input: which, and a message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Op<'a> {
    pub(super) which: u8,
    pub(super) message: &'a [u8],
}

/// The operations of an input.
#[derive(Clone, Debug)]
pub(super) struct Ops<'a>(&'a [u8]);

impl<'a> Ops<'a> {
    /// The mechanism, what is below, and the operations.
    pub(super) fn of(input: &'a [u8]) -> Option<(Kind, Below, Self)> {
        let (&[kind, below], rest) = input.split_first_chunk()?;
        Some((Kind::of(kind), Below::of(below), Self(rest)))
    }
}

impl<'a> Iterator for Ops<'a> {
    type Item = Op<'a>;

    /// The last message may be shorter than its length says.
    fn next(&mut self) -> Option<Op<'a>> {
        let (&[which, length], rest) = self.0.split_first_chunk()?;
        let (message, rest) = rest.split_at(rest.len().min(usize::from(length)));
        self.0 = rest;
        Some(Op { which, message })
    }
}

/// An operation as it stands in an input; a message that is too long is cut.
pub(super) fn op(which: u8, message: &[u8]) -> Vec<u8> {
    let length = u8::try_from(message.len()).unwrap_or(u8::MAX);
    let message = message.get(..usize::from(length)).unwrap_or_default();
    [&[which, length][..], message].concat()
}

/// Judges that `shown` has nothing of the password or the token.
pub(super) fn hides(shown: &str) {
    for secret in [PASSWORD, TOKEN] {
        assert!(!shown.contains(secret), "{shown}");
        let octets = format!("{:?}", secret.as_bytes());
        assert!(!shown.contains(octets.trim_matches(['[', ']'])), "{shown}");
    }
}
