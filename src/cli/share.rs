//! `dinhdanh share`: a copy of a run without its people.

use std::{fmt::Write as _, io::Write as _, path::PathBuf};

use clap::{Args, ValueEnum};
use dinhdanh::{
    privacy::{DateDetail, ShareJob, ShareKey, Shared, share},
    rules::{Language, Rules},
    write::{PendingFile, grouped},
};

use super::{
    Done,
    options::{Lang, load_rules},
    privacy::{refused, stop_cleanly},
    retention::warn_if_overdue,
    summary::head,
};

/// Writes a pseudonymised copy of a run, for statistics or the report of an error
///
/// Names, numbers and codes become tokens of HMAC-SHA256 under a key that stays with you: the same
/// value is the same token, and without the key nothing leads back. Dates are made coarse, addresses
/// and free text stay out. The copy is still personal data to whoever has the key, and small groups
/// may be recognised: docs/privacy.md.
#[derive(Debug, Args)]
pub struct ShareArgs {
    /// Folder of a finished run
    #[arg(value_name = "DIR")]
    run: PathBuf,
    /// File of the key: 64 hexadecimal digits
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Make a new key and write it to that file first
    #[arg(long)]
    new_key: bool,
    /// Archive to create
    #[arg(long, value_name = "FILE.zip")]
    out: PathBuf,
    /// What is left of birth dates
    #[arg(long, value_enum, default_value_t = Dates::Quarter)]
    dates: Dates,
    /// Replace a file that stands there
    #[arg(long)]
    force: bool,
    /// Folder of rules laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
    /// Say nothing but errors
    #[arg(long)]
    quiet: bool,
    /// Language of everything people read
    #[arg(long, value_enum, default_value_t = Lang::Vi)]
    lang: Lang,
}

/// `--dates`.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Dates {
    /// The year
    Year,
    /// Year and quarter
    Quarter,
    /// Year and month
    Month,
}

impl From<Dates> for DateDetail {
    fn from(dates: Dates) -> Self {
        match dates {
            Dates::Year => Self::Year,
            Dates::Quarter => Self::Quarter,
            Dates::Month => Self::Month,
        }
    }
}

/// Writes the copy.
pub fn run(args: &ShareArgs) -> anyhow::Result<Done> {
    let language = args.lang.into();
    let rules = load_rules(args.rules.as_deref(), language)?;
    stop_cleanly()?;
    warn_if_overdue(&args.run, &rules.messages, language);
    let job = ShareJob {
        run: args.run.clone(),
        out: args.out.clone(),
        force: args.force,
        dates: args.dates.into(),
        language,
    };
    let no = |error| refused(&error, &rules.messages, language);
    // A key is not made for a copy that will not be.
    PendingFile::check(&args.out, args.force).map_err(|error| no(error.into()))?;
    let key = if args.new_key { ShareKey::create(&args.key) } else { ShareKey::read(&args.key) };
    let shared = key.and_then(|key| share(&job, &key, &rules));
    let shared = shared.map_err(|error| {
        if args.new_key && !matches!(error, dinhdanh::privacy::PrivacyError::Write(_)) {
            // Made for this copy alone.
            let _ = std::fs::remove_file(&args.key);
        }
        no(error)
    })?;
    if !args.quiet {
        // A closed pipe is the reader's choice, not a fault.
        let _ = std::io::stdout().write_all(said(&shared, args, &rules, language).as_bytes());
    }
    Ok(Done::Clean)
}

fn said(shared: &Shared, args: &ShareArgs, rules: &Rules, language: Language) -> String {
    let mut text = String::new();
    let mut line = |key: &str, values: &[(&str, &str)]| {
        let _ = writeln!(text, "{}", rules.messages.fill(language, "share_said", key, values));
    };
    let (records, pairs) = (grouped(shared.records, language), grouped(shared.pairs, language));
    let out = args.out.display().to_string();
    line("written", &[("file", &out), ("records", &records), ("pairs", &pairs), ("key", &shared.key)]);
    if args.new_key {
        line("new_key", &[("file", &args.key.display().to_string())]);
    }
    let small = rules.report.small_cell.to_string();
    if shared.rare > 0 {
        let (rare, children) = (grouped(shared.rare, language), grouped(shared.children, language));
        line("rare", &[("rare", &rare), ("children", &children), ("small", &small)]);
    }
    text + &head(&shared.head, &rules.messages, language) + "\n"
}
