//! Administrative units of both eras: `rules/places/*.csv`, and the words for them: `words.toml`.
//!
//! The tables hold some 15,000 units. A run without place columns needs none of them, so built-in
//! tables are parsed at first use (their form is a matter of tests); an overlay is parsed and
//! validated at once.

use std::{
    borrow::Cow,
    collections::{BTreeMap, hash_map::Entry},
    sync::OnceLock,
};

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;

use super::{BuiltIn, RuleSource, RulesError};
use crate::{
    record::{Era, PlaceCode},
    rules_file,
    text::fold,
};

/// The levels of administrative units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PlaceLevel {
    /// Xã, phường, thị trấn, đặc khu.
    Commune,
    /// Huyện, quận, thị xã, thành phố below a province.
    District,
    /// A thành phố: a province or a unit below one, the name decides.
    City,
    /// Tỉnh, thành phố.
    Province,
}

/// A kind of unit (xã, phường, …): its place among the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UnitKind(u8);

/// A word for a kind of unit.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitWord {
    /// As officially written before the name.
    pub word: String,
    /// Which level it stands for.
    pub level: PlaceLevel,
    /// The type's letters in the tables.
    #[serde(rename = "type")]
    letters: String,
    met: Vec<String>,
    #[serde(skip)]
    kind: UnitKind,
}

