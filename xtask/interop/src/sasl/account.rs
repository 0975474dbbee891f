//! The one account, and Xiom's mechanisms for it.

use anyhow::{Context as _, Result};
use xiom::core::{Bindings, EndPoint, Secret, Security};
use xiom::sasl::digest_md5::DigestKey;
use xiom::sasl::scram::Variant;
use xiom::sasl::server::{LookupAnswer, LookupRequest};
use xiom::sasl::{
    BindingType, Credentials, Decoy, Either, Identity, Nonce, ScramKeys, client, server,
};

use super::case::{Case, Detail};
use super::kerberos;

/// The user.
pub(crate) const USER: &str = "user";

/// The password of [`USER`].
pub(crate) const PASSWORD: &str = "password";

/// Another user, as Xiom has the name and the password, and as the peers have them: the same once they are
/// prepared by RFC 4013, and not before.
const UNICODE: [(&str, &str); 2] =
    [("ju\u{308}rgen", "I\u{ad}X \u{aa}"), ("j\u{fc}rgen", "\u{2168} a")];

/// The realm of [`USER`].
pub(crate) const REALM: &str = "xiom";

/// The service that the client wants.
pub(crate) const SERVICE: &str = "amqp";

/// The host of the service.
pub(crate) const HOST: &str = "localhost";

/// What a client says that must not come in.
pub(crate) const WRONG_PASSWORD: &str = "not the password";

/// Xiom's clients.
pub(crate) type Client = Either<client::Mechanism, client::Gssapi<xiom_gssapi::Context>>;

/// Xiom's servers.
pub(crate) type Server = Either<server::Mechanism, server::Gssapi<xiom_gssapi::Context>>;

/// Xiom's client for `case`.
pub(crate) fn client(case: Case) -> Result<Client> {
    if case.mechanism == "GSSAPI" {
        return kerberos::client(case.is_wrong).map(Either::B);
    }
    let [(user, password), _] = accounts(case);
    let password =
        if case.is_wrong && case.binding().is_none() { WRONG_PASSWORD } else { password };
    let credentials = Credentials::new(user, password);
    Ok(Either::A(match case.mechanism {
        "ANONYMOUS" => client::Anonymous::new("xiom")?.into(),
        "EXTERNAL" => client::External::new(None)?.into(),
        "PLAIN" => client::Plain::new(credentials)?.into(),
        "CRAM-MD5" => client::CramMd5::new(credentials)?.into(),
        "DIGEST-MD5" => client::DigestMd5::new(credentials, SERVICE, HOST, nonce()?)?.into(),
        name => client::Scram::new(variant(name)?, credentials, nonce()?)?.into(),
    }))
}

/// Xiom's server for `case`.
pub(crate) fn server(case: Case) -> Result<Server> {
    if case.mechanism == "GSSAPI" {
        return kerberos::server().map(Either::B);
    }
    let decoy = Decoy::new([7; 32], 4096, 16);
    Ok(Either::A(match case.mechanism {
        "ANONYMOUS" => server::Anonymous::new().into(),
        "EXTERNAL" => server::External::new().into(),
        "PLAIN" => server::Plain::new(decoy).into(),
        "CRAM-MD5" => server::CramMd5::new(HOST, decoy, &nonce()?)?.into(),
        "DIGEST-MD5" => server::DigestMd5::new(SERVICE, HOST, REALM, decoy, nonce()?)?.into(),
        name => server::Scram::new(variant(name)?, decoy, nonce()?).into(),
    }))
}

/// The user and the password that belong to `case`, as Xiom has them and as the peer has them.
pub(crate) const fn accounts(case: Case) -> [(&'static str, &'static str); 2] {
    match case.detail {
        Detail::Unicode => UNICODE,
        Detail::Nothing | Detail::Binding(_) | Detail::Cipher(_) => [(USER, PASSWORD); 2],
    }
}

/// What the store of a server knows.
#[derive(Debug)]
pub(crate) enum Found {
    Scram(ScramKeys),
    Digest(DigestKey),
    Secret(Secret),
    Verdict(bool),
    Nothing,
}

