//! Combining marks: NFC alone leaves e + U+0303 + U+0302 (tone before circumflex) broken, so the
//! marks of each letter are put into slots first: shape, then tone, then the rest.

use unicode_normalization::{UnicodeNormalization, char::canonical_combining_class};

/// True where [`compose`] may change something.
pub fn needs_composing(text: &str) -> bool {
    !text.is_ascii()
        && unicode_normalization::is_nfc_quick(text.chars()) != unicode_normalization::IsNormalized::Yes
}

/// NFC with the marks of each letter in order. Idempotent.
pub fn compose(text: &str) -> String {
    if !needs_composing(text) {
        return text.to_owned();
    }
    let mut ordered = String::with_capacity(text.len());
    let mut marks: Vec<char> = Vec::new();
    for letter in text.nfd() {
        if canonical_combining_class(letter) == 0 {
            flush(&mut marks, &mut ordered);
            ordered.push(letter);
        } else {
            marks.push(letter);
        }
    }
    flush(&mut marks, &mut ordered);
    ordered.nfc().collect()
}

/// Appends the marks of one letter, shape before tone; the sort is stable.
fn flush(marks: &mut Vec<char>, ordered: &mut String) {
    marks.sort_by_key(|mark| match mark {
        '\u{302}' | '\u{306}' | '\u{31b}' => 0,
        '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}' => 1,
        _ => 2,
    });
    ordered.extend(marks.drain(..));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::compose;

    #[test]
    fn shape_goes_before_tone() {
        assert_eq!(compose("Nguye\u{303}\u{302}n"), "Nguyễn");
        assert_eq!(compose("O\u{301}\u{31b}"), "Ớ");
        assert_eq!(compose("Vie\u{323}\u{302}t"), "Việt");
        assert_eq!(compose("Nguy\u{1ebd}\u{302}n"), "Nguyễn");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn composing_twice_is_composing_once(text in "[a-zăâêôơưđA-ZĂẫẽ\u{300}\u{301}\u{302}\u{303}\u{306}\u{309}\u{31b}\u{323}\u{327} ]{0,20}") {
            let once = compose(&text);
            prop_assert_eq!(compose(&once), once);
        }
    }
}
