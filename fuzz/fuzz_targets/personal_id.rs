#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| dinhdanh_fuzz::personal_id(bytes));
