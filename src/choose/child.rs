//! One child: the chosen value of every field, where it came from, what it changes against the
//! list's own entry, and what the register writes differently.

use super::{
    changes::{ChosenChange, list_changes},
    prefer::{self, Members, Rank, best, birth_grade, name_grade, other_name_grade},
    spelling::{only_lacks_marks, same_letters, same_spelling},
};
use crate::{
    matching::{ClusterRole, Decision},
    outcome::Outcome,
    record::{
        Field, FieldKind, FindingCode, Gender, PartialDate, PersonName, PersonalId, Place, Record, RecordIx,
    },
};

/// Where a chosen value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChosenFrom {
    /// In a record of the list.
    List(RecordIx),
    /// In the register person's record.
    Register(RecordIx),
}

/// The value chosen for one field; `None` where no record has a usable one.
#[derive(Debug)]
pub struct Chosen<'a, T>(pub Option<(&'a T, ChosenFrom)>);

// By hand, because the derived ones would ask `T` to be `Clone` although only a reference is held.
impl<T> Clone for Chosen<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Chosen<'_, T> {}

impl<'a, T> Chosen<'a, T> {
    /// The value.
    pub fn get(self) -> Option<&'a T> {
        self.0.map(|(value, _)| value)
    }
}

/// Something the register writes differently; the list's value stands until a person decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The field.
    pub field: FieldKind,
    /// The register's value.
    pub register: String,
}

/// One child of the list.
#[derive(Debug, Clone)]
pub struct Child<'a> {
    /// The record that stands for the child.
    pub primary: RecordIx,
    /// All its records, in input order.
    pub records: &'a [RecordIx],
    /// How it stands to the register.
    pub link: &'a Decision,
    /// Name.
    pub name: Chosen<'a, PersonName>,
    /// Nickname or other name.
    pub other_name: Chosen<'a, String>,
    /// Birth date.
    pub birth: Chosen<'a, PartialDate>,
    /// Gender.
    pub gender: Chosen<'a, Gender>,
    /// Ethnic group.
    pub ethnicity: Chosen<'a, String>,
    /// The list's key of the child.
    pub child_code: Chosen<'a, String>,
    /// The list's key of the household.
    pub household_code: Chosen<'a, String>,
    /// Names of father, mother, guardian.
    pub parent_names: [Chosen<'a, PersonName>; 3],
    /// Numbers of father, mother, guardian.
    pub parent_ids: [Chosen<'a, PersonalId>; 3],
    /// Thôn/TDP.
    pub hamlet: Chosen<'a, String>,
    /// Address.
    pub address: Chosen<'a, String>,
    /// Administrative place.
    pub place: Chosen<'a, Place>,
    /// Place of birth.
    pub birth_place: Chosen<'a, String>,
    /// Telephone.
    pub phone: Chosen<'a, String>,
    /// Note.
    pub note: Chosen<'a, String>,
    /// The child's number (attached, kept, unverified).
    pub personal_id: Option<PersonalId>,
    /// What changes against the primary record, in the order of [`FieldKind::ALL`].
    pub changes: Vec<ChosenChange>,
    /// What the register writes differently, in the same order.
    pub suggestions: Vec<Suggestion>,
}

/// Chooses the values of one child. `records` is one group of [`super::Clusters`].
pub fn choose_child<'a>(outcome: &'a Outcome, records: &'a [RecordIx]) -> Child<'a> {
    let all = &outcome.children.records;
    let decisions = &outcome.linkage.decisions;
    let primary = records
        .iter()
        .copied()
        .find(|record| decisions[record.usize()].role != ClusterRole::Duplicate)
        .unwrap_or(records[0]);
    let link = &decisions[primary.usize()];
    let person = link
        .person
        .and_then(|at| Some((at, outcome.register.as_ref()?.records.get(at.usize())?)))
        .filter(|_| link.personal_id.is_some());
    let chooser = Chooser { members: Members { all, primary, records }, person };
    let mut child = Child {
        primary,
        records,
        link,
        name: chooser.name(),
        other_name: chooser.plain(|record| &record.other_name),
        birth: chooser.birth(),
        gender: chooser.or_register(|record| &record.gender),
        ethnicity: chooser.or_register(|record| &record.ethnicity),
        child_code: chooser.plain(|record| &record.child_code),
        household_code: chooser.plain(|record| &record.household_code),
        parent_names: [
            chooser.parent_name(|record| &record.father.name),
            chooser.parent_name(|record| &record.mother.name),
            chooser.parent_name(|record| &record.guardian.name),
        ],
        parent_ids: [
            chooser.or_register(|record| &record.father.id),
            chooser.or_register(|record| &record.mother.id),
            chooser.or_register(|record| &record.guardian.id),
        ],
        hamlet: chooser.longest(|record| &record.hamlet),
        address: chooser.longest(|record| &record.address),
        place: chooser.plain(|record| &record.place),
        birth_place: chooser.longest(|record| &record.birth_place),
        phone: chooser.plain(|record| &record.phone),
        note: chooser.longest(|record| &record.note),
        personal_id: link.personal_id,
        changes: Vec::new(),
        suggestions: Vec::new(),
    };
    child.changes = list_changes(&child, chooser.members);
    if let Some((_, person)) = person {
        child.suggestions = list_suggestions(&child, person);
    }
    child
}

struct Chooser<'a> {
    members: Members<'a>,
    person: Option<(RecordIx, &'a Record)>,
}

impl<'a> Chooser<'a> {
    fn pick<T: PartialEq + 'a>(
        &self,
        field: impl Fn(&'a Record) -> &'a Field<T>,
        rank: impl Fn(&'a Record, &'a T) -> Rank,
    ) -> Chosen<'a, T> {
        let registered = self.person.and_then(|(_, person)| field(person).get());
        let chosen = best(self.members, &field, |record, value| Rank {
            confirmed: registered == Some(value),
            ..rank(record, value)
        });
        Chosen(chosen.map(|(at, value)| (value, ChosenFrom::List(at))))
    }

    fn registered<T>(&self, field: impl Fn(&'a Record) -> &'a Field<T>) -> Chosen<'a, T> {
        let value = self.person.and_then(|(at, person)| Some((field(person).get()?, at)));
        Chosen(value.map(|(value, at)| (value, ChosenFrom::Register(at))))
    }

    fn plain<T: PartialEq>(&self, field: impl Fn(&'a Record) -> &'a Field<T>) -> Chosen<'a, T> {
        self.pick(field, |_, _| Rank::default())
    }

    /// The list's value, else the register's.
    fn or_register<T: PartialEq>(&self, field: impl Fn(&'a Record) -> &'a Field<T>) -> Chosen<'a, T> {
        Chosen(self.plain(&field).0.or_else(|| self.registered(&field).0))
    }

    fn longest(&self, field: impl Fn(&'a Record) -> &'a Field<String>) -> Chosen<'a, String> {
        self.pick(field, |_, value| Rank { length: value.chars().count(), ..Rank::default() })
    }

    fn name(&self) -> Chosen<'a, PersonName> {
        let listed = self.pick(
            |record| &record.name,
            |record, name| Rank { grade: name_grade(record, name), ..Rank::default() },
        );
        let registered = self.registered(|record| &record.name);
        let (Some((name, ChosenFrom::List(at))), Some((official, _))) = (listed.0, registered.0) else {
            return Chosen(listed.0.or(registered.0));
        };
        let record = &self.members.all[at.usize()];
        let incomplete = record.unnamed || name.is_pattern();
        if incomplete || register_completes(name, official, prefer::was_decoded(&record.name)) {
            registered
        } else {
            listed
        }
    }

    fn parent_name(&self, field: impl Fn(&'a Record) -> &'a Field<PersonName>) -> Chosen<'a, PersonName> {
        let listed = self.pick(&field, |_, name| Rank { grade: other_name_grade(name), ..Rank::default() });
        let registered = self.registered(&field);
        let (Some((name, ChosenFrom::List(at))), Some((official, _))) = (listed.0, registered.0) else {
            return Chosen(listed.0.or(registered.0));
        };
        let decoded = prefer::was_decoded(field(&self.members.all[at.usize()]));
        if register_completes(name, official, decoded) { registered } else { listed }
    }

    /// The list's date; the register's where the list has only the year (or year and month, or
    /// the placeholder 01/01) and the register's whole date agrees with what is known.
    fn birth(&self) -> Chosen<'a, PartialDate> {
        let listed = self.pick(
            |record| &record.birth,
            |record, birth| Rank { grade: birth_grade(record, birth), ..Rank::default() },
        );
        let registered = self.registered(|record| &record.birth);
        let (Some((birth, ChosenFrom::List(at))), Some((official, _))) = (listed.0, registered.0) else {
            return Chosen(listed.0.or(registered.0));
        };
        let placeholder = self.members.all[at.usize()]
            .findings
            .iter()
            .any(|finding| finding.code == FindingCode::BirthDefaultDay);
        let agrees = birth.year() == official.year()
            && (placeholder || birth.month().is_none() || birth.month() == official.month());
        let completes = official.day().is_some() && (birth.day().is_none() || placeholder);
        if agrees && completes && birth != official { registered } else { listed }
    }
}

