//! Words of rows that are no data: groups, subtotals, titles, signatures.

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

use crate::{
    rules::{RuleSource, RulesError},
    rules_file,
    text::fold,
};

/// A text folded for comparison with layout phrases, in two ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayoutText {
    /// Lower case with marks; everything but letters and digits is a single blank, and one stands
    /// before a number.
    pub marked: String,
    /// The same without marks.
    pub plain: String,
}

impl LayoutText {
    /// Folds a text.
    pub fn new(text: &str) -> Self {
        let mut marked = String::with_capacity(text.len());
        for letter in text.nfc().flat_map(char::to_lowercase).nfc() {
            if letter.is_alphanumeric() {
                // "TDP12" is two words.
                let number_begins = letter.is_ascii_digit() && marked.ends_with(char::is_alphabetic);
                if number_begins {
                    marked.push(' ');
                }
                marked.push(letter);
            } else if !marked.is_empty() && !marked.ends_with(' ') {
                marked.push(' ');
            }
        }
        marked.truncate(marked.trim_end().len());
        Self { plain: fold::plain(&marked), marked }
    }

    /// True where the text has any mark, so that marks may be relied on.
    pub fn has_marks(&self) -> bool {
        self.marked != self.plain
    }
}

/// Phrases to look for.
#[derive(Debug, Clone, Default)]
pub struct Phrases(Vec<LayoutText>);

impl Phrases {
    fn new(phrases: &[String]) -> Self {
        let mut phrases: Vec<LayoutText> = phrases.iter().map(|phrase| LayoutText::new(phrase)).collect();
        // The longest first: "tổ dân phố" before "tổ".
        phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.plain.len()));
        Self(phrases)
    }

    /// What follows the longest phrase the text begins with, without marks.
    pub fn after_start<'a>(&self, text: &'a LayoutText) -> Option<&'a str> {
        self.0.iter().find_map(|phrase| {
            let (have, want) = compared(text, phrase);
            let rest = have.strip_prefix(want)?;
            (rest.is_empty() || rest.starts_with(' ')).then(|| {
                let rest = text.plain.get(phrase.plain.len()..).unwrap_or("");
                rest.trim_start()
            })
        })
    }

    /// True if a phrase stands in the text as whole words.
    pub fn inside(&self, text: &LayoutText) -> bool {
        self.0.iter().any(|phrase| {
            let (have, want) = compared(text, phrase);
            have.match_indices(want).any(|(at, _)| {
                let before = at == 0 || have.as_bytes()[at - 1] == b' ';
                let end = at + want.len();
                before && (end == have.len() || have.as_bytes()[end] == b' ')
            })
        })
    }

    /// True if a phrase is the whole text.
    pub fn whole(&self, text: &LayoutText) -> bool {
        self.after_start(text).is_some_and(str::is_empty)
    }
}

/// Marks count where the text has any, except in phrases long enough to be beyond doubt (which
/// also forgives `hoà` for `hòa`).
fn compared<'a>(text: &'a LayoutText, phrase: &'a LayoutText) -> (&'a str, &'a str) {
    let long = phrase.plain.bytes().filter(|byte| *byte == b' ').count() >= 2;
    if text.has_marks() && !long { (&text.marked, &phrase.marked) } else { (&text.plain, &phrase.plain) }
}

/// The rules for layout rows (`rules/columns/layout.toml`).
#[derive(Debug)]
pub struct LayoutRules {
    /// Words a thôn/TDP heading begins with.
    pub group: Phrases,
    /// Of these, the ones that need a number behind them in text without marks.
    pub group_need_number: Phrases,
    /// Longest thôn/TDP heading, in characters.
    pub group_longest: usize,
    /// Beginnings of subtotal rows.
    pub subtotal_starts: Phrases,
    /// Subtotal words that stand alone or before a number.
    pub subtotal_whole: Phrases,
    /// Lines of the title block.
    pub title: Phrases,
    /// Phrases of the signature block.
    pub footer_contains: Phrases,
    /// Beginnings of lines of the signature block.
    pub footer_starts: Phrases,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    group: Group,
    subtotal: Subtotal,
    title: Title,
    footer: Footer,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    words: Vec<String>,
    need_number: Vec<String>,
    longest: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Subtotal {
    starts: Vec<String>,
    whole: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Title {
    contains: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Footer {
    contains: Vec<String>,
    starts: Vec<String>,
}

impl LayoutRules {
    pub(super) fn load(source: &mut RuleSource) -> Result<Self, RulesError> {
        let file: File = source.toml(rules_file!("columns/layout.toml"))?;
        Ok(Self {
            group: Phrases::new(&file.group.words),
            group_need_number: Phrases::new(&file.group.need_number),
            group_longest: file.group.longest,
            subtotal_starts: Phrases::new(&file.subtotal.starts),
            subtotal_whole: Phrases::new(&file.subtotal.whole),
            title: Phrases::new(&file.title.contains),
            footer_contains: Phrases::new(&file.footer.contains),
            footer_starts: Phrases::new(&file.footer.starts),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_count_where_there_are_any() {
        let words = Phrases::new(&["bản".to_owned(), "tổ".to_owned(), "tổ dân phố".to_owned()]);
        assert_eq!(words.after_start(&LayoutText::new("Bản Nà Lốc")), Some("na loc"));
        assert_eq!(words.after_start(&LayoutText::new("Bàn Văn A")), None);
        assert_eq!(words.after_start(&LayoutText::new("Tô Văn A")), None);
        assert_eq!(words.after_start(&LayoutText::new("TO DAN PHO 5")), Some("5"));
        assert_eq!(words.after_start(&LayoutText::new("Tổ dân phố số 5")), Some("so 5"));
    }

    #[test]
    fn phrases_are_whole_words() {
        let words = Phrases::new(&["cộng".to_owned()]);
        assert!(words.whole(&LayoutText::new("CỘNG:")));
        assert!(!words.inside(&LayoutText::new("Cộngg")));
        assert!(words.inside(&LayoutText::new("(cộng 5)")));
    }
}
