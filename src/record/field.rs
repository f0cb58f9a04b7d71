//! Fields with their provenance: what stood in the cell, what it means, what was done to it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Text, Written};

macro_rules! field_kinds {
    ($($(#[$doc:meta])* $variant:ident = $key:literal,)*) => {
        /// What a column can hold. The key names it in `rules/columns`, in `--columns` files and
        /// in outputs.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum FieldKind { $($(#[$doc])* #[serde(rename = $key)] $variant,)* }

        impl FieldKind {
            /// Every kind, in the order of the child list.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The key in rules and outputs.
            pub fn key(self) -> &'static str {
                match self { $(Self::$variant => $key,)* }
            }
        }
    };
}

field_kinds! {
    /// Running number (STT): recognised, not used.
    SerialNumber = "serial_number",
    /// Mã hộ, mã gia đình, số HSCT.
    HouseholdCode = "household_code",
    /// Mã trẻ em, mã định danh hồ sơ: the list's own key.
    ChildCode = "child_code",
    /// Họ và tên in one column.
    FullName = "full_name",
    /// Họ, where the name stands in two or three columns.
    Surname = "surname",
    /// Đệm, chữ đệm, tên lót. Also "họ và đệm" as one column: then `Surname` is absent.
    SurnameMiddle = "surname_middle",
    /// Đệm alone.
    MiddleName = "middle_name",
    /// Tên alone.
    GivenName = "given_name",
    /// Tên gọi khác, tên thường gọi.
    OtherName = "other_name",
    /// Ngày (tháng năm) sinh.
    BirthDate = "birth_date",
    /// Day of birth alone.
    BirthDay = "birth_day",
    /// Month of birth alone.
    BirthMonth = "birth_month",
    /// Year of birth alone.
    BirthYear = "birth_year",
    /// Birth date in the column for boys (lists with one birth-date column a gender).
    BirthDateMale = "birth_date_male",
    /// Birth date in the column for girls.
    BirthDateFemale = "birth_date_female",
    /// Giới tính in one column.
    Gender = "gender",
    /// The "Nam" column of two.
    GenderMale = "gender_male",
    /// The "Nữ" column of two; alone, an empty cell is read as male only if rules say so.
    GenderFemale = "gender_female",
    /// Dân tộc.
    Ethnicity = "ethnicity",
    /// Quốc tịch.
    Nationality = "nationality",
    /// Số định danh cá nhân, số CCCD.
    PersonalId = "personal_id",
    /// Họ tên cha.
    FatherName = "father_name",
    /// Số định danh, CCCD or CMND of the father.
    FatherId = "father_id",
    /// Birth date or year of the father.
    FatherBirth = "father_birth",
    /// Họ tên mẹ.
    MotherName = "mother_name",
    /// Number of the mother.
    MotherId = "mother_id",
    /// Birth date or year of the mother.
    MotherBirth = "mother_birth",
    /// Người nuôi dưỡng, người giám hộ.
    GuardianName = "guardian_name",
    /// Number of the guardian.
    GuardianId = "guardian_id",
    /// Họ tên cha mẹ (both, or either) in one column.
    ParentNames = "parent_names",
    /// Chủ hộ.
    HouseholdHead = "household_head",
    /// Quan hệ với chủ hộ.
    Relationship = "relationship",
    /// Thôn, xóm, bản, tổ dân phố.
    Hamlet = "hamlet",
    /// Địa chỉ: whatever is written, possibly down to the province.
    Address = "address",
    /// Xã, phường, thị trấn.
    Commune = "commune",
    /// Huyện, quận.
    District = "district",
    /// Tỉnh, thành phố.
    Province = "province",
    /// Nơi sinh.
    BirthPlace = "birth_place",
    /// Nơi đăng ký khai sinh.
    RegistrationPlace = "registration_place",
    /// Quê quán.
    HomeTown = "home_town",
    /// Điện thoại.
    Phone = "phone",
    /// Ghi chú.
    Note = "note",
}

impl fmt::Display for FieldKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

macro_rules! changes {
    ($($(#[$doc:meta])* $variant:ident = $code:literal,)*) => {
        /// Something normalisation did to a value. Codes are stable; texts in `rules/checks.toml`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Change { $($(#[$doc])* $variant,)* }

        impl Change {
            /// Every change, in the order in which they are listed.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable code.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }
        }
    };
}

changes! {
    /// TCVN3 (ABC) text decoded.
    DecodedTcvn3 = "text.tcvn3",
    /// VNI-Windows text decoded.
    DecodedVni = "text.vni",
    /// Windows-1258 read as 1252, decoded.
    DecodedCp1258 = "text.cp1258",
    /// UTF-8 read as a one-byte charset, decoded.
    DecodedUtf8 = "text.utf8",
    /// VISCII text decoded.
    DecodedViscii = "text.viscii",
    /// Combining marks put in order and composed.
    MarksComposed = "text.marks",
    /// Look-alike letters replaced (Ð, full width, Cyrillic).
    Confusables = "text.confusables",
    /// Blanks trimmed, joined or unified; invisible characters dropped.
    Blanks = "text.blanks",
    /// Capital letters put right.
    Case = "text.case",
    /// Telex typing residue resolved.
    Telex = "text.telex",
    /// VNI typing residue resolved.
    VniTyping = "text.vni_typing",
    /// Words grown together were parted.
    WordsParted = "text.words_parted",
    /// Stray punctuation dropped.
    Punctuation = "text.punctuation",
    /// Apostrophe variants unified.
    Apostrophe = "text.apostrophe",
    /// A title or form of address taken off (Cháu, Ông, Bà).
    TitleRemoved = "name.title",
    /// A nickname or remark in brackets taken off.
    BracketRemoved = "name.bracket",
    /// A number or letter that tells namesakes apart taken off.
    SuffixRemoved = "name.suffix",
    /// The name was put together from several columns.
    Joined = "field.joined",
    /// The value stands for the rows of its group.
    Inherited = "field.inherited",
    /// Written date read into its parts.
    DateFormat = "date.format",
    /// A spreadsheet serial number read as a date.
    DateSerial = "date.serial",
    /// The century of a two-digit year was added.
    DateCentury = "date.century",
    /// Month before day, put right.
    DateMonthFirst = "date.month_first",
    /// A code or a word was replaced by the official name.
    CodeToName = "value.code_to_name",
    /// A variant spelling was replaced by the official name.
    Alias = "value.alias",
    /// Leading zero restored.
    LeadingZero = "id.leading_zero",
    /// Blanks, dots, quotes or a decimal part removed from a number.
    NumberCleaned = "id.cleaned",
    /// Letters that stand for digits read as digits (O for 0, l for 1).
    DigitLookAlikes = "id.look_alikes",
    /// A number typed as a floating-point value read back.
    NumberFromFloat = "id.from_float",
    /// International or old prefix of a telephone number replaced.
    PhonePrefix = "phone.prefix",
    /// The place was read out of a longer address.
    FromAddress = "place.from_address",
    /// The value was not in the list and was filled in from the register.
    FromRegister = "value.from_register",
    /// Put right at home, or by an officer.
    Corrected = "value.corrected",
}

/// The set of changes made to one value.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Changes(u64);

impl Changes {
    /// No change.
    pub const NONE: Self = Self(0);

    /// Adds one change.
    pub fn insert(&mut self, change: Change) {
        self.0 |= 1 << change as u8;
    }

    /// Whether a change was made.
    pub fn contains(self, change: Change) -> bool {
        self.0 & (1 << change as u8) != 0
    }

    /// Adds all changes of another set.
    pub fn extend(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// True when nothing was done.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The same without the changes of another set.
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// A set for a constant.
    pub const fn of(changes: &[Change]) -> Self {
        let mut set = Self::NONE;
        let mut at = 0;
        while at < changes.len() {
            set.0 |= 1 << changes[at] as u8;
            at += 1;
        }
        set
    }

    /// The changes in their listed order.
    pub fn iter(self) -> impl Iterator<Item = Change> {
        // Most sets are empty: only what is in one is looked at.
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let change = *Change::ALL.get(rest.trailing_zeros() as usize)?;
            rest &= rest - 1;
            Some(change)
        })
    }
}

impl Changes {
    /// The set as bits, for files the program keeps.
    pub(crate) fn bits(self) -> u64 {
        self.0
    }

    /// The set behind bits; `None` where a bit stands for no change.
    pub(crate) fn from_bits(bits: u64) -> Option<Self> {
        (bits >> Change::ALL.len() == 0).then_some(Self(bits))
    }
}

impl FromIterator<Change> for Changes {
    fn from_iter<I: IntoIterator<Item = Change>>(changes: I) -> Self {
        let mut set = Self::NONE;
        changes.into_iter().for_each(|change| set.insert(change));
        set
    }
}

impl fmt::Debug for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(Change::code)).finish()
    }
}

