//! The indicators as a workbook and as CSV.

use rust_xlsxwriter::XlsxError;

use super::{
    bench::Bench,
    indicators::{Computed, Indicators, Line},
    ledger::Hidden,
    page::{Show, per_mille},
    told::told,
};
use crate::{
    rules::{ColumnStyle, FormColumn, Verified},
    write::{Book, Cell, OutputFile, Plan, WriteError, write_table},
};

/// How a figure is told.
enum Shown {
    Number(u64),
    Hidden,
    Unknown,
}

impl Shown {
    fn text(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Hidden => super::bench::HIDDEN.to_owned(),
            Self::Unknown => String::new(),
        }
    }
}

/// Numerator, denominator and rate of a line, as they may be shown.
struct ShownLine {
    numerator: Shown,
    denominator: Option<Shown>,
    per_mille: Option<u32>,
    /// Key of the status in the messages and in the CSV.
    status: &'static str,
    unknown: u64,
}

fn shown(line: &Line, hidden: &Hidden) -> ShownLine {
    let numerator = match line.printed {
        Some(figure) if hidden.hides(figure) => Shown::Hidden,
        Some(_) => Shown::Number(line.numerator.yes),
        None => Shown::Unknown,
    };
    let denominator = line
        .denominator
        .map(|(among, figure)| if hidden.hides(figure) { Shown::Hidden } else { Shown::Number(among.yes) });
    let status = match (&numerator, &denominator) {
        (Shown::Unknown, _) => "unknown",
        (Shown::Hidden, _) | (_, Some(Shown::Hidden)) => "suppressed",
        _ => "shown",
    };
    let per_mille = match (&numerator, &denominator) {
        (Shown::Number(part), Some(Shown::Number(whole))) => per_mille(*part, *whole),
        _ => None,
    };
    ShownLine { numerator, denominator, per_mille, status, unknown: line.numerator.unknown }
}

/// Writes `indicators.csv`, one line a figure.
pub fn write_indicators_csv(
    bench: Bench<'_>,
    indicators: &Indicators<'_>,
    file: &mut OutputFile,
) -> Result<(), WriteError> {
    const COLUMNS: [&str; 15] = [
        "annex",
        "code",
        "indicator",
        "name",
        "by",
        "value",
        "label",
        "by_2",
        "value_2",
        "label_2",
        "numerator",
        "denominator",
        "percent",
        "unknown",
        "status",
    ];
    let headings = COLUMNS.into_iter().chain(["verified", "source"]);
    let language = bench.words().language;
    // An indicator that could not be computed has a line all the same.
    let lines: Vec<(&Computed<'_>, Option<&Line>)> = indicators
        .computed
        .iter()
        .flat_map(|computed| {
            let nothing = computed.lines.is_empty().then_some((computed, None));
            computed.lines.iter().map(move |line| (computed, Some(line))).chain(nothing)
        })
        .collect();
    write_table(file, "indicators.csv", headings, lines.len(), |at, rows| {
        let (computed, line) = lines[at];
        let (of, figures, status) = match line {
            Some(line) => {
                let shown = shown(line, bench.hidden);
                let percent =
                    shown.per_mille.map(|it| format!("{}.{}", it / 10, it % 10)).unwrap_or_default();
                let denominator = shown.denominator.map(|it| it.text()).unwrap_or_default();
                let figures = [shown.numerator.text(), denominator, percent, shown.unknown.to_string()];
                (labels(line, indicators), figures, shown.status)
            }
            None => (Default::default(), Default::default(), "not_computed"),
        };
        let indicator = computed.indicator;
        rows.text(&indicator.annex);
        rows.text(&indicator.code);
        rows.text(&indicator.key);
        rows.text(indicator.name.get(language));
        of.iter().chain(&figures).for_each(|cell| rows.text(cell));
        rows.plain(status);
        rows.plain(verified(indicator.verified));
        rows.text(&indicator.source);
    })
}

fn verified(verified: Verified) -> &'static str {
    match verified {
        Verified::Full => "full",
        Verified::Name => "name",
        Verified::None => "none",
    }
}

