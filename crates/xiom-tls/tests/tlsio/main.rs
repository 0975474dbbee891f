//! The requirements of a TLS adapter, for the channel over the TLS layer and a toy engine.
#![cfg(test)]

mod close;
mod common;
mod error;
mod open;
mod proofs;
mod receive;
mod retry;
mod send;
