//! The desk from the outside: who is let in, what is kept, what is refused, and that nothing that
//! was called saved is ever lost.

mod desk_client;
mod program;

use std::{collections::BTreeSet, fs, path::Path};

use desk_client::Desk;
use dinhdanh::{
    audit::{Fault, LogName, verify_folder},
    decide::{Act, read_log},
};
use program::Office;

/// An invented ward as bad as wards get, run once: `out` holds pairs of both kinds.
fn reviewed_ward() -> Office {
    let mut office = Office::new();
    let synth = ["synth", "--out", "ward", "--children", "250", "--register", "700", "--seed", "7"];
    assert_eq!(office.run(&[&synth[..], &["--preset", "hard"]].concat()).code, Some(0));
    // What an invented ward holds is treated as if it were somebody's.
    let names = office.column("ward/register.csv", "Họ và tên");
    office.keep_secret(names.into_iter().filter(|name| name.chars().count() > 8));
    let run = ["run", "ward/children.csv", "--register", "ward/register.csv", "--out", "out"];
    assert!(matches!(office.run(&run).code, Some(0 | 1)));
    office
}

fn folder(office: &Office) -> std::path::PathBuf {
    office.path("")
}

fn answers(office: &Office) -> Vec<(String, bool)> {
    let bytes = fs::read(office.path("out/decisions.jsonl")).unwrap_or_default();
    let log = read_log(&bytes);
    assert!(log.faults.is_empty(), "{:?}", log.faults);
    let entry = |entry: &dinhdanh::decide::Entry| (entry.id.clone(), matches!(entry.act, Act::Undo(_)));
    log.entries.iter().map(|(_, line)| entry(line)).collect()
}

