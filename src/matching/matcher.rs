//! Matching as a whole: compact, train, score, decide.

use jiff::civil::Date;
use rustc_hash::FxHashSet;

use super::{
    blocking::Blocks,
    constraints::{Asked, Constraints},
    decide::{Evidence, decide},
    explain::Explainer,
    indexed::{IndexedPeople, Loaded},
    known::Comparisons,
    learn::Lessons,
    linkage::{Linkage, ReviewOther},
    model::Priors,
    persons::{Facts, Persons},
    profile::{Profiles, Rows},
    remembered::{Memory, Remembered},
    score::{Keep, score},
    scorer::{Model, Scorer},
    trained::{TrainedModel, TrainedSide},
    training::{Side, Sides, train},
};
use crate::{
    index::IndexError,
    outcome::List,
    record::{PersonalId, Record, RecordIx},
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
    /// What an earlier run compared under the same rules.
    pub known: Option<&'a Comparisons>,
    /// Keep what is compared, for a later run.
    pub remember: bool,
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
    let rivals = register.into_iter().flat_map(|register| &register.rivals);
    let records = register.map_or(&[] as &[Record], |register| &register.records);
    let lists = Lists {
        children,
        register: Persons::Records(records),
        doubtful_numbers: rivals.filter_map(|rival| rival.personal_id.get().copied()).collect(),
        persons: profiles.register.len(),
        found: None,
        model: &model,
        profiles: &profiles,
        rules: &rules.matching,
    };
    let (linkage, taught) = lists.link_taught(given, rules);
    (linkage, explainer(taught, profiles))
}

/// The same against an indexed register, of which only those persons are read who may be children of
/// the list, and the holders of `numbers` beside. The constraints name persons by their number in the
/// index; so does the list returned: who the persons of the linkage are, in their order.
pub fn match_indexed(
    children: &List,
    people: &IndexedPeople<'_>,
    numbers: &[PersonalId],
    given: Given<'_>,
    rules: &Rules,
) -> Result<(Linkage, Explainer, Vec<u32>), IndexError> {
    let model = Model::new(&rules.matching);
    let loaded = Loaded::new(children, people, numbers, &model, given.as_of, rules)?;
    let Loaded { mut profiles, found, persons, facts, rivals } = loaded;
    let at_hand = |person: &RecordIx| persons.binary_search(&person.0).ok().map(|at| RecordIx(at as u32));
    let with_person = |pairs: &[(RecordIx, RecordIx)]| {
        pairs.iter().filter_map(|(record, person)| Some((*record, at_hand(person)?))).collect()
    };
    let constraints = Constraints {
        is_person: with_person(&given.constraints.is_person),
        not_person: with_person(&given.constraints.not_person),
        ..given.constraints.clone()
    };
    let lists = Lists {
        children,
        register: Persons::Facts(&facts),
        doubtful_numbers: rivals.into_iter().collect(),
        persons: people.count(),
        found: Some(&found),
        model: &model,
        profiles: &profiles,
        rules: &rules.matching,
    };
    let (mut linkage, taught) = lists.link_taught(Given { constraints: &constraints, ..given }, rules);
    // From here on only those count whom the linkage names, or somebody asked for.
    let mut named: Vec<u32> = persons_of(&mut linkage).map(|person| person.0).collect();
    let asked = |fact: &Facts| fact.number.is_some_and(|number| numbers.contains(&number));
    named.extend(facts.iter().zip(0..).filter(|(fact, _)| asked(fact)).map(|(_, at)| at));
    named.sort_unstable();
    named.dedup();
    for person in persons_of(&mut linkage) {
        *person = RecordIx(named.binary_search(&person.0).unwrap_or_default() as u32);
    }
    profiles.keep_persons(&named);
    let named = named.into_iter().map(|person| persons[person as usize]).collect();
    Ok((linkage, explainer(taught, profiles), named))
}

/// Every person that a linkage names.
fn persons_of(linkage: &mut Linkage) -> impl Iterator<Item = &mut RecordIx> {
    let decided = linkage.decisions.iter_mut().filter_map(|decision| decision.person.as_mut());
    let asked = linkage.review.iter_mut().filter_map(|item| match &mut item.other {
        ReviewOther::Person(person) => Some(person),
        ReviewOther::Record(_) => None,
    });
    decided.chain(asked)
}

fn explainer([duplicates, identities]: [Taught; 2], profiles: Profiles) -> Explainer {
    Explainer {
        duplicates: duplicates.model,
        identities: identities.model,
        duplicate_priors: duplicates.priors,
        register_priors: identities.priors,
        profiles,
    }
}

