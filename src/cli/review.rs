//! `dinhdanh review`: the flagged pairs of a finished run in the browser.

use std::path::PathBuf;

use clap::Args;
use dinhdanh::desk::Place;

use super::{Done, desk::ServeOptions};

/// Opens a finished run's flagged pairs in the browser, to decide them
#[derive(Debug, Args)]
pub struct ReviewArgs {
    /// Folder of a finished run
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    #[command(flatten)]
    options: ServeOptions,
}

impl ReviewArgs {
    /// Serves until the desk ends.
    pub fn run(self) -> anyhow::Result<Done> {
        self.options.serve(Place::Run(self.folder))
    }
}
