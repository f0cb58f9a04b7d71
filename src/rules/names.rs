use super::{RuleSource, RulesError};

/// To be filled in.
#[derive(Debug, Default)]
pub struct NameRules {}

impl NameRules {
    pub(super) fn load(_source: &mut RuleSource) -> Result<Self, RulesError> {
        Ok(Self::default())
    }
}

impl NameRules {
    /// How often a surname was counted (men and women together); 0 for an unknown one. `key` is
    /// [`crate::text::syllable::SyllableTable::key`] of the word (words joined by blanks).
    pub fn surname_count(&self, _key: &str) -> u32 {
        0
    }

    /// How often a given name was counted (men, women).
    pub fn given_counts(&self, _key: &str) -> Option<(u32, u32)> {
        None
    }

    /// How often a middle word was counted (men, women).
    pub fn middle_counts(&self, _key: &str) -> Option<(u32, u32)> {
        None
    }
}
