//! `household.xlsx`: what to ask at home. First an overview with a link to each thôn/TDP, then
//! one sheet for each.

use std::path::Path;

use rust_xlsxwriter::{Url, XlsxError};

use super::{
    book::{Book, Cell, Plan},
    error::WriteError,
    lists::{self, grouped},
    output_file::OutputFile,
    run::Run,
};
use crate::{
    choose::Child,
    record::{Era, PlaceCode, Text},
    rules::{ChildColumn, ChildForm, ColumnStyle, FormColumn},
};

/// Children of one thôn/TDP.
struct Hamlet {
    label: String,
    /// All children there.
    children: usize,
    /// Those with something to ask, in the order of the list.
    to_check: Vec<u32>,
}

/// Writes the workbook.
pub(super) fn write_workbook(run: &Run<'_>, folder: &Path, file: &mut OutputFile) -> Result<(), WriteError> {
    let name = "household.xlsx";
    build(run, folder, file).map_err(lists::workbook(name))
}

/// The same as CSV, for lists beyond the limit.
pub(super) fn write_csv(run: &Run<'_>, file: &mut OutputFile) -> Result<(), WriteError> {
    let selected = run.roster.on(|lists| lists.household);
    let form = with_hamlet(&run.rules.forms.household);
    lists::write_csv(run, &form, &selected, ("household.csv", file))
}

fn build(run: &Run<'_>, folder: &Path, file: &mut OutputFile) -> Result<(), XlsxError> {
    let form = &run.rules.forms.household;
    let hamlets = hamlets(run);
    let mut book = Book::new(&run.letterhead, folder)?;
    let overview = book.allow_name(form.sheet.get(run.words.language));
    if hamlets.len() > run.limits().hamlet_sheets {
        let all = Hamlet {
            label: run.words.get("sheets", "all_hamlets").to_owned(),
            children: run.clusters.len(),
            to_check: hamlets.into_iter().flat_map(|hamlet| hamlet.to_check).collect(),
        };
        hamlet_sheets(run, &mut book, &with_hamlet(form), &[(all, overview)])?;
    } else {
        let named: Vec<(Hamlet, String)> = hamlets
            .into_iter()
            .map(|hamlet| {
                let name = book.allow_name(&hamlet.label);
                (hamlet, name)
            })
            .collect();
        overview_sheet(run, &mut book, &overview, &named)?;
        hamlet_sheets(run, &mut book, form, &named)?;
    }
    book.save(file)
}

/// Every thôn/TDP in Vietnamese order, children without one last. The same name in two communes
/// is two places; a commune and the one of 2025 in which it lies are one.
fn hamlets(run: &Run<'_>) -> Vec<Hamlet> {
    let commune = |child: &Child<'_>| {
        let place = child.place().get()?;
        let today = place.commune_2025.map(|code| PlaceCode { era: Era::From2025, code });
        today.or(place.commune)
    };
    let mut hamlets: Vec<(Option<PlaceCode>, Option<Text>, Hamlet)> = Vec::new();
    for cluster in run.roster.order().iter().copied() {
        let child = run.child(cluster as usize);
        let (place, name) = (commune(&child), child.hamlet().get());
        // Places without a name are one group whatever the commune: there is nowhere to go.
        let place = name.and(place);
        let first = hamlets.iter().rposition(|(other, known, _)| *other == place && known.as_ref() == name);
        let at = first.unwrap_or_else(|| {
            let unknown = run.words.get("sheets", "no_hamlet");
            let label = name.map_or_else(|| unknown.to_owned(), Text::to_string);
            hamlets.push((place, name.cloned(), Hamlet { label, children: 0, to_check: Vec::new() }));
            hamlets.len() - 1
        });
        let hamlet = &mut hamlets[at].2;
        hamlet.children += 1;
        if run.roster.lists(cluster as usize).household {
            hamlet.to_check.push(cluster);
        }
    }
    hamlets.into_iter().map(|(_, _, hamlet)| hamlet).filter(|hamlet| !hamlet.to_check.is_empty()).collect()
}

fn overview_sheet(
    run: &Run<'_>,
    book: &mut Book<'_>,
    name: &str,
    hamlets: &[(Hamlet, String)],
) -> Result<(), XlsxError> {
    let words = run.words;
    let column = |key: &str, width, style| {
        let heading = words.get("sheets", key).to_owned();
        FormColumn { key: (), vi: heading.clone(), en: heading, width, style }
    };
    let columns = [
        FormColumn { key: (), vi: "STT".into(), en: "No.".into(), width: 8.0, style: ColumnStyle::Number },
        column("hamlet", 46.0, ColumnStyle::Text),
        column("children", 28.0, ColumnStyle::Number),
        column("to_check", 32.0, ColumnStyle::Number),
    ];
    let total: usize = hamlets.iter().map(|(hamlet, _)| hamlet.to_check.len()).sum();
    let introduction = words.fill("sheets", "overview", &[("count", &grouped(total, words.language))]);
    let plan = Plan {
        name,
        title: run.rules.forms.household.title.get(words.language),
        introduction: &introduction,
        columns: &columns,
        rows: hamlets.len(),
    };
    let mut sheet = book.sheet(&plan)?;
    for (number, (hamlet, target)) in (1..).zip(hamlets) {
        let row = sheet.next_row();
        let counts = [number, hamlet.children, hamlet.to_check.len()].map(|n: usize| n.to_string());
        let [number, children, to_check] = counts.map(Cell::says);
        sheet.row(&[number, Cell::says(hamlet.label.as_str()), children, to_check])?;
        let url = Url::new(format!("internal:'{}'!A1", target.replace('\'', "''"))).set_text(&hamlet.label);
        let link = sheet.styles().link.clone();
        sheet.raw().write_url_with_format(row, 1, url, &link)?;
    }
    sheet.finish(&[])
}

fn hamlet_sheets(
    run: &Run<'_>,
    book: &mut Book<'_>,
    form: &ChildForm,
    hamlets: &[(Hamlet, String)],
) -> Result<(), XlsxError> {
    let language = run.words.language;
    let most = run.limits().sheet_rows as usize;
    let mut cells = Vec::with_capacity(form.columns.len());
    for (hamlet, name) in hamlets {
        let introduction = form
            .introduction
            .get(language)
            .replace("{hamlet}", &hamlet.label)
            .replace("{count}", &grouped(hamlet.to_check.len(), language));
        let parts = hamlet.to_check.chunks(most).count();
        let mut number = 0;
        for (part, clusters) in hamlet.to_check.chunks(most).enumerate() {
            let name = if part == 0 { name.clone() } else { book.allow_name(&hamlet.label) };
            let plan = Plan {
                name: &name,
                title: form.title.get(language),
                introduction: &introduction,
                columns: &form.columns,
                rows: clusters.len(),
            };
            let mut sheet = book.sheet(&plan)?;
            for cluster in clusters {
                number += 1;
                lists::fill(run, form, &run.child(*cluster as usize), number, false, &mut cells);
                sheet.row(&cells)?;
            }
            lists::hide_key(form, &mut sheet)?;
            sheet.finish(if part + 1 == parts { &form.signatures } else { &[] })?;
        }
    }
    Ok(())
}

/// The form with the thôn/TDP as its second column, for lists that are not split by it.
fn with_hamlet(form: &ChildForm) -> ChildForm {
    let mut form = form.clone();
    form.columns.insert(
        1,
        FormColumn {
            key: ChildColumn::Hamlet,
            vi: "Thôn, TDP".into(),
            en: "Hamlet".into(),
            width: 18.0,
            style: ColumnStyle::Text,
        },
    );
    form
}
