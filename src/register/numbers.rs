//! A register row is of use only with a number that is one person's.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    outcome::List,
    record::{PartialDate, PersonName, PersonalId, Record, Reject, RejectReason, Sources},
    text::fold,
};

/// Why a list cannot serve as the register.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegisterError {
    /// Not one usable number in it.
    #[error("{file}: no row has a usable personal number, so it cannot serve as the register")]
    NoNumbers {
        /// The first file of the register.
        file: String,
    },
}

/// Takes out the rows without a usable number, second rows of the same person, and every row of a
/// number that the register gives to different people; all of them become rejects. Those that may be
/// somebody else than the persons who stay are kept as rivals.
pub fn keep_numbered(list: &mut List) -> Result<(), RegisterError> {
    let mut holders: FxHashMap<PersonalId, Holder> = FxHashMap::default();
    for (at, record) in list.records.iter().enumerate() {
        if let Some(number) = record.personal_id.get() {
            holders
                .entry(*number)
                .and_modify(|holder| holder.several |= !same_person(&list.records[holder.first], record))
                .or_insert(Holder { first: at, several: false });
        }
    }
    if holders.is_empty() && !list.records.is_empty() {
        return Err(RegisterError::NoNumbers { file: first_file(&list.sources) });
    }
    let reason = |at: usize, record: &Record| match record.personal_id.get() {
        None => Some(RejectReason::RegisterWithoutNumber),
        Some(number) => {
            let holder = &holders[number];
            if holder.several {
                Some(RejectReason::RegisterNumberTwice)
            } else {
                (holder.first != at).then_some(RejectReason::RegisterPersonTwice)
            }
        }
    };
    let verdicts: Vec<Option<RejectReason>> =
        list.records.iter().enumerate().map(|(at, record)| reason(at, record)).collect();
    let known: FxHashSet<Identity> = list
        .records
        .iter()
        .zip(&verdicts)
        .filter(|(_, verdict)| verdict.is_none())
        .filter_map(|(record, _)| identity(record))
        .collect();
    let mut verdict = verdicts.iter();
    let (rejects, rivals) = (&mut list.rejects, &mut list.rivals);
    list.records.retain(|record| match verdict.next().copied().flatten() {
        None => true,
        Some(reason) => {
            let origin = record.origin;
            rejects.push(Reject { source: origin.source, row: origin.row, text: row_text(record), reason });
            if is_rival(record, reason, &known) {
                rivals.push(record.clone());
            }
            false
        }
    });
    rejects.sort_by_key(|reject| (reject.source, reject.row));
    Ok(())
}

/// Name and birth date by which a row without a number is known again.
pub(super) type Identity = (Vec<String>, PartialDate);

pub(super) fn identity(record: &Record) -> Option<Identity> {
    Some((words(record.name.get()?), *record.birth.get()?))
}

/// Whether a rejected row may be a person of whom the register knows nothing else. A row of the
/// children's own list that came back without a number (it has their code) says only that nobody
/// was found; a row of the same name and birth date as a numbered one is that person.
fn is_rival(record: &Record, reason: RejectReason, known: &FxHashSet<Identity>) -> bool {
    match reason {
        RejectReason::RegisterNumberTwice => true,
        RejectReason::RegisterWithoutNumber => {
            record.child_code.get().is_none()
                && identity(record).is_some_and(|identity| !known.contains(&identity))
        }
        _ => false,
    }
}

struct Holder {
    first: usize,
    several: bool,
}

/// The same number, the same given name and no other birth date: one person, though the lists of
/// a register spell it differently (an extract, and what the police send back). Twins whom a slip
/// gave one number differ in their given names.
pub(super) fn same_person(one: &Record, other: &Record) -> bool {
    let given = |name: &PersonName| name.given().map(fold::plain).collect::<Vec<_>>();
    let alike = match (one.name.get(), other.name.get()) {
        (Some(one), Some(other)) => given(one) == given(other) || words(one) == words(other),
        (one, other) => one.is_none() && other.is_none(),
    };
    let born_alike = match (one.birth.get(), other.birth.get()) {
        (Some(one), Some(other)) => {
            let whole = one.to_date().is_some() && other.to_date().is_some();
            one == other || (!whole && one.year() == other.year())
        }
        _ => true,
    };
    alike && born_alike
}

/// The words of a name in no order: lists turn names round.
fn words(name: &PersonName) -> Vec<String> {
    let mut words: Vec<String> = name.words().map(fold::plain).collect();
    words.sort_unstable();
    words
}

pub(super) fn first_file(sources: &Sources) -> String {
    sources.iter().next().map_or_else(String::new, |sheet| sheet.file.clone())
}

