//! `fuzzing::targets::names` under libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzzing::targets::names::run(data));
