//! The fuzz target `thrift_frame`; its body is in `crates/xiom-fuzz`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| xiom_fuzz::targets::thrift_frame::TARGET.run(input));
