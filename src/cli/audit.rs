//! `dinhdanh audit verify`: holds a folder against its log.

use std::{
    fmt::Write as _,
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
};

use anyhow::anyhow;
use clap::{Args, Subcommand};
use dinhdanh::{
    audit::{LogName, Verification, verify_folder},
    rules::{Language, MessageRules, Rules},
    write::grouped,
};

use super::{
    Done, IoFailure,
    options::{Lang, load_rules},
    retention::warn_if_overdue,
    summary::head,
};

/// So many findings are told one by one; a file of thousands of wrong lines is told once.
const TOLD: usize = 40;

/// Checks the log of a run
#[derive(Debug, Args)]
pub struct AuditArgs {
    #[command(subcommand)]
    command: AuditCommand,
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    Verify(VerifyArgs),
}

/// Checks the log of a run from its first line to its last, and every file it speaks of
///
/// Finds lines that were changed, taken out, put in or out of order, a log that was cut, and files
/// that are gone or no longer as they were written. Exit code 1: something does not match, and a
/// person must look. A folder from which runs were deleted (purged.jsonl) is checked too.
#[derive(Debug, Args)]
struct VerifyArgs {
    /// Folder of a finished run
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The hash that was shown at the end of a run and noted elsewhere; its first 16 digits do
    #[arg(long, value_name = "HASH", value_parser = noted)]
    head: Option<String>,
    /// Say nothing but what does not match
    #[arg(long)]
    quiet: bool,
    /// Language of what is said
    #[arg(long, value_enum, default_value_t = Lang::Vi)]
    lang: Lang,
}

/// Does what was asked for.
pub fn run(args: &AuditArgs) -> anyhow::Result<Done> {
    let AuditCommand::Verify(args) = &args.command;
    let language = args.lang.into();
    let rules = load_rules(None, language)?;
    let name = which(&args.folder, &rules, language)?;
    if name == LogName::Audit {
        warn_if_overdue(&args.folder, &rules.messages, language);
    }
    let result = verify_folder(&args.folder, name, args.head.as_deref()).map_err(|error| {
        let folder = args.folder.display().to_string();
        let detail = rules.messages.system(language, &error);
        let values = [("path", folder.as_str()), ("detail", &detail)];
        IoFailure(rules.messages.fill(language, "audit_error", "io", &values))
    })?;
    let done = tell(&args.folder, name, &result, args.quiet, &rules.messages, language)?;
    // Nobody should note the end of a log that was touched.
    if !args.quiet && result.faults.is_empty() {
        let _ = writeln!(std::io::stdout(), "{}", head(&result.head, &rules.messages, language));
    }
    Ok(done)
}

/// The log a folder has: of a run, or of deletions.
fn which(folder: &Path, rules: &Rules, language: Language) -> anyhow::Result<LogName> {
    let has = |name: &str| folder.join(name).is_file();
    if has(LogName::Audit.log()) || has("manifest.json") || has(LogName::Audit.head()) {
        return Ok(LogName::Audit);
    }
    if has(LogName::Purged.log()) || has(LogName::Purged.head()) {
        return Ok(LogName::Purged);
    }
    let path = folder.display().to_string();
    let key = match std::fs::metadata(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => "no_folder",
        _ => "no_log",
    };
    Err(anyhow!(rules.messages.fill(language, "audit_error", key, &[("path", &path)])))
}

/// Says what was found. What does not match goes to standard error and is never kept silent.
pub fn tell(
    folder: &Path,
    name: LogName,
    result: &Verification,
    quiet: bool,
    messages: &MessageRules,
    language: Language,
) -> anyhow::Result<Done> {
    let path = folder.display().to_string();
    let say = |key: &str, values: &[(&str, &str)]| messages.fill(language, "audit_said", key, values);
    if !quiet {
        // A closed pipe is the reader's choice, not a fault.
        let _ = std::io::stdout().write_all(said(&path, name, result, messages, language).as_bytes());
    }
    if result.faults.is_empty() {
        return Ok(Done::Clean);
    }
    let mut text = format!("dinhdanh: {}\n", say("faults", &[("folder", &path), ("log", name.log())]));
    for fault in result.faults.iter().take(TOLD) {
        let _ = writeln!(text, "  - {}", fault.message(messages, language));
    }
    if let Some(more) = result.faults.len().checked_sub(TOLD).filter(|more| *more > 0) {
        let _ = writeln!(text, "  - {}", say("more", &[("count", &grouped(more, language))]));
    }
    let _ = std::io::stderr().write_all(text.as_bytes());
    Ok(Done::NeedsPerson)
}

fn said(
    path: &str,
    name: LogName,
    result: &Verification,
    messages: &MessageRules,
    language: Language,
) -> String {
    let mut text = String::new();
    let mut line = |key: &str, values: &[(&str, &str)]| {
        let _ = writeln!(text, "{}", messages.fill(language, "audit_said", key, values));
    };
    if result.faults.is_empty() {
        let lines = result.head.lines.to_string();
        let files = grouped(result.whole_files, language);
        let key = if name == LogName::Audit { "whole" } else { "whole_purged" };
        line(key, &[("folder", path), ("lines", &lines), ("files", &files)]);
    }
    if let Some(noted) = result.noted {
        line("noted", &[("line", &noted.to_string()), ("lines", &result.head.lines.to_string())]);
    }
    if !result.unlisted.is_empty() {
        line("unlisted", &[("files", &result.unlisted.join(", "))]);
    }
    text
}

/// The beginning of a hash, long enough that no other begins so.
fn noted(text: &str) -> Result<String, String> {
    let digits: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    let is_hash = digits.bytes().all(|byte| byte.is_ascii_hexdigit()) && (16..=64).contains(&digits.len());
    if is_hash { Ok(digits.to_ascii_lowercase()) } else { Err("16 to 64 hexadecimal digits".to_owned()) }
}
