//! Sections that are sorted, or counted over all rows: the rows pass by in stretches, and what must be
//! sorted is sorted outside (`index::Sorter`).

use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::{
    build::IndexBuilder,
    counts::{section, value_key},
    keys::{Depth, Members, write_keys},
    row::{Taken, take_person, write_person, write_slots},
    scan::{STRETCH, Scan, Stretch, TASK},
    statistics::{Statistics, write_together},
};
use crate::{
    index::{Batch, EntriesWriter, IndexError, IndexWriter, Malformed, Sorter, TableWriter, Take, entries},
    matching::{
        lexicon::WordIx,
        profile::{FieldSpecs, Profiles, SlotKind},
        slot::{MISSING, Slot},
    },
};

impl<'a> IndexBuilder<'a> {
    /// Counts the names and dates of all persons.
    pub(super) fn statistics(
        &self,
        scan: &mut Scan<'_>,
        out: &mut IndexWriter,
    ) -> Result<Statistics<'a>, IndexError> {
        let specs: &'a FieldSpecs = &self.model.specs;
        let exceptions = std::mem::take(&mut scan.exceptions);
        // Counts grow as large as the vocabulary: each thread keeps its own to the end.
        let idle: Mutex<Vec<Statistics<'a>>> = Mutex::new(Vec::new());
        let idle_now = || idle.lock().unwrap_or_else(PoisonError::into_inner);
        let count = |profiles: &Profiles, first: u32, rows: &Stretch| {
            let lent = idle_now().pop();
            let mut counted = lent.unwrap_or_else(|| Statistics::new(specs));
            for ((row, person), at) in rows.rows().zip(first..) {
                counted.add(row, person, &profiles.arena, !exceptions.contains(&at));
            }
            idle_now().push(counted);
        };
        scan.each(out, count, |()| Ok(()))?;
        scan.exceptions = exceptions;
        let mut statistics = Statistics::new(specs);
        let counted = idle.into_inner().unwrap_or_else(PoisonError::into_inner);
        counted.into_iter().for_each(|counted| statistics.merge(counted));
        Ok(statistics)
    }

    /// How many tables of as many pairs as there are persons are sorted at a time, and the memory of
    /// each. Reading all rows once more costs as much as a few pairs a row in files.
    fn batch(&self) -> (usize, u64) {
        let whole = u64::from(self.rows.count()).max(1) * 16;
        let batch = (self.memory / 2 * 3 / whole).clamp(1, 18);
        (batch as usize, self.memory / 5 * 2 / batch)
    }

    fn sorters(&self, count: usize, memory: u64) -> Vec<Sorter> {
        (0..count).map(|_| Sorter::new(&self.folder, memory)).collect()
    }

    /// Writes which first names every name field has together.
    pub(super) fn write_together(
        &self,
        scan: &mut Scan<'_>,
        out: &mut IndexWriter,
    ) -> Result<(), IndexError> {
        if !self.rules.matching.ideas.term_frequency {
            return Ok(());
        }
        let (batch, memory) = self.batch();
        let specs = &self.model.specs;
        let exceptions = std::mem::take(&mut scan.exceptions);
        for fields in scan.columns.clone().chunks(batch) {
            let mut sorters = self.sorters(fields.len(), memory);
            let gather = |profiles: &Profiles, first: u32, rows: &Stretch| {
                let of_field = |at: &usize| {
                    let counted = rows.rows().zip(first..).filter(|(_, at)| !exceptions.contains(at));
                    let pairs = counted.filter_map(|((row, person), _)| {
                        Statistics::together(&specs.0[*at], row[*at], person, row, &profiles.arena)
                    });
                    pairs.collect::<Vec<_>>()
                };
                fields.iter().map(of_field).collect::<Vec<_>>()
            };
            scan.each(out, gather, |pairs| push_all(&mut sorters, pairs))?;
            for (at, sorter) in fields.iter().zip(sorters) {
                write_together(out, *at, sorter)?;
            }
        }
        Ok(())
    }

    /// Writes the values of every field with how often it has them; returns, by field, which it has
    /// more than once.
    pub(super) fn write_values(
        &self,
        scan: &mut Scan<'_>,
        out: &mut IndexWriter,
    ) -> Result<Vec<FxHashMap<u64, u32>>, IndexError> {
        let mut often = vec![FxHashMap::default(); self.kinds.len()];
        let is_value =
            |at: &usize| matches!(self.kinds[*at], SlotKind::Number | SlotKind::Code | SlotKind::Text);
        let fields: Vec<usize> = (0..self.kinds.len()).filter(is_value).collect();
        let (batch, memory) = self.batch();
        for fields in fields.chunks(batch) {
            let mut sorters = self.sorters(fields.len(), memory);
            // Of the same values of many rows one pair each.
            let gather = |profiles: &Profiles, _: u32, rows: &Stretch| {
                let of_field = |at: &usize| {
                    let slots = rows.rows().map(|(row, _)| row[*at]).filter(|slot| *slot != MISSING);
                    let key = |slot| value_key(self.kinds[*at], slot, &profiles.texts);
                    let mut keys: Vec<u64> = slots.map(key).collect();
                    keys.sort_unstable();
                    let alike = keys.chunk_by(|one, other| one == other);
                    alike.map(|alike| (alike[0], alike.len() as u64)).collect::<Vec<_>>()
                };
                fields.iter().map(of_field).collect::<Vec<_>>()
            };
            let mut totals = vec![0_u64; fields.len()];
            scan.each(out, gather, |pairs: Vec<Vec<(u64, u64)>>| {
                for (total, pairs) in totals.iter_mut().zip(&pairs) {
                    *total += pairs.iter().map(|(_, count)| count).sum::<u64>();
                }
                push_all(&mut sorters, pairs)
            })?;
            for ((at, sorter), total) in fields.iter().zip(sorters).zip(totals) {
                write_value_counts(out, *at, sorter, &mut often[*at])?;
                out.section(&section("values.total", *at), &total.to_le_bytes())?;
            }
        }
        Ok(often)
    }

    /// Writes the blocks of every pass, deeper and deeper as long as some are too large.
    pub(super) fn write_keys(&self, scan: &mut Scan<'_>, out: &mut IndexWriter) -> Result<(), IndexError> {
        let blocking = &self.model.blocking;
        let passes: Vec<_> = blocking.passes().collect();
        let records = self.rows.count();
        let (batch, memory) = self.batch();
        // Which passes have blocks at this depth, and of which records; all at depth 0.
        let mut open: Vec<(usize, Option<Members>)> = (0..passes.len()).map(|pass| (pass, None)).collect();
        for depth in 0.. {
            let mut deeper = Vec::new();
            for open in open.chunks(batch) {
                let mut sorters = self.sorters(open.len(), memory);
                let gather = |profiles: &Profiles, first: u32, rows: &Stretch| {
                    let of_pass = |(pass, members): &(usize, Option<Members>)| {
                        let rows = rows.rows().zip(first..).filter(|(_, record)| {
                            members.as_ref().is_none_or(|members| members.contains(*record))
                        });
                        let pairs = rows.filter_map(|((row, _), record)| {
                            Some((passes[*pass].key(depth, row, profiles)?, record.into()))
                        });
                        pairs.collect::<Vec<_>>()
                    };
                    open.iter().map(of_pass).collect::<Vec<_>>()
                };
                scan.each(out, gather, |pairs| push_all(&mut sorters, pairs))?;
                for ((pass, _), sorter) in open.iter().zip(sorters) {
                    let refinements = passes[*pass].refinements();
                    let of_pass = Depth { pass: *pass, depth, refinements, limit: blocking.limit() };
                    let mut members = Members::none(records);
                    if write_keys(out, &of_pass, sorter, &mut members)? > 0 {
                        deeper.push((*pass, Some(members)));
                    }
                }
            }
            if deeper.is_empty() {
                break;
            }
            open = deeper;
        }
        Ok(())
    }

    /// Writes the rows themselves, each value with how often the register has it.
    pub(super) fn write_rows(
        self,
        often: &[FxHashMap<u64, u32>],
        out: &mut IndexWriter,
    ) -> Result<(), IndexError> {
        let Self { rows, kinds, .. } = self;
        let mut writer = EntriesWriter::begin("rows", false, out);
        for stretch in rows.chunks(STRETCH) {
            let tasks: Vec<u32> = stretch.clone().step_by(TASK as usize).collect();
            let encoded: std::io::Result<Vec<Batch>> = tasks
                .into_par_iter()
                .map(|first| {
                    let bytes = rows.read(&(first..(first + TASK).min(stretch.end)))?;
                    encode(&bytes, &kinds, often).map_err(|_| std::io::ErrorKind::InvalidData.into())
                })
                .collect();
            writer.push(&encoded.map_err(|error| out.error(error))?, out)?;
        }
        writer.end(out).map(|_| ())
    }
}

