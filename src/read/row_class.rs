//! What a single row below the header is. The rule above all others: a row that holds what only a
//! child's row holds is data, however few cells it has.

use std::sync::Arc;

use super::{heading, raw_sheet::SheetRow};
use crate::{
    record::{FieldKind, LayoutKind, RawCell},
    rules::{LayoutText, Rules},
    text::repair::{ColumnCharset, repair},
};

/// A row, judged by itself. What its neighbours say is added in [`super::rows`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RowClass {
    /// A birth date, a number or a code; or a name with a running number.
    Data,
    /// A name and another field of a child, but no number or date.
    Likely,
    /// A name alone, or other fields without a name.
    Weak,
    /// A thôn/TDP heading with its text.
    Group(Arc<str>),
    /// Header again, numbering, subtotal.
    Layout(LayoutKind),
    /// A line of a signature block; what follows is one too, until data says otherwise.
    Footer,
    /// A line of a title block in the middle of the sheet.
    Title,
    /// Something, but nothing of a child.
    Nothing,
}

/// The columns as the judge needs them.
pub(super) struct RowJudge<'a> {
    rules: &'a Rules,
    charset: ColumnCharset,
    /// The field of each position of the sheet.
    fields: Vec<Option<FieldKind>>,
    names: Vec<usize>,
    hard: Vec<(usize, Hard)>,
    soft: Vec<usize>,
    serial: Option<usize>,
    /// Folded header cells of each position.
    headings: Vec<Vec<String>>,
}

/// Fields whose form alone tells a child's row from a layout row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hard {
    Birth,
    Number,
    Code,
}

impl<'a> RowJudge<'a> {
    /// `fields` by position; `headings` are the header cells of each position.
    pub(super) fn new(
        fields: Vec<Option<FieldKind>>,
        headings: &[Vec<String>],
        charset: ColumnCharset,
        rules: &'a Rules,
    ) -> Self {
        use FieldKind::{
            BirthDate, BirthDateFemale, BirthDateMale, BirthPlace, BirthYear, ChildCode, Ethnicity,
            FatherBirth, FatherId, FatherName, FullName, Gender, GenderFemale, GenderMale, GivenName,
            GuardianId, GuardianName, HomeTown, MiddleName, MotherBirth, MotherId, MotherName, Nationality,
            ParentNames, PersonalId, Phone, RegistrationPlace, Relationship, SerialNumber, Surname,
            SurnameMiddle,
        };
        let positions = |wanted: &[FieldKind]| -> Vec<usize> {
            let wants = |field: &Option<FieldKind>| field.is_some_and(|field| wanted.contains(&field));
            (0..fields.len()).filter(|position| wants(&fields[*position])).collect()
        };
        let hard_kinds: [(&[FieldKind], Hard); 3] = [
            (&[BirthDate, BirthYear, BirthDateMale, BirthDateFemale], Hard::Birth),
            (&[PersonalId, FatherId, MotherId, GuardianId], Hard::Number),
            (&[ChildCode], Hard::Code),
        ];
        let hard = hard_kinds
            .iter()
            .flat_map(|(kinds, form)| positions(kinds).into_iter().map(|position| (position, *form)))
            .collect();
        let soft = positions(&[
            FatherName,
            MotherName,
            GuardianName,
            ParentNames,
            Gender,
            GenderMale,
            GenderFemale,
            Ethnicity,
            Nationality,
            Relationship,
            BirthPlace,
            RegistrationPlace,
            HomeTown,
            Phone,
            FatherBirth,
            MotherBirth,
        ]);
        let folded = headings
            .iter()
            .map(|parts| parts.iter().map(|part| rules.columns.headings.words(part).concat()).collect())
            .collect();
        Self {
            rules,
            charset,
            names: positions(&[FullName, Surname, SurnameMiddle, MiddleName, GivenName]),
            hard,
            soft,
            serial: positions(&[SerialNumber]).first().copied(),
            headings: folded,
            fields,
        }
    }

