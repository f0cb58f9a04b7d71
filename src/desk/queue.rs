//! The queue of questions: pairs gathered into items (one child with its candidate persons; records
//! that hang together through pairs), the most useful first; filters and search over them.

use rustc_hash::FxHashMap;

use super::run_folder::{ListRecord, PairRow, RunFolder};
use crate::{decide::PairKind, record::FieldKind, text::fold};

/// Beyond this many records side by side nobody sees anything: the pairs are asked one by one.
const MOST_RECORDS: usize = 6;

/// One question for a person.
#[derive(Debug, Clone)]
pub struct Item {
    /// The identifier of its first pair: names the item in addresses.
    pub id: String,
    /// What is asked.
    pub kind: PairKind,
    /// Its pairs, likeliest first, as indexes into [`RunFolder::pairs`].
    pub pairs: Vec<usize>,
    /// Expected number of children who get their number, or of duplicate records found.
    pub gain: f64,
    /// Probability of its likeliest pair.
    pub probability: f64,
    /// Thôn/TDP of its records.
    pub hamlets: Vec<String>,
    /// Codes of the findings of its records.
    pub findings: Vec<String>,
    /// Everything that is searched: as written in small letters, and without diacritics.
    words: [String; 2],
}

/// How likely an item is, in three bands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Band {
    /// 90 % and more.
    High,
    /// 50 % and more.
    Middle,
    /// Less.
    Low,
}

impl Band {
    /// Every band.
    pub const ALL: [Self; 3] = [Self::High, Self::Middle, Self::Low];

    /// The key in addresses and messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Middle => "middle",
            Self::Low => "low",
        }
    }

    /// The band of a probability.
    pub fn of(probability: f64) -> Self {
        if probability >= 0.9 {
            Self::High
        } else if probability >= 0.5 {
            Self::Middle
        } else {
            Self::Low
        }
    }
}

/// All items, the most useful first.
#[derive(Debug)]
pub struct Queue {
    /// The items.
    pub items: Vec<Item>,
    by_pair: FxHashMap<String, usize>,
    by_sides: FxHashMap<(String, String), usize>,
    /// Every thôn/TDP that occurs, with its number of items.
    pub hamlets: Vec<(String, usize)>,
    /// Every finding that occurs, with its number of items.
    pub findings: Vec<(String, usize)>,
}

impl Queue {
    /// Gathers the pairs of a run.
    pub fn of(folder: &RunFolder) -> Self {
        let mut items: Vec<Item> = groups(folder).into_iter().map(|pairs| item(folder, pairs)).collect();
        // Stable: equally useful items keep the order of the run.
        items.sort_by(|one, other| other.gain.total_cmp(&one.gain));
        let mut queue = Self {
            by_pair: FxHashMap::default(),
            by_sides: FxHashMap::default(),
            hamlets: counted(&items, |item| &item.hamlets),
            findings: counted(&items, |item| &item.findings),
            items,
        };
        for (at, item) in queue.items.iter().enumerate() {
            for pair in &item.pairs {
                let row = &folder.pairs[*pair];
                queue.by_pair.insert(row.id.clone(), at);
                queue.by_sides.insert((row.record_id.clone(), row.other.clone()), *pair);
            }
        }
        queue
    }

    /// The pair of two sides, whichever comes first: an index into [`RunFolder::pairs`].
    pub fn pair_of(&self, one: &str, other: &str) -> Option<usize> {
        let sides = [(one, other), (other, one)].map(|(one, other)| (one.to_owned(), other.to_owned()));
        sides.iter().find_map(|sides| self.by_sides.get(sides).copied())
    }

    /// The place of the item that a pair belongs to.
    pub fn position(&self, pair_id: &str) -> Option<usize> {
        self.by_pair.get(pair_id).copied()
    }
}

fn groups(folder: &RunFolder) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut by_record: FxHashMap<&str, usize> = FxHashMap::default();
    let mut duplicates: Vec<usize> = Vec::new();
    for (at, pair) in folder.pairs.iter().enumerate() {
        match pair.kind {
            PairKind::Identity => {
                let group = *by_record.entry(&pair.record_id).or_insert_with(|| {
                    groups.push(Vec::new());
                    groups.len() - 1
                });
                groups[group].push(at);
            }
            PairKind::Duplicate => duplicates.push(at),
        }
    }
    groups.extend(components(folder, &duplicates));
    groups
}

/// Pairs that share a child are one question.
fn components(folder: &RunFolder, duplicates: &[usize]) -> Vec<Vec<usize>> {
    let cluster = |id: &String| folder.record(id).map_or_else(|| id.clone(), |record| record.cluster.clone());
    let mut sets: FxHashMap<String, usize> = FxHashMap::default();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for at in duplicates {
        let pair = &folder.pairs[*at];
        let ends = [cluster(&pair.record_id), cluster(&pair.other)];
        let [one, other] = [&ends[0], &ends[1]].map(|end| sets.get(end).copied());
        let group = match (one, other) {
            (Some(one), Some(other)) if one != other => {
                let moved = std::mem::take(&mut groups[other]);
                groups[one].extend(moved);
                sets.values_mut().filter(|set| **set == other).for_each(|set| *set = one);
                one
            }
            (Some(set), _) | (None, Some(set)) => set,
            (None, None) => {
                groups.push(Vec::new());
                groups.len() - 1
            }
        };
        groups[group].push(*at);
        for end in ends {
            sets.insert(end, group);
        }
    }
    let mut split = Vec::new();
    for mut group in groups.into_iter().filter(|group| !group.is_empty()) {
        group.sort_unstable();
        if records_of(folder, &group).len() > MOST_RECORDS {
            split.extend(group.into_iter().map(|pair| vec![pair]));
        } else {
            split.push(group);
        }
    }
    split
}

