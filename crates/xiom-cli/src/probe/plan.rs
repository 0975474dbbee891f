//! The command line, checked: how to connect, and with what to log in.
//!
//! Files and the environment are read here and nowhere else.

use alloc::sync::Arc;
use core::time::Duration;
use std::env;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use xiom::amqp_sasl::FrameLimit;
use xiom::core::{Limits, Plain, Secret};
use xiom::rustls::{ClientEngine, Observer};
use xiom::sasl::{Credentials, Policy};
use xiom::xio::Config;
use xiom::{
    Address, Client, ClientBuilder, ClientMechanism, ClientSasl, Kerberos, Login, Protocol,
    Transport,
};

use super::GOODBYE;
use super::chain::Chain;
use crate::arguments::{Probe, Style};
use crate::secret::read;
use crate::trace::Trace;
use crate::{Stop, login, secret};

/// How to connect, and with what to log in.
pub(super) struct Plan {
    pub(super) client: Client,
    pub(super) style: Style,
    pub(super) config: Config,
    pub(super) trace: Trace,
    pub(super) amqp: bool,
    logins: Vec<Login>,
    named: Vec<String>,
    service: String,
    chain: Arc<Mutex<Option<Chain>>>,
}

impl Plan {
    /// Checks everything that can be checked without the server.
    ///
    /// # Errors
    ///
    /// Returns [`Stop`] when an argument, or a file that it names, cannot be used.
    pub(super) fn new(arguments: &Probe) -> Result<Self, Stop> {
        let address = Address::parse(&arguments.url).map_err(Stop::usage)?;
        let by_url = if address.is_tls() { Style::Direct } else { Style::None };
        let style = arguments.tls.unwrap_or(by_url);
        check(arguments, address.protocol(), style)?;
        let chain = Arc::new(Mutex::new(None));
        let client = builder(arguments, style, &chain)?.build().map_err(Stop::usage)?;
        let open = Duration::from_secs(arguments.timeout.into());
        let limits = Limits { open, close: GOODBYE, ..Limits::CLIENT };
        let plan = Self {
            client,
            style,
            config: Config { limits, ..Config::CLIENT },
            trace: if arguments.trace { Trace::On } else { Trace::Off },
            amqp: arguments.amqp,
            logins: logins(arguments, &address)?,
            named: arguments.mechanism.clone(),
            service: arguments
                .service
                .clone()
                .unwrap_or_else(|| login::usual_service(address.protocol()).to_owned()),
            chain,
        };
        // Told now rather than after the connection is made.
        plan.sasl()?;
        plan.transport()?;
        Ok(plan)
    }

    /// What the server is to speak.
    pub(super) fn protocol(&self) -> Protocol {
        self.client.address().protocol()
    }

    /// Fresh mechanisms, of those that are named.
    ///
    /// # Errors
    ///
    /// Returns [`Stop`] when the credentials cannot be sent, or belong to no mechanism that is named.
    pub(super) fn mechanisms(&self) -> Result<Vec<ClientMechanism>, Stop> {
        self.fresh(&self.named)
    }

    /// Fresh mechanisms, of all that the credentials have.
    ///
    /// # Errors
    ///
    /// As [`Self::mechanisms`].
    pub(super) fn all_mechanisms(&self) -> Result<Vec<ClientMechanism>, Stop> {
        self.fresh(&[])
    }

    fn fresh(&self, named: &[String]) -> Result<Vec<ClientMechanism>, Stop> {
        login::mechanisms(&self.logins, named, &self.service, self.client.address().host())
            .map_err(Stop::usage)
    }

    /// A fresh SASL layer.
    ///
    /// # Errors
    ///
    /// As [`Self::mechanisms`].
    pub(super) fn sasl(&self) -> Result<ClientSasl, Stop> {
        login::layer(self.protocol(), self.mechanisms()?, self.client.sasl()).map_err(Stop::usage)
    }

    /// Fresh layers below SASL.
    ///
    /// # Errors
    ///
    /// Returns [`Stop`] when the host has no name that TLS knows.
    pub(super) fn transport(&self) -> Result<Transport<ClientEngine>, Stop> {
        match self.style {
            Style::None => Ok(Transport::Plain(Plain::default())),
            Style::Direct | Style::Header => self.client.transport().map_err(Stop::usage),
        }
    }

