//! Models that drive the shipped machines, and the search that explores them.
//!
//! [`stack`] is the shipped [`xiom_core::Channel`] over the shipped client layers, with a toy TLS engine that
//! is deterministic in its octets, surrounded by everything that may happen to it: a user who commands at
//! any moment, a socket that fails, a peer that says anything in any order, time that passes. [`cuts`] is the
//! shipped [`xiom_core::Connection`] under every cut of the same octets. Nothing of the machines is
//! rewritten here.

extern crate alloc;

pub mod cuts;
pub mod peer;
pub mod search;
pub mod stack;

pub use search::Graph;
