//! What becomes of what people said, from the cell or the line it stands in to what matching has to
//! honour. Everybody here is invented.

use jiff::{Timestamp, civil::date};

use super::{contradiction::contradictions, correct::correct, *};
use crate::{
    matching::Constraints,
    normalise::NormaliseContext,
    outcome::ListKind,
    record::{
        Change, Changes, Field, FieldKind, Finding, FindingCode, Gender, NameOrder, Origin, PartialDate,
        PersonName, PersonalId, RawCell, Record, RecordIx, Shared, SourceIx,
    },
    rules::Rules,
};

mod files;

fn rules() -> &'static Rules {
    static RULES: std::sync::OnceLock<Rules> = std::sync::OnceLock::new();
    RULES.get_or_init(|| Rules::built_in().unwrap())
}

fn context() -> NormaliseContext {
    NormaliseContext { as_of: date(2026, 11, 23), list: ListKind::Children }
}

fn name(text: &str) -> Field<PersonName> {
    let words = text.split_whitespace();
    let order = NameOrder::SurnameFirst;
    Field::usable(text, PersonName::new(words, 1, 1, order, false).unwrap(), Changes::NONE)
}

fn number(digits: &str) -> Field<PersonalId> {
    match PersonalId::parse(digits) {
        Ok(id) => Field::usable(digits, id, Changes::NONE),
        Err(_) => Field::unusable(digits),
    }
}

/// A girl born on 5 March of a year.
fn girl(id: &str, full: &str, year: i16, digits: &str) -> Record {
    let mut record = Record::at(Origin { source: SourceIx(0), row: 2 });
    record.record_id = id.into();
    record.name = name(full);
    record.birth = Field::usable("", PartialDate::from_ymd(year, 3, 5).unwrap(), Changes::NONE);
    record.gender = Field::usable("Nữ", Gender::Female, Changes::NONE).into();
    record.personal_id = number(digits);
    record
}

fn side(record: &Record) -> Side {
    Side { id: record.record_id.to_string(), fingerprint: fingerprint(record) }
}

/// A person of the register, as an answer calls it.
fn person(record: &Record) -> Side {
    Side { id: record.personal_id.get().unwrap().digits(), fingerprint: fingerprint(record) }
}

fn line(line: u64) -> Source {
    Source { file: "desk.jsonl".to_owned(), place: Place::Line(line) }
}

fn say(at: u64, kind: PairKind, record: Side, other: Side, answer: Answer) -> Statement {
    Statement {
        source: line(at),
        file: 0,
        who: "cán bộ".to_owned(),
        time: Some(Timestamp::UNIX_EPOCH),
        pair_id: format!("{}-{}", record.id, other.id),
        kind,
        record,
        other,
        answer,
        keep: Keep::new(),
    }
}

fn same(at: u64, one: &Record, other: &Record, answer: Answer) -> Statement {
    say(at, PairKind::Duplicate, side(one), side(other), answer)
}

fn is(at: u64, one: &Record, other: &Record, answer: Answer) -> Statement {
    say(at, PairKind::Identity, side(one), person(other), answer)
}

fn supplied(at: u64, child: &Record, digits: &str) -> Supplied {
    Supplied { source: line(at), record: side(child), number: RawCell::text(digits) }
}

fn put_right(at: u64, child: &Record, field: Option<FieldKind>, value: &str) -> Correction {
    Correction { source: line(at), record: side(child), field, value: RawCell::text(value) }
}

struct Ward {
    children: Vec<Record>,
    register: Vec<Record>,
}

fn ward() -> Ward {
    Ward {
        children: vec![
            girl("TE1", "Đoàn Thị Gốm", 2018, ""),
            girl("TE2", "Đoàn Thị Gốn", 2018, ""),
            girl("TE3", "Phan Thị Sứ", 2017, ""),
        ],
        register: vec![
            girl("", "Đoàn Thị Gốm", 2018, "042318000001"),
            girl("", "Phan Thị Sứ", 2017, "042317000002"),
        ],
    }
}

impl Ward {
    fn resolve(&mut self, decisions: &Decisions) -> (Constraints, Decided) {
        resolve(decisions, &mut self.children, &self.register, &context(), rules())
    }

