//! What whoever measures the program can rely on in an invented ward.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use dinhdanh::{
    rules::{Preset, SynthData},
    synth::{FILES, ListEncoding, SynthPlan, SynthSummary, synthesise},
};

fn written(plan: &SynthPlan) -> (tempfile::TempDir, SynthSummary) {
    let folder = tempfile::tempdir().unwrap();
    let summary = synthesise(plan, &SynthData::load(None).unwrap(), folder.path()).unwrap();
    (folder, summary)
}

fn plan(children: u64, preset: Preset) -> SynthPlan {
    SynthPlan { children, preset, seed: 11, ..SynthPlan::default() }
}

/// A table as maps from heading to cell.
fn table(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let headings = reader.headers().unwrap().clone();
    let heading = |name: &str| name.trim_start_matches('\u{feff}').to_owned();
    reader
        .records()
        .map(|row| headings.iter().map(heading).zip(row.unwrap().iter().map(str::to_owned)).collect())
        .collect()
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_gives_others() {
    let (first, _) = written(&plan(200, Preset::Hard));
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let (second, _) = one_thread.install(|| written(&plan(200, Preset::Hard)));
    let (other, _) = written(&SynthPlan { seed: 12, ..plan(200, Preset::Hard) });
    for file in FILES {
        let bytes = fs::read(first.path().join(file)).unwrap();
        assert_eq!(bytes, fs::read(second.path().join(file)).unwrap(), "{file}");
        assert_ne!(bytes, fs::read(other.path().join(file)).unwrap(), "{file}");
    }
}

#[test]
fn the_truth_knows_every_row_of_the_list_and_every_number_is_in_the_register() {
    let (folder, summary) = written(&plan(2000, Preset::Hard));
    let list = table(&folder.path().join("children.csv"));
    let truth = table(&folder.path().join("truth.csv"));
    let register = table(&folder.path().join("register.csv"));
    assert_eq!((list.len() as u64, register.len() as u64), (summary.list_rows, summary.register_rows));
    let codes: Vec<&String> = list.iter().map(|row| &row["Mã trẻ em"]).collect();
    assert_eq!(codes, truth.iter().map(|row| &row["record_id"]).collect::<Vec<_>>());
    assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len());
    let entities: BTreeSet<&String> = truth.iter().map(|row| &row["entity"]).collect();
    assert_eq!(entities.len(), 2000);
    let numbers: BTreeSet<&String> = register.iter().map(|row| &row["Số ĐDCN"]).collect();
    assert_eq!(numbers.len(), register.len(), "a number is on two people");
    assert!(numbers.iter().all(|number| number.len() == 12));
    let answers: BTreeSet<&String> =
        truth.iter().map(|row| &row["personal_id"]).filter(|number| !number.is_empty()).collect();
    assert!(answers.is_subset(&numbers));
    assert!((1850..2000).contains(&answers.len()), "{}", answers.len());
    assert!(register.len() > list.len());
}

#[test]
fn duplicates_stand_far_apart_and_differ() {
    let (folder, _) = written(&plan(3000, Preset::Normal));
    let truth = table(&folder.path().join("truth.csv"));
    let list = table(&folder.path().join("children.csv"));
    let mut first = BTreeMap::new();
    let (mut pairs, mut near, mut different) = (0, 0, 0);
    for (at, row) in truth.iter().enumerate() {
        if let Some(before) = first.insert(&row["entity"], at) {
            pairs += 1;
            near += usize::from(at - before < 20);
            different += usize::from(list[at]["Mã gia đình"] != list[before]["Mã gia đình"]);
        }
    }
    assert!((180..320).contains(&pairs), "{pairs}");
    assert!(near * 10 < pairs && different * 3 > pairs, "{near} {different} of {pairs}");
}

#[test]
fn a_clean_list_says_what_the_register_says() {
    let (folder, _) = written(&plan(1000, Preset::Clean));
    let register: BTreeMap<String, BTreeMap<String, String>> = table(&folder.path().join("register.csv"))
        .into_iter()
        .map(|row| (row["Số ĐDCN"].clone(), row))
        .collect();
    let truth = table(&folder.path().join("truth.csv"));
    let (mut compared, mut equal) = (0, 0);
    for (row, answer) in table(&folder.path().join("children.csv")).iter().zip(&truth) {
        let Some(person) = register.get(&answer["personal_id"]) else { continue };
        compared += 1;
        let same = row["Họ và tên"].to_uppercase() == person["Họ và tên"]
            && row["Ngày sinh"] == person["Ngày sinh"]
            && row["Giới tính"] == person["Giới tính"];
        equal += usize::from(same);
    }
    assert!(compared > 900 && equal * 100 > compared * 97, "{equal} of {compared}");
}

