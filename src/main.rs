//! The program: reads the command line, runs the command, says once what went wrong.

mod cli;

use std::process::ExitCode;

use clap::Parser;

/// The program makes and drops millions of short texts on all threads, which the system's allocator
/// does at half the speed (docs/performance.md).
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Gives freed pages back after a tenth of a second: an office PC has other programs.
#[cfg(not(target_env = "msvc"))]
#[unsafe(export_name = "_rjem_malloc_conf")]
pub static ALLOCATOR_OPTIONS: &[u8; 36] = b"dirty_decay_ms:100,muzzy_decay_ms:0\0";

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|panic| {
        // The message of a panic may quote a cell: the place in the program is all that is shown.
        let message = panic.payload().downcast_ref::<String>();
        let becomes_an_error = dinhdanh::read::is_shielded()
            || message.is_some_and(|message| dinhdanh::write::failed_stream(message).is_some());
        if !becomes_an_error {
            let place = panic.location().map_or_else(String::new, ToString::to_string);
            eprintln!("dinhdanh {}: panicked at {place}", env!("CARGO_PKG_VERSION"));
        }
    }));
    let result = cli::Cli::parse().run();
    if let Err(error) = &result
        && !error.is::<cli::Stopped>()
    {
        eprintln!("dinhdanh: {error:#}");
    }
    cli::exit_code(&result)
}
