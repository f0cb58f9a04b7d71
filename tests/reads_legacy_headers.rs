//! A whole sheet in a legacy charset: headings, thôn/TDP headings, subtotals and signatures are
//! recognised like any other.

use std::fs;

use dinhdanh::{
    outcome::ListKind,
    read::{ReadOptions, read_list},
    record::{ColumnUse, LayoutKind},
    rules::Rules,
};
use unicode_normalization::UnicodeNormalization;

const UNICODE: &str = "STT;Họ và tên;Ngày sinh;Giới tính;Dân tộc;Họ tên mẹ;Địa chỉ\nThôn 1;;;;;;\n\
    1;Nguyễn Văn An;01/02/2015;Nam;Kinh;Trần Thị B;x\nCộng;1;;;;;\nNgười lập biểu;;;;;;\n";
const TCVN3: &str = "STT;Hä vµ tªn;Ngµy sinh;Giíi tÝnh;D©n téc;Hä tªn mÑ;§Þa chØ\nTh«n 1;;;;;;\n\
    1;NguyÔn V¨n An;01/02/2015;Nam;Kinh;TrÇn ThÞ B;x\nCéng;1;;;;;\nNg\u{ad}êi lËp biÓu;;;;;;\n";
const VNI: &str = "STT;Hoï vaø teân;Ngaøy sinh;Giôùi tính;Daân toäc;Hoï teân meï;Ñòa chæ\nThoân 1;;;;;;\n\
    1;Nguyeãn Vaên An;01/02/2015;Nam;Kinh;Traàn Thò B;x\nCoäng;1;;;;;\nNgöôøi laäp bieåu;;;;;;\n";

fn check(label: &str, bytes: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("danh_sach.csv");
    fs::write(&path, bytes).unwrap();
    let rules = Rules::built_in().unwrap();
    let reading = read_list(&[path], ListKind::Children, &ReadOptions::default(), &rules);
    let table = &reading.unwrap_or_else(|error| panic!("{label}: {error}")).tables[0];
    let kinds: Vec<&str> = table
        .columns
        .iter()
        .map(|column| match column.usage {
            ColumnUse::Field(kind) => kind.key(),
            ColumnUse::Extra => "-",
        })
        .collect();
    assert_eq!(
        kinds,
        ["serial_number", "full_name", "birth_date", "gender", "ethnicity", "mother_name", "address"],
        "{label}"
    );
    assert_eq!(table.columns[1].heading, "Họ và tên", "{label}");
    let layout: Vec<(u32, LayoutKind)> = table.layout.iter().map(|row| (row.row, row.kind)).collect();
    use LayoutKind::{Footer, Group, Header, Subtotal};
    assert_eq!(layout, [(1, Header), (2, Group), (4, Subtotal), (5, Footer)], "{label}");
    assert_eq!(table.rows[0].group.as_deref(), Some("Thôn 1"), "{label}");
}

#[test]
fn in_every_charset() {
    check("Unicode", UNICODE.as_bytes());
    check("decomposed", UNICODE.nfd().collect::<String>().as_bytes());
    for (label, text) in [("TCVN3", TCVN3), ("VNI", VNI)] {
        check(label, text.as_bytes());
        check(label, &encoding_rs::WINDOWS_1252.encode(text).0);
    }
    let latin: String = UNICODE.bytes().map(char::from).collect();
    check("UTF-8 read as Latin-1", latin.as_bytes());
    let western = encoding_rs::WINDOWS_1252.decode_without_bom_handling(UNICODE.as_bytes()).0;
    check("UTF-8 read as windows-1252", western.as_bytes());
}
