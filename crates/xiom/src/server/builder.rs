//! A server that is being told how to accept.

use alloc::sync::Arc;
use core::fmt;
use core::time::Duration;

use xiom_amqp_sasl::{FrameLimit, ServerConfig};
use xiom_core::{Limits, Secret};
use xiom_rustls::ServerOptions;
use xiom_sasl::{Policy, Protection};
use xiom_tls::Truncated;

use super::Server;
use crate::{Error, Protocol, TlsStyle, Users};

/// A [`Server`] that is being told how to accept.
#[must_use = "a builder does nothing until it is built"]
pub struct ServerBuilder {
    users: Arc<dyn Users>,
    protocol: Protocol,
    sasl: ServerConfig,
    thrift_frame_limit: xiom_thrift_sasl::FrameLimit,
    whole_frames: bool,
    #[cfg(any(feature = "gssapi", feature = "legacy"))]
    service: Option<String>,
    only: Vec<String>,
    cbs: bool,
    #[cfg(feature = "legacy")]
    realm: Option<(String, String)>,
    #[cfg(feature = "gssapi")]
    kerberos: Option<xiom_gssapi::Service>,
    truncated: Truncated,
    socket: xiom_xio::Config,
    tls: Option<(TlsStyle, ServerOptions)>,
}

impl ServerBuilder {
    pub(super) fn new(users: Arc<dyn Users>) -> Self {
        Self {
            users,
            protocol: Protocol::Amqp,
            sasl: ServerConfig::default(),
            thrift_frame_limit: xiom_thrift_sasl::FrameLimit::default(),
            whole_frames: false,
            #[cfg(any(feature = "gssapi", feature = "legacy"))]
            service: None,
            only: Vec::new(),
            cbs: false,
            #[cfg(feature = "legacy")]
            realm: None,
            #[cfg(feature = "gssapi")]
            kerberos: None,
            truncated: Truncated::Refuse,
            socket: xiom_xio::Config::SERVER,
            tls: None,
        }
    }

    /// Speaks this protocol; AMQP by default.
    pub fn protocol(mut self, protocol: Protocol) -> Self {
        self.protocol = protocol;
        self
    }

    /// Names the service for GSSAPI and DIGEST-MD5; `amqp` for AMQP and `hive` for Thrift by default.
    ///
    /// Say so, and which protocol is spoken, before [`Self::kerberos`].
    #[cfg(any(feature = "gssapi", feature = "legacy"))]
    pub fn service(mut self, name: impl Into<String>) -> Self {
        self.service = Some(name.into());
        self
    }

    #[cfg(any(feature = "gssapi", feature = "legacy"))]
    fn service_name(&self) -> &str {
        let usual = match self.protocol {
            Protocol::Amqp => "amqp",
            Protocol::Thrift => "hive",
        };
        self.service.as_deref().unwrap_or(usual)
    }

    /// Takes and sends frames of Thrift of up to `octets`; 16 384 000 by default.
    pub fn thrift_frame_limit(mut self, octets: u32) -> Self {
        let limit = xiom_thrift_sasl::FrameLimit::new(octets);
        let message = usize::try_from(limit.octets()).unwrap_or(usize::MAX);
        self.socket.limits.message = self.socket.limits.message.max(message);
        self.thrift_frame_limit = limit;
        self
    }

    /// Sends each message as one frame of Thrift, although the client has announced a smaller buffer for
    /// protected octets.
    pub fn whole_frames(mut self) -> Self {
        self.whole_frames = true;
        self
    }

    /// Speaks TLS in this style, with the options of [`ServerOptions`].
    pub fn tls(mut self, style: TlsStyle, options: ServerOptions) -> Self {
        self.tls = Some((style, options));
        self
    }

