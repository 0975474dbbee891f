//! The fuzz target `table_mechanisms`; its body is in `crates/xiom-fuzz`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| xiom_fuzz::targets::table_mechanisms::TARGET.run(input));
