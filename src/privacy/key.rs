//! The key under which values become tokens: 32 random bytes, as 64 hexadecimal digits in a file
//! that its owner alone can read.

use std::{
    fs,
    io::{ErrorKind, Write},
    path::Path,
};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::error::{PrivacyError, failed};
use crate::{audit::hexadecimal, write::PendingFile};

const BYTES: usize = 32;

/// So many of its bytes differ from one another at least: of 32 random ones fewer than 20 differ once
/// in 10^9 keys, of what a person types nearly always.
const DIFFERENT: usize = 20;

/// A key.
pub struct ShareKey([u8; BYTES]);

impl ShareKey {
    /// Reads a key file.
    pub fn read(path: &Path) -> Result<Self, PrivacyError> {
        let text = fs::read(path).map_err(|error| match error.kind() {
            // A key that was never made, or a slip of the name: nothing failed.
            ErrorKind::NotFound => PrivacyError::NoKeyFile(path.to_owned()),
            ErrorKind::IsADirectory => PrivacyError::NotAKey(path.to_owned()),
            _ => failed(path)(error),
        })?;
        let text = String::from_utf8(text).map_err(|_| PrivacyError::NotAKey(path.to_owned()))?;
        let bytes = parse(text.trim()).ok_or_else(|| PrivacyError::NotAKey(path.to_owned()))?;
        let mut different = bytes.to_vec();
        different.sort_unstable();
        different.dedup();
        if different.len() < DIFFERENT {
            return Err(PrivacyError::WeakKey(path.to_owned()));
        }
        Ok(Self(bytes))
    }

    /// Makes a new key and writes it to a file that is not there yet.
    pub fn create(path: &Path) -> Result<Self, PrivacyError> {
        loop {
            let mut bytes = [0; BYTES];
            getrandom::fill(&mut bytes).map_err(|error| failed(path)(std::io::Error::other(error)))?;
            PendingFile::write(path, false, |mut file| {
                writeln!(file, "{}", hexadecimal(&bytes)).map_err(failed(path))?;
                Ok::<_, PrivacyError>(file)
            })?;
            match Self::read(path) {
                // Once in 10^9 keys.
                Err(PrivacyError::WeakKey(_)) => fs::remove_file(path).map_err(failed(path))?,
                key => return key,
            }
        }
    }

    /// The token of a value: the same for the same value of the same domain under the same key, and
    /// nothing that leads back without the key. Nothing has no token.
    pub fn token(&self, domain: &str, value: &str) -> String {
        if value.is_empty() {
            return String::new();
        }
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(b"dinhdanh share 1\0");
        mac.update(domain.as_bytes());
        mac.update(b"\0");
        mac.update(value.as_bytes());
        hexadecimal(&mac.finalize().into_bytes()[..16])
    }

    /// By which two files made under the same key are known, without the key.
    pub fn name(&self) -> String {
        self.token("key", "name")[..8].to_owned()
    }
}

fn parse(text: &str) -> Option<[u8; BYTES]> {
    if text.len() != 2 * BYTES || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; BYTES];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    fn key(text: &str) -> Result<ShareKey, PrivacyError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("k");
        fs::write(&path, text).unwrap();
        ShareKey::read(&path)
    }

    #[test]
    fn a_token_is_hmac_sha256_of_domain_and_value() {
        let key = key(&format!("{KEY}\n")).unwrap();
        // printf 'dinhdanh share 1\0full_name\0Ng' | openssl dgst -sha256 -mac HMAC -macopt hexkey:…
        assert_eq!(key.token("full_name", "Ng"), "020ed9cbde2fd2484ba3a5608517a821");
        assert_eq!(key.token("full_name", "Ng"), key.token("full_name", "Ng"));
        assert_ne!(key.token("full_name", "Ng"), key.token("mother_name", "Ng"));
        assert_ne!(key.token("ab", "c"), key.token("a", "bc"));
        assert_eq!(key.token("full_name", ""), "");
    }

    #[test]
    fn what_could_be_guessed_is_no_key() {
        for text in ["", "secret", &KEY[2..], &format!("{KEY}00"), &KEY.replace('0', "g"), &"é".repeat(32)] {
            assert!(matches!(key(text), Err(PrivacyError::NotAKey(_))), "{text}");
        }
        for text in
            ["00".repeat(32), "0123456789abcdef".repeat(4), "61626364656667686970".repeat(4)[..64].to_owned()]
        {
            assert!(matches!(key(&text), Err(PrivacyError::WeakKey(_))), "{text}");
        }
    }

    #[test]
    fn a_new_key_is_never_written_over_an_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("k");
        let one = ShareKey::create(&path).unwrap();
        assert_eq!(ShareKey::read(&path).unwrap().name(), one.name());
        assert!(ShareKey::create(&path).is_err());
        assert_eq!(ShareKey::read(&path).unwrap().name(), one.name());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}
