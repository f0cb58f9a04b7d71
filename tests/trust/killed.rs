//! Killed in the middle: the old state or the new one, and the next run says what it found.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
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

/// Starts the program and waits until it writes; `then` says when it is killed, or that it is not.
/// Returns for how long it wrote.
#[cfg(unix)]
fn watched(office: &Office, arguments: &[&str], then: Option<Duration>) -> Duration {
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
    let began = Instant::now();
    if let Some(more) = then {
        std::thread::sleep(more);
        let _ = child.kill();
    }
    child.wait().unwrap();
    began.elapsed()
}

/// Kills the program while it writes, at chance moments of the time that it takes for that on this
/// machine, until it was met at work often enough; `judge` is told what was killed how often before, and
/// says whether something unfinished was left.
#[cfg(unix)]
fn kill_often(
    office: &Office,
    arguments: &dyn Fn(usize) -> Vec<&'static str>,
    mut judge: impl FnMut(usize) -> bool,
) {
    let mut dice = Dice(20_261_124);
    let (mut kills, mut interrupted) = (0, 0);
    let window = watched(office, &arguments(0), None).as_micros() as u64;
    while interrupted < 10 && kills < 300 {
        let more = Duration::from_micros(dice.below(window.max(1)));
        watched(office, &arguments(kills), Some(more));
        interrupted += usize::from(judge(kills));
        kills += 1;
    }
    println!("{kills} kills, {interrupted} in the middle");
    assert!(interrupted > 0, "no kill met the program while it wrote");
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

    let days = ["2026-11-02", "2026-11-03"];
    let mut left: BTreeMap<String, u32> = BTreeMap::new();
    kill_often(&office, &|kill| run(days[kill % 2]).to_vec(), |kill| {
        // One exchange puts the new folder in the old one's place: there is no moment without one.
        *left.entry(day_of_whole(&out)).or_default() += 1;
        let interrupted = !hidden(&office.path(".")).is_empty();
        if interrupted {
            let said = office.run(&run("2026-11-01"));
            assert!(said.err.contains("bị ngắt"), "kill {kill}: {said:?}");
            assert_eq!(day_of_whole(&out), "2026-11-01");
        }
        assert!(hidden(&office.path(".")).is_empty(), "kill {kill}");
        assert_eq!(fs::read_to_string(out.join("decisions.jsonl")).unwrap(), decision, "kill {kill}");
        assert_eq!(fs::read_to_string(out.join("ghi chú.txt")).unwrap(), "của cán bộ", "kill {kill}");
        interrupted
    });
    println!("left: {left:?}");
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
    let registers = ["register.csv", "other.csv"];
    kill_often(&office, &|kill| build(registers[kill % 2]).to_vec(), |kill| {
        assert!(whole.contains(&fs::read(office.path("r.idx")).unwrap()), "kill {kill}");
        let interrupted = !hidden(&office.path(".")).is_empty();
        if interrupted {
            let said = office.run(&build("register.csv"));
            assert!(said.err.contains("bị ngắt"), "kill {kill}: {said:?}");
        }
        assert!(hidden(&office.path(".")).is_empty(), "kill {kill}");
        interrupted
    });
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
