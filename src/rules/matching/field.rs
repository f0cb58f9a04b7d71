//! What a comparison or a blocking key may look at: a field by its key, or any other column of the
//! list by its heading. A name that matching holds nothing for is refused when the rules are read.

use serde::Deserialize;

use super::{ComparatorKind, ComparisonRule};
use crate::{
    record::FieldKind,
    rules::{RulesError, source::Places},
};

/// A field as `rules/matching.toml` names it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum MatchField {
    /// A field the program knows, by its key.
    Known(FieldKind),
    /// `extra:HEADING`: a column that is carried through, by its heading.
    Extra(Box<str>),
}

/// What marks the heading of a column of no known meaning.
const EXTRA: &str = "extra:";

/// Fields that hold a person's name.
const NAMES: &[FieldKind] =
    &[FieldKind::FullName, FieldKind::FatherName, FieldKind::MotherName, FieldKind::GuardianName];

/// Fields that hold a date.
const DATES: &[FieldKind] = &[FieldKind::BirthDate, FieldKind::FatherBirth, FieldKind::MotherBirth];

/// Fields that hold a personal number.
const NUMBERS: &[FieldKind] =
    &[FieldKind::PersonalId, FieldKind::FatherId, FieldKind::MotherId, FieldKind::GuardianId];

/// Fields that are compared as folded text, and in which no digit ever stands.
const WORDS: &[FieldKind] = &[
    FieldKind::FullName,
    FieldKind::FatherName,
    FieldKind::MotherName,
    FieldKind::GuardianName,
    FieldKind::Gender,
];

/// Fields that are compared as folded text, or by their digits alone.
const TEXTS: &[FieldKind] = &[
    FieldKind::Phone,
    FieldKind::ChildCode,
    FieldKind::HouseholdCode,
    FieldKind::Hamlet,
    FieldKind::Address,
    FieldKind::Ethnicity,
    FieldKind::BirthPlace,
    FieldKind::OtherName,
    FieldKind::Commune,
    FieldKind::Province,
];

impl MatchField {
    /// Whether matching holds the field's value in a form that the comparator can compare.
    pub fn suits(&self, comparator: ComparatorKind) -> bool {
        match comparator {
            ComparatorKind::GivenName
            | ComparatorKind::MiddleName
            | ComparatorKind::Surname
            | ComparatorKind::Name => self.is_one_of(NAMES),
            ComparatorKind::Date => self.is_extra() || self.is_one_of(DATES),
            ComparatorKind::Digits => self.is_extra() || self.is_one_of(NUMBERS) || self.is_one_of(TEXTS),
            ComparatorKind::Code | ComparatorKind::Text => {
                self.is_extra() || self.is_one_of(WORDS) || self.is_one_of(TEXTS)
            }
        }
    }

    fn is_extra(&self) -> bool {
        matches!(self, Self::Extra(_))
    }

    fn is_one_of(&self, kinds: &[FieldKind]) -> bool {
        matches!(self, Self::Known(kind) if kinds.contains(kind))
    }
}

impl std::fmt::Display for MatchField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Known(kind) => kind.fmt(f),
            Self::Extra(heading) => write!(f, "{EXTRA}{heading}"),
        }
    }
}

impl TryFrom<&str> for MatchField {
    type Error = String;

    fn try_from(text: &str) -> Result<Self, String> {
        if let Some(heading) = text.strip_prefix(EXTRA).map(str::trim).filter(|heading| !heading.is_empty()) {
            return Ok(Self::Extra(heading.into()));
        }
        let held =
            |kind: &&FieldKind| [NAMES, DATES, NUMBERS, WORDS, TEXTS].iter().any(|held| held.contains(kind));
        let known = || FieldKind::ALL.iter().filter(held);
        known().find(|kind| kind.key() == text).map(|kind| Self::Known(*kind)).ok_or_else(|| {
            let known = known().map(|kind| kind.key()).collect::<Vec<_>>().join(", ");
            format!(
                "{text:?} is no field that can be compared: {EXTRA}HEADING (a column of the list), {known}"
            )
        })
    }
}

impl TryFrom<String> for MatchField {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::try_from(text.as_str())
    }
}

impl ComparisonRule {
    /// A field that the comparator finds nothing in would never be compared, and nobody would know.
    pub(super) fn check_fields(&self, places: &Places) -> Result<(), RulesError> {
        let fault = |field: &toml::Spanned<MatchField>, what: String| {
            let comparator = self.comparator.key();
            Err(places.fault(field.span(), format!("comparison {}: `{comparator}` {what}", self.name)))
        };
        let fields = std::iter::once(&self.field).chain(&self.or_field);
        if let Some(field) = fields.into_iter().find(|field| !field.get_ref().suits(self.comparator)) {
            return fault(field, format!("cannot compare {}", field.get_ref()));
        }
        let names = [ComparatorKind::Name, ComparatorKind::Surname];
        if let Some(field) = &self.surname_of
            && !(names.contains(&self.comparator) && field.get_ref().suits(ComparatorKind::Name))
        {
            return fault(field, "has no surname that could repeat another's".to_owned());
        }
        match &self.or_field {
            Some(field) if !self.comparator.crosses() => fault(field, "looks at one field only".to_owned()),
            _ => Ok(()),
        }
    }
}

