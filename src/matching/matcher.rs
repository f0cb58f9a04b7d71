//! Matching as a whole: compact, train, score, decide.

use std::convert::Infallible;

use jiff::civil::Date;
use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::{
    blocking::Blocks,
    constraints::{Asked, Constraints},
    decide::{Evidence, decide},
    explain::Explainer,
    indexed::{AtHand, IndexedPeople, Lookup},
    known::Comparisons,
    learn::Lessons,
    linkage::{Linkage, ReviewOther},
    model::Priors,
    persons::{Facts, Persons},
    profile::Profiles,
    remembered::{Memory, Remembered},
    score::{Candidates, Keep, score},
    scorer::{Model, Scorer},
    trained::{TrainedModel, TrainedSide},
    training::{Examples, Group, Side, groups, sampled, train},
};
use crate::{
    index::{IndexError, SetAside},
    outcome::List,
    record::{PersonalId, Record, RecordIx},
    rules::{Learning, MatchingRules, Population, Rules},
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
    /// Bytes of memory for the persons of an index who are at hand at a time.
    pub memory: u64,
}

impl Given<'_> {
    /// Whether pairs are known from an earlier run or kept for a later one: they are numbered over
    /// everybody at hand.
    fn remembers(&self) -> bool {
        self.known.is_some() || self.remember
    }
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
    let doubtful_numbers = doubtful_numbers(register);
    let records = register.map_or(&[] as &[Record], |register| &register.records);
    let people =
        People { known: Persons::Records(records), doubtful_numbers: &doubtful_numbers, numbers: None };
    let lists = Lists { children, persons: profiles.register.len(), model: &model, rules: &rules.matching };
    let link = |given: Given<'_>, lessons: &Lessons| {
        Ok::<_, Infallible>(lists.link(&profiles, (people, None), given, lessons))
    };
    let Ok((linkage, taught)) = link_taught(link, given, &rules.matching.learning);
    (linkage, explainer(taught, profiles))
}

/// The same against a register whose records are set aside while pairs are compared. Of them only those
/// come back whom the linkage names, and the holders of `numbers`; the linkage names them by their places
/// then.
pub fn match_set_aside(
    children: &List,
    register: &mut List,
    numbers: &[PersonalId],
    given: Given<'_>,
    rules: &Rules,
) -> (Linkage, Explainer) {
    let model = Model::new(&rules.matching);
    let mut profiles = Profiles::new(children, Some(register), &model.specs, given.as_of, rules);
    let facts: Vec<Facts> = register.records.par_iter().map(Facts::of).collect();
    let aside = SetAside::of(std::mem::take(&mut register.records));
    let doubtful_numbers = doubtful_numbers(Some(register));
    let people = People { known: Persons::Facts(&facts), doubtful_numbers: &doubtful_numbers, numbers: None };
    let lists = Lists { children, persons: profiles.register.len(), model: &model, rules: &rules.matching };
    let link = |given: Given<'_>, lessons: &Lessons| {
        Ok::<_, Infallible>(lists.link(&profiles, (people, None), given, lessons))
    };
    let Ok((mut linkage, taught)) = link_taught(link, given, &rules.matching.learning);
    let is_asked =
        |place: &u32| facts[*place as usize].number.is_some_and(|number| numbers.contains(&number));
    let asked = (0..facts.len() as u32).filter(|place| !numbers.is_empty() && is_asked(place));
    let named = keep_named(&mut linkage, asked, None, &mut profiles);
    register.records = aside.into_records(&named);
    (linkage, explainer(taught, profiles))
}