#[test]
fn the_token_opens_the_desk_once_and_for_its_browser_alone() {
    let office = reviewed_ward();
    let mut desk = Desk::start(&folder(&office), &["review", "out"]);
    for path in ["/", "/review", "/queue", "/summary", "/download/records.csv", "/settings"] {
        let answer = desk.get(path);
        assert_eq!(answer.status, 403, "{path}");
        assert!(!answer.body.contains("TE"), "{path}: {}", answer.body);
    }
    assert_eq!(desk.get("/start").status, 403);
    assert_eq!(desk.get("/start?token=0000").status, 403);
    let wrong = "0".repeat(64);
    assert_eq!(desk.get(&format!("/start?token={wrong}")).header("set-cookie"), "");

    let start = format!("/start?token={}", desk.token);
    let answer = desk.get(&start);
    let cookie = answer.header("set-cookie").to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    assert!(!cookie.contains(&desk.token), "the token is not the session");
    // Cookies are shared by all ports: a second desk must not put this one out.
    let port = desk.host.rsplit(':').next().unwrap();
    assert!(cookie.starts_with(&format!("dinhdanh-{port}=")), "{cookie}");
    assert_eq!(desk.get(&start).header("set-cookie"), "", "the token is good once");

    desk.cookie = cookie.split(';').next().unwrap().to_owned();
    let (_, page) = desk.follow("/");
    assert_eq!(page.status, 200);
    for (header, value) in [
        ("content-security-policy", "script-src 'self'"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
        ("x-frame-options", "DENY"),
    ] {
        assert!(page.header(header).contains(value), "{header}: {}", page.header(header));
    }
    let policy = page.header("content-security-policy");
    assert!(
        !policy.contains("unsafe") && !policy.contains('*') && policy.contains("default-src 'none'"),
        "{policy}"
    );
    assert!(!page.body.contains("style=\"") && !page.body.contains("onclick"), "nothing inline");
}

#[test]
fn other_pages_and_other_names_are_refused() {
    let office = reviewed_ward();
    let desk = Desk::open(&folder(&office), &["review", "out"]);
    let port = desk.host.rsplit(':').next().unwrap();
    for host in [
        "evil.example",
        "127.0.0.1",
        &format!("evil.example:{port}"),
        &format!("127.0.0.1.evil.example:{port}"),
    ] {
        assert_eq!(desk.send("GET", "/queue", &[("Host", host)], b"").status, 421, "{host}");
    }
    assert_eq!(desk.send("GET", "/queue", &[("Host", &format!("localhost:{port}"))], b"").status, 200);

    let own = format!("http://{}", desk.host);
    for origin in ["http://evil.example", "null", "https://127.0.0.1", &format!("{own}.evil.example"), ""] {
        let answer = desk.send("POST", "/settings/language", &[("Origin", origin)], b"language=en");
        assert_eq!(answer.status, 403, "origin {origin:?}");
    }
    assert!(desk.get("/queue").body.contains("lang=\"vi\""));
    assert_eq!(
        desk.post("/settings/language", &[("language", "en"), ("back", "//evil.example")]).header("location"),
        "/"
    );
    assert!(desk.get("/queue").body.contains("lang=\"en\""));
}

#[test]
fn only_the_files_of_the_run_have_an_address() {
    let office = reviewed_ward();
    office.file("secret.txt", "not for everybody");
    office.file("out/secret.txt", "not the run's");
    let desk = Desk::open(&folder(&office), &["review", "out"]);
    for path in [
        "/download/../secret.txt",
        "/download/..%2Fsecret.txt",
        "/download/..%5csecret.txt",
        "/download/secret.txt",
        "/download/%2Fetc%2Fpasswd",
        "/download/",
        "/download",
        "/static/..%2F..%2Fsecret.txt",
        "/static/",
        "/review/..%2F..%2Fsecret",
        "/out/",
    ] {
        let answer = desk.get(path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.body.contains("everybody") && !answer.body.contains("the run's"), "{path}");
    }
    let records = desk.get("/download/records.csv");
    assert_eq!(records.body, fs::read_to_string(office.path("out/records.csv")).unwrap());
    assert!(records.header("content-disposition").starts_with("attachment"));
    let report = desk.get("/download/report.html");
    assert!(report.header("content-disposition").starts_with("attachment"), "a report is saved, not run");
}

#[test]
fn a_looker_changes_nothing() {
    let office = reviewed_ward();
    let before = office.content();
    let desk = Desk::open(&folder(&office), &["review", "out", "--read-only"]);
    let (address, page) = desk.follow("/review");
    assert!(!page.body.contains("name=\"verdict\""), "no answers are offered");
    let path = address.split('?').next().unwrap();
    assert_eq!(desk.post(path, &[("verdict", "none"), ("seen", "")]).status, 403);
    assert_eq!(desk.post("/undo", &[("pair", "P-X")]).status, 403);
    assert_eq!(desk.post("/settings/language", &[("language", "en")]).status, 303);
    assert!(office.content() == before, "the folder is as it was");
}

/// Answers the item an address shows.
fn answer(desk: &Desk, address: &str, no: bool) -> desk_client::Answer {
    let page = desk.get(address);
    assert_eq!(page.status, 200, "{address}");
    let verdicts: Vec<String> = page
        .body
        .split("name=\"verdict\" value=\"")
        .skip(1)
        .filter_map(|rest| Some(rest.split('"').next()?.to_owned()))
        .collect();
    let wanted = if no { ["none", "different"] } else { ["this", "same"] };
    let verdict = verdicts.iter().find(|verdict| wanted.iter().any(|word| verdict.starts_with(word)));
    let path = address.split('?').next().unwrap();
    let seen = page.field("seen");
    desk.post(path, &[("verdict", verdict.expect("an answer")), ("seen", &seen), ("back", "")])
}

#[test]
fn an_answer_is_kept_taken_back_and_given_again() {
    let office = reviewed_ward();
    let desk = Desk::open(&folder(&office), &["review", "out", "--who", "Cán bộ A"]);
    let (first, _) = desk.follow("/review");
    let saved = answer(&desk, &first, true);
    assert_eq!(saved.status, 303);
    let next = saved.header("location").to_owned();
    assert_ne!(next.split('?').next(), Some(first.as_str()), "the next item is shown");
    let page = desk.get(&next);
    assert!(page.body.contains("Đã lưu:") && page.body.contains("Hoàn tác"));
    let lines = answers(&office);
    assert!(!lines.is_empty() && lines.iter().all(|(_, undo)| !undo));

    let pair = first.rsplit('/').next().unwrap();
    assert_eq!(desk.post("/undo", &[("pair", pair)]).status, 303);
    assert!(answers(&office).iter().any(|(_, undo)| *undo));
    let (again, _) = desk.follow("/review");
    assert_eq!(again, first, "the item waits again");
    let decided = desk.get("/decisions");
    assert!(!decided.body.contains(pair), "nothing stands");

    answer(&desk, &first, false);
    assert!(desk.get("/decisions").body.contains(pair));
    assert_eq!(desk.post("/review/P-NOTHING", &[("verdict", "none")]).status, 404);
    assert_eq!(desk.post(&first, &[("verdict", "perhaps"), ("seen", "")]).status, 400);
}

/// What does not match between the run on the desk and its log.
fn faults(office: &Office) -> Vec<Fault> {
    verify_folder(&office.path("out"), LogName::Audit, None).unwrap().faults
}

#[test]
fn the_log_of_the_run_is_told_of_every_decision() {
    let office = reviewed_ward();
    let desk = Desk::open(&folder(&office), &["review", "out", "--who", "Cán bộ A"]);
    assert_eq!(faults(&office), []);
    for _ in 0..3 {
        let (address, _) = desk.follow("/review");
        assert_eq!(answer(&desk, &address, true).status, 303);
        // A desk that is killed now has told the log already.
        assert_eq!(faults(&office), []);
    }
    drop(desk);
    let log = || fs::read_to_string(office.path("out/audit.jsonl")).unwrap();
    assert_eq!(log().matches("\"event\":\"decisions.written\",\"user\":\"Cán bộ A\"").count(), 3);
    assert!(log().contains("review.opened"));

    // A line that no desk has written is seen, also after a desk has seen it.
    let path = office.path("out/decisions.jsonl");
    let decisions = fs::read_to_string(&path).unwrap();
    let last = decisions.lines().last().unwrap().to_owned();
    fs::write(&path, format!("{decisions}{last}\n")).unwrap();
    assert!(matches!(faults(&office)[..], [Fault::Grown { more: 1, .. }]));
    drop(Desk::open(&folder(&office), &["review", "out"]));
    assert!(matches!(faults(&office)[..], [Fault::Unlogged(_)]), "{:?}", faults(&office));
    assert!(log().contains("\"only_grown\":true"));
}

#[test]
fn two_windows_do_not_overwrite_each_other() {
    let office = reviewed_ward();
    // Two officers, two programs, one folder.
    let one = Desk::open(&folder(&office), &["review", "out", "--who", "Cán bộ A"]);
    let two = Desk::open(&folder(&office), &["review", "out", "--who", "Cán bộ B"]);
    let (address, page) = one.follow("/review");
    let (same, other_page) = two.follow("/review");
    assert_eq!(address, same);
    let identity = address.contains("/P-");
    let verdict = if identity {
        "none".to_owned()
    } else {
        format!("different:{}", address.rsplit('/').next().unwrap())
    };
    let give =
        |desk: &Desk, seen: &str| desk.post(&address, &[("verdict", &verdict), ("seen", seen), ("back", "")]);
    assert_eq!(give(&one, &page.field("seen")).status, 303);
    let late = give(&two, &other_page.field("seen"));
    assert_eq!(late.status, 409, "the second officer looked at an older state");
    assert!(late.body.contains("Cán bộ A") && late.body.contains("Chưa lưu"));
    let lines = answers(&office).len();
    assert_eq!(give(&two, &late.field("seen")).status, 303, "who has seen it may decide anew");
    assert!(answers(&office).len() > lines);
    // Each sees the other's work on every other item.
    let (next, _) = two.follow("/review");
    answer(&two, &next, true);
    assert!(one.get("/decisions").body.contains(next.rsplit('/').next().unwrap()));
}

#[test]
fn killed_at_any_moment_nothing_saved_is_lost() {
    let office = reviewed_ward();
    let mut saved = BTreeSet::new();
    for round in 0..3 {
        let mut desk = Desk::open(&folder(&office), &["review", "out"]);
        for _ in 0..4 {
            let (address, page) = desk.follow("/review");
            if !page.body.contains("name=\"verdict\"") {
                break;
            }
            assert_eq!(answer(&desk, &address, round % 2 == 0).status, 303);
            saved.insert(address.rsplit('/').next().unwrap().split('?').next().unwrap().to_owned());
        }
        desk.kill();
        // The key being pressed: half a line.
        let path = office.path("out/decisions.jsonl");
        let mut bytes = fs::read(&path).unwrap();
        bytes.extend_from_slice(b"{\"id\":\"half\",\"time\":\"2026-1");
        fs::write(&path, bytes).unwrap();
    }
    let desk = Desk::open(&folder(&office), &["review", "out"]);
    let decided = desk.get("/decisions?page=1").body;
    for pair in &saved {
        assert!(decided.contains(pair.as_str()), "{pair}");
    }
    let (address, page) = desk.follow("/review");
    assert!(page.body.contains("decisions.jsonl bị đứt"), "the torn line is reported");
    answer(&desk, &address, true);
    answers(&office);
}

#[test]
fn answers_are_known_again_after_another_run() {
    let office = reviewed_ward();
    let desk = Desk::open(&folder(&office), &["review", "out"]);
    let mut answered = Vec::new();
    for _ in 0..4 {
        let (address, _) = desk.follow("/review");
        answer(&desk, &address, true);
        answered.push(address.rsplit('/').next().unwrap().split('?').next().unwrap().to_owned());
    }
    drop(desk);
    let run = ["run", "ward/children.csv", "--register", "ward/register.csv", "--out", "out", "--force"];
    assert!(matches!(office.run(&run).code, Some(0 | 1)));
    let ids: Vec<String> = office.column("out/review.csv", "pair_id");
    let persons: BTreeSet<&String> = ids.iter().filter(|id| id.starts_with("P-")).collect();
    assert_eq!(persons.len(), ids.iter().filter(|id| id.starts_with("P-")).count());
    assert!(persons.iter().all(|id| id.len() == 12), "a person has an identifier of its own: {persons:?}");
    let desk = Desk::open(&folder(&office), &["review", "out"]);
    let decided = desk.get("/queue?state=decided").body;
    for pair in &answered {
        assert!(decided.contains(pair.as_str()), "{pair}");
    }
    assert!(!answered.contains(&desk.follow("/review").0.rsplit('/').next().unwrap().to_owned()));
}

/// The lines of a log as the desk wrote them, with one value replaced.
fn rewrite(office: &Office, key: &str, value: &str) {
    let path = office.path("out/decisions.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    let lines = text.lines().map(|line| {
        let mut entry: serde_json::Value = serde_json::from_str(line).unwrap();
        entry[key] = value.into();
        format!("{entry}\n")
    });
    fs::write(&path, lines.collect::<String>()).unwrap();
}

