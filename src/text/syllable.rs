//! The Vietnamese syllable: onset, rime and tone. A word is parsed once; what is compared
//! afterwards are three small numbers. Which onsets and rimes exist is data
//! (`rules/text/onsets.csv`, `rimes.csv`), how they are spelled together is written here.

use rustc_hash::FxHashMap;

use super::letter::{A_BREVE, A_CIRCUMFLEX, E_CIRCUMFLEX, Letter, O_CIRCUMFLEX, O_HORN, U_HORN, is_vowel};

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

impl Tone {
    /// Every tone, in order. (Eight entries, so that three bits always index it.)
    pub(super) const ALL: [Self; 8] =
        [Self::Level, Self::Grave, Self::Hook, Self::Tilde, Self::Acute, Self::Dot, Self::Level, Self::Level];
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

/// A word with the shape of a syllable, and what is odd about its spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SyllableReading {
    /// The syllable.
    pub syllable: Syllable,
    /// The tone mark stands on a letter where neither the old nor the new style puts it (Hòang).
    pub odd_tone_place: bool,
    /// k, gh, ngh where c, g, ng belong, or the reverse (Ka, Ngiêm).
    pub odd_spelling: bool,
    /// A rime in c, ch, p or t with a tone that such rimes never have (Hiêp): a tone was dropped.
    pub impossible_tone: bool,
}

/// One line of `onsets.csv`: an onset (empty for none) and how often names have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Onset {
    /// Its letters.
    pub text: String,
    /// Words with it in the name corpora counted.
    pub count: u32,
}

/// One line of `rimes.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rime {
    /// Its letters, without tone.
    pub text: String,
    /// Ends in c, ch, p or t: takes sắc or nặng only.
    pub stop: bool,
    /// Words with it in the name corpora counted.
    pub count: u32,
}

/// Onsets and rimes with their lookups.
#[derive(Debug, Default)]
pub struct SyllableTable {
    onsets: Vec<Onset>,
    rimes: Vec<Rime>,
    /// How usual each onset and each rime is: the logarithm of its count.
    onset_usualness: Vec<f32>,
    rime_usualness: Vec<f32>,
    /// Which letter of each rime bears the tone mark: old style, new style.
    tone_places: Vec<(u8, u8)>,
    onset_of: FxHashMap<u32, u8>,
    rime_of: FxHashMap<u32, u8>,
    /// The onset `gi`, whose i may be the rime's own (gì, giếng).
    gi: Option<u8>,
}

/// The letters of a word, small, with the one tone among them.
struct Letters {
    codes: [u8; Letters::MOST],
    len: usize,
    tone: Tone,
    tone_at: usize,
}

impl Letters {
    /// `nghiêng`, and one to spare.
    const MOST: usize = 8;

    fn of(word: &str) -> Option<Self> {
        let mut letters = Self { codes: [0; Self::MOST], len: 0, tone: Tone::Level, tone_at: 0 };
        for letter in word.chars() {
            let letter = Letter::of(letter)?;
            if letters.len == Self::MOST {
                return None;
            }
            if letter.tone != Tone::Level {
                if letters.tone != Tone::Level {
                    return None;
                }
                letters.tone = letter.tone;
                letters.tone_at = letters.len;
            }
            letters.codes[letters.len] = letter.code;
            letters.len += 1;
        }
        (letters.len > 0).then_some(letters)
    }

    fn codes(&self) -> &[u8] {
        &self.codes[..self.len]
    }
}

/// Up to four codes as one number: the key of both lookups.
fn pack(codes: &[u8]) -> Option<u32> {
    (codes.len() <= 4).then(|| codes.iter().fold(0, |packed, code| packed << 8 | u32::from(*code)))
}

fn codes_of(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|letter| Letter::of(letter).map(|letter| letter.code)).collect()
}

