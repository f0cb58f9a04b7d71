//! The program: reads the command line, runs the command, says once what went wrong.

mod cli;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let result = cli::Cli::parse().run();
    if let Err(error) = &result
        && !error.is::<cli::Stopped>()
    {
        eprintln!("dinhdanh: {error:#}");
    }
    cli::exit_code(&result)
}
