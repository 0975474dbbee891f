//! The adapters over loopback: what leaves on a flush, what is refused, how a server's loop ends.
#![cfg(test)]

mod blocking;
mod peer;
mod serving;
mod tokio_streams;
