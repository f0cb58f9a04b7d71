//! `review.xlsx` as it comes back: the answers of its decision column.

use super::{
    Answer, Keep, PairKind, Side,
    filled::{Filled, FilledRow},
    key_parts,
    read::{Decisions, DecisionsError, Problem, Statement, Trouble},
};
use crate::{
    read::CellSheet,
    rules::{Answers, Bilingual, PairColumn, Rules},
    text::fold,
};

/// Takes the answers of a sheet; false where it is no sheet of pairs.
pub(super) fn read(
    sheet: &CellSheet,
    file: usize,
    name: &str,
    rules: &Rules,
    into: &mut Decisions,
) -> Result<bool, DecisionsError> {
    let columns = &rules.forms.review.columns;
    let Some(filled) = Filled::find(sheet, name, columns) else { return Ok(false) };
    let Some(decision) = filled.position(columns, &PairColumn::Decision) else { return Ok(false) };
    let key = filled.key_position(columns, &PairColumn::Key)?;
    let shown = filled.position(columns, &PairColumn::PairId);
    for row in filled.rows() {
        let answer = row.text(decision);
        if answer.is_empty() {
            continue;
        }
        let source = filled.source(&row, decision);
        match statement(&row, &answer, key, shown, &rules.forms.review.answers) {
            Ok((pair_id, kind, record, other, answer)) => into.statements.push(Statement {
                source,
                file,
                who: String::new(),
                time: None,
                pair_id,
                kind,
                record,
                other,
                answer,
                keep: Keep::new(),
            }),
            Err(trouble) => into.problems.push(Problem { source, trouble }),
        }
    }
    Ok(true)
}

type Read = (String, PairKind, Side, Side, Answer);

fn statement(
    row: &FilledRow<'_>,
    answer: &str,
    key: usize,
    shown: Option<usize>,
    answers: &Answers,
) -> Result<Read, Trouble> {
    let parts: [String; 5] = key_parts(&row.text(key)).ok_or(Trouble::KeyDamaged)?;
    let [pair_id, record_fingerprint, other_fingerprint, record, other] = parts;
    let kind = match pair_id.as_bytes().first() {
        Some(b'D') => PairKind::Duplicate,
        Some(b'P') => PairKind::Identity,
        _ => return Err(Trouble::KeyDamaged),
    };
    // Sorted or pasted over in part, the row asks about one pair and would answer for another.
    if shown.is_some_and(|shown| row.text(shown) != pair_id) {
        return Err(Trouble::RowsMixed);
    }
    let answer = read_answer(answer, kind, answers).ok_or(Trouble::NotAnAnswer)?;
    let record = Side { id: record, fingerprint: record_fingerprint };
    Ok((pair_id, kind, record, Side { id: other, fingerprint: other_fingerprint }, answer))
}

/// The words of the drop-down in either language, with or without diacritics.
fn read_answer(text: &str, kind: PairKind, answers: &Answers) -> Option<Answer> {
    let text = fold::plain(text);
    let says = |words: &Bilingual| fold::plain(&words.vi) == text || fold::plain(&words.en) == text;
    let (yes, no) = match kind {
        PairKind::Duplicate => (&answers.duplicate_same, &answers.duplicate_different),
        PairKind::Identity => (&answers.identity_same, &answers.identity_different),
    };
    [(yes, Answer::Yes), (no, Answer::No), (&answers.unclear, Answer::Unsure)]
        .into_iter()
        .find_map(|(words, answer)| says(words).then_some(answer))
}
