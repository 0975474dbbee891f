//! The program `hive` against a small server that answers as `HiveServer2` does.
#![cfg(test)]

extern crate alloc;

#[path = "../../examples/hive/failure.rs"]
mod failure;
mod fake;
#[path = "../../examples/hive/rows.rs"]
mod rows;
#[path = "../../examples/hive/run.rs"]
mod run;
#[path = "../../examples/hive/session.rs"]
mod session;
mod statements;
#[path = "../../examples/hive/value.rs"]
mod value;
