//! Reads all files of one list: the only place of this folder that touches files.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use super::{
    ReadError, claims, delimited,
    header::{self, Header},
    html,
    mapping::ColumnMapping,
    raw_sheet::{RawSheet, TooManyCells, column_letters},
    rows,
    shield::shielded,
    sniff::{FileKind, sniff},
    workbook,
};
use crate::{
    outcome::{InputFile, ListKind},
    record::{FieldKind, RawCell, Reject, RejectReason, SourceSheet, Sources, Table},
    rules::Rules,
};

/// How a list is to be read.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// `--columns FILE.toml`.
    pub mapping: Option<ColumnMapping>,
}

/// A list as it was read. Nothing is lost:
/// `rows_in` = data rows + layout rows + rejects of `tables` + `rejects`.
#[derive(Debug, Default)]
pub struct Reading {
    /// The files, in the order given.
    pub files: Vec<InputFile>,
    /// Their sheets, in input order; sheets without any content are left out.
    pub sources: Sources,
    /// One table for each source, in the same order. A sheet without a header has a table without
    /// columns, which holds its blank rows.
    pub tables: Vec<Table>,
    /// Rows of sheets that could not be used as a whole: no header, same file twice.
    pub rejects: Vec<Reject>,
    /// Rows of all sheets down to the last one with content, blank ones included.
    pub rows_in: u64,
}

/// A sheet and what is to become of it.
struct Planned {
    file: usize,
    sheet: RawSheet,
    fate: Fate,
}

enum Fate {
    Header(Header),
    Rejected(RejectReason),
}

/// Reads the files of one list, in order. `-` is standard input.
///
/// # Errors
/// A file that cannot be used stops the run ([`ReadError`]); a row that cannot be used becomes a
/// reject.
pub fn read_list(
    paths: &[PathBuf],
    kind: ListKind,
    options: &ReadOptions,
    rules: &Rules,
) -> Result<Reading, ReadError> {
    if paths.is_empty() {
        return Err(ReadError::NoInput);
    }
    let mut files: Vec<InputFile> = Vec::with_capacity(paths.len());
    let mut planned: Vec<Planned> = Vec::new();
    for (ix, path) in paths.iter().enumerate() {
        let name = shown(path);
        let bytes = read_bytes(path, &name)?;
        let (input, sheets) =
            rayon::join(|| describe(path, &bytes, kind), || read_sheets(&name, &bytes, rules));
        let sheets = sheets?;
        drop(bytes);
        let limits = &rules.columns.limits;
        let twice = files.iter().any(|file| file.sha256 == input.sha256);
        files.push(input);
        let mut plans: Vec<Planned> = sheets
            .into_iter()
            .filter(|sheet| !sheet.rows.is_empty())
            .map(|mut sheet| {
                sheet.vote_charset(rules);
                // Looked for in thousands of columns at most.
                sheet.check_width(&name, limits)?;
                let header = if twice { None } else { find_header(&sheet, kind, options, rules) };
                let reason = if twice { RejectReason::SameFileTwice } else { RejectReason::NoHeader };
                let fate = header.map_or(Fate::Rejected(reason), Fate::Header);
                Ok(Planned { file: ix, sheet, fate })
            })
            .collect::<Result<_, ReadError>>()?;
        if plans.is_empty() {
            return Err(ReadError::Empty { file: name });
        }
        if !twice && !plans.iter().any(|plan| matches!(plan.fate, Fate::Header(_))) {
            return Err(no_header(name, &plans, rules));
        }
        planned.append(&mut plans);
        if planned.len() > rules.columns.limits.sheets {
            return Err(ReadError::TooManySheets { limit: rules.columns.limits.sheets });
        }
    }
    if let Some(mapping) = &options.mapping {
        let headers: Vec<&Header> = planned
            .iter()
            .filter_map(|plan| match &plan.fate {
                Fate::Header(header) => Some(header),
                Fate::Rejected(_) => None,
            })
            .collect();
        mapping.check_found(kind, &headers, &rules.columns)?;
    }
    let reading = understand(files, paths, planned, kind, options, rules)?;
    if kind == ListKind::Register {
        require_numbers(&reading)?;
    }
    Ok(reading)
}

