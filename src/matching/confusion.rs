//! Spellings that clerks take for one another by ear: the classes of onsets, rimes and tones, from
//! `[confusions]` of `rules/matching.toml`.

use crate::{
    rules,
    text::syllable::{Syllable, SyllableTable, Tone},
};

/// A syllable with the classes its parts fall into; parts of one class are taken for one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SyllableClass {
    /// The syllable itself.
    pub syllable: Syllable,
    onset_class: u8,
    rime_class: u8,
}

/// The sets of the rules, made into tables.
pub struct Confusions {
    onset_class: Vec<u8>,
    rime_class: Vec<u8>,
    tones: [[bool; 6]; 6],
    onset_sets: Vec<Vec<String>>,
    final_sets: Vec<Vec<String>>,
    vowel_sets: Vec<Vec<String>>,
}

const TONES: [(&str, Tone); 6] = [
    ("level", Tone::Level),
    ("grave", Tone::Grave),
    ("acute", Tone::Acute),
    ("hook", Tone::Hook),
    ("tilde", Tone::Tilde),
    ("dot", Tone::Dot),
];

impl Confusions {
    /// Builds the tables for the onsets and rimes of the syllable table.
    pub fn new(rules: &rules::Confusions, syllables: &SyllableTable) -> Self {
        let mut confusions = Self {
            onset_class: Vec::new(),
            rime_class: Vec::new(),
            tones: [[false; 6]; 6],
            onset_sets: rules.onsets.clone(),
            final_sets: longest_first(&rules.finals),
            vowel_sets: rules.vowels.clone(),
        };
        for set in &rules.tones {
            let members = || TONES.iter().filter(|(name, _)| set.iter().any(|tone| tone == name));
            for (_, one) in members() {
                for (_, other) in members() {
                    confusions.tones[*one as usize][*other as usize] = true;
                }
            }
        }
        confusions.onset_class = classes(syllables.onsets().map(|onset| confusions.onset_sound(onset)));
        confusions.rime_class = classes(syllables.rimes().map(|rime| confusions.rime_sound(rime)));
        confusions
    }

    /// The classes of a syllable's parts.
    pub fn classify(&self, syllable: Syllable) -> SyllableClass {
        let class = |classes: &[u8], ix: u8| classes.get(usize::from(ix)).copied().unwrap_or(u8::MAX);
        SyllableClass {
            syllable,
            onset_class: class(&self.onset_class, syllable.onset.0),
            rime_class: class(&self.rime_class, syllable.rime.0),
        }
    }

    /// True when two different syllables sound alike to the ear the rules describe.
    pub fn alike(&self, one: SyllableClass, other: SyllableClass) -> bool {
        let (a, b) = (one.syllable, other.syllable);
        one.onset_class == other.onset_class
            && one.rime_class == other.rime_class
            && (a.tone == b.tone || self.tones[a.tone as usize][b.tone as usize])
    }

    /// A spelling without diacritics, reduced to how it sounds: blocking keys are made of it.
    pub fn sound(&self, plain: &str) -> String {
        let set = self
            .onset_sets
            .iter()
            .flat_map(|set| set.iter().map(move |onset| (onset, &set[0])))
            .filter(|(onset, _)| plain.starts_with(onset.as_str()) && plain.len() > onset.len())
            .max_by_key(|(onset, _)| onset.len());
        let reduced = match set {
            Some((onset, first)) => format!("{first}{}", &plain[onset.len()..]),
            None => plain.to_owned(),
        };
        // i and y are one only where they are the whole vowel (ly, li), not in may, mai.
        let whole_vowel = self.vowel_sets.iter().find_map(|set| {
            let vowel = set.iter().find(|vowel| reduced.ends_with(vowel.as_str()))?;
            let onset = &reduced[..reduced.len() - vowel.len()];
            let is_onset = onset == "qu" || !onset.ends_with(['a', 'e', 'i', 'o', 'u', 'y']);
            (is_onset && !onset.is_empty()).then(|| format!("{onset}{}", set[0]))
        });
        whole_vowel.unwrap_or_else(|| self.final_sound(&reduced))
    }

    fn onset_sound(&self, onset: &str) -> String {
        let set = self.onset_sets.iter().find(|set| set.iter().any(|member| member == onset));
        set.map_or_else(|| onset.to_owned(), |set| set[0].clone())
    }

    fn rime_sound(&self, rime: &str) -> String {
        let vowel = self.vowel_sets.iter().find(|set| set.iter().any(|vowel| vowel == rime));
        vowel.map_or_else(|| self.final_sound(rime), |set| set[0].clone())
    }

    fn final_sound(&self, rime: &str) -> String {
        let ending = self.final_sets.iter().find_map(|set| {
            set.iter().find(|ending| rime.ends_with(ending.as_str())).map(|ending| (set, ending))
        });
        match ending {
            Some((set, ending)) if ending.len() < rime.len() => {
                format!("{}{}", &rime[..rime.len() - ending.len()], set[0])
            }
            _ => rime.to_owned(),
        }
    }
}

/// Longer endings are tried first: "nh" is not "h".
fn longest_first(sets: &[Vec<String>]) -> Vec<Vec<String>> {
    let mut sets = sets.to_vec();
    for set in &mut sets {
        set.sort_by_key(|ending| (std::cmp::Reverse(ending.len()), ending.clone()));
    }
    sets
}

/// Numbers the distinct sounds in order of appearance.
fn classes(sounds: impl Iterator<Item = String>) -> Vec<u8> {
    let mut seen: Vec<String> = Vec::new();
    sounds
        .map(|sound| {
            let at = seen.iter().position(|known| *known == sound).unwrap_or_else(|| {
                seen.push(sound);
                seen.len() - 1
            });
            u8::try_from(at).unwrap_or(u8::MAX)
        })
        .collect()
}
