//! Options that several commands share, and what they mean.

use std::path::PathBuf;

use anyhow::{Context, anyhow};
use clap::{Args, ValueEnum};
use dinhdanh::{
    pipeline::{Job, PipelineError},
    read::{ColumnMapping, ReadError},
    rules::{Language, Rules},
};
use jiff::{Timestamp, civil::Date, tz::Offset};

use super::IoFailure;

/// Options of every command that makes an output folder.
#[derive(Debug, Args)]
pub struct CommonOptions {
    /// Folder to create for the results
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Replace the results of an earlier run in that folder
    #[arg(long)]
    pub force: bool,
    /// Folder of rules laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    pub rules: Option<PathBuf>,
    /// Which column is which, where the program cannot tell (TOML)
    #[arg(long, value_name = "FILE")]
    pub columns: Option<PathBuf>,
    /// The day on which ages are judged [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub as_of: Option<Date>,
    /// Threads to use [default: one a core]
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    /// Say nothing but errors
    #[arg(long)]
    pub quiet: bool,
    /// Language of everything people read
    #[arg(long, value_enum, default_value_t = Lang::Vi)]
    pub lang: Lang,
}

/// `--lang`.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Lang {
    /// Tiếng Việt
    Vi,
    /// English
    En,
}

impl From<Lang> for Language {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::Vi => Self::Vi,
            Lang::En => Self::En,
        }
    }
}

impl CommonOptions {
    /// Loads the rules and sets the threads up: the only place that does either.
    pub fn prepare(&self) -> anyhow::Result<Rules> {
        if let Some(threads) = self.threads {
            rayon::ThreadPoolBuilder::new()
                .num_threads(threads.max(1))
                .build_global()
                .context("--threads")?;
        }
        Ok(Rules::with_overlay(self.rules.as_deref())?)
    }

    /// The job these options and files describe.
    pub fn job(&self, children: &[PathBuf], register: &[PathBuf], rules: &Rules) -> anyhow::Result<Job> {
        let language = self.lang.into();
        let columns = match &self.columns {
            Some(file) => {
                Some(ColumnMapping::load(file).map_err(|error| said(&error.into(), rules, language))?)
            }
            None => None,
        };
        Ok(Job {
            children: children.to_vec(),
            register: register.to_vec(),
            columns,
            as_of: self.as_of.unwrap_or_else(today),
            language,
        })
    }
}

/// Today in Vietnam, whatever the machine's clock is set to: the same command run in Hà Nội and on
/// a server abroad judges ages alike.
fn today() -> Date {
    Offset::constant(7).to_datetime(Timestamp::now()).date()
}

/// An error as a sentence in the reader's language, with its exit code.
pub fn said(error: &PipelineError, rules: &Rules, language: Language) -> anyhow::Error {
    match error {
        PipelineError::Read(error) => {
            let sentence = error.message(&rules.messages, language);
            match error {
                ReadError::Io { .. } => IoFailure(sentence).into(),
                _ => anyhow!(sentence),
            }
        }
        other => anyhow!("{other}"),
    }
}
