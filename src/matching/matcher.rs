//! Matching as a whole: compact, train, score, decide.

use jiff::civil::Date;

use super::{
    constraints::{Asked, Constraints},
    decide::{Evidence, decide},
    explain::Explainer,
    linkage::Linkage,
    model::Priors,
    profile::Profiles,
    score::{Candidates, Keep, score},
    scorer::{Model, Scorer},
    training::{Side, Sides, train},
};
use crate::{outcome::List, record::Record, rules::Rules};

/// Candidate pairs below this posterior (in bits) can neither be decided nor shown.
const FLOOR_BITS: f64 = -10.0;
/// Candidates kept for one record.
const MOST_CANDIDATES: usize = 8;

/// What matching is given beside the lists and the rules.
#[derive(Clone, Copy)]
pub struct Given<'a> {
    /// The day of the job: the newborn are those born shortly before.
    pub as_of: Date,
    /// What people decided.
    pub constraints: &'a Constraints,
    /// Whether a record's own birth year or gender contradicts its number.
    pub contradicted: &'a (dyn Fn(&Record) -> bool + Sync),
}

/// Decides which children are the same and which register person each is.
pub fn match_lists(
    children: &List,
    register: Option<&List>,
    given: Given<'_>,
    rules: &Rules,
) -> (Linkage, Explainer) {
    let matching = &rules.matching;
    let model = Model::new(matching);
    let profiles = Profiles::new(children, register, &model.specs, given.as_of, rules);
    let scorer = Scorer { model: &model, profiles: &profiles };
    let population = matching.expected_population();

    let rows = &profiles.children;
    let index = model.blocking.index(rows, &profiles);
    let sides = Sides { rows, others: rows, index: &index, side: Side::Duplicates };
    let (duplicate_model, duplicate_population, report) = train(scorer, sides, matching, &population);
    let mut reports = vec![report];
    let duplicates = Scorer { model: &duplicate_model, profiles: &profiles };
    let duplicate_priors = Priors::duplicates(&duplicate_population, rows.len());
    let pairs = score(duplicates, rows, rows, &index, &duplicate_priors, keep(&duplicate_priors, true));
    drop(index);

    let people = &profiles.register;
    let (mut register_model, mut register_population) = (model.clone(), population);
    let mut persons = Candidates::default();
    if people.len() > 0 {
        let index = model.blocking.index(people, &profiles);
        let sides = Sides { rows, others: people, index: &index, side: Side::Register };
        let report;
        (register_model, register_population, report) = train(scorer, sides, matching, &population);
        reports.push(report);
        let identities = Scorer { model: &register_model, profiles: &profiles };
        let priors = Priors::register(&register_population, people.len());
        persons = score(identities, rows, people, &index, &priors, keep(&priors, false));
    }

    let register_priors = Priors::register(&register_population, people.len());
    let register = register.map_or(&[] as &[Record], |register| &register.records);
    let linkage = decide(&Evidence {
        children: &children.records,
        register,
        duplicates,
        identities: Scorer { model: &register_model, profiles: &profiles },
        duplicate_priors,
        register_priors,
        sharing: (duplicate_population.duplicates / register_population.coverage).min(1.0),
        pairs,
        persons,
        cuts: matching.cuts,
        ideas: matching.ideas,
        asked: Asked::new(given.constraints, register),
        contradicted: given.contradicted,
    });
    let linkage = Linkage { training: reports, ..linkage };
    let explainer = Explainer {
        duplicates: duplicate_model,
        identities: register_model,
        duplicate_priors,
        register_priors,
        profiles,
    };
    (linkage, explainer)
}

fn keep(priors: &Priors, later_only: bool) -> Keep {
    Keep { floor: FLOOR_BITS - priors.same, most: MOST_CANDIDATES, later_only }
}
