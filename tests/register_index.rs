//! A register made into an index: a run with it writes what a run with the lists themselves writes,
//! to the byte; the index is the same however it is built; and damage is found wherever it is.

mod program;

use std::{collections::BTreeMap, fs, path::Path};

use dinhdanh::{
    decide::{Act, Answer, Decision, Entry, Keep, PairKind, Side},
    index::IndexFile,
    rules::Rules,
};
use jiff::Timestamp;
use program::Office;

/// The day of every run here.
const DAY: [&str; 2] = ["--as-of", "2026-11-01"];
/// Exit code where an input cannot be used.
const UNUSABLE: i32 = 2;
/// Outputs that say when they were made, and from which files.
const DATED: [&str; 4] = ["manifest.json", "audit.jsonl", "audit.head", "report.html"];

/// Every file of a run that says nothing of time and inputs; in their place the counts and what is
/// said of matching.
fn outputs(run: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(run).unwrap().map(|entry| entry.unwrap().path());
    let named = files.map(|file| (file.file_name().unwrap().to_string_lossy().into_owned(), file));
    let plain = named.filter(|(name, _)| !DATED.contains(&name.as_str()));
    let mut outputs: BTreeMap<_, _> = plain.map(|(name, file)| (name, fs::read(file).unwrap())).collect();
    let manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(run.join("manifest.json")).unwrap()).unwrap();
    for key in ["counts", "matching"] {
        outputs.insert(key.to_owned(), manifest[key].to_string().into_bytes());
    }
    outputs
}

fn done(office: &Office, arguments: &[&[&str]]) {
    let said = office.run(&[&arguments.concat()[..], &DAY].concat());
    assert!(matches!(said.code, Some(0 | 1)), "{arguments:?}: {said:?}");
}

/// Runs a list against lists (`lists/`) and against their index (`index/`), and holds the outputs
/// against each other.
fn same_either_way(office: &Office, list: &str, register: &[&str], building: &[&str], running: &[&str]) {
    let force = ["--force"];
    done(office, &[&["index"], register, &["--out", "r.idx"], &force, building]);
    let run = |register: &[&str], out: &str| {
        done(office, &[&["run", list, "--register"], register, &["--out", out], &force, running]);
        outputs(&office.path(out))
    };
    let lists = run(register, "lists");
    assert!(lists.contains_key("records.csv") && lists.contains_key("review.xlsx"), "{:?}", lists.keys());
    // With all candidates at hand at once, and with a few at a time.
    for memory in ["2G", "1M"] {
        let index = run(&["r.idx", "--memory", memory], "index");
        assert_eq!(lists.keys().collect::<Vec<_>>(), index.keys().collect::<Vec<_>>());
        for (name, bytes) in &lists {
            let differs = format!("{name} differs: {register:?} {building:?} {running:?} --memory {memory}");
            assert!(*bytes == index[name], "{differs}");
        }
    }
}

/// An office with the sample ward of the repository.
fn sample() -> Office {
    let office = Office::new();
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    for file in ["ward.xlsx", "register.csv", "register_ct3a.xlsx"] {
        office.file(file, fs::read(samples.join(file)).unwrap());
    }
    office
}

/// An office with an invented ward.
fn invented(children: &str, register: &str, seed: &str, preset: &str) -> Office {
    let mut office = Office::new();
    let size = ["--children", children, "--register", register, "--seed", seed, "--preset", preset];
    assert_eq!(office.run(&[&["synth", "--out", "ward"][..], &size].concat()).code, Some(0));
    let names = office.column("ward/register.csv", "Họ và tên");
    office.keep_secret(names.into_iter().filter(|name| name.chars().count() > 8));
    office
}

const WARD: &str = "ward/children.csv";
const PEOPLE: &str = "ward/register.csv";

#[test]
fn the_sample_ward_is_the_same_with_any_of_its_registers() {
    let office = sample();
    // Parents follow from households in the residence list, and there are rows above the headings.
    for register in ["register.csv", "register_ct3a.xlsx"] {
        same_either_way(&office, "ward.xlsx", &[register], &[], &[]);
    }
    // Persons in both files, and one file twice under one name.
    office.file("again/register.csv", fs::read(office.path("register.csv")).unwrap());
    let register = ["register.csv", "register_ct3a.xlsx", "again/register.csv"];
    same_either_way(&office, "ward.xlsx", &register, &[], &[]);
}

