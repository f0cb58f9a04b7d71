//! Finds the header of a sheet by its content: the rows near the top whose cells the rules know
//! as headings, with the parent rows above and the child rows below them.

use std::{collections::BTreeSet, ops::Range};

use unicode_normalization::UnicodeNormalization;

use super::{
    heading,
    raw_sheet::{RawSheet, Region, SheetRow},
};
use crate::{
    record::{FieldKind, RawCell},
    rules::Rules,
    text::repair::{ColumnCharset, repair},
};

/// One column of the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HeaderColumn {
    /// Position in the sheet, from 0.
    pub(super) position: usize,
    /// Its header cells, top to bottom, decoded, each on one line; none for an empty heading.
    pub(super) parts: Vec<String>,
    /// Columns over which its lowest header cell is merged, where it is.
    pub(super) merged_over: Option<(usize, usize)>,
}

/// Where the header stands and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    /// Indexes of its rows in [`RawSheet::rows`]; none where there is no header and the
    /// `--columns` file says so.
    pub(super) rows: Range<usize>,
    /// Its columns, left to right, empty ones included.
    pub(super) columns: Vec<HeaderColumn>,
}

/// Distinct fields named in the best of some rows: what tells one separator from another.
pub(super) fn best_score(rows: &[SheetRow], rules: &Rules) -> usize {
    scores(rows, rules, None).into_iter().map(|(score, _)| score).max().unwrap_or(0)
}

/// The row that looks most like a header, recognised or not: most headings, then most texts.
pub(super) fn likeliest_row<'a>(sheet: &'a RawSheet, rules: &Rules) -> Option<&'a SheetRow> {
    let top = &sheet.rows[..sheet.rows.len().min(rules.columns.limits.header_rows)];
    top.iter()
        .enumerate()
        .max_by_key(|(ix, row)| {
            let texts = row.cells.iter().filter(|cell| heading_text(cell).is_some()).count();
            (kinds_in(row, rules, Some(sheet.charset)).len(), texts, std::cmp::Reverse(*ix))
        })
        .map(|(_, row)| row)
}

/// Finds the header, or `None` if the sheet has none that makes a list of persons.
pub(super) fn find(sheet: &RawSheet, rules: &Rules) -> Option<Header> {
    // Legacy charsets are tried only where plain reading finds nothing: repairing every cell of
    // the first sixty rows costs more than reading them.
    [None, Some(sheet.charset)].into_iter().find_map(|repaired| {
        let top = &sheet.rows[..sheet.rows.len().min(rules.columns.limits.header_rows)];
        let mut scored = scores(top, rules, repaired);
        scored.sort_by_key(|(score, ix)| (std::cmp::Reverse(*score), *ix));
        scored
            .iter()
            .take(4)
            .map(|(_, ix)| block(sheet, *ix, *ix, rules))
            .find(|header| makes_a_list(header, rules))
    })
}

/// Rows below a good candidate that may still be a better one: a header's own lower rows.
const ROWS_BELOW: usize = 6;

/// Distinct fields named by each row with its index; rows well below a header are not looked at.
fn scores(rows: &[SheetRow], rules: &Rules, repaired: Option<ColumnCharset>) -> Vec<(usize, usize)> {
    let mut scored = Vec::new();
    let mut best = (0, 0);
    for (ix, row) in rows.iter().enumerate() {
        if best.0 >= 4 && ix > best.1 + ROWS_BELOW {
            break;
        }
        let score = kinds_in(row, rules, repaired).len();
        if score > 0 {
            scored.push((score, ix));
        }
        if score > best.0 {
            best = (score, ix);
        }
    }
    scored
}

/// The header in given rows (`header_row` of a `--columns` file), extended by its neighbours.
pub(super) fn at_row(sheet: &RawSheet, number: u32, rules: &Rules) -> Option<Header> {
    let ix = sheet.rows.iter().position(|row| row.number == number)?;
    Some(block(sheet, ix, ix, rules))
}

/// No header at all: the columns are known by their letters.
pub(super) fn none(sheet: &RawSheet) -> Header {
    let width = sheet.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let column = |position| HeaderColumn { position, parts: Vec::new(), merged_over: None };
    Header { rows: 0..0, columns: (0..width).map(column).collect() }
}

