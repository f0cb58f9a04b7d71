//! A filled form as a workbook that looks like the form: its own header, column letters, row
//! numbers as text.

use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Note, Workbook, Worksheet,
    XlsxError,
};

use super::{
    bench::{Bench, HIDDEN},
    form::{FilledForm, FormCell},
    form_notes::is_hidden,
    form_notes_sheet::NotesSheet,
    page::Show,
};
use crate::{
    rules::RowKind,
    write::{OutputFile, Words},
};

/// The title block above the header.
const HEADER: u32 = 6;
const NUMBER_WIDTH: f64 = 7.0;
const LABEL_WIDTH: f64 = 68.0;
const FIGURE_WIDTH: f64 = 12.0;
const LINES: Color = Color::RGB(0x0080_8080);

/// A form on its way to a file.
pub struct FormBook<'a> {
    /// The form.
    pub filled: &'a FilledForm<'a>,
    /// The list it is filled from, rules, words, and what must not be shown.
    pub bench: Bench<'a>,
}

impl FormBook<'_> {
    /// Writes the workbook.
    pub fn write(&self, file: &mut OutputFile) -> Result<(), XlsxError> {
        let mut workbook = Workbook::new();
        let day = self.bench.letterhead.as_of;
        let created = ExcelDateTime::from_ymd(
            day.year().unsigned_abs(),
            day.month().unsigned_abs(),
            day.day().unsigned_abs(),
        )?;
        workbook.set_properties(&DocProperties::new().set_author("dinhdanh").set_creation_datetime(&created));
        let styles = Styles::new(&self.bench.letterhead.block.font);
        self.form_sheet(workbook.add_worksheet(), &styles)?;
        NotesSheet::write(self.filled, self.bench, workbook.add_worksheet(), &styles)?;
        workbook.save_to_writer(file)
    }

    fn words(&self) -> Words<'_> {
        self.bench.letterhead.words
    }

    fn say(&self, key: &str, values: &[(&str, &str)]) -> String {
        self.words().fill("mau03", key, values)
    }

    fn last_column(&self) -> u16 {
        u16::try_from(self.filled.form.columns.len()).expect("at most 20 columns") + 1
    }

    fn form_sheet(&self, sheet: &mut Worksheet, styles: &Styles) -> Result<(), XlsxError> {
        let (form, language) = (self.filled.form, self.words().language);
        sheet.set_name(form.sheet.get(language))?;
        sheet.set_column_width(0, NUMBER_WIDTH)?.set_column_width(1, LABEL_WIDTH)?;
        let last = self.last_column();
        for column in 2..=last {
            sheet.set_column_width(column, FIGURE_WIDTH)?;
        }
        self.title(sheet, styles, last)?;
        let below = self.header(sheet, styles)?;
        let mut row = self.numbering(sheet, styles, below)?;
        for (at, cells) in self.filled.cells.iter().enumerate() {
            self.row(sheet, styles, row, (at, cells))?;
            row += 1;
        }
        self.foot(sheet, styles, row, last)?;
        self.page(sheet, below)
    }

    fn title(&self, sheet: &mut Worksheet, styles: &Styles, last: u16) -> Result<(), XlsxError> {
        let (block, form, language) = (self.bench.letterhead.block, self.filled.form, self.words().language);
        let show = Show(language);
        let (year, day) = (self.filled.year.to_string(), show.day(self.filled.day));
        sheet.merge_range(0, 0, 0, 1, block.authority.get(language), &styles.centre)?;
        sheet.merge_range(0, 2, 0, last, block.country.get(language), &styles.bold_centre)?;
        sheet.merge_range(1, 0, 1, 1, &self.bench.letterhead.commune, &styles.bold_centre)?;
        sheet.merge_range(1, 2, 1, last, block.motto.get(language), &styles.bold_centre)?;
        sheet.merge_range(2, 2, 2, last, form.number.get(language), &styles.right)?;
        let title = form.title.get(language).replace("{year}", &year);
        sheet.merge_range(3, 0, 3, last, &title, &styles.title)?;
        let subtitle = form.subtitle.get(language).replace("{day}", &day);
        sheet.merge_range(4, 0, 4, last, &subtitle, &styles.italic_centre)?;
        let copy = self.words().get("mau03", if self.bench.internal { "internal" } else { "shared" });
        sheet.merge_range(5, 0, 5, last, copy, &styles.italic_centre)?;
        sheet.set_row_height(3, 24.0)?;
        Ok(())
    }

    /// The form's header; gives the row below it.
    fn header(&self, sheet: &mut Worksheet, styles: &Styles) -> Result<u32, XlsxError> {
        let language = self.words().language;
        let mut below = HEADER;
        for cell in &self.filled.form.header {
            let ([top, bottom], [first, last]) = (cell.rows, cell.columns);
            let (top, bottom) = (HEADER + top, HEADER + bottom);
            let text = cell.text.get(language);
            if (top, first) == (bottom, last) {
                sheet.write_string_with_format(top, first, text, &styles.header)?;
            } else {
                sheet.merge_range(top, first, bottom, last, text, &styles.header)?;
            }
            below = below.max(bottom + 1);
        }
        for row in HEADER..below {
            sheet.set_row_height(row, if row + 1 == below { 62.0 } else { 24.0 })?;
        }
        Ok(below)
    }

    /// The row A, B, 1 … ; gives the next.
    fn numbering(&self, sheet: &mut Worksheet, styles: &Styles, row: u32) -> Result<u32, XlsxError> {
        sheet.write_string_with_format(row, 0, "A", &styles.numbering)?;
        sheet.write_string_with_format(row, 1, "B", &styles.numbering)?;
        for column in 2..=self.last_column() {
            sheet.write_string_with_format(row, column, (column - 1).to_string(), &styles.numbering)?;
        }
        Ok(row + 1)
    }

    fn row(
        &self,
        sheet: &mut Worksheet,
        styles: &Styles,
        row: u32,
        (at, cells): (usize, &[FormCell]),
    ) -> Result<(), XlsxError> {
        let form_row = &self.filled.form.rows[at];
        let level = usize::from(form_row.level.min(2));
        let label = form_row.label.get(self.words().language);
        if matches!(form_row.kind, RowKind::Sum(_)) {
            sheet.merge_range(row, 0, row, 1, label, &styles.label[level])?;
        } else {
            sheet.write_string_with_format(row, 0, &form_row.number, &styles.number[level])?;
            sheet.write_string_with_format(row, 1, label, &styles.label[level])?;
        }
        let lines = label.chars().count().div_ceil(if level < 2 { 70 } else { 76 }).max(1);
        sheet.set_row_height(row, 15.5 * f64::from(u32::try_from(lines).unwrap_or(1)) + 1.5)?;
        for (column, cell) in (2..).zip(cells) {
            self.cell(sheet, styles, (row, column), level, cell)?;
        }
        Ok(())
    }

    fn cell(
        &self,
        sheet: &mut Worksheet,
        styles: &Styles,
        (row, column): (u32, u16),
        level: usize,
        cell: &FormCell,
    ) -> Result<(), XlsxError> {
        let (count, share) = (&styles.count[level], &styles.share[level]);
        if is_hidden(cell, self.bench.hidden) {
            sheet.write_string_with_format(row, column, HIDDEN, count)?;
            return Ok(());
        }
        let known = match cell {
            FormCell::Blank => {
                sheet.write_blank(row, column, count)?;
                return Ok(());
            }
            FormCell::Unknown(_) => {
                sheet.write_blank(row, column, &styles.unknown[level])?;
                return Ok(());
            }
            FormCell::Count { count: known, .. } => {
                sheet.write_number_with_format(row, column, number(known.yes), count)?;
                known
            }
            FormCell::Share { part, whole, .. } => {
                let per_mille = super::page::per_mille(part.yes, *whole).unwrap_or(0);
                sheet.write_number_with_format(row, column, f64::from(per_mille) / 10.0, share)?;
                part
            }
        };
        if known.unknown > 0 {
            let text = self.say("partial", &[("unknown", &known.unknown.to_string())]);
            sheet.insert_note(row, column, &Note::new(text).add_author_prefix(false).set_width(220))?;
        }
        Ok(())
    }

    fn foot(&self, sheet: &mut Worksheet, styles: &Styles, row: u32, last: u16) -> Result<(), XlsxError> {
        let language = self.words().language;
        let half = last / 2;
        sheet.merge_range(
            row + 1,
            half + 1,
            row + 1,
            last,
            &self.bench.letterhead.date,
            &styles.italic_centre,
        )?;
        let spans = [(0, 1), (half + 1, last)];
        for (who, (first, end)) in self.filled.form.signatures.iter().zip(spans) {
            sheet.merge_range(row + 2, first, row + 2, end, who.get(language), &styles.signature)?;
            let sign = self.words().get("sheets", "sign");
            sheet.merge_range(row + 3, first, row + 3, end, sign, &styles.italic_centre)?;
        }
        sheet.set_row_height(row + 2, 34.0)?;
        Ok(())
    }

    fn page(&self, sheet: &mut Worksheet, below: u32) -> Result<(), XlsxError> {
        let (block, language) = (self.bench.letterhead.block, self.words().language);
        sheet.set_freeze_panes(below + 1, 2)?;
        sheet.set_repeat_rows(HEADER, below)?;
        let footer =
            format!("&R&\"{},Regular\"&9{} &P/&N", block.font, block.page.get(language).replace('&', "&&"));
        sheet
            .set_paper_size(9)
            .set_landscape()
            .set_print_fit_to_pages(1, 0)
            .set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3)
            .set_print_center_horizontally(true)
            .set_footer(footer);
        Ok(())
    }
}

