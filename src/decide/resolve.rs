//! From what people wrote to what matching has to honour: each answer is put to the records of
//! this run, and only those that still speak of the same people, and agree with one another, count.

use rustc_hash::FxHashMap;

use super::{
    Answer, Decided, Decisions, Fate, FateKind, Kept, PairKind, Refusal, Side, Statement, Supplied,
    contradiction::{Claim, Node, contradictions},
    correct::correct,
    fingerprint,
    read::Correction,
};
use crate::{
    check::id_contradiction,
    matching::Constraints,
    normalise::{Bearer, NormaliseContext, read_personal_id},
    record::{PersonalId, Record, RecordIx},
    rules::Rules,
    text::fold,
};

/// Puts the decisions to the records: corrects values, and says the rest as constraints.
pub fn resolve(
    decisions: &Decisions,
    children: &mut [Record],
    register: &[Record],
    context: &NormaliseContext,
    rules: &Rules,
) -> (Constraints, Decided) {
    let mut lists = Lists::new(children, register);
    let mut fates: Vec<Fate> = decisions.problems.iter().map(problem).collect();
    for correction in &decisions.corrections {
        let found = lists.child(&correction.record);
        let kind = match (found, correction.field) {
            (Err(kind), _) => kind,
            (Ok(_), None) => FateKind::Remark,
            (Ok(at), Some(field)) => {
                if correct(&mut children[at.usize()], field, correction, context, rules) {
                    FateKind::Applied
                } else {
                    FateKind::Refused(Refusal::Value)
                }
            }
        };
        fates.push(corrected(correction, kind));
    }
    // An answer may have been given before or after the correction.
    lists.add_changed(children);
    let children = &*children;

    let mut located = Vec::new();
    for statement in latest(&decisions.statements, &lists) {
        match lists.pair(statement) {
            Ok((record, other)) => located.push(Located::pair(statement, record, other)),
            Err(kind) => fates.push(stated(statement, kind)),
        }
    }
    for supplied in &decisions.supplied {
        match lists.child(&supplied.record).and_then(|at| {
            number(supplied, &children[at.usize()], register, &lists, rules).map(|number| (at, number))
        }) {
            Ok((at, number)) => located.push(Located::number(supplied, at, number)),
            Err(kind) => fates.push(given(supplied, kind)),
        }
    }
    refuse_twice(&mut located, &mut fates);
    let (constraints, kept) = settle(located, &lists, &mut fates);
    fates.sort_by(|one, other| one.source.cmp(&other.source));
    (constraints, Decided { files: decisions.files.clone(), fates, kept })
}

/// The records of a run, by what answers call them.
struct Lists {
    by_id: FxHashMap<String, RecordIx>,
    by_fingerprint: FxHashMap<String, Vec<RecordIx>>,
    fingerprints: Vec<String>,
    persons: FxHashMap<PersonalId, RecordIx>,
    person_fingerprints: Vec<String>,
}

impl Lists {
    fn new(children: &[Record], register: &[Record]) -> Self {
        let by_id = (0..).map(RecordIx).zip(children).map(|(at, record)| (record.record_id.to_string(), at));
        let persons = (0..).map(RecordIx).zip(register);
        let mut lists = Self {
            by_id: by_id.collect(),
            by_fingerprint: FxHashMap::default(),
            fingerprints: children.iter().map(fingerprint).collect(),
            persons: persons.filter_map(|(at, person)| Some((*person.personal_id.get()?, at))).collect(),
            person_fingerprints: register.iter().map(fingerprint).collect(),
        };
        for (at, own) in (0..).map(RecordIx).zip(&lists.fingerprints) {
            lists.by_fingerprint.entry(own.clone()).or_default().push(at);
        }
        lists
    }

    /// The fingerprints of records that were corrected, beside those they had before.
    fn add_changed(&mut self, children: &[Record]) {
        for ((at, record), before) in (0..).map(RecordIx).zip(children).zip(&self.fingerprints) {
            let now = fingerprint(record);
            if now != *before {
                self.by_fingerprint.entry(now).or_default().push(at);
            }
        }
    }

    /// The record by its name, if it is as it was; else the only one that is: rows move.
    fn child(&self, side: &Side) -> Result<RecordIx, FateKind> {
        let bearers = self.by_fingerprint.get(&side.fingerprint).map_or(&[][..], Vec::as_slice);
        let named = self.by_id.get(&side.id).copied();
        match (named, bearers) {
            (Some(named), bearers) if bearers.contains(&named) => Ok(named),
            (_, [only]) => Ok(*only),
            (Some(_), _) => Err(FateKind::Changed),
            (None, _) => Err(FateKind::Gone),
        }
    }

    fn person(&self, side: &Side) -> Result<RecordIx, FateKind> {
        let number = PersonalId::parse(&side.id).map_err(|_| FateKind::Gone)?;
        let at = *self.persons.get(&number).ok_or(FateKind::Gone)?;
        let same = self.person_fingerprints[at.usize()] == side.fingerprint;
        same.then_some(at).ok_or(FateKind::Changed)
    }

