//! `--columns FILE.toml`: the officer says which column is what.
//!
//! ```toml
//! # For the list of children; [register] for the other list. What stands in [columns] or above
//! # the first table is for both, and need not be found in the register.
//! [children]
//! header_row = 4                        # 0: there is no header, name columns by letters
//! bare_table = true                     # every row below the header is a record
//! full_name = "Họ tên cháu"             # a heading as it stands in the file …
//! birth_date = "D"                      # … or the letters of the column
//! mother_name = ["Họ mẹ", "Tên mẹ"]     # several columns joined by a blank
//! address = { join = ["Số nhà", "Đường"], separator = ", " }
//! carry = ["Mã"]                        # not recognised, carried through
//! ignore = ["Tôn giáo"]                 # left out altogether
//! ```
//! Fields that are not named are recognised as usual.

use std::{fs, ops::Range, path::Path};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    ReadError,
    claims::heading_of,
    header::{Header, HeaderColumn},
    raw_sheet::column_position,
};
use crate::{outcome::ListKind, record::FieldKind, rules::ColumnRules};

/// An explicit mapping, read and checked.
#[derive(Debug, Clone, Default)]
pub struct ColumnMapping {
    file: String,
    children: Part,
    register: Part,
}

/// The mapping of one list.
#[derive(Debug, Clone, Default)]
struct Part {
    header_row: Option<u32>,
    bare_table: bool,
    fields: Vec<FieldMapping>,
    carry: Vec<Reference>,
    ignore: Vec<Reference>,
}

#[derive(Debug, Clone)]
struct FieldMapping {
    kind: FieldKind,
    columns: Vec<Reference>,
    separator: String,
}

/// A heading or column letters, with the line that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Reference {
    text: String,
    line: usize,
    /// False for the register's share of what stands for both lists: a heading of the children's
    /// list need not be in the register.
    required: bool,
}

impl ColumnMapping {
    /// Reads and checks a mapping file.
    pub fn load(path: &Path) -> Result<Self, ReadError> {
        let file = path.display().to_string();
        let text = fs::read_to_string(path).map_err(|error| ReadError::Io { file: file.clone(), error })?;
        Self::parse(&file, &text)
    }

    /// Reads and checks a mapping; `file` names it in messages.
    pub fn parse(file: &str, text: &str) -> Result<Self, ReadError> {
        let text = text.trim_start_matches('\u{feff}');
        let reader = Reader { file, text };
        let table = DeTable::parse(text)
            .map_err(|error| reader.fault(error.span().unwrap_or(0..0), error.message()))?;
        let mut mapping = Self { file: file.to_owned(), ..Self::default() };
        // What stands for both lists first, so that a list's own table has the last word.
        for (key, value) in table.get_ref() {
            let both = &mut [&mut mapping.children, &mut mapping.register];
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("children" | "register", DeValue::Table(_)) => {}
                ("columns", DeValue::Table(part)) => reader.part(part, both)?,
                (name, entry) => reader.entry(name, key.span(), entry, value.span(), both)?,
            }
        }
        for (name, part) in [("children", &mut mapping.children), ("register", &mut mapping.register)] {
            if let Some(DeValue::Table(table)) = table.get_ref().get(name).map(Spanned::get_ref) {
                reader.part(table, &mut [part])?;
            }
        }
        Ok(mapping)
    }

    fn part(&self, list: ListKind) -> &Part {
        match list {
            ListKind::Children => &self.children,
            ListKind::Register => &self.register,
        }
    }

    /// The header row it states for a list.
    pub(super) fn header_row(&self, list: ListKind) -> Option<u32> {
        self.part(list).header_row
    }

    /// Every heading or column it names for a list.
    fn references(&self, list: ListKind) -> impl Iterator<Item = &Reference> {
        let part = self.part(list);
        part.fields.iter().flat_map(|field| &field.columns).chain(&part.carry).chain(&part.ignore)
    }

    /// How many of its headings stand among these columns.
    pub(super) fn count_found(&self, list: ListKind, header: &[HeaderColumn], rules: &ColumnRules) -> usize {
        self.references(list)
            .filter(|reference| {
                column_position(&reference.text).is_none() && find(&reference.text, header, rules).is_some()
            })
            .count()
    }

    /// What it says of a sheet with this header.
    pub(super) fn for_sheet(&self, list: ListKind, header: &Header, rules: &ColumnRules) -> SheetMapping {
        let part = self.part(list);
        let position = |reference: &Reference| find(&reference.text, &header.columns, rules);
        let fields = part.fields.iter().map(|field| MappedField {
            kind: field.kind,
            positions: field.columns.iter().filter_map(position).collect(),
            separator: field.separator.clone(),
        });
        SheetMapping {
            bare_table: part.bare_table,
            fields: fields.filter(|field| !field.positions.is_empty()).collect(),
            carry: part.carry.iter().filter_map(position).collect(),
            ignore: part.ignore.iter().filter_map(position).collect(),
        }
    }

    /// Refuses a mapping that names a column no sheet has.
    pub(super) fn check_found(
        &self,
        list: ListKind,
        headers: &[&Header],
        rules: &ColumnRules,
    ) -> Result<(), ReadError> {
        for reference in self.references(list).filter(|reference| reference.required) {
            if !headers.iter().any(|header| find(&reference.text, &header.columns, rules).is_some()) {
                let mut seen: Vec<String> = Vec::new();
                for heading in headers.iter().flat_map(|header| &header.columns).map(heading_of) {
                    if !seen.contains(&heading) {
                        seen.push(heading);
                    }
                }
                return Err(ReadError::UnknownHeading {
                    file: self.file.clone(),
                    line: reference.line,
                    heading: reference.text.clone(),
                    seen,
                });
            }
        }
        Ok(())
    }
}

