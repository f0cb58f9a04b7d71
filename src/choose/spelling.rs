//! When two spellings of a name are the same word: where the tone mark sits in a syllable
//! (hòa, hoà) is typing habit, a mark that is missing altogether is damage.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::text::fold::plain;

const TONES: [char; 5] = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];

/// Word by word the same letters, the same shapes (ă â ê ô ơ ư đ) and the same tone, wherever in
/// the word the tone mark sits; case does not count. Vy and Vi stay two names.
pub fn same_spelling(left: &str, right: &str) -> bool {
    left == right || spelling(left) == spelling(right)
}

fn spelling(name: &str) -> String {
    let mut key = String::with_capacity(name.len() + 8);
    for word in name.split_whitespace() {
        let mut tone = None;
        for letter in word.nfd().flat_map(char::to_lowercase) {
            if TONES.contains(&letter) {
                tone = Some(letter);
            } else {
                key.push(letter);
            }
        }
        key.extend(tone);
        key.push(' ');
    }
    key
}

/// True where `bare` carries no Vietnamese mark at all and `marked` is the same words with marks.
pub fn only_lacks_marks(bare: &str, marked: &str) -> bool {
    !has_marks(bare) && has_marks(marked) && plain(bare) == plain(marked)
}

/// True where the two differ in marks only.
pub fn same_letters(left: &str, right: &str) -> bool {
    plain(left) == plain(right)
}

/// Any combining mark or đ.
pub fn has_marks(name: &str) -> bool {
    name.nfd().any(|letter| is_combining_mark(letter) || matches!(letter, 'đ' | 'Đ'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_of_the_tone_mark_is_habit() {
        assert!(same_spelling("Nguyễn Thị Hoà", "NGUYỄN THỊ HÒA"));
        assert!(same_spelling("Thuỷ", "Thủy"));
        for (one, other) in [("Vy", "Vi"), ("Hương", "Hường"), ("Đức", "Dức"), ("An", "An Na")] {
            assert!(!same_spelling(one, other), "{one} {other}");
        }
    }

    #[test]
    fn a_name_without_marks_may_be_completed_but_not_replaced() {
        assert!(only_lacks_marks("Nguyen Thi Hoa", "Nguyễn Thị Hòa"));
        assert!(!only_lacks_marks("Nguyễn Thi Hoa", "Nguyễn Thị Hòa"));
        assert!(!only_lacks_marks("Nguyen Thi Hoan", "Nguyễn Thị Hòa"));
        assert!(!only_lacks_marks("Lan", "Lan"));
    }
}