    fn pair(&self, statement: &Statement) -> Result<(RecordIx, Node), FateKind> {
        let record = self.child(&statement.record)?;
        let other = match statement.kind {
            PairKind::Duplicate => Node::Record(self.child(&statement.other)?),
            PairKind::Identity => {
                self.person(&statement.other)?;
                Node::Number(PersonalId::parse(&statement.other.id).map_err(|_| FateKind::Gone)?)
            }
        };
        // Both rows have become one and the same: there is nothing left to decide.
        if other == Node::Record(record) { Err(FateKind::Gone) } else { Ok((record, other)) }
    }
}

/// Within a file a later answer to the same pair replaces an earlier one.
fn latest<'a>(statements: &'a [Statement], lists: &Lists) -> Vec<&'a Statement> {
    let key = |statement: &Statement| {
        let pair = lists.pair(statement).ok().map(|(record, other)| {
            let record = Node::Record(record);
            (record.min(other), record.max(other))
        });
        (statement.file, pair, pair.is_none().then(|| statement.pair_id.clone()))
    };
    let mut last: FxHashMap<_, usize> = FxHashMap::default();
    for (at, statement) in statements.iter().enumerate() {
        last.insert(key(statement), at);
    }
    statements
        .iter()
        .enumerate()
        .filter(|(at, statement)| last.get(&key(statement)) == Some(at))
        .map(|(_, statement)| statement)
        .collect()
}

/// The numbers of persons that the decisions speak of: whoever keeps the register elsewhere must have
/// these persons at hand.
pub fn numbers_named(
    decisions: &Decisions,
    children: &[Record],
    context: &NormaliseContext,
    rules: &Rules,
) -> Vec<PersonalId> {
    let others = decisions.statements.iter().filter(|statement| statement.kind == PairKind::Identity);
    let mut numbers: Vec<PersonalId> =
        others.filter_map(|statement| PersonalId::parse(&statement.other.id).ok()).collect();
    if decisions.supplied.is_empty() {
        return numbers;
    }
    // How a number is read depends on what its child is corrected to.
    let mut children = children.to_vec();
    let mut lists = Lists::new(&children, &[]);
    for correction in &decisions.corrections {
        if let (Ok(at), Some(field)) = (lists.child(&correction.record), correction.field) {
            correct(&mut children[at.usize()], field, correction, context, rules);
        }
    }
    lists.add_changed(&children);
    numbers.extend(decisions.supplied.iter().filter_map(|supplied| {
        let child = &children[lists.child(&supplied.record).ok()?.usize()];
        let bearer = Bearer::new(&child.birth, &child.gender);
        read_personal_id(&supplied.number, bearer, &rules.personal_id, &rules.fields).field.value
    }));
    numbers
}

/// Reads a number that came back and holds it against the child and the register.
fn number(
    supplied: &Supplied,
    child: &Record,
    register: &[Record],
    lists: &Lists,
    rules: &Rules,
) -> Result<PersonalId, FateKind> {
    let refused = |refusal| Err(FateKind::Refused(refusal));
    let bearer = Bearer::new(&child.birth, &child.gender);
    let reading = read_personal_id(&supplied.number, bearer, &rules.personal_id, &rules.fields);
    let Some(number) = reading.field.get().copied() else { return refused(Refusal::Malformed) };
    let mut with_number = child.clone();
    with_number.personal_id = reading.field;
    let contradiction = id_contradiction(&with_number);
    if contradiction.gender_or_century {
        return refused(Refusal::Gender);
    }
    if contradiction.year {
        return refused(Refusal::Year);
    }
    if child.parents().iter().any(|(_, parent)| parent.id.get() == Some(&number)) {
        return refused(Refusal::Parent);
    }
    let person = lists.persons.get(&number).map(|at| &register[at.usize()]);
    if person.is_some_and(|person| is_somebody_else(child, person)) {
        return refused(Refusal::SomebodyElse);
    }
    Ok(number)
}

/// Another name and another birth date: a slip of one digit has hit another person's number.
fn is_somebody_else(child: &Record, person: &Record) -> bool {
    let (Some(name), Some(other)) = (child.name.get(), person.name.get()) else { return false };
    let (Some(birth), Some(born)) = (child.birth.get(), person.birth.get()) else { return false };
    birth != born && fold::plain(name.full()) != fold::plain(other.full())
}

/// An answer whose sides are known, and the fate it will have if nothing speaks against it.
struct Located {
    claim: Option<Claim>,
    fate: Fate,
    record: RecordIx,
    keep: Vec<(crate::record::FieldKind, RecordIx)>,
    supplied: bool,
}

