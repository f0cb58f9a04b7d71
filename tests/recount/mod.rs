//! Counts a run again from the files it wrote, knowing nothing of the program: only the columns of
//! `records.csv` as `docs/formats.md` describes them, plain dates and plain arithmetic. What the
//! circumstances of the sample mean stands in `tests/tables/circumstances.csv`, written by hand.

pub mod groups;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// A line of a CSV by heading.
pub type Row = BTreeMap<String, String>;

/// The rows of a CSV file.
pub fn rows(path: &Path) -> Vec<Row> {
    let text = fs::read_to_string(path).unwrap();
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let headings = reader.headers().unwrap().clone();
    let row = |record: csv::StringRecord| {
        headings.iter().map(str::to_owned).zip(record.iter().map(str::to_owned)).collect()
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

/// Year, month, day; what is not known is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Birth(pub i32, pub Option<i32>, pub Option<i32>);

impl Birth {
    pub fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('-').map(|part| part.parse().unwrap());
        let year = if text.is_empty() { return None } else { parts.next()? };
        Some(Self(year, parts.next(), parts.next()))
    }

    pub fn earliest(self) -> (i32, i32, i32) {
        (self.0, self.1.unwrap_or(1), self.2.unwrap_or(1))
    }

    pub fn latest(self) -> (i32, i32, i32) {
        let month = self.1.unwrap_or(12);
        (self.0, month, self.2.unwrap_or_else(|| month_length(self.0, month)))
    }
}

pub fn month_length(year: i32, month: i32) -> i32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Completed years.
pub fn years(born: (i32, i32, i32), day: (i32, i32, i32)) -> i32 {
    day.0 - born.0 - i32::from((day.1, day.2) < (born.1, born.2))
}

/// Completed months.
pub fn months(born: (i32, i32, i32), day: (i32, i32, i32)) -> i32 {
    (day.0 - born.0) * 12 + day.1 - born.1 - i32::from(day.2 < born.2)
}

/// Days since the year 1600, by counting.
pub fn day_number(day: (i32, i32, i32)) -> i64 {
    let years: i64 = (1600..day.0).map(|year| 337 + i64::from(month_length(year, 2))).sum();
    let months: i64 = (1..day.1).map(|month| i64::from(month_length(day.0, month))).sum();
    years + months + i64::from(day.2)
}

pub const DAY: (i32, i32, i32) = (2026, 11, 1);

/// A run counted again.
pub struct Recount {
    pub records: Vec<Row>,
    pub reviews: Vec<Row>,
    pub rejects: Vec<Row>,
    pub manifest: serde_json::Value,
}

pub fn is_child(row: &&Row) -> bool {
    row["cluster_role"] != "duplicate"
}

/// Fields of the letter, with the columns whose changes count.
const REQUIRED: [&str; 7] =
    ["full_name", "birth_date", "gender", "ethnicity", "parent_names", "hamlet", "personal_id"];

const NOTATION: [&str; 8] = [
    "date.format",
    "date.serial",
    "field.joined",
    "field.inherited",
    "place.from_address",
    "id.from_float",
    "value.code_to_name",
    "text.blanks",
];

fn corrected(row: &Row, field: &str) -> bool {
    row["changes"]
        .split(';')
        .filter_map(|change| change.split_once(':'))
        .any(|(name, code)| name == field && !NOTATION.contains(&code))
}

pub fn right_as_written(row: &Row, field: &str) -> bool {
    let has = |column: &str| !row[column].is_empty();
    match field {
        "birth_date" => row["birth_precision"] == "day" && !corrected(row, field),
        "personal_id" => has("listed_personal_id") && !corrected(row, field),
        "parent_names" => ["father_name", "mother_name", "guardian_name"]
            .iter()
            .any(|name| has(name) && !corrected(row, name)),
        _ => has(field) && !corrected(row, field),
    }
}

pub fn missing(row: &Row) -> BTreeSet<&str> {
    row["child_missing"].split(';').filter(|field| !field.is_empty()).collect()
}

impl Recount {
    pub fn of(run: &Path) -> Self {
        Self {
            records: rows(&run.join("records.csv")),
            reviews: rows(&run.join("review.csv")),
            rejects: rows(&run.join("rejects.csv")),
            manifest: serde_json::from_slice(&fs::read(run.join("manifest.json")).unwrap()).unwrap(),
        }
    }

    pub fn children(&self) -> impl Iterator<Item = &Row> {
        self.records.iter().filter(is_child)
    }

    fn count_children(&self, wanted: impl Fn(&Row) -> bool) -> u64 {
        self.children().filter(|row| wanted(row)).count() as u64
    }

    fn count_records(&self, wanted: impl Fn(&Row) -> bool) -> u64 {
        self.records.iter().filter(|row| wanted(row)).count() as u64
    }

    /// Every figure of the page by the name it bears there.
    pub fn page(&self) -> BTreeMap<String, u64> {
        let mut figures = BTreeMap::new();
        self.totals(&mut figures);
        self.quality(&mut figures);
        self.findings_and_changes(&mut figures);
        self.causes(&mut figures);
        self.weights(&mut figures);
        self.births(&mut figures);
        self.sheets(&mut figures);
        figures
    }

    fn totals(&self, figures: &mut BTreeMap<String, u64>) {
        let mut put = |name: &str, value| figures.insert(name.to_owned(), value);
        let children = self.count_children(|_| true);
        let certain = self.count_children(|row| matches!(&*row["link_status"], "attached" | "kept"));
        let numbered = self.count_children(|row| !row["personal_id"].is_empty());
        put("children", children);
        put("records", self.records.len() as u64);
        put("duplicates", self.records.len() as u64 - children);
        put("certain", certain);
        put("uncertain", children - certain);
        put("numbered", numbered);
        put("unnumbered", children - numbered);
        for status in ["attached", "kept", "unverified", "conflict", "review", "none"] {
            put(&format!("links.{status}"), self.count_children(|row| row["link_status"] == status));
        }
        let on = |list: &str| self.count_children(|row| row["child_lists"].split(';').any(|it| it == list));
        put("todo.police.xlsx", on("police"));
        put("todo.household.xlsx", on("household"));
        put("todo.review.xlsx", self.reviews.len() as u64);
        put("todo.rejects.csv", self.rejects.len() as u64);
        put("todo.update.xlsx", children);
    }

    fn quality(&self, figures: &mut BTreeMap<String, u64>) {
        for field in REQUIRED {
            let before = self.count_records(|row| right_as_written(row, field));
            let after = self.count_children(|row| !missing(row).contains(field));
            figures.insert(format!("before.{field}"), before);
            figures.insert(format!("after.{field}"), after);
        }
        let whole = |row: &Row| REQUIRED.iter().all(|field| right_as_written(row, field));
        figures.insert("before.whole".into(), self.count_records(whole));
        figures.insert("after.whole".into(), self.count_children(|row| missing(row).is_empty()));
    }

    fn findings_and_changes(&self, figures: &mut BTreeMap<String, u64>) {
        for row in &self.records {
            for code in row["findings"].split(';').filter(|code| !code.is_empty()) {
                *figures.entry(format!("finding.{code}")).or_default() += 1;
            }
            for change in row["changes"].split(';').filter_map(|change| change.split_once(':')) {
                *figures.entry(format!("change.{}", change.1)).or_default() += 1;
            }
        }
    }

    fn causes(&self, figures: &mut BTreeMap<String, u64>) {
        let causes = ["other_sheet", "moved", "birth_date", "spelling", "marks", "incomplete", "same"];
        causes.iter().for_each(|cause| {
            figures.insert(format!("cause.{cause}"), 0);
        });
        for row in self.records.iter().filter(|row| row["cluster_role"] == "duplicate") {
            let stands = self.children().find(|other| other["cluster_id"] == row["cluster_id"]).unwrap();
            let differ = |column: &str| row[column] != stands[column];
            let both = |column: &str| !row[column].is_empty() && !stands[column].is_empty();
            let cause = if differ("source_sheet") || differ("source_file") {
                "other_sheet"
            } else if differ("hamlet") && both("hamlet") {
                "moved"
            } else if differ("birth_date") && both("birth_date") {
                "birth_date"
            } else if bare(&row["full_name"]) != bare(&stands["full_name"]) {
                "spelling"
            } else if differ("full_name") {
                "marks"
            } else if differ("birth_date") || differ("hamlet") {
                "incomplete"
            } else {
                "same"
            };
            *figures.get_mut(&format!("cause.{cause}")).unwrap() += 1;
        }
    }

    fn weights(&self, figures: &mut BTreeMap<String, u64>) {
        let bin = |text: &str| (text.parse::<f64>().unwrap() / 2.0).floor() as i64 * 2;
        for row in self.records.iter().filter(|row| !row["link_weight"].is_empty()) {
            let certain = matches!(&*row["link_status"], "attached" | "kept");
            let kind = if certain { "certain" } else { "open" };
            *figures.entry(format!("weight.{}.{kind}", bin(&row["link_weight"]))).or_default() += 1;
        }
        for row in &self.reviews {
            let kind = if row["kind"] == "duplicate" { "duplicates" } else { "identities" };
            *figures.entry(format!("weight.{}.{kind}", bin(&row["weight"]))).or_default() += 1;
        }
    }

    fn births(&self, figures: &mut BTreeMap<String, u64>) {
        let mut add = |name: String, value: u64| *figures.entry(name).or_default() += value;
        let gender = |row: &Row| match &*row["child_gender"] {
            "Nam" => "male",
            "Nữ" => "female",
            _ => "unknown",
        };
        for row in self.children() {
            let birth = Birth::read(&row["child_birth_date"]);
            let age = birth.map(|birth| years(birth.latest_birthday(), DAY)).filter(|age| *age >= 0);
            let age = age.map_or("none".to_owned(), |age| age.min(16).to_string());
            add(format!("age.{age}.{}", gender(row)), 1);
            add(format!("age.all.{}", gender(row)), 1);
            let year = birth.map_or("none".to_owned(), |birth| birth.0.to_string());
            add(format!("year.{year}.children"), 1);
            add(format!("year.{year}.with"), u64::from(!row["personal_id"].is_empty()));
        }
        for row in self.records.iter().filter(|row| row["birth_precision"] == "day") {
            let day = Birth::read(&row["birth_date"]).and_then(|birth| birth.2).unwrap();
            add(format!("day.{day}"), 1);
        }
    }

    fn sheets(&self, figures: &mut BTreeMap<String, u64>) {
        for (at, sheet) in self.manifest["counts"]["sheets"].as_array().unwrap().iter().enumerate() {
            let mut put = |name: &str, value: u64| figures.insert(format!("sheet.{at}.{name}"), value);
            let file = sheet["file"].as_str().unwrap();
            let of = |row: &&Row| row["source_file"] == file && row["source_sheet"] == sheet["sheet"];
            let records = self.records.iter().filter(of).count() as u64;
            let rejects = self.rejects.iter().filter(of).count() as u64;
            let is_list = sheet["list"] == "children";
            let records = if is_list { records } else { sheet["records"].as_u64().unwrap() };
            let layout = sheet["layout"].as_object().unwrap().values().map(|it| it.as_u64().unwrap()).sum();
            put("records", records);
            put("rejects", rejects);
            put("layout", layout);
            put("rows", records + rejects + layout);
        }
        for row in &self.rejects {
            *figures.entry(format!("reject.{}", row["reason"])).or_default() += 1;
        }
    }

    /// The figures of one thôn/TDP of a ward.
    pub fn place(&self, hamlet: Option<&str>) -> BTreeMap<&'static str, u64> {
        let living: BTreeMap<&str, &str> =
            self.children().map(|row| (row["cluster_id"].as_str(), row["child_hamlet"].as_str())).collect();
        let here = |row: &Row| hamlet.is_none_or(|hamlet| living[row["cluster_id"].as_str()] == hamlet);
        let whole = |row: &Row| REQUIRED.iter().all(|field| right_as_written(row, field));
        let on = |row: &Row, list: &str| row["child_lists"].split(';').any(|it| it == list);
        BTreeMap::from([
            ("records", self.count_records(here)),
            ("children", self.count_children(here)),
            ("whole_before", self.count_records(|row| here(row) && whole(row))),
            ("whole_after", self.count_children(|row| here(row) && missing(row).is_empty())),
            ("number_before", self.count_records(|row| here(row) && right_as_written(row, "personal_id"))),
            ("number_after", self.count_children(|row| here(row) && !row["personal_id"].is_empty())),
            ("household", self.count_children(|row| here(row) && on(row, "household"))),
            ("police", self.count_children(|row| here(row) && on(row, "police"))),
        ])
    }
}

