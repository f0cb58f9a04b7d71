//! From the text of a cell to clean Unicode: decode legacy text, put marks in order, replace
//! look-alikes, tidy blanks; in this order, because every later step destroys what an earlier one
//! needs (U+00AD is ư in TCVN3, U+00A0 is half of à in misread UTF-8).

use std::borrow::Cow;

use super::{
    charset::Charset,
    confusable::has_mixed_scripts,
    letter::Letter,
    lost, marks,
    words::{self, Evidence, Standing},
};
use crate::{
    record::{Change, Changes},
    rules::TextRules,
};

/// What the cells of a column say about its encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ColumnCharset {
    leading: Option<Charset>,
    whole: bool,
}

/// Cells with other letters than ASCII that are asked before the vote is closed: enough to tell,
/// however long the column is.
const VOTERS: u32 = 4000;

impl ColumnCharset {
    /// Lets the cells of a column vote.
    pub fn vote<'a>(cells: impl IntoIterator<Item = &'a str>, rules: &TextRules) -> Self {
        let mut votes = [0_u32; Charset::ALL.len()];
        let (mut unicode, mut voters) = (0_u32, 0_u32);
        for cell in cells.into_iter().filter(|cell| !cell.is_ascii()) {
            let seen = words::evidence(cell, rules);
            if seen.foreign == 0 {
                unicode += u32::from(seen.unicode);
            } else if let [only] = strict_candidates(cell, seen, rules)[..] {
                votes[only as usize] += 1;
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
    pub text: String,
    /// What was done.
    pub changes: Changes,
    /// Letters were lost in an old conversion and cannot be restored; [`super::lost::suggest`]
    /// says what they probably were.
    pub letters_lost: bool,
    /// Letters of more than one script remain.
    pub mixed_scripts: bool,
}

/// Repairs one cell.
pub fn repair(raw: &str, column: ColumnCharset, rules: &TextRules) -> Repaired {
    let mut changes = Changes::NONE;
    if is_clean(raw, column, rules) {
        let letters_lost = lost::is_likely(raw, rules);
        return Repaired { text: raw.to_owned(), changes, letters_lost, mixed_scripts: false };
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
    Repaired { text, changes, letters_lost, mixed_scripts }
}

/// True for text that every step would leave alone: the way of nearly every cell.
fn is_clean(raw: &str, column: ColumnCharset, rules: &TextRules) -> bool {
    let mut blank_before = true;
    let mut ascii = true;
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
        } else {
            return false;
        }
    }
    if blank_before && !raw.is_empty() {
        return false;
    }
    ascii || {
        let seen = words::evidence(raw, rules);
        seen.foreign == 0 && (seen.unicode || column.leading.is_none())
    }
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

/// The charsets in which the text decodes without a sign left over and with every word right.
fn strict_candidates(text: &str, seen: Evidence, rules: &TextRules) -> Vec<Charset> {
    let mut candidates = Vec::new();
    for charset in Charset::ALL {
        let Some(decoded) = rules.charsets.decode(text, charset).filter(|decoded| decoded.text != text)
        else {
            continue;
        };
        let after = words::evidence(&decoded.text, rules);
        // One odd word of Vietnamese letters only may as well be a typing slip.
        let sure =
            decoded.sequences || seen.foreign > 1 || text.split(words::is_break).any(words::is_telltale);
        if after.foreign == 0 && after.right > 0 && sure {
            candidates.push(charset);
            if charset == Charset::Utf8 {
                break;
            }
        }
    }
    candidates
}

/// Decodes a cell where it is legacy text, as a whole or word by word.
fn decode<'a>(raw: &'a str, column: ColumnCharset, rules: &TextRules) -> (Cow<'a, str>, Option<Charset>) {
    if raw.is_ascii() {
        return (Cow::Borrowed(raw), None);
    }
    let seen = words::evidence(raw, rules);
    if let Some(charset) = choose(raw, seen, column, rules)
        && let Some(decoded) = rules.charsets.decode(raw, charset)
    {
        return (Cow::Owned(place_tones(&decoded.text, rules)), Some(charset));
    }
    if seen.foreign == 0 {
        return (Cow::Borrowed(raw), None);
    }
    match decode_words(raw, seen, column, rules) {
        Some((text, charset)) => (Cow::Owned(text), Some(charset)),
        None => (Cow::Borrowed(raw), None),
    }
}

/// The charset of the whole cell, if it is in one.
fn choose(raw: &str, seen: Evidence, column: ColumnCharset, rules: &TextRules) -> Option<Charset> {
    if seen.foreign == 0 {
        // Right as it is; only a column that is legacy throughout says otherwise (Vò Vâ).
        return column.whole().filter(|charset| {
            !seen.unicode
                && rules.charsets.decode(raw, *charset).is_some_and(|decoded| {
                    decoded.text != raw && words::evidence(&decoded.text, rules).foreign == 0
                })
        });
    }
    let candidates = strict_candidates(raw, seen, rules);
    if candidates.first() == Some(&Charset::Utf8) {
        return Some(Charset::Utf8);
    }
    if let Some(leading) = column.leading.filter(|leading| candidates.contains(leading)) {
        return Some(leading);
    }
    if !candidates.is_empty() {
        let usual = |charset: &Charset| {
            let decoded = rules.charsets.decode(raw, *charset);
            decoded.map_or(0.0, |decoded| words::evidence(&decoded.text, rules).usual)
        };
        return candidates.into_iter().rev().max_by(|a, b| usual(a).total_cmp(&usual(b)));
    }
    // Words that are no Kinh syllables (Brếu): misread UTF-8 and a column that is legacy
    // throughout are evidence enough.
    let weak = if seen.unicode { None } else { column.whole() };
    [Some(Charset::Utf8), weak].into_iter().flatten().find(|charset| {
        rules.charsets.decode(raw, *charset).is_some_and(|decoded| {
            decoded.text != raw
                && decoded
                    .text
                    .split(words::is_break)
                    .all(|word| word.is_ascii() || words::is_plausible(word))
        })
    })
}

/// Decodes the foreign words of a cell with the one charset that makes most of them right.
fn decode_words(
    raw: &str,
    seen: Evidence,
    column: ColumnCharset,
    rules: &TextRules,
) -> Option<(String, Charset)> {
    let decode_piece = |piece: &str, charset: Charset| -> Option<String> {
        if piece.is_ascii() || words::evidence(piece, rules).foreign == 0 {
            return None;
        }
        let decoded = rules.charsets.decode(piece, charset)?;
        let after = words::evidence(&decoded.text, rules);
        let sure = decoded.sequences
            || piece.split(words::is_break).any(words::is_telltale)
            || column.leading == Some(charset);
        (sure && after.foreign == 0 && decoded.text != piece).then_some(decoded.text)
    };
    let score = |charset: Charset| {
        let mut fixed = 0_u32;
        let mut usual = 0.0;
        for piece in raw.split(' ') {
            if let Some(decoded) = decode_piece(piece, charset) {
                fixed += 1;
                usual += words::evidence(&decoded, rules).usual;
            }
        }
        (fixed, column.leading == Some(charset), usual)
    };
    let mut best: Option<(Charset, (u32, bool, f32))> = None;
    for charset in Charset::ALL {
        let found = score(charset);
        let better = best.is_none_or(|(_, best)| {
            (found.0, found.1).cmp(&(best.0, best.1)).then(found.2.total_cmp(&best.2)).is_gt()
        });
        if found.0 > 0 && better {
            best = Some((charset, found));
        }
        // Sequences of UTF-8 do not arise by chance.
        if charset == Charset::Utf8 && best.is_some() {
            break;
        }
    }
    let (charset, _) = best?;
    // Where nothing in the cell is Unicode, its other words are in the charset too.
    let throughout = !seen.unicode;
    let pieces = raw.split(' ').map(|piece| match decode_piece(piece, charset) {
        Some(decoded) => Cow::Owned(decoded),
        None if throughout => {
            decode_plausible(piece, charset, rules).map_or(Cow::Borrowed(piece), Cow::Owned)
        }
        None => Cow::Borrowed(piece),
    });
    let mut text = String::with_capacity(raw.len());
    for (at, piece) in pieces.enumerate() {
        if at > 0 {
            text.push(' ');
        }
        text.push_str(&piece);
    }
    Some((place_tones(&text, rules), charset))
}

/// A word of a cell known to be in the charset: decoded if that is a likely word.
fn decode_plausible(piece: &str, charset: Charset, rules: &TextRules) -> Option<String> {
    let decoded = rules.charsets.decode(piece, charset)?.text;
    let likely = |word: &str| match words::standing(word, rules) {
        Standing::Ascii | Standing::Right => true,
        Standing::Slip | Standing::Foreign => words::is_telltale(piece) && words::is_plausible(word),
    };
    decoded.split(words::is_break).filter(|word| !word.is_empty()).all(likely).then_some(decoded)
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
