//! Reads an index by position. Every page is checked against its checksum as it is read, so that a
//! damaged file is found out wherever it is touched; nothing is read that is not asked for.
//!
//! Positioned reads instead of a memory map: the pages live in the system's cache either way, but a
//! map counts every page near a look-up as the program's memory, and a file cut short under a map
//! ends the program with a signal instead of a sentence. It needs no unsafe code either.

use std::{
    fs::File,
    io::{self, Read},
    ops::Range,
    path::Path,
};

use sha2::{Digest, Sha256};

use super::{
    codec::{Malformed, Take},
    error::IndexError,
};

/// First bytes of every index.
pub(super) const MAGIC: &[u8; 16] = b"dinhdanh-index\r\n";
/// Raised with every change of what the sections mean.
pub(super) const FORMAT: u32 = 1;
/// The program's version: another one may read names and dates otherwise.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");
/// Bytes of a page, the unit of checking.
pub(super) const PAGE: usize = 4096;
/// Where the header's fixed part begins.
pub(super) const HEADER: usize = 64;

/// Whether a file is an index, by its first bytes. A file that cannot be read is none here: whoever
/// reads it next says why.
pub fn is_index(path: &Path) -> bool {
    let mut first = [0; MAGIC.len()];
    path.as_os_str() != "-"
        && File::open(path).and_then(|mut file| file.read_exact(&mut first)).is_ok()
        && first == *MAGIC
}

/// An open index.
pub struct IndexFile {
    file: File,
    name: String,
    sections: Vec<Entry>,
    /// Of each page after the header.
    checksums: Vec<u32>,
    /// SHA-256 of the header, which holds that of all checksums: what the file is known by.
    digest: String,
    length: u64,
}

struct Entry {
    name: String,
    page: u64,
    bytes: u64,
}

impl IndexFile {
    /// Opens an index that was built by this version with these rules.
    pub fn open(path: &Path, rules: &[u8; 32]) -> Result<Self, IndexError> {
        let name = path.display().to_string();
        let read = |error| IndexError::Read { file: name.clone(), error };
        let damaged = |section: &str| IndexError::Damaged { file: name.clone(), section: section.to_owned() };
        let file = File::open(path).map_err(read)?;
        let length = file.metadata().map_err(read)?.len();
        let mut page = [0; PAGE];
        if length < PAGE as u64 {
            return Err(damaged("header"));
        }
        read_at(&file, &mut page, 0).map_err(read)?;
        let header = Header::take(&page).map_err(|_| damaged("header"))?;
        if (header.format, header.version.as_str()) != (FORMAT, VERSION) {
            let said = |format: u32, version: &str| format!("{version} ({format})");
            return Err(IndexError::Version {
                file: name,
                found: said(header.format, &header.version),
                expected: said(FORMAT, VERSION),
            });
        }
        if header.rules != *rules {
            return Err(IndexError::Rules { file: name });
        }
        if header.length != length {
            return Err(damaged("length"));
        }
        let tail = header.pages.checked_mul(PAGE as u64).and_then(|at| length.checked_sub(at));
        let tail = tail.and_then(|tail| usize::try_from(tail).ok()).ok_or_else(|| damaged("header"))?;
        let mut bytes = vec![0; tail];
        read_at(&file, &mut bytes, header.pages * PAGE as u64).map_err(read)?;
        if Sha256::digest(&bytes)[..] != header.hash {
            return Err(damaged("directory"));
        }
        let (sections, checksums) =
            directory(&bytes, header.directory, header.pages).map_err(|_| damaged("directory"))?;
        let digest = Sha256::digest(page).iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { file, name, sections, checksums, digest, length })
    }

    /// SHA-256 of the header, hexadecimal.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Bytes of the whole file.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The file, as given.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A section by its name.
    pub fn section(&self, name: &str) -> Result<Section<'_>, IndexError> {
        let entry = self.sections.iter().find(|entry| entry.name == name);
        let entry = entry.ok_or_else(|| self.damaged(name))?;
        Ok(Section { file: self, entry })
    }

    /// Where each section stands in the file.
    pub fn sections(&self) -> impl Iterator<Item = (&str, Range<u64>)> {
        self.sections.iter().map(|entry| {
            let begin = entry.page * PAGE as u64;
            (entry.name.as_str(), begin..begin + entry.bytes)
        })
    }

    /// Whether there is a section of that name.
    pub fn has(&self, name: &str) -> bool {
        self.sections.iter().any(|entry| entry.name == name)
    }

    /// Reads every page and checks it.
    pub fn verify(&self) -> Result<(), IndexError> {
        for entry in &self.sections {
            let mut cursor = Section { file: self, entry }.cursor_ahead(256);
            for at in (0..entry.bytes).step_by(PAGE) {
                cursor.read(at, 1)?;
            }
        }
        Ok(())
    }

    fn damaged(&self, section: &str) -> IndexError {
        IndexError::Damaged { file: self.name.clone(), section: section.to_owned() }
    }
}

/// What the first page says.
struct Header {
    format: u32,
    version: String,
    rules: [u8; 32],
    pages: u64,
    directory: u64,
    length: u64,
    hash: [u8; 32],
}

