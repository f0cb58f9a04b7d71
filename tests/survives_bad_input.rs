//! The program on input that cannot be used, or hardly: a clear sentence in the reader's language
//! and the documented exit code, or a whole output in which no row is lost. The harness watches
//! every run for personal data on the terminal and for anything left behind.

mod program;

use std::{
    fmt::Write as _,
    fs,
    io::{Cursor, Write as _},
};

use program::{LIST, Office, REGISTER};
use rust_xlsxwriter::Workbook;
use zip::{ZipWriter, write::SimpleFileOptions};

const CHECK: [&str; 4] = ["check", "in", "--out", "out"];

/// Arguments of a check of one file.
fn check(file: &str) -> [&str; 4] {
    let [command, _, out, folder] = CHECK;
    [command, file, out, folder]
}

fn workbook(list: &str) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, line) in (0..).zip(list.lines()) {
        for (column, cell) in (0..).zip(line.split(',')) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    workbook.save_to_buffer().unwrap()
}

#[test]
fn files_that_hold_no_list() {
    let office = Office::new();
    let headings = LIST.lines().next().unwrap();
    office.file("empty.csv", "");
    office.file("blank.csv", " \r\n \n");
    office.file("header.csv", format!("{headings}\n"));
    office.file("header.xlsx", workbook(headings));
    office.file("stranger.csv", "Món,Giá\nPhở,mềm\nBún,rẻ\n");
    office.refused(&check("empty.csv"), 2, &["trống", "empty.csv"], &["is empty", "empty.csv"]);
    office.refused(&check("blank.csv"), 2, &["trống"], &["is empty"]);
    office.refused(&check("header.csv"), 2, &["không có dòng dữ liệu"], &["no data row", "row 1"]);
    office.refused(&check("header.xlsx"), 2, &["không có dòng dữ liệu", "Sheet1"], &["no data row"]);
    office.refused(
        &check("stranger.csv"),
        2,
        &["không nhận ra dòng tiêu đề", "“Món”", "“Giá”", "--columns"],
        &["no header", "“Món”", "“Giá”", "--columns"],
    );
    office.refused(
        &check("nothing.csv"),
        2,
        &["không có tệp", "nothing.csv"],
        &["no such file", "nothing.csv"],
    );
    fs::create_dir(office.path("folder")).unwrap();
    office.refused(&check("folder"), 2, &["thư mục"], &["is a folder"]);
}

#[test]
fn workbooks_that_cannot_be_opened() {
    let office = Office::new();
    let whole = workbook(LIST);
    let mut encrypted = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    encrypted.resize(512, 0);
    encrypted.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    office.file("secret.xlsx", encrypted);
    office.file("cut.xlsx", &whole[..whole.len() / 2]);
    let mut torn = whole.clone();
    let middle = torn.len() / 2;
    torn[middle..middle + 64].fill(0);
    office.file("torn.xlsx", torn);
    office.file("letter.pdf", "%PDF-1.7");
    office.refused(&check("secret.xlsx"), 2, &["mật khẩu"], &["password"]);
    office.refused(&check("cut.xlsx"), 2, &["bị hỏng"], &["damaged or was cut off"]);
    office.refused(&check("torn.xlsx"), 2, &["bị hỏng"], &["damaged or was cut off"]);
    office.refused(&check("letter.pdf"), 2, &["PDF"], &["PDF"]);
}

#[test]
fn files_under_a_wrong_name_are_read_by_their_content() {
    let office = Office::new();
    office.file("that_is_xls.xlsx", include_bytes!("fixtures/danh_sach.xls"));
    let mut page = String::from("<html><meta charset=utf-8><table>");
    for line in LIST.lines() {
        page.push_str("<tr><td>");
        page.push_str(&line.replace(',', "</td><td>"));
        page.push_str("</td></tr>");
    }
    page.push_str("</table></html>");
    office.file("that_is_html.xls", page);
    office.file("that_is_xlsx.csv", workbook(LIST));
    for (file, records) in
        [("that_is_xls.xlsx", None), ("that_is_html.xls", Some(3)), ("that_is_xlsx.csv", Some(3))]
    {
        let said = office.run(&["check", file, "--out", &format!("out-{file}")]);
        assert!(matches!(said.code, Some(0 | 1)), "{file}: {said:?}");
        let found = office.rows(&format!("out-{file}/records.csv")).len();
        assert!(records.map_or(found > 0, |records| found == records), "{file}: {found} records");
    }
}

