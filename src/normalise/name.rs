//! Stand-in for the name reader (helper "text" writes the real one).

use crate::{
    record::{Changes, Gender, NameOrder, PersonName},
    rules::Rules,
    text::repair::{ColumnCharset, repair},
};

/// What a name cell says.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct NameReading {
    /// The name in its legal spelling; `None` where the cell holds none (blank, placeholder).
    pub name: Option<PersonName>,
    /// The cell says that the child has no name yet ("Chưa đặt tên", "Con bà …").
    pub unnamed: bool,
    /// Gender stated by the placeholder ("Bé gái") or a title.
    pub gender_hint: Option<Gender>,
    /// The mother named by a placeholder ("Con bà Nguyễn Thị Hoa").
    pub mother_hint: Option<PersonName>,
    /// Nickname in brackets or after "tên ở nhà".
    pub nickname: Option<String>,
    /// Number or letter that tells namesakes apart ("Minh Anh 2").
    pub suffix: Option<String>,
    /// What was done to the text.
    pub changes: Changes,
    /// Letters were lost in an old conversion: the name as it probably was.
    pub letters_lost: Option<String>,
    /// Letters of more than one script.
    pub mixed_scripts: bool,
    /// Two words or more, none with a diacritic.
    pub no_diacritics: bool,
    /// A word that is no syllable and near to a common name, with that name.
    pub doubtful: Option<(String, String)>,
    /// Digits or signs that belong to no name remain.
    pub foreign_signs: bool,
}

/// Reads the name of a child (or of a person of the register).
pub fn read_name(raw: &str, column: ColumnCharset, rules: &Rules) -> NameReading {
    let repaired = repair(raw, column, &rules.text);
    let name = PersonName::new(repaired.text.split(' '), 1, 1, NameOrder::SurnameFirst, false);
    NameReading { name, changes: repaired.changes, ..NameReading::default() }
}

/// Reads the name of a father, mother or guardian: placeholders mean "not known", never "unnamed".
pub fn read_parent_name(raw: &str, column: ColumnCharset, rules: &Rules) -> NameReading {
    read_name(raw, column, rules)
}
