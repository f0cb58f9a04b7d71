//! A sealed run is opened by those it was sealed to, whole or not at all, and leads nowhere else.

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use age::{Encryptor, Recipient, x25519};

use crate::program::Office;

/// Made by `age-keygen`, for the tests alone.
const IDENTITY: &str = include_str!("age/identity.txt");

fn office() -> Office {
    let office = Office::furnished();
    let run = ["run", "children.csv", "--register", "register.csv", "--out", "out", "--quiet"];
    assert_eq!(office.run(&run).code, Some(0));
    office.file("identity", IDENTITY);
    office
}

fn recipient() -> String {
    let line = IDENTITY.lines().find_map(|line| line.strip_prefix("# public key: "));
    line.unwrap().to_owned()
}

fn seal(office: &Office, out: &str) {
    let said = office.run(&["seal", "out", "--recipient", &recipient(), "--out", out]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{said:?}");
}

/// Files of a folder, by name.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(path) = waiting.pop() {
        for entry in fs::read_dir(path).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}

#[test]
fn what_is_opened_is_what_was_sealed() {
    let office = office();
    assert_eq!(office.run(&["report", "out", "--quiet"]).code, Some(0));
    let before = files(&office.path("out"));
    seal(&office, "run.age");
    let sealed = fs::read(office.path("run.age")).unwrap();
    assert!(sealed.starts_with(b"age-encryption.org/v1\n"));
    for word in ["records.csv", "Bông Trang", "042319000123"] {
        assert!(!sealed.windows(word.len()).any(|part| part == word.as_bytes()), "{word} is readable");
    }
    let said = office.run(&["open", "run.age", "--identity", "identity", "--out", "again"]);
    assert!(!format!("{said:?}").contains(".writing"), "{said:?}");
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{said:?}");
    assert!(said.out.contains("nguyên vẹn"), "{}", said.out);
    let mut after = files(&office.path("again"));
    let log = String::from_utf8(after.remove("audit.jsonl").unwrap()).unwrap();
    assert!(
        log.starts_with(std::str::from_utf8(&before["audit.jsonl"]).unwrap()) && log.contains("run.opened")
    );
    after.remove("audit.head");
    for (name, bytes) in after {
        assert!(bytes == before[&name], "{name} differs");
    }
    assert_eq!(files(&office.path("again")).len(), before.len());
    assert_eq!(office.run(&["audit", "verify", "again"]).code, Some(0));
    assert_eq!(office.run(&["audit", "verify", "out"]).code, Some(0));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |name: &str| fs::metadata(office.path(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!(["run.age", "again/records.csv", "again/statistics/manifest.json"].map(mode), [0o600; 3]);
        assert_eq!(["again", "again/statistics"].map(mode), [0o700; 2]);
    }
}

#[test]
fn keys_are_made_and_only_theirs_open() {
    let office = office();
    let said = office.run(&["seal", "--new-identity", "mine"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let public = said.out.split_whitespace().find(|word| word.starts_with("age1")).unwrap().to_owned();
    office.refused(
        &["seal", "out", "--recipient", "age1x", "--out", "a"],
        2,
        &["age1x"],
        &["Not a public key"],
    );
    office.refused(&["seal", "out", "--out", "a"], 2, &["--recipient"], &["--recipient"]);
    let secret = fs::read_to_string(office.path("mine")).unwrap();
    let secret = secret.lines().last().unwrap();
    let said = office.run(&["seal", "out", "--recipient", secret, "--out", "a"]);
    assert!(said.code == Some(2) && !said.err.contains(secret), "a secret key is not shown");

    office.file("keys", format!("# hai người\n{public}\n\n{}\n", recipient()));
    let both = ["seal", "out", "--recipients-file", "keys", "--out", "both.age", "--quiet"];
    assert_eq!(office.run(&both).code, Some(0));
    for (key, out) in [("mine", "one"), ("identity", "two")] {
        assert_eq!(
            office.run(&["open", "both.age", "--identity", key, "--out", out, "--quiet"]).code,
            Some(0)
        );
    }
    seal(&office, "not-mine.age");
    let open = ["open", "not-mine.age", "--identity", "mine", "--out", "three"];
    office.refused(&open, 2, &["người khác"], &["sealed to others"]);
    office.refused(
        &["open", "both.age", "--identity", "keys", "--out", "x"],
        2,
        &["keys"],
        &["no file of a secret key"],
    );
    office.refused(&["open", "both.age", "--identity", "mine", "--out", "one"], 2, &["đã có"], &["already"]);
}

#[test]
fn a_passphrase_opens_too() {
    let office = office();
    office.file("short", "mật khẩu\n");
    office.file("pass", "xe trâu mây lúa thuyền\n");
    office.file("wrong", "xe trâu mây lúa thuyền.\n");
    let seal = |file: &'static str| ["seal", "out", "--passphrase-file", file, "--out", "run.age", "--quiet"];
    office.refused(&seal("short"), 2, &["quá ngắn"], &["too short"]);
    assert_eq!(office.run(&seal("pass")).code, Some(0));
    let open = |file: &'static str| ["open", "run.age", "--passphrase-file", file, "--out", "again"];
    let said = office.run(&open("wrong"));
    assert!(said.code == Some(2) && said.err.contains("không mở được"), "{said:?}");
    assert_eq!(office.run(&open("pass")).code, Some(0));
}

#[test]
fn a_sealed_file_that_was_changed_or_cut_opens_nothing() {
    let office = office();
    seal(&office, "run.age");
    let sealed = fs::read(office.path("run.age")).unwrap();
    let length = sealed.len();
    let mut others: Vec<Vec<u8>> =
        [0, 21, 100, length / 2, length - 16, length - 1].iter().map(|cut| sealed[..*cut].to_vec()).collect();
    for at in [0, 30, 120, 200, length / 3, length - 2] {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        others.push(changed);
    }
    others.push([&sealed[..], b"more"].concat());
    // The archive ends before its last chunk: only reading on to the end shows that this is cut.
    others.push(sealed[..length - (length - 200) % 65_552].to_vec());
    for (number, bytes) in others.iter().enumerate() {
        fs::write(office.path("bad.age"), bytes).unwrap();
        let said = office.run(&["open", "bad.age", "--identity", "identity", "--out", "again"]);
        assert_eq!(said.code, Some(2), "{number}: {said:?}");
        assert!(!office.path("again").exists());
    }
}

/// What puts entries into an archive.
type Fill = dyn Fn(&mut tar::Builder<Vec<u8>>);

/// Seals an archive that no run would make.
fn hostile(path: &Path, fill: impl FnOnce(&mut tar::Builder<Vec<u8>>)) {
    let mut archive = tar::Builder::new(Vec::new());
    for name in ["manifest.json", "audit.jsonl"] {
        add(&mut archive, name, b"{}");
    }
    fill(&mut archive);
    let key: x25519::Recipient = recipient().parse().unwrap();
    let sealing = Encryptor::with_recipients(std::iter::once(&key as &dyn Recipient)).unwrap();
    let mut sealing = sealing.wrap_output(fs::File::create(path).unwrap()).unwrap();
    sealing.write_all(&archive.into_inner().unwrap()).unwrap();
    sealing.finish().unwrap();
}

/// The name goes in as it is: the library would refuse some.
fn add(archive: &mut tar::Builder<Vec<u8>>, name: &str, bytes: &[u8]) {
    let mut header = tar::Header::new_gnu();
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_size(bytes.len() as u64);
    header.set_mode(0o644);
    header.set_cksum();
    archive.append(&header, bytes).unwrap();
}

fn link(archive: &mut tar::Builder<Vec<u8>>, kind: tar::EntryType, name: &str, to: &str) {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(0);
    header.set_mode(0o777);
    archive.append_link(&mut header, name, to).unwrap();
}

#[test]
fn nothing_in_a_sealed_file_leads_out_of_the_folder() {
    let office = office();
    let bad = office.path("bad.age");
    let cases: Vec<(&str, Box<Fill>)> = vec![
        ("..", Box::new(|archive| add(archive, "../escaped", b"x"))),
        ("deep", Box::new(|archive| add(archive, "a/../../escaped", b"x"))),
        ("absolute", Box::new(|archive| add(archive, "/tmp/dinhdanh-escaped", b"x"))),
        ("windows", Box::new(|archive| add(archive, "..\\escaped", b"x"))),
        ("drive", Box::new(|archive| add(archive, "C:escaped", b"x"))),
        ("twice", Box::new(|archive| add(archive, "manifest.json", b"[]"))),
        ("folder", Box::new(|archive| link(archive, tar::EntryType::Directory, "below", "x"))),
        ("symlink", Box::new(|archive| link(archive, tar::EntryType::Symlink, "link", "/etc/passwd"))),
        (
            "through a symlink",
            Box::new(|archive| {
                link(archive, tar::EntryType::Symlink, "link", "..");
                add(archive, "link/escaped", b"x");
            }),
        ),
        ("hard link", Box::new(|archive| link(archive, tar::EntryType::Link, "link", "manifest.json"))),
        ("fifo", Box::new(|archive| link(archive, tar::EntryType::Fifo, "pipe", "x"))),
    ];
    for (name, fill) in cases {
        hostile(&bad, |archive| fill(archive));
        let said = office.run(&["open", "bad.age", "--identity", "identity", "--out", "again"]);
        assert_eq!(said.code, Some(2), "{name}: {said:?}");
        assert!(said.err.contains("không phải tệp thường"), "{name}: {said:?}");
        assert!(!office.path("again").exists() && !office.path("escaped").exists(), "{name}");
        assert!(!PathBuf::from("/tmp/dinhdanh-escaped").exists(), "{name}");
    }
    hostile(&bad, |_| ());
    let said = office.run(&["open", "bad.age", "--identity", "identity", "--out", "again"]);
    assert_eq!(said.code, Some(1), "opened, and its log is none: {said:?}");
    fs::write(&bad, "no sealed file").unwrap();
    let open = ["open", "bad.age", "--identity", "identity", "--out", "new"];
    office.refused(&open, 2, &["bị hỏng"], &["damaged"]);
}

#[test]
fn a_run_that_is_replaced_loses_no_decisions() {
    let office = office();
    seal(&office, "run.age");
    let open = ["open", "run.age", "--identity", "identity", "--out", "out", "--quiet"];
    assert_eq!(office.run(&open).code, Some(2));
    let force = [&open[..], &["--force"]].concat();
    assert_eq!(office.run(&force).code, Some(0));
    office.file("out/decisions.jsonl", "{}\n");
    let said = office.run(&force);
    assert!(said.code == Some(2) && said.err.contains("decisions.jsonl"), "{said:?}");
    office.file("other/mine.txt", "");
    let other = ["open", "run.age", "--identity", "identity", "--out", "other", "--force"];
    office.refused(&other, 2, &["other"], &["other"]);
}

#[test]
fn sealed_and_removed_leaves_the_sealed_file_and_the_record() {
    let office = office();
    let said = office.run(&["seal", "out", "--recipient", &recipient(), "--out", "run.age", "--remove"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(!office.path("out").exists());
    let record = fs::read_to_string(office.path("purged.jsonl")).unwrap();
    assert!(record.contains("run.age"), "{record}");
    assert_eq!(office.run(&["open", "run.age", "--identity", "identity", "--out", "out"]).code, Some(0));
}

/// `tests/privacy/age/run.tar.age` was made by `tar` and the reference implementation of the format,
/// age 1.1.1: see the README beside it.
#[test]
fn what_other_programs_sealed_opens() {
    let office = Office::new();
    office.file("identity", IDENTITY);
    office.file("run.age", include_bytes!("age/run.tar.age"));
    let said = office.run(&["open", "run.age", "--identity", "identity", "--out", "out"]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{said:?}");
    assert!(office.path("out/manifest.json").is_file());
}