    /// Judges a row that is not blank.
    pub(super) fn judge(&self, row: &SheetRow) -> RowClass {
        let cell = |position: usize| row.cells.get(position).unwrap_or(&RawCell::Empty);
        let name = self.names.iter().copied().find(|position| letters(cell(*position)) >= 2);
        let hard = self.hard.iter().any(|(position, form)| is_hard(cell(*position), *form));
        if hard && (name.is_none() || !self.may_be_subtotal(row)) {
            return RowClass::Data;
        }
        let filled: Vec<usize> =
            (0..row.cells.len()).filter(|position| !row.cells[*position].is_blank()).collect();
        if self.is_numbering(row, &filled) {
            return RowClass::Layout(LayoutKind::Numbering);
        }
        if self.is_header(row, &filled) {
            return RowClass::Layout(LayoutKind::Header);
        }
        let soft = |besides: Option<usize>| {
            self.soft.iter().any(|position| Some(*position) != besides && is_soft(cell(*position)))
        };
        // The first cell that says something: a roman number before it does not.
        let says = |position: &usize| letters(cell(*position)) >= 2 && !is_count(cell(*position));
        let lead = filled.iter().copied().find(says);
        if let Some(lead) = lead {
            let text = self.readable(cell(lead));
            let folded = LayoutText::new(without_bullet(&text));
            if !soft(Some(lead)) && self.is_subtotal(&folded) {
                return RowClass::Layout(LayoutKind::Subtotal);
            }
            let alone = filled.iter().all(|position| *position == lead || is_count(cell(*position)));
            if let Some(group) = alone.then(|| self.group(&text, &folded)).flatten() {
                return RowClass::Group(group);
            }
        }
        if hard {
            return RowClass::Data;
        }
        let named = name.filter(|position| cell(*position).display().chars().count() <= 120);
        let serial = self.serial.is_some_and(|position| is_running_number(cell(position)));
        if named.is_some() && serial {
            return RowClass::Data;
        }
        if let Some(class) = self.block_line(row, &filled) {
            return class;
        }
        match (named, soft(None)) {
            (Some(_), true) => RowClass::Likely,
            (Some(_), false) | (None, true) => RowClass::Weak,
            (None, false) => RowClass::Nothing,
        }
    }

    fn readable(&self, cell: &RawCell) -> String {
        match cell {
            RawCell::Text(text) if text.is_ascii() => text.to_string(),
            RawCell::Text(text) if text.len() <= 1000 => {
                repair(text, self.charset, &self.rules.text).text.to_string()
            }
            other => other.display().chars().take(300).collect(),
        }
    }

    /// A row whose only sign of a child is a bare number may be "Cộng … 1950": look closer.
    fn may_be_subtotal(&self, row: &SheetRow) -> bool {
        let cell = |position: usize| row.cells.get(position).unwrap_or(&RawCell::Empty);
        let only_bare_numbers =
            self.hard.iter().filter(|(position, form)| is_hard(cell(*position), *form)).all(
                |(position, form)| *form == Hard::Birth && matches!(cell(*position), RawCell::Number(_)),
            );
        only_bare_numbers && !self.serial.is_some_and(|position| is_running_number(cell(position)))
    }

    fn is_subtotal(&self, text: &LayoutText) -> bool {
        let layout = &self.rules.columns.layout;
        let stands_alone = |rest: &str| {
            let mut letters = rest.chars();
            letters.next().is_none_or(|letter| letter.is_ascii_digit())
        };
        layout.subtotal_starts.after_start(text).is_some()
            || layout.subtotal_whole.after_start(text).is_some_and(stands_alone)
    }

    fn group(&self, text: &str, folded: &LayoutText) -> Option<Arc<str>> {
        let layout = &self.rules.columns.layout;
        if text.chars().count() > layout.group_longest {
            return None;
        }
        let rest = layout.group.after_start(folded)?;
        let numbered = rest.split(' ').take(2).any(is_group_number);
        let doubtful = !folded.has_marks() && layout.group_need_number.after_start(folded).is_some();
        (!rest.is_empty() && (numbered || !doubtful)).then(|| Arc::from(group_name(without_bullet(text))))
    }

