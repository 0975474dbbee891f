//! A server: everything that decides who comes in, checked once.

use alloc::sync::Arc;
use core::fmt;

use xiom_amqp_sasl::{HeaderExchange, ServerConfig};
use xiom_core::{Plain, Secret, Stack};
use xiom_rustls::ServerEngine;
use xiom_sasl::oauth;
use xiom_sasl::scram::Variant;
use xiom_sasl::server::{
    Anonymous, External, Mssbcbs, OAuth, Plain as PlainMechanism, Scram, ServerMechanism as _,
};
use xiom_tls::{Tls, Truncated};

use crate::mechanisms::server;
use crate::{
    Error, Offers, Protocol, ServerMechanism, ServerSasl, TlsStyle, Transport, Users, login,
};

mod builder;
mod reply;

pub use builder::ServerBuilder;
pub use reply::Reply;

/// The layers of a server: SASL over TLS over the socket.
pub type ServerLayers = Stack<ServerSasl, Transport<ServerEngine>>;

/// How to accept clients; build once, accept often.
///
/// What one client can ask of it before it is in has bounds: [`ServerBuilder::deadline`] for the time,
/// [`xiom_sasl::Limits::rounds`] challenges and one more frame, each of at most
/// [`ServerBuilder::frame_limit`] octets, for what is read, and one derivation of keys of the store's own
/// iterations for what is computed. How many clients may be under way at once is for whoever accepts
/// sockets to bound.
///
/// ```
/// let users = xiom::UserTable::new().with("guest", "guest")?;
/// let server = xiom::Server::builder(users).build()?;
/// assert!(server.layers().is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Server {
    users: Arc<dyn Users>,
    /// Of this the users that do not exist are made, unless the store has a key of its own for them.
    decoy: Secret,
    protocol: Protocol,
    sasl: ServerConfig,
    thrift_frame_limit: xiom_thrift_sasl::FrameLimit,
    whole_frames: bool,
    /// The name of the service, as DIGEST-MD5 knows it.
    #[cfg(feature = "legacy")]
    service: String,
    only: Vec<String>,
    cbs: bool,
    /// Host and realm of DIGEST-MD5; the host of CRAM-MD5.
    #[cfg(feature = "legacy")]
    realm: Option<(String, String)>,
    #[cfg(feature = "gssapi")]
    kerberos: Option<xiom_gssapi::Service>,
    truncated: Truncated,
    pub(crate) socket: xiom_xio::Config,
    tls: Option<(TlsStyle, xiom_rustls::Server)>,
}

impl Server {
    /// A server for `users`, to be told more; without TLS until it is.
    pub fn builder(users: impl Users + 'static) -> ServerBuilder {
        ServerBuilder::new(Arc::new(users))
    }

    /// What its clients speak.
    #[must_use]
    pub fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// The most octets of one frame of Thrift.
    #[must_use]
    pub fn thrift_frame_limit(&self) -> u32 {
        self.thrift_frame_limit.octets()
    }

    /// Fresh layers for one connection, for those who drive the channel themselves; their questions are
    /// answered by [`Self::ask`] and [`Reply::give`].
    ///
    /// # Errors
    ///
    /// Returns [`Error`] when the options cannot be used or the system gives no random octets.
    pub fn layers(&self) -> Result<ServerLayers, Error> {
        Ok(Stack::new(self.sasl_layer()?, self.transport()?))
    }

    /// A fresh layer of SASL, for those who put it on something of their own.
    ///
    /// # Errors
    ///
    /// Returns [`Error`] when the options cannot be used or the system gives no random octets.
    pub fn sasl_layer(&self) -> Result<ServerSasl, Error> {
        let (mechanisms, config) = (self.mechanisms()?, self.sasl.clone());
        Ok(match self.protocol {
            Protocol::Amqp => ServerSasl::Amqp(xiom_amqp_sasl::Server::new(mechanisms, config)),
            Protocol::Thrift => {
                let config = xiom_thrift_sasl::ServerConfig {
                    policy: config.policy,
                    limits: config.limits,
                    frame_limit: self.thrift_frame_limit,
                    whole_frames: self.whole_frames,
                    ..Default::default()
                };
                ServerSasl::Thrift(xiom_thrift_sasl::Server::new(mechanisms, config))
            }
        })
    }

    /// Fresh layers below SASL, for those who put something of their own on them.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Options`] when the cryptography does not work.
    pub fn transport(&self) -> Result<Transport<ServerEngine>, Error> {
        let Some((style, server)) = &self.tls else {
            return Ok(Transport::Plain(Plain::default()));
        };
        let tls = Tls::new(server.engine()?).with_truncated(self.truncated);
        Ok(match style {
            TlsStyle::Direct => Transport::Direct(tls),
            TlsStyle::Header => Transport::Header(Stack::new(tls, HeaderExchange::tls_server())),
        })
    }

