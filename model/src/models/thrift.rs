//! Thrift SASL as it ships: each side in a channel, each side against anybody, and both against each other.

pub mod client;
pub mod pair;
pub mod script;
pub mod server;
pub mod stranger;
pub mod words;
