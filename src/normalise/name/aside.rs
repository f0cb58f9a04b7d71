//! What stands beside a name in its cell: brackets, remarks, nicknames, numbering, stray signs.

use std::borrow::Cow;

use super::NameReading;
use crate::{
    record::Change,
    rules::{Rules, cell_key},
    text::fold::plain,
};

/// Takes brackets, tails behind dashes and stray signs off; returns the text that is left.
pub(super) fn take(text: &str, rules: &Rules, reading: &mut NameReading) -> String {
    let text = if text.contains('_') {
        reading.changes.insert(Change::Punctuation);
        Cow::Owned(text.replace('_', " "))
    } else {
        Cow::Borrowed(text)
    };
    let text = take_brackets(&text, rules, reading);
    take_tail(&text, rules, reading)
}

fn trim_noted<'a>(text: &'a str, reading: &mut NameReading) -> &'a str {
    let trimmed = trim_signs(text);
    if trimmed.len() != text.trim().len() {
        reading.changes.insert(Change::Punctuation);
    }
    trimmed
}

/// Cuts out (…), […], {…}; a bracket that is not closed runs to the end.
fn take_brackets(text: &str, rules: &Rules, reading: &mut NameReading) -> String {
    let mut outside = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find(['(', '[', '{']) {
        outside.push_str(&rest[..open]);
        let inside = &rest[open + 1..];
        let close = inside.find([')', ']', '}']);
        let (content, after) = match close {
            Some(close) => (&inside[..close], &inside[close + 1..]),
            None => (inside, ""),
        };
        reading.changes.insert(Change::BracketRemoved);
        take_remark_or_nickname(content, rules, reading);
        outside.push(' ');
        rest = after;
    }
    outside.push_str(rest);
    outside.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The content of a bracket or a tail: a number or letter for namesakes, a remark, or a nickname.
fn take_remark_or_nickname(content: &str, rules: &Rules, reading: &mut NameReading) {
    let content = strip_nickname_mark(content.trim(), rules).unwrap_or(content).trim();
    let content = trim_signs(content);
    let folded = plain(content);
    let is_mark =
        content.len() <= 2 && content.chars().all(|sign| sign.is_ascii_digit() || matches!(sign, 'A'..='D'));
    let says_nothing = content.is_empty() || rules.names.is_title(&content.to_lowercase());
    if says_nothing {
    } else if let Some(Some(gender)) = rules.names.unnamed(&cell_key(content)) {
        // "(Trai)": said of the child, not its name.
        reading.gender_hint = reading.gender_hint.or(Some(gender));
    } else if folded.contains(' ') && rules.names.unnamed(&folded).is_some() {
        reading.unnamed = true;
    } else if is_mark {
        reading.suffix.get_or_insert_with(|| content.to_owned());
    } else if content.chars().all(|sign| sign.is_alphabetic() || matches!(sign, ' ' | '\'' | '-'))
        && content.split(' ').count() <= 4
        && !starts_with_remark(&folded, rules)
    {
        reading.nickname.get_or_insert_with(|| super::words::cased_phrase(content, rules));
    }
}

fn starts_with_remark(folded: &str, rules: &Rules) -> bool {
    rules.names.remarks.iter().any(|remark| {
        let mut words = folded.split(' ');
        remark.iter().all(|word| words.next() == Some(word))
    }) || rules.names.is_unknown(folded)
}

/// What follows "tên ở nhà", "biệt danh" …
fn strip_nickname_mark<'a>(text: &'a str, rules: &Rules) -> Option<&'a str> {
    let folded = plain(text);
    rules.names.nickname_marks.iter().find_map(|mark| {
        let mut words = folded.split(' ');
        mark.iter().all(|word| words.next() == Some(word)).then(|| skip_words(text, mark.len()))
    })
}

