//! An authority that issues certificates for a test, and pairs of ends in memory.
//! What it issues is valid for a century around today, so that tests do not age.

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    date_time_ymd,
};
use xiom_core::{Cause, Secret, Stage, TlsFault};
use xiom_rustls::{
    Client, ClientEngine, ClientOptions, CryptoProvider, Server, ServerEngine, ServerOptions,
};
use xiom_testing::{Endpoint, pump};
use xiom_tls::Tls;

pub(crate) type ClientEnd = Endpoint<Tls<ClientEngine>>;
pub(crate) type ServerEnd = Endpoint<Tls<ServerEngine>>;

pub(crate) const NAME: &str = "broker.example";

/// A certificate chain and its key, as PEM.
#[derive(Clone)]
pub(crate) struct Identity {
    pub(crate) chain: String,
    pub(crate) key: String,
}

impl Identity {
    pub(crate) fn secret(&self) -> Secret {
        self.key.as_str().into()
    }

    pub(crate) fn server(&self) -> ServerOptions {
        ServerOptions::new(&self.chain, self.secret())
    }
}

/// An authority of its own.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(crate) pem: String,
    pub(crate) name: &'static str,
}

impl Authority {
    pub(crate) fn new(name: &'static str) -> Self {
        Self::with_key(name, KeyPair::generate().unwrap())
    }

    pub(crate) fn with_key(name: &'static str, key: KeyPair) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem, name }
    }

    pub(crate) fn issue(
        &self,
        name: &str,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Identity {
        let key = KeyPair::generate().unwrap();
        let mut params = params(name);
        change(&mut params);
        let chain = params.signed_by(&key, &self.issuer).unwrap().pem();
        Identity { chain, key: key.serialize_pem() }
    }

    pub(crate) fn client(&self) -> ClientOptions {
        ClientOptions::new().only_roots(&self.pem)
    }
}

/// A certificate that its own key signed.
pub(crate) fn self_signed(name: &str, change: impl FnOnce(&mut CertificateParams)) -> Identity {
    let key = KeyPair::generate().unwrap();
    let mut params = params(name);
    change(&mut params);
    Identity { chain: params.self_signed(&key).unwrap().pem(), key: key.serialize_pem() }
}

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2120, 1, 1);
    params.extended_key_usages =
        vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    params
}

pub(crate) fn client_end(client: &Client) -> ClientEnd {
    Endpoint::open(Tls::new(client.engine(NAME).unwrap()))
}

pub(crate) fn server_end(server: &Server) -> ServerEnd {
    Endpoint::open(Tls::new(server.engine().unwrap()))
}

/// Both ends after their handshake, or the failure of it.
pub(crate) fn shake(client: &Client, server: &Server) -> (ClientEnd, ServerEnd) {
    let (mut a, mut b) = (client_end(client), server_end(server));
    pump(&mut a, &mut b, usize::MAX);
    (a, b)
}

/// A client and a server that trust each other, changed a little.
pub(crate) fn pair(
    client: impl FnOnce(ClientOptions) -> ClientOptions,
    server: impl FnOnce(ServerOptions) -> ServerOptions,
) -> (Client, Server) {
    let authority = Authority::new("authority");
    let identity = authority.issue(NAME, |_| ());
    (client(authority.client()).build().unwrap(), server(identity.server()).build().unwrap())
}

pub(crate) fn handshake_fault<L: xiom_core::Layer>(end: &Endpoint<L>) -> TlsFault {
    fault_at(end, Stage::TlsHandshake)
}

pub(crate) fn fault_at<L: xiom_core::Layer>(end: &Endpoint<L>, stage: Stage) -> TlsFault {
    let failure = end.failure().expect("a failure");
    assert_eq!(failure.stage, stage, "{failure}");
    let Cause::Tls(fault) = failure.cause else { panic!("{failure}") };
    fault
}

/// A provider that knows the suites of TLS 1.2 only.
pub(crate) fn tls12() -> alloc::sync::Arc<CryptoProvider> {
    let mut provider = built_in();
    provider.cipher_suites.retain(|suite| suite.tls13().is_none());
    alloc::sync::Arc::new(provider)
}

#[cfg(feature = "aws-lc-rs")]
pub(crate) use rustls::crypto::aws_lc_rs::default_provider as built_in;
#[cfg(not(feature = "aws-lc-rs"))]
pub(crate) use rustls::crypto::ring::default_provider as built_in;