impl UnitWord {
    /// Its kind.
    pub fn kind(&self) -> UnitKind {
        self.kind
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Phrases {
    list: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WordsFile {
    unit: Vec<UnitWord>,
    other_phrases: Phrases,
    province_aliases: BTreeMap<String, String>,
    commune_code_aliases: BTreeMap<String, String>,
}

/// What became of an old commune on 2025-07-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Successor {
    /// It lies wholly in this commune.
    Whole(u32),
    /// It was split among several: thôn/TDP decides.
    Split,
    /// It was abolished earlier, and no source carries it forward.
    Abolished,
}

/// One unit of the tables. A code may have two entries of one era: two names in the course of time.
#[derive(Debug)]
pub struct Unit {
    /// Era and code.
    pub place: PlaceCode,
    /// Type and name: `Phường Văn Yên`.
    pub full: Box<str>,
    name_at: u8,
    /// Type.
    pub kind: UnitKind,
    /// The district of an old commune.
    pub district: Option<u32>,
    /// The province, in the unit's own era (its own code for a province).
    pub province: u32,
    /// What became of it (new units: themselves).
    pub into: Successor,
    /// The next unit of the level with the same folded name.
    namesake: Option<u32>,
}

impl Unit {
    /// The name without its type: `Văn Yên`.
    pub fn name(&self) -> &str {
        &self.full[usize::from(self.name_at)..]
    }
}

/// The units of one level, both eras, by name and by code.
#[derive(Debug, Default)]
struct Level {
    units: Vec<Unit>,
    /// First and last unit of each folded name; those between are chained.
    by_key: FxHashMap<Box<str>, (u32, u32)>,
    by_code: FxHashMap<PlaceCode, u32>,
}

impl Level {
    fn push(&mut self, unit: Unit) {
        let ix = u32::try_from(self.units.len()).expect("some 15,000 units");
        self.by_code.entry(unit.place).or_insert(ix);
        match self.by_key.entry(fold::plain(unit.name()).into()) {
            Entry::Vacant(entry) => {
                entry.insert((ix, ix));
            }
            Entry::Occupied(mut entry) => {
                let (_, last) = entry.get_mut();
                self.units[*last as usize].namesake = Some(ix);
                *last = ix;
            }
        }
        self.units.push(unit);
    }

    fn named<'a>(&'a self, key: &str) -> impl Iterator<Item = &'a Unit> + use<'a> {
        let first = self.by_key.get(key).map(|(first, _)| &self.units[*first as usize]);
        std::iter::successors(first, |unit| unit.namesake.map(|ix| &self.units[ix as usize]))
    }

    fn coded(&self, code: PlaceCode) -> Option<&Unit> {
        self.by_code.get(&code).map(|ix| &self.units[*ix as usize])
    }
}

#[derive(Debug, Default)]
struct Tables {
    communes: Level,
    districts: Level,
    provinces: Level,
}

const PROVINCES_63: BuiltIn = rules_file!("places/provinces_63.csv");
const PROVINCES_34: BuiltIn = rules_file!("places/provinces_34.csv");
const DISTRICTS_63: BuiltIn = rules_file!("places/districts_63.csv");
const COMMUNES_63: BuiltIn = rules_file!("places/communes_63.csv");
const COMMUNES_34: BuiltIn = rules_file!("places/communes_34.csv");
/// In the order in which they depend on each other.
const FILES: [BuiltIn; 5] = [PROVINCES_63, PROVINCES_34, DISTRICTS_63, COMMUNES_63, COMMUNES_34];

/// A fault in a table: which file, line and why.
type Fault = (BuiltIn, usize, String);

/// Administrative units of both eras and the map between them.
#[derive(Debug)]
pub struct PlaceRules {
    units: Vec<UnitWord>,
    unit_words: FxHashMap<String, usize>,
    first_words: FxHashSet<String>,
    other_phrases: FxHashSet<String>,
    province_aliases: FxHashMap<String, String>,
    code_aliases: FxHashMap<u32, u32>,
    texts: [Cow<'static, str>; 5],
    tables: OnceLock<Tables>,
}

impl PlaceRules {
    pub(super) fn load(source: &mut RuleSource) -> Result<Self, RulesError> {
        const WORDS: BuiltIn = rules_file!("places/words.toml");
        let mut file: WordsFile = source.toml(WORDS)?;
        let mut unit_words = FxHashMap::default();
        let mut first_words = FxHashSet::default();
        for (ix, unit) in file.unit.iter_mut().enumerate() {
            let Ok(kind) = u8::try_from(ix) else {
                return Err(source.fault(WORDS, 1, "[[unit]]: at most 256 kinds"));
            };
            unit.kind = UnitKind(kind);
            for word in std::iter::once(&unit.word).chain(&unit.met) {
                let key = fold::plain(word);
                first_words.insert(key.split(' ').next().unwrap_or(&key).to_owned());
                unit_words.entry(key).or_insert(ix);
            }
        }
        let mut code_aliases = FxHashMap::default();
        for (from, to) in &file.commune_code_aliases {
            match (from.parse(), to.parse()) {
                (Ok(from), Ok(to)) => code_aliases.insert(from, to),
                _ => {
                    return Err(source.fault(WORDS, 1, format!("[commune_code_aliases] {from}: not a code")));
                }
            };
        }
        let province_aliases = file
            .province_aliases
            .iter()
            .map(|(alias, name)| (fold::plain(alias), fold::plain(name)))
            .collect();
        let mut texts: [Cow<'static, str>; 5] = Default::default();
        for (text, file) in texts.iter_mut().zip(FILES) {
            *text = source.text(file)?;
        }
        let rules = Self {
            unit_words,
            first_words,
            other_phrases: file.other_phrases.list.iter().map(|phrase| fold::plain(phrase)).collect(),
            units: file.unit,
            province_aliases,
            code_aliases,
            texts,
            tables: OnceLock::new(),
        };
        if rules.texts.iter().any(|text| matches!(text, Cow::Owned(_))) {
            let tables = rules.parse().map_err(|(file, line, message)| source.fault(file, line, message))?;
            rules.tables.set(tables).expect("nobody else has seen these rules yet");
        }
        Ok(rules)
    }

    fn tables(&self) -> &Tables {
        self.tables.get_or_init(|| self.parse().expect("the built-in place tables are tested"))
    }

    fn parse(&self) -> Result<Tables, Fault> {
        let mut tables = Tables::default();
        let mut rows = FILES.iter().zip(&self.texts).map(|(file, text)| (*file, text.as_ref()));
        let mut next = || rows.next().expect("five files");

        let (file, text) = next();
        for row in Rows::of::<4>(file, text, "code,type,name,into")? {
            let (line, [code, kind, name, into]) = row?;
            let unit = self.unit(file, line, Era::Until2025, [code, kind, name])?;
            let into = Successor::Whole(number(file, line, into)?);
            tables.provinces.push(Unit { province: unit.place.code, into, ..unit });
        }
        let (file, text) = next();
        for row in Rows::of::<3>(file, text, "code,type,name")? {
            let (line, cells) = row?;
            let unit = self.unit(file, line, Era::From2025, cells)?;
            let into = Successor::Whole(unit.place.code);
            tables.provinces.push(Unit { province: unit.place.code, into, ..unit });
        }
        let (file, text) = next();
        for row in Rows::of::<5>(file, text, "code,type,name,province,into")? {
            let (line, [code, kind, name, province, into]) = row?;
            let province = number(file, line, province)?;
            let unit = self.unit(file, line, Era::Until2025, [code, kind, name])?;
            tables.districts.push(Unit { province, into: successor(file, line, into)?, ..unit });
        }
        let (file, text) = next();
        for row in Rows::of::<5>(file, text, "code,type,name,district,into")? {
            let (line, [code, kind, name, district, into]) = row?;
            let district = number(file, line, district)?;
            let unit = self.unit(file, line, Era::Until2025, [code, kind, name])?;
            let above = PlaceCode { era: Era::Until2025, code: district };
            let Some(province) = tables.districts.coded(above).map(|unit| unit.province) else {
                return Err((file, line, format!("no district has the code {district:03}")));
            };
            let into = successor(file, line, into)?;
            tables.communes.push(Unit { province, district: Some(district), into, ..unit });
        }
        let (file, text) = next();
        for row in Rows::of::<4>(file, text, "code,type,name,province")? {
            let (line, [code, kind, name, province]) = row?;
            let province = number(file, line, province)?;
            let unit = self.unit(file, line, Era::From2025, [code, kind, name])?;
            let into = Successor::Whole(unit.place.code);
            tables.communes.push(Unit { province, into, ..unit });
        }
        Ok(tables)
    }

    fn unit(&self, file: BuiltIn, line: usize, era: Era, cells: [&str; 3]) -> Result<Unit, Fault> {
        let [code, kind, name] = cells;
        let Some(word) = self.units.iter().find(|unit| unit.letters == kind) else {
            return Err((file, line, format!("`{kind}` is no type of words.toml")));
        };
        let code = number(file, line, code)?;
        Ok(Unit {
            place: PlaceCode { era, code },
            full: format!("{} {name}", word.word).into(),
            name_at: u8::try_from(word.word.len() + 1)
                .map_err(|_| (file, line, "the word of this type is too long".to_owned()))?,
            kind: word.kind,
            district: None,
            province: 0,
            into: Successor::Abolished,
            namesake: None,
        })
    }

    /// The word for a kind of unit that a folded word or phrase stands for.
    pub fn unit_word(&self, folded: &str) -> Option<&UnitWord> {
        self.unit_words.get(folded).map(|ix| &self.units[*ix])
    }

    /// Whether a folded word begins one of the words for kinds.
    pub fn may_begin_unit(&self, folded: &str) -> bool {
        self.first_words.contains(folded)
    }

    /// Whether a folded phrase begins like a unit and is none (`xa hoi`).
    pub fn is_other_phrase(&self, folded: &str) -> bool {
        self.other_phrases.contains(folded)
    }

    /// Communes of both eras whose folded name this is.
    pub fn communes_named<'a>(&'a self, key: &str) -> impl Iterator<Item = &'a Unit> + use<'a> {
        self.tables().communes.named(key)
    }

