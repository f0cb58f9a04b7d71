//! HTML tables, which many web systems hand out under the name `.xls`. All tables of the page
//! become one sheet, each `<tr>` a row, as Excel shows them.

use html5gum::{Token, Tokenizer};

use super::{
    encoding,
    raw_sheet::{RawSheet, Region, Room, TooManyCells},
};
use crate::record::RawCell;

/// Reads the tables of a page, up to so many cells.
pub(super) fn read(bytes: &[u8], cells: usize) -> Result<RawSheet, TooManyCells> {
    let bytes = encoding::without_utf16(bytes);
    let text = encoding::field(&bytes);
    let mut page = Page { room: Room::new(cells), ..Page::default() };
    for token in Tokenizer::new(text.as_ref()).flatten() {
        match token {
            Token::StartTag(tag) => {
                let attribute = |name: &str| {
                    let value = tag.attributes.iter().find(|(have, _)| have.as_slice() == name.as_bytes())?;
                    String::from_utf8_lossy(value.1).trim().parse::<usize>().ok()
                };
                let span = |name| attribute(name).unwrap_or(1).clamp(1, 1000);
                match tag.name.as_slice() {
                    b"tr" => page.open_row()?,
                    b"td" | b"th" => page.open_cell(span("colspan"), span("rowspan"))?,
                    b"br" | b"p" | b"div" => page.add_text("\n"),
                    b"script" | b"style" => page.skipping = true,
                    _ => {}
                }
            }
            Token::EndTag(tag) => match tag.name.as_slice() {
                b"td" | b"th" => page.close_cell()?,
                b"tr" | b"table" => page.close_row()?,
                b"script" | b"style" => page.skipping = false,
                _ => {}
            },
            Token::String(text) if !page.skipping => page.add_text(&String::from_utf8_lossy(&text)),
            _ => {}
        }
    }
    page.close_row()?;
    page.sheet.fill_gaps();
    Ok(page.sheet)
}

#[derive(Default)]
struct Page {
    sheet: RawSheet,
    room: Room,
    row: u32,
    row_open: bool,
    cells: Vec<RawCell>,
    cell: Option<OpenCell>,
    /// Cells that reach down into the rows below: (column, width, rows left).
    hanging: Vec<(usize, usize, usize)>,
    skipping: bool,
}

struct OpenCell {
    text: String,
    columns: usize,
    rows: usize,
}

impl Page {
    fn open_row(&mut self) -> Result<(), TooManyCells> {
        self.close_row()?;
        self.row += 1;
        self.row_open = true;
        Ok(())
    }

    fn open_cell(&mut self, columns: usize, rows: usize) -> Result<(), TooManyCells> {
        self.close_cell()?;
        if !self.row_open {
            self.open_row()?;
        }
        self.cell = Some(OpenCell { text: String::new(), columns, rows });
        Ok(())
    }

    fn add_text(&mut self, text: &str) {
        if let Some(cell) = &mut self.cell {
            cell.text.push_str(text);
        }
    }

    fn close_cell(&mut self) -> Result<(), TooManyCells> {
        let Some(cell) = self.cell.take() else { return Ok(()) };
        let mut column = self.cells.len();
        while let Some((_, width, _)) =
            self.hanging.iter().find(|(at, width, _)| (*at..*at + *width).contains(&column))
        {
            self.room.take(*width)?;
            self.cells.extend(std::iter::repeat_n(RawCell::Empty, *width));
            column = self.cells.len();
        }
        // White space between tags is the page's own; inside a line it is one blank.
        let lines = cell.text.lines().map(|line| {
            line.split([' ', '\t']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
        });
        let text = lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
        self.room.take(cell.columns)?;
        self.cells.push(RawCell::text(&text));
        self.cells.extend(std::iter::repeat_n(RawCell::Empty, cell.columns - 1));
        if cell.columns > 1 || cell.rows > 1 {
            let top = self.row - 1;
            self.sheet.merged.push(Region {
                top,
                left: column,
                bottom: top + u32::try_from(cell.rows - 1).unwrap_or(0),
                right: column + cell.columns - 1,
            });
        }
        if cell.rows > 1 {
            self.hanging.push((column, cell.columns, cell.rows));
        }
        Ok(())
    }

    fn close_row(&mut self) -> Result<(), TooManyCells> {
        self.close_cell()?;
        if self.row_open {
            self.sheet.push(self.row, std::mem::take(&mut self.cells));
            for hanging in &mut self.hanging {
                hanging.2 -= 1;
            }
            self.hanging.retain(|hanging| hanging.2 > 0);
        }
        self.row_open = false;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_entities_and_unclosed_tags() {
        let page = "<html><style>td{x}</style><table>\
            <tr><td rowspan=2>STT<td rowspan=2>Họ &amp; tên<td colspan=2>Giới tính</tr>\
            <tr><th>Nam</th><th>N&#7919;</th></tr>\
            <tr><td>1<td>Nguyễn&nbsp;Văn<br>An<td>x<td></table>";
        let sheet = read(page.as_bytes(), 1000).unwrap();
        let rows: Vec<Vec<crate::record::Text>> =
            sheet.rows.iter().map(|row| row.cells.iter().map(RawCell::display).collect()).collect();
        assert_eq!(rows[0], ["STT", "Họ & tên", "Giới tính", ""]);
        assert_eq!(rows[1], ["", "", "Nam", "Nữ"]);
        assert_eq!(rows[2], ["1", "Nguyễn\u{a0}Văn\nAn", "x", ""]);
        assert_eq!(sheet.merged.len(), 3);
    }

    /// Two dozen bytes may ask for a thousand cells.
    #[test]
    fn merged_cells_take_no_more_than_the_limit() {
        let row = "<tr>".to_owned() + &"<td colspan=1000 rowspan=1000>x".repeat(20);
        assert!(read(row.as_bytes(), 20_000).is_ok());
        assert!(read(row.repeat(2).as_bytes(), 39_000).is_err());
    }
}
