//! Certificates made on the fly, and a server that knows one user.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair,
};
use xiom::rustls::ServerOptions;
use xiom::{Server, TlsStyle, UserTable};

/// An authority with a server's and a client's certificate, all as PEM.
pub(crate) struct Pki {
    pub(crate) authority: String,
    pub(crate) server: (String, String),
    pub(crate) client: (String, String),
}

impl Pki {
    /// For the server `localhost` and the client `client1`.
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        // Two authorities of one name would be told apart by their signatures alone.
        let name = format!("authority {:02x?}", &key.public_key_raw()[1..9]);
        params.distinguished_name.push(DnType::CommonName, name);
        let issuer = CertifiedIssuer::self_signed(params, key).unwrap();
        let leaf = |name: &str, names: Vec<String>, usage| {
            let mut params = CertificateParams::new(names).unwrap();
            params.distinguished_name.push(DnType::CommonName, name);
            params.extended_key_usages = vec![usage];
            let key = KeyPair::generate().unwrap();
            let certificate = params.signed_by(&key, &issuer).unwrap();
            (certificate.pem(), key.serialize_pem())
        };
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        Self {
            authority: issuer.pem(),
            server: leaf("localhost", names, ExtendedKeyUsagePurpose::ServerAuth),
            client: leaf("client1", Vec::new(), ExtendedKeyUsagePurpose::ClientAuth),
        }
    }

    /// A server for `user` with `password`, the client's certificate, and nobody in particular.
    pub(crate) fn serve(&self, style: Option<TlsStyle>) -> Server {
        let users = UserTable::new()
            .with("user", "password")
            .unwrap()
            .with_certificate("client1")
            .with_anonymous();
        let builder = Server::builder(users);
        let builder = match style {
            None => builder,
            Some(style) => {
                let (chain, key) = &self.server;
                let options = ServerOptions::new(chain, key.as_str().into());
                builder.tls(style, options.optional_client_certificate(&self.authority))
            }
        };
        builder.build().unwrap()
    }
}
