//! The command line of `xiom serve`.

use core::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser as _};

use super::{Spoken, Style};

/// `xiom serve`
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own on the command line"
)]
#[derive(Args)]
pub(crate) struct Serve {
    /// What is spoken
    #[arg(long, value_enum, value_name = "PROTOCOL", default_value = "amqp")]
    pub(crate) protocol: Spoken,
    /// Where to listen; port 0 is any port that is free. 127.0.0.1:5671 without this, 127.0.0.1:10000
    /// for thrift
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<SocketAddr>,
    /// How TLS begins
    #[arg(long, value_enum, value_name = "STYLE", default_value = "direct")]
    pub(crate) tls: Style,
    /// The certificate of the server, and those between it and the authority
    #[arg(long, value_name = "PEM", requires = "key")]
    pub(crate) cert: Option<PathBuf>,
    /// The private key of the certificate
    #[arg(long, value_name = "PEM", requires = "cert")]
    pub(crate) key: Option<PathBuf>,
    /// Issue a certificate for this run alone, and write its authority to FILE, for clients to trust
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, default_missing_value = "", value_parser = OsStringValueParser::new().map(PathBuf::from), conflicts_with = "cert")]
    pub(crate) self_signed: Option<PathBuf>,
    /// Ask for certificates of these authorities; makes EXTERNAL possible
    #[arg(long, value_name = "PEM")]
    pub(crate) client_ca: Option<PathBuf>,
    /// Who may come in, as `xiom user` writes it
    #[arg(long, value_name = "FILE")]
    pub(crate) users: Option<PathBuf>,
    /// Let in whoever has a Kerberos ticket for this service, as itself; the key comes from the keytab of the machine
    #[arg(long)]
    pub(crate) kerberos: bool,
    /// The same, with the key in this file
    #[arg(long, value_name = "FILE")]
    pub(crate) keytab: Option<PathBuf>,
    /// The service, as Kerberos knows it; amqp without this, hive for thrift. Needs --host
    #[arg(long, value_name = "NAME", requires = "host")]
    pub(crate) service: Option<String>,
    /// The name of this server, as Kerberos knows it; without this every service of the keytab is served
    #[arg(long, value_name = "NAME")]
    pub(crate) host: Option<String>,
    /// Offer no other mechanism than this; may be given again
    #[arg(long, value_name = "NAME")]
    pub(crate) mechanism: Vec<String>,
    /// Let clients in that say no name
    #[arg(long)]
    pub(crate) anonymous: bool,
    /// Offer PLAIN where there is no TLS, too
    #[arg(long)]
    pub(crate) allow_cleartext: bool,
    /// Give up on a client that is not in after so long
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub(crate) deadline: u32,
    /// Take so many connections at once
    #[arg(long, value_name = "N", default_value_t = 1024, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) max_connections: u32,
    /// Let so many of them be on their way in at once
    #[arg(long, value_name = "N", default_value_t = 128, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) max_logins: u32,
    /// Print a JSON document on each line
    #[arg(long)]
    pub(crate) json: bool,
}

impl Serve {
    /// Where to listen.
    pub(crate) fn address(&self) -> SocketAddr {
        let port = match self.protocol {
            Spoken::Amqp => 5671,
            Spoken::Thrift => 10_000,
        };
        self.listen.unwrap_or_else(|| (Ipv4Addr::LOCALHOST, port).into())
    }

    /// Whether those come in who have a Kerberos ticket.
    pub(crate) const fn has_kerberos(&self) -> bool {
        self.kerberos || self.keytab.is_some()
    }
}

pub(crate) const SERVE: &str = "\
Serve users: let them in as AMQP 1.0 does, or Thrift, and send back whatever they say.

Prints a line for each connection: who came in and how, or which layer refused it and why. The file of users is \
read again when it has changed, and on SIGHUP. SIGINT and SIGTERM end it in order: nobody new comes in, those who \
are in are told goodbye; a second one ends it at once. A client has until the deadline to be in, and is one of \
--max-logins until then; one too many is hung up on.";

pub(crate) const SERVE_EXAMPLES: &str = "\
Examples:
  xiom serve --self-signed=ca.pem --users users.toml
  xiom serve --listen 0.0.0.0:5671 --cert server.pem --key server.key --users users.toml
  xiom serve --tls header --listen 127.0.0.1:5672 --self-signed --anonymous
  xiom serve --cert server.pem --key server.key --client-ca ca.pem --users users.toml --mechanism EXTERNAL
  xiom serve --protocol thrift --self-signed=ca.pem --users users.toml
  xiom serve --protocol thrift --tls none --keytab hive.keytab --service hive --host hive.example
  xiom serve --self-signed --users users.toml --json | jq 'select(.event == \"refused\")'

Exit codes:
   0  ended in order
   2  the command line, or a file that it names, is wrong
  10  the address cannot be had
  15  anything else";
