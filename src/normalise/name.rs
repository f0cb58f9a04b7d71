//! From the text of a name cell to a person's name: titles, nicknames and placeholders taken
//! apart, capitals put right, surname, middle and given name split.

use crate::{
    record::{Changes, Gender, PersonName},
    rules::Rules,
    text::repair::ColumnCharset,
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
    /// Two words or more, none with a diacritic, although at least one of them has one in nearly
    /// every list.
    pub no_diacritics: bool,
    /// A word that is no syllable and near to a common name, with that name.
    pub doubtful: Option<(String, String)>,
    /// Digits or signs that belong to no name remain.
    pub foreign_signs: bool,
}

/// Reads the name of a child (or of a person of the register).
pub fn read_name(_raw: &str, _column: ColumnCharset, _rules: &Rules) -> NameReading {
    NameReading::default()
}

/// Reads the name of a father, mother or guardian: placeholders mean "not known", never "unnamed".
pub fn read_parent_name(_raw: &str, _column: ColumnCharset, _rules: &Rules) -> NameReading {
    NameReading::default()
}
