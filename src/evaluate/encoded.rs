//! Reads a run of encoded lists, and the files by which their owners know which record is which.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use super::{
    EvaluateError,
    answers::{Answers, Judged, Key, Rows, key},
};
use crate::matching::LinkStatus;

/// By what a record is called in an encoded list: its own identifier, and its number.
type Known = FxHashMap<Key, (Key, u64)>;

impl Answers {
    pub fn read_encoded(
        links: &Path,
        review: &Path,
        ids: &[PathBuf],
        truth: &Path,
    ) -> Result<Self, EvaluateError> {
        let mut names = Known::default();
        for path in ids {
            read_ids(path, &mut names)?;
        }
        let mut answers = Self::of(truth, |answers, known| answers.read_links(links, &names, known))?;
        answers.read_pairs(review, &names)?;
        Ok(answers)
    }

    fn read_links(
        &mut self,
        path: &Path,
        names: &Known,
        known: &mut FxHashMap<Key, (Key, u64)>,
    ) -> Result<(), EvaluateError> {
        let mut rows = Rows::open(path)?;
        let record = rows.column("record")?;
        let cluster = rows.column("cluster")?;
        let status = rows.column("link_status")?;
        let person = rows.column("person")?;
        while rows.advance()? {
            let called = key(&[rows.cell(record)]);
            let own = names.get(&called).map(|(own, _)| *own);
            let Some((own, (entity, right))) = own.and_then(|own| Some((own, known.remove(&own)?))) else {
                self.unknown_records += 1;
                continue;
            };
            let cluster = key(&[rows.cell(cluster)]);
            let word = rows.cell(status);
            let status = LinkStatus::ALL.iter().copied().find(|status| status.as_str() == word);
            let number = names.get(&key(&[rows.cell(person)])).map_or(0, |(_, number)| *number);
            self.records.push(Judged {
                record: own,
                entity,
                cluster,
                is_duplicate: cluster != called,
                status: status.ok_or_else(|| rows.bad("link_status"))?,
                given: number,
                right,
                // What would tell twins and siblings is not in an encoded list.
                birth: 0,
                namesake: 0,
                family: 0,
                is_minority: false,
                is_dated: true,
            });
        }
        Ok(())
    }

    fn read_pairs(&mut self, path: &Path, names: &Known) -> Result<(), EvaluateError> {
        let mut rows = Rows::open(path)?;
        let kind = rows.column("kind")?;
        let record = rows.column("record")?;
        let other = rows.column("other")?;
        while rows.advance()? {
            let sides = [record, other].map(|side| names.get(&key(&[rows.cell(side)])).copied());
            if let ("identity", [Some((record, _)), Some((_, number))]) = (rows.cell(kind), sides) {
                self.offers.insert((record, number));
            }
        }
        Ok(())
    }
}

fn read_ids(path: &Path, names: &mut Known) -> Result<(), EvaluateError> {
    let mut rows = Rows::open(path)?;
    let called = rows.column("id")?;
    let own = rows.column("record_id")?;
    let number = rows.column("personal_id")?;
    while rows.advance()? {
        let known = (key(&[rows.cell(own)]), rows.number(number, "personal_id")?);
        names.insert(key(&[rows.cell(called)]), known);
    }
    Ok(())
}
