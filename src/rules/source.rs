//! Where rules come from: files built into the program, each of which an office can overlay with
//! a file of the same name below `--rules DIR`. TOML overlays are merged key by key (arrays are
//! replaced whole), CSV overlays replace the file. Every fault is reported as file:line.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    fs,
    ops::Range,
    path::{Path, PathBuf},
};

use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use toml::{Spanned, de::DeTable, de::DeValue};

/// A fault in a rules file; the message says which file and line and what to do.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// The file exists and cannot be read.
    #[error("{file}: {error}")]
    Unreadable {
        /// Path of the file.
        file: String,
        /// What the system says.
        error: std::io::Error,
    },
    /// Not valid TOML or CSV, an unknown key, a value of the wrong kind, or a value that makes no
    /// sense beside the others.
    #[error("{file}:{line}: {message}")]
    Invalid {
        /// Path of the file.
        file: String,
        /// Line, from 1.
        line: usize,
        /// What is wrong and what is expected.
        message: String,
    },
    /// A file in the overlay folder that no rule has: almost surely a typing slip.
    #[error("{file}: no rules file has this name; the program knows: {known}")]
    UnknownFile {
        /// Path in the overlay folder.
        file: String,
        /// The names that exist.
        known: String,
    },
}

/// A rules file built into the program.
#[derive(Debug, Clone, Copy)]
pub struct BuiltIn {
    /// Name below `rules/`, with `/`.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// Names a file below `rules/` and builds it into the program.
#[macro_export]
macro_rules! rules_file {
    ($name:literal) => {
        $crate::rules::BuiltIn {
            name: $name,
            text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/", $name)),
        }
    };
}

/// A value read from a line of a CSV rules file.
#[derive(Debug, Clone)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Its line, from 1.
    pub line: usize,
}

/// Hands out rules files, built in or overlaid, and remembers which were read.
#[derive(Debug, Default)]
pub struct RuleSource {
    overlay: Option<PathBuf>,
    digests: BTreeMap<String, String>,
}

/// A text that was read, with the means to say where in it a fault stands.
struct Text {
    file: String,
    text: String,
}

/// The texts a TOML value was read from.
pub struct Places {
    base: Text,
    overlay: Option<Text>,
}

impl Places {
    /// Whether a value comes from the overlay.
    pub fn is_overlaid(&self, span: &Range<usize>) -> bool {
        self.overlay.is_some() && span.start > self.base.text.len()
    }

    /// A fault at the span of a value.
    pub fn fault(&self, span: Range<usize>, message: impl Into<String>) -> RulesError {
        match &self.overlay {
            Some(overlay) if self.is_overlaid(&span) => overlay.invalid(span.start, message),
            _ => self.base.invalid(span.start, message),
        }
    }
}

impl Text {
    fn invalid(&self, at: usize, message: impl Into<String>) -> RulesError {
        let before = &self.text.as_bytes()[..at.min(self.text.len())];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        RulesError::Invalid { file: self.file.clone(), line, message: message.into() }
    }
}

impl RuleSource {
    /// The built-in rules alone.
    pub fn built_in() -> Self {
        Self::default()
    }

    /// The built-in rules under an overlay folder.
    pub fn with_overlay(folder: &Path) -> Result<Self, RulesError> {
        let unreadable = |error| RulesError::Unreadable { file: folder.display().to_string(), error };
        fs::read_dir(folder).map_err(unreadable)?;
        Ok(Self { overlay: Some(folder.to_owned()), digests: BTreeMap::new() })
    }

    /// Reads a TOML file into a typed value. Give the type `#[serde(deny_unknown_fields)]`.
    pub fn toml<T: DeserializeOwned>(&mut self, file: BuiltIn) -> Result<T, RulesError> {
        self.toml_with_places(file).map(|(value, _)| value)
    }

    /// As [`RuleSource::toml`], with the means to name the line of a [`Spanned`] value that makes
    /// no sense beside the others.
    pub fn toml_with_places<T: DeserializeOwned>(
        &mut self,
        file: BuiltIn,
    ) -> Result<(T, Places), RulesError> {
        let base = Text { file: format!("rules/{}", file.name), text: file.text.to_owned() };
        // The overlay is parsed behind as many blanks as the base is long, so that every span
        // says by its position which of the two texts it stands in.
        let overlay = self.read_overlay(file)?.map(|mut text| {
            text.text.insert_str(0, &" ".repeat(base.text.len() + 1));
            text
        });
        self.remember(file, overlay.as_ref().map_or("", |text| text.text.trim_start()));
        let places = Places { base, overlay };
        let refuse =
            |error: toml::de::Error| places.fault(error.span().unwrap_or(0..0), error.message().to_owned());
        let mut table = DeTable::parse(&places.base.text).map_err(refuse)?;
        if let Some(overlay) = &places.overlay {
            merge(table.get_mut(), DeTable::parse(&overlay.text).map_err(refuse)?.into_inner());
        }
        let value = T::deserialize(toml::de::Deserializer::from(table)).map_err(refuse)?;
        Ok((value, places))
    }

