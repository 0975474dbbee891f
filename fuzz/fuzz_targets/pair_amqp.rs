//! The fuzz target `pair_amqp`; its body is in `crates/xiom-fuzz`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| xiom_fuzz::targets::pair_amqp::TARGET.run(input));
