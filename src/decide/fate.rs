//! What became of every answer: applied, or why not. Nothing that a person said is dropped in
//! silence.

use std::fmt;

use jiff::Timestamp;

use super::{Kept, PairKind, read::DecisionFile};

/// Where in a file an answer stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A line of `decisions.jsonl`, from 1.
    Line(u64),
    /// A cell of a workbook, named as a spreadsheet does.
    Cell {
        /// The sheet's name.
        sheet: String,
        /// `C12`.
        cell: String,
    },
}

/// File and place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// The file's name without its folder.
    pub file: String,
    /// Where in it.
    pub place: Place,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "{line}"),
            Self::Cell { sheet, cell } => write!(f, "{sheet}!{cell}"),
        }
    }
}

/// Why a number or a correction that came back is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Refusal {
    /// Not twelve digits of a known place.
    Malformed,
    /// The number states another gender or century.
    Gender,
    /// The number states another birth year.
    Year,
    /// It is the number of a parent or guardian.
    Parent,
    /// The register has it for a person of another name and birth date.
    SomebodyElse,
    /// It was supplied for another child too.
    Twice,
    /// The corrected value is not one.
    Value,
}

impl Refusal {
    /// Every reason.
    pub const ALL: [Self; 7] = [
        Self::Malformed,
        Self::Gender,
        Self::Year,
        Self::Parent,
        Self::SomebodyElse,
        Self::Twice,
        Self::Value,
    ];

    /// The key in `decisions.csv` and of its sentence.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "number_malformed",
            Self::Gender => "number_gender",
            Self::Year => "number_year",
            Self::Parent => "number_parent",
            Self::SomebodyElse => "number_somebody_else",
            Self::Twice => "number_twice",
            Self::Value => "value_unusable",
        }
    }
}

/// What became of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FateKind {
    /// Honoured.
    Applied,
    /// "Not sure": the pair stays in the review.
    Unsure,
    /// A remark for people.
    Remark,
    /// A side has changed since: not applied, asked again.
    Changed,
    /// A side is no longer in the lists.
    Gone,
    /// Contradicts other answers; none of them is applied.
    Contradiction,
    /// What came back is wrong.
    Refused(Refusal),
    /// The entry itself cannot be read.
    Unreadable(super::Trouble),
}

impl FateKind {
    /// The key in `decisions.csv` and of its sentence.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Unsure => "unsure",
            Self::Remark => "remark",
            Self::Changed => "changed",
            Self::Gone => "gone",
            Self::Contradiction => "contradiction",
            Self::Refused(refusal) => refusal.as_str(),
            Self::Unreadable(trouble) => trouble.as_str(),
        }
    }

    /// Whether a person has to put something right.
    pub fn needs_person(self) -> bool {
        matches!(self, Self::Contradiction | Self::Refused(_) | Self::Unreadable(_))
    }
}

/// One answer and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fate {
    /// Where it stands.
    pub source: Source,
    /// The pair; empty for answers about one child.
    pub pair_id: String,
    /// What was asked, where it is a pair.
    pub kind: Option<PairKind>,
    /// The record.
    pub record_id: String,
    /// The other side.
    pub other: String,
    /// What was answered, as a word; for a correction the field.
    pub answer: String,
    /// Who, where the file says.
    pub who: String,
    /// When, where the file says.
    pub time: Option<Timestamp>,
    /// What became of it.
    pub kind_of_fate: FateKind,
    /// Answers that contradict one another have the same number, from 1; 0 for all others.
    pub group: u32,
}

/// The decisions of a run, and what became of them.
#[derive(Debug, Clone, Default)]
pub struct Decided {
    /// The files given.
    pub files: Vec<DecisionFile>,
    /// Every answer, in the order of the files.
    pub fates: Vec<Fate>,
    /// Which values people chose to keep.
    pub kept: Kept,
}

impl Decided {
    /// How many answers came to this.
    pub fn count(&self, wanted: impl Fn(FateKind) -> bool) -> usize {
        self.fates.iter().filter(|fate| wanted(fate.kind_of_fate)).count()
    }

    /// The earlier answer about two sides that was not applied because one has changed since.
    pub fn changed_since(&self, record_id: &str, other: &str) -> Option<&Fate> {
        let speaks_of = |fate: &&Fate| {
            let sides = (fate.record_id.as_str(), fate.other.as_str());
            sides == (record_id, other) || sides == (other, record_id)
        };
        self.fates.iter().filter(speaks_of).rfind(|fate| fate.kind_of_fate == FateKind::Changed)
    }
}
