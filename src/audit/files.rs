//! What a folder should hold, by its log: the latest digest of each file counts.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Component, Path},
};

use super::{
    digest::FileDigest,
    entry::{Event, read_line},
};
use crate::write::MARKER;

/// The files that the events of a log speak of, each with the line that spoke of it last.
#[derive(Debug, Clone, Default)]
pub(crate) struct Expected(BTreeMap<String, (u64, FileDigest)>);

impl Expected {
    /// What the whole lines of a log say, as far as they can be read.
    pub fn of_log(bytes: &[u8]) -> Self {
        let mut expected = Self::default();
        for (number, text) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
            if let Some(line) = read_line(text).filter(|line| line.is_whole) {
                expected.take(number, &line.entry.event);
            }
        }
        expected
    }

    /// Takes in the event of a line.
    pub fn take(&mut self, line: u64, event: &Event) {
        for name in &event.removed {
            self.0.remove(name);
        }
        for file in &event.outputs {
            self.0.insert(file.name.clone(), (line, file.clone()));
        }
    }

    /// Every file with its line.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &FileDigest)> {
        self.0.values().map(|(line, file)| (*line, file))
    }

    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// What is known of a file.
    pub fn get(&self, name: &str) -> Option<&FileDigest> {
        self.0.get(name).map(|(_, file)| file)
    }
}

/// Whether a name stays within its folder on every system.
pub(crate) fn is_plain(name: &str) -> bool {
    let normal = |part: Component<'_>| matches!(part, Component::Normal(_));
    !name.is_empty()
        && !name.contains(['\\', ':', '\0'])
        && !name.split('/').any(|part| part.is_empty() || part == "." || part == "..")
        && Path::new(name).components().all(normal)
}

/// Names of everything below a folder that is no folder itself, but for what marks a folder that is
/// being written; links are not followed.
pub(crate) fn found(folder: &Path) -> io::Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![String::new()];
    while let Some(below) = waiting.pop() {
        for entry in fs::read_dir(folder.join(&below))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let name = if below.is_empty() { name } else { format!("{below}/{name}") };
            if entry.file_type()?.is_dir() {
                waiting.push(name);
            } else if name != MARKER {
                found.insert(name);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_the_folder() {
        for name in ["records.csv", "statistics/report.html", "danh sách.csv"] {
            assert!(is_plain(name), "{name}");
        }
        for name in ["", "/etc/passwd", "../x", "a/../b", "a//b", "./a", "a/.", "C:\\x", "a\\..\\b", "c:x"] {
            assert!(!is_plain(name), "{name}");
        }
    }

    #[test]
    fn the_latest_word_counts() {
        let file = |name: &str, sha256: &str| FileDigest {
            name: name.to_owned(),
            bytes: 1,
            sha256: sha256.to_owned(),
        };
        let mut expected = Expected::default();
        let outputs = vec![file("a", "1"), file("b", "1")];
        expected.take(1, &Event { outputs, ..Event::default() });
        let removed = vec!["b".to_owned()];
        expected.take(2, &Event { outputs: vec![file("a", "2")], removed, ..Event::default() });
        assert_eq!(expected.iter().collect::<Vec<_>>(), [(2, &file("a", "2"))]);
    }
}
