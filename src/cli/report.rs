//! `dinhdanh report`: quality report and statistics of a finished run.

use std::{fmt::Write as _, io::Write as _, path::PathBuf};

use anyhow::anyhow;
use clap::{Args, ValueEnum};
use dinhdanh::{
    report::{ReportError, STATISTICS, Statistics, StatisticsJob, write_statistics},
    rules::{Language, Rules},
    write::{WriteError, grouped, with_found},
};
use serde_json::json;

use super::{
    Done, IoFailure, Stopped,
    options::{Lang, load_rules},
    retention::warn_if_overdue,
};

/// Quality report, indicators, policy lists and forms of a finished run
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Folder of a finished run
    #[arg(value_name = "DIR")]
    run: PathBuf,
    /// Folder for the statistics [default: DIR/statistics]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Fill in this form
    #[arg(long, value_enum, requires = "year")]
    form: Option<Form>,
    /// The year of the form
    #[arg(long, value_name = "Y", requires = "form", value_parser = clap::value_parser!(i16).range(1900..=2199))]
    year: Option<i16>,
    /// Say what changed since this earlier run
    #[arg(long, value_name = "EARLIER")]
    since: Option<PathBuf>,
    /// Show every figure: for use within the ward and for whoever may see small counts by law
    #[arg(long)]
    internal: bool,
    /// Folder of rules laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
    /// Replace statistics that were changed after they were written
    #[arg(long)]
    force: bool,
    /// Say nothing but errors
    #[arg(long)]
    quiet: bool,
    /// Language of everything people read
    #[arg(long, value_enum, default_value_t = Lang::Vi)]
    lang: Lang,
}

/// `--form`.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Form {
    /// MẪU 03: the ward's yearly table of children
    Mau03,
}

/// Counts the run and writes what was asked for.
pub fn run(args: &ReportArgs) -> anyhow::Result<Done> {
    let language = args.lang.into();
    let rules = load_rules(args.rules.as_deref(), language)?;
    ctrlc::set_handler(|| {
        dinhdanh::write::abandon_all();
        std::process::exit(super::STOPPED.into());
    })?;
    let out = args.out.clone().unwrap_or_else(|| args.run.join(STATISTICS));
    let found = super::run::found_before(&out, args.quiet, &rules, language)?;
    warn_if_overdue(&args.run, &rules.messages, language);
    let job = StatisticsJob {
        run: args.run.clone(),
        out: args.out.clone(),
        mau03: args.form.and(args.year),
        since: args.since.clone(),
        internal: args.internal,
        force: args.force,
        language,
        parameters: with_found(
            json!({
                "command": "report",
                "form": args.form.map(|form| format!("{form:?}").to_lowercase()),
                "year": args.year,
                "since": args.since.as_ref().map(|path| path.display().to_string()),
                "internal": args.internal,
                "rules": args.rules.as_ref().map(|path| path.display().to_string()),
                "language": format!("{:?}", args.lang).to_lowercase(),
            }),
            &found,
        ),
    };
    let written = write_statistics(&job, &rules).map_err(|error| refused(&error, &rules, language))?;
    if !args.quiet {
        // A closed pipe is the reader's choice, not a fault.
        let _ = std::io::stdout().write_all(said(&written, args, &rules, language).as_bytes());
    }
    Ok(Done::Clean)
}

fn said(written: &Statistics, args: &ReportArgs, rules: &Rules, language: Language) -> String {
    let mut text = String::new();
    let mut line = |key: &str, values: &[(&str, &str)]| {
        let _ = writeln!(text, "{}", rules.messages.fill(language, "report_said", key, values));
    };
    line(
        "written",
        &[("folder", &written.folder.display().to_string()), ("files", &written.files.join(", "))],
    );
    if written.empty_cells > 0 {
        line("empty", &[("cells", &grouped(written.empty_cells, language))]);
    }
    if args.internal {
        line("internal", &[]);
    } else if written.hidden_figures > 0 {
        let small = rules.report.small_cell.to_string();
        line("hidden", &[("figures", &grouped(written.hidden_figures, language)), ("small", &small)]);
    }
    text
}

/// Why nothing was written, as a sentence with its exit code.
fn refused(error: &ReportError, rules: &Rules, language: Language) -> anyhow::Error {
    if matches!(error, ReportError::Write(WriteError::Abandoned)) {
        return Stopped.into();
    }
    let sentence = error.message(&rules.messages, language);
    if error.is_io() { IoFailure(sentence).into() } else { anyhow!(sentence) }
}