#[test]
fn invented_wards_are_the_same_whatever_memory_and_threads() {
    for (seed, preset) in [("71", "normal"), ("72", "hard")] {
        let office = invented("400", "1500", seed, preset);
        same_either_way(&office, WARD, &[PEOPLE], &["--memory", "1M"], &["--threads", "1"]);
    }
}

#[test]
fn a_register_with_numbers_that_are_nobodys_is_the_same() {
    let office = invented("200", "800", "73", "normal");
    let people = fs::read_to_string(office.path(PEOPLE)).unwrap();
    let mut rows: Vec<String> = people.lines().map(str::to_owned).collect();
    // One number for two people, a person twice, persons without a number, a people not stated.
    for at in (10..400).step_by(10) {
        let number = rows[at][..12].to_owned();
        match at / 10 % 4 {
            0 => rows[at + 1].replace_range(..12, &number),
            1 => rows.push(rows[at].clone()),
            2 => rows[at].replace_range(..12, ""),
            _ => rows[at] = rows[at].replace(",Kinh,", ",,"),
        }
    }
    office.file(PEOPLE, rows.join("\n"));
    same_either_way(&office, WARD, &[PEOPLE], &[], &[]);
}

/// By turns yes and no to the pairs of a run.
fn answers(office: &Office, run: &str) -> String {
    let pairs = office.rows(&format!("{run}/review.csv"));
    assert!(pairs.iter().any(|pair| pair["kind"] == "identity"), "persons are asked about");
    let entry = |(nth, pair): (usize, &BTreeMap<String, String>)| {
        let side = |id: &str, fingerprint: &str| Side {
            id: pair[id].clone(),
            fingerprint: pair[fingerprint].clone(),
        };
        let decision = Decision {
            pair_id: pair["pair_id"].clone(),
            kind: if pair["kind"] == "duplicate" { PairKind::Duplicate } else { PairKind::Identity },
            record: side("record_id", "record_fingerprint"),
            other: side("other", "other_fingerprint"),
            answer: if nth % 2 == 0 { Answer::Yes } else { Answer::No },
            keep: Keep::new(),
            second_reading: false,
        };
        let act = Act::Decide(Box::new(decision));
        Entry { id: nth.to_string(), time: Timestamp::UNIX_EPOCH, who: "Cán bộ A".to_owned(), act }
    };
    pairs.iter().enumerate().map(entry).map(|entry| entry.to_line()).collect()
}

#[test]
fn decisions_learning_and_explaining_find_the_persons_they_speak_of() {
    let office = invented("300", "1200", "74", "hard");
    same_either_way(&office, WARD, &[PEOPLE], &[], &[]);
    office.file("said.jsonl", answers(&office, "lists"));
    let given = ["--decisions", "said.jsonl"];
    same_either_way(&office, WARD, &[PEOPLE], &[], &given);
    same_either_way(&office, WARD, &[PEOPLE], &[], &[&given[..], &["--learn"]].concat());

    // A person whom no child is anything like.
    let (record, number) =
        (office.column("lists/records.csv", "record_id"), office.column(PEOPLE, "Số ĐDCN"));
    let explain = |run: &str| office.run(&["explain", run, &record[0], &number[number.len() / 2]]);
    let (lists, index) = (explain("lists"), explain("index"));
    assert_eq!((lists.code, &lists.out), (Some(0), &index.out), "{lists:?} {index:?}");
}

/// Builds `r.idx` of an office and gives its bytes.
fn build(office: &Office, more: &[&str]) -> Vec<u8> {
    done(office, &[&["index", "register.csv", "--out", "r.idx", "--force"], more]);
    fs::read(office.path("r.idx")).unwrap()
}

#[test]
fn the_same_register_makes_the_same_bytes() {
    let office = sample();
    let once = build(&office, &[]);
    assert!(once == build(&office, &["--threads", "1"]));
    assert!(once == build(&office, &["--memory", "1M", "--threads", "3"]));
}

