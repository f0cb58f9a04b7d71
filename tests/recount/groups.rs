//! The groups of children that forms, indicators and lists count, as a second reading of their
//! definitions.

use std::{collections::BTreeMap, path::Path};

use super::{
    Answer, Birth, Circumstances, DAY, Recount, Row, both, circumstances, day_number, months, not, years,
};

/// Year, month, day.
type Ymd = (i32, i32, i32);

/// A child with all that can be asked of it.
pub struct Child<'a> {
    pub row: &'a Row,
    pub birth: Option<Birth>,
    pub told: &'a Circumstances,
}

impl Child<'_> {
    /// All ages it may have agree, or it is not known.
    fn by_age(&self, age: fn(Ymd, Ymd) -> i32, holds: impl Fn(i32) -> bool) -> Answer {
        let birth = self.birth?;
        let ages = age(birth.latest(), DAY)..=age(birth.earliest(), DAY);
        let all: Vec<bool> = ages.map(holds).collect();
        all.iter().all(|it| *it == all[0]).then_some(all[0])
    }

    pub fn years(&self, holds: impl Fn(i32) -> bool) -> Answer {
        self.by_age(years, holds)
    }

    pub fn months(&self, holds: impl Fn(i32) -> bool) -> Answer {
        self.by_age(months, holds)
    }

    pub fn days(&self, holds: impl Fn(i64) -> bool) -> Answer {
        let birth = self.birth?;
        let age = |born| day_number(DAY) - day_number(born);
        let (few, many) = (holds(age(birth.latest())), holds(age(birth.earliest())));
        (few == many).then_some(few)
    }

    pub fn gender(&self, gender: &str) -> Answer {
        let own = &self.row["child_gender"];
        (!own.is_empty()).then_some(own == gender)
    }

    pub fn kinh(&self) -> Answer {
        let own = &self.row["child_ethnicity"];
        (!own.is_empty()).then_some(own == "Kinh")
    }

    pub fn number(&self) -> Answer {
        Some(!self.row["personal_id"].is_empty())
    }

    pub fn has(&self, family: &str, code: &str) -> Answer {
        self.told.has(family, code)
    }

    pub fn any(&self, answers: &[Answer]) -> Answer {
        answers.iter().copied().reduce(|one, other| not(both(not(one), not(other)))).unwrap_or(Some(false))
    }
}

/// Children of a run with their circumstances.
pub struct Children {
    recount: Recount,
    told: BTreeMap<String, Circumstances>,
}

impl Children {
    pub fn of(run: &Path) -> Self {
        let recount = Recount::of(run);
        let meanings = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tables/circumstances.csv");
        let told = circumstances(&recount.records, &meanings);
        Self { recount, told }
    }

    /// Children on the day of the run: born, and not surely sixteen.
    pub fn in_scope(&self) -> Vec<Child<'_>> {
        let child = |row| -> Child<'_> {
            Child { row, birth: Birth::read(&row["child_birth_date"]), told: &self.told[&row["cluster_id"]] }
        };
        let counts = |child: &Child<'_>| {
            child.birth.is_none_or(|birth| birth.earliest() <= DAY && years(birth.latest(), DAY) < 16)
        };
        self.recount.children().map(child).filter(counts).collect()
    }
}

/// How many belong, how many may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counted {
    pub yes: u64,
    pub unknown: u64,
}

pub fn count<'a>(
    children: impl IntoIterator<Item = &'a Child<'a>>,
    of: impl Fn(&Child<'a>) -> Answer,
) -> Counted {
    let mut counted = Counted::default();
    for child in children {
        match of(child) {
            Some(true) => counted.yes += 1,
            Some(false) => {}
            None => counted.unknown += 1,
        }
    }
    counted
}

/// What a figure says of so many asked: a count, or nothing.
pub fn shown(counted: Counted, asked: u64) -> Option<u64> {
    let few = counted.unknown * 20 <= asked;
    (counted.unknown == 0 || (counted.yes > 0 && few)).then_some(counted.yes)
}

/// A row of MẪU 03 by its name; `None` for rows that are no group.
pub fn form_row(child: &Child<'_>, id: &str) -> Option<Answer> {
    let poor = || child.has("poverty", "");
    Some(match id {
        "I.1" => Some(true),
        "I.1.a" => child.gender("Nam"),
        "I.1.b" => child.gender("Nữ"),
        "I.1.c" => child.years(|age| age < 6),
        "I.2.a" => child.kinh(),
        "I.2.b" => not(child.kinh()),
        "II" => child.has("special", ""),
        "III" => child.any(&[poor(), child.has("attendance", "dropped_out"), child.has("risk", "")]),
        "III.1" => poor(),
        "III.1.a" => child.has("poverty", "poor"),
        "III.2" => child.has("attendance", "dropped_out"),
        "IV" => child.has("other", ""),
        "IV.2.a" => child.has("other", "2.a"),
        "IV.2.b" => child.has("other", "2.a.1"),
        _ => {
            let (part, rest) = id.split_once('.')?;
            let numbers: Option<Vec<u32>> = rest.split('.').map(|number| number.parse().ok()).collect();
            let numbers = numbers?;
            match part {
                "II" => {
                    let code: Vec<String> = numbers.iter().map(|number| format!("{number:02}")).collect();
                    child.has("special", &code.join("."))
                }
                "III" => child.has("risk", &numbers[0].to_string()),
                "IV" => child.has("other", &numbers[0].to_string()),
                _ => return None,
            }
        }
    })
}

