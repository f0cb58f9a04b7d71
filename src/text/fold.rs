//! Foldings: never shown, only compared.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::letter::Letter;

/// Lower case, no diacritics (đ → d), everything that is neither letter nor digit a single blank,
/// none at the ends: `"Họ và tên:\n(trẻ)"` → `"ho va ten tre"`. Idempotent.
pub fn plain(text: &str) -> String {
    let mut folded = Folded { text: String::with_capacity(text.len()), gap: false };
    for letter in text.chars() {
        // Nearly every letter is Vietnamese; the rest takes the long way.
        if let Some(letter) = Letter::of(letter) {
            folded.push(letter.plain());
        } else if letter.is_ascii_digit() {
            folded.push(letter);
        } else if letter.is_ascii() {
            folded.gap = true;
        } else {
            folded.push_foreign(letter);
        }
    }
    folded.text
}

struct Folded {
    text: String,
    gap: bool,
}

impl Folded {
    fn push(&mut self, letter: char) {
        if self.gap && !self.text.is_empty() {
            self.text.push(' ');
        }
        self.gap = false;
        self.text.push(letter);
    }

    fn push_foreign(&mut self, letter: char) {
        for part in std::iter::once(letter).nfkd().filter(|part| !is_combining_mark(*part)) {
            match part {
                'đ' | 'Đ' | 'ð' | 'Ð' | 'Ɖ' | 'ɖ' => self.push('d'),
                part if part.is_alphanumeric() => part
                    .to_lowercase()
                    .filter(|small| !is_combining_mark(*small))
                    .for_each(|small| self.push(small)),
                _ => self.gap = true,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::plain;

    #[test]
    fn header_words_lose_case_marks_and_line_breaks() {
        assert_eq!(plain("Họ và tên:\n(trẻ)"), "ho va ten tre");
        assert_eq!(plain("  Số ĐDCN/CCCD "), "so ddcn cccd");
        assert_eq!(plain("\u{a0}"), "");
        assert_eq!(plain("Nguye\u{302}\u{303}n Ðức"), "nguyen duc");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn folding_twice_is_folding_once(text in "\\PC{0,40}") {
            let once = plain(&text);
            prop_assert_eq!(plain(&once), once);
        }
    }
}
