//! `dinhdanh purge`: deletes a run and leaves a record of it.

use std::{
    fmt::Write as _,
    io::{BufRead as _, Write as _},
    path::{Path, PathBuf},
};

use anyhow::anyhow;
use clap::Args;
use dinhdanh::{
    privacy::{PrivacyError, Purge, Purged, expired},
    rules::{Language, Rules},
    write::grouped,
};

use super::{
    Done,
    options::{Lang, load_rules, today},
    privacy::refused,
    summary::head,
};

/// Deletes a finished run: every file the program wrote, and no other
///
/// The folder above keeps purged.jsonl: who deleted what, when and why, with the digests of the files
/// and the end of the run's log, chained so that changes show (`audit verify` on that folder). Files
/// are deleted, not overwritten: on today's disks overwriting promises nothing; encrypt the disk.
#[derive(Debug, Args)]
pub struct PurgeArgs {
    /// Folder of a finished run
    #[arg(value_name = "DIR", required_unless_present = "expired")]
    run: Option<PathBuf>,
    /// Every run in this folder whose day (retain_until) is past
    #[arg(long, value_name = "PARENT", conflicts_with = "run")]
    expired: Option<PathBuf>,
    /// Why, for the record
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Who, for the record [default: the user of the machine]
    #[arg(long, value_name = "NAME")]
    who: Option<String>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// Say nothing but errors and the question
    #[arg(long)]
    quiet: bool,
    /// Language of what is said
    #[arg(long, value_enum, default_value_t = Lang::Vi)]
    lang: Lang,
}

/// Deletes.
pub fn run(args: &PurgeArgs) -> anyhow::Result<Done> {
    let language = args.lang.into();
    let rules = load_rules(None, language)?;
    let no = |error: PrivacyError| refused(&error, &rules.messages, language);
    if args.reason.trim().is_empty() {
        return Err(no(PrivacyError::NoReason));
    }
    let folders: Vec<PathBuf> = match (&args.run, &args.expired) {
        (Some(run), _) => vec![run.clone()],
        (None, Some(parent)) => {
            expired(parent, today()).map_err(no)?.into_iter().map(|(folder, _)| folder).collect()
        }
        (None, None) => Vec::new(),
    };
    if folders.is_empty() {
        say(args, &(rules.messages.get(language, "purge_said", "nothing").to_owned() + "\n"));
    }
    let plans: Vec<Purge> =
        folders.iter().map(|folder| Purge::plan(folder)).collect::<Result<_, _>>().map_err(no)?;
    if !args.yes && !plans.is_empty() && !confirmed(&plans, &rules, language) {
        return Err(anyhow!(rules.messages.get(language, "purge_said", "not_confirmed").to_owned()));
    }
    for (plan, folder) in plans.into_iter().zip(&folders) {
        let purged = plan.carry_out(args.who.as_deref(), &args.reason).map_err(no)?;
        say(args, &told(&purged, folder, &rules, language));
    }
    Ok(Done::Clean)
}

fn say(args: &PurgeArgs, text: &str) {
    if !args.quiet {
        // A closed pipe is the reader's choice, not a fault.
        let _ = std::io::stdout().write_all(text.as_bytes());
    }
}

/// Asks at the terminal; nothing but the word itself is a yes.
fn confirmed(plans: &[Purge], rules: &Rules, language: Language) -> bool {
    let mut text = String::new();
    for plan in plans {
        let values = [
            ("folder", &*plan.folder().display().to_string()),
            ("files", &grouped(plan.files().len(), language)),
            ("left", &grouped(plan.left().len(), language)),
        ];
        let _ = writeln!(text, "{}", rules.messages.fill(language, "purge_said", "ask", &values));
    }
    text += rules.messages.get(language, "purge_said", "confirm");
    text.push(' ');
    let _ = std::io::stderr().write_all(text.as_bytes());
    let mut answer = String::new();
    let _ = std::io::stdin().lock().read_line(&mut answer);
    let yes = rules.messages.get(language, "purge_said", "yes");
    yes.split(',').any(|word| word.trim() == answer.trim().to_lowercase())
}

/// What was deleted and what was left.
pub fn told(purged: &Purged, folder: &Path, rules: &Rules, language: Language) -> String {
    let mut text = String::new();
    let mut line = |key: &str, values: &[(&str, &str)]| {
        let _ = writeln!(text, "{}", rules.messages.fill(language, "purge_said", key, values));
    };
    let (folder, record) = (folder.display().to_string(), purged.record.display().to_string());
    let files = grouped(purged.files, language);
    line("purged", &[("folder", &folder), ("files", &files), ("record", &record)]);
    if !purged.left.is_empty() {
        line("left", &[("files", &purged.left.join(", "))]);
    }
    line("inputs", &[]);
    text + &head(&purged.head, &rules.messages, language) + "\n"
}
