//! Which children need something done under a policy: `rules/policies/policies.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{
    Bilingual, BuiltIn, RuleSource, RulesError,
    groups::{Group, Vocabulary},
};
use crate::rules_file;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReasonFile {
    vi: Spanned<String>,
    en: Spanned<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyFile {
    order: u32,
    sheet: Bilingual,
    title: Bilingual,
    #[serde(rename = "where")]
    group: Spanned<String>,
    reason: ReasonFile,
    action: Bilingual,
    source: String,
    verified: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    policy: BTreeMap<String, PolicyFile>,
}

/// One list.
#[derive(Debug)]
pub struct Policy {
    /// The program's name for it.
    pub key: String,
    /// Name of the sheet.
    pub sheet: Bilingual,
    /// Title.
    pub title: Bilingual,
    /// The children on it.
    pub group: Group,
    /// The age that [`Group::Turns`] speaks of, where the group does.
    pub turns: Option<i32>,
    /// Why a child is on it, with places to fill in.
    pub reason: Bilingual,
    /// What is to be done.
    pub action: Bilingual,
    /// The law.
    pub source: String,
    /// Whether that was compared with its text.
    pub verified: bool,
}

/// All lists.
#[derive(Debug)]
pub struct PolicyRules {
    /// In the order of the workbook.
    pub policies: Vec<Policy>,
}

const FILE: BuiltIn = rules_file!("policies/policies.toml");
/// Sheets a person can still find their way in.
const MOST: usize = 40;
const PLACES: [&str; 5] = ["birth", "age", "on", "days", "circumstances"];

impl PolicyRules {
    pub(super) fn load(source: &mut RuleSource, vocabulary: Vocabulary<'_>) -> Result<Self, RulesError> {
        let (file, places): (File, _) = source.toml_with_places(FILE)?;
        if file.policy.is_empty() || file.policy.len() > MOST {
            return Err(source.fault(FILE, 1, format!("there are 1 to {MOST} policies")));
        }
        let mut policies = Vec::new();
        for (key, file) in file.policy {
            let group = Group::parse(file.group.get_ref(), vocabulary)
                .map_err(|message| places.fault(file.group.span(), message))?;
            let turns = turns(&group);
            for text in [&file.reason.vi, &file.reason.en] {
                check_places(text.get_ref(), turns.is_some())
                    .map_err(|message| places.fault(text.span(), message))?;
            }
            policies.push((
                file.order,
                Policy {
                    key,
                    sheet: file.sheet,
                    title: file.title,
                    group,
                    turns,
                    reason: Bilingual { vi: file.reason.vi.into_inner(), en: file.reason.en.into_inner() },
                    action: file.action,
                    source: file.source,
                    verified: file.verified,
                },
            ));
        }
        policies.sort_by_key(|(order, policy)| (*order, policy.key.clone()));
        Ok(Self { policies: policies.into_iter().map(|(_, policy)| policy).collect() })
    }
}

/// The age of the first "turns" in a group.
fn turns(group: &Group) -> Option<i32> {
    match group {
        Group::Turns { age, .. } => Some(*age),
        Group::Not(inner) => turns(inner),
        Group::And(parts) | Group::Or(parts) => parts.iter().find_map(turns),
        _ => None,
    }
}

/// Every `{…}` of a reason is one that can be filled in.
fn check_places(text: &str, turns: bool) -> Result<(), String> {
    for part in text.split('{').skip(1) {
        let name = part.split('}').next().unwrap_or(part);
        if !PLACES.contains(&name) {
            return Err(format!("`{{{name}}}` is none of {{{}}}", PLACES.join("}, {")));
        }
        if name == "on" && !turns {
            return Err("`{on}` needs a `turns … within … months` in where".to_owned());
        }
    }
    Ok(())
}
