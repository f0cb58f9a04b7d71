//! A workbook an officer would be glad to receive: title block, frozen header, filter, widths,
//! digits kept as text, page set-up for A4 landscape. What its cells say is not known here.

use std::path::Path;

use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, FormatUnderline, Note, Workbook,
    Worksheet, XlsxError,
};

use super::{letterhead::Letterhead, output_file::OutputFile, sheet_names::SheetNames};
use crate::rules::{Bilingual, ColumnStyle, FormColumn};

const HEADER: Color = Color::RGB(0x00D9_E2F3);
const CHANGED: Color = Color::RGB(0x00FF_F2CC);
const TO_FILL: Color = Color::RGB(0x00F1_F8E9);
const LINES: Color = Color::RGB(0x00A6_A6A6);
/// Excel's own limit is 32,767 UTF-16 units a cell.
const LONGEST_CELL: usize = 32_000;
/// Above this width in characters the first columns stay in sight too.
const WIDE: f64 = 190.0;
const PAPER_A4: u8 = 9;
/// From 1, fast, to 9, small.
const PACKING: u8 = 2;
/// Of the font's size.
const LINE_HEIGHT: f64 = 1.32;
/// More than the tallest row can show.
const MOST_LINES: u32 = 60;
/// Excel's own limit is 409.5 points.
const TALLEST_ROW: f64 = 400.0;

/// One cell of a list.
#[derive(Debug, Default)]
pub(crate) struct Cell {
    /// What it says.
    pub text: String,
    /// Coloured: it changed, or the two sides differ.
    pub marked: bool,
    /// The note a reader sees when pointing at it.
    pub note: Option<String>,
    /// In a hidden column: it takes no room.
    pub hidden: bool,
}

impl Cell {
    /// A cell that only says something.
    pub fn says(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

/// A workbook being built.
pub(crate) struct Book<'a> {
    workbook: Workbook,
    styles: Styles,
    names: SheetNames,
    letterhead: &'a Letterhead<'a>,
    notes_left: usize,
}

/// What one sheet is to look like.
pub(crate) struct Plan<'a, K> {
    /// Its name, as [`Book::allow_name`] gave it.
    pub name: &'a str,
    /// Title.
    pub title: &'a str,
    /// The line under the title.
    pub introduction: &'a str,
    /// Columns.
    pub columns: &'a [FormColumn<K>],
    /// How many rows will come.
    pub rows: usize,
}

impl<'a> Book<'a> {
    /// `folder` takes the temporary files of streamed sheets: they hold personal data and must
    /// vanish with the unfinished output.
    pub fn new(letterhead: &'a Letterhead<'a>, folder: &Path) -> Result<Self, XlsxError> {
        let mut workbook = Workbook::new();
        workbook.set_tempdir(folder)?;
        // A ward's workbooks are small whatever the level, and packing was a fifth of all writing.
        workbook.set_zip_compression_level(PACKING);
        // A constant date, so that the same run gives the same bytes.
        let day = letterhead.as_of;
        let created = ExcelDateTime::from_ymd(
            day.year().unsigned_abs(),
            day.month().unsigned_abs(),
            day.day().unsigned_abs(),
        )?;
        let properties = DocProperties::new().set_author("dinhdanh").set_creation_datetime(&created);
        workbook.set_properties(&properties);
        Ok(Self {
            workbook,
            styles: Styles::new(&letterhead.block.font, letterhead.block.font_size),
            names: SheetNames::default(),
            letterhead,
            notes_left: letterhead.block.limits.notes,
        })
    }