/// One value of a record. Three states: missing (`raw` blank), usable (`value` is some), not
/// usable (`raw` holds text, `value` is none).
#[derive(Clone, PartialEq)]
pub struct Field<T> {
    /// What stood in the cell, as text; empty when the cell was blank or there was no column.
    pub raw: Text,
    /// What it means, where it means something.
    pub value: Option<T>,
    /// What was done between the two.
    pub changes: Changes,
}

impl<T> Default for Field<T> {
    fn default() -> Self {
        Self { raw: Text::new(), value: None, changes: Changes::NONE }
    }
}

/// Shows the state, never the value.
impl<T> fmt::Debug for Field<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.is_missing() {
            "missing"
        } else if self.value.is_some() {
            "usable"
        } else {
            "unusable"
        };
        write!(f, "Field({state}, {:?})", self.changes)
    }
}

impl<T: Written> Field<T> {
    /// A usable value.
    pub fn usable(raw: impl Into<Text> + AsRef<str>, value: impl Into<T>, changes: Changes) -> Self {
        Self::read(raw, Some(value.into()), changes)
    }

    /// What a cell was read as. A value that is written as it is meant shares its text with the cell.
    pub fn read(raw: impl Into<Text> + AsRef<str>, value: Option<T>, changes: Changes) -> Self {
        let same = value.as_ref().and_then(Written::text).filter(|text| ***text == *raw.as_ref());
        let raw = same.cloned().unwrap_or_else(|| raw.into());
        Self { raw, value, changes }
    }
}

