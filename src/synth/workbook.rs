//! `children.xlsx`: the list as wards keep it: national heading, title, a merged header of three
//! rows, a numbering row, a part for each thôn/TDP with its own heading and subtotal, signatures.
//! The rows are those of `children.csv`, with the same child codes.

use jiff::civil::Date;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};

use super::{
    entry::{Clerk, Entry},
    family::Families,
    layout::COPIES,
    random::{Permutation, Purpose, Random},
    row::ChildColumn as Column,
    sheet::{Formats, heading, place_and_date, signatures},
};
use crate::record::Gender;

/// What a sheet column shows: a list column, the running number, or half of the gender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Show {
    Running,
    Is(Gender),
    Cell(Column),
}

/// A column: heading of the first, second and third header row (an empty one continues the one
/// before), width, content.
type SheetColumn = ([&'static str; 3], f64, Show);

const COLUMNS: [SheetColumn; 20] = [
    (["STT", "", ""], 5.0, Show::Running),
    (["Mã trẻ em", "", ""], 12.0, Show::Cell(Column::ChildCode)),
    (["Mã gia đình", "", ""], 12.0, Show::Cell(Column::HouseholdCode)),
    (["Họ và tên trẻ em", "", ""], 26.0, Show::Cell(Column::FullName)),
    (["Ngày, tháng,\nnăm sinh", "", ""], 12.0, Show::Cell(Column::BirthDate)),
    (["Giới tính", "Nam", ""], 5.0, Show::Is(Gender::Male)),
    (["", "Nữ", ""], 5.0, Show::Is(Gender::Female)),
    (["Dân tộc", "", ""], 9.0, Show::Cell(Column::Ethnicity)),
    (["Số định danh\ncá nhân", "", ""], 15.0, Show::Cell(Column::PersonalId)),
    (["Thông tin về cha, mẹ, người nuôi dưỡng", "Cha", "Họ tên cha"], 22.0, Show::Cell(Column::FatherName)),
    (["", "", "Số CCCD của cha"], 15.0, Show::Cell(Column::FatherId)),
    (["", "Mẹ", "Họ tên mẹ"], 22.0, Show::Cell(Column::MotherName)),
    (["", "", "Số CCCD của mẹ"], 15.0, Show::Cell(Column::MotherId)),
    (["", "Người nuôi dưỡng", ""], 20.0, Show::Cell(Column::GuardianName)),
    (["Địa chỉ", "", ""], 34.0, Show::Cell(Column::Address)),
    (["Xã/Phường", "", ""], 18.0, Show::Cell(Column::Commune)),
    (["Điện\u{a0}thoại", "", ""], 13.0, Show::Cell(Column::Phone)),
    (["Hộ nghèo,\nhộ cận nghèo", "", ""], 12.0, Show::Cell(Column::Poverty)),
    (["Trình độ\nhọc vấn", "", ""], 11.0, Show::Cell(Column::Education)),
    (["Ghi chú", "", ""], 16.0, Show::Cell(Column::Note)),
];
const LAST: u16 = COLUMNS.len() as u16 - 1;
/// First of the three header rows.
const HEADER: u32 = 6;

/// The workbook's bytes.
pub(super) fn write(families: &Families<'_>, clerk: &Clerk<'_>, children: u64) -> Result<Vec<u8>, XlsxError> {
    let seed = families.layout.seed;
    let places = children * COPIES;
    let order = Permutation::keyed(places, seed, Purpose::ListOrder, 0);
    let mut entries: Vec<Entry> = (0..places).filter_map(|at| clerk.entry(order.of(at))).collect();
    // Stable: within a hamlet the order of the list remains.
    entries.sort_by_key(|entry| entry.hamlet);
    let mut book = new_book(families.data.rules.list_day)?;
    let formats = Formats::new();
    for part in entries.chunk_by(|left, right| left.hamlet.0 == right.hamlet.0) {
        let ward = part[0].hamlet.0;
        let sheet = book.add_worksheet();
        write_ward(sheet, families, clerk, ward, part, &formats)?;
        if families.layout.wards == 1 {
            sheet.set_name("Danh sách trẻ em")?;
        } else {
            sheet.set_name(format!("Danh sách {}", ward + 1))?;
        }
    }
    book.save_to_buffer()
}

/// A workbook whose bytes depend on its content alone: made on the day of the list.
pub(super) fn new_book(day: Date) -> Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(day.year().unsigned_abs(), day.month() as u8, day.day() as u8)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made).set_comment("Dữ liệu giả lập"));
    Ok(book)
}