/// The cells a person finds the row by.
pub(super) fn row_text(record: &Record) -> String {
    let cells = [&*record.personal_id.raw, &*record.name.raw, &*record.birth.raw, &*record.gender.raw];
    cells.iter().filter(|cell| !cell.is_empty()).copied().collect::<Vec<_>>().join(" | ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Field, Origin, PartialDate, PersonName, SourceSheet};

    fn list(rows: &[(&str, &str, i16)]) -> List {
        let mut sources = Sources::default();
        let source = sources.push(SourceSheet { file: "dan_cu.csv".to_owned(), sheet: String::new() });
        let mut list = List { sources, ..List::default() };
        for ((number, name, year), row) in rows.iter().zip(2..) {
            let mut record = Record::at(Origin { source, row });
            record.personal_id = match PersonalId::parse(number) {
                Ok(id) => Field::usable(*number, id, Default::default()),
                Err(_) => Field::unusable(*number),
            };
            if let Some(person) =
                PersonName::new(name.split_whitespace(), 1, 1, crate::record::NameOrder::SurnameFirst, false)
            {
                record.name = Field::usable(*name, person, Default::default());
            }
            record.birth =
                Field::usable(year.to_string(), PartialDate::from_year(*year).unwrap(), Default::default());
            list.records.push(record);
        }
        list
    }

    fn kept(list: &List) -> Vec<u32> {
        list.records.iter().map(|record| record.origin.row).collect()
    }

    fn rejected(list: &List) -> Vec<(u32, RejectReason)> {
        list.rejects.iter().map(|reject| (reject.row, reject.reason)).collect()
    }

    #[test]
    fn rows_without_a_number_are_rejected_with_what_they_are_found_by() {
        let mut people =
            list(&[("042319000123", "Nguyễn Mai", 2019), ("", "Nguyễn Lan", 2018), ("12", "Lê An", 2017)]);
        keep_numbered(&mut people).unwrap();
        assert_eq!(kept(&people), [2]);
        let reason = RejectReason::RegisterWithoutNumber;
        assert_eq!(rejected(&people), [(3, reason), (4, reason)]);
        assert_eq!(&*people.rejects[1].text, "12 | Lê An | 2017");
    }

    #[test]
    fn a_number_of_two_people_is_nobodys() {
        let rows = [
            ("042319000123", "Nguyễn Mai", 2019),
            ("042217000456", "Lê An", 2017),
            ("042319000123", "Trần Tú", 2019),
        ];
        let mut people = list(&rows);
        keep_numbered(&mut people).unwrap();
        assert_eq!(kept(&people), [3]);
        let reason = RejectReason::RegisterNumberTwice;
        assert_eq!(rejected(&people), [(2, reason), (4, reason)]);
        assert_eq!(people.rivals.len(), 2);
    }

    #[test]
    fn rows_without_a_number_are_rivals_unless_they_are_somebody_known() {
        let rows = [("042319000123", "Nguyễn Mai", 2019), ("", "NGUYEN MAI", 2019), ("", "Lê An", 2017)];
        let mut people = list(&rows);
        // The list of children, sent back without a number for this one.
        let mut returned = list(&[("", "Trần Tú", 2016)]).records.remove(0);
        returned.child_code = Field::usable("A9", "A9".to_owned(), Default::default());
        people.records.push(returned);
        keep_numbered(&mut people).unwrap();
        assert_eq!((kept(&people), people.rejects.len()), (vec![2], 3));
        assert_eq!(people.rivals.iter().map(|rival| rival.origin.row).collect::<Vec<_>>(), [4]);
    }

    #[test]
    fn a_person_entered_twice_is_kept_once_whatever_the_spelling() {
        let rows = [
            ("042319000123", "Nguyễn Thị Mai", 2019),
            ("042319000123", "NGUYEN THI MAI", 2019),
            ("042319000123", "Nguyễn Thị Mai", 2018),
        ];
        let mut people = list(&rows[..2]);
        keep_numbered(&mut people).unwrap();
        assert_eq!(kept(&people), [2]);
        assert_eq!(rejected(&people), [(3, RejectReason::RegisterPersonTwice)]);
        // Another year: nobody can say that it is the same person.
        let mut people = list(&rows);
        keep_numbered(&mut people).unwrap();
        assert_eq!(kept(&people), [] as [u32; 0]);
        assert_eq!(people.rejects.len(), 3);
    }

    #[test]
    fn a_register_without_any_number_is_refused_and_an_empty_one_is_not() {
        let mut people = list(&[("", "Nguyễn Mai", 2019)]);
        let error = keep_numbered(&mut people).unwrap_err();
        assert_eq!(error, RegisterError::NoNumbers { file: "dan_cu.csv".to_owned() });
        assert!(!error.to_string().contains("Mai"));
        keep_numbered(&mut List::default()).unwrap();
    }

    /// Whether two rows with one number stay as one person; each with name and birth date.
    fn are_one(one: (&str, PartialDate), other: (&str, PartialDate)) -> bool {
        let rows = [("042319000123", one.0, 2019), ("042319000123", other.0, 2019)];
        let mut people = list(&rows);
        for (record, birth) in people.records.iter_mut().zip([one.1, other.1]) {
            record.birth = Field::usable("", birth, Default::default());
        }
        keep_numbered(&mut people).unwrap();
        let reasons: Vec<RejectReason> = people.rejects.iter().map(|reject| reject.reason).collect();
        let one = reasons == [RejectReason::RegisterPersonTwice];
        assert!(one || reasons == [RejectReason::RegisterNumberTwice; 2]);
        one
    }

    #[test]
    fn a_number_is_one_persons_where_given_name_or_all_words_and_the_birth_date_agree() {
        let day = |day| PartialDate::from_ymd(2019, 3, day).unwrap();
        let year = PartialDate::from_year(2019).unwrap();
        let mai = "Nguyễn Thị Mai";
        for (name, one) in
            [("Nguyễn Mai", true), ("Mai Nguyễn Thị", true), ("Nguyễn Thị Lan", false), ("", false)]
        {
            assert_eq!(are_one((mai, day(5)), (name, day(5))), one, "{name}");
            assert_eq!(are_one((name, day(5)), (mai, day(5))), one, "{name}");
        }
        assert!(are_one(("", day(5)), ("", day(5))), "nobody is named, and nothing speaks against it");
        assert!(!are_one((mai, day(5)), (mai, day(6))));
        assert!(are_one((mai, day(5)), (mai, year)), "of one only the year is known");
        assert!(are_one((mai, year), (mai, day(5))));
        assert!(!are_one((mai, PartialDate::from_year(2018).unwrap()), (mai, day(5))));
    }
}
