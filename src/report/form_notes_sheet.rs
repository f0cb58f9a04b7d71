//! The sheet of notes behind a filled form: why cells are empty, which counts may be too small,
//! whether the totals come out, what the list's columns said.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::{
    bench::Bench,
    form::FilledForm,
    form_book::Styles,
    form_notes::{self, check_word},
    page::Show,
};
use crate::{rules::CheckKind, write::Words};

const WIDTHS: [f64; 4] = [22.0, 44.0, 9.0, 76.0];
/// Letters of the running text for one unit of width: a spreadsheet does not fit the height of a row
/// to its text when it opens a file.
const LETTERS: f64 = 1.2;

/// The sheet, row by row.
pub(super) struct NotesSheet<'a> {
    filled: &'a FilledForm<'a>,
    bench: Bench<'a>,
    sheet: &'a mut Worksheet,
    styles: &'a Styles,
    row: u32,
}

impl<'a> NotesSheet<'a> {
    /// Writes the sheet.
    pub fn write(
        filled: &'a FilledForm<'a>,
        bench: Bench<'a>,
        sheet: &'a mut Worksheet,
        styles: &'a Styles,
    ) -> Result<(), XlsxError> {
        sheet.set_name(filled.form.notes_sheet.get(bench.words().language))?;
        sheet.set_paper_size(9).set_landscape().set_print_fit_to_pages(1, 0);
        for (column, width) in (0..).zip(WIDTHS) {
            sheet.set_column_width(column, width)?;
        }
        let mut list = NotesSheet { filled, bench, sheet, styles, row: 0 };
        list.heading("notes")?;
        for line in list.general() {
            list.paragraph(&line)?;
        }
        list.cells()?;
        list.checks()?;
        list.columns()
    }

    /// Cells that are empty, and counts that may be too small.
    fn cells(&mut self) -> Result<(), XlsxError> {
        let notes = form_notes::notes(self.filled, self.bench.roll, self.bench.rules, self.words());
        for (heading, notes) in [("empty_cells", &notes.empty), ("partial_cells", &notes.partial)] {
            self.heading(heading)?;
            if notes.is_empty() {
                self.paragraph(self.words().get("mau03", "nothing"))?;
                continue;
            }
            self.column_names(["note_row", "note_label", "note_column", "note_why"])?;
            for note in notes {
                self.row([
                    &self.rows_name(note.rows),
                    &self.row_label(note.rows),
                    &columns_name(&note.columns),
                    &note.text,
                ])?;
            }
        }
        Ok(())
    }

    fn checks(&mut self) -> Result<(), XlsxError> {
        self.heading("checks")?;
        self.column_names(["note_row", "note_label", "note_column", "note_result"])?;
        for (check, result) in self.filled.form.checks.iter().zip(&self.filled.checks) {
            let parts: Vec<&str> =
                check.parts.iter().map(|part| self.filled.form.rows[*part].id.as_str()).collect();
            let key = match check.kind {
                CheckKind::Equal => "check_equal",
                CheckKind::AtMost => "check_at_most",
            };
            let total = &self.filled.form.rows[check.total].id;
            let label = self.row_label((check.total, check.total));
            let said = self.say(key, &[("total", total), ("parts", &parts.join(", "))]);
            self.row([
                total,
                &label,
                "1",
                &format!("{said} {}", self.words().get("mau03", check_word(*result))),
            ])?;
        }
        Ok(())
    }

    fn general(&self) -> Vec<String> {
        let show = Show(self.words().language);
        let mut lines = vec![
            self.say(
                "counted",
                &[
                    ("children", &show.number(self.filled.children)),
                    ("day", &show.day(self.filled.day)),
                    ("without", &show.number(self.filled.without_age)),
                ],
            ),
            self.say("rule", &[("share", &show.decimal(self.filled.form.unknown_share * 100.0, 0))]),
        ];
        if !self.filled.form.columns_verified {
            lines.push(self.words().get("mau03", "columns_unverified").to_owned());
        }
        if self.bench.internal {
            lines.push(self.words().get("mau03", "internal_note").to_owned());
        } else {
            let cells = form_notes::hidden_cells(self.filled, self.bench.hidden).to_string();
            let small = self.bench.rules.report.small_cell.to_string();
            lines.push(self.say("hidden_note", &[("cells", &cells), ("small", &small)]));
        }
        lines
    }

