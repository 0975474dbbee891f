//! The layers of both ends, and the application behind the server.
//!
//! The application tells the truth when it says yes: it compares the password, or gives the user's keys.

use core::fmt::Debug;
use core::hash::Hash;

use xiom_amqp_sasl::{Client, ClientConfig, Question, Server, ServerConfig};
use xiom_core::{Layer, OutcomeCode, Plain, Security, Stack, WireBuf};
use xiom_sasl::digest_md5::DigestKey;
use xiom_sasl::scram::Variant;
use xiom_sasl::server::{self, LookupAnswer, LookupRequest};
use xiom_sasl::{
    Credentials, Decoy, Established, Identity, Limits, Nonce, Policy, Protection, ScramKeys, client,
};
use xiom_testing::ToyEngine;
use xiom_tls::Tls;

/// What ships at the client's end, but for the engine.
pub type ClientLayers<L> = Stack<Client<client::Mechanism>, L>;
/// What ships at the server's end, but for the engine.
pub type ServerLayers<L> = Stack<Server<server::Mechanism>, L>;

/// The layer below SASL, at both ends.
pub trait Below: Layer + Clone + Eq + Hash + Debug + Send + Sync + 'static {
    /// Whether octets are sealed.
    const SEALS: bool;

    /// The layer of the end that dials, or of the end that accepts.
    fn new(is_client: bool) -> Self;
}

impl Below for Tls<ToyEngine> {
    const SEALS: bool = true;

    fn new(is_client: bool) -> Self {
        Self::new(if is_client { ToyEngine::client() } else { ToyEngine::server() })
    }
}

impl Below for Plain {
    const SEALS: bool = false;

    fn new(_is_client: bool) -> Self {
        Self::asserting(Security { confidential: true, ..Security::default() })
    }
}

/// How the client logs in.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Login {
    /// ANONYMOUS
    Anonymous,
    /// PLAIN
    Plain,
    /// SCRAM-SHA-256, bound to the channel where there is a channel to bind to.
    Scram,
    /// DIGEST-MD5, and its layer from then on where there is no other.
    Digest,
}

impl Login {
    /// The layers of a client whose password is right or wrong.
    pub(super) fn client<L: Below>(self, is_right: bool) -> Option<ClientLayers<L>> {
        let credentials = Credentials::new(USER, if is_right { PASSWORD } else { "no" });
        let nonce = Nonce::from_text("the-client-s-nonce")?;
        let mechanism = match self {
            Self::Anonymous => client::Anonymous::new(TRACE).ok()?.into(),
            Self::Plain => client::Plain::new(credentials).ok()?.into(),
            Self::Scram => client::Scram::new(variant::<L>(), credentials, nonce).ok()?.into(),
            Self::Digest => client::DigestMd5::new(credentials, "s", "h", nonce).ok()?.into(),
        };
        let config =
            ClientConfig { limits: limits(), policy: self.policy(), ..ClientConfig::default() };
        Some(Stack::new(Client::new(vec![mechanism], config), L::new(true)))
    }

    /// The layers of the server.
    pub(super) fn server<L: Below>(self) -> Option<ServerLayers<L>> {
        let decoy = Decoy::new([3; 32], 1, SALT.len());
        let nonce = Nonce::from_text("the-server-s-nonce")?;
        let mechanism = match self {
            Self::Anonymous => server::Anonymous::new().into(),
            Self::Plain => server::Plain::new(decoy).into(),
            Self::Scram => server::Scram::new(variant::<L>(), decoy, nonce).into(),
            Self::Digest => server::DigestMd5::new("s", "h", REALM, decoy, nonce).ok()?.into(),
        };
        let config =
            ServerConfig { limits: limits(), policy: self.policy(), ..ServerConfig::default() };
        Some(Stack::new(Server::new(vec![mechanism], config), L::new(false)))
    }

    /// What both ends demand; the layer is the one that costs least.
    fn policy(self) -> Policy {
        let is_legacy = self == Self::Digest;
        let require_layer = if is_legacy { Protection::Integrity } else { Protection::None };
        Policy { allow_legacy: is_legacy, require_layer, ..Policy::default() }
    }

    /// Whether the proof of a login is that of this very login.
    pub(super) fn is_proven<L: Below, T>(self, proof: &Established<T>) -> bool {
        let (name, identity) = match self {
            Self::Anonymous => ("ANONYMOUS", Identity::Anonymous(TRACE.into())),
            Self::Plain => ("PLAIN", Identity::User(USER.into())),
            Self::Scram if L::SEALS => ("SCRAM-SHA-256-PLUS", Identity::User(USER.into())),
            Self::Scram => ("SCRAM-SHA-256", Identity::User(USER.into())),
            Self::Digest => ("DIGEST-MD5", Identity::User(USER.into())),
        };
        let is_bound = self == Self::Scram && L::SEALS;
        let layer = if self == Self::Digest { Protection::Integrity } else { Protection::None };
        proof.mechanism() == name
            && proof.protection() == layer
            && proof.principal().identity == identity
            && proof.bound().is_some() == is_bound
    }
}

/// An answer of the application.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Answer {
    /// The truth of a look-up, or a permission.
    Yes,
    /// The user is not known, or may not come in.
    No,
    /// The store is down.
    Down,
}

impl Answer {
    /// Answers the question; whether it was a permission.
    pub(super) fn give(self, upper: &mut Server<server::Mechanism>, out: &mut WireBuf) -> bool {
        let question = upper.question().cloned();
        match (self, question) {
            (Self::Down, _) | (_, None) => upper.refuse(OutcomeCode::SysTemp, out),
            (_, Some(Question::Authorize(_))) => {
                upper.authorize(self == Self::Yes, out);
                return self == Self::Yes;
            }
            (_, Some(Question::Lookup(request))) => self.look_up(&request, upper, out),
        }
        false
    }

    fn look_up(
        self,
        request: &LookupRequest,
        upper: &mut Server<server::Mechanism>,
        out: &mut WireBuf,
    ) {
        let keys = ScramKeys::derive(xiom_sasl::scram::Hash::Sha256, PASSWORD, SALT, 1).ok();
        let known = keys.as_ref().filter(|_| self == Self::Yes);
        let digest = DigestKey::derive(USER, REALM, PASSWORD).ok();
        let answer = match request {
            LookupRequest::Password { user, password } => {
                let is_right = &**user == USER && password.expose() == PASSWORD.as_bytes();
                LookupAnswer::Verified(is_right && self == Self::Yes)
            }
            LookupRequest::Scram { user, .. } => {
                let known = known.filter(|_| &**user == USER);
                known.map_or(LookupAnswer::Unknown, LookupAnswer::Scram)
            }
            LookupRequest::DigestMd5 { user, realm } => {
                let is_known = self == Self::Yes && &**user == USER && &**realm == REALM;
                digest
                    .as_ref()
                    .filter(|_| is_known)
                    .map_or(LookupAnswer::Unknown, LookupAnswer::DigestMd5)
            }
            LookupRequest::Bearer { .. } | LookupRequest::SharedSecret { .. } | _ => {
                LookupAnswer::Unknown
            }
        };
        upper.lookup(answer, out);
    }
}

/// One iteration, so that a state costs microseconds.
fn limits() -> Limits {
    Limits { iterations: 1..=1, ..Limits::default() }
}

fn variant<L: Below>() -> Variant {
    if L::SEALS { Variant::Sha256Plus } else { Variant::Sha256 }
}

const USER: &str = "u";
const PASSWORD: &str = "pw";
const REALM: &str = "r";
const TRACE: &str = "t";
const SALT: &[u8] = b"salt";
