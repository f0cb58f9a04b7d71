//! What the columns of the lists of children say about one child.

use std::borrow::Cow;

use super::{book::Cell, rows::join, run::Run};
use crate::{
    choose::{Child, Chosen, ChosenFrom},
    decide::record_key,
    matching::LinkStatus,
    normalise::hamlet_key,
    record::{Field, FieldKind, Finding, FindingCode, Record, RecordIx, Text, Written},
    rules::{ChildColumn, Rules},
    text::fold,
};

/// The cell of one column. `mark` colours what changed and notes the old value.
pub(super) fn cell(run: &Run<'_>, child: &Child<'_>, column: ChildColumn, number: usize, mark: bool) -> Cell {
    let mut text = String::new();
    say(run, child, column, number, &mut text);
    let change = field_of(column)
        .filter(|_| mark)
        .and_then(|field| child.changes().iter().find(|change| change.field == field));
    let note = change.map(|change| match change.old {
        "" => run.words.get("sheets", "old_empty").to_owned(),
        old => run.words.fill("sheets", "old_value", &[("old", old)]),
    });
    Cell { text, marked: change.is_some(), note, hidden: column == ChildColumn::Key }
}

/// The field whose change a column shows.
fn field_of(column: ChildColumn) -> Option<FieldKind> {
    Some(match column {
        ChildColumn::HouseholdCode => FieldKind::HouseholdCode,
        ChildColumn::FullName => FieldKind::FullName,
        ChildColumn::OtherName => FieldKind::OtherName,
        ChildColumn::BirthDate => FieldKind::BirthDate,
        ChildColumn::Gender => FieldKind::Gender,
        ChildColumn::Ethnicity => FieldKind::Ethnicity,
        ChildColumn::FatherName => FieldKind::FatherName,
        ChildColumn::MotherName => FieldKind::MotherName,
        ChildColumn::GuardianName => FieldKind::GuardianName,
        ChildColumn::Hamlet => FieldKind::Hamlet,
        ChildColumn::Address => FieldKind::Address,
        ChildColumn::BirthPlace => FieldKind::BirthPlace,
        ChildColumn::Phone => FieldKind::Phone,
        ChildColumn::Note => FieldKind::Note,
        ChildColumn::PersonalId => FieldKind::PersonalId,
        _ => return None,
    })
}

/// Appends what one column says.
pub(super) fn say(run: &Run<'_>, child: &Child<'_>, column: ChildColumn, number: usize, to: &mut String) {
    let primary = run.record(child.primary);
    match column {
        ChildColumn::Number => to.push_str(&number.to_string()),
        ChildColumn::RecordId => to.push_str(&primary.record_id),
        ChildColumn::HouseholdCode => to.push_str(shown(child.household_code(), &primary.household_code)),
        ChildColumn::FullName => to.push_str(shown(child.name(), &primary.name)),
        ChildColumn::OtherName => to.push_str(shown(child.other_name(), &primary.other_name)),
        ChildColumn::BirthDate => match child.birth().get() {
            Some(birth) => to.push_str(&birth.vietnamese()),
            None => to.push_str(unusable(&primary.birth)),
        },
        ChildColumn::Gender => match child.gender().get() {
            Some(gender) => to.push_str(gender.vietnamese()),
            None => to.push_str(unusable(&primary.gender)),
        },
        ChildColumn::Ethnicity => to.push_str(shown(child.ethnicity(), &primary.ethnicity)),
        ChildColumn::FatherName => to.push_str(parent_name(child, primary, 0)),
        ChildColumn::MotherName => to.push_str(parent_name(child, primary, 1)),
        ChildColumn::GuardianName => to.push_str(parent_name(child, primary, 2)),
        ChildColumn::Father => say_parent(child, primary, 0, to),
        ChildColumn::Mother => say_parent(child, primary, 1, to),
        ChildColumn::Parents => say_parents(run, child, primary, to),
        ChildColumn::Hamlet => to.push_str(shown(child.hamlet(), &primary.hamlet)),
        ChildColumn::Address => to.push_str(shown(child.address(), &primary.address)),
        ChildColumn::Residence => {
            let address = shown(child.address(), &primary.address);
            to.push_str(&residence(address, shown(child.hamlet(), &primary.hamlet), run.rules));
        }
        ChildColumn::BirthPlace => to.push_str(shown(child.birth_place(), &primary.birth_place)),
        ChildColumn::Phone => to.push_str(shown(child.phone(), &primary.phone)),
        ChildColumn::Note => to.push_str(shown(child.note(), &primary.note)),
        ChildColumn::PersonalId => {
            child.personal_id().into_iter().for_each(|id| to.push_str(&id.digits()));
        }
        ChildColumn::ListedPersonalId => join(to, "\n", listed_numbers(run, child).iter().map(|it| &**it)),
        ChildColumn::LinkStatus => to.push_str(run.phrases.link(child.link.link)),
        ChildColumn::Changes => say_changes(run, child, to),
        ChildColumn::Suggestions => say_suggestions(run, child, "", to),
        ChildColumn::Duplicates => join(to, "\n", duplicates(run, child)),
        ChildColumn::PoliceReason => {
            join(to, "\n", police_reasons(run, child).iter().map(|reason| &**reason));
        }
        ChildColumn::ToCheck => say_to_check(run, child, to),
        ChildColumn::Key => to.push_str(&record_key(primary)),
        ChildColumn::SuppliedNumber
        | ChildColumn::RightFullName
        | ChildColumn::RightBirthDate
        | ChildColumn::RightGender
        | ChildColumn::Remark => {}
    }
}

