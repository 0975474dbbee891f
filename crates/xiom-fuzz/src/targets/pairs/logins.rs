//! Both ends of a login: AMQP SASL or Thrift SASL, over the toy TLS or over a channel that is as it is.
//!
//! The application behind the server tells the truth: it compares the password, or gives the user's keys.

use std::sync::LazyLock;

use xiom_core::{AuthFault, Bindings, OutcomeCode, Plain, Security, Stack, WireBuf};
use xiom_model::models::answers::Asks;
use xiom_model::world::Layers;
use xiom_sasl::digest_md5::DigestKey;
use xiom_sasl::scram::{Hash, Variant};
use xiom_sasl::server::{self, LookupAnswer, LookupRequest, Question};
use xiom_sasl::{Credentials, Decoy, Limits, Nonce, Policy, Protection, ScramKeys, client};
use xiom_testing::ToyEngine;
use xiom_tls::Tls;

use super::super::sasl::{HOST, PASSWORD, REALM, USER};

/// How the client logs in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::targets) enum Login {
    Plain,
    Scram,
    /// DIGEST-MD5 with a layer of integrity, and with one of confidentiality.
    Integrity,
    Confidentiality,
    Anonymous,
    External,
}

/// A login, and what lies below it.
#[derive(Clone, Copy, Debug)]
pub(in crate::targets) struct Case {
    pub(in crate::targets) login: Login,
    /// The toy TLS lies below, or nothing does.
    pub(in crate::targets) has_tls: bool,
    /// The client knows the password.
    pub(in crate::targets) is_right: bool,
    /// The channel without TLS is asserted to be confidential.
    is_trusted: bool,
}

impl Login {
    pub(super) const ALL: [Self; 6] = [
        Self::Plain,
        Self::Scram,
        Self::Integrity,
        Self::Confidentiality,
        Self::Anonymous,
        Self::External,
    ];

    /// Whether the server proves itself, too, and the client proves that it knows the password.
    pub(super) const fn is_mutual(self) -> bool {
        matches!(self, Self::Scram) || self.has_layer()
    }

    pub(super) const fn has_layer(self) -> bool {
        matches!(self, Self::Integrity | Self::Confidentiality)
    }

    pub(super) const fn has_password(self) -> bool {
        matches!(self, Self::Plain) || self.is_mutual()
    }
}

impl Case {
    /// The login of an input, and its steps.
    pub(in crate::targets) fn of(input: &[u8]) -> Option<(Self, &[u8])> {
        let (&[login, below], steps) = input.split_first_chunk()?;
        let login = usize::from(login).checked_rem(Login::ALL.len())?;
        let login = *Login::ALL.get(login)?;
        let has = |bit: u8| below & bit != 0;
        Some((Self { login, has_tls: has(1), is_right: !has(2), is_trusted: !has(4) }, steps))
    }

    /// Whether the password may be written as it is.
    pub(super) fn may_show(self) -> bool {
        self.login == Login::Plain && !self.has_tls && self.is_trusted
    }

    /// Whether a pair that nobody disturbs opens.
    pub(super) fn opens(self) -> bool {
        let is_permitted = self.login != Login::Plain || self.has_tls || self.is_trusted;
        is_permitted && (self.is_right || !self.login.has_password())
    }

    fn client(self) -> Result<client::Mechanism, AuthFault> {
        let password = if self.is_right { PASSWORD } else { "another-of-no-use" };
        let credentials = Credentials::new(USER, password);
        let nonce = Nonce::new([0xC1; Nonce::ENTROPY]);
        Ok(match self.login {
            Login::Plain => client::Plain::new(credentials)?.into(),
            Login::Scram => client::Scram::new(self.variant(), credentials, nonce)?.into(),
            Login::Integrity | Login::Confidentiality => {
                client::DigestMd5::new(credentials, "amqp", HOST, nonce)?.into()
            }
            Login::Anonymous => client::Anonymous::new("trace")?.into(),
            Login::External => client::External::new(None)?.into(),
        })
    }

    fn server(self) -> Result<server::Mechanism, AuthFault> {
        let nonce = Nonce::new([0x5E; Nonce::ENTROPY]);
        let decoy = Decoy::new([3; 32], 1, 16);
        Ok(match self.login {
            Login::Plain => server::Plain::new(decoy).into(),
            Login::Scram => server::Scram::new(self.variant(), decoy, nonce).into(),
            Login::Integrity | Login::Confidentiality => {
                server::DigestMd5::new("amqp", HOST, REALM, decoy, nonce)?.into()
            }
            Login::Anonymous => server::Anonymous::new().into(),
            Login::External => server::External::new().into(),
        })
    }

    const fn variant(self) -> Variant {
        if self.has_tls { Variant::Sha256Plus } else { Variant::Sha256 }
    }

    fn policy(self) -> Policy {
        let require_layer = match self.login {
            Login::Integrity => Protection::Integrity,
            Login::Confidentiality => Protection::Confidentiality,
            Login::Plain | Login::Scram | Login::Anonymous | Login::External => Protection::None,
        };
        Policy { allow_legacy: self.login.has_layer(), require_layer, ..Policy::default() }
    }

