//! What the reader makes of files as offices really have them. Every name and number is invented.

use std::{fs, path::PathBuf};

use dinhdanh::{
    outcome::ListKind,
    read::{ColumnMapping, ReadError, ReadOptions, Reading, read_list},
    record::{ColumnUse, FieldKind, LayoutKind, RawCell, RejectReason, Table},
    rules::{Language, Rules},
};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet};
use tempfile::TempDir;

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    fn workbook(&self, name: &str, fill: impl FnOnce(&mut Worksheet)) -> PathBuf {
        let mut workbook = Workbook::new();
        fill(workbook.add_worksheet());
        let path = self.0.path().join(name);
        workbook.save(&path).unwrap();
        path
    }
}

fn rules() -> Rules {
    Rules::built_in().unwrap()
}

fn try_read(paths: &[PathBuf], mapping: Option<&str>) -> Result<Reading, ReadError> {
    let mapping = mapping.map(|text| ColumnMapping::parse("cot.toml", text)).transpose()?;
    let reading = read_list(paths, ListKind::Children, &ReadOptions { mapping }, &rules())?;
    let tables: usize =
        reading.tables.iter().map(|table| table.rows.len() + table.layout.len() + table.rejects.len()).sum();
    assert_eq!(reading.rows_in, (tables + reading.rejects.len()) as u64, "every row is somewhere");
    Ok(reading)
}

fn read_one(path: PathBuf) -> Reading {
    try_read(&[path], None).unwrap()
}

fn read_text(text: impl AsRef<[u8]>) -> Reading {
    let folder = Folder::new();
    read_one(folder.file("danh_sach.csv", text))
}

fn kinds(table: &Table) -> Vec<&'static str> {
    table
        .columns
        .iter()
        .map(|column| match column.usage {
            ColumnUse::Field(kind) => kind.key(),
            ColumnUse::Extra => "-",
        })
        .collect()
}

fn column(table: &Table, kind: FieldKind) -> Vec<String> {
    let at = table.columns_of(kind).next().unwrap_or_else(|| panic!("no {kind} in {:?}", kinds(table)));
    table.rows.iter().map(|row| row.cells[at].display().to_string()).collect()
}

fn layout(table: &Table) -> Vec<(u32, LayoutKind)> {
    table.layout.iter().map(|layout| (layout.row, layout.kind)).collect()
}

fn error_key(result: Result<Reading, ReadError>) -> &'static str {
    let error = result.expect_err("an error");
    for language in [Language::Vi, Language::En] {
        let message = error.message(&rules().messages, language);
        assert!(message.len() > 30 && !message.contains('{') || error.key() == "mapping", "{message}");
    }
    error.key()
}

const HEADER: &str = "STT,Họ và tên,Ngày sinh,Giới tính,Họ tên mẹ\n";

