//! `--learn`: what people said of the doubtful pairs of an invented ward, one answer in twenty a
//! mistake, moves the model within bounds and in the open. What it brings: docs/desk.md.

mod program;

use std::{collections::BTreeMap, fs};

use dinhdanh::decide::{Act, Answer, Decision, Entry, Keep, PairKind, Side};
use jiff::Timestamp;
use program::Office;
use serde_json::Value;

/// Exit code where the arguments contradict one another.
const USAGE: i32 = 2;
const ANSWERS: usize = 100;

/// As bad as wards get.
fn ward() -> Office {
    let mut office = Office::new();
    let synth = ["synth", "--out", "ward", "--children", "3000", "--register", "8000", "--seed", "62"];
    assert_eq!(office.run(&[&synth[..], &["--preset", "hard"]].concat()).code, Some(0));
    let names = office.column("ward/register.csv", "Họ và tên");
    office.keep_secret(names.into_iter().filter(|name| name.chars().count() > 8));
    office
}

/// Runs the ward and counts what came of it against the truth.
fn run(office: &Office, out: &str, more: &[&str]) -> BTreeMap<&'static str, usize> {
    let lists = ["run", "ward/children.csv", "--register", "ward/register.csv", "--as-of", "2026-11-24"];
    let said = office.run(&[&lists[..], &["--out", out], more].concat());
    assert!(matches!(said.code, Some(0 | 1)), "{said:?}");
    let truth = truth(office);
    let (mut right, mut wrong, mut open) = (0, 0, 0);
    for row in office.rows(&format!("{out}/records.csv")) {
        match row["link_status"].as_str() {
            "attached" | "kept" if row["personal_id"] == truth[&row["record_id"]].1 => right += 1,
            "attached" | "kept" => wrong += 1,
            "review" => open += 1,
            _ => {}
        }
    }
    BTreeMap::from([("right", right), ("wrong", wrong), ("open", open)])
}

/// Entity and number of every record.
fn truth(office: &Office) -> BTreeMap<String, (String, String)> {
    let entry = |mut row: BTreeMap<String, String>| {
        let mut take = |column: &str| row.remove(column).unwrap();
        (take("record_id"), (take("entity"), take("personal_id")))
    };
    office.rows("ward/truth.csv").into_iter().map(entry).collect()
}

/// What an officer answers to the first pairs of a run, wrong about every twentieth.
fn answers(office: &Office, out: &str) -> String {
    let truth = truth(office);
    let pairs = office.rows(&format!("{out}/review.csv"));
    assert!(pairs.len() > ANSWERS, "{} pairs: too few to leave some undecided", pairs.len());
    let entry = |(nth, pair): (usize, &BTreeMap<String, String>)| {
        let child = &truth[&pair["record_id"]];
        let duplicate = pair["kind"] == "duplicate";
        let same = if duplicate { child.0 == truth[&pair["other"]].0 } else { child.1 == pair["other"] };
        let side = |id: &str, fingerprint: &str| Side {
            id: pair[id].clone(),
            fingerprint: pair[fingerprint].clone(),
        };
        let decision = Decision {
            pair_id: pair["pair_id"].clone(),
            kind: if duplicate { PairKind::Duplicate } else { PairKind::Identity },
            record: side("record_id", "record_fingerprint"),
            other: side("other", "other_fingerprint"),
            answer: if same != (nth % 20 == 7) { Answer::Yes } else { Answer::No },
            keep: Keep::new(),
            second_reading: false,
        };
        let act = Act::Decide(Box::new(decision));
        Entry { id: nth.to_string(), time: Timestamp::UNIX_EPOCH, who: "Cán bộ A".to_owned(), act }
    };
    // Every nth pair, so that all kinds are among them.
    let step = pairs.len() / ANSWERS;
    pairs.iter().step_by(step).take(ANSWERS).enumerate().map(entry).map(|entry| entry.to_line()).collect()
}

fn matching(office: &Office, out: &str) -> Value {
    let manifest = fs::read(office.path(out).join("manifest.json")).unwrap();
    serde_json::from_slice::<Value>(&manifest).unwrap()["matching"].take()
}

#[test]
fn answers_move_the_model_only_where_asked_and_say_what_they_moved() {
    let office = ward();
    run(&office, "first", &[]);
    office.file("said.jsonl", answers(&office, "first"));
    let decided = run(&office, "decided", &["--decisions", "said.jsonl"]);
    let learnt = run(&office, "learnt", &["--decisions", "said.jsonl", "--learn"]);
    assert!(learnt != decided, "other pairs are decided too: {decided:?} {learnt:?}");
    assert!(learnt["wrong"] <= decided["wrong"], "{decided:?} {learnt:?}");

    assert_eq!(matching(&office, "decided")["learnt"], Value::Array(vec![]), "nothing moves unasked");
    let moved = matching(&office, "learnt")["learnt"].take();
    let moved = moved.as_array().unwrap();
    assert!(moved.iter().any(|figure| figure["name"] == "register.bands_bits"), "{moved:?}");
    for figure in moved {
        assert!(figure["before"] != figure["after"], "{figure}");
        let name = figure["name"].as_str().unwrap();
        if name.ends_with(".bands_bits") {
            assert!(figure["after"].as_f64().unwrap().abs() <= 3.0, "{figure}");
        }
    }

    // The weights learnt are the run's model: another run may be given them.
    let again = run(&office, "again", &["--decisions", "said.jsonl", "--model", "learnt/model.json"]);
    assert_eq!(again, learnt);
    let small = Office::furnished();
    let refused = ["run", "children.csv", "--register", "register.csv", "--out", "none", "--learn"];
    small.refused(&refused, USAGE, &["--decisions"], &["--decisions"]);
}
