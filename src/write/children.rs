//! What the columns of the lists of children say about one child.

use super::{book::Cell, run::Run};
use crate::{
    choose::{Child, Chosen, ChosenFrom},
    decide::record_key,
    matching::LinkStatus,
    normalise::hamlet_key,
    record::{Field, FieldKind, Finding, FindingCode, PartialDate, PersonName, PersonalId, Record, RecordIx},
    rules::{ChildColumn, Rules},
    text::fold,
};

/// The cell of one column. `mark` colours what changed and notes the old value.
pub(super) fn cell(run: &Run<'_>, child: &Child<'_>, column: ChildColumn, number: usize, mark: bool) -> Cell {
    let text = text(run, child, column, number);
    let change = field_of(column)
        .filter(|_| mark)
        .and_then(|field| child.changes.iter().find(|change| change.field == field));
    let note = change.map(|change| match change.old.as_str() {
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

fn text(run: &Run<'_>, child: &Child<'_>, column: ChildColumn, number: usize) -> String {
    let primary = run.record(child.primary);
    let word = |value: Chosen<'_, String>, field| shown(value, field, Clone::clone);
    match column {
        ChildColumn::Number => number.to_string(),
        ChildColumn::RecordId => primary.record_id.clone(),
        ChildColumn::HouseholdCode => word(child.household_code, &primary.household_code),
        ChildColumn::FullName => shown(child.name, &primary.name, |name| name.full().to_owned()),
        ChildColumn::OtherName => word(child.other_name, &primary.other_name),
        ChildColumn::BirthDate => shown(child.birth, &primary.birth, |birth| PartialDate::vietnamese(*birth)),
        ChildColumn::Gender => shown(child.gender, &primary.gender, |gender| gender.vietnamese().to_owned()),
        ChildColumn::Ethnicity => word(child.ethnicity, &primary.ethnicity),
        ChildColumn::FatherName => parent_name(child, primary, 0),
        ChildColumn::MotherName => parent_name(child, primary, 1),
        ChildColumn::GuardianName => parent_name(child, primary, 2),
        ChildColumn::Father => parent(child, primary, 0),
        ChildColumn::Mother => parent(child, primary, 1),
        ChildColumn::Parents => parents(run, child, primary),
        ChildColumn::Hamlet => word(child.hamlet, &primary.hamlet),
        ChildColumn::Address => word(child.address, &primary.address),
        ChildColumn::Residence => {
            let (address, hamlet) =
                (word(child.address, &primary.address), word(child.hamlet, &primary.hamlet));
            residence(&address, &hamlet, run.rules)
        }
        ChildColumn::BirthPlace => word(child.birth_place, &primary.birth_place),
        ChildColumn::Phone => word(child.phone, &primary.phone),
        ChildColumn::Note => word(child.note, &primary.note),
        ChildColumn::PersonalId => child.personal_id.map_or_else(String::new, PersonalId::digits),
        ChildColumn::ListedPersonalId => listed_number(run, child),
        ChildColumn::LinkStatus => run.words.link(child.link.link).to_owned(),
        ChildColumn::Changes => changes(run, child),
        ChildColumn::Suggestions => suggestions(run, child).join("\n"),
        ChildColumn::Duplicates => duplicates(run, child).join("\n"),
        ChildColumn::PoliceReason => police_reasons(run, child).join("\n"),
        ChildColumn::ToCheck => to_check(run, child).join("\n"),
        ChildColumn::Key => record_key(primary),
        ChildColumn::SuppliedNumber
        | ChildColumn::RightFullName
        | ChildColumn::RightBirthDate
        | ChildColumn::RightGender
        | ChildColumn::Remark => String::new(),
    }
}

/// The chosen value; where there is none, what the list has, so that nobody believes the cell
/// was empty.
fn shown<T>(chosen: Chosen<'_, T>, field: &Field<T>, show: impl Fn(&T) -> String) -> String {
    match chosen.get() {
        Some(value) => show(value),
        None if field.is_missing() => String::new(),
        None => field.raw.to_string(),
    }
}

fn parent_name(child: &Child<'_>, primary: &Record, which: usize) -> String {
    shown(child.parent_names[which], &primary.parents()[which].1.name, |name| {
        PersonName::full(name).to_owned()
    })
}

fn parent(child: &Child<'_>, primary: &Record, which: usize) -> String {
    let name = parent_name(child, primary, which);
    let id = shown(child.parent_ids[which], &primary.parents()[which].1.id, |id| id.digits());
    [name, id].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

fn parents(run: &Run<'_>, child: &Child<'_>, primary: &Record) -> String {
    let lines = ["father", "mother", "guardian"].into_iter().enumerate().filter_map(|(which, key)| {
        let name = parent_name(child, primary, which);
        (!name.is_empty()).then(|| run.words.fill("sheets", key, &[("name", &name)]))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Address, then thôn/TDP where the address does not name it already, in whatever writing ("TDP
/// Hợp Tiến" names Tổ dân phố Hợp Tiến).
pub(super) fn residence(address: &str, hamlet: &str, rules: &Rules) -> String {
    if address.is_empty() || hamlet.is_empty() {
        return [address, hamlet].concat();
    }
    if address.contains(hamlet) || names_hamlet(address, hamlet, rules) {
        return address.to_owned();
    }
    format!("{address}, {hamlet}")
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
fn listed_number(run: &Run<'_>, child: &Child<'_>) -> String {
    let mut numbers: Vec<String> = Vec::new();
    for record in std::iter::once(&child.primary).chain(child.records) {
        let field = &run.record(*record).personal_id;
        let number = field.get().map_or_else(|| field.raw.trim().to_owned(), |id| id.digits());
        // "Chưa có" is no number.
        if !number.is_empty() && !says_no_number(run, *record) && !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    numbers.join("\n")
}

/// The cell is blank or says that there is none.
fn says_no_number(run: &Run<'_>, record: RecordIx) -> bool {
    run.record(record).findings.iter().any(|finding| finding.code == FindingCode::IdMissing)
}

/// Identifiers of the child's other records.
fn duplicates<'a>(run: &'a Run<'_>, child: &Child<'_>) -> Vec<&'a str> {
    let others = child.records.iter().filter(|record| **record != child.primary);
    others.map(|record| run.record(*record).record_id.as_str()).collect()
}

fn changes(run: &Run<'_>, child: &Child<'_>) -> String {
    let records = &run.outcome.children.records;
    let mut lines: Vec<String> =
        child.changes.iter().map(|change| run.words.chosen_change(change, records)).collect();
    if child.records.len() > 1 {
        let others = duplicates(run, child).join(", ");
        lines.push(run.words.fill("sheets", "merged", &[("records", &others)]));
    }
    lines.join("\n")
}

/// "Họ và tên: Nguyễn Văn Ấn": what the register writes differently.
fn suggestions(run: &Run<'_>, child: &Child<'_>) -> Vec<String> {
    let line = |suggestion: &crate::choose::Suggestion| {
        let field = super::words::capitalised(run.words.field(suggestion.field));
        run.words.fill("why", "change", &[("field", &field), ("why", &suggestion.register)])
    };
    child.suggestions.iter().map(line).collect()
}

/// The sentences of the child's findings that pass, each once.
fn sentences(run: &Run<'_>, child: &Child<'_>, wanted: impl Fn(RecordIx, &Finding) -> bool) -> Vec<String> {
    let mut sentences = Vec::new();
    for record in child.records {
        for finding in run.record(*record).findings.iter().filter(|finding| wanted(*record, finding)) {
            let sentence = run.words.finding(finding);
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

fn police_reasons(run: &Run<'_>, child: &Child<'_>) -> Vec<String> {
    let well_formed = |record: &RecordIx| run.record(*record).personal_id.get().is_some();
    let mut reasons = Vec::new();
    let mut say = |key| reasons.push(run.words.get("police", key).to_owned());
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

/// What to ask at home; what the register writes differently is asked with its value.
pub(super) fn to_check(run: &Run<'_>, child: &Child<'_>) -> Vec<String> {
    let mut lines = sentences(run, child, |record, finding| {
        finding.code != FindingCode::LinkDiffers
            && run.words.asks_household(finding.code)
            && !is_settled(child, record, finding)
    });
    if run.words.asks_household(FindingCode::LinkDiffers) && !child.suggestions.is_empty() {
        let heading = run.words.get("sheets", "register_differs");
        lines.extend(suggestions(run, child).into_iter().map(|line| format!("{heading} {line}")));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_residence_names_the_hamlet_once() {
        let rules = Rules::built_in().unwrap();
        let said = |address: &str, hamlet: &str| residence(address, hamlet, &rules);
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
