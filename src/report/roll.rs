//! The clean list as it is counted: every record of `records.csv` and, for each child, what was
//! chosen for it. Everything the page, the forms and the lists count comes from here.

use jiff::civil::Date;
use rustc_hash::FxHashMap;

use crate::{
    matching::LinkStatus,
    record::{Change, FindingCode, Gender, PartialDate, PersonalId, PlaceCode},
    rules::CodeSet,
    write::usual,
};

/// The fields Công văn 2513/LĐTBXH-TTTT asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Required {
    /// Họ tên.
    FullName,
    /// Ngày, tháng, năm sinh.
    BirthDate,
    /// Giới tính.
    Gender,
    /// Dân tộc.
    Ethnicity,
    /// Cha, mẹ hoặc người nuôi dưỡng: one of them.
    Parents,
    /// Thôn, TDP.
    Hamlet,
    /// Số định danh cá nhân.
    PersonalId,
}

impl Required {
    /// Every field.
    pub const ALL: [Self; 7] = [
        Self::FullName,
        Self::BirthDate,
        Self::Gender,
        Self::Ethnicity,
        Self::Parents,
        Self::Hamlet,
        Self::PersonalId,
    ];

    /// The key in `child_missing` and in the messages.
    pub fn key(self) -> &'static str {
        match self {
            Self::FullName => "full_name",
            Self::BirthDate => "birth_date",
            Self::Gender => "gender",
            Self::Ethnicity => "ethnicity",
            Self::Parents => "parent_names",
            Self::Hamlet => "hamlet",
            Self::PersonalId => "personal_id",
        }
    }
}

/// A set of required fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RequiredSet(u8);

impl RequiredSet {
    /// Adds one.
    pub fn insert(&mut self, field: Required) {
        self.0 |= 1 << field as u8;
    }

    /// Whether one is in it.
    pub fn contains(self, field: Required) -> bool {
        self.0 & (1 << field as u8) != 0
    }

    /// Whether all are.
    pub fn is_whole(self) -> bool {
        self.0 == (1 << Required::ALL.len()) - 1
    }

    /// Whether none is.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// A set of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FindingSet(u128);

impl FindingSet {
    /// Adds one.
    pub fn insert(&mut self, code: FindingCode) {
        self.0 |= 1 << code as u8;
    }

    /// Whether one is in it.
    pub fn contains(self, code: FindingCode) -> bool {
        self.0 & (1 << code as u8) != 0
    }
}

/// The lists on which people find a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lists {
    /// `police.xlsx`.
    pub police: bool,
    /// `household.xlsx`.
    pub household: bool,
    /// `review.xlsx`.
    pub review: bool,
}

/// A text that stands for many: position among [`Names`], 0 for none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct NameIx(pub u32);

impl NameIx {
    /// Nothing.
    pub const NONE: Self = Self(0);
}

/// Texts that occur again and again, each kept once.
#[derive(Debug)]
pub struct Names {
    texts: Vec<Box<str>>,
    known: FxHashMap<Box<str>, u32>,
}

impl Default for Names {
    fn default() -> Self {
        let mut names = Self { texts: Vec::new(), known: FxHashMap::default() };
        names.add("");
        names
    }
}

impl Names {
    /// The place of a text, new or known.
    pub fn add(&mut self, text: &str) -> NameIx {
        if let Some(known) = self.known.get(text) {
            return NameIx(*known);
        }
        let at = u32::try_from(self.texts.len()).expect("fewer names than records");
        self.texts.push(text.into());
        self.known.insert(text.into(), at);
        NameIx(at)
    }

    /// Every text, nothing first, in the order of the places.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(|text| &**text)
    }

    /// The text.
    pub fn get(&self, name: NameIx) -> &str {
        &self.texts[name.0 as usize]
    }
}

/// One line of `records.csv`.
#[derive(Debug, Clone)]
pub struct Entry {
    /// File and sheet, among [`Roll::sheets`].
    pub sheet: u16,
    /// Row there.
    pub row: u32,
    /// The child, among [`Roll::children`].
    pub child: u32,
    /// It stands for its child.
    pub stands: bool,
    /// How its child stands to the register.
    pub link: LinkStatus,
    /// Match weight with the register person, in bits.
    pub weight: Option<f64>,
    /// What was found.
    pub findings: FindingSet,
    /// Required fields that were right as the list wrote them.
    pub as_written: RequiredSet,
    /// Key of the list's own code of the child; 0 where a record is only known by its row, which
    /// another list may give to somebody else. A run that counts itself leaves it at 0: codes are
    /// for comparing runs.
    pub code: u64,
    /// Key of the name as it is spelt; of single records only where runs may be compared.
    pub name: u64,
    /// Key of the name without case and marks; likewise.
    pub plain_name: u64,
    /// Birth date.
    pub birth: Option<PartialDate>,
    /// Thôn/TDP.
    pub hamlet: NameIx,
}

