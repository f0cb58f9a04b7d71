//! A run's folder in one encrypted file: a tar archive within the age format, made and opened in
//! one pass, whatever its size.

use std::{
    fs::{self, File},
    io::{self, BufReader, Read, Write},
    path::{Path, PathBuf},
};

use age::{DecryptError, Decryptor};
use serde_json::json;

use super::{
    error::{PrivacyError, failed},
    recipients::{Identities, Recipients},
    share::open_run,
};
use crate::{
    audit::{self, AuditHead, Event, FileDigest, LogName, Verification, found, is_plain, verify_folder},
    decide::DECISIONS_FILE,
    write::{PendingFile, PendingFolder, WriteError},
};

/// More files than any run has: an archive of millions of empty files is not a run.
const MOST_FILES: usize = 10_000;

/// What was sealed.
#[derive(Debug)]
pub struct Sealed {
    /// Files of the folder.
    pub files: usize,
    /// The sealed file.
    pub file: FileDigest,
    /// Where the log of the run ends now.
    pub head: AuditHead,
}

/// Seals the folder of a run to recipients.
pub fn seal(run: &Path, recipients: &Recipients, out: &Path, force: bool) -> Result<Sealed, PrivacyError> {
    let mut log = open_run(run)?;
    PendingFile::check(out, force)?;
    let names = names(run, out)?;
    let encryptor = recipients.encryptor()?;
    let file = PendingFile::write(out, force, |file| {
        let mut sealing = encryptor.wrap_output(file).map_err(failed(out))?;
        pack(run, &names, &mut sealing)?;
        sealing.finish().map_err(failed(out))
    })?;
    let event = Event {
        parameters: json!({ "recipients": recipients.keys(), "passphrase": recipients.keys().is_none() }),
        decisions: audit::decisions(run),
        counts: json!({ "files": names.len() }),
        elsewhere: vec![file.clone()],
        ..Event::new("run.sealed", "seal")
    };
    let head = log.append(event)?;
    Ok(Sealed { files: names.len(), file, head })
}

/// Every file below the folder; the sealed one may lie in it itself.
fn names(run: &Path, out: &Path) -> Result<Vec<String>, PrivacyError> {
    let itself = fs::canonicalize(out).ok();
    let found = found(run).map_err(failed(run))?;
    let mut names = Vec::new();
    for name in found {
        let path = run.join(&name);
        if name == LogName::Audit.new_head() || itself.is_some() && fs::canonicalize(&path).ok() == itself {
            continue;
        }
        let is_file = fs::symlink_metadata(&path).map_err(failed(&path))?.is_file();
        if !is_file || !is_plain(&name) {
            return Err(PrivacyError::NotPlain { path: run.to_owned(), name });
        }
        names.push(name);
    }
    Ok(names)
}

fn pack(run: &Path, names: &[String], to: impl Write) -> Result<(), PrivacyError> {
    let mut archive = tar::Builder::new(to);
    for name in names {
        let path = run.join(name);
        let file = File::open(&path).map_err(failed(&path))?;
        let length = file.metadata().map_err(failed(&path))?.len();
        let mut header = tar::Header::new_gnu();
        header.set_mode(0o600);
        header.set_size(length);
        // What was added since is not in the size that was said.
        let content = Exactly { file: file.take(length), left: length };
        archive.append_data(&mut header, name, content).map_err(failed(&path))?;
    }
    archive.into_inner().map(drop).map_err(failed(run))
}

/// A file that must have as many bytes as was said of it.
struct Exactly {
    file: io::Take<File>,
    left: u64,
}

impl Read for Exactly {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.left -= read as u64;
        if read == 0 && self.left > 0 && !buffer.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(read)
    }
}

/// What was opened.
#[derive(Debug)]
pub struct Opened {
    /// Files of the folder.
    pub files: usize,
    /// Whether the folder is as its log says.
    pub verified: Verification,
    /// Where its log ends now; `None` where it cannot be written to.
    pub head: Option<AuditHead>,
}

