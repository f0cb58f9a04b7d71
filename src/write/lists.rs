//! A list of children as a workbook or, beyond the limits, as CSV with the same columns.

use std::path::Path;

use super::{
    book::{Book, Cell, Plan, Sheet},
    children::{cell, say},
    error::WriteError,
    output_file::OutputFile,
    rows::write_table,
    run::Run,
};
use crate::{
    choose::Child,
    rules::{ChildColumn, ChildForm},
};

/// Names a workbook in its error.
pub(crate) fn workbook(file: &'static str) -> impl Fn(rust_xlsxwriter::XlsxError) -> WriteError {
    move |error| match error {
        rust_xlsxwriter::XlsxError::IoError(error) => {
            WriteError::Io { action: "write", path: file.into(), error }
        }
        error => WriteError::Workbook { file, error: Box::new(error) },
    }
}

/// Writes the children of `clusters`, in that order, as one list on as many sheets as it needs.
pub(super) fn write_workbook(
    run: &Run<'_>,
    form: &ChildForm,
    clusters: &[u32],
    mark: bool,
    folder: &Path,
    (name, file): (&'static str, &mut OutputFile),
) -> Result<(), WriteError> {
    let failed = workbook(name);
    let mut book = Book::new(&run.letterhead, folder).map_err(&failed)?;
    let words = run.words;
    let introduction =
        form.introduction.get(words.language).replace("{count}", &grouped(clusters.len(), words.language));
    let most = run.limits().sheet_rows as usize;
    // An empty list is a sheet too.
    let parts = clusters.len().div_ceil(most).max(1);
    let mut number = 0;
    let mut cells = Vec::with_capacity(form.columns.len());
    for part in 0..parts {
        let rows = &clusters[part * most..clusters.len().min((part + 1) * most)];
        let plan = Plan {
            name: &book.allow_name(form.sheet.get(words.language)),
            title: form.title.get(words.language),
            introduction: &introduction,
            columns: &form.columns,
            rows: rows.len(),
        };
        let mut sheet = book.sheet(&plan).map_err(&failed)?;
        for cluster in rows {
            number += 1;
            fill(run, form, &run.child(*cluster as usize), number, mark, &mut cells);
            sheet.row(&cells).map_err(&failed)?;
        }
        hide_key(form, &mut sheet).map_err(&failed)?;
        let signatures = if part + 1 == parts { form.signatures.as_slice() } else { &[] };
        sheet.finish(signatures).map_err(&failed)?;
    }
    book.save(file).map_err(&failed)
}

/// The column by which a row is recognised when the list comes back is for the program alone.
pub(super) fn hide_key(form: &ChildForm, sheet: &mut Sheet<'_>) -> Result<(), rust_xlsxwriter::XlsxError> {
    let at = form.columns.iter().position(|column| column.key == ChildColumn::Key);
    if let Some(at) = at.and_then(|at| u16::try_from(at).ok()) {
        sheet.raw().set_column_hidden(at)?;
    }
    Ok(())
}

/// The cells of one child's row.
pub(super) fn fill(
    run: &Run<'_>,
    form: &ChildForm,
    child: &Child<'_>,
    number: usize,
    mark: bool,
    cells: &mut Vec<Cell>,
) {
    cells.clear();
    cells.extend(form.columns.iter().map(|column| cell(run, child, column.key, number, mark)));
}

/// The same list as CSV, with the headings of the workbook.
pub(super) fn write_csv(
    run: &Run<'_>,
    form: &ChildForm,
    clusters: &[u32],
    (name, file): (&'static str, &mut OutputFile),
) -> Result<(), WriteError> {
    let headings = form.columns.iter().map(|column| column.heading(run.words.language));
    write_table(file, name, headings, clusters.len(), |at, rows| {
        let child = run.child(clusters[at] as usize);
        for column in &form.columns {
            rows.built(|cell| say(run, &child, column.key, at + 1, cell));
        }
    })
}

/// `12.345` in Vietnamese, `12,345` in English.
pub fn grouped(number: usize, language: crate::rules::Language) -> String {
    let separator = match language {
        crate::rules::Language::Vi => '.',
        crate::rules::Language::En => ',',
    };
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;
    use crate::rules::Language::{En, Vi};

    #[test]
    fn thousands_are_parted_as_the_reader_does() {
        assert_eq!(grouped(7, Vi), "7");
        assert_eq!(grouped(1_234_567, Vi), "1.234.567");
        assert_eq!(grouped(1_234_567, En), "1,234,567");
    }
}