macro_rules! key_forms {
    ($($(#[$doc:meta])* $variant:ident = $key:literal,)*) => {
        /// What of a field's value must agree for two records to share a blocking key.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum KeyForm { $($(#[$doc])* $variant,)* }

        impl KeyForm {
            /// Every form with its name in the rules.
            const ALL: &'static [(&'static str, Self)] = &[$(($key, Self::$variant),)*];
        }
    };
}

key_forms! {
    /// The value (a name without diacritics, a whole date).
    Whole = "whole",
    /// The words of a name or text without diacritics, in any order.
    Words = "words",
    /// The first letters of a text.
    Start = "start",
    /// The given name without diacritics.
    Given = "given",
    /// How the given name sounds.
    GivenSound = "given_sound",
    /// The surname without diacritics.
    Surname = "surname",
    /// The last middle word without diacritics.
    Middle = "middle",
    /// Year, and day and month in either order.
    DayMonth = "day_month",
    /// Day and month in either order, of any year.
    AnyYear = "any_year",
    /// The year.
    Year = "year",
}

impl KeyForm {
    /// Whether a field has this form, by the comparators it suits.
    fn suits(self, field: &MatchField) -> bool {
        match self {
            Self::Whole => true,
            Self::Words => field.suits(ComparatorKind::Name) || field.suits(ComparatorKind::Text),
            Self::Start => field.suits(ComparatorKind::Text),
            Self::Given | Self::GivenSound | Self::Surname | Self::Middle => {
                field.suits(ComparatorKind::Name)
            }
            Self::DayMonth | Self::AnyYear | Self::Year => field.suits(ComparatorKind::Date),
        }
    }
}

/// A blocking key of the rules, `FIELD:FORM`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct BlockKey {
    /// The field.
    pub field: MatchField,
    /// What of it must agree.
    pub form: KeyForm,
}

impl TryFrom<String> for BlockKey {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let named = text.rsplit_once(':').and_then(|(field, name)| {
            KeyForm::ALL.iter().find(|(known, _)| *known == name).map(|(_, form)| (field, *form))
        });
        let Some((field, form)) = named else {
            let known = KeyForm::ALL.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
            return Err(format!("blocking key {text:?}: expected FIELD:FORM, with a form of {known}"));
        };
        let field = MatchField::try_from(field)?;
        if form.suits(&field) {
            Ok(Self { field, form })
        } else {
            Err(format!("blocking key {text:?}: {field} has no such form"))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::matching::tests::fault;

    /// A comparison in an overlay, its fields on the third line.
    fn comparison(comparator: &str, fields: &str) -> String {
        let level = "level = [{ name = \"equal\", m = 0.9 }, { name = \"different\", m = 0.1, u = 0.9 }]";
        format!(
            "[[comparison]]\nname = \"x\"\n{fields}\ncomparator = \"{comparator}\"\nevidence = \"person\"\n{level}\n"
        )
    }

    #[test]
    fn a_field_that_nothing_would_be_found_in_is_refused_with_its_line() {
        let refused = [
            ("text", "field = \"surnam\"", "\"surnam\" is no field"),
            ("text", "field = \"extra:\"", "\"extra:\" is no field"),
            ("text", "field = \"serial_number\"", "\"serial_number\" is no field"),
            ("date", "field = \"hamlet\"", "`date` cannot compare hamlet"),
            ("name", "field = \"extra:Name\"", "`name` cannot compare extra:Name"),
            ("code", "field = \"personal_id\"", "`code` cannot compare personal_id"),
            ("name", "field = \"mother_name\", or_field = \"mother\"", "\"mother\" is no field"),
            ("date", "field = \"birth_date\", or_field = \"father_birth\"", "one field only"),
        ];
        for (comparator, fields, message) in refused {
            let said = fault(&comparison(comparator, &fields.replace(", ", "\n")));
            let line = if fields.contains("or_field") { 4 } else { 3 };
            assert!(said.contains(&format!("matching.toml:{line}: ")) && said.contains(message), "{said}");
        }
    }

    #[test]
    fn a_blocking_key_that_no_record_could_have_is_refused_with_its_line() {
        let refused = [
            ("surname", "expected FIELD:FORM"),
            ("full_name:initials", "a form of whole, words"),
            ("suburb:whole", "\"suburb\" is no field"),
            ("phone:given", "phone has no such form"),
            ("extra:Surname:given", "extra:Surname has no such form"),
        ];
        for (key, message) in refused {
            let pass = format!("[[blocking.pass]]\nkeys = [\"phone:whole\"]\nrefine = [\"{key}\"]\n");
            let said = fault(&pass);
            assert!(said.contains("matching.toml:3: ") && said.contains(message), "{said}");
        }
    }
}
