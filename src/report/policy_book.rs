//! `policies.xlsx`: an overview, then one sheet for each policy with its children.

use rust_xlsxwriter::{Url, XlsxError};

use super::{
    bench::Bench,
    page::Show,
    people::{People, Person},
    policies::PolicyList,
};
use crate::{
    rules::ColumnStyle,
    text::order::VietnameseOrder,
    write::{Book, Cell, OutputFile, Plan},
};

/// Writes the workbook.
pub fn write_policies(
    bench: Bench<'_>,
    lists: &[PolicyList<'_>],
    people: &People,
    file: &mut OutputFile,
) -> Result<(), XlsxError> {
    let language = bench.words().language;
    let mut book = Book::new(bench.letterhead, bench.folder)?;
    let overview = book.allow_name(bench.words().get("policies", "overview"));
    let names: Vec<String> =
        lists.iter().map(|list| book.allow_name(list.policy.sheet.get(language))).collect();
    write_overview(bench, &mut book, &overview, lists, &names)?;
    for (list, name) in lists.iter().zip(&names) {
        write_list(bench, &mut book, name, list, people)?;
    }
    book.save(file)
}

fn write_overview<'a>(
    bench: Bench<'a>,
    book: &mut Book<'a>,
    name: &str,
    lists: &[PolicyList<'_>],
    names: &[String],
) -> Result<(), XlsxError> {
    use ColumnStyle::{Number, Text};
    let words = bench.words();
    let columns = bench.columns(
        "policies",
        &[
            ("number", 6.0, Number),
            ("policy", 52.0, Text),
            ("children", 12.0, Number),
            ("unknown", 14.0, Number),
            ("action", 40.0, Text),
            ("source", 56.0, Text),
        ],
    );
    let plan = Plan {
        name,
        title: words.get("policies", "title"),
        introduction: words.get("policies", "introduction"),
        columns: &columns,
        rows: lists.len(),
    };
    let mut sheet = book.sheet(&plan)?;
    for (number, (list, target)) in (1..).zip(lists.iter().zip(names)) {
        let row = sheet.next_row();
        let title = list.policy.title.get(words.language);
        sheet.row(&[
            Cell::says(number.to_string()),
            Cell::says(title),
            Cell::says(list.children.len().to_string()),
            Cell::says(list.unknown.to_string()),
            Cell::says(list.policy.action.get(words.language)),
            Cell::says(source(bench, list)),
        ])?;
        let url = Url::new(format!("internal:'{}'!A1", target.replace('\'', "''"))).set_text(title);
        let link = sheet.styles().link.clone();
        sheet.raw().write_url_with_format(row, 1, url, &link)?;
    }
    sheet.finish(&[])
}

/// The law, and whether anybody has compared it with its text.
fn source(bench: Bench<'_>, list: &PolicyList<'_>) -> String {
    let note = bench.words().get("policies", "unverified");
    if list.policy.verified { list.policy.source.clone() } else { format!("{} ({note})", list.policy.source) }
}

fn write_list<'a>(
    bench: Bench<'a>,
    book: &mut Book<'a>,
    name: &str,
    list: &PolicyList<'_>,
    people: &People,
) -> Result<(), XlsxError> {
    use ColumnStyle::{Center, Code, Fill, Number, Text};
    let words = bench.words();
    let columns = bench.columns(
        "policies",
        &[
            ("number", 5.0, Number),
            ("record_id", 12.0, Code),
            ("full_name", 19.0, Text),
            ("birth_date", 11.0, Center),
            ("gender", 6.0, Center),
            ("parents", 22.0, Text),
            ("residence", 22.0, Text),
            ("phone", 12.0, Center),
            ("personal_id", 14.0, Code),
            ("reason", 26.0, Text),
            ("action", 19.0, Text),
            ("source", 24.0, Text),
            ("done", 10.0, Fill),
        ],
    );
    let show = Show(words.language);
    let counts = [list.children.len() as u64, list.unknown, list.scope].map(|count| show.number(count));
    let key = if list.unknown == list.scope && list.scope > 0 { "not_asked" } else { "list_introduction" };
    let introduction = words.fill(
        "policies",
        key,
        &[("children", &counts[0]), ("unknown", &counts[1]), ("all", &counts[2])],
    );
    let plan = Plan {
        name,
        title: list.policy.title.get(words.language),
        introduction: &introduction,
        columns: &columns,
        rows: list.children.len(),
    };
    let order = VietnameseOrder::default();
    let mut rows: Vec<(Vec<u8>, &str, &str, Person)> = list
        .children
        .iter()
        .map(|listed| {
            let person = people.get(&listed.record_id);
            (list_key(&person, &order), &*listed.record_id, listed.reason.as_str(), person)
        })
        .collect();
    rows.sort_by(|one, other| (&one.0, one.1).cmp(&(&other.0, other.1)));
    let law = source(bench, list);
    let mut sheet = book.sheet(&plan)?;
    for (number, (_, record_id, reason, person)) in (1..).zip(rows) {
        sheet.row(&[
            Cell::says(number.to_string()),
            Cell::says(record_id),
            Cell::says(person.full_name.as_str()),
            Cell::says(person.birth.as_str()),
            Cell::says(person.gender.as_str()),
            Cell::says(parents(bench, &person)),
            Cell::says(residence(&person)),
            Cell::says(person.phone.as_str()),
            Cell::says(person.number.as_str()),
            Cell::says(reason),
            Cell::says(list.policy.action.get(words.language)),
            Cell::says(law.as_str()),
            Cell::default(),
        ])?;
    }
    sheet.finish(&[])
}

/// By thôn/TDP, then by given name, surname and middle name.
pub(super) fn list_key(person: &Person, order: &VietnameseOrder) -> Vec<u8> {
    let mut key = vec![u8::from(person.hamlet.is_empty())];
    order.write_key(&person.hamlet, &mut key);
    person.name_order.iter().for_each(|part| order.write_key(part, &mut key));
    key
}

fn parents(bench: Bench<'_>, person: &Person) -> String {
    let named = ["father", "mother", "guardian"].into_iter().zip(&person.parents);
    let lines = named
        .filter(|(_, name)| !name.is_empty())
        .map(|(key, name)| bench.words().fill("sheets", key, &[("name", name)]));
    lines.collect::<Vec<_>>().join("\n")
}

/// Address, and the thôn/TDP where the address does not name it.
fn residence(person: &Person) -> String {
    let parts = [&person.address, &person.hamlet];
    if person.address.contains(&*person.hamlet) {
        return person.address.clone();
    }
    let parts: Vec<&str> = parts.into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    parts.join(", ")
}
