//! What a URL says: `amqps://user:password@host:port`, `thrift+sasl+tls://user:password@host:port`.
//!
//! User and password are percent-decoded; nothing else of the URL is interpreted, and the password is
//! never printed.

use core::{error, fmt};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use url::{Host, Url};
use xiom_core::Secret;
use xiom_sasl::Credentials;

/// The protocol that a server speaks, and SASL within it.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Protocol {
    /// AMQP 1.0: `amqp` and `amqps`.
    #[default]
    Amqp,
    /// Thrift SASL, as Hive, Spark and Impala speak it: `thrift+sasl` and `thrift+sasl+tls`.
    Thrift,
}

/// Where to connect, and what the URL says about how.
///
/// ```
/// let address = xiom::Address::parse("amqps://user:p%40ss@broker.example")?;
/// assert_eq!((address.host(), address.port(), address.is_tls()), ("broker.example", 5671, true));
/// assert_eq!(address.credentials().unwrap().password.expose(), b"p@ss");
/// assert_eq!(address.to_string(), "amqps://user@broker.example:5671");
/// let address = xiom::Address::parse("thrift+sasl://ann:pencil@hive.example:10000")?;
/// assert_eq!((address.protocol(), address.port()), (xiom::Protocol::Thrift, 10000));
/// let address = xiom::Address::parse("amqp://user%40realm:secret@localhost")?;
/// assert_eq!(address.to_string(), "amqp://user%40realm@localhost:5672");
/// // What would be another URL when it is shown is none.
/// assert_eq!(xiom::Address::parse("amqp://user%40host").err(), Some(xiom::UrlFault::Host));
/// # Ok::<(), xiom::UrlFault>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Address {
    protocol: Protocol,
    host: String,
    port: u16,
    is_tls: bool,
    credentials: Option<Credentials>,
}

impl Address {
    /// Takes `url` apart.
    ///
    /// # Errors
    ///
    /// Returns [`UrlFault`], which says what to change.
    pub fn parse(url: &str) -> Result<Self, UrlFault> {
        let url = Url::parse(url).map_err(|_| UrlFault::Malformed)?;
        let scheme = SCHEMES.into_iter().find(|(scheme, ..)| *scheme == url.scheme());
        let (_, protocol, is_tls) = scheme.ok_or(UrlFault::Scheme)?;
        let host = match url.host().ok_or(UrlFault::Host)? {
            // The host of an unknown scheme is kept as it stands, so an IPv4 address is a domain.
            Host::Domain(name) => decode(name)?,
            Host::Ipv4(address) => address.to_string(),
            Host::Ipv6(address) => address.to_string(),
        };
        let is_name = !host.contains(|c: char| {
            c.is_control() || c.is_whitespace() || RESERVED_IN_HOST.contains(&c)
        });
        if host.is_empty() || (matches!(url.host(), Some(Host::Domain(_))) && !is_name) {
            return Err(UrlFault::Host);
        }
        let port = match (url.port(), protocol) {
            (Some(port), _) => port,
            (None, Protocol::Amqp) if is_tls => 5671,
            (None, Protocol::Amqp) => 5672,
            (None, Protocol::Thrift) => return Err(UrlFault::Port),
        };
        let credentials = match (decode(url.username())?, url.password()) {
            (user, None) if user.is_empty() => None,
            (_, None) => return Err(UrlFault::Password),
            (user, Some(_)) if user.is_empty() => return Err(UrlFault::User),
            (user, Some(password)) => Some(Credentials::new(user, Secret::new(decode(password)?))),
        };
        Ok(Self { protocol, host, port, is_tls, credentials })
    }

    /// What the server speaks.
    #[must_use]
    pub fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// The name or the address of the server.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port; 5671 for `amqps` and 5672 for `amqp` unless the URL names one, as it must for Thrift.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether the scheme is `amqps` or `thrift+sasl+tls`.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        self.is_tls
    }

    /// User and password, if the URL has them.
    #[must_use]
    pub fn credentials(&self) -> Option<&Credentials> {
        self.credentials.as_ref()
    }
}

/// The URL without the password.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_ours = |(_, protocol, is_tls): &(&str, Protocol, bool)| {
            (*protocol, *is_tls) == (self.protocol, self.is_tls)
        };
        let scheme = SCHEMES.iter().find(|known| is_ours(known)).map_or("", |known| known.0);
        write!(f, "{scheme}://")?;
        if let Some(credentials) = &self.credentials {
            write!(f, "{}@", utf8_percent_encode(&credentials.user, RESERVED))?;
        }
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

fn decode(text: &str) -> Result<String, UrlFault> {
    let text = percent_decode_str(text).decode_utf8().map_err(|_| UrlFault::Encoding)?;
    if text.contains('\0') { Err(UrlFault::Encoding) } else { Ok(text.into_owned()) }
}

/// What is wrong with a URL.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum UrlFault {
    /// It is no URL.
    Malformed,
    /// The scheme is none of `amqp`, `amqps`, `thrift+sasl` and `thrift+sasl+tls`.
    Scheme,
    /// It names no port, and the protocol has no usual one.
    Port,
    /// It names no host, or one with a character that has another meaning in a URL.
    Host,
    /// A percent-encoded part is not UTF-8, or contains a NUL.
    Encoding,
    /// It names a user and no password.
    Password,
    /// It names a password and no user.
    User,
}

impl fmt::Display for UrlFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "this is no url, expected amqps://user:password@host",
            Self::Scheme => {
                "the scheme of the url must be amqp, amqps, thrift+sasl or thrift+sasl+tls"
            }
            Self::Port => "the url names no port, and thrift servers have no usual one",
            Self::Host => "the url names no host",
            Self::Encoding => "a percent-encoded part of the url is not utf-8, or contains a nul",
            Self::Password => "the url names a user and no password",
            Self::User => "the url names a password and no user",
        })
    }
}

impl error::Error for UrlFault {}

/// The schemes: what the server speaks, and whether over TLS.
const SCHEMES: [(&str, Protocol, bool); 4] = [
    ("amqp", Protocol::Amqp, false),
    ("amqps", Protocol::Amqp, true),
    ("thrift+sasl", Protocol::Thrift, false),
    ("thrift+sasl+tls", Protocol::Thrift, true),
];

/// What a host cannot hold, encoded or not: a name with one of these would be shown as another URL.
const RESERVED_IN_HOST: [char; 14] =
    ['#', '%', '/', ':', '<', '>', '?', '@', '[', '\\', ']', '^', '|', '"'];

/// What is not unreserved (RFC 3986 section 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
