//! A child's own name, part by part: surname, middle words, given name each for itself.
//!
//! A name typed without any diacritics is compared by its letters alone (levels `bare…`), one with
//! initials by first letters (levels `initial…`): how a record was typed says nothing about who it
//! is, so each way of typing has its own probabilities.

use super::{
    Found,
    words::{GIVEN, MIDDLE, NameContext, SURNAME, compare_initials, sum_bits, sum_bits_of},
};
use crate::matching::{
    frequency::WordInformation,
    lexicon::{Lexicon, WordIx},
    slot::NameSlot,
    word::{WordRelation, exact_slip, plain_slip, relate},
};

/// Levels of a part, as in [`crate::rules::ComparatorKind::levels`].
mod part_level {
    pub const WHOLE: u8 = 0;
    pub const EQUAL: u8 = 1;
    pub const SLIP: u8 = 2;
    pub const CONFUSION: u8 = 3;
    pub const TONE: u8 = 4;
    pub const SHAPE: u8 = 5;
    pub const KEYBOARD: u8 = 6;
    pub const REORDERED: u8 = 7;
    pub const ELSEWHERE: u8 = 8;
    pub const SUBSET: u8 = 9;
    pub const PARTIAL: u8 = 10;
    pub const DIFFERENT: u8 = 11;
    pub const BARE: u8 = 12;
    pub const BARE_SLIP: u8 = 13;
    pub const BARE_SUBSET: u8 = 14;
    pub const BARE_DIFFERENT: u8 = 15;
    pub const INITIAL: u8 = 16;
    pub const INITIAL_SLIP: u8 = 17;
    pub const INITIAL_DIFFERENT: u8 = 18;
}

/// Compares one part (0 surname, 1 middle words, 2 given name) of two names. `None` where a side
/// does not have the part, or has a name used at home in its place.
pub fn compare_part(context: NameContext<'_>, part: usize, a: NameSlot, b: NameSlot) -> Option<Found> {
    let found = compare_written_part(context, part, a, b)?;
    if part == SURNAME || !parts_differ(found.level) {
        return Some(found);
    }
    let says_nothing = a.is_nickname()
        || b.is_nickname()
        // Whoever was given another name has other middle words with it: one change, not two.
        || part == MIDDLE
            && compare_written_part(context, GIVEN, a, b).is_some_and(|given| parts_differ(given.level));
    (!says_nothing).then_some(found)
}

fn parts_differ(level: u8) -> bool {
    matches!(level, part_level::DIFFERENT | part_level::BARE_DIFFERENT | part_level::INITIAL_DIFFERENT)
}

fn compare_written_part(context: NameContext<'_>, part: usize, a: NameSlot, b: NameSlot) -> Option<Found> {
    let (our_parts, their_parts) = (a.parts(context.arena), b.parts(context.arena));
    let (ours, theirs) = (our_parts[part], their_parts[part]);
    let information = &context.among.parts[part];
    if ours.is_empty() || theirs.is_empty() {
        return middle_left_out(part, a, b, our_parts, their_parts);
    }
    if a.is_pattern() || b.is_pattern() {
        return compare_initials(context.lexicon, information, ours, theirs).map(|(same, bits)| match same {
            false => Found::at(part_level::INITIAL_DIFFERENT, 0.0),
            true if part == GIVEN && marks_differ(context.lexicon, a, b, ours, theirs) => Found::at(
                part_level::INITIAL_SLIP,
                sum_bits_of(ours.iter().chain(theirs), |word| information.word(word) / 2.0),
            ),
            true => Found::at(part_level::INITIAL, bits),
        });
    }
    // Twins may share the given name or the middle words, hardly ever both: where all words are
    // the same they are one piece of evidence, not two.
    match (FirstNames::relate(context, a, b), part) {
        (FirstNames::Equal | FirstNames::Reordered, MIDDLE) => return None,
        (FirstNames::Equal, GIVEN) => return Some(compare_equal_first_names(context, a, our_parts)),
        (FirstNames::Reordered, GIVEN) => return Some(compare_reordered(context, a, b, our_parts)),
        _ => {}
    }
    // A name that needs no diacritics is as good as any. Where one is typed without them, only the
    // letters can be compared; where both are, the spelling would look rarer than the name is.
    if a.is_bare() && b.is_bare() && ours == theirs {
        return Some(Found::at(part_level::EQUAL, plain_bits(context, part, ours)));
    }
    if a.is_bare() || b.is_bare() {
        return Some(compare_bare(context.lexicon, information, part, ours, theirs));
    }
    if let Some(found) = compare_words(context, part, ours, theirs) {
        return Some(found);
    }
    Some(compare_scattered(context, part, a, b))
}

