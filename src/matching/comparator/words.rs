//! What comparing a part of a name and comparing a whole one have in common.

use crate::matching::{
    confusion::Confusions,
    frequency::{CommunityNames, NameInformation, WordInformation},
    lexicon::{Lexicon, WordIx},
};

/// What names are compared with.
#[derive(Clone, Copy)]
pub struct NameContext<'a> {
    /// Every word.
    pub lexicon: &'a Lexicon,
    /// Words of every name.
    pub arena: &'a [WordIx],
    /// Spellings taken for one another.
    pub confusions: &'a Confusions,
    /// Information of the field's words.
    pub information: &'a NameInformation,
    /// The same, among those whom both names may belong to.
    pub among: &'a CommunityNames,
    /// The surname only repeats that of a name which is compared too: it adds no information.
    pub surname_said: bool,
}

impl NameContext<'_> {
    /// The bits of a part that are not said elsewhere.
    pub fn said(&self, part: usize, bits: f32) -> f32 {
        if self.surname_said && part == SURNAME { 0.0 } else { bits }
    }
}

/// The surname among the parts of a name.
pub const SURNAME: usize = 0;
/// The middle words.
pub const MIDDLE: usize = 1;
/// The given name.
pub const GIVEN: usize = 2;

/// Whether every word is the other or abbreviates it, with the bits in what agrees.
pub fn compare_initials(
    lexicon: &Lexicon,
    information: &WordInformation,
    ours: &[WordIx],
    theirs: &[WordIx],
) -> Option<(bool, f32)> {
    let mut bits = 0.0;
    for (one, other) in ours.iter().zip(theirs) {
        let (a, b) = (lexicon.plain(*one), lexicon.plain(*other));
        let abbreviates = |short: WordIx, stem: &str, word: &str| {
            lexicon.form(short).abbreviates && !stem.is_empty() && word.starts_with(stem)
        };
        bits += if one == other && !lexicon.form(*one).abbreviates {
            information.word(*one)
        } else if abbreviates(*one, a, b) || abbreviates(*other, b, a) {
            information.initial(lexicon, *one)
        } else if a == b {
            // Written out on both sides, on one without diacritics.
            information.plain(lexicon, *one)
        } else {
            return Some((false, 0.0));
        };
    }
    (ours.len() == theirs.len()).then_some((true, bits))
}

/// Bits of some words together.
pub fn sum_bits(words: &[WordIx], bits: impl Fn(WordIx) -> f32) -> f32 {
    sum_bits_of(words.iter(), bits)
}

/// The same of words that are picked out.
pub fn sum_bits_of<'a>(words: impl Iterator<Item = &'a WordIx>, bits: impl Fn(WordIx) -> f32) -> f32 {
    words.map(|word| bits(*word)).fold(0.0, |sum, bits| sum + bits)
}
