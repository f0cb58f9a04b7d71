//! The log of a run: whatever is done to it, or to a file it speaks of, is found; whatever the
//! program itself does later is in it.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use dinhdanh::{
    audit::{Fault, LogName, Verification, verify_folder},
    decide::{Act, DecisionLog, Entry},
};

use crate::program::Office;

const RUN: [&str; 7] = ["run", "children.csv", "--register", "register.csv", "--out", "out", "--quiet"];

/// A finished run that was counted, too: eight lines, written by two commands.
fn office() -> Office {
    let office = Office::furnished();
    assert_eq!(office.run(&RUN).code, Some(0));
    assert_eq!(office.run(&["report", "out", "--quiet"]).code, Some(0));
    office
}

fn verified(folder: &Path) -> Verification {
    verify_folder(folder, LogName::Audit, None).unwrap()
}

/// SplitMix64: the same edits every time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }
}

/// One edit of a log and its head.
fn edit(kind: usize, log: &[u8], head: &[u8], random: &mut Random) -> (Vec<u8>, Option<Vec<u8>>) {
    let mut lines: Vec<Vec<u8>> = log.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    let (one, other) = (random.below(lines.len()), random.below(lines.len()));
    let mut bytes = log.to_vec();
    let at = random.below(bytes.len());
    let mut kept = Some(head.to_vec());
    match kind {
        0 => bytes[at] ^= 1 << random.below(8),
        1 => drop(bytes.remove(at)),
        2 => bytes.insert(at, [b' ', b'\t', b'\n', b'\r', b'0', b'}'][random.below(6)]),
        3 => bytes.truncate(at),
        4 => {
            lines.remove(one);
            bytes = lines.concat();
        }
        5 => {
            lines.swap(one, other);
            bytes = lines.concat();
        }
        6 => {
            lines.insert(other, lines[one].clone());
            bytes = lines.concat();
        }
        // The whole tail, at the end of a line: what is left is a log without a fault.
        7 => bytes = lines[..one].concat(),
        8 => {
            lines.insert(one, [b"\n".to_vec(), b"{}\n".to_vec(), b" \n".to_vec()][random.below(3)].clone());
            bytes = lines.concat();
        }
        // A blank behind a comma or colon: the same JSON.
        9 => {
            let marks: Vec<usize> = (0..bytes.len()).filter(|at| b",:".contains(&bytes[*at])).collect();
            bytes.insert(marks[random.below(marks.len())] + 1, b' ');
        }
        10 => bytes.extend_from_slice(&[b"\n".to_vec(), b" ".to_vec(), lines[one].clone()][random.below(3)]),
        // Another value: one digit for another.
        11 => {
            let digits: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at].is_ascii_digit()).collect();
            let at = digits[random.below(digits.len())];
            bytes[at] = b'0' + (bytes[at] - b'0' + 1 + u8::try_from(random.below(9)).unwrap()) % 10;
        }
        12 => kept = Some(lines[one].clone()),
        13 => {
            let mut head = head.to_vec();
            let at = random.below(head.len());
            head[at] ^= 1 << random.below(8);
            kept = Some(head);
        }
        14 => kept = Some(head[..random.below(head.len())].to_vec()),
        15 => kept = None,
        // Both cut to the same length less the last line of the log: an old head beside a newer log.
        _ => {
            let before = lines[..lines.len() - 1].concat();
            kept = before.split_inclusive(|byte| *byte == b'\n').next_back().map(<[u8]>::to_vec);
        }
    }
    (bytes, kept)
}

