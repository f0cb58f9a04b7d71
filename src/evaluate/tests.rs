use std::fs;

use super::*;

const RECORDS: &str = "\u{feff}record_id,cluster_id,cluster_role,link_status,personal_id,full_name,birth_date,father_name,mother_name,ethnicity\r\n";
const REVIEW: &str = "pair_id,kind,record_id,other,weight\n";
const TRUTH: &str = "record_id,entity,personal_id\n";

fn judged(records: &str, review: &str, truth: &str) -> Result<Evaluation, EvaluateError> {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("records.csv"), format!("{RECORDS}{records}")).unwrap();
    fs::write(path("review.csv"), format!("{REVIEW}{review}")).unwrap();
    fs::write(path("truth.csv"), format!("{TRUTH}{truth}")).unwrap();
    evaluate(&path("records.csv"), &path("review.csv"), &path("truth.csv"))
}

#[test]
fn a_perfect_run_is_perfect() {
    let records = "r1,r1,primary,attached,042216000001,Trần An,2016-01-02,Trần Ba,Lê Tư,Kinh\n\
                   r2,r1,duplicate,attached,042216000001,Trần An,2016-01-02,Trần Ba,Lê Tư,Kinh\n\
                   r3,r3,single,none,,Trần Bình,2018-01-02,Trần Ba,Lê Tư,Kinh\n";
    let truth = "r1,e1,042216000001\nr2,e1,042216000001\nr3,e2,\n";
    let figures = judged(records, "", truth).unwrap();
    assert_eq!(figures.clusters.pair_f1, Some(1.0));
    assert_eq!(figures.clusters.exact_f1, Some(1.0));
    assert_eq!(figures.clusters.b_cubed_f1, Some(1.0));
    assert_eq!(figures.clusters.siblings, GroupFigures { children: 2, pairs: 1, merged: 0 });
    let numbers = &figures.numbers;
    assert_eq!((numbers.findable, numbers.found, numbers.sent, numbers.sent_wrong), (2, 2, 1, 0));
    assert_eq!((numbers.recall, numbers.wrong_per_million), (Some(1.0), Some(0.0)));
    assert_eq!(numbers.review_recall, None);
}

#[test]
fn merged_twins_are_a_false_merge_and_a_wrong_number() {
    let records = "r1,r1,primary,attached,042216000001,Trần An,2016-01-02,Trần Ba,Lê Tư,Mông\n\
                   r2,r1,duplicate,attached,042216000001,Trần Ân,2016-01-02,Trần Ba,Lê Tư,Mông\n";
    let truth = "r1,e1,042216000001\nr2,e2,042216000002\n";
    let figures = judged(records, "", truth).unwrap();
    let clusters = &figures.clusters;
    assert_eq!((clusters.pair_precision, clusters.pair_recall), (Some(0.0), None));
    assert_eq!((clusters.false_merges, clusters.merged_children), (1, 2));
    assert_eq!(clusters.twins, GroupFigures { children: 2, pairs: 1, merged: 1 });
    // Without diacritics they are namesakes too: Ân folds to An.
    assert_eq!(clusters.namesakes.merged, 1);
    assert_eq!(clusters.b_cubed_precision, Some(0.5));
    let numbers = &figures.numbers;
    assert_eq!((numbers.wrong, numbers.sent, numbers.sent_wrong), (1, 1, 1));
    assert_eq!(numbers.wrong_per_million, Some(1e6));
    let minority = numbers.kinds.iter().find(|kind| kind.kind == "minority").unwrap();
    assert_eq!((minority.records, minority.found, minority.wrong), (2, 1, 1));
}

