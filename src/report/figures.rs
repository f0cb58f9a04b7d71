//! The figures of the page, counted from the clean list. No drawing and no words here.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::{
    roll::{Entry, Kid, NameIx, Required, Roll},
    run_folder::RunFolder,
};
use crate::{
    matching::LinkStatus,
    record::{FindingCode, Gender, PlaceCode},
};

/// Ages of the pyramid: 0 to 15, then 16 and over.
pub const AGES: usize = 17;

/// A count of one kind before, of another after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BeforeAfter {
    /// Records that were right as the list wrote them.
    pub before: u64,
    /// Children for whom nothing is missing now.
    pub after: u64,
}

/// One thôn/TDP, or all beyond the limit together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// Commune and name; `None` for the places added up.
    pub of: Option<(Option<PlaceCode>, NameIx)>,
    /// How many places these are.
    pub places: u64,
    /// Records.
    pub records: u64,
    /// Children.
    pub children: u64,
    /// All required fields.
    pub whole: BeforeAfter,
    /// The personal number.
    pub number: BeforeAfter,
    /// Children on the list for home visits.
    pub household: u64,
    /// Children on the list for the police.
    pub police: u64,
}

/// Why a child was entered twice: by what the further record differs from the one that stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// On another sheet or in another file.
    OtherSheet,
    /// In another thôn/TDP.
    Moved,
    /// Another birth date.
    BirthDate,
    /// The name is spelt with other letters.
    Spelling,
    /// The name differs in marks or capitals only.
    Marks,
    /// Something is missing in one of the two.
    Incomplete,
    /// No difference.
    Same,
}

impl Cause {
    /// Every cause, the most telling first.
    pub const ALL: [Self; 7] = [
        Self::OtherSheet,
        Self::Moved,
        Self::BirthDate,
        Self::Spelling,
        Self::Marks,
        Self::Incomplete,
        Self::Same,
    ];

    /// The key in the messages.
    pub fn key(self) -> &'static str {
        match self {
            Self::OtherSheet => "other_sheet",
            Self::Moved => "moved",
            Self::BirthDate => "birth_date",
            Self::Spelling => "spelling",
            Self::Marks => "marks",
            Self::Incomplete => "incomplete",
            Self::Same => "same",
        }
    }

    fn of(entry: &Entry, standing: &Entry) -> Self {
        if entry.sheet != standing.sheet {
            Self::OtherSheet
        } else if entry.hamlet != standing.hamlet
            && entry.hamlet != NameIx::NONE
            && standing.hamlet != NameIx::NONE
        {
            Self::Moved
        } else if entry.birth.zip(standing.birth).is_some_and(|(one, other)| one != other) {
            Self::BirthDate
        } else if entry.plain_name != standing.plain_name {
            Self::Spelling
        } else if entry.name != standing.name {
            Self::Marks
        } else if entry.birth != standing.birth || entry.hamlet != standing.hamlet {
            Self::Incomplete
        } else {
            Self::Same
        }
    }
}

/// One column of the plot of match weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WeightBin {
    /// Records whose number the register confirmed.
    pub certain: u64,
    /// Other records with a candidate.
    pub open: u64,
    /// Pairs for a person: two records.
    pub duplicate_pairs: u64,
    /// Pairs for a person: a record and a register person.
    pub identity_pairs: u64,
}

/// Boys, girls, and children whose gender nobody wrote down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ByGender {
    /// Nam.
    pub male: u64,
    /// Nữ.
    pub female: u64,
    /// Not known.
    pub unknown: u64,
}

impl ByGender {
    fn add(&mut self, gender: Option<Gender>) {
        match gender {
            Some(Gender::Male) => self.male += 1,
            Some(Gender::Female) => self.female += 1,
            None => self.unknown += 1,
        }
    }
}

