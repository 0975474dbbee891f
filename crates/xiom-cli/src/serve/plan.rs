//! The command line, checked: who may come in, over what, and within which bounds.
//!
//! Files are read here and nowhere else, but for the file of users, which is read again when it changes.

use alloc::sync::Arc;
use core::time::Duration;
use std::fs::File;
use std::net::TcpListener;
use std::path::Path;

use xiom::amqp_sasl::FrameLimit;
use xiom::core::Secret;
use xiom::rustls::ServerOptions;
use xiom::{Protocol, Server, ServerBuilder, TlsStyle, UserFile};

use super::store::Store;
use crate::arguments::Serve;
use crate::certificates::{self, Authority};
use crate::{Stop, secret};

/// Everything that is needed to serve.
pub(super) struct Plan {
    pub(super) server: Server,
    pub(super) listener: TcpListener,
    pub(super) users: Option<Arc<UserFile>>,
    pub(super) protocol: Protocol,
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
            None if arguments.anonymous || arguments.has_kerberos() => None,
            None => {
                let text =
                    "nobody could come in: give --users, --kerberos, --keytab or --anonymous";
                return Err(Stop::usage(text));
            }
        };
        let protocol = arguments.protocol.protocol();
        let mut builder = builder(arguments, users.clone(), protocol)?;
        match arguments.tls.tls() {
            Some(TlsStyle::Header) if protocol == Protocol::Thrift => {
                return Err(Stop::usage("--tls header is for amqp"));
            }
            Some(style) => builder = builder.tls(style, options(arguments)?),
            None if arguments.cert.is_some() || arguments.self_signed.is_some() => {
                return Err(Stop::usage("a certificate is of no use with --tls none"));
            }
            None => {}
        }
        let server = builder.build().map_err(Stop::usage)?;
        let address = arguments.address();
        let listener = xiom::xio::listen(address)
            .and_then(|listener| listener.set_nonblocking(true).map(|()| listener))
            .map_err(|error| Stop::socket(format!("{address}: {error}")))?;
        let bound = |count: u32| usize::try_from(count).unwrap_or(usize::MAX);
        Ok(Self {
            server,
            listener,
            users,
            protocol,
            style: arguments.tls.name(),
            max_connections: bound(arguments.max_connections),
            max_logins: bound(arguments.max_logins),
            is_json: arguments.json,
        })
    }
}

fn builder(
    arguments: &Serve,
    users: Option<Arc<UserFile>>,
    protocol: Protocol,
) -> Result<ServerBuilder, Stop> {
    let has_kerberos = arguments.has_kerberos();
    let store = Store { file: users, is_open: arguments.anonymous, has_kerberos };
    let mut builder = Server::builder(store)
        .protocol(protocol)
        .deadline(Duration::from_secs(arguments.deadline.into()))
        .frame_limit(if has_kerberos { FrameLimit::MAX.octets() } else { FRAME });
    if has_kerberos {
        if let Some(service) = &arguments.service {
            builder = builder.service(service.as_str());
        }
        let keytab = match &arguments.keytab {
            // Told with its name, which the library leaves out.
            Some(path) => Some(readable(path)?),
            None => None,
        };
        let host = arguments.host.as_deref();
        builder = builder.kerberos(host, keytab.as_deref()).map_err(Stop::usage)?;
    } else if arguments.host.is_some() {
        return Err(Stop::usage("--host and --service are for --kerberos, or --keytab"));
    }
    if !arguments.mechanism.is_empty() {
        for name in &arguments.mechanism {
            check_name(name)?;
        }
        builder = builder.only_mechanisms(arguments.mechanism.iter().cloned());
    }
    Ok(if arguments.allow_cleartext { builder.allow_cleartext() } else { builder })
}

/// The name of a file that can be read.
fn readable(path: &Path) -> Result<String, Stop> {
    File::open(path).map_err(|error| Stop::usage(format!("{}: {error}", path.display())))?;
    let name = path.to_str();
    name.map(str::to_owned).ok_or_else(|| Stop::usage("the name of the keytab is not utf-8"))
}

fn options(arguments: &Serve) -> Result<ServerOptions, Stop> {
    let (chain, key) = match (&arguments.cert, &arguments.key, &arguments.self_signed) {
        (Some(cert), Some(key), _) => (secret::read(cert)?, secret::read(key)?),
        (_, _, Some(file)) => {
            let authority = Authority::new("xiom serve").map_err(Stop::other)?;
            let address = arguments.address().ip().to_string();
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

/// The mechanisms that a file of users, or Kerberos, can serve.
const MECHANISMS: [&str; 11] = [
    "SCRAM-SHA-512-PLUS",
    "SCRAM-SHA-256-PLUS",
    "SCRAM-SHA-1-PLUS",
    "SCRAM-SHA-512",
    "SCRAM-SHA-256",
    "SCRAM-SHA-1",
    "EXTERNAL",
    "GSSAPI",
    "PLAIN",
    "ANONYMOUS",
    "MSSBCBS",
];

/// Octets of a SASL frame: no mechanism of a file of users says more.
const FRAME: u32 = 4096;