#[test]
fn what_is_not_sent_is_missed_by_cause_and_review_may_offer_it() {
    let records = "r1,r1,primary,review,,A,,,,\n\
                   r2,r1,duplicate,review,,A,,,,\n\
                   r3,r3,single,unverified,042216000009,B,,,,\n\
                   r4,r4,single,attached,042216000004,C,,,,\n\
                   r5,r5,single,conflict,,D,,,,\n";
    let review = "p1,identity,r2,042216000001,5\np2,duplicate,r3,r4,1\np3,identity,r5,042216000008,3\n";
    let truth = "r1,e1,042216000001\nr2,e1,042216000001\nr3,e3,042216000003\nr4,e4,\nr5,e5,042216000005\nr6,e6,042216000006\n";
    let figures = judged(records, review, truth).unwrap();
    let numbers = &figures.numbers;
    assert_eq!((figures.absent_records, numbers.findable, numbers.found), (1, 5, 0));
    assert_eq!((numbers.missed, numbers.offered, numbers.review_recall), (5, 2, Some(0.4)));
    assert_eq!((numbers.invented, numbers.sent_wrong, numbers.unverified_wrong), (1, 1, 1));
    let causes: Vec<_> = numbers
        .missed_by_cause
        .iter()
        .map(|cause| (cause.cause.as_str(), cause.records, cause.offered))
        .collect();
    assert_eq!(
        causes,
        [
            ("unverified", 1, 0),
            ("conflict", 1, 0),
            ("review", 2, 2),
            ("none", 0, 0),
            ("sent_wrong", 0, 0),
            ("absent", 1, 0)
        ]
    );
}

#[test]
fn a_missed_duplicate_lowers_recall_only() {
    let records = "r1,r1,primary,none,,,,,,\nr2,r1,duplicate,none,,,,,,\nr3,r3,single,none,,,,,,\n";
    let figures = judged(records, "", "r1,e1,\nr2,e1,\nr3,e1,\n").unwrap();
    let clusters = &figures.clusters;
    assert_eq!((clusters.true_pairs, clusters.made_pairs, clusters.right_pairs), (3, 1, 1));
    assert_eq!((clusters.pair_precision, clusters.exact_f1), (Some(1.0), Some(0.0)));
    assert!((clusters.b_cubed_recall.unwrap() - 5.0 / 9.0).abs() < 1e-12);
}

#[test]
fn a_number_sent_for_two_children_is_counted() {
    let records = "r1,r1,single,attached,042216000001,,,,,\nr2,r2,single,kept,042216000001,,,,,\n";
    let figures = judged(records, "", "r1,e1,042216000001\nr2,e2,042216000002\n").unwrap();
    assert_eq!((figures.numbers.sent_twice, figures.numbers.sent_wrong), (1, 1));
}

#[test]
fn faults_in_the_files_are_said_with_their_place() {
    let error = judged("", "", "r1,e1,\n").unwrap_err();
    assert!(matches!(error, EvaluateError::Strangers));
    let error = judged("r1,r1,single,perhaps,,,,,,\n", "", "r1,e1,\n").unwrap_err().to_string();
    assert!(error.ends_with("records.csv, row 2: link_status cannot be read"), "{error}");
    let error = judged("", "", "r1,e1,\nr1,e1,\n").unwrap_err().to_string();
    assert!(error.contains("truth.csv, row 3:"), "{error}");
    let folder = tempfile::tempdir().unwrap();
    let error = evaluate(folder.path(), folder.path(), &folder.path().join("none.csv")).unwrap_err();
    assert!(matches!(error, EvaluateError::Unreadable { .. }));
}

#[test]
fn the_table_is_aligned() {
    let records = "r1,r1,single,attached,042216000001,Trần An,2016-01-02,Trần Ba,Lê Tư,Kinh\n";
    let figures = judged(records, "", "r1,e1,042216000001\n").unwrap();
    let table = figures.to_string();
    assert!(table.contains("wrong per million sent"));
    let widths: Vec<usize> = table
        .lines()
        .skip_while(|line| !line.starts_with("Numbers"))
        .skip(1)
        .take_while(|line| line.starts_with("  "))
        .map(|line| line.chars().count())
        .collect();
    assert!(widths.windows(2).all(|two| two[0] == two[1]), "{table}");
}
