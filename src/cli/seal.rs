//! `dinhdanh seal` and `dinhdanh open`: a run in one encrypted file, and back.

use std::{
    fmt::Write as _,
    io::Write as _,
    path::{Path, PathBuf},
};

use clap::Args;
use dinhdanh::{
    audit::LogName,
    privacy::{Identities, Opened, Purge, Recipients, Sealed, create_identity, open, seal},
    rules::{Language, Rules},
    write::grouped,
};

use super::{
    Done, audit,
    options::{Lang, load_rules},
    privacy::{refused, stop_cleanly},
    retention::warn_if_overdue,
    summary::head,
};

/// Encrypts the folder of a run to the people who may open it
///
/// The file is in the age format (age-encryption.org): `age` and `rage` open it too, as a tar
/// archive. `--new-identity FILE` alone makes a pair of keys: the secret one in FILE, the public
/// one, age1…, on the terminal.
#[derive(Debug, Args)]
pub struct SealArgs {
    /// Folder of a finished run
    #[arg(value_name = "DIR", required_unless_present = "new_identity")]
    run: Option<PathBuf>,
    /// Public key of somebody who may open it
    #[arg(long, value_name = "age1…", num_args = 1..)]
    recipient: Vec<String>,
    /// File of public keys, one a line
    #[arg(long, value_name = "FILE", num_args = 1..)]
    recipients_file: Vec<PathBuf>,
    /// File with a passphrase of at least 16 characters, instead of keys
    #[arg(long, value_name = "FILE", conflicts_with_all = ["recipient", "recipients_file"])]
    passphrase_file: Option<PathBuf>,
    /// File to create
    #[arg(long, value_name = "FILE.age", required_unless_present = "new_identity")]
    out: Option<PathBuf>,
    /// Replace a file that stands there
    #[arg(long)]
    force: bool,
    /// Delete the run once it is sealed, with a record as of `purge`
    #[arg(long)]
    remove: bool,
    /// Make a pair of keys instead
    #[arg(long, value_name = "FILE", exclusive = true)]
    new_identity: Option<PathBuf>,
    #[command(flatten)]
    telling: Telling,
}

/// Opens a sealed run into a new folder
///
/// Whole or not at all; then the log is checked as `audit verify` does (exit code 1 where something
/// does not match).
#[derive(Debug, Args)]
pub struct OpenArgs {
    /// The sealed file
    #[arg(value_name = "FILE.age")]
    file: PathBuf,
    /// File of your secret key
    #[arg(long, value_name = "FILE", required_unless_present = "passphrase_file")]
    identity: Option<PathBuf>,
    /// File with the passphrase, instead of a key
    #[arg(long, value_name = "FILE", conflicts_with = "identity")]
    passphrase_file: Option<PathBuf>,
    /// Folder to create
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Replace a run in that folder
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    telling: Telling,
}

/// How it is told.
#[derive(Debug, Args)]
struct Telling {
    /// Say nothing but errors
    #[arg(long)]
    quiet: bool,
    /// Language of what is said
    #[arg(long, value_enum, default_value_t = Lang::Vi)]
    lang: Lang,
}

/// Seals a run, or makes a pair of keys.
pub fn run_seal(args: &SealArgs) -> anyhow::Result<Done> {
    let language = args.telling.lang.into();
    let rules = load_rules(None, language)?;
    stop_cleanly()?;
    let text = match (&args.new_identity, &args.run, &args.out) {
        (Some(file), ..) => new_identity(file, &rules, language)?,
        (None, Some(run), Some(out)) => sealed(args, run, out, &rules, language)?,
        // The parser asks for both.
        _ => String::new(),
    };
    if !args.telling.quiet || args.new_identity.is_some() {
        // A closed pipe is the reader's choice, not a fault.
        let _ = std::io::stdout().write_all(text.as_bytes());
    }
    Ok(Done::Clean)
}

fn new_identity(file: &Path, rules: &Rules, language: Language) -> anyhow::Result<String> {
    let public = create_identity(file).map_err(|error| refused(&error, &rules.messages, language))?;
    let values = [("file", &*file.display().to_string()), ("public", &public)];
    Ok(rules.messages.fill(language, "seal_said", "new_identity", &values) + "\n")
}

fn sealed(
    args: &SealArgs,
    run: &Path,
    out: &Path,
    rules: &Rules,
    language: Language,
) -> anyhow::Result<String> {
    let no = |error| refused(&error, &rules.messages, language);
    warn_if_overdue(run, &rules.messages, language);
    let recipients = match &args.passphrase_file {
        Some(file) => Recipients::passphrase(file),
        None => Recipients::read(&args.recipient, &args.recipients_file),
    };
    let sealed = recipients.and_then(|recipients| seal(run, &recipients, out, args.force)).map_err(no)?;
    let mut text = told(&sealed, out, rules, language);
    if args.remove {
        let name = out.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let values = [("file", name.as_str()), ("sha256", &sealed.file.sha256)];
        let reason = rules.messages.fill(language, "seal_said", "reason", &values);
        let purged = Purge::plan(run).and_then(|plan| plan.carry_out(None, &reason)).map_err(no)?;
        text += &super::purge::told(&purged, run, rules, language);
    }
    Ok(text)
}

fn told(sealed: &Sealed, out: &Path, rules: &Rules, language: Language) -> String {
    let mut text = String::new();
    let values = [
        ("file", &*out.display().to_string()),
        ("files", &grouped(sealed.files, language)),
        ("sha256", &sealed.file.sha256),
    ];
    let _ = writeln!(text, "{}", rules.messages.fill(language, "seal_said", "sealed", &values));
    let _ = writeln!(text, "{}", head(&sealed.head, &rules.messages, language));
    text
}

/// Opens a sealed run.
pub fn run_open(args: &OpenArgs) -> anyhow::Result<Done> {
    let language = args.telling.lang.into();
    let rules = load_rules(None, language)?;
    stop_cleanly()?;
    let identities = match (&args.passphrase_file, &args.identity) {
        (Some(file), _) => Identities::passphrase(file),
        (None, file) => Identities::read(file.as_deref().unwrap_or_else(|| Path::new(""))),
    };
    let opened = identities
        .and_then(|identities| open(&args.file, &identities, &args.out, args.force))
        .map_err(|error| refused(&error, &rules.messages, language))?;
    warn_if_overdue(&args.out, &rules.messages, language);
    say_opened(args, &opened, &rules, language)
}

fn say_opened(args: &OpenArgs, opened: &Opened, rules: &Rules, language: Language) -> anyhow::Result<Done> {
    let quiet = args.telling.quiet;
    if !quiet {
        let folder = args.out.display().to_string();
        let values = [("folder", &*folder), ("files", &grouped(opened.files, language))];
        let text = rules.messages.fill(language, "seal_said", "opened", &values);
        let _ = writeln!(std::io::stdout(), "{text}");
    }
    let done = audit::tell(&args.out, LogName::Audit, &opened.verified, quiet, &rules.messages, language)?;
    if let Some(now) = opened.head.as_ref().filter(|_| !quiet && opened.verified.faults.is_empty()) {
        let _ = writeln!(std::io::stdout(), "{}", head(now, &rules.messages, language));
    }
    Ok(done)
}
