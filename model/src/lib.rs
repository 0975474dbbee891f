//! Models that drive the shipped machines, the search that explores them, and what is told of it.
//!
//! - [`check`] is the search between a stateright model and a verdict; it knows nothing of Xiom.
//! - [`machine`] is a shipped machine as its surroundings see it, and the store that runs it once for each
//!   state and stimulus.
//! - [`world`] puts the shipped [`xiom_core::Channel`] over any layers among everything that may happen to
//!   it: a user who commands at any moment, a socket that fails, a peer that says anything in any order, an
//!   application that answers late, time that passes.
//! - [`models`] are the machines in that world, and more. Nothing of the machines is rewritten here.
//! - [`run`] judges them, [`report`] tells of it, [`mutant`] asks whether they would notice, [`cli`] is the
//!   program.

extern crate alloc;

pub mod check;
pub mod cli;
pub mod machine;
pub mod models;
pub mod mutant;
pub mod report;
pub mod run;
pub mod table;
pub mod world;
