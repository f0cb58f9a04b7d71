//! `dinhdanh index`: a register of any size, made into one file once and for all.

use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::Args;
use dinhdanh::{
    index::{IndexError, IndexFile, abandon, is_index, tidy},
    pipeline::{self, IndexJob, IndexReport, PipelineError, Stage},
    read::ColumnMapping,
    rules::{Language, Rules},
};
use jiff::civil::Date;

use super::{
    Done,
    options::{Lang, load_rules, said, set_threads, today},
    progress::Progress,
    size::bytes,
};

/// Makes an index of a register: one file that --register takes instead of the lists themselves
///
/// A run then reads only the persons who may be children of its list, whatever the size of the
/// register. The index belongs to the rules and the version of the program that made it. It holds
/// personal data: it is written for its owner's eyes only (0600).
#[derive(Debug, Args)]
pub struct IndexArgs {
    /// The register's files; with --verify an index
    #[arg(required = true, value_name = "REGISTER")]
    register: Vec<PathBuf>,
    /// File to create
    #[arg(long, value_name = "FILE.idx", required_unless_present = "verify", conflicts_with = "verify")]
    out: Option<PathBuf>,
    /// Replace an index that stands there
    #[arg(long)]
    force: bool,
    /// Memory that making it may take; what is beyond is kept in files beside the index
    #[arg(long, value_name = "SIZE", default_value = "2G", value_parser = bytes)]
    memory: u64,
    /// Build nothing: read an index from end to end and check it
    #[arg(long)]
    verify: bool,
    /// Folder of rules laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
    /// Which column is which, where the program cannot tell (TOML)
    #[arg(long, value_name = "FILE")]
    columns: Option<PathBuf>,
    /// The day on which years of two digits are judged [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Option<Date>,
    /// Threads to use [default: one a core]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Say nothing but errors
    #[arg(long)]
    quiet: bool,
    /// Language of everything people read
    #[arg(long, value_enum, default_value_t = Lang::Vi)]
    lang: Lang,
}

/// Makes or checks an index.
pub fn run(args: &IndexArgs) -> anyhow::Result<Done> {
    let language = args.lang.into();
    let rules = load_rules(args.rules.as_deref(), language)?;
    set_threads(args.threads, &rules, language)?;
    match &args.out {
        Some(out) => build(args, out.clone(), &rules, language)?,
        None => verify(args, &rules, language)?,
    }
    Ok(Done::Clean)
}

fn build(args: &IndexArgs, out: PathBuf, rules: &Rules, language: Language) -> anyhow::Result<()> {
    refuse_existing(args, &out, rules, language)?;
    let abandoned = tidy(&out);
    if abandoned > 0 && !args.quiet {
        let (count, path) = (abandoned.to_string(), out.display().to_string());
        let values = [("count", &*count), ("path", &*path)];
        eprintln!("{}", rules.messages.fill(language, "found_before", "index", &values));
    }
    ctrlc::set_handler(|| {
        abandon();
        std::process::exit(super::STOPPED.into());
    })?;
    let columns = args.columns.as_deref().map(ColumnMapping::load).transpose();
    let columns = columns.map_err(|error| said(&error.into(), rules, language))?;
    let job = IndexJob {
        register: args.register.clone(),
        out,
        columns,
        as_of: args.as_of.unwrap_or_else(today),
        memory: args.memory,
    };
    let progress = Progress::new(args.quiet, &rules.messages, language);
    let result = pipeline::build_index(&job, rules, &|stage: Stage| progress.stage(stage));
    progress.finish();
    let report = result.map_err(|error| said(&error, rules, language))?;
    if !args.quiet {
        print!("{}", told(&report, &job, rules, language));
    }
    Ok(())
}

/// An index is replaced where that is asked for, and nothing but an index.
fn refuse_existing(args: &IndexArgs, out: &Path, rules: &Rules, language: Language) -> anyhow::Result<()> {
    if !out.exists() || args.force && is_index(out) {
        return Ok(());
    }
    let key = if is_index(out) { "exists" } else { "no_index" };
    let file = out.display().to_string();
    Err(anyhow!(rules.messages.fill(language, "index", key, &[("file", &file)])))
}

fn told(report: &IndexReport, job: &IndexJob, rules: &Rules, language: Language) -> String {
    let sum = report.indexed.sheets.iter().map(|sheet| sheet.rows).sum::<u64>();
    let values = [
        ("file", job.out.display().to_string()),
        ("persons", report.indexed.records.to_string()),
        ("rows", sum.to_string()),
        ("bytes", report.bytes.to_string()),
    ];
    let values = values.each_ref().map(|(key, value)| (*key, value.as_str()));
    format!("{}\n", rules.messages.fill(language, "index", "built", &values))
}

fn verify(args: &IndexArgs, rules: &Rules, language: Language) -> anyhow::Result<()> {
    for path in &args.register {
        let file = path.display().to_string();
        let say = |key: &str| rules.messages.fill(language, "index", key, &[("file", &file)]);
        if path.is_file() && !is_index(path) {
            return Err(anyhow!(say("no_index")));
        }
        let checked: Result<(), IndexError> =
            IndexFile::open(path, &rules.reading_digest()).and_then(|index| index.verify());
        checked.map_err(|error| said(&PipelineError::from(error), rules, language))?;
        if !args.quiet {
            println!("{}", say("whole"));
        }
    }
    Ok(())
}