    fn answers(&mut self, statements: Vec<Statement>) -> (Constraints, Decided) {
        self.resolve(&Decisions { statements, ..Decisions::default() })
    }

    fn numbers(&mut self, supplied: Vec<Supplied>) -> (Constraints, Vec<FateKind>) {
        let (constraints, decided) = self.resolve(&Decisions { supplied, ..Decisions::default() });
        (constraints, fates(&decided))
    }
}

fn fates(decided: &Decided) -> Vec<FateKind> {
    decided.fates.iter().map(|fate| fate.kind_of_fate).collect()
}

const ROW: [RecordIx; 3] = [RecordIx(0), RecordIx(1), RecordIx(2)];

#[test]
fn answers_become_what_matching_has_to_honour() {
    let mut ward = ward();
    let (a, b, c) = (ward.children[0].clone(), ward.children[1].clone(), ward.children[2].clone());
    let register = ward.register.clone();
    let (constraints, decided) = ward.answers(vec![
        same(1, &a, &b, Answer::Yes),
        same(2, &b, &c, Answer::No),
        is(3, &a, &register[0], Answer::Yes),
        is(4, &c, &register[0], Answer::No),
        is(5, &c, &register[1], Answer::Unsure),
    ]);
    let applied = FateKind::Applied;
    assert_eq!(fates(&decided), [applied, applied, applied, applied, FateKind::Unsure]);
    assert_eq!(constraints.same, [(ROW[0], ROW[1])]);
    assert_eq!(constraints.apart, [(ROW[1], ROW[2])]);
    assert_eq!(constraints.is_person, [(ROW[0], ROW[0])]);
    assert_eq!(constraints.not_person, [(ROW[2], ROW[0])]);
    assert!(constraints.numbers.is_empty());
    let fate = &decided.fates[0];
    let said = (fate.pair_id.as_str(), fate.kind, fate.record_id.as_str(), fate.other.as_str());
    assert_eq!(said, ("TE1-TE2", Some(PairKind::Duplicate), "TE1", "TE2"));
    let by = (fate.answer.as_str(), fate.who.as_str(), fate.time, fate.group);
    assert_eq!(by, ("same", "cán bộ", Some(Timestamp::UNIX_EPOCH), 0));
    assert_eq!(decided.fates[4].answer, "unsure");
}

#[test]
fn within_a_file_the_last_answer_counts_whichever_side_comes_first() {
    let mut ward = ward();
    let (a, b) = (ward.children[0].clone(), ward.children[1].clone());
    let (constraints, decided) =
        ward.answers(vec![same(1, &a, &b, Answer::Yes), same(2, &b, &a, Answer::No)]);
    assert_eq!((constraints.same.len(), constraints.apart), (0, vec![(ROW[1], ROW[0])]));
    assert_eq!(decided.fates.len(), 1);
    // Two files that say different things: nobody knows which is right.
    let other = Statement { file: 1, ..same(2, &b, &a, Answer::No) };
    let (constraints, decided) = ward.answers(vec![same(1, &a, &b, Answer::Yes), other]);
    assert_eq!(fates(&decided), [FateKind::Contradiction; 2]);
    assert_eq!(decided.fates.iter().map(|fate| fate.group).collect::<Vec<_>>(), [1, 1]);
    assert_eq!(constraints, Constraints::default());
}