    /// The certificates that the server has presented.
    pub(super) fn chain(&self) -> Option<Chain> {
        self.chain.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Refuses what is of AMQP alone where Thrift is to be spoken.
fn check(arguments: &Probe, protocol: Protocol, style: Style) -> Result<(), Stop> {
    let what = if style == Style::Header {
        "--tls header"
    } else if arguments.amqp {
        "--amqp"
    } else if arguments.sasl_frame.is_some() {
        "--sasl-frame"
    } else {
        return Ok(());
    };
    if protocol == Protocol::Thrift {
        return Err(Stop::usage(format!("{what} is for amqp, and the url says thrift")));
    }
    Ok(())
}

fn builder(
    arguments: &Probe,
    style: Style,
    chain: &Arc<Mutex<Option<Chain>>>,
) -> Result<ClientBuilder, Stop> {
    let is_named = |name: &str| names(arguments, name);
    let policy = Policy {
        allow_cleartext: arguments.insecure_plain,
        allow_anonymous: is_named("ANONYMOUS") || is_named("MSSBCBS"),
        allow_legacy: is_named("DIGEST-MD5") || is_named("CRAM-MD5"),
        ..Policy::default()
    };
    let mut builder = Client::builder(&arguments.url)
        .map_err(Stop::usage)?
        .policy(policy)
        .frame_limit(arguments.sasl_frame.unwrap_or(default_frame(arguments)));
    if let Some(style) = style.tls() {
        builder = builder.tls(style);
    }
    if let Some(path) = &arguments.ca {
        builder = builder.add_roots(read(path)?.expose());
    }
    if let Some(path) = &arguments.only_ca {
        builder = builder.only_roots(read(path)?.expose());
    }
    if let (Some(certificate), Some(key)) = (&arguments.cert, &arguments.key) {
        builder = builder.certificate(read(certificate)?.expose(), read(key)?);
    }
    let chain = Arc::clone(chain);
    let observer = Observer::new(move |presented| {
        *chain.lock().unwrap_or_else(PoisonError::into_inner) = Some(Chain::from(presented));
    });
    Ok(builder.tls_options(|options| options.observer(observer)))
}

/// Tokens and tickets are longer than the frames that every peer must take.
const fn default_frame(arguments: &Probe) -> u32 {
    let limit =
        if arguments.token_stdin || arguments.kerberos { FrameLimit::MAX } else { FrameLimit::MIN };
    limit.octets()
}

/// All that the arguments give to log in with; nobody in particular when they give nothing.
fn logins(arguments: &Probe, address: &Address) -> Result<Vec<Login>, Stop> {
    let mut logins = Vec::new();
    if arguments.token_stdin {
        let token = secret::from_stdin("token")?;
        logins.push(Login::Token { token, user: arguments.user.clone() });
    } else if let Some(user) = &arguments.user {
        let password = password(arguments.password_file.as_deref())?;
        logins.push(Login::Password(Credentials::new(user.as_str(), password)));
    } else if let Some(credentials) = address.credentials() {
        logins.push(Login::Password(credentials.clone()));
    }
    if arguments.cert.is_some() {
        logins.push(Login::External(None));
    }
    if arguments.kerberos {
        logins.push(Login::Kerberos(Kerberos::default()));
    }
    if names(arguments, "MSSBCBS") {
        logins.push(Login::Cbs);
    }
    if logins.is_empty() || names(arguments, "ANONYMOUS") {
        logins.push(Login::Anonymous(String::new()));
    }
    Ok(logins)
}

fn names(arguments: &Probe, mechanism: &str) -> bool {
    arguments.mechanism.iter().any(|name| name.eq_ignore_ascii_case(mechanism))
}

/// The first line of the file, or else the environment's.
fn password(file: Option<&Path>) -> Result<Secret, Stop> {
    if let Some(path) = file {
        return Ok(secret::first_line(read(path)?.expose()));
    }
    match env::var(PASSWORD) {
        Ok(password) => Ok(Secret::new(password)),
        Err(_) => Err(Stop::usage(format!("no password: give --password-file, or set {PASSWORD}"))),
    }
}

const PASSWORD: &str = "XIOM_PASSWORD";