    /// What is asserted of a channel without TLS, or promised by the toy.
    fn security(self) -> Security {
        let is_external = self.login == Login::External;
        Security {
            confidential: self.has_tls || self.is_trusted,
            certificate: is_external,
            peer: is_external.then(|| "CN=client1".into()),
            bindings: self.bindings(),
        }
    }

    /// What a mechanism can bind to.
    fn bindings(self) -> Bindings {
        Bindings { exporter: self.has_tls.then_some([7; 32]), end_point: None }
    }

    pub(in crate::targets) fn plain(self) -> (Plain, Plain) {
        (Plain::asserting(self.security()), Plain::asserting(self.security()))
    }

    pub(in crate::targets) fn tls(self) -> (Tls<ToyEngine>, Tls<ToyEngine>) {
        let client = ToyEngine::client().with_security(self.security());
        let server = ToyEngine::server().with_security(self.security());
        (Tls::new(client), Tls::new(server))
    }
}

/// One iteration: what is slow finds nothing.
fn limits() -> Limits {
    Limits { iterations: 1..=1, message: 1 << 10, ..Limits::default() }
}

/// Both ends over layers of one kind.
type Ends<C, S, L> = (Stack<C, L>, Stack<S, L>);

/// Both ends of AMQP SASL over `below`.
pub(in crate::targets) fn amqp<L: Layers>(
    case: Case,
    below: (L, L),
) -> Result<Ends<xiom_amqp_sasl::Client, xiom_amqp_sasl::Server, L>, AuthFault> {
    use xiom_amqp_sasl::{Client, ClientConfig, Server, ServerConfig};
    let (limits, policy) = (limits(), case.policy());
    let config =
        ClientConfig { limits: limits.clone(), policy: policy.clone(), ..ClientConfig::default() };
    let client = Client::new(vec![case.client()?], config);
    let config = ServerConfig { limits, policy, ..ServerConfig::default() };
    let server = Server::new(vec![case.server()?], config);
    Ok((Stack::new(client, below.0), Stack::new(server, below.1)))
}

/// Both ends of Thrift SASL over `below`.
pub(in crate::targets) fn thrift<L: Layers>(
    case: Case,
    below: (L, L),
) -> Result<Ends<xiom_thrift_sasl::Client, xiom_thrift_sasl::Server, L>, AuthFault> {
    use xiom_thrift_sasl::{Client, ClientConfig, Server, ServerConfig};
    let (limits, policy) = (limits(), case.policy());
    let config =
        ClientConfig { limits: limits.clone(), policy: policy.clone(), ..ClientConfig::default() };
    let client = Client::new(case.client()?, config);
    let config = ServerConfig { limits, policy, ..ServerConfig::default() };
    let server = Server::new(vec![case.server()?], config);
    Ok((Stack::new(client, below.0), Stack::new(server, below.1)))
}

/// Layers of a server.
pub(in crate::targets) trait Proven {
    /// Whether its mechanism has succeeded.
    fn is_proven(&self) -> bool;
}

impl<L: Layers> Proven for Stack<xiom_amqp_sasl::Server, L> {
    fn is_proven(&self) -> bool {
        self.upper().established().is_some()
    }
}

impl<L: Layers> Proven for Stack<xiom_thrift_sasl::Server, L> {
    fn is_proven(&self) -> bool {
        self.upper().established().is_some()
    }
}

/// The truth of a look-up, and a permission.
pub(super) fn truth<S: Asks>(server: &mut S, out: &mut WireBuf) {
    match server.question().cloned() {
        Some(Question::Lookup(request)) => look_up(&request, server, out),
        Some(Question::Authorize(_)) | None => server.authorize(true, out),
    }
}

/// No such user, and no permission.
pub(super) fn denial<S: Asks>(server: &mut S, out: &mut WireBuf) {
    match server.question() {
        Some(Question::Lookup(_)) => server.lookup(LookupAnswer::Unknown, out),
        Some(Question::Authorize(_)) | None => server.authorize(false, out),
    }
}

/// The store is down.
pub(super) fn refusal<S: Asks>(server: &mut S, out: &mut WireBuf) {
    server.refuse(OutcomeCode::SysTemp, out);
}

fn look_up<S: Asks>(request: &LookupRequest, server: &mut S, out: &mut WireBuf) {
    static SCRAM: LazyLock<Option<ScramKeys>> =
        LazyLock::new(|| ScramKeys::derive(Hash::Sha256, PASSWORD, b"salt-of-16-octet", 1).ok());
    static DIGEST: LazyLock<Option<DigestKey>> =
        LazyLock::new(|| DigestKey::derive(USER, REALM, PASSWORD).ok());
    let answer = match request {
        LookupRequest::Password { user, password } => {
            let is_right = &**user == USER && password.expose() == PASSWORD.as_bytes();
            LookupAnswer::Verified(is_right)
        }
        LookupRequest::Scram { user, .. } if &**user == USER => {
            SCRAM.as_ref().map_or(LookupAnswer::Unknown, LookupAnswer::Scram)
        }
        LookupRequest::DigestMd5 { user, realm } if &**user == USER && &**realm == REALM => {
            DIGEST.as_ref().map_or(LookupAnswer::Unknown, LookupAnswer::DigestMd5)
        }
        LookupRequest::Scram { .. } | LookupRequest::DigestMd5 { .. } | _ => LookupAnswer::Unknown,
    };
    server.lookup(answer, out);
}