#[test]
fn two_columns_that_claim_one_field() {
    let office = Office::new();
    office.file("twice.csv", "Họ và tên,Ngày sinh,Giới tính,Họ và tên\nA,1/1/2019,Nam,B\n");
    office.refused(&check("twice.csv"), 2, &["full_name", "--columns"], &["full_name", "--columns"]);
    office.file("columns.toml", "full_name = \"D\"\n");
    let arguments = [&check("twice.csv")[..], &["--columns", "columns.toml"]].concat();
    let said = office.run(&arguments);
    assert!(matches!(said.code, Some(0 | 1)), "{said:?}");
}

#[test]
fn a_million_formatted_blank_rows_cost_nothing() {
    let mut sheet = String::with_capacity(50 << 20);
    sheet.push_str(
        "<?xml version=\"1.0\"?><worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>",
    );
    for (row, line) in (1..).zip(LIST.lines()) {
        write!(sheet, "<row r=\"{row}\">").unwrap();
        for (letter, cell) in ('A'..).zip(line.split(',')) {
            write!(sheet, "<c r=\"{letter}{row}\" t=\"inlineStr\"><is><t>{cell}</t></is></c>").unwrap();
        }
        sheet.push_str("</row>");
    }
    for row in 5..=1_000_000 {
        write!(sheet, "<row r=\"{row}\"><c r=\"A{row}\" s=\"1\"/></row>").unwrap();
    }
    // A dense table up to here would be 16 billion cells.
    sheet.push_str("<row r=\"1000001\"><c r=\"XFD1000001\" s=\"1\"/></row></sheetData></worksheet>");
    let office = Office::new();
    office.file("blank.xlsx", with_sheet(&sheet));
    // The address space says how much memory a process may ever have asked for.
    let mut command = std::process::Command::new("sh");
    command
        .current_dir(office.path("."))
        .args(["-c", "ulimit -v 1500000 2>/dev/null; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_dinhdanh")])
        .args(check("blank.xlsx"))
        .args(["--threads", "2"]);
    let said = office.watch("a million blank rows", assert_cmd::Command::from_std(command));
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(office.rows("out/records.csv").len(), 3);
}

/// A workbook whose one sheet is this XML.
fn with_sheet(xml: &str) -> Vec<u8> {
    let book = workbook("x");
    let mut from = zip::ZipArchive::new(Cursor::new(book)).unwrap();
    let mut to = ZipWriter::new(Cursor::new(Vec::new()));
    for ix in 0..from.len() {
        let part = from.by_index_raw(ix).unwrap();
        if part.name().is_ok_and(|name| name == "xl/worksheets/sheet1.xml") {
            drop(part);
            to.start_file(
                "xl/worksheets/sheet1.xml",
                SimpleFileOptions::default().compression_level(Some(1)),
            )
            .unwrap();
            to.write_all(xml.as_bytes()).unwrap();
        } else {
            to.raw_copy_file(part).unwrap();
        }
    }
    to.finish().unwrap().into_inner()
}

#[test]
fn a_zip_bomb_is_refused_by_the_limit_of_the_rules() {
    let office = Office::new();
    office.file("bomb.xlsx", with_sheet(&" ".repeat(20 << 20)));
    office.file("rules/columns/limits.toml", "unpacked_bytes = 5_000_000\n");
    let arguments = [&check("bomb.xlsx")[..], &["--rules", "rules"]].concat();
    office.refused(&arguments, 2, &["giải nén", "unpacked_bytes"], &["unpack", "unpacked_bytes"]);
}

