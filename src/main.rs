//! The program: reads the command line, runs the command, says once what went wrong.

mod cli;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|panic| {
        // The message of a panic may quote a cell: the place in the program is all that is shown.
        let message = panic.payload().downcast_ref::<String>();
        if message.is_none_or(|message| dinhdanh::write::failed_stream(message).is_none()) {
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
