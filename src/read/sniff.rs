//! What kind of file the bytes are, whatever the name says: an old `.xls` renamed `.xlsx`, an
//! HTML table saved as `.xls` by a web system and a password-protected workbook all look alike in
//! a folder.

/// What the content says the file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileKind {
    /// Office Open XML workbook.
    Xlsx,
    /// Binary workbook in an OLE container.
    Xls,
    /// An HTML page: its tables are read.
    Html,
    /// Separated text.
    Delimited,
    /// XML Spreadsheet 2003.
    SpreadsheetMl,
    /// An OLE container that holds an encrypted package.
    Encrypted,
    /// A ZIP container whose directory is gone: a download or copy that was cut off.
    BrokenZip,
    /// Known and not read; the word names it in messages.
    Other(&'static str),
}

/// Judges by content alone.
pub(super) fn sniff(bytes: &[u8]) -> FileKind {
    if bytes.starts_with(b"PK") && bytes.len() > 3 && bytes[2] < 9 {
        return zip_kind(bytes);
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return ole_kind(bytes);
    }
    const MAGIC: [(&[u8], &str); 10] = [
        (b"%PDF", "PDF"),
        (b"PAR1", "Parquet"),
        (b"\x89PNG", "PNG"),
        (b"\xff\xd8\xff", "JPEG"),
        (b"\x1f\x8b", "GZIP"),
        (b"Rar!", "RAR"),
        (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
        (b"{\\rtf", "RTF"),
        (b"MIME-Version:", "MHTML"),
        (b"SQLite format 3\0", "SQLite"),
    ];
    if let Some((_, name)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return FileKind::Other(name);
    }
    // Excel 2 to 4 wrote a bare BIFF stream without a container.
    if matches!(bytes, [0x09, 0x00 | 0x02 | 0x04, 0x04 | 0x06, 0x00, ..]) {
        return FileKind::Other("Excel 4.0");
    }
    let text = super::encoding::without_utf16(&bytes[..bytes.len().min(65_536)]);
    markup_kind(&text).unwrap_or(FileKind::Delimited)
}

fn zip_kind(bytes: &[u8]) -> FileKind {
    let Ok(archive) = zip::ZipArchive::new(std::io::Cursor::new(bytes)) else {
        return FileKind::BrokenZip;
    };
    let has = |name: &str| archive.file_names().flatten().any(|have| have.eq_ignore_ascii_case(name));
    let has_folder = |name: &str| archive.file_names().flatten().any(|have| have.starts_with(name));
    if has("xl/workbook.bin") {
        FileKind::Other("XLSB")
    } else if has_folder("xl/") {
        FileKind::Xlsx
    } else if has_folder("word/") {
        FileKind::Other("Word")
    } else if has("content.xml") {
        FileKind::Other("OpenDocument")
    } else {
        FileKind::Other("ZIP")
    }
}

fn ole_kind(bytes: &[u8]) -> FileKind {
    // Names in the container's directory are UTF-16; the directory is not at a fixed place.
    let has = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        memchr::memmem::find(bytes, &wide).is_some()
    };
    if has("EncryptedPackage") {
        FileKind::Encrypted
    } else if has("WordDocument") && !has("Workbook") && !has("Book") {
        FileKind::Other("Word")
    } else {
        FileKind::Xls
    }
}

fn markup_kind(bytes: &[u8]) -> Option<FileKind> {
    let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace())?;
    if bytes[start] != b'<' {
        return None;
    }
    let head = bytes[start..].to_ascii_lowercase();
    let has = |needle: &str| memchr::memmem::find(&head, needle.as_bytes()).is_some();
    if has("urn:schemas-microsoft-com:office:spreadsheet") || has("progid=\"excel.sheet\"") {
        // An HTML page saved by Excel names the same schema on its <html> element.
        return Some(if has("<html") { FileKind::Html } else { FileKind::SpreadsheetMl });
    }
    let opens = ["<html", "<!doctype html", "<table", "<meta", "<head", "<body", "<style", "<div", "<!--"];
    if opens.iter().any(|tag| head.starts_with(tag.as_bytes())) || has("<table") || has("<html") {
        return Some(FileKind::Html);
    }
    head.starts_with(b"<?xml").then_some(FileKind::Other("XML"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides() {
        let cases: [(&[u8], FileKind); 9] = [
            (b"STT;H\xe4 t\xaan\n", FileKind::Delimited),
            (b"PK\x03\x04cut off", FileKind::BrokenZip),
            (b"%PDF-1.7", FileKind::Other("PDF")),
            (b"\xef\xbb\xbf  <html><table>", FileKind::Html),
            (b"<TABLE border=1>", FileKind::Html),
            (b"<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?>", FileKind::SpreadsheetMl),
            (b"<?xml version=\"1.0\"?><list/>", FileKind::Other("XML")),
            (b"", FileKind::Delimited),
            (b"PK", FileKind::Delimited),
        ];
        for (bytes, kind) in cases {
            assert_eq!(sniff(bytes), kind);
        }
    }
}
