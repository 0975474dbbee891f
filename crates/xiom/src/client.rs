//! A client: everything that decides how a connection is made, checked once.

use core::time::Duration;

use xiom_amqp_sasl::{ClientConfig, FrameLimit, HeaderExchange};
use xiom_core::{Limits, Plain, Secret, Stack};
use xiom_rustls::{ClientEngine, ClientOptions, Version};
use xiom_sasl::{Policy, Protection};
use xiom_thrift_sasl::LastWord;
use xiom_tls::{Tls, Truncated};

use crate::{Address, ClientSasl, Error, Login, Protocol, TlsStyle, Transport};

/// The layers of a client: SASL over TLS over the socket.
pub type ClientLayers = Stack<ClientSasl, Transport<ClientEngine>>;

/// How to connect to one server; build once, connect often.
///
/// ```
/// use xiom::{Client, Login, TlsStyle};
///
/// let client = Client::builder("amqp://user:password@localhost")?
///     .tls(TlsStyle::Header)
///     .only_mechanisms(["SCRAM-SHA-256"])
///     .build()?;
/// assert_eq!(client.address().port(), 5672);
/// # Ok::<(), xiom::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    pub(crate) settings: Settings,
    tls: Option<(TlsStyle, xiom_rustls::Client)>,
}

impl Client {
    /// A client for the server that `url` names, to be told more.
    ///
    /// The credentials of the URL become a [`Login::Password`]; without any the login is
    /// [`Login::Anonymous`].
    ///
    /// # Errors
    ///
    /// Returns [`Error::Url`].
    pub fn builder(url: &str) -> Result<ClientBuilder, Error> {
        let address = Address::parse(url)?;
        let login = match address.credentials() {
            Some(credentials) => Login::Password(credentials.clone()),
            None => Login::Anonymous(String::new()),
        };
        let style = address.is_tls().then_some(TlsStyle::Direct);
        let settings = Settings {
            login,
            only: Vec::new(),
            sasl: ClientConfig::default(),
            service: None,
            thrift: Thrift::default(),
            truncated: Truncated::Refuse,
            socket: xiom_xio::Config::CLIENT,
            address,
        };
        Ok(ClientBuilder { settings, style, tls: ClientOptions::new() })
    }

    /// A client with the defaults.
    ///
    /// # Errors
    ///
    /// As [`ClientBuilder::build`].
    pub fn new(url: &str) -> Result<Self, Error> {
        Self::builder(url)?.build()
    }

    /// The server.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.settings.address
    }

    /// What a mechanism must give, and the bounds of SASL.
    #[must_use]
    pub fn sasl(&self) -> &ClientConfig {
        &self.settings.sasl
    }

    /// The most octets of one frame of Thrift.
    #[must_use]
    pub fn thrift_frame_limit(&self) -> u32 {
        self.settings.thrift.frame_limit.octets()
    }

    /// Fresh layers for one connection, for those who drive the channel themselves.
    ///
    /// # Errors
    ///
    /// Returns [`Error`] when the options or the credentials cannot be used.
    pub fn layers(&self) -> Result<ClientLayers, Error> {
        Ok(Stack::new(self.sasl_layer()?, self.transport()?))
    }

    /// A fresh layer of SASL, for those who put it on something of their own.
    ///
    /// # Errors
    ///
    /// Returns [`Error`] when the credentials cannot be used.
    pub fn sasl_layer(&self) -> Result<ClientSasl, Error> {
        let Settings { login, only, sasl, address, thrift, .. } = &self.settings;
        let mut mechanisms = login.named(self.service(), address.host(), only)?;
        match address.protocol() {
            Protocol::Amqp if mechanisms.is_empty() => Err(Error::NoMechanism),
            Protocol::Amqp => {
                Ok(ClientSasl::Amqp(xiom_amqp_sasl::Client::new(mechanisms, sasl.clone())))
            }
            Protocol::Thrift => {
                let index = Login::asked(&mechanisms).ok_or(Error::NoMechanism)?;
                let only = mechanisms.swap_remove(index);
                let config = thrift.client(sasl);
                Ok(ClientSasl::Thrift(xiom_thrift_sasl::Client::new(only, config)))
            }
        }
    }

    /// The name of the service, as GSSAPI and DIGEST-MD5 know it.
    fn service(&self) -> &str {
        let usual = match self.settings.address.protocol() {
            Protocol::Amqp => "amqp",
            Protocol::Thrift => "hive",
        };
        self.settings.service.as_deref().unwrap_or(usual)
    }

    /// Fresh layers below SASL, for those who put something of their own on them.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Options`] when the host is no name that TLS knows.
    pub fn transport(&self) -> Result<Transport<ClientEngine>, Error> {
        let Some((style, client)) = &self.tls else {
            return Ok(Transport::Plain(Plain::default()));
        };
        let engine = client.engine(self.settings.address.host())?;
        let tls = Tls::new(engine).with_truncated(self.settings.truncated);
        Ok(match style {
            TlsStyle::Direct => Transport::Direct(tls),
            TlsStyle::Header => Transport::Header(Stack::new(tls, HeaderExchange::tls_client())),
        })
    }
}

/// What a client has to be told besides TLS.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) address: Address,
    pub(crate) login: Login,
    only: Vec<String>,
    sasl: ClientConfig,
    service: Option<String>,
    thrift: Thrift,
    truncated: Truncated,
    pub(crate) socket: xiom_xio::Config,
}

/// What is Thrift's own; the rest is as for AMQP.
#[derive(Clone, Copy, Debug, Default)]
struct Thrift {
    frame_limit: xiom_thrift_sasl::FrameLimit,
    last_word: LastWord,
    whole_frames: bool,
}

