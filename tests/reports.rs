//! `dinhdanh report` as an officer uses it: what it makes, where, what it refuses, and that nobody
//! can be recognised in what is meant to be passed on.

#[path = "reports/changes.rs"]
mod changes;
#[path = "reports/circumstances.rs"]
mod circumstances;
mod program;

use std::{collections::BTreeMap, fs};

use calamine::{Data, Reader as _, Xlsx, open_workbook};
use dinhdanh::audit::LogName;
use program::Office;

const DAY: &str = "2026-11-01";

/// An office with the usual list, run against the usual register.
fn office() -> Office {
    let office = Office::furnished();
    run(&office, "children.csv", "result");
    office
}

fn run(office: &Office, list: &str, out: &str) {
    let arguments = ["run", list, "--register", "register.csv", "--out", out, "--as-of", DAY, "--quiet"];
    assert_eq!(office.run(&arguments).code, Some(0));
}

fn sheets(office: &Office, file: &str) -> BTreeMap<String, Vec<Vec<Data>>> {
    let mut book: Xlsx<_> = open_workbook(office.path(file)).unwrap();
    let names = book.sheet_names();
    let rows = |name: &String| {
        let range = book.worksheet_range(name).unwrap();
        (name.clone(), range.rows().map(<[Data]>::to_vec).collect())
    };
    names.iter().map(rows).collect()
}

