//! A deleted run is gone, what others put beside it is not, and the record says who and why.

use std::fs;

use serde_json::Value;

use crate::program::Office;

const RUN: [&str; 7] = ["run", "children.csv", "--register", "register.csv", "--out", "runs/one", "--quiet"];
const WHY: [&str; 2] = ["--reason", "hết hạn lưu"];

fn office() -> Office {
    let office = Office::furnished();
    fs::create_dir(office.path("runs")).unwrap();
    assert_eq!(office.run(&RUN).code, Some(0));
    assert_eq!(office.run(&["report", "runs/one", "--quiet"]).code, Some(0));
    office
}

fn record(office: &Office) -> Vec<Value> {
    let text = fs::read_to_string(office.path("runs/purged.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_run_goes_and_its_record_stays() {
    let office = office();
    let records = fs::read(office.path("runs/one/records.csv")).unwrap();
    let said = office.run(&[&["purge", "runs/one", "--yes", "--who", "Cán bộ A"][..], &WHY].concat());
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{said:?}");
    assert!(!office.path("runs/one").exists());
    assert!(said.out.contains("purged.jsonl") && said.out.contains("18 tệp"), "{}", said.out);

    let record = record(&office);
    assert_eq!(record.len(), 2);
    assert_eq!((&record[0]["event"], &record[1]["event"]), (&"run.purging".into(), &"run.purged".into()));
    for line in &record {
        assert_eq!((&line["user"], &line["parameters"]["reason"]), (&"Cán bộ A".into(), &WHY[1].into()));
        assert_eq!(line["details"]["folder"], "one");
    }
    let deleted = record[0]["details"]["deleted"].as_array().unwrap();
    let of = |name: &str| deleted.iter().find(|file| file["name"] == name).unwrap();
    assert_eq!(of("records.csv")["bytes"], records.len());
    assert_eq!(of("records.csv")["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(of("statistics/report.html")["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(
        (&record[0]["details"]["audit"]["lines"], &record[0]["details"]["audit"]["faults"]),
        (&7.into(), &0.into())
    );

    // The next one is chained to it, and the chain is checked like any log.
    assert_eq!(office.run(&RUN).code, Some(0));
    assert_eq!(office.run(&[&["purge", "runs/one", "--yes"][..], &WHY].concat()).code, Some(0));
    let said = office.run(&["audit", "verify", "runs"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.out.contains("4 dòng"), "{}", said.out);
    let path = office.path("runs/purged.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("Cán bộ A", "Cán bộ B", 1)).unwrap();
    assert_eq!(office.run(&["audit", "verify", "runs"]).code, Some(1));
    fs::write(&path, text.lines().take(2).map(|line| format!("{line}\n")).collect::<String>()).unwrap();
    assert_eq!(office.run(&["audit", "verify", "runs"]).code, Some(1));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn what_the_program_did_not_write_stays() {
    let office = office();
    office.file("runs/one/ghi chú.txt", "của tôi");
    office.file("runs/one/statistics/own.csv", "x");
    office.file("elsewhere/report.html", "x");
    #[cfg(unix)]
    {
        fs::remove_file(office.path("runs/one/report.html")).unwrap();
        std::os::unix::fs::symlink(office.path("elsewhere/report.html"), office.path("runs/one/report.html"))
            .unwrap();
    }
    let said = office.run(&[&["purge", "runs/one", "--yes", "--lang", "en"][..], &WHY].concat());
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.out.contains("ghi chú.txt, report.html, statistics/own.csv"), "{}", said.out);
    let left: Vec<_> =
        fs::read_dir(office.path("runs/one")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 3, "{left:?}");
    assert!(office.path("elsewhere/report.html").is_file(), "what a link leads to lies elsewhere");
    assert_eq!(record(&office)[0]["details"]["left"].as_array().unwrap().len(), 3);
}

#[test]
fn nothing_goes_without_a_yes_a_reason_and_a_run() {
    let office = office();
    let purge = [&["purge", "runs/one"][..], &WHY].concat();
    for answer in ["", "\n", "không\n", "yes\n", "xóa hết\n"] {
        let said = office.run_on(&purge, answer);
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{said:?}");
        assert!(said.err.contains("18 tệp") && said.err.contains("không xóa gì"), "{}", said.err);
    }
    assert_eq!(office.run(&["purge", "runs/one", "--yes"]).code, Some(2));
    office.refused(&["purge", "runs/one", "--yes", "--reason", " "], 2, &["lý do"], &["reason"]);
    let not_a_run: [&[&str]; 3] = [&["purge", "runs"], &["purge", "."], &["purge", "nowhere"]];
    for other in not_a_run {
        office.refused(&[other, &["--yes"], &WHY].concat(), 2, &["không phải kết quả"], &["not the output"]);
    }
    let said = office.run_on(&purge, "Xóa\n");
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(!office.path("runs/one").exists());
}

#[test]
fn a_deletion_that_was_stopped_is_done_to_its_end() {
    let office = office();
    for name in ["records.csv", "report.html", "manifest.json", "audit.head"] {
        fs::remove_file(office.path("runs/one").join(name)).unwrap();
        let plan = [&["purge", "runs/one"][..], &WHY].concat();
        assert!(office.run_on(&plan, "").err.contains("Sẽ xóa"), "without {name}");
    }
    assert_eq!(office.run(&[&["purge", "runs/one", "--yes"][..], &WHY].concat()).code, Some(0));
    assert!(!office.path("runs/one").exists());
    assert!(record(&office)[0]["details"]["audit"]["faults"].as_u64().unwrap() > 0);
}

#[test]
fn runs_past_their_day_go_together() {
    let office = office();
    let more = ["--out", "runs/two", "--quiet", "--retain-until", "2199-01-01"];
    assert_eq!(office.run(&[&RUN[..4], &more].concat()).code, Some(0));
    office.file("runs/notes/x.txt", "");
    let expired = [&["purge", "--expired", "runs", "--yes"][..], &WHY].concat();
    let said = office.run(&expired);
    assert!(said.code == Some(0) && said.out.contains("Không có kết quả nào"), "{said:?}");
    let path = office.path("runs/one/manifest.json");
    let mut manifest: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    manifest["retain_until"] = "2020-01-01".into();
    fs::write(&path, manifest.to_string()).unwrap();
    assert_eq!(office.run(&expired).code, Some(0));
    assert!(!office.path("runs/one").exists() && office.path("runs/two/records.csv").is_file());
    assert!(office.path("runs/notes/x.txt").is_file());
}