/// Identifiers of the list's records in these pairs, each once, in the order of the pairs.
pub fn records_of<'a>(folder: &'a RunFolder, pairs: &[usize]) -> Vec<&'a str> {
    let mut records: Vec<&str> = Vec::new();
    for pair in pairs.iter().map(|at| &folder.pairs[*at]) {
        let other = (pair.kind == PairKind::Duplicate).then_some(pair.other.as_str());
        for id in std::iter::once(pair.record_id.as_str()).chain(other) {
            if !records.contains(&id) {
                records.push(id);
            }
        }
    }
    records
}

fn item(folder: &RunFolder, mut pairs: Vec<usize>) -> Item {
    let of = |at: &usize| &folder.pairs[*at];
    pairs.sort_by(|one, other| of(other).probability.total_cmp(&of(one).probability).then(one.cmp(other)));
    let kind = of(&pairs[0]).kind;
    let sum: f64 = pairs.iter().map(|at| of(at).probability).sum();
    let records: Vec<&ListRecord> =
        records_of(folder, &pairs).into_iter().filter_map(|id| folder.record(id)).collect();
    let mut hamlets: Vec<String> = Vec::new();
    let mut findings: Vec<String> = Vec::new();
    for record in &records {
        let hamlet = record.value(FieldKind::Hamlet);
        if !hamlets.contains(hamlet) {
            hamlets.push(hamlet.clone());
        }
        for code in record.findings.iter().filter(|code| !findings.contains(code)).collect::<Vec<_>>() {
            findings.push(code.clone());
        }
    }
    Item {
        id: of(&pairs[0]).id.clone(),
        kind,
        // A child has one number, however many candidates there are.
        gain: if kind == PairKind::Identity { sum.min(1.0) } else { sum },
        probability: of(&pairs[0]).probability,
        hamlets,
        findings,
        words: words(pairs.iter().map(of)),
        pairs,
    }
}

/// Names, identifiers and numbers of an item, to be searched.
fn words<'a>(pairs: impl Iterator<Item = &'a PairRow>) -> [String; 2] {
    const SEARCHED: [usize; 6] = [0, 1, 3, 4, 5, 6];
    let mut written = String::new();
    for pair in pairs {
        let sides = pair.sides.iter().flat_map(|side| SEARCHED.iter().map(|at| side[*at].as_str()));
        for text in [pair.id.as_str(), &pair.record_id, &pair.other].into_iter().chain(sides) {
            if !text.is_empty() && !written.contains(text) {
                written.push_str(text);
                written.push('\n');
            }
        }
    }
    let written = written.to_lowercase();
    let bare = written.lines().map(fold::plain).collect::<Vec<_>>().join("\n");
    [written, bare]
}

fn counted(items: &[Item], of: fn(&Item) -> &Vec<String>) -> Vec<(String, usize)> {
    let mut counts: FxHashMap<&str, usize> = FxHashMap::default();
    for value in items.iter().flat_map(of).filter(|value| !value.is_empty()) {
        *counts.entry(value).or_default() += 1;
    }
    let mut counts: Vec<(String, usize)> =
        counts.into_iter().map(|(value, count)| (value.to_owned(), count)).collect();
    counts.sort_by_key(|(value, _)| natural(value));
    counts
}

/// "Thôn 2" before "Thôn 10".
fn natural(text: &str) -> (String, u32, String) {
    let digits = text.find(|letter: char| letter.is_ascii_digit()).unwrap_or(text.len());
    let end = text[digits..]
        .find(|letter: char| !letter.is_ascii_digit())
        .map_or(text.len(), |length| digits + length);
    (fold::plain(&text[..digits]), text[digits..end].parse().unwrap_or(0), text[end..].to_owned())
}

impl Item {
    /// Whether the item holds what is looked for: without diacritics where the query has none, as
    /// written where it has.
    pub fn holds(&self, query: &str) -> bool {
        let query = query.trim().to_lowercase();
        let bare = fold::plain(&query);
        if bare.is_empty() {
            return true;
        }
        if query.is_ascii() { self.words[1].contains(&bare) } else { self.words[0].contains(&query) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hamlets_are_listed_as_people_count() {
        let mut names = ["Tổ dân phố 10", "Thôn Đông", "Tổ dân phố 2", "Thôn Bắc"];
        names.sort_by_key(|name| natural(name));
        assert_eq!(names, ["Thôn Bắc", "Thôn Đông", "Tổ dân phố 2", "Tổ dân phố 10"]);
    }
}