#[test]
fn the_page_is_the_same_as_the_runs_own() {
    let office = office();
    let said = office.run(&["report", "result"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let read = |file: &str| fs::read_to_string(office.path(file)).unwrap();
    assert!(read("result/report.html") == read("result/statistics/report.html"));
    let english = office.run(&["report", "result", "--lang", "en", "--out", "english"]);
    assert!(english.out.contains("Written"), "{english:?}");
    assert!(read("english/report.html").contains("What is left to do"));
}

#[test]
fn the_page_names_nobody_and_asks_no_network() {
    let office = office();
    let page = fs::read_to_string(office.path("result/report.html")).unwrap();
    for secret in ["Bông Trang", "Trường Sơn", "Khoáng", "Lụa Đào", "042319000123", "042217000456"]
    {
        assert!(!page.contains(secret), "{secret} is on the page");
    }
    for link in ["http:", "https:", "src=", "href=", "@import", "<script", "<link", "<iframe"] {
        assert!(!page.contains(link), "the page holds {link}");
    }
    // The only addresses are patterns of the page itself.
    assert_eq!(page.matches("url(").count(), page.matches("url(#").count());
    assert!(page.contains("default-src 'none'"));
    assert!(page.len() < 1_000_000);
}

#[test]
fn every_plot_can_be_listened_to() {
    let page = fs::read_to_string(office().path("result/report.html")).unwrap();
    let plots: Vec<&str> = page.split("<svg").filter(|svg| svg.starts_with(" class=\"plot\"")).collect();
    assert!(plots.len() >= 5, "{} plots", plots.len());
    for plot in plots {
        let head = plot.split("</desc>").next().unwrap();
        assert!(head.contains("role=\"img\"") && head.contains("<title") && head.contains("<desc"), "{head}");
        let spoken = head.rsplit('>').next().unwrap();
        assert!(spoken.len() > 20, "“{spoken}” describes nothing");
    }
}

#[test]
fn the_form_looks_like_the_form() {
    let office = office();
    let said = office.run(&["report", "result", "--form", "mau03", "--year", "2026", "--internal"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let book = sheets(&office, "result/statistics/mau03-2026.xlsx");
    let form = &book["Mẫu 03"];
    let text = |row: usize, column: usize| form[row][column].to_string();
    assert_eq!((text(2, 2), text(3, 0)), ("MẪU 03".into(), "THỐNG KÊ SỐ LIỆU TRẺ EM NĂM 2026".into()));
    assert_eq!(text(4, 0), "(Số liệu tính đến ngày 01/11/2026)");
    // Three rows of header, then A, B, 1 to 8.
    assert_eq!(
        [text(6, 0), text(6, 1), text(6, 3), text(7, 4), text(8, 4)].join("|"),
        "STT|Nội dung|Trẻ em được trợ giúp|Nhà nước trợ giúp|Tổng số"
    );
    let numbering: Vec<String> = form[9].iter().map(ToString::to_string).collect();
    assert_eq!(numbering, ["A", "B", "1", "2", "3", "4", "5", "6", "7", "8"]);
    // 3.10 stays 3.10, and stays text.
    let numbers: Vec<&Data> = form.iter().map(|row| &row[0]).collect();
    assert!(
        numbers.contains(&&Data::String("3.10".into())) && numbers.contains(&&Data::String("3.1".into()))
    );
    let row = |label: &str| form.iter().find(|row| row[1] == *label).unwrap();
    assert_eq!(row("Tổng số trẻ em < 16 tuổi")[2], Data::Float(2.0));
    assert_eq!((&row("Nam")[2], &row("Nữ")[2]), (&Data::Float(1.0), &Data::Float(1.0)));
    assert_eq!(form.iter().filter(|row| row[0] == Data::String("II".into())).count(), 1);
}

#[test]
fn what_the_list_does_not_tell_is_empty_and_explained() {
    let office = office();
    let said = office.run(&["report", "result", "--form", "mau03", "--year", "2026", "--internal"]);
    assert!(said.out.contains("để trống"), "{said:?}");
    let book = sheets(&office, "result/statistics/mau03-2026.xlsx");
    let form = &book["Mẫu 03"];
    let first = form.iter().position(|row| row[0] == Data::String("II".into())).unwrap();
    for row in &form[first..form.len() - 3] {
        assert!(row[2..].iter().all(|cell| *cell == Data::Empty), "{row:?}");
    }
    let notes: String = book["Ghi chú"].iter().flatten().map(|cell| format!("{cell}\n")).collect();
    for word in ["hoàn cảnh đặc biệt", "hộ nghèo, hộ cận nghèo", "hoàn cảnh khác", "II.1 – II.14.3"]
    {
        assert!(notes.contains(word), "the notes do not say {word}: {notes}");
    }
}

#[test]
fn an_earlier_year_counts_who_was_a_child_then() {
    let office = office();
    let year = |year: &str| {
        let said = office.run(&["report", "result", "--form", "mau03", "--year", year, "--internal"]);
        assert_eq!(said.code, Some(0), "{said:?}");
        let book = sheets(&office, &format!("result/statistics/mau03-{year}.xlsx"));
        let form = &book["Mẫu 03"];
        (form[4][0].to_string(), form[11][2].clone())
    };
    // Born on 12/03/2019 and 05/11/2017.
    assert_eq!(year("2018"), ("(Số liệu tính đến ngày 31/12/2018)".into(), Data::Float(1.0)));
    assert_eq!(year("2026"), ("(Số liệu tính đến ngày 01/11/2026)".into(), Data::Float(2.0)));
    // What an earlier call made of the same run is still there.
    assert!(office.path("result/statistics/mau03-2018.xlsx").is_file());
    let listed = fs::read_to_string(office.path("result/statistics/manifest.json")).unwrap();
    assert!(listed.contains("mau03-2018.xlsx") && listed.contains("mau03-2026.xlsx"));
}

#[test]
fn statistics_may_be_made_again_but_not_over_somebodys_work() {
    let office = office();
    assert_eq!(office.run(&["report", "result"]).code, Some(0));
    assert_eq!(office.run(&["report", "result"]).code, Some(0));
    let path = office.path("result/statistics/policies.xlsx");
    fs::write(&path, "filled in").unwrap();
    office.refused(&["report", "result"], 2, &["policies.xlsx đã được sửa"], &["policies.xlsx was changed"]);
    assert_eq!(fs::read_to_string(&path).unwrap(), "filled in");
    assert_eq!(office.run(&["report", "result", "--force"]).code, Some(0));
    assert_ne!(fs::read(&path).unwrap(), b"filled in");
}

#[test]
fn what_cannot_be_counted_is_refused_with_a_reason() {
    let office = office();
    office.refused(&["report", "nowhere"], 2, &["không phải là kết quả"], &["not the result of a run"]);
    office.file("empty/readme.txt", "x");
    office.refused(&["report", "empty"], 2, &["manifest.json"], &["manifest.json"]);
    office.refused(
        &["report", "result", "--form", "mau03", "--year", "2027"],
        2,
        &["chưa có số liệu của năm 2027"],
        &["no figures of 2027"],
    );
    // The run's own folder, and a folder of something else, are not replaced.
    office.refused(
        &["report", "result", "--out", "result", "--force"],
        2,
        &["đã có sẵn"],
        &["exists already"],
    );
    office.refused(
        &["report", "result", "--out", "empty", "--force"],
        2,
        &["đã có sẵn"],
        &["exists already"],
    );
    let records = office.path("result/records.csv");
    let text = fs::read_to_string(&records).unwrap();
    fs::write(&records, text.replace("2019-03-12", "12/03/2019")).unwrap();
    office.refused(&["report", "result"], 2, &["records.csv đã bị sửa"], &["records.csv was changed"]);
    fs::write(&records, text).unwrap();
    assert_eq!(office.run(&["report", "result"]).code, Some(0));
    // Names and telephones of the lists come from here.
    let update = office.path("result/update.csv");
    let text = fs::read_to_string(&update).unwrap();
    fs::write(&update, text.replace("12/03/2019", "3/12/2019")).unwrap();
    office.refused(&["report", "result"], 2, &["update.csv đã bị sửa"], &["update.csv was changed"]);
}

#[test]
fn a_form_needs_its_year() {
    let office = office();
    let said = office.run(&["report", "result", "--form", "mau03"]);
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("--year"), "{said:?}");
}

#[test]
fn the_log_of_the_run_says_that_it_was_counted() {
    let office = office();
    assert_eq!(office.run(&["report", "result", "--form", "mau03", "--year", "2026"]).code, Some(0));
    let log = fs::read_to_string(office.path("result/audit.jsonl")).unwrap();
    let last = log.lines().last().unwrap();
    assert!(last.contains("report.written") && last.contains("mau03-2026.xlsx"), "{last}");
    let verified = dinhdanh::audit::verify_folder(&office.path("result"), LogName::Audit, None).unwrap();
    assert_eq!((verified.faults, verified.unlisted), (vec![], vec![]));
}

#[cfg(unix)]
#[test]
fn statistics_can_be_read_by_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let office = office();
    assert_eq!(office.run(&["report", "result"]).code, Some(0));
    for entry in fs::read_dir(office.path("result/statistics")).unwrap() {
        assert_eq!(entry.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_new_run_does_not_keep_statistics_of_the_old_one() {
    let office = office();
    assert_eq!(office.run(&["report", "result"]).code, Some(0));
    let again =
        ["run", "children.csv", "--register", "register.csv", "--out", "result", "--force", "--as-of", DAY];
    assert_eq!(office.run(&again).code, Some(0));
    assert!(!office.path("result/statistics").exists(), "statistics of another run are still there");
    // What somebody wrote into them is.
    assert_eq!(office.run(&["report", "result"]).code, Some(0));
    fs::write(office.path("result/statistics/policies.xlsx"), "filled in").unwrap();
    assert_eq!(office.run(&again).code, Some(0));
    assert!(!office.path("result/statistics").exists());
    let kept = fs::read_to_string(office.path("result/statistics.before/policies.xlsx")).unwrap();
    assert_eq!(kept, "filled in");
}

#[test]
fn a_list_of_nobody_is_counted_too() {
    let office = Office::new();
    office.file("children.csv", "Họ và tên,Ngày sinh\nĐặng Quá Tuổi,01/02/1990\n");
    let said = office.run(&["check", "children.csv", "--out", "result", "--as-of", DAY]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let said = office.run(&["report", "result", "--form", "mau03", "--year", "2026"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let book = sheets(&office, "result/statistics/mau03-2026.xlsx");
    assert_eq!(book["Mẫu 03"][11][2], Data::Float(0.0), "nobody is a child, and that is known");
}