fn understand(
    files: Vec<InputFile>,
    paths: &[PathBuf],
    planned: Vec<Planned>,
    kind: ListKind,
    options: &ReadOptions,
    rules: &Rules,
) -> Result<Reading, ReadError> {
    let labels = file_labels(paths);
    let mut reading = Reading { files, ..Reading::default() };
    // For each file, whether any row of it came through, and where its first header stands.
    let mut used: Vec<(bool, Option<(String, u32)>)> = vec![(false, None); paths.len()];
    for Planned { file, sheet, fate } in planned {
        let source =
            reading.sources.push(SourceSheet { file: labels[file].clone(), sheet: sheet.name.clone() });
        reading.rows_in += sheet.row_count();
        let table = match fate {
            Fate::Rejected(reason) => {
                let (table, rejects) = rows::rejected(&sheet, reason, source, rules);
                used[file].0 |= reason == RejectReason::SameFileTwice;
                reading.rejects.extend(rejects);
                table
            }
            Fate::Header(header) => {
                let header_row = header.rows.clone().next_back().map_or(0, |ix| sheet.rows[ix].number);
                let name = sheet.name.clone();
                let limit = rules.columns.limits.columns;
                if header.columns.len() > limit {
                    return Err(ReadError::TooManyColumns {
                        file: shown(&paths[file]),
                        row: header_row,
                        limit,
                    });
                }
                let mapping =
                    options.mapping.as_ref().map(|mapping| mapping.for_sheet(kind, &header, &rules.columns));
                let columns =
                    claims::columns(&header.columns, mapping.as_ref(), &rules.columns).map_err(|twice| {
                        ReadError::ColumnTwice {
                            file: shown(&paths[file]),
                            sheet: name.clone(),
                            row: header_row,
                            field: twice.field.key(),
                            first: twice.first,
                            second: twice.second,
                        }
                    })?;
                let table = rows::table(sheet, &header, columns, mapping.as_ref(), source, rules);
                used[file].0 |= !table.rows.is_empty() || !table.rejects.is_empty();
                used[file].1.get_or_insert((name, header_row));
                table
            }
        };
        reading.tables.push(table);
    }
    for (ix, (used, header)) in used.into_iter().enumerate() {
        if let (false, Some((sheet, row))) = (used, header) {
            return Err(ReadError::NoDataRows { file: shown(&paths[ix]), sheet, row });
        }
    }
    Ok(reading)
}

fn read_bytes(path: &Path, name: &str) -> Result<Vec<u8>, ReadError> {
    let io_error = |error| ReadError::Io { file: name.to_owned(), error };
    if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes).map_err(io_error)?;
        return Ok(bytes);
    }
    fs::read(path).map_err(io_error)
}

fn describe(path: &Path, bytes: &[u8], list: ListKind) -> InputFile {
    let sha256 = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    InputFile { path: path.to_owned(), bytes: bytes.len() as u64, sha256, list }
}

fn read_sheets(file: &str, bytes: &[u8], rules: &Rules) -> Result<Vec<RawSheet>, ReadError> {
    let limits = &rules.columns.limits;
    let named = || file.to_owned();
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(ReadError::Empty { file: named() });
    }
    match sniff(bytes) {
        FileKind::Xlsx => whole(file, || workbook::read_xlsx(file, bytes, limits)),
        FileKind::Xls => whole(file, || workbook::read_xls(file, bytes, limits)),
        FileKind::Html => match html::read(bytes, limits.cells) {
            Ok(sheet) => Ok(vec![sheet]),
            Err(TooManyCells) => Err(ReadError::TooManyCells { file: named(), limit: limits.cells }),
        },
        FileKind::Delimited => {
            Ok(vec![delimited::read(bytes, limits, |rows| header::best_score(rows, rules))])
        }
        FileKind::SpreadsheetMl => Err(ReadError::SpreadsheetMl { file: named() }),
        FileKind::Encrypted => Err(ReadError::PasswordProtected { file: named() }),
        FileKind::BrokenZip => Err(ReadError::Damaged {
            file: named(),
            detail: "ZIP: end of central directory not found".to_owned(),
        }),
        FileKind::Other(kind) => Err(ReadError::UnsupportedKind { file: named(), kind }),
    }
}

/// The sheets of a workbook, or that it is damaged where the library stumbles over it.
fn whole<T>(file: &str, read: impl FnOnce() -> Result<T, ReadError>) -> Result<T, ReadError> {
    let damaged = || ReadError::Damaged { file: file.to_owned(), detail: "?".to_owned() };
    shielded(read).unwrap_or_else(|| Err(damaged()))
}

/// A sheet as it stands in its file: for what the program itself once wrote.
#[derive(Debug)]
pub(crate) struct CellSheet {
    /// Its name; empty for text files.
    pub name: String,
    /// Rows with content by their numbers.
    pub rows: Vec<(u32, Vec<RawCell>)>,
}

