//! `dinhdanh encode`: a list that can be linked without showing a name; and `run` of such lists.

use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::{Args, ValueEnum};
use dinhdanh::{
    encode::{
        EncodeError, EncodedRun, Hardening, Identifiers, Key, is_encoded, write_encoded, write_encoded_run,
    },
    matching::LinkStatus,
    outcome::ListKind,
    pipeline::{self, EncodeJob, EncodedOutcome, Stage},
    read::ColumnMapping,
    rules::{Language, Rules},
    write::{WriteOptions, check_target, grouped},
};
use jiff::{Timestamp, civil::Date};

use super::{
    Done,
    options::{CommonOptions, Lang, load_rules, said, set_threads, today},
    progress::Progress,
    run::refused,
    summary,
};

/// Encodes a list with a key, so that another office can link it without seeing a name
///
/// Two lists that were encoded with the same key and options are linked by `dinhdanh run A.clk
/// --register B.clk`. Beside the encoded list stands FILE.ids.csv, which says which record is which:
/// it stays with the list's owner, and so does the key. Encodings are still personal data
/// (docs/encoded-linking.md says what they protect from and what not).
#[derive(Debug, Args)]
pub struct EncodeArgs {
    /// The list's files: .xlsx, .xls, .csv, .tsv
    #[arg(value_name = "FILE", required_unless_present = "new_key")]
    files: Vec<PathBuf>,
    /// What the list is
    #[arg(long = "as", value_enum, default_value_t = ListArg::Children, value_name = "LIST")]
    list: ListArg,
    /// The key that both offices share (see --new-key)
    #[arg(long, value_name = "KEYFILE", required_unless_present = "new_key")]
    key: Option<PathBuf>,
    /// Make a new key in this file and do nothing else
    #[arg(long, value_name = "KEYFILE", conflicts_with_all = ["files", "key", "out"])]
    new_key: Option<PathBuf>,
    /// File to create
    #[arg(long, value_name = "FILE.clk", required_unless_present = "new_key")]
    out: Option<PathBuf>,
    /// Replace an encoded list that stands there
    #[arg(long)]
    force: bool,
    /// Call the rows by their number in the list, in its order, instead of by keyed tokens
    #[arg(long)]
    row_numbers: bool,
    /// Hardening: hash names together with the birth year
    #[arg(long)]
    salt_birth_year: bool,
    /// Hardening: balance the filters, so that none shows how long a name is
    #[arg(long)]
    balanced: bool,
    /// Hardening: turn every bit over with this probability (BLIP), 0 to 0.25
    #[arg(long, value_name = "P", default_value_t = 0.0, value_parser = flip)]
    noise: f64,
    /// Hardening: without tokens of parents' numbers, phone, household, hamlet and commune
    #[arg(long)]
    no_shared_tokens: bool,
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

/// `--as`.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum ListArg {
    /// A list of children
    Children,
    /// A register
    Register,
}

impl From<ListArg> for ListKind {
    fn from(list: ListArg) -> Self {
        match list {
            ListArg::Children => Self::Children,
            ListArg::Register => Self::Register,
        }
    }
}

fn flip(text: &str) -> Result<f64, String> {
    let most = Hardening::MOST_FLIP;
    let number: Option<f64> = text.parse().ok();
    number.filter(|flip| (0.0..=most).contains(flip)).ok_or_else(|| format!("a number from 0 to {most}"))
}

/// Encodes a list, or makes a key.
pub fn run(args: &EncodeArgs) -> anyhow::Result<Done> {
    let language = args.lang.into();
    let rules = load_rules(args.rules.as_deref(), language)?;
    set_threads(args.threads, &rules, language)?;
    let failed = |error: EncodeError| said(&error.into(), &rules, language);
    let tell = |key: &str, values: &[(&str, &str)]| {
        if !args.quiet {
            println!("{}", rules.messages.fill(language, "encode", key, values));
        }
    };
    if let Some(path) = &args.new_key {
        let key = Key::make(path).map_err(failed)?;
        let file = path.display().to_string();
        tell("key_made", &[("file", &file), ("fingerprint", &key.fingerprint())]);
        return Ok(Done::Clean);
    }
    let (Some(key), Some(out)) = (&args.key, &args.out) else {
        return Err(anyhow!(rules.messages.get(language, "encode", "usage").to_owned()));
    };
    refuse_existing(args, out, &rules, language)?;
    let key = Key::read(key).map_err(failed)?;
    let fingerprint = key.fingerprint();
    let columns = args.columns.as_deref().map(ColumnMapping::load).transpose();
    let columns = columns.map_err(|error| said(&error.into(), &rules, language))?;
    let job = EncodeJob {
        files: args.files.clone(),
        list: args.list.into(),
        key,
        hardening: Hardening {
            salt_birth_year: args.salt_birth_year,
            balanced: args.balanced,
            flip: args.noise,
            no_shared_tokens: args.no_shared_tokens,
        },
        identifiers: if args.row_numbers { Identifiers::Row } else { Identifiers::Token },
        columns,
        as_of: args.as_of.unwrap_or_else(today),
    };
    let progress = Progress::new(args.quiet, &rules.messages, language);
    let result = pipeline::encode_files(job, &rules, &|stage| progress.stage(stage));
    progress.finish();
    let encoded = result.map_err(|error| said(&error, &rules, language))?;
    let beside = write_encoded(&encoded.list, &encoded.known, out, args.force).map_err(failed)?;
    let records = grouped(encoded.list.len(), language);
    let rejects = grouped(encoded.rejects, language);
    let (file, beside) = (out.display().to_string(), beside.display().to_string());
    tell(
        "written",
        &[
            ("file", &file),
            ("beside", &beside),
            ("records", &records),
            ("rejects", &rejects),
            ("fingerprint", &fingerprint),
        ],
    );
    Ok(if encoded.rejects == 0 { Done::Clean } else { Done::NeedsPerson })
}

