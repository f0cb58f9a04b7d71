//! The order of preference among the values that several records of one child give for a field.
//!
//! Always: usable over missing; then what a person chose; then the grade below; then the value that the register confirms;
//! then the value that most records give; then the longer one where length says something; then
//! the primary record's; then the first in input order.

use super::spelling::has_marks;
use crate::record::{Change, Field, FindingCode, PartialDate, PersonName, Record, RecordIx};

/// The records of one child, primary first.
#[derive(Debug, Clone, Copy)]
pub struct Members<'a> {
    /// Every record of the list.
    pub all: &'a [Record],
    /// The record that stands for the child.
    pub primary: RecordIx,
    /// The child's records, in input order.
    pub records: &'a [RecordIx],
}

impl<'a> Members<'a> {
    fn iter(self) -> impl Iterator<Item = (RecordIx, &'a Record)> {
        let others = self.records.iter().copied().filter(move |record| *record != self.primary);
        std::iter::once(self.primary).chain(others).map(move |record| (record, &self.all[record.usize()]))
    }
}

/// How good one value is, the better the greater; compared field by field in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Rank {
    /// A person chose it: the later the choice, the greater.
    pub kept: u32,
    /// What the field's own rule says ([`name_grade`], [`birth_grade`]); 0 where it has none.
    pub grade: u8,
    /// The register person has the same value.
    pub confirmed: bool,
    /// How many of the child's records have it.
    pub votes: u16,
    /// Letters, where a longer value says more (thôn/TDP, address, note); else 0.
    pub length: usize,
}

/// The best usable value of a field, with the record it stands in.
pub fn best<'a, T: PartialEq + 'a>(
    members: Members<'a>,
    kept: impl Fn(RecordIx) -> u32,
    field: impl Fn(&'a Record) -> &'a Field<T>,
    rank: impl Fn(&'a Record, &'a T) -> Rank,
) -> Option<(RecordIx, &'a T)> {
    let usable = || members.iter().filter_map(|(at, record)| Some((at, record, field(record).get()?)));
    if members.records.len() == 1 {
        return usable().next().map(|(at, _, value)| (at, value));
    }
    let mut best: Option<(Rank, RecordIx, &T)> = None;
    for (at, record, value) in usable() {
        let votes = usable().filter(|(_, _, other)| *other == value).count();
        let rank =
            Rank { kept: kept(at), votes: u16::try_from(votes).unwrap_or(u16::MAX), ..rank(record, value) };
        if best.as_ref().is_none_or(|(leader, ..)| rank > *leader) {
            best = Some((rank, at, value));
        }
    }
    best.map(|(_, at, value)| (at, value))
}

/// A name in full before initials, a real name before "con bà …", undamaged before damaged, with
/// marks before without, and one that never was in an old encoding before one that had to be
/// decoded.
pub fn name_grade(record: &Record, name: &PersonName) -> u8 {
    let damaged = record.findings.iter().any(|finding| {
        matches!(
            finding.code,
            FindingCode::NameLettersLost
                | FindingCode::NameMixedScripts
                | FindingCode::NameForeignSigns
                | FindingCode::NameDoubtfulWord
        )
    });
    [
        !record.unnamed && !name.is_pattern(),
        !damaged,
        name.word_count() > 1,
        has_marks(name.full()),
        !was_decoded(&record.name),
    ]
    .into_iter()
    .fold(0, |grade, good| grade << 1 | u8::from(good))
}

/// A parent's or guardian's name, of which less is known.
pub fn other_name_grade(name: &PersonName) -> u8 {
    [!name.is_pattern(), name.word_count() > 1, has_marks(name.full())]
        .into_iter()
        .fold(0, |grade, good| grade << 1 | u8::from(good))
}

/// A whole date before a month before a year; a day that was not marked as "01/01, probably only
/// the year is known" before one that was.
pub fn birth_grade(record: &Record, birth: &PartialDate) -> u8 {
    let placeholder = record.findings.iter().any(|finding| finding.code == FindingCode::BirthDefaultDay);
    match (birth.precision(), placeholder) {
        ("day", false) => 3,
        ("month", _) => 2,
        ("day", true) => 1,
        _ => 0,
    }
}

/// True where the text was in an old encoding.
pub fn was_decoded<T>(field: &Field<T>) -> bool {
    const DECODED: [Change; 5] = [
        Change::DecodedTcvn3,
        Change::DecodedVni,
        Change::DecodedCp1258,
        Change::DecodedUtf8,
        Change::DecodedViscii,
    ];
    DECODED.into_iter().any(|change| field.changes.contains(change))
}