/// A register as bad as text files get: title and signatures, rows of several lines, open quotation marks,
/// blank rows, the header again, rows that are data or not by what follows them.
fn bad_text(people: &str) -> String {
    let mut lines = people.lines();
    let header = lines.next().unwrap().trim_start_matches('\u{feff}');
    let width = header.split(',').count();
    let cells = |cells: &[(usize, &str)]| -> String {
        let cell = |at| cells.iter().find(|(of, _)| *of == at).map_or("", |(_, text)| *text);
        (0..width).map(cell).collect::<Vec<_>>().join(",")
    };
    let mut text = format!("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\r\n\r\n{header}\r\n");
    for (at, line) in lines.enumerate() {
        match at % 67 {
            5 => text += "\r\n \r\n",
            11 => text += &format!("{header}\n"),
            17 => text += &cells(&[(1, "Người lập biểu")]),
            23 => text += &format!("{}\n", cells(&[(1, "Lê Thị Mây"), (3, "Nữ")])),
            29 => text += &format!("{}\n", cells(&[(1, "\"Lò\nVăn\n\nMây\""), (2, "2/3/1990")])),
            31 => text += &format!("{}\n", cells(&[(0, "\"04231900"), (1, "Lê An"), (2, "2/3/1990")])),
            37 => text += &format!("{}\n", cells(&[(0, "1"), (1, "2"), (2, "3"), (3, "4")])),
            41 => text += &format!("{line},,too many\n"),
            43 => text += &format!("{}\n", cells(&[(1, "Thôn 7")])),
            _ => {}
        }
        text += line;
        text += if at % 3 == 0 { "\r\n" } else { "\n" };
    }
    text + "\n\nNgười lập biểu\n" + &cells(&[(1, "Hà Văn Núi"), (3, "Nam")]) + "\n\n"
}

#[test]
fn pieces_of_any_size_make_the_same_bytes_as_whole_reading() {
    let office = invented("150", "900", "75", "hard");
    let text = bad_text(&fs::read_to_string(office.path(PEOPLE)).unwrap());
    office.file("register.csv", &text);
    // Where columns may be named by hand, all files are read whole.
    office.file("columns.toml", "");
    let whole = build(&office, &["--columns", "columns.toml"]);
    assert!(whole == build(&office, &[]));
    assert!(whole == build(&office, &["--memory", "1M"]), "pieces of 4 KB");
    assert!(whole == build(&office, &["--memory", "9M", "--threads", "3"]), "pieces of 36 KB");
    same_either_way(&office, WARD, &["register.csv"], &["--memory", "1M"], &[]);
    // Other encodings, and a file that ends within a quotation mark.
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf16 = [&b"\xff\xfe"[..], &utf16].concat();
    let open = format!("{text}042319000123,\"Nguyễn Mây,01/02/2019\n1,2");
    for bytes in [utf16, open.into_bytes()] {
        office.file("register.csv", bytes);
        let whole = build(&office, &["--columns", "columns.toml"]);
        assert!(whole == build(&office, &["--memory", "1M"]));
    }
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let office = Office::furnished();
    build(&office, &[]);
    assert_eq!(fs::metadata(office.path("r.idx")).unwrap().permissions().mode() & 0o777, 0o600);
}

const RUN: [&str; 6] = ["run", "children.csv", "--register", "r.idx", "--out", "out"];