#[test]
fn cells_of_a_megabyte_are_carried_or_rejected_whole() {
    let office = Office::new();
    let long = "ghi chú ".repeat(131_072);
    let mut list = String::from("Mã trẻ em,Họ và tên,Ngày sinh,Giới tính,Ghi chú,Cột lạ\n");
    writeln!(list, "TE1,Nguyễn Thị Bông Trang,12/03/2019,Nữ,{long},").unwrap();
    writeln!(list, "TE2,Phan Thế Trường Sơn,05/11/2017,Nam,,{long}").unwrap();
    writeln!(list, "TE3,{long},05/11/2017,Nam,,").unwrap();
    office.file("long.csv", &list);
    let said = office.run(&check("long.csv"));
    assert!(matches!(said.code, Some(0 | 1)), "{said:?}");
    let rows = office.rows("out/records.csv").len() + office.rows("out/rejects.csv").len();
    assert_eq!(rows, 3);
    let kept = fs::read_to_string(office.path("out/records.csv")).unwrap();
    assert!(kept.contains(long.trim_end()), "an unknown column is carried untouched");
}

#[test]
fn control_characters_and_mixed_encodings_lose_no_row() {
    let mut office = Office::new();
    office.keep_secret(["Nguyễn Văn Bình", "NguyÔn", "V\u{a8}n B", "Hùng"].map(str::to_owned));
    let mut list = b"M\xc3\xa3 tr\xe1\xba\xbb em,H\xe1\xbb\x8d v\xc3\xa0 t\xc3\xaan,Ng\xc3\xa0y sinh,Gi\xe1\xbb\x9bi t\xc3\xadnh\r\n".to_vec();
    list.extend("TE1,Nguyễn Thị\0 Bông\u{7} Trang,12/03/2019,Nữ\r\n".bytes());
    // TCVN3 and Windows-1258 bytes between rows of UTF-8, and bytes that are nothing.
    list.extend(b"TE2,Nguy\xd4n V\xa8n B\xd7nh,01/02/2018,Nam\r\n");
    list.extend(b"TE3,Tr\xe2\xccn V\xe3n H\xf2ng,01/02/2018,Nam\r\n");
    list.extend(b"TE4,\xff\xfe\xfd,01/02/2018,Nam\r\n");
    list.extend("TE5,Phan Thế Trường Sơn,05/11/2017,Nam\u{1a}".bytes());
    office.file("mixed.csv", &list);
    let said = office.run(&check("mixed.csv"));
    assert!(matches!(said.code, Some(0 | 1)), "{said:?}");
    let rows = office.rows("out/records.csv");
    assert_eq!(rows.len() + office.rows("out/rejects.csv").len(), 5);
    let written = fs::read_to_string(office.path("out/records.csv")).unwrap();
    assert!(written.contains("Nguyễn Thị Bông Trang") && written.contains("Phan Thế Trường Sơn"));
    assert!(!written.contains('\0'), "no control character comes out");
}

#[test]
fn registers_that_are_none() {
    let office = Office::furnished();
    office.file("nameless.csv", "Họ và tên,Ngày sinh,Giới tính\nPhan Thế Trường Sơn,05/11/2017,Nam\n");
    office.file(
        "numberless.csv",
        "Số ĐDCN,Họ và tên,Ngày sinh,Giới tính\n,Phan Thế Trường Sơn,05/11/2017,Nam\nkhông,Phan Thế Quặng,1980,Nam\n",
    );
    let run = |register| ["run", "children.csv", "--register", register, "--out", "out"];
    office.refused(
        &run("nameless.csv"),
        2,
        &["số định danh", "“Họ và tên”", "--columns"],
        &["personal number", "“Họ và tên”", "--columns"],
    );
    office.refused(
        &run("numberless.csv"),
        2,
        &["numberless.csv", "không dòng nào có số định danh"],
        &["numberless.csv", "no row has a usable personal number"],
    );
    office.refused(
        &run("children.csv"),
        2,
        &["vừa là danh sách trẻ vừa là danh sách đối chiếu"],
        &["both as the children's list and as the register"],
    );
    office.file("copy.csv", LIST);
    office.refused(&run("copy.csv"), 2, &["copy.csv"], &["copy.csv"]);
}

