//! To whom a run is sealed and who opens it: keys of the age format (age-encryption.org), or a
//! passphrase.

use std::{
    fs::{self, File},
    io::{BufReader, Write},
    iter,
    path::Path,
};

use age::{
    Encryptor, Identity, IdentityFile, Recipient, scrypt,
    secrecy::{ExposeSecret, SecretString},
    x25519,
};

use super::error::{PrivacyError, failed};
use crate::write::PendingFile;

/// A passphrase protects only as well as it cannot be guessed: `age` itself makes up ten words.
const SHORTEST_PASSPHRASE: usize = 16;

/// Who can open what is sealed.
pub enum Recipients {
    /// Whoever has the secret half of one of these keys.
    Keys(Vec<x25519::Recipient>),
    /// Whoever knows it.
    Passphrase(SecretString),
}

impl Recipients {
    /// Reads keys as typed and files of keys, one a line, `#` before a remark.
    pub fn read(typed: &[String], files: &[impl AsRef<Path>]) -> Result<Self, PrivacyError> {
        let parse = |text: &str| {
            text.trim().parse::<x25519::Recipient>().map_err(|_| PrivacyError::NotARecipient(shown(text)))
        };
        let mut keys: Vec<x25519::Recipient> =
            typed.iter().map(|text| parse(text)).collect::<Result<_, _>>()?;
        for path in files {
            let path = path.as_ref();
            let text = fs::read_to_string(path).map_err(failed(path))?;
            for (number, line) in (1..).zip(text.lines().map(str::trim)) {
                if line.is_empty() || line.starts_with('#') {
                    continue;
                }
                let at = |_| PrivacyError::NotARecipient(format!("{}:{number}", path.display()));
                keys.push(parse(line).map_err(at)?);
            }
        }
        if keys.is_empty() { Err(PrivacyError::NoRecipient) } else { Ok(Self::Keys(keys)) }
    }

    /// Reads a passphrase: the first line of a file.
    pub fn passphrase(path: &Path) -> Result<Self, PrivacyError> {
        let passphrase = read_passphrase(path)?;
        if passphrase.expose_secret().chars().count() < SHORTEST_PASSPHRASE {
            return Err(PrivacyError::WeakPassphrase(path.to_owned()));
        }
        Ok(Self::Passphrase(passphrase))
    }

    /// How many keys open it; `None` for a passphrase.
    pub fn keys(&self) -> Option<usize> {
        match self {
            Self::Keys(keys) => Some(keys.len()),
            Self::Passphrase(_) => None,
        }
    }

    pub(super) fn encryptor(&self) -> Result<Encryptor, PrivacyError> {
        match self {
            Self::Keys(keys) => Encryptor::with_recipients(keys.iter().map(|key| key as &dyn Recipient))
                .map_err(|_| PrivacyError::NoRecipient),
            Self::Passphrase(passphrase) => Ok(Encryptor::with_user_passphrase(passphrase.clone())),
        }
    }
}

/// Secret keys are not shown, should somebody mistake one for a recipient.
fn shown(text: &str) -> String {
    if text.trim().starts_with("age1") { text.trim().to_owned() } else { "…".to_owned() }
}

/// What opens a sealed run.
pub enum Identities {
    /// Secret keys.
    Keys(Vec<Box<dyn Identity + Send + Sync>>),
    /// A passphrase.
    Passphrase(scrypt::Identity),
}

impl Identities {
    /// Reads a file of secret keys.
    pub fn read(path: &Path) -> Result<Self, PrivacyError> {
        let file = File::open(path).map_err(failed(path))?;
        let none = || PrivacyError::NotAnIdentity(path.to_owned());
        let file = IdentityFile::from_buffer(BufReader::new(file)).map_err(|_| none())?;
        let keys = file.into_identities().map_err(|_| none())?;
        if keys.is_empty() { Err(none()) } else { Ok(Self::Keys(keys)) }
    }

    /// Reads a passphrase: the first line of a file.
    pub fn passphrase(path: &Path) -> Result<Self, PrivacyError> {
        Ok(Self::Passphrase(scrypt::Identity::new(read_passphrase(path)?)))
    }

    pub(super) fn all(&self) -> Vec<&dyn Identity> {
        match self {
            Self::Keys(keys) => keys.iter().map(|key| &**key as &dyn Identity).collect(),
            Self::Passphrase(passphrase) => iter::once(passphrase as &dyn Identity).collect(),
        }
    }
}

fn read_passphrase(path: &Path) -> Result<SecretString, PrivacyError> {
    let text = fs::read_to_string(path).map_err(failed(path))?;
    Ok(SecretString::from(text.lines().next().unwrap_or_default().to_owned()))
}

/// Makes a pair of keys: the secret one goes into a file of its owner's, the public one is returned.
pub fn create_identity(path: &Path) -> Result<String, PrivacyError> {
    let secret = x25519::Identity::generate();
    let public = secret.to_public().to_string();
    PendingFile::write(path, false, |mut file| {
        writeln!(file, "# public key: {public}\n{}", secret.to_string().expose_secret())
            .map_err(failed(path))?;
        Ok::<_, PrivacyError>(file)
    })?;
    Ok(public)
}
