//! Writes an index: section after section in pages with checksums, under a temporary name beside
//! its place until it is whole.

use std::{
    io::{self, BufWriter, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use sha2::{Digest, Sha256};

use super::{
    codec::Put,
    error::IndexError,
    file::{FORMAT, HEADER, MAGIC, PAGE, VERSION},
};
use crate::disk::{self, DiskFile, Unfinished};

/// Temporary files of indexes under construction, for whoever ends the program from outside.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

const PREFIX: &str = ".dinhdanh-";
const SUFFIX: &str = ".tmp";

/// Removes what killed programs have left of indexes in the folder of this one, and says how many
/// files that were: they hold a part of a register.
pub fn tidy(target: &Path) -> usize {
    let folder = target.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    disk::remove_abandoned(folder, PREFIX, SUFFIX).len()
}

/// Removes what is unfinished: the program ends.
pub fn abandon() {
    let unfinished = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner);
    unfinished.iter().for_each(|file| _ = std::fs::remove_file(file));
}

/// An index under construction.
pub struct IndexWriter {
    target: PathBuf,
    folder: PathBuf,
    out: BufWriter<DiskFile>,
    unfinished: Unfinished,
    /// The page being filled.
    page: Vec<u8>,
    checksums: Vec<u8>,
    /// Pages written, the header's included.
    pages: u64,
    /// Name, first page and bytes of each section.
    sections: Vec<(String, u64, u64)>,
    written: u64,
}

impl IndexWriter {
    /// Begins an index that is to stand at `target`.
    pub fn create(target: &Path) -> Result<Self, IndexError> {
        let folder = match target.parent() {
            Some(folder) if folder != Path::new("") => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        let begin = || {
            let (mut file, unfinished) = disk::unfinished(&folder, PREFIX, SUFFIX)?;
            file.write_all(&[0; PAGE])?;
            Ok((file, unfinished))
        };
        let (file, unfinished) = begin().map_err(|error| cannot_write(target, error))?;
        UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner).push(unfinished.path().to_owned());
        Ok(Self {
            target: target.to_owned(),
            folder,
            out: BufWriter::with_capacity(1 << 20, file),
            unfinished,
            page: Vec::with_capacity(PAGE),
            checksums: Vec::new(),
            pages: 1,
            sections: Vec::new(),
            written: 0,
        })
    }

    /// Where temporary files of the build belong: beside the index.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// An error of the system while the index was made.
    pub fn error(&self, error: io::Error) -> IndexError {
        cannot_write(&self.target, error)
    }

    /// Writes one section whole.
    pub fn section(&mut self, name: &str, bytes: &[u8]) -> Result<(), IndexError> {
        self.begin(name);
        self.append(bytes)?;
        self.end()
    }

    /// Begins a section; what is appended belongs to it until its end.
    pub fn begin(&mut self, name: &str) {
        self.sections.push((name.to_owned(), self.pages, 0));
        self.written = 0;
    }

    /// Appends to the section begun.
    pub fn append(&mut self, mut bytes: &[u8]) -> Result<(), IndexError> {
        self.written += bytes.len() as u64;
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(PAGE - self.page.len()));
            self.page.extend_from_slice(now);
            bytes = later;
            if self.page.len() == PAGE {
                self.flush_page()?;
            }
        }
        Ok(())
    }

    /// Appends two stretches of bytes, both of which mostly fit into the page.
    pub(super) fn append_two(&mut self, first: &[u8], second: &[u8]) -> Result<(), IndexError> {
        if self.page.len() + first.len() + second.len() < PAGE {
            self.page.extend_from_slice(first);
            self.page.extend_from_slice(second);
            self.written += (first.len() + second.len()) as u64;
            return Ok(());
        }
        self.append(first)?;
        self.append(second)
    }

    /// Ends the section: the next one begins on a page of its own.
    pub fn end(&mut self) -> Result<(), IndexError> {
        if !self.page.is_empty() {
            self.page.resize(PAGE, 0);
            self.flush_page()?;
        }
        if let Some(section) = self.sections.last_mut() {
            section.2 = self.written;
        }
        Ok(())
    }

    fn flush_page(&mut self) -> Result<(), IndexError> {
        self.checksums.put_u32(crc32fast::hash(&self.page));
        let written = self.out.write_all(&self.page);
        written.map_err(|error| self.error(error))?;
        self.page.clear();
        self.pages += 1;
        Ok(())
    }

    /// Writes directory and header and puts the index in its place, replacing what stood there.
    /// Returns its size.
    pub fn finish(mut self, rules: &[u8; 32]) -> Result<u64, IndexError> {
        let mut directory = Vec::new();
        directory.put_varint(self.sections.len() as u64);
        for (name, page, bytes) in &self.sections {
            directory.put_text(name);
            directory.put_varint(*page);
            directory.put_varint(*bytes);
        }
        let length = self.pages * PAGE as u64 + (directory.len() + self.checksums.len()) as u64;
        let header = header(rules, self.pages, directory.len() as u64, length, [&directory, &self.checksums]);
        let target = self.target;
        let put = || {
            self.out.write_all(&directory)?;
            self.out.write_all(&self.checksums)?;
            self.out.seek(SeekFrom::Start(0))?;
            self.out.write_all(&header)?;
            let file = self.out.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.sync()?;
            // Windows puts no file in its place that is open.
            drop(file);
            self.unfinished.put(&target)?;
            // The new name is on the disk when its folder is.
            disk::sync_dir(&self.folder)
        };
        put().map_err(|error| cannot_write(&target, error))?;
        Ok(length)
    }
}

/// The header: everything after it hangs on its checksums.
fn header(rules: &[u8; 32], pages: u64, directory: u64, length: u64, hashed: [&[u8]; 2]) -> Vec<u8> {
    let mut header = Vec::with_capacity(PAGE);
    header.extend_from_slice(MAGIC);
    header.put_u32(FORMAT);
    header.put_text(VERSION);
    header.resize(HEADER, 0);
    header.extend_from_slice(rules);
    header.put_u64(pages);
    header.put_u64(directory);
    header.put_u64(length);
    let mut hash = Sha256::new();
    hashed.iter().for_each(|bytes| hash.update(bytes));
    header.extend_from_slice(&hash.finalize());
    header.resize(PAGE - 4, 0);
    let checksum = crc32fast::hash(&header);
    header.put_u32(checksum);
    header
}

fn cannot_write(target: &Path, error: io::Error) -> IndexError {
    IndexError::Write { file: target.display().to_string(), error }
}
