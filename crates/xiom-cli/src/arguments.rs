//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use xiom::{Protocol, TlsStyle};

mod decode;
mod serve;
mod user;

pub(crate) use decode::Decode;
pub(crate) use serve::Serve;
pub(crate) use user::{Add, Check, Deed, List, Remove, User};

use decode::{DECODE, DECODE_EXAMPLES};
use serve::{SERVE, SERVE_EXAMPLES};
use user::{USER, USER_EXAMPLES};

/// What to do.
#[derive(Parser)]
#[command(name = "xiom", version, about, long_about = LONG, arg_required_else_help = true)]
#[command(max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// See every mechanism log in, on this machine alone
    #[command(long_about = DEMO, after_long_help = DEMO_EXAMPLES)]
    Demo(Demo),
    /// Tell whether a server lets you in, and if not, which layer fails and why
    #[command(long_about = PROBE, after_long_help = PROBE_EXAMPLES)]
    Probe(Box<Probe>),
    /// Serve users: let them in, and send back what they say
    #[command(long_about = SERVE, after_long_help = SERVE_EXAMPLES)]
    Serve(Box<Serve>),
    /// Tell what captured octets say, with every secret left out
    #[command(long_about = DECODE, after_long_help = DECODE_EXAMPLES)]
    Decode(Decode),
    /// Keep a file of users
    #[command(long_about = USER, after_long_help = USER_EXAMPLES)]
    User(User),
}

/// `xiom demo`
#[derive(Args)]
pub(crate) struct Demo {
    /// Print one JSON document to the standard output and nothing else
    #[arg(long)]
    pub(crate) json: bool,
    /// Echo this many MiB
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(0..=65_536))]
    pub(crate) mib: u32,
}

/// `xiom probe`
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own on the command line"
)]
#[derive(Args)]
pub(crate) struct Probe {
    /// The server.
    #[arg(
        help = "The server, such as amqps://user:password@broker.example:5671 or thrift+sasl+tls://hive.example:10000"
    )]
    pub(crate) url: String,
    /// How TLS begins; by default as the URL says: amqps and thrift+sasl+tls are direct, the others none
    #[arg(long, value_enum, value_name = "STYLE")]
    pub(crate) tls: Option<Style>,
    /// Trust the authorities in this file besides those of the system
    #[arg(long, value_name = "PEM")]
    pub(crate) ca: Option<PathBuf>,
    /// Trust the authorities in this file and no others
    #[arg(long, value_name = "PEM", conflicts_with = "ca")]
    pub(crate) only_ca: Option<PathBuf>,
    /// Show this certificate to a server that asks; makes EXTERNAL possible
    #[arg(long, value_name = "PEM", requires = "key")]
    pub(crate) cert: Option<PathBuf>,
    /// The private key of the certificate
    #[arg(long, value_name = "PEM", requires = "cert")]
    pub(crate) key: Option<PathBuf>,
    /// The user, whose password is never an argument.
    #[arg(
        long,
        help = "Log in as this user; the password comes from a file or from XIOM_PASSWORD"
    )]
    pub(crate) user: Option<String>,
    /// The file that holds the password in its first line
    #[arg(long, value_name = "FILE", requires = "user")]
    pub(crate) password_file: Option<PathBuf>,
    /// Log in with the token in the first line of the standard input; --user says whom to act as
    #[arg(long, conflicts_with = "password_file")]
    pub(crate) token_stdin: bool,
    /// Log in with the Kerberos tickets that kinit has left
    #[arg(long)]
    pub(crate) kerberos: bool,
    /// The service, as Kerberos and DIGEST-MD5 know it; amqp without this, hive for thrift
    #[arg(long, value_name = "NAME")]
    pub(crate) service: Option<String>,
    /// Use no other mechanism than this; may be given again. MSSBCBS, DIGEST-MD5 and CRAM-MD5 are
    /// used only when named
    #[arg(long, value_name = "NAME")]
    pub(crate) mechanism: Vec<String>,
    /// Take and send SASL frames of amqp of up to this many octets; 512 without this, 65536 with a token or tickets
    #[arg(long, value_name = "OCTETS")]
    pub(crate) sasl_frame: Option<u32>,
    /// Give up when the login has not succeeded after so long
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub(crate) timeout: u32,
    /// After the login, exchange AMQP headers, too
    #[arg(long)]
    pub(crate) amqp: bool,
    /// Print each header, frame and message of the login to the standard error; secrets are left out
    #[arg(long)]
    pub(crate) trace: bool,
    /// Let the password travel in clear where there is no TLS
    #[arg(long)]
    pub(crate) insecure_plain: bool,
    /// Print one JSON document to the standard output and nothing else
    #[arg(long)]
    pub(crate) json: bool,
}