/// An encoded list is replaced where that is asked for, and nothing but an encoded list.
fn refuse_existing(args: &EncodeArgs, out: &Path, rules: &Rules, language: Language) -> anyhow::Result<()> {
    if !out.exists() || args.force && is_encoded(out) {
        return Ok(());
    }
    let key = if is_encoded(out) { "exists" } else { "no_encoded" };
    let file = out.display().to_string();
    Err(anyhow!(rules.messages.fill(language, "encode", key, &[("file", &file)])))
}

/// The job of `run` and `check` where the lists are encoded.
pub fn finish(
    children: &[PathBuf],
    register: &[PathBuf],
    common: &CommonOptions,
    started: Timestamp,
    rules: &Rules,
) -> anyhow::Result<Done> {
    let language = common.lang.into();
    let of_no_use = [
        ("--decisions", !common.decisions.is_empty()),
        ("--columns", common.columns.is_some()),
        ("--model", common.model.is_some()),
        ("--learn", common.learn),
    ];
    if let Some((option, _)) = of_no_use.into_iter().find(|(_, given)| *given) {
        return Err(said(&EncodeError::Option { option }.into(), rules, language));
    }
    let inputs = children.iter().chain(register).map(PathBuf::as_path);
    check_target(&common.out, common.force, inputs).map_err(|error| refused(&error, rules, language))?;
    let progress = Progress::new(common.quiet, &rules.messages, language);
    let result = pipeline::run_encoded(children, register, rules, &|stage| progress.stage(stage));
    let outcome = result.inspect_err(|_| progress.finish()).map_err(|error| said(&error, rules, language))?;
    progress.stage(Stage::Write);
    let run = EncodedRun {
        inputs: outcome.inputs.clone(),
        children: &outcome.children,
        register: outcome.register.as_ref(),
        linkage: &outcome.linkage,
        rules: &rules.digests,
    };
    let mut options = WriteOptions::new(common.force, summary::parameters(common, register.is_empty()));
    options.started = started;
    let written = write_encoded_run(&run, &common.out, &options);
    progress.finish();
    written.map_err(|error| refused(&error, rules, language))?;
    if !common.quiet {
        tell(&outcome, &common.out, rules, language);
    }
    Ok(Done::Clean)
}

/// Counts only, never a token.
fn tell(outcome: &EncodedOutcome, out: &Path, rules: &Rules, language: Language) {
    let say = |section: &str, key: &str, values: &[(&str, &str)]| {
        println!("{}", rules.messages.fill(language, section, key, values));
    };
    let decisions = &outcome.linkage.decisions;
    let first = |at: &usize| decisions[*at].cluster as usize == *at;
    let children: Vec<usize> = (0..decisions.len()).filter(first).collect();
    let count = |number: usize| grouped(number, language);
    let persons = outcome.register.as_ref().map_or(0, |register| register.len());
    say("encode", "read", &[("records", &count(decisions.len())), ("persons", &count(persons))]);
    let merged = count(decisions.len() - children.len());
    say("terminal", "children", &[("children", &count(children.len())), ("merged", &merged)]);
    if outcome.register.is_some() {
        for status in LinkStatus::ALL {
            let of = children.iter().filter(|at| decisions[**at].link == *status).count();
            say("terminal", status.as_str(), &[("children", &format!("{:>9}", count(of)))]);
        }
    }
    say("encode", "pairs", &[("pairs", &count(outcome.linkage.review.len()))]);
    say("terminal", "written", &[("folder", &out.display().to_string())]);
}
