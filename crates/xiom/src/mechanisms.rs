//! The sets of mechanisms that clients and servers of this crate have.
//!
//! Invariant: everything else names the sets by these types and fills them by these functions, so that a
//! mechanism of another crate is added here and nowhere else.

use xiom_sasl::{Either, client, server};

/// The context of Kerberos; without the feature `gssapi` there is no such value.
#[cfg(feature = "gssapi")]
pub type Gss = xiom_gssapi::Context;

/// The context of Kerberos; without the feature `gssapi` there is no such value.
#[cfg(not(feature = "gssapi"))]
pub type Gss = xiom_sasl::gss::NoGss;

/// The mechanisms of a client.
pub type ClientMechanism = Either<client::Mechanism, client::Gssapi<Gss>>;

/// The mechanisms of a server.
pub type ServerMechanism = Either<server::Mechanism, server::Gssapi<Gss>>;

/// A mechanism of `xiom-sasl` as one of the client's.
pub(crate) fn client(mechanism: impl Into<client::Mechanism>) -> ClientMechanism {
    Either::A(mechanism.into())
}

/// A mechanism of `xiom-sasl` as one of the server's.
pub(crate) fn server(mechanism: impl Into<server::Mechanism>) -> ServerMechanism {
    Either::A(mechanism.into())
}
