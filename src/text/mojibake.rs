//! UTF-8 that was read as a one-byte charset (`Nguyá»…n`), back to text. The byte sequences of
//! UTF-8 hardly arise by chance, so a decoding that succeeds is trusted; bytes that readers drop
//! or trim (0x81, 0x90, 0xA0, 0xAD) are put back where only one letter fits.

use rustc_hash::FxHashMap;

/// A one-byte charset as which the UTF-8 was read: which sign shows which byte.
#[derive(Debug)]
pub(super) struct View {
    byte_of: FxHashMap<char, u8>,
}

impl View {
    /// From the sign of each byte from 0x80. Control characters U+0080 to U+009F stand for their
    /// byte in every view: readers show undefined bytes so.
    pub fn new(signs: impl Iterator<Item = (Option<char>, u8)>) -> Self {
        let mut byte_of: FxHashMap<char, u8> = (0x80..=0x9f).map(|byte| (char::from(byte), byte)).collect();
        byte_of.extend(signs.filter_map(|(sign, byte)| Some((sign?, byte))));
        Self { byte_of }
    }

    fn byte(&self, sign: char) -> Option<u8> {
        if sign.is_ascii() { u8::try_from(sign).ok() } else { self.byte_of.get(&sign).copied() }
    }
}

/// Decodes text whose signs are UTF-8 bytes in this view. `None` if a sign is no byte, a sequence
/// is broken beyond repair (`mend`: repairable ones are repaired), or there is no sequence at all.
pub(super) fn decode(text: &str, view: &View, mend: bool) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let bytes = text.chars().map(|sign| view.byte(sign)).collect::<Option<Vec<u8>>>()?;
    // BYĂ is a clan of the Ê Đê, and no half of BYà that an ISO-8859-2 reader made: a capital Ă behind
    // a capital is what it looks like, unless whole sequences beside it say otherwise.
    let mut before = ' ';
    let mut looks_like_itself = text.chars().map(|sign| {
        let capital = before.is_uppercase() && sign == 'Ă';
        before = sign;
        capital
    });
    let doubtful = looks_like_itself.any(|capital| capital);
    let mut decoded = String::with_capacity(bytes.len());
    let mut at = 0;
    let mut any_whole = false;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let before = decoded.chars().next_back();
        let (letter, used) = if rest[0].is_ascii() {
            (char::from(rest[0]), 1)
        } else if let Some(whole) = whole_sequence(rest) {
            any_whole = true;
            whole
        } else {
            damaged_sequence(rest, before).filter(|_| mend)?
        };
        decoded.push(letter);
        at += used;
    }
    (any_whole || !doubtful).then_some(decoded)
}

fn whole_sequence(bytes: &[u8]) -> Option<(char, usize)> {
    let length = match bytes[0] {
        0xc2..=0xdf => 2,
        0xe1..=0xef => 3,
        _ => return None,
    };
    let letter = std::str::from_utf8(bytes.get(..length)?).ok()?.chars().next()?;
    Some((letter, length))
}

/// A sequence that lost its last byte, or has it in another form.
fn damaged_sequence(bytes: &[u8], before: Option<char>) -> Option<(char, usize)> {
    let word_start = before.is_none_or(|letter| !letter.is_alphabetic());
    let is_cut = |next: Option<&u8>| next.is_none_or(|next| next.is_ascii() || *next >= 0xc2);
    match *bytes {
        // Đ: 0x90 is undefined in windows-1252. đ: a quotation mark was straightened. ă: 0x83 is a
        // control character in ISO-8859-1.
        [0xc4, b'\'', ..] => Some(('đ', 2)),
        [0xc4, ..] if is_cut(bytes.get(1)) => Some((if word_start { 'Đ' } else { 'ă' }, 1)),
        // à: 0xA0 is a no-break space and was trimmed; Á: 0x81 is undefined.
        [0xc3, b' ', ..] | [0xc3] => Some(('à', 1)),
        [0xc3, ..] if is_cut(bytes.get(1)) => Some((if word_start { 'Á' } else { 'à' }, 1)),
        // ậ: 0xAD is a soft hyphen; Ạ: 0xA0.
        [0xe1, 0xba, b' '] | [0xe1, 0xba] | [0xe1, 0xba, b'A'..=b'Z', ..] => Some(('Ạ', 2)),
        [0xe1, 0xba, ..] if is_cut(bytes.get(2)) => Some(('ậ', 2)),
        _ => None,
    }
}
