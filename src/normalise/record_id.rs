//! Identifiers of records: the list's own code where it is one, else the place in the input.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::record::{Record, Sources, Text};

/// Gives every record of a list its identifier: the child code where no other record of the list
/// (all files) has it, else `FILE#SHEET!ROW`. Where two files have the same name, the second
/// record at the same place gets `~2` appended, and so on: identifiers are unique.
pub fn assign_record_ids(records: &mut [Record], sources: &Sources) {
    let mut bearers: FxHashMap<&str, u32> = FxHashMap::default();
    for code in records.iter().filter_map(|record| record.child_code.get()) {
        *bearers.entry(code).or_default() += 1;
    }
    let is_unique = |id: &str| bearers.get(id) == Some(&1);
    let mut taken: FxHashSet<String> = FxHashSet::default();
    // Of the records that their own code does not tell apart.
    let places: Vec<Option<String>> = records
        .iter()
        .map(|record| {
            if record.child_code.get().is_some_and(|code| is_unique(code)) {
                return None;
            }
            let place = sources.locate(record.origin);
            let mut id = place.clone();
            let mut count = 1;
            while is_unique(&id) || !taken.insert(id.clone()) {
                count += 1;
                id = format!("{place}~{count}");
            }
            Some(id)
        })
        .collect();
    records.par_iter_mut().zip(places).for_each(|(record, place)| {
        let place = place.map(Text::from);
        record.record_id = place.or_else(|| record.child_code.get().cloned()).unwrap_or_default();
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Changes, Field, Origin, SourceSheet};

    #[test]
    fn identifiers_are_unique_whatever_the_codes() {
        let mut sources = Sources::default();
        let sheet = || SourceSheet { file: "a.xlsx".to_owned(), sheet: "S".to_owned() };
        let (one, two) = (sources.push(sheet()), sources.push(sheet()));
        let record = |source, row, code: &str| {
            let mut record = Record::at(Origin { source, row });
            if !code.is_empty() {
                record.child_code = Field::usable(code, code.to_owned(), Changes::NONE);
            }
            record
        };
        let mut records = [
            record(one, 5, "TE1"),
            record(one, 6, "TE2"),
            record(one, 7, "TE2"),
            record(one, 8, ""),
            record(two, 8, ""),
            record(two, 9, "a.xlsx#S!8"),
        ];
        assign_record_ids(&mut records, &sources);
        let ids: Vec<&str> = records.iter().map(|record| record.record_id.as_str()).collect();
        assert_eq!(ids, ["TE1", "a.xlsx#S!6", "a.xlsx#S!7", "a.xlsx#S!8~2", "a.xlsx#S!8~3", "a.xlsx#S!8"]);
    }
}
