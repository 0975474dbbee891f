//! The paved path over real sockets and real TLS: both styles, both runtimes, and what is refused.
#![cfg(test)]

mod blocking;
mod pki;
mod refusals;
mod tokio_streams;
