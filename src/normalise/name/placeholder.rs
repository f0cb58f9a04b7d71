//! Cells that stand in for a name: "Chưa đặt tên", "Bé gái", "Con bà Nguyễn Thị Hoa", "Không rõ".

use super::{
    Bearer, NameReading,
    aside::{self, skip_words},
    parts, words,
};
use crate::rules::{Rules, cell_key};

/// Recognises a placeholder and notes what it says. False for a cell that holds a name.
pub(super) fn take(text: &str, rules: &Rules, bearer: Bearer, reading: &mut NameReading) -> bool {
    if !text.chars().any(char::is_alphabetic) {
        reading.foreign_signs |= text.chars().any(char::is_numeric);
        return true;
    }
    let key = cell_key(text);
    if rules.names.is_unknown(&key) {
        return true;
    }
    if bearer == Bearer::Parent {
        return false;
    }
    // "Bé gái 2": the second of twins.
    let numbered = key.ends_with(|sign: char| sign.is_ascii_digit());
    let unnumbered = text.trim_end_matches(|sign: char| !sign.is_alphabetic());
    let gender =
        if numbered { rules.names.unnamed(&cell_key(unnumbered)) } else { rules.names.unnamed(&key) };
    if let Some(gender) = gender {
        reading.unnamed = true;
        reading.gender_hint = gender;
        return true;
    }
    take_unnamed_tail(&key, rules, reading) || take_child_of(text, &key, rules, reading)
}

/// "Nguyễn chưa đặt tên": at most one word of a name before the phrase.
fn take_unnamed_tail(key: &str, rules: &Rules, reading: &mut NameReading) -> bool {
    let Some((_, phrase)) = key.split_once(' ') else { return false };
    let found = phrase.contains(' ') && rules.names.unnamed(phrase).is_some();
    reading.unnamed |= found;
    found
}

/// "Con bà …", also behind another placeholder ("Chưa đặt tên - con bà …").
fn take_child_of(text: &str, key: &str, rules: &Rules, reading: &mut NameReading) -> bool {
    if !rules.names.begins_placeholder(key.split(' ').next().unwrap_or_default()) {
        return false;
    }
    let folded: Vec<&str> = key.split(' ').collect();
    let begins = |from: usize| {
        rules.names.child_of.iter().find(|child_of| {
            let phrase = &child_of.words;
            folded.len() >= from + phrase.len() && folded[from..from + phrase.len()] == phrase[..]
        })
    };
    let found = begins(0).map(|child_of| (child_of, child_of.words.len(), None)).or_else(|| {
        (1..folded.len().min(6)).rev().find_map(|from| {
            let gender = rules.names.unnamed(&folded[..from].join(" "))?;
            begins(from).map(|child_of| (child_of, from + child_of.words.len(), gender))
        })
    });
    let Some((child_of, skipped, gender)) = found else { return false };
    let rest = skip_words(text, skipped);
    reading.unnamed = true;
    reading.gender_hint = child_of.gender.or(gender);
    if child_of.mother && !rest.is_empty() {
        // What is odd about the mother's name is no finding about the child's.
        let mut unused = NameReading::default();
        let rest = aside::take(rest, rules, &mut unused);
        let cleaned = words::clean(&rest, rules, &mut unused);
        reading.mother_hint = parts::split(&cleaned, rules);
    }
    true
}
