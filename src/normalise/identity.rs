//! Who a row is: name, birth date, gender, ethnicity, number, and the same of its parents.

use super::{
    date::{DateContext, DateOwner, DateReading, read_date},
    ethnicity::read_ethnicity,
    gender::{GenderReading, read_gender, read_gender_columns},
    name::{NameReading, read_name, read_parent_name},
    parents::{split_number, split_parents},
    personal_id::{Bearer, IdFault, read_personal_id},
    row::RowReader,
};
use crate::{
    record::{
        Change, Field, FieldKind, Finding, FindingCode, Gender, PartialDate, PersonName, PersonalId, RawCell,
        RawRow, Record, Text,
    },
    text::repair::ColumnCharset,
};

/// The columns of a name in parts, in the order in which the parts are written.
const NAME_PARTS: [FieldKind; 4] =
    [FieldKind::Surname, FieldKind::SurnameMiddle, FieldKind::MiddleName, FieldKind::GivenName];

/// Name, number and birth columns of the three persons beside the child.
const PARENTS: [[Option<FieldKind>; 3]; 3] = [
    [Some(FieldKind::FatherName), Some(FieldKind::FatherId), Some(FieldKind::FatherBirth)],
    [Some(FieldKind::MotherName), Some(FieldKind::MotherId), Some(FieldKind::MotherBirth)],
    [Some(FieldKind::GuardianName), Some(FieldKind::GuardianId), None],
];

