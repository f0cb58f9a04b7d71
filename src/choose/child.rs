//! One child: the chosen value of every field, where it came from, what it changes against the
//! list's own entry, and what the register writes differently.

use std::{borrow::Cow, cell::OnceCell};

use super::{
    changes::{ChosenChange, list_changes},
    prefer::{self, Members, Rank, best, birth_grade, name_grade, other_name_grade},
    spelling::{only_lacks_marks, same_letters, same_spelling},
};
use crate::{
    decide::Kept,
    matching::{ClusterRole, Decision},
    outcome::Outcome,
    record::{
        Change, Field, FieldKind, FindingCode, Gender, PartialDate, PersonName, PersonalId, Place, Record,
        RecordIx, Text,
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
pub struct Suggestion<'a> {
    /// The field.
    pub field: FieldKind,
    /// The register's value.
    pub register: Cow<'a, str>,
}

/// One child of the list. Each value is chosen when it is asked for: a list shows some of them, and
/// to look at all of a record's values is what takes time.
#[derive(Debug, Clone)]
pub struct Child<'a> {
    /// The record that stands for the child.
    pub primary: RecordIx,
    /// All its records, in input order.
    pub records: &'a [RecordIx],
    /// How it stands to the register.
    pub link: &'a Decision,
    chooser: Chooser<'a>,
    // Only some lists ask for these two, and for some columns of theirs more than once.
    changes: OnceCell<Vec<ChosenChange<'a>>>,
    suggestions: OnceCell<Vec<Suggestion<'a>>>,
}

impl<'a> Child<'a> {
    /// Name.
    pub fn name(&self) -> Chosen<'a, PersonName> {
        self.chooser.name()
    }

    /// Nickname or other name.
    pub fn other_name(&self) -> Chosen<'a, Text> {
        self.chooser.plain(FieldKind::OtherName, |record| &record.other_name)
    }

    /// Birth date.
    pub fn birth(&self) -> Chosen<'a, PartialDate> {
        self.chooser.birth()
    }

    /// Gender.
    pub fn gender(&self) -> Chosen<'a, Gender> {
        self.chooser.or_register(FieldKind::Gender, |record| &record.gender)
    }

    /// Ethnic group.
    pub fn ethnicity(&self) -> Chosen<'a, Text> {
        self.chooser.or_register(FieldKind::Ethnicity, |record| &record.ethnicity)
    }

    /// The list's key of the child.
    pub fn child_code(&self) -> Chosen<'a, Text> {
        self.chooser.plain(FieldKind::ChildCode, |record| &record.child_code)
    }

    /// The list's key of the household.
    pub fn household_code(&self) -> Chosen<'a, Text> {
        self.chooser.plain(FieldKind::HouseholdCode, |record| &record.household_code)
    }

    /// Names of father, mother, guardian.
    pub fn parent_names(&self) -> [Chosen<'a, PersonName>; 3] {
        [
            self.chooser.parent_name(FieldKind::FatherName, |record| &record.father.name),
            self.chooser.parent_name(FieldKind::MotherName, |record| &record.mother.name),
            self.chooser.parent_name(FieldKind::GuardianName, |record| &record.guardian.name),
        ]
    }

    /// Numbers of father, mother, guardian. Numbers of adults are not copied out of the register:
    /// nobody asked for them.
    pub fn parent_ids(&self) -> [Chosen<'a, PersonalId>; 3] {
        [
            self.chooser.plain(FieldKind::FatherId, |record| &record.father.id),
            self.chooser.plain(FieldKind::MotherId, |record| &record.mother.id),
            self.chooser.plain(FieldKind::GuardianId, |record| &record.guardian.id),
        ]
    }

    /// Thôn/TDP.
    pub fn hamlet(&self) -> Chosen<'a, Text> {
        self.chooser.longest(FieldKind::Hamlet, |record| &record.hamlet)
    }

    /// Address.
    pub fn address(&self) -> Chosen<'a, Text> {
        self.chooser.longest(FieldKind::Address, |record| &record.address)
    }

    /// Administrative place.
    pub fn place(&self) -> Chosen<'a, Place> {
        self.chooser.plain(FieldKind::Commune, |record| &record.place)
    }

    /// Place of birth.
    pub fn birth_place(&self) -> Chosen<'a, Text> {
        self.chooser.longest(FieldKind::BirthPlace, |record| &record.birth_place)
    }

    /// Telephone.
    pub fn phone(&self) -> Chosen<'a, Text> {
        self.chooser.plain(FieldKind::Phone, |record| &record.phone)
    }

    /// Note.
    pub fn note(&self) -> Chosen<'a, Text> {
        self.chooser.longest(FieldKind::Note, |record| &record.note)
    }

    /// The child's number (attached, kept, unverified).
    pub fn personal_id(&self) -> Option<PersonalId> {
        self.link.personal_id
    }

    /// What changes against the primary record, in the order of [`FieldKind::ALL`].
    pub fn changes(&self) -> &[ChosenChange<'a>] {
        self.changes.get_or_init(|| list_changes(self, self.chooser.members))
    }

    /// What the register writes differently, in the same order.
    pub fn suggestions(&self) -> &[Suggestion<'a>] {
        let list = || self.chooser.person.map_or_else(Vec::new, |(_, person)| list_suggestions(self, person));
        self.suggestions.get_or_init(list)
    }

    /// Where the value of a field was taken from; `None` where no usable value was found, and for
    /// kinds of columns that are no field of a child.
    pub fn chosen_from(&self, field: FieldKind) -> Option<ChosenFrom> {
        fn from<T>(chosen: Chosen<'_, T>) -> Option<ChosenFrom> {
            chosen.0.map(|(_, from)| from)
        }
        match field {
            FieldKind::FullName => from(self.name()),
            FieldKind::OtherName => from(self.other_name()),
            FieldKind::BirthDate => from(self.birth()),
            FieldKind::Gender => from(self.gender()),
            FieldKind::Ethnicity => from(self.ethnicity()),
            FieldKind::ChildCode => from(self.child_code()),
            FieldKind::HouseholdCode => from(self.household_code()),
            FieldKind::FatherName => from(self.parent_names()[0]),
            FieldKind::MotherName => from(self.parent_names()[1]),
            FieldKind::GuardianName => from(self.parent_names()[2]),
            FieldKind::FatherId => from(self.parent_ids()[0]),
            FieldKind::MotherId => from(self.parent_ids()[1]),
            FieldKind::GuardianId => from(self.parent_ids()[2]),
            FieldKind::Hamlet => from(self.hamlet()),
            FieldKind::Address => from(self.address()),
            FieldKind::Commune | FieldKind::District | FieldKind::Province => from(self.place()),
            FieldKind::BirthPlace => from(self.birth_place()),
            FieldKind::Phone => from(self.phone()),
            FieldKind::Note => from(self.note()),
            _ => None,
        }
    }
}

