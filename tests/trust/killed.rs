//! Killed in the middle: the old state or the new one, and the next run says what it found.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use crate::{
    Dice,
    program::{Office, REGISTER},
};

/// The day of a run in whose folder every file is the one its manifest lists.
fn day_of_whole(out: &Path) -> String {
    let manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(out.join("manifest.json")).unwrap()).unwrap();
    let outputs = manifest["outputs"].as_array().unwrap();
    assert!(outputs.len() > 5);
    for output in outputs {
        let name = output["name"].as_str().unwrap();
        let digest = Sha256::digest(fs::read(out.join(name)).unwrap());
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(output["sha256"], digest, "{name}");
    }
    manifest["as_of"].as_str().unwrap().to_owned()
}

/// Names in a folder that begin with a point: what is being written, or was.
fn hidden(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with('.')).collect()
}

/// Starts the program, waits until it writes, lets some more time pass and kills it.
#[cfg(unix)]
fn killed(office: &Office, arguments: &[&str], more: std::time::Duration) {
    let before = hidden(&office.path("."));
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_dinhdanh"))
        .current_dir(office.path("."))
        .args(arguments)
        .arg("--quiet")
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    while child.try_wait().unwrap().is_none() && hidden(&office.path(".")) == before {
        std::thread::yield_now();
    }
    std::thread::sleep(more);
    let _ = child.kill();
    child.wait().unwrap();
}

#[cfg(unix)]
#[test]
fn a_run_that_is_killed_leaves_the_old_or_the_new() {
    let office = Office::furnished();
    let run = |day| ["check", "children.csv", "--out", "out", "--force", "--as-of", day];
    assert_eq!(office.run(&run("2026-11-01")).code, Some(0));
    let out = office.path("out");
    let decision = "{\"of\":\"somebody\"}\n";
    fs::write(out.join("decisions.jsonl"), decision).unwrap();
    fs::write(out.join("ghi chú.txt"), "của cán bộ").unwrap();

    let mut dice = Dice(20_261_124);
    let mut days: BTreeMap<String, u32> = BTreeMap::new();
    let mut interrupted = 0;
    for kill in 0..30_u64 {
        let day = ["2026-11-02", "2026-11-03"][kill as usize % 2];
        let more = std::time::Duration::from_micros(dice.below(500_000));
        killed(&office, &run(day), more);
        // One exchange puts the new folder in the old one's place: there is no moment without one.
        *days.entry(day_of_whole(&out)).or_default() += 1;
        if !hidden(&office.path(".")).is_empty() {
            interrupted += 1;
            let said = office.run(&run("2026-11-01"));
            assert!(said.err.contains("bị ngắt"), "kill {kill}: {said:?}");
            assert_eq!(day_of_whole(&out), "2026-11-01");
        }
        assert!(hidden(&office.path(".")).is_empty(), "kill {kill}");
        assert_eq!(fs::read_to_string(out.join("decisions.jsonl")).unwrap(), decision, "kill {kill}");
        assert_eq!(fs::read_to_string(out.join("ghi chú.txt")).unwrap(), "của cán bộ", "kill {kill}");
    }
    println!("30 kills, {interrupted} in the middle; left: {days:?}");
    assert!(interrupted > 0, "no kill met the program while it wrote");
}

#[cfg(unix)]
#[test]
fn an_index_that_is_killed_leaves_the_old_or_the_new() {
    let office = Office::furnished();
    let build = |register| ["index", register, "--out", "r.idx", "--force", "--as-of", "2026-11-01"];
    office.file("other.csv", REGISTER.replace("Thôn 2", "Thôn 7"));
    let mut whole = Vec::new();
    for register in ["register.csv", "other.csv"] {
        assert_eq!(office.run(&build(register)).code, Some(0));
        whole.push(fs::read(office.path("r.idx")).unwrap());
    }
    let mut dice = Dice(7);
    let mut interrupted = 0;
    for kill in 0..12_usize {
        let register = ["register.csv", "other.csv"][kill % 2];
        killed(&office, &build(register), std::time::Duration::from_micros(dice.below(30_000)));
        assert!(whole.contains(&fs::read(office.path("r.idx")).unwrap()), "kill {kill}");
        if !hidden(&office.path(".")).is_empty() {
            interrupted += 1;
            let said = office.run(&build("register.csv"));
            assert!(said.err.contains("bị ngắt"), "kill {kill}: {said:?}");
        }
        assert!(hidden(&office.path(".")).is_empty(), "kill {kill}");
    }
    println!("12 kills of an index, {interrupted} in the middle");
    assert!(interrupted > 0, "no kill met the program while it wrote");
}

#[test]
fn another_run_at_work_is_left_in_peace() {
    let office = Office::furnished();
    let folder = dinhdanh::write::PendingFolder::create(&office.path("out"), false, []).unwrap();
    folder.write("records.csv", |_| Ok(())).unwrap();
    assert_eq!(dinhdanh::write::tidy(&office.path("out")).unwrap(), []);
    assert!(folder.path().join("records.csv").is_file());
    drop(folder);
    assert!(hidden(&office.path(".")).is_empty());
}
