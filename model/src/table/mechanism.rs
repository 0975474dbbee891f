//! The mechanisms, each alone, told all that a driver may tell them.
//!
//! The end of an exchange consumes a mechanism: `Success` and `Failure` are no states of it, but what is left.

pub(super) mod client;
pub(super) mod server;

/// What is left after a success.
const SUCCESS: &str = "Success";
/// What is left after a failure.
const FAILURE: &str = "Failure";