#[test]
fn an_answer_about_an_older_record_is_shown_as_changed_and_asked_again() {
    let office = reviewed_ward();
    let desk = Desk::open(&folder(&office), &["review", "out"]);
    let (address, _) = desk.follow("/review");
    answer(&desk, &address, true);
    drop(desk);
    rewrite(&office, "record_fingerprint", "0000000000000000");
    let desk = Desk::open(&folder(&office), &["review", "out"]);
    let (again, page) = desk.follow("/review");
    assert_eq!(again, address, "it is asked again");
    assert!(page.body.contains("Hồ sơ đã thay đổi sau khi quyết định"));
    assert!(desk.get("/decisions").body.contains("Đã thay đổi, xem lại"));
    let changed = desk.get("/queue?state=changed").body;
    assert!(changed.contains(address.rsplit('/').next().unwrap()));
    answer(&desk, &address, true);
    assert_ne!(desk.follow("/review").0, address, "answered anew, it counts");
}

/// Three records that may be one child: each pair is asked about.
fn three_alike() -> Office {
    let office = Office::new();
    let list = "Mã trẻ em,Họ và tên,Ngày sinh,Giới tính,Dân tộc,Họ tên cha,Họ tên mẹ,Thôn/TDP\n\
        TE1,Lương Thị Mây Ngàn,30/06/2016,Nữ,Kinh,Lương Văn Chì,Hồ Thị Gấm Vóc,Thôn 3\n\
        TE2,Lương Thị Mây Ngân,30/06/2016,Nữ,Kinh,Lương Văn Chì,Hồ Thị Gấm Vóc,Thôn 3\n\
        TE3,Lương Thị Mây Ngan,30/06/2016,Nữ,Kinh,Lương Văn Chì,Hồ Thị Gấm Vóc,Thôn 3\n";
    office.file("children.csv", list);
    assert_eq!(office.run(&["check", "children.csv", "--out", "out"]).code, Some(0));
    let text = fs::read_to_string(office.path("out/review.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let headings = reader.headers().unwrap().clone();
    let row = reader.records().next().expect("one pair at least").unwrap();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&headings).unwrap();
    for (pair, one, other) in [("D-ONE", "TE1", "TE2"), ("D-TWO", "TE2", "TE3"), ("D-THREE", "TE1", "TE3")] {
        let cells = headings.iter().zip(row.iter()).map(|(heading, cell)| match heading {
            "pair_id" => pair,
            "record_id" => one,
            "other" => other,
            "record_fingerprint" => one,
            "other_fingerprint" => other,
            _ => cell,
        });
        writer.write_record(cells).unwrap();
    }
    fs::write(office.path("out/review.csv"), writer.into_inner().unwrap()).unwrap();
    // What the program merged itself is taken apart again: only the desk is looked at here.
    let records = fs::read_to_string(office.path("out/records.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(records.trim_start_matches('\u{feff}').as_bytes());
    let headings = reader.headers().unwrap().clone();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&headings).unwrap();
    for row in reader.records().map(Result::unwrap) {
        let own = row.get(0).unwrap();
        let cells = headings.iter().zip(row.iter());
        writer
            .write_record(cells.map(|(heading, cell)| if heading == "cluster_id" { own } else { cell }))
            .unwrap();
    }
    fs::write(office.path("out/records.csv"), writer.into_inner().unwrap()).unwrap();
    office
}

#[test]
fn what_follows_from_other_answers_is_not_asked_and_contradictions_are_shown() {
    let office = three_alike();
    let desk = Desk::open(&folder(&office), &["review", "out"]);
    let give = |pair: &str, word: &str| {
        let page = desk.get(&format!("/review/{pair}"));
        let seen = page.field("seen");
        let verdict = format!("{word}:{pair}");
        desk.post(&format!("/review/{pair}"), &[("verdict", &verdict), ("seen", &seen), ("back", "")])
    };
    let first = desk.follow("/review").1;
    assert!(first.body.contains("3 hồ sơ"), "one question about three records");
    give("D-ONE", "same");
    let second = give("D-TWO", "same");
    let (_, done) = desk.follow(second.header("location"));
    assert!(done.body.contains("Đã xem hết"), "the third follows from the two");
    give("D-THREE", "different");
    let shown = desk.get("/review/D-ONE").body;
    assert!(shown.contains("Các quyết định mâu thuẫn nhau"), "shown at once");
    let group = desk.get("/decisions?state=contradiction").body;
    for pair in ["D-ONE", "D-TWO", "D-THREE"] {
        assert!(group.contains(pair), "{pair}");
    }
    assert!(desk.get("/queue?state=contradiction").body.contains("Mâu thuẫn"));
    desk.post("/undo", &[("pair", "D-THREE")]);
    assert!(!desk.get("/review/D-ONE").body.contains("mâu thuẫn nhau"));
    // A is B, B is not C: that A is not C follows too.
    desk.post("/undo", &[("pair", "D-TWO")]);
    let last = give("D-TWO", "different");
    assert!(desk.follow(last.header("location")).1.body.contains("Đã xem hết"));
}

#[test]
fn whatever_a_list_says_is_shown_as_text() {
    let office = Office::new();
    let list = "Mã trẻ em,Họ và tên,Ngày sinh,Giới tính,Họ tên cha,Họ tên mẹ,Thôn/TDP,Địa chỉ\n\
        TE1,Nguyễn Văn An,12/03/2019,Nam,Nguyễn Văn Khoáng,Trần Thị Lụa,Thôn 1,<script>alert(1)</script>\n\
        TE2,Nguyễn Văn Ân,12/03/2019,Nam,Nguyễn Văn Khoáng,Trần Thị Lụa,Thôn 1,=cmd|' /C calc'!A0\n\
        \"<img src=x onerror=alert(1)>\",Nguyễn Văn An,2019,Nam,Nguyễn Văn Khoáng,Trần Thị Lụa,Thôn 1,\"\"\"><script>\"\n";
    office.file("children.csv", list);
    assert_eq!(office.run(&["check", "children.csv", "--out", "out"]).code, Some(0));
    let csv = fs::read_to_string(office.path("out/records.csv")).unwrap();
    assert!(csv.contains("'=cmd|"), "a spreadsheet does not run it");
    let desk = Desk::open(&folder(&office), &["review", "out"]);
    let (address, page) = desk.follow("/review");
    assert!(address.contains("/review/"), "there is a pair to look at: {address}");
    let queue = desk.get("/queue?q=%3Cscript%3E").body;
    for body in [&page.body, &queue] {
        assert!(!body.contains("<script>") && !body.contains("<img"), "escaped");
    }
    let shown: String = office
        .column("out/review.csv", "pair_id")
        .iter()
        .map(|pair| desk.get(&format!("/review/{pair}")).body)
        .collect();
    assert!(!shown.contains("<script>alert") && !shown.contains("<img src"), "escaped");
    assert!(shown.contains("&lt;script&gt;") || shown.contains("&lt;script"), "and shown");
    assert!(shown.contains("=cmd|") && !shown.contains("&#39;=cmd"), "without the spreadsheet's apostrophe");
}

/// A run folder with many pairs, as a run writes it.
fn many_pairs(office: &Office, pairs: usize) {
    let out = office.path("out");
    let widen = |file: &str, key: &str, copies: usize| {
        let path = out.join(file);
        let text = fs::read_to_string(&path).unwrap();
        let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let headings = reader.headers().unwrap().clone();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let at = headings.iter().position(|heading| heading == key).unwrap();
        let record = headings.iter().position(|heading| heading == "record_id").unwrap();
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&headings).unwrap();
        for copy in 0..copies {
            let row = &rows[copy % rows.len()];
            let cells = row.iter().enumerate().map(|(cell, text)| match cell {
                cell if cell == at && copy >= rows.len() => format!("{text}{copy}"),
                cell if cell == record && copy >= rows.len() => format!("{text}-{copy}"),
                _ => text.to_owned(),
            });
            writer.write_record(cells).unwrap();
        }
        fs::write(path, writer.into_inner().unwrap()).unwrap();
    };
    widen("review.csv", "pair_id", pairs);
}

#[test]
fn ten_thousand_pairs_are_shown_one_by_one() {
    let office = reviewed_ward();
    many_pairs(&office, 10_000);
    let desk = Desk::open(&folder(&office), &["review", "out"]);
    let (_, first) = desk.follow("/review");
    assert_eq!(first.status, 200);
    assert!(first.body.len() < 80_000, "one item, not all: {} bytes", first.body.len());
    let queue = desk.get("/queue");
    assert!(queue.body.len() < 80_000 && queue.body.contains("Trang 1/"), "{} bytes", queue.body.len());
    let last = desk.get("/queue?page=999999");
    assert_eq!(last.status, 200, "a page beyond the last is the last");
}

#[test]
fn the_whole_job_from_dropped_files_to_lists() {
    let office = Office::furnished();
    let mut desk = Desk::open(&folder(&office), &["desk", "jobs"]);
    let (address, _) = desk.follow("/");
    assert_eq!(address, "/files");
    let list = fs::read(office.path("children.csv")).unwrap();
    assert_eq!(desk.upload("children", "../../danh sách.csv", &list).status, 200);
    assert_eq!(
        desk.upload("register", "dân cư.csv", &fs::read(office.path("register.csv")).unwrap()).status,
        200
    );
    // Judged by content, not by name.
    let picture = desk.upload("children", "list.xlsx", b"\x89PNG\r\n\x1a\n then more");
    assert_eq!(picture.status, 415);
    assert!(picture.body.contains("list.xlsx") && picture.body.contains("PNG"), "{}", picture.body);
    assert_eq!(desk.upload("returned", "other.xlsx", &list).status, 415);
    assert_eq!(desk.upload("nowhere", "x.csv", &list).status, 404);
    let files = desk.get("/files").body;
    assert!(files.contains("danh sách.csv") && files.contains("dân cư.csv") && !files.contains("list.xlsx"));
    assert!(!office.path("danh sách.csv").exists(), "a name is not a path");

    // A column understood otherwise, by choosing.
    let columns = desk.get("/columns/children").body;
    assert!(columns.contains("use:Thôn/TDP") && !columns.contains("042319000123"), "numbers are masked");
    let chosen = [("header_row", ""), ("use:Dân tộc", "ignore"), ("use:Thôn/TDP", "keep:hamlet")];
    assert_eq!(desk.post("/columns/children", &chosen).status, 303);
    assert!(!desk.get("/columns/children").body.contains("use:Dân tộc"));
    assert_eq!(desk.post("/columns/children", &[("reset", "1")]).status, 303);
    assert!(desk.get("/columns/children").body.contains("use:Dân tộc"));

    assert_eq!(desk.post("/run", &[]).status, 303);
    let mut over = String::new();
    while !over.contains("\"over\":true") {
        over = desk.get("/run/progress").body;
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let (address, summary) = desk.follow("/run");
    assert_eq!(address, "/summary", "{}", summary.body);
    let records = desk.get("/download/records.csv").body;
    assert!(records.contains("042217000456"), "the third child got its number");
    assert_eq!(desk.post("/run", &[]).status, 303, "and once more, over the result");
    while desk.get("/run/progress").body.contains("\"over\":false") {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert_eq!(desk.follow("/run").0, "/summary");

    desk.post("/jobs/new", &[]);
    assert!(desk.get("/files").body.contains("danh sách.csv"), "the earlier job is listed");
    assert_eq!(desk.post("/settings/end", &[]).status, 200);
    assert_eq!(desk.wait(), 0);
}

#[test]
fn a_file_beyond_the_limit_is_refused_and_leaves_nothing() {
    let office = Office::new();
    let desk = Desk::open(&folder(&office), &["desk", "jobs"]);
    let origin = format!("http://{}", desk.host);
    let headers = [("Origin", origin.as_str()), ("Content-Length", "999999999999")];
    let announced = desk.send("POST", "/upload/children?name=a.csv", &headers, b"a");
    assert_eq!(announced.status, 413);
    // One that does not say its size is counted as it comes.
    let mut body = Vec::new();
    let chunk = vec![b'a'; 1 << 20];
    for _ in 0..98 {
        body.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        body.extend_from_slice(&chunk);
        body.extend_from_slice(b"\r\n");
    }
    let headers = [("Origin", origin.as_str()), ("Transfer-Encoding", "chunked"), ("Content-Length", "")];
    let counted = desk.send("POST", "/upload/children?name=a.csv", &headers, &body);
    assert_eq!(counted.status, 413);
    assert!(files_below(&office.path("jobs")).is_empty(), "{:?}", files_below(&office.path("jobs")));
}

fn files_below(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_dir() {
            found.extend(files_below(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found
}

#[test]
fn a_folder_that_is_no_run_is_refused_in_words() {
    let office = reviewed_ward();
    office.file("empty/readme.txt", "x");
    office.refused(
        &["review", "empty", "--no-open"],
        2,
        &["Hãy nêu thư mục kết quả"],
        &["folder of a finished run"],
    );
    office.refused(&["review", "nowhere", "--no-open"], 2, &["không có tệp"], &["no such file"]);
    fs::write(office.path("out/review.csv"), "a,b\n1,2\n").unwrap();
    office.refused(&["review", "out", "--no-open"], 2, &["review.csv"], &["review.csv"]);
}
