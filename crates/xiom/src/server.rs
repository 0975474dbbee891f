//! A server: everything that decides who comes in, checked once.

use alloc::sync::Arc;
use core::fmt;
use core::time::Duration;

use xiom_amqp_sasl::{FrameLimit, HeaderExchange, Question, ServerConfig};
use xiom_core::{Limits, OutcomeCode, Plain, Stack, WireBuf};
use xiom_rustls::{ServerEngine, ServerOptions};
use xiom_sasl::scram::{Hash, Variant};
use xiom_sasl::server::{
    Anonymous, External, LookupAnswer, LookupRequest, Mechanism, Plain as PlainMechanism, Scram,
};
use xiom_sasl::{Decoy, Policy};
use xiom_tls::{Tls, Truncated};

use crate::{Error, TlsStyle, Transport, UserTable, Users, login};

/// The layers of a server: SASL over TLS over the socket.
pub type ServerLayers = Stack<xiom_amqp_sasl::Server, Transport<ServerEngine>>;

/// How to accept clients; build once, accept often.
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
    /// What an unknown user looks like: the same salt each time, and as much work as a known one.
    decoy: Decoy,
    sasl: ServerConfig,
    truncated: Truncated,
    pub(crate) socket: xiom_xio::Config,
    tls: Option<(TlsStyle, xiom_rustls::Server)>,
}

impl Server {
    /// A server for `users`, to be told more; without TLS until it is.
    pub fn builder(users: impl Users + 'static) -> ServerBuilder {
        ServerBuilder {
            users: Arc::new(users),
            sasl: ServerConfig::default(),
            truncated: Truncated::Refuse,
            socket: xiom_xio::Config::SERVER,
            tls: None,
        }
    }

    /// Fresh layers for one connection, for those who drive the channel themselves; their questions are
    /// answered by [`Self::answer`].
    ///
    /// # Errors
    ///
    /// Returns [`Error`] when the options cannot be used or the system gives no random octets.
    pub fn layers(&self) -> Result<ServerLayers, Error> {
        let sasl = xiom_amqp_sasl::Server::new(self.mechanisms()?, self.sasl.clone());
        let transport = match &self.tls {
            None => Transport::Plain(Plain::default()),
            Some((style, server)) => {
                let tls = Tls::new(server.engine()?).with_truncated(self.truncated);
                match style {
                    TlsStyle::Direct => Transport::Direct(tls),
                    TlsStyle::Header => {
                        Transport::Header(Stack::new(tls, HeaderExchange::tls_server()))
                    }
                }
            }
        };
        Ok(Stack::new(sasl, transport))
    }

    /// Answers the question of `layers`, if they ask one, by asking the users.
    pub fn answer(&self, layers: &mut ServerLayers, out: &mut WireBuf) {
        layers.with_upper(out, |sasl, out| match sasl.question().cloned() {
            Some(Question::Lookup(request)) => self.look_up(&request, sasl, out),
            Some(Question::Authorize(principal)) => {
                sasl.authorize(self.users.authorizes(&principal), out);
            }
            None => {}
        });
    }

    fn look_up(
        &self,
        request: &LookupRequest,
        sasl: &mut xiom_amqp_sasl::Server,
        out: &mut WireBuf,
    ) {
        let found = match request {
            LookupRequest::Scram { user, hash } => self.users.keys(user, *hash),
            LookupRequest::Password { user, .. } => self.users.keys(user, Hash::Sha256),
            _ => Err(OutcomeCode::Sys),
        };
        match found {
            Ok(Some(keys)) => sasl.lookup(LookupAnswer::Scram(keys), out),
            Ok(None) => sasl.lookup(LookupAnswer::Unknown, out),
            Err(code) => sasl.refuse(code, out),
        }
    }

    /// All mechanisms that the users have; the policy and the channel decide which are offered.
    fn mechanisms(&self) -> Result<Vec<Mechanism>, Error> {
        let scram = |variant| -> Result<Mechanism, Error> {
            Ok(Scram::new(variant, self.decoy.clone(), login::nonce()?).into())
        };
        let mut mechanisms = vec![
            scram(Variant::Sha256Plus)?,
            scram(Variant::Sha256)?,
            External::new().into(),
            PlainMechanism::new(self.decoy.clone()).into(),
        ];
        if self.users.admits_anonymous() {
            mechanisms.push(Anonymous::new().into());
        }
        Ok(mechanisms)
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

/// A [`Server`] that is being told how to accept.
#[must_use = "a builder does nothing until it is built"]
pub struct ServerBuilder {
    users: Arc<dyn Users>,
    sasl: ServerConfig,
    truncated: Truncated,
    socket: xiom_xio::Config,
    tls: Option<(TlsStyle, ServerOptions)>,
}

impl ServerBuilder {
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

    /// Offers PLAIN without TLS, too.
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
    /// no random octets.
    pub fn build(self) -> Result<Server, Error> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|_| Error::Entropy)?;
        let tls = match self.tls {
            Some((style, options)) => Some((style, options.build()?)),
            None => None,
        };
        let Self { users, sasl, truncated, socket, .. } = self;
        let decoy = Decoy::new(key, UserTable::ITERATIONS, UserTable::SALT);
        Ok(Server { users, decoy, sasl, truncated, socket, tls })
    }
}

impl fmt::Debug for ServerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerBuilder").field("sasl", &self.sasl).finish_non_exhaustive()
    }
}
