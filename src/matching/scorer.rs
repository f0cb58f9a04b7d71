//! Compares two records by every comparison of the model and adds up what the levels are worth.

use std::sync::Arc;

use super::{
    blocking::Blocking,
    community::Community,
    comparator::{
        Found, NameContext, Similarities, compare_codes, compare_crossed, compare_crossed_texts,
        compare_dates, compare_digits, compare_names, compare_part, compare_texts, names_differ,
        texts_differ,
    },
    frequency::NameInformation,
    lexicon::WordIx,
    linkage::{Evidence, MatchWeight},
    model::{Comparison, Sums},
    profile::{FieldSpecs, Information, Profiles, SlotKind, community_of},
    slot::{DateSlot, MISSING, NameSlot, Slot},
    training::Side,
    veto::Veto,
};
use crate::{
    record::FieldKind,
    rules::{ComparatorKind, ComparisonRule, MatchField, MatchingRules},
};

/// The model of a run, compiled from the rules.
#[derive(Clone)]
pub struct Model {
    /// The comparisons, in the order of the comparison vector.
    pub comparisons: Vec<Comparison>,
    /// The slot each comparison looks at.
    pub slots: Vec<usize>,
    /// The other record's slot that may hold the value instead.
    pub or_slots: Vec<Option<usize>>,
    /// What each comparison calls alike; of texts.
    pub similarities: Vec<Similarities>,
    /// The slot of the name whose surname each comparison's name usually repeats.
    surname_slots: Vec<Option<usize>>,
    /// Whether each comparison looks at the record's own name, which is of its gender.
    own_name: Vec<bool>,
    /// How twins in the register are known.
    born_together: Option<Veto>,
    /// What keeps two records apart.
    pub vetoes: Vec<Veto>,
    /// The fields all slots hold.
    pub specs: FieldSpecs,
    /// The passes.
    pub blocking: Blocking,
}

impl Model {
    /// Compiles the rules.
    pub fn new(rules: &MatchingRules) -> Self {
        let mut specs = FieldSpecs::default();
        let (mut comparisons, mut slots, mut or_slots) = (Vec::new(), Vec::new(), Vec::new());
        let similarities = rules.comparison.iter().map(Similarities::of).collect();
        for rule in &rules.comparison {
            let kind = SlotKind::of(rule.comparator);
            comparisons.push(Comparison::new(rule));
            slots.push(specs.position(rule.field.get_ref(), kind));
            or_slots.push(rule.or_field.as_ref().map(|field| specs.position(field.get_ref(), kind)));
        }
        let surname_slots = rules.comparison.iter().map(|rule| {
            rule.surname_of.as_ref().map(|field| specs.position(field.get_ref(), SlotKind::Name))
        });
        let surname_slots = surname_slots.collect();
        let born_together =
            rules.born_together.as_ref().map(|rule| Veto::new(rule.get_ref(), &rules.comparison));
        let is_own = |rule: &ComparisonRule| *rule.field.get_ref() == MatchField::Known(FieldKind::FullName);
        let own_name = rules.comparison.iter().map(is_own).collect();
        let blocking = Blocking::new(&rules.blocking, &mut specs);
        let vetoes = rules.veto.iter().map(|veto| Veto::new(veto.get_ref(), &rules.comparison)).collect();
        Self {
            comparisons,
            slots,
            or_slots,
            similarities,
            surname_slots,
            own_name,
            born_together,
            vetoes,
            specs,
            blocking,
        }
    }
}

impl Model {
    /// The model of one side, before training.
    pub fn of_side(&self, side: Side) -> Self {
        let mut model = self.clone();
        if side == Side::Duplicates {
            model.comparisons = model.comparisons.into_iter().map(Comparison::within_list).collect();
        }
        model
    }
}

/// A model with the profiles it is applied to.
#[derive(Clone, Copy)]
pub struct Scorer<'a> {
    /// The model.
    pub model: &'a Model,
    /// The profiles.
    pub profiles: &'a Profiles,
}