/// What is spoken.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Spoken {
    /// AMQP 1.0
    Amqp,
    /// Thrift SASL, as Hive, Spark and Impala speak it
    Thrift,
}

impl Spoken {
    /// The protocol of the library.
    pub(crate) const fn protocol(self) -> Protocol {
        match self {
            Self::Amqp => Protocol::Amqp,
            Self::Thrift => Protocol::Thrift,
        }
    }
}

/// The word for `protocol` on the command line.
pub(crate) const fn protocol_name(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Thrift => "thrift",
        Protocol::Amqp | _ => "amqp",
    }
}

/// How TLS begins.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Style {
    /// With the first octet
    Direct,
    /// After the AMQP-TLS header
    Header,
    /// Not at all
    None,
}

impl Style {
    /// The style of the library; `None` for no TLS.
    pub(crate) const fn tls(self) -> Option<TlsStyle> {
        match self {
            Self::Direct => Some(TlsStyle::Direct),
            Self::Header => Some(TlsStyle::Header),
            Self::None => None,
        }
    }

    /// The word on the command line.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Header => "header",
            Self::None => "none",
        }
    }
}

const LONG: &str = "\
Secure channels for AMQP 1.0 and Thrift: TLS and SASL, seen at work.

Colour appears on terminals only, and not when NO_COLOR is set. Errors go to the standard error.";

const DEMO: &str = "\
See every mechanism log in, on this machine alone.

Issues certificates on the fly, serves on ports of the loopback interface, and logs in with every mechanism: to \
AMQP over direct TLS and over TLS after the AMQP header, to Thrift over TLS and without. Echoes data, closes in \
order, and shows who is refused: a wrong password, a client that does not trust the authority, a man in the middle, \
and servers that break the rules.";

const DEMO_EXAMPLES: &str = "\
Examples:
  xiom demo
  xiom demo --mib 512
  xiom demo --json | jq .summary

Exit codes:
  0  everything went as expected
  1  something did not";

const PROBE: &str = "\
Tell whether a server lets you in, and if not, which layer fails and why.

Reports the addresses that were tried, what TLS agreed on, the server's certificates (also those that \
are not accepted), the mechanisms on offer and why each was chosen or not, who came in and how both \
sides were proven, and the time that each phase took. Servers of Thrift offer nothing: there it tells which \
mechanism it has asked for, what the server said when it refused, and what else these credentials can be tried \
with. Without credentials it logs in as ANONYMOUS, where that is offered. A password is never printed.";

const PROBE_EXAMPLES: &str = "\
Examples:
  xiom probe amqps://broker.example
  xiom probe amqps://broker.example --user guest --password-file secret.txt
  xiom probe amqps://broker.example --token-stdin --mechanism OAUTHBEARER < token.txt
  xiom probe amqp://broker.example --kerberos
  xiom probe thrift+sasl+tls://hive.example:10000 --user ann --password-file secret.txt
  xiom probe thrift+sasl://hive.example:10000 --kerberos --service hive --trace
  XIOM_PASSWORD=... xiom probe amqp://broker.example --tls header --user guest --trace
  xiom probe amqps://broker.example --only-ca ca.pem --cert me.pem --key me.key
  xiom probe amqps://broker.example --json | jq .failure

Exit codes:
   0  logged in
   2  the command line, or a file that it names, is wrong
  10  the socket failed
  11  TLS failed
  12  the AMQP headers do not agree
  13  SASL failed, or the server refused the credentials
  14  the mechanism failed
  15  anything else";
