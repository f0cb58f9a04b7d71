//! The dictionary of headings: whole headings and the phrases they are made of.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

use crate::{
    record::FieldKind,
    rules::{BuiltIn, RuleSource, RulesError},
    rules_file,
    text::fold,
};

/// Whom a column speaks of, where it is not the person of the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Person {
    /// Cha, bố.
    Father,
    /// Mẹ.
    Mother,
    /// Người giám hộ, người nuôi dưỡng.
    Guardian,
    /// Cha mẹ, phụ huynh: either or both.
    Parents,
    /// Chủ hộ.
    HouseholdHead,
}

/// What a phrase inside a heading says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phrase {
    /// It names a field; `second` fields give way to columns with more right to the name.
    Field {
        /// The field, as if of the person of the row.
        kind: FieldKind,
        /// From `[second]`.
        second: bool,
    },
    /// It names a person.
    Person(Person),
    /// It changes nothing.
    Filler,
    /// It says that the column is none of the fields.
    Other,
}

/// Phrases by their folded words. There are two: one in which the kept words have their marks,
/// and one for headings written without any marks.
#[derive(Debug, Default)]
pub struct Dictionary {
    /// Whole headings, squeezed to letters and digits.
    pub whole: FxHashMap<String, (FieldKind, bool)>,
    /// Phrases, words parted by single blanks.
    pub phrases: FxHashMap<String, Phrase>,
    /// Every word of a phrase.
    pub words: FxHashSet<String>,
}

/// The rules for headings.
#[derive(Debug)]
pub struct HeadingRules {
    kept: Vec<String>,
    marked: Dictionary,
    plain: Dictionary,
    longest_phrase: usize,
}

const FILE: BuiltIn = rules_file!("columns/headings.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    kept_words: Vec<String>,
    field: BTreeMap<FieldKind, Vec<String>>,
    second: BTreeMap<FieldKind, Vec<String>>,
    person: BTreeMap<Person, Vec<String>>,
    filler: Filler,
    other: Other,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filler {
    words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Other {
    phrases: Vec<String>,
}

impl HeadingRules {
    pub(super) fn load(source: &mut RuleSource) -> Result<Self, RulesError> {
        let file: File = source.toml(FILE)?;
        let kept = file.kept_words.iter().map(|word| word.nfc().collect()).collect();
        let mut rules =
            Self { kept, marked: Dictionary::default(), plain: Dictionary::default(), longest_phrase: 1 };
        // Phrases that mean the same with and without marks come first, so that an unmarked
        // "nam" is the gender and not the year.
        let mut late = Vec::new();
        let mut add = |rules: &mut Self, text: &str, phrase: Phrase| -> Result<(), RulesError> {
            let words = rules.words(text);
            let joined = words.join(" ");
            let unmarked = words.iter().map(|word| fold::plain(word)).collect::<Vec<_>>().join(" ");
            if joined.is_empty() {
                return Err(source.fault(FILE, 1, format!("the phrase {text:?} holds no letter")));
            }
            rules.longest_phrase = rules.longest_phrase.max(words.len());
            rules.marked.add(&joined, phrase).map_err(|other| {
                let message = format!("{text:?} stands for {} and for {other}", kind_of(phrase));
                source.fault(FILE, 1, message)
            })?;
            if joined == unmarked {
                // A clash here was a clash above.
                let _ = rules.plain.add(&unmarked, phrase);
            } else {
                late.push((unmarked, phrase));
            }
            Ok(())
        };
        for word in &file.filler.words {
            add(&mut rules, word, Phrase::Filler)?;
        }
        for phrase in &file.other.phrases {
            add(&mut rules, phrase, Phrase::Other)?;
        }
        for (person, phrases) in &file.person {
            for phrase in phrases {
                add(&mut rules, phrase, Phrase::Person(*person))?;
            }
        }
        for (second, fields) in [(false, &file.field), (true, &file.second)] {
            for (kind, phrases) in fields {
                let own = kind.key();
                for phrase in phrases.iter().map(String::as_str).chain((!second).then_some(own)) {
                    add(&mut rules, phrase, Phrase::Field { kind: *kind, second })?;
                }
            }
        }
        // The keys of the fields the lists above do not name (father_name …) are headings too.
        for kind in FieldKind::ALL.iter().filter(|kind| !file.field.contains_key(kind)) {
            let squeezed = squeeze(&rules.words(kind.key()).join(" "));
            rules.marked.whole.entry(squeezed.clone()).or_insert((*kind, false));
            rules.plain.whole.entry(squeezed).or_insert((*kind, false));
        }
        for (unmarked, phrase) in late {
            // "ho" without marks may be Họ or Hộ: the first stays.
            let _ = rules.plain.add(&unmarked, phrase);
        }
        Ok(rules)
    }

    /// The words of a heading: camelCase taken apart, lower case, without marks but for the kept
    /// words.
    pub fn words(&self, heading: &str) -> Vec<String> {
        let mut words = Vec::new();
        for piece in part_camel_case(heading).split(|letter: char| !is_word_letter(letter)) {
            if piece.is_empty() {
                continue;
            }
            let lower: String = piece.nfc().flat_map(char::to_lowercase).nfc().collect();
            if self.kept.contains(&lower) {
                words.push(lower);
            } else {
                words.extend(
                    fold::plain(&lower).split(' ').filter(|word| !word.is_empty()).map(str::to_owned),
                );
            }
        }
        words
    }

    /// The dictionary for a heading: the one without marks if it has none itself.
    pub fn dictionary(&self, heading: &str) -> &Dictionary {
        if heading.is_ascii() { &self.plain } else { &self.marked }
    }

    /// The number of words of the longest phrase.
    pub fn longest_phrase(&self) -> usize {
        self.longest_phrase
    }
}

impl Dictionary {
    /// Adds a phrase; the first meaning of a phrase stays. Two whole headings that differ are a
    /// fault: the key of the other one is returned.
    fn add(&mut self, joined: &str, phrase: Phrase) -> Result<(), &'static str> {
        if let Phrase::Field { kind, second } = phrase {
            let (have, _) = *self.whole.entry(squeeze(joined)).or_insert((kind, second));
            if have != kind {
                return Err(have.key());
            }
        }
        self.words.extend(joined.split(' ').map(str::to_owned));
        self.phrases.entry(joined.to_owned()).or_insert(phrase);
        Ok(())
    }
}

fn kind_of(phrase: Phrase) -> &'static str {
    match phrase {
        Phrase::Field { kind, .. } => kind.key(),
        Phrase::Person(_) => "a person",
        Phrase::Filler => "filler",
        Phrase::Other => "other",
    }
}

