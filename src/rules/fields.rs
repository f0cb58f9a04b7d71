//! Rules for the small fields (gender, telephone, marks, hamlet words): `rules/fields.toml`.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;

use super::{RuleSource, RulesError};
use crate::{record::Gender, rules_file, text::fold};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GenderFile {
    male: Vec<String>,
    female: Vec<String>,
    missing: Vec<String>,
    marks: Vec<String>,
    unmarked: Vec<String>,
    female_column_alone_means_male: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PhoneFile {
    old_prefixes: BTreeMap<String, String>,
}

/// A kind of thôn/TDP.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HamletKind {
    /// The official word, as written before the name.
    pub word: String,
    met: Vec<String>,
    /// Stands below another kind in the same address.
    #[serde(default)]
    pub below: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    nothing: Vec<String>,
    number_labels: Vec<String>,
    gender: GenderFile,
    phone: PhoneFile,
    hamlet: Vec<HamletKind>,
}

/// What the words of the small fields mean.
#[derive(Debug)]
pub struct FieldRules {
    nothing: FxHashSet<String>,
    number_labels: FxHashSet<String>,
    genders: FxHashMap<String, Option<Gender>>,
    marks: FxHashMap<String, bool>,
    /// Whether a list that has only the column "Nữ" means a boy by an empty cell.
    pub female_column_alone_means_male: bool,
    old_phone_prefixes: BTreeMap<String, String>,
    hamlets: Vec<HamletKind>,
    hamlet_words: FxHashMap<String, usize>,
    hamlet_first_words: FxHashSet<String>,
}

/// Letters and digits folded; a sign stays itself, so that ✓ is not the empty text.
fn mark_key(text: &str) -> String {
    let folded = fold::plain(text);
    if folded.is_empty() { text.trim().to_owned() } else { folded }
}

impl FieldRules {
    pub(super) fn load(source: &mut RuleSource) -> Result<Self, RulesError> {
        const FILE: super::BuiltIn = rules_file!("fields.toml");
        let file: File = source.toml(FILE)?;
        let fold_all = |words: &[String]| words.iter().map(|word| fold::plain(word)).collect();
        let mut genders = FxHashMap::default();
        for (words, gender) in [
            (&file.gender.male, Some(Gender::Male)),
            (&file.gender.female, Some(Gender::Female)),
            (&file.gender.missing, None),
        ] {
            for word in words {
                if genders.insert(fold::plain(word), gender).is_some_and(|other| other != gender) {
                    return Err(source.fault(FILE, 1, format!("[gender] `{word}` stands in two lists")));
                }
            }
        }
        let mut marks = FxHashMap::default();
        for (words, marked) in [(&file.gender.marks, true), (&file.gender.unmarked, false)] {
            marks.extend(words.iter().map(|word| (mark_key(word), marked)));
        }
        for (old, new) in &file.phone.old_prefixes {
            if old.len() != 4 || new.len() != 3 {
                return Err(source.fault(
                    FILE,
                    1,
                    format!("[phone.old_prefixes] {old}: four digits to three"),
                ));
            }
        }
        let mut hamlet_words = FxHashMap::default();
        let mut hamlet_first_words = FxHashSet::default();
        for (ix, kind) in file.hamlet.iter().enumerate() {
            for word in std::iter::once(&kind.word).chain(&kind.met) {
                let key = fold::plain(word);
                hamlet_first_words.insert(key.split(' ').next().unwrap_or(&key).to_owned());
                hamlet_words.entry(key).or_insert(ix);
            }
        }
        Ok(Self {
            nothing: fold_all(&file.nothing),
            number_labels: fold_all(&file.number_labels),
            genders,
            marks,
            female_column_alone_means_male: file.gender.female_column_alone_means_male,
            old_phone_prefixes: file.phone.old_prefixes,
            hamlets: file.hamlet,
            hamlet_words,
            hamlet_first_words,
        })
    }

    /// Whether a folded cell says "there is none".
    pub fn is_nothing(&self, folded: &str) -> bool {
        folded.is_empty() || self.nothing.contains(folded)
    }

    /// Whether a folded word only announces a number.
    pub fn is_number_label(&self, folded: &str) -> bool {
        self.number_labels.contains(folded)
    }

    /// The gender a folded word says; `Some(None)` for a word that says it is not known.
    pub fn gender(&self, folded: &str) -> Option<Option<Gender>> {
        self.genders.get(folded).copied()
    }

    /// Whether the cell of a Nam or Nữ column is marked; `None` for something that is no mark.
    pub fn mark(&self, text: &str) -> Option<bool> {
        let key = mark_key(text);
        if key.is_empty() { Some(false) } else { self.marks.get(&key).copied() }
    }

    /// The new prefix (three digits) for an old mobile prefix (four digits).
    pub fn new_phone_prefix(&self, old: &str) -> Option<&str> {
        self.old_phone_prefixes.get(old).map(String::as_str)
    }

    /// The kind of thôn/TDP a folded word or phrase stands for.
    pub fn hamlet_kind(&self, folded: &str) -> Option<&HamletKind> {
        self.hamlet_words.get(folded).map(|ix| &self.hamlets[*ix])
    }

    /// Whether a folded word begins one of the words for kinds of thôn/TDP.
    pub fn may_begin_hamlet(&self, folded: &str) -> bool {
        self.hamlet_first_words.contains(folded)
    }
}