/// The chosen value; where there is none, what the list has, so that nobody believes the cell
/// was empty.
fn shown<'a, T: Written>(chosen: Chosen<'a, T>, field: &'a Field<T>) -> &'a str {
    chosen.get().and_then(Written::text).map_or_else(|| unusable(field), Text::as_str)
}

fn unusable<T>(field: &Field<T>) -> &str {
    if field.is_missing() { "" } else { &field.raw }
}

fn parent_name<'a>(child: &'a Child<'_>, primary: &'a Record, which: usize) -> &'a str {
    shown(child.parent_names()[which], &primary.parents()[which].1.name)
}

fn say_parent(child: &Child<'_>, primary: &Record, which: usize, to: &mut String) {
    let name = parent_name(child, primary, which);
    let id = child.parent_ids()[which].get().map(|id| id.digits());
    let id = id.as_deref().unwrap_or_else(|| unusable(&primary.parents()[which].1.id));
    join(to, "\n", [name, id].into_iter().filter(|part| !part.is_empty()));
}

fn say_parents(run: &Run<'_>, child: &Child<'_>, primary: &Record, to: &mut String) {
    let mut line = Lines::of(to);
    for (which, phrase) in run.phrases.parents.iter().enumerate() {
        let name = parent_name(child, primary, which);
        if !name.is_empty() {
            phrase.fill(name, line.next());
        }
    }
}

/// Lines of a cell, one below the other.
struct Lines<'a> {
    cell: &'a mut String,
    begun: bool,
}

impl<'a> Lines<'a> {
    fn of(cell: &'a mut String) -> Self {
        Self { cell, begun: false }
    }

    /// The cell, with room for one more line.
    fn next(&mut self) -> &mut String {
        if self.begun {
            self.cell.push('\n');
        }
        self.begun = true;
        self.cell
    }
}

/// Address, then thôn/TDP where the address does not name it already, in whatever writing ("TDP
/// Hợp Tiến" names Tổ dân phố Hợp Tiến).
pub(super) fn residence<'a>(address: &'a str, hamlet: &'a str, rules: &Rules) -> Cow<'a, str> {
    if address.is_empty() {
        return hamlet.into();
    }
    if hamlet.is_empty() || address.contains(hamlet) || names_hamlet(address, hamlet, rules) {
        return address.into();
    }
    format!("{address}, {hamlet}").into()
}

