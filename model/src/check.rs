//! The search between a stateright model and a verdict; it knows nothing of Xiom.
//!
//! [`Graph::explore`] visits every reachable state of a [`Checked`] model once, in breadth, and keeps what
//! is needed to answer afterwards: a fingerprint and the numbers of the successors, some forty octets. So a
//! counterexample is a shortest one, and "a good state stays reachable" is decided on the whole graph. A
//! budget that is hit is a failure, never a pass. [`second`] lets stateright's own search count the same
//! states.

mod checked;
mod graph;
mod lean;
mod path;
mod returns;
mod search;
pub mod second;
mod seen;

pub use checked::{Arrow, Checked, Return};
pub use graph::{Budget, Explored, Found, Graph};
pub use path::{Scenario, Unplayable, narrate, replay};
pub use returns::Stuck;
pub use seen::fingerprint;