    /// Lines of title and signature blocks. A note beside a name is none, so the note column and
    /// unknown columns do not count where there is a name.
    fn block_line(&self, row: &SheetRow, filled: &[usize]) -> Option<RowClass> {
        let layout = &self.rules.columns.layout;
        let named = self.names.iter().any(|position| filled.contains(position));
        for position in filled {
            let field = self.fields.get(*position).copied().flatten();
            if field == Some(FieldKind::Note)
                || (named && field.is_none())
                || letters(&row.cells[*position]) < 2
            {
                continue;
            }
            let text = LayoutText::new(&self.readable(&row.cells[*position]));
            if layout.title.inside(&text) {
                return Some(RowClass::Title);
            }
            let starts = layout.footer_starts.after_start(&text).is_some();
            if starts || layout.footer_contains.inside(&text) || is_date_line(&text.plain) {
                return Some(RowClass::Footer);
            }
        }
        None
    }

    /// `A B 1 2 3`, `(1) (2) (3)`, `(5)=(3)+(4)`: short marks, the numbers among them rising by one.
    fn is_numbering(&self, row: &SheetRow, filled: &[usize]) -> bool {
        if filled.len() < 2 {
            return false;
        }
        let mut numbers = Vec::new();
        for position in filled {
            let text = row.cells[*position].display();
            let text = text.trim().trim_matches(['(', ')', '[', ']', '.', '<', '>']);
            match text.parse::<u16>() {
                Ok(number) => numbers.push(number),
                Err(_) if text.len() == 1 && text.bytes().all(|byte| byte.is_ascii_alphabetic()) => {}
                Err(_) if is_sum(text) => {}
                Err(_) => return false,
            }
        }
        let rising = numbers.windows(2).filter(|pair| pair[0].checked_add(1) == Some(pair[1])).count();
        filled.len() >= 3 && numbers.len() >= 2 && rising * 4 >= (numbers.len() - 1) * 3
            || (filled.len() == 2 && numbers == [1, 2])
    }

    /// The header once more (page breaks), or another header.
    fn is_header(&self, row: &SheetRow, filled: &[usize]) -> bool {
        if filled.is_empty() {
            return false;
        }
        let mut same = 0;
        let mut known = 0;
        for position in filled {
            let RawCell::Text(text) = &row.cells[*position] else { return false };
            if text.len() > 240 {
                return false;
            }
            let text = if text.is_ascii() { text.to_string() } else { self.readable(&row.cells[*position]) };
            let squeezed = self.rules.columns.headings.words(&text).concat();
            if self.headings.get(*position).is_some_and(|parts| parts.contains(&squeezed)) {
                same += 1;
            } else if filled.len() >= 4 && heading::is_known(&text, &self.rules.columns) {
                known += 1;
            }
        }
        (same * 5 >= filled.len() * 3 && (same >= 2 || filled.len() == 1))
            || (known + same >= 4 && (known + same) * 3 >= filled.len() * 2)
    }
}

fn letters(cell: &RawCell) -> usize {
    match cell {
        RawCell::Text(text) => text.chars().filter(|letter| letter.is_alphabetic()).take(2).count(),
        _ => 0,
    }
}