    /// Districts whose folded name this is.
    pub fn districts_named<'a>(&'a self, key: &str) -> impl Iterator<Item = &'a Unit> + use<'a> {
        self.tables().districts.named(key)
    }

    /// Provinces of both eras whose folded name or alias this is.
    pub fn provinces_named<'a>(&'a self, key: &str) -> impl Iterator<Item = &'a Unit> + use<'a> {
        self.tables().provinces.named(self.province_aliases.get(key).map_or(key, String::as_str))
    }

    /// Communes of either era with this five-digit code.
    pub fn communes_coded(&self, code: u32) -> impl Iterator<Item = &Unit> {
        let new = self.code_aliases.get(&code).copied().unwrap_or(code);
        [PlaceCode { era: Era::Until2025, code }, PlaceCode { era: Era::From2025, code: new }]
            .into_iter()
            .filter_map(|code| self.commune(code))
    }

    /// The commune with this code.
    pub fn commune(&self, code: PlaceCode) -> Option<&Unit> {
        self.tables().communes.coded(code)
    }

    /// The district with this code.
    pub fn district(&self, code: PlaceCode) -> Option<&Unit> {
        self.tables().districts.coded(code)
    }

    /// The province with this code.
    pub fn province(&self, code: PlaceCode) -> Option<&Unit> {
        self.tables().provinces.coded(code)
    }

