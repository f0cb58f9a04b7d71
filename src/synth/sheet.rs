//! What the invented workbooks have in common: formats, the national heading, signatures.

use jiff::civil::Date;
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Worksheet, XlsxError};

/// The formats of a workbook.
#[derive(Debug)]
pub(super) struct Formats {
    pub bold: Format,
    pub italic: Format,
    pub title: Format,
    pub header: Format,
    pub numbering: Format,
    pub group: Format,
    pub group_text: Format,
    pub text: Format,
    pub centre: Format,
    pub number: Format,
    pub date: Format,
}

impl Formats {
    pub fn new() -> Self {
        let plain = || Format::new().set_font_name("Times New Roman").set_font_size(11);
        let centred = || plain().set_align(FormatAlign::Center).set_align(FormatAlign::VerticalCenter);
        let framed = |format: Format| format.set_border(FormatBorder::Thin);
        Self {
            bold: centred().set_bold(),
            italic: centred().set_italic(),
            title: centred().set_bold().set_font_size(14),
            header: framed(centred().set_bold().set_text_wrap()),
            numbering: framed(centred().set_italic().set_font_size(9)),
            group: framed(centred().set_bold()),
            group_text: framed(plain().set_bold()),
            text: framed(plain().set_num_format("@")),
            centre: framed(centred().set_num_format("@")),
            number: framed(centred().set_num_format("0")),
            date: framed(centred().set_num_format("dd/mm/yyyy")),
        }
    }
}

/// The national heading in the first two rows: the office on the left, the state on the right.
pub(super) fn heading(
    sheet: &mut Worksheet,
    commune: &str,
    last: u16,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let office = format!("ỦY BAN NHÂN DÂN\n{}", commune.to_uppercase());
    sheet.merge_range(0, 0, 1, 4, &office, &formats.bold.clone().set_text_wrap())?;
    let state = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM";
    sheet.merge_range(0, last - 6, 0, last, state, &formats.bold)?;
    sheet.merge_range(1, last - 6, 1, last, "Độc lập - Tự do - Hạnh phúc", &formats.bold)?;
    sheet.set_row_height(0, 18)?.set_row_height(1, 18)?;
    Ok(())
}

/// The line of place and date above the signatures.
pub(super) fn place_and_date(
    sheet: &mut Worksheet,
    row: u32,
    last: u16,
    commune: &str,
    day: Date,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let place = commune.split_once(' ').map_or(commune, |(_, name)| name);
    let text = format!("{place}, ngày {:02} tháng {:02} năm {}", day.day(), day.month(), day.year());
    sheet.merge_range(row, last - 6, row, last, &text, &formats.italic)?;
    Ok(())
}

/// The block of signatures.
pub(super) fn signatures(
    sheet: &mut Worksheet,
    row: u32,
    last: u16,
    formats: &Formats,
) -> Result<(), XlsxError> {
    sheet.merge_range(row, 0, row, 4, "NGƯỜI LẬP BIỂU", &formats.bold)?;
    sheet.merge_range(row + 1, 0, row + 1, 4, "(Ký, ghi rõ họ tên)", &formats.italic)?;
    sheet.merge_range(row, last - 6, row, last, "TM. ỦY BAN NHÂN DÂN", &formats.bold)?;
    sheet.merge_range(row + 1, last - 6, row + 1, last, "CHỦ TỊCH", &formats.bold)?;
    sheet.merge_range(row + 2, last - 6, row + 2, last, "(Ký tên, đóng dấu)", &formats.italic)?;
    Ok(())
}
