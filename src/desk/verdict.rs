//! From a form of the review page to lines of `decisions.jsonl`.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{
    guard::Visit, open_run::OpenRun, queue::Item, run_folder::PairRow, session::secret, standing::Standings,
};
use crate::{
    decide::{Act, Answer, Decision, Entry, Keep, LogError, PairKind, Side},
    record::FieldKind,
};

/// What a form of the review page says, by its fields.
pub type Form = BTreeMap<String, String>;

/// Why an answer was not taken.
#[derive(Debug)]
pub enum Refused {
    /// The form does not fit the run.
    NotAnAnswer,
    /// Somebody has answered since the page was made.
    Meanwhile,
    /// It could not be written.
    Log(LogError),
    /// No random numbers.
    Io(std::io::Error),
}

/// Takes the answer of a form: it is on the disk when this returns.
pub fn decide(run: &OpenRun, visit: &Visit, item: &Item, form: &Form) -> Result<Vec<Entry>, Refused> {
    let second = visit.settings.second;
    let entries = entries(run, visit, item, form)?;
    let seen = form.get("seen").map_or("", String::as_str);
    let check = |standings: &Standings| {
        if self::seen(run, item, standings, second) == seen { Ok(entries) } else { Err(Refused::Meanwhile) }
    };
    run.append(check).map_err(Refused::Log)?
}

/// Takes answers back; `None` for those that no longer stand.
pub fn undo(run: &OpenRun, who: &str, earlier: &[String]) -> Result<Vec<Entry>, Refused> {
    let now = Timestamp::now();
    let undo = |id: &String| {
        let act = Act::Undo(id.clone());
        Ok(Entry { id: line_id()?, time: now, who: who.to_owned(), act })
    };
    let entries: Vec<Entry> = earlier.iter().map(undo).collect::<Result<_, Refused>>()?;
    run.append(|_| Ok(entries)).map_err(Refused::Log)?
}

/// The lines that stand for an item: a form carries them, so that an answer given meanwhile shows.
pub fn seen(run: &OpenRun, item: &Item, standings: &Standings, second: bool) -> String {
    let lines = item.pairs.iter().filter_map(|pair| standings.get(&run.folder.pairs[*pair].id, second));
    lines.map(|standing| standing.entry.id.as_str()).collect::<Vec<_>>().join(",")
}

fn entries(run: &OpenRun, visit: &Visit, item: &Item, form: &Form) -> Result<Vec<Entry>, Refused> {
    let pairs: Vec<&PairRow> = item.pairs.iter().map(|pair| &run.folder.pairs[*pair]).collect();
    let word = form.get("answer").ok_or(Refused::NotAnAnswer)?;
    let answer = Answer::read(word, item.kind).ok_or(Refused::NotAnAnswer)?;
    let named = form.get("pair").map(String::as_str).unwrap_or_default();
    let chosen = pairs.iter().find(|pair| pair.id == named).copied();
    let answers: Vec<(&PairRow, Answer)> = match (item.kind, answer) {
        // One of several candidates: the others are not this child.
        (PairKind::Identity, Answer::Yes) => {
            let chosen = chosen.ok_or(Refused::NotAnAnswer)?;
            let of = |pair: &PairRow| if pair.id == chosen.id { Answer::Yes } else { Answer::No };
            pairs.iter().map(|pair| (*pair, of(pair))).collect()
        }
        (PairKind::Identity, _) => pairs.iter().map(|pair| (*pair, answer)).collect(),
        (PairKind::Duplicate, _) => vec![(chosen.ok_or(Refused::NotAnAnswer)?, answer)],
    };
    let now = Timestamp::now();
    answers
        .into_iter()
        .map(|(pair, answer)| {
            let decision = Decision {
                pair_id: pair.id.clone(),
                kind: pair.kind,
                record: Side { id: pair.record_id.clone(), fingerprint: pair.fingerprints[0].clone() },
                other: Side { id: pair.other.clone(), fingerprint: pair.fingerprints[1].clone() },
                answer,
                keep: if answer == Answer::Yes { keep(pair, form) } else { Keep::new() },
                second_reading: visit.settings.second,
            };
            let act = Act::Decide(Box::new(decision));
            Ok(Entry { id: line_id()?, time: now, who: visit.settings.who.clone(), act })
        })
        .collect()
}

/// The values a person wants other than those that would stand anyway.
fn keep(pair: &PairRow, form: &Form) -> Keep {
    if pair.kind != PairKind::Duplicate {
        return Keep::new();
    }
    let chosen = FieldKind::ALL.iter().filter_map(|field| {
        let side = form.get(&format!("keep_{}", field.key()))?;
        let unchanged = pair.default_keep.get(field.key()) == Some(side);
        let holder = match side.as_str() {
            "record" => &pair.record_id,
            "other" => &pair.other,
            _ => return None,
        };
        (!unchanged).then(|| (*field, holder.clone()))
    });
    chosen.collect()
}

fn line_id() -> Result<String, Refused> {
    let mut id = secret().map_err(Refused::Io)?;
    id.truncate(16);
    Ok(id)
}