#[test]
fn an_answer_holds_only_for_the_people_it_was_given_for() {
    let mut ward = ward();
    let (a, b, c) = (ward.children[0].clone(), ward.children[1].clone(), ward.children[2].clone());
    let register = ward.register.clone();
    let changed = |side: Side| Side { fingerprint: "0000000000000000".to_owned(), ..side };
    let gone = |side: Side| Side { id: "TE9".to_owned(), ..changed(side) };
    let moved = |side: Side| Side { id: "TE9".to_owned(), ..side };
    let pair = PairKind::Duplicate;
    let (constraints, decided) = ward.answers(vec![
        say(1, pair, changed(side(&a)), side(&b), Answer::Yes),
        say(2, pair, side(&a), gone(side(&b)), Answer::Yes),
        say(3, pair, moved(side(&b)), side(&c), Answer::No),
        say(4, PairKind::Identity, side(&c), changed(person(&register[1])), Answer::Yes),
        say(5, PairKind::Identity, side(&a), Side { id: "042318000009".to_owned(), ..side(&a) }, Answer::No),
        say(6, PairKind::Identity, side(&a), Side { id: "0423".to_owned(), ..side(&a) }, Answer::No),
        say(7, pair, side(&a), Side { id: "TE8".to_owned(), ..side(&a) }, Answer::Yes),
    ]);
    let (changed, gone) = (FateKind::Changed, FateKind::Gone);
    assert_eq!(fates(&decided), [changed, gone, FateKind::Applied, changed, gone, gone, gone]);
    assert_eq!(constraints.apart, [(ROW[1], ROW[2])], "a row that moved is known by what is in it");
    assert_eq!(decided.changed_since("TE1", "TE2").map(|fate| &fate.source), Some(&line(1)));
    assert_eq!(decided.changed_since("TE2", "TE1").map(|fate| &fate.source), Some(&line(1)));
    assert_eq!(decided.changed_since("TE1", "TE1"), None);
    assert_eq!(decided.changed_since("TE1", "TE3"), None);
    assert_eq!(decided.changed_since("TE9", "TE3"), None, "that one was applied");
    assert_eq!(decided.count(|kind| kind == gone), 4);
    assert_eq!(decided.count(|kind| kind == FateKind::Unsure), 0);
}

/// Two rows of the same content are told apart by their names, and by nothing else.
#[test]
fn of_two_equal_rows_the_named_one_is_meant() {
    let mut ward = ward();
    ward.children[1] = Record { record_id: "TE2".into(), ..ward.children[0].clone() };
    let (b, c) = (ward.children[1].clone(), ward.children[2].clone());
    let unnamed = Side { id: "TE9".to_owned(), ..side(&b) };
    let (constraints, decided) = ward.answers(vec![
        same(1, &b, &c, Answer::No),
        say(2, PairKind::Duplicate, unnamed, side(&c), Answer::No),
    ]);
    assert_eq!(fates(&decided), [FateKind::Applied, FateKind::Gone]);
    assert_eq!(constraints.apart, [(ROW[1], ROW[2])]);
}

#[test]
fn the_values_that_were_chosen_stand_in_the_order_of_choosing() {
    let mut ward = ward();
    let (a, b, c) = (ward.children[0].clone(), ward.children[1].clone(), ward.children[2].clone());
    let mut one = same(1, &a, &b, Answer::Yes);
    one.keep = [(FieldKind::FullName, "TE2".to_owned()), (FieldKind::BirthDate, "TE1".to_owned())].into();
    let mut apart = same(2, &a, &c, Answer::No);
    apart.keep = [(FieldKind::Gender, "TE3".to_owned())].into();
    let (_, decided) = ward.answers(vec![one, apart]);
    let kept = decided.kept;
    assert!(!kept.is_empty());
    let rank = |field, row: usize| kept.rank(field, ROW[row]);
    assert_eq!((rank(FieldKind::FullName, 1), rank(FieldKind::FullName, 0)), (1, 0));
    assert_eq!((rank(FieldKind::BirthDate, 0), rank(FieldKind::BirthDate, 1)), (2, 0));
    assert_eq!(rank(FieldKind::Gender, 2), 0, "two children keep nothing of each other");
    let none = Kept::default();
    assert!(none.is_empty() && none.rank(FieldKind::FullName, ROW[0]) == 0);
}

