//! The command line of `xiom user`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use xiom::UserTable;
use xiom::sasl::scram::Hash;

/// `xiom user`
#[derive(Args)]
pub(crate) struct User {
    #[command(subcommand)]
    pub(crate) deed: Deed,
}

/// What is done with a file of users.
#[derive(Subcommand)]
pub(crate) enum Deed {
    /// Add a user, or give it another password; the file is made if it is not there
    Add(Add),
    /// Remove a user, or the holder of a certificate
    Remove(Remove),
    /// Print who may come in, and how
    List(List),
    /// Tell whether a file can be used, and whether a password is that of a user
    Check(Check),
}

/// `xiom user add`
#[derive(Args)]
pub(crate) struct Add {
    /// The file of users
    pub(crate) file: PathBuf,
    /// The name of the user
    #[arg(required_unless_present_any = ["certificate", "anonymous"])]
    pub(crate) name: Option<String>,
    /// The mechanisms that the user has, with their -PLUS; SHA-512 and SHA-256 without this
    #[arg(long, value_enum, value_name = "NAME", ignore_case = true, requires = "name")]
    pub(crate) mechanism: Vec<Mechanism>,
    /// How often the password is hashed
    #[arg(long, value_name = "N", default_value_t = UserTable::ITERATIONS, value_parser = clap::value_parser!(u32).range(4096..=1_000_000))]
    pub(crate) iterations: u32,
    /// Let the user, or the holder of the certificate, act as this one, too; may be given again
    #[arg(long, value_name = "NAME")]
    pub(crate) act_as: Vec<String>,
    /// Admit the holder of a certificate with this common name; with NAME it may act as NAME
    #[arg(long, value_name = "CN")]
    pub(crate) certificate: Option<String>,
    /// Admit clients that say no name
    #[arg(long)]
    pub(crate) anonymous: bool,
    /// Read the password from the first line of the standard input
    #[arg(long)]
    pub(crate) password_stdin: bool,
}

/// `xiom user remove`
#[derive(Args)]
pub(crate) struct Remove {
    /// The file of users
    pub(crate) file: PathBuf,
    /// The name of the user
    #[arg(required_unless_present_any = ["certificate", "anonymous"])]
    pub(crate) name: Option<String>,
    /// The common name of a certificate
    #[arg(long, value_name = "CN")]
    pub(crate) certificate: Option<String>,
    /// Admit no clients any more that say no name
    #[arg(long)]
    pub(crate) anonymous: bool,
}

/// `xiom user list`
#[derive(Args)]
pub(crate) struct List {
    /// The file of users
    pub(crate) file: PathBuf,
    /// Print one JSON document
    #[arg(long)]
    pub(crate) json: bool,
}

/// `xiom user check`
#[derive(Args)]
pub(crate) struct Check {
    /// The file of users
    pub(crate) file: PathBuf,
    /// The user whose password is judged
    pub(crate) name: Option<String>,
    /// Read the password from the first line of the standard input
    #[arg(long, requires = "name")]
    pub(crate) password_stdin: bool,
}

/// The mechanisms that need keys of their own.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Mechanism {
    /// SHA-1, for clients that have nothing better
    #[value(name = "SCRAM-SHA-1")]
    Sha1,
    /// SHA-256
    #[value(name = "SCRAM-SHA-256")]
    Sha256,
    /// SHA-512
    #[value(name = "SCRAM-SHA-512")]
    Sha512,
}

impl Mechanism {
    /// The hash of its keys.
    pub(crate) const fn hash(self) -> Hash {
        match self {
            Self::Sha1 => Hash::Sha1,
            Self::Sha256 => Hash::Sha256,
            Self::Sha512 => Hash::Sha512,
        }
    }
}

pub(crate) const USER: &str = "\
Keep a file of users for `xiom serve`, and for servers of your own (`xiom::UserFile`).

The file holds the keys that SCRAM derives from passwords, and no passwords. It is replaced whole, and only \
its owner can read it. A server that runs takes a change over with the next connection.";

pub(crate) const USER_EXAMPLES: &str = "\
Examples:
  xiom user add users.toml ann
  xiom user add users.toml ann --password-stdin --act-as stock < secret.txt
  xiom user add users.toml old-device --mechanism SCRAM-SHA-1
  xiom user add users.toml --certificate client1 --act-as stock
  xiom user check users.toml ann

Exit codes:
   0  done
   1  the password is not that of the user
   2  the command line, or the file, is wrong";