/// All figures of the page that come from the list itself.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// Records.
    pub records: u64,
    /// Children.
    pub children: u64,
    /// Children by link status, in the order of [`LinkStatus::ALL`].
    pub links: Vec<u64>,
    /// Numbers in the list that were right as written, by record.
    pub fields: [BeforeAfter; Required::ALL.len()],
    /// All required fields.
    pub whole: BeforeAfter,
    /// Children on the lists for police, home visits, review.
    pub police: u64,
    /// The same.
    pub household: u64,
    /// The same.
    pub review: u64,
    /// Thôn/TDP in which there is something to ask at home.
    pub household_places: u64,
    /// By thôn/TDP, the places with most to do first where there are too many.
    pub places: Vec<Place>,
    /// Records with each finding, in the order of [`FindingCode::ALL`].
    pub findings: Vec<u64>,
    /// Further records of a child by cause, in the order of [`Cause::ALL`].
    pub causes: [u64; Cause::ALL.len()],
    /// By weight, from the bin number times the width.
    pub weights: BTreeMap<i32, WeightBin>,
    /// By completed years; 16 stands for all above.
    pub ages: [ByGender; AGES],
    /// Children without a birth date or with one still to come, by gender.
    pub ageless: ByGender,
    /// Records with a whole birth date, by day of the month.
    pub days: [u64; 31],
    /// Of these, those born on 1 January.
    pub first_of_january: u64,
    /// Children by birth year: with a number that stands, and without.
    pub years: BTreeMap<i16, (u64, u64)>,
    /// Children without a birth date: with a number, and without.
    pub yearless: (u64, u64),
}

/// Counts everything.
pub fn figures(run: &RunFolder, weight_bin: u8, most_places: usize) -> Figures {
    let roll = &run.roll;
    let mut figures = Figures {
        records: roll.entries.len() as u64,
        children: roll.children.len() as u64,
        links: vec![0; LinkStatus::ALL.len()],
        findings: vec![0; FindingCode::ALL.len()],
        ..Figures::default()
    };
    roll.entries.iter().for_each(|entry| figures.add_entry(entry, roll));
    roll.children.iter().for_each(|kid| figures.add_kid(kid, roll));
    figures.add_weights(run, weight_bin);
    figures.places = places(roll);
    figures.household_places = figures.places.iter().filter(|place| place.household > 0).count() as u64;
    figures.places = shortened(std::mem::take(&mut figures.places), most_places);
    figures
}

impl Figures {
    /// Records merged into another.
    pub fn duplicates(&self) -> u64 {
        self.records - self.children
    }

    /// Children with this status.
    pub fn link(&self, status: LinkStatus) -> u64 {
        self.links[status as usize]
    }

    /// Children whose number the register confirmed.
    pub fn certain(&self) -> u64 {
        self.link(LinkStatus::Attached) + self.link(LinkStatus::Kept)
    }

    fn add_entry(&mut self, entry: &Entry, roll: &Roll) {
        for (field, figures) in Required::ALL.into_iter().zip(&mut self.fields) {
            figures.before += u64::from(entry.as_written.contains(field));
        }
        self.whole.before += u64::from(entry.as_written.is_whole());
        for (code, count) in FindingCode::ALL.iter().zip(&mut self.findings) {
            *count += u64::from(entry.findings.contains(*code));
        }
        if !entry.stands {
            let standing = roll.children[entry.child as usize].entry;
            self.causes[Cause::of(entry, &roll.entries[standing as usize]) as usize] += 1;
        }
        if let Some(date) = entry.birth.and_then(|birth| birth.to_date()) {
            self.days[usize::from(date.day().unsigned_abs()) - 1] += 1;
            self.first_of_january += u64::from((date.month(), date.day()) == (1, 1));
        }
    }

