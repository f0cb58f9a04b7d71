//! The targets for the fuzzer; see `targets.rs`.

use std::sync::Once;

mod targets;

pub use targets::*;

/// Keeps the fuzzer from stopping at panics that the program turns into errors.
pub fn stop_at_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // The fuzzer's own hook ends the process.
        let of_the_fuzzer = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !dinhdanh::read::is_shielded() {
                of_the_fuzzer(panic);
            }
        }));
    });
}