impl Header {
    fn take(page: &[u8; PAGE]) -> Result<Self, Malformed> {
        let (checked, checksum) = page.split_at(PAGE - 4);
        let mut take = Take::new(checked);
        let magic = take.bytes(MAGIC.len())? == MAGIC;
        let whole = Take::new(checksum).u32()? == crc32fast::hash(checked);
        if !magic || !whole {
            return Err(Malformed);
        }
        let (format, version) = (take.u32()?, take.text()?.to_owned());
        let mut take = Take::new(&checked[HEADER..]);
        let mut digest = || take.bytes(32)?.try_into().map_err(|_| Malformed);
        let rules = digest()?;
        let (pages, directory, length) = (take.u64()?, take.u64()?, take.u64()?);
        let mut digest = || take.bytes(32)?.try_into().map_err(|_| Malformed);
        Ok(Self { format, version, rules, pages, directory, length, hash: digest()? })
    }
}

/// Sections and checksums; every section lies within the pages.
fn directory(bytes: &[u8], length: u64, pages: u64) -> Result<(Vec<Entry>, Vec<u32>), Malformed> {
    let length = usize::try_from(length).map_err(|_| Malformed)?;
    let (directory, checksums) = bytes.split_at_checked(length).ok_or(Malformed)?;
    let mut take = Take::new(directory);
    let mut sections = Vec::new();
    for _ in 0..take.count()? {
        let (name, page, bytes) = (take.text()?.to_owned(), take.varint()?, take.varint()?);
        let last = page.checked_add(bytes.div_ceil(PAGE as u64)).ok_or(Malformed)?;
        if page == 0 || last > pages {
            return Err(Malformed);
        }
        sections.push(Entry { name, page, bytes });
    }
    let checksums: Vec<u32> =
        checksums.chunks_exact(4).map_while(|four| Take::new(four).u32().ok()).collect();
    if checksums.len() as u64 + 1 != pages {
        return Err(Malformed);
    }
    Ok((sections, checksums))
}

/// One section of an open index.
#[derive(Clone, Copy)]
pub struct Section<'a> {
    file: &'a IndexFile,
    entry: &'a Entry,
}

impl<'a> Section<'a> {
    /// How many bytes it has.
    pub fn bytes(self) -> u64 {
        self.entry.bytes
    }

    /// How many pages it has.
    pub fn pages(self) -> u64 {
        self.entry.bytes.div_ceil(PAGE as u64)
    }

    /// That what is in it cannot be.
    pub fn damaged(self) -> IndexError {
        self.file.damaged(&self.entry.name)
    }

    /// All of it.
    pub fn read_all(self) -> Result<Vec<u8>, IndexError> {
        let length = usize::try_from(self.bytes()).map_err(|_| self.damaged())?;
        self.cursor().read(0, length).map(<[u8]>::to_vec)
    }

    /// Reads here and there.
    pub fn cursor(self) -> Cursor<'a> {
        self.cursor_ahead(0)
    }

    /// Reads onwards: so many pages more than asked for, whenever any must be read.
    pub fn cursor_ahead(self, ahead: usize) -> Cursor<'a> {
        Cursor { section: self, first: 0, window: Vec::new(), ahead: ahead as u64 }
    }
}

/// A place in a section, with the pages last read there.
pub struct Cursor<'a> {
    section: Section<'a>,
    /// The section's page that the window begins with.
    first: u64,
    window: Vec<u8>,
    ahead: u64,
}

impl<'a> Cursor<'a> {
    /// The section.
    pub fn section(&self) -> Section<'a> {
        self.section
    }

    /// So many bytes from a position of the section on.
    pub fn read(&mut self, at: u64, count: usize) -> Result<&[u8], IndexError> {
        let end = at.checked_add(count as u64).filter(|end| *end <= self.section.bytes());
        let end = end.ok_or_else(|| self.section.damaged())?;
        let begin = self.first * PAGE as u64;
        if at < begin || end > begin + self.window.len() as u64 {
            self.load(at / PAGE as u64, end.div_ceil(PAGE as u64))?;
        }
        let from = (at - self.first * PAGE as u64) as usize;
        Ok(&self.window[from..from + count])
    }

    /// Reads and checks the pages from `first` to before `last`, and those ahead.
    fn load(&mut self, first: u64, last: u64) -> Result<(), IndexError> {
        let Section { file, entry } = self.section;
        let last = (last + self.ahead).min(entry.bytes.div_ceil(PAGE as u64));
        let count = last.saturating_sub(first) as usize;
        self.window.clear();
        self.window.resize(count * PAGE, 0);
        self.first = first;
        let page = entry.page + first;
        let read = read_at(&file.file, &mut self.window, page * PAGE as u64);
        let checksums = &file.checksums[page as usize - 1..][..count];
        let failed = match read {
            Ok(()) => self
                .window
                .chunks_exact(PAGE)
                .zip(checksums)
                .any(|(page, checksum)| crc32fast::hash(page) != *checksum)
                .then(|| file.damaged(&entry.name)),
            // It was whole when it was opened.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Some(file.damaged(&entry.name)),
            Err(error) => Some(IndexError::Read { file: file.name.clone(), error }),
        };
        match failed {
            Some(failed) => {
                self.window.clear();
                Err(failed)
            }
            None => Ok(()),
        }
    }
}

/// Reads at a position, whatever other threads read.
#[cfg(unix)]
pub(super) fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

/// Reads at a position, whatever other threads read.
#[cfg(windows)]
pub(super) fn read_at(file: &File, mut bytes: &mut [u8], mut at: u64) -> io::Result<()> {
    use std::os::windows::fs::FileExt;
    while !bytes.is_empty() {
        let count = file.seek_read(bytes, at)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        bytes = &mut bytes[count..];
        at += count as u64;
    }
    Ok(())
}
