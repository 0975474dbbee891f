//! Secure channels for AMQP 1.0 and Thrift: TLS and SASL below your protocol, client and server.
//!
//! # Connect
//!
//! ```no_run
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! use tokio::io::AsyncWriteExt;
//!
//! let mut stream = xiom::connect("amqps://user:password@broker.example").await?;
//! stream.write_all(b"AMQP\x00\x01\x00\x00").await?; // From here on the octets are yours.
//! stream.close().await?;
//! # Ok(())
//! # }
//! ```
//!
//! The same without tokio is [`blocking::connect`]. What it does: resolves the name, tries each address,
//! shakes hands in TLS, checks the server's certificate, exchanges SASL headers, logs in with the strongest
//! mechanism that both sides have, and hands out a stream of octets; all that within 30 seconds, or with an
//! [`Error`] that names the layer, the stage and the cause. A password never travels on a channel that is
//! not confidential, and nothing falls back to a weaker choice by itself.
//!
//! With `thrift+sasl://` or `thrift+sasl+tls://` it is Thrift SASL, and each write is a frame, or several. The
//! crate `xiom-thrift` gathers what a library of Thrift writes, and sends it as one frame on flush.
//!
//! # Say more
//!
//! [`Client`] holds everything a URL cannot: roots, certificates, the TLS style, mechanisms, limits. Build
//! it once and connect often: TLS sessions are resumed, as they are when two clients have equal options.
//!
//! ```no_run
//! # fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let client = xiom::Client::builder("amqps://user:password@broker.example")?
//!     .only_roots(std::fs::read("ca.pem")?)
//!     .build()?;
//! let mut stream = client.connect_blocking()?;
//! # Ok(())
//! # }
//! ```
//!
//! # Serve
//!
//! [`Server`] is the other side; [`Users`] says who may come in: [`UserTable`] in memory, `UserFile` in a
//! file (feature `users-file`), or a store of your own, which may answer later.
//!
//! ```
//! let mut users = xiom::UserTable::new().with("ann", "pencil")?.with_act_as("ann", "stock");
//! users.add("bob", "tiger", &[xiom::sasl::scram::Hash::Sha512], xiom::UserTable::ITERATIONS)?;
//! let server = xiom::Server::builder(users).require_mutual().build()?;
//! # assert!(server.layers().is_ok());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Below this crate
//!
//! The layers are crates of their own: compose them as you like with `xiom-core`, which also documents how
//! a channel is driven without any runtime.
#![forbid(unsafe_code)]

extern crate alloc;

#[cfg(feature = "blocking")]
pub mod blocking;
mod client;
mod error;
mod forward;
#[cfg(feature = "gssapi")]
mod kerberos;
mod login;
mod mechanisms;
#[cfg(feature = "blocking")]
mod parker;
mod sasl_layer;
mod server;
#[cfg(feature = "tokio")]
mod stream;
mod transport;
mod url;
mod users;

pub use client::{Client, ClientBuilder, ClientLayers};
pub use error::Error;
#[cfg(feature = "gssapi")]
pub use kerberos::Kerberos;
pub use login::Login;
pub use mechanisms::{ClientMechanism, Gss, ServerMechanism};
pub use sasl_layer::{ClientSasl, ServerSasl};
pub use server::{Reply, Server, ServerBuilder, ServerLayers};
#[cfg(feature = "tokio")]
pub use stream::{Accepted, Stream, connect};
pub use transport::{TlsStyle, Transport};
pub use url::{Address, Protocol, UrlFault};
pub use users::{Answer, Found, Likeness, Offers, UserRecord, UserTable, Users, acts_as_itself};
#[cfg(feature = "users-file")]
pub use users::{UserFile, UserFileError, UserFileFault, keys_from_text, keys_to_text};

pub use xiom_amqp_sasl as amqp_sasl;
pub use xiom_core as core;
#[cfg(feature = "gssapi")]
pub use xiom_gssapi as gssapi;
pub use xiom_rustls as rustls;
pub use xiom_sasl as sasl;
pub use xiom_thrift_sasl as thrift_sasl;
pub use xiom_xio as xio;