/// Cuts off what follows a dash, a slash, a comma or a nickname mark.
fn take_tail(text: &str, rules: &Rules, reading: &mut NameReading) -> String {
    let folded = plain(text);
    let mark = rules.names.nickname_marks.iter().find_map(|mark| {
        let at = folded.split(' ').collect::<Vec<_>>().windows(mark.len()).position(|words| words == mark)?;
        (at > 0).then_some((at, mark.len()))
    });
    if let Some((at, length)) = mark {
        let rest = skip_words(text, at);
        let head = &text[..text.len() - rest.len()];
        reading.changes.insert(Change::BracketRemoved);
        take_remark_or_nickname(skip_words(rest, length), rules, reading);
        return trim_signs(head).to_owned();
    }
    let text = trim_noted(text, reading);
    let Some(at) = text
        .match_indices([',', ';', '/', '\\', '|', '+', '=', '-', '–', '"', '“', '”'])
        .map(|(at, _)| at)
        .find(|at| *at > 0 && !is_inner_hyphen(text, *at))
    else {
        return text.to_owned();
    };
    let (head, tail) = text.split_at(at);
    let tail = trim_signs(tail);
    if tail.chars().all(|sign| sign.is_ascii_digit()) {
        reading.suffix.get_or_insert_with(|| tail.to_owned());
        reading.changes.insert(Change::SuffixRemoved);
    } else if starts_with_remark(&plain(tail), rules) || tail.chars().any(|sign| sign.is_ascii_digit()) {
        reading.changes.insert(Change::BracketRemoved);
    } else {
        // Another person or a remark nobody has foreseen: the name before it is kept, a person
        // should look.
        reading.foreign_signs = true;
    }
    trim_signs(head).to_owned()
}

/// A hyphen between letters belongs to a foreign or minority name (Anna-Maria).
fn is_inner_hyphen(text: &str, at: usize) -> bool {
    text[at..].starts_with('-')
        && text[..at].ends_with(char::is_alphabetic)
        && text[at + 1..].starts_with(char::is_alphabetic)
}

/// Where the text ends once a remark of two words or more behind the name ("đã mất") is cut off.
pub(super) fn take_remark(text: &str, rules: &Rules) -> Option<usize> {
    // Every such remark begins in one of the last four words; names are rarely longer than that,
    // so the fold is made for longer cells only.
    if text.split(' ').count() < 4 {
        return None;
    }
    let folded = plain(text);
    let words: Vec<&str> = folded.split(' ').collect();
    let remark = rules.names.remarks.iter().find(|remark| {
        remark.len() > 1 && words.ends_with(&remark.iter().map(String::as_str).collect::<Vec<_>>())
    })?;
    let kept = words.len() - remark.len();
    let rest = skip_words(text, kept);
    (kept >= 2).then(|| trim_signs(&text[..text.len() - rest.len()]).len())
}

/// What is left behind the first `count` words, a word being letters and digits in a row (as
/// [`plain`] parts them).
pub(super) fn skip_words(text: &str, count: usize) -> &str {
    let mut rest = text;
    for _ in 0..count {
        rest = rest.trim_start_matches(|sign: char| !sign.is_alphanumeric());
        rest = rest.trim_start_matches(char::is_alphanumeric);
    }
    rest.trim_start_matches(|sign: char| !sign.is_alphanumeric())
}

/// The text without numbering at its beginning ("1.", "-", "*") and signs at its ends. A full stop
/// behind stays: it may mark an abbreviation.
fn trim_signs(text: &str) -> &str {
    let is_sign = |sign: char| !sign.is_alphanumeric() && !matches!(sign, '~' | '.');
    let mut text = text.trim_matches(is_sign);
    let number = text.trim_start_matches(|sign: char| sign.is_ascii_digit());
    if number.len() < text.len() && number.starts_with(['.', ')', '-', '/', ' ']) {
        text = number.trim_start_matches(|sign: char| !sign.is_alphanumeric());
    }
    text.trim_start_matches('.').trim_matches(is_sign)
}
