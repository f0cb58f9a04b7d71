//! Every figure of the page, of MẪU 03, of the indicators and of the policy lists, counted again
//! from `records.csv` by code that shares nothing with the program.

mod recount;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use assert_cmd::Command;
use calamine::{Data, Reader as _, Xlsx, open_workbook};
use recount::{
    Recount,
    groups::{Child, Children, Counted, count, form_column, form_row, indicator, part, policy, shown},
    rows,
};

const AS_OF: &str = "2026-11-01";

fn dinhdanh(arguments: &[&str]) {
    Command::cargo_bin("dinhdanh")
        .expect("the binary is built with the tests")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(arguments)
        .arg("--quiet")
        .assert()
        .success();
}

fn fresh(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    folder
}

/// The sample ward with its register.
fn ward() -> &'static Path {
    static RUN: LazyLock<PathBuf> = LazyLock::new(|| {
        let folder = fresh("report-ward");
        let out = folder.to_str().unwrap();
        dinhdanh(&[
            "run",
            "samples/ward.xlsx",
            "--register",
            "samples/register.csv",
            "--as-of",
            AS_OF,
            "--out",
            out,
        ]);
        folder
    });
    &RUN
}

/// The list with circumstances, without a register, and its statistics: whole and to be shared.
fn circumstances() -> &'static Path {
    static RUN: LazyLock<PathBuf> = LazyLock::new(|| {
        let folder = fresh("report-circumstances");
        let out = folder.to_str().unwrap();
        dinhdanh(&["check", "samples/circumstances.csv", "--as-of", AS_OF, "--out", out]);
        let shared = folder.join("shared");
        let whole = folder.join("whole");
        let form = ["--form", "mau03", "--year", "2026"];
        dinhdanh(&[&["report", out, "--out", shared.to_str().unwrap()][..], &form].concat());
        dinhdanh(&[&["report", out, "--internal", "--out", whole.to_str().unwrap()][..], &form].concat());
        folder
    });
    &RUN
}

/// The value of an attribute of a tag.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!("{name}=\""))?;
    rest.split('"').next()
}

/// A count as it is written: `1.234`.
fn number(text: &str) -> u64 {
    text.replace('.', "").parse().unwrap_or_else(|_| panic!("“{text}” is no count"))
}

/// Tags of the page that hold a figure, with their text, in order.
fn figures(page: &str) -> Vec<(&str, &str)> {
    let tags = page.split('<').filter_map(|piece| piece.split_once('>'));
    tags.filter(|(tag, _)| tag.contains("data-f=") || tag.contains("data-of=") || tag.contains("data-place="))
        .collect()
}

#[test]
fn every_figure_of_the_page_is_counted_again() {
    for run in [ward(), circumstances()] {
        let page = fs::read_to_string(run.join("report.html")).unwrap();
        let recount = Recount::of(run);
        let counted = recount.page();
        let mut seen = BTreeSet::new();
        let (mut place, mut last) = (BTreeMap::new(), 0);
        for (tag, text) in figures(&page) {
            if let Some(name) = attribute(tag, "data-place") {
                let hamlets = [None, Some(""), Some(name)];
                let total = name == "Tổng số";
                place = recount.place(if total { hamlets[0] } else { hamlets[2] });
            } else if let Some(of) = attribute(tag, "data-of") {
                let whole = counted[of];
                let per_mille = (last * 2000 + whole) / (2 * whole).max(1);
                assert_eq!(text, format!("{},{}%", per_mille / 10, per_mille % 10), "share of {of}");
            } else if let Some(name) = attribute(tag, "data-f") {
                last = number(text);
                let expected = match name.strip_prefix("place.") {
                    Some(figure) => place[figure],
                    None => counted.get(name).copied().unwrap_or(0),
                };
                assert_eq!(last, expected, "{name}");
                seen.insert(name.to_owned());
            }
        }
        let shown_always = [
            "finding.", "change.", "cause.", "links.", "age.", "year.", "day.", "weight.", "before.",
            "after.",
        ];
        for (name, value) in counted.iter().filter(|(_, value)| **value > 0) {
            let kept = shown_always.iter().any(|prefix| name.starts_with(prefix));
            assert!(!kept || seen.contains(name), "{name} ({value}) is not on the page");
        }
        assert!(seen.len() > 150, "only {} figures were found", seen.len());
    }
}

#[test]
fn the_parts_of_a_table_make_up_its_total() {
    let recount = Recount::of(ward());
    let hamlets: BTreeSet<&str> = recount.children().map(|row| row["child_hamlet"].as_str()).collect();
    let total = recount.place(None);
    for (figure, all) in &total {
        let sum: u64 = hamlets.iter().map(|hamlet| recount.place(Some(hamlet))[figure]).sum();
        assert_eq!(sum, *all, "{figure}");
    }
}

