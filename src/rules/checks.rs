use super::{RuleSource, RulesError};

/// To be filled in.
#[derive(Debug, Default)]
pub struct CheckRules {}

impl CheckRules {
    pub(super) fn load(_source: &mut RuleSource) -> Result<Self, RulesError> {
        Ok(Self::default())
    }
}