fn write_ward(
    sheet: &mut Worksheet,
    families: &Families<'_>,
    clerk: &Clerk<'_>,
    ward: u64,
    entries: &[Entry],
    formats: &Formats,
) -> Result<(), XlsxError> {
    let names = families.layout.ward(ward);
    let commune = if clerk.uses_old_names(ward) { &names.commune } else { &names.new_commune };
    let day = families.data.rules.list_day;
    heading(sheet, commune, LAST, formats)?;
    let title = format!("DANH SÁCH TRẺ EM DƯỚI 16 TUỔI TRÊN ĐỊA BÀN {}", commune.to_uppercase());
    sheet.merge_range(3, 0, 3, LAST, &title, &formats.title)?;
    let note = format!(
        "(Tính đến ngày {:02}/{:02}/{} – dữ liệu giả lập, không có người thật)",
        day.day(),
        day.month(),
        day.year()
    );
    sheet.merge_range(4, 0, 4, LAST, &note, &formats.italic)?;
    write_header(sheet, formats)?;
    let mut row = HEADER + 4;
    let mut running = 0;
    for (nth, part) in entries.chunk_by(|left, right| left.hamlet == right.hamlet).enumerate() {
        let hamlet = families.hamlet(names, ward, part[0].hamlet.1);
        sheet.write_string_with_format(row, 0, roman(nth + 1), &formats.group)?;
        sheet.merge_range(row, 1, row, LAST, &hamlet, &formats.group_text)?;
        row += 1;
        for entry in part {
            running += 1;
            write_entry(sheet, row, running, entry, families.layout.seed, formats)?;
            row += 1;
        }
        write_subtotal(sheet, row, &format!("Cộng {hamlet}"), part, formats)?;
        row += 1;
    }
    write_subtotal(sheet, row, "TỔNG CỘNG", entries, formats)?;
    place_and_date(sheet, row + 2, LAST, commune, day, formats)?;
    signatures(sheet, row + 3, LAST, formats)?;
    sheet.set_freeze_panes(HEADER + 4, 4)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(HEADER, HEADER + 3)?;
    Ok(())
}

/// The header: a heading reaches right over columns without one of their own, and down to the
/// row before the next.
fn write_header(sheet: &mut Worksheet, formats: &Formats) -> Result<(), XlsxError> {
    for (at, (levels, width, _)) in COLUMNS.iter().enumerate() {
        sheet.set_column_width(at as u16, *width)?;
        for (level, text) in levels.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            let right = COLUMNS[at + 1..]
                .iter()
                .take_while(|(other, ..)| {
                    other[..=level].iter().all(|above| above.is_empty())
                        && other[level + 1..].iter().any(|below| !below.is_empty())
                })
                .count();
            let below = levels[level + 1..].iter().take_while(|below| below.is_empty()).count();
            let (top, left) = (HEADER + level as u32, at as u16);
            let (bottom, right) = (top + below as u32, left + right as u16);
            if (top, left) == (bottom, right) {
                sheet.write_string_with_format(top, left, *text, &formats.header)?;
            } else {
                sheet.merge_range(top, left, bottom, right, text, &formats.header)?;
            }
        }
        let numbering = match at {
            0 => "A".to_owned(),
            1 => "B".to_owned(),
            _ => format!("({})", at - 1),
        };
        sheet.write_string_with_format(HEADER + 3, at as u16, numbering, &formats.numbering)?;
    }
    sheet.set_row_height(HEADER + 2, 30)?;
    Ok(())
}