impl Located {
    fn pair(statement: &Statement, record: RecordIx, other: Node) -> Self {
        let same = match statement.answer {
            Answer::Yes => Some(true),
            Answer::No => Some(false),
            Answer::Unsure => None,
        };
        let holder = |id: &String| match other {
            Node::Record(other) if *id == statement.other.id => other,
            _ => record,
        };
        let keep = statement.keep.iter().map(|(field, id)| (*field, holder(id))).collect();
        Self {
            claim: same.map(|same| Claim { one: Node::Record(record), other, same }),
            fate: stated(statement, if same.is_some() { FateKind::Applied } else { FateKind::Unsure }),
            record,
            keep: if same == Some(true) { keep } else { Vec::new() },
            supplied: false,
        }
    }

    fn number(supplied: &Supplied, record: RecordIx, number: PersonalId) -> Self {
        let claim = Claim { one: Node::Record(record), other: Node::Number(number), same: true };
        let fate = given(supplied, FateKind::Applied);
        Self { claim: Some(claim), fate, record, keep: Vec::new(), supplied: true }
    }
}

/// The police gave one number for two rows: one of them is a slip.
fn refuse_twice(located: &mut Vec<Located>, fates: &mut Vec<Fate>) {
    let mut rows: FxHashMap<Node, Vec<RecordIx>> = FxHashMap::default();
    for answer in located.iter().filter(|answer| answer.supplied) {
        if let Some(claim) = answer.claim {
            rows.entry(claim.other).or_default().push(answer.record);
        }
    }
    let (kept, twice): (Vec<Located>, Vec<Located>) = located.drain(..).partition(|answer| {
        let Some(claim) = answer.claim.filter(|_| answer.supplied) else { return true };
        rows[&claim.other].iter().all(|record| *record == answer.record)
    });
    *located = kept;
    fates.extend(
        twice
            .into_iter()
            .map(|answer| Fate { kind_of_fate: FateKind::Refused(Refusal::Twice), ..answer.fate }),
    );
}

/// Sets contradictions aside and says the rest as constraints.
fn settle(located: Vec<Located>, lists: &Lists, fates: &mut Vec<Fate>) -> (Constraints, Kept) {
    let claims: Vec<Claim> = located.iter().filter_map(|answer| answer.claim).collect();
    let mut groups = contradictions(&claims).into_iter();
    let (mut constraints, mut kept) = (Constraints::default(), Kept::default());
    for answer in located {
        let mut fate = answer.fate;
        if let Some(claim) = answer.claim {
            fate.group = groups.next().unwrap_or(0);
            if fate.group > 0 {
                fate.kind_of_fate = FateKind::Contradiction;
            } else {
                constrain(&mut constraints, answer.record, claim, lists);
                for (field, record) in answer.keep {
                    kept.prefer(field, record);
                }
            }
        }
        fates.push(fate);
    }
    (constraints, kept)
}

fn constrain(constraints: &mut Constraints, record: RecordIx, claim: Claim, lists: &Lists) {
    match claim.other {
        Node::Record(other) if claim.same => constraints.same.push((record, other)),
        Node::Record(other) => constraints.apart.push((record, other)),
        Node::Number(number) => match (lists.persons.get(&number), claim.same) {
            (Some(person), true) => constraints.is_person.push((record, *person)),
            (Some(person), false) => constraints.not_person.push((record, *person)),
            (None, true) => constraints.numbers.push((record, number)),
            (None, false) => {}
        },
    }
}

fn stated(statement: &Statement, kind_of_fate: FateKind) -> Fate {
    Fate {
        source: statement.source.clone(),
        pair_id: statement.pair_id.clone(),
        kind: Some(statement.kind),
        record_id: statement.record.id.clone(),
        other: statement.other.id.clone(),
        answer: statement.answer.word(statement.kind).to_owned(),
        who: statement.who.clone(),
        time: statement.time,
        kind_of_fate,
        group: 0,
    }
}

fn about(source: &super::Source, record_id: &str, answer: &str, kind_of_fate: FateKind) -> Fate {
    Fate {
        source: source.clone(),
        pair_id: String::new(),
        kind: None,
        record_id: record_id.to_owned(),
        other: String::new(),
        answer: answer.to_owned(),
        who: String::new(),
        time: None,
        kind_of_fate,
        group: 0,
    }
}

fn given(supplied: &Supplied, kind: FateKind) -> Fate {
    let other = supplied.number.display().trim().to_owned();
    Fate { other, ..about(&supplied.source, &supplied.record.id, "number", kind) }
}

fn corrected(correction: &Correction, kind: FateKind) -> Fate {
    let answer = correction.field.map_or("remark", |field| field.key());
    let other = correction.value.display().trim().to_owned();
    Fate { other, ..about(&correction.source, &correction.record.id, answer, kind) }
}

fn problem(problem: &super::Problem) -> Fate {
    about(&problem.source, "", "", FateKind::Unreadable(problem.trouble))
}