impl<T> Field<T> {
    /// Text that means nothing usable.
    pub fn unusable(raw: impl Into<Text>) -> Self {
        Self { raw: raw.into(), value: None, changes: Changes::NONE }
    }

    /// Nothing stood in the cell (or only blanks).
    pub fn is_missing(&self) -> bool {
        self.value.is_none() && self.raw.chars().all(char::is_whitespace)
    }

    /// Something stood in the cell that could not be used.
    pub fn is_unusable(&self) -> bool {
        self.value.is_none() && !self.is_missing()
    }

    /// The usable value.
    pub fn get(&self) -> Option<&T> {
        self.value.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{NameOrder, PersonName};

    #[test]
    fn a_cell_that_means_what_it_says_is_one_text() {
        let raw = "Tổ dân phố Văn Phúc, Phường Văn Yên";
        let one = |raw: &Text, value: &Text| std::ptr::eq(raw.as_ptr(), value.as_ptr());
        let same: Field<Text> = Field::usable(raw, raw, Changes::NONE);
        assert!(one(&same.raw, same.get().unwrap()) && *same.raw == *raw);
        let other: Field<Text> = Field::usable(raw, raw.to_uppercase(), Changes::NONE);
        assert!(!one(&other.raw, other.get().unwrap()) && *other.raw == *raw);
        let name =
            || PersonName::new(["Nguyễn", "Thị", "Hồng", "Nhung"], 1, 1, NameOrder::SurnameFirst, false);
        let named = Field::read("Nguyễn Thị Hồng Nhung", name(), Changes::NONE);
        assert!(one(&named.raw, named.get().and_then(Written::text).unwrap()));
        let shouted = Field::read("NGUYỄN THỊ HỒNG NHUNG", name(), Changes::NONE);
        assert_eq!((&*shouted.raw, shouted.get()), ("NGUYỄN THỊ HỒNG NHUNG", name().as_ref()));
    }
}
