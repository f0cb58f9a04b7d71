#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    dinhdanh_fuzz::stop_at_panics();
    dinhdanh_fuzz::personal_id(bytes);
});
