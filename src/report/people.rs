//! Names and addresses for lists that people work with, from `update.csv`: nothing that is counted
//! comes from here.

use std::path::Path;

use rustc_hash::FxHashMap;

use super::{ReportError, table::Table};

/// What a list says of a child beside the figures.
#[derive(Debug, Clone, Default)]
pub struct Person {
    /// Name.
    pub full_name: String,
    /// Given name, surname, middle name: the order of a Vietnamese list.
    pub name_order: [String; 3],
    /// Birth date, dd/mm/yyyy.
    pub birth: String,
    /// Gender.
    pub gender: String,
    /// Father, mother, guardian, as far as they are named.
    pub parents: [String; 3],
    /// Thôn/TDP.
    pub hamlet: String,
    /// Address.
    pub address: String,
    /// Telephone.
    pub phone: String,
    /// The child's number.
    pub number: String,
}

/// Children of a run by the `record_id` of the record that stands for them.
#[derive(Debug, Default)]
pub struct People(FxHashMap<Box<str>, Person>);

impl People {
    /// Reads the list of a run.
    pub fn read(run: &Path) -> Result<Self, ReportError> {
        let path = run.join("update.csv");
        let mut table = Table::open(&path, "update.csv")?;
        let id = table.column("record_id")?;
        let columns = [
            "full_name",
            "given_name",
            "surname",
            "middle_name",
            "birth_date",
            "gender",
            "father_name",
            "mother_name",
            "guardian_name",
            "hamlet",
            "address",
            "phone",
            "personal_id",
        ];
        let mut places = Vec::with_capacity(columns.len());
        for column in columns {
            places.push(table.column(column)?);
        }
        let mut people = FxHashMap::default();
        while table.next(&path)? {
            // The writer puts an apostrophe before what a spreadsheet would run.
            let cell = |at: usize| {
                let text = table.get(places[at]);
                text.strip_prefix('\'').unwrap_or(text).to_owned()
            };
            let person = Person {
                full_name: cell(0),
                name_order: [cell(1), cell(2), cell(3)],
                birth: cell(4),
                gender: cell(5),
                parents: [cell(6), cell(7), cell(8)],
                hamlet: cell(9),
                address: cell(10),
                phone: cell(11),
                number: cell(12),
            };
            people.insert(table.get(id).into(), person);
        }
        Ok(Self(people))
    }

    /// One child; an empty person where the list does not have it.
    pub fn get(&self, record_id: &str) -> Person {
        self.0.get(record_id).cloned().unwrap_or_default()
    }
}