    /// Asks the users what `layers` ask; the future holds nothing of either, so that the connection can be
    /// driven, and dropped, meanwhile.
    pub fn ask(&self, layers: &ServerLayers) -> impl Future<Output = Reply> + Send + use<> {
        reply::ask(Arc::clone(&self.users), layers.upper().question().cloned())
    }

    /// Whether there is a mechanism for each name that was given.
    fn has_all_named(&self) -> Result<bool, Error> {
        let mechanisms = self.mechanisms()?;
        let is_there = |name: &String| {
            mechanisms.iter().any(|one| one.properties().name.eq_ignore_ascii_case(name))
        };
        Ok(self.only.iter().all(is_there))
    }

    //= SRS_SASL_MECHANISMS_01_140
    /// All mechanisms that the users have; the policy and the channel decide which are offered.
    fn mechanisms(&self) -> Result<Vec<ServerMechanism>, Error> {
        let offers = self.users.offers();
        let mut mechanisms = Vec::new();
        for variant in Variant::ALL {
            if offers.has(variant.hash()) {
                let decoy = self.users.likeness(variant.hash()).decoy(&self.decoy);
                mechanisms.push(server(Scram::new(variant, decoy, login::nonce()?)));
            }
        }
        if offers.external {
            mechanisms.push(server(External::new()));
        }
        if offers.bearer {
            mechanisms.push(server(OAuth::new(oauth::Variant::OAuthBearer)));
            mechanisms.push(server(OAuth::new(oauth::Variant::XOAuth2)));
        }
        if offers.plain {
            mechanisms.push(server(self.plain(offers)));
        }
        if offers.anonymous {
            mechanisms.push(server(Anonymous::new()));
            //= SRS_SASL_MECHANISMS_01_141
            if self.cbs {
                mechanisms.push(server(Mssbcbs::new()));
            }
        }
        #[cfg(feature = "legacy")]
        self.legacy(offers, &mut mechanisms)?;
        #[cfg(feature = "gssapi")]
        if let Some(service) = &self.kerberos {
            let gssapi = xiom_sasl::server::Gssapi::new(service.context());
            mechanisms.push(ServerMechanism::B(gssapi));
        }
        mechanisms.retain(|one| login::is_named(one.properties().name, &self.only));
        Ok(mechanisms)
    }

    /// What is broken: offered only where the policy allows it, too.
    #[cfg(feature = "legacy")]
    fn legacy(&self, offers: Offers, mechanisms: &mut Vec<ServerMechanism>) -> Result<(), Error> {
        use xiom_sasl::server::{CramMd5, DigestMd5};
        let Some((host, realm)) = &self.realm else { return Ok(()) };
        let decoy = || crate::Likeness::default().decoy(&self.decoy);
        if offers.digest_md5 {
            let digest = DigestMd5::new(&self.service, host, realm, decoy(), login::nonce()?)?;
            mechanisms.push(server(digest));
        }
        if offers.cram_md5 {
            mechanisms.push(server(CramMd5::new(host, decoy(), &login::nonce()?)?));
        }
        Ok(())
    }

    /// PLAIN, whose users that do not exist cost as much as most that do.
    fn plain(&self, offers: Offers) -> PlainMechanism {
        let Some(hash) = offers.password_hash() else {
            let likeness = crate::Likeness::default();
            return PlainMechanism::new(likeness.decoy(&self.decoy));
        };
        let decoy = self.users.likeness(hash).decoy(&self.decoy);
        //= SRS_SASL_MECHANISMS_01_146
        PlainMechanism::new(decoy.with_password_hash(hash))
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("sasl", &self.sasl)
            .field("socket", &self.socket)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use xiom_sasl::scram::Hash;

    use super::*;
    use crate::UserTable;

    //= test SRS_SASL_MECHANISMS_01_146
    #[test]
    fn plain_derives_for_nobody_as_for_most() {
        let mut users = UserTable::new();
        for (user, iterations) in [("ann", 4096), ("bob", 5000), ("eve", 5000)] {
            users.add(user, "pencil", &[Hash::Sha512], iterations).unwrap();
        }
        let server = Server::builder(users).build().unwrap();
        let plain = format!("{:?}", server.plain(server.users.offers()));
        assert!(plain.contains("iterations: 5000") && plain.contains("hash: Sha512"), "{plain}");
    }
}