impl RowReader<'_> {
    pub(super) fn read_identity(&mut self, row: &RawRow, record: &mut Record) {
        let hints = self.read_own_name(row, record);
        let by_column = self.read_birth(row, record);
        self.read_own_gender(row, record, by_column, hints.gender);
        self.read_own_ethnicity(row, record);
        self.read_own_number(row, record);
        self.read_parents(row, record);
        if record.mother.name.is_missing()
            && let Some(mother) = hints.mother
        {
            record.mother.name =
                Field::usable(record.name.raw.clone(), mother, [Change::TitleRemoved].into_iter().collect());
        }
    }

    fn read_own_name(&mut self, row: &RawRow, record: &mut Record) -> NameHints {
        let kind = FieldKind::FullName;
        let (raw, mut joined, charset) = match self.columns.text(row, kind, " ") {
            Some((raw, joined)) => (raw, joined, self.columns.charset(kind)),
            None => self.join_name_parts(row),
        };
        joined &= !raw.is_empty();
        record.other_name = self.text_field(row, FieldKind::OtherName).into();
        if raw.trim().is_empty() {
            return NameHints::default();
        }
        let usual = self.usual_words.read(&raw, charset, self.rules);
        let mut reading = usual.unwrap_or_else(|| read_name(&raw, charset, self.rules));
        if joined {
            reading.changes.insert(Change::Joined);
        }
        record.unnamed = reading.unnamed;
        if reading.unnamed {
            record.add_finding(Finding::new(FindingCode::NameUnnamed, kind));
        }
        add_name_findings(&reading, kind, record);
        if reading.name.as_ref().is_some_and(|name| name.word_count() == 1) {
            record.add_finding(Finding::new(FindingCode::NameSingleWord, kind));
        }
        if record.other_name.is_missing()
            && let Some(nickname) = reading.nickname.take()
        {
            let changes = [Change::BracketRemoved].into_iter().collect();
            record.other_name = Field::usable(raw.as_str(), nickname, changes).into();
        }
        let hints = NameHints { gender: reading.gender_hint, mother: reading.mother_hint.take() };
        record.name = Field::read(raw, reading.name, reading.changes);
        hints
    }

    fn join_name_parts(&self, row: &RawRow) -> (Text, bool, ColumnCharset) {
        let mut raw = String::new();
        let mut parts = 0;
        let mut charset = None;
        for kind in NAME_PARTS {
            if let Some((text, _)) = self.columns.text(row, kind, " ") {
                if parts > 0 {
                    raw.push(' ');
                }
                raw.push_str(&text);
                parts += 1;
                charset.get_or_insert(self.columns.charset(kind));
            }
        }
        (raw.into(), parts > 1, charset.unwrap_or_default())
    }

    fn date_context(&self, kind: FieldKind, owner: DateOwner) -> DateContext {
        DateContext { as_of: self.context.as_of, column: self.columns.date_order(kind), owner }
    }

    /// Reads the birth date; gives the gender whose column it stood in, where the list has one for
    /// boys and one for girls.
    fn read_birth(&self, row: &RawRow, record: &mut Record) -> Option<Gender> {
        let (reading, gender) = self.find_birth(row)?;
        let found = |code| Finding::new(code, FieldKind::BirthDate);
        if reading.unknown {
            record.add_finding(found(FindingCode::BirthMissing));
        } else if reading.field.is_unusable() {
            record.add_finding(found(FindingCode::BirthMalformed));
        }
        if reading.field.get().is_some_and(|date| date.day().is_none()) {
            record.add_finding(found(FindingCode::BirthIncomplete));
        }
        if reading.default_day {
            record.add_finding(found(FindingCode::BirthDefaultDay));
        }
        if reading.month_first {
            record.add_finding(found(FindingCode::BirthMonthFirst));
        }
        record.birth = reading.field;
        gender
    }

    fn find_birth(&self, row: &RawRow) -> Option<(DateReading, Option<Gender>)> {
        let read = |cell: &RawCell, kind| {
            read_date(cell, &self.date_context(kind, DateOwner::Child), &self.rules.dates)
        };
        let sides = [(FieldKind::BirthDateMale, Gender::Male), (FieldKind::BirthDateFemale, Gender::Female)];
        let whole = self.columns.cell(row, FieldKind::BirthDate).map(|cell| read(cell, FieldKind::BirthDate));
        if whole.as_ref().is_some_and(|reading| reading.field.value.is_some()) {
            return whole.map(|reading| (reading, None));
        }
        if let Some(reading) = self.join_birth_parts(row)
            && (whole.is_none() || reading.field.value.is_some())
        {
            return Some((reading, None));
        }
        let cells = sides.map(|(kind, gender)| (self.columns.cell(row, kind), kind, gender));
        match cells {
            [(Some(male), ..), (Some(female), ..)] => {
                let raw = format!("{} | {}", male.display(), female.display());
                let mut reading = read(&RawCell::Empty, FieldKind::BirthDateMale);
                reading.field = Field::unusable(raw);
                Some((reading, None))
            }
            [(Some(cell), kind, gender), _] | [_, (Some(cell), kind, gender)] => {
                Some((read(cell, kind), Some(gender)))
            }
            _ => whole.map(|reading| (reading, None)),
        }
    }

    /// Day, month and year from columns of their own; a "birth date" column may hold day and month
    /// beside a column for the year.
    fn join_birth_parts(&self, row: &RawRow) -> Option<DateReading> {
        let text = |kind| self.columns.text(row, kind, " ").map(|(text, _)| text.trim().to_owned());
        let (day, month, year) =
            (text(FieldKind::BirthDay), text(FieldKind::BirthMonth), text(FieldKind::BirthYear));
        let context = self.date_context(FieldKind::BirthDate, DateOwner::Child);
        let read = |text: &str| {
            let mut reading = read_date(&RawCell::text(text), &context, &self.rules.dates);
            if reading.field.value.is_some() {
                reading.field.changes.insert(Change::Joined);
            }
            reading
        };
        match (day, month, year) {
            (None, None, None) => None,
            (None, None, Some(year)) => match text(FieldKind::BirthDate) {
                Some(day_and_month) => Some(read(&format!("{day_and_month}/{year}"))),
                None => Some(read_date(&RawCell::text(&year), &context, &self.rules.dates)),
            },
            // A whole date in the column for the day.
            (Some(day), None, None) => Some(read_date(&RawCell::text(&day), &context, &self.rules.dates)),
            (day, month, year) => {
                let part = |part: Option<String>| part.unwrap_or_else(|| "?".to_owned());
                Some(read(&format!("{}/{}/{}", part(day), part(month), part(year))))
            }
        }
    }

    fn read_own_gender(
        &mut self,
        row: &RawRow,
        record: &mut Record,
        by_column: Option<Gender>,
        hint: Option<Gender>,
    ) {
        let rules = self.rules;
        let rules = &rules.fields;
        let (male, female) = (FieldKind::GenderMale, FieldKind::GenderFemale);
        let reading = if let Some(cell) = self.columns.cell(row, FieldKind::Gender) {
            self.read_gender_cell(row, cell)
        } else if self.columns.has(male) || self.columns.has(female) {
            let cell = |kind| {
                self.columns.has(kind).then(|| self.columns.cell(row, kind).unwrap_or(&RawCell::Empty))
            };
            read_gender_columns(cell(male), cell(female), rules)
        } else {
            GenderReading { field: Field::default(), unknown: false }
        };
        if reading.field.is_unusable() {
            let code =
                if reading.unknown { FindingCode::GenderMissing } else { FindingCode::GenderMalformed };
            record.add_finding(Finding::new(code, FieldKind::Gender));
        }
        let mut field = reading.field;
        if field.is_missing()
            && let Some(gender) = by_column.or(hint)
        {
            let raw = if by_column.is_some() { "" } else { &*record.name.raw };
            field = Field::usable(raw, gender, [Change::Alias].into_iter().collect());
        }
        record.gender = self.alike.genders.one(field);
    }

    /// Reads a gender cell as it is, and decoded where it means nothing (`N÷` is Nữ in TCVN3).
    fn read_gender_cell(&mut self, row: &RawRow, cell: &RawCell) -> GenderReading {
        let rules = self.rules;
        let rules = &rules.fields;
        let reading = read_gender(cell, rules);
        if reading.unknown || !reading.field.is_unusable() {
            return reading;
        }
        let Some((_, repaired)) = self.repaired(row, FieldKind::Gender) else { return reading };
        let decoded = read_gender(&RawCell::text(&repaired.text), rules);
        let raw = reading.field.raw;
        match decoded.field.value {
            Some(gender) => {
                let field = Field::usable(raw, gender, repaired.changes);
                GenderReading { field, unknown: false }
            }
            None => GenderReading { field: Field::unusable(raw), unknown: decoded.unknown },
        }
    }

    fn read_own_ethnicity(&mut self, row: &RawRow, record: &mut Record) {
        let Some((raw, repaired)) = self.repaired(row, FieldKind::Ethnicity) else { return };
        let reading =
            read_ethnicity(&raw, &repaired.text, repaired.changes, &self.rules.ethnic, &self.rules.fields);
        let found = |code| Finding::new(code, FieldKind::Ethnicity);
        if reading.ambiguous {
            record.add_finding(found(FindingCode::EthnicityAmbiguous));
        } else if reading.unknown {
            record.add_finding(found(FindingCode::EthnicityMissing));
        } else if reading.field.is_unusable() {
            record.add_finding(found(FindingCode::EthnicityUnknown));
        }
        record.ethnicity = self.alike.texts.one(reading.field);
    }

    fn read_own_number(&self, row: &RawRow, record: &mut Record) {
        let bearer = Bearer::new(&record.birth, &record.gender);
        let (field, fault) = self.find_number(row, FieldKind::PersonalId, bearer);
        let found = |code| Finding::new(code, FieldKind::PersonalId);
        if let Some(fault) = fault {
            record.add_finding(found(match fault {
                IdFault::Nothing => FindingCode::IdMissing,
                IdFault::Malformed => FindingCode::IdMalformed,
                IdFault::DigitsLost => FindingCode::IdDigitsLost,
                IdFault::OldCard => FindingCode::IdOldCard,
                IdFault::PlaceUnknown => FindingCode::IdPlaceUnknown,
            }));
        }
        if field.changes.contains(Change::LeadingZero) {
            record.add_finding(found(FindingCode::IdLeadingZero));
        }
        if field.changes.contains(Change::NumberCleaned) || field.changes.contains(Change::DigitLookAlikes) {
            record.add_finding(found(FindingCode::IdRepaired));
        }
        record.personal_id = field;
    }

    /// The first usable number of a field's columns (a list may have one for the number and one for
    /// the card), else what is wrong with the first one filled.
    fn find_number(
        &self,
        row: &RawRow,
        kind: FieldKind,
        bearer: Bearer,
    ) -> (Field<PersonalId>, Option<IdFault>) {
        let mut first = None;
        for cell in self.columns.cells(row, kind) {
            let reading = read_personal_id(cell, bearer, &self.rules.personal_id, &self.rules.fields);
            if reading.field.value.is_some() {
                return (reading.field, None);
            }
            first.get_or_insert((reading.field, reading.fault));
        }
        first.unwrap_or_default()
    }

    fn read_parents(&mut self, row: &RawRow, record: &mut Record) {
        for (at, [name, id, birth]) in PARENTS.into_iter().enumerate() {
            if let Some(kind) = name
                && let Some((raw, joined)) = self.columns.text(row, kind, " ")
            {
                let (name, number) = split_number(&raw);
                let field = self.read_parent(name, joined, kind, self.columns.charset(kind), record);
                parent(record, at).name = field;
                if let Some(number) = number {
                    let rules = self.rules;
                    let cell = RawCell::text(number);
                    parent(record, at).id =
                        read_personal_id(&cell, Bearer::default(), &rules.personal_id, &rules.fields).field;
                }
            }
            if let Some(kind) = id.filter(|kind| self.columns.cell(row, *kind).is_some()) {
                let (field, fault) = self.find_number(row, kind, Bearer::default());
                // A parent may well hold an old card of nine digits.
                if fault.is_some_and(|fault| !matches!(fault, IdFault::Nothing | IdFault::OldCard)) {
                    record.add_finding(Finding::new(FindingCode::ParentIdMalformed, kind));
                }
                parent(record, at).id = field;
            }
            if let Some(kind) = birth
                && let Some(cell) = self.columns.cell(row, kind)
            {
                let context = self.date_context(kind, DateOwner::Parent);
                let reading: Field<PartialDate> = read_date(cell, &context, &self.rules.dates).field;
                parent(record, at).birth = reading.into();
            }
        }
        let kind = FieldKind::ParentNames;
        if let Some((raw, joined)) = self.columns.text(row, kind, "\n") {
            let charset = self.columns.charset(kind);
            let split = split_parents(&raw);
            // Somebody named without saying which is the child's guardian until asked.
            let sides = [
                (split.father, FieldKind::FatherName),
                (split.mother, FieldKind::MotherName),
                (split.either, FieldKind::GuardianName),
            ];
            for (at, (text, kind)) in sides.into_iter().enumerate() {
                if let Some(text) = text
                    && parent(record, at).name.is_missing()
                {
                    let field = self.read_parent(text, joined, kind, charset, record);
                    parent(record, at).name = field;
                }
            }
        }
    }

    fn read_parent(
        &mut self,
        raw: &str,
        joined: bool,
        kind: FieldKind,
        charset: ColumnCharset,
        record: &mut Record,
    ) -> Field<PersonName> {
        let mut reading = self.parent_name(raw, charset);
        if joined {
            reading.changes.insert(Change::Joined);
        }
        add_name_findings(&reading, kind, record);
        Field::read(raw, reading.name, reading.changes)
    }

    /// Reads a parent's name, from memory where it has been read before.
    fn parent_name(&mut self, raw: &str, charset: ColumnCharset) -> NameReading {
        if let Some(reading) = self.usual_words.read(raw, charset, self.rules) {
            return reading;
        }
        if let Some((_, known)) = self.parents.get(raw).filter(|(column, _)| *column == charset) {
            return known.clone();
        }
        let read = (charset, read_parent_name(raw, charset, self.rules));
        self.parents.keep(raw, &read);
        read.1
    }
}