/// The eight columns after the first.
pub fn form_column(child: &Child<'_>, column: usize) -> Answer {
    match column {
        1 => Some(true),
        2 => child.has("help", ""),
        3 => child.has("help", "state"),
        4 => child.has("help", "state.health"),
        5 => child.has("help", "state.social"),
        6 => child.has("help", "state.education"),
        7 => child.has("help", "state.legal"),
        8 => child.has("help", "other"),
        _ => panic!("the form has eight columns"),
    }
}

/// Numerator and denominator of an indicator by its key.
pub fn indicator(child: &Child<'_>, key: &str) -> (Answer, Option<Answer>) {
    let school = |from: i32, below: i32, level: &str| {
        let among = child.years(|age| (from..below).contains(&age));
        (both(among, child.has("education", level)), Some(among))
    };
    let all = Some(Some(true));
    match key {
        "I-0101" => (Some(true), None),
        "I-number" => (child.number(), all),
        "I-number-under-5" => (child.number(), Some(child.years(|age| age < 5))),
        "I-birth-registration" => (child.has("certificate", ""), Some(child.years(|age| age < 5))),
        "I-insurance-under-6" => (child.has("insurance", ""), Some(child.years(|age| age < 6))),
        "I-0301" => (child.has("special", ""), all),
        "I-0302" => (child.has("help", ""), Some(child.has("special", ""))),
        "I-poverty" => (child.has("poverty", ""), all),
        "I-0401" => {
            let among = child.months(|age| (3..36).contains(&age));
            (both(among, child.has("education", "nursery")), Some(among))
        }
        "I-0402" => school(3, 6, "kindergarten"),
        "I-school-primary" => school(6, 11, "primary"),
        "I-school-lower-secondary" => school(11, 15, "lower_secondary"),
        "I-dropped-out" => (child.has("attendance", "dropped_out"), Some(child.years(|age| age >= 6))),
        _ => panic!("nobody has read the indicator {key} a second time"),
    }
}

/// The part of a breakdown a child is in, as `indicators.csv` names it.
pub fn part(child: &Child<'_>, by: &str) -> String {
    let or_unknown = |text: String| if text.is_empty() { "unknown".to_owned() } else { text };
    match by {
        "" => String::new(),
        "gender" => or_unknown(child.row["child_gender"].clone()),
        "ethnicity" => match child.kinh() {
            Some(true) => "Kinh".into(),
            Some(false) => "other".into(),
            None => "unknown".into(),
        },
        "age" => {
            let bands = [("0-2", 0..3), ("3-5", 3..6), ("6-10", 6..11), ("11-15", 11..16)];
            let found = bands.iter().find(|(_, band)| child.years(|age| band.contains(&age)) == Some(true));
            found.map_or("unknown".into(), |(name, _)| (*name).to_owned())
        }
        "hamlet" => match &*child.row["child_hamlet"] {
            "" => "unknown".into(),
            hamlet => {
                let today = &child.row["child_commune_2025"];
                let commune = if today.is_empty() { &child.row["child_commune"] } else { today };
                format!("{commune} {hamlet}").trim().to_owned()
            }
        },
        "commune_34" => or_unknown(child.row["child_commune_2025"].clone()),
        "commune_63" => {
            let is_old = child.row["child_commune_era"] == "63";
            or_unknown(if is_old { child.row["child_commune"].clone() } else { String::new() })
        }
        other => panic!("no breakdown {other}"),
    }
}

/// Children on a policy's list, by the sheet's place in the workbook.
pub fn policy(child: &Child<'_>, at: usize) -> Answer {
    let turns = |age: i32, within: i32| {
        let birth = child.birth?;
        let on = |born: (i32, i32, i32)| {
            let year = born.0 + age;
            if born.2 > super::month_length(year, born.1) { (year, 3, 1) } else { (year, born.1, born.2) }
        };
        let end = {
            let month = DAY.1 - 1 + within;
            let (year, month) = (DAY.0 + month / 12, month % 12 + 1);
            (year, month, DAY.2.min(super::month_length(year, month)))
        };
        let is_in = |born| DAY < on(born) && on(born) <= end;
        match (is_in(birth.earliest()), is_in(birth.latest())) {
            (true, true) => Some(true),
            (false, false) if !(on(birth.earliest()) <= DAY && on(birth.latest()) > end) => Some(false),
            _ => None,
        }
    };
    match at {
        1 => both(child.years(|age| age < 6), not(child.has("insurance", ""))),
        2 => turns(6, 12),
        3 => turns(16, 6),
        4 => both(child.has("special", ""), not(child.has("help", ""))),
        5 => both(child.days(|days| days > 60), not(child.number())),
        _ => panic!("there are five policies"),
    }
}
