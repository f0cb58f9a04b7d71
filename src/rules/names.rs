//! Rules about names: how often each word is a surname, a middle word or a given name, compound
//! surnames and clans, forms of address, placeholders and remarks.

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;

use super::{BuiltIn, RuleSource, RulesError, TextRules};
use crate::{
    record::Gender,
    rules_file,
    text::{
        fold::plain,
        syllable::{OnsetIx, RimeIx, Syllable, SyllableTable},
    },
};

pub(super) const SURNAMES: BuiltIn = rules_file!("names/surnames.csv");
pub(super) const MIDDLE: BuiltIn = rules_file!("names/middle.csv");
pub(super) const GIVEN: BuiltIn = rules_file!("names/given.csv");
const NEAR_PAIRS: BuiltIn = rules_file!("names/near_pairs.csv");
const NAMES: BuiltIn = rules_file!("names/names.toml");

/// A line of the three lists of counted words.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WordCount {
    pub word: String,
    pub male: u32,
    pub female: u32,
}

/// How two spellings of a name word stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PairReading {
    /// Both are borne by many: never the same person without other evidence (Vy, Vi).
    TwoNames,
    /// The second is rare beside the first.
    Rare,
    /// The second is (nearly) unattested: most likely a slip or variant of the first.
    Slip,
    /// The same word once the tone mark stands in one place.
    Same,
}

