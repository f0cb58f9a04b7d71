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
}