#[test]
fn a_number_from_the_police_is_held_against_child_and_register() {
    let mut ward = ward();
    let mut child = ward.children[0].clone();
    child.mother.id = number("042190000077");
    ward.children[0] = child.clone();
    let (second, third) = (ward.children[1].clone(), ward.children[2].clone());
    let refused = |refusal| FateKind::Refused(refusal);
    for (digits, fate) in [
        ("042318000055", FateKind::Applied),
        ("0423180000", refused(Refusal::Malformed)),
        ("042218000055", refused(Refusal::Gender)),
        ("042317000055", refused(Refusal::Year)),
        ("042318000001", FateKind::Applied),
    ] {
        let (constraints, fates) = ward.numbers(vec![supplied(1, &child, digits)]);
        assert_eq!(fates, [fate], "{digits}");
        let listed = constraints.numbers.len() + constraints.is_person.len();
        assert_eq!(listed, usize::from(fate == FateKind::Applied), "{digits}");
        assert_eq!(constraints.is_person.len(), usize::from(digits == "042318000001"), "{digits}");
    }
    // The mother's own number, where the child has neither date nor gender to speak against it.
    ward.children[0].birth = Field::default();
    ward.children[0].gender = Shared::default();
    let bare = ward.children[0].clone();
    let (_, fates) = ward.numbers(vec![supplied(1, &bare, "042190000077")]);
    assert_eq!(fates, [refused(Refusal::Parent)]);
    // A slip that hits somebody of another name and another day; either alone is a slip of a list.
    ward.register[1].birth = Field::usable("", PartialDate::from_ymd(2018, 9, 9).unwrap(), Changes::NONE);
    ward.register[1].personal_id = number("042318000002");
    let (_, fates) = ward.numbers(vec![supplied(1, &second, "042318000002")]);
    assert_eq!(fates, [refused(Refusal::SomebodyElse)]);
    ward.register[1].name = name("DOAN THI GON");
    let (_, fates) = ward.numbers(vec![supplied(1, &second, "042318000002")]);
    assert_eq!(fates, [FateKind::Applied], "the same name without its marks");
    ward.register[1].name = name("Phan Thị Sứ");
    ward.register[1].birth = second.birth.clone();
    let (_, fates) = ward.numbers(vec![supplied(1, &second, "042318000002")]);
    assert_eq!(fates, [FateKind::Applied], "the same day");
    // One number for two children, and the same one twice for one child.
    let (constraints, fates) =
        ward.numbers(vec![supplied(1, &second, "042318000055"), supplied(2, &third, "042317000066")]);
    assert_eq!((constraints.numbers.len(), fates), (2, vec![FateKind::Applied; 2]));
    ward.children[2].birth = second.birth.clone();
    let third = ward.children[2].clone();
    let twice = vec![
        supplied(1, &second, "042318000055"),
        supplied(2, &third, "042318000055"),
        supplied(3, &bare, "042318000066"),
        supplied(4, &bare, "042318000066"),
    ];
    let (constraints, fates) = ward.numbers(twice);
    let (twice, applied) = (refused(Refusal::Twice), FateKind::Applied);
    assert_eq!(fates, [twice, twice, applied, applied]);
    assert!(constraints.numbers.iter().all(|(record, _)| *record == ROW[0]));
}

#[test]
fn a_supplied_number_is_told_as_it_was_filled_in() {
    let mut ward = ward();
    let child = ward.children[0].clone();
    let decisions =
        Decisions { supplied: vec![supplied(7, &child, " 042 318 000 055 ")], ..Decisions::default() };
    let (_, decided) = ward.resolve(&decisions);
    let fate = &decided.fates[0];
    assert_eq!((fate.record_id.as_str(), fate.other.as_str()), ("TE1", "042 318 000 055"));
    assert_eq!((fate.answer.as_str(), fate.kind, &fate.source), ("number", None, &line(7)));
}

