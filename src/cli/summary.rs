//! What a finished run says on the terminal: counts only, never a name or a number.

use std::{fmt::Write as _, io::Write as _, path::Path};

use dinhdanh::{
    audit::AuditHead,
    decide::{DECISIONS_FILE, FateKind},
    matching::{ClusterRole, LinkStatus},
    outcome::Outcome,
    previous::Continued,
    rules::{Language, MessageRules},
    write::{Written, grouped},
};
use serde_json::{Value, json};

use super::options::CommonOptions;

/// The options as the manifest records them.
pub fn parameters(common: &CommonOptions, check: bool) -> Value {
    json!({
        "command": if check { "check" } else { "run" },
        "rules": common.rules.as_ref().map(|path| path.display().to_string()),
        "decisions": common.decisions.iter().map(|path| path.display().to_string()).collect::<Vec<_>>(),
        "model": common.model.as_ref().map(|path| path.display().to_string()),
        "learn": common.learn,
        "previous": common.previous.as_ref().map(|path| path.display().to_string()),
        "remember": common.remember,
        "columns": common.columns.as_ref().map(|path| path.display().to_string()),
        "retain_until": common.retain_until,
        "threads": common.threads,
        "language": format!("{:?}", common.lang).to_lowercase(),
    })
}

/// Prints the summary on standard output; `kept`: the folder held decisions that were carried over
/// and not applied.
pub fn print(
    outcome: &Outcome,
    written: &Written,
    out: &Path,
    kept: bool,
    messages: &MessageRules,
    language: Language,
) {
    let mut text = text(outcome, out, kept, messages, language);
    let _ = writeln!(text, "{}", head(&written.head, messages, language));
    // A closed pipe is the reader's choice, not a fault.
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// The hash in which the log ends, to be noted where nobody who can change the folder can change it.
pub fn head(head: &AuditHead, messages: &MessageRules, language: Language) -> String {
    messages.fill(language, "audit_said", "head", &[("hash", &head.hash)])
}

fn text(outcome: &Outcome, out: &Path, kept: bool, messages: &MessageRules, language: Language) -> String {
    let say = |key: &str, values: &[(&str, &str)]| messages.fill(language, "terminal", key, values);
    let grouped = |number| grouped(number, language);
    let decisions = &outcome.linkage.decisions;
    let layout: usize = outcome.children.tables.iter().map(|table| table.layout.len()).sum();
    let (records, rejects) = (outcome.children.records.len(), outcome.children.rejects.len());
    let merged = decisions.iter().filter(|decision| decision.role == ClusterRole::Duplicate).count();
    let mut text = String::new();
    let mut line = |sentence: String| {
        let _ = writeln!(text, "{sentence}");
    };
    line(say(
        "rows",
        &[
            ("rows", &grouped(records + layout + rejects)),
            ("records", &grouped(records)),
            ("layout", &grouped(layout)),
            ("rejects", &grouped(rejects)),
        ],
    ));
    line(say("children", &[("children", &grouped(records - merged)), ("merged", &grouped(merged))]));
    if outcome.register.is_some() {
        for status in LinkStatus::ALL {
            let children = decisions
                .iter()
                .filter(|decision| decision.role != ClusterRole::Duplicate && decision.link == *status)
                .count();
            line(say(status.as_str(), &[("children", &format!("{:>9}", grouped(children)))]));
        }
    }
    line(say("pairs", &[("pairs", &grouped(outcome.linkage.review.len()))]));
    if let Some(decided) = &outcome.decided {
        for (key, count) in [
            ("decisions_applied", decided.count(|fate| fate == FateKind::Applied)),
            ("decisions_changed", decided.count(|fate| matches!(fate, FateKind::Changed | FateKind::Gone))),
            ("decisions_refused", decided.count(FateKind::needs_person)),
        ] {
            if count > 0 || key == "decisions_applied" {
                line(say(key, &[("count", &grouped(count))]));
            }
        }
    }
    if let Some(continued) = &outcome.continued {
        continued_lines(outcome, continued, messages, language).into_iter().for_each(&mut line);
    }
    if kept {
        let file = out.join(DECISIONS_FILE).display().to_string();
        line(say("decisions_kept", &[("file", &file)]));
    }
    if !outcome.linkage.learnt.is_empty() {
        line(say("learnt", &[("figures", &outcome.linkage.learnt.len().to_string())]));
    }
    line(say("written", &[("folder", &out.display().to_string())]));
    text
}

/// What of the earlier run still held.
fn continued_lines(
    outcome: &Outcome,
    continued: &Continued,
    messages: &MessageRules,
    language: Language,
) -> Vec<String> {
    let say = |key: &str, values: &[(&str, &str)]| messages.fill(language, "terminal", key, values);
    let grouped = |number: u64| grouped(usize::try_from(number).unwrap_or(usize::MAX), language);
    let records = continued.records;
    let [kept, new, _] = continued.clusters;
    let folder = continued.folder.display().to_string();
    let mut lines = vec![say(
        "previous_records",
        &[
            ("folder", &folder),
            ("unchanged", &grouped(records.unchanged)),
            ("changed", &grouped(records.changed)),
            ("new", &grouped(records.new)),
            ("gone", &grouped(records.gone)),
        ],
    )];
    lines.push(say("previous_clusters", &[("kept", &grouped(kept)), ("new", &grouped(new))]));
    let (compared, reused) = (outcome.linkage.compared, outcome.linkage.reuse.pairs);
    lines.push(match continued.unusable {
        None => say(
            "previous_pairs",
            &[("pairs", &grouped(compared.0 + compared.1)), ("reused", &grouped(reused.0 + reused.1))],
        ),
        Some(unusable) => say(&format!("previous_{}", unusable.key()), &[]),
    });
    lines
}