fn write_entry(
    sheet: &mut Worksheet,
    row: u32,
    running: u32,
    entry: &Entry,
    seed: u64,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let mut random = Random::keyed(seed, Purpose::Sheet, u64::from(row) << 32 | entry.hamlet.0);
    for (at, (_, _, show)) in COLUMNS.iter().enumerate() {
        let at = at as u16;
        match show {
            Show::Running => {
                sheet.write_number_with_format(row, at, running, &formats.number)?;
            }
            Show::Is(gender) => {
                let mark = if entry.gender == Some(*gender) { "x" } else { "" };
                sheet.write_string_with_format(row, at, mark, &formats.centre)?;
            }
            Show::Cell(Column::BirthDate) => write_date(sheet, row, at, entry, &mut random, formats)?,
            Show::Cell(Column::PersonalId) => {
                let text = &entry.row[Column::PersonalId];
                // A number typed as a number has lost its zero; as text it keeps it.
                let digits = text.strip_suffix(".0").unwrap_or(text);
                match digits.parse::<f64>() {
                    Ok(number) if digits.len() == 11 && !digits.starts_with('0') => {
                        sheet.write_number_with_format(row, at, number, &formats.number)?;
                    }
                    _ => {
                        sheet.write_string_with_format(row, at, text, &formats.text)?;
                    }
                }
            }
            Show::Cell(column) => {
                sheet.write_string_with_format(row, at, &entry.row[*column], &formats.text)?;
            }
        }
    }
    Ok(())
}

/// Dates stand as text, as true dates, as bare serials and years: whatever was typed that day.
fn write_date(
    sheet: &mut Worksheet,
    row: u32,
    at: u16,
    entry: &Entry,
    random: &mut Random,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let text = &entry.row[Column::BirthDate];
    let parts: Vec<u16> = text.split('/').filter_map(|part| part.parse().ok()).collect();
    if let Ok(number) = text.parse::<u32>() {
        sheet.write_number_with_format(row, at, number, &formats.number)?;
    } else if let [day, month, year] = parts[..]
        && text.len() == 10
        && let Ok(date) = ExcelDateTime::from_ymd(year, month as u8, day as u8)
        && random.chance(0.4)
    {
        sheet.write_datetime_with_format(row, at, &date, &formats.date)?;
    } else {
        sheet.write_string_with_format(row, at, text, &formats.centre)?;
    }
    Ok(())
}

fn write_subtotal(
    sheet: &mut Worksheet,
    row: u32,
    label: &str,
    entries: &[Entry],
    formats: &Formats,
) -> Result<(), XlsxError> {
    for at in 0..=LAST {
        sheet.write_string_with_format(row, at, "", &formats.group)?;
    }
    sheet.merge_range(row, 0, row, 3, label, &formats.group_text)?;
    sheet.write_number_with_format(row, 4, entries.len() as u32, &formats.group)?;
    for (gender, at) in [(Gender::Male, 5), (Gender::Female, 6)] {
        let count = entries.iter().filter(|entry| entry.gender == Some(gender)).count();
        sheet.write_number_with_format(row, at, count as u32, &formats.group)?;
    }
    Ok(())
}

/// I, II, III … as parts of Vietnamese lists are numbered.
fn roman(number: usize) -> String {
    const DIGITS: [(usize, &str); 5] = [(10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")];
    let mut rest = number;
    let mut text = String::new();
    for (value, digit) in DIGITS {
        while rest >= value {
            text.push_str(digit);
            rest -= value;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_numbered_in_roman() {
        assert_eq!([1, 4, 9, 12, 14].map(roman), ["I", "IV", "IX", "XII", "XIV"]);
    }
}