/// Whether a word written out on both sides, each in a name that has diacritics, is another word for
/// them: T. Ân is not Thiên An.
fn marks_differ(lexicon: &Lexicon, a: NameSlot, b: NameSlot, ours: &[WordIx], theirs: &[WordIx]) -> bool {
    let written = |word: &WordIx| !lexicon.form(*word).abbreviates;
    !a.is_bare()
        && !b.is_bare()
        && ours.iter().zip(theirs).any(|(one, other)| one != other && written(one) && written(other))
}

/// A middle name left out; a name that is nothing but a given name says nothing of it.
fn middle_left_out(
    part: usize,
    a: NameSlot,
    b: NameSlot,
    ours: [&[WordIx]; 3],
    theirs: [&[WordIx]; 3],
) -> Option<Found> {
    let complete = |name: NameSlot| !name.is_pattern() && !name.is_nickname();
    let left_out = part == MIDDLE
        && ours[MIDDLE].len() != theirs[MIDDLE].len()
        && ours[SURNAME].len() == theirs[SURNAME].len()
        && complete(a)
        && complete(b);
    let level = if a.is_bare() || b.is_bare() { part_level::BARE_SUBSET } else { part_level::SUBSET };
    left_out.then(|| Found::at(level, 0.0))
}

/// How the middle words and the given name of two written-out names relate, taken together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FirstNames {
    /// The same words in the same order, diacritics and all.
    Equal,
    /// The same words in another order; without diacritics where a side has none.
    Reordered,
    Other,
}

impl FirstNames {
    fn relate(context: NameContext<'_>, a: NameSlot, b: NameSlot) -> Self {
        let (ours, theirs) = (a.parts(context.arena), b.parts(context.arena));
        let (ours, theirs) = (&ours[MIDDLE..], &theirs[MIDDLE..]);
        if ours == theirs {
            return Self::Equal;
        }
        let plain = |word: &WordIx| context.lexicon.form(*word).plain;
        let bare = a.is_bare() || b.is_bare();
        // Nearly all names are neither: what differs in sum is no other order of the same.
        let sum = |parts: &[&[WordIx]]| {
            let number = |word: &WordIx| u64::from(if bare { plain(word) } else { word.0 });
            words_of(parts).fold((0, 0), |(count, sum), word| (count + 1, sum + number(word)))
        };
        if sum(ours) != sum(theirs) {
            return Self::Other;
        }
        let same =
            |one: &WordIx, other: &WordIx| if bare { plain(one) == plain(other) } else { one == other };
        let in_order = words_of(ours).zip(words_of(theirs)).all(|(one, other)| same(one, other));
        if !in_order && same_words(ours, theirs, same) { Self::Reordered } else { Self::Other }
    }
}