impl SyllableTable {
    /// Builds the lookups. The error says which entry (index among both lists' own entries) is no
    /// onset or rime.
    pub fn new(onsets: Vec<Onset>, rimes: Vec<Rime>) -> Result<Self, String> {
        let mut table = Self::default();
        for (ix, onset) in onsets.iter().enumerate() {
            let ix = u8::try_from(ix).map_err(|_| "more than 256 onsets".to_owned())?;
            let codes = codes_of(&onset.text).and_then(|codes| pack(&codes));
            let codes = codes.ok_or_else(|| format!("`{}` is no onset", onset.text))?;
            table.onset_of.insert(codes, ix);
            if onset.text == "gi" {
                table.gi = Some(ix);
            }
        }
        for (ix, rime) in rimes.iter().enumerate() {
            let ix = u8::try_from(ix).map_err(|_| "more than 256 rimes".to_owned())?;
            let refuse = || format!("`{}` is no rime", rime.text);
            let codes = codes_of(&rime.text).ok_or_else(refuse)?;
            let vowels = codes.iter().take_while(|code| is_vowel(**code)).count();
            if vowels == 0 {
                return Err(refuse());
            }
            table.rime_of.insert(pack(&codes).ok_or_else(refuse)?, ix);
            table.tone_places.push(tone_places(&codes, vowels));
        }
        table.onset_usualness = onsets.iter().map(|onset| (onset.count as f32).ln_1p()).collect();
        table.rime_usualness = rimes.iter().map(|rime| (rime.count as f32).ln_1p()).collect();
        table.onsets = onsets;
        table.rimes = rimes;
        Ok(table)
    }

    /// Reads a word of any case; `None` if it is no syllable. Odd places of the tone mark
    /// (Hòang, Túân) and c/k, g/gh, ng/ngh slips are accepted; tones that a final consonant rules
    /// out are not.
    pub fn parse(&self, word: &str) -> Option<Syllable> {
        self.read(word).filter(|reading| !reading.impossible_tone).map(|reading| reading.syllable)
    }

    /// True for a syllable that is spelled by the rules, wherever its tone mark stands.
    pub fn is_valid(&self, word: &str) -> bool {
        self.read(word).is_some_and(|reading| !reading.impossible_tone && !reading.odd_spelling)
    }

    /// Reads a word and says what is odd about it.
    pub fn read(&self, word: &str) -> Option<SyllableReading> {
        let letters = Letters::of(word)?;
        let codes = letters.codes();
        let (onset, rime_at) = self.split(codes)?;
        let rime = *self.rime_of.get(&pack(&codes[rime_at..])?)?;
        let tone_at = letters.tone_at.wrapping_sub(rime_at);
        let (old, new) = self.tone_places[usize::from(rime)];
        let stop = self.rimes[usize::from(rime)].stop;
        Some(SyllableReading {
            syllable: Syllable { onset: OnsetIx(onset), rime: RimeIx(rime), tone: letters.tone },
            odd_tone_place: letters.tone != Tone::Level
                && tone_at != usize::from(old)
                && tone_at != usize::from(new),
            odd_spelling: is_odd_spelling(codes, rime_at),
            impossible_tone: stop && !matches!(letters.tone, Tone::Acute | Tone::Dot),
        })
    }

    /// The onset and where the rime begins.
    fn split(&self, codes: &[u8]) -> Option<(u8, usize)> {
        match codes {
            [b'g', b'i', rest @ ..] => {
                let rime_at = match rest.first() {
                    None => 1,
                    Some(b'i' | b'y') => return None,
                    // giêng is gi + iêng: the i is written once.
                    Some(&E_CIRCUMFLEX) if self.rime_of.contains_key(&pack(&codes[1..])?) => 1,
                    Some(code) if is_vowel(*code) => 2,
                    Some(_) => 1,
                };
                Some((self.gi?, rime_at))
            }
            [b'q', b'u', rest @ ..] => {
                if matches!(rest.first(), None | Some(b'u' | &U_HORN)) {
                    return None;
                }
                Some((*self.onset_of.get(&pack(b"qu")?)?, 2))
            }
            _ => {
                let rime_at = codes.iter().position(|code| is_vowel(*code))?;
                Some((*self.onset_of.get(&pack(&codes[..rime_at])?)?, rime_at))
            }
        }
    }

