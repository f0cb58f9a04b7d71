//! `review.csv` and `review.xlsx`: what a person must decide.

use std::path::Path;

use rust_xlsxwriter::{DataValidation, DataValidationErrorStyle, ProtectionOptions, XlsxError};

use super::{
    book::{Book, Cell, Plan},
    children::residence,
    error::WriteError,
    lists::{grouped, workbook},
    output_file::OutputFile,
    pairs::Pair,
    rows::write_table,
    run::Run,
    show,
};
use crate::{
    choose::{ChosenFrom, choose_child},
    decide::{PairKind, fingerprint},
    matching::{Evidence, ReviewOther},
    outcome::Outcome,
    record::{FieldKind, PartialDate, Record},
    rules::{Bilingual, FormColumn, PairColumn, PairSheet},
};

/// Columns of which both sides have one, with the text of a side.
type Side = (&'static str, fn(&Record) -> String);

const SIDES: &[Side] = &[
    ("full_name", |record| show::full_name(&record.name).to_owned()),
    ("birth_date", |record| record.birth.get().map_or_else(String::new, PartialDate::to_string)),
    ("gender", gender),
    ("ethnicity", |record| show::text(&record.ethnicity).to_owned()),
    ("personal_id", number),
    ("father_name", |record| show::full_name(&record.father.name).to_owned()),
    ("mother_name", |record| show::full_name(&record.mother.name).to_owned()),
    ("guardian_name", |record| show::full_name(&record.guardian.name).to_owned()),
    ("hamlet", |record| show::text(&record.hamlet).to_owned()),
    ("address", |record| show::text(&record.address).to_owned()),
    ("phone", |record| show::text(&record.phone).to_owned()),
];

fn gender(record: &Record) -> String {
    record.gender.get().map_or("", |gender| gender.vietnamese()).to_owned()
}

fn number(record: &Record) -> String {
    record.personal_id.get().map_or_else(String::new, |id| id.digits())
}

/// Writes the CSV file.
pub(super) fn write_csv(run: &Run<'_>, pairs: &[Pair<'_>], file: &mut OutputFile) -> Result<(), WriteError> {
    const FIXED: [&str; 11] = [
        "pair_id",
        "kind",
        "record_id",
        "other",
        "weight",
        "probability",
        "reason",
        "reason_text",
        "evidence",
        "record_fingerprint",
        "other_fingerprint",
    ];
    let sides: Vec<String> =
        SIDES.iter().flat_map(|(key, _)| [(*key).to_owned(), format!("other_{key}")]).collect();
    let headings = FIXED.into_iter().chain(sides.iter().map(String::as_str)).chain([
        "evidence_parts",
        "default_keep",
        "earlier_answer",
    ]);
    write_table(file, "review.csv", headings, pairs.len(), |at, rows| {
        let pair = &pairs[at];
        rows.plain(&pair.id);
        rows.plain(pair.kind.as_str());
        rows.text(&pair.record.record_id);
        rows.text(&pair.other_id());
        rows.decimal(Some(pair.item.weight.0));
        rows.plain(&format!("{:.4}", pair.item.probability));
        rows.plain(pair.item.reason.as_str());
        rows.plain(run.words.review_reason(pair.item.reason));
        rows.text(&run.words.evidence(&pair.item.evidence).replace('\n', "; "));
        rows.plain(&fingerprint(pair.record));
        rows.plain(&fingerprint(pair.other));
        for (_, side) in SIDES {
            rows.text(&side(pair.record));
            rows.text(&side(pair.other));
        }
        rows.plain(&evidence_parts(&pair.item.evidence));
        rows.plain(&default_keep(run.outcome, pair));
        let decided = run.outcome.decided.as_ref();
        let earlier =
            decided.and_then(|decided| decided.changed_since(&pair.record.record_id, &pair.other_id()));
        rows.plain(earlier.map_or("", |fate| fate.answer.as_str()));
    })
}

/// `full_name:other;…`: whose value would stand for the child if both records are one, by field; the register's counts where neither's would.
fn default_keep(outcome: &Outcome, pair: &Pair<'_>) -> String {
    let ReviewOther::Record(other) = pair.item.other else { return String::new() };
    let records = [pair.item.record.min(other), pair.item.record.max(other)];
    let child = choose_child(outcome, &records);
    let fields = FieldKind::ALL.iter().filter_map(|field| {
        let side = match child.chosen_from(*field)? {
            ChosenFrom::List(at) if at == pair.item.record => "record",
            ChosenFrom::List(_) => "other",
            ChosenFrom::Register(_) => "register",
        };
        Some(format!("{}:{side}", field.key()))
    });
    fields.collect::<Vec<_>>().join(";")
}

/// `given_name:equal:7.20;…`: the evidence for programs, in the order of the comparisons.
fn evidence_parts(evidence: &[Evidence]) -> String {
    let parts = evidence
        .iter()
        .map(|part| format!("{}:{}:{:.2}", part.comparison, part.level, part.weight.0))
        .collect::<Vec<_>>();
    parts.join(";")
}

