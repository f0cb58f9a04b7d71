//! Where two texts differ, letter by letter, and how: in the tone, in the shape of a letter, or in
//! the letter itself. For marking differences inside a word, never for weighing them.

use super::letter::Letter;

/// How a letter differs from the one that stands opposite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// Not at all.
    None,
    /// Capital against small.
    Case,
    /// The tone mark only.
    Tone,
    /// The hat, horn, breve or stroke (and perhaps the tone).
    Shape,
    /// Another letter, digit or sign, or one that the other side lacks.
    Letter,
}

/// A stretch of a text that differs in one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// The text.
    pub text: String,
    /// How it differs.
    pub difference: Difference,
}

/// Longer texts are compared as wholes: nobody reads marks in a page of text.
const LONGEST: usize = 400;

/// Both texts as stretches; joined, the stretches of a side are its text.
pub fn differ(one: &str, other: &str) -> [Vec<Stretch>; 2] {
    let (a, b): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    if a.len() > LONGEST || b.len() > LONGEST {
        let difference = if one == other { Difference::None } else { Difference::Letter };
        return [one, other].map(|text| stretches(text.chars().map(|letter| (letter, difference))));
    }
    let [left, right] = align(&a, &b);
    [stretches(a.into_iter().zip(left)), stretches(b.into_iter().zip(right))]
}

fn difference(one: char, other: char) -> Difference {
    if one == other {
        return Difference::None;
    }
    match (Letter::of(one), Letter::of(other)) {
        (Some(one), Some(other)) if one.plain() == other.plain() => {
            match (one.code == other.code, one.tone == other.tone) {
                (true, true) => Difference::Case,
                (true, false) => Difference::Tone,
                (false, _) => Difference::Shape,
            }
        }
        _ => Difference::Letter,
    }
}

fn cost(difference: Difference) -> u32 {
    match difference {
        Difference::None => 0,
        Difference::Case => 1,
        Difference::Tone => 2,
        Difference::Shape => 3,
        Difference::Letter => 5,
    }
}

/// A letter that the other side lacks: dearer than a replaced one, so that two exchanged digits are
/// two marks.
const GAP: u32 = 6;

/// The cheapest alignment of two texts (Wagner and Fischer 1974).
fn align(a: &[char], b: &[char]) -> [Vec<Difference>; 2] {
    let width = b.len() + 1;
    let mut costs = vec![0_u32; (a.len() + 1) * width];
    let gaps = |count: usize| u32::try_from(count).unwrap_or(u32::MAX / 2) * GAP;
    for (j, cost) in costs.iter_mut().take(width).enumerate() {
        *cost = gaps(j);
    }
    for (i, one) in a.iter().enumerate() {
        costs[(i + 1) * width] = gaps(i + 1);
        for (j, other) in b.iter().enumerate() {
            let replaced = costs[i * width + j] + cost(difference(*one, *other));
            let dropped = costs[i * width + j + 1] + GAP;
            let added = costs[(i + 1) * width + j] + GAP;
            costs[(i + 1) * width + j + 1] = replaced.min(dropped).min(added);
        }
    }
    let (mut left, mut right) = (vec![Difference::Letter; a.len()], vec![Difference::Letter; b.len()]);
    let (mut i, mut j) = (a.len(), b.len());
    while i > 0 && j > 0 {
        let here = costs[i * width + j];
        // Of equally cheap alignments the one whose gaps come last: what was added stands together.
        if here == costs[(i - 1) * width + j] + GAP {
            i -= 1;
        } else if here == costs[i * width + j - 1] + GAP {
            j -= 1;
        } else {
            let found = difference(a[i - 1], b[j - 1]);
            (left[i - 1], right[j - 1]) = (found, found);
            (i, j) = (i - 1, j - 1);
        }
    }
    [left, right]
}

fn stretches(letters: impl Iterator<Item = (char, Difference)>) -> Vec<Stretch> {
    let mut list: Vec<Stretch> = Vec::new();
    for (letter, difference) in letters {
        match list.last_mut() {
            Some(last) if last.difference == difference => last.text.push(letter),
            _ => list.push(Stretch { text: letter.to_string(), difference }),
        }
    }
    list
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn marked(one: &str, other: &str) -> String {
        let side = |side: &[Stretch]| -> String {
            side.iter()
                .map(|stretch| match stretch.difference {
                    Difference::None => stretch.text.clone(),
                    Difference::Case => format!("c({})", stretch.text),
                    Difference::Tone => format!("t({})", stretch.text),
                    Difference::Shape => format!("s({})", stretch.text),
                    Difference::Letter => format!("l({})", stretch.text),
                })
                .collect()
        };
        let [one, other] = differ(one, other);
        format!("{} / {}", side(&one), side(&other))
    }

    #[test]
    fn the_letter_that_differs_is_marked_and_how() {
        for (one, other, expected) in [
            ("Lê Thu Hương", "Lê Thu Hường", "Lê Thu Hưt(ơ)ng / Lê Thu Hưt(ờ)ng"),
            ("Trần", "Tran", "Trs(ầ)n / Trs(a)n"),
            ("Đức", "Dức", "s(Đ)ức / s(D)ức"),
            ("Sang", "Xang", "l(S)ang / l(X)ang"),
            ("Nguyễn Văn An", "Nguyễn An", "Nguyễn l(Văn )An / Nguyễn An"),
            ("042218000123", "042218000132", "0422180001l(23) / 0422180001l(32)"),
            ("AN", "An", "Ac(N) / Ac(n)"),
            ("", "An", " / l(An)"),
            ("Phường Sen", "Phường Sen, Tỉnh Hà Tĩnh", "Phường Sen / Phường Senl(, Tỉnh Hà Tĩnh)"),
        ] {
            assert_eq!(marked(one, other), expected);
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_equal_texts_have_no_mark(one in "[a-dA-Dđơờớ ]{0,14}", other in "[a-dA-Dđơờớ ]{0,14}") {
            let [left, right] = differ(&one, &other);
            let joined = |side: &[Stretch]| side.iter().map(|stretch| stretch.text.as_str()).collect::<String>();
            prop_assert_eq!(joined(&left), one.as_str());
            prop_assert_eq!(joined(&right), other.as_str());
            let marked = left.iter().chain(&right).any(|stretch| stretch.difference != Difference::None);
            prop_assert_eq!(marked, one != other);
        }
    }
}