/// One child.
#[derive(Debug, Clone)]
pub struct Kid {
    /// The record that stands for it, among [`Roll::entries`].
    pub entry: u32,
    /// Its `record_id`.
    pub record_id: Box<str>,
    /// How it stands to the register.
    pub link: LinkStatus,
    /// Its number, where one stands.
    pub number: Option<PersonalId>,
    /// Birth date.
    pub birth: Option<PartialDate>,
    /// Gender.
    pub gender: Option<Gender>,
    /// Ethnic group, among [`Roll::names`].
    pub ethnicity: NameIx,
    /// Thôn/TDP, among [`Roll::names`].
    pub hamlet: NameIx,
    /// Commune as the list has it.
    pub commune: Option<PlaceCode>,
    /// The commune it lies in since 2025-07-01.
    pub commune_2025: Option<u32>,
    /// What is still missing.
    pub missing: RequiredSet,
    /// Where people find it.
    pub lists: Lists,
    /// Circumstances it has.
    pub codes: CodeSet,
    /// Circumstances the list answers for it: what is here and not in `codes`, it has not.
    pub asked: CodeSet,
}

/// A masked example of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// Sheet, among [`Roll::sheets`].
    pub sheet: u16,
    /// Row.
    pub row: u32,
    /// The text, masked.
    pub text: String,
}

/// A column of the list that says something of circumstances.
#[derive(Debug, Clone)]
pub struct CircumstanceColumn {
    /// Its heading.
    pub heading: String,
    /// Records with something in it.
    pub filled: u64,
    /// Rows whose text no code explains: sheet and row, the first ones.
    pub unread: Vec<(u16, u32)>,
    /// How many there are.
    pub unread_count: u64,
}

/// The clean list.
#[derive(Debug)]
pub struct Roll {
    /// The day of the run.
    pub as_of: Date,
    /// File and sheet of every record.
    pub sheets: Vec<(String, String)>,
    /// Thôn/TDP and ethnic groups.
    pub names: Names,
    /// The records, in the order of the list.
    pub entries: Vec<Entry>,
    /// The children, in the order of their first records.
    pub children: Vec<Kid>,
    /// Values changed, by change, in the order of [`Change::ALL`].
    pub changes: Vec<u64>,
    /// Masked examples, in the order of [`FindingCode::ALL`].
    pub examples: Vec<Vec<Example>>,
    /// Columns about circumstances.
    pub columns: Vec<CircumstanceColumn>,
}

impl Roll {
    /// A list with nothing in it yet.
    pub fn empty(as_of: Date) -> Self {
        Self {
            as_of,
            sheets: Vec::new(),
            names: Names::default(),
            entries: Vec::new(),
            children: Vec::new(),
            changes: vec![0; Change::ALL.len()],
            examples: vec![Vec::new(); FindingCode::ALL.len()],
            columns: Vec::new(),
        }
    }

    /// The records of each child, in the order of the list.
    pub fn records(&self) -> Vec<Vec<u32>> {
        let mut records = vec![Vec::new(); self.children.len()];
        for (at, entry) in (0..).zip(&self.entries) {
            records[entry.child as usize].push(at);
        }
        records
    }

    /// `ward.xlsx [Sheet], 12`: where a record stood.
    pub fn place(&self, sheet: u16, row: u32) -> String {
        match &self.sheets[usize::from(sheet)] {
            (file, sheet) if sheet.is_empty() => format!("{file}, {row}"),
            (file, sheet) => format!("{file} [{sheet}], {row}"),
        }
    }

    /// The commune in which more than half of the children live: today's where it is known.
    pub fn commune(&self) -> Option<PlaceCode> {
        usual(self.communes())
    }

    /// Where each child lives, as far as that is known.
    pub fn communes(&self) -> impl Iterator<Item = PlaceCode> {
        self.children.iter().filter_map(|kid| kid.today().or(kid.commune))
    }
}

impl Kid {
    /// A child of whom nothing is known but one of its records.
    pub fn unknown(entry: u32, record_id: &str) -> Self {
        Self {
            entry,
            record_id: record_id.into(),
            link: LinkStatus::None,
            number: None,
            birth: None,
            gender: None,
            ethnicity: NameIx::NONE,
            hamlet: NameIx::NONE,
            commune: None,
            commune_2025: None,
            missing: RequiredSet::default(),
            lists: Lists::default(),
            codes: CodeSet::NONE,
            asked: CodeSet::NONE,
        }
    }

    /// The commune since 2025-07-01.
    pub fn today(&self) -> Option<PlaceCode> {
        self.commune_2025.map(|code| PlaceCode { era: crate::record::Era::From2025, code })
    }

    /// Its number is confirmed by the register.
    pub fn is_certain(&self) -> bool {
        matches!(self.link, LinkStatus::Attached | LinkStatus::Kept)
    }
}