#[test]
fn what_was_put_right_holds_for_what_is_asked_afterwards() {
    let mut ward = ward();
    let (a, b, c) = (ward.children[0].clone(), ward.children[1].clone(), ward.children[2].clone());
    let decisions = Decisions {
        corrections: vec![
            put_right(1, &a, Some(FieldKind::BirthDate), " 05/03/2019 "),
            put_right(2, &b, Some(FieldKind::BirthDate), "hôm qua"),
            put_right(3, &c, None, "đã chuyển đi"),
            put_right(4, &girl("TE9", "Không Ai Cả", 2011, ""), Some(FieldKind::Gender), "Nam"),
        ],
        statements: vec![same(5, &a, &b, Answer::No)],
        supplied: vec![supplied(6, &a, "042319000055")],
        problems: vec![Problem { source: line(9), trouble: Trouble::TornLine }],
        ..Decisions::default()
    };
    let (constraints, decided) = ward.resolve(&decisions);
    let value = FateKind::Refused(Refusal::Value);
    let torn = FateKind::Unreadable(Trouble::TornLine);
    let (applied, gone) = (FateKind::Applied, FateKind::Gone);
    assert_eq!(fates(&decided), [applied, value, FateKind::Remark, gone, applied, applied, torn]);
    let told: Vec<(&str, &str)> =
        decided.fates[..3].iter().map(|fate| (fate.answer.as_str(), fate.other.as_str())).collect();
    assert_eq!(told, [("birth_date", "05/03/2019"), ("birth_date", "hôm qua"), ("remark", "đã chuyển đi")]);
    assert_eq!(ward.children[0].birth.get().unwrap().to_string(), "2019-03-05");
    assert_eq!(constraints.numbers.len(), 1, "the number fits the year that was put right");
    // What is asked of the record as it now is, is understood too.
    let now = ward.children[0].clone();
    let (constraints, _) = ward.answers(vec![same(1, &now, &b, Answer::Yes)]);
    assert_eq!(constraints.same, [(ROW[0], ROW[1])]);
    // The numbers that a register kept elsewhere is asked for: those of answers and those supplied.
    let asked = Decisions { statements: vec![is(7, &c, &ward.register[1], Answer::No)], ..decisions };
    let before = [a, b, c];
    let named = numbers_named(&asked, &before, &context(), rules());
    assert_eq!(named.iter().map(|id| id.digits()).collect::<Vec<_>>(), ["042317000002", "042319000055"]);
    let only_answers = Decisions { supplied: Vec::new(), ..asked };
    assert_eq!(numbers_named(&only_answers, &before, &context(), rules()).len(), 1);
}

#[test]
fn a_value_put_right_takes_the_findings_of_its_field_with_it() {
    let put = |record: &mut Record, field, value: &str| {
        let correction = put_right(1, record, Some(field), value);
        correct(record, field, &correction, &context(), rules())
    };
    let mut child = girl("TE1", "Đoàn Thị Gốm", 2018, "");
    child.unnamed = true;
    let known = Finding::new(FindingCode::IdGenderMismatch, FieldKind::PersonalId);
    let solved = Finding::new(FindingCode::ALL[0], FieldKind::FullName);
    child.add_finding(known.clone());
    child.add_finding(solved.clone());
    assert!(put(&mut child, FieldKind::FullName, "Đoàn Thị Sành"));
    assert_eq!(child.name.get().unwrap().full(), "Đoàn Thị Sành");
    assert_eq!(&*child.name.raw, "Đoàn Thị Gốm", "the list's own text stays beside it");
    assert!(child.name.changes.contains(Change::Corrected) && !child.unnamed);
    assert!(child.findings.contains(&known) && !child.findings.contains(&solved));
    assert!(put(&mut child, FieldKind::Gender, "Nam"));
    assert_eq!(child.gender.get(), Some(&Gender::Male));
    assert!(put(&mut child, FieldKind::BirthDate, "2016"));
    assert_eq!(child.birth.get().unwrap().to_string(), "2016");
    let before = child.clone();
    for (field, value) in [
        (FieldKind::Gender, "có"),
        (FieldKind::BirthDate, "31/02/2018"),
        (FieldKind::FullName, ""),
        (FieldKind::PersonalId, "042318000001"),
    ] {
        assert!(!put(&mut child, field, value), "{value}");
        assert!(child == before, "{value}");
    }
}

#[test]
fn a_desk_sees_at_once_which_answers_contradict_one_another() {
    let side = |id: &str| Side { id: id.to_owned(), fingerprint: String::new() };
    let decide = |kind, one: &str, other: &str, answer| Decision {
        pair_id: String::new(),
        kind,
        record: side(one),
        other: side(other),
        answer,
        keep: Keep::new(),
        second_reading: false,
    };
    let (pair, person) = (PairKind::Duplicate, PairKind::Identity);
    let answers = [
        decide(pair, "d", "e", Answer::Yes),
        decide(pair, "a", "b", Answer::Yes),
        decide(pair, "a", "c", Answer::Unsure),
        decide(pair, "b", "c", Answer::Yes),
        decide(person, "a", "no number", Answer::Yes),
        decide(pair, "a", "c", Answer::No),
        decide(person, "d", "042318000001", Answer::Yes),
        decide(person, "e", "042318000002", Answer::Yes),
        decide(person, "f", "042318000002", Answer::No),
    ];
    let all: Vec<&Decision> = answers.iter().collect();
    assert_eq!(contradicting(&all), [true, true, false, true, false, true, true, true, false]);
    assert_eq!(contradicting(&all[1..5]), [false; 4]);
    assert_eq!(contradicting(&[]), [false; 0]);
    assert!(contradictions(&[]).is_empty());
}