#[test]
fn a_hard_list_shows_the_whole_catalogue() {
    let (folder, _) = written(&plan(6000, Preset::Hard));
    let list = table(&folder.path().join("children.csv"));
    let count =
        |column: &str, test: &dyn Fn(&str) -> bool| list.iter().filter(|row| test(&row[column])).count();
    let names = "Họ và tên";
    assert!(count(names, &|name| name.contains('(')) > 20, "nicknames");
    assert!(count(names, &|name| name.contains(". ")) > 20, "initials");
    assert!(count(names, &|name| name.contains('Ð')) > 20, "eth for d");
    assert!(count(names, &|name| name.contains('\u{a0}')) > 5, "no-break blanks");
    assert!(count(names, &|name| name.starts_with("Con bà ")) > 0, "unnamed");
    assert!(count(names, &|name| name.contains("NguyÔn")) > 20, "TCVN3");
    assert!(count(names, &|name| name.contains("eã") || name.contains("aê")) > 0, "VNI");
    assert!(count(names, &|name| name.starts_with("H'")) > 3, "Ê Đê");
    assert!(count(names, &|name| name.starts_with("Nguyeenx")) > 0, "Telex");
    let dates = "Ngày sinh";
    assert!(count(dates, &str::is_empty) > 30);
    assert!(count(dates, &|date| date.len() == 4) > 30);
    assert!(count(dates, &|date| date.starts_with("01/01/")) > 60);
    let numbers = "Số định danh cá nhân";
    assert!(count(numbers, &str::is_empty) > 3000);
    assert!(count(numbers, &|number| number.contains("E+")) > 5);
    assert!(count(numbers, &|number| number.len() == 9) > 5);
    assert!(count(numbers, &|number| number.len() == 11) > 50);
    assert!(count("Họ tên cha", &|name| name == "Không rõ") > 0);
}

#[test]
fn the_register_has_about_the_size_asked_for() {
    for wanted in [2500, 3000, 7000] {
        let (_folder, summary) = written(&SynthPlan { register: Some(wanted), ..plan(2000, Preset::Normal) });
        let off = summary.register_rows.abs_diff(wanted);
        assert!(off * 20 < wanted, "{} for {wanted}", summary.register_rows);
    }
}

#[test]
fn an_old_encoding_is_old_to_the_byte() {
    let (folder, _) = written(&SynthPlan { encoding: ListEncoding::Tcvn3, ..plan(50, Preset::Hard) });
    let bytes = fs::read(folder.path().join("children.csv")).unwrap();
    assert!(std::str::from_utf8(&bytes).is_err());
    assert!(bytes.starts_with(b"M\xb7 tr\xce em,"), "{:?}", &bytes[..20]);
    assert!(bytes.windows(7).any(|window| window == b"Nguy\xd4n "));
}

#[test]
fn the_workbook_holds_every_row_of_the_list() {
    use calamine::Reader;
    let (folder, summary) = written(&plan(300, Preset::Hard));
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(folder.path().join("children.xlsx")).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    let codes: BTreeSet<String> = sheet
        .rows()
        .map(|row| row[1].to_string())
        .filter(|cell| cell.len() == 10 && cell.starts_with("TE"))
        .collect();
    let list = table(&folder.path().join("children.csv"));
    assert_eq!(codes, list.iter().map(|row| row["Mã trẻ em"].clone()).collect());
    assert_eq!(codes.len() as u64, summary.list_rows);
    let text: Vec<String> = sheet.rows().map(|row| row[0].to_string()).collect();
    assert!(text.iter().any(|cell| cell.starts_with("Cộng ")) && text.iter().any(|cell| cell == "TỔNG CỘNG"));
}

#[test]
fn nobody_is_not_a_list() {
    let folder = tempfile::tempdir().unwrap();
    let data = SynthData::load(None).unwrap();
    assert!(synthesise(&plan(0, Preset::Clean), &data, folder.path()).is_err());
    assert!(synthesise(&plan(1, Preset::Clean), &data, folder.path()).is_ok());
}
