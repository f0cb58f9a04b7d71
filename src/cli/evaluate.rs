//! `dinhdanh evaluate`: figures of a finished run against a truth.

use std::path::PathBuf;

use clap::Args;
use dinhdanh::evaluate::{evaluate, evaluate_encoded};

/// Measures a finished run against a truth: precision, recall, wrong numbers per million
#[derive(Debug, Args)]
pub struct EvaluateArgs {
    /// Folder of a finished run
    #[arg(value_name = "DIR")]
    run: PathBuf,
    /// Truth: record_id, entity, personal_id
    #[arg(long, value_name = "FILE")]
    truth: PathBuf,
    /// Of a run of encoded lists: the .ids.csv files beside the encoded lists of both sides
    #[arg(long, value_name = "FILE", num_args = 1..)]
    ids: Vec<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// The figures as text to print.
pub fn run(args: &EvaluateArgs) -> anyhow::Result<String> {
    let file = |name: &str| args.run.join(name);
    let figures = if args.ids.is_empty() {
        evaluate(&file("records.csv"), &file("review.csv"), &args.truth)?
    } else {
        evaluate_encoded(&file("links.csv"), &file("review.csv"), &args.ids, &args.truth)?
    };
    Ok(if args.json {
        let mut json = serde_json::to_string_pretty(&figures)?;
        json.push('\n');
        json
    } else {
        figures.to_string()
    })
}
