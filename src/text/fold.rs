//! Foldings: never shown, only compared.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Lower case, no diacritics (đ → d), everything that is neither letter nor digit a single blank,
/// none at the ends: `"Họ và tên:\n(trẻ)"` → `"ho va ten tre"`. Idempotent.
pub fn plain(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut gap = false;
    for letter in text.nfkd().filter(|letter| !is_combining_mark(*letter)) {
        let letter = match letter {
            'đ' | 'Đ' | 'ð' | 'Ð' | 'Ɖ' | 'ɖ' => 'd',
            other => other,
        };
        if letter.is_alphanumeric() {
            if gap && !folded.is_empty() {
                folded.push(' ');
            }
            gap = false;
            folded.extend(letter.to_lowercase().filter(|letter| !is_combining_mark(*letter)));
        } else {
            gap = true;
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn header_words_lose_case_marks_and_line_breaks() {
        assert_eq!(plain("Họ và tên:\n(trẻ)"), "ho va ten tre");
        assert_eq!(plain("  Số ĐDCN/CCCD "), "so ddcn cccd");
        assert_eq!(plain("\u{a0}"), "");
    }
}