impl Thrift {
    fn client(self, sasl: &ClientConfig) -> xiom_thrift_sasl::ClientConfig {
        let Self { frame_limit, last_word, whole_frames } = self;
        xiom_thrift_sasl::ClientConfig {
            policy: sasl.policy.clone(),
            limits: sasl.limits.clone(),
            frame_limit,
            last_word,
            whole_frames,
            ..Default::default()
        }
    }
}

/// A [`Client`] that is being told how to connect.
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it is built"]
pub struct ClientBuilder {
    settings: Settings,
    style: Option<TlsStyle>,
    tls: ClientOptions,
}

impl ClientBuilder {
    /// Uses TLS in this style, whatever the URL says.
    pub fn tls(mut self, style: TlsStyle) -> Self {
        self.style = Some(style);
        self
    }

    /// Logs in with this.
    pub fn login(mut self, login: Login) -> Self {
        self.settings.login = login;
        self
    }

    /// Logs in with none but these mechanisms; their order does not matter.
    pub fn only_mechanisms<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        self.settings.only = names.into_iter().map(Into::into).collect();
        self
    }

    /// Demands this of the mechanism.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.settings.sasl.policy = policy;
        self
    }

    /// Logs in only with a mechanism that binds the login to this TLS channel, so that nobody stands
    /// between, not even the holder of a trusted certificate.
    pub fn require_binding(mut self) -> Self {
        self.settings.sasl.policy.require_binding = true;
        self
    }

    /// Logs in only with a mechanism by which the server proves that it knows the credentials.
    pub fn require_mutual(mut self) -> Self {
        self.settings.sasl.policy.require_mutual = true;
        self
    }

    /// Logs in only with a mechanism that then protects the octets at least so.
    pub fn require_layer(mut self, protection: Protection) -> Self {
        self.settings.sasl.policy.require_layer = protection;
        self
    }

    /// Lets a password travel in clear on a channel without TLS.
    pub fn allow_cleartext(mut self) -> Self {
        self.settings.sasl.policy.allow_cleartext = true;
        self
    }

    /// The name of the virtual host, as SASL and AMQP carry it.
    pub fn hostname(mut self, name: impl Into<Box<str>>) -> Self {
        self.settings.sasl.hostname = Some(name.into());
        self
    }

    /// Takes and sends SASL frames of up to `octets`; long tokens need more than the 512 of the default.
    pub fn frame_limit(mut self, octets: u32) -> Self {
        self.settings.sasl.frame_limit = FrameLimit::new(octets);
        self
    }

    /// Names the service for GSSAPI and DIGEST-MD5; `amqp` for AMQP and `hive` for Thrift by default.
    pub fn service(mut self, name: impl Into<String>) -> Self {
        self.settings.service = Some(name.into());
        self
    }

    /// Takes and sends frames of Thrift of up to `octets`; 16 384 000 by default.
    pub fn thrift_frame_limit(mut self, octets: u32) -> Self {
        let limit = xiom_thrift_sasl::FrameLimit::new(octets);
        let message = usize::try_from(limit.octets()).unwrap_or(usize::MAX);
        self.settings.socket.limits.message = self.settings.socket.limits.message.max(message);
        self.settings.thrift.frame_limit = limit;
        self
    }

    /// Says in this way to a Thrift server that the client's side has come to its end.
    pub fn last_word(mut self, word: LastWord) -> Self {
        self.settings.thrift.last_word = word;
        self
    }

    /// Sends each message as one frame of Thrift, although the server has announced a smaller buffer for
    /// protected octets: for servers that take a frame for a request.
    pub fn whole_frames(mut self) -> Self {
        self.settings.thrift.whole_frames = true;
        self
    }

    /// Trusts the authorities in `pem` besides those of the system.
    pub fn add_roots(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.tls = self.tls.add_roots(pem);
        self
    }

    /// Trusts the authorities in `pem` and no others.
    pub fn only_roots(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.tls = self.tls.only_roots(pem);
        self
    }

    /// Shows this certificate to a server that asks; with no credentials in the URL the login becomes
    /// [`Login::External`].
    pub fn certificate(mut self, chain_pem: impl AsRef<[u8]>, key_pem: impl Into<Secret>) -> Self {
        if matches!(self.settings.login, Login::Anonymous(_)) {
            self.settings.login = Login::External(None);
        }
        self.tls = self.tls.certificate(chain_pem, key_pem.into());
        self
    }

    /// Speaks at least this version of TLS; 1.2 by default.
    pub fn min_version(mut self, version: Version) -> Self {
        self.tls = self.tls.min_version(version);
        self
    }

    /// Changes the options of TLS that have no method here.
    pub fn tls_options(mut self, change: impl FnOnce(ClientOptions) -> ClientOptions) -> Self {
        self.tls = change(self.tls);
        self
    }

    /// Takes an end of the stream without `close_notify` for an end in order.
    ///
    /// Only for protocols that frame their own lengths, as AMQP does, with peers that just hang up.
    pub fn accept_truncated(mut self) -> Self {
        self.settings.truncated = Truncated::Accept;
        self
    }

    /// Keeps these bounds.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.settings.socket.limits = limits;
        self
    }

    /// Fails when the connection is not open after `time`; 30 s by default.
    pub fn deadline(mut self, time: Duration) -> Self {
        self.settings.socket.limits.open = time;
        self
    }

    /// Checks the options and loads the trusted authorities.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Options`] when a TLS option cannot be used.
    pub fn build(self) -> Result<Client, Error> {
        let tls = match self.style {
            Some(style) => Some((style, self.tls.build()?)),
            None => None,
        };
        Ok(Client { settings: self.settings, tls })
    }
}
