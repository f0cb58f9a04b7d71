//! The real program in a folder of its own. Every run, whatever it is about, is watched for three
//! things: no name and no number of an input in what it prints; inputs as they were; nothing left
//! behind but the output folder, and that only where the run is done.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use assert_cmd::Command;
use tempfile::TempDir;

/// A list of three invented children; the second repeats the first, the third has no number yet.
pub const LIST: &str = "\
Mã trẻ em,Họ và tên,Ngày sinh,Giới tính,Dân tộc,Số định danh,Họ tên cha,Họ tên mẹ,Thôn/TDP
TE0001,Nguyễn Thị Bông Trang,12/03/2019,Nữ,Kinh,042319000123,Nguyễn Văn Khoáng,Trần Thị Lụa Đào,Thôn 1
TE0002,NGUYỄN THỊ BÔNG TRANG,12/3/2019,Nữ,Kinh,042319000123,Nguyễn Văn Khoáng,Trần Thị Lụa Đào,Thôn 1
TE0003,Phan Thế Trường Sơn,05/11/2017,Nam,Kinh,,Phan Thế Quặng,Đặng Thị Thổ Cẩm,Thôn 2
";

/// Their register, with the third child's number.
pub const REGISTER: &str = "\
Số ĐDCN,Họ và tên,Ngày sinh,Giới tính,Họ tên cha,Họ tên mẹ,Nơi thường trú
042319000123,Nguyễn Thị Bông Trang,12/03/2019,Nữ,Nguyễn Văn Khoáng,Trần Thị Lụa Đào,Thôn 1
042217000456,Phan Thế Trường Sơn,05/11/2017,Nam,Phan Thế Quặng,Đặng Thị Thổ Cẩm,Thôn 2
042316000789,Lương Thị Mây Ngàn,30/06/2016,Nữ,Lương Văn Chì,Hồ Thị Gấm Vóc,Thôn 3
";

/// Words that stand for a person in the lists above.
const SECRETS: [&str; 13] = [
    "Bông Trang",
    "BÔNG TRANG",
    "Trường Sơn",
    "Mây Ngàn",
    "Khoáng",
    "Lụa Đào",
    "Quặng",
    "Thổ Cẩm",
    "Gấm Vóc",
    "042319000123",
    "42319000123",
    "042217000456",
    "042316000789",
];

/// A folder with inputs in it.
pub struct Office {
    folder: TempDir,
    secrets: Vec<String>,
}

/// What a run said.
#[derive(Debug)]
pub struct Said {
    /// Exit code; `None` where a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Office {
    /// An empty folder.
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
            secrets: SECRETS.map(str::to_owned).to_vec(),
        }
    }

    /// The usual list and register: `children.csv`, `register.csv`.
    pub fn furnished() -> Self {
        let office = Self::new();
        office.file("children.csv", LIST);
        office.file("register.csv", REGISTER);
        office
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts a file there.
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("below the folder")).expect("a folder");
        fs::write(&path, bytes).expect("a file");
        path
    }

    /// More words that must never be printed.
    pub fn keep_secret(&mut self, words: impl IntoIterator<Item = String>) {
        self.secrets.extend(words);
    }

    /// The program, to be run in the folder.
    pub fn program(&self) -> Command {
        let mut command = Command::cargo_bin("dinhdanh").expect("the program was built");
        command.current_dir(self.folder.path());
        command
    }

    /// Runs the program in the folder and watches it.
    pub fn run(&self, arguments: &[&str]) -> Said {
        self.run_on(arguments, "")
    }

    /// The same with something on standard input.
    pub fn run_on(&self, arguments: &[&str], input: &str) -> Said {
        let mut command = self.program();
        command.args(arguments).write_stdin(input);
        self.watch(&format!("{arguments:?}"), command)
    }

    /// Runs a command that was made from [`Office::program`] or runs the program in the folder.
    pub fn watch(&self, what: &str, mut command: Command) -> Said {
        let before = self.content();
        let output = command.output().expect("the program starts");
        let said = Said {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8(output.stderr).expect("UTF-8"),
        };
        for secret in &self.secrets {
            assert!(!said.out.contains(secret) && !said.err.contains(secret), "{what} shows personal data");
        }
        assert!(!said.err.contains("panicked"), "{what}: {}", said.err);
        let after = self.content();
        for (path, bytes) in &before {
            if said.code != Some(0) && said.code != Some(1) {
                assert!(after.get(path) == Some(bytes), "{what} changed {}: {said:?}", path.display());
            }
        }
        if said.code != Some(0) && said.code != Some(1) {
            let left: Vec<&PathBuf> = after.keys().filter(|path| !before.contains_key(*path)).collect();
            assert!(left.is_empty(), "{what} left {left:?}: {said:?}");
        }
        for path in after.keys() {
            let name = path.to_string_lossy();
            assert!(!name.contains(".partial") && !name.contains(".old"), "{what} left {name}");
        }
        said
    }

    /// Runs the arguments in both languages: the exit code, nothing on standard output, and the
    /// words that the Vietnamese and the English sentence must have.
    pub fn refused(&self, arguments: &[&str], code: i32, vietnamese: &[&str], english: &[&str]) {
        for (language, words) in [("vi", vietnamese), ("en", english)] {
            let said = self.run(&[arguments, &["--lang", language]].concat());
            assert_eq!(said.code, Some(code), "{arguments:?}: {said:?}");
            assert_eq!(said.out, "", "{arguments:?}");
            for word in words {
                assert!(said.err.contains(word), "{arguments:?}: “{word}” is missing: {}", said.err);
            }
        }
        // Vietnamese is what an officer gets who asks for nothing.
        let said = self.run(arguments);
        assert!(said.err.contains(vietnamese[0]), "{arguments:?}: {}", said.err);
    }

    /// The rows of a CSV file below the folder, as maps from heading to cell.
    pub fn rows(&self, file: &str) -> Vec<BTreeMap<String, String>> {
        let text = fs::read_to_string(self.path(file)).expect("a table");
        let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let headings = reader.headers().expect("headings").clone();
        let cells = |row: csv::StringRecord| {
            headings.iter().map(str::to_owned).zip(row.iter().map(str::to_owned)).collect()
        };
        reader.records().map(|row| cells(row.expect("a row"))).collect()
    }

    /// One column of a CSV file.
    pub fn column(&self, file: &str, heading: &str) -> Vec<String> {
        self.rows(file).into_iter().map(|mut row| row.remove(heading).expect("the column")).collect()
    }

    /// Everything in the folder: files with their bytes, folders without.
    pub fn content(&self) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
        let mut found = BTreeMap::new();
        collect(self.folder.path(), &mut found);
        found
    }
}

fn collect(folder: &Path, found: &mut BTreeMap<PathBuf, Option<Vec<u8>>>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, found);
            found.insert(path, None);
        } else {
            let bytes = fs::read(&path).expect("a file");
            found.insert(path, Some(bytes));
        }
    }
}
