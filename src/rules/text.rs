//! Rules about text as such: which syllables exist, the legacy encodings, look-alike letters.

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::{
    BuiltIn, RuleSource, RulesError,
    names::{GIVEN, MIDDLE, SURNAMES, WordCount},
};
use crate::{
    rules_file,
    text::{
        charset::CharsetTables,
        confusable::Confusables,
        syllable::{Onset, Rime, Syllable, SyllableReading, SyllableTable},
    },
};

/// Encodings, look-alike letters, syllables.
#[derive(Debug, Default)]
pub struct TextRules {
    /// Onsets and rimes.
    pub syllables: SyllableTable,
    /// Bytes and letters of the legacy encodings.
    pub charsets: CharsetTables,
    /// Look-alike letters.
    pub confusables: Confusables,
    /// Words that are no Kinh syllables and still right as they are (Niê, Êban), in the form of
    /// [`SyllableTable::key`], sorted.
    known_words: Vec<String>,
    /// How usual each syllable is as a word of a name: the logarithm of its count.
    name_words: FxHashMap<Syllable, f32>,
}

const ONSETS: BuiltIn = rules_file!("text/onsets.csv");
const RIMES: BuiltIn = rules_file!("text/rimes.csv");
const TCVN3: BuiltIn = rules_file!("text/tcvn3.csv");
const VNI: BuiltIn = rules_file!("text/vni.csv");
const VISCII: BuiltIn = rules_file!("text/viscii.csv");
const CONFUSABLES: BuiltIn = rules_file!("text/confusables.csv");
const SETTINGS: BuiltIn = rules_file!("text/text.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OnsetRow {
    onset: String,
    count: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RimeRow {
    rime: String,
    stop: YesNo,
    count: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum YesNo {
    Yes,
    No,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EncodingRow {
    bytes: String,
    letter: char,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfusableRow {
    seen: String,
    meant: String,
    when: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    viscii: bool,
    known_words: Vec<String>,
}

impl TextRules {
    pub(super) fn load(source: &mut RuleSource) -> Result<Self, RulesError> {
        let syllables = load_syllables(source)?;
        let settings: Settings = source.toml(SETTINGS)?;
        let mut charsets = CharsetTables::new(settings.viscii);
        for row in source.csv::<EncodingRow>(TCVN3)? {
            let bytes = hex_bytes(source, TCVN3, row.line, &row.value.bytes)?;
            charsets
                .add_tcvn3(&bytes, row.value.letter)
                .map_err(|text| source.fault(TCVN3, row.line, text))?;
        }
        for row in source.csv::<EncodingRow>(VNI)? {
            let bytes = hex_bytes(source, VNI, row.line, &row.value.bytes)?;
            charsets.add_vni(&bytes, row.value.letter).map_err(|text| source.fault(VNI, row.line, text))?;
        }
        for row in source.csv::<EncodingRow>(VISCII)? {
            let bytes = hex_bytes(source, VISCII, row.line, &row.value.bytes)?;
            charsets
                .add_viscii(&bytes, row.value.letter)
                .map_err(|text| source.fault(VISCII, row.line, text))?;
        }
        let mut confusables = Confusables::default();
        for row in source.csv::<ConfusableRow>(CONFUSABLES)? {
            confusables
                .add(&row.value.seen, &row.value.meant, &row.value.when)
                .map_err(|text| source.fault(CONFUSABLES, row.line, text))?;
        }
        let mut known_words: Vec<String> =
            settings.known_words.iter().map(|word| syllables.key(word)).collect();
        known_words.sort_unstable();
        let mut counts: FxHashMap<Syllable, u32> = FxHashMap::default();
        for file in [SURNAMES, MIDDLE, GIVEN] {
            for row in source.csv::<WordCount>(file)? {
                if let Some(syllable) = syllables.parse(&row.value.word) {
                    *counts.entry(syllable).or_default() += row.value.male + row.value.female;
                }
            }
        }
        let usualness = |(syllable, count): (Syllable, u32)| (syllable, (count as f32).ln_1p());
        let name_words = counts.into_iter().map(usualness).collect();
        Ok(Self { syllables, charsets, confusables, known_words, name_words })
    }

    /// How usual a syllable is as a word of a name; compares several readings of one text, the
    /// scale means nothing.
    pub(crate) fn usualness(&self, reading: SyllableReading) -> f32 {
        let usual = self.name_words.get(&reading.syllable).copied().unwrap_or(0.0);
        let odd = if reading.odd_tone_place { 4.0 } else { 0.0 };
        2.0 * usual + 0.2 * self.syllables.usualness(reading.syllable) - odd
    }

    /// True for a word that is no Kinh syllable and right as it is.
    pub fn is_known_word(&self, word: &str) -> bool {
        let key = self.syllables.key(word);
        self.known_words.binary_search(&key).is_ok()
    }
}

fn load_syllables(source: &mut RuleSource) -> Result<SyllableTable, RulesError> {
    let onsets = source
        .csv::<OnsetRow>(ONSETS)?
        .into_iter()
        .map(|row| Onset {
            text: if row.value.onset == "(none)" { String::new() } else { row.value.onset },
            count: row.value.count,
        })
        .collect();
    let rimes = source
        .csv::<RimeRow>(RIMES)?
        .into_iter()
        .map(|row| Rime {
            text: row.value.rime,
            stop: matches!(row.value.stop, YesNo::Yes),
            count: row.value.count,
        })
        .collect();
    SyllableTable::new(onsets, rimes).map_err(|text| source.fault(RIMES, 1, text))
}

fn hex_bytes(source: &RuleSource, file: BuiltIn, line: usize, text: &str) -> Result<Vec<u8>, RulesError> {
    text.split(' ')
        .map(|byte| u8::from_str_radix(byte, 16))
        .collect::<Result<_, _>>()
        .map_err(|_| source.fault(file, line, format!("`{text}`: hexadecimal bytes are expected")))
}
