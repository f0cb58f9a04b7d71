//! Numbers: found, wrong, missed and why, and whether review offers what was not sent.

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;

use super::{
    answers::{Answers, Judged, Key},
    share,
};
use crate::matching::LinkStatus;

/// How well numbers were found. Counted by records of the list; `sent` figures by children sent
/// (one line a cluster).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NumberFigures {
    /// Records whose child is in the register.
    pub findable: u64,
    /// Of these, sent (attached or kept) with the right number.
    pub found: u64,
    /// Their share.
    pub recall: Option<f64>,
    /// Records sent with a wrong number: another person's.
    pub wrong: u64,
    /// Records sent with a number though the child is not in the register.
    pub invented: u64,
    /// Children (clusters) sent.
    pub sent: u64,
    /// Children sent with a wrong number, for one of their records at least.
    pub sent_wrong: u64,
    /// Of a million children sent, how many have a wrong number.
    pub wrong_per_million: Option<f64>,
    /// Numbers sent for more than one cluster.
    pub sent_twice: u64,
    /// `unverified` records with the right number.
    pub unverified_right: u64,
    /// `unverified` records with another number than the register's.
    pub unverified_wrong: u64,
    /// `unverified` records of children who are not in the register.
    pub unverified_unknown: u64,
    /// Findable records not sent.
    pub missed: u64,
    /// Of these, review offers the right number for the record or one of its cluster.
    pub offered: u64,
    /// Their share.
    pub review_recall: Option<f64>,
    /// Missed records by what became of them.
    pub missed_by_cause: Vec<Missed>,
    /// The same figures among records of some kind.
    pub kinds: Vec<KindFigures>,
}

/// Missed records of one cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Missed {
    /// The link status, `sent_wrong` or `absent` (rejected row).
    pub cause: String,
    /// Records.
    pub records: u64,
    /// Of these, with the right number offered in review.
    pub offered: u64,
}

/// Numbers among records of one kind.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KindFigures {
    /// Which records.
    pub kind: String,
    /// Records.
    pub records: u64,
    /// Whose child is in the register.
    pub findable: u64,
    /// Sent with the right number.
    pub found: u64,
    /// Their share.
    pub recall: Option<f64>,
    /// Sent with a wrong number.
    pub wrong: u64,
}

fn is_sent(record: &Judged) -> bool {
    matches!(record.status, LinkStatus::Attached | LinkStatus::Kept)
}

fn is_wrong(record: &Judged) -> bool {
    is_sent(record) && record.given != record.right
}

fn is_found(record: &Judged) -> bool {
    is_sent(record) && record.right != 0 && record.given == record.right
}

pub(super) fn judge(answers: &Answers) -> NumberFigures {
    let records = &answers.records;
    let count = |test: Test<'_>| records.iter().filter(|record| test(record)).count() as u64;
    let absent = answers.absent.iter().filter(|(_, right)| *right != 0).count() as u64;
    let findable = count(&|record| record.right != 0) + absent;
    let found = count(&is_found);
    let missed_by_cause = missed(answers, absent);
    let offered = missed_by_cause.iter().map(|cause| cause.offered).sum();
    let (sent, sent_wrong, sent_twice) = sent(records);
    let unverified =
        |test: Test<'_>| count(&|record| record.status == LinkStatus::Unverified && test(record));
    NumberFigures {
        findable,
        found,
        recall: share(found, findable),
        wrong: count(&|record| is_wrong(record) && record.right != 0),
        invented: count(&|record| is_wrong(record) && record.right == 0),
        sent,
        sent_wrong,
        wrong_per_million: share(sent_wrong, sent).map(|share| share * 1e6),
        sent_twice,
        unverified_right: unverified(&|record| record.right != 0 && record.given == record.right),
        unverified_wrong: unverified(&|record| record.right != 0 && record.given != record.right),
        unverified_unknown: unverified(&|record| record.right == 0),
        missed: findable - found,
        offered,
        review_recall: share(offered, findable - found),
        missed_by_cause,
        kinds: kinds(records),
    }
}

