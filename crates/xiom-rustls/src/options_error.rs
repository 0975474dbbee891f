//! Why options cannot be used: which one, and what to do about it.

use core::{error, fmt};

use xiom_core::CertificateFault;

/// Why options cannot be used; nothing was set up.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum OptionsError {
    /// No cryptography was built in and none was given.
    NoProvider,
    /// No certificate is trusted: the system has none and none was given.
    NoRoots,
    /// A PEM cannot be used.
    Pem(PemOption, PemFault),
    /// A certificate in a PEM cannot be used.
    Certificate(PemOption, CertificateFault),
    /// The private key is not that of the certificate.
    KeyMismatch,
    /// The private key is of a kind, or a size, that is not supported.
    UnsupportedKey,
    /// The server's name is neither a DNS name nor an IP address.
    ServerName,
    /// An application protocol has no or more than 255 octets.
    Alpn,
    /// The file for the key log cannot be opened.
    KeyLog(std::io::ErrorKind),
    /// The provider of the cryptography does not go with the other options.
    Provider,
}

impl fmt::Display for OptionsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoProvider => {
                f.write_str("no cryptography: build with `aws-lc-rs` or `ring`, or give a provider")
            }
            Self::NoRoots => f.write_str(
                "no trusted certificates: the system has none, give those of your authority",
            ),
            Self::Pem(option, fault) => write!(f, "{option}: {fault}"),
            Self::Certificate(option, fault) => write!(f, "{option}: a certificate {fault}"),
            Self::KeyMismatch => {
                f.write_str("private key does not belong to the first certificate of the chain")
            }
            Self::UnsupportedKey => f.write_str(
                "private key is not supported: use ECDSA, Ed25519 or RSA from 2048 bits",
            ),
            Self::ServerName => f.write_str(
                "server name is neither a DNS name, in its ASCII form, nor an IP address",
            ),
            Self::Alpn => f.write_str("an application protocol must have 1 to 255 octets"),
            Self::KeyLog(kind) => write!(f, "key log cannot be opened: {kind}"),
            Self::Provider => {
                f.write_str("the cryptography given does not support the versions asked for")
            }
        }
    }
}

impl error::Error for OptionsError {}

/// An option whose value is a PEM.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum PemOption {
    /// The authorities that may issue the server's certificate.
    Roots,
    /// The authorities that may issue clients' certificates.
    ClientAuthorities,
    /// The own certificate and those between it and its authority.
    Chain,
    /// The private key of the own certificate.
    Key,
}

impl fmt::Display for PemOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Roots => "trusted certificates",
            Self::ClientAuthorities => "authorities of client certificates",
            Self::Chain => "certificate chain",
            Self::Key => "private key",
        })
    }
}

/// What is wrong with a PEM.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum PemFault {
    /// It holds none of what is sought.
    Empty,
    /// It is damaged.
    Malformed,
    /// It is encrypted.
    Encrypted,
}

impl fmt::Display for PemFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the pem holds none, expected a section such as `-----BEGIN ...-----`",
            Self::Malformed => "the pem is damaged",
            Self::Encrypted => "the pem is encrypted, decrypt it first",
        })
    }
}
