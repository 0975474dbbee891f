//! The bodies of the fuzz targets: plain functions of octets, and the oracles that judge what happens.
//!
//! A body is built by the stable toolchain and knows no engine, so that one body serves libFuzzer (the
//! one-liners in `fuzz/fuzz_targets`), the replay of the committed inputs in every test run, the reading
//! of coverage, and the explanation of an input that failed.
//!
//! Invariants: a body depends on its input alone, reads no clock and no file, and leaves nothing behind; it
//! fails by a panic and in no other way, and never takes more memory than its [`Target`] states.
//!
//! ```
//! use xiom_fuzz::targets;
//!
//! let target = targets::find("thrift_message").unwrap();
//! target.run(b"\x01\x00\x00\x00\x05PLAIN");
//! assert!((target.explain)(b"\x05\x00\x00\x00\x00").contains("COMPLETE"));
//! ```
//!
//! # A new target
//!
//! 1. A module in `src/targets`, with one `pub const TARGET`, and its line in [`targets::ALL`].
//! 2. `fuzz/fuzz_targets/NAME.rs`, as its neighbours, and a `[[bin]]` in `fuzz/Cargo.toml`; a test
//!    compares both with the list.
//! 3. `cargo xtask fuzz seed`, then `run NAME`, then `promote` what is worth keeping.
#![forbid(unsafe_code)]

extern crate alloc;

pub mod dictionary;
pub mod oracle;
pub mod targets;

mod target;

pub use target::{Coverage, Pair, Seed, Target, can_allocate};
