//! Headings and sentences of what people read: `rules/messages/{vi,en}.toml`, flat keys in
//! tables. Both languages must have the same keys.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{RuleSource, RulesError};
use crate::rules_file;

/// What people read, in which language (`--lang`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Tiếng Việt.
    #[default]
    Vi,
    /// English.
    En,
}

type Sentences = BTreeMap<String, BTreeMap<String, String>>;

/// All sentences in both languages.
#[derive(Debug)]
pub struct MessageRules {
    vi: Sentences,
    en: Sentences,
}

impl MessageRules {
    /// The sentences as built in, for a fault of the rules themselves.
    pub fn built_in() -> Result<Self, RulesError> {
        Self::load(&mut RuleSource::built_in())
    }

    pub(super) fn load(source: &mut RuleSource) -> Result<Self, RulesError> {
        const VI: super::BuiltIn = rules_file!("messages/vi.toml");
        const EN: super::BuiltIn = rules_file!("messages/en.toml");
        let rules = Self { vi: source.toml(VI)?, en: source.toml(EN)? };
        for (file, have, want) in [(VI, &rules.vi, &rules.en), (EN, &rules.en, &rules.vi)] {
            for (section, keys) in want {
                for key in keys.keys() {
                    if !have.get(section).is_some_and(|keys| keys.contains_key(key)) {
                        return Err(source.fault(
                            file,
                            1,
                            format!("the sentence [{section}] {key} is missing"),
                        ));
                    }
                }
            }
        }
        Ok(rules)
    }

    /// The sentence `[section] key`. A key the files do not have shows itself, so that a fault in
    /// the rules is visible and never stops a run.
    pub fn get<'a>(&'a self, language: Language, section: &str, key: &'a str) -> &'a str {
        let sentences = match language {
            Language::Vi => &self.vi,
            Language::En => &self.en,
        };
        sentences.get(section).and_then(|keys| keys.get(key)).map_or(key, String::as_str)
    }

    /// What the system says of a file, in words where the words are known.
    pub fn system(&self, language: Language, error: &std::io::Error) -> String {
        use std::io::ErrorKind;
        let key = match error.kind() {
            ErrorKind::NotFound => "missing",
            ErrorKind::IsADirectory => "folder",
            ErrorKind::NotADirectory => "not_folder",
            ErrorKind::PermissionDenied => "denied",
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "full",
            ErrorKind::ReadOnlyFilesystem => "read_only",
            _ => return error.to_string(),
        };
        self.get(language, "system", key).to_owned()
    }

    /// The sentence with `{name}` replaced by the values given.
    pub fn fill(&self, language: Language, section: &str, key: &str, values: &[(&str, &str)]) -> String {
        values.iter().fold(self.get(language, section, key).to_owned(), |sentence, (name, value)| {
            sentence.replace(&format!("{{{name}}}"), value)
        })
    }
}