    /// Demands this of the mechanisms that are offered.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.sasl.policy = policy;
        self
    }

    /// Offers none but these mechanisms, of those that the users have; naming MSSBCBS asks for it.
    pub fn only_mechanisms<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        self.only = names.into_iter().map(Into::into).collect();
        self.cbs |= self.only.iter().any(|name| name.eq_ignore_ascii_case("MSSBCBS"));
        self
    }

    /// Offers MSSBCBS, too, to clients that bring a token later, over AMQP.
    ///
    /// Such a client is nobody in particular, so it comes in only where the users admit those; who it is
    /// must then be judged by the `$cbs` node above.
    pub fn cbs(mut self) -> Self {
        self.cbs = true;
        self
    }

    /// Offers only mechanisms that bind the login to this TLS channel.
    pub fn require_binding(mut self) -> Self {
        self.sasl.policy.require_binding = true;
        self
    }

    /// Offers only mechanisms by which this server proves that it knows the credentials.
    pub fn require_mutual(mut self) -> Self {
        self.sasl.policy.require_mutual = true;
        self
    }

    /// Offers only mechanisms that then protect the octets at least so.
    pub fn require_layer(mut self, protection: Protection) -> Self {
        self.sasl.policy.require_layer = protection;
        self
    }

    /// Keeps these bounds of the mechanisms' exchanges.
    pub fn sasl_limits(mut self, limits: xiom_sasl::Limits) -> Self {
        self.sasl.limits = limits;
        self
    }

    /// Offers DIGEST-MD5 for this `realm` and CRAM-MD5 to clients that know the server as `host`, where
    /// the users have what these need.
    #[cfg(feature = "legacy")]
    pub fn allow_legacy(mut self, host: impl Into<String>, realm: impl Into<String>) -> Self {
        self.realm = Some((host.into(), realm.into()));
        self.sasl.policy.allow_legacy = true;
        self
    }

    /// Offers GSSAPI to clients that know the service on this `host`, with the key in `keytab`;
    /// without a host under any name that the keytab has, without a keytab with that of the machine.
    ///
    /// The users decide by [`Users::authorize`] on [`xiom_sasl::Identity::Kerberos`].
    ///
    /// # Errors
    ///
    /// Returns [`Error::Kerberos`] when the library or the key is not there.
    #[cfg(feature = "gssapi")]
    pub fn kerberos(mut self, host: Option<&str>, keytab: Option<&str>) -> Result<Self, Error> {
        self.kerberos = Some(crate::kerberos::service(self.service_name(), host, keytab)?);
        Ok(self)
    }

    /// Offers PLAIN and tokens without TLS, too.
    pub fn allow_cleartext(mut self) -> Self {
        self.sasl.policy.allow_cleartext = true;
        self
    }

    /// Takes and sends SASL frames of up to `octets`.
    pub fn frame_limit(mut self, octets: u32) -> Self {
        self.sasl.frame_limit = FrameLimit::new(octets);
        self
    }

    /// Takes an end of the stream without `close_notify` for an end in order.
    pub fn accept_truncated(mut self) -> Self {
        self.truncated = Truncated::Accept;
        self
    }

    /// Keeps these bounds.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.socket.limits = limits;
        self
    }

    /// Gives up on a client that is not in after `time`; 10 s by default.
    pub fn deadline(mut self, time: Duration) -> Self {
        self.socket.limits.open = time;
        self
    }

    /// Checks the options.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Options`] when a TLS option cannot be used, [`Error::Entropy`] when the system gives
    /// no random octets, and [`Error::NoMechanism`] when a mechanism is named for Thrift that is not there.
    pub fn build(self) -> Result<Server, Error> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|_| Error::Entropy)?;
        #[cfg(feature = "legacy")]
        let service = self.service_name().into();
        let tls = match self.tls {
            Some((style, options)) => Some((style, options.build()?)),
            None => None,
        };
        let server = Server {
            users: self.users,
            decoy: Secret::new(key),
            protocol: self.protocol,
            sasl: self.sasl,
            thrift_frame_limit: self.thrift_frame_limit,
            whole_frames: self.whole_frames,
            #[cfg(feature = "legacy")]
            service,
            only: self.only,
            cbs: self.cbs,
            #[cfg(feature = "legacy")]
            realm: self.realm,
            #[cfg(feature = "gssapi")]
            kerberos: self.kerberos,
            truncated: self.truncated,
            socket: self.socket,
            tls,
        };
        //= SRS_THRIFT_SASL_50_023
        if server.protocol == Protocol::Thrift && !server.has_all_named()? {
            return Err(Error::NoMechanism);
        }
        Ok(server)
    }
}

impl fmt::Debug for ServerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerBuilder").field("sasl", &self.sasl).finish_non_exhaustive()
    }
}
