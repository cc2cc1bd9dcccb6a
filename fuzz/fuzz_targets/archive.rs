//! `fuzzing::targets::archive` under libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzzing::targets::archive::run(data));
