//! Records as bytes in memory, while nobody asks for them: a third of the room.

use rayon::prelude::*;

use super::{read_record, write_record};
use crate::record::Record;

/// Records that one task puts away.
const TASK: usize = 4096;

/// Records put away, by their places.
#[derive(Debug, Default)]
pub struct SetAside {
    /// In order, each with the place of its first record.
    parts: Vec<(u32, Part)>,
}

/// Records behind one another.
#[derive(Debug, Default)]
struct Part {
    bytes: Vec<u8>,
    ends: Vec<u32>,
}

impl Part {
    fn put(mut self, record: &Record) -> Self {
        write_record(record, &mut self.bytes);
        self.ends.push(u32::try_from(self.bytes.len()).expect("some thousand records of a list"));
        self
    }

    fn shrink(mut self) -> Self {
        self.bytes.shrink_to_fit();
        self.ends.shrink_to_fit();
        self
    }

    fn record(&self, at: usize) -> Record {
        let begin = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        let bytes = &self.bytes[begin as usize..self.ends[at] as usize];
        read_record(bytes).expect("what was put away is still there")
    }
}

impl SetAside {
    /// Puts records away; each is freed as it is written.
    pub fn of(records: Vec<Record>) -> Self {
        let parts: Vec<Part> = records
            .into_par_iter()
            .with_max_len(TASK)
            .fold(Part::default, |part, record| part.put(&record))
            .map(Part::shrink)
            .collect();
        let first = |next: &mut u32, part: Part| {
            let first = *next;
            *next += part.ends.len() as u32;
            Some((first, part))
        };
        Self { parts: parts.into_iter().scan(0, first).collect() }
    }

    /// The records at some places, given in order; every part is freed as soon as it is read.
    pub fn into_records(self, places: &[u32]) -> Vec<Record> {
        let mut records = Vec::with_capacity(places.len());
        let mut rest = places;
        for (first, part) in self.parts {
            let end = first + part.ends.len() as u32;
            let (of_part, others) = rest.split_at(rest.partition_point(|place| *place < end));
            records.par_extend(of_part.par_iter().map(|place| part.record((place - first) as usize)));
            rest = others;
        }
        records
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Change, Changes, Field, FieldKind, Finding, FindingCode, Origin, SourceIx};

    fn record(row: u32) -> Record {
        let mut record = Record::at(Origin { source: SourceIx(0), row });
        record.record_id = format!("dan-cu.csv#!{row}").into();
        record.hamlet =
            Field::usable(format!("thôn {row}"), format!("Thôn {row}"), Changes::of(&[Change::Case])).into();
        record.add_finding(Finding::with_detail(
            FindingCode::PlaceUnknown,
            FieldKind::Commune,
            "Xã Không Tên",
        ));
        record
    }

    #[test]
    fn what_is_put_away_comes_back_as_it_was() {
        for count in [0, 1, 3 * TASK as u32 + 17] {
            let aside = SetAside::of((0..count).map(record).collect());
            let some: Vec<u32> = (0..count).filter(|place| place % 5 != 1).collect();
            let expected: Vec<Record> = some.iter().map(|place| record(*place)).collect();
            assert!(aside.into_records(&some) == expected, "{count}");
        }
    }
}
