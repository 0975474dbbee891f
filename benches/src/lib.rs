//! What Xiom costs, beside its limits: the parts that the benchmarks share.
//!
//! Everything runs in memory on one thread and is measured by that thread's CPU time, so that a figure says
//! what the code costs and not what else the machine did. Whoever links this crate counts allocations, too.
//!
//! ```text
//! cargo bench -p xiom-benches                    all of it
//! cargo bench -p xiom-benches --bench channel    octets through the layers; what a connection holds
//! cargo bench -p xiom-benches --bench codec      frames and values
//! cargo bench -p xiom-benches --bench sasl       logins
//! cargo bench -p xiom-model                      the search of the models, beside that of stateright
//! ```
//!
//! The tables are printed, and written as JSON to `xiom-benches` in the target folder.

extern crate alloc;

pub mod bare;
pub mod consumer;
pub mod counting;
pub mod cpu;
pub mod material;
pub mod pair;
pub mod report;
pub mod suite;