/// Children sent, those with a wrong number, and numbers sent for two clusters.
fn sent(records: &[Judged]) -> (u64, u64, u64) {
    let mut clusters: Vec<(Key, bool, u64)> = records
        .iter()
        .filter(|record| is_sent(record))
        .map(|record| (record.cluster, is_wrong(record), record.given))
        .collect();
    clusters.sort_unstable();
    let groups = || clusters.chunk_by(|left, right| left.0 == right.0);
    let wrong = groups().filter(|cluster| cluster.iter().any(|(_, wrong, _)| *wrong)).count();
    let mut numbers: Vec<u64> = groups().map(|cluster| cluster[0].2).collect();
    let sent = numbers.len();
    numbers.sort_unstable();
    let twice = numbers.chunk_by(|left, right| left == right).filter(|same| same.len() > 1).count();
    (sent as u64, wrong as u64, twice as u64)
}

fn missed(answers: &Answers, absent: u64) -> Vec<Missed> {
    let offers = cluster_offers(answers);
    let mut causes: Vec<Missed> = LinkStatus::ALL
        .iter()
        .filter(|status| !matches!(status, LinkStatus::Attached | LinkStatus::Kept))
        .map(|status| status.as_str())
        .chain(["sent_wrong", "absent"])
        .map(|cause| Missed { cause: cause.to_owned(), records: 0, offered: 0 })
        .collect();
    for record in answers.records.iter().filter(|record| record.right != 0 && !is_found(record)) {
        let name = if is_sent(record) { "sent_wrong" } else { record.status.as_str() };
        if let Some(cause) = causes.iter_mut().find(|cause| cause.cause == name) {
            cause.records += 1;
            cause.offered += u64::from(offers.contains(&(record.cluster, record.right)));
        }
    }
    if let Some(cause) = causes.last_mut() {
        cause.records = absent;
    }
    causes
}

/// Cluster and number of everything review offers.
fn cluster_offers(answers: &Answers) -> FxHashSet<(Key, u64)> {
    let clusters: FxHashMap<Key, Key> =
        answers.records.iter().map(|record| (record.record, record.cluster)).collect();
    let offers = answers.offers.iter();
    offers.filter_map(|(record, number)| Some((*clusters.get(record)?, *number))).collect()
}

/// Whether a record is of a kind.
type Test<'a> = &'a dyn Fn(&Judged) -> bool;

fn kinds(records: &[Judged]) -> Vec<KindFigures> {
    let twins = shared(records, |record| record.birth);
    let namesakes = shared(records, |record| record.namesake);
    let siblings = shared(records, |record| record.family);
    let kinds: [(&str, Test<'_>); 8] = [
        ("all", &|_| true),
        ("twins", &|record| twins.contains(&record.birth)),
        ("namesakes_same_day", &|record| namesakes.contains(&record.namesake)),
        ("siblings", &|record| siblings.contains(&record.family)),
        ("minority", &|record| record.is_minority),
        ("date_not_to_the_day", &|record| !record.is_dated),
        ("no_parents", &|record| record.family == 0),
        ("duplicate_entry", &|record| record.is_duplicate),
    ];
    let figures = kinds.iter().map(|(kind, test)| {
        let mut figures = KindFigures {
            kind: (*kind).to_owned(),
            records: 0,
            findable: 0,
            found: 0,
            recall: None,
            wrong: 0,
        };
        for record in records.iter().filter(|record| test(record)) {
            figures.records += 1;
            figures.findable += u64::from(record.right != 0);
            figures.found += u64::from(is_found(record));
            figures.wrong += u64::from(is_wrong(record));
        }
        figures.recall = share(figures.found, figures.findable);
        figures
    });
    figures.collect()
}

/// Keys that records of different children share.
fn shared(records: &[Judged], key: impl Fn(&Judged) -> Key) -> FxHashSet<Key> {
    let mut first: FxHashMap<Key, Key> = FxHashMap::default();
    let mut shared = FxHashSet::default();
    for record in records.iter().filter(|record| key(record) != 0) {
        if *first.entry(key(record)).or_insert(record.entity) != record.entity {
            shared.insert(key(record));
        }
    }
    shared
}
