//! The file of an encoded list: a line that names the format, a head in JSON, a table in CSV, and the
//! digest of all of it in the last line, so that a file cut short or changed is found out.

use std::{
    collections::HashSet,
    fs::{self, File},
    io::{Read, Write},
    path::Path,
};

use sha2::{Digest, Sha256};

use super::{
    EncodeError, Encoded,
    key::hexadecimal,
    list::{EncodedList, bit},
    parameters::{Header, Parameters},
};
use crate::{
    outcome::{InputFile, ListKind},
    rules::Segment,
};

/// First bytes of every encoded list.
const MAGIC: &str = "dinhdanh-clk ";
/// Raised with every change of what the table means.
const FORMAT: u32 = 1;
/// Begins the last line.
const DIGEST: &str = "sha256 ";
/// The head is not longer than this.
const MOST_HEADER: usize = 1 << 16;

/// Whether a file is an encoded list, by its first bytes. A file that cannot be read is none here:
/// whoever reads it next says why.
pub fn is_encoded(path: &Path) -> bool {
    let mut first = [0; MAGIC.len()];
    path.as_os_str() != "-"
        && File::open(path).and_then(|mut file| file.read_exact(&mut first)).is_ok()
        && first == *MAGIC.as_bytes()
}

fn headings(parameters: &Parameters) -> Vec<String> {
    let mut headings = vec!["id".to_owned(), "usable".to_owned(), "bare".to_owned()];
    headings.extend(Segment::ALL.map(|segment| segment.as_str().to_owned()));
    headings.extend(parameters.tokens.iter().map(|token| token.as_str().to_owned()));
    headings.extend((1..=parameters.blocks.len()).map(|at| format!("block_{at}")));
    headings
}

/// Writes the whole file.
pub(super) fn write_list(list: &EncodedList, to: &mut impl Write) -> std::io::Result<()> {
    let mut to = Digested { to, hash: Sha256::new() };
    let parameters = list.parameters();
    writeln!(to, "{MAGIC}{FORMAT}")?;
    writeln!(to, "{}", serde_json::to_string(&list.header)?)?;
    writeln!(to, "{}", headings(parameters).join(","))?;
    let mut line = String::new();
    for record in 0..list.len() {
        line.clear();
        line.push_str(list.identifier(record));
        line.push_str(if list.is_usable(record) { ",1" } else { ",0" });
        line.push_str(&format!(",{:x}", list.bare[record]));
        for segment in Segment::ALL {
            line.push(',');
            if list.present[record] & bit(segment) != 0 {
                let filter = &list.filters(record)[parameters.place(segment)];
                filter.iter().for_each(|word| line.push_str(&hexadecimal(&word.to_le_bytes())));
            }
        }
        let tokens = &list.tokens[record * parameters.tokens.len()..][..parameters.tokens.len()];
        let blocks = &list.blocks[record * parameters.blocks.len()..][..parameters.blocks.len()];
        for token in tokens.iter().chain(blocks) {
            line.push(',');
            if *token != 0 {
                line.push_str(&format!("{token:x}"));
            }
        }
        line.push('\n');
        to.write_all(line.as_bytes())?;
    }
    let digest = hexadecimal(&to.hash.finalize());
    writeln!(to.to, "{DIGEST}{digest}")
}

struct Digested<'w, W> {
    to: &'w mut W,
    hash: Sha256,
}

impl<W: Write> Write for Digested<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.to.flush()
    }
}

/// Reads the encoded lists of one side as one.
///
/// # Errors
/// Where a file is no encoded list as it was written, or does not go with the others.
pub fn read_encoded(
    paths: &[impl AsRef<Path>],
    kind: ListKind,
) -> Result<(Vec<InputFile>, Option<EncodedList>), EncodeError> {
    let mut inputs: Vec<InputFile> = Vec::new();
    let mut whole: Option<EncodedList> = None;
    for path in paths {
        let path = path.as_ref();
        let file = path.display().to_string();
        let bytes = fs::read(path).map_err(|error| EncodeError::Read { file: file.clone(), error })?;
        let sha256 = hexadecimal(&Sha256::digest(&bytes));
        if inputs.iter().any(|input| input.sha256 == sha256) {
            return Err(EncodeError::Twice { file });
        }
        let list = parse(&bytes, &file)?;
        if list.header.list != kind.as_str() {
            let other = if kind == ListKind::Children { ListKind::Register } else { ListKind::Children };
            return Err(EncodeError::WrongList { file, found: other.as_str(), expected: kind.as_str() });
        }
        inputs.push(InputFile { path: path.to_owned(), bytes: bytes.len() as u64, sha256, list: kind });
        match &mut whole {
            None => whole = Some(list),
            Some(whole) => {
                let first = inputs[0].path.display().to_string();
                fit(&whole.header, &first, &list.header, &file)?;
                whole.append(list);
            }
        }
    }
    if let Some(list) = &whole {
        let mut met = HashSet::new();
        let file = || paths.last().map(|path| path.as_ref().display().to_string()).unwrap_or_default();
        if !list.identifiers.iter().all(|identifier| met.insert(identifier.as_str())) {
            return Err(EncodeError::Twice { file: file() });
        }
        if u32::try_from(list.len()).is_err() {
            return Err(EncodeError::TooMany { file: file() });
        }
    }
    Ok((inputs, whole))
}