/// Two spellings of a name word that differ in i/y or in the place of the tone mark.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NearPair {
    /// The more frequent spelling.
    pub a: String,
    /// The other.
    pub b: String,
    /// How often the first was counted.
    pub count_a: u32,
    /// How often the second was counted.
    pub count_b: u32,
    /// How they stand to each other.
    pub reading: PairReading,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    compound_surnames: Vec<String>,
    clans: Vec<String>,
    sure_clans: Vec<String>,
    foreign_words: Vec<String>,
    titles: Vec<TitleRule>,
    unnamed: Vec<PhraseRule>,
    child_of_mother: Vec<PhraseRule>,
    words: WordRules,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TitleRule {
    words: Vec<String>,
    gender: Option<Gender>,
    #[serde(default)]
    name_word: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PhraseRule {
    phrases: Vec<String>,
    gender: Option<Gender>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WordRules {
    child_of_father: Vec<String>,
    unknown: Vec<String>,
    remarks: Vec<String>,
    nicknames: Vec<String>,
    nickname_marks: Vec<String>,
}

/// A form of address before a name.
#[derive(Debug, Clone)]
pub(crate) struct Title {
    /// Its words in small letters, with diacritics.
    pub words: Vec<String>,
    /// The gender it states.
    pub gender: Option<Gender>,
    /// It is a word of names too: a surname and another word must follow.
    pub name_word: bool,
    /// It is an abbreviation and has its full stop (Ô., B.).
    pub dotted: bool,
}

/// What the beginning of a cell says about a child without a name.
#[derive(Debug, Clone)]
pub(crate) struct ChildOf {
    /// Its words, plain.
    pub words: Vec<String>,
    /// What follows is the mother's name.
    pub mother: bool,
    /// The gender it states.
    pub gender: Option<Gender>,
}

/// Surnames at least this frequent are suggested for an unknown surname that differs in tone.
const SURNAME_FROM: u32 = 300;

/// What a name without diacritics is measured by: how often a plain word stands for itself and
/// for words with diacritics.
#[derive(Debug, Clone, Copy, Default)]
struct PlainCount {
    bare: u32,
    marked: u32,
}

/// Surnames, middle words, given names, titles, placeholders, minority conventions.
#[derive(Debug, Default)]
pub struct NameRules {
    surnames: FxHashMap<String, (u32, u32)>,
    /// The most frequent word that is a frequent surname, by onset and rime.
    surnames_by_letters: FxHashMap<(OnsetIx, RimeIx), String>,
    middle: FxHashMap<String, (u32, u32)>,
    given: FxHashMap<String, (u32, u32)>,
    plain_counts: FxHashMap<String, PlainCount>,
    /// Every counted word with the sum of its counts, most frequent first.
    frequent: Vec<(String, u32)>,
    near_pairs: Vec<NearPair>,
    /// Compound surnames and clans as keys of their words, longest first.
    compound_surnames: Vec<Vec<String>>,
    clans: Vec<Vec<String>>,
    /// The same without diacritics.
    plain_clans: Vec<Vec<String>>,
    /// First words of compound surnames and last words of clans.
    compound_starts: FxHashSet<String>,
    clan_ends: FxHashSet<String>,
    sure_clans: FxHashSet<String>,
    foreign_words: FxHashSet<String>,
    pub(crate) titles: Vec<Title>,
    title_starts: FxHashSet<String>,
    unnamed: FxHashMap<String, Option<Gender>>,
    pub(crate) child_of: Vec<ChildOf>,
    /// First words (plain) of the phrases of `child_of`, and of `unnamed`.
    placeholder_starts: FxHashSet<String>,
    unknown: FxHashSet<String>,
    /// Every word (plain) of a phrase that stands in for a name.
    placeholder_words: FxHashSet<String>,
    pub(crate) remarks: Vec<Vec<String>>,
    pub(crate) nickname_marks: Vec<Vec<String>>,
    nicknames: FxHashSet<String>,
}

/// The form in which whole cells are compared: plain, but a single word with its diacritics.
pub(crate) fn cell_key(cell: &str) -> String {
    let folded = plain(cell);
    if folded.contains(' ') {
        folded
    } else {
        cell.trim_matches(|sign: char| !sign.is_alphanumeric()).to_lowercase()
    }
}

fn plain_words(phrase: &str) -> Vec<String> {
    plain(phrase).split(' ').map(str::to_owned).collect()
}

fn longest_first(mut phrases: Vec<Vec<String>>) -> Vec<Vec<String>> {
    phrases.sort_by_key(|words| std::cmp::Reverse(words.len()));
    phrases
}

impl NameRules {
    pub(super) fn load(source: &mut RuleSource, text: &TextRules) -> Result<Self, RulesError> {
        let syllables = &text.syllables;
        let settings: Settings = source.toml(NAMES)?;
        let mut rules = Self { near_pairs: load_pairs(source)?, ..Self::default() };
        let mut sums = FxHashMap::default();
        rules.surnames = rules.count(source, SURNAMES, syllables, &mut sums)?;
        rules.middle = rules.count(source, MIDDLE, syllables, &mut sums)?;
        rules.given = rules.count(source, GIVEN, syllables, &mut sums)?;
        rules.frequent = sums.into_iter().collect();
        rules.frequent.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let mut by_letters: FxHashMap<_, String> = FxHashMap::default();
        for (word, _) in rules.frequent.iter().filter(|(word, _)| rules.surname_count(word) >= SURNAME_FROM) {
            if let Some(Syllable { onset, rime, .. }) = syllables.parse(word) {
                by_letters.entry((onset, rime)).or_insert_with(|| word.clone());
            }
        }
        rules.surnames_by_letters = by_letters;
        let keys = |names: &[String]| -> Vec<Vec<String>> {
            names.iter().map(|name| name.split(' ').map(|word| syllables.key(word)).collect()).collect()
        };
        rules.compound_surnames = longest_first(keys(&settings.compound_surnames));
        rules.clans = longest_first(keys(&settings.clans));
        let without_diacritics = |words: &Vec<String>| words.iter().map(|word| plain(word)).collect();
        rules.plain_clans = rules.clans.iter().map(without_diacritics).collect();
        rules.compound_starts =
            rules.compound_surnames.iter().filter_map(|words| words.first().cloned()).collect();
        rules.clan_ends = rules.clans.iter().filter_map(|words| words.last().cloned()).collect();
        rules.sure_clans = settings.sure_clans.iter().map(|word| syllables.key(word)).collect();
        rules.foreign_words = settings.foreign_words.iter().map(|word| syllables.key(word)).collect();
        rules.take_titles(settings.titles);
        for rule in settings.unnamed {
            rules.unnamed.extend(rule.phrases.iter().map(|phrase| (cell_key(phrase), rule.gender)));
        }
        for rule in &settings.child_of_mother {
            rules.take_child_of(&rule.phrases, true, rule.gender);
        }
        rules.take_child_of(&settings.words.child_of_father, false, None);
        rules.child_of.sort_by_key(|child_of| std::cmp::Reverse(child_of.words.len()));
        rules.placeholder_starts =
            rules.child_of.iter().filter_map(|child_of| child_of.words.first().cloned()).collect();
        rules.placeholder_starts.extend(
            rules.unnamed.keys().filter_map(|phrase| plain(phrase).split(' ').next().map(str::to_owned)),
        );
        rules.unknown = settings.words.unknown.iter().map(|phrase| cell_key(phrase)).collect();
        rules.placeholder_words =
            rules.unnamed.keys().chain(&rules.unknown).flat_map(|phrase| plain_words(phrase)).collect();
        let phrases =
            |phrases: &[String]| longest_first(phrases.iter().map(|phrase| plain_words(phrase)).collect());
        rules.remarks = phrases(&settings.words.remarks);
        rules.nickname_marks = phrases(&settings.words.nickname_marks);
        rules.nicknames = settings.words.nicknames.iter().cloned().collect();
        Ok(rules)
    }

    /// True for a word (its key) that is a name used at home.
    pub fn is_nickname(&self, key: &str) -> bool {
        self.nicknames.contains(key)
    }

    /// Reads one list of counted words and adds it to what is known of all.
    fn count(
        &mut self,
        source: &mut RuleSource,
        file: BuiltIn,
        syllables: &SyllableTable,
        sums: &mut FxHashMap<String, u32>,
    ) -> Result<FxHashMap<String, (u32, u32)>, RulesError> {
        let mut counts = FxHashMap::default();
        for row in source.csv::<WordCount>(file)? {
            let WordCount { word, male, female } = row.value;
            let key = syllables.key(&word);
            let bare = plain(&word);
            let seen = self.plain_counts.entry(bare.clone()).or_default();
            if bare == key {
                seen.bare += male + female;
            } else {
                seen.marked += male + female;
            }
            *sums.entry(key.clone()).or_default() += male + female;
            if counts.insert(key, (male, female)).is_some() {
                return Err(source.fault(file, row.line, format!("`{word}` is listed twice")));
            }
        }
        Ok(counts)
    }

    fn take_titles(&mut self, rules: Vec<TitleRule>) {
        for rule in rules {
            for phrase in rule.words {
                let dotted = phrase.ends_with('.');
                let phrase = phrase.trim_end_matches('.').to_lowercase();
                let words: Vec<String> = phrase.split(' ').map(str::to_owned).collect();
                self.title_starts.extend(words.first().cloned());
                let name_word = rule.name_word || dotted;
                self.titles.push(Title { words, gender: rule.gender, name_word, dotted });
            }
        }
        self.titles.sort_by_key(|title| std::cmp::Reverse(title.words.len()));
    }

    fn take_child_of(&mut self, phrases: &[String], mother: bool, gender: Option<Gender>) {
        self.child_of.extend(phrases.iter().map(|phrase| ChildOf {
            words: plain_words(phrase),
            mother,
            gender,
        }));
    }

    /// How often a surname was counted (men and women together); 0 for an unknown one. `key` is
    /// [`SyllableTable::key`] of the word.
    pub fn surname_count(&self, key: &str) -> u32 {
        self.surnames.get(key).map_or(0, |(male, female)| male + female)
    }

    /// How often a given name was counted (men, women). `key` as for [`Self::surname_count`].
    pub fn given_counts(&self, key: &str) -> Option<(u32, u32)> {
        self.given.get(key).copied()
    }

    /// How often a middle word was counted (men, women). `key` as for [`Self::surname_count`].
    pub fn middle_counts(&self, key: &str) -> Option<(u32, u32)> {
        self.middle.get(key).copied()
    }

    /// Spellings of name words that are easily taken for each other.
    pub fn near_pairs(&self) -> &[NearPair] {
        &self.near_pairs
    }

    /// Every counted word (key) with the sum of its counts, most frequent first.
    pub(crate) fn frequent_words(&self) -> impl Iterator<Item = (&str, u32)> {
        self.frequent.iter().map(|(word, count)| (word.as_str(), *count))
    }

    /// True for a plain word that nearly always has diacritics when it is written with them.
    pub(crate) fn usually_has_diacritics(&self, plain_word: &str) -> bool {
        self.plain_counts.get(plain_word).is_some_and(|count| count.marked > count.bare * 10)
    }

    /// How many words at the beginning are a compound surname, by their keys; at least one word is
    /// left.
    pub(crate) fn compound_surname(&self, first: &str, keys: impl FnOnce() -> Vec<String>) -> Option<usize> {
        if !self.compound_starts.contains(first) {
            return None;
        }
        let keys = keys();
        self.compound_surnames
            .iter()
            .find(|words| keys.len() > words.len() && keys.starts_with(words))
            .map(Vec::len)
    }

    /// How many words at the end are a clan's name, by their keys; at least one word is left.
    pub(crate) fn clan(&self, last: &str, keys: impl FnOnce() -> Vec<String>) -> Option<usize> {
        if !self.clan_ends.contains(last) {
            return None;
        }
        let keys = keys();
        self.clans.iter().find(|words| keys.len() > words.len() && keys.ends_with(words)).map(Vec::len)
    }

    /// The same for a name whose diacritics were lost or slipped (Y Phon Eban), by its plain words:
    /// for names that are marked as such only.
    pub(crate) fn plain_clan(&self, plain_words: &[String]) -> Option<usize> {
        let ends = |clan: &&Vec<String>| plain_words.len() > clan.len() && plain_words.ends_with(clan);
        self.plain_clans.iter().find(ends).map(Vec::len)
    }

    /// True for the first word (plain) of a phrase that stands in for a name.
    pub(crate) fn begins_placeholder(&self, plain_word: &str) -> bool {
        self.placeholder_starts.contains(plain_word)
    }

    /// True for a word that occurs in a phrase which stands in for a name.
    pub(crate) fn is_in_placeholder(&self, plain_word: &str) -> bool {
        self.placeholder_words.contains(plain_word)
    }

    /// True for the last word of a remark behind a name.
    pub(crate) fn ends_remark(&self, plain_word: &str) -> bool {
        self.remarks.iter().any(|remark| remark.last().is_some_and(|last| last == plain_word))
    }

    /// The second words of the compound surnames that begin with a word, all as keys.
    pub(crate) fn second_words_of_surname(&self, first: &str) -> impl Iterator<Item = &str> {
        let compound = self.compound_surnames.iter().filter(move |words| words[0] == first);
        compound.filter_map(|words| words.get(1).map(String::as_str))
    }

    /// The most frequent surname of at least so many bearers with the letters of a syllable, whatever
    /// its tone.
    pub(crate) fn surname_like(&self, syllable: Syllable) -> Option<&str> {
        self.surnames_by_letters.get(&(syllable.onset, syllable.rime)).map(String::as_str)
    }

    pub(crate) fn is_sure_clan(&self, key: &str) -> bool {
        self.sure_clans.contains(key)
    }

    pub(crate) fn is_foreign_word(&self, key: &str) -> bool {
        self.foreign_words.contains(key)
    }

    /// True for a word that is a form of address and no word of names (Mẹ, Ông).
    pub(crate) fn is_title(&self, small_word: &str) -> bool {
        self.titles.iter().any(|title| !title.name_word && title.words == [small_word])
    }

    pub(crate) fn begins_title(&self, small_word: &str) -> bool {
        self.title_starts.contains(small_word)
    }

    /// For a whole cell ([`cell_key`]) that says that the child has no name yet: the gender it states.
    pub(crate) fn unnamed(&self, plain_cell: &str) -> Option<Option<Gender>> {
        self.unnamed.get(plain_cell).copied()
    }

    /// True for a whole cell ([`cell_key`]) that says that a name is not known.
    pub(crate) fn is_unknown(&self, plain_cell: &str) -> bool {
        self.unknown.contains(plain_cell)
    }
}

fn load_pairs(source: &mut RuleSource) -> Result<Vec<NearPair>, RulesError> {
    Ok(source.csv::<NearPair>(NEAR_PAIRS)?.into_iter().map(|row| row.value).collect())
}
