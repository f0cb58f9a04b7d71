//! One file of an output folder while it is written: what goes to the disk is digested on the way,
//! so that nobody has to read it again, and a long file is sent to the disk while it still grows.

use std::{
    io::{self, BufWriter, Seek, SeekFrom, Write},
    thread::JoinHandle,
};

use sha2::{Digest, Sha256};

use crate::{
    audit::{digest, hexadecimal},
    disk::DiskFile,
};

/// A file being written.
pub type OutputFile = BufWriter<DigestedFile>;

/// So much is handed to the writers below at once.
const BUFFER: usize = 1 << 17;

/// After so many bytes the disk is told to begin with them: it works while the rest is made.
const SYNC_STEP: u64 = 1 << 26;

/// What reaches a file, with its digest.
#[derive(Debug)]
pub struct DigestedFile {
    file: DiskFile,
    hash: Sha256,
    /// Bytes digested: where the file ends as long as it only grows.
    bytes: u64,
    /// The writer has changed what stood there already, as archives do: the digest is of no use.
    went_back: bool,
    syncing: Option<JoinHandle<io::Result<()>>>,
    next_sync: u64,
}

/// A file that is whole, though not yet known to be on the disk.
#[derive(Debug)]
pub(super) struct WholeFile {
    file: DiskFile,
    syncing: Option<JoinHandle<io::Result<()>>>,
}

/// Starts a file that is empty and may be read, too.
pub(super) fn start(file: DiskFile) -> OutputFile {
    let digested = DigestedFile {
        file,
        hash: Sha256::new(),
        bytes: 0,
        went_back: false,
        syncing: None,
        next_sync: SYNC_STEP,
    };
    BufWriter::with_capacity(BUFFER, digested)
}

impl DigestedFile {
    /// The file with its size and SHA-256.
    pub(super) fn finish(mut self) -> io::Result<(WholeFile, u64, String)> {
        let (bytes, sha256) = if self.went_back {
            self.file.rewind()?;
            digest(&self.file)?
        } else {
            (self.bytes, hexadecimal(&self.hash.finalize()))
        };
        Ok((WholeFile { file: self.file, syncing: self.syncing }, bytes, sha256))
    }

    /// Lets the disk begin, unless it is still busy with an earlier part.
    fn begin_sync(&mut self) -> io::Result<()> {
        if self.syncing.as_ref().is_some_and(|thread| !thread.is_finished()) {
            return Ok(());
        }
        self.syncing.take().map_or(Ok(()), joined)?;
        self.next_sync = self.bytes + SYNC_STEP;
        let file = self.file.try_clone()?;
        // Without a thread the whole file is synced at the end.
        self.syncing = std::thread::Builder::new().spawn(move || file.sync()).ok();
        Ok(())
    }
}

impl WholeFile {
    /// Waits for the part that the disk began with.
    pub fn wait(&mut self) -> io::Result<()> {
        self.syncing.take().map_or(Ok(()), joined)
    }

    /// Waits until all of it is on the disk.
    pub fn sync(&self) -> io::Result<()> {
        self.file.sync()
    }
}

fn joined(thread: JoinHandle<io::Result<()>>) -> io::Result<()> {
    thread.join().expect("syncing a file does not panic")
}

impl Write for DigestedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        if !self.went_back {
            self.hash.update(&bytes[..written]);
            self.bytes += written as u64;
            if self.bytes >= self.next_sync {
                self.begin_sync()?;
            }
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for DigestedFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = self.file.seek(to)?;
        self.went_back |= at != self.bytes;
        Ok(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was written, with the digest of [`start`] and of the file read again.
    fn written(fill: impl FnOnce(&mut OutputFile)) -> (Vec<u8>, u64, String, String) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let mut file = start(crate::disk::create(&path).unwrap());
        fill(&mut file);
        let (mut whole, bytes, sha256) = file.into_inner().unwrap().finish().unwrap();
        whole.wait().and_then(|()| whole.sync()).unwrap();
        let content = std::fs::read(&path).unwrap();
        let again = digest(&content[..]).unwrap().1;
        (content, bytes, sha256, again)
    }

    #[test]
    fn the_digest_is_that_of_the_file() {
        let grown = written(|file| (0..100).for_each(|_| file.write_all(&[7; 9_999]).unwrap()));
        assert_eq!((grown.0.len(), grown.1), (999_900, 999_900));
        assert_eq!(grown.2, grown.3);
    }

    #[test]
    fn the_digest_is_right_where_the_writer_went_back() {
        let (content, bytes, sha256, again) = written(|file| {
            file.write_all(b"0123456789").unwrap();
            file.seek(SeekFrom::Start(2)).unwrap();
            file.write_all(b"xy").unwrap();
            file.seek(SeekFrom::End(0)).unwrap();
            file.write_all(b"!").unwrap();
        });
        assert_eq!((content.as_slice(), bytes), (&b"01xy456789!"[..], 11));
        assert_eq!(sha256, again);
    }
}