/// The record that stands for a child of these records.
pub fn primary_record(decisions: &[Decision], records: &[RecordIx]) -> RecordIx {
    let stands = |record: &RecordIx| decisions[record.usize()].role != ClusterRole::Duplicate;
    records.iter().copied().find(stands).unwrap_or(records[0])
}

/// Chooses the values of one child. `records` is one group of [`super::Clusters`].
pub fn choose_child<'a>(outcome: &'a Outcome, records: &'a [RecordIx]) -> Child<'a> {
    let all = &outcome.children.records;
    let decisions = &outcome.linkage.decisions;
    let primary = primary_record(decisions, records);
    let link = &decisions[primary.usize()];
    let person = link
        .person
        .and_then(|at| Some((at, outcome.register.as_ref()?.records.get(at.usize())?)))
        .filter(|_| link.personal_id.is_some());
    let kept = outcome.decided.as_ref().map(|decided| &decided.kept);
    let chooser = Chooser { members: Members { all, primary, records }, person, kept };
    Child { primary, records, link, chooser, changes: OnceCell::new(), suggestions: OnceCell::new() }
}

#[derive(Debug, Clone, Copy)]
struct Chooser<'a> {
    members: Members<'a>,
    person: Option<(RecordIx, &'a Record)>,
    kept: Option<&'a Kept>,
}

impl<'a> Chooser<'a> {
    /// How strongly a person wants a record's value: what was put right at home above all.
    fn wanted<T>(&self, kind: FieldKind, at: RecordIx, field: &Field<T>) -> u32 {
        if field.changes.contains(Change::Corrected) {
            return u32::MAX;
        }
        self.kept.map_or(0, |kept| kept.rank(kind, at))
    }

