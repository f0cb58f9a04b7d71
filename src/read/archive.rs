//! Zip bombs: a workbook of a few kilobytes may unpack to more than the machine has. The sizes
//! the archive declares are checked first; then, where the compressed size allows a lie, the real
//! ones, before anything is kept in memory.

use std::io::{Cursor, Read};

/// Deflate cannot shrink by more than this factor (zlib's own documentation: 1032:1).
const LARGEST_RATIO: u64 = 1032;

/// Why an archive is not unpacked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unsafe {
    /// It unpacks, or says it unpacks, to more bytes than allowed.
    TooLarge,
    /// It holds more parts than any workbook has.
    TooManyParts,
    /// A part cannot be unpacked: the file was cut off or damaged.
    Damaged(String),
}

/// Checks an archive against the limits, in bytes and parts.
pub(super) fn check(bytes: &[u8], unpacked_limit: u64, parts_limit: usize) -> Result<(), Unsafe> {
    let damaged = |error: zip::result::ZipError| Unsafe::Damaged(error.to_string());
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    if archive.len() > parts_limit {
        return Err(Unsafe::TooManyParts);
    }
    let mut declared: u64 = 0;
    let mut possible: u64 = 0;
    for ix in 0..archive.len() {
        let part = archive.by_index_raw(ix).map_err(damaged)?;
        declared = declared.saturating_add(part.size());
        possible = possible.saturating_add(part.compressed_size().saturating_mul(LARGEST_RATIO));
    }
    if declared > unpacked_limit {
        return Err(Unsafe::TooLarge);
    }
    if possible <= unpacked_limit {
        return Ok(());
    }
    let mut left = unpacked_limit;
    let mut buffer = vec![0; 64 * 1024];
    for ix in 0..archive.len() {
        let mut part = archive.by_index(ix).map_err(damaged)?;
        loop {
            let count = part.read(&mut buffer).map_err(|error| Unsafe::Damaged(error.to_string()))?;
            if count == 0 {
                break;
            }
            left = left.checked_sub(count as u64).ok_or(Unsafe::TooLarge)?;
        }
    }
    Ok(())
}

/// Checks what the list of texts says of its own length: the library makes room for as many as are
/// announced, whatever there are. A text takes five bytes at least.
pub(super) fn check_announced_texts(bytes: &[u8], limit: usize) -> Result<(), Unsafe> {
    let damaged = |error: zip::result::ZipError| Unsafe::Damaged(error.to_string());
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    for ix in 0..archive.len() {
        let part = archive.by_index(ix).map_err(damaged)?;
        if !part.name().map_err(damaged)?.to_ascii_lowercase().ends_with("sharedstrings.xml") {
            continue;
        }
        let most = usize::try_from(part.size() / 5).unwrap_or(usize::MAX).saturating_add(1).min(limit);
        let announced = announced_texts(part).map_err(|error| Unsafe::Damaged(error.to_string()))?;
        if announced > most {
            return Err(Unsafe::Damaged(format!("uniqueCount {announced}")));
        }
    }
    Ok(())
}

const ANNOUNCED: &[u8] = b"uniqueCount";
/// As much as the attribute with blanks and digits may need: pieces overlap by it.
const OVERLAP: usize = 256;

/// The largest number that stands behind `uniqueCount` in a part.
fn announced_texts(mut part: impl Read) -> std::io::Result<usize> {
    let mut most = 0;
    let mut text: Vec<u8> = Vec::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = part.read(&mut buffer)?;
        // UTF-16, as the library reads it too, is the same text with zeros in between.
        text.extend(buffer[..count].iter().filter(|byte| **byte != 0));
        for at in memchr::memmem::find_iter(&text, ANNOUNCED) {
            let behind = text[at + ANNOUNCED.len()..].iter();
            let digits =
                behind.skip_while(|byte| !byte.is_ascii_digit()).take_while(|byte| byte.is_ascii_digit());
            let number = digits.fold(0_usize, |number, digit| {
                number.saturating_mul(10).saturating_add(usize::from(digit - b'0'))
            });
            most = most.max(number);
        }
        if count == 0 {
            return Ok(most);
        }
        text.drain(..text.len().saturating_sub(OVERLAP));
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn archive(part: &[u8]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file("xl/worksheets/sheet1.xml", options).unwrap();
        writer.write_all(part).unwrap();
        writer.finish().unwrap().into_inner()
    }

    /// Puts another unpacked size where the archive declares it (local header and directory).
    fn declare(bytes: &mut [u8], size: u32) {
        for (signature, offset) in [(b"PK\x03\x04", 22), (b"PK\x01\x02", 24)] {
            let at = memchr::memmem::find(bytes, signature).unwrap() + offset;
            bytes[at..at + 4].copy_from_slice(&size.to_le_bytes());
        }
    }

    #[test]
    fn declared_and_real_sizes_are_both_refused() {
        let honest = archive(&vec![b' '; 1_000_000]);
        assert_eq!(check(&honest, 2_000_000, 10), Ok(()));
        assert_eq!(check(&honest, 999_999, 10), Err(Unsafe::TooLarge));
        let mut liar = honest.clone();
        declare(&mut liar, 10);
        assert!(check(&liar, 500_000, 10).is_err(), "the declared ten bytes are not believed");
        assert_eq!(check(&honest, 2_000_000, 0), Err(Unsafe::TooManyParts));
    }

    #[test]
    fn more_texts_than_there_can_be_are_not_announced() {
        let part = |announced: &str| {
            format!("<!-- uniqueCount --><sst count='1' {announced}><si><t>a</t></si></sst>")
        };
        let book = |text: &[u8]| {
            let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
            let options = zip::write::SimpleFileOptions::default();
            writer.start_file("xl/SharedStrings.xml", options).unwrap();
            writer.write_all(text).unwrap();
            writer.finish().unwrap().into_inner()
        };
        let check = |announced: &str| check_announced_texts(&book(part(announced).as_bytes()), 1000);
        assert_eq!(check(""), Ok(()));
        assert_eq!(check("uniqueCount=\"7\""), Ok(()));
        for too_many in ["uniqueCount=\"4294967295\"", "uniqueCount = '99999999999999999999999'"] {
            assert!(matches!(check(too_many), Err(Unsafe::Damaged(_))), "{too_many}");
        }
        let utf16: Vec<u8> =
            part("uniqueCount=\"4294967295\"").encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(check_announced_texts(&book(&utf16), 1000).is_err());
        // Where the attribute falls between two pieces that are read.
        let long = format!("<!--{}-->{}", "x".repeat(64 * 1024 - 30), part("uniqueCount=\"4294967295\""));
        assert!(check_announced_texts(&book(long.as_bytes()), 1000).is_err());
    }
}