/// A name and one more field, or three fields of which one identifies.
fn makes_a_list(header: &Header, rules: &Rules) -> bool {
    let kinds: BTreeSet<FieldKind> = header
        .columns
        .iter()
        .filter_map(|column| {
            let parts: Vec<&str> = column.parts.iter().map(String::as_str).collect();
            heading::claim(&parts, &rules.columns)
        })
        .filter(|claim| claim.rank < heading::UNCERTAIN)
        .map(|claim| claim.kind)
        .collect();
    use FieldKind::{BirthDate, ChildCode, FullName, GivenName, PersonalId, SurnameMiddle};
    let has = |any: &[FieldKind]| any.iter().any(|kind| kinds.contains(kind));
    (has(&[FullName, GivenName, SurnameMiddle]) && kinds.len() >= 2)
        || (has(&[PersonalId, ChildCode, BirthDate]) && kinds.len() >= 3)
}

/// What a cell may say as a heading: text that is neither long nor mostly digits.
fn heading_text(cell: &RawCell) -> Option<&str> {
    let RawCell::Text(text) = cell else { return None };
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (text.len() <= 240 && digits <= 6 && !cell.is_blank()).then_some(text)
}

fn decoded(text: &str, charset: ColumnCharset, rules: &Rules) -> String {
    let as_read = heading::is_known(text, &rules.columns);
    if as_read || text.is_ascii() {
        return one_line(text);
    }
    let repaired = repair(text, charset, &rules.text).text;
    one_line(&repaired)
}

