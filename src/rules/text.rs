use super::{RuleSource, RulesError};
use crate::text::syllable::SyllableTable;

/// Encodings, look-alike letters, syllables.
#[derive(Debug, Default)]
pub struct TextRules {
    /// Onsets and rimes.
    pub syllables: SyllableTable,
}

impl TextRules {
    pub(super) fn load(_source: &mut RuleSource) -> Result<Self, RulesError> {
        Ok(Self::default())
    }
}