    /// What the list's columns said, and texts nobody understood.
    fn columns(&mut self) -> Result<(), XlsxError> {
        self.heading("columns_read")?;
        if self.bench.roll.columns.is_empty() {
            return self.paragraph(self.words().get("mau03", "no_columns"));
        }
        self.column_names(["note_heading", "note_filled", "", "note_unread"])?;
        for column in &self.bench.roll.columns {
            let filled = self.say("column_filled", &[("count", &column.filled.to_string())]);
            let unread = if column.unread_count == 0 {
                String::new()
            } else {
                let rows: Vec<String> =
                    column.unread.iter().map(|(sheet, row)| self.bench.roll.place(*sheet, *row)).collect();
                self.say(
                    "column_unread",
                    &[("count", &column.unread_count.to_string()), ("rows", &rows.join("; "))],
                )
            };
            self.row([&column.heading, &filled, "", &unread])?;
        }
        Ok(())
    }

    fn rows_name(&self, (first, last): (usize, usize)) -> String {
        let rows = &self.filled.form.rows;
        if first == last {
            rows[first].id.clone()
        } else {
            format!("{} – {}", rows[first].id, rows[last].id)
        }
    }

    fn row_label(&self, (first, last): (usize, usize)) -> String {
        if first == last {
            self.filled.form.rows[first].label.get(self.words().language).to_owned()
        } else {
            self.say("rows_count", &[("rows", &(last - first + 1).to_string())])
        }
    }

    fn words(&self) -> Words<'a> {
        self.bench.words()
    }

    fn say(&self, key: &str, values: &[(&str, &str)]) -> String {
        self.words().fill("mau03", key, values)
    }

    fn heading(&mut self, key: &str) -> Result<(), XlsxError> {
        let text = self.words().get("mau03", key);
        self.row += u32::from(self.row > 0);
        self.sheet.merge_range(self.row, 0, self.row, 3, text, &self.styles.heading)?;
        self.row += 1;
        Ok(())
    }

    fn paragraph(&mut self, text: &str) -> Result<(), XlsxError> {
        self.sheet.merge_range(self.row, 0, self.row, 3, text, &self.styles.paragraph)?;
        let lines = u32::try_from(text.chars().count().div_ceil(140)).unwrap_or(1).max(1);
        self.sheet.set_row_height(self.row, 15.5 * f64::from(lines))?;
        self.row += 1;
        Ok(())
    }

    fn column_names(&mut self, keys: [&str; 4]) -> Result<(), XlsxError> {
        for (column, key) in (0..).zip(keys) {
            let text = if key.is_empty() { "" } else { self.words().get("mau03", key) };
            self.sheet.write_string_with_format(self.row, column, text, &self.styles.note_heading)?;
        }
        self.row += 1;
        Ok(())
    }

    fn row(&mut self, cells: [&str; 4]) -> Result<(), XlsxError> {
        let mut lines = 1;
        for ((column, text), width) in (0..).zip(cells).zip(WIDTHS) {
            self.sheet.write_string_with_format(self.row, column, text, &self.styles.note)?;
            let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
            lines = lines.max((f64::from(length) / (width * LETTERS)).ceil() as u32);
        }
        self.sheet.set_row_height(self.row, 15.5 * f64::from(lines.clamp(1, 25)))?;
        self.row += 1;
        Ok(())
    }
}

/// `1–3, 5`: columns that follow one another are told by the first and the last.
fn columns_name(columns: &[usize]) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for column in columns.iter().copied() {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == column => *last = column,
            _ => runs.push((column, column)),
        }
    }
    let name = |(first, last): (usize, usize)| {
        if first == last { first.to_string() } else { format!("{first}–{last}") }
    };
    runs.into_iter().map(name).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::columns_name;

    #[test]
    fn neighbouring_columns_are_told_as_one() {
        assert_eq!(columns_name(&[1]), "1");
        assert_eq!(columns_name(&[1, 2, 3, 5, 7, 8]), "1–3, 5, 7–8");
    }
}