/// The lists, ready to be compared.
struct Lists<'a> {
    children: &'a List,
    register: Persons<'a>,
    /// Numbers that the register gives to two people.
    doubtful_numbers: FxHashSet<PersonalId>,
    /// How many persons the register has, rivals included; all of them, at hand or not.
    persons: usize,
    /// The children's candidate persons, where an index gave them.
    found: Option<&'a Blocks>,
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
    /// Links, and learns from decisions where that is wanted.
    fn link_taught(&self, given: Given<'_>, rules: &Rules) -> (Linkage, [Taught; 2]) {
        if !given.learn {
            return self.link(given, &Lessons::default());
        }
        // What people were asked about is what is doubtful without their answers.
        let nothing = Constraints::default();
        let (before, _) = self.link(Given { constraints: &nothing, ..given }, &Lessons::default());
        let lessons = Lessons::of(given.constraints, &before.review, &rules.matching.learning);
        let (mut after, taught) = self.link(given, &lessons);
        after.learnt = after.model.differences(&before.model);
        (after, taught)
    }

    /// Trains, scores and decides: duplicates and register.
    fn link(&self, given: Given<'_>, lessons: &Lessons) -> (Linkage, [Taught; 2]) {
        let Self { model, profiles, rules: matching, .. } = self;
        let (rows, people) = (&profiles.children, &profiles.register);
        let remembered = Remembered::of(profiles, given);
        let memory = |side, taught: &Taught| {
            remembered
                .as_ref()
                .map_or_else(Memory::default, |remembered| remembered.memory(side, &taught.model))
        };

        let blocks = model.blocking.within(rows, profiles);
        let of_list = self.train((rows, rows.len()), &blocks, Side::Duplicates, given, lessons);
        let duplicates = Scorer { model: &of_list.model, profiles };
        let keep_pairs = keep(&of_list.priors, false);
        let known = memory(Side::Duplicates, &of_list);
        let mut pairs = score(duplicates, rows, rows, &blocks, &of_list.priors, keep_pairs, &known);
        drop(blocks);

        let between;
        let blocks = match self.found {
            Some(found) => found,
            None => {
                between = model.blocking.between(rows, people, profiles);
                &between
            }
        };
        let of_register = self.train((people, self.persons), blocks, Side::Register, given, lessons);
        let identities = Scorer { model: &of_register.model, profiles };
        let keep = keep(&of_register.priors, true);
        let known = memory(Side::Register, &of_register);
        let mut persons = score(identities, rows, people, blocks, &of_register.priors, keep, &known);

        let reuse =
            remembered.as_ref().map(|remembered| remembered.reuse(&pairs, &persons)).unwrap_or_default();
        let found = [&mut pairs, &mut persons].map(|candidates| std::mem::take(&mut candidates.levels));
        drop(known);
        let comparisons = remembered.and_then(|remembered| remembered.comparisons(found));
        let linkage = decide(&Evidence {
            children: &self.children.records,
            register: self.register,
            doubtful_numbers: self.doubtful_numbers.clone(),
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
            asked: Asked::new(given.constraints, self.register),
            contradicted: given.contradicted,
        });
        let of_register_too = (self.persons > 0).then(|| of_register.trained.clone());
        let sides = std::iter::once(of_list.trained.clone()).chain(of_register_too).collect();
        let linkage = Linkage { model: TrainedModel { sides }, reuse, comparisons, ..linkage };
        (linkage, [of_list, of_register])
    }

    /// The model of one side: of an earlier run where one is given, else learnt from the lists at
    /// hand; moved as far as people's decisions move it.
    fn train(
        &self,
        (others, persons): (&Rows, usize),
        blocks: &Blocks,
        side: Side,
        given: Given<'_>,
        lessons: &Lessons,
    ) -> Taught {
        let expected = self.rules.expected_population();
        let untrained = self.model.of_side(side);
        let shift = lessons.shift(side);
        if let Some(trained) = given.model.and_then(|model| model.side(side)) {
            let (model, population) = trained.apply(&untrained, &expected);
            let trained = TrainedSide { shift: trained.shift + shift, ..trained.clone() };
            let priors = Priors::of_side(side, &population, persons).shifted(trained.shift);
            return Taught { model, population, priors, trained };
        }
        let scorer = Scorer { model: &untrained, profiles: self.profiles };
        let (rows, labels) = (&self.profiles.children, lessons.labels(side));
        let sides = Sides { rows, others, persons, blocks, side, labels };
        let (model, population, report) = train(scorer, sides, self.rules, &expected);
        let priors = Priors::of_side(side, &population, persons).shifted(shift);
        let trained = TrainedSide { shift, ..TrainedSide::of(&model, &population, report) };
        Taught { model, population, priors, trained }
    }
}

fn keep(priors: &Priors, persons: bool) -> Keep {
    Keep { floor: FLOOR_BITS - priors.same, most: MOST_CANDIDATES, persons }
}
