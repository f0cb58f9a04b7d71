//! What does not match between a folder and its log, as sentences for a person.

use crate::rules::{Language, MessageRules};

/// One thing that does not match. Lines count from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// There is no log.
    LogMissing,
    /// The log has no line.
    Empty,
    /// A line is no entry.
    NotAnEntry(u64),
    /// The content of a line is not what its hash was made of.
    Changed(u64),
    /// Lines are missing before this one.
    Missing {
        /// The line.
        line: u64,
        /// How many are missing.
        count: u64,
    },
    /// A line stands twice, or where another belongs.
    OutOfPlace(u64),
    /// A line does not follow from the one before it.
    Unlinked(u64),
    /// The last line breaks off.
    Torn(u64),
    /// The head is not there.
    HeadMissing,
    /// The head is no entry.
    HeadDamaged,
    /// The log ends before its head.
    Cut {
        /// The last line there is.
        lines: u64,
        /// The line of the head.
        head: u64,
    },
    /// The last line stands in the head alone: a program was stopped, or the line was cut off.
    LeftOut(u64),
    /// The log goes on behind its head.
    HeadBehind {
        /// The last line there is.
        lines: u64,
        /// The line of the head.
        head: u64,
    },
    /// The head is another line than the last one.
    HeadDiffers(u64),
    /// The hash that a person noted is of no line.
    NotedAbsent,
    /// A file is gone.
    FileMissing {
        /// Its name.
        name: String,
        /// The line that says it should be there.
        line: u64,
    },
    /// A file is not as it was written.
    FileChanged {
        /// Its name.
        name: String,
        /// The line that says how it was.
        line: u64,
    },
    /// A file that only grows has grown without a word in the log.
    Grown {
        /// Its name.
        name: String,
        /// The last line that speaks of it.
        line: u64,
        /// How many lines it has more.
        more: u64,
    },
    /// A line of the log says that its writer found decisions the log did not know.
    Unlogged(u64),
}

impl Fault {
    /// What it is and what to do.
    pub fn message(&self, messages: &MessageRules, language: Language) -> String {
        let say = |key: &str, values: &[(&str, &str)]| messages.fill(language, "audit_fault", key, values);
        let at = |key: &str, line: u64| say(key, &[("line", &line.to_string())]);
        let ends = |key: &str, lines: u64, head: u64| {
            say(key, &[("lines", &lines.to_string()), ("head", &head.to_string())])
        };
        let file =
            |key: &str, name: &str, line: u64| say(key, &[("file", name), ("line", &line.to_string())]);
        match self {
            Self::LogMissing => say("log_missing", &[]),
            Self::Empty => say("empty", &[]),
            Self::NotAnEntry(line) => at("not_an_entry", *line),
            Self::Changed(line) => at("changed", *line),
            Self::Missing { line, count } => {
                say("missing", &[("line", &line.to_string()), ("count", &count.to_string())])
            }
            Self::OutOfPlace(line) => at("out_of_place", *line),
            Self::Unlinked(line) => at("unlinked", *line),
            Self::Torn(line) => at("torn", *line),
            Self::HeadMissing => say("head_missing", &[]),
            Self::HeadDamaged => say("head_damaged", &[]),
            Self::Cut { lines, head } => ends("cut", *lines, *head),
            Self::LeftOut(line) => at("left_out", *line),
            Self::HeadBehind { lines, head } => ends("head_behind", *lines, *head),
            Self::HeadDiffers(line) => at("head_differs", *line),
            Self::NotedAbsent => say("noted_absent", &[]),
            Self::FileMissing { name, line } => file("file_missing", name, *line),
            Self::FileChanged { name, line } if name.ends_with(".xlsx") => {
                file("workbook_changed", name, *line)
            }
            Self::FileChanged { name, line } => file("file_changed", name, *line),
            Self::Grown { name, line, more } => {
                say("grown", &[("file", name), ("line", &line.to_string()), ("more", &more.to_string())])
            }
            Self::Unlogged(line) => at("unlogged", *line),
        }
    }
}
