//! How the columns of dropped files were understood, and what the officer says about them: shown
//! with a few masked samples, kept as a file for `--columns`.

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use crate::{
    index::is_index,
    outcome::{List, ListKind},
    read::{ColumnMapping, ReadError, ReadOptions, column_letters, read_cells, read_list},
    record::{ColumnUse, FieldKind, RawCell, Table},
    register::IndexedRegister,
    rules::Rules,
};

/// Rows shown as samples.
const SAMPLES: usize = 3;
/// Rows shown of a sheet whose header was not found.
const RAW_ROWS: usize = 14;
/// Columns shown of such a sheet.
const RAW_COLUMNS: usize = 16;

/// A sheet as it was understood.
#[derive(Debug)]
pub struct SheetView {
    /// Its name; empty for text files.
    pub sheet: String,
    /// Data rows.
    pub rows: usize,
    /// Its columns.
    pub columns: Vec<ColumnView>,
}

/// One of its columns.
#[derive(Debug)]
pub struct ColumnView {
    /// As a spreadsheet names it.
    pub letters: String,
    /// Its heading.
    pub heading: String,
    /// What it is used for; `None` for a column that is carried through.
    pub field: Option<FieldKind>,
    /// A few of its values, masked.
    pub samples: Vec<String>,
}

/// A file as it was understood.
#[derive(Debug)]
pub enum FileView {
    /// It was.
    Understood(Vec<SheetView>),
    /// It was not: why, and the first rows as they stand.
    Puzzling(ReadError, Vec<(u32, Vec<String>)>),
}

/// Files as they were understood, kept while neither they nor the mapping change: a register of a
/// province is not read again for every look at the page.
#[derive(Debug, Default)]
pub struct Views(Mutex<HashMap<Key, Arc<FileView>>>);

/// A file as it is, and what was said about its columns.
type Key = (PathBuf, Option<SystemTime>, u64, String);

impl Views {
    /// How a file is understood.
    pub fn of(
        &self,
        path: &Path,
        list: ListKind,
        mapping: (&str, Option<&ColumnMapping>),
        rules: &Rules,
    ) -> Arc<FileView> {
        let found = fs::metadata(path).ok();
        let modified = found.as_ref().and_then(|found| found.modified().ok());
        let size = found.map_or(0, |found| found.len());
        let key = (path.to_owned(), modified, size, mapping.0.to_owned());
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(view) = kept.get(&key) {
            return view.clone();
        }
        let view = Arc::new(view(path, list, mapping.1, rules));
        kept.retain(|(other, ..), _| other != path);
        kept.insert(key, view.clone());
        view
    }
}

/// Reads a file as a run would, and shows what came of it.
pub fn view(path: &Path, list: ListKind, mapping: Option<&ColumnMapping>, rules: &Rules) -> FileView {
    if is_index(path) {
        // Whether it can be used the run will say.
        let register = IndexedRegister::open(path, &rules.reading_digest());
        return FileView::Understood(
            register.map(|register| indexed_view(&register.list)).unwrap_or_default(),
        );
    }
    let options = ReadOptions { mapping: mapping.cloned() };
    match read_list(&[path.to_owned()], list, &options, rules) {
        Ok(reading) => {
            let sheets = reading.tables.iter().filter(|table| !table.columns.is_empty());
            let name = |table: &Table| reading.sources.get(table.source).sheet.clone();
            FileView::Understood(sheets.map(|table| sheet_view(table, name(table))).collect())
        }
        Err(error) => FileView::Puzzling(error, first_rows(path, rules)),
    }
}

/// The sheets that an index was built from; it shows nobody's values.
fn indexed_view(list: &List) -> Vec<SheetView> {
    let counted = list.holdings.as_ref().map_or(&[][..], |holdings| &holdings.sheets);
    let sheets = list.tables.iter().filter(|table| !table.columns.is_empty());
    sheets
        .map(|table| {
            let view = sheet_view(table, list.sources.get(table.source).to_string());
            let rows = counted.get(usize::from(table.source.0)).map_or(0, |sheet| sheet.records);
            SheetView { rows: usize::try_from(rows).unwrap_or(usize::MAX), ..view }
        })
        .collect()
}

fn sheet_view(table: &Table, sheet: String) -> SheetView {
    let columns = table.columns.iter().enumerate().map(|(at, column)| {
        let field = match column.usage {
            ColumnUse::Field(field) => Some(field),
            ColumnUse::Extra => None,
        };
        let cells = table.rows.iter().filter_map(|row| row.cells.get(at)).filter(|cell| !cell.is_blank());
        ColumnView {
            letters: column_letters(column.position),
            heading: column.heading.clone(),
            field,
            samples: cells.take(SAMPLES).map(|cell| masked(&cell.display())).collect(),
        }
    });
    SheetView { sheet, rows: table.rows.len(), columns: columns.collect() }
}

