//! Matching as a whole: compact, train, score, decide.

use jiff::civil::Date;

use super::{
    blocking::Blocks,
    constraints::{Asked, Constraints},
    decide::{Evidence, decide},
    explain::Explainer,
    learn::Lessons,
    linkage::Linkage,
    model::Priors,
    profile::{Profiles, Rows},
    score::{Keep, score},
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
    /// Learn from what people decided, beyond the pairs they decided.
    pub learn: bool,
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
    let model = Model::new(&rules.matching);
    let profiles = Profiles::new(children, register, &model.specs, given.as_of, rules);
    let lists = Lists { children, register, model: &model, profiles: &profiles, rules: &rules.matching };
    let (linkage, taught) = if given.learn {
        // What people were asked about is what is doubtful without their answers.
        let nothing = Constraints::default();
        let (before, _) = lists.link(Given { constraints: &nothing, ..given }, &Lessons::default());
        let lessons = Lessons::of(given.constraints, &before.review, &rules.matching.learning);
        let (mut after, taught) = lists.link(given, &lessons);
        after.learnt = after.model.differences(&before.model);
        (after, taught)
    } else {
        lists.link(given, &Lessons::default())
    };
    let [duplicates, identities] = taught;
    let explainer = Explainer {
        duplicates: duplicates.model,
        identities: identities.model,
        duplicate_priors: duplicates.priors,
        register_priors: identities.priors,
        profiles,
    };
    (linkage, explainer)
}

/// The lists, ready to be compared.
#[derive(Clone, Copy)]
struct Lists<'a> {
    children: &'a List,
    register: Option<&'a List>,
    model: &'a Model,
    profiles: &'a Profiles,
    rules: &'a MatchingRules,
}

/// What is known of one side before anything is decided.
struct Taught {
    model: Model,
    population: Population,
    priors: Priors,
    trained: TrainedSide,
}

impl Lists<'_> {
    /// Trains, scores and decides: duplicates and register.
    fn link(self, given: Given<'_>, lessons: &Lessons) -> (Linkage, [Taught; 2]) {
        let Self { model, profiles, rules: matching, .. } = self;
        let (rows, people) = (&profiles.children, &profiles.register);

        let blocks = model.blocking.within(rows, profiles);
        let of_list = self.train(rows, &blocks, Side::Duplicates, given, lessons);
        let duplicates = Scorer { model: &of_list.model, profiles };
        let pairs = score(duplicates, rows, rows, &blocks, &of_list.priors, keep(&of_list.priors, false));
        drop(blocks);

        let blocks = model.blocking.between(rows, people, profiles);
        let of_register = self.train(people, &blocks, Side::Register, given, lessons);
        let identities = Scorer { model: &of_register.model, profiles };
        let keep = keep(&of_register.priors, true);
        let persons = score(identities, rows, people, &blocks, &of_register.priors, keep);
        drop(blocks);

        let rivals = self.register.into_iter().flat_map(|register| &register.rivals);
        let register = self.register.map_or(&[] as &[Record], |register| &register.records);
        let linkage = decide(&Evidence {
            children: &self.children.records,
            register,
            doubtful_numbers: rivals.filter_map(|rival| rival.personal_id.get().copied()).collect(),
            duplicates,
            identities,
            duplicate_priors: of_list.priors,
            register_priors: of_register.priors,
            sharing: (of_list.population.duplicates / of_register.population.coverage).min(1.0),
            twins_listed: of_register.population.twins_listed,
            pairs,
            persons,
            cuts: matching.cuts,
            ideas: matching.ideas,
            asked: Asked::new(given.constraints, register),
            contradicted: given.contradicted,
        });
        let of_register_too = (people.len() > 0).then(|| of_register.trained.clone());
        let sides = std::iter::once(of_list.trained.clone()).chain(of_register_too).collect();
        (Linkage { model: TrainedModel { sides }, ..linkage }, [of_list, of_register])
    }

    /// The model of one side: of an earlier run where one is given, else learnt from the lists at
    /// hand; moved as far as people's decisions move it.
    fn train(
        self,
        others: &Rows,
        blocks: &Blocks,
        side: Side,
        given: Given<'_>,
        lessons: &Lessons,
    ) -> Taught {
        let expected = self.rules.expected_population();
        let shift = lessons.shift(side);
        if let Some(trained) = given.model.and_then(|model| model.side(side)) {
            let (model, population) = trained.apply(self.model, &expected);
            let trained = TrainedSide { shift: trained.shift + shift, ..trained.clone() };
            let priors = Priors::of_side(side, &population, others.len()).shifted(trained.shift);
            return Taught { model, population, priors, trained };
        }
        let scorer = Scorer { model: self.model, profiles: self.profiles };
        let sides =
            Sides { rows: &self.profiles.children, others, blocks, side, labels: lessons.labels(side) };
        let (model, population, report) = train(scorer, sides, self.rules, &expected);
        let priors = Priors::of_side(side, &population, others.len()).shifted(shift);
        let trained = TrainedSide { shift, ..TrainedSide::of(&model, &population, report) };
        Taught { model, population, priors, trained }
    }
}

fn keep(priors: &Priors, persons: bool) -> Keep {
    Keep { floor: FLOOR_BITS - priors.same, most: MOST_CANDIDATES, persons }
}
