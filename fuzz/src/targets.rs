//! What is fuzzed: one function a parser, each fed with bytes as they may come from outside. The
//! fuzz targets call them under a nightly compiler; `tests/fuzz_corpus.rs` calls the same functions
//! with every file of the corpus under the ordinary one.

use std::{
    cell::OnceCell,
    fs,
    io::{Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    sync::{LazyLock, Mutex, PoisonError, mpsc},
    time::Duration,
};

use dinhdanh::{
    decide::{Decisions, Entry, read_log},
    desk::{DeskOptions, Place, serve},
    index::IndexFile,
    normalise::{
        Bearer, DateColumn, DateContext, DateOwner, name, read_address, read_any_date, read_date,
        read_ethnicity, read_gender, read_personal_id, read_phone,
    },
    outcome::ListKind,
    pipeline::{self, IndexJob, Job, MEMORY},
    read::{ColumnMapping, ReadOptions, read_list},
    record::{Changes, Gender, PersonalId, RawCell},
    rules::{Language, Rules},
    text::repair::ColumnCharset,
    write::{WriteOptions, write_run},
};
use jiff::civil::Date;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// The day of every run here.
const DAY: Date = Date::constant(2026, 11, 1);

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    // More threads than one would make coverage depend on chance; in tests others may have set it.
    let _ = rayon::ThreadPoolBuilder::new().num_threads(1).build_global();
    Rules::built_in().expect("the built-in rules are valid")
});

thread_local! {
    static FOLDER: OnceCell<TempDir> = const { OnceCell::new() };
}

/// Puts bytes into a file of this thread and gives its path to the reader.
fn as_file<T>(name: &str, bytes: &[u8], read: impl FnOnce(PathBuf) -> T) -> T {
    let path = FOLDER.with(|folder| {
        folder.get_or_init(|| tempfile::tempdir().expect("a temporary folder")).path().join(name)
    });
    fs::write(&path, bytes).expect("a temporary file");
    read(path)
}

fn job(children: &Path, register: &[PathBuf]) -> Job {
    Job {
        children: vec![children.to_owned()],
        register: register.to_vec(),
        decisions: Vec::new(),
        columns: None,
        as_of: DAY,
        language: Language::Vi,
        model: None,
        learn: false,
        previous: None,
        remember: false,
        memory: MEMORY,
    }
}

/// A list as a check takes it, from bytes to the outcome; where it is accepted, no row is lost.
fn check_list(name: &str, bytes: &[u8]) {
    as_file(name, bytes, |path| {
        let rules = &*RULES;
        let reading =
            read_list(std::slice::from_ref(&path), ListKind::Children, &ReadOptions::default(), rules);
        let reading = match reading {
            Ok(reading) => reading,
            Err(error) => {
                assert!(!error.message(&rules.messages, Language::Vi).is_empty());
                return;
            }
        };
        let count =
            |table: &dinhdanh::record::Table| table.rows.len() + table.layout.len() + table.rejects.len();
        let found = reading.tables.iter().map(count).sum::<usize>() + reading.rejects.len();
        assert_eq!(found as u64, reading.rows_in, "a row is lost");
        let _ = pipeline::run(&job(&path, &[]), rules, &|_| ());
    });
}

/// `.xlsx`, `.xls` and HTML under that name: whatever the first bytes make of it.
pub fn workbook(bytes: &[u8]) {
    check_list("list.xlsx", bytes);
}

/// Text files: encodings, separators, quoting, and what follows until duplicates are found.
pub fn delimited(bytes: &[u8]) {
    check_list("list.csv", bytes);
}

/// Rows of cells (parted by 0x0A and 0x09), quoted properly, over a row that is surely data: the
/// header finder and the meaning of columns.
pub fn header(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut table = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    for row in text.split('\n').take(80) {
        table.write_record(row.split('\t').take(300)).expect("a row in memory");
    }
    let sure = ["1", "TE0001", "Nguyễn Thị Bông Trang", "12/03/2019", "Nữ", "Kinh", "042319000123"];
    table.write_record(sure).expect("a row in memory");
    check_list("header.csv", &table.into_inner().expect("a table in memory"));
}

