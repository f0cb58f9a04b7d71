//! From the text of a cell to clean Unicode: decode legacy text, put marks in order, replace
//! look-alikes, tidy blanks; in this order, because every later step destroys what an earlier one
//! needs (U+00AD is ư in TCVN3, U+00A0 is half of à in misread UTF-8).

use std::borrow::Cow;

use super::{
    charset::Charset,
    confusable::has_mixed_scripts,
    letter::Letter,
    lost, marks,
    words::{self, Evidence},
};
use crate::{
    record::{Change, Changes, Text},
    rules::TextRules,
};

/// What the cells of a column say about its encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ColumnCharset {
    leading: Option<Charset>,
    whole: bool,
}

/// Cells with other letters than ASCII that are asked before the vote is closed: enough to tell,
/// however long the column is.
const VOTERS: u32 = 1000;

impl ColumnCharset {
    /// Lets the cells of a column vote.
    pub fn vote<'a>(cells: impl IntoIterator<Item = &'a str>, rules: &TextRules) -> Self {
        let mut votes = [0_u32; Charset::ALL.len()];
        let (mut unicode, mut voters) = (0_u32, 0_u32);
        for cell in cells.into_iter().filter(|cell| !cell.is_ascii()) {
            let seen = words::evidence(cell, rules);
            if seen.foreign == 0 {
                unicode += u32::from(seen.unicode);
            } else if let Some(reading) =
                best_reading(cell, seen, Self::default(), rules).filter(|reading| reading.foreign == 0)
            {
                votes[reading.charset as usize] += 1;
            }
            voters += 1;
            if voters == VOTERS {
                break;
            }
        }
        let leading = Charset::ALL
            .into_iter()
            .max_by_key(|charset| (votes[*charset as usize], std::cmp::Reverse(*charset)));
        let leading = leading.filter(|charset| votes[*charset as usize] > unicode);
        let whole = leading.is_some_and(|charset| {
            votes[charset as usize] >= 3 && votes[charset as usize] >= unicode.saturating_mul(9)
        });
        Self { leading, whole }
    }

    /// The legacy charset that more cells are in than are right as they are.
    pub fn leading(self) -> Option<Charset> {
        self.leading
    }

    /// The column as a whole is in the leading charset: a cell that could be read either way is
    /// in it too.
    fn whole(self) -> Option<Charset> {
        self.leading.filter(|_| self.whole)
    }
}

/// Clean text with what was done to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repaired {
    /// The text, NFC, single blanks.
    pub text: Text,
    /// What was done.
    pub changes: Changes,
    /// Letters were lost in an old conversion and cannot be restored; [`super::lost::suggest`]
    /// says what they probably were.
    pub letters_lost: bool,
    /// Letters of more than one script remain.
    pub mixed_scripts: bool,
}

/// Repairs one cell. What comes out needs no repair: a sign taken out may have stood in the way of
/// seeing what the rest is (a soft hyphen within misread UTF-8).
pub fn repair(raw: &str, column: ColumnCharset, rules: &TextRules) -> Repaired {
    let mut repaired = repair_once(raw, column, rules);
    for _ in 0..MOST_PASSES {
        if repaired.changes.is_empty() {
            break;
        }
        let again = repair_once(&repaired.text, ColumnCharset::default(), rules);
        if again.text == repaired.text {
            break;
        }
        let mut changes = repaired.changes;
        again.changes.iter().for_each(|change| changes.insert(change));
        repaired = Repaired { changes, ..again };
    }
    repaired
}

/// Passes after which a cell that goes on changing is left as it is.
const MOST_PASSES: usize = 4;

fn repair_once(raw: &str, column: ColumnCharset, rules: &TextRules) -> Repaired {
    let mut changes = Changes::NONE;
    if is_clean(raw, column, rules) {
        let letters_lost = lost::is_likely(raw, rules);
        return Repaired { text: raw.into(), changes, letters_lost, mixed_scripts: false };
    }
    let (decoded, charset) = decode(raw, column, rules);
    if let Some(charset) = charset {
        changes.insert(charset.change());
    }
    let composed = if marks::needs_composing(&decoded) {
        changes.insert(Change::MarksComposed);
        Cow::Owned(marks::compose(&decoded))
    } else {
        decoded
    };
    let text = rules.confusables.replace(&composed, &rules.syllables, &mut changes);
    if has_stray_blanks(&composed) {
        changes.insert(Change::Blanks);
    }
    let letters_lost = lost::is_likely(&text, rules);
    let mixed_scripts = has_mixed_scripts(&text);
    Repaired { text: text.into(), changes, letters_lost, mixed_scripts }
}