#[test]
fn a_workbook_as_wards_have_it() {
    let folder = Folder::new();
    let path = folder.0.path().join("xa.xlsx");
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let plain = Format::new();
    let date = Format::new().set_num_format("dd/mm/yyyy");
    sheet.merge_range(0, 0, 0, 8, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", &plain).unwrap();
    sheet.merge_range(1, 0, 1, 8, "DANH SÁCH TRẺ EM XÃ VÍ DỤ NĂM 2026", &plain).unwrap();
    for (column, text) in [(0, "STT"), (1, "Họ và tên"), (2, "Ngày sinh"), (8, "Ghi chú")] {
        sheet.merge_range(3, column, 4, column, text, &plain).unwrap();
    }
    sheet.merge_range(3, 3, 3, 4, "Giới tính", &plain).unwrap();
    sheet.merge_range(3, 5, 3, 7, "Cha", &plain).unwrap();
    for (column, text) in [(3, "Nam"), (4, "Nữ"), (5, "Họ và tên"), (6, "Ngày sinh"), (7, "Số định danh")]
    {
        sheet.write(4, column, text).unwrap();
    }
    for (column, text) in ["A", "B", "1", "2", "3", "4", "5", "6", "7"].into_iter().enumerate() {
        sheet.write(5, column as u16, text).unwrap();
    }
    sheet.merge_range(6, 0, 6, 8, "I. Thôn Đông (2 trẻ)", &plain).unwrap();
    sheet.write(7, 0, 1).unwrap();
    sheet.write(7, 1, "Nguyễn Văn Mẫu").unwrap();
    sheet.write_with_format(7, 2, ExcelDateTime::from_ymd(2018, 3, 5).unwrap(), &date).unwrap();
    sheet.write(7, 3, "x").unwrap();
    sheet.write(7, 5, "Nguyễn Văn Cha").unwrap();
    sheet.write(7, 7, 42_086_001_234_i64).unwrap();
    sheet.write(8, 1, "Trần Thị Thử").unwrap();
    sheet.write(8, 2, "2019").unwrap();
    sheet.write(9, 0, "Cộng thôn Đông: 2 trẻ").unwrap();
    for (column, text) in [(0, "STT"), (1, "Họ và tên"), (2, "Ngày sinh"), (3, "Giới tính"), (8, "Ghi chú")]
    {
        sheet.write(11, column, text).unwrap();
    }
    sheet.write(12, 0, "TDP 2").unwrap();
    sheet.write(13, 2, "12/12/2020").unwrap();
    sheet.write(14, 4, "không rõ").unwrap();
    sheet.write(15, 8, "dòng lạc").unwrap();
    sheet.write(16, 1, "Tổng cộng").unwrap();
    sheet.write(16, 2, 1950).unwrap();
    sheet.write(18, 6, "Ví Dụ, ngày 01 tháng 6 năm 2026").unwrap();
    sheet.write(19, 1, "Người lập biểu").unwrap();
    sheet.write(19, 6, "TM. UBND XÃ").unwrap();
    sheet.write(23, 1, "Lê Văn Ký").unwrap();
    sheet.write(23, 5, "Phạm Văn Đóng").unwrap();
    workbook.save(&path).unwrap();

    let reading = read_one(path);
    let table = &reading.tables[0];
    assert_eq!(
        kinds(table),
        [
            "serial_number",
            "full_name",
            "birth_date",
            "gender_male",
            "gender_female",
            "father_name",
            "father_birth",
            "father_id",
            "note"
        ]
    );
    assert_eq!(table.columns[5].heading, "Cha / Họ và tên");
    assert_eq!(table.title.len(), 2);
    let rows: Vec<u32> = table.rows.iter().map(|row| row.row).collect();
    assert_eq!(rows, [8, 9, 14, 15]);
    assert_eq!(table.rows[0].cells[2], RawCell::Date(jiff::civil::date(2018, 3, 5)));
    assert_eq!(table.rows[0].cells[7], RawCell::Number(42_086_001_234.0));
    let groups: Vec<Option<&str>> = table.rows.iter().map(|row| row.group.as_deref()).collect();
    assert_eq!(groups, [Some("Thôn Đông"), Some("Thôn Đông"), Some("TDP 2"), Some("TDP 2")]);
    assert_eq!(
        table.rejects.iter().map(|reject| (reject.row, reject.reason)).collect::<Vec<_>>(),
        [(16, RejectReason::NotARecord)]
    );
    use LayoutKind::{Blank, Footer, Group, Header, Numbering, Subtotal, Title};
    assert_eq!(
        layout(table),
        [
            (1, Title),
            (2, Title),
            (3, Blank),
            (4, Header),
            (5, Header),
            (6, Numbering),
            (7, Group),
            (10, Subtotal),
            (11, Blank),
            (12, Header),
            (13, Group),
            (17, Subtotal),
            (18, Blank),
            (19, Footer),
            (20, Footer),
            (21, Blank),
            (22, Blank),
            (23, Blank),
            (24, Footer)
        ]
    );
}

#[test]
fn an_old_workbook_under_a_new_name() {
    let bytes = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/danh_sach.xls")).unwrap();
    let folder = Folder::new();
    let reading = read_one(folder.file("doi_ten.xlsx", bytes));
    let table = &reading.tables[0];
    assert_eq!(
        kinds(table),
        [
            "serial_number",
            "full_name",
            "birth_date",
            "gender_male",
            "gender_female",
            "personal_id",
            "mother_name"
        ]
    );
    assert_eq!(column(table, FieldKind::BirthDate), ["05/03/2018", "07/09/2019"]);
    assert_eq!(column(table, FieldKind::PersonalId), ["42218001234", "042319004321"]);
    assert_eq!(table.rows[1].group.as_deref(), Some("Thôn 1"));
    assert_eq!(reading.rejects.len(), 1, "the sheet of notes has no header");
    assert_eq!(reading.rejects[0].reason, RejectReason::NoHeader);
    assert_eq!(reading.sources.get(reading.rejects[0].source).sheet, "Ghi chú");
}

#[test]
fn dates_of_both_calendars() {
    let folder = Folder::new();
    let date = Format::new().set_num_format("dd/mm/yyyy");
    let path = folder.workbook("1900.xlsx", |sheet| {
        sheet.write_row(0, 0, ["Họ và tên", "Ngày sinh", "Giới tính"]).unwrap();
        sheet.write(1, 0, "Nguyễn Văn Mẫu").unwrap();
        sheet.write_number_with_format(1, 1, 43_164.0, &date).unwrap();
        sheet.write(1, 2, true).unwrap();
        sheet.write(2, 0, "Lê Thị Thử").unwrap();
        sheet.write(2, 1, 43_164).unwrap();
    });
    let reading = read_one(path.clone());
    assert_eq!(reading.tables[0].rows[0].cells[1], RawCell::Date(jiff::civil::date(2018, 3, 5)));
    assert_eq!(reading.tables[0].rows[0].cells[2], RawCell::Bool(true));
    assert_eq!(reading.tables[0].rows[1].cells[1], RawCell::Number(43_164.0));

    let path = folder.file("1904.xlsx", with_1904_calendar(&fs::read(path).unwrap()));
    let reading = read_one(path);
    assert_eq!(reading.tables[0].rows[0].cells[1], RawCell::Date(jiff::civil::date(2022, 3, 6)));
}

/// The same workbook with the calendar of old Macs switched on.
fn with_1904_calendar(bytes: &[u8]) -> Vec<u8> {
    use std::io::{Cursor, Read, Write};
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for ix in 0..archive.len() {
        let mut part = archive.by_index(ix).unwrap();
        let name = part.name().unwrap().to_string();
        let mut text = Vec::new();
        part.read_to_end(&mut text).unwrap();
        if name == "xl/workbook.xml" {
            let xml = String::from_utf8(text).unwrap();
            assert!(xml.contains("<workbookPr "));
            text = xml.replace("<workbookPr ", "<workbookPr date1904=\"1\" ").into_bytes();
        }
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(&text).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn separators_and_encodings_of_text_files() {
    let list = format!("{HEADER}1,Nguyễn Văn Mẫu,05/03/2018,Nam,Trần Thị Ví Dụ\n");
    let utf16: Vec<u8> = list.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked: Vec<u8> = [0xff, 0xfe].into_iter().chain(utf16.iter().copied()).collect();
    let variants: Vec<Vec<u8>> = vec![
        list.clone().into_bytes(),
        format!("\u{feff}{list}").into_bytes(),
        list.replace(',', ";").into_bytes(),
        list.replace(',', "\t").into_bytes(),
        list.replace(',', "|").into_bytes(),
        format!("sep=;\n{}", list.replace(',', ";")).into_bytes(),
        list.replace('\n', "\r\n").into_bytes(),
        list.replace('\n', "\r").into_bytes(),
        utf16,
        marked,
    ];
    for (ix, bytes) in variants.into_iter().enumerate() {
        let reading = read_text(bytes);
        assert_eq!(column(&reading.tables[0], FieldKind::FullName), ["Nguyễn Văn Mẫu"], "variant {ix}");
        assert_eq!(column(&reading.tables[0], FieldKind::MotherName), ["Trần Thị Ví Dụ"], "variant {ix}");
    }
}

#[test]
fn mixed_encodings_keep_their_good_half() {
    let mut bytes = format!("{HEADER}1,Nguyễn Văn Mẫu,05/03/2018,Nam,Lê Thị Thử\n").into_bytes();
    bytes.extend_from_slice(b"2,Nguy\xd4n V\xa8n T\xe8,06/03/2018,Nam,Tr\xc7n Th\xde\n");
    let reading = read_text(&bytes);
    let names = column(&reading.tables[0], FieldKind::FullName);
    assert_eq!(names[0], "Nguyễn Văn Mẫu");
    assert!(names[1].ends_with('è'), "a legacy byte is one character: {}", names[1]);
    assert!(column(&reading.tables[0], FieldKind::MotherName)[1].ends_with('Þ'));
}

#[test]
fn html_under_the_name_of_a_workbook() {
    let page = "<html><head><meta charset=utf-8></head><body><table>\
        <tr><td colspan=5>DANH SÁCH</td></tr>\
        <tr><th rowspan=2>STT</th><th rowspan=2>Họ và tên</th><th rowspan=2>Ngày sinh</th><th colspan=2>Họ và tên</th></tr>\
        <tr><th>Cha</th><th>Mẹ</th></tr>\
        <tr><td>1</td><td>Nguyễn&nbsp;Văn Mẫu</td><td>05/03/2018</td><td>A Cha</td><td>B Mẹ</td></tr>\
        </table></body></html>";
    let folder = Folder::new();
    let reading = read_one(folder.file("xuat.xls", page));
    let table = &reading.tables[0];
    assert_eq!(kinds(table), ["serial_number", "full_name", "birth_date", "father_name", "mother_name"]);
    assert_eq!(column(table, FieldKind::FullName), ["Nguyễn\u{a0}Văn Mẫu"]);
}

#[test]
fn merged_headers_in_text_files() {
    let text = "STT,Họ và tên,Ngày sinh,,Họ và tên,,Ghi chú\n,,Nam,Nữ,Cha,Mẹ,\n(1),(2),(3),(4),(5),(6),(7)\n\
        1,Nguyễn Văn Mẫu,05/03/2018,,A Cha,B Mẹ,\n2,Lê Thị Thử,,2019,C Cha,D Mẹ,\n";
    let reading = read_text(text);
    assert_eq!(
        kinds(&reading.tables[0]),
        [
            "serial_number",
            "full_name",
            "birth_date_male",
            "birth_date_female",
            "father_name",
            "mother_name",
            "note"
        ]
    );
    assert_eq!(reading.tables[0].rows.len(), 2);
    assert_eq!(layout(&reading.tables[0])[2], (3, LayoutKind::Numbering));
}

#[test]
fn a_banner_of_persons_above_full_headings() {
    let text = "Thông tin trẻ,,,Thông tin cha,,Thông tin mẹ,\nHọ tên,Ngày sinh,Số định danh,Họ tên,Năm sinh,Họ tên,Số CCCD\n\
        Nguyễn Văn Mẫu,05/03/2018,042218001234,A Cha,1985,B Mẹ,042185000001\n";
    let reading = read_text(text);
    assert_eq!(
        kinds(&reading.tables[0]),
        ["full_name", "birth_date", "personal_id", "father_name", "father_birth", "mother_name", "mother_id"]
    );
}

#[test]
fn names_in_several_columns() {
    let text = "Họ và đệm,Tên,Ngày,Tháng,Năm\nNguyễn Văn,Mẫu,5,3,2018\n";
    assert_eq!(
        kinds(&read_text(text).tables[0]),
        ["surname_middle", "given_name", "birth_day", "birth_month", "birth_year"]
    );
    let text = "Họ,Đệm,Tên,Năm sinh\nNguyễn,Văn,Mẫu,2018\n";
    assert_eq!(kinds(&read_text(text).tables[0]), ["surname", "middle_name", "given_name", "birth_date"]);
    let text = "STT,Họ và tên,,Ngày sinh\n1,Nguyễn Văn,Mẫu,2018\n2,Lê Thị,Thử,2019\n";
    assert_eq!(
        kinds(&read_text(text).tables[0]),
        ["serial_number", "surname_middle", "given_name", "birth_date"]
    );
    let text = "Họ và tên,Tên,Năm sinh\nNguyễn Văn Mẫu,Mẫu,2018\nLê Thị Thử,Thử,2019\n";
    assert_eq!(kinds(&read_text(text).tables[0]), ["full_name", "-", "birth_date"]);
    let text = "Họ và tên,Tên,Năm sinh\nNguyễn Văn,Mẫu,2018\nLê Thị,Thử,2019\n";
    assert_eq!(kinds(&read_text(text).tables[0]), ["surname_middle", "given_name", "birth_date"]);
}

#[test]
fn residence_and_database_headings() {
    let ct3a = "STT,Họ tên,Số ĐDCN/CCCD,Ngày sinh,Giới tính,Quê quán,Dân tộc,Quốc tịch,Số HSCT,Quan hệ với chủ hộ,Ở đâu đến,Ngày đến,Địa chỉ thường trú\n\
        1,Nguyễn Văn Mẫu,042218001234,05/03/2018,Nam,X,Kinh,Việt Nam,1,Con,,,Y\n";
    assert_eq!(
        kinds(&read_text(ct3a).tables[0]),
        [
            "serial_number",
            "full_name",
            "personal_id",
            "birth_date",
            "gender",
            "home_town",
            "ethnicity",
            "nationality",
            "household_code",
            "relationship",
            "-",
            "-",
            "address"
        ]
    );
    let dump = "SoDinhDanh|SoCMND|HoTen|NgayThangNamSinh|GioiTinh|MaDanToc|HoTenCha|SoDinhDanhCha|HoTenMe\n\
        042218001234||NGUYEN VAN MAU|20180305|1|01|A|042085000001|B\n";
    assert_eq!(
        kinds(&read_text(dump).tables[0]),
        [
            "personal_id",
            "-",
            "full_name",
            "birth_date",
            "gender",
            "ethnicity",
            "father_name",
            "father_id",
            "mother_name"
        ]
    );
}

#[test]
fn few_cells_are_still_a_child() {
    let text = format!(
        "{HEADER}1,Nguyễn Văn Mẫu,,,\n,Lê Thị Thử,2019,,\n,,,,Trần Thị Ví Dụ\n,Chưa đặt tên,,,\n,,2020,,\n,,,Nữ,\n"
    );
    assert_eq!(read_text(text).tables[0].rows.len(), 6);
}

#[test]
fn group_rows_wherever_their_text_stands() {
    let header = "STT,Mã trẻ em,Họ và tên,Ngày sinh,Số định danh,Địa chỉ\n";
    for group in [
        "I,Tổ dân phố 12,,,,",
        "VIII.,Thôn Đông,,,,25",
        "II,,BẢN NÀ LỐC (12 trẻ),,,",
        "Tổ dân phố 12,,,,,",
        ",,TDP 12,,,",
        "1,,Xóm Đình,,,",
        ",TDP12,,,,",
        ",,,,,Bản Nà Lốc",
    ] {
        let reading = read_text(format!(
            "{header}{group}\n1,TE00000001,Nguyễn Văn Mẫu,05/03/2018,,\n2,,Lê Thị Thử,,,\n"
        ));
        let table = &reading.tables[0];
        let groups: Vec<bool> = table.rows.iter().map(|row| row.group.is_some()).collect();
        assert_eq!(groups, [true, true], "{group}: {:?}", layout(table));
    }
}

#[test]
fn a_name_beside_a_hamlet_is_a_child() {
    let reading =
        read_text("Họ và tên,Thôn,Ngày sinh\nVi Văn An,Bản Nà Lốc,\nÂu Thị Xi,Thôn 2,\nLê Thị Thử,,2018\n");
    assert_eq!(reading.tables[0].rows.len(), 3);
}

#[test]
fn surnames_that_look_like_layout_words() {
    let text = format!(
        "{HEADER}1,Bàn Văn Mẫu,2018,Nam,X\n2,Tống Thị Thử,2018,Nữ,X\n,Tô Văn Hai,,Nam,\n,Cồng Thị A,,Nữ,\n,Lăng Văn Chủ,,Nam,\n"
    );
    let reading = read_text(text);
    assert_eq!(reading.tables[0].rows.len(), 5, "{:?}", layout(&reading.tables[0]));
}

#[test]
fn open_quotation_marks_lose_nothing() {
    let text = format!(
        "{HEADER}1,\"Nguyễn Văn Mẫu,05/03/2018,Nam,Trần Thị A\n\n2,Lê Thị Thử,06/03/2018,Nữ,\"Hồ, B\"\n3,\"Cao Văn C, x,2018\n4,Đỗ D,2019,Nam,E\n"
    );
    let reading = read_text(text);
    let table = &reading.tables[0];
    assert_eq!(table.rows.iter().map(|row| row.row).collect::<Vec<_>>(), [2, 4, 6]);
    assert_eq!(column(table, FieldKind::MotherName), ["Trần Thị A", "Hồ, B", "E"]);
    assert_eq!((table.rejects[0].row, table.rejects[0].reason), (5, RejectReason::UnterminatedQuote));
    assert!(table.rejects[0].text.contains("Cao Văn C"));
}

#[test]
fn stray_separators_and_long_rows_are_rejects() {
    let long = "x".repeat(2_200_000);
    let text = format!(
        "{HEADER}1,Nguyễn Văn Mẫu,2018,Nam,A,,\n2,Lê,Thị Thử,2018,Nữ,B\n3,{long},2018,Nam,C\n4,{},2018,Nam,D\n",
        "y".repeat(1_048_576)
    );
    let reading = read_text(text);
    let table = &reading.tables[0];
    let rejects: Vec<(u32, RejectReason)> =
        table.rejects.iter().map(|reject| (reject.row, reject.reason)).collect();
    assert_eq!(rejects, [(3, RejectReason::TooManyCells), (4, RejectReason::TooLong)]);
    assert!(table.rejects[1].text.chars().count() < 2_100);
    assert_eq!(table.rows.iter().map(|row| row.row).collect::<Vec<_>>(), [2, 5]);
    assert_eq!(table.rows[1].cells[1].display().len(), 1_048_576, "a cell of 1 MB is allowed");
}

#[test]
fn control_characters_stay_in_their_cells() {
    let reading = read_text(format!("{HEADER}1,Nguyễn\0 Văn\u{7} Mẫu,2018,Nam,X\n"));
    assert_eq!(column(&reading.tables[0], FieldKind::FullName), ["Nguyễn\0 Văn\u{7} Mẫu"]);
}

#[test]
fn remarks_beside_a_table_keep_a_column() {
    let folder = Folder::new();
    let path = folder.workbook("a.xlsx", |sheet| {
        sheet.write_row(0, 0, ["Họ và tên", "Ngày sinh"]).unwrap();
        sheet.write_row(1, 0, ["Nguyễn Văn Mẫu", "2018", "", "chuyển đi"]).unwrap();
    });
    let reading = read_one(path);
    let headings: Vec<&str> =
        reading.tables[0].columns.iter().map(|column| column.heading.as_str()).collect();
    assert_eq!(headings, ["Họ và tên", "Ngày sinh", "Cột C", "Cột D"]);
    assert_eq!(reading.tables[0].rows[0].cells[3].display(), "chuyển đi");
}

#[test]
fn several_files_and_the_same_one_twice() {
    let folder = Folder::new();
    let text = format!("{HEADER}1,Nguyễn Văn Mẫu,2018,Nam,A\n\n2,Lê Thị Thử,2019,Nữ,B\n");
    let first = folder.file("a.csv", &text);
    let second = folder.file("b.csv", &text);
    fs::create_dir(folder.0.path().join("x")).unwrap();
    let third = folder.file("x/a.csv", format!("{HEADER}1,Hồ Văn Khác,2018,Nam,C\n"));
    let reading = try_read(&[first, second, third], None).unwrap();
    assert_eq!(reading.files.len(), 3);
    assert_eq!(reading.tables.iter().map(|table| table.rows.len()).collect::<Vec<_>>(), [2, 0, 1]);
    assert_eq!(reading.rejects.len(), 3);
    assert!(reading.rejects.iter().all(|reject| reject.reason == RejectReason::SameFileTwice));
    assert_eq!(reading.rows_in, 4 + 4 + 2);
    let files: Vec<&str> = reading.sources.iter().map(|source| source.file.as_str()).collect();
    assert_eq!(files, ["a.csv", "b.csv", "a.csv (2)"]);
}

#[test]
fn what_cannot_be_read_says_why() {
    let folder = Folder::new();
    let good = folder.workbook("good.xlsx", |sheet| {
        sheet.write_row(0, 0, ["Họ và tên", "Ngày sinh"]).unwrap();
        for row in 1..200 {
            sheet.write_row(row, 0, [format!("Nguyễn Văn {row}"), "2018".to_owned()]).unwrap();
        }
    });
    let bytes = fs::read(good).unwrap();
    let mut encrypted = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    encrypted.resize(512, 0);
    encrypted.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    let mut broken_ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    broken_ole.resize(2000, 7);
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("empty.csv", vec![], "empty"),
        ("blank.csv", b"\n \r\n".to_vec(), "empty"),
        ("header.csv", HEADER.into(), "no_data_rows"),
        ("cut.xlsx", bytes[..bytes.len() / 2].to_vec(), "damaged"),
        ("cut2.xlsx", bytes[..30].to_vec(), "damaged"),
        ("password.xlsx", encrypted, "password_protected"),
        ("broken.xls", broken_ole, "damaged"),
        ("a.pdf", b"%PDF-1.7 ...".to_vec(), "unsupported_kind"),
        (
            "old.xls",
            b"<?xml version=\"1.0\"?>\n<?mso-application progid=\"Excel.Sheet\"?><Workbook/>".to_vec(),
            "spreadsheet_ml",
        ),
        ("notes.csv", "một,hai\nba,bốn\n".into(), "no_header"),
        ("twice.csv", "Họ và tên,Họ tên,Ngày sinh\nA B,C D,2018\n".into(), "column_twice"),
        (
            "wide.csv",
            format!("{HEADER}1,A B,2018,Nam,C\n").replace("STT", &"x,".repeat(17_000)).into(),
            "too_many_columns",
        ),
        ("two_ids.csv", "Họ tên,Số định danh,Mã định danh\nA B,042218001234,1\n".into(), "column_twice"),
    ];
    for (name, bytes, key) in cases {
        let path = folder.file(name, bytes);
        assert_eq!(error_key(try_read(&[path], None)), key, "{name}");
    }
    let missing = error_key(try_read(&[folder.0.path().join("khong_co.csv")], None));
    assert_eq!(missing, "io");
}

#[test]
fn messages_show_headings_and_never_rows() {
    let folder = Folder::new();
    let path =
        folder.file("a.csv", "Nguyễn Văn Mẫu,05/03/2018,042218001234\nLê Thị Thử,06/03/2018,042318001234\n");
    let message = try_read(&[path], None).unwrap_err().message(&rules().messages, Language::Vi);
    assert!(
        message.contains("“A”, “B”, “C”") && !message.contains("Nguyễn") && !message.contains("0422"),
        "{message}"
    );
    let path = folder.file("b.csv", "Cột một,Cột hai\nx,y\n");
    let message = try_read(&[path], None).unwrap_err().message(&rules().messages, Language::Vi);
    assert!(message.contains("“Cột một”") && message.contains("--columns"), "{message}");
    let path = folder.file("c.csv", "STT,Họ và tên,Họ tên,Ngày sinh\n1,A B,C D,2018\n");
    let message = try_read(&[path], None).unwrap_err().message(&rules().messages, Language::Vi);
    assert!(
        message.contains("B “Họ và tên”") && message.contains("C “Họ tên”") && message.contains("dòng 1"),
        "{message}"
    );
}

#[test]
fn a_register_needs_the_number() {
    let folder = Folder::new();
    let path = folder.file("dk.csv", format!("{HEADER}1,Nguyễn Văn Mẫu,2018,Nam,A\n"));
    let error = read_list(&[path], ListKind::Register, &ReadOptions::default(), &rules()).unwrap_err();
    assert_eq!(error.key(), "no_number_column");
}

#[test]
fn zip_bombs_are_refused_by_a_stated_limit() {
    let folder = Folder::new();
    let overlay = folder.0.path().join("rules");
    fs::create_dir_all(overlay.join("columns")).unwrap();
    fs::write(overlay.join("columns/limits.toml"), "unpacked_bytes = 200_000\n").unwrap();
    let rules = Rules::with_overlay(Some(&overlay)).unwrap();
    let path = folder.workbook("bomb.xlsx", |sheet| {
        sheet.write_row(0, 0, ["Họ và tên", "Ngày sinh"]).unwrap();
        for row in 1..20_000 {
            sheet.write(row, 0, 0).unwrap();
        }
    });
    let error = read_list(&[path], ListKind::Children, &ReadOptions::default(), &rules).unwrap_err();
    assert!(matches!(error, ReadError::TooLarge { limit: 200_000, .. }), "{error}");
}

#[test]
fn formatted_blank_rows_are_no_rows() {
    let folder = Folder::new();
    let path = folder.0.path().join("blank.xlsx");
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet_with_constant_memory().unwrap();
    let border = Format::new().set_border(rust_xlsxwriter::FormatBorder::Thin);
    sheet.write_row(0, 0, ["Họ và tên", "Ngày sinh"]).unwrap();
    sheet.write_row(1, 0, ["Nguyễn Văn Mẫu", "2018"]).unwrap();
    for row in 2..60_000 {
        sheet.write_blank(row, 0, &border).unwrap();
        sheet.write_blank(row, 5, &border).unwrap();
    }
    workbook.save(&path).unwrap();
    assert_eq!(read_one(path).rows_in, 2);
}

#[test]
fn explicit_columns_join_ignore_and_override() {
    let folder = Folder::new();
    let text =
        "k1,k2,k3,k4,k5\nNguyễn,Văn Mẫu,05/03/2018,bí mật,Thôn 1\nLê,Thị Thử,06/03/2018,bí mật,Thôn 2\n";
    let path = folder.file("la.csv", text);
    let mapping =
        "full_name = [\"k1\", \"B\"]\nbirth_date = \"C\"\n[children]\nignore = [\"k4\"]\nhamlet = \"k5\"\n";
    let reading = try_read(std::slice::from_ref(&path), Some(mapping)).unwrap();
    let table = &reading.tables[0];
    assert_eq!(kinds(table), ["-", "-", "birth_date", "hamlet", "full_name"]);
    assert_eq!(table.columns[4].heading, "k1 + k2");
    assert_eq!(column(table, FieldKind::FullName), ["Nguyễn Văn Mẫu", "Lê Thị Thử"]);
    assert_eq!(column(table, FieldKind::Hamlet), ["Thôn 1", "Thôn 2"]);

    assert_eq!(
        error_key(try_read(std::slice::from_ref(&path), Some("full_name = \"k9\"\nbirth_date = \"k3\""))),
        "unknown_heading"
    );
    assert_eq!(error_key(try_read(&[path], Some("ten = \"k1\""))), "unknown_field");

    let path = folder.file("khong_tieu_de.csv", "Nguyễn Văn Mẫu;05/03/2018\nLê Thị Thử;06/03/2018\n");
    let reading = try_read(&[path], Some("header_row = 0\nfull_name = \"A\"\nbirth_date = \"B\"")).unwrap();
    assert_eq!(reading.tables[0].rows.len(), 2);

    let path = folder.file("hai.csv", "Họ và tên,Họ tên,Ngày sinh\nA B,C D,2018\n");
    let reading = try_read(&[path], Some("full_name = \"Họ tên\"\ncarry = [\"Họ và tên\"]")).unwrap();
    assert_eq!(kinds(&reading.tables[0]), ["-", "full_name", "birth_date"]);
}
