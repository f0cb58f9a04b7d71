//! What a list says of a child beside who it is (special circumstances, risks, help received,
//! poverty, schooling, insurance): the codes, the ways they are written and the columns that hold
//! them. `rules/circumstances.toml` and `rules/circumstances.csv`.

use std::{collections::BTreeMap, ops::Range};

use rustc_hash::FxHashMap;
use serde::Deserialize;
use toml::Spanned;

use super::{Bilingual, BuiltIn, RuleSource, RulesError};
use crate::{rules_file, text::fold};

/// A set of codes, as bits by their position in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct CodeSet(u128);

impl CodeSet {
    /// No code.
    pub const NONE: Self = Self(0);
    /// Most codes a rules file can have.
    pub const MOST: usize = 128;

    fn one(at: usize) -> Self {
        Self(1 << at)
    }

    /// Adds all codes of another set.
    pub fn extend(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Takes all codes of another set out.
    pub fn remove(&mut self, other: Self) {
        self.0 &= !other.0;
    }

    /// Whether the two have a code in common.
    pub fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether every code of the other is in this one.
    pub fn covers(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The codes of both sets.
    pub fn within(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// True for no code at all.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// What an empty cell says in a column that is filled in for other children of the sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Blank {
    /// None of the family's codes.
    No,
    /// Nothing.
    Unknown,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FamilyFile {
    vi: String,
    en: String,
    blank: Blank,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnFile {
    headings: Spanned<Vec<String>>,
    holds: Vec<Spanned<String>>,
    #[serde(default)]
    may_hold: Vec<Spanned<String>>,
    presence: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    nothing: Vec<String>,
    family: BTreeMap<String, FamilyFile>,
    column: Vec<ColumnFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeRow {
    family: String,
    code: String,
    vi: String,
    en: String,
    met: String,
    source: String,
}

/// A family of codes.
#[derive(Debug)]
pub struct Family {
    /// Its key in rules.
    pub key: String,
    /// What it is about.
    pub name: Bilingual,
    /// What an empty cell says.
    pub blank: Blank,
    /// All its codes, the family's own bit ("some, not said which") among them.
    pub codes: CodeSet,
    own: CodeSet,
    phrases: FxHashMap<String, CodeSet>,
    longest: usize,
}

/// One code with its words.
#[derive(Debug)]
pub struct Code {
    /// `family code`, as expressions write it.
    pub key: String,
    /// What it stands for.
    pub name: Bilingual,
    /// Where that is laid down; empty where it is not known.
    pub source: String,
    family: usize,
    code: String,
    own: CodeSet,
    below: CodeSet,
}

/// Some codes an expression speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Selection {
    /// The code and those below it: one of them is enough.
    pub below: CodeSet,
    /// The codes above it: a child that has only one of these may or may not be meant.
    pub above: CodeSet,
}

/// What a column of the input says about circumstances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnMeaning {
    /// Words or codes of these families; the second ones only where any of theirs occurs.
    Words {
        /// Positions among [`CircumstanceRules::families`].
        holds: Vec<usize>,
        /// The same, of families the column may hold besides.
        may_hold: Vec<usize>,
    },
    /// Whatever stands there says that the child has this code.
    Presence(CodeSet),
    /// A mark (x) says that the child has this code, which the heading names.
    Mark {
        /// The code.
        code: CodeSet,
        /// It and those below it.
        below: CodeSet,
    },
}

/// What a list says of a child beside who it is.
#[derive(Debug)]
pub struct CircumstanceRules {
    /// The families, in the order of their keys.
    pub families: Vec<Family>,
    /// The codes, in the order of the file.
    pub codes: Vec<Code>,
    columns: Vec<(Vec<String>, ColumnMeaning)>,
    nothing: Vec<String>,
}

const FILE: BuiltIn = rules_file!("circumstances.toml");
const CODES: BuiltIn = rules_file!("circumstances.csv");

impl CircumstanceRules {
    pub(super) fn load(source: &mut RuleSource) -> Result<Self, RulesError> {
        let (file, places): (File, _) = source.toml_with_places(FILE)?;
        let rows = source.csv::<CodeRow>(CODES)?;
        if rows.len() + file.family.len() > CodeSet::MOST {
            let message = format!("families and codes are at most {} together", CodeSet::MOST);
            return Err(source.fault(CODES, 1, message));
        }
        let mut rules = Self {
            families: families(file.family),
            codes: Vec::new(),
            columns: Vec::new(),
            nothing: file.nothing.iter().map(|text| fold::plain(text)).collect(),
        };
        for row in rows {
            let line = row.line;
            rules.add_code(row.value).map_err(|message| source.fault(CODES, line, message))?;
        }
        rules.nest();
        for column in file.column {
            let (headings, meaning) =
                rules.column_of(column).map_err(|(span, message)| places.fault(span, message))?;
            rules.columns.push((headings, meaning));
        }
        Ok(rules)
    }

    fn add_code(&mut self, row: CodeRow) -> Result<(), String> {
        let Some(family) = self.families.iter().position(|family| family.key == row.family) else {
            let known: Vec<&str> = self.families.iter().map(|family| family.key.as_str()).collect();
            return Err(format!(
                "`{}` is no family of circumstances.toml ({})",
                row.family,
                known.join(", ")
            ));
        };
        if row.code.is_empty() || row.code.contains(char::is_whitespace) {
            return Err("a code is one word".to_owned());
        }
        if self.codes.iter().any(|code| code.family == family && code.code == row.code) {
            return Err(format!("the code {} {} stands twice", row.family, row.code));
        }
        if let Some((above, _)) = row.code.rsplit_once('.')
            && !self.codes.iter().any(|code| code.family == family && code.code == above)
        {
            return Err(format!("{} {above} must come before {} {}", row.family, row.family, row.code));
        }
        let own = CodeSet::one(self.families.len() + self.codes.len());
        let group = &mut self.families[family];
        group.codes.extend(own);
        for phrase in row.met.split('|').chain([row.vi.as_str(), row.en.as_str()]) {
            let key = fold::plain(phrase);
            // "Trẻ khuyết tật nặng" must not be longer for the group than for its part.
            let key = key.strip_prefix("tre em ").or_else(|| key.strip_prefix("tre ")).unwrap_or(&key);
            if !key.is_empty() {
                group.longest = group.longest.max(key.split(' ').count());
                // The first code to claim a phrase has it: a group comes before its parts.
                group.phrases.entry(key.to_owned()).or_insert(own);
            }
        }
        self.codes.push(Code {
            key: format!("{} {}", row.family, row.code),
            name: Bilingual { vi: row.vi, en: row.en },
            source: row.source,
            family,
            code: row.code,
            own,
            below: own,
        });
        Ok(())
    }

    /// Codes below a code are part of it.
    fn nest(&mut self) {
        for at in 0..self.codes.len() {
            let (family, prefix) = (self.codes[at].family, format!("{}.", self.codes[at].code));
            let inside = self.codes.iter().filter(|code| code.family == family);
            let below = inside.filter(|code| code.code.starts_with(&prefix)).map(|code| code.own);
            let below: Vec<CodeSet> = below.collect();
            below.into_iter().for_each(|own| self.codes[at].below.extend(own));
        }
    }

    fn column_of(&self, column: ColumnFile) -> Result<(Vec<String>, ColumnMeaning), (Range<usize>, String)> {
        let family = |name: &Spanned<String>| {
            let found = self.families.iter().position(|family| family.key == *name.get_ref());
            found.ok_or_else(|| (name.span(), format!("`{}` is no [family]", name.get_ref())))
        };
        let holds = column.holds.iter().map(family).collect::<Result<Vec<_>, _>>()?;
        let may_hold = column.may_hold.iter().map(family).collect::<Result<Vec<_>, _>>()?;
        let span = column.headings.span();
        let Some(first) = holds.first().copied() else {
            return Err((span, "a column holds at least one family".to_owned()));
        };
        let meaning = match &column.presence {
            None => ColumnMeaning::Words { holds, may_hold },
            Some(code) => {
                let key = format!("{} {}", self.families[first].key, code.get_ref());
                let found = self.codes.iter().find(|known| known.key == key);
                let found = found.ok_or_else(|| (code.span(), format!("there is no code `{key}`")))?;
                ColumnMeaning::Presence(found.own)
            }
        };
        let headings: Vec<String> = column.headings.get_ref().iter().map(|text| fold::plain(text)).collect();
        for heading in &headings {
            if self.columns.iter().any(|(known, _)| known.contains(heading)) {
                return Err((span, format!("the heading `{heading}` stands in two columns")));
            }
        }
        Ok((headings, meaning))
    }

    /// What a column with this heading says; `None` for a column that is about something else.
    /// Stacked headings come joined with " / " and count by each of their parts, the lowest first.
    pub fn column(&self, heading: &str) -> Option<ColumnMeaning> {
        let whole = fold::plain(heading);
        let parts: Vec<String> = heading.split(" / ").map(fold::plain).collect();
        let named = |key: &str| {
            let column = self.columns.iter().find(|(headings, _)| headings.iter().any(|it| it == key));
            column.map(|(_, meaning)| meaning.clone())
        };
        let marked = |key: &str| {
            let key = key.strip_prefix("tre em ").or_else(|| key.strip_prefix("tre ")).unwrap_or(key);
            let found = self.families.iter().find_map(|family| family.phrases.get(key).copied())?;
            let code = self.codes.iter().find(|code| code.own == found)?;
            Some(ColumnMeaning::Mark { code: code.own, below: code.below })
        };
        named(&whole)
            .or_else(|| marked(&whole))
            .or_else(|| parts.iter().rev().find_map(|part| named(part).or_else(|| marked(part))))
    }

    /// The codes a family's word or code selects; `None` as code stands for any of the family.
    pub fn select(&self, family: &str, code: Option<&str>) -> Option<Selection> {
        let family = self.families.iter().position(|known| known.key == family)?;
        let Some(code) = code else {
            return Some(Selection { below: self.families[family].codes, above: CodeSet::NONE });
        };
        let known = self.codes.iter().find(|known| known.family == family && known.code == code)?;
        let mut above = self.families[family].own;
        for other in self.codes.iter().filter(|other| other.family == family && other.own != known.own) {
            if other.below.covers(known.own) {
                above.extend(other.own);
            }
        }
        Some(Selection { below: known.below, above })
    }

    /// The family's codes a written code means (`4.2`, `04.02`, `II.3.10`), where it is one.
    pub fn written_code(&self, family: usize, text: &str) -> Option<CodeSet> {
        let digits = text.trim_start_matches(|letter: char| !letter.is_ascii_digit());
        let parts: Vec<&str> = digits.split('.').filter(|part| !part.is_empty()).collect();
        let is_code =
            parts.iter().all(|part| part.len() <= 2 && part.bytes().all(|byte| byte.is_ascii_digit()));
        // A lone digit may be a mark, a count or a class.
        if !is_code || parts.is_empty() || (parts.len() == 1 && parts[0].len() < 2) {
            return None;
        }
        let key: Vec<String> = parts.iter().map(|part| format!("{part:0>2}")).collect();
        let key = key.join(".");
        let found = self.codes.iter().find(|code| code.family == family && code.code == key);
        found.map(|code| code.own)
    }

    /// The longest phrase of the families among these folded words: where it begins, how many
    /// words it has, and its codes in every family that knows it.
    pub fn phrase(&self, families: &[usize], words: &[&str]) -> Option<(usize, usize, CodeSet)> {
        let longest = families.iter().map(|family| self.families[*family].longest).max()?.min(words.len());
        for length in (1..=longest).rev() {
            for at in 0..=words.len() - length {
                let phrase = words[at..at + length].join(" ");
                let codes = self.whole_phrase(families, &phrase);
                if !codes.is_empty() {
                    return Some((at, length, codes));
                }
            }
        }
        None
    }

    /// The codes that exactly these folded words mean in any of the families.
    pub fn whole_phrase(&self, families: &[usize], folded: &str) -> CodeSet {
        let mut codes = CodeSet::NONE;
        for family in families {
            codes.extend(self.families[*family].phrases.get(folded).copied().unwrap_or_default());
        }
        codes
    }

    /// Whether a folded cell says that the child has none of it.
    pub fn is_nothing(&self, folded: &str) -> bool {
        self.nothing.iter().any(|known| known == folded)
    }

    /// Without the groups of which a part is known too: who has a severe disability has a
    /// disability, and it is known which.
    pub fn most_precise(&self, codes: CodeSet) -> CodeSet {
        let mut precise = codes;
        for code in &self.codes {
            let mut parts = code.below;
            parts.remove(code.own);
            if codes.meets(parts) {
                precise.remove(code.own);
            }
        }
        for family in &self.families {
            let mut parts = family.codes;
            parts.remove(family.own);
            if codes.meets(parts) {
                precise.remove(family.own);
            }
        }
        precise
    }

    /// The code that a selection speaks of; `None` where it speaks of a whole family.
    pub fn code(&self, selection: Selection) -> Option<&Code> {
        self.codes.iter().find(|code| code.below == selection.below)
    }

    /// The codes of a set, in the order of the file.
    pub fn listed(&self, codes: CodeSet) -> impl Iterator<Item = &Code> {
        self.codes.iter().filter(move |code| codes.meets(code.own))
    }

    /// "Some of this family, not said which": what a mark in a column of words means.
    pub fn unspecified(&self, family: usize) -> CodeSet {
        self.families[family].own
    }

    /// The families whose codes a set speaks of.
    pub fn families_of(&self, codes: CodeSet) -> impl Iterator<Item = usize> {
        (0..self.families.len()).filter(move |family| self.families[*family].codes.meets(codes))
    }
}

fn families(files: BTreeMap<String, FamilyFile>) -> Vec<Family> {
    let family = |(at, (key, file)): (usize, (String, FamilyFile))| Family {
        key,
        name: Bilingual { vi: file.vi, en: file.en },
        blank: file.blank,
        codes: CodeSet::one(at),
        own: CodeSet::one(at),
        phrases: FxHashMap::default(),
        longest: 0,
    };
    files.into_iter().enumerate().map(family).collect()
}

#[cfg(test)]
mod tests;