impl Birth {
    /// Where the day is not known, the end of the month or of the year, as if it had 31 days.
    fn latest_birthday(self) -> (i32, i32, i32) {
        (self.0, self.1.unwrap_or(12), self.2.unwrap_or(31))
    }
}

/// Small letters without marks; đ is d.
pub fn bare(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let letters = text.nfd().filter(|letter| !('\u{300}'..='\u{36f}').contains(letter));
    let plain = letters.flat_map(char::to_lowercase).map(|letter| if letter == 'đ' { 'd' } else { letter });
    let words: String = plain.map(|letter| if letter.is_alphanumeric() { letter } else { ' ' }).collect();
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Yes, no, or not known.
pub type Answer = Option<bool>;

pub fn both(one: Answer, other: Answer) -> Answer {
    match (one, other) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

pub fn not(answer: Answer) -> Answer {
    answer.map(|it| !it)
}

/// What the list says of one child beside who it is.
pub struct Circumstances {
    /// Codes, `family code`.
    pub codes: BTreeSet<String>,
    /// Families the list answers for it.
    pub asked: BTreeSet<String>,
}

impl Circumstances {
    /// One of a family, or one code with what is below it.
    pub fn has(&self, family: &str, code: &str) -> Answer {
        let below = |key: &&String| {
            let (of, own) = key.split_once(' ').unwrap();
            of == family && (code.is_empty() || own == code || own.starts_with(&format!("{code}.")))
        };
        if self.codes.iter().any(|key| below(&key)) {
            return Some(true);
        }
        // Its group is known, but not which part of it.
        let above = |key: &String| {
            let (of, own) = key.split_once(' ').unwrap();
            let is_leaf = !self.codes.iter().any(|other| other.starts_with(&format!("{key}.")));
            of == family && is_leaf && (own.is_empty() || code.starts_with(&format!("{own}.")))
        };
        if !code.is_empty() && self.codes.iter().any(above) {
            return None;
        }
        self.asked.contains(family).then_some(false)
    }
}

/// Column of the sample, what family its blank cells answer, and others it tells of.
const COLUMNS: [(&str, &str); 7] = [
    ("Hoàn cảnh đặc biệt", "special risk other poverty attendance"),
    ("Hình thức trợ giúp", "help"),
    ("Hộ nghèo, cận nghèo", "poverty"),
    ("Trình độ học vấn", "education attendance"),
    ("Tình trạng học tập", "attendance education"),
    ("Số thẻ BHYT", "insurance"),
    ("Giấy khai sinh", "certificate"),
];

/// The circumstances of the sample's children by `cluster_id`.
pub fn circumstances(records: &[Row], meanings: &Path) -> BTreeMap<String, Circumstances> {
    let meaning: BTreeMap<(String, String), String> = rows(meanings)
        .into_iter()
        .map(|row| ((row["column"].clone(), row["text"].clone()), row["codes"].clone()))
        .collect();
    let meaning = |column: &str, text: &str| {
        meaning
            .get(&(column.to_owned(), text.to_owned()))
            .or_else(|| meaning.get(&(column.to_owned(), "*".into())))
            .unwrap_or_else(|| panic!("tests/tables/circumstances.csv does not say what “{text}” is"))
            .clone()
    };
    let mut found: BTreeMap<String, Circumstances> = BTreeMap::new();
    // Families a column of their own answers, and those another column answers; the same for what
    // nobody understands.
    let mut told: BTreeMap<(String, bool), BTreeSet<String>> = BTreeMap::new();
    let mut doubts = told.clone();
    for row in records {
        let none = Circumstances { codes: BTreeSet::new(), asked: BTreeSet::new() };
        found.entry(row["cluster_id"].clone()).or_insert(none);
    }
    for (column, families) in COLUMNS {
        if records.iter().all(|row| row.get(column).is_none_or(String::is_empty)) {
            continue;
        }
        let filled = || records.iter().filter(|row| !row[column].is_empty());
        let occurs = |family: &str| {
            let prefix = format!("{family} ");
            filled().any(|row| meaning(column, &row[column]).split(';').any(|key| key.starts_with(&prefix)))
        };
        for (at, family) in families.split(' ').enumerate() {
            let own = at == 0;
            if !own && !occurs(family) {
                continue;
            }
            for row in records {
                let key = (row["cluster_id"].clone(), own);
                let text = &row[column];
                // Of schooling an empty cell says nothing.
                if text.is_empty() && matches!(family, "education" | "attendance") {
                    continue;
                }
                let side = match !text.is_empty() && meaning(column, text) == "?" {
                    true => &mut doubts,
                    false => &mut told,
                };
                side.entry(key).or_default().insert(family.to_owned());
            }
        }
        for row in filled() {
            let codes = meaning(column, &row[column]);
            let codes = codes.split(';').filter(|key| !key.is_empty() && *key != "?").map(str::to_owned);
            found.get_mut(&row["cluster_id"]).unwrap().codes.extend(codes);
        }
    }
    for (child, entry) in &mut found {
        for own in [false, true] {
            let key = (child.clone(), own);
            entry.asked.extend(told.get(&key).into_iter().flatten().cloned());
            let doubted = doubts.get(&key);
            entry.asked.retain(|family| !doubted.is_some_and(|doubted| doubted.contains(family)));
        }
    }
    found
}