#[test]
fn a_number_that_the_register_gives_to_two_people_is_given_to_nobody() {
    let office = Office::furnished();
    let twice = format!("{REGISTER}042217000456,Hồ Thị Gấm Vóc,01/01/1990,Nữ,,,Thôn 3\n");
    office.file("register.csv", twice);
    let said = office.run(&["run", "children.csv", "--register", "register.csv", "--out", "out"]);
    assert!(matches!(said.code, Some(0 | 1)), "{said:?}");
    assert!(!office.column("out/records.csv", "personal_id").contains(&"042217000456".to_owned()));
    assert!(office.column("out/records.csv", "personal_id").contains(&"042319000123".to_owned()));
}

#[test]
fn the_same_list_twice_is_read_once() {
    let office = Office::furnished();
    office.file("again.csv", LIST);
    let said = office.run(&["check", "children.csv", "again.csv", "--out", "out"]);
    assert_eq!(said.code, Some(1), "the second list is rejected: {said:?}");
    assert_eq!(office.rows("out/records.csv").len(), 3);
    assert_eq!(office.rows("out/rejects.csv").len(), 4, "its header is listed with its rows");
}

#[test]
fn mappings_that_mean_nothing() {
    let office = Office::furnished();
    let arguments = [&check("children.csv")[..], &["--columns", "columns.toml"]].concat();
    for (text, vietnamese, english) in [
        ("# columns\nfull_name = \n", ["columns.toml, dòng 2"], ["columns.toml, line 2"]),
        (
            "\n\nfull_nam = \"A\"\n",
            ["dòng 3: không có trường nào tên là “full_nam”"],
            ["line 3: there is no field “full_nam”"],
        ),
        (
            "full_name = \"Tên trẻ\"\n",
            ["dòng 1: không trang tính nào có cột “Tên trẻ”"],
            ["line 1: no sheet has a column “Tên trẻ”"],
        ),
    ] {
        office.file("columns.toml", text);
        office.refused(&arguments, 2, &vietnamese, &english);
    }
    let missing = [&check("children.csv")[..], &["--columns", "absent.toml"]].concat();
    office.refused(&missing, 2, &["absent.toml"], &["absent.toml", "no such file"]);
}

#[test]
fn rules_that_mean_nothing() {
    let office = Office::furnished();
    let arguments = [&check("children.csv")[..], &["--rules", "mine"]].concat();
    office.refused(&arguments, 2, &["Không đọc được quy tắc", "mine"], &["rules cannot be read", "mine"]);
    office.file("mine/dates.toml", "# ours\nearliest_birht_year = 1990\n");
    office.refused(
        &arguments,
        2,
        &["dates.toml, dòng 2", "earliest_birht_year"],
        &["dates.toml, line 2", "earliest_birht_year"],
    );
    fs::remove_file(office.path("mine/dates.toml")).unwrap();
    office.file("mine/date.toml", "");
    office.refused(&arguments, 2, &["date.toml", "dates.toml"], &["date.toml", "dates.toml"]);
    fs::remove_file(office.path("mine/date.toml")).unwrap();
    office.file("mine/messages/vi.toml", "[progress]\nread = 7\n");
    office.refused(&arguments, 2, &["vi.toml, dòng 2"], &["vi.toml, line 2"]);
}

#[test]
fn output_folders_that_cannot_be() {
    let office = Office::furnished();
    office.file("taken/keep.txt", "mine");
    let out = |out| ["check", "children.csv", "--out", out];
    office.refused(&out("taken"), 2, &["đã có sẵn", "--force"], &["exists already", "--force"]);
    let forced = [&out("taken")[..], &["--force"]].concat();
    office.refused(&forced, 2, &["không phải là kết quả"], &["is not the output of an earlier run"]);
    office.refused(&out("/"), 2, &["không thể là thư mục kết quả"], &["cannot be an output folder"]);
    office.refused(
        &out("children.csv/out"),
        3,
        &["không ghi được", "không phải thư mục"],
        &["cannot write", "not a folder"],
    );

    // An earlier run that holds an input of this one.
    assert_eq!(office.run(&out("earlier")).code, Some(0));
    office.file("earlier/more.csv", REGISTER);
    let inside = ["check", "earlier/more.csv", "--out", "earlier", "--force"];
    office.refused(&inside, 2, &["nằm trong thư mục kết quả"], &["lies inside the output folder"]);
    fs::remove_file(office.path("earlier/more.csv")).unwrap();
    assert_eq!(office.run(&[&out("earlier")[..], &["--force"]].concat()).code, Some(0));
}