    /// Adds a sheet up to and including its header.
    pub fn sheet<K>(&mut self, plan: &Plan<'_, K>) -> Result<Sheet<'_>, XlsxError> {
        let streamed = plan.rows >= self.letterhead.block.limits.streaming_rows;
        let worksheet = if streamed {
            self.workbook.add_worksheet_with_constant_memory()?
        } else {
            self.workbook.add_worksheet()
        };
        worksheet.set_name(plan.name)?;
        let mut sheet = Sheet {
            worksheet,
            styles: &self.styles,
            letterhead: self.letterhead,
            columns: plan.columns.iter().map(|column| (column.style, column.width)).collect(),
            header: 0,
            next: 0,
            notes_left: &mut self.notes_left,
        };
        sheet.head(plan)?;
        Ok(sheet)
    }

    /// A name for a sheet to come: links may point to it before it is there.
    pub fn allow_name(&mut self, wanted: &str) -> String {
        self.names.allow(wanted)
    }

    /// Writes the workbook.
    pub fn save(mut self, file: &mut OutputFile) -> Result<(), XlsxError> {
        self.workbook.save_to_writer(file)
    }
}

/// One sheet being filled, row by row.
pub(crate) struct Sheet<'b> {
    worksheet: &'b mut Worksheet,
    styles: &'b Styles,
    letterhead: &'b Letterhead<'b>,
    columns: Vec<(ColumnStyle, f64)>,
    header: u32,
    next: u32,
    notes_left: &'b mut usize,
}

