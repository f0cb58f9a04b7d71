//! How two different words relate: the slip, if any, that turns one into the other.

use super::{
    confusion::Confusions,
    lexicon::{Lexicon, WordForm, WordIx},
};

/// What turns one word into another, closest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum WordRelation {
    /// The same spelling.
    Equal,
    /// Telex or VNI typing that was never turned into letters (Hair, Ha3i for Hải).
    Typing,
    /// Syllables taken for one another by ear (s/x, hỏi/ngã, n/ng …).
    Confusion,
    /// The same letters under another tone.
    Tone,
    /// The same base letters with other hooks, horns or circumflexes.
    Shape,
    /// One letter more, less, other, or two exchanged.
    Keyboard,
    /// Nothing of the kind.
    Different,
}

/// Relates two words. Linear in their length, no allocation.
pub fn relate(lexicon: &Lexicon, confusions: &Confusions, a: WordIx, b: WordIx) -> WordRelation {
    if a == b {
        return WordRelation::Equal;
    }
    let (one, other) = (lexicon.form(a), lexicon.form(b));
    let meant = |typed: &WordForm, key: &str| typed.typed.as_deref() == Some(key);
    if meant(one, &other.key) || meant(other, &one.key) {
        return WordRelation::Typing;
    }
    if let (Some(x), Some(y)) = (one.syllable, other.syllable) {
        if confusions.alike(x, y) {
            return WordRelation::Confusion;
        }
        if x.syllable.onset == y.syllable.onset && x.syllable.rime == y.syllable.rime {
            return WordRelation::Tone;
        }
    }
    if one.plain == other.plain {
        return WordRelation::Shape;
    }
    if is_keyboard_slip(one, other, lexicon.plain(a), lexicon.plain(b)) {
        WordRelation::Keyboard
    } else {
        WordRelation::Different
    }
}

/// True when the spellings are one edit apart, diacritics and all: Hươngg is a slip of Hương, and
/// not of Hường.
pub fn exact_slip(lexicon: &Lexicon, a: WordIx, b: WordIx) -> bool {
    let letters = |ix: WordIx| {
        let mut letters = ['\0'; MOST_LETTERS];
        let mut count = 0;
        for letter in lexicon.form(ix).key.chars() {
            *letters.get_mut(count)? = letter;
            count += 1;
        }
        Some((letters, count))
    };
    match (letters(a), letters(b)) {
        (Some((a, of_a)), Some((b, of_b))) => one_edit_apart(&a[..of_a], &b[..of_b]),
        _ => false,
    }
}

/// No syllable is longer.
const MOST_LETTERS: usize = 16;

/// True when the spellings without diacritics are one edit apart.
pub fn plain_slip(lexicon: &Lexicon, a: WordIx, b: WordIx) -> bool {
    let (one, other) = (lexicon.form(a), lexicon.form(b));
    is_keyboard_slip(one, other, lexicon.plain(a), lexicon.plain(b))
}

fn is_keyboard_slip(one: &WordForm, other: &WordForm, a: &str, b: &str) -> bool {
    one.letters.abs_diff(other.letters) <= 1
        && one.letters.max(other.letters) >= 3
        && one_edit_apart(a.as_bytes(), b.as_bytes())
}

/// True when one insertion, deletion, substitution or exchange of neighbours turns `a` into `b`
/// (optimal string alignment distance 1). Linear: what lies between the common ends decides.
pub fn one_edit_apart<T: PartialEq>(a: &[T], b: &[T]) -> bool {
    let prefix = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[prefix..], &b[prefix..]);
    let suffix = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    match (&a[..a.len() - suffix], &b[..b.len() - suffix]) {
        ([_], [_]) | ([_], []) | ([], [_]) => true,
        ([w, x], [y, z]) => w == z && x == y,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::one_edit_apart;

    proptest! {
        #[test]
        fn agrees_with_the_reference_distance(a in "[abc]{0,6}", b in "[abc]{0,6}") {
            prop_assert_eq!(one_edit_apart(a.as_bytes(), b.as_bytes()), strsim::osa_distance(&a, &b) == 1);
        }
    }
}
