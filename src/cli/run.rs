//! `dinhdanh run`: the main job.

use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::Args;
use dinhdanh::{
    decide::{DECISIONS_FILE, FateKind},
    pipeline::{self, Stage},
    rules::{Language, Rules},
    write::{Found, WriteError, WriteOptions, check_target, tidy, with_found, write_run},
};

use jiff::Timestamp;

use super::{
    Done, IoFailure, Stopped, encode,
    options::{CommonOptions, said, today},
    progress::Progress,
    retention::warn_if_overdue,
    summary,
};

/// Cleans the children's lists, finds duplicates, attaches numbers from the register
#[derive(Debug, Args)]
pub struct RunArgs {
    /// The children's lists: .xlsx, .xls, .csv, .tsv; `-` is standard input
    #[arg(required = true, value_name = "CHILDREN")]
    children: Vec<PathBuf>,
    /// The register: an extract of the population database, or the police's list
    #[arg(long, required = true, num_args = 1.., value_name = "REGISTER")]
    register: Vec<PathBuf>,
    #[command(flatten)]
    common: CommonOptions,
}

impl RunArgs {
    /// Runs the job and writes its output.
    pub fn run(self) -> anyhow::Result<Done> {
        finish(&self.children, &self.register, &self.common)
    }
}

/// The job of `run` and `check`, from options to summary.
pub fn finish(children: &[PathBuf], register: &[PathBuf], common: &CommonOptions) -> anyhow::Result<Done> {
    let started = Timestamp::now();
    let rules = common.prepare()?;
    let language = common.lang.into();
    ctrlc::set_handler(|| {
        dinhdanh::write::abandon_all();
        std::process::exit(super::STOPPED.into());
    })?;
    if let Some(day) = common.retain_until.filter(|day| *day < today()) {
        let values = [("until", &*day.to_string())];
        return Err(anyhow!(rules.messages.fill(language, "retention", "past", &values)));
    }
    let encoded =
        pipeline::are_encoded(children, register).map_err(|error| said(&error, &rules, language))?;
    if encoded {
        return encode::finish(children, register, common, started, &rules);
    }
    let job = common.job(children, register, &rules)?;
    let found = found_before(&common.out, common.quiet, &rules, language)?;
    // Told before the work, not after it.
    let inputs = children.iter().chain(register).chain(&common.previous).map(PathBuf::as_path);
    check_target(&common.out, common.force, inputs).map_err(|error| refused(&error, &rules, language))?;
    warn_if_overdue(&common.out, &rules.messages, language);
    let kept = common.decisions.is_empty() && common.out.join(DECISIONS_FILE).is_file();
    let progress = Progress::new(common.quiet, &rules.messages, language);
    let result = pipeline::run(&job, &rules, &|stage| progress.stage(stage));
    let outcome =
        result.inspect_err(|_| progress.finish()).map_err(|error| said(&error, &rules, language))?;
    progress.stage(Stage::Write);
    let options = WriteOptions {
        force: common.force,
        user: std::env::var("USER").or_else(|_| std::env::var("USERNAME")).ok(),
        parameters: with_found(summary::parameters(common, register.is_empty()), &found),
        started,
        retain_until: common.retain_until,
    };
    let written = write_run(&outcome, &common.out, &options, &rules);
    progress.finish();
    let written = written.map_err(|error| refused(&error, &rules, language))?;
    if !common.quiet {
        summary::print(&outcome, &written, &common.out, kept, &rules.messages, language);
    }
    let refused = outcome.decided.as_ref().map_or(0, |decided| decided.count(FateKind::needs_person));
    let done =
        if outcome.children.rejects.is_empty() && refused == 0 { Done::Clean } else { Done::NeedsPerson };
    // The process ends here; giving millions of cells back one by one would only delay it.
    std::mem::forget((outcome, rules));
    Ok(done)
}

/// Puts in order what an interrupted run has left beside an output folder, and says so.
pub fn found_before(
    out: &Path,
    quiet: bool,
    rules: &Rules,
    language: Language,
) -> anyhow::Result<Vec<Found>> {
    let found = tidy(out).map_err(|error| refused(&error, rules, language))?;
    if !quiet {
        found.iter().for_each(|found| eprintln!("{}", found.message(out, &rules.messages, language)));
    }
    Ok(found)
}

/// Why nothing was written, as a sentence with its exit code.
pub fn refused(error: &WriteError, rules: &Rules, language: Language) -> anyhow::Error {
    if matches!(error, WriteError::Abandoned) {
        return Stopped.into();
    }
    let sentence = error.message(&rules.messages, language);
    if error.is_usage() { anyhow!(sentence) } else { IoFailure(sentence).into() }
}
