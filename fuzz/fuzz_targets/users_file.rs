//! The fuzz target `users_file`; its body is in `crates/xiom-fuzz`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| xiom_fuzz::targets::users_file::TARGET.run(input));
