//! The commands as typed: one file a command, each a `clap` struct and a `run`. Turns options into
//! a job, errors into sentences, outcomes into exit codes; decides nothing about children.

mod audit;
mod check;
mod desk;
mod encode;
mod evaluate;
mod explain;
mod index;
mod options;
mod privacy;
mod progress;
mod purge;
mod report;
mod retention;
mod review;
mod run;
mod seal;
mod share;
mod size;
mod summary;
mod synth;

use std::{io::Write as _, process::ExitCode};

use clap::{Parser, Subcommand};

/// Cleans a ward's list of children, finds duplicates and attaches the right personal number.
///
/// Without a command it opens the desk: the whole job in the browser, on this machine alone.
///
/// Exit codes:
///   0    done
///   1    done, but some rows or decisions could not be used: a person must look at rejects.csv or
///        decisions.csv (findings and pairs to review alone do not count); or a folder is not as its
///        log says
///   2    an input, an option or a rules file cannot be used; the message says where and what to do
///   3    the system failed to read or write
///   130  stopped by Ctrl-C; nothing is left behind
#[derive(Debug, Parser)]
#[command(version, verbatim_doc_comment)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::RunArgs),
    Check(check::CheckArgs),
    Index(index::IndexArgs),
    Encode(encode::EncodeArgs),
    Report(report::ReportArgs),
    Review(review::ReviewArgs),
    Desk(desk::DeskArgs),
    Synth(synth::SynthArgs),
    Evaluate(evaluate::EvaluateArgs),
    Explain(explain::ExplainArgs),
    Audit(audit::AuditArgs),
    Share(share::ShareArgs),
    Seal(seal::SealArgs),
    Open(seal::OpenArgs),
    Purge(purge::PurgeArgs),
}

/// What a command that did its work has to say by its exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// Nothing is left for a person but the lists.
    Clean,
    /// Rows were rejected, or something does not match.
    NeedsPerson,
}

impl Cli {
    /// Runs the command typed.
    pub fn run(self) -> anyhow::Result<Done> {
        match self.command.unwrap_or_else(|| Command::Desk(desk::DeskArgs::default())) {
            Command::Run(arguments) => arguments.run(),
            Command::Check(arguments) => arguments.run(),
            Command::Index(arguments) => index::run(&arguments),
            Command::Encode(arguments) => encode::run(&arguments),
            Command::Report(arguments) => report::run(&arguments),
            Command::Review(arguments) => arguments.run(),
            Command::Desk(arguments) => arguments.run(),
            Command::Synth(arguments) => synth::run(&arguments).map(|_| Done::Clean),
            Command::Evaluate(arguments) => evaluate::run(&arguments).map(say),
            Command::Explain(arguments) => explain::run(&arguments).map(say),
            Command::Audit(arguments) => audit::run(&arguments),
            Command::Share(arguments) => share::run(&arguments),
            Command::Seal(arguments) => seal::run_seal(&arguments),
            Command::Open(arguments) => seal::run_open(&arguments),
            Command::Purge(arguments) => purge::run(&arguments),
        }
    }
}

/// Prints what a command was asked for.
fn say(text: String) -> Done {
    // A closed pipe is the reader's choice, not a fault.
    let _ = std::io::stdout().write_all(text.as_bytes());
    Done::Clean
}

/// A failure of the disk or the system, not of what was given: exit code 3.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct IoFailure(pub String);

fn is_io(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| cause.is::<IoFailure>() || cause.is::<std::io::Error>())
}

/// Ctrl-C came while the program wrote: it ends as its handler would have ended it, in silence.
#[derive(Debug, thiserror::Error)]
#[error("stopped")]
pub struct Stopped;

/// The exit code of a stopped program, as shells have it for Ctrl-C.
pub const STOPPED: u8 = 130;

/// The exit code of a finished command.
pub fn exit_code(result: &anyhow::Result<Done>) -> ExitCode {
    match result {
        Ok(Done::Clean) => ExitCode::SUCCESS,
        Ok(Done::NeedsPerson) => ExitCode::from(1),
        Err(error) if error.is::<Stopped>() => ExitCode::from(STOPPED),
        Err(error) if is_io(error) => ExitCode::from(3),
        Err(_) => ExitCode::from(2),
    }
}