impl Sheet<'_> {
    fn head<K>(&mut self, plan: &Plan<'_, K>) -> Result<(), XlsxError> {
        let language = self.letterhead.words.language;
        let block = self.letterhead.block;
        for (column, (_, width)) in (0_u16..).zip(&self.columns) {
            self.worksheet.set_column_width(column, *width)?;
        }
        let last = self.last_column();
        let split = self.split_at(0.4);
        let styles = self.styles;
        self.line(0, 0, split, block.authority.get(language), &styles.authority)?;
        self.line(0, split + 1, last, block.country.get(language), &styles.country)?;
        self.line(1, 0, split, &self.letterhead.commune, &styles.country)?;
        self.line(1, split + 1, last, block.motto.get(language), &styles.motto)?;
        self.line(2, split + 1, last, &self.letterhead.date, &styles.date)?;
        self.line(3, 0, last, plan.title, &styles.title)?;
        self.line(4, 0, last, plan.introduction, &styles.introduction)?;
        for (row, height) in [(0, 17.0), (1, 17.0), (2, 17.0), (3, 24.0), (4, 18.0)] {
            self.worksheet.set_row_height(row, height)?;
        }
        self.header = 5;
        self.worksheet.set_row_height(self.header, 48.0)?;
        for (ix, column) in (0_u16..).zip(plan.columns) {
            let heading = column.heading(language);
            self.worksheet.write_string_with_format(self.header, ix, heading, &styles.header)?;
        }
        self.next = self.header + 1;
        self.page_setup(last, block)
    }

    fn page_setup(&mut self, last: u16, block: &crate::rules::TitleBlock) -> Result<(), XlsxError> {
        let language = self.letterhead.words.language;
        let total: f64 = self.columns.iter().map(|(_, width)| width).sum();
        // A wide list keeps number, code and name in sight.
        let frozen_columns = if total > WIDE { 3.min(last) } else { 0 };
        let header = self.header;
        let footer = format!(
            "&L&\"{font},Italic\"&8{}&R&\"{font},Regular\"&9{} &P/&N",
            block.footer.get(language).replace('&', "&&"),
            block.page.get(language).replace('&', "&&"),
            font = block.font,
        );
        self.worksheet.set_freeze_panes(header + 1, frozen_columns)?;
        self.worksheet
            .set_paper_size(PAPER_A4)
            .set_landscape()
            .set_print_fit_to_pages(1, 0)
            .set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3)
            .set_print_center_horizontally(true)
            .set_footer(footer);
        self.worksheet.set_repeat_rows(header, header)?;
        Ok(())
    }

    /// Adds one row; `cells` are as many as there are columns.
    pub fn row(&mut self, cells: &[Cell]) -> Result<(), XlsxError> {
        let shown = cells.iter().zip(&self.columns).filter(|(cell, _)| !cell.hidden);
        let lines = shown.map(|(cell, (_, width))| lines(&cell.text, *width)).max();
        if let Some(lines) = lines.filter(|lines| *lines > 1) {
            let height = self.letterhead.block.font_size * LINE_HEIGHT * f64::from(lines) + 2.0;
            self.worksheet.set_row_height(self.next, height.min(TALLEST_ROW))?;
        }
        for (at, (cell, (style, _))) in (0_u16..).zip(cells.iter().zip(&self.columns)) {
            let format = self.styles.body(*style, cell.marked);
            match (style, cell.text.parse::<u32>()) {
                (ColumnStyle::Number, Ok(number)) => {
                    self.worksheet.write_number_with_format(self.next, at, number, format)?;
                }
                _ if cell.text.is_empty() => {
                    self.worksheet.write_blank(self.next, at, format)?;
                }
                _ => {
                    let text = fitting(&cell.text);
                    self.worksheet.write_string_with_format(self.next, at, text, format)?;
                }
            }
            if let Some(note) = cell.note.as_deref().filter(|_| *self.notes_left > 0) {
                *self.notes_left -= 1;
                let note = Note::new(fitting(note)).add_author_prefix(false).set_width(220);
                self.worksheet.insert_note(self.next, at, &note)?;
            }
        }
        self.next += 1;
        Ok(())
    }

    /// Rows that were added, first and last, as the spreadsheet counts from 0; `None` for none.
    pub fn body(&self) -> Option<(u32, u32)> {
        (self.next > self.header + 1).then(|| (self.header + 1, self.next - 1))
    }

    /// The row that comes next.
    pub fn next_row(&self) -> u32 {
        self.next
    }

    /// Puts the filter on, says so where there is nothing, and adds who signs.
    pub fn finish(mut self, signatures: &[Bilingual]) -> Result<(), XlsxError> {
        let last = self.last_column();
        let words = self.letterhead.words;
        let styles = self.styles;
        if let Some((_, last_row)) = self.body() {
            self.worksheet.autofilter(self.header, 0, last_row, last)?;
        } else {
            self.line(self.next, 0, last, words.get("sheets", "nothing"), &styles.introduction)?;
            self.next += 1;
        }
        if signatures.is_empty() {
            return Ok(());
        }
        // Streamed sheets take their rows in order: all names first, the line below them after.
        let row = self.next + 1;
        let spans = self.signature_spans(signatures.len());
        for (who, (first, end)) in signatures.iter().zip(&spans) {
            self.line(row, *first, *end, who.get(words.language), &styles.signature)?;
        }
        for (first, end) in spans {
            self.line(row + 1, first, end, words.get("sheets", "sign"), &styles.sign_here)?;
        }
        Ok(())
    }

    /// First and last column of each signature: one stands in the right half, more share the
    /// width.
    fn signature_spans(&self, count: usize) -> Vec<(u16, u16)> {
        let last = self.last_column();
        if count == 1 {
            return vec![(self.split_at(0.6) + 1, last)];
        }
        let parts = f64::from(u16::try_from(count).unwrap_or(u16::MAX));
        let mut spans = Vec::with_capacity(count);
        let mut first = 0;
        let mut share = 0.0;
        for nth in 1..=count {
            share += parts.recip();
            let end = if nth == count { last } else { self.split_at(share).max(first) };
            if first <= end {
                spans.push((first, end));
            }
            first = end + 1;
        }
        spans
    }

    /// The sheet itself, for what only one list needs (links, drop-downs, protection).
    pub fn raw(&mut self) -> &mut Worksheet {
        self.worksheet
    }

    /// The formats.
    pub fn styles(&self) -> &Styles {
        self.styles
    }

    fn last_column(&self) -> u16 {
        u16::try_from(self.columns.len() - 1).expect("rules allow at most 100 columns")
    }

    /// The column whose right edge is nearest to the given share of the sheet's width; never the
    /// last one.
    fn split_at(&self, share: f64) -> u16 {
        let total: f64 = self.columns.iter().map(|(_, width)| width).sum();
        let mut edge = 0.0;
        let distances = self.columns.iter().map(|(_, width)| {
            edge += width;
            (edge - total * share).abs()
        });
        let nearest = (0_u16..)
            .zip(distances)
            .take(self.columns.len() - 1)
            .min_by(|(_, one), (_, other)| one.total_cmp(other));
        nearest.map_or(0, |(column, _)| column)
    }

    fn line(
        &mut self,
        row: u32,
        first: u16,
        last: u16,
        text: &str,
        format: &Format,
    ) -> Result<(), XlsxError> {
        if first == last {
            self.worksheet.write_string_with_format(row, first, text, format)?;
        } else {
            self.worksheet.merge_range(row, first, row, last, text, format)?;
        }
        Ok(())
    }
}