/// `columns.toml`.
pub fn mapping(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mapping = match ColumnMapping::parse("columns.toml", text) {
        Ok(mapping) => mapping,
        Err(error) => {
            assert!(!error.message(&RULES.messages, Language::En).is_empty());
            return;
        }
    };
    let list = "Mã trẻ em,Họ và tên,Ngày sinh,Giới tính\nTE0001,Nguyễn Thị Bông Trang,12/03/2019,Nữ\n";
    as_file("mapped.csv", list.as_bytes(), |path| {
        let options = ReadOptions { mapping: Some(mapping) };
        let _ = read_list(&[path], ListKind::Children, &options, &RULES);
    });
}

/// Rules files that stand in a folder laid over the built-in ones.
const OVERLAYS: [&str; 12] = [
    "columns/headings.toml",
    "columns/limits.toml",
    "dates.toml",
    "names/names.toml",
    "matching.toml",
    "checks.toml",
    "circumstances.toml",
    "places/words.toml",
    "personal_id/provinces.csv",
    "ethnic_groups.csv",
    "names/near_pairs.csv",
    "text/rimes.csv",
];

/// A rules file: the first byte says which, the others are its text.
pub fn rules(bytes: &[u8]) {
    let Some((which, text)) = bytes.split_first() else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(OVERLAYS[usize::from(*which) % OVERLAYS.len()]);
    fs::create_dir_all(path.parent().expect("in the folder")).expect("a folder");
    fs::write(&path, text).expect("a file");
    if let Err(error) = Rules::with_overlay(Some(folder.path())) {
        assert!(!error.to_string().is_empty());
    }
}

fn cells(bytes: &[u8]) -> Vec<RawCell> {
    let mut cells = vec![RawCell::text(&String::from_utf8_lossy(bytes))];
    if let Some(eight) = bytes.first_chunk() {
        cells.push(RawCell::Number(f64::from_le_bytes(*eight)));
    }
    cells
}

/// Dates in every kind of column.
pub fn date(bytes: &[u8]) {
    let rules = &RULES.dates;
    for cell in cells(bytes) {
        for (month_first, cells_exchanged) in [(false, false), (true, false), (false, true)] {
            for owner in [DateOwner::Child, DateOwner::Parent] {
                let column = DateColumn { month_first, cells_exchanged };
                let reading = read_date(&cell, &DateContext { as_of: DAY, column, owner }, rules);
                let Some(found) = reading.field.get() else { continue };
                // What was read is a date that is read again as itself.
                let again = RawCell::text(&found.vietnamese());
                let plain = DateContext { as_of: DAY, column: DateColumn::default(), owner };
                assert_eq!(read_date(&again, &plain, rules).field.get(), Some(found));
            }
        }
        let _ = read_any_date(&cell.display(), DateColumn::default(), rules);
    }
}

/// Names of children and parents, and the other cells of text.
pub fn name(bytes: &[u8]) {
    let rules = &*RULES;
    let text = String::from_utf8_lossy(bytes);
    let charset = ColumnCharset::default();
    for reading in [name::read_name(&text, charset, rules), name::read_parent_name(&text, charset, rules)] {
        assert!(reading.name.is_none() || !text.trim().is_empty(), "a name out of nothing");
    }
    let cell = RawCell::text(&text);
    let _ = read_gender(&cell, &rules.fields);
    let _ = read_phone(&cell, &rules.fields);
    let _ = read_ethnicity(&text, "", Changes::NONE, &rules.ethnic, &rules.fields);
    let _ = read_address(&text, rules);
}