#[test]
fn a_thousand_edits_are_a_thousand_findings() {
    let office = office();
    let folder = office.path("out");
    let (log_path, head_path) = (folder.join("audit.jsonl"), folder.join("audit.head"));
    let (log, head) = (fs::read(&log_path).unwrap(), fs::read(&head_path).unwrap());
    assert_eq!(verified(&folder).faults, []);
    let mut random = Random(7);
    let (mut made, mut found) = (0, 0);
    let mut kinds = BTreeMap::<usize, u32>::new();
    while made < 1_000 {
        let kind = made % 17;
        let (bytes, kept) = edit(kind, &log, &head, &mut random);
        if bytes == log && kept.as_ref() == Some(&head) {
            continue;
        }
        made += 1;
        fs::write(&log_path, &bytes).unwrap();
        match &kept {
            Some(kept) => fs::write(&head_path, kept).unwrap(),
            None => fs::remove_file(&head_path).unwrap(),
        }
        let faults = verified(&folder).faults;
        let about_the_log = faults.iter().any(|fault| {
            !matches!(fault, Fault::FileMissing { .. } | Fault::FileChanged { .. } | Fault::Grown { .. })
        });
        if about_the_log {
            found += 1;
            *kinds.entry(kind).or_default() += 1;
        }
    }
    assert_eq!((made, found), (1_000, 1_000), "by kind: {kinds:?}");
    assert_eq!(kinds.len(), 17);
}

#[test]
fn a_byte_of_any_file_is_missed() {
    let office = office();
    let folder = office.path("out");
    let whole = verified(&folder);
    assert!(whole.faults.is_empty() && whole.unlisted.is_empty(), "{whole:?}");
    let files: Vec<PathBuf> = office
        .content()
        .into_iter()
        .filter(|(path, bytes)| path.starts_with(&folder) && bytes.is_some())
        .map(|(path, _)| path)
        .collect();
    assert_eq!(files.len(), whole.whole_files + 2, "all but the log and its head");
    let mut random = Random(3);
    for path in files {
        let bytes = fs::read(&path).unwrap();
        let mut changed = bytes.clone();
        let at = random.below(bytes.len());
        changed[at] ^= 1;
        fs::write(&path, &changed).unwrap();
        assert!(!verified(&folder).faults.is_empty(), "{}", path.display());
        fs::remove_file(&path).unwrap();
        assert!(!verified(&folder).faults.is_empty(), "{}", path.display());
        fs::write(&path, &bytes).unwrap();
    }
    assert_eq!(verified(&folder), whole);
}

