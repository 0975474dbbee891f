//! The fuzz target `sasl_keys`; its body is in `crates/xiom-fuzz`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| xiom_fuzz::targets::sasl_keys::TARGET.run(input));
