//! Matching as a whole: compact, train, score, decide.

use super::{
    decide::{Evidence, decide},
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

/// Decides which children are the same and which register person each is. `contradicted` says
/// whether a record's own birth year, gender or parents contradict its number.
pub fn match_lists(
    children: &List,
    register: Option<&List>,
    rules: &Rules,
    contradicted: &(dyn Fn(&Record) -> bool + Sync),
) -> Linkage {
    let model = Model::new(&rules.matching);
    let profiles = Profiles::new(children, register, &model.specs, rules);
    let scorer = Scorer { model: &model, profiles: &profiles };
    let (training, population) = (&rules.matching.training, &rules.matching.population);

    let rows = &profiles.children;
    let index = model.blocking.index(rows, &profiles);
    let sides = Sides { rows, others: rows, index: &index, side: Side::Duplicates };
    let (duplicate_model, duplicate_population, report) = train(scorer, sides, training, population);
    let mut reports = vec![report];
    let duplicates = Scorer { model: &duplicate_model, profiles: &profiles };
    let duplicate_priors = Priors::duplicates(&duplicate_population, rows.len());
    let pairs = score(duplicates, rows, rows, &index, &duplicate_priors, keep(&duplicate_priors, true));
    drop(index);

    let people = &profiles.register;
    let (mut register_model, mut register_population) = (model.clone(), *population);
    let mut persons = Candidates::default();
    if people.len() > 0 {
        let index = model.blocking.index(people, &profiles);
        let sides = Sides { rows, others: people, index: &index, side: Side::Register };
        let report;
        (register_model, register_population, report) = train(scorer, sides, training, population);
        reports.push(report);
        let identities = Scorer { model: &register_model, profiles: &profiles };
        let priors = Priors::register(&register_population, people.len());
        persons = score(identities, rows, people, &index, &priors, keep(&priors, false));
    }

    let linkage = decide(&Evidence {
        children: &children.records,
        register: register.map_or(&[], |register| &register.records),
        duplicates,
        identities: Scorer { model: &register_model, profiles: &profiles },
        duplicate_priors,
        register_priors: Priors::register(&register_population, people.len()),
        pairs,
        persons,
        cuts: rules.matching.cuts,
        contradicted,
    });
    Linkage { training: reports, ..linkage }
}

fn keep(priors: &Priors, later_only: bool) -> Keep {
    Keep { floor: FLOOR_BITS - priors.same, most: MOST_CANDIDATES, later_only }
}
