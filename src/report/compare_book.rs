//! `changes.xlsx` and `changes.csv`: what changed since an earlier run.

use rust_xlsxwriter::XlsxError;

use super::{
    bench::Bench,
    compare::{Comparison, Event, Happened},
    decided::{AppliedDecision, write_decided},
    page::Show,
    people::{People, Person},
    policy_book::list_key,
    roll::{Kid, Roll},
};
use crate::{
    rules::{ColumnStyle, FormColumn},
    text::order::VietnameseOrder,
    write::{Book, Cell, OutputFile, Plan, WriteError, write_table},
};

/// The two runs, told apart.
pub struct Compared<'a> {
    /// The earlier list.
    pub before: &'a Roll,
    /// Its names.
    pub people_before: &'a People,
    /// Names now.
    pub people: &'a People,
    /// What happened.
    pub comparison: &'a Comparison,
    /// Answers applied by the later run; `None` where it was given none.
    pub decided: Option<&'a [AppliedDecision]>,
}

impl Compared<'_> {
    fn kid<'k>(&self, bench: Bench<'k>, event: &Event) -> Option<&'k Kid> {
        event.now.map(|at| &bench.roll.children[at as usize])
    }

    fn kid_before(&self, event: &Event) -> Option<&Kid> {
        event.before.map(|at| &self.before.children[at as usize])
    }

    /// The child as it is known now, or as it was.
    fn person(&self, bench: Bench<'_>, event: &Event) -> (String, Person) {
        match (self.kid(bench, event), self.kid_before(event)) {
            (Some(kid), _) => (kid.record_id.to_string(), self.people.get(&kid.record_id)),
            (None, Some(kid)) => (kid.record_id.to_string(), self.people_before.get(&kid.record_id)),
            (None, None) => (String::new(), Person::default()),
        }
    }

    /// What was and what is, where that is what changed.
    fn values(&self, bench: Bench<'_>, event: &Event) -> [String; 2] {
        let place = |roll: &Roll, kid: Option<&Kid>| {
            kid.map_or_else(String::new, |kid| {
                let commune = kid.today().or(kid.commune).and_then(|code| bench.words().commune(code));
                let parts = [Some(roll.names.get(kid.hamlet)).filter(|name| !name.is_empty()), commune];
                parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
            })
        };
        let number = |kid: Option<&Kid>| {
            kid.and_then(|kid| kid.number).map_or_else(String::new, |number| number.digits())
        };
        let (was, is) = (self.kid_before(event), self.kid(bench, event));
        match event.happened {
            Happened::Moved => [place(self.before, was), place(bench.roll, is)],
            Happened::NumberGained | Happened::NumberChanged | Happened::NumberLost => {
                [number(was), number(is)]
            }
            Happened::New => [String::new(), place(bench.roll, is)],
            Happened::Gone | Happened::AgedOut => [place(self.before, was), place(bench.roll, is)],
        }
    }

    fn count(&self, happened: Happened) -> usize {
        self.comparison.events.iter().filter(|event| event.happened == happened).count()
    }
}

/// Writes `changes.csv`, one line an event.
pub fn write_changes_csv(
    bench: Bench<'_>,
    compared: &Compared<'_>,
    file: &mut OutputFile,
) -> Result<(), WriteError> {
    let headings = ["change", "record_id", "record_id_before", "before", "now"];
    let (events, decided) = (&compared.comparison.events, compared.decided.unwrap_or_default());
    let id = |kid: Option<&Kid>| kid.map_or_else(String::new, |kid| kid.record_id.to_string());
    write_table(file, "changes.csv", headings, events.len() + decided.len(), |at, rows| {
        if let Some(event) = events.get(at) {
            let [was, is] = compared.values(bench, event);
            rows.plain(event.happened.key());
            rows.text(&id(compared.kid(bench, event)));
            rows.text(&id(compared.kid_before(event)));
            rows.text(&was);
            rows.text(&is);
        } else {
            let decided = &decided[at - events.len()];
            rows.plain("decided");
            rows.text(&decided.record_id);
            rows.plain("");
            rows.text(&decided.other);
            rows.text(&decided.answer);
        }
    })
}

/// Writes `changes.xlsx`: an overview, then one sheet for each kind of change.
pub fn write_changes(
    bench: Bench<'_>,
    compared: &Compared<'_>,
    file: &mut OutputFile,
) -> Result<(), XlsxError> {
    let mut book = Book::new(bench.letterhead, bench.folder)?;
    overview(bench, compared, &mut book)?;
    for happened in Happened::ALL.into_iter().filter(|happened| compared.count(*happened) > 0) {
        events(bench, compared, happened, &mut book)?;
    }
    if let Some(decided) = compared.decided.filter(|decided| !decided.is_empty()) {
        write_decided(bench, decided, |record_id| compared.people.get(record_id), &mut book)?;
    }
    book.save(file)
}