#[test]
fn a_flipped_bit_is_found_in_every_section() {
    let office = Office::furnished();
    let whole = build(&office, &[]);
    let digest = Rules::built_in().unwrap().reading_digest();
    let index = IndexFile::open(&office.path("r.idx"), &digest).unwrap();
    index.verify().unwrap();
    let mut places: Vec<(String, usize)> = index
        .sections()
        .filter(|(_, bytes)| !bytes.is_empty())
        .map(|(name, bytes)| (name.to_owned(), ((bytes.start + bytes.end) / 2) as usize))
        .collect();
    assert!(places.len() > 40, "{places:?}");
    places.push(("header".to_owned(), 40));
    places.push(("header".to_owned(), 2000));
    places.push(("directory".to_owned(), whole.len() - 1));
    for (section, place) in places {
        let mut damaged = whole.clone();
        damaged[place] ^= 0x10;
        office.file("r.idx", &damaged);
        office.refused(
            &["index", "--verify", "r.idx"],
            UNUSABLE,
            &["bị hỏng", &section],
            &["damaged", &section],
        );
        // A run says the same where it comes upon it; where it does not, nothing is changed by it.
        let said = office.run(&[&RUN[..], &["--force"], &DAY].concat());
        match said.code {
            Some(0) => fs::remove_dir_all(office.path("out")).unwrap(),
            code => assert!(code == Some(UNUSABLE) && said.err.contains(&section), "{section}: {said:?}"),
        }
    }
}

#[test]
fn a_file_cut_short_is_refused() {
    let office = Office::furnished();
    let whole = build(&office, &[]);
    for length in (16..whole.len()).step_by(whole.len() / 40).chain([4095, 4096, whole.len() - 1]) {
        office.file("r.idx", &whole[..length]);
        office.refused(&RUN, UNUSABLE, &["r.idx bị hỏng"], &["r.idx is damaged"]);
    }
}

#[test]
fn other_rules_and_other_versions_ask_for_a_new_index() {
    let office = Office::furnished();
    let whole = build(&office, &[]);
    office.file("rules/matching.toml", "[population]\ncoverage = 0.5\n");
    let with_rules = [&RUN[..], &["--rules", "rules"]].concat();
    office.refused(
        &with_rules,
        UNUSABLE,
        &["bộ quy tắc khác", "lập lại"],
        &["other rules", "Build it again"],
    );
    // What only changes how things are told does no harm.
    fs::remove_file(office.path("rules/matching.toml")).unwrap();
    office.file("rules/report.toml", "");
    done(&office, &[&with_rules]);
    fs::remove_dir_all(office.path("out")).unwrap();

    // The format's number stands behind the magic; the header's own checksum is right.
    let mut newer = whole;
    newer[16] += 1;
    let checksum = crc32fast::hash(&newer[..4092]);
    newer[4092..4096].copy_from_slice(&checksum.to_le_bytes());
    office.file("r.idx", newer);
    office.refused(&RUN, UNUSABLE, &["phiên bản", "lập lại"], &["version", "Build it again"]);
}

#[test]
fn what_cannot_be_made_or_joined_is_refused() {
    let office = Office::furnished();
    build(&office, &[]);
    let beside = ["run", "children.csv", "--register", "r.idx", "register.csv", "--out", "out"];
    office.refused(&beside, UNUSABLE, &["r.idx", "chỉ mục"], &["r.idx", "index"]);
    let of_index = ["index", "r.idx", "--out", "other.idx"];
    office.refused(&of_index, UNUSABLE, &["r.idx", "chỉ mục"], &["r.idx", "index"]);
    let again = ["index", "register.csv", "--out", "r.idx"];
    office.refused(&again, UNUSABLE, &["đã có", "--force"], &["exists already", "--force"]);
    // Nothing but an index is ever replaced.
    let over_list = ["index", "register.csv", "--out", "children.csv", "--force"];
    office.refused(&over_list, UNUSABLE, &["children.csv"], &["children.csv"]);
    office.refused(&["index", "--verify", "children.csv"], UNUSABLE, &["children.csv"], &["children.csv"]);
    let itself = ["run", "register.csv", "--register", "r.idx", "--out", "out"];
    office.refused(&itself, UNUSABLE, &["vừa là danh sách trẻ"], &["both as the children's list"]);
    let nobody = "Số ĐDCN,Họ và tên,Ngày sinh\n,Nguyễn Mây,01/02/2019\n";
    office.file("nobody.csv", nobody);
    let numberless = ["index", "nobody.csv", "--out", "n.idx"];
    office.refused(&numberless, UNUSABLE, &["nobody.csv"], &["nobody.csv"]);
    let nowhere = ["index", "register.csv", "--out", "no/such/folder/r.idx"];
    office.refused(&nowhere, 3, &["Không ghi được"], &["cannot be written"]);
}