    /// The form that equal names share: lower case, tone mark in its old place (hòa, thúy),
    /// apostrophes dropped; i and y stay apart. Words that are no syllable are lower-cased.
    pub fn key(&self, word: &str) -> String {
        if let Some(reading) = self.read(word) {
            return self.spell(reading.syllable);
        }
        word.chars().filter(|letter| !is_apostrophe(*letter)).flat_map(char::to_lowercase).collect()
    }

    /// Writes a syllable in small letters, the tone mark in its old place.
    pub fn spell(&self, syllable: Syllable) -> String {
        let onset = self.onset_text(syllable.onset);
        let rime = self.rime_text(syllable.rime);
        let tone_at = self.tone_places.get(usize::from(syllable.rime.0)).map_or(0, |places| places.0);
        let mut word = String::with_capacity(onset.len() + rime.len() + 2);
        word.push_str(onset);
        let shared = onset == "gi" && rime.starts_with('i');
        if shared {
            word.pop();
        }
        for (at, letter) in rime.chars().enumerate() {
            match Letter::of(letter) {
                Some(letter) if at == usize::from(tone_at) => {
                    word.push(Letter { tone: syllable.tone, ..letter }.to_char());
                }
                _ => word.push(letter),
            }
        }
        word
    }

    /// The text of every onset, by index.
    pub fn onsets(&self) -> impl Iterator<Item = &str> {
        self.onsets.iter().map(|onset| &*onset.text)
    }

    /// The text of every rime, by index.
    pub fn rimes(&self) -> impl Iterator<Item = &str> {
        self.rimes.iter().map(|rime| &*rime.text)
    }

    /// The letters of an onset; empty for none.
    pub fn onset_text(&self, onset: OnsetIx) -> &str {
        self.onsets.get(usize::from(onset.0)).map_or("", |onset| &onset.text)
    }

    /// The letters of a rime, without tone.
    pub fn rime_text(&self, rime: RimeIx) -> &str {
        self.rimes.get(usize::from(rime.0)).map_or("", |rime| &rime.text)
    }

    /// How usual the syllable's onset and rime are in names: the sum of the logarithms of their
    /// counts. Compares readings of one text; the scale means nothing.
    pub(crate) fn usualness(&self, syllable: Syllable) -> f32 {
        let onset = self.onset_usualness.get(usize::from(syllable.onset.0)).copied().unwrap_or(0.0);
        let rime = self.rime_usualness.get(usize::from(syllable.rime.0)).copied().unwrap_or(0.0);
        onset + rime
    }
}

/// Which letter of a rime bears the tone mark: in the old style (hòa) and in the new (hoà).
fn tone_places(codes: &[u8], vowels: usize) -> (u8, u8) {
    let shaped = codes[..vowels].iter().rposition(|code| {
        matches!(*code, A_BREVE | A_CIRCUMFLEX | E_CIRCUMFLEX | O_CIRCUMFLEX | O_HORN | U_HORN)
    });
    let open = vowels == codes.len();
    let place = match (shaped, vowels) {
        (Some(at), _) => at,
        (None, 1) => 0,
        (None, 2) if open => 0,
        (None, _) => 1,
    };
    let new = if open && matches!(codes, [b'o', b'a' | b'e'] | [b'u', b'y']) { 1 } else { place };
    let small = |at: usize| u8::try_from(at).expect("a rime has at most four letters");
    (small(place), small(new))
}

fn is_odd_spelling(codes: &[u8], rime_at: usize) -> bool {
    let front = matches!(codes[rime_at], b'e' | E_CIRCUMFLEX | b'i' | b'y');
    match &codes[..rime_at] {
        b"k" | b"gh" | b"ngh" => !front,
        b"c" | b"ng" => front,
        b"g" => matches!(codes[rime_at], b'e' | E_CIRCUMFLEX | b'y'),
        _ => false,
    }
}