fn digits(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

fn is_hard(cell: &RawCell, form: Hard) -> bool {
    match (form, cell) {
        (Hard::Birth, RawCell::Date(_)) => true,
        (Hard::Birth, RawCell::Number(number)) => {
            (1900.0..2200.0).contains(number) || (15_000.0..80_000.0).contains(number)
        }
        (Hard::Birth, RawCell::Text(text)) => text.len() < 100 && digits(text) >= 4,
        (Hard::Number, RawCell::Number(number)) => *number >= 100_000.0,
        (Hard::Number, RawCell::Text(text)) => digits(text) >= 6,
        (Hard::Code, RawCell::Number(number)) => *number >= 1000.0,
        // One word: "Tổ dân phố 12" in the column of codes is a heading.
        (Hard::Code, RawCell::Text(text)) => digits(text) >= 3 && !text.trim().contains(char::is_whitespace),
        _ => false,
    }
}

fn is_soft(cell: &RawCell) -> bool {
    match cell {
        RawCell::Text(text) => text.chars().any(char::is_alphabetic) || digits(text) >= 4,
        RawCell::Number(number) => *number >= 1900.0,
        RawCell::Date(_) => true,
        _ => false,
    }
}

fn is_running_number(cell: &RawCell) -> bool {
    match cell {
        RawCell::Number(number) => number.fract() == 0.0 && *number > 0.0,
        RawCell::Text(text) => {
            let text = text.trim().trim_end_matches('.');
            !text.is_empty() && text.len() <= 7 && text.bytes().all(|byte| byte.is_ascii_digit())
        }
        _ => false,
    }
}

/// What may stand beside a thôn/TDP heading: its roman number, its count of children.
fn is_count(cell: &RawCell) -> bool {
    match cell {
        RawCell::Number(_) => true,
        RawCell::Text(text) => {
            let text = text.trim().trim_matches(['(', ')', '.', '/', '-', ':']);
            // "VI" is six, "Vi Văn An" a child.
            let roman = text.bytes().all(|byte| matches!(byte, b'I' | b'V' | b'X'));
            let number = text.as_bytes().first().is_some_and(u8::is_ascii_digit);
            !text.is_empty() && (roman || text.len() == 1 || (number && text.chars().count() <= 20))
        }
        _ => cell.is_blank(),
    }
}

/// A number, a roman number or a single letter.
fn is_group_number(word: &str) -> bool {
    let roman = word.bytes().all(|byte| matches!(byte, b'i' | b'v' | b'x'));
    !word.is_empty() && (word.as_bytes()[0].is_ascii_digit() || roman || word.len() == 1)
}

/// `I. Thôn 1` → `Thôn 1`, `2) Xóm Đình` → `Xóm Đình`, `- Tổ 4` → `Tổ 4`.
fn without_bullet(text: &str) -> &str {
    let text = text.trim().trim_start_matches(['-', '+', '*', '•', '#', '(']).trim_start();
    let Some((bullet, rest)) = text.split_once(['.', ')', '/', '-', ':', ' ']) else { return text };
    let is_bullet = !bullet.is_empty() && bullet.len() <= 5 && is_group_number(&bullet.to_lowercase());
    let rest = rest.trim_start_matches(['.', ')', '/', '-', ':', ' ']);
    if is_bullet && !rest.is_empty() { rest } else { text }
}

/// `Thôn 1 (25 trẻ)`, `Thôn 1: 25 trẻ` → `Thôn 1`.
fn group_name(text: &str) -> &str {
    let cut = text.rfind(['(', ':']).filter(|at| {
        let rest = crate::text::fold::plain(&text[*at..]);
        let counts = ["tong", "cong", "so", "co"].iter().any(|word| rest.split(' ').next() == Some(word));
        rest.is_empty()
            || rest.as_bytes()[0].is_ascii_digit() && rest.contains(' ')
            || counts && digits(&rest) > 0
    });
    text[..cut.unwrap_or(text.len())].trim_end_matches([' ', ':', '-', ',', '.'])
}

fn is_sum(text: &str) -> bool {
    text.len() <= 30
        && text.contains(['=', '+'])
        && text.bytes().all(|byte| byte.is_ascii_digit() || b"()=+- /:".contains(&byte))
}

/// `văn yên ngày 28 tháng 6 năm 2023`, dots for the numbers included.
fn is_date_line(plain: &str) -> bool {
    let words: Vec<&str> = plain.split(' ').collect();
    let at = |word: &str| words.iter().position(|have| *have == word);
    match (at("ngay"), at("thang"), words.iter().rposition(|have| *have == "nam")) {
        (Some(day), Some(month), Some(year)) => {
            day < month && month < year && year - day <= 6 && words.len() <= 20
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bullets_and_counts_are_not_part_of_a_name() {
        for (text, name) in [
            ("I. Thôn 1", "Thôn 1"),
            ("1) Xóm Đình: 25 trẻ", "Xóm Đình"),
            ("Thôn: Đông Hà", "Thôn: Đông Hà"),
            ("Tổ dân phố 4 (12 cháu)", "Tổ dân phố 4"),
            ("TDP 5", "TDP 5"),
            ("II - Bản Nà Lốc", "Bản Nà Lốc"),
            ("Thôn 2:", "Thôn 2"),
        ] {
            assert_eq!(group_name(without_bullet(text)), name);
        }
    }

    #[test]
    fn date_lines() {
        assert!(is_date_line("van yen ngay 28 thang 6 nam 2023"));
        assert!(is_date_line("ngay thang nam 2023"));
        assert!(!is_date_line("ngay thang nam sinh cua chau la gi thi khong ai biet ca nam"));
    }
}
