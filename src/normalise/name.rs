//! From the text of a name cell to a person's name: titles, nicknames and placeholders taken
//! apart, capitals put right, surname, middle and given name split.
//!
//! A word that abbreviates ("Ng.", "N.", "T") stays in the name as it is and makes the whole a
//! pattern ([`PersonName::is_pattern`]); [`pattern_stem`] says what such a word begins with.

mod aside;
mod doubt;
mod parts;
mod placeholder;
mod usual;
mod words;

pub(super) use usual::UsualWords;
pub use words::pattern_stem;

use crate::{
    record::{Change, Changes, Gender, PersonName},
    rules::Rules,
    text::{lost, repair::ColumnCharset, repair::repair},
};

/// What a name cell says.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct NameReading {
    /// The name in its legal spelling; `None` where the cell holds none (blank, placeholder).
    pub name: Option<PersonName>,
    /// The cell says that the child has no name yet ("Chưa đặt tên", "Con bà …").
    pub unnamed: bool,
    /// Gender stated by the placeholder ("Bé gái") or a title.
    pub gender_hint: Option<Gender>,
    /// The mother named by a placeholder ("Con bà Nguyễn Thị Hoa").
    pub mother_hint: Option<PersonName>,
    /// Nickname in brackets or after "tên ở nhà".
    pub nickname: Option<String>,
    /// Number or letter that tells namesakes apart ("Minh Anh 2").
    pub suffix: Option<String>,
    /// What was done to the text.
    pub changes: Changes,
    /// Letters were lost in an old conversion: the name as it probably was.
    pub letters_lost: Option<String>,
    /// Letters of more than one script.
    pub mixed_scripts: bool,
    /// Two words or more, none with a diacritic, although at least one of them has one in nearly
    /// every list.
    pub no_diacritics: bool,
    /// A word that is no syllable and near to a common name, with that name.
    pub doubtful: Option<(String, String)>,
    /// Digits or signs that belong to no name remain, or stood behind the name.
    pub foreign_signs: bool,
}

/// Whose name it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bearer {
    /// A child, who may have no name yet.
    Child,
    /// A father, mother or guardian: a placeholder means "not known".
    Parent,
}

/// Reads the name of a child (or of a person of the register).
pub fn read_name(raw: &str, column: ColumnCharset, rules: &Rules) -> NameReading {
    read(raw, column, rules, Bearer::Child)
}

/// Reads the name of a father, mother or guardian: placeholders mean "not known", never "unnamed".
pub fn read_parent_name(raw: &str, column: ColumnCharset, rules: &Rules) -> NameReading {
    read(raw, column, rules, Bearer::Parent)
}

fn read(raw: &str, column: ColumnCharset, rules: &Rules, bearer: Bearer) -> NameReading {
    let repaired = repair(raw, column, &rules.text);
    let mut reading = NameReading {
        changes: repaired.changes,
        mixed_scripts: repaired.mixed_scripts,
        ..NameReading::default()
    };
    let mut text = repaired.text;
    if placeholder::take(&text, rules, bearer, &mut reading) {
        return reading;
    }
    if !text.chars().all(|sign| sign.is_alphabetic() || sign == ' ') {
        text = aside::take(&text, rules, &mut reading).into();
        if placeholder::take(&text, rules, bearer, &mut reading) {
            return reading;
        }
    }
    if reading.unnamed && !text.contains(' ') {
        // "Nguyễn (chưa đặt tên)": the surname alone is no name.
        return reading;
    }
    reading.unnamed = false;
    if let Some(shorter) = aside::take_remark(&text, rules) {
        reading.changes.insert(Change::BracketRemoved);
        text = text[..shorter].into();
    }
    let name = take_title(&text, rules, &mut reading);
    let cleaned = words::clean(name, rules, &mut reading);
    if !cleaned.iter().any(|word| word.chars().any(char::is_alphabetic)) {
        return reading;
    }
    reading.name = parts::split(&cleaned, rules);
    if let Some(name) = &reading.name {
        reading.no_diacritics = doubt::has_no_diacritics(name, rules);
        if !reading.no_diacritics && reading.doubtful.is_none() {
            reading.doubtful = doubt::find(name, rules);
        }
        if repaired.letters_lost {
            reading.letters_lost = lost::suggest(name.full(), &rules.text);
        }
    }
    reading
}

/// Takes a form of address off the beginning.
fn take_title<'a>(text: &'a str, rules: &Rules, reading: &mut NameReading) -> &'a str {
    let first = text.split([' ', ':', '.']).next().unwrap_or_default().to_lowercase();
    if !rules.names.begins_title(&first) {
        return text;
    }
    for title in &rules.names.titles {
        let mut rest = text;
        let matches = title.words.iter().all(|word| {
            let Some((head, tail)) = split_word(rest) else { return false };
            let dotted = rest[head.len()..].starts_with('.');
            rest = tail;
            head.to_lowercase() == *word && (dotted || !title.dotted)
        });
        if !matches || rest.is_empty() {
            continue;
        }
        if title.name_word {
            // Bé, Anh and Em are names too: only a surname behind them makes them titles.
            let mut words = rest.split(' ');
            let surname = words.next().map(|word| rules.text.syllables.key(word)).unwrap_or_default();
            if rules.names.surname_count(&surname) < 20 || words.next().is_none() {
                continue;
            }
        }
        reading.changes.insert(Change::TitleRemoved);
        reading.gender_hint = reading.gender_hint.or(title.gender);
        return rest;
    }
    text
}

/// The first word without the sign behind it, and the rest.
fn split_word(text: &str) -> Option<(&str, &str)> {
    let end = text.find([' ', ':', '.']).unwrap_or(text.len());
    let rest = text[end..].trim_start_matches([' ', ':', '.']);
    (end > 0).then_some((&text[..end], rest))
}

#[cfg(test)]
mod tests;