/// True for text that every step would leave alone: the way of nearly every cell.
fn is_clean(raw: &str, column: ColumnCharset, rules: &TextRules) -> bool {
    let mut blank_before = true;
    let mut ascii = true;
    let mut unicode = false;
    for sign in raw.chars() {
        if sign == ' ' && blank_before {
            return false;
        }
        blank_before = sign == ' ';
        if sign.is_ascii() {
            if sign.is_ascii_control() || sign == '`' {
                return false;
            }
        } else if Letter::of(sign).is_some() {
            ascii = false;
            unicode |= u32::from(sign) > 0xff;
        } else {
            return false;
        }
    }
    if blank_before && !raw.is_empty() {
        return false;
    }
    ascii || ((unicode || column.leading.is_none()) && words::is_right(raw, rules))
}

fn has_stray_blanks(text: &str) -> bool {
    let mut before = ' ';
    let stray = text.chars().any(|sign| {
        let odd = (sign == ' ' && before == ' ')
            || (sign != ' ' && (sign.is_whitespace() || sign.is_control()))
            || matches!(sign, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}');
        before = sign;
        odd
    });
    stray || (before == ' ' && !text.is_empty())
}

/// What each further decoded word adds to reading the whole cell in one charset, on the scale of
/// [`TextRules::usualness`]: about what separates a frequent name from a rare one.
const WHOLE_CELL: f32 = 8.0;

/// One way to read a cell.
struct Reading {
    charset: Charset,
    text: String,
    /// Words that are still no Vietnamese words.
    foreign: u32,
    /// How usual its words are, in names.
    usual: f32,
}

impl Reading {
    /// The order in which readings are believed: nothing left over; misread UTF-8, whose sequences
    /// do not arise by chance; the column's charset; the more usual words.
    fn is_better(&self, other: &Self, column: ColumnCharset) -> bool {
        let rank = |reading: &Self| {
            (
                std::cmp::Reverse(reading.foreign),
                reading.charset == Charset::Utf8,
                column.leading == Some(reading.charset),
            )
        };
        rank(self).cmp(&rank(other)).then(self.usual.total_cmp(&other.usual)).is_gt()
    }
}

/// Decodes a cell where it is legacy text, as a whole or word by word.
fn decode<'a>(raw: &'a str, column: ColumnCharset, rules: &TextRules) -> (Cow<'a, str>, Option<Charset>) {
    if raw.is_ascii() {
        return (Cow::Borrowed(raw), None);
    }
    let seen = words::evidence(raw, rules);
    let reading = if seen.foreign == 0 {
        read_right(raw, seen, column, rules)
    } else {
        match best_reading(raw, seen, column, rules) {
            Some(reading) if reading.foreign == 0 => Some(reading),
            partial => read_plausible(raw, seen, column, rules).or(partial),
        }
    };
    match reading {
        Some(reading) => (Cow::Owned(place_tones(&reading.text, rules)), Some(reading.charset)),
        None => (Cow::Borrowed(raw), None),
    }
}

/// A cell that is right as it is and still legacy text: its column is legacy throughout (Vò Vâ),
/// or it has the Ð of Windows-1258 and reads as more usual words (Ðãng: Đăng).
fn read_right(raw: &str, seen: Evidence, column: ColumnCharset, rules: &TextRules) -> Option<Reading> {
    if seen.unicode {
        return None;
    }
    let eth = raw.contains(['Ð', 'ð']).then_some(Charset::Cp1258);
    let charset = column.whole().or(eth)?;
    let text = rules.charsets.decode(raw, charset)?.text;
    let after = words::evidence(&text, rules);
    let believed =
        column.whole().is_some() || after.usual > words::evidence(&raw.replace('Ð', "Đ"), rules).usual;
    (believed && after.foreign == 0 && text != raw).then_some(Reading {
        charset,
        text,
        foreign: 0,
        usual: after.usual,
    })
}

/// The best reading in which at least one word became right: of every charset, with only the
/// foreign words decoded and with all of them.
fn best_reading(raw: &str, seen: Evidence, column: ColumnCharset, rules: &TextRules) -> Option<Reading> {
    let mut best: Option<Reading> = None;
    // In a column that is in one charset throughout the others need not be tried.
    if let Some(reading) =
        column.whole().and_then(|charset| read_words(raw, seen, charset, true, column, rules))
        && reading.foreign == 0
    {
        return Some(reading);
    }
    for charset in Charset::ALL {
        for whole in [false, true] {
            let Some(reading) = read_words(raw, seen, charset, whole, column, rules) else { continue };
            // A column in the charset throughout has whole cells in it, not words.
            let reading = if whole && column.whole() == Some(charset) {
                Reading { usual: f32::INFINITY, ..reading }
            } else {
                reading
            };
            if best.as_ref().is_none_or(|best| reading.is_better(best, column)) {
                best = Some(reading);
            }
        }
    }
    best
}