/// How many lines a text takes in a column so many characters wide. Programs differ in whether
/// they fit the height of a row to wrapped text when they open a file, so it is stated; a line too
/// many is better than one that is cut off.
fn lines(text: &str, width: f64) -> u32 {
    let mut lines = 0_u32;
    for paragraph in text.split('\n') {
        lines += 1;
        let mut used = 0.0;
        for word in paragraph.split(' ') {
            // Column widths are in digits, which proportional small letters hardly exceed and
            // capitals do; measured on rendered pages, a little on the safe side.
            let mut length: f64 =
                word.chars().map(|letter| if letter.is_uppercase() { 1.35 } else { 1.05 }).sum();
            if used > 0.0 && used + length > width {
                lines += 1;
                used = 0.0;
            }
            // A word longer than the column is broken.
            while length > width && lines < MOST_LINES {
                lines += 1;
                length -= width;
            }
            used += length + 0.6;
        }
        if lines >= MOST_LINES {
            break;
        }
    }
    lines
}

/// The text as long as a cell may be.
fn fitting(text: &str) -> &str {
    // Cheap for all that is surely short enough.
    if text.len() <= LONGEST_CELL {
        return text;
    }
    let mut units = 0;
    let cut = text.char_indices().find(|(_, letter)| {
        units += letter.len_utf16();
        units > LONGEST_CELL
    });
    cut.map_or(text, |(at, _)| &text[..at])
}

/// The formats of a workbook.
pub(crate) struct Styles {
    authority: Format,
    country: Format,
    motto: Format,
    date: Format,
    title: Format,
    introduction: Format,
    header: Format,
    signature: Format,
    sign_here: Format,
    /// A cell with a link.
    pub link: Format,
    /// By [`ColumnStyle`], then unmarked and marked.
    body: [[Format; 2]; 5],
}

impl Styles {
    fn new(font: &str, size: f64) -> Self {
        let base =
            Format::new().set_font_name(font).set_font_size(size).set_align(FormatAlign::VerticalCenter);
        let centred = base.clone().set_align(FormatAlign::Center);
        let bordered = base
            .clone()
            .set_border(FormatBorder::Thin)
            .set_border_color(LINES)
            .set_text_wrap()
            .set_align(FormatAlign::Top);
        let body = |style: ColumnStyle| {
            let format = match style {
                // A text format keeps digits and a leading "=" as they are when somebody edits
                // the cell.
                ColumnStyle::Text => bordered.clone().set_align(FormatAlign::Left).set_quote_prefix(),
                ColumnStyle::Center => bordered.clone().set_align(FormatAlign::Center).set_num_format("@"),
                ColumnStyle::Code => bordered.clone().set_align(FormatAlign::Left).set_num_format("@"),
                ColumnStyle::Number => bordered.clone().set_align(FormatAlign::Center),
                ColumnStyle::Fill => bordered
                    .clone()
                    .set_align(FormatAlign::Left)
                    .set_num_format("@")
                    .set_background_color(TO_FILL)
                    .set_unlocked(),
            };
            [format.clone(), format.set_background_color(CHANGED)]
        };
        Self {
            authority: centred.clone().set_font_size(size + 1.0),
            country: centred.clone().set_bold().set_font_size(size + 1.0),
            motto: centred
                .clone()
                .set_bold()
                .set_font_size(size + 1.0)
                .set_underline(FormatUnderline::Single),
            date: centred.clone().set_italic(),
            title: centred.clone().set_bold().set_font_size(size + 4.0),
            introduction: centred.clone().set_italic(),
            header: centred
                .clone()
                .set_bold()
                .set_text_wrap()
                .set_background_color(HEADER)
                .set_border(FormatBorder::Thin)
                .set_border_color(LINES),
            signature: centred.clone().set_bold(),
            sign_here: centred.set_italic(),
            link: bordered
                .clone()
                .set_align(FormatAlign::Left)
                .set_font_color(Color::RGB(0x0005_63C1))
                .set_underline(FormatUnderline::Single),
            body: [
                ColumnStyle::Text,
                ColumnStyle::Center,
                ColumnStyle::Code,
                ColumnStyle::Number,
                ColumnStyle::Fill,
            ]
            .map(body),
        }
    }

    /// The format of a body cell.
    pub fn body(&self, style: ColumnStyle, marked: bool) -> &Format {
        &self.body[style as usize][usize::from(marked)]
    }
}
