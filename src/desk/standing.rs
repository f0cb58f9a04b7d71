//! How matters stand: which answers count, what they make of each item, and how well two readers
//! agree.

use rustc_hash::FxHashMap;

use super::{
    queue::{Item, Queue},
    run_folder::{PairRow, RunFolder},
};
use crate::decide::{Answer, Decision, Entry, LogReading, PairKind, Side, contradicting};

/// An answer that counts.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The pair as the run calls it now; as the answer does where the run does not ask about it.
    pub pair: String,
    /// Where it stands in the log.
    pub line: u64,
    /// What the line says.
    pub entry: Entry,
    /// Both sides are as they were when it was given.
    pub current: bool,
    /// Contradicts others.
    pub contradiction: bool,
}

impl Standing {
    /// The answer.
    pub fn decision(&self) -> &Decision {
        self.entry.decision().expect("only answers stand")
    }
}

/// How an item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ItemState {
    /// Nobody has answered.
    Open,
    /// A side has changed since the answer.
    Changed,
    /// Its answers contradict others.
    Contradiction,
    /// Looked at and left open.
    Unsure,
    /// Answered.
    Decided,
}

impl ItemState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Open, Self::Changed, Self::Contradiction, Self::Unsure, Self::Decided];

    /// The key in addresses and messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Changed => "changed",
            Self::Contradiction => "contradiction",
            Self::Unsure => "unsure",
            Self::Decided => "decided",
        }
    }
}

/// All answers that count.
#[derive(Debug, Default)]
pub struct Standings {
    first: FxHashMap<String, Standing>,
    second: FxHashMap<String, Standing>,
}

impl Standings {
    /// What the log makes of the pairs of a run.
    pub fn of(log: &LogReading, folder: &RunFolder, queue: &Queue) -> Self {
        let mut standings = Self::default();
        for (line, entry) in log.standing() {
            let Some(decision) = entry.decision() else { continue };
            // A pair is its two sides: its identifier changes with what the register says of a person.
            let pair = queue.pair_of(&decision.record.id, &decision.other.id).map(|at| &folder.pairs[at]);
            let current = pair.is_some_and(|pair| speaks_of(decision, pair));
            let name = pair.map_or(&decision.pair_id, |pair| &pair.id).clone();
            let standing =
                Standing { pair: name.clone(), line, entry: entry.clone(), current, contradiction: false };
            let readings = if decision.second_reading { &mut standings.second } else { &mut standings.first };
            readings.insert(name, standing);
        }
        standings.mark_contradictions();
        standings
    }

    fn mark_contradictions(&mut self) {
        let mut standings: Vec<&mut Standing> =
            self.first.values_mut().filter(|standing| standing.current).collect();
        let decisions: Vec<&Decision> = standings.iter().map(|standing| standing.decision()).collect();
        let marks = contradicting(&decisions);
        for (standing, mark) in standings.iter_mut().zip(marks) {
            standing.contradiction = mark;
        }
    }

    /// Every answer that counts, in the order given.
    pub fn all(&self) -> Vec<&Standing> {
        let mut all: Vec<&Standing> = self.first.values().chain(self.second.values()).collect();
        all.sort_by_key(|standing| standing.line);
        all
    }

    /// The answer to a pair.
    pub fn get(&self, pair_id: &str, second: bool) -> Option<&Standing> {
        if second { self.second.get(pair_id) } else { self.first.get(pair_id) }
    }

    /// How an item stands for a reading.
    pub fn state(&self, item: &Item, folder: &RunFolder, second: bool) -> ItemState {
        let answers: Vec<Option<&Standing>> =
            item.pairs.iter().map(|pair| self.get(&folder.pairs[*pair].id, second)).collect();
        let given = || answers.iter().flatten();
        if given().any(|standing| standing.current && standing.contradiction) {
            return ItemState::Contradiction;
        }
        if given().any(|standing| !standing.current)
            || (!second
                && item.pairs.iter().any(|pair| !folder.pairs[*pair].earlier_answer.is_empty())
                && given().next().is_none())
        {
            return ItemState::Changed;
        }
        let yes = given().any(|standing| standing.decision().answer == Answer::Yes);
        if item.kind == PairKind::Identity && yes {
            return ItemState::Decided;
        }
        if !self.open_pairs(item, folder, second).is_empty() {
            return ItemState::Open;
        }
        if given().any(|standing| standing.decision().answer == Answer::Unsure) {
            return ItemState::Unsure;
        }
        ItemState::Decided
    }

