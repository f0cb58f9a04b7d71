//! Gender as the population database knows it.

use serde::{Deserialize, Serialize};

use super::Written;

/// Gender as registered. "Unknown" (QCVN 109:2017 code 0) is a missing value, not a third case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Gender {
    /// Nam, code 1.
    Male,
    /// Nữ, code 2.
    Female,
}

impl Written for Gender {}

impl Gender {
    /// The Vietnamese word of the official forms.
    pub fn vietnamese(self) -> &'static str {
        match self {
            Self::Male => "Nam",
            Self::Female => "Nữ",
        }
    }
}
