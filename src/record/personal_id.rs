//! The 12-digit personal number (số định danh cá nhân), always well-formed.

use std::{fmt, num::NonZeroU64};

use super::{Gender, Written};

/// A well-formed personal number `PPP G YY NNNNNN`: twelve digits whose first three are a
/// three-digit code and whose fourth is gender and century of birth (Nghị định 137/2015/NĐ-CP
/// Điều 13, Thông tư 59/2021/TT-BCA Điều 4). There is **no check digit**. Whether the place code
/// exists is a question for the tables in `rules/personal_id`.
///
/// `Debug` masks the number: a log line must never carry it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonalId(NonZeroU64);

impl Written for PersonalId {}

/// Why a text is not a personal number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PersonalIdError {
    /// Not twelve digits.
    #[error("not twelve digits")]
    Length,
    /// Something other than digits.
    #[error("not only digits")]
    NotDigits,
    /// The place of birth registration cannot be 000.
    #[error("no place of registration has the code 000")]
    NoPlace,
}

impl PersonalId {
    /// Reads exactly twelve ASCII digits; repairing is the business of
    /// [`crate::normalise`].
    pub fn parse(text: &str) -> Result<Self, PersonalIdError> {
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(PersonalIdError::NotDigits);
        }
        if text.len() != 12 {
            return Err(PersonalIdError::Length);
        }
        if text.starts_with("000") {
            return Err(PersonalIdError::NoPlace);
        }
        text.parse().ok().and_then(Self::from_u64).ok_or(PersonalIdError::NotDigits)
    }

    /// The number behind [`Self::as_u64`].
    pub fn from_u64(number: u64) -> Option<Self> {
        let well_formed = (1_000_000_000..1_000_000_000_000).contains(&number);
        NonZeroU64::new(number).filter(|_| well_formed).map(Self)
    }

    /// The three-digit code of the province or country where the birth was registered.
    pub fn place(self) -> u16 {
        u16::try_from(self.0.get() / 1_000_000_000).expect("three digits")
    }

    /// The gender the fourth digit states.
    pub fn gender(self) -> Gender {
        if self.century_digit().is_multiple_of(2) { Gender::Male } else { Gender::Female }
    }

    /// The whole birth year the fourth to sixth digits state (1900–2399).
    pub fn birth_year(self) -> i16 {
        let within = i16::try_from(self.0.get() / 1_000_000 % 100).expect("two digits");
        1900 + 100 * i16::from(self.century_digit() / 2) + within
    }

    fn century_digit(self) -> u8 {
        u8::try_from(self.0.get() / 100_000_000 % 10).expect("one digit")
    }

    /// The number as an integer, for compact keys.
    pub fn as_u64(self) -> u64 {
        self.0.get()
    }

    /// The twelve digits: only for outputs meant to carry the number.
    pub fn digits(self) -> String {
        format!("{:012}", self.0.get())
    }

    /// `042•••••1234`: for anything a log or a terminal may show.
    pub fn masked(self) -> String {
        format!("{:03}•••••{:04}", self.place(), self.0.get() % 10_000)
    }
}

impl fmt::Debug for PersonalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PersonalId({})", self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_place_gender_and_year() {
        let id = PersonalId::parse("042318001234").unwrap();
        assert_eq!((id.place(), id.gender(), id.birth_year()), (42, Gender::Female, 2018));
        assert_eq!(id.digits(), "042318001234");
        assert_eq!(format!("{id:?}"), "PersonalId(042•••••1234)");
    }

    #[test]
    fn refuses_what_is_not_twelve_digits() {
        assert_eq!(PersonalId::parse("42318001234"), Err(PersonalIdError::Length));
        assert_eq!(PersonalId::parse("04231800123x"), Err(PersonalIdError::NotDigits));
        assert_eq!(PersonalId::parse("０42318001234"), Err(PersonalIdError::NotDigits));
        assert_eq!(PersonalId::parse("000318001234"), Err(PersonalIdError::NoPlace));
    }

    #[test]
    fn the_number_behind_a_key_is_the_same_again() {
        let id = PersonalId::parse("042318001234").unwrap();
        assert_eq!(id.as_u64(), 42_318_001_234);
        assert_eq!(PersonalId::from_u64(id.as_u64()), Some(id));
        assert_eq!(PersonalId::from_u64(999_999_999), None);
        assert_eq!(PersonalId::from_u64(1_000_000_000_000), None);
    }
}