/// A column by its whole heading, else by its lowest header cell, else by its letters.
fn find(text: &str, header: &[HeaderColumn], rules: &ColumnRules) -> Option<usize> {
    let want = rules.headings.words(text).concat();
    let whole = |column: &&HeaderColumn| rules.headings.words(&column.parts.join(" ")).concat() == want;
    let leaf = |column: &&HeaderColumn| {
        column.parts.last().is_some_and(|part| rules.headings.words(part).concat() == want)
    };
    let by_heading = (!want.is_empty())
        .then(|| header.iter().find(whole).or_else(|| header.iter().find(leaf)))
        .flatten()
        .map(|column| column.position);
    by_heading.or_else(|| {
        column_position(text).filter(|position| header.iter().any(|column| column.position == *position))
    })
}

/// What a mapping says of one sheet, by positions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SheetMapping {
    /// Nothing but records below the header: no headings of groups, subtotals or signatures.
    pub(super) bare_table: bool,
    fields: Vec<MappedField>,
    carry: Vec<usize>,
    ignore: Vec<usize>,
}

/// A field and the columns it is read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MappedField {
    pub(super) kind: FieldKind,
    pub(super) positions: Vec<usize>,
    pub(super) separator: String,
}

impl SheetMapping {
    /// True if the mapping speaks of the column at a position.
    pub(super) fn uses(&self, position: usize) -> bool {
        self.fields.iter().any(|field| field.positions.contains(&position))
            || self.carry.contains(&position)
            || self.ignore.contains(&position)
    }

    /// True if the mapping says where a field is.
    pub(super) fn has_field(&self, kind: FieldKind) -> bool {
        self.fields.iter().any(|field| field.kind == kind)
    }

    /// The field read from one column alone.
    pub(super) fn field_at(&self, position: usize) -> Option<FieldKind> {
        self.fields.iter().find(|field| field.positions == [position]).map(|field| field.kind)
    }

    /// Fields joined from several columns.
    pub(super) fn joined(&self) -> impl Iterator<Item = &MappedField> {
        self.fields.iter().filter(|field| field.positions.len() > 1)
    }

    /// True for a column that is left out.
    pub(super) fn ignores(&self, position: usize) -> bool {
        self.ignore.contains(&position)
    }
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
}