#[test]
fn what_changes_a_fingerprint_is_what_a_person_judges_by() {
    let child = girl("TE1", "Đoàn Thị Gốm", 2018, "042318000001");
    let with = |change: &dyn Fn(&mut Record)| {
        let mut other = child.clone();
        change(&mut other);
        other
    };
    for (what, other) in [
        ("name", with(&|child| child.name = name("Đoàn Thị Sành"))),
        ("birth", with(&|child| child.birth = Field::unusable("hôm qua"))),
        ("gender", with(&|child| child.gender = Field::unusable("?").into())),
        ("father", with(&|child| child.father.name = name("Đoàn Văn Sành"))),
        ("mother", with(&|child| child.mother.name = name("Đoàn Văn Sành"))),
        ("hamlet", with(&|child| child.hamlet = Field::unusable("Thôn 3").into())),
    ] {
        assert_ne!(fingerprint(&other), fingerprint(&child), "{what}");
        assert_ne!(likeness(&other), likeness(&child), "{what}");
    }
    let renumbered = with(&|child| child.personal_id = number("042318000002"));
    assert_ne!(fingerprint(&renumbered), fingerprint(&child));
    assert_eq!(likeness(&renumbered), likeness(&child), "no number can be found out from it");
    let moved = with(&|child| child.record_id = "TE7".into());
    assert_eq!(fingerprint(&moved), fingerprint(&child), "where the row stands is no part of it");
    assert!(
        fingerprint(&child).len() == 16 && fingerprint(&child).bytes().all(|byte| byte.is_ascii_hexdigit())
    );
    let [print, id] = key_parts(&record_key(&child)).unwrap();
    assert_eq!((print, id.as_str()), (fingerprint(&child), "TE1"));
    // Identifiers of pairs are kept in files: they must not change from version to version.
    assert_eq!(pair_id(PairKind::Duplicate, "TE1", "TE2"), pair_id(PairKind::Duplicate, "TE2", "TE1"));
    let letters = pair_id(PairKind::Identity, "TE1", "TE2");
    assert!(letters.starts_with("P-") && letters.len() == 12, "{letters}");
}

#[test]
fn every_outcome_has_its_own_word_and_some_need_a_person() {
    use std::collections::BTreeSet;
    let mut kinds = vec![
        (FateKind::Applied, "applied", false),
        (FateKind::Unsure, "unsure", false),
        (FateKind::Remark, "remark", false),
        (FateKind::Changed, "changed", false),
        (FateKind::Gone, "gone", false),
        (FateKind::Contradiction, "contradiction", true),
        (FateKind::Refused(Refusal::Twice), "number_twice", true),
        (FateKind::Unreadable(Trouble::RowsMixed), "rows_mixed", true),
    ];
    for (kind, word, person) in kinds.drain(..) {
        assert_eq!((kind.as_str(), kind.needs_person()), (word, person));
    }
    let refusals: BTreeSet<&str> = Refusal::ALL.iter().map(|refusal| refusal.as_str()).collect();
    let troubles: BTreeSet<&str> = Trouble::ALL.iter().map(|trouble| trouble.as_str()).collect();
    assert_eq!((refusals.len(), troubles.len()), (Refusal::ALL.len(), Trouble::ALL.len()));
    let cell = Place::Cell { sheet: "Trùng".to_owned(), cell: "C12".to_owned() };
    assert_eq!((cell.to_string().as_str(), Place::Line(3).to_string().as_str()), ("Trùng!C12", "3"));
}

#[test]
fn a_line_that_is_no_entry_says_what_is_wrong_with_it() {
    for (text, fault) in [
        ("{\"id\":\"1\",", "the line breaks off"),
        ("{\"id\":\"1\"}", "a key is missing, unknown or of the wrong kind"),
        ("{'id':1}", "not JSON"),
    ] {
        assert_eq!(Entry::from_line(text), Err(fault));
    }
}
