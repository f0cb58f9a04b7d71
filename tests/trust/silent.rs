//! Nobody is named: no two words of a name and no nine digits of a number of the inputs stand in
//! anything the program prints or logs, whether it goes well or not.

use std::{collections::BTreeSet, fs, path::Path};

use crate::program::{LIST, Office, REGISTER, Said};

/// What must not be told, of all inputs of an office.
#[derive(Default)]
struct Secrets {
    /// Two words of a name, side by side, in small letters.
    names: BTreeSet<String>,
    /// Nine digits side by side of a number.
    digits: BTreeSet<String>,
}

/// Digits in a row, cut into all pieces of nine.
fn nines(text: &str) -> impl Iterator<Item = &str> {
    let runs = text.split(|letter: char| !letter.is_ascii_digit()).filter(|run| run.len() >= 9);
    runs.flat_map(|run| (0..=run.len() - 9).map(move |at| &run[at..at + 9]))
}

impl Secrets {
    /// Learns the names in these columns of a table, and every long number.
    fn learn(&mut self, office: &Office, file: &str, columns: &[&str]) {
        for row in office.rows(file) {
            for name in columns.iter().filter_map(|column| row.get(*column)) {
                let words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
                self.names.extend(words.windows(2).map(|pair| pair.join(" ")));
            }
            for cell in row.values() {
                self.digits.extend(nines(cell).map(str::to_owned));
            }
        }
    }

    fn are_kept(&self, what: &str, text: &str) {
        let words: Vec<String> = text
            .split(|letter: char| !letter.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect();
        for pair in words.windows(2) {
            assert!(!self.names.contains(&pair.join(" ")), "{what} names somebody");
        }
        for digits in nines(text) {
            assert!(!self.digits.contains(digits), "{what} tells a number");
        }
    }
}

/// An office whose every run is listened to.
struct Watched {
    office: Office,
    secrets: Secrets,
    runs: usize,
}

impl Watched {
    /// By turns in Vietnamese and in English.
    fn run(&mut self, arguments: &[&str]) -> Said {
        let spoken = !matches!(arguments[0], "synth" | "evaluate" | "explain");
        let language = ["vi", "en"][self.runs % 2];
        let language = if spoken { &["--lang", language][..] } else { &[] };
        let said = self.office.run(&[arguments, language].concat());
        self.secrets.are_kept(&format!("{arguments:?}: standard output"), &said.out);
        self.secrets.are_kept(&format!("{arguments:?}: standard error"), &said.err);
        self.runs += 1;
        self.logs(&self.office.path("."));
        said
    }

    /// Logs and manifests, wherever they are.
    fn logs(&self, folder: &Path) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                self.logs(&path);
            } else if ["manifest.json", "audit.jsonl", "model.json"].contains(&name.as_str()) {
                self.secrets.are_kept(&name, &fs::read_to_string(&path).unwrap());
            }
        }
    }
}

const NAMES: [&str; 6] = ["Họ và tên", "Họ tên cha", "Họ tên mẹ", "Họ và tên trẻ", "Tên cha", "Tên mẹ"];

fn invented() -> Watched {
    let mut office = Office::new();
    let size = ["--children", "150", "--register", "500", "--seed", "4711", "--preset", "hard"];
    assert_eq!(office.run(&[&["synth", "--out", "ward"][..], &size].concat()).code, Some(0));
    let mut secrets = Secrets::default();
    secrets.learn(&office, "ward/children.csv", &NAMES);
    secrets.learn(&office, "ward/register.csv", &NAMES);
    assert!(secrets.names.len() > 500 && secrets.digits.len() > 1000, "the columns of names are known");
    // What is kept from the terminal by the harness is kept here, too.
    let names = office.column("ward/register.csv", "Họ và tên");
    office.keep_secret(names.into_iter().filter(|name| name.chars().count() > 8));
    Watched { office, secrets, runs: 0 }
}

#[test]
fn what_goes_well_names_nobody() {
    let mut watched = invented();
    let (list, register) = ("ward/children.csv", "ward/register.csv");
    for arguments in [
        &["run", list, "--register", register, "--out", "out", "--force"][..],
        &["run", "ward/children.xlsx", "--register", "ward/register_ct3a.xlsx", "--out", "other", "--force"],
        &["check", list, "--out", "checked", "--force"],
        &["index", register, "--out", "r.idx", "--force"],
        &["index", "--verify", "r.idx"],
        &["run", list, "--register", "r.idx", "--out", "indexed", "--force"],
        &["report", "out"],
        &["report", "out", "--form", "mau03", "--year", "2026", "--since", "other", "--internal"],
        &["evaluate", "out", "--truth", "ward/truth.csv"],
    ] {
        let said = watched.run(arguments);
        assert!(matches!(said.code, Some(0 | 1)), "{arguments:?}: {said:?}");
    }
    let records = watched.office.column("out/records.csv", "record_id");
    for other in records.iter().skip(1).take(4) {
        watched.run(&["explain", "out", &records[0], other]);
    }
    println!("{} runs, {} pairs of words", watched.runs, watched.secrets.names.len());
}