/// Personal numbers with everything that may be known of their bearer.
pub fn personal_id(bytes: &[u8]) {
    let rules = &*RULES;
    for cell in cells(bytes) {
        for birth_year in [None, Some(2019), Some(1985)] {
            for gender in [None, Some(Gender::Female), Some(Gender::Male)] {
                let bearer = Bearer { birth_year, gender };
                let reading = read_personal_id(&cell, bearer, &rules.personal_id, &rules.fields);
                let Some(number) = reading.field.get() else { continue };
                assert_eq!(PersonalId::parse(&number.digits()).ok(), Some(*number));
                assert!(reading.fault.is_none(), "usable and faulty at once");
            }
        }
    }
}

/// The log of the desk, its lines, and any file given as decisions.
pub fn decisions(bytes: &[u8]) {
    let reading = read_log(bytes);
    for (_, entry) in &reading.entries {
        let again = Entry::from_line(&entry.to_line()).expect("an entry is read back");
        assert_eq!(again, *entry);
    }
    as_file("decisions", bytes, |path| {
        let _ = Decisions::read(&[path], &RULES);
    });
}

const LIST: &str = "\
Mã trẻ em,Họ và tên,Ngày sinh,Giới tính,Dân tộc,Số định danh,Họ tên cha,Họ tên mẹ,Thôn/TDP
TE0001,Nguyễn Thị Bông Trang,12/03/2019,Nữ,Kinh,042319000123,Nguyễn Văn Khoáng,Trần Thị Lụa Đào,Thôn 1
TE0003,Phan Thế Trường Sơn,05/11/2017,Nam,Kinh,,Phan Thế Quặng,Đặng Thị Thổ Cẩm,Thôn 2
";

const REGISTER: &str = "\
Số ĐDCN,Họ và tên,Ngày sinh,Giới tính,Họ tên cha,Họ tên mẹ,Nơi thường trú
042319000123,Nguyễn Thị Bông Trang,12/03/2019,Nữ,Nguyễn Văn Khoáng,Trần Thị Lụa Đào,Thôn 1
042217000456,Phan Thế Trường Sơn,05/11/2017,Nam,Phan Thế Quặng,Đặng Thị Thổ Cẩm,Thôn 2
042316000789,Lương Thị Mây Ngàn,30/06/2016,Nữ,Lương Văn Chì,Hồ Thị Gấm Vóc,Thôn 3
";

static INDEX: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let register = folder.path().join("register.csv");
    fs::write(&register, REGISTER).expect("a file");
    let out = folder.path().join("r.idx");
    let job =
        IndexJob { register: vec![register], out: out.clone(), columns: None, as_of: DAY, memory: 1 << 20 };
    pipeline::build_index(&job, &RULES, &|_| ()).expect("an index");
    fs::read(out).expect("an index")
});

const PAGE: usize = 4096;

/// Puts all checksums right, as somebody would who forges an index: what is read behind them must
/// not trust it either.
fn forge(index: &mut [u8]) {
    let number = |at: usize| {
        index.get(at..at + 8).map_or(0, |eight| {
            usize::try_from(u64::from_le_bytes(eight.try_into().expect("eight bytes"))).unwrap_or(0)
        })
    };
    // Fixed part of the header: rules (32 bytes), pages, bytes of the directory, length, SHA-256.
    let (pages, directory) = (number(96), number(104));
    let from = pages.saturating_mul(PAGE).saturating_add(directory);
    if pages == 0 || from.saturating_add((pages - 1) * 4) > index.len() {
        return;
    }
    for page in 1..pages {
        let sum = crc32fast::hash(&index[page * PAGE..(page + 1) * PAGE]);
        let at = from + (page - 1) * 4;
        index[at..at + 4].copy_from_slice(&sum.to_le_bytes());
    }
    let hash = Sha256::digest(&index[pages * PAGE..]);
    index[120..152].copy_from_slice(&hash);
    let sum = crc32fast::hash(&index[..PAGE - 4]);
    index[PAGE - 4..PAGE].copy_from_slice(&sum.to_le_bytes());
}