    /// The pairs of an item that are still to be answered: neither answered as they are now, nor
    /// settled by the answers to others (A is B and B is C: A is C).
    pub fn open_pairs(&self, item: &Item, folder: &RunFolder, second: bool) -> Vec<usize> {
        let pair = |at: usize| &folder.pairs[at];
        let answered = |at: &usize| self.get(&pair(*at).id, second).filter(|standing| standing.current);
        let open: Vec<usize> = item.pairs.iter().copied().filter(|at| answered(at).is_none()).collect();
        if item.kind == PairKind::Identity || open.is_empty() || item.pairs.len() == 1 {
            return open;
        }
        let ends = |at: usize| {
            [&pair(at).record_id, &pair(at).other]
                .map(|id| folder.record(id).map_or(id.as_str(), |record| record.cluster.as_str()))
        };
        let given = |wanted: Answer| {
            let pairs = item.pairs.iter().copied();
            pairs.filter(move |at| answered(at).is_some_and(|it| it.decision().answer == wanted)).map(ends)
        };
        let mut groups = Groups::default();
        given(Answer::Yes).for_each(|[one, other]| groups.join(one, other));
        let apart: Vec<[usize; 2]> = given(Answer::No).map(|ends| ends.map(|end| groups.of(end))).collect();
        open.into_iter()
            .filter(|at| {
                let [one, other] = ends(*at).map(|end| groups.of(end));
                one != other && !apart.contains(&[one, other]) && !apart.contains(&[other, one])
            })
            .collect()
    }

    /// How well the two readings agree.
    pub fn agreement(&self) -> Agreement {
        let mut agreement = Agreement::default();
        for (pair_id, second) in &self.second {
            let Some(first) = self.first.get(pair_id).filter(|first| first.current && second.current) else {
                continue;
            };
            let (one, other) = (first.decision().answer, second.decision().answer);
            agreement.table[one as usize][other as usize] += 1;
            if one != other {
                agreement.disagreements.push(pair_id.clone());
            }
        }
        agreement.disagreements.sort_unstable();
        agreement
    }
}

/// Records that answers have made one child; a handful, so a list will do.
#[derive(Debug, Default)]
struct Groups<'a>(Vec<Vec<&'a str>>);

impl<'a> Groups<'a> {
    fn of(&mut self, end: &'a str) -> usize {
        self.0.iter().position(|group| group.contains(&end)).unwrap_or_else(|| {
            self.0.push(vec![end]);
            self.0.len() - 1
        })
    }

    fn join(&mut self, one: &'a str, other: &'a str) {
        let (one, other) = (self.of(one), self.of(other));
        if one != other {
            let moved = std::mem::take(&mut self.0[other]);
            self.0[one].extend(moved);
        }
    }
}

/// Whether an answer was given about these very sides; a duplicate's may stand the other way round.
fn speaks_of(decision: &Decision, pair: &PairRow) -> bool {
    let sides = [&decision.record, &decision.other];
    let matches = |one: &Side, other: &Side| {
        one.fingerprint == pair.fingerprints[0] && other.fingerprint == pair.fingerprints[1]
    };
    matches(sides[0], sides[1])
        || (pair.kind == PairKind::Duplicate
            && decision.record.id == pair.other
            && matches(sides[1], sides[0]))
}

/// Two readers' answers to the same pairs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Agreement {
    /// Counts, first reader's answer by row, second's by column, in the order of [`Answer::ALL`].
    pub table: [[u32; 3]; 3],
    /// Pairs on which they differ.
    pub disagreements: Vec<String>,
}

impl Agreement {
    /// How many pairs both answered.
    pub fn pairs(&self) -> u32 {
        self.table.iter().flatten().sum()
    }

    /// Share of pairs with the same answer.
    pub fn observed(&self) -> Option<f64> {
        let same: u32 = (0..3).map(|at| self.table[at][at]).sum();
        (self.pairs() > 0).then(|| f64::from(same) / f64::from(self.pairs()))
    }

    /// Cohen's kappa (1960): agreement beyond what two readers reach who answer by lot, each with
    /// their own habits. `None` where it is not defined: no pairs, or both always gave one answer.
    pub fn kappa(&self) -> Option<f64> {
        let pairs = f64::from(self.pairs());
        let observed = self.observed()?;
        let expected: f64 = (0..3)
            .map(|at| {
                let row: u32 = self.table[at].iter().sum();
                let column: u32 = self.table.iter().map(|row| row[at]).sum();
                f64::from(row) * f64::from(column) / (pairs * pairs)
            })
            .sum();
        (expected < 1.0).then(|| (observed - expected) / (1.0 - expected))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kappa_is_cohens() {
        // The textbook case: 20 and 15 agreed, 5 and 10 not; kappa 0.4.
        let table = [[20, 5, 0], [10, 15, 0], [0, 0, 0]];
        let agreement = Agreement { table, disagreements: Vec::new() };
        assert_eq!((agreement.pairs(), agreement.observed()), (50, Some(0.7)));
        assert!((agreement.kappa().unwrap() - 0.4).abs() < 1e-12);
        assert_eq!(Agreement::default().kappa(), None);
        let always = Agreement { table: [[9, 0, 0], [0, 0, 0], [0, 0, 0]], disagreements: Vec::new() };
        assert_eq!((always.observed(), always.kappa()), (Some(1.0), None));
        let perfect = Agreement { table: [[5, 0, 0], [0, 4, 0], [0, 0, 1]], disagreements: Vec::new() };
        assert!((perfect.kappa().unwrap() - 1.0).abs() < 1e-12);
    }
}