/// Writes the workbook: one sheet for each kind, since their answers differ.
pub(super) fn write_workbook(
    run: &Run<'_>,
    pairs: &[Pair<'_>],
    folder: &Path,
    file: &mut OutputFile,
) -> Result<(), WriteError> {
    let failed = workbook("review.xlsx");
    let form = &run.rules.forms.review;
    let mut book = Book::new(&run.letterhead, folder).map_err(&failed)?;
    let answers = &form.answers;
    let sheets = [
        (PairKind::Duplicate, &form.duplicates, [&answers.duplicate_same, &answers.duplicate_different]),
        (PairKind::Identity, &form.identities, [&answers.identity_same, &answers.identity_different]),
    ];
    for (kind, words, [same, different]) in sheets {
        let pairs: Vec<&Pair<'_>> = pairs.iter().filter(|pair| pair.kind == kind).collect();
        let answers = [same, different, &answers.unclear];
        write_sheet(run, &mut book, words, answers, &pairs).map_err(&failed)?;
    }
    book.save(file).map_err(&failed)
}

fn write_sheet(
    run: &Run<'_>,
    book: &mut Book<'_>,
    words: &PairSheet,
    answers: [&Bilingual; 3],
    pairs: &[&Pair<'_>],
) -> Result<(), XlsxError> {
    let language = run.words.language;
    let columns = &run.rules.forms.review.columns;
    let plan = Plan {
        name: &book.allow_name(words.sheet.get(language)),
        title: words.title.get(language),
        introduction: &words.introduction.get(language).replace("{count}", &grouped(pairs.len(), language)),
        columns,
        rows: pairs.len(),
    };
    let mut sheet = book.sheet(&plan)?;
    for (number, pair) in (1..).zip(pairs) {
        let cells: Vec<Cell> = columns.iter().map(|column| cell(run, pair, column.key, number)).collect();
        sheet.row(&cells)?;
    }
    let decision = position(columns, PairColumn::Decision);
    let key = position(columns, PairColumn::Key);
    if let Some((first, last)) = sheet.body() {
        let choices = DataValidation::new()
            .allow_list_strings(&answers.map(|answer| answer.get(language)))?
            .set_error_style(DataValidationErrorStyle::Stop)
            .set_error_message(run.words.get("sheets", "choose"))?;
        sheet.raw().add_data_validation(first, decision, last, decision, &choices)?;
    }
    sheet.raw().set_column_hidden(key)?;
    sheet.raw().protect_with_options(&ProtectionOptions {
        format_columns: true,
        format_rows: true,
        use_autofilter: true,
        ..ProtectionOptions::default()
    });
    sheet.finish(&[])
}

fn position(columns: &[FormColumn<PairColumn>], key: PairColumn) -> u16 {
    let at = columns.iter().position(|column| column.key == key);
    u16::try_from(at.unwrap_or_default()).expect("rules allow at most 100 columns")
}

fn cell(run: &Run<'_>, pair: &Pair<'_>, column: PairColumn, row: usize) -> Cell {
    let both = |side: &dyn Fn(&Record) -> String| both_sides(run, &side(pair.record), &side(pair.other));
    match column {
        PairColumn::Number => Cell::says(row.to_string()),
        PairColumn::PairId => Cell::says(pair.id.as_str()),
        PairColumn::Decision | PairColumn::Remark => Cell::default(),
        PairColumn::Reason => Cell::says(run.words.review_reason(pair.item.reason)),
        PairColumn::Probability => Cell::says(per_cent(pair.item.probability)),
        PairColumn::Weight => Cell::says(format!("{:.1}", pair.item.weight.0)),
        PairColumn::Sides => Cell::says(format!("{}\n{}", pair.record.record_id, pair.other_id())),
        PairColumn::FullName => both(&|record| show::full_name(&record.name).to_owned()),
        PairColumn::BirthDate => {
            both(&|record| record.birth.get().map_or_else(String::new, |birth| birth.vietnamese()))
        }
        PairColumn::Gender => both(&gender),
        PairColumn::PersonalId => both(&number),
        PairColumn::FatherName => both(&|record| show::full_name(&record.father.name).to_owned()),
        PairColumn::MotherName => both(&|record| show::full_name(&record.mother.name).to_owned()),
        PairColumn::Residence => both(&|record| {
            residence(show::text(&record.address), show::text(&record.hamlet), run.rules).into_owned()
        }),
        PairColumn::Evidence => Cell::says(run.words.evidence(&pair.item.evidence)),
        PairColumn::Key => Cell { hidden: true, ..Cell::says(pair.key()) },
    }
}

/// Equal sides once; different ones in two lines, coloured where both say something.
fn both_sides(run: &Run<'_>, record: &str, other: &str) -> Cell {
    if record == other {
        return Cell::says(record);
    }
    let absent = run.words.get("sheets", "absent");
    let line = |side: &str| if side.is_empty() { absent.to_owned() } else { side.to_owned() };
    Cell {
        text: format!("{}\n{}", line(record), line(other)),
        marked: !record.is_empty() && !other.is_empty(),
        ..Cell::default()
    }
}

/// Never 0 % or 100 %: the pair would not be here.
fn per_cent(probability: f64) -> String {
    let whole = (probability * 100.0).round().clamp(1.0, 99.0);
    format!("{whole:.0}%")
}