/// An index. The first byte says how: the bytes as they are; or as edits (place in three bytes, one
/// byte to put there) of a sound index, with its checksums put right or not. Then a run reads it.
pub fn index(bytes: &[u8]) {
    let Some((how, rest)) = bytes.split_first() else { return };
    let index = match how % 4 {
        0 => rest.to_vec(),
        how => {
            let mut index = INDEX.clone();
            for edit in rest.chunks_exact(4).take(64) {
                let place = u32::from_le_bytes([edit[0], edit[1], edit[2], 0]) as usize % index.len();
                index[place] = edit[3];
            }
            if how > 1 {
                forge(&mut index);
            }
            index
        }
    };
    as_file("r.idx", &index, |register| {
        let rules = &*RULES;
        let opened = IndexFile::open(&register, &rules.reading_digest());
        if let Ok(opened) = &opened {
            let _ = opened.verify();
        }
        if is_an_index(&index) {
            as_file("list.csv", LIST.as_bytes(), |children| {
                let _ = pipeline::run(&job(&children, &[register]), rules, &|_| ());
            });
        }
    });
}

fn is_an_index(bytes: &[u8]) -> bool {
    bytes.starts_with(b"dinhdanh-index\r\n")
}

/// A desk with a finished run, for everybody who asks.
struct Desk {
    host: String,
    cookie: String,
    /// Keeps its files.
    _folder: TempDir,
}

static DESK: Mutex<Option<Desk>> = Mutex::new(None);

impl Desk {
    fn open() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (list, register, run) =
            (folder.path().join("list.csv"), folder.path().join("register.csv"), folder.path().join("run"));
        fs::write(&list, LIST).and_then(|()| fs::write(&register, REGISTER)).expect("files");
        let outcome = pipeline::run(&job(&list, &[register]), &RULES, &|_| ()).expect("a run");
        write_run(&outcome, &run, &WriteOptions::default(), &RULES).expect("a run on the disk");
        let options = DeskOptions {
            place: Place::Run(run),
            rules: None,
            port: 0,
            read_only: false,
            idle_minutes: 600,
            language: Language::Vi,
            who: "cán bộ".to_owned(),
        };
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            let rules = Rules::built_in().expect("the built-in rules are valid");
            let _ = serve(options, rules, |address| {
                let _ = tell.send(address.to_owned());
            });
        });
        let address = told.recv().expect("the desk opens");
        let (host, path) = address["http://".len()..].split_once('/').expect("an address");
        let mut desk = Self { host: host.to_owned(), cookie: String::new(), _folder: folder };
        let request = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let answer = String::from_utf8_lossy(&desk.ask(request.as_bytes()).expect("an answer")).into_owned();
        let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")).expect("a cookie");
        desk.cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        desk
    }

    fn ask(&self, request: &[u8]) -> std::io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect(&self.host)?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        // The desk may hang up in the middle: that is an answer.
        let _ = stream.write_all(request);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        match stream.read_to_end(&mut answer) {
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                panic!("the desk does not answer")
            }
            _ => Ok(answer),
        }
    }
}

/// A request as it comes over the line; `@H` stands for the desk's own address, `@C` for the cookie
/// of a visitor who came in, so that what lies behind the guard is reached.
pub fn http(bytes: &[u8]) {
    let mut desk = DESK.lock().unwrap_or_else(PoisonError::into_inner);
    let desk_now = desk.get_or_insert_with(Desk::open);
    let request =
        replaced(&replaced(bytes, b"@H", desk_now.host.as_bytes()), b"@C", desk_now.cookie.as_bytes());
    // A request may have closed the desk: then the next one opens another.
    if desk_now.ask(&request).is_err() {
        *desk = None;
    }
}

fn replaced(bytes: &[u8], what: &[u8; 2], with: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + with.len());
    let mut rest = bytes;
    while let Some(at) = rest.windows(2).position(|pair| pair == what) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(with);
        rest = &rest[at + 2..];
    }
    out.extend_from_slice(rest);
    out
}
