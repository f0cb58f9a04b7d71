//! `register_ct3a.xlsx`: the register as a residence list of the shape of form CT3A, household by
//! household. The columns are known, the form's exact title is not.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::{
    family::Families,
    layout::BLOCK,
    register::Registrar,
    row::{RegisterColumn as Column, RegisterRow},
    sheet::{Formats, heading, place_and_date, signatures},
    workbook::new_book,
};

const COLUMNS: [(&str, f64, Option<Column>); 13] = [
    ("STT", 6.0, None),
    ("Họ, chữ đệm và tên", 28.0, Some(Column::FullName)),
    ("Số ĐDCN/CCCD", 15.0, Some(Column::PersonalId)),
    ("Ngày, tháng, năm sinh", 12.0, Some(Column::BirthDate)),
    ("Giới tính", 8.0, Some(Column::Gender)),
    ("Quê quán", 26.0, Some(Column::RegistrationPlace)),
    ("Dân tộc", 10.0, Some(Column::Ethnicity)),
    ("Quốc tịch", 10.0, Some(Column::Nationality)),
    ("Số HSCT", 12.0, Some(Column::HouseholdCode)),
    ("Quan hệ với chủ hộ", 12.0, Some(Column::Relationship)),
    ("Ở đâu đến", 14.0, None),
    ("Ngày đến", 12.0, None),
    ("Địa chỉ thường trú", 46.0, Some(Column::Address)),
];
const LAST: u16 = COLUMNS.len() as u16 - 1;
const HEADER: u32 = 5;

/// The workbook's bytes.
pub(super) fn write(families: &Families<'_>, registrar: &Registrar<'_>) -> Result<Vec<u8>, XlsxError> {
    let places = 0..families.layout.blocks * BLOCK;
    let mut rows: Vec<RegisterRow> = places.flat_map(|at| registrar.household(at)).collect();
    let rank = |row: &RegisterRow| match row[Column::Relationship].as_str() {
        "Chủ hộ" => 0,
        "Vợ" => 1,
        _ => 2,
    };
    rows.sort_by(|left, right| {
        let household = left[Column::HouseholdCode].cmp(&right[Column::HouseholdCode]);
        household.then_with(|| rank(left).cmp(&rank(right)))
    });
    let day = families.data.rules.list_day;
    let mut book = new_book(day)?;
    let formats = Formats::new();
    let sheet = book.add_worksheet();
    sheet.set_name("CT3A")?;
    write_rows(sheet, &rows, &families.layout.ward(0).new_commune, &formats)?;
    let bottom = HEADER + 2 + rows.len() as u32;
    place_and_date(sheet, bottom + 1, LAST, &families.layout.ward(0).new_commune, day, &formats)?;
    signatures(sheet, bottom + 2, LAST, &formats)?;
    book.save_to_buffer()
}

fn write_rows(
    sheet: &mut Worksheet,
    rows: &[RegisterRow],
    commune: &str,
    formats: &Formats,
) -> Result<(), XlsxError> {
    heading(sheet, commune, LAST, formats)?;
    sheet.merge_range(3, 0, 3, LAST, "DANH SÁCH CÔNG DÂN THƯỜNG TRÚ TRÊN ĐỊA BÀN (CT3A)", &formats.title)?;
    for (at, (title, width, column)) in COLUMNS.iter().enumerate() {
        let at = at as u16;
        sheet.set_column_width(at, *width)?;
        sheet.write_string_with_format(HEADER, at, *title, &formats.header)?;
        sheet.write_string_with_format(HEADER + 1, at, format!("({})", at + 1), &formats.numbering)?;
        for (number, row) in (0u32..).zip(rows) {
            let line = HEADER + 2 + number;
            match column {
                Some(column) => sheet.write_string_with_format(line, at, &row[*column], &formats.text)?,
                None if at == 0 => sheet.write_number_with_format(line, at, number + 1, &formats.number)?,
                None => sheet.write_string_with_format(line, at, "", &formats.text)?,
            };
        }
    }
    sheet.set_freeze_panes(HEADER + 2, 2)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(HEADER, HEADER + 1)?;
    Ok(())
}