/// Whether a word for a thôn/TDP and the hamlet's name stand side by side in the address. The name
/// alone may be a street's, a number alone a house's.
fn names_hamlet(address: &str, hamlet: &str, rules: &Rules) -> bool {
    let (address, key) = (fold::plain(address), hamlet_key(hamlet, &rules.fields));
    let (words, key): (Vec<&str>, Vec<&str>) = (address.split(' ').collect(), key.split(' ').collect());
    let is_kind = |before: &[&str]| {
        (1..=before.len().min(3))
            .any(|length| rules.fields.hamlet_kind(&before[before.len() - length..].join(" ")).is_some())
    };
    words.windows(key.len()).enumerate().any(|(at, window)| window == key && is_kind(&words[..at]))
}

/// The number as the list has it, in any of the child's records: well-formed ones as digits,
/// others as they stand.
fn listed_numbers<'a>(run: &Run<'a>, child: &Child<'_>) -> Vec<Cow<'a, str>> {
    let mut numbers: Vec<Cow<'a, str>> = Vec::new();
    for record in std::iter::once(&child.primary).chain(child.records) {
        let field = &run.record(*record).personal_id;
        let number = field.get().map_or_else(|| field.raw.trim().into(), |id| Cow::Owned(id.digits()));
        // "Chưa có" is no number.
        if !number.is_empty() && !says_no_number(run, *record) && !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    numbers
}

/// The cell is blank or says that there is none.
fn says_no_number(run: &Run<'_>, record: RecordIx) -> bool {
    run.record(record).findings.iter().any(|finding| finding.code == FindingCode::IdMissing)
}

/// Identifiers of the child's other records.
fn duplicates<'a>(run: &'a Run<'_>, child: &'a Child<'_>) -> impl Iterator<Item = &'a str> {
    let (primary, records) = (child.primary, &run.outcome.children.records);
    let others = child.records.iter().filter(move |record| **record != primary);
    others.map(|record| records[record.usize()].record_id.as_str())
}

fn say_changes(run: &Run<'_>, child: &Child<'_>, to: &mut String) {
    let mut line = Lines::of(to);
    for change in child.changes() {
        run.phrases.change(change, &run.outcome.children.records, line.next());
    }
    if child.records.len() > 1 {
        let mut others = String::new();
        join(&mut others, ", ", duplicates(run, child));
        run.phrases.merged.fill(&others, line.next());
    }
}

/// "Họ và tên: Nguyễn Văn Ấn": what the register writes differently, each line with a heading.
fn say_suggestions(run: &Run<'_>, child: &Child<'_>, heading: &str, to: &mut String) {
    let mut line = Lines::of(to);
    for suggestion in child.suggestions() {
        let to = line.next();
        to.push_str(heading);
        run.phrases.field(suggestion.field, &suggestion.register, to);
    }
}

/// The sentences of the child's findings that pass, each once.
fn sentences<'a>(
    run: &'a Run<'_>,
    child: &Child<'_>,
    wanted: impl Fn(RecordIx, &Finding) -> bool,
) -> Vec<Cow<'a, str>> {
    let mut sentences = Vec::new();
    for record in child.records {
        for finding in run.record(*record).findings.iter().filter(|finding| wanted(*record, finding)) {
            let sentence = run.phrases.finding(finding);
            if !sentences.contains(&sentence) {
                sentences.push(sentence);
            }
        }
    }
    sentences
}

/// Whether the police are asked about a child: it has no number that stands, or one that nobody
/// confirmed and that contradicts its other data.
pub(super) fn asks_police(run: &Run<'_>, link: LinkStatus, records: &[RecordIx]) -> bool {
    match link {
        LinkStatus::Conflict | LinkStatus::Review | LinkStatus::None => true,
        LinkStatus::Attached | LinkStatus::Kept => false,
        LinkStatus::Unverified => records
            .iter()
            .any(|record| run.record(*record).findings.iter().any(|finding| doubts_number(run, finding))),
    }
}

/// A number that was merely repaired or not found is no reason to doubt it.
fn doubts_number(run: &Run<'_>, finding: &Finding) -> bool {
    !matches!(
        finding.code,
        FindingCode::IdMissing
            | FindingCode::IdLeadingZero
            | FindingCode::IdRepaired
            | FindingCode::LinkNotFound
            | FindingCode::LinkAttached
    ) && finding.code.as_str().starts_with("id.")
        && run.words.asks_police(finding.code)
}