/// Dimension, value and label of a line's parts.
fn labels(line: &Line, indicators: &Indicators<'_>) -> [String; 6] {
    let mut labels: [String; 6] = Default::default();
    for ((dimension, value), place) in line.of.iter().zip([0, 3]) {
        let value = &indicators.slices[dimension].values[*value as usize];
        labels[place] = dimension.key().to_owned();
        labels[place + 1].clone_from(&value.key);
        labels[place + 2].clone_from(&value.label);
    }
    labels
}

/// Writes `indicators.xlsx`: the figures for everybody, by breakdown, and the definitions.
pub fn write_indicators(
    bench: Bench<'_>,
    indicators: &Indicators<'_>,
    file: &mut OutputFile,
) -> Result<(), XlsxError> {
    let mut book = Book::new(bench.letterhead, bench.folder)?;
    totals_sheet(bench, indicators, &mut book)?;
    details_sheet(bench, indicators, &mut book)?;
    definitions_sheet(bench, indicators, &mut book)?;
    book.save(file)
}

fn introduction(bench: Bench<'_>) -> String {
    let small = bench.rules.report.small_cell.to_string();
    bench.words().fill("indicators", if bench.internal { "internal" } else { "shared" }, &[("small", &small)])
}

fn sheet<'a>(
    bench: Bench<'a>,
    book: &mut Book<'a>,
    (name, title): (&'a str, &'a str),
    columns: &[FormColumn<()>],
    rows: &[Vec<Cell>],
) -> Result<(), XlsxError> {
    let name = book.allow_name(bench.words().get("indicators", name));
    let introduction = introduction(bench);
    let plan = Plan {
        name: &name,
        title: bench.words().get("indicators", title),
        introduction: &introduction,
        columns,
        rows: rows.len(),
    };
    let mut sheet = book.sheet(&plan)?;
    rows.iter().try_for_each(|row| sheet.row(row))?;
    sheet.finish(&[])
}

fn figures(bench: Bench<'_>, computed: &Computed<'_>, line: &Line) -> [Cell; 5] {
    let words = bench.words();
    let shown = shown(line, bench.hidden);
    let rate = shown.per_mille.map(|it| Show(words.language).decimal(f64::from(it) / 10.0, 1));
    let mut notes = Vec::new();
    if shown.status != "shown" {
        notes.push(words.get("indicator_status", shown.status).to_owned());
    }
    if shown.unknown > 0 {
        let unknown = Show(words.language).number(shown.unknown);
        notes.push(words.fill("indicators", "partial", &[("unknown", &unknown)]));
    }
    if computed.indicator.verified != Verified::Full && line.of.is_empty() {
        notes.push(words.get("indicator_verified", verified(computed.indicator.verified)).to_owned());
    }
    [
        Cell::says(shown.numerator.text()),
        Cell::says(shown.denominator.map(|it| it.text()).unwrap_or_default()),
        Cell::says(rate.unwrap_or_default()),
        Cell::says(if shown.unknown > 0 { shown.unknown.to_string() } else { String::new() }),
        Cell::says(notes.join("; ")),
    ]
}

fn code(computed: &Computed<'_>) -> String {
    [computed.indicator.annex.as_str(), computed.indicator.code.as_str()].join(" ").trim().to_owned()
}