/// Numbers that the register gives to two people.
fn doubtful_numbers(register: Option<&List>) -> FxHashSet<PersonalId> {
    let rivals = register.into_iter().flat_map(|register| &register.rivals);
    rivals.filter_map(|rival| rival.personal_id.get().copied()).collect()
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
    let (lookup, mut profiles) = Lookup::new(children, *people, &model, (given.as_of, given.memory), rules)?;
    let lists = Lists { children, persons: people.count(), model: &model, rules: &rules.matching };
    let wanted = lists.wanted(people, numbers, given.constraints)?;

    let mut at_hand = None;
    let (mut linkage, taught) = match lookup.look_up_all(&profiles, given.remembers())? {
        Some(candidates) => {
            let at_hand = at_hand.insert(lookup.take(merged(candidates.persons(), &wanted), &mut profiles)?);
            let found = candidates.blocks(profiles.children.len(), &at_hand.persons);
            drop(candidates);
            let doubtful_numbers = at_hand.rivals.iter().copied().collect();
            let people = People::at_hand(at_hand, &doubtful_numbers);
            let link = |given: Given<'_>, lessons: &Lessons| {
                Ok::<_, IndexError>(lists.link(&profiles, (people, Some(&found)), given, lessons))
            };
            link_taught(link, given, &rules.matching.learning)?
        }
        None => {
            let link = |given: Given<'_>, lessons: &Lessons| {
                let linked = lists.link_by_windows(&mut profiles, &lookup, &wanted, given, lessons)?;
                at_hand = Some(linked.at_hand);
                Ok((linked.linkage, linked.taught))
            };
            link_taught(link, given, &rules.matching.learning)?
        }
    };

    let at_hand = at_hand.map_or_else(Vec::new, |at_hand| at_hand.persons);
    let asked = people.holders(numbers.iter().copied())?;
    let asked = asked.into_iter().filter(|person| *person < people.records);
    let named = keep_named(&mut linkage, asked, Some(&at_hand), &mut profiles);
    Ok((linkage, explainer(taught, profiles), named))
}

/// From here on only those persons count whom the linkage names, or somebody asked for: who they are, in
/// their order, by which the linkage names them then. `at_hand` are those the profiles know, where these
/// are not all.
fn keep_named(
    linkage: &mut Linkage,
    asked: impl Iterator<Item = u32>,
    at_hand: Option<&[u32]>,
    profiles: &mut Profiles,
) -> Vec<u32> {
    let mut named: Vec<u32> = persons_of(linkage).map(|person| person.0).chain(asked).collect();
    named.par_sort_unstable();
    named.dedup();
    for person in persons_of(linkage) {
        *person = place_of(person.0, &named);
    }
    match at_hand {
        Some(at_hand) => {
            let places: Vec<u32> = named.iter().map(|person| place_of(*person, at_hand).0).collect();
            profiles.keep_persons(&places);
        }
        None => profiles.keep_persons(&named),
    }
    named
}

/// Where a person stands among persons in order, of whom they are one.
fn place_of(person: u32, among: &[u32]) -> RecordIx {
    // To stop is better than to go on with somebody else.
    RecordIx(among.binary_search(&person).expect("who is in question is at hand") as u32)
}

/// Two sets of persons as one, in order.
fn merged(mut persons: Vec<u32>, more: &[u32]) -> Vec<u32> {
    persons.extend_from_slice(more);
    persons.par_sort_unstable();
    persons.dedup();
    persons
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
    /// How many persons the register has, rivals included; all of them, at hand or not.
    persons: usize,
    model: &'a Model,
    rules: &'a MatchingRules,
}

/// The persons at hand.
#[derive(Clone, Copy)]
struct People<'a> {
    known: Persons<'a>,
    /// Numbers that the register gives to two people.
    doubtful_numbers: &'a FxHashSet<PersonalId>,
    /// What the persons are called by decisions and in the linkage, in order, where not by their places.
    numbers: Option<&'a [u32]>,
}

impl<'a> People<'a> {
    fn at_hand(at_hand: &'a AtHand, doubtful_numbers: &'a FxHashSet<PersonalId>) -> Self {
        Self { known: Persons::Facts(&at_hand.facts), doubtful_numbers, numbers: Some(&at_hand.persons) }
    }

