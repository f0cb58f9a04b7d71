//! What changed between two runs of the same ward: who is new, gone, aged out or moved, whose
//! number came or went, what people decided.

use rustc_hash::FxHashMap;

use super::{
    roll::{Kid, Roll},
    truth::Judge,
};
use crate::{record::PersonalId, rules::Rules, text::fold};

/// What happened to a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Happened {
    /// In the list now, not before.
    New,
    /// Before, not now.
    Gone,
    /// A child before, sixteen or older now.
    AgedOut,
    /// In another thôn/TDP or commune.
    Moved,
    /// Has a number that stands, and had none.
    NumberGained,
    /// Has another number that stands.
    NumberChanged,
    /// Had a number that stood, and has none.
    NumberLost,
}

impl Happened {
    /// Everything, in the order of the lists.
    pub const ALL: [Self; 7] = [
        Self::New,
        Self::Gone,
        Self::AgedOut,
        Self::Moved,
        Self::NumberGained,
        Self::NumberChanged,
        Self::NumberLost,
    ];

    /// The key in the CSV and in the messages.
    pub fn key(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Gone => "gone",
            Self::AgedOut => "aged_out",
            Self::Moved => "moved",
            Self::NumberGained => "number_gained",
            Self::NumberChanged => "number_changed",
            Self::NumberLost => "number_lost",
        }
    }
}

/// One thing that happened to one child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// What.
    pub happened: Happened,
    /// The child in the earlier run.
    pub before: Option<u32>,
    /// The child now.
    pub now: Option<u32>,
}

/// Everything that happened.
#[derive(Debug, Default)]
pub struct Comparison {
    /// Children of the earlier run found again.
    pub same: u64,
    /// In the order of [`Happened::ALL`], then of the list.
    pub events: Vec<Event>,
}

/// Compares two runs.
pub fn compare(before: &Roll, now: &Roll, rules: &Rules) -> Comparison {
    let pairs = same_children(before, now);
    let mut comparison = Comparison { same: pairs.iter().flatten().count() as u64, events: Vec::new() };
    let judge = |day, roll: &'_ Roll| -> Vec<bool> {
        let judge = Judge::of_list(roll, day, rules);
        roll.children.iter().map(|kid| judge.is_of_age(kid)).collect()
    };
    let (of_age_then, of_age) = (judge(before.as_of, before), judge(now.as_of, before));
    let of_age_now = judge(now.as_of, now);
    let mut found = vec![false; now.children.len()];
    for (at, (kid, again)) in (0..).zip(before.children.iter().zip(&pairs)) {
        let mut tell = |happened, now| comparison.events.push(Event { happened, before: Some(at), now });
        let was_child = !of_age_then[at as usize];
        let Some(again) = *again else {
            let aged = was_child && of_age[at as usize];
            tell(if aged { Happened::AgedOut } else { Happened::Gone }, None);
            continue;
        };
        found[again as usize] = true;
        let current = &now.children[again as usize];
        if was_child && of_age_now[again as usize] {
            tell(Happened::AgedOut, Some(again));
        }
        if has_moved((before, kid), (now, current)) {
            tell(Happened::Moved, Some(again));
        }
        match (kid.number, current.number) {
            (None, Some(_)) => tell(Happened::NumberGained, Some(again)),
            (Some(_), None) => tell(Happened::NumberLost, Some(again)),
            (Some(one), Some(other)) if one != other => tell(Happened::NumberChanged, Some(again)),
            _ => {}
        }
    }
    for (at, _) in (0..).zip(&found).filter(|(_, found)| !**found) {
        comparison.events.push(Event { happened: Happened::New, before: None, now: Some(at) });
    }
    comparison.events.sort_by_key(|event| (event.happened, event.now.is_none(), event.now, event.before));
    comparison
}

fn has_moved((before, was): (&Roll, &Kid), (now, is): (&Roll, &Kid)) -> bool {
    let (one, other) = (before.names.get(was.hamlet), now.names.get(is.hamlet));
    let hamlets = !one.is_empty() && !other.is_empty() && fold::plain(one) != fold::plain(other);
    hamlets || was.today().zip(is.today()).is_some_and(|(one, other)| one != other)
}

/// For every child of the earlier run the same child now: by its number, by the list's own code,
/// by name and whole birth date; each only where it points to one child on both sides.
fn same_children(before: &Roll, now: &Roll) -> Vec<Option<u32>> {
    let mut pairs: Vec<Option<u32>> = vec![None; before.children.len()];
    let mut taken = vec![false; now.children.len()];
    let numbers = |roll: &Roll| -> Vec<(u32, PersonalId)> {
        (0..).zip(&roll.children).filter_map(|(at, kid)| Some((at, kid.number?))).collect()
    };
    let codes = |roll: &Roll| -> Vec<(u32, u64)> {
        let entries = roll.entries.iter().filter(|entry| entry.code != 0);
        entries.map(|entry| (entry.child, entry.code)).collect()
    };
    let names = |roll: &Roll| -> Vec<(u32, (u64, String))> {
        let named = |(at, kid): (u32, &Kid)| {
            let birth = kid.birth.filter(|birth| birth.to_date().is_some())?;
            Some((at, (roll.entries[kid.entry as usize].plain_name, birth.to_string())))
        };
        (0..).zip(&roll.children).filter_map(named).collect()
    };
    pair_up(&numbers(before), &numbers(now), &mut pairs, &mut taken, |_, _| true);
    pair_up(&codes(before), &codes(now), &mut pairs, &mut taken, |was, is| {
        !is_somebody_else((before, was), (now, is))
    });
    pair_up(&names(before), &names(now), &mut pairs, &mut taken, |_, _| true);
    pairs
}

/// A code that was given to another child since: neither name nor birth date is the same.
fn is_somebody_else((before, was): (&Roll, u32), (now, is): (&Roll, u32)) -> bool {
    let (was, is) = (&before.children[was as usize], &now.children[is as usize]);
    let name = |roll: &Roll, kid: &Kid| roll.entries[kid.entry as usize].plain_name;
    name(before, was) != name(now, is) && was.birth.zip(is.birth).is_some_and(|(one, other)| one != other)
}

fn pair_up<K: std::hash::Hash + Eq>(
    before: &[(u32, K)],
    now: &[(u32, K)],
    pairs: &mut [Option<u32>],
    taken: &mut [bool],
    fits: impl Fn(u32, u32) -> bool,
) {
    let mut places: FxHashMap<&K, Option<u32>> = FxHashMap::default();
    for (child, key) in now.iter().filter(|(child, _)| !taken[*child as usize]) {
        let place = places.entry(key).or_insert(Some(*child));
        if *place != Some(*child) {
            *place = None;
        }
    }
    let mut asked: FxHashMap<&K, u32> = FxHashMap::default();
    for (child, key) in before.iter().filter(|(child, _)| pairs[*child as usize].is_none()) {
        let first = asked.entry(key).or_insert(*child);
        if *first != *child {
            places.insert(key, None);
        }
    }
    for (child, key) in before {
        let Some(Some(found)) = places.get(key) else { continue };
        if pairs[*child as usize].is_none() && !taken[*found as usize] && fits(*child, *found) {
            pairs[*child as usize] = Some(*found);
            taken[*found as usize] = true;
        }
    }
}