fn sheet(path: &Path, at: usize) -> Vec<Vec<Data>> {
    let mut book: Xlsx<_> = open_workbook(path).unwrap();
    book.worksheet_range_at(at).unwrap().unwrap().rows().map(<[Data]>::to_vec).collect()
}

/// The rows of figures of the form, by the order of its rows.
fn form(path: &Path) -> Vec<(String, Vec<Data>)> {
    let rows_file = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/forms/mau03_rows.csv");
    let ids = rows(&rows_file).into_iter().map(|row| row["row_id"].clone());
    let sheet = sheet(path, 0);
    let first = sheet.iter().position(|row| row[0] == *"A").unwrap() + 1;
    ids.zip(sheet[first..].iter().map(|row| row[2..10].to_vec())).collect()
}

/// The number a cell holds; `None` for an empty one.
fn cell(data: &Data) -> Option<f64> {
    match data {
        Data::Empty => None,
        Data::Float(value) => Some(*value),
        Data::Int(value) => Some(*value as f64),
        other => panic!("{other:?} is no figure"),
    }
}

#[test]
fn every_cell_of_the_form_is_counted_again() {
    let children = Children::of(circumstances());
    let scope = children.in_scope();
    let asked = scope.len() as u64;
    let mut figures = 0;
    for (id, cells) in form(&circumstances().join("whole/mau03-2026.xlsx")) {
        if form_row(&scope[0], &id).is_none() {
            continue;
        }
        let row = count(&scope, |child| form_row(child, &id).unwrap());
        let members: Vec<&Child<'_>> =
            scope.iter().filter(|child| form_row(child, &id).unwrap() == Some(true)).collect();
        let known = shown(row, asked);
        assert_eq!(cell(&cells[0]), known.map(|value| value as f64), "{id}, column 1");
        figures += usize::from(known.is_some());
        for column in 2..=8 {
            let helped = count(members.iter().copied(), |child| form_column(child, column));
            let helped = if id.starts_with("I.") || known.is_none() { None } else { shown(helped, row.yes) };
            let expected = match (column, helped) {
                (2, Some(_)) if row.yes == 0 => None,
                (2, Some(part)) => Some(((part * 2000 + row.yes) / (2 * row.yes)) as f64 / 10.0),
                (_, helped) => helped.map(|value| value as f64),
            };
            assert_eq!(cell(&cells[column - 1]), expected, "{id}, column {column}");
            figures += usize::from(expected.is_some());
        }
    }
    assert!(figures > 100, "only {figures} cells were filled");
}

#[test]
fn the_groups_are_added_up_where_all_of_them_are_known() {
    let form: BTreeMap<String, Vec<Data>> =
        form(&circumstances().join("whole/mau03-2026.xlsx")).into_iter().collect();
    for (total, parts) in [("II.T", 1..=14), ("III.T", 1..=7), ("IV.T", 1..=2)] {
        let part = total.strip_suffix(".T").unwrap();
        let groups: Option<Vec<f64>> =
            parts.map(|group| cell(&form[&format!("{part}.{group}")][0])).collect();
        assert_eq!(cell(&form[total][0]), groups.map(|groups| groups.iter().sum()), "{total}");
    }
    let first = |id: &str| cell(&form[id][0]).unwrap();
    let children = Children::of(circumstances());
    let unknown = count(&children.in_scope(), |child| child.gender("Nam")).unknown as f64;
    assert_eq!(first("I.1.a") + first("I.1.b") + unknown, first("I.1"));
}

/// The lines of `indicators.csv` by indicator and parts.
fn indicators(folder: &Path) -> Vec<recount::Row> {
    rows(&folder.join("indicators.csv"))
}

#[test]
fn every_indicator_is_counted_again() {
    {
        let folder = circumstances().join("whole");
        let children = Children::of(circumstances());
        let scope = children.in_scope();
        let mut lines = 0;
        for line in indicators(&folder).iter().filter(|line| line["status"] != "not_computed") {
            let key = &line["indicator"];
            let here: Vec<&Child<'_>> = scope
                .iter()
                .filter(|child| {
                    part(child, &line["by"]) == line["value"] && part(child, &line["by_2"]) == line["value_2"]
                })
                .collect();
            let among: Counted =
                count(here.iter().copied(), |child| indicator(child, key).1.unwrap_or(Some(true)));
            let counted = count(here.iter().copied(), |child| match indicator(child, key) {
                (answer, None) => answer,
                (answer, Some(Some(true))) => answer,
                _ => Some(false),
            });
            let figure = shown(counted, among.yes).map_or_else(String::new, |value| value.to_string());
            let place =
                format!("{key} {} {} {} {}", line["by"], line["value"], line["by_2"], line["value_2"]);
            assert_eq!(line["numerator"], figure, "{place}");
            assert_eq!(line["unknown"], counted.unknown.to_string(), "{place}");
            if indicator(&scope[0], key).1.is_some() {
                assert_eq!(line["denominator"], among.yes.to_string(), "{place}");
            }
            lines += 1;
        }
        assert!(lines > 100, "only {lines} lines were counted");
    }
}