/// The list's spelling is the legal one as written and stands, except where it lacks every mark,
/// or was decoded from an old encoding and differs from the register's in marks only: then the
/// register's is the same name, undamaged.
fn register_completes(listed: &PersonName, official: &PersonName, decoded: bool) -> bool {
    only_lacks_marks(listed.full(), official.full())
        || (decoded
            && same_letters(listed.full(), official.full())
            && !same_spelling(listed.full(), official.full()))
}

fn list_suggestions(child: &Child<'_>, person: &Record) -> Vec<Suggestion> {
    let mut suggestions = Vec::new();
    let mut suggest = |field, differs: bool, register: String| {
        if differs {
            suggestions.push(Suggestion { field, register });
        }
    };
    let names = |listed: Option<&PersonName>, official: Option<&PersonName>| {
        let (listed, official) = (listed?, official?);
        (!official.is_pattern() && !same_spelling(listed.full(), official.full()))
            .then(|| official.full().to_owned())
    };
    if let Some(official) = names(child.name.get(), person.name.get()) {
        suggest(FieldKind::FullName, true, official);
    }
    if let (Some(birth), Some(official)) = (child.birth.get(), person.birth.get()) {
        // A register that knows less than the list does not contradict it.
        let contradicts = birth.year() != official.year()
            || official.month().is_some_and(|month| birth.month() != Some(month))
            || official.day().is_some_and(|day| birth.day() != Some(day));
        suggest(FieldKind::BirthDate, contradicts, official.vietnamese());
    }
    if let (Some(gender), Some(official)) = (child.gender.get(), person.gender.get()) {
        suggest(FieldKind::Gender, gender != official, official.vietnamese().to_owned());
    }
    if let (Some(ethnicity), Some(official)) = (child.ethnicity.get(), person.ethnicity.get()) {
        suggest(FieldKind::Ethnicity, ethnicity != official, official.clone());
    }
    let parents = person.parents();
    for ((kind, parent), listed) in parents.into_iter().zip(child.parent_names) {
        if let Some(official) = names(listed.get(), parent.name.get()) {
            suggest(kind, true, official);
        }
    }
    suggestions
}