/// Refuses two lists that cannot be compared.
pub(super) fn fit(
    first: &Header,
    first_file: &str,
    other: &Header,
    other_file: &str,
) -> Result<(), EncodeError> {
    let (first_file, file) = (first_file.to_owned(), other_file.to_owned());
    if first.key != other.key {
        let (found, expected) = (other.key.clone(), first.key.clone());
        return Err(EncodeError::OtherKey { file, found, first: first_file, expected });
    }
    let what = first.parameters.difference(&other.parameters);
    let what = what.map(str::to_owned).or_else(|| {
        (first.program != other.program).then(|| format!("{}, {}", first.program, other.program))
    });
    match what {
        Some(what) => Err(EncodeError::OtherParameters { file, first: first_file, what }),
        None => Ok(()),
    }
}

fn parse(bytes: &[u8], file: &str) -> Result<EncodedList, EncodeError> {
    let damaged =
        |line: usize, what: &str| EncodeError::Damaged { file: file.to_owned(), line, what: what.to_owned() };
    let text = std::str::from_utf8(bytes).map_err(|_| damaged(1, "UTF-8"))?;
    let mut lines = text.split('\n');
    let version = lines.next().and_then(|line| line.strip_prefix(MAGIC));
    let version = version.ok_or_else(|| damaged(1, MAGIC.trim_end()))?;
    if version != FORMAT.to_string() {
        let found: String = version.chars().take(20).collect();
        return Err(EncodeError::Version { file: file.to_owned(), found, expected: FORMAT });
    }
    let body = body(text).ok_or_else(|| damaged(text.lines().count(), DIGEST.trim_end()))?;
    let head = lines.next().filter(|line| line.len() <= MOST_HEADER);
    let header: Option<Header> = head.and_then(|line| serde_json::from_str(line).ok());
    let header = header.filter(|header| header.parameters.is_sound()).ok_or_else(|| damaged(2, "JSON"))?;
    let headings = headings(&header.parameters);
    if lines.next() != Some(&headings.join(",")) {
        return Err(damaged(3, "id,usable,bare,…"));
    }
    let mut list = EncodedList::empty(header);
    let rows = body.lines().skip(3);
    for (line, row) in (4..).zip(rows) {
        let record = record(row, list.parameters());
        list.push(record.map_err(|cell| damaged(line, headings.get(cell).map_or("", String::as_str)))?);
    }
    if list.len() as u64 != list.header.records {
        return Err(damaged(2, "records"));
    }
    Ok(list)
}

/// All but the last line, if that is the digest of the others.
fn body(text: &str) -> Option<&str> {
    let whole = text.strip_suffix('\n')?;
    let begin = whole.rfind('\n')? + 1;
    let digest = whole[begin..].strip_prefix(DIGEST)?;
    (digest == hexadecimal(&Sha256::digest(&text.as_bytes()[..begin]))).then_some(&text[..begin])
}

/// One row; the error is the number of the cell that is not what it should be.
fn record(row: &str, parameters: &Parameters) -> Result<Encoded, usize> {
    let mut cells = row.split(',').enumerate();
    let mut end = 0_usize;
    let mut next = || {
        let cell = cells.next().ok_or(end);
        end += 1;
        cell
    };
    let (at, identifier) = next()?;
    let fits =
        (1..=64).contains(&identifier.len()) && identifier.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !fits {
        return Err(at);
    }
    let usable = match next()? {
        (_, "1") => true,
        (_, "0") => false,
        (at, _) => return Err(at),
    };
    let (at, cell) = next()?;
    let is_digits = (1..=2).contains(&cell.len()) && cell.bytes().all(|byte| byte.is_ascii_hexdigit());
    let bare = u8::from_str_radix(cell, 16).ok().filter(|bare| is_digits && *bare < 1 << Segment::ALL.len());
    let bare = bare.ok_or(at)?;
    let mut words = vec![0; parameters.record_words()];
    let mut present = 0;
    for segment in Segment::ALL {
        let (at, cell) = next()?;
        if !cell.is_empty() {
            read_words(cell, &mut words[parameters.place(segment)]).ok_or(at)?;
            present |= bit(segment);
        }
    }
    let mut number = || {
        let (at, cell) = next()?;
        match cell {
            "" => Ok(0),
            cell if cell.len() <= 16 && !cell.starts_with('+') => {
                u64::from_str_radix(cell, 16).map_err(|_| at)
            }
            _ => Err(at),
        }
    };
    let tokens = parameters.tokens.iter().map(|_| number()).collect::<Result<_, _>>()?;
    let blocks = parameters.blocks.iter().map(|_| number()).collect::<Result<_, _>>()?;
    match cells.next() {
        Some((at, _)) => Err(at),
        None => {
            Ok(Encoded { identifier: identifier.to_owned(), usable, present, bare, words, tokens, blocks })
        }
    }
}

fn read_words(cell: &str, words: &mut [u64]) -> Option<()> {
    let (digits, rest) = cell.as_bytes().as_chunks::<16>();
    if digits.len() != words.len() || !rest.is_empty() {
        return None;
    }
    for (word, digits) in words.iter_mut().zip(digits) {
        let text = std::str::from_utf8(digits).ok()?;
        let number = u64::from_str_radix(text, 16).ok().filter(|_| !text.starts_with('+'))?;
        *word = number.swap_bytes();
    }
    Some(())
}

#[cfg(test)]
mod tests;
