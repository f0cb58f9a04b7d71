//! The model of a run as data (`model.json`): what training found, so that another run can use it
//! without training, and anybody can read what a level was worth.

use serde::{Deserialize, Serialize};

use super::{
    learn::LearntFigure,
    scorer::Model,
    training::{Side, TrainingReport},
};
use crate::rules::Population;

/// Both sides of a run's model.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainedModel {
    /// One entry a side: duplicates, and the register where there was one.
    pub sides: Vec<TrainedSide>,
}

/// What training found for one side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainedSide {
    /// What for.
    pub side: Side,
    /// How training went.
    pub training: TrainingReport,
    /// Expected further records of the same child, per record of the list.
    pub duplicates: f64,
    /// Part of the children whom the register holds.
    pub coverage: f64,
    /// The same for the newborn.
    pub newborn_coverage: f64,
    /// By how many bits people's decisions moved the bands; 0 where nothing was learnt from them.
    #[serde(default)]
    pub shift: f64,
    /// m of every level, by comparison.
    pub comparisons: Vec<TrainedComparison>,
}

/// What training found for one comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainedComparison {
    /// Its name.
    pub comparison: String,
    /// Its levels, closest first within each group.
    pub levels: Vec<TrainedLevel>,
}

/// What training found for one level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainedLevel {
    /// Its name.
    pub level: String,
    /// P(level | same person).
    pub m: f64,
}

/// Changes smaller than this are noise.
const WORTH_SAYING: f64 = 0.0005;

/// Why a model cannot be used with these rules.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelFault {
    /// It speaks of a comparison or level that the rules do not have.
    #[error("the rules have no comparison {comparison} with a level {level}")]
    Unknown {
        /// The comparison.
        comparison: String,
        /// The level.
        level: String,
    },
    /// A figure is no probability.
    #[error("{comparison}, level {level}: m is no probability above 0")]
    NoProbability {
        /// The comparison.
        comparison: String,
        /// The level.
        level: String,
    },
    /// An expectation is out of range.
    #[error("{0} is out of range")]
    OutOfRange(&'static str),
}

impl TrainedSide {
    pub(super) fn of(model: &Model, population: &Population, training: TrainingReport) -> Self {
        let comparisons = model.comparisons.iter().map(|comparison| TrainedComparison {
            comparison: comparison.name.to_string(),
            levels: comparison
                .listed()
                .map(|(name, level)| TrainedLevel { level: name.to_owned(), m: level.m })
                .collect(),
        });
        Self {
            side: training.side,
            training,
            duplicates: population.duplicates,
            coverage: population.coverage,
            newborn_coverage: population.newborn_coverage,
            shift: 0.0,
            comparisons: comparisons.collect(),
        }
    }

    /// What is not as it was in another training of the same side.
    fn differences(&self, before: &Self) -> Vec<LearntFigure> {
        let side = match self.side {
            Side::Duplicates => "duplicates",
            Side::Register => "register",
        };
        let mut figures = vec![
            (format!("{side}.bands_bits"), before.shift, self.shift),
            (format!("{side}.duplicates"), before.duplicates, self.duplicates),
            (format!("{side}.coverage"), before.coverage, self.coverage),
            (format!("{side}.newborn_coverage"), before.newborn_coverage, self.newborn_coverage),
        ];
        for (ours, theirs) in self.comparisons.iter().zip(&before.comparisons) {
            figures.extend(ours.levels.iter().zip(&theirs.levels).map(|(ours_level, level)| {
                (format!("{side}.{}.{}", ours.comparison, ours_level.level), level.m, ours_level.m)
            }));
        }
        let moved = figures.into_iter().filter(|(_, before, after)| (before - after).abs() >= WORTH_SAYING);
        moved.map(|(name, before, after)| LearntFigure { name, before, after }).collect()
    }

    /// The model and the expectations with what was found.
    pub(super) fn apply(&self, model: &Model, population: &Population) -> (Model, Population) {
        let mut model = model.clone();
        for comparison in &mut model.comparisons {
            let found = self.comparisons.iter().find(|found| *found.comparison == *comparison.name);
            let mut m: Vec<f64> = comparison.levels.iter().map(|level| level.m).collect();
            let names = comparison.comparator.levels();
            for level in found.into_iter().flat_map(|found| &found.levels) {
                if let Some(at) = names.iter().position(|name| *name == level.level) {
                    m[at] = level.m;
                }
            }
            comparison.set_m(&m);
        }
        let population = Population {
            duplicates: self.duplicates,
            coverage: self.coverage,
            newborn_coverage: self.newborn_coverage,
            ..*population
        };
        (model, population)
    }
}

impl TrainedModel {
    /// The entry of a side.
    pub(super) fn side(&self, side: Side) -> Option<&TrainedSide> {
        self.sides.iter().find(|trained| trained.side == side)
    }

    /// What is not as it was in another training.
    pub(super) fn differences(&self, before: &Self) -> Vec<LearntFigure> {
        self.sides.iter().zip(&before.sides).flat_map(|(after, before)| after.differences(before)).collect()
    }

    /// Whether it can be used with these rules.
    ///
    /// # Errors
    /// [`ModelFault`] names the comparison and level that cannot.
    pub fn check(&self, rules: &crate::rules::MatchingRules) -> Result<(), ModelFault> {
        for side in &self.sides {
            for comparison in &side.comparisons {
                let rule = rules.comparison.iter().find(|rule| rule.name == comparison.comparison);
                let known = rule.map_or(&[] as &[&str], |rule| rule.comparator.levels());
                for level in &comparison.levels {
                    let (comparison, level_name) = (comparison.comparison.clone(), level.level.clone());
                    if !known.contains(&level.level.as_str()) {
                        return Err(ModelFault::Unknown { comparison, level: level_name });
                    }
                    if !(level.m > 0.0 && level.m <= 1.0) {
                        return Err(ModelFault::NoProbability { comparison, level: level_name });
                    }
                }
            }
            let share = |value: f64| value > 0.0 && value < 1.0;
            if !(side.duplicates > 0.0 && side.duplicates.is_finite()) {
                return Err(ModelFault::OutOfRange("duplicates"));
            }
            if !side.shift.is_finite() {
                return Err(ModelFault::OutOfRange("shift"));
            }
            if !share(side.coverage) || !share(side.newborn_coverage) {
                return Err(ModelFault::OutOfRange("coverage"));
            }
        }
        Ok(())
    }
}
