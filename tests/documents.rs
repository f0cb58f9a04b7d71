//! The documents say what the program does: the output shown in the READMEs is the program's own,
//! and docs/formats.md names every column, status and code there is.
//!
//! `UPDATE_GOLDEN=1 cargo test --test documents` writes the output shown in the READMEs anew.

use std::{
    fs,
    path::{Path, PathBuf},
};

use assert_cmd::Command;
use dinhdanh::{
    decide::{FateKind, Refusal, Trouble},
    matching::{LinkStatus, ReviewReason},
    record::{Change, FindingCode},
    rules::{Language, Rules},
};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn document(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap()
}

/// What the README's command prints; the day is fixed so that the test stays true.
fn printed() -> String {
    let folder = tempfile::tempdir().unwrap();
    let sample = |name: &str| root().join("samples").join(name);
    let run = Command::cargo_bin("dinhdanh")
        .expect("the binary is built with the tests")
        .current_dir(folder.path())
        .arg("run")
        .arg(sample("ward.xlsx"))
        .arg("--register")
        .arg(sample("register.csv"))
        .args(["--out", "result", "--as-of", "2026-11-01"])
        .assert()
        .success();
    let text = String::from_utf8(run.get_output().stdout.clone()).unwrap();
    // The hash of the log's end, which holds the time, is shown as `…`.
    let mask = |word: &str| {
        let digits = word.trim_end_matches('\n');
        let is_hash = digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_hash { word.replace(digits, "…") } else { word.to_owned() }
    };
    text.split_inclusive(' ').map(mask).collect()
}

#[test]
fn the_output_shown_is_the_programs_own() {
    let printed = printed();
    assert!(printed.ends_with(" …\n") && printed.lines().count() >= 8, "{printed}");
    for name in ["README.md", "README.vi.md"] {
        let text = document(name);
        let (before, rest) = text.split_once("```text\n").expect("a block of output");
        let (shown, after) = rest.split_once("```").expect("the block ends");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(root().join(name), format!("{before}```text\n{printed}```{after}")).unwrap();
        } else {
            assert_eq!(
                shown, printed,
                "{name}; if this is meant: UPDATE_GOLDEN=1 cargo test --test documents"
            );
        }
    }
}

/// The documents at the root and in docs/.
fn documents() -> Vec<PathBuf> {
    let folders = [root().to_owned(), root().join("docs")];
    let entries = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect()
}

#[test]
fn no_document_is_half_merged() {
    let documents = documents();
    assert!(documents.len() >= 8, "{documents:?}");
    for path in documents {
        let text = fs::read_to_string(&path).unwrap();
        let left = text.lines().find(|line| line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> "));
        assert_eq!(left, None, "{}: two versions of it stand side by side", path.display());
    }
}

#[test]
fn what_the_documents_link_to_is_there() {
    let mut links = 0;
    for path in documents() {
        let text = fs::read_to_string(&path).unwrap();
        for rest in text.split("](").skip(1) {
            let target = rest.split([')', '#']).next().unwrap();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            links += 1;
            assert!(path.parent().unwrap().join(target).exists(), "{} links to {target}", path.display());
        }
    }
    assert!(links > 20, "{links} links");
}

#[test]
fn the_two_commands_stand_in_both_readmes() {
    for name in ["README.md", "README.vi.md"] {
        let text = document(name);
        let commands: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("$ ")).collect();
        assert_eq!(
            commands,
            [
                "cargo run --release -- run samples/ward.xlsx --register samples/register.csv --out result",
                "cargo test",
            ],
            "{name}"
        );
    }
}

#[test]
fn every_code_is_described() {
    let text = document("docs/formats.md");
    let findings = FindingCode::ALL.iter().map(|code| code.as_str());
    let changes = Change::ALL.iter().map(|change| change.code());
    let statuses = LinkStatus::ALL.iter().map(|status| status.as_str());
    let reasons = ReviewReason::ALL.iter().map(|reason| reason.as_str());
    for code in findings.chain(changes).chain(statuses).chain(reasons) {
        assert!(text.contains(&format!("`{code}`")), "docs/formats.md says nothing of {code}");
    }
}

#[test]
fn every_outcome_of_a_decision_is_described_and_has_words() {
    let text = document("docs/formats.md");
    let rules = Rules::built_in().unwrap();
    let kinds = [
        FateKind::Applied,
        FateKind::Unsure,
        FateKind::Remark,
        FateKind::Changed,
        FateKind::Gone,
        FateKind::Contradiction,
    ];
    let refused = Refusal::ALL.into_iter().map(FateKind::Refused);
    let unreadable = Trouble::ALL.into_iter().map(FateKind::Unreadable);
    for kind in kinds.into_iter().chain(refused).chain(unreadable) {
        let code = kind.as_str();
        assert!(text.contains(&format!("`{code}`")), "docs/formats.md says nothing of {code}");
        assert_ne!(rules.messages.get(Language::Vi, "decision_outcome", code), code, "no words for {code}");
    }
}

#[test]
fn every_sentence_of_the_desk_is_in_the_messages() {
    let rules = Rules::built_in().unwrap();
    let folder = root().join("src/desk");
    let mut files = vec![folder];
    let mut asked = 0;
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let source = fs::read_to_string(&path).unwrap();
        for start in [".t(\"", ".fill(\""] {
            for rest in source.split(start).skip(1) {
                let key = rest.split('"').next().unwrap();
                if key == "desk" {
                    // The section, where the functions themselves are written.
                    continue;
                }
                asked += 1;
                assert_ne!(rules.messages.get(Language::Vi, "desk", key), key, "[desk] {key} is missing");
            }
        }
    }
    assert!(asked > 100, "{asked} sentences");
}

#[test]
fn every_column_is_described() {
    let text = document("docs/formats.md");
    let (_, text) = text.split_once("## records.csv").unwrap();
    let (records, _) = text.split_once("## review.csv").unwrap();
    let headings = document("samples/expected/records.csv");
    let headings = headings.lines().next().unwrap().trim_start_matches('\u{feff}');
    // The input's own columns come after the program's.
    let columns: Vec<_> = headings.split(',').take_while(|heading| heading.is_ascii()).collect();
    assert!(columns.len() > 40, "{columns:?}");
    for column in columns {
        assert!(records.contains(&format!("`{column}`")), "docs/formats.md says nothing of {column}");
    }
}

#[test]
fn every_comparison_and_level_has_words_for_the_reader() {
    let rules = Rules::built_in().unwrap();
    let named = rules.matching.comparison.iter().map(|comparison| ("comparison", comparison.name.as_str()));
    let levels = rules.matching.comparison.iter().flat_map(|comparison| comparison.comparator.levels());
    for (section, key) in named.chain(levels.map(|level| ("level", *level))) {
        // Both files have the same keys, so Vietnamese, which never looks like a key, speaks for both.
        let words = rules.messages.get(Language::Vi, section, key);
        assert_ne!(words, key, "[{section}] of rules/messages says nothing for {key}");
    }
}