impl Found {
    /// The same as a mechanism takes it.
    pub(crate) const fn answer(&self) -> LookupAnswer<'_> {
        match self {
            Self::Scram(keys) => LookupAnswer::Scram(keys),
            Self::Digest(key) => LookupAnswer::DigestMd5(key),
            Self::Secret(secret) => LookupAnswer::Secret(secret),
            Self::Verdict(is_right) => LookupAnswer::Verified(*is_right),
            Self::Nothing => LookupAnswer::Unknown,
        }
    }
}

/// Looks up a user, whose name is prepared.
pub(crate) fn look_up(request: &LookupRequest) -> Result<Found> {
    let [(_, password), (prepared, _)] = UNICODE;
    Ok(match request {
        LookupRequest::Scram { user, hash } if **user == *USER => {
            Found::Scram(ScramKeys::derive(*hash, PASSWORD, SALT, 4096)?)
        }
        LookupRequest::Scram { user, hash } if **user == *prepared => {
            Found::Scram(ScramKeys::derive(*hash, password, SALT, 4096)?)
        }
        LookupRequest::DigestMd5 { user, realm } if **user == *USER => {
            Found::Digest(DigestKey::derive(USER, realm, PASSWORD)?)
        }
        LookupRequest::SharedSecret { user } if **user == *USER => {
            Found::Secret(Secret::new(PASSWORD))
        }
        LookupRequest::Password { user, password } => {
            Found::Verdict(**user == *USER && password.expose() == PASSWORD.as_bytes())
        }
        LookupRequest::Scram { .. }
        | LookupRequest::DigestMd5 { .. }
        | LookupRequest::SharedSecret { .. }
        | LookupRequest::Bearer { .. }
        | _ => Found::Nothing,
    })
}

/// The variant of SCRAM; its name is `SCRAM-`, the hash, and perhaps `-PLUS`.
fn variant(name: &str) -> Result<Variant> {
    Ok(match name {
        "SCRAM-SHA-1" => Variant::Sha1,
        "SCRAM-SHA-1-PLUS" => Variant::Sha1Plus,
        "SCRAM-SHA-256" => Variant::Sha256,
        "SCRAM-SHA-256-PLUS" => Variant::Sha256Plus,
        "SCRAM-SHA-512" => Variant::Sha512,
        "SCRAM-SHA-512-PLUS" => Variant::Sha512Plus,
        _ => anyhow::bail!("Xiom has no mechanism {name}"),
    })
}

/// A fresh nonce.
pub(crate) fn nonce() -> Result<Nonce> {
    let mut entropy = [0; Nonce::ENTROPY];
    getrandom::fill(&mut entropy).context("no entropy")?;
    Ok(Nonce::new(entropy))
}

/// The channel below, as Xiom sees it: confidential, with a certificate, and with the bindings of `case`.
pub(crate) fn security(case: Case) -> Security {
    let mut bindings = Bindings::default();
    // Where the channel must be another one, it is so for Xiom; the peer has the octets of `binding`.
    let octet = if case.is_wrong { OCTET + 1 } else { OCTET };
    match case.binding() {
        Some(BindingType::TlsExporter) => bindings.exporter = Some([octet; 32]),
        Some(_) => bindings.end_point = EndPoint::new(&[octet; 32]),
        None => {}
    }
    Security { confidential: true, certificate: true, peer: Some(USER.into()), bindings }
}

/// The octets that the peer binds to.
pub(crate) const fn binding() -> [u8; 32] {
    [OCTET; 32]
}

/// Whether the server knows the right one to be there.
pub(crate) fn is_right(identity: &Identity, case: Case) -> bool {
    match identity {
        Identity::Anonymous(_) => case.mechanism == "ANONYMOUS",
        Identity::External(name) => case.mechanism == "EXTERNAL" && **name == *USER,
        Identity::User(name) => {
            let [_, (prepared, _)] = accounts(case);
            **name == *prepared && case.mechanism != "GSSAPI"
        }
        Identity::Kerberos(name) => **name == *kerberos::PRINCIPAL,
        Identity::Bearer(_) => false,
    }
}

/// The salt of all users here.
const SALT: &[u8] = b"some 16 octets..";

/// What channel bindings are made of here.
const OCTET: u8 = 0xb1;
