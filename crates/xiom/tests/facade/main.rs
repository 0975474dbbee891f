//! The paved path over real sockets and real TLS: both styles, both runtimes, and what is refused.
#![cfg(test)]

extern crate alloc;

mod blocking;
mod offers;
mod pki;
mod refusals;
mod relay;
mod stores;
mod thrift;
#[cfg(feature = "legacy")]
mod thrift_legacy;
mod tokio_streams;
#[cfg(feature = "users-file")]
mod user_file;
mod users;