/// Opens a sealed run into a folder that is not there yet; with `force` it replaces a run that is.
pub fn open(sealed: &Path, identities: &Identities, out: &Path, force: bool) -> Result<Opened, PrivacyError> {
    let folder = PendingFolder::create(out, force, [sealed])?.without_additions();
    let file = File::open(sealed).map_err(failed(sealed))?;
    let decryptor = Decryptor::new_buffered(BufReader::new(file)).map_err(|error| refused(error, sealed))?;
    let mut plain =
        decryptor.decrypt(identities.all().into_iter()).map_err(|error| refused(error, sealed))?;
    let files = unpack(sealed, &mut plain, &folder)?;
    // The end of the archive is not the end of the file: what was cut off behind it shows only here.
    io::copy(&mut plain, &mut io::sink()).map_err(|error| unreadable(error, sealed))?;
    let opened = folder.path();
    if !opened.join("manifest.json").is_file() || !opened.join(LogName::Audit.log()).is_file() {
        return Err(PrivacyError::NotARun(sealed.to_owned()));
    }
    keep_decisions(&folder)?;
    let verified = verify_folder(opened, LogName::Audit, None).map_err(failed(out))?;
    folder.commit()?;
    let head = log_opened(out, sealed, files);
    Ok(Opened { files, verified, head })
}

/// A log that was touched before it was sealed cannot be added to, and its reader is told so.
fn log_opened(out: &Path, sealed: &Path, files: usize) -> Option<AuditHead> {
    let (bytes, sha256) = audit::digest(File::open(sealed).ok()?).ok()?;
    let event = Event {
        inputs: json!([{ "path": sealed.to_string_lossy(), "bytes": bytes, "sha256": sha256 }]),
        decisions: audit::decisions(out),
        counts: json!({ "files": files }),
        ..Event::new("run.opened", "open")
    };
    audit::append(out, event).ok()
}

/// What was decided in the folder that would be replaced is nowhere else, unless the sealed run has
/// it too.
fn keep_decisions(folder: &PendingFolder) -> Result<(), PrivacyError> {
    let Some(old) = folder.replaced() else { return Ok(()) };
    let read = |path: PathBuf| match fs::read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        read => read.map_err(failed(&path)),
    };
    let (mine, new) = (read(old.join(DECISIONS_FILE))?, read(folder.path().join(DECISIONS_FILE))?);
    if new.starts_with(&mine) { Ok(()) } else { Err(PrivacyError::HasDecisions(old.to_owned())) }
}

/// Who sealed a file is not known, only for whom: nothing in it is trusted. Regular files with names
/// that stay in the folder, each once; anything else refuses the whole.
fn unpack(sealed: &Path, plain: impl Read, folder: &PendingFolder) -> Result<usize, PrivacyError> {
    let mut archive = tar::Archive::new(plain);
    let mut files = 0;
    for entry in archive.entries().map_err(|error| unreadable(error, sealed))? {
        let mut entry = entry.map_err(|error| unreadable(error, sealed))?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let not_plain = || PrivacyError::NotPlain { path: sealed.to_owned(), name: name.clone() };
        let name = name.as_str();
        if !entry.header().entry_type().is_file() || !is_plain(name) || files == MOST_FILES {
            return Err(not_plain());
        }
        if folder.path().join(name).symlink_metadata().is_ok() {
            return Err(not_plain());
        }
        let mut fault = None;
        let written = folder.write(name, |file| {
            copy(&mut entry, file, &mut fault).map_err(|error| WriteError::Io {
                action: "write",
                path: folder.path().join(name),
                error,
            })
        });
        if let Some(error) = fault {
            return Err(unreadable(error, sealed));
        }
        written?;
        files += 1;
    }
    Ok(files)
}

/// Copies, and tells what could not be read apart from what could not be written.
fn copy(from: &mut impl Read, to: &mut impl Write, fault: &mut Option<io::Error>) -> io::Result<()> {
    let mut buffer = vec![0; 1 << 16];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => to.write_all(&buffer[..read])?,
            Err(error) => {
                *fault = Some(error);
                return Ok(());
            }
        }
    }
}

fn refused(error: DecryptError, sealed: &Path) -> PrivacyError {
    match error {
        DecryptError::NoMatchingKeys | DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => {
            PrivacyError::NotForYou(sealed.to_owned())
        }
        DecryptError::Io(error) => unreadable(error, sealed),
        _ => PrivacyError::Damaged(sealed.to_owned()),
    }
}

/// What the disk does not give is a failure of the system; what cannot be decrypted or is no archive
/// is a damaged file.
fn unreadable(error: io::Error, sealed: &Path) -> PrivacyError {
    if error.raw_os_error().is_some() {
        failed(sealed)(error)
    } else {
        PrivacyError::Damaged(sealed.to_owned())
    }
}