fn police_reasons<'a>(run: &'a Run<'_>, child: &Child<'_>) -> Vec<Cow<'a, str>> {
    let well_formed = |record: &RecordIx| run.record(*record).personal_id.get().is_some();
    let mut reasons = Vec::new();
    let mut say = |key| reasons.push(Cow::Borrowed(run.words.get("police", key)));
    if child.records.iter().all(|record| says_no_number(run, *record)) {
        say("missing");
    } else if !child.records.iter().any(well_formed) {
        say("malformed");
    }
    match child.link.link {
        LinkStatus::Conflict => say("conflict"),
        LinkStatus::Review => say("candidates"),
        LinkStatus::Unverified => say("doubtful"),
        LinkStatus::Attached | LinkStatus::Kept | LinkStatus::None => {}
    }
    for sentence in sentences(run, child, |_, finding| doubts_number(run, finding)) {
        if !reasons.contains(&sentence) {
            reasons.push(sentence);
        }
    }
    reasons
}

/// A finding on a value that was not chosen: another record of the child or the register had a
/// better one, so there is nothing left to ask.
fn is_settled(child: &Child<'_>, record: RecordIx, finding: &Finding) -> bool {
    let from = finding.field.and_then(|field| child.chosen_from(field));
    from.is_some_and(|from| from != ChosenFrom::List(record))
}

/// Whether a finding is asked about at home; what the register writes differently is asked with its
/// value instead.
fn is_asked(run: &Run<'_>, child: &Child<'_>, record: RecordIx, finding: &Finding) -> bool {
    finding.code != FindingCode::LinkDiffers
        && run.words.asks_household(finding.code)
        && !is_settled(child, record, finding)
}

fn asks_suggestions(run: &Run<'_>, child: &Child<'_>) -> bool {
    run.words.asks_household(FindingCode::LinkDiffers) && !child.suggestions().is_empty()
}

/// Whether there is anything to ask at home.
pub(super) fn asks_household(run: &Run<'_>, child: &Child<'_>) -> bool {
    let asked = |record: &RecordIx| {
        run.record(*record).findings.iter().any(|finding| is_asked(run, child, *record, finding))
    };
    child.records.iter().any(asked) || asks_suggestions(run, child)
}

/// What to ask at home.
fn say_to_check(run: &Run<'_>, child: &Child<'_>, to: &mut String) {
    let asked = sentences(run, child, |record, finding| is_asked(run, child, record, finding));
    let mut line = Lines::of(to);
    for sentence in &asked {
        line.next().push_str(sentence);
    }
    if asks_suggestions(run, child) {
        let heading = format!("{} ", run.words.get("sheets", "register_differs"));
        say_suggestions(run, child, &heading, line.next());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_residence_names_the_hamlet_once() {
        let rules = Rules::built_in().unwrap();
        let said = |address: &str, hamlet: &str| residence(address, hamlet, &rules).into_owned();
        for address in [
            "Số 5 đường Trần Phú - TDP Hợp Tiến",
            "SỐ 5 - TỔ HỢP TIẾN",
            "Số 5, Tổ dân phố Hợp Tiến, Phường Thành Sen",
        ] {
            assert_eq!(said(address, "Tổ dân phố Hợp Tiến"), address);
        }
        assert_eq!(
            said("Số 5 đường Hòa Bình", "Tổ dân phố Hòa Bình"),
            "Số 5 đường Hòa Bình, Tổ dân phố Hòa Bình"
        );
        assert_eq!(said("Số 5 Lê Lợi", "Tổ dân phố 5"), "Số 5 Lê Lợi, Tổ dân phố 5");
        assert_eq!(said("Số 9, TDP 5", "Tổ dân phố 5"), "Số 9, TDP 5");
        assert_eq!(said("", "Tổ dân phố 5"), "Tổ dân phố 5");
        assert_eq!(said("Số 9", ""), "Số 9");
    }
}