    /// `Phường Văn Yên`.
    pub fn commune_name(&self, code: PlaceCode) -> Option<&str> {
        self.commune(code).map(|unit| &*unit.full)
    }

    /// `Thành phố Hà Tĩnh`.
    pub fn district_name(&self, code: PlaceCode) -> Option<&str> {
        self.district(code).map(|unit| &*unit.full)
    }

    /// `Tỉnh Hà Tĩnh`.
    pub fn province_name(&self, code: PlaceCode) -> Option<&str> {
        self.province(code).map(|unit| &*unit.full)
    }
}

/// Lines of a comma-separated table without quotes; the `csv` crate with `serde` takes ten times
/// as long, which a run of a tenth of a second would feel.
struct Rows;

impl Rows {
    fn of<'a, const N: usize>(
        file: BuiltIn,
        text: &'a str,
        header: &str,
    ) -> Result<impl Iterator<Item = Result<(usize, [&'a str; N]), Fault>>, Fault> {
        let mut lines = (1..)
            .zip(text.lines())
            .map(|(at, line)| (at, line.trim_end()))
            .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        match lines.next() {
            Some((_, found)) if found == header => {}
            found => {
                return Err((file, found.map_or(1, |(at, _)| at), format!("expected the header `{header}`")));
            }
        }
        Ok(lines.map(move |(at, line)| {
            let mut cells = [""; N];
            let mut parts = line.split(',');
            for cell in &mut cells {
                *cell = parts.next().ok_or_else(|| (file, at, format!("expected {N} cells")))?;
            }
            if parts.next().is_some() {
                return Err((file, at, format!("expected {N} cells")));
            }
            Ok((at, cells))
        }))
    }
}

fn number(file: BuiltIn, line: usize, text: &str) -> Result<u32, Fault> {
    text.parse().map_err(|_| (file, line, format!("`{text}` is no code")))
}

fn successor(file: BuiltIn, line: usize, into: &str) -> Result<Successor, Fault> {
    if into.is_empty() {
        Ok(Successor::Abolished)
    } else if into.contains('|') {
        into.split('|').try_for_each(|code| number(file, line, code).map(|_| ()))?;
        Ok(Successor::Split)
    } else {
        number(file, line, into).map(Successor::Whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_tables_are_whole() {
        let rules = PlaceRules::load(&mut RuleSource::built_in()).unwrap();
        let tables = rules.parse().unwrap();
        let count = |level: &Level, era| level.by_code.keys().filter(|code| code.era == era).count();
        assert_eq!(count(&tables.provinces, Era::Until2025), 63);
        assert_eq!(count(&tables.provinces, Era::From2025), 34);
        assert_eq!(count(&tables.communes, Era::From2025), 3321);
        assert_eq!(count(&tables.communes, Era::Until2025), 10_601);
        for unit in &tables.communes.units {
            if let Successor::Whole(code) = unit.into {
                assert!(tables.communes.coded(PlaceCode { era: Era::From2025, code }).is_some(), "{unit:?}");
            }
        }
        for name in rules.province_aliases.values() {
            assert!(tables.provinces.named(name).next().is_some(), "{name}");
        }
    }

    #[test]
    fn names_carry_their_type() {
        let rules = PlaceRules::load(&mut RuleSource::built_in()).unwrap();
        let old = PlaceCode { era: Era::Until2025, code: 18_097 };
        assert_eq!(rules.commune_name(old), Some("Phường Văn Yên"));
        assert_eq!(rules.commune(old).unwrap().into, Successor::Whole(18_073));
        assert_eq!(rules.commune(old).unwrap().name(), "Văn Yên");
        for code in [6970, 6978] {
            let mut found = rules.communes_coded(code).filter(|unit| unit.place.era == Era::From2025);
            assert_eq!(found.next().map(|unit| &*unit.full), Some("Xã Ba Chẽ"));
        }
    }
}