    /// Reads a CSV file with a header row; lines that start with `#` are comments.
    pub fn csv<T: DeserializeOwned>(&mut self, file: BuiltIn) -> Result<Vec<Located<T>>, RulesError> {
        let overlay = self.read_overlay(file)?;
        self.remember(file, overlay.as_ref().map_or("", |text| text.text.as_str()));
        let text = overlay
            .unwrap_or_else(|| Text { file: format!("rules/{}", file.name), text: file.text.to_owned() });
        let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.text.as_bytes());
        let mut rows = Vec::new();
        let mut record = csv::StringRecord::new();
        let invalid = |error: &csv::Error, fallback: usize| RulesError::Invalid {
            file: text.file.clone(),
            line: error.position().map_or(fallback, |at| usize::try_from(at.line()).unwrap_or(fallback)),
            message: error.to_string(),
        };
        let headers = reader.headers().map_err(|error| invalid(&error, 1))?.clone();
        loop {
            let line = usize::try_from(reader.position().line()).unwrap_or(usize::MAX);
            match reader.read_record(&mut record) {
                Ok(false) => break,
                Ok(true) => {
                    let line =
                        record.position().map_or(line, |at| usize::try_from(at.line()).unwrap_or(line));
                    let value = record.deserialize(Some(&headers)).map_err(|error| invalid(&error, line))?;
                    rows.push(Located { value, line });
                }
                Err(error) => return Err(invalid(&error, line)),
            }
        }
        Ok(rows)
    }

    /// Hands out a file's text as it stands, for a table too large to be read at every start.
    /// Borrowed where built in, owned where overlaid.
    pub fn text(&mut self, file: BuiltIn) -> Result<Cow<'static, str>, RulesError> {
        let overlay = self.read_overlay(file)?;
        self.remember(file, overlay.as_ref().map_or("", |text| text.text.as_str()));
        Ok(overlay.map_or(Cow::Borrowed(file.text), |text| Cow::Owned(text.text)))
    }

    /// A fault found by a check beyond the file's form, at a line of a CSV file.
    pub fn fault(&self, file: BuiltIn, line: usize, message: impl Into<String>) -> RulesError {
        RulesError::Invalid { file: self.display_name(file), line, message: message.into() }
    }

    /// Refuses files in the overlay folder that no rule has read. Call last.
    pub fn finish(self) -> Result<BTreeMap<String, String>, RulesError> {
        if let Some(folder) = &self.overlay {
            let mut found = Vec::new();
            list_files(folder, "", &mut found)
                .map_err(|error| RulesError::Unreadable { file: folder.display().to_string(), error })?;
            if let Some(name) = found.iter().find(|name| !self.digests.contains_key(*name)) {
                let known = self.digests.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
                return Err(RulesError::UnknownFile { file: folder.join(name).display().to_string(), known });
            }
        }
        Ok(self.digests)
    }

    fn display_name(&self, file: BuiltIn) -> String {
        let overlaid =
            self.overlay.as_ref().map(|folder| folder.join(file.name)).filter(|path| path.is_file());
        overlaid.map_or_else(|| format!("rules/{}", file.name), |path| path.display().to_string())
    }

    fn read_overlay(&self, file: BuiltIn) -> Result<Option<Text>, RulesError> {
        let Some(path) =
            self.overlay.as_ref().map(|folder| folder.join(file.name)).filter(|path| path.is_file())
        else {
            return Ok(None);
        };
        let name = path.display().to_string();
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(Text { file: name, text: text.trim_start_matches('\u{feff}').to_owned() })),
            Err(error) => Err(RulesError::Unreadable { file: name, error }),
        }
    }

    fn remember(&mut self, file: BuiltIn, overlay: &str) {
        let mut hash = Sha256::new();
        hash.update(file.text.as_bytes());
        hash.update(overlay.as_bytes());
        let digest = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        self.digests.insert(file.name.to_owned(), digest);
    }
}

fn merge<'a>(base: &mut DeTable<'a>, over: DeTable<'a>) {
    for (key, value) in over {
        let merged = match (base.get_mut(&key).map(Spanned::get_mut), value.get_ref()) {
            (Some(DeValue::Table(below)), DeValue::Table(_)) => {
                if let DeValue::Table(above) = value.into_inner() {
                    merge(below, above);
                }
                continue;
            }
            _ => value,
        };
        base.insert(key, merged);
    }
}

fn list_files(folder: &Path, prefix: &str, found: &mut Vec<String>) -> std::io::Result<()> {
    let mut entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            list_files(&entry.path(), &format!("{name}/"), found)?;
        } else {
            found.push(name);
        }
    }
    Ok(())
}
