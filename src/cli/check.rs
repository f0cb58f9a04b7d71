//! `dinhdanh check`: the steps that need no register.

use std::path::PathBuf;

use clap::Args;

use super::{Done, options::CommonOptions, run::finish};

/// Cleans and checks the children's lists and finds duplicates, without a register
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The children's lists: .xlsx, .xls, .csv, .tsv; `-` is standard input
    #[arg(required = true, value_name = "CHILDREN")]
    children: Vec<PathBuf>,
    #[command(flatten)]
    common: CommonOptions,
}

impl CheckArgs {
    /// Runs the steps and writes their output.
    pub fn run(self) -> anyhow::Result<Done> {
        finish(&self.children, &[], &self.common)
    }
}
