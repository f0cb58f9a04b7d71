//! From bytes to text. Nothing is guessed about Vietnamese legacy charsets here: bytes that are
//! no UTF-8 become the characters windows-1252 gives them, one for one, and the repair of each
//! cell decides later what they meant. Only the field at hand is decoded, so that a file pasted
//! together from two encodings keeps its good half.

use std::borrow::Cow;

/// The bytes as UTF-8 or legacy bytes, free of a byte-order mark; UTF-16 is converted whole.
pub(super) fn without_utf16(bytes: &[u8]) -> Cow<'_, [u8]> {
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return Cow::Borrowed(rest);
    }
    let encoding = match utf16_kind(bytes) {
        Some(encoding) => encoding,
        None => return Cow::Borrowed(bytes),
    };
    let text = encoding.decode(bytes).0.into_owned();
    Cow::Owned(text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned).into_bytes())
}

/// Whether a text with this beginning is UTF-16.
pub(super) fn is_utf16(beginning: &[u8]) -> bool {
    utf16_kind(beginning).is_some()
}

/// UTF-16 by its mark, or by zero bytes on one side of nearly every pair: Vietnamese letters
/// beyond Latin-1 have another high byte, separators, digits and base letters all have zero.
fn utf16_kind(bytes: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    if bytes.starts_with(b"\xff\xfe") {
        return Some(encoding_rs::UTF_16LE);
    }
    if bytes.starts_with(b"\xfe\xff") {
        return Some(encoding_rs::UTF_16BE);
    }
    let sample = &bytes[..bytes.len().min(4096) & !1];
    let pairs = sample.len() / 2;
    if pairs < 4 {
        return None;
    }
    let zeros = |offset: usize| sample.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    if odd * 2 > pairs && even * 10 < pairs {
        Some(encoding_rs::UTF_16LE)
    } else if even * 2 > pairs && odd * 10 < pairs {
        Some(encoding_rs::UTF_16BE)
    } else {
        None
    }
}

/// One field: as it stands if it is UTF-8, else each byte as windows-1252 shows it. The five
/// bytes windows-1252 does not define stay U+0081 … U+009D, as browsers and Excel keep them.
pub(super) fn field(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf16_is_seen_with_and_without_its_mark() {
        let text = "Họ tên;Ngày sinh\nNguyễn Văn An;01/02/2015\n";
        for big in [false, true] {
            for mark in [false, true] {
                let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
                let bytes: Vec<u8> = units
                    .flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() })
                    .collect();
                assert_eq!(without_utf16(&bytes).as_ref(), text.as_bytes(), "big {big} mark {mark}");
            }
        }
    }

    #[test]
    fn every_legacy_byte_survives_as_one_character() {
        let all: Vec<u8> = (0x80..=0xff).collect();
        let text = field(&all);
        assert_eq!(text.chars().count(), 128);
        assert!(text.contains('\u{81}') && text.contains('\u{9d}') && text.contains('€'));
        assert_eq!(encoding_rs::WINDOWS_1252.encode(&text).0.as_ref(), all.as_slice());
    }

    #[test]
    fn utf8_marks_go_and_utf8_stays() {
        assert_eq!(without_utf16("\u{feff}Họ".as_bytes()).as_ref(), "Họ".as_bytes());
        assert_eq!(field("Nguyễn".as_bytes()), "Nguyễn");
        assert_eq!(field(b"Nguy\xd4n"), "NguyÔn");
    }
}
