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
    /// How often a given name was counted (men, women).
    pub fn given_counts(&self, _key: &str) -> Option<(u32, u32)> {
        None
    }
}