#[test]
fn the_parts_of_an_indicator_make_up_its_total() {
    let mut sums: BTreeMap<(String, String), (u64, u64)> = BTreeMap::new();
    let lines = indicators(&circumstances().join("whole"));
    for line in lines.iter().filter(|line| line["indicator"] == "I-0101" || line["indicator"] == "I-number") {
        let by = [line["by"].as_str(), line["by_2"].as_str()].join("*");
        let sum = sums.entry((line["indicator"].clone(), by)).or_default();
        sum.0 += line["numerator"].parse::<u64>().unwrap();
        sum.1 += line["denominator"].parse::<u64>().unwrap_or(0);
    }
    for ((indicator, by), sum) in &sums {
        assert_eq!(*sum, sums[&(indicator.clone(), "*".to_owned())], "{indicator} by {by}");
    }
    assert!(sums.len() >= 10);
}

/// What is shared is the whole figure or nothing; nothing small is shared but how many the list
/// does not place, and never what befell these; and nothing hidden follows from a column or row of parts and their total.
#[test]
fn what_is_shared_hides_small_counts_and_what_gives_them_away() {
    let (whole, shared) = (circumstances().join("whole"), circumstances().join("shared"));
    let (whole, shared) = (indicators(&whole), indicators(&shared));
    assert_eq!(whole.len(), shared.len());
    let mut hidden = 0;
    for (line, open) in shared.iter().zip(&whole) {
        for figure in ["numerator", "denominator"] {
            let indicator = line["indicator"].as_str();
            let tells_of_the_list = match figure {
                "numerator" => ["I-0101", "I-number", "I-number-under-5"].contains(&indicator),
                _ => indicator != "I-0302",
            };
            let unplaced = line["value"] == "unknown" || line["value_2"] == "unknown";
            match line[figure].as_str() {
                "*" => hidden += 1,
                text => {
                    assert_eq!(text, open[figure], "{line:?}");
                    let small = text.parse().is_ok_and(|value: u64| (1..5).contains(&value));
                    assert!(!small || (unplaced && tells_of_the_list), "{figure} of {line:?}");
                }
            }
        }
        if line["numerator"] == "*" || line["denominator"] == "*" {
            assert_eq!(line["percent"], "", "{line:?}");
        }
    }
    assert!(hidden > 20, "only {hidden} figures were hidden");
    // Row by row, table by table: a total and all of its parts but one.
    let mut tables: BTreeMap<(&str, &str), Vec<&recount::Row>> = BTreeMap::new();
    for line in shared.iter().filter(|line| line["by_2"].is_empty()) {
        tables.entry((&line["indicator"], &line["by"])).or_default().push(line);
    }
    for ((indicator, by), lines) in tables.iter().filter(|((_, by), _)| !by.is_empty()) {
        for figure in ["numerator", "denominator"] {
            let total = &tables[&(*indicator, "")][0][figure];
            let unknown = lines.iter().filter(|line| line[figure] == "*").count();
            assert!(total == "*" || unknown != 1, "{figure} of {indicator} by {by} can be subtracted");
        }
    }
}

#[test]
fn the_shared_form_shows_nothing_small() {
    let whole = form(&circumstances().join("whole/mau03-2026.xlsx"));
    let shared = form(&circumstances().join("shared/mau03-2026.xlsx"));
    let mut hidden = 0;
    for ((id, open), (_, cells)) in whole.iter().zip(&shared) {
        for (column, (open, shown)) in open.iter().zip(cells).enumerate() {
            if *shown == *"*" {
                hidden += 1;
                continue;
            }
            assert_eq!(open, shown, "{id}, column {}", column + 1);
            let value = cell(shown).unwrap_or(0.0);
            assert!(column == 1 || !(0.5..4.5).contains(&value), "{id}, column {}: {value}", column + 1);
        }
    }
    assert!(hidden > 20, "only {hidden} cells are hidden");
}

#[test]
fn every_child_on_a_policy_list_belongs_there() {
    let children = Children::of(circumstances());
    let scope = children.in_scope();
    let book = circumstances().join("whole/policies.xlsx");
    for at in 1..=5 {
        let expected: BTreeSet<String> = scope
            .iter()
            .filter(|child| policy(child, at) == Some(true))
            .map(|child| child.row["record_id"].clone())
            .collect();
        let sheet = sheet(&book, at);
        let listed: BTreeSet<String> =
            sheet.iter().map(|row| row[1].to_string()).filter(|id| id.starts_with("HC")).collect();
        assert_eq!(listed, expected, "policy {at}");
        let reasons = sheet.iter().filter(|row| row[1].to_string().starts_with("HC"));
        for row in reasons {
            for column in [9, 10, 11] {
                let text = row[column].to_string();
                assert!(!text.is_empty() && !text.contains('{'), "policy {at}: {text}");
            }
        }
    }
}
