//! The command line, checked: who may come in, over what, and within which bounds.
//!
//! Files are read here and nowhere else, but for the file of users, which is read again when it changes.

use alloc::sync::Arc;
use core::time::Duration;
use std::net::TcpListener;

use xiom::core::{OutcomeCode, Secret};
use xiom::rustls::ServerOptions;
use xiom::sasl::scram::Hash;
use xiom::sasl::server::LookupRequest;
use xiom::sasl::{Identity, Principal};
use xiom::{Answer, Found, Likeness, Offers, Server, UserFile, UserTable, Users};

use crate::arguments::Serve;
use crate::certificates::{self, Authority};
use crate::{Stop, secret};

/// Everything that is needed to serve.
pub(super) struct Plan {
    pub(super) server: Server,
    pub(super) listener: TcpListener,
    pub(super) users: Option<Arc<UserFile>>,
    pub(super) style: &'static str,
    pub(super) max_connections: usize,
    pub(super) max_logins: usize,
    pub(super) is_json: bool,
}

impl Plan {
    /// Checks everything, and listens.
    ///
    /// # Errors
    ///
    /// Returns [`Stop`] when an argument, or a file that it names, cannot be used, or the address is not
    /// to be had.
    pub(super) fn new(arguments: &Serve) -> Result<Self, Stop> {
        let users = match &arguments.users {
            Some(path) => Some(Arc::new(UserFile::open(path).map_err(Stop::usage)?)),
            None if arguments.anonymous => None,
            None => return Err(Stop::usage("nobody could come in: give --users, or --anonymous")),
        };
        let store = Store { file: users.clone(), is_open: arguments.anonymous };
        let mut builder = Server::builder(store)
            .deadline(Duration::from_secs(arguments.deadline.into()))
            .frame_limit(FRAME);
        if !arguments.mechanism.is_empty() {
            for name in &arguments.mechanism {
                check_name(name)?;
            }
            builder = builder.only_mechanisms(arguments.mechanism.iter().cloned());
        }
        if arguments.allow_cleartext {
            builder = builder.allow_cleartext();
        }
        match arguments.tls.tls() {
            Some(style) => builder = builder.tls(style, options(arguments)?),
            None if arguments.cert.is_some() || arguments.self_signed.is_some() => {
                return Err(Stop::usage("a certificate is of no use with --tls none"));
            }
            None => {}
        }
        let server = builder.build().map_err(Stop::usage)?;
        let listener = xiom::xio::listen(arguments.listen)
            .and_then(|listener| listener.set_nonblocking(true).map(|()| listener))
            .map_err(|error| Stop::socket(format!("{}: {error}", arguments.listen)))?;
        let bound = |count: u32| usize::try_from(count).unwrap_or(usize::MAX);
        Ok(Self {
            server,
            listener,
            users,
            style: arguments.tls.name(),
            max_connections: bound(arguments.max_connections),
            max_logins: bound(arguments.max_logins),
            is_json: arguments.json,
        })
    }
}

fn options(arguments: &Serve) -> Result<ServerOptions, Stop> {
    let (chain, key) = match (&arguments.cert, &arguments.key, &arguments.self_signed) {
        (Some(cert), Some(key), _) => (secret::read(cert)?, secret::read(key)?),
        (_, _, Some(file)) => {
            let authority = Authority::new("xiom serve").map_err(Stop::other)?;
            let address = arguments.listen.ip().to_string();
            let mut names = vec!["localhost", "127.0.0.1", "::1"];
            if !names.contains(&address.as_str()) {
                names.push(&address);
            }
            let certificates::Identity { chain, key } =
                authority.server(&names).map_err(Stop::other)?;
            if !file.as_os_str().is_empty() {
                std::fs::write(file, &authority.pem)
                    .map_err(|error| Stop::usage(format!("{}: {error}", file.display())))?;
            }
            (Secret::new(chain), key)
        }
        _ => {
            return Err(Stop::usage(
                "tls needs a certificate: give --cert and --key, or --self-signed, or --tls none",
            ));
        }
    };
    let mut options = ServerOptions::new(chain.expose(), key);
    if let Some(authorities) = &arguments.client_ca {
        options = options.optional_client_certificate(secret::read(authorities)?.expose());
    }
    Ok(options)
}

/// Refuses a name that no mechanism has, which would silently offer less than was meant.
fn check_name(name: &str) -> Result<(), Stop> {
    if MECHANISMS.iter().any(|known| known.eq_ignore_ascii_case(name)) {
        return Ok(());
    }
    let known = MECHANISMS.join(", ");
    Err(Stop::usage(format!("there is no mechanism {}: {known}", crate::render::plain(name))))
}

/// The users of a file, and nobody in particular if it `is_open`.
struct Store {
    file: Option<Arc<UserFile>>,
    is_open: bool,
}

impl Store {
    fn table(&self) -> Arc<UserTable> {
        self.file.as_ref().map_or_else(Arc::default, |file| file.table())
    }
}

impl Users for Store {
    fn offers(&self) -> Offers {
        let offers = self.table().offers();
        Offers { anonymous: offers.anonymous || self.is_open, ..offers }
    }

    fn look_up<'a>(
        &'a self,
        request: &'a LookupRequest,
    ) -> Answer<'a, Result<Found<'a>, OutcomeCode>> {
        match &self.file {
            Some(file) => file.look_up(request),
            None => Answer::Now(Ok(Found::Unknown)),
        }
    }

    fn authorize<'a>(&'a self, who: &'a Principal) -> Answer<'a, Result<bool, OutcomeCode>> {
        match (&who.identity, &self.file) {
            (Identity::Anonymous(_), _) if self.is_open => Answer::Now(Ok(who.authzid.is_none())),
            (_, Some(file)) => file.authorize(who),
            (_, None) => Answer::Now(Ok(false)),
        }
    }

    fn likeness(&self, hash: Hash) -> Likeness {
        self.table().likeness(hash)
    }
}

/// The mechanisms that a file of users can serve.
const MECHANISMS: [&str; 10] = [
    "SCRAM-SHA-512-PLUS",
    "SCRAM-SHA-256-PLUS",
    "SCRAM-SHA-1-PLUS",
    "SCRAM-SHA-512",
    "SCRAM-SHA-256",
    "SCRAM-SHA-1",
    "EXTERNAL",
    "PLAIN",
    "ANONYMOUS",
    "MSSBCBS",
];

/// Octets of a SASL frame: no mechanism of a file of users says more.
const FRAME: u32 = 4096;