/// Found by the test below: the message quoted the row it took for the likeliest header, and that was
/// a child's where no cell of it had a number.
#[test]
fn a_list_without_a_header_is_not_quoted() {
    let office = Office::new();
    office.file("names.csv", "Nguyễn Thị Bông Trang,Nữ\nPhan Thế Trường Sơn,Nam\n");
    let check = ["check", "names.csv", "--out", "out"];
    office.refused(&check, 2, &["không nhận ra dòng tiêu đề", "“A”"], &["no header", "“A”"]);
}

#[test]
fn what_goes_wrong_names_nobody() {
    let office = Office::furnished();
    let mut secrets = Secrets::default();
    secrets.learn(&office, "children.csv", &NAMES);
    secrets.learn(&office, "register.csv", &NAMES);
    let rows = |text: &str| text.lines().skip(1).map(|line| format!("{line}\n")).collect::<String>();
    // Rows without a header, with numbers and without.
    office.file("headless.csv", rows(LIST));
    let names = "Nguyễn Thị Bông Trang,Nữ,Kinh\nPhan Thế Trường Sơn,Nam,Kinh\nTrần Thị Lụa Đào,Nữ,Tày\n";
    office.file("names.csv", names);
    office.file("name.csv", "Nguyễn Thị Bông Trang\n");
    let titled = format!("DANH SÁCH TRẺ EM,,\n,,\n{names}");
    office.file("titled.csv", titled);
    office.file("page.xls", "<table><tr><td>Nguyễn Thị Bông Trang</td><td>Nam</td></tr></table>");
    office.file("register_headless.csv", rows(REGISTER));
    let wide = format!("{}{}\n", LIST, ",Nguyễn Thị Bông Trang".repeat(20_000));
    office.file("wide.csv", wide);
    office.file("open_quote.csv", LIST.replace("TE0003,", "TE0003,\""));
    office.file("twice.csv", LIST.replace("Dân tộc", "Họ và tên"));
    office.file("columns.toml", "full_name = \"Nguyễn Thị Bông Trang 042319000123\"\n");
    office.file("broken.toml", "full_name = [\"Nguyễn Thị Bông Trang\", 042319000123\n");
    office.file("not.jsonl", "{\"name\":\"Nguyễn Thị Bông Trang\",\"id\":\"042319000123\"}\n{\n");
    office.file("other.csv", "Nguyễn Thị Bông Trang,042319000123\n");
    office
        .file("cut.xlsx", &b"PK\x03\x04 Nguy\xe1\xbb\x85n Th\xe1\xbb\x8b B\xc3\xb4ng Trang 042319000123"[..]);
    let mut watched = Watched { office, secrets, runs: 0 };
    let lists = [
        "headless.csv",
        "names.csv",
        "name.csv",
        "titled.csv",
        "page.xls",
        "wide.csv",
        "open_quote.csv",
        "twice.csv",
        "cut.xlsx",
        "nothing.csv",
    ];
    for list in lists {
        watched.run(&["check", list, "--out", "out", "--force"]);
        watched.run(&["run", "children.csv", "--register", list, "--out", "out", "--force"]);
        watched.run(&["index", list, "--out", "r.idx", "--force"]);
    }
    let check = ["check", "children.csv", "--out", "out", "--force"];
    for more in [
        &["--columns", "broken.toml"][..],
        &["--decisions", "not.jsonl"],
        &["--decisions", "other.csv"],
        &["--decisions", "children.csv"],
        &["--model", "not.jsonl"],
        &["--rules", "children.csv"],
    ] {
        watched.run(&[&check[..], more].concat());
    }
    watched.run(&["run", "children.csv", "--register", "register_headless.csv", "--out", "out", "--force"]);
    watched.run(&["report", "children.csv"]);
    // A whole run with one output changed, read again.
    assert_eq!(watched.run(&check).code, Some(0));
    let records = watched.office.path("out/records.csv");
    let changed = fs::read_to_string(&records).unwrap().replace("TE0001", "Nguyễn Thị Bông Trang");
    fs::write(&records, changed).unwrap();
    watched.run(&["report", "out"]);
    watched.office.refused(&["report", "nowhere"], 2, &["nowhere"], &["nowhere"]);
    println!("{} runs", watched.runs);
}