/// `ulimit -f` bounds the size of every file a process may write, as a full disk would.
#[cfg(unix)]
#[test]
fn a_disk_that_is_full_half_way_leaves_nothing() {
    let office = Office::furnished();
    let mut long = LIST.to_owned();
    for row in 0..700 {
        writeln!(long, "TF{row},Nguyễn Thị Bông Trang,{}/3/2019,Nữ,Kinh,,,,Thôn {row}", 1 + row % 28)
            .unwrap();
    }
    office.file("long.csv", long);
    for (list, out, lang, words) in [
        ("children.csv", "out", "vi", "không ghi được"),
        ("children.csv", "new/deep/out", "en", "cannot write"),
        // Long enough for sheets that are streamed to the disk.
        ("long.csv", "out", "en", "cannot write"),
    ] {
        let mut command = std::process::Command::new("sh");
        command
            .current_dir(office.path("."))
            .args(["-c", "trap '' XFSZ; ulimit -f 4; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_dinhdanh")])
            .args(["run", list, "--register", "register.csv", "--out", out, "--lang", lang]);
        let said = office.watch("a full disk", assert_cmd::Command::from_std(command));
        assert_eq!(said.code, Some(3), "{said:?}");
        assert!(said.err.contains(words) && said.out.is_empty(), "{said:?}");
        assert!(!office.path("new").exists());
    }
}

#[cfg(unix)]
#[test]
fn stopping_a_run_leaves_nothing() {
    for signal in ["INT", "TERM"] {
        // Larger lists until the signal comes while the program writes.
        let stopped = (0..4).any(|attempt| stopped_while_writing(4_000 << attempt, signal));
        assert!(stopped, "{signal}: every run was over before the signal");
    }
}

/// True where the signal met the program while it wrote.
#[cfg(unix)]
fn stopped_while_writing(rows: usize, signal: &str) -> bool {
    let office = Office::new();
    let mut list = String::from("Mã trẻ em,Họ và tên,Ngày sinh,Giới tính,Thôn/TDP\n");
    for row in 0..rows {
        let given = ["An", "Bình", "Chi", "Dũng", "Giang", "Hạnh", "Khánh"][row % 7];
        let middle = ["Bông", "Mây", "Trường", "Lụa", "Quặng"][row / 7 % 5];
        let (day, month, year) = (1 + row % 28, 1 + row / 28 % 12, 2012 + row / 336 % 13);
        writeln!(list, "TE{row},Nguyễn {middle} {given},{day}/{month}/{year},Nam,Thôn {}", row % 9).unwrap();
    }
    office.file("children.csv", list);
    let before = office.content();
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_dinhdanh"))
        .current_dir(office.path("."))
        .args(["check", "children.csv", "--out", "new/out", "--quiet"])
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let is_writing = || {
        let Ok(entries) = fs::read_dir(office.path("new")) else { return false };
        entries.flatten().any(|entry| entry.file_name().to_string_lossy().ends_with(".partial"))
    };
    let mut finished = None;
    while finished.is_none() && !is_writing() {
        std::thread::yield_now();
        finished = child.try_wait().unwrap();
    }
    let sent = std::process::Command::new("kill").args(["-s", signal, &child.id().to_string()]).status();
    let status = child.wait().unwrap();
    if finished.is_some() || status.code() == Some(0) {
        return false;
    }
    assert!(sent.unwrap().success());
    assert_eq!(status.code(), Some(130), "{signal}: {status:?}");
    assert_eq!(office.content(), before, "{signal}: something is left");
    true
}