    fn pick<T: PartialEq + 'a>(
        &self,
        kind: FieldKind,
        field: impl Fn(&'a Record) -> &'a Field<T>,
        rank: impl Fn(&'a Record, &'a T) -> Rank,
    ) -> Chosen<'a, T> {
        let registered = self.person.and_then(|(_, person)| field(person).get());
        let kept = |at: RecordIx| self.wanted(kind, at, field(&self.members.all[at.usize()]));
        let chosen = best(self.members, kept, &field, |record, value| Rank {
            confirmed: registered == Some(value),
            ..rank(record, value)
        });
        Chosen(chosen.map(|(at, value)| (value, ChosenFrom::List(at))))
    }

    fn registered<T>(&self, field: impl Fn(&'a Record) -> &'a Field<T>) -> Chosen<'a, T> {
        let value = self.person.and_then(|(at, person)| Some((field(person).get()?, at)));
        Chosen(value.map(|(value, at)| (value, ChosenFrom::Register(at))))
    }

    fn plain<T: PartialEq>(
        &self,
        kind: FieldKind,
        field: impl Fn(&'a Record) -> &'a Field<T>,
    ) -> Chosen<'a, T> {
        self.pick(kind, field, |_, _| Rank::default())
    }

    /// The list's value, else the register's.
    fn or_register<T: PartialEq>(
        &self,
        kind: FieldKind,
        field: impl Fn(&'a Record) -> &'a Field<T>,
    ) -> Chosen<'a, T> {
        Chosen(self.plain(kind, &field).0.or_else(|| self.registered(&field).0))
    }

    fn longest(&self, kind: FieldKind, field: impl Fn(&'a Record) -> &'a Field<Text>) -> Chosen<'a, Text> {
        self.pick(kind, field, |_, value| Rank { length: value.chars().count(), ..Rank::default() })
    }

    fn name(&self) -> Chosen<'a, PersonName> {
        let listed = self.pick(
            FieldKind::FullName,
            |record| &record.name,
            |record, name| Rank { grade: name_grade(record, name), ..Rank::default() },
        );
        let registered = self.registered(|record| &record.name);
        let (Some((name, ChosenFrom::List(at))), Some((official, _))) = (listed.0, registered.0) else {
            return Chosen(listed.0.or(registered.0));
        };
        let record = &self.members.all[at.usize()];
        if self.wanted(FieldKind::FullName, at, &record.name) > 0 {
            return listed;
        }
        let incomplete = record.unnamed || name.is_pattern();
        if incomplete || register_completes(name, official, prefer::was_decoded(&record.name)) {
            registered
        } else {
            listed
        }
    }

    fn parent_name(
        &self,
        kind: FieldKind,
        field: impl Fn(&'a Record) -> &'a Field<PersonName>,
    ) -> Chosen<'a, PersonName> {
        let listed =
            self.pick(kind, &field, |_, name| Rank { grade: other_name_grade(name), ..Rank::default() });
        let registered = self.registered(&field);
        let (Some((name, ChosenFrom::List(at))), Some((official, _))) = (listed.0, registered.0) else {
            return Chosen(listed.0.or(registered.0));
        };
        let own = field(&self.members.all[at.usize()]);
        let decoded = prefer::was_decoded(own);
        if self.wanted(kind, at, own) > 0 {
            return listed;
        }
        if register_completes(name, official, decoded) { registered } else { listed }
    }

    /// The list's date; the register's where the list has only the year (or year and month, or
    /// the placeholder 01/01) and the register's whole date agrees with what is known.
    fn birth(&self) -> Chosen<'a, PartialDate> {
        let listed = self.pick(
            FieldKind::BirthDate,
            |record| &record.birth,
            |record, birth| Rank { grade: birth_grade(record, birth), ..Rank::default() },
        );
        let registered = self.registered(|record| &record.birth);
        let (Some((birth, ChosenFrom::List(at))), Some((official, _))) = (listed.0, registered.0) else {
            return Chosen(listed.0.or(registered.0));
        };
        let record = &self.members.all[at.usize()];
        if self.wanted(FieldKind::BirthDate, at, &record.birth) > 0 {
            return listed;
        }
        let placeholder = record.findings.iter().any(|finding| finding.code == FindingCode::BirthDefaultDay);
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
    if listed.full() == official.full() {
        return false;
    }
    only_lacks_marks(listed.full(), official.full())
        || (decoded
            && same_letters(listed.full(), official.full())
            && !same_spelling(listed.full(), official.full()))
}

