//! What a person types and what the program answers: help, exit codes, languages, silence,
//! standard input, the same bytes every time.

mod program;

use std::{collections::BTreeMap, fs, path::PathBuf};

use program::{LIST, Office};

const RUN: [&str; 6] = ["run", "children.csv", "--register", "register.csv", "--out", "out"];

#[test]
fn help_and_version() {
    let office = Office::new();
    let said = office.run(&["--version"]);
    assert_eq!((said.code, said.out.trim()), (Some(0), concat!("dinhdanh ", env!("CARGO_PKG_VERSION"))));
    let said = office.run(&["--help"]);
    assert_eq!(said.code, Some(0));
    for word in ["run", "check", "review", "desk", "synth", "evaluate", "Exit codes", "130"] {
        assert!(said.out.contains(word), "{word}");
    }
    let commands =
        ["run", "check", "review", "desk", "synth", "evaluate", "audit", "share", "seal", "open", "purge"];
    for command in commands {
        let said = office.run(&[command, "--help"]);
        assert_eq!(said.code, Some(0), "{command}");
        assert!(said.out.lines().all(|line| line.chars().count() <= 120), "{command}: {}", said.out);
    }
}

#[test]
fn options_that_do_not_exist_or_make_no_sense() {
    let office = Office::furnished();
    for arguments in [
        &["cleanse"][..],
        &["run", "children.csv", "--out", "out"],
        &["check", "children.csv"],
        &["check", "children.csv", "--out", "out", "--as-of", "31/12/2026"],
        &["check", "children.csv", "--out", "out", "--lang", "fr"],
        &["check", "--out", "out"],
    ] {
        let said = office.run(arguments);
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{arguments:?}: {said:?}");
        assert!(!said.err.is_empty());
    }
}

#[test]
fn a_run_attaches_the_number_and_says_so_in_the_language_asked_for() {
    let office = Office::furnished();
    let said = office.run(&RUN);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    assert!(said.out.contains("3 hồ sơ") && said.out.contains("out"), "{}", said.out);
    assert_eq!(
        office.column("out/records.csv", "personal_id"),
        ["042319000123", "042319000123", "042217000456"]
    );
    assert_eq!(office.column("out/records.csv", "link_status"), ["kept", "kept", "attached"]);

    let said = office.run(&[&RUN[..4], &["--out", "english", "--lang", "en"]].concat());
    assert_eq!(said.code, Some(0));
    assert!(said.out.contains("3 records") && said.out.contains("english"), "{}", said.out);

    let said = office.run(&[&RUN[..4], &["--out", "silent", "--quiet"]].concat());
    assert_eq!((said.code, said.out.as_str(), said.err.as_str()), (Some(0), "", ""));
    assert!(office.path("silent/manifest.json").is_file());
}

#[test]
fn a_rejected_row_is_exit_code_one() {
    let office = Office::furnished();
    office.file("other.csv", format!("{LIST}\nkhông phải là trẻ\n"));
    office.file("children.csv", format!("{LIST}TE0009,,,,,,,,Thôn 2\n"));
    let said = office.run(&["check", "children.csv", "--out", "out"]);
    let rejects = office.rows("out/rejects.csv").len();
    assert_eq!(said.code, Some(i32::from(rejects > 0)), "{rejects} rejects: {said:?}");
    let said = office.run(&["check", "children.csv", "children.csv", "--out", "twice"]);
    assert_eq!(said.code, Some(1), "{said:?}");
}

#[test]
fn standard_input_is_a_list_once() {
    let office = Office::furnished();
    let said = office.run_on(&["run", "-", "--register", "register.csv", "--out", "out"], LIST);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(office.rows("out/records.csv").len(), 3);
    assert!(office.column("out/records.csv", "source_file").iter().all(|file| file == "stdin"));
    let twice = ["run", "-", "--register", "-", "--out", "twice"];
    office.refused(&twice, 2, &["chỉ đọc được một lần"], &["can be read only once"]);
}

/// Everything in a run's folder but what tells the time.
fn written(office: &Office, folder: &str) -> BTreeMap<PathBuf, Vec<u8>> {
    let dated = ["manifest.json", "audit.jsonl", "audit.head"];
    let timeless = |path: &PathBuf| !dated.iter().any(|name| path.ends_with(name));
    fs::read_dir(office.path(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(timeless)
        .map(|path| (PathBuf::from(path.file_name().unwrap()), fs::read(&path).unwrap()))
        .collect()
}

#[test]
fn an_invented_ward_gives_the_same_bytes_whatever_the_threads_and_no_name_on_the_terminal() {
    let mut office = Office::new();
    let synth = ["synth", "--out", "ward", "--children", "250", "--register", "700", "--seed", "7"];
    assert_eq!(office.run(&[&synth[..], &["--preset", "hard", "--workbook"]].concat()).code, Some(0));
    // What an invented ward holds is nobody's, and is treated as if it were somebody's.
    let mut secrets = Vec::new();
    for file in ["ward/children.csv", "ward/register.csv"] {
        for row in office.rows(file) {
            let personal = row.into_iter().filter(|(heading, _)| {
                heading.contains("tên") || heading.contains("Số ĐDCN") || heading.contains("định danh")
            });
            secrets.extend(personal.map(|(_, cell)| cell).filter(|cell| cell.chars().count() > 6));
        }
    }
    assert!(secrets.len() > 1000, "the columns of names and numbers are known");
    office.keep_secret(secrets);

    let run = ["run", "ward/children.xlsx", "--register", "ward/register.csv", "--as-of", "2026-11-23"];
    let mut first = None;
    for (out, more) in [("two", ["--threads", "2"]), ("one", ["--threads", "1"]), ("again", ["--lang", "vi"])]
    {
        let said = office.run(&[&run[..], &["--out", out], &more[..]].concat());
        assert!(matches!(said.code, Some(0 | 1)), "{said:?}");
        let files = written(&office, out);
        assert!(files.len() >= 9, "{:?}", files.keys());
        match &first {
            None => first = Some(files),
            Some(first) => assert_eq!(&files, first, "{out}"),
        }
    }
    let said = office.run(&["evaluate", "two", "--truth", "ward/truth.csv"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(!said.out.is_empty());
    assert_eq!(office.run(&synth).code, Some(2), "an existing folder is not replaced unasked");
}