fn one_line(text: &str) -> String {
    let composed: String = text.nfc().collect();
    composed
        .split(|letter: char| letter.is_whitespace() || letter.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn kinds_in(row: &SheetRow, rules: &Rules, repaired: Option<ColumnCharset>) -> BTreeSet<FieldKind> {
    row.cells
        .iter()
        .filter_map(heading_text)
        .filter_map(|text| {
            let claim = heading::claim(&[text], &rules.columns);
            let claim = claim.filter(|claim| claim.rank < heading::UNCERTAIN);
            match repaired {
                Some(charset) if claim.is_none() && !text.is_ascii() => {
                    heading::claim(&[&decoded(text, charset, rules)], &rules.columns)
                }
                _ => claim,
            }
        })
        .map(|claim| claim.kind)
        .collect()
}

/// The header around its best row.
fn block(sheet: &RawSheet, first: usize, last: usize, rules: &Rules) -> Header {
    let (mut first, mut last) = (first, last);
    let height = rules.columns.limits.header_height;
    while last - first + 1 < height
        && last + 1 < sheet.rows.len()
        && continues_below(sheet, first, last, rules)
    {
        last += 1;
    }
    while last - first + 1 < height && first > 0 && continues_above(sheet, first, last, rules) {
        first -= 1;
    }
    let width = sheet.rows[first..=last].iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let columns = (0..width).map(|position| column(sheet, first, last, position, rules)).collect();
    Header { rows: first..last + 1, columns }
}

fn cell(row: &SheetRow, position: usize) -> Option<&str> {
    row.cells.get(position).and_then(|cell| match cell {
        RawCell::Text(text) if !cell.is_blank() => Some(text.as_ref()),
        _ => None,
    })
}

fn filled(row: &SheetRow, position: usize) -> bool {
    row.cells.get(position).is_some_and(|cell| !cell.is_blank())
}

/// Merged regions that cover a cell of a row (row numbers from 1).
fn regions_of(sheet: &RawSheet, number: u32) -> impl Iterator<Item = &Region> {
    let row = number - 1;
    sheet.merged.iter().filter(move |region| (region.top..=region.bottom).contains(&row))
}

/// Words that stand only below a parent: parts of a date, the two genders.
fn is_part(text: &str, parent: &str, charset: ColumnCharset, rules: &Rules) -> bool {
    let text = decoded(text, charset, rules);
    if heading::is_known(&text, &rules.columns) {
        return true;
    }
    heading::claim(&[&decoded(parent, charset, rules), &text], &rules.columns)
        .is_some_and(|claim| claim.rank == 0)
}

/// Is the row below the block part of the header?
fn continues_below(sheet: &RawSheet, first: usize, last: usize, rules: &Rules) -> bool {
    let (above, below) = (&sheet.rows[last], &sheet.rows[last + 1]);
    if below.number != above.number + 1 || !below.cells.iter().all(could_be_header) {
        return false;
    }
    let merged_down = regions_of(sheet, below.number)
        .any(|region| region.top >= sheet.rows[first].number - 1 && region.top < below.number - 1);
    let mut known = 0;
    let mut total = 0;
    for position in (0..below.cells.len()).filter(|position| filled(below, *position)) {
        let text = cell(below, position).unwrap_or("");
        let parent = (0..=position).rev().find_map(|left| cell(above, left)).unwrap_or("");
        let spanned = !filled(above, position);
        let spans = filled(above, position) && !filled(above, position + 1) && filled(below, position + 1);
        if !spanned && !spans && !merged_down {
            return false;
        }
        total += 1;
        known += usize::from(is_part(text, parent, sheet.charset, rules));
    }
    merged_down && total > 0 && known > 0 || (total > 0 && known * 2 >= total)
}

/// Is the row above the block part of the header?
fn continues_above(sheet: &RawSheet, first: usize, last: usize, rules: &Rules) -> bool {
    let (above, below) = (&sheet.rows[first - 1], &sheet.rows[first]);
    if above.number + 1 != below.number || !above.cells.iter().all(could_be_header) {
        return false;
    }
    let merged_down = regions_of(sheet, above.number)
        .any(|region| region.bottom < sheet.rows[last].number && region.bottom >= below.number - 1);
    let texts: Vec<(usize, &str)> =
        (0..above.cells.len()).filter_map(|position| Some((position, cell(above, position)?))).collect();
    let is_parent = |(position, text): &(usize, &str)| {
        let spans = !filled(above, position + 1) && filled(below, *position) && filled(below, position + 1);
        let parent = is_part(text, "", sheet.charset, rules);
        parent && (spans || !filled(below, *position))
    };
    // One text alone over the sheet is a title, unless it speaks of some of the columns only.
    let parents = texts.iter().filter(|text| is_parent(text)).count();
    parents > 0 && (merged_down || parents * 2 >= texts.len())
}

/// Numbers, dates and long texts do not stand in headers.
fn could_be_header(cell: &RawCell) -> bool {
    cell.is_blank() || heading_text(cell).is_some()
}

fn column(sheet: &RawSheet, first: usize, last: usize, position: usize, rules: &Rules) -> HeaderColumn {
    let mut parts: Vec<String> = Vec::new();
    let mut merged_over = None;
    for ix in first..=last {
        let row = &sheet.rows[ix];
        let region =
            regions_of(sheet, row.number).find(|region| (region.left..=region.right).contains(&position));
        let text = match region {
            Some(region) => {
                if region.right > region.left {
                    merged_over = Some((region.left, region.right));
                } else {
                    merged_over = None;
                }
                let anchor = sheet.rows[first..=last].iter().find(|row| row.number == region.top + 1);
                anchor.and_then(|row| cell(row, region.left))
            }
            None => {
                let own = cell(row, position);
                if own.is_some() {
                    merged_over = None;
                }
                own.or_else(|| parent_to_the_left(sheet, ix, last, position))
            }
        };
        if let Some(text) = text {
            let text = decoded(text, sheet.charset, rules);
            if parts.last() != Some(&text) {
                parts.push(text);
            }
        }
    }
    HeaderColumn { position, parts, merged_over }
}

/// In a text file the cells that a parent heading was merged over are blank: the heading to the
/// left counts if every column from it to here has a child heading.
fn parent_to_the_left(sheet: &RawSheet, ix: usize, last: usize, position: usize) -> Option<&str> {
    let row = &sheet.rows[ix];
    if ix == last || regions_of(sheet, row.number).any(|region| region.right > region.left) {
        return None;
    }
    let has_child = |position: usize| sheet.rows[ix + 1..=last].iter().any(|row| filled(row, position));
    let parent = (0..position).rev().find(|left| filled(row, *left))?;
    (parent..=position).all(has_child).then(|| cell(row, parent)).flatten()
}