#[test]
fn what_does_not_match_is_exit_code_one_and_told_in_both_languages() {
    let office = office();
    let said = office.run(&["audit", "verify", "out"]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{said:?}");
    assert!(said.out.contains("nguyên vẹn: 7 dòng"), "{}", said.out);

    let page = office.path("out/report.html");
    fs::write(&page, "other").unwrap();
    fs::remove_file(office.path("out/statistics/indicators.csv")).unwrap();
    office.file("out/mine.txt", "a note");
    let log = fs::read_to_string(office.path("out/audit.jsonl")).unwrap();
    fs::write(office.path("out/audit.jsonl"), log.replacen("\"command\":\"run\"", "\"command\":\"ran\"", 1))
        .unwrap();
    for (language, words) in [
        ("vi", ["Dòng 1 đã bị sửa", "report.html không còn như", "Thiếu tệp statistics/indicators.csv"]),
        (
            "en",
            ["Line 1 was changed", "report.html is not as it was", "statistics/indicators.csv is missing"],
        ),
    ] {
        let said = office.run(&["audit", "verify", "out", "--lang", language]);
        assert_eq!(said.code, Some(1), "{said:?}");
        for word in words {
            assert!(said.err.contains(word), "“{word}” is missing: {}", said.err);
        }
        assert!(said.out.contains("mine.txt"), "{}", said.out);
    }
    let quiet = office.run(&["audit", "verify", "out", "--quiet"]);
    assert!(quiet.out.is_empty() && !quiet.err.is_empty(), "{quiet:?}");
}

#[test]
fn what_is_no_run_is_told_apart() {
    let office = office();
    office.refused(&["audit", "verify", "nowhere"], 2, &["Không có thư mục"], &["There is no folder"]);
    office.file("empty/x", "");
    office.refused(&["audit", "verify", "empty"], 2, &["không phải kết quả"], &["not the output of a run"]);
    assert_eq!(office.run(&["audit", "verify", "out", "--head", "12ab"]).code, Some(2));
    fs::remove_file(office.path("out/audit.jsonl")).unwrap();
    let said = office.run(&["audit", "verify", "out"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("Không có nhật ký"), "{said:?}");
}

/// The hash that the program shows.
fn shown(text: &str) -> String {
    let line = text.lines().find(|line| line.contains("Mã cuối nhật ký")).unwrap();
    line.rsplit(' ').next().unwrap().to_owned()
}

#[test]
fn a_hash_noted_elsewhere_vouches_for_what_was_before() {
    let office = Office::furnished();
    let said = office.run(&RUN[..6]);
    let noted = shown(&said.out);
    assert_eq!(noted.len(), 64);
    assert_eq!(office.run(&["report", "out", "--quiet"]).code, Some(0));
    let said = office.run(&["audit", "verify", "out", "--head", &noted[..16]]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.out.contains("dòng 6 trong 7"), "{}", said.out);
    assert_ne!(shown(&said.out), noted);

    // Who makes everything anew, log and head and files, is found by the noted hash alone.
    assert_eq!(office.run(&[&RUN[..5], &["forged", "--quiet"]].concat()).code, Some(0));
    fs::remove_dir_all(office.path("out")).unwrap();
    fs::rename(office.path("forged"), office.path("out")).unwrap();
    assert_eq!(office.run(&["audit", "verify", "out"]).code, Some(0));
    let said = office.run(&["audit", "verify", "out", "--head", &noted]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("--head"), "{said:?}");
}

#[test]
fn a_run_in_the_place_of_another_goes_on_with_its_log() {
    let office = office();
    let before = fs::read_to_string(office.path("out/audit.jsonl")).unwrap();
    assert_eq!(office.run(&[&RUN[..], &["--force"]].concat()).code, Some(0));
    let after = fs::read_to_string(office.path("out/audit.jsonl")).unwrap();
    assert!(after.starts_with(&before) && after.lines().count() == 13, "{after}");
    let whole = verified(&office.path("out"));
    assert_eq!((&whole.faults[..], &whole.unlisted[..]), (&[][..], &[][..]));

    // A log that was touched is not gone on with, and not thrown away.
    fs::write(office.path("out/audit.jsonl"), &before).unwrap();
    assert_eq!(office.run(&[&RUN[..], &["--force"]].concat()).code, Some(0));
    assert_eq!(fs::read_to_string(office.path("out/audit.before.jsonl")).unwrap(), before);
    let whole = verified(&office.path("out"));
    assert_eq!((&whole.faults[..], whole.head.lines), (&[][..], 7));
}

#[test]
fn nothing_is_done_to_a_run_whose_log_was_touched() {
    let office = office();
    fs::remove_file(office.path("out/audit.head")).unwrap();
    office.refused(&["report", "out"], 2, &["không kết thúc như khi được ghi"], &["does not end as it was"]);
    fs::remove_file(office.path("out/audit.jsonl")).unwrap();
    assert_eq!(office.run(&["report", "out", "--quiet"]).code, Some(0), "a copy without a log");
}

#[test]
fn decisions_the_log_knows_nothing_of_are_told_apart_from_changed_ones() {
    let office = office();
    let folder = office.path("out");
    let entry = |id: &str| Entry {
        id: id.to_owned(),
        time: jiff::Timestamp::UNIX_EPOCH,
        who: "cán bộ".to_owned(),
        act: Act::Undo("0".to_owned()),
    };
    let mut decisions = DecisionLog::open(&folder).unwrap();
    decisions.append(|_| Ok::<_, ()>(vec![entry("1")])).unwrap().unwrap();
    let result = verified(&folder);
    assert_eq!((&result.faults[..], &result.unlisted[..]), (&[][..], &["decisions.jsonl".to_owned()][..]));
    // A run that replaces the folder takes them along, and says so.
    assert_eq!(office.run(&[&RUN[..], &["--force"]].concat()).code, Some(0));
    assert_eq!(verified(&folder).faults, []);
    assert!(verified(&folder).unlisted.is_empty());
    decisions.append(|_| Ok::<_, ()>(vec![entry("2"), entry("3")])).unwrap().unwrap();
    assert!(matches!(&verified(&folder).faults[..], [Fault::Grown { more: 2, .. }]));
    fs::write(folder.join("decisions.jsonl"), "{}\n").unwrap();
    assert!(matches!(&verified(&folder).faults[..], [Fault::FileChanged { .. }]));
}

#[test]
fn the_log_tells_who_did_what_with_what_and_holds_no_name() {
    let office = office();
    let log = fs::read_to_string(office.path("out/audit.jsonl")).unwrap();
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for line in &lines {
        for key in ["seq", "time", "event", "command", "prev", "hash"] {
            assert!(!line[key].is_null(), "{key}: {line}");
        }
    }
    let of = |event: &str| lines.iter().find(|line| line["event"] == event).unwrap();
    assert_eq!(of("inputs.read")["inputs"].as_array().unwrap().len(), 2);
    assert_eq!(of("outputs.written")["outputs"].as_array().unwrap().len(), 11);
    assert_eq!(of("run.started")["parameters"]["command"], "run");
    assert_eq!(of("records.decided")["counts"]["children"], 2);
    let report = of("report.written");
    assert_eq!((&report["command"], &report["inputs"][1]["name"]), (&"report".into(), &"records.csv".into()));
    assert!(report["outputs"][0]["name"].as_str().unwrap().starts_with("statistics/"));
    for secret in ["Bông Trang", "Quặng", "042319000123", "042217000456"] {
        assert!(!log.contains(secret));
    }
}

#[test]
fn retention_is_in_the_manifest_and_told_when_it_is_over() {
    let office = Office::furnished();
    office.refused(&[&RUN[..6], &["--retain-until", "2020-01-01"]].concat(), 2, &["đã qua"], &["is past"]);
    assert_eq!(office.run(&[&RUN[..], &["--retain-until", "2199-12-31"]].concat()).code, Some(0));
    let manifest = |office: &Office| {
        let text = fs::read_to_string(office.path("out/manifest.json")).unwrap();
        serde_json::from_str::<serde_json::Value>(&text).unwrap()
    };
    assert_eq!(manifest(&office)["retain_until"], "2199-12-31");
    assert_eq!(office.run(&["report", "out"]).err, "");

    assert_eq!(office.run(&[&RUN[..], &["--force"]].concat()).code, Some(0));
    assert_eq!(manifest(&office)["retention"]["months"], 24);
    let until = manifest(&office)["retain_until"].as_str().unwrap().to_owned();
    let text = fs::read_to_string(office.path("out/manifest.json")).unwrap();
    fs::write(office.path("out/manifest.json"), text.replace(&until, "2026-01-31")).unwrap();
    for (command, language, word) in [
        (&["report", "out"][..], "vi", "quá hạn lưu (2026-01-31)"),
        (&["audit", "verify", "out"], "en", "kept longer than until 2026-01-31"),
        (&[&RUN[..], &["--force"]].concat(), "vi", "quá hạn lưu"),
    ] {
        let said = office.run(&[command, &["--lang", language]].concat());
        assert!(said.err.contains(word), "{command:?}: {said:?}");
    }
}

#[cfg(unix)]
#[test]
fn whatever_the_mask_only_the_owner_reads() {
    use std::os::unix::fs::PermissionsExt;
    let office = Office::furnished();
    let program = assert_cmd::cargo::cargo_bin("dinhdanh");
    let mut shell = assert_cmd::Command::new("sh");
    let script = format!(
        "umask 0; '{0}' run children.csv --register register.csv --out out && '{0}' report out",
        program.display()
    );
    let said = office.watch("with no mask", {
        shell.current_dir(office.path("")).args(["-c", &script]);
        shell
    });
    assert_eq!(said.code, Some(0), "{said:?}");
    for (path, bytes) in office.content() {
        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        if path.starts_with(office.path("out")) {
            assert_eq!(mode, if bytes.is_some() { 0o600 } else { 0o700 }, "{}", path.display());
        }
    }
}
