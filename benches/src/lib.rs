//! What Xiom costs, beside its limits: the parts that the benchmarks share.
//!
//! Everything is measured by the CPU time of one thread, so that a figure says what the code costs and not
//! what else the machine did; most runs in memory, and what is about sockets on loopback. Whoever links this
//! crate counts allocations, too.
//!
//! ```text
//! cargo bench -p xiom-benches                        all of it
//! cargo bench -p xiom-benches --bench allocations    what a login allocates in the mechanisms alone
//! cargo bench -p xiom-benches --bench channel        octets through the layers; what a connection holds
//! cargo bench -p xiom-benches --bench codec          frames and values
//! cargo bench -p xiom-benches --bench contest        the rows that other implementations can join
//! cargo bench -p xiom-benches --bench flood          good logins among garbage
//! cargo bench -p xiom-benches --bench half_open      clients that do not log in: heap, deadline
//! cargo bench -p xiom-benches --bench logins         logins over loopback, CPU time of either side
//! cargo bench -p xiom-benches --bench sasl           logins in memory
//! cargo bench -p xiom-benches --bench scram          SCRAM and PLAIN beside PBKDF2
//! cargo bench -p xiom-benches --bench thrift         Thrift frames, plain and protected; logins
//! cargo bench -p xiom-model                          the search of the models, beside that of stateright
//! ```
//!
//! `cargo xtask bench` runs all of it and joins the figures in one table, with `--peers` beside other
//! implementations (`benches/peers`).
//!
//! The tables are printed, and written as JSON to `xiom-benches` in the target folder. A figure behind its
//! goal is shown, and fails nothing; a login that goes wrong does.

extern crate alloc;

pub mod bare;
pub mod consumer;
pub mod contest;
pub mod counting;
pub mod cpu;
pub mod goals;
pub mod live;
pub mod login;
pub mod material;
pub mod pair;
pub mod peer;
pub mod report;
pub mod rows;
pub mod suite;
pub mod thrift;
pub mod turns;
