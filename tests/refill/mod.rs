//! A workbook of a run as another program would save it after somebody filled it in: the same
//! cells on the same sheets, nothing of the first program's formatting.

use std::path::Path;

use calamine::{Data, Reader, Xlsx, open_workbook};
use rust_xlsxwriter::Workbook;

/// One sheet being filled in.
pub struct Sheet {
    name: String,
    cells: Vec<Vec<Data>>,
    header: Option<usize>,
}

impl Sheet {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Rows below the header that have a key, as indexes from 0.
    pub fn data_rows(&self) -> Vec<usize> {
        let Some(header) = self.header else { return Vec::new() };
        let Some(key) = self.column("Khóa (không sửa)") else { return Vec::new() };
        (header + 1..self.cells.len()).filter(|row| !text(&self.cells[*row][key]).is_empty()).collect()
    }

    fn column(&self, heading: &str) -> Option<usize> {
        self.cells[self.header?].iter().position(|cell| text(cell) == heading)
    }

    /// A cell's text.
    pub fn get(&self, row: usize, heading: &str) -> String {
        text(&self.cells[row][self.column(heading).expect("the column is there")])
    }

    /// Fills a cell in.
    pub fn set(&mut self, row: usize, heading: &str, value: &str) {
        let column = self.column(heading).expect("the column is there");
        self.cells[row][column] = Data::String(value.to_owned());
    }

    /// A cell's name, as a spreadsheet shows it.
    pub fn address(&self, row: usize, heading: &str) -> String {
        let column = self.column(heading).expect("the column is there");
        let letter = u8::try_from(column).expect("a workbook of a test has few columns") + b'A';
        format!("{}{}", char::from(letter), row + 1)
    }
}

fn text(cell: &Data) -> String {
    cell.to_string().trim().to_owned()
}

/// Reads a workbook, lets its sheets be filled in, and saves it under another name.
pub fn refill(from: &Path, to: &Path, mut fill: impl FnMut(&mut Sheet)) {
    let mut workbook: Xlsx<_> = open_workbook(from).expect("a workbook");
    let mut saved = Workbook::new();
    for (name, range) in workbook.worksheets() {
        let (height, width) =
            range.end().map_or((0, 0), |(row, column)| (row as usize + 1, column as usize + 1));
        let at = |row: usize, column: usize| {
            let position = (u32::try_from(row).unwrap(), u32::try_from(column).unwrap());
            range.get_value(position).cloned().unwrap_or(Data::Empty)
        };
        let cells: Vec<Vec<Data>> =
            (0..height).map(|row| (0..width).map(|column| at(row, column)).collect()).collect();
        let header = cells.iter().position(|row| row.iter().any(|cell| text(cell) == "Khóa (không sửa)"));
        let mut sheet = Sheet { name, cells, header };
        fill(&mut sheet);
        let target = saved.add_worksheet().set_name(&sheet.name).unwrap();
        for (row, cells) in (0..).zip(&sheet.cells) {
            for (column, cell) in (0..).zip(cells) {
                match cell {
                    Data::Float(number) => target.write_number(row, column, *number).map(|_| ()),
                    cell if text(cell).is_empty() => Ok(()),
                    cell => target.write_string(row, column, cell.to_string()).map(|_| ()),
                }
                .unwrap();
            }
        }
    }
    saved.save(to).expect("saved");
}