/// What the name cell says beside the name.
#[derive(Default)]
struct NameHints {
    gender: Option<Gender>,
    mother: Option<PersonName>,
}

fn parent(record: &mut Record, at: usize) -> &mut crate::record::Parent {
    match at {
        0 => &mut record.father,
        1 => &mut record.mother,
        _ => &mut record.guardian,
    }
}

fn add_name_findings(reading: &NameReading, kind: FieldKind, record: &mut Record) {
    const DECODED: [Change; 5] = [
        Change::DecodedTcvn3,
        Change::DecodedVni,
        Change::DecodedCp1258,
        Change::DecodedUtf8,
        Change::DecodedViscii,
    ];
    let is_pattern = reading.name.as_ref().is_some_and(PersonName::is_pattern);
    for (holds, code) in [
        (reading.no_diacritics, FindingCode::NameNoDiacritics),
        (is_pattern, FindingCode::NameAbbreviated),
        (reading.mixed_scripts, FindingCode::NameMixedScripts),
        (reading.foreign_signs, FindingCode::NameForeignSigns),
        (DECODED.into_iter().any(|change| reading.changes.contains(change)), FindingCode::NameDecoded),
    ] {
        if holds {
            record.add_finding(Finding::new(code, kind));
        }
    }
    if let Some((written, likely)) = &reading.doubtful {
        let detail = format!("{written} → {likely}");
        record.add_finding(Finding::with_detail(FindingCode::NameDoubtfulWord, kind, detail));
    }
    if let Some(likely) = &reading.letters_lost {
        record.add_finding(Finding::with_detail(FindingCode::NameLettersLost, kind, likely.as_str()));
    }
}