fn words_of<'a>(parts: &'a [&'a [WordIx]]) -> impl Iterator<Item = &'a WordIx> + Clone {
    parts.iter().flat_map(|part| part.iter())
}

/// The same words in any order.
fn same_words(ours: &[&[WordIx]], theirs: &[&[WordIx]], same: impl Fn(&WordIx, &WordIx) -> bool) -> bool {
    let count = |parts, word: &WordIx| words_of(parts).filter(|other| same(other, word)).count();
    words_of(ours).count() == words_of(theirs).count()
        && words_of(ours).all(|word| count(ours, word) == count(theirs, word))
}

fn compare_equal_first_names(context: NameContext<'_>, a: NameSlot, ours: [&[WordIx]; 3]) -> Found {
    let bits = if a.is_bare() {
        plain_bits(context, MIDDLE, ours[MIDDLE]) + plain_bits(context, GIVEN, ours[GIVEN])
    } else {
        context.among.first_names(ours[MIDDLE], ours[GIVEN])
    };
    Found::at(part_level::WHOLE, bits)
}

fn compare_reordered(context: NameContext<'_>, a: NameSlot, b: NameSlot, ours: [&[WordIx]; 3]) -> Found {
    if a.is_bare() || b.is_bare() {
        let bits = plain_bits(context, MIDDLE, ours[MIDDLE]) + plain_bits(context, GIVEN, ours[GIVEN]);
        return Found::at(part_level::BARE_SLIP, bits);
    }
    Found::at(part_level::REORDERED, context.among.first_names(ours[MIDDLE], ours[GIVEN]))
}

/// Bits in words without their diacritics.
fn plain_bits(context: NameContext<'_>, part: usize, words: &[WordIx]) -> f32 {
    sum_bits(words, |word| context.among.parts[part].plain(context.lexicon, word))
}

/// Words that do not stand one for one: elsewhere in the other name (another order, or the given
/// name is one of two and the other was left out), some of them, or none.
fn compare_scattered(context: NameContext<'_>, part: usize, a: NameSlot, b: NameSlot) -> Found {
    let (ours, theirs) = (a.parts(context.arena)[part], b.parts(context.arena)[part]);
    let information = &context.among.parts[part];
    let anywhere = |words: &[WordIx], name: NameSlot| {
        let name = name.words(context.arena);
        words.iter().any(|word| name.contains(word))
    };
    if !anywhere(ours, b) && !anywhere(theirs, a) {
        return Found::at(part_level::DIFFERENT, 0.0);
    }
    // A given name that repeats a middle word (Đình Đình) is not found in the same middle word.
    let elsewhere = |words: &[WordIx], own: NameSlot, name: NameSlot| {
        let count = |of: NameSlot, from: usize, to: usize, word: &WordIx| {
            words_of(&of.parts(context.arena)[from..to]).filter(|other| *other == word).count()
        };
        words.iter().all(|word| {
            let before = if part == GIVEN { count(own, SURNAME, GIVEN, word) } else { 0 };
            count(name, SURNAME, GIVEN + 1, word) > before
        })
    };
    let (ours_there, theirs_here) = (elsewhere(ours, a, b), elsewhere(theirs, b, a));
    if ours_there && theirs_here || part == GIVEN && (ours_there || theirs_here) {
        let found = if ours_there { ours } else { theirs };
        let level = if part == GIVEN { part_level::ELSEWHERE } else { part_level::REORDERED };
        return Found::at(level, sum_bits(found, |word| information.word(word)));
    }
    let (few, many) = if ours.len() <= theirs.len() { (ours, theirs) } else { (theirs, ours) };
    let common = few.iter().filter(|word| many.contains(word));
    let bits = sum_bits_of(common.clone(), |word| information.word(word));
    let level = match common.count() {
        0 => part_level::DIFFERENT,
        all if all == few.len() => part_level::SUBSET,
        _ => part_level::PARTIAL,
    };
    Found::at(level, bits)
}

/// Same number of words, at most one of them slipped.
fn compare_words(context: NameContext<'_>, part: usize, ours: &[WordIx], theirs: &[WordIx]) -> Option<Found> {
    let (information, names) = (&context.among.parts[part], context.information);
    if ours.len() != theirs.len() {
        return None;
    }
    let mut bits = 0.0;
    let mut slip = WordRelation::Equal;
    let mut to_no_name = false;
    for (one, other) in ours.iter().zip(theirs) {
        let relation = relate(context.lexicon, context.confusions, *one, *other);
        if relation == WordRelation::Different
            || (relation != WordRelation::Equal && slip != WordRelation::Equal)
        {
            return None;
        }
        slip = slip.max(relation);
        to_no_name |= relation != WordRelation::Equal
            && names.is_name(part, *one) != names.is_name(part, *other)
            && (relation != WordRelation::Keyboard || exact_slip(context.lexicon, *one, *other));
        bits += information.word(*one).max(information.word(*other));
    }
    let level = match slip {
        _ if to_no_name => part_level::SLIP,
        WordRelation::Equal => part_level::EQUAL,
        WordRelation::Typing => part_level::SLIP,
        WordRelation::Confusion => part_level::CONFUSION,
        WordRelation::Tone => part_level::TONE,
        WordRelation::Shape => part_level::SHAPE,
        WordRelation::Keyboard => part_level::KEYBOARD,
        WordRelation::Different => return None,
    };
    Some(Found::at(level, bits))
}

fn compare_bare(
    lexicon: &Lexicon,
    information: &WordInformation,
    part: usize,
    ours: &[WordIx],
    theirs: &[WordIx],
) -> Found {
    let plain = |word: &WordIx| lexicon.form(*word).plain;
    if ours.len() != theirs.len() {
        let (few, many) = if ours.len() < theirs.len() { (ours, theirs) } else { (theirs, ours) };
        let left_out = few.iter().all(|word| many.iter().any(|other| plain(word) == plain(other)));
        return if left_out && part == MIDDLE {
            Found::at(part_level::BARE_SUBSET, sum_bits(few, |word| information.plain(lexicon, word)))
        } else {
            Found::at(part_level::BARE_DIFFERENT, 0.0)
        };
    }
    let mut slips = 0;
    let mut bits = 0.0;
    for (one, other) in ours.iter().zip(theirs) {
        if plain(one) != plain(other) {
            if !plain_slip(lexicon, *one, *other) {
                return Found::at(part_level::BARE_DIFFERENT, 0.0);
            }
            slips += 1;
        }
        bits += information.plain(lexicon, *one).max(information.plain(lexicon, *other));
    }
    match slips {
        0 => Found::at(part_level::BARE, bits),
        1 => Found::at(part_level::BARE_SLIP, bits),
        _ => Found::at(part_level::BARE_DIFFERENT, 0.0),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::{super::compare_names, *};
    use crate::{
        matching::{
            community::Community,
            confusion::Confusions,
            frequency::{NameCounting, NameInformation},
            slot::StoredWord,
        },
        record::{NameOrder, PersonName},
        rules::{ComparatorKind, Rules},
    };

    /// The level found for a part of two names (surname and given name are one word each).
    fn level(part: usize, one: &str, other: &str) -> Option<&'static str> {
        let found = compare(one, other, false, |context, a, b| compare_part(context, part, a, b))?;
        Some(ComparatorKind::GivenName.levels()[usize::from(found.level)])
    }

    /// What a comparator finds in two names.
    fn compare<T>(
        one: &str,
        other: &str,
        surname_said: bool,
        found: impl FnOnce(NameContext<'_>, NameSlot, NameSlot) -> T,
    ) -> T {
        static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::built_in().unwrap());
        let rules = &*RULES;
        let confusions = Confusions::new(&rules.matching.confusions, &rules.text.syllables);
        let (mut lexicon, mut arena) = (Lexicon::default(), Vec::new());
        let mut store = |text: &str| {
            let name = PersonName::new(text.split(' '), 1, 1, NameOrder::SurnameFirst, text.contains('.'));
            NameSlot::store(&name.unwrap(), &mut arena, |text| {
                let word = lexicon.word(text, &rules.text.syllables, &confusions);
                let form = lexicon.form(word);
                StoredWord { word, bare: form.bare, nickname: rules.names.is_nickname(&form.key) }
            })
            .unwrap()
        };
        let (one, other) = (store(one), store(other));
        let anybody = Community::new(0, 0);
        let names: Vec<_> = [one, other].iter().map(|name| (name.slot(), anybody)).collect();
        let known = |_: usize, key: &str| {
            let names = ["hương", "hường", "nguyễn", "sơn", "xơn", "an", "ân", "anh", "ánh", "lan"];
            if names.contains(&key) { 0.05 } else { 0.0 }
        };
        let information = NameInformation::count(
            names.iter().copied(),
            &NameCounting {
                arena: &arena,
                lexicon: &lexicon,
                prior: &known,
                prior_weight: 1000.0,
                community_weight: 50.0,
                rarest: 15.0,
                term_frequency: true,
            },
        );
        let context = NameContext {
            lexicon: &lexicon,
            arena: &arena,
            confusions: &confusions,
            information: &information,
            among: information.among(anybody),
            surname_said,
        };
        found(context, one, other)
    }

    #[test]
    fn given_names_are_told_apart_by_what_slipped() {
        let cases = [
            ("Lê Thị Hương", "Lê Thị Hương", Some("whole")),
            ("Lê Thị Hương", "Lê Thu Hương", Some("equal")),
            ("Lê Thị Hương", "Lê Thị Hường", Some("tone")),
            ("Lê Bảo An", "Lê Bảo Ân", Some("shape")),
            ("Lê Văn Sơn", "Lê Văn Xơn", Some("confusion")),
            ("Lê Minh Hương", "Lê Hương Minh", Some("reordered")),
            ("Lê Minh Hương", "Lê Lan Minh", Some("elsewhere")),
            ("Lê Hương Hương", "Lê Hương Lan", Some("different")),
            ("Lê Thị Hương", "Le Thi Huong", Some("bare")),
            ("Lê Thị Hương", "Le Thi Huon", Some("bare_slip")),
            ("Lê Minh Hương", "Le Huong Minh", Some("bare_slip")),
            ("Lê Duy Hải", "Lê Duy Hair", Some("slip")),
            // No name, and one letter from one name: its slip; from another name farther off.
            ("Lê Thị Hương", "Lê Thị Hươngg", Some("slip")),
            ("Lê Thị Hường", "Lê Thị Hươngg", Some("keyboard")),
            ("Lê Thị Lan", "Lê T. Lan", Some("initial")),
            ("Lê Thị Hân", "Lê T. Hà", Some("initial_different")),
            ("Lê Thị Hân", "Lê T. H.", Some("initial")),
            ("Lê Thiên An", "L. T. Ân", Some("initial_slip")),
            ("Le Thien An", "Lê T. Ân", Some("initial")),
            ("Lê Thị Hương", "Lê Thị Quỳnh", Some("different")),
            ("Lê Thị Hương", "Lê Tèo", None),
        ];
        for (one, other, expected) in cases {
            assert_eq!(level(GIVEN, one, other), expected, "{one} / {other}");
            assert_eq!(level(GIVEN, other, one), expected, "{other} / {one}");
        }
    }

    #[test]
    fn an_equal_whole_name_is_counted_once() {
        assert_eq!(level(MIDDLE, "Lê Thị Hương", "Lê Thị Hương"), None);
        assert_eq!(level(MIDDLE, "Lê Thị Hương", "Lê Thị Lan"), Some("equal"));
        assert_eq!(level(MIDDLE, "Lê Minh Hương", "Lê Hương Minh"), None);
    }

    #[test]
    fn a_fathers_surname_that_repeats_the_childs_says_nothing_more() {
        let bits = |said| {
            let found = compare("Lê Văn Sơn", "Lê Văn Sơn", said, compare_names);
            (ComparatorKind::Name.levels()[usize::from(found.level)], found.information)
        };
        let ((whole, all), (same, less)) = (bits(false), bits(true));
        assert_eq!((whole, same), ("equal", "equal"));
        assert!(less > 0.0 && less < all, "{less} {all}");
    }

    #[test]
    fn middle_words_may_be_left_out() {
        let cases = [
            ("Lê Hương", "Lê Thị Hương", Some("subset")),
            ("Lê Thị Thu Hương", "Lê Thu Hương", Some("subset")),
            ("Lê Thị Thu Hương", "Lê Thị Mai Hương", Some("partial")),
            ("Le Thu Huong", "Lê Thị Thu Hương", Some("bare_subset")),
            ("Le Huong", "Lê Thị Hương", Some("bare_subset")),
            ("Hương", "Lê Thị Hương", None),
            ("Lê Thị Hương", "Lê Văn Quỳnh", None),
        ];
        for (one, other, expected) in cases {
            assert_eq!(level(MIDDLE, one, other), expected, "{one} / {other}");
            assert_eq!(level(MIDDLE, other, one), expected, "{other} / {one}");
        }
    }
}
