//! SASL mechanisms, client and server, and the policy that chooses one (RFC 4422).
//!
//! A mechanism is a value that takes messages and gives messages. It performs no IO, reads no clock,
//! draws no random numbers and calls nobody back: nonces are given when it is made, credentials of a
//! server are an answer to [`server::ServerStep::Lookup`], and a slow key derivation is done in slices.
//!
//! - [`client`]: [`client::ClientMechanism`], whose only way to [`Established`] consumes it.
//! - [`server`]: [`server::ServerMechanism`], whose success and failure are different values.
//! - [`gss`]: what `GSSAPI` asks of a security context, such as one of Kerberos.
//! - [`Policy`]: which mechanism, and why not the others.
//!
//! Names and passwords of SCRAM are prepared (RFC 4013): printable ASCII always, anything else with the
//! feature `saslprep`, and without it refused. PLAIN and EXTERNAL take UTF-8 without NUL as it is, and
//! the server prepares the password before it compares (RFC 4616 section 2).
//!
//! ```
//! use xiom_core::{AuthFault, Security};
//! use xiom_sasl::client::{ClientMechanism, ClientStep, Mechanism, Plain};
//! use xiom_sasl::{Credentials, Limits, Policy};
//!
//! let mut candidates = vec![Mechanism::from(Plain::new(Credentials::new("tim", "tanstaaf"))?)];
//! let (policy, limits) = (Policy::default(), Limits::default());
//! let security = Security { confidential: true, ..Security::default() };
//!
//! let choice = policy.select(&candidates, ["ANONYMOUS", "PLAIN"], &security).choice().unwrap();
//! let mut mechanism = candidates.swap_remove(choice.index);
//! let cx = policy.context(&security, &limits, choice.binding);
//!
//! let mut out = zeroize::Zeroizing::new(Vec::new());
//! assert_eq!(mechanism.start(&cx, &mut out)?, ClientStep::Send);
//! assert_eq!(out.as_slice(), b"\0tim\0tanstaaf");
//! let established = mechanism.outcome_ok(&cx, None)?;
//! assert_eq!(established.principal().acts_as(), Some("tim"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Without TLS the same selection ends in an error that says why:
//!
//! ```
//! use xiom_core::{SaslFault, Security};
//! use xiom_sasl::{Credentials, Policy, client::{Mechanism, Plain}};
//!
//! let candidates = [Mechanism::from(Plain::new(Credentials::new("tim", "tanstaaf"))?)];
//! let selection = Policy::default().select(&candidates, ["PLAIN"], &Security::default());
//! assert_eq!(selection.choice(), Err(SaslFault::NoCommonMechanism));
//! assert_eq!(selection.to_string(), "PLAIN: would show the secret, and the channel is not confidential");
//! # Ok::<(), xiom_core::AuthFault>(())
//! ```
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod client;
#[cfg(feature = "legacy")]
pub mod digest_md5;
pub mod gss;
pub mod oauth;
pub mod scram;
pub mod server;

mod buffers;
mod context;
#[cfg(feature = "legacy")]
mod cram_md5;
mod credentials;
mod either;
mod encoding;
mod established;
mod layer;
mod limits;
mod nonce;
mod policy;
mod prep;
mod proofs;
mod properties;

pub use buffers::Buffers;
pub use context::{BindingOffer, Context};
pub use credentials::{Credentials, Decoy, ScramKeys};
pub use either::Either;
pub use established::{BindingType, Established, Identity, PeerProof, Principal};
pub use layer::{LayerRange, Layers, MechanismLayer, NoLayer, Protection, SecurityLayer};
pub use limits::Limits;
pub use nonce::Nonce;
pub use policy::{Choice, Entry, Order, Policy, Selection, Side, Verdict};
pub use properties::Properties;
