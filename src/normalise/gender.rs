//! Gender, from one column or from the two columns Nam | Nữ.

use crate::{
    record::{Change, Changes, Field, Gender, RawCell},
    rules::FieldRules,
    text::fold,
};

/// A gender cell, read.
#[derive(Debug, Clone, PartialEq)]
pub struct GenderReading {
    /// The gender with what was done to it.
    pub field: Field<Gender>,
    /// The cell says that the gender is not known ("Chưa xác định", code 0).
    pub unknown: bool,
}

/// Reads the cell of a single gender column: words, letters, codes of QCVN 109:2017.
pub fn read_gender(cell: &RawCell, rules: &FieldRules) -> GenderReading {
    let raw = cell.display();
    let meaning = rules.gender(&fold::plain(&raw));
    let Some(Some(gender)) = meaning else {
        let unknown = meaning.is_some() || raw.trim().chars().all(|sign| !sign.is_alphanumeric());
        return GenderReading { field: Field::unusable(raw), unknown };
    };
    let mut changes = Changes::NONE;
    if raw != gender.vietnamese() {
        let is_code = raw.trim().bytes().all(|byte| byte.is_ascii_digit());
        changes.insert(if is_code { Change::CodeToName } else { Change::Alias });
    }
    GenderReading { field: Field::usable(raw, gender, changes), unknown: false }
}

/// Reads the two cells of a list with the columns Nam | Nữ; `None` for a column it does not have.
/// Both marked, or a cell that is no mark: unusable.
pub fn read_gender_columns(
    male: Option<&RawCell>,
    female: Option<&RawCell>,
    rules: &FieldRules,
) -> GenderReading {
    let sides = [(Gender::Male, male), (Gender::Female, female)];
    let mut raw = String::new();
    let mut marked = None;
    let mut faulty = false;
    for (gender, cell) in sides {
        let Some(cell) = cell.filter(|cell| !cell.is_blank()) else { continue };
        let text = cell.display();
        // A word in the wrong column speaks against itself.
        let word = rules.gender(&fold::plain(&text)).flatten().filter(|_| text.trim().len() > 1);
        let state = match word {
            Some(word) => Some(word == gender).filter(|agrees| *agrees),
            None => rules.mark(&text),
        };
        match state {
            Some(true) => {
                faulty |= marked.is_some();
                marked = Some(gender);
            }
            Some(false) => continue,
            None => faulty = true,
        }
        if !raw.is_empty() {
            raw.push_str(" | ");
        }
        raw.push_str(gender.vietnamese());
        raw.push_str(": ");
        raw.push_str(&text);
    }
    if marked.is_none() && !faulty && male.is_none() && rules.female_column_alone_means_male {
        marked = Some(Gender::Male);
    }
    match marked {
        Some(gender) if !faulty => GenderReading {
            field: Field::usable(raw, gender, [Change::Joined].into_iter().collect()),
            unknown: false,
        },
        _ => GenderReading { field: Field::unusable(raw), unknown: false },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Rules;

    #[test]
    fn two_columns_are_marked_in_many_ways() {
        let rules = Rules::built_in().unwrap().fields;
        let read = |male: &str, female: &str| {
            read_gender_columns(Some(&RawCell::text(male)), Some(&RawCell::text(female)), &rules).field
        };
        for mark in ["x", "X", "1", "✓", "v", "Nữ"] {
            assert_eq!(read("", mark).value, Some(Gender::Female), "{mark}");
        }
        assert_eq!(read("x", "0").value, Some(Gender::Male));
        assert!(read("x", "x").is_unusable());
        assert!(read("Nữ", "").is_unusable());
        assert!(read("", " ").is_missing());
        let number = read_gender_columns(Some(&RawCell::Number(1.0)), None, &rules);
        assert_eq!(number.field.value, Some(Gender::Male));
    }

    #[test]
    fn unknown_is_no_third_gender() {
        let rules = Rules::built_in().unwrap().fields;
        let read = |text: &str| read_gender(&RawCell::text(text), &rules);
        assert!(read("Chưa xác định").unknown && read("0").unknown && read("-").unknown);
        assert!(!read("??a").unknown && read("??a").field.is_unusable());
        for (text, gender) in [
            ("NỮ", Gender::Female),
            ("Nu", Gender::Female),
            ("2", Gender::Female),
            ("M", Gender::Male),
            ("Trai", Gender::Male),
            ("nam ", Gender::Male),
        ] {
            assert_eq!(read(text).field.value, Some(gender), "{text}");
        }
        assert!(read("Nam").field.changes.is_empty());
    }
}
