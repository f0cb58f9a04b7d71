//! Every distinct word of every name once: its spelling key, its spelling without diacritics, its
//! syllable, how it sounds to a clerk. Comparisons then work on word numbers and small tables.

use rustc_hash::FxHashMap;

use super::confusion::{Confusions, SyllableClass};
use crate::{
    normalise::name::pattern_stem,
    text::{fold, syllable::SyllableTable, typing},
};

/// Number of a word in the [`Lexicon`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WordIx(pub u32);

/// What is known of one word, whatever name it stands in.
pub struct WordForm {
    /// Lower case, tone mark in its canonical place: equal keys are the same spelling.
    pub key: Box<str>,
    /// Number of the word's spelling without diacritics.
    pub plain: u32,
    /// True when the word has no diacritics.
    pub bare: bool,
    /// How many letters it has.
    pub letters: u8,
    /// True for an initial or abbreviation ("T.", "Ng").
    pub abbreviates: bool,
    /// Onset, rime and tone with the classes of spellings taken for one another.
    pub syllable: Option<SyllableClass>,
    /// The spelling that was meant where the word is Telex or VNI typing that was never turned into
    /// letters (Hair for Hải).
    pub typed: Option<Box<str>>,
    /// Hash of how the word sounds to a careless ear: stable between runs.
    pub sound: u64,
    /// Hash of the spelling without diacritics: stable between runs.
    pub plain_hash: u64,
}

/// All words of a run.
#[derive(Default)]
pub struct Lexicon {
    forms: Vec<WordForm>,
    plains: Vec<Box<str>>,
    by_key: FxHashMap<Box<str>, WordIx>,
    by_plain: FxHashMap<Box<str>, u32>,
    /// Words as written, so that the key is worked out once per spelling.
    by_spelling: FxHashMap<Box<str>, WordIx>,
}

impl Lexicon {
    /// The number of a word as written.
    pub fn word(&mut self, spelling: &str, syllables: &SyllableTable, confusions: &Confusions) -> WordIx {
        if let Some(ix) = self.by_spelling.get(spelling) {
            return *ix;
        }
        let key = syllables.key(spelling);
        let ix = match self.by_key.get(key.as_str()) {
            Some(ix) => *ix,
            None => self.add(key, syllables, confusions),
        };
        self.by_spelling.insert(spelling.into(), ix);
        ix
    }

    /// The number of a word as written, if it has been met.
    pub fn met(&self, spelling: &str) -> Option<WordIx> {
        self.by_spelling.get(spelling).copied()
    }

    fn add(&mut self, key: String, syllables: &SyllableTable, confusions: &Confusions) -> WordIx {
        let ix = WordIx(u32::try_from(self.forms.len()).expect("fewer than 2^32 distinct words"));
        let plain_text = fold::plain(&key).replace(' ', "");
        let plain = match self.by_plain.get(plain_text.as_str()) {
            Some(plain) => *plain,
            None => {
                let plain = u32::try_from(self.plains.len()).expect("fewer than 2^32 distinct words");
                self.plains.push(plain_text.as_str().into());
                self.by_plain.insert(plain_text.as_str().into(), plain);
                plain
            }
        };
        let syllable = syllables.parse(&key).map(|syllable| confusions.classify(syllable));
        let typed = typing::resolve(&key, syllables).map(|typed| syllables.key(&typed.word).into());
        self.forms.push(WordForm {
            plain,
            bare: key.is_ascii(),
            abbreviates: pattern_stem(&key).is_some(),
            letters: u8::try_from(plain_text.chars().count()).unwrap_or(u8::MAX),
            syllable,
            typed,
            sound: stable_hash(confusions.sound(&plain_text).as_bytes()),
            plain_hash: stable_hash(plain_text.as_bytes()),
            key: key.as_str().into(),
        });
        self.by_key.insert(key.into(), ix);
        ix
    }

    /// What is known of a word.
    pub fn form(&self, ix: WordIx) -> &WordForm {
        &self.forms[ix.0 as usize]
    }

    /// A word's spelling without diacritics.
    pub fn plain(&self, ix: WordIx) -> &str {
        &self.plains[self.form(ix).plain as usize]
    }

    /// The spelling key of a word by its number.
    pub fn key(&self, ix: u32) -> &str {
        &self.forms[ix as usize].key
    }

    /// How many distinct words there are.
    pub fn len(&self) -> usize {
        self.forms.len()
    }

    /// How many distinct spellings without diacritics there are.
    pub fn plain_count(&self) -> usize {
        self.plains.len()
    }
}

/// FNV-1a with a final mix: the same on every machine and in every version, for keys that are
/// stored.
pub fn stable_hash(bytes: &[u8]) -> u64 {
    let folded = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    mix(folded)
}

/// Spreads the bits of a key (the finaliser of SplitMix64).
pub fn mix(key: u64) -> u64 {
    let key = (key ^ (key >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let key = (key ^ (key >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    key ^ (key >> 31)
}