    fn add_kid(&mut self, kid: &Kid, roll: &Roll) {
        self.links[kid.link as usize] += 1;
        for (field, figures) in Required::ALL.into_iter().zip(&mut self.fields) {
            figures.after += u64::from(!kid.missing.contains(field));
        }
        self.whole.after += u64::from(kid.missing.is_empty());
        self.police += u64::from(kid.lists.police);
        self.household += u64::from(kid.lists.household);
        self.review += u64::from(kid.lists.review);
        let numbered = usize::from(kid.number.is_none());
        let mut count = [0, 0];
        count[numbered] = 1;
        let Some(birth) = kid.birth else {
            self.ageless.add(kid.gender);
            self.yearless = (self.yearless.0 + count[0], self.yearless.1 + count[1]);
            return;
        };
        // Where the birthday is not known nobody is called older than may be; a birth after the
        // day of the run is a slip, and no age.
        match usize::try_from(birth.age_on(roll.as_of)) {
            Ok(age) => self.ages[age.min(AGES - 1)].add(kid.gender),
            Err(_) => self.ageless.add(kid.gender),
        }
        let year = self.years.entry(birth.year()).or_default();
        *year = (year.0 + count[0], year.1 + count[1]);
    }

    fn add_weights(&mut self, run: &RunFolder, width: u8) {
        #[expect(clippy::cast_possible_truncation, reason = "match weights are some tens of bits")]
        let bin = |weight: f64| (weight / f64::from(width)).floor() as i32;
        for entry in &run.roll.entries {
            let Some(weight) = entry.weight else { continue };
            let bin = self.weights.entry(bin(weight)).or_default();
            match entry.link {
                LinkStatus::Attached | LinkStatus::Kept => bin.certain += 1,
                _ => bin.open += 1,
            }
        }
        for pair in &run.pairs {
            let bin = self.weights.entry(bin(pair.weight)).or_default();
            if pair.is_duplicate {
                bin.duplicate_pairs += 1;
            } else {
                bin.identity_pairs += 1;
            }
        }
    }
}

/// Every thôn/TDP in the order of first occurrence. Records count where their child lives now.
fn places(roll: &Roll) -> Vec<Place> {
    let mut known: FxHashMap<(Option<PlaceCode>, NameIx), usize> = FxHashMap::default();
    let mut places: Vec<Place> = Vec::new();
    let mut of_child = Vec::with_capacity(roll.children.len());
    for kid in &roll.children {
        // Places without a name are one group: there is nowhere to go.
        let commune = if kid.hamlet == NameIx::NONE { None } else { kid.today().or(kid.commune) };
        let key = (commune, kid.hamlet);
        let at = *known.entry(key).or_insert_with(|| {
            places.push(Place { of: Some(key), places: 1, ..Place::default() });
            places.len() - 1
        });
        let place = &mut places[at];
        place.children += 1;
        place.whole.after += u64::from(kid.missing.is_empty());
        place.number.after += u64::from(kid.number.is_some());
        place.household += u64::from(kid.lists.household);
        place.police += u64::from(kid.lists.police);
        of_child.push(at);
    }
    for entry in &roll.entries {
        let place = &mut places[of_child[entry.child as usize]];
        place.records += 1;
        place.whole.before += u64::from(entry.as_written.is_whole());
        place.number.before += u64::from(entry.as_written.contains(Required::PersonalId));
    }
    places
}

/// The places with most to do, and the rest in one line.
fn shortened(mut places: Vec<Place>, most: usize) -> Vec<Place> {
    if places.len() <= most {
        return places;
    }
    places.sort_by_key(|place| std::cmp::Reverse(place.household + place.police));
    let mut rest = Place::default();
    for place in places.drain(most..) {
        rest.places += 1;
        rest.records += place.records;
        rest.children += place.children;
        rest.whole = sum(rest.whole, place.whole);
        rest.number = sum(rest.number, place.number);
        rest.household += place.household;
        rest.police += place.police;
    }
    places.push(rest);
    places
}

fn sum(one: BeforeAfter, other: BeforeAfter) -> BeforeAfter {
    BeforeAfter { before: one.before + other.before, after: one.after + other.after }
}