impl Reader<'_> {
    fn line(&self, span: &Range<usize>) -> usize {
        let before = &self.text.as_bytes()[..span.start.min(self.text.len())];
        before.iter().filter(|byte| **byte == b'\n').count() + 1
    }

    fn fault(&self, span: Range<usize>, detail: &str) -> ReadError {
        ReadError::Mapping { file: self.file.to_owned(), line: self.line(&span), detail: detail.to_owned() }
    }

    fn part(&self, table: &DeTable<'_>, parts: &mut [&mut Part]) -> Result<(), ReadError> {
        for (key, value) in table {
            self.entry(key.get_ref(), key.span(), value.get_ref(), value.span(), parts)?;
        }
        Ok(())
    }

    fn entry(
        &self,
        key: &str,
        key_span: Range<usize>,
        value: &DeValue<'_>,
        span: Range<usize>,
        parts: &mut [&mut Part],
    ) -> Result<(), ReadError> {
        match key {
            "header_row" => {
                let row = match value {
                    DeValue::Integer(number) => number.as_str().parse().ok(),
                    _ => None,
                };
                let row = row.ok_or_else(|| {
                    self.fault(span, "header_row: một số nguyên từ 0 / a whole number from 0")
                })?;
                parts.iter_mut().for_each(|part| part.header_row = Some(row));
            }
            "bare_table" => {
                let DeValue::Boolean(bare) = value else {
                    return Err(self.fault(span, "bare_table: true / false"));
                };
                parts.iter_mut().for_each(|part| part.bare_table = *bare);
            }
            "carry" | "ignore" => {
                let columns = self.references(value, span)?;
                for (ix, part) in parts.iter_mut().enumerate() {
                    let list = if key == "carry" { &mut part.carry } else { &mut part.ignore };
                    list.extend(for_part(&columns, ix));
                }
            }
            _ => {
                let kind = FieldKind::ALL.iter().find(|kind| kind.key() == key).copied();
                let kind = kind.ok_or_else(|| ReadError::UnknownField {
                    file: self.file.to_owned(),
                    line: self.line(&key_span),
                    key: key.to_owned(),
                })?;
                let (columns, separator) = self.field(value, span)?;
                for (ix, part) in parts.iter_mut().enumerate() {
                    let field =
                        FieldMapping { kind, columns: for_part(&columns, ix), separator: separator.clone() };
                    part.fields.retain(|have| have.kind != kind);
                    part.fields.push(field);
                }
            }
        }
        Ok(())
    }

    fn field(&self, value: &DeValue<'_>, span: Range<usize>) -> Result<(Vec<Reference>, String), ReadError> {
        let DeValue::Table(table) = value else {
            return Ok((self.references(value, span)?, " ".to_owned()));
        };
        let mut columns = Vec::new();
        let mut separator = " ".to_owned();
        for (key, value) in table {
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("join", list) => columns = self.references(list, value.span())?,
                ("separator", DeValue::String(text)) => separator = text.to_string(),
                _ => return Err(self.fault(key.span(), WRONG_VALUE)),
            }
        }
        if columns.is_empty() { Err(self.fault(span, WRONG_VALUE)) } else { Ok((columns, separator)) }
    }

    fn references(&self, value: &DeValue<'_>, span: Range<usize>) -> Result<Vec<Reference>, ReadError> {
        let single = |text: &str, span: &Range<usize>| {
            let text = text.trim();
            if text.is_empty() {
                Err(self.fault(span.clone(), WRONG_VALUE))
            } else {
                Ok(Reference { text: text.to_owned(), line: self.line(span), required: true })
            }
        };
        match value {
            DeValue::String(text) => Ok(vec![single(text, &span)?]),
            DeValue::Array(list) if !list.is_empty() => list
                .iter()
                .map(|value| match value.get_ref() {
                    DeValue::String(text) => single(text, &value.span()),
                    _ => Err(self.fault(value.span(), WRONG_VALUE)),
                })
                .collect(),
            _ => Err(self.fault(span, WRONG_VALUE)),
        }
    }
}

/// The references for the first or the second of the parts an entry belongs to.
fn for_part(columns: &[Reference], ix: usize) -> Vec<Reference> {
    columns.iter().map(|column| Reference { required: ix == 0, ..column.clone() }).collect()
}

const WRONG_VALUE: &str = "giá trị phải là tên cột, chữ cái của cột, danh sách các cột, hoặc { join = [...], separator = \"...\" } \
/ the value must be a heading, column letters, a list of columns, or { join = [...], separator = \"...\" }";

#[cfg(test)]
mod tests {
    use super::*;

    fn fails(text: &str) -> (usize, &'static str) {
        let error = ColumnMapping::parse("m.toml", text).unwrap_err();
        let line = match &error {
            ReadError::Mapping { line, .. } | ReadError::UnknownField { line, .. } => *line,
            other => panic!("{other}"),
        };
        (line, error.key())
    }

    #[test]
    fn faults_name_their_line() {
        assert_eq!(fails("\nfullname = \"A\""), (2, "unknown_field"));
        assert_eq!(fails("full_name = 3"), (1, "mapping"));
        assert_eq!(fails("[children]\n\nfull_name = []"), (3, "mapping"));
        assert_eq!(fails("[children]\nheader_row = -1"), (2, "mapping"));
        assert_eq!(fails("[children]\nbare_table = 1"), (2, "mapping"));
        assert_eq!(fails("full_name = { joins = [\"A\"] }"), (1, "mapping"));
        assert_eq!(fails("full_name = \"A\"\nfull_name = \"B\""), (2, "mapping"));
        assert_eq!(fails("full_name = \"A"), (1, "mapping"));
    }

    #[test]
    fn each_list_has_its_part() {
        let text =
            "note = \"X\"\n[children]\nfull_name = \"A\"\n[register]\nfull_name = \"B\"\nheader_row = 2";
        let mapping = ColumnMapping::parse("m.toml", text).unwrap();
        let kinds = |list| mapping.part(list).fields.iter().map(|field| field.kind).collect::<Vec<_>>();
        assert_eq!(kinds(ListKind::Children), [FieldKind::Note, FieldKind::FullName]);
        assert_eq!(mapping.header_row(ListKind::Register), Some(2));
        assert_eq!(mapping.header_row(ListKind::Children), None);
    }
}