fn list_suggestions<'a>(child: &Child<'a>, person: &'a Record) -> Vec<Suggestion<'a>> {
    let mut suggestions = Vec::new();
    let mut suggest = |field, register| suggestions.push(Suggestion { field, register });
    let names = |listed: Option<&PersonName>, official: Option<&'a PersonName>| {
        let (listed, official) = (listed?, official?);
        (!official.is_pattern() && !same_spelling(listed.full(), official.full())).then(|| official.full())
    };
    if let Some(official) = names(child.name().get(), person.name.get()) {
        suggest(FieldKind::FullName, official.into());
    }
    if let (Some(birth), Some(official)) = (child.birth().get(), person.birth.get()) {
        // A register that knows less than the list does not contradict it.
        let contradicts = birth.year() != official.year()
            || official.month().is_some_and(|month| birth.month() != Some(month))
            || official.day().is_some_and(|day| birth.day() != Some(day));
        if contradicts {
            suggest(FieldKind::BirthDate, official.vietnamese().into());
        }
    }
    if let (Some(gender), Some(official)) = (child.gender().get(), person.gender.get())
        && gender != official
    {
        suggest(FieldKind::Gender, official.vietnamese().into());
    }
    if let (Some(ethnicity), Some(official)) = (child.ethnicity().get(), person.ethnicity.get())
        && ethnicity != official
    {
        suggest(FieldKind::Ethnicity, official.into());
    }
    let parents = person.parents();
    for ((kind, parent), listed) in parents.into_iter().zip(child.parent_names()) {
        if let Some(official) = names(listed.get(), parent.name.get()) {
            suggest(kind, official.into());
        }
    }
    suggestions
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{
        choose::Why,
        matching::{LinkStatus, Linkage},
        outcome::List,
        record::{Changes, Finding, NameOrder, Origin, SourceIx},
        rules::Language,
    };

    fn named(text: &str, changes: &[Change]) -> Record {
        let mut record = Record::at(Origin { source: SourceIx(0), row: 2 });
        let pattern = text.contains('.');
        let name = PersonName::new(text.split(' '), 1, 1, NameOrder::SurnameFirst, pattern).unwrap();
        record.name = Field::usable(text, name, changes.iter().copied().collect());
        record
    }

    fn born(mut record: Record, birth: &str) -> Record {
        let parts: Vec<i16> = birth.split('-').map(|part| part.parse().unwrap()).collect();
        let date = match parts[..] {
            [year] => PartialDate::from_year(year),
            [year, month] => PartialDate::from_year_month(year, i8::try_from(month).unwrap()),
            _ => PartialDate::from_ymd(
                parts[0],
                i8::try_from(parts[1]).unwrap(),
                i8::try_from(parts[2]).unwrap(),
            ),
        };
        record.birth = Field::usable(birth, date.unwrap(), Changes::NONE);
        record
    }

    /// One child of several records, the first the primary, linked to a person where one is given.
    fn run(records: Vec<Record>, person: Option<Record>) -> Outcome {
        let decision = |role| Decision {
            cluster: RecordIx(0),
            role,
            link: if person.is_some() { LinkStatus::Attached } else { LinkStatus::None },
            personal_id: person.as_ref().map(|_| PersonalId::parse("042218000001").unwrap()),
            person: person.as_ref().map(|_| RecordIx(0)),
            link_weight: None,
            link_margin: None,
        };
        let roles = std::iter::once(ClusterRole::Primary).chain(std::iter::repeat(ClusterRole::Duplicate));
        let decisions = records.iter().zip(roles).map(|(_, role)| decision(role)).collect();
        Outcome {
            inputs: Vec::new(),
            children: List { records, ..List::default() },
            register: Some(List { records: person.into_iter().collect(), ..List::default() }),
            decided: None,
            continued: None,
            linkage: Linkage { decisions, ..Linkage::default() },
            as_of: jiff::civil::Date::constant(2026, 11, 23),
            language: Language::Vi,
            rules: BTreeMap::new(),
        }
    }

    fn chosen_name(names: &[(&str, &[Change])], register: Option<&str>) -> (String, Option<String>) {
        let records = names.iter().map(|(name, changes)| named(name, changes)).collect();
        let outcome = run(records, register.map(|name| named(name, &[])));
        let all: Vec<RecordIx> = (0..).map(RecordIx).take(names.len()).collect();
        let child = choose_child(&outcome, &all);
        let suggestion = child.suggestions().iter().find(|it| it.field == FieldKind::FullName);
        (child.name().get().unwrap().full().to_owned(), suggestion.map(|it| it.register.clone().into_owned()))
    }

    #[test]
    fn the_order_of_preference_among_names() {
        let plain: &[Change] = &[];
        let decoded: &[Change] = &[Change::DecodedTcvn3];
        for (names, register, chosen, suggested) in [
            // In full before initials, with marks before without, undamaged before decoded.
            (vec![("Ng. V. An", plain), ("Nguyễn Văn An", plain)], None, "Nguyễn Văn An", None),
            (vec![("Nguyen Van An", plain), ("Nguyễn Văn An", plain)], None, "Nguyễn Văn An", None),
            (vec![("Trần Văn Lụa", decoded), ("Trần Văn Lúa", plain)], None, "Trần Văn Lúa", None),
            // What most records say, else the primary's.
            (vec![("Lê Vi", plain), ("Lê Vy", plain), ("Lê Vy", plain)], None, "Lê Vy", None),
            (vec![("Lê Vi", plain), ("Lê Vỹ", plain)], None, "Lê Vi", None),
            // What the register confirms; else its spelling is a suggestion only.
            (vec![("Lê Vĩ", plain), ("Lê Vỹ", plain)], Some("Lê Vỹ"), "Lê Vỹ", None),
            (vec![("Lê Thu Hương", plain)], Some("Lê Thu Hường"), "Lê Thu Hương", Some("Lê Thu Hường")),
            (vec![("Lê Thị Hoà", plain)], Some("Lê Thị Hòa"), "Lê Thị Hoà", None),
            // The register's where the list's is the same without marks, decoded, or initials.
            (vec![("Le Thu Huong", plain)], Some("Lê Thu Hương"), "Lê Thu Hương", None),
            (vec![("Lê Thu Huơng", decoded)], Some("Lê Thu Hương"), "Lê Thu Hương", None),
            (vec![("Lê T. Hương", plain)], Some("Lê Thu Hương"), "Lê Thu Hương", None),
            (vec![("Le Thu Huong", plain)], Some("Lê Thư Hoàng"), "Le Thu Huong", Some("Lê Thư Hoàng")),
        ] {
            let expected = (chosen.to_owned(), suggested.map(str::to_owned));
            assert_eq!(chosen_name(&names, register), expected, "{names:?} {register:?}");
        }
    }

    #[test]
    fn the_order_of_preference_among_birth_dates() {
        let chosen = |births: &[&str], register: Option<&str>, placeholder: bool| {
            let mut records: Vec<Record> = births.iter().map(|it| born(named("Lê Vy", &[]), it)).collect();
            if placeholder {
                records[0].add_finding(Finding::new(FindingCode::BirthDefaultDay, FieldKind::BirthDate));
            }
            let outcome = run(records, register.map(|it| born(named("Lê Vy", &[]), it)));
            let all: Vec<RecordIx> = (0..).map(RecordIx).take(births.len()).collect();
            let child = choose_child(&outcome, &all);
            (child.birth().get().unwrap().to_string(), child.suggestions().len())
        };
        assert_eq!(chosen(&["2018", "2018-03-05"], None, false), ("2018-03-05".into(), 0));
        assert_eq!(chosen(&["2018-01-01", "2018-03-05"], None, true), ("2018-03-05".into(), 0));
        assert_eq!(chosen(&["2018-03-05"], Some("2018-05-03"), false), ("2018-03-05".into(), 1));
        assert_eq!(chosen(&["2018"], Some("2018-05-03"), false), ("2018-05-03".into(), 0));
        assert_eq!(chosen(&["2018-01-01"], Some("2018-05-03"), true), ("2018-05-03".into(), 0));
        assert_eq!(chosen(&["2017"], Some("2018-05-03"), false), ("2017".into(), 1));
        assert_eq!(chosen(&["2018-03-05"], Some("2018"), false), ("2018-03-05".into(), 0));
    }

    #[test]
    fn a_change_says_what_it_was_and_why() {
        let mut primary = born(named("Lê Vy", &[Change::Case]), "2018-03-05");
        primary.name.raw = "LÊ VY".into();
        primary.birth.raw = "5/3/2018".into();
        primary.birth.changes.insert(Change::DateFormat);
        let mut other = named("Lê Vy", &[]);
        other.hamlet = Field::usable("Thôn 1", "Thôn 1", Changes::NONE).into();
        let outcome = run(vec![primary, other], Some(named("Lê Vy", &[])));
        let all = [RecordIx(0), RecordIx(1)];
        let child = choose_child(&outcome, &all);
        let listed: Vec<_> =
            child.changes().iter().map(|change| (change.field, change.old, change.why)).collect();
        assert_eq!(
            listed,
            [
                (FieldKind::FullName, "LÊ VY", Why::Cleaned([Change::Case].into_iter().collect())),
                (FieldKind::PersonalId, "", Why::Register),
                (FieldKind::Hamlet, "", Why::Duplicate(RecordIx(1))),
            ]
        );
    }
}