/// The signs that stand for an apostrophe in H'Hen and K'Brếu.
pub fn is_apostrophe(sign: char) -> bool {
    matches!(
        sign,
        '\'' | '\u{2018}'
            | '\u{2019}'
            | '\u{201b}'
            | '\u{2bc}'
            | '\u{2b9}'
            | '\u{2bb}'
            | '\u{2c8}'
            | '\u{2032}'
            | '\u{b4}'
            | '`'
            | '\u{ff07}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Rules;

    fn table() -> SyllableTable {
        Rules::built_in().unwrap().text.syllables
    }

    fn parts(table: &SyllableTable, word: &str) -> Option<(String, String, Tone)> {
        let syllable = table.parse(word)?;
        Some((
            table.onset_text(syllable.onset).to_owned(),
            table.rime_text(syllable.rime).to_owned(),
            syllable.tone,
        ))
    }

    #[test]
    fn words_come_apart_into_onset_rime_and_tone() {
        let table = table();
        for (word, onset, rime, tone) in [
            ("Nguyễn", "ng", "uyên", Tone::Tilde),
            ("nghiêng", "ngh", "iêng", Tone::Level),
            ("gì", "gi", "i", Tone::Grave),
            ("GÌN", "gi", "in", Tone::Grave),
            ("giếng", "gi", "iêng", Tone::Acute),
            ("Giàng", "gi", "ang", Tone::Grave),
            ("giữa", "gi", "ưa", Tone::Tilde),
            ("quý", "qu", "y", Tone::Acute),
            ("quốc", "qu", "ôc", Tone::Acute),
            ("Quyết", "qu", "yêt", Tone::Acute),
            ("Ánh", "", "anh", Tone::Acute),
            ("Yến", "", "yên", Tone::Acute),
            ("Đặng", "đ", "ăng", Tone::Dot),
            ("Xoong", "x", "oong", Tone::Level),
        ] {
            assert_eq!(parts(&table, word), Some((onset.into(), rime.into(), tone)), "{word}");
        }
    }

    #[test]
    fn what_no_vietnamese_says_is_no_syllable() {
        let table = table();
        for word in
            ["", "Nuñez", "H'Hen", "Hiêp", "hòâ", "quục", "Brếu", "Mc", "Nguyeenx", "gii", "q", "A1", "ệệ"]
        {
            assert_eq!(table.parse(word), None, "{word}");
        }
        assert!(table.read("Hiêp").unwrap().impossible_tone);
        assert!(table.read("Ngiêm").unwrap().odd_spelling && !table.is_valid("Ngiêm"));
    }

    #[test]
    fn keys_fold_case_tone_place_and_apostrophes_only() {
        let table = table();
        for (word, key) in [
            ("Hoà", "hòa"),
            ("HÒA", "hòa"),
            ("Thuý", "thúy"),
            ("Thủy", "thủy"),
            ("Hòang", "hoàng"),
            ("Túân", "tuấn"),
            ("Gìa", "già"),
            ("Quí", "quí"),
            ("Quý", "quý"),
            ("giếng", "giếng"),
            ("H\u{2019}Hen", "hhen"),
            ("H'Hen", "hhen"),
            ("HHen", "hhen"),
            ("Kŭm", "kŭm"),
            ("Khuỷu", "khuỷu"),
            ("Ngoái", "ngoái"),
        ] {
            assert_eq!(table.key(word), key, "{word}");
        }
        assert!(table.read("Hòang").unwrap().odd_tone_place && table.read("Túân").unwrap().odd_tone_place);
        assert!(!table.read("Hoà").unwrap().odd_tone_place && !table.read("Hòa").unwrap().odd_tone_place);
    }

    #[test]
    fn every_syllable_is_spelled_as_it_is_read() {
        let table = table();
        let mut spelled = 0;
        for onset in 0..table.onsets.len() {
            for rime in 0..table.rimes.len() {
                for tone in [Tone::Level, Tone::Grave, Tone::Hook, Tone::Tilde, Tone::Acute, Tone::Dot] {
                    let syllable = Syllable { onset: OnsetIx(onset as u8), rime: RimeIx(rime as u8), tone };
                    let word = table.spell(syllable);
                    // gi + ia is written like gi + a and read as that.
                    if let Some(read) = table.read(&word).filter(|read| read.syllable == syllable) {
                        assert!(!read.odd_tone_place, "{word}");
                        assert_eq!(table.key(&word), word);
                        spelled += 1;
                    }
                }
            }
        }
        assert!(spelled > 20_000, "{spelled} syllables can be spelled");
    }
}
