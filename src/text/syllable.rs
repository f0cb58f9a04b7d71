//! The Vietnamese syllable: onset, rime and tone.

/// Index of an onset in `rules/text/onsets.csv`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OnsetIx(pub u8);

/// Index of a rime in `rules/text/rimes.csv`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RimeIx(pub u8);

/// The six tones, in the order of Vietnamese dictionaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[repr(u8)]
pub enum Tone {
    /// Ngang, no mark.
    #[default]
    Level,
    /// Huyền.
    Grave,
    /// Hỏi.
    Hook,
    /// Ngã.
    Tilde,
    /// Sắc.
    Acute,
    /// Nặng.
    Dot,
}

/// A syllable without case and place of the tone mark: `Hoà`, `hòa` and `HÒA` are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Syllable {
    /// Initial consonants, `gi` and `qu` included; one onset stands for none.
    pub onset: OnsetIx,
    /// Vowels and final consonants.
    pub rime: RimeIx,
    /// Tone.
    pub tone: Tone,
}

/// Onsets and rimes with their lookups.
#[derive(Debug, Default)]
pub struct SyllableTable {}

impl SyllableTable {
    /// Reads a word of any case; `None` if it is no syllable. Odd places of the tone mark
    /// (Hòang, Túân) are accepted.
    pub fn parse(&self, _word: &str) -> Option<Syllable> {
        None
    }

    /// The form that equal names share: lower case, tone mark in its old place (hòa, thúy),
    /// apostrophes dropped; i and y stay apart. Words that are no syllable are lower-cased.
    pub fn key(&self, word: &str) -> String {
        word.to_lowercase()
    }

    /// The letters of an onset; empty for none.
    pub fn onset_text(&self, _onset: OnsetIx) -> &str {
        ""
    }

    /// The letters of a rime, without tone.
    pub fn rime_text(&self, _rime: RimeIx) -> &str {
        ""
    }
}