fn overview<'a>(bench: Bench<'a>, compared: &Compared<'_>, book: &mut Book<'a>) -> Result<(), XlsxError> {
    let words = bench.words();
    let show = Show(words.language);
    let columns = bench.columns(
        "changed",
        &[
            ("number", 6.0, ColumnStyle::Number),
            ("what", 50.0, ColumnStyle::Text),
            ("children", 14.0, ColumnStyle::Number),
            ("note", 80.0, ColumnStyle::Text),
        ],
    );
    let introduction = words.fill(
        "changed",
        "introduction",
        &[
            ("before", &show.day(compared.before.as_of)),
            ("now", &show.day(bench.roll.as_of)),
            ("children_before", &show.number(compared.before.children.len() as u64)),
            ("children_now", &show.number(bench.roll.children.len() as u64)),
            ("same", &show.number(compared.comparison.same)),
        ],
    );
    let name = book.allow_name(words.get("changed", "overview"));
    let plan = Plan {
        name: &name,
        title: words.get("changed", "title"),
        introduction: &introduction,
        columns: &columns,
        rows: Happened::ALL.len() + 1,
    };
    let mut sheet = book.sheet(&plan)?;
    let mut lines: Vec<(&str, String, &str)> = Happened::ALL
        .into_iter()
        .map(|happened| (happened.key(), compared.count(happened).to_string(), happened.key()))
        .collect();
    lines.push(match compared.decided {
        Some(decided) => ("decided", decided.len().to_string(), "decided"),
        None => ("decided", String::new(), "no_decisions"),
    });
    for (number, (what, count, note)) in (1..).zip(lines) {
        sheet.row(&[
            Cell::says(i32::to_string(&number)),
            Cell::says(words.get("happened", what)),
            Cell::says(count),
            Cell::says(words.get("happened_note", note)),
        ])?;
    }
    sheet.finish(&[])
}

/// The columns that say who a row speaks of, and two more.
pub(super) fn child_columns<'a>(
    bench: Bench<'a>,
    more: [(&'a str, f64, ColumnStyle); 2],
) -> Vec<FormColumn<()>> {
    use ColumnStyle::{Center, Code, Number, Text};
    let [one, other] = more;
    let columns = [
        ("number", 6.0, Number),
        ("record_id", 15.0, Code),
        ("full_name", 24.0, Text),
        ("birth_date", 12.0, Center),
        ("gender", 8.0, Center),
        ("hamlet", 24.0, Text),
        one,
        other,
    ];
    bench.columns("changed", &columns)
}

fn events<'a>(
    bench: Bench<'a>,
    compared: &Compared<'_>,
    happened: Happened,
    book: &mut Book<'a>,
) -> Result<(), XlsxError> {
    let words = bench.words();
    let columns = child_columns(bench, [("was", 34.0, ColumnStyle::Text), ("is", 34.0, ColumnStyle::Text)]);
    let order = VietnameseOrder::default();
    let mut rows: Vec<(Vec<u8>, String, Person, [String; 2])> = compared
        .comparison
        .events
        .iter()
        .filter(|event| event.happened == happened)
        .map(|event| {
            let (record_id, person) = compared.person(bench, event);
            (list_key(&person, &order), record_id, person, compared.values(bench, event))
        })
        .collect();
    rows.sort_by(|one, other| (&one.0, &one.1).cmp(&(&other.0, &other.1)));
    let title = words.get("happened", happened.key()).to_uppercase();
    let name = book.allow_name(words.get("happened", happened.key()));
    let plan = Plan {
        name: &name,
        title: &title,
        introduction: words.get("happened_note", happened.key()),
        columns: &columns,
        rows: rows.len(),
    };
    let mut sheet = book.sheet(&plan)?;
    for (number, (_, record_id, person, [was, is])) in (1..).zip(rows) {
        sheet.row(&[
            Cell::says(number.to_string()),
            Cell::says(record_id),
            Cell::says(person.full_name.as_str()),
            Cell::says(person.birth.as_str()),
            Cell::says(person.gender.as_str()),
            Cell::says(person.hamlet.as_str()),
            Cell::says(was),
            Cell::says(is),
        ])?;
    }
    sheet.finish(&[])
}
