//! Ethnic groups: `rules/ethnic_groups.csv`, and which code list is in use: `rules/ethnic.toml`.

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::{RuleSource, RulesError};
use crate::{rules_file, text::fold};

#[derive(Debug, Clone, Copy, Deserialize)]
enum CodeList {
    #[serde(rename = "1979")]
    Of1979,
    #[serde(rename = "later")]
    Later,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    code_list: CodeList,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    code_1979: String,
    code_later: String,
    name: String,
    also_other_group: String,
    spellings: String,
    other_names: String,
}

/// What a written name of an ethnic group means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EthnicName<'a> {
    /// One group, by its official name.
    One(&'a str),
    /// One group's official name, which other groups have borne as well (Thổ).
    OneOfSeveral(&'a str),
    /// A by-name of several groups.
    Several,
}

/// The ethnic groups by name and by code.
#[derive(Debug)]
pub struct EthnicRules {
    names: Vec<String>,
    by_key: FxHashMap<String, Meaning>,
    by_code: FxHashMap<u32, usize>,
}

#[derive(Debug, Clone, Copy)]
struct Meaning {
    group: usize,
    /// 0 the official name, 1 a spelling of it, 2 a by-name.
    rank: u8,
    several: bool,
}

impl EthnicRules {
    pub(super) fn load(source: &mut RuleSource) -> Result<Self, RulesError> {
        const SETTINGS: super::BuiltIn = rules_file!("ethnic.toml");
        const GROUPS: super::BuiltIn = rules_file!("ethnic_groups.csv");
        let settings: Settings = source.toml(SETTINGS)?;
        let mut rules =
            Self { names: Vec::new(), by_key: FxHashMap::default(), by_code: FxHashMap::default() };
        for row in source.csv::<Row>(GROUPS)? {
            let group = rules.names.len();
            let code = match settings.code_list {
                CodeList::Of1979 => &row.value.code_1979,
                CodeList::Later => &row.value.code_later,
            };
            if !code.is_empty() {
                let code =
                    code.parse().map_err(|_| source.fault(GROUPS, row.line, "a code is two digits"))?;
                if rules.by_code.insert(code, group).is_some() {
                    return Err(source.fault(GROUPS, row.line, format!("the code {code} stands twice")));
                }
            }
            rules.add(&row.value.name, group, 0, row.value.also_other_group == "yes");
            for spelling in row.value.spellings.split('|') {
                rules.add(spelling, group, 1, false);
            }
            for name in row.value.other_names.split('|') {
                rules.add(name, group, 2, false);
            }
            rules.names.push(row.value.name);
        }
        Ok(rules)
    }

    /// Adds a name under its toned and its plain key. A name of a lower rank never takes a key
    /// away from one of a higher rank; two of the same rank make it ambiguous.
    fn add(&mut self, name: &str, group: usize, rank: u8, several: bool) {
        for key in [toned_key(name), plain_key(name)] {
            if key.is_empty() {
                continue;
            }
            let meaning = self.by_key.entry(key).or_insert(Meaning { group, rank, several });
            if meaning.group != group && meaning.rank == rank {
                meaning.several = true;
            } else if meaning.rank > rank {
                *meaning = Meaning { group, rank, several };
            }
        }
    }

    /// The meaning of a written name: with its tones first, then without.
    pub fn name(&self, text: &str) -> Option<EthnicName<'_>> {
        let meaning =
            self.by_key.get(&toned_key(text)).or_else(|| self.by_key.get(&plain_key(text))).copied()?;
        let name = self.names[meaning.group].as_str();
        Some(match meaning {
            Meaning { several: false, .. } => EthnicName::One(name),
            Meaning { rank: 0, .. } => EthnicName::OneOfSeveral(name),
            _ => EthnicName::Several,
        })
    }

    /// The official name behind a code of the list in use.
    pub fn code(&self, code: u32) -> Option<&str> {
        self.by_code.get(&code).map(|group| self.names[*group].as_str())
    }

    /// Every official name, in the order of the list of 1979.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }
}

/// Lower case with diacritics, letters only: hyphens, apostrophes and blanks vary freely in these
/// names (Gia-rai, Gia Rai, H'Mông).
fn toned_key(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn plain_key(text: &str) -> String {
    fold::plain(text).replace(' ', "")
}
