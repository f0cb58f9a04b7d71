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
    trained::{TrainedModel, TrainedSide},
    training::{Side, Sides, train},
};
use crate::{
    outcome::List,
    record::Record,
    rules::{MatchingRules, Population, Rules},
};

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
    /// The model of an earlier run, to be used instead of training.
    pub model: Option<&'a TrainedModel>,
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
    let (duplicate_model, duplicate_population, trained) = learn(scorer, sides, given, matching);
    let mut model_of_run = TrainedModel { sides: vec![trained] };
    let duplicates = Scorer { model: &duplicate_model, profiles: &profiles };
    let duplicate_priors = Priors::duplicates(&duplicate_population, rows.len());
    let pairs = score(duplicates, rows, rows, &index, &duplicate_priors, keep(&duplicate_priors, false));
    drop(index);

    let people = &profiles.register;
    let (mut register_model, mut register_population) = (model.clone(), population);
    let mut persons = Candidates::default();
    if people.len() > 0 {
        let index = model.blocking.index(people, &profiles);
        let sides = Sides { rows, others: people, index: &index, side: Side::Register };
        let trained;
        (register_model, register_population, trained) = learn(scorer, sides, given, matching);
        model_of_run.sides.push(trained);
        let identities = Scorer { model: &register_model, profiles: &profiles };
        let priors = Priors::register(&register_population, people.len());
        persons = score(identities, rows, people, &index, &priors, keep(&priors, true));
    }

    let register_priors = Priors::register(&register_population, people.len());
    let doubtful_numbers = register.into_iter().flat_map(|register| &register.rivals);
    let doubtful_numbers = doubtful_numbers.filter_map(|rival| rival.personal_id.get().copied()).collect();
    let register = register.map_or(&[] as &[Record], |register| &register.records);
    let linkage = decide(&Evidence {
        children: &children.records,
        register,
        doubtful_numbers,
        duplicates,
        identities: Scorer { model: &register_model, profiles: &profiles },
        duplicate_priors,
        register_priors,
        sharing: (duplicate_population.duplicates / register_population.coverage).min(1.0),
        twins_listed: register_population.twins_listed,
        pairs,
        persons,
        cuts: matching.cuts,
        ideas: matching.ideas,
        asked: Asked::new(given.constraints, register),
        contradicted: given.contradicted,
    });
    let linkage = Linkage { model: model_of_run, ..linkage };
    let explainer = Explainer {
        duplicates: duplicate_model,
        identities: register_model,
        duplicate_priors,
        register_priors,
        profiles,
    };
    (linkage, explainer)
}

/// The model of one side: of an earlier run where one is given, else learnt from the lists at hand.
fn learn(
    scorer: Scorer<'_>,
    sides: Sides<'_>,
    given: Given<'_>,
    rules: &MatchingRules,
) -> (Model, Population, TrainedSide) {
    let population = rules.expected_population();
    if let Some(trained) = given.model.and_then(|model| model.side(sides.side)) {
        let (model, population) = trained.apply(scorer.model, &population);
        return (model, population, trained.clone());
    }
    let (model, population, report) = train(scorer, sides, rules, &population);
    let trained = TrainedSide::of(&model, &population, report);
    (model, population, trained)
}

fn keep(priors: &Priors, persons: bool) -> Keep {
    Keep { floor: FLOOR_BITS - priors.same, most: MOST_CANDIDATES, persons }
}
