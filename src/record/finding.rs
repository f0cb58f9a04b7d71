//! Findings: what a person should know about a record. Texts and severities are data
//! (`rules/checks.toml`); the codes are the contract.

use super::FieldKind;

macro_rules! finding_codes {
    ($($(#[$doc:meta])* $variant:ident = $code:literal,)*) => {
        /// The stable code of a finding; its severity and its Vietnamese and English texts stand
        /// in `rules/checks.toml`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FindingCode { $($(#[$doc])* $variant,)* }

        impl FindingCode {
            /// Every code, in the order in which findings are listed.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The code as it stands in `records.csv` and in the rules.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }
        }
    };
}

finding_codes! {
    /// No name at all.
    NameMissing = "name.missing",
    /// "Chưa đặt tên", "Con bà …": the child has no name yet.
    NameUnnamed = "name.unnamed",
    /// A single word where a surname and a given name are expected.
    NameSingleWord = "name.single_word",
    /// No diacritics although the words have them in nearly every other list.
    NameNoDiacritics = "name.no_diacritics",
    /// Initials or abbreviations: a pattern, not a name.
    NameAbbreviated = "name.abbreviated",
    /// Letters of more than one script.
    NameMixedScripts = "name.mixed_scripts",
    /// Digits or signs that are no part of a name.
    NameForeignSigns = "name.foreign_signs",
    /// A word that is no Vietnamese syllable and near to a common name: a slip is likely.
    NameDoubtfulWord = "name.doubtful_word",
    /// Letters were lost in an old conversion (đợc, trờng): cannot be restored safely.
    NameLettersLost = "name.letters_lost",
    /// The text was in an old encoding and has been converted.
    NameDecoded = "name.decoded",
    /// No birth date.
    BirthMissing = "dob.missing",
    /// Not a date.
    BirthMalformed = "dob.malformed",
    /// Month and day, or the day, are unknown.
    BirthIncomplete = "dob.incomplete",
    /// 01/01: often typed when only the year is known.
    BirthDefaultDay = "dob.default_day",
    /// Month written before day.
    BirthMonthFirst = "dob.month_first",
    /// Day and month look exchanged (by the register or by another record of the child).
    BirthSwapped = "dob.swapped",
    /// After the day of the run.
    BirthFuture = "dob.future",
    /// Sixteen or older on the day of the run (Luật Trẻ em 2016, Điều 1).
    BirthAgedOut = "dob.aged_out",
    /// No gender.
    GenderMissing = "gender.missing",
    /// Not a gender, or both columns marked.
    GenderMalformed = "gender.malformed",
    /// The given name is nearly always the other gender's: a hint only.
    GenderNameHint = "gender.name_hint",
    /// No ethnicity.
    EthnicityMissing = "ethnicity.missing",
    /// Not in the list of ethnic groups.
    EthnicityUnknown = "ethnicity.unknown",
    /// A name that more than one group has had (Thổ).
    EthnicityAmbiguous = "ethnicity.ambiguous",
    /// No personal number.
    IdMissing = "id.missing",
    /// Not twelve digits and not repairable.
    IdMalformed = "id.malformed",
    /// The leading zero was lost and has been put back.
    IdLeadingZero = "id.leading_zero",
    /// Blanks, dots or a decimal part were removed from the number.
    IdRepaired = "id.repaired",
    /// Digits were lost in exponent form: the number must be asked for again.
    IdDigitsLost = "id.digits_lost",
    /// Nine digits: an old identity card, so hardly the child's.
    IdOldCard = "id.old_card",
    /// The first three digits are in neither table of place codes.
    IdPlaceUnknown = "id.place_unknown",
    /// The fourth digit states the other gender or another century.
    IdGenderMismatch = "id.gender_mismatch",
    /// The fifth and sixth digits state another birth year.
    IdYearMismatch = "id.year_mismatch",
    /// The number stands in the parent's or guardian's column too.
    IdEqualsParent = "id.equals_parent",
    /// The number's holder would be an adult: likely a parent's number.
    IdAdult = "id.adult",
    /// Several records that are not the same child carry this number.
    IdShared = "id.shared",
    /// Neither father, mother nor guardian is named.
    ParentsMissing = "parents.missing",
    /// A parent bears exactly the child's name.
    ParentSameName = "parents.same_name",
    /// A parent would have been too young or too old at the birth.
    ParentAge = "parents.age",
    /// A parent's number is malformed.
    ParentIdMalformed = "parents.id_malformed",
    /// No thôn/TDP.
    HamletMissing = "place.hamlet_missing",
    /// No unit of that name in its era.
    PlaceUnknown = "place.unknown",
    /// Several units bear the name, or the code means another unit in the other era.
    PlaceAmbiguous = "place.ambiguous",
    /// The unit was abolished before 2025 and has no mapping.
    PlaceAbolished = "place.abolished",
    /// The old commune was split in 2025: thôn/TDP decides.
    PlaceSplit = "place.split",
    /// Not a telephone number.
    PhoneMalformed = "phone.malformed",
    /// Nothing but a name.
    RecordNameOnly = "record.name_only",
    /// Merged with another record of the same child.
    DuplicateMerged = "duplicate.merged",
    /// May be the same child as another record.
    DuplicatePossible = "duplicate.possible",
    /// The number was found in the register and attached.
    LinkAttached = "link.attached",
    /// The number is well-formed but not in the register given.
    LinkNotFound = "link.not_found",
    /// The register gives this number to somebody else, or another number to this child.
    LinkConflict = "link.conflict",
    /// Candidates in the register, none safe.
    LinkCandidates = "link.candidates",
    /// The register's spelling or date differs from the list's.
    LinkDiffers = "link.differs",
}

/// One finding on one record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// What was found.
    pub code: FindingCode,
    /// The field it concerns, where it concerns one.
    pub field: Option<FieldKind>,
    /// A short value that completes the text (a suggested word, a number of years); part of
    /// outputs only, never of logs.
    pub detail: Option<Box<str>>,
}

impl Finding {
    /// A finding without detail.
    pub fn new(code: FindingCode, field: FieldKind) -> Self {
        Self { code, field: Some(field), detail: None }
    }

    /// A finding with the value that completes its text.
    pub fn with_detail(code: FindingCode, field: FieldKind, detail: impl Into<Box<str>>) -> Self {
        Self { code, field: Some(field), detail: Some(detail.into()) }
    }
}
