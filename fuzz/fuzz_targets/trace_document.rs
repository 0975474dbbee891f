//! The fuzz target `trace_document`; its body is in `crates/xiom-fuzz`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| xiom_fuzz::targets::trace_document::TARGET.run(input));
