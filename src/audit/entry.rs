//! One line of a log. The hash covers the bytes of the line as they stand, not what they mean, so
//! that a blank put in shows like a word changed, and anybody can check a line with `sha256sum`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::digest::{FileDigest, hexadecimal};

/// The hash before the first line.
pub(super) const START: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// What stands between the content of a line and its hash.
const BEFORE_HASH: &[u8] = b",\"hash\":\"";

/// What happened. No name and no number of a person belongs in here.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// A stable word: `run.started`, `report.written`.
    pub event: String,
    /// Who did it; `None` where the system does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The command of the program.
    #[serde(default)]
    pub command: String,
    /// Its options as they were meant.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub parameters: Value,
    /// What was read.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub inputs: Value,
    /// Files of decisions that were in force.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub decisions: Value,
    /// Figures.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub counts: Value,
    /// Files of the folder as they are from now on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outputs: Vec<FileDigest>,
    /// Files that are no longer in the folder.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<String>,
    /// Files written outside of the folder, by their paths.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub elsewhere: Vec<FileDigest>,
    /// Whatever else there is to say.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub details: Value,
}

impl Event {
    /// An event of a command, done by the system's user.
    pub fn new(event: &str, command: &str) -> Self {
        Self { event: event.to_owned(), command: command.to_owned(), user: user(), ..Self::default() }
    }
}

/// The system's user.
fn user() -> Option<String> {
    ["USER", "USERNAME"].into_iter().find_map(|name| std::env::var(name).ok()).filter(|name| !name.is_empty())
}

/// What a line's hash covers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Entry {
    pub seq: u64,
    pub time: Timestamp,
    #[serde(flatten)]
    pub event: Event,
    pub prev: String,
}

/// Where a chain ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditHead {
    /// How many lines there are.
    pub lines: u64,
    /// The hash of the last one.
    pub hash: String,
}

impl Default for AuditHead {
    fn default() -> Self {
        Self { lines: 0, hash: START.to_owned() }
    }
}

impl AuditHead {
    /// The next line of the chain, with its line break.
    pub fn next(&mut self, time: Timestamp, event: Event) -> String {
        let entry = Entry { seq: self.lines + 1, time, event, prev: self.hash.clone() };
        let mut line = serde_json::to_string(&entry).expect("an entry is plain JSON");
        let hash = hash(line.as_bytes());
        *self = Self { lines: entry.seq, hash: hash.clone() };
        line.pop();
        line.push_str(",\"hash\":\"");
        line.push_str(&hash);
        line.push_str("\"}\n");
        line
    }
}

fn hash(content: &[u8]) -> String {
    hexadecimal(&Sha256::digest(content))
}

/// A line that was read.
#[derive(Debug)]
pub(super) struct Line {
    pub entry: Entry,
    pub hash: String,
    /// Whether the hash is that of the content.
    pub is_whole: bool,
}

/// Reads a line without its line break; `None` where it is no entry.
pub(super) fn read_line(line: &[u8]) -> Option<Line> {
    const END: &[u8] = b"\"}";
    let at = line.len().checked_sub(BEFORE_HASH.len() + START.len() + END.len())?;
    let (content, tail) = line.split_at(at);
    let written = tail.strip_prefix(BEFORE_HASH)?.strip_suffix(END)?;
    let written = std::str::from_utf8(written).ok().filter(|hash| is_hash(hash))?.to_owned();
    let content = [content, b"}"].concat();
    let entry: Entry = serde_json::from_slice(&content).ok()?;
    Some(Line { entry, is_whole: hash(&content) == written, hash: written })
}

fn is_hash(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_line_is_read_as_it_was_written() {
        let mut head = AuditHead::default();
        let counts = json!({"n": 1, "b": "Đ", "a": 2.5, "c": 0.013_169_895_822_801_259});
        let event = Event { counts, ..Event::new("run.started", "run") };
        let line = head.next(Timestamp::UNIX_EPOCH, event.clone());
        let read = read_line(line.trim_end().as_bytes()).unwrap();
        assert_eq!((read.entry.seq, read.entry.event, read.is_whole), (1, event, true));
        assert_eq!((read.entry.prev.as_str(), read.hash), (START, head.hash));
    }

    #[test]
    fn what_a_line_means_is_not_enough() {
        let line = AuditHead::default().next(Timestamp::UNIX_EPOCH, Event::new("run.started", "run"));
        let line = line.trim_end();
        for other in [
            line.replacen(':', ": ", 1),
            line.replace("run.started", "run.st\\u0061rted"),
            line.replacen("\"seq\":1", "\"seq\":1.0e0", 1),
        ] {
            assert!(read_line(other.as_bytes()).is_none_or(|line| !line.is_whole), "{other}");
        }
        for other in [format!("{line} "), format!(" {line}"), line.to_uppercase(), String::new()] {
            assert!(read_line(other.as_bytes()).is_none_or(|line| !line.is_whole), "{other}");
        }
    }
}