fn totals_sheet<'a>(
    bench: Bench<'a>,
    indicators: &Indicators<'_>,
    book: &mut Book<'a>,
) -> Result<(), XlsxError> {
    use ColumnStyle::{Center, Number, Text};
    let columns = bench.columns(
        "indicators",
        &[
            ("number", 6.0, Number),
            ("code", 11.0, Center),
            ("name", 58.0, Text),
            ("numerator", 12.0, Number),
            ("denominator", 12.0, Number),
            ("percent", 10.0, Center),
            ("unknown_count", 11.0, Number),
            ("note", 50.0, Text),
        ],
    );
    let language = bench.words().language;
    let rows = indicators.computed.iter().enumerate().map(|(at, computed)| {
        let indicator = computed.indicator;
        let mut cells = vec![
            Cell::says((at + 1).to_string()),
            Cell::says(code(computed)),
            Cell::says(indicator.name.get(language)),
        ];
        match (&indicator.formula, computed.lines.first()) {
            (Err(reason), _) => {
                let why =
                    bench.words().fill("indicators", "not_computed", &[("reason", reason.get(language))]);
                cells.extend(std::iter::repeat_with(Cell::default).take(4));
                cells.push(Cell::says(why));
            }
            (Ok(_), Some(line)) => cells.extend(figures(bench, computed, line)),
            (Ok(_), None) => cells.extend(std::iter::repeat_with(Cell::default).take(5)),
        }
        cells
    });
    sheet(bench, book, ("totals", "title"), &columns, &rows.collect::<Vec<_>>())
}

fn details_sheet<'a>(
    bench: Bench<'a>,
    indicators: &Indicators<'_>,
    book: &mut Book<'a>,
) -> Result<(), XlsxError> {
    use ColumnStyle::{Center, Number, Text};
    let columns = bench.columns(
        "indicators",
        &[
            ("code", 11.0, Center),
            ("name", 46.0, Text),
            ("by", 20.0, Text),
            ("value", 30.0, Text),
            ("value_2", 14.0, Text),
            ("numerator", 12.0, Number),
            ("denominator", 12.0, Number),
            ("percent", 10.0, Center),
            ("unknown_count", 11.0, Number),
            ("note", 34.0, Text),
        ],
    );
    let words = bench.words();
    let mut rows = Vec::new();
    for computed in &indicators.computed {
        for line in computed.lines.iter().skip(1) {
            let [by, _, value, by_2, _, value_2] = labels(line, indicators);
            let by: Vec<String> = [&by, &by_2]
                .into_iter()
                .filter(|key| !key.is_empty())
                .map(|key| words.fill("dimension", key, &[]))
                .collect();
            let mut cells = vec![
                Cell::says(code(computed)),
                Cell::says(computed.indicator.name.get(words.language)),
                Cell::says(by.join(" × ")),
                Cell::says(value),
                Cell::says(value_2),
            ];
            cells.extend(figures(bench, computed, line));
            rows.push(cells);
        }
    }
    sheet(bench, book, ("details", "details_title"), &columns, &rows)
}

fn definitions_sheet<'a>(
    bench: Bench<'a>,
    indicators: &Indicators<'_>,
    book: &mut Book<'a>,
) -> Result<(), XlsxError> {
    use ColumnStyle::{Center, Text};
    let columns = bench.columns(
        "indicators",
        &[
            ("code", 11.0, Center),
            ("name", 46.0, Text),
            ("numerator_group", 44.0, Text),
            ("denominator_group", 36.0, Text),
            ("source", 50.0, Text),
            ("verified", 24.0, Text),
        ],
    );
    let words = bench.words();
    let rows = indicators.computed.iter().map(|computed| {
        let indicator = computed.indicator;
        let (numerator, denominator) = match &indicator.formula {
            Ok(formula) => {
                let told = |group| told(group, &bench.rules.circumstances, words);
                (told(&formula.numerator), formula.denominator.as_ref().map(told))
            }
            Err(reason) => {
                (words.fill("indicators", "not_computed", &[("reason", reason.get(words.language))]), None)
            }
        };
        [
            code(computed),
            indicator.name.get(words.language).to_owned(),
            numerator,
            denominator.unwrap_or_default(),
            indicator.source.clone(),
            words.get("indicator_verified", verified(indicator.verified)).to_owned(),
        ]
        .map(Cell::says)
        .into_iter()
        .collect()
    });
    sheet(bench, book, ("definitions", "definitions_title"), &columns, &rows.collect::<Vec<_>>())
}