impl Scorer<'_> {
    /// What one comparison finds, `None` where a side is missing.
    pub fn find(&self, comparison: usize, a: &[Slot], b: &[Slot]) -> Option<Found> {
        let slot = self.model.slots[comparison];
        let crossed = || self.find_crossed(comparison, a, b);
        let (row, other) = (a, b);
        let (a, b) = (a[slot], b[slot]);
        if a == MISSING || b == MISSING {
            return crossed();
        }
        let profiles = self.profiles;
        match (self.model.comparisons[comparison].comparator, &profiles.information[slot]) {
            (comparator, Information::Name(information)) => {
                let context = NameContext {
                    surname_said: self.surname_is_said(comparison, row, other),
                    ..self.names(information, self.community(comparison, row, other))
                };
                let (a, b) = (NameSlot::from_slot(a), NameSlot::from_slot(b));
                match comparator {
                    ComparatorKind::Surname => compare_part(context, 0, a, b),
                    ComparatorKind::MiddleName => compare_part(context, 1, a, b),
                    ComparatorKind::GivenName => compare_part(context, 2, a, b),
                    _ => {
                        let found = compare_names(context, a, b);
                        Some(found)
                            .filter(|found| !names_differ(found.level))
                            .or_else(crossed)
                            .or(Some(found))
                    }
                }
            }
            (_, Information::Date(information)) => {
                Some(compare_dates(DateSlot::from_slot(a), DateSlot::from_slot(b), information))
            }
            (ComparatorKind::Digits, Information::Value(information)) => {
                Some(compare_digits(a, b, |value| information.value(value)))
            }
            (ComparatorKind::Text, Information::Value(information)) => {
                let text = |slot: Slot| &*profiles.texts[slot as usize];
                let rarer = || information.value(a).max(information.value(b));
                let found = compare_texts(text(a), text(b), self.model.similarities[comparison], rarer);
                Some(found).filter(|found| !texts_differ(found.level)).or_else(crossed).or(Some(found))
            }
            (_, Information::Value(information)) => compare_codes(a, b, |value| information.value(value)),
        }
    }

    /// Whom the names of a field are counted among: the peoples of both, and for their own names
    /// the gender.
    fn community(&self, comparison: usize, a: &[Slot], b: &[Slot]) -> Community {
        let community = community_of(a).of_pair(community_of(b));
        if self.model.own_name[comparison] { community } else { community.of_any_gender() }
    }

    /// The value of one record in the other column of the other.
    fn find_crossed(&self, comparison: usize, a: &[Slot], b: &[Slot]) -> Option<Found> {
        let (slot, other) = (self.model.slots[comparison], self.model.or_slots[comparison]?);
        let profiles = self.profiles;
        let community = || self.community(comparison, a, b);
        // `value` stands in the comparison's own column, `elsewhere` in the other.
        let compare = |value: Slot, elsewhere: Slot| {
            if value == MISSING || elsewhere == MISSING {
                return None;
            }
            match &profiles.information[slot] {
                Information::Name(information) => {
                    let context = self.names(information, community());
                    compare_crossed(context, NameSlot::from_slot(value), NameSlot::from_slot(elsewhere))
                }
                Information::Value(information) => {
                    let text = |slot: Slot| &*profiles.texts[slot as usize];
                    let from = self.model.similarities[comparison];
                    compare_crossed_texts(text(value), text(elsewhere), from, || information.value(value))
                }
                Information::Date(_) => None,
            }
        };
        compare(a[slot], b[other]).or_else(|| compare(b[slot], a[other]))
    }

    fn names<'a>(&'a self, information: &'a NameInformation, community: Community) -> NameContext<'a> {
        NameContext {
            lexicon: &self.profiles.lexicon,
            arena: &self.profiles.arena,
            confusions: &self.profiles.confusions,
            information,
            among: information.among(community),
            surname_said: false,
        }
    }

    /// Whether the surname of a comparison's name only repeats, on both sides, that of another name
    /// which is compared too.
    fn surname_is_said(&self, comparison: usize, a: &[Slot], b: &[Slot]) -> bool {
        let Some(other) = self.model.surname_slots[comparison] else { return false };
        let slot = self.model.slots[comparison];
        let plain = |word: &WordIx| self.profiles.lexicon.form(*word).plain;
        let repeats = |row: &[Slot]| {
            let surname = |slot: Slot| {
                let name = (slot != MISSING).then(|| NameSlot::from_slot(slot))?;
                name.parts(&self.profiles.arena)[0].first().map(plain)
            };
            surname(row[slot]).is_some_and(|ours| surname(row[other]) == Some(ours))
        };
        repeats(a) && repeats(b)
    }

    /// Whether two records of one side look like twins, by the rule for it.
    pub fn born_together(&self, a: &[Slot], b: &[Slot]) -> bool {
        let level = |comparison: usize| self.find(comparison, a, b).map(|found| found.level);
        self.model.born_together.as_ref().is_some_and(|rule| rule.applies(level))
    }

    /// Whether a rule keeps the two apart, whatever their weight; `one_person` where the register says
    /// that they are one.
    pub fn forbidden(&self, a: &[Slot], b: &[Slot], one_person: bool) -> bool {
        let level = |comparison: usize| self.find(comparison, a, b).map(|found| found.level);
        let holds = |veto: &&Veto| !(one_person && veto.register_overrules);
        self.model.vetoes.iter().filter(holds).any(|veto| veto.applies(level))
    }

    /// The sums of all comparisons.
    pub fn sums(&self, a: &[Slot], b: &[Slot]) -> Sums {
        let mut sums = Sums::default();
        for (at, comparison) in self.model.comparisons.iter().enumerate() {
            if let Some(found) = self.find(at, a, b) {
                sums.add(comparison.weigh_level(found.level, found.information));
            }
        }
        sums
    }

    /// What the person alone says against an unrelated one, bits: without family and place, which
    /// twins share.
    pub fn person_bits(&self, a: &[Slot], b: &[Slot]) -> f32 {
        let comparisons = self.model.comparisons.iter().enumerate();
        let of_person = comparisons.filter(|(_, comparison)| comparison.of_person);
        let bits = of_person.filter_map(|(at, comparison)| {
            let found = self.find(at, a, b)?;
            Some(comparison.weigh_level(found.level, found.information).unrelated)
        });
        bits.fold(0.0, |sum, bits| sum + bits)
    }

    /// What speaks for and against, comparison by comparison; last, where it matters, what the
    /// chance of a twin or sibling takes away (`weight` is the whole match weight).
    pub fn explain(&self, a: &[Slot], b: &[Slot], weight: f64) -> Vec<Evidence> {
        let mut unrelated = 0.0;
        let mut evidence: Vec<Evidence> = Vec::new();
        for (at, comparison) in self.model.comparisons.iter().enumerate() {
            if let Some(found) = self.find(at, a, b) {
                let sums = comparison.weigh_level(found.level, found.information);
                unrelated += f64::from(sums.unrelated);
                evidence.push(Evidence {
                    comparison: Arc::clone(&comparison.name),
                    level: comparison.comparator.levels()[usize::from(found.level)].into(),
                    weight: MatchWeight(f64::from(sums.unrelated)),
                });
            }
        }
        if weight < unrelated - 0.5 {
            evidence.push(Evidence {
                comparison: "others".into(),
                level: "twin_sibling_namesake".into(),
                weight: MatchWeight(weight - unrelated),
            });
        }
        evidence
    }
}
