//! Learning from decisions (`--learn`): pairs that people decided count in EM as what they are, and
//! where people said yes or no more often than the run that asked them expected, the expectation is
//! moved as a whole, which moves the bands. What moved is reported, before and after.

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::{
    constraints::Constraints,
    linkage::{ReviewItem, ReviewOther},
    training::Side,
};
use crate::rules::Learning;

/// What is to be learnt, of duplicates and of the register.
#[derive(Debug, Default)]
pub struct Lessons {
    duplicates: Lesson,
    register: Lesson,
}

#[derive(Debug, Default)]
struct Lesson {
    labels: Labels,
    /// Bits.
    shift: f64,
}

impl Lessons {
    /// What the decisions teach, given what was shown to the people who took them.
    pub fn of(constraints: &Constraints, shown: &[ReviewItem], rules: &Learning) -> Self {
        let lesson = |side: Side| {
            let labels = Labels::of(constraints, side);
            let answers: Vec<(f64, bool)> = shown
                .iter()
                .filter_map(|item| {
                    let record = item.record;
                    let answer = match (item.other, side) {
                        (ReviewOther::Record(other), Side::Duplicates) => {
                            labels.of_pair(record.min(other).0, record.max(other).0)
                        }
                        (ReviewOther::Person(person), Side::Register) => labels.of_pair(record.0, person.0),
                        _ => None,
                    };
                    let odds = item.probability / (1.0 - item.probability);
                    Some((odds.log2(), answer?))
                })
                .collect();
            Lesson { shift: shift(&answers, rules), labels }
        };
        Self { duplicates: lesson(Side::Duplicates), register: lesson(Side::Register) }
    }

    fn of_side(&self, side: Side) -> &Lesson {
        match side {
            Side::Duplicates => &self.duplicates,
            Side::Register => &self.register,
        }
    }

    /// The answers about one side.
    pub fn labels(&self, side: Side) -> &Labels {
        &self.of_side(side).labels
    }

    /// By how many bits they move the expectation of one side.
    pub fn shift(&self, side: Side) -> f64 {
        self.of_side(side).shift
    }
}

/// What people said of pairs of one side: true for the same person.
#[derive(Debug, Default)]
pub struct Labels {
    pairs: FxHashMap<(u32, u32), bool>,
}

/// One figure of the model before and after learning.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LearntFigure {
    /// Which: `SIDE.COMPARISON.LEVEL`, an expectation, or the shift of the bands in bits.
    pub name: String,
    /// Without the decisions.
    pub before: f64,
    /// With them.
    pub after: f64,
}

impl Labels {
    /// The decisions about one side.
    pub fn of(constraints: &Constraints, side: Side) -> Self {
        let (yes, no) = match side {
            Side::Duplicates => (&constraints.same, &constraints.apart),
            Side::Register => (&constraints.is_person, &constraints.not_person),
        };
        let key = |a: u32, b: u32| if side == Side::Duplicates { (a.min(b), a.max(b)) } else { (a, b) };
        let labelled = no.iter().map(|pair| (pair, false)).chain(yes.iter().map(|pair| (pair, true)));
        Self { pairs: labelled.map(|((a, b), same)| (key(a.0, b.0), same)).collect() }
    }

    /// What was said of a pair (of two records: the earlier one first); `None` for nothing.
    pub fn of_pair(&self, record: u32, other: u32) -> Option<bool> {
        self.pairs.get(&(record, other)).copied()
    }

    /// The records that something was said of, in order.
    pub fn records(&self) -> Vec<u32> {
        let mut records: Vec<u32> = self.pairs.keys().map(|(record, _)| *record).collect();
        records.sort_unstable();
        records.dedup();
        records
    }
}

/// Steps between no shift and the most, on either side.
const STEPS: i32 = 200;

/// By how many bits the expectation must move for the answers to be what it leads to expect: the
/// most probable shift under a normal prior, answers being mistakes now and then, so that no single
/// answer moves much. An answer: the bits for the same person that were shown, and whether it was yes.
fn shift(answers: &[(f64, bool)], rules: &Learning) -> f64 {
    let fit = |shift: f64| {
        let prior = -0.5 * (shift / rules.expected_shift.max(f64::MIN_POSITIVE)).powi(2);
        answers.iter().fold(prior, |fit, (bits, same)| {
            let same_person = 1.0 / (1.0 + (-(bits + shift)).exp2());
            let yes = rules.mistakes + (1.0 - 2.0 * rules.mistakes) * same_person;
            fit + if *same { yes } else { 1.0 - yes }.max(f64::MIN_POSITIVE).ln()
        })
    };
    // Mistakes make the fit uneven: it is looked for everywhere, nearest first, not by its slope.
    let step = rules.most_shift / f64::from(STEPS);
    let (mut best, mut best_fit) = (0.0, fit(0.0));
    for at in 1..=STEPS {
        for shift in [step * f64::from(at), -step * f64::from(at)] {
            let fit = fit(shift);
            if fit > best_fit {
                (best, best_fit) = (shift, fit);
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: Learning = Learning { mistakes: 0.05, expected_shift: 1.0, most_shift: 3.0 };

    /// Answers of people for whom a pair is the same person as often as at so many bits more.
    fn answers(truth: f64, count: usize) -> Vec<(f64, bool)> {
        let bits = |nth: usize| 6.0 * (nth % 61) as f64 / 60.0 - 3.0;
        // Evenly spread chances stand for drawn ones.
        let chance = |nth: usize| (nth * 37 % 101) as f64 / 101.0;
        let answer = |nth: usize| (bits(nth), chance(nth) < 1.0 / (1.0 + (-(bits(nth) + truth)).exp2()));
        (0..count).map(answer).collect()
    }

    #[test]
    fn the_shift_behind_the_answers_is_found() {
        for truth in [-1.5, -0.5, 0.0, 1.0, 2.0] {
            let found = shift(&answers(truth, 1500), &RULES);
            assert!((found - truth).abs() < 0.35, "{truth}: {found}");
        }
    }

    #[test]
    fn a_few_answers_or_mistakes_move_little() {
        assert!(shift(&[], &RULES) == 0.0);
        assert!(shift(&[(-0.5, true)], &RULES).abs() < 0.5, "one answer");
        assert!(shift(&[(20.0, false)], &RULES).abs() < 0.1, "one evident mistake");
        let mut told = answers(0.0, 190);
        let right = shift(&told, &RULES);
        for answer in told.iter_mut().step_by(20) {
            answer.1 = !answer.1;
        }
        assert!((shift(&told, &RULES) - right).abs() < 0.5, "one in twenty");
    }

    #[test]
    fn no_answers_whatever_move_the_bands_beyond_the_limit() {
        let all_yes: Vec<_> = (0..2000).map(|_| (-3.0, true)).collect();
        assert!(shift(&all_yes, &RULES) <= RULES.most_shift);
        assert!(shift(&all_yes, &Learning { most_shift: 0.0, ..RULES }) == 0.0);
    }
}
