//! The secret that both offices share: read from a file, never shown, told apart by a fingerprint.

use std::{
    fmt, fs,
    fs::OpenOptions,
    io::{self, Write},
    path::Path,
};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::EncodeError;

/// Bytes of a key that is made.
const BYTES: usize = 32;
/// Fewest and most hexadecimal digits of a key.
const DIGITS: std::ops::RangeInclusive<usize> = 64..=1024;

/// A key, ready to hash with.
#[derive(Clone)]
pub struct Key(Hmac<Sha256>);

/// The key itself is never shown.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.fingerprint())
    }
}

impl Key {
    /// A key of these bytes.
    pub fn of(secret: &[u8]) -> Self {
        Self(Hmac::new_from_slice(secret).expect("HMAC takes a key of any length"))
    }

    /// Reads a key file: hexadecimal digits, and blanks around them.
    ///
    /// # Errors
    /// Where the file cannot be read or holds no key.
    pub fn read(path: &Path) -> Result<Self, EncodeError> {
        let file = path.display().to_string();
        let text = match fs::read(path) {
            Ok(bytes) if bytes.len() <= 2 * DIGITS.end() => String::from_utf8(bytes).unwrap_or_default(),
            Ok(_) => String::new(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(EncodeError::NoKeyFile { file });
            }
            Err(error) if error.kind() == io::ErrorKind::IsADirectory => String::new(),
            Err(error) => return Err(EncodeError::Read { file, error }),
        };
        let text = text.trim().trim_start_matches('\u{feff}');
        let bytes = DIGITS.contains(&text.len()).then(|| from_hexadecimal(text)).flatten();
        bytes.map(|bytes| Self::of(&bytes)).ok_or(EncodeError::NoKey { file })
    }

    /// Makes a new key in a file that nobody else can read. Nothing that stands there is replaced.
    ///
    /// # Errors
    /// Where the file stands already or cannot be written.
    pub fn make(path: &Path) -> Result<Self, EncodeError> {
        let failed = |error: io::Error| EncodeError::Write { file: path.display().to_string(), error };
        let mut secret = [0_u8; BYTES];
        getrandom::fill(&mut secret).map_err(|error| failed(io::Error::other(error.to_string())))?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(failed)?;
        let written = writeln!(file, "{}", hexadecimal(&secret)).and_then(|()| file.sync_all());
        if let Err(error) = written {
            // Half a key is worse than none.
            let _ = fs::remove_file(path);
            return Err(failed(error));
        }
        Ok(Self::of(&secret))
    }

    /// The keyed hash of some parts; where one ends and the next begins counts.
    pub fn hash(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut hash = self.0.clone();
        for part in parts {
            hash.update(&(part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        hash.finalize().into_bytes().into()
    }

    /// The first half of the keyed hash of some parts, short enough to be a column.
    pub fn token(&self, parts: &[&[u8]]) -> u64 {
        let [a, b, c, d, e, f, g, h, ..] = self.hash(parts);
        // Zero stands for "not known".
        u64::from_le_bytes([a, b, c, d, e, f, g, h]).max(1)
    }

    /// Tells whether two keys are the same, and nothing else of them.
    pub fn fingerprint(&self) -> String {
        hexadecimal(&self.hash(&[b"dinhdanh key fingerprint"])[..8])
    }

    /// An endless stream of numbers that only this key and these parts give.
    pub(super) fn stream(&self, parts: &[&[u8]]) -> Stream {
        Stream { key: Self::of(&self.hash(parts)), block: [0; 32], used: 32, count: 0 }
    }
}

/// Keyed numbers of sixteen bits.
pub(super) struct Stream {
    key: Key,
    block: [u8; 32],
    used: usize,
    count: u64,
}

impl Stream {
    pub fn next(&mut self) -> u16 {
        if self.used == self.block.len() {
            self.block = self.key.hash(&[&self.count.to_le_bytes()]);
            self.count += 1;
            self.used = 0;
        }
        self.used += 2;
        u16::from_le_bytes([self.block[self.used - 2], self.block[self.used - 1]])
    }

    /// A number below `end`, each as likely as the next.
    pub fn below(&mut self, end: u16) -> u16 {
        let fair = u16::MAX - u16::MAX % end;
        loop {
            let drawn = self.next();
            if drawn < fair {
                return drawn % end;
            }
        }
    }
}

/// Lower-case hexadecimal digits.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| (byte as char).to_digit(16);
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| match pair {
            [high, low] => u8::try_from(digit(*high)? * 16 + digit(*low)?).ok(),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_key_is_read_back_and_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let made = Key::make(&path).unwrap();
        assert_eq!(Key::read(&path).unwrap().fingerprint(), made.fingerprint());
        assert!(matches!(Key::make(&path), Err(EncodeError::Write { .. })));
        assert!(!format!("{made:?}").contains(fs::read_to_string(&path).unwrap().trim()));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        for text in ["", "secret", &"a".repeat(63), &"a".repeat(65), &"g".repeat(64), &"a".repeat(9000)] {
            fs::write(&path, text).unwrap();
            assert!(matches!(Key::read(&path), Err(EncodeError::NoKey { .. })), "{}", text.len());
        }
        assert!(matches!(Key::read(folder.path()), Err(EncodeError::NoKey { .. })));
        assert!(matches!(Key::read(&folder.path().join("none")), Err(EncodeError::NoKeyFile { .. })));
    }

    #[test]
    fn parts_do_not_run_together() {
        let key = Key::of(b"k");
        assert_ne!(key.hash(&[b"ab", b"c"]), key.hash(&[b"a", b"bc"]));
        assert_ne!(key.token(&[b"a"]), Key::of(b"l").token(&[b"a"]));
    }
}
