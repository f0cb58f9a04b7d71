//! Place codes of the personal number: `rules/personal_id/provinces.csv` and `countries.csv`.

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::{BuiltIn, RuleSource, RulesError};
use crate::{record::PersonalId, rules_file};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    code: String,
    name: String,
}

/// The places of birth registration that a personal number may begin with.
#[derive(Debug)]
pub struct PersonalIdRules {
    places: FxHashMap<u16, String>,
}

impl PersonalIdRules {
    pub(super) fn load(source: &mut RuleSource) -> Result<Self, RulesError> {
        const FILES: [BuiltIn; 2] =
            [rules_file!("personal_id/provinces.csv"), rules_file!("personal_id/countries.csv")];
        let mut places = FxHashMap::default();
        for file in FILES {
            for row in source.csv::<Row>(file)? {
                let code = Some(&row.value.code)
                    .filter(|code| code.len() == 3)
                    .and_then(|code| code.parse().ok())
                    .filter(|code| *code > 0)
                    .ok_or_else(|| source.fault(file, row.line, "a code is three digits, 001 to 999"))?;
                if places.insert(code, row.value.name).is_some() {
                    return Err(source.fault(file, row.line, format!("the code {code:03} stands twice")));
                }
            }
        }
        Ok(Self { places })
    }

    /// Name of the province or country of birth registration.
    pub fn place_name(&self, code: u16) -> Option<&str> {
        self.places.get(&code).map(String::as_str)
    }

    /// Whether the number's first three digits are in one of the tables.
    pub fn knows_place(&self, id: PersonalId) -> bool {
        self.places.contains_key(&id.place())
    }
}