fn squeeze(joined: &str) -> String {
    joined.replace(' ', "")
}

fn is_word_letter(letter: char) -> bool {
    letter.is_alphanumeric() || unicode_normalization::char::is_combining_mark(letter)
}

/// `HoTenCha` → `Ho Ten Cha`, `SoDDCN` → `So DDCN`; anything with blanks stays as it is.
fn part_camel_case(heading: &str) -> String {
    if heading.contains(char::is_whitespace) {
        return heading.to_owned();
    }
    let letters: Vec<char> = heading.chars().collect();
    let mut parted = String::with_capacity(heading.len() + 4);
    for (ix, letter) in letters.iter().enumerate() {
        let before = ix.checked_sub(1).map(|before| letters[before]);
        let after = letters.get(ix + 1);
        let starts_word = letter.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || (before.is_uppercase() && after.is_some_and(|after| after.is_lowercase()))
            });
        if starts_word {
            parted.push(' ');
        }
        parted.push(*letter);
    }
    parted
}

#[cfg(test)]
mod tests {
    use crate::rules::Rules;

    #[test]
    fn words_keep_only_the_marks_that_matter() {
        let rules = Rules::built_in().unwrap();
        let words = |text| rules.columns.headings.words(text).join(" ");
        assert_eq!(words("NĂM sinh\n(trẻ)"), "năm sinh tre");
        assert_eq!(words("Na\u{306}m sinh"), "năm sinh");
        assert_eq!(words("HoTenCha"), "ho ten cha");
        assert_eq!(words("SoDDCN"), "so ddcn");
        assert_eq!(words("date_of_birth"), "date of birth");
        assert_eq!(words("SĐT"), "sdt");
        assert_eq!(words("ĐT"), "đt");
    }
}
