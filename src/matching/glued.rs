//! Words grown together (KIỀUTRANG, Vănhùng): a word that is no syllable and that two neighbours of
//! some other name spell together is taken for those two. Only what the lists themselves show is
//! parted, and only for comparing: the stored name stays as written.

use rustc_hash::{FxHashMap, FxHashSet};

use super::lexicon::{Lexicon, WordIx, mix};

/// Fewest letters of a word that may be two.
const FEWEST_LETTERS: u8 = 5;

/// Words that are two, with the two.
#[derive(Debug, Default)]
pub struct Glued {
    parts: FxHashMap<WordIx, (WordIx, WordIx)>,
}

/// Words of names that may be two, by the key of what spells them.
type Wanted = FxHashMap<u64, Vec<WordIx>>;

impl Glued {
    /// Finds the glued words: `neighbours` are the pairs of words that stand side by side in names, with
    /// how often they do (a pair may come more than once). `is_name` says of a word that somebody is
    /// called so.
    pub fn find(
        neighbours: impl Iterator<Item = (WordIx, WordIx, u32)>,
        lexicon: &Lexicon,
        is_name: impl Fn(&str) -> bool,
    ) -> Self {
        let wanted = wanted(lexicon, is_name);
        if wanted.is_empty() {
            return Self::default();
        }
        // How often each two neighbours spell a wanted word.
        let mut counts: FxHashMap<(WordIx, WordIx, WordIx), u32> = FxHashMap::default();
        let mut seen: FxHashMap<(WordIx, WordIx), Vec<WordIx>> = FxHashMap::default();
        for (one, other, count) in neighbours {
            let spelt = seen.entry((one, other)).or_insert_with(|| {
                let (first, second) = (&*lexicon.form(one).key, &*lexicon.form(other).key);
                let words = wanted.get(&pair_key(lexicon, one, other)).cloned().unwrap_or_default();
                words.into_iter().filter(|word| spells(&lexicon.form(*word).key, first, second)).collect()
            });
            for word in spelt {
                *counts.entry((*word, one, other)).or_default() += count;
            }
        }
        let mut found: Vec<_> = counts.into_iter().collect();
        found.sort_unstable_by_key(|(words, count)| (words.0, std::cmp::Reverse(*count), words.1, words.2));
        found.dedup_by_key(|((word, ..), _)| *word);
        Self { parts: found.into_iter().map(|((word, first, second), _)| (word, (first, second))).collect() }
    }

    /// The [`pair_key`]s of what could spell a glued word, in order.
    pub fn wanted_keys(lexicon: &Lexicon, is_name: impl Fn(&str) -> bool) -> Vec<u64> {
        let mut keys: Vec<u64> = wanted(lexicon, is_name).into_keys().collect();
        keys.sort_unstable();
        keys
    }

    /// The words that may be two, whatever further names show.
    pub fn doubtful(lexicon: &Lexicon, is_name: impl Fn(&str) -> bool) -> FxHashSet<WordIx> {
        wanted(lexicon, is_name).into_values().flatten().collect()
    }

    /// The two words that a word is.
    pub fn parts(&self, word: WordIx) -> Option<(WordIx, WordIx)> {
        self.parts.get(&word).copied()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }
}

/// Words that are no syllables and nobody's name.
fn wanted(lexicon: &Lexicon, is_name: impl Fn(&str) -> bool) -> Wanted {
    let words = || (0..lexicon.len()).map(|ix| WordIx(ix as u32));
    // "Thuan" is no syllable, but Thuận typed without diacritics.
    let mut is_syllable = vec![false; lexicon.plain_count()];
    for form in words().map(|ix| lexicon.form(ix)).filter(|form| form.syllable.is_some()) {
        is_syllable[form.plain as usize] = true;
    }
    let mut wanted = Wanted::default();
    for ix in words() {
        let form = lexicon.form(ix);
        let whole_word = form.letters >= FEWEST_LETTERS && form.key.chars().all(char::is_alphabetic);
        if whole_word && !is_syllable[form.plain as usize] && !is_name(&form.key) {
            wanted.entry(spelling_key([&*form.key])).or_default().push(ix);
        }
    }
    wanted
}

/// The pairs of words that stand side by side in a name.
pub fn neighbours(name: &[WordIx]) -> impl Iterator<Item = (WordIx, WordIx, u32)> {
    name.windows(2).map(|pair| (pair[0], pair[1], 1))
}

/// The key by which two neighbours are found that spell a word.
pub fn pair_key(lexicon: &Lexicon, first: WordIx, second: WordIx) -> u64 {
    spelling_key([&*lexicon.form(first).key, &*lexicon.form(second).key])
}

/// The same for a word and for two that spell it together.
fn spelling_key<const N: usize>(words: [&str; N]) -> u64 {
    let bytes = words.into_iter().flat_map(str::bytes);
    mix(bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    }))
}

fn spells(word: &str, first: &str, second: &str) -> bool {
    word.strip_prefix(first) == Some(second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{matching::confusion::Confusions, rules::Rules};

    #[test]
    fn only_what_the_lists_show_is_parted() {
        let rules = Rules::built_in().unwrap();
        let confusions = Confusions::new(&rules.matching.confusions, &rules.text.syllables);
        let mut lexicon = Lexicon::default();
        let mut word = |text: &str| lexicon.word(text, &rules.text.syllables, &confusions);
        let mut name = |text: &str| text.split(' ').map(&mut word).collect::<Vec<_>>();
        let names = [
            name("Lê Kiều Trang"),
            name("Trương Thanh KIỀUTRANG"),
            // Not met parted; a syllable; typed without diacritics.
            name("Lê Minhquân"),
            name("Lê Tho An Thoan"),
            name("Lê Thu An Thuan Thuận"),
        ];
        let glued = Glued::find(names.iter().flat_map(|name| neighbours(name)), &lexicon, |_| false);
        assert_eq!(glued.parts(names[1][2]), Some((names[0][1], names[0][2])));
        let parted = names.iter().flatten().filter(|word| glued.parts(**word).is_some()).count();
        assert_eq!(parted, 1);
    }
}