fn encode(bytes: &[u8], kinds: &[SlotKind], often: &[FxHashMap<u64, u32>]) -> Result<Batch, Malformed> {
    let (mut encoded, mut taken) = (Batch::default(), Taken::default());
    for entry in entries(bytes) {
        let mut take = Take::new(entry?);
        let person = take_person(&mut take)?;
        taken.clear();
        taken.take(&mut take, kinds, false, |word| Some(WordIx(word)))?;
        let count = |at: usize, slot: Slot| {
            often[at].get(&value_key(kinds[at], slot, &taken.texts)).copied().unwrap_or(1)
        };
        encoded.push(|bytes| {
            write_person(&person, bytes);
            write_slots(&taken.slots, kinds, (&taken.arena, &taken.texts), Some(&count), bytes);
        });
    }
    Ok(encoded)
}

fn push_all(sorters: &mut [Sorter], pairs: Vec<Vec<(u64, u64)>>) -> std::io::Result<()> {
    for (sorter, pairs) in sorters.iter_mut().zip(pairs) {
        for (key, value) in pairs {
            sorter.push(key, value)?;
        }
    }
    Ok(())
}

fn write_value_counts(
    out: &mut IndexWriter,
    at: usize,
    sorter: Sorter,
    often: &mut FxHashMap<u64, u32>,
) -> Result<(), IndexError> {
    let mut table = TableWriter::begin(out, &section("values", at), 12, sorter.count());
    let mut failed = None;
    let result = sorter.each_group(|key, held| {
        let count = u32::try_from(held.iter().sum::<u64>()).unwrap_or(u32::MAX);
        if count > 1 {
            often.insert(key, count);
        }
        if failed.is_none() {
            failed = table.push(out, key, &count.to_le_bytes()).err();
        }
        Ok(())
    });
    result.map_err(|error| out.error(error))?;
    failed.map_or_else(|| table.end(out), Err)
}
