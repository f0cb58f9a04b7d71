//! The name of a parent or guardian, as a whole.

use super::{
    Found,
    words::{NameContext, compare_initials, sum_bits},
};
use crate::matching::{
    lexicon::WordIx,
    slot::NameSlot,
    word::{WordRelation, relate},
};

/// Levels of a whole name.
mod name_level {
    pub const EQUAL: u8 = 0;
    pub const ONE_SLIP: u8 = 1;
    pub const SUBSET: u8 = 2;
    pub const GIVEN_SURNAME: u8 = 3;
    pub const GIVEN_ONLY: u8 = 4;
    pub const CROSSED: u8 = 5;
    pub const DIFFERENT: u8 = 6;
    pub const BARE: u8 = 7;
    pub const BARE_SUBSET: u8 = 8;
    pub const BARE_DIFFERENT: u8 = 9;
    pub const INITIAL: u8 = 10;
    pub const INITIAL_DIFFERENT: u8 = 11;
}

/// Compares two whole names (of a parent, say).
pub fn compare_names(context: NameContext<'_>, a: NameSlot, b: NameSlot) -> Found {
    let NameContext { lexicon, arena, among: information, .. } = context;
    let (ours, theirs) = (a.parts(arena), b.parts(arena));
    if a.is_pattern() || b.is_pattern() {
        let mut bits = 0.0;
        for part in [0, 2] {
            match compare_initials(lexicon, &information.parts[part], ours[part], theirs[part]) {
                Some((true, part_bits)) => bits += context.said(part, part_bits),
                Some((false, _)) => return Found::at(name_level::INITIAL_DIFFERENT, 0.0),
                None => {}
            }
        }
        return Found::at(name_level::INITIAL, bits);
    }
    if a.is_bare() || b.is_bare() {
        return compare_bare_names(context, ours, theirs);
    }
    let words =
        |part: usize| context.said(part, sum_bits(ours[part], |word| information.parts[part].word(word)));
    if a.words(arena) == b.words(arena) {
        return Found::at(name_level::EQUAL, words(0) + words(1) + words(2));
    }
    if let Some(bits) = one_slip(context, ours, theirs) {
        return Found::at(name_level::ONE_SLIP, bits);
    }
    let same_given = ours[2] == theirs[2];
    let surnames_agree = ours[0] == theirs[0] || ours[0].is_empty() || theirs[0].is_empty();
    if !same_given {
        return Found::at(name_level::DIFFERENT, 0.0);
    }
    if !surnames_agree {
        return Found::at(name_level::GIVEN_ONLY, words(2));
    }
    let surname = if ours[0].is_empty() || theirs[0].is_empty() { 0.0 } else { words(0) };
    let (short, long) =
        if ours[1].len() <= theirs[1].len() { (ours[1], theirs[1]) } else { (theirs[1], ours[1]) };
    if short.iter().all(|word| long.contains(word)) {
        let middle = sum_bits(short, |word| information.parts[1].word(word));
        Found::at(name_level::SUBSET, surname + middle + words(2))
    } else {
        Found::at(name_level::GIVEN_SURNAME, surname + words(2))
    }
}

/// Compares a name with the name in another column of the other record: `None` unless it is the
/// same name, written there by mistake.
pub fn compare_crossed(context: NameContext<'_>, a: NameSlot, b: NameSlot) -> Option<Found> {
    let found = compare_names(context, a, b);
    let same = matches!(found.level, name_level::EQUAL | name_level::ONE_SLIP | name_level::BARE);
    same.then(|| Found::at(name_level::CROSSED, found.information))
}

/// True for a level of [`compare_names`] at which nothing agrees.
pub fn names_differ(level: u8) -> bool {
    matches!(level, name_level::DIFFERENT | name_level::BARE_DIFFERENT | name_level::INITIAL_DIFFERENT)
}

fn one_slip(context: NameContext<'_>, ours: [&[WordIx]; 3], theirs: [&[WordIx]; 3]) -> Option<f32> {
    let mut bits = 0.0;
    let mut slips = 0;
    for part in 0..3 {
        if ours[part].len() != theirs[part].len() {
            return None;
        }
        let information = &context.among.parts[part];
        for (one, other) in ours[part].iter().zip(theirs[part]) {
            match relate(context.lexicon, context.confusions, *one, *other) {
                WordRelation::Equal => {}
                WordRelation::Different => return None,
                _ => slips += 1,
            }
            bits += context.said(part, information.word(*one).max(information.word(*other)));
        }
    }
    (slips == 1).then_some(bits)
}

fn compare_bare_names(context: NameContext<'_>, ours: [&[WordIx]; 3], theirs: [&[WordIx]; 3]) -> Found {
    let NameContext { lexicon, among: information, .. } = context;
    let same = |part: usize| {
        ours[part].len() == theirs[part].len()
            && ours[part]
                .iter()
                .zip(theirs[part])
                .all(|(one, other)| lexicon.form(*one).plain == lexicon.form(*other).plain)
    };
    let bits = |part: usize| {
        context.said(part, sum_bits(ours[part], |word| information.parts[part].plain(lexicon, word)))
    };
    match (same(0), same(1), same(2)) {
        (true, true, true) => Found::at(name_level::BARE, bits(0) + bits(1) + bits(2)),
        (true, false, true) => Found::at(name_level::BARE_SUBSET, bits(0) + bits(2)),
        _ => Found::at(name_level::BARE_DIFFERENT, 0.0),
    }
}
