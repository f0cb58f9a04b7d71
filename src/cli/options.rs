//! Options that several commands share, and what they mean.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::anyhow;
use clap::{Args, ValueEnum};
use dinhdanh::{
    matching::TrainedModel,
    pipeline::{Job, PipelineError},
    read::ColumnMapping,
    rules::{Language, MessageRules, Rules, RulesError},
};
use jiff::{Timestamp, civil::Date, tz::Offset};

use super::{IoFailure, size::bytes};

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
    /// What people have decided: decisions.jsonl of the desk, filled-in review.xlsx, police.xlsx,
    /// household.xlsx
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub decisions: Vec<PathBuf>,
    /// Learn from the decisions too: adjust weights and bands, shown before and after
    #[arg(long)]
    pub learn: bool,
    /// Which column is which, where the program cannot tell (TOML)
    #[arg(long, value_name = "FILE")]
    pub columns: Option<PathBuf>,
    /// The weights of an earlier run (its model.json) instead of learning them from the lists
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// Go on from an earlier run: cluster ids and decisions stay; of pairs that it kept (--remember)
    /// only new and changed ones are compared
    #[arg(long, value_name = "DIR")]
    pub previous: Option<PathBuf>,
    /// Keep what was compared in the results (comparisons.bin), for a later run with --previous
    #[arg(long)]
    pub remember: bool,
    /// The day on which ages are judged [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub as_of: Option<Date>,
    /// The last day on which the results are kept [default: as rules/retention.toml says]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub retain_until: Option<Date>,
    /// Threads to use [default: one a core]
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    /// Memory for the persons of an indexed register (`dinhdanh index`) who are at hand at a time: a
    /// number of bytes, or 512M, 2G. The output is the same
    #[arg(long, value_name = "SIZE", default_value = "2G", value_parser = bytes)]
    pub memory: u64,
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
        let language = self.lang.into();
        let rules = load_rules(self.rules.as_deref(), language)?;
        set_threads(self.threads, &rules, language)?;
        Ok(rules)
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
        let model = self.model.as_deref().map(|file| load_model(file, rules, language)).transpose()?;
        if self.learn && self.decisions.is_empty() && self.previous.is_none() {
            return Err(anyhow!(rules.messages.fill(language, "run_error", "learn_without_decisions", &[])));
        }
        Ok(Job {
            model,
            learn: self.learn,
            previous: self.previous.clone(),
            remember: self.remember,
            memory: self.memory,
            children: children.to_vec(),
            register: register.to_vec(),
            decisions: self.decisions.clone(),
            columns,
            as_of: self.as_of.unwrap_or_else(today),
            language,
        })
    }
}

/// Sets the threads up, where their number is given.
pub fn set_threads(threads: Option<usize>, rules: &Rules, language: Language) -> anyhow::Result<()> {
    let Some(threads) = threads else { return Ok(()) };
    let built = rayon::ThreadPoolBuilder::new().num_threads(threads.max(1)).build_global();
    built.map_err(|error| {
        let values = [("threads", &*threads.to_string()), ("detail", &*error.to_string())];
        anyhow!(rules.messages.fill(language, "run_error", "threads", &values))
    })
}

/// The rules, or what is wrong with them.
pub fn load_rules(overlay: Option<&Path>, language: Language) -> anyhow::Result<Rules> {
    Rules::with_overlay(overlay).map_err(|error| rules_fault(&error, language))
}

/// The model of an earlier run, if it fits the rules.
pub fn load_model(file: &Path, rules: &Rules, language: Language) -> anyhow::Result<TrainedModel> {
    let name = file.display().to_string();
    let say = |key: &str, detail: &str| {
        rules.messages.fill(language, "run_error", key, &[("file", &name), ("detail", detail)])
    };
    let text = fs::read_to_string(file)
        .map_err(|error| IoFailure(say("model_unreadable", &rules.messages.system(language, &error))))?;
    let model: TrainedModel =
        serde_json::from_str(&text).map_err(|error| anyhow!(say("model", &error.to_string())))?;
    model.check(&rules.matching).map_err(|fault| anyhow!(say("model", &fault.to_string())))?;
    Ok(model)
}

/// Today in Vietnam, whatever the machine's clock is set to: the same command run in Hà Nội and on
/// a server abroad judges ages alike.
pub fn today() -> Date {
    Offset::constant(7).to_datetime(Timestamp::now()).date()
}

/// An error as a sentence in the reader's language, with its exit code.
pub fn said(error: &PipelineError, rules: &Rules, language: Language) -> anyhow::Error {
    let sentence = error.message(&rules.messages, language);
    if error.is_io() { IoFailure(sentence).into() } else { anyhow!(sentence) }
}

/// What is wrong with the rules, said with the built-in sentences: the overlaid ones did not load.
pub fn rules_fault(error: &RulesError, language: Language) -> anyhow::Error {
    let Ok(messages) = MessageRules::built_in() else { return anyhow!("{error}") };
    let say = |key: &str, values: &[(&str, &str)]| anyhow!(messages.fill(language, "run_error", key, values));
    match error {
        RulesError::Unreadable { file, error } => {
            say("rules_unreadable", &[("file", file), ("detail", &messages.system(language, error))])
        }
        RulesError::Invalid { file, line, message } => {
            let detail = message.trim_end_matches(['\n', '.']);
            say("rules", &[("file", file), ("line", &line.to_string()), ("detail", detail)])
        }
        RulesError::UnknownFile { file, known } => {
            say("rules_unknown_file", &[("file", file), ("known", known)])
        }
    }
}
