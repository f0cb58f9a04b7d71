//! `dinhdanh evaluate`: figures of a finished run against a truth.

use std::path::PathBuf;

use clap::Args;
use dinhdanh::evaluate::evaluate;

/// Measures a finished run against a truth: precision, recall, wrong numbers per million
#[derive(Debug, Args)]
pub struct EvaluateArgs {
    /// Folder of a finished run
    #[arg(value_name = "DIR")]
    run: PathBuf,
    /// Truth: record_id, entity, personal_id
    #[arg(long, value_name = "FILE")]
    truth: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// The figures as text to print.
pub fn run(args: &EvaluateArgs) -> anyhow::Result<String> {
    let figures = evaluate(&args.run.join("records.csv"), &args.run.join("review.csv"), &args.truth)?;
    Ok(if args.json {
        let mut json = serde_json::to_string_pretty(&figures)?;
        json.push('\n');
        json
    } else {
        figures.to_string()
    })
}