fn first_rows(path: &Path, rules: &Rules) -> Vec<(u32, Vec<String>)> {
    let Ok(bytes) = fs::read(path) else { return Vec::new() };
    let Ok(sheets) = read_cells(&path.display().to_string(), &bytes, rules) else { return Vec::new() };
    let Some(sheet) = sheets.into_iter().max_by_key(|sheet| sheet.rows.len()) else { return Vec::new() };
    let cells =
        |cells: Vec<RawCell>| cells.iter().take(RAW_COLUMNS).map(|cell| masked(&cell.display())).collect();
    sheet.rows.into_iter().take(RAW_ROWS).map(|(row, list)| (row, cells(list))).collect()
}

/// A sample says what kind of value it is, not whose: of a run of six and more digits only the
/// first three and the last two are shown.
fn masked(text: &str) -> String {
    let letters: Vec<char> = text.chars().take(60).collect();
    let mut shown: Vec<char> = letters.clone();
    let mut at = 0;
    while at < letters.len() {
        let length = letters[at..].iter().take_while(|letter| letter.is_ascii_digit()).count();
        if length >= 6 {
            shown[at + 3..at + length - 2].fill('•');
        }
        at += length.max(1);
    }
    shown.into_iter().collect()
}

/// What an officer says about the columns of one list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListMapping {
    /// The row of the header, where it was stated.
    pub header_row: Option<u32>,
    /// Columns by field, in order; several are joined.
    pub fields: BTreeMap<FieldKind, Vec<String>>,
    /// Columns that are carried through although their heading says otherwise.
    pub carry: Vec<String>,
    /// Columns that are left out.
    pub ignore: Vec<String>,
}

impl ListMapping {
    fn from_table(table: &toml::Table) -> Self {
        let texts = |value: &toml::Value| -> Vec<String> {
            let list = value.as_array().map_or(&[][..], Vec::as_slice);
            list.iter().filter_map(|value| Some(value.as_str()?.to_owned())).collect()
        };
        let columns = |key: &str| table.get(key).map(texts).unwrap_or_default();
        let fields = FieldKind::ALL.iter().map(|field| (*field, columns(field.key())));
        Self {
            header_row: table
                .get("header_row")
                .and_then(toml::Value::as_integer)
                .and_then(|row| u32::try_from(row).ok()),
            fields: fields.filter(|(_, columns)| !columns.is_empty()).collect(),
            carry: columns("carry"),
            ignore: columns("ignore"),
        }
    }
}

/// What an officer says about the columns of both lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    /// The children's.
    pub children: ListMapping,
    /// The register's.
    pub register: ListMapping,
}

impl Mapping {
    /// Reads back what [`Mapping::to_toml`] wrote; what cannot be read counts as not said, and the
    /// reader of the lists says what is wrong with it.
    pub fn from_toml(text: &str) -> Self {
        let table: toml::Table = text.parse().unwrap_or_default();
        let list = |name: &str| {
            let part = table.get(name).and_then(toml::Value::as_table);
            part.map_or_else(ListMapping::default, ListMapping::from_table)
        };
        Self { children: list("children"), register: list("register") }
    }

    /// As a file for `--columns`; empty where nothing was said.
    pub fn to_toml(&self) -> String {
        let mut text = String::new();
        for (name, list) in [("children", &self.children), ("register", &self.register)] {
            if *list == ListMapping::default() {
                continue;
            }
            let _ = writeln!(text, "[{name}]");
            if let Some(row) = list.header_row {
                let _ = writeln!(text, "header_row = {row}");
            }
            for (field, columns) in &list.fields {
                let _ = writeln!(text, "{} = {}", field.key(), strings(columns));
            }
            for (key, columns) in [("carry", &list.carry), ("ignore", &list.ignore)] {
                if !columns.is_empty() {
                    let _ = writeln!(text, "{key} = {}", strings(columns));
                }
            }
        }
        text
    }
}

fn strings(list: &[String]) -> String {
    toml::Value::Array(list.iter().cloned().map(toml::Value::String).collect()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_do_not_say_whose_they_are() {
        assert_eq!(masked("042218000123"), "042•••••••23");
        assert_eq!(masked("05/03/2018"), "05/03/2018");
        assert_eq!(masked("ĐT 0912345678, 12"), "ĐT 091•••••78, 12");
        assert_eq!(masked("12345"), "12345");
    }

    #[test]
    fn what_was_said_is_a_file_that_the_reader_takes() {
        let mut mapping = Mapping::default();
        assert_eq!(mapping.to_toml(), "");
        mapping.children.header_row = Some(4);
        mapping.children.fields.insert(FieldKind::FullName, vec!["Họ \"đệm\"".into(), "Tên\\n".into()]);
        mapping.register.ignore.push("C".into());
        assert_eq!(Mapping::from_toml(&mapping.to_toml()), mapping);
        assert_eq!(Mapping::from_toml("not = = toml"), Mapping::default());
        assert!(ColumnMapping::parse("columns.toml", &mapping.to_toml()).is_ok(), "{}", mapping.to_toml());
    }
}