    /// Decisions by the places of persons at hand.
    fn placed(&self, constraints: &Constraints) -> Constraints {
        let Some(numbers) = self.numbers else { return constraints.clone() };
        let at_hand = |person: &RecordIx| numbers.binary_search(&person.0).ok().map(|at| RecordIx(at as u32));
        let with_person = |pairs: &[(RecordIx, RecordIx)]| {
            pairs.iter().filter_map(|(record, person)| Some((*record, at_hand(person)?))).collect()
        };
        Constraints {
            is_person: with_person(&constraints.is_person),
            not_person: with_person(&constraints.not_person),
            ..constraints.clone()
        }
    }

    /// What a person at a place is called.
    fn name(&self, place: u32) -> u32 {
        self.numbers.map_or(place, |numbers| numbers[place as usize])
    }
}

/// What windows over an index led to.
struct LinkedByWindows {
    linkage: Linkage,
    taught: [Taught; 2],
    /// The persons who were decided about.
    at_hand: AtHand,
}

/// Everything compared, before it is decided.
struct Compared<'a> {
    profiles: &'a Profiles,
    taught: [Taught; 2],
    pairs: Candidates,
    persons: Candidates,
}

/// What is known of one side before anything is decided.
struct Taught {
    model: Model,
    population: Population,
    priors: Priors,
    trained: TrainedSide,
}