fn number(count: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    let number = count as f64;
    number
}

/// The formats of both sheets.
pub(super) struct Styles {
    centre: Format,
    bold_centre: Format,
    italic_centre: Format,
    right: Format,
    title: Format,
    signature: Format,
    header: Format,
    numbering: Format,
    /// By level of the row.
    number: [Format; 3],
    label: [Format; 3],
    count: [Format; 3],
    share: [Format; 3],
    unknown: [Format; 3],
    /// For the notes.
    pub heading: Format,
    /// The same.
    pub paragraph: Format,
    /// The same.
    pub note_heading: Format,
    /// The same.
    pub note: Format,
}

impl Styles {
    fn new(font: &str) -> Self {
        let base = Format::new().set_font_name(font).set_font_size(11).set_align(FormatAlign::VerticalCenter);
        let centre = base.clone().set_align(FormatAlign::Center).set_text_wrap();
        let bordered = base.clone().set_border(FormatBorder::Thin).set_border_color(LINES).set_text_wrap();
        // Parts and groups are bold, what is within a group is not.
        let by_level = |format: Format| [format.clone().set_bold(), format.clone().set_bold(), format];
        let figures = |format: &str| {
            let figure = bordered.clone().set_align(FormatAlign::Right).set_indent(1).set_num_format(format);
            by_level(figure)
        };
        Self {
            bold_centre: centre.clone().set_bold(),
            italic_centre: centre.clone().set_italic(),
            right: base.clone().set_align(FormatAlign::Right).set_bold(),
            title: centre.clone().set_bold().set_font_size(14),
            signature: centre.clone().set_bold(),
            header: bordered
                .clone()
                .set_bold()
                .set_align(FormatAlign::Center)
                .set_background_color(Color::RGB(0x00EE_F2F3)),
            numbering: bordered.clone().set_italic().set_align(FormatAlign::Center),
            number: by_level(bordered.clone().set_align(FormatAlign::Center).set_num_format("@")),
            label: {
                let indented = |format: Format, by: u8| format.set_indent(by);
                let [part, group, within] = by_level(bordered.clone());
                [indented(part, 0), indented(group, 0), indented(within, 1)]
            },
            count: figures("#,##0"),
            share: figures("0.0"),
            unknown: figures("#,##0").map(|format| format.set_background_color(Color::RGB(0x00F5_F1E8))),
            heading: base.clone().set_bold().set_font_size(12),
            paragraph: base.clone().set_text_wrap().set_align(FormatAlign::Top),
            note_heading: bordered.clone().set_bold().set_background_color(Color::RGB(0x00EE_F2F3)),
            note: bordered.set_align(FormatAlign::Top),
            centre,
        }
    }
}
