use super::{RuleSource, RulesError};

/// To be filled in.
#[derive(Debug, Default)]
pub struct SynthRules {}

impl SynthRules {
    pub(super) fn load(_source: &mut RuleSource) -> Result<Self, RulesError> {
        Ok(Self::default())
    }
}