/// The cells of a file, with the same limits as for a list; nothing is understood.
pub(crate) fn read_cells(file: &str, bytes: &[u8], rules: &Rules) -> Result<Vec<CellSheet>, ReadError> {
    let rows = |sheet: RawSheet| sheet.rows.into_iter().map(|row| (row.number, row.cells)).collect();
    let cells = |mut sheet: RawSheet| CellSheet { name: std::mem::take(&mut sheet.name), rows: rows(sheet) };
    Ok(read_sheets(file, bytes, rules)?.into_iter().map(cells).collect())
}

fn find_header(sheet: &RawSheet, kind: ListKind, options: &ReadOptions, rules: &Rules) -> Option<Header> {
    let Some(mapping) = &options.mapping else { return header::find(sheet, rules) };
    match mapping.header_row(kind) {
        Some(0) => return Some(header::none(sheet)),
        Some(row) => return header::at_row(sheet, row, rules),
        None => {}
    }
    header::find(sheet, rules).or_else(|| {
        // Headings the rules do not know, but the mapping names.
        let top = &sheet.rows[..sheet.rows.len().min(rules.columns.limits.header_rows)];
        let headers = top.iter().filter_map(|row| header::at_row(sheet, row.number, rules));
        let counted =
            headers.map(|header| (mapping.count_found(kind, &header.columns, &rules.columns), header));
        counted
            .filter(|(count, _)| *count > 0)
            .rev()
            .max_by_key(|(count, _)| *count)
            .map(|(_, header)| header)
    })
}

fn no_header(file: String, plans: &[Planned], rules: &Rules) -> ReadError {
    let rows = plans.iter().filter_map(|plan| {
        header::likeliest_row(&plan.sheet, rules).map(|row| (plan.sheet.name.clone(), row))
    });
    let best = rows.max_by_key(|(_, row)| row.cells.iter().filter(|cell| !cell.is_blank()).count());
    let Some((sheet, row)) = best else { return ReadError::Empty { file } };
    // A row with numbers, dates or names in it is a child's row: its cells are nobody's business.
    let may_be_data = row.cells.iter().any(|cell| match cell {
        RawCell::Text(text) => {
            text.bytes().filter(u8::is_ascii_digit).count() >= 3 || may_name_somebody(text, rules)
        }
        RawCell::Empty => false,
        _ => true,
    });
    let seen = (0..row.cells.len())
        .filter(|position| !row.cells[*position].is_blank())
        .map(|position| match &row.cells[position] {
            RawCell::Text(text) if !may_be_data => text.chars().take(60).collect(),
            _ => column_letters(position),
        })
        .collect();
    ReadError::NoHeader { file, sheet, row: row.number, seen }
}

/// Whether a cell may be a person's name: it begins with a surname, consists of words that names are
/// made of, or is written like a name. A heading taken for one is shown by its column instead.
fn may_name_somebody(text: &str, rules: &Rules) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let key = |word: &&str| rules.text.syllables.key(word);
    let is_surname = |word: &&str| rules.names.surname_count(&key(word)) > 0;
    let of_names = |word: &&str| {
        let key = key(word);
        is_surname(word)
            || rules.names.given_counts(&key).is_some()
            || rules.names.middle_counts(&key).is_some()
    };
    let like_a_name = |word: &&str| {
        let mut letters = word.chars();
        letters.next().is_some_and(char::is_uppercase) && !letters.any(char::is_uppercase)
    };
    match words.as_slice() {
        [] => false,
        [word] => of_names(word),
        [first, ..] => is_surname(first) || words.iter().all(of_names) || words.iter().all(like_a_name),
    }
}

fn require_numbers(reading: &Reading) -> Result<(), ReadError> {
    if reading.tables.iter().any(|table| table.columns_of(FieldKind::PersonalId).next().is_some()) {
        return Ok(());
    }
    let mut seen: Vec<String> = Vec::new();
    for column in reading.tables.iter().flat_map(|table| &table.columns) {
        if !seen.contains(&column.heading) {
            seen.push(column.heading.clone());
        }
    }
    let file = reading.files.iter().map(|file| shown(&file.path)).collect::<Vec<_>>().join(", ");
    Err(ReadError::NoNumberColumn { file, seen })
}

pub(super) fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// File names without folders, told apart by a number where two folders hold the same name.
fn file_labels(paths: &[PathBuf]) -> Vec<String> {
    let mut met: BTreeMap<String, usize> = BTreeMap::new();
    paths
        .iter()
        .map(|path| {
            let name = match path.file_name() {
                Some(name) if path.as_os_str() != "-" => name.to_string_lossy().into_owned(),
                _ => "stdin".to_owned(),
            };
            let count = met.entry(name.clone()).or_default();
            *count += 1;
            if *count == 1 { name } else { format!("{name} ({count})") }
        })
        .collect()
}