/// Links, and learns from decisions where that is wanted.
fn link_taught<E>(
    mut link: impl FnMut(Given<'_>, &Lessons) -> Result<(Linkage, [Taught; 2]), E>,
    given: Given<'_>,
    learning: &Learning,
) -> Result<(Linkage, [Taught; 2]), E> {
    if !given.learn {
        return link(given, &Lessons::default());
    }
    // What people were asked about is what is doubtful without their answers.
    let nothing = Constraints::default();
    let (before, _) = link(Given { constraints: &nothing, ..given }, &Lessons::default())?;
    let lessons = Lessons::of(given.constraints, &before.review, learning);
    let (mut after, taught) = link(given, &lessons)?;
    after.learnt = after.model.differences(&before.model);
    Ok((after, taught))
}

impl Lists<'_> {
    /// Trains, scores and decides, with everybody at hand who may be a child of the list: duplicates and
    /// register.
    fn link(
        &self,
        profiles: &Profiles,
        (people, found): (People<'_>, Option<&Blocks>),
        given: Given<'_>,
        lessons: &Lessons,
    ) -> (Linkage, [Taught; 2]) {
        let (rows, others) = (&profiles.children, &profiles.register);
        let remembered = Remembered::of(profiles, given);
        let (of_list, mut pairs) = self.duplicates(profiles, remembered.as_ref(), given, lessons);

        let between;
        let blocks = match found {
            Some(found) => found,
            None => {
                between = self.model.blocking.between(rows, others, profiles);
                &between
            }
        };
        let examples = |model: &Model, records: &[u32]| {
            let scorer = Scorer { model, profiles };
            let records = records.par_iter().map(|record| (*record, *record));
            Ok::<_, Infallible>(groups(scorer, (rows, others), blocks, records, |place| people.name(place)))
        };
        let Ok(of_register) = self.teach(Side::Register, self.persons, given, lessons, examples);
        let scorer = Scorer { model: &of_register.model, profiles };
        let known = memory(remembered.as_ref(), Side::Register, &of_register);
        let priors = &of_register.priors;
        let everybody = (rows, 0..rows.len());
        let mut persons = score(scorer, everybody, others, blocks, priors, keep(priors, true), &known);

        let reuse =
            remembered.as_ref().map(|remembered| remembered.reuse(&pairs, &persons)).unwrap_or_default();
        let found = [&mut pairs, &mut persons].map(|candidates| std::mem::take(&mut candidates.levels));
        drop(known);
        let comparisons = remembered.and_then(|remembered| remembered.comparisons(found));
        let compared = Compared { profiles, taught: [of_list, of_register], pairs, persons };
        let (linkage, taught) = self.decide(compared, people, given);
        (Linkage { reuse, comparisons, ..linkage }, taught)
    }

    /// The same with so many persons of an index at hand at a time as memory holds; at the end those alone
    /// who are in question, and `wanted` persons.
    fn link_by_windows(
        &self,
        profiles: &mut Profiles,
        lookup: &Lookup<'_>,
        wanted: &[u32],
        given: Given<'_>,
        lessons: &Lessons,
    ) -> Result<LinkedByWindows, IndexError> {
        let (of_list, pairs) = self.duplicates(profiles, None, given, lessons);

        let examples = |model: &Model, records: &[u32]| {
            let mut examples = Vec::new();
            lookup.each_window(records, profiles, |profiles, window| {
                let scorer = Scorer { model, profiles };
                let records = window.records.par_iter().copied().zip(0..window.records.len() as u32);
                let sides = (&profiles.children, &profiles.register);
                let name = |place: u32| window.at_hand.persons[place as usize];
                examples.append(&mut groups(scorer, sides, &window.found, records, name));
            })?;
            Ok::<_, IndexError>(examples)
        };
        let of_register = self.teach(Side::Register, self.persons, given, lessons, examples)?;

        let everybody: Vec<u32> = (0..profiles.children.len() as u32).collect();
        let mut persons = Candidates::default();
        let mut doubtful_numbers = FxHashSet::default();
        lookup.each_window(&everybody, profiles, |profiles, window| {
            let scorer = Scorer { model: &of_register.model, profiles };
            let first = window.records.first().map_or(0, |record| *record as usize);
            let records = (&profiles.children, first..first + window.records.len());
            let (others, priors) = (&profiles.register, &of_register.priors);
            let unknown = Memory::default();
            let keep = keep(priors, true);
            let mut found = score(scorer, records, others, &window.found, priors, keep, &unknown);
            found.others_mut().for_each(|place| *place = window.at_hand.persons[*place as usize]);
            persons.append(found);
            doubtful_numbers.extend(&window.at_hand.rivals);
        })?;

        let in_question = persons.others_mut().map(|person| *person).collect();
        let at_hand = lookup.take(merged(in_question, wanted), profiles)?;
        persons.others_mut().for_each(|person| *person = place_of(*person, &at_hand.persons).0);
        doubtful_numbers.extend(&at_hand.rivals);
        let people = People::at_hand(&at_hand, &doubtful_numbers);
        let compared = Compared { profiles, taught: [of_list, of_register], pairs, persons };
        let (linkage, taught) = self.decide(compared, people, given);
        Ok(LinkedByWindows { linkage, taught, at_hand })
    }

    /// Persons of an index who must be at hand whoever they are: the holders of listed numbers, and whom
    /// decisions name.
    fn wanted(
        &self,
        people: &IndexedPeople<'_>,
        numbers: &[PersonalId],
        constraints: &Constraints,
    ) -> Result<Vec<u32>, IndexError> {
        let listed = self.children.records.iter().filter_map(|record| record.personal_id.get().copied());
        let given = constraints.numbers.iter().map(|(_, number)| *number);
        let mut wanted = people.holders(listed.chain(given).chain(numbers.iter().copied()))?;
        let decided = constraints.is_person.iter().chain(&constraints.not_person);
        wanted.extend(decided.map(|(_, person)| person.0));
        Ok(wanted)
    }

    /// Learns what makes two records of the list the same child, and compares them.
    fn duplicates(
        &self,
        profiles: &Profiles,
        remembered: Option<&Remembered<'_>>,
        given: Given<'_>,
        lessons: &Lessons,
    ) -> (Taught, Candidates) {
        let rows = &profiles.children;
        let blocks = self.model.blocking.within(rows, profiles);
        let examples = |model: &Model, records: &[u32]| {
            let scorer = Scorer { model, profiles };
            let records = records.par_iter().map(|record| (*record, *record));
            Ok::<_, Infallible>(groups(scorer, (rows, rows), &blocks, records, |record| record))
        };
        let Ok(taught) = self.teach(Side::Duplicates, rows.len(), given, lessons, examples);
        let scorer = Scorer { model: &taught.model, profiles };
        let known = memory(remembered, Side::Duplicates, &taught);
        let (priors, everybody) = (&taught.priors, (rows, 0..rows.len()));
        let pairs = score(scorer, everybody, rows, &blocks, priors, keep(priors, false), &known);
        (taught, pairs)
    }

    /// Decides everything.
    fn decide(&self, compared: Compared<'_>, people: People<'_>, given: Given<'_>) -> (Linkage, [Taught; 2]) {
        let Compared { profiles, taught: [of_list, of_register], pairs, persons } = compared;
        let mut linkage = decide(&Evidence {
            children: &self.children.records,
            register: people.known,
            doubtful_numbers: people.doubtful_numbers.clone(),
            duplicates: Scorer { model: &of_list.model, profiles },
            identities: Scorer { model: &of_register.model, profiles },
            duplicate_priors: of_list.priors,
            register_priors: of_register.priors,
            sharing: (of_list.population.duplicates / of_register.population.coverage).min(1.0),
            twins_listed: of_register.population.twins_listed,
            pairs,
            persons,
            cuts: self.rules.cuts,
            ideas: self.rules.ideas,
            asked: Asked::new(&people.placed(given.constraints), people.known),
            contradicted: given.contradicted,
        });
        persons_of(&mut linkage).for_each(|person| person.0 = people.name(person.0));
        let of_register_too = (self.persons > 0).then(|| of_register.trained.clone());
        let sides = std::iter::once(of_list.trained.clone()).chain(of_register_too).collect();
        (Linkage { model: TrainedModel { sides }, ..linkage }, [of_list, of_register])
    }

    /// The model of one side: of an earlier run where one is given, else learnt from examples, the
    /// candidate pairs of a sample of records; moved as far as people's decisions move it.
    fn teach<E>(
        &self,
        side: Side,
        persons: usize,
        given: Given<'_>,
        lessons: &Lessons,
        examples: impl FnOnce(&Model, &[u32]) -> Result<Vec<Group>, E>,
    ) -> Result<Taught, E> {
        let expected = self.rules.expected_population();
        let untrained = self.model.of_side(side);
        let shift = lessons.shift(side);
        if let Some(trained) = given.model.and_then(|model| model.side(side)) {
            let (model, population) = trained.apply(&untrained, &expected);
            let trained = TrainedSide { shift: trained.shift + shift, ..trained.clone() };
            let priors = Priors::of_side(side, &population, persons).shifted(trained.shift);
            return Ok(Taught { model, population, priors, trained });
        }
        let labels = lessons.labels(side);
        let groups = examples(&untrained, &sampled(self.children.records.len(), labels, self.rules))?;
        let examples = Examples { groups: &groups, side, persons, labels };
        let (model, population, report) = train(&untrained, examples, &self.rules.training, &expected);
        let priors = Priors::of_side(side, &population, persons).shifted(shift);
        let trained = TrainedSide { shift, ..TrainedSide::of(&model, &population, report) };
        Ok(Taught { model, population, priors, trained })
    }
}

/// What is remembered of the comparisons of one side.
fn memory<'m>(remembered: Option<&'m Remembered<'_>>, side: Side, taught: &Taught) -> Memory<'m> {
    remembered.map_or_else(Memory::default, |remembered| remembered.memory(side, &taught.model))
}

fn keep(priors: &Priors, persons: bool) -> Keep {
    Keep { floor: FLOOR_BITS - priors.same, most: MOST_CANDIDATES, persons }
}