/// Reads a cell word by word in one charset: its foreign words only, or (`whole`) every word, and
/// then none may resist.
fn read_words(
    raw: &str,
    seen: Evidence,
    charset: Charset,
    whole: bool,
    column: ColumnCharset,
    rules: &TextRules,
) -> Option<Reading> {
    let mut text = String::with_capacity(raw.len());
    let mut fixed = 0_u32;
    for (at, piece) in raw.split(' ').enumerate() {
        if at > 0 {
            text.push(' ');
        }
        let before = words::evidence(piece, rules);
        if piece.is_ascii() || (before.foreign == 0 && !whole) {
            text.push_str(piece);
            continue;
        }
        let decoded = rules.charsets.decode(piece, charset);
        let Some(decoded) = decoded.filter(|decoded| decoded.text != piece || whole) else {
            if whole {
                return None;
            }
            text.push_str(piece);
            continue;
        };
        // A sign of legacy text in one word speaks for the others, unless some are Unicode.
        let evident = if seen.unicode { piece } else { raw };
        let telltale = evident.split(words::is_break).any(words::is_telltale);
        // One odd word of Vietnamese letters only may as well be a typing slip.
        let sure = decoded.sequences || telltale || seen.foreign > 1 || column.leading == Some(charset);
        let right = words::evidence(&decoded.text, rules).foreign == 0;
        if right && (sure || whole) {
            fixed += u32::from(sure && before.foreign > 0);
            text.push_str(&decoded.text);
        } else if whole {
            let telltale = piece.split(words::is_break).any(words::is_telltale);
            let likely = telltale && decoded.text.split(words::is_break).all(is_likely_name);
            if !likely {
                return None;
            }
            text.push_str(&decoded.text);
        } else if charset == Charset::Tcvn3 && is_hidden_horn(piece, &decoded.text) {
            fixed += 1;
            text.push_str(&decoded.text);
        } else {
            text.push_str(piece);
        }
    }
    let after = words::evidence(&text, rules);
    // Several words at once are a cell's accident rather than a word's.
    let shared = if whole { WHOLE_CELL * fixed.saturating_sub(1) as f32 } else { 0.0 };
    (fixed > 0 && text != raw).then_some(Reading {
        charset,
        text,
        foreign: after.foreign,
        usual: after.usual + shared,
    })
}

/// A soft hyphen that is the only vowel of its word is the ư of TCVN3 (Bl\u{ad}h: Blưh).
fn is_hidden_horn(piece: &str, decoded: &str) -> bool {
    piece.contains('\u{ad}')
        && !words::is_plausible(&piece.replace('\u{ad}', ""))
        && decoded.split(words::is_break).all(is_likely_name)
}

fn is_likely_name(word: &str) -> bool {
    word.is_ascii() || words::is_plausible(word)
}

/// Words that are no Kinh syllables (Brếu): misread UTF-8 and a column that is legacy throughout
/// are evidence enough for them.
fn read_plausible(raw: &str, seen: Evidence, column: ColumnCharset, rules: &TextRules) -> Option<Reading> {
    let legacy = if seen.unicode { None } else { column.whole() };
    [Some(Charset::Utf8), legacy].into_iter().flatten().find_map(|charset| {
        let text = rules.charsets.decode(raw, charset)?.text;
        let likely = text != raw && text.split(words::is_break).all(is_likely_name);
        likely.then_some(Reading { charset, text, foreign: 0, usual: 0.0 })
    })
}

/// Puts tone marks that legacy typing left in odd places (Hòang) where they belong. Only for
/// decoded text: what was typed in Unicode stays as written.
fn place_tones(text: &str, rules: &TextRules) -> String {
    let mut placed = String::with_capacity(text.len());
    for part in text.split_inclusive(words::is_break) {
        let word = part.trim_end_matches(words::is_break);
        match rules.syllables.read(word) {
            Some(reading) if reading.odd_tone_place => {
                push_cased(&mut placed, word, &rules.syllables.spell(reading.syllable));
                placed.push_str(&part[word.len()..]);
            }
            _ => placed.push_str(part),
        }
    }
    placed
}

/// Appends `spelled` in the case of `word`; both have the same letters but for the tone.
fn push_cased(text: &mut String, word: &str, spelled: &str) {
    for (cased, letter) in word.chars().zip(spelled.chars()) {
        match Letter::of(letter) {
            Some(letter) if cased.is_uppercase() => text.push(Letter { upper: true, ..letter }.to_char()),
            _ => text.push(letter),
        }
    }
}
