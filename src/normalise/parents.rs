//! "Họ tên cha mẹ" in one column: which part of the text names whom.

use crate::text::fold;

/// The texts of a column that holds both parents, apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ParentTexts<'a> {
    /// The father's part.
    pub father: Option<&'a str>,
    /// The mother's part.
    pub mother: Option<&'a str>,
    /// Somebody who is named without saying which: put down as guardian, nothing is guessed.
    pub either: Option<&'a str>,
}

/// Words that announce the father or the mother, folded.
const FATHER: [&str; 8] = ["ho ten cha", "ho ten bo", "ten cha", "ten bo", "cha", "bo", "ba", "ong"];
const MOTHER: [&str; 4] = ["ho ten me", "ten me", "me", "ma"];

/// Splits "Nguyễn Văn A - Trần Thị B", "Cha: … Mẹ: …", "A/B". Where nobody is announced, the first
/// of two is the father, as forms have it; one alone is told by the middle name "Thị" or stays open.
pub fn split_parents(text: &str) -> ParentTexts<'_> {
    let mut found = ParentTexts::default();
    let mut unannounced = Vec::new();
    for part in parts_of(text) {
        let (who, name) = announced(part);
        if name.is_empty() {
            continue;
        }
        match who {
            Some(Who::Father) if found.father.is_none() => found.father = Some(name),
            Some(Who::Mother) if found.mother.is_none() => found.mother = Some(name),
            _ => unannounced.push(name),
        }
    }
    match unannounced[..] {
        [first, second, ..] if found.father.is_none() && found.mother.is_none() => {
            found.father = Some(first);
            found.mother = Some(second);
        }
        [one, ..] => match (found.father, found.mother) {
            (None, Some(_)) => found.father = Some(one),
            (Some(_), None) => found.mother = Some(one),
            (None, None) if has_middle_name_of_women(one) => found.mother = Some(one),
            _ => found.either = Some(one),
        },
        [] => {}
    }
    found
}

/// Parts "Nguyễn Văn A, 042088001234" into the name and the number behind it, as the list for the
/// police writes them. Nine digits at least: fewer tell namesakes apart or are a year.
pub(super) fn split_number(text: &str) -> (&str, Option<&str>) {
    let Some(at) = text.find(|sign: char| sign.is_ascii_digit()) else { return (text, None) };
    let (name, number) = text.split_at(at);
    let number = number.trim_end_matches([')', '.', ' ', '\n', '\u{a0}']);
    let is_number = number.bytes().filter(u8::is_ascii_digit).count() >= 9
        && number.chars().all(|sign| sign.is_ascii_digit() || matches!(sign, ' ' | '.' | '\u{a0}'));
    let name = name.trim_end_matches(|sign: char| !sign.is_alphabetic() && sign != '.');
    if is_number && !name.is_empty() { (name, Some(number)) } else { (text, None) }
}

#[derive(Clone, Copy)]
enum Who {
    Father,
    Mother,
}

fn has_middle_name_of_women(name: &str) -> bool {
    fold::plain(name).split(' ').nth(1) == Some("thi")
}

/// Cuts at separators, and before a word that announces the mother ("Cha: A Mẹ: B").
fn parts_of(text: &str) -> impl Iterator<Item = &str> {
    let mut cuts = vec![0];
    let mut previous = ' ';
    for (at, letter) in text.char_indices() {
        let dash = matches!(letter, '-' | '–') && previous.is_whitespace();
        if matches!(letter, '/' | ';' | '\n' | ',' | '+' | '&' | '|') || dash {
            cuts.push(at);
        } else if previous.is_whitespace()
            && let Some((word, _)) = text[at..].split_once(':')
            && word.len() < 24
            && who(word).is_some()
        {
            cuts.push(at);
        }
        previous = letter;
    }
    cuts.push(text.len());
    let ends = cuts.clone();
    cuts.into_iter()
        .zip(ends.into_iter().skip(1))
        .map(|(start, end)| {
            text[start..end].trim_matches(|sign: char| sign.is_whitespace() || "-–/;,+&|".contains(sign))
        })
        .filter(|part| !part.is_empty())
}

fn who(word: &str) -> Option<Who> {
    // "Ba" is the father in the south, "Bà" a woman everywhere.
    if word.trim().to_lowercase() == "bà" {
        return Some(Who::Mother);
    }
    let folded = fold::plain(word);
    if FATHER.contains(&folded.as_str()) {
        Some(Who::Father)
    } else if MOTHER.contains(&folded.as_str()) {
        Some(Who::Mother)
    } else {
        None
    }
}

/// "Cha: Nguyễn Văn A", "Bố Nguyễn Văn A" → who, and the name.
fn announced(part: &str) -> (Option<Who>, &str) {
    if let Some((word, name)) = part.split_once(':')
        && let Some(who) = who(word)
    {
        return (Some(who), name.trim());
    }
    if let Some((word, name)) = part.split_once(' ')
        && ["cha", "bo", "me"].contains(&fold::plain(word).as_str())
        // "Bo" and "Me" as surnames would stand alone with their tones; the words are written so.
        && ["cha", "bố", "mẹ", "bo", "me"].contains(&word.to_lowercase().as_str())
        && name.contains(' ')
    {
        return (who(word), name.trim());
    }
    (None, part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_behind_a_name() {
        for (text, name, number) in [
            ("Nguyễn Văn A\n042088001234", "Nguyễn Văn A", Some("042088001234")),
            ("Nguyễn Văn A (042 088 001234)", "Nguyễn Văn A", Some("042 088 001234")),
            ("Nguyễn Văn A - 183012345", "Nguyễn Văn A", Some("183012345")),
            ("Nguyễn Văn A 2", "Nguyễn Văn A 2", None),
            ("Nguyễn Văn A 1988, giáo viên", "Nguyễn Văn A 1988, giáo viên", None),
            ("042088001234", "042088001234", None),
            ("", "", None),
        ] {
            assert_eq!(split_number(text), (name, number), "{text}");
        }
    }

    #[test]
    fn both_parents_in_one_cell() {
        let both = |text: &'static str| {
            let split = split_parents(text);
            (split.father.unwrap_or(""), split.mother.unwrap_or(""))
        };
        for text in [
            "Nguyễn Văn A - Trần Thị B",
            "Nguyễn Văn A/Trần Thị B",
            "Nguyễn Văn A\nTrần Thị B",
            "Cha: Nguyễn Văn A Mẹ: Trần Thị B",
            "Bố: Nguyễn Văn A; Mẹ: Trần Thị B",
            "Mẹ: Trần Thị B, cha: Nguyễn Văn A",
            "Họ tên cha: Nguyễn Văn A - Họ tên mẹ: Trần Thị B",
        ] {
            assert_eq!(both(text), ("Nguyễn Văn A", "Trần Thị B"), "{text}");
        }
        assert_eq!(both("Mẹ: Trần Thị B"), ("", "Trần Thị B"));
        assert_eq!(both("Trần Thị B"), ("", "Trần Thị B"));
        assert_eq!(split_parents("Nguyễn Văn A").either, Some("Nguyễn Văn A"));
        assert_eq!(split_parents("  "), ParentTexts::default());
    }
}
