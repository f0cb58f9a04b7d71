//! One row of a sheet → one record: who it is is read in `identity`, where it lives in
//! `whereabouts`; the rest is here.

use std::sync::Arc;

use super::{
    address::Address,
    columns::Columns,
    memory::{Alike, Memory},
    name::{NameReading, UsualWords},
    phone::read_phone,
    place::PlaceReading,
    table::NormaliseContext,
    whereabouts::{HamletReading, UnitColumn, UnitsReading},
};
use crate::{
    record::{
        Change, Field, FieldKind, Finding, FindingCode, Gender, Origin, Place, RawCell, RawRow, Record,
        SourceIx, Text,
    },
    rules::Rules,
    text::{
        fold,
        repair::{ColumnCharset, Repaired, repair},
    },
};

/// Reads rows of one table; keeps what it has looked up.
pub(super) struct RowReader<'t> {
    source: SourceIx,
    pub columns: &'t Columns,
    pub context: &'t NormaliseContext,
    pub rules: &'t Rules,
    /// Places already looked up: a ward's list names few of them.
    pub places: Memory<PlaceReading>,
    /// Thôn/TDP, unit and address cells already read: a household's rows share them.
    pub units: Memory<Address>,
    /// Thôn/TDP cells and sets of unit cells already read: neighbours share them.
    pub hamlets: Memory<HamletReading>,
    pub unit_sets: Memory<UnitsReading>,
    /// Cells of single levels of units, by level.
    pub unit_columns: Vec<Memory<Arc<UnitColumn>>>,
    /// Cells of parents' names already read: siblings share them.
    pub parents: Memory<(ColumnCharset, NameReading)>,
    /// Cells already repaired, of those that are more than ASCII.
    repairs: Memory<(ColumnCharset, Repaired)>,
    /// Fields that many rows have alike.
    pub alike: AlikeFields,
    /// Words that names are made of.
    pub usual_words: UsualWords,
}

/// Fields that many rows have alike.
#[derive(Default)]
pub(super) struct AlikeFields {
    pub texts: Alike<Text>,
    pub genders: Alike<Gender>,
    pub places: Alike<Place>,
}

impl<'t> RowReader<'t> {
    pub fn new(
        source: SourceIx,
        columns: &'t Columns,
        context: &'t NormaliseContext,
        rules: &'t Rules,
    ) -> Self {
        Self {
            source,
            columns,
            context,
            rules,
            places: Memory::default(),
            units: Memory::default(),
            hamlets: Memory::default(),
            unit_sets: Memory::default(),
            unit_columns: Vec::new(),
            parents: Memory::default(),
            repairs: Memory::default(),
            alike: AlikeFields::default(),
            usual_words: UsualWords::default(),
        }
    }

    pub fn read(&mut self, row: &RawRow) -> Record {
        let mut record = Record::at(Origin { source: self.source, row: row.row });
        self.read_identity(row, &mut record);
        self.read_whereabouts(row, &mut record);
        record.child_code = self.text_field(row, FieldKind::ChildCode);
        record.household_code = self.text_field(row, FieldKind::HouseholdCode);
        let mut relationship = self.text_field(row, FieldKind::Relationship);
        relationship.value = relationship.value.map(|text| fold::plain(&text).into());
        record.relationship = relationship.into();
        record.note = self.text_field(row, FieldKind::Note).into();
        record.birth_place = self.text_field(row, FieldKind::BirthPlace).into();
        if record.birth_place.is_missing() {
            record.birth_place = self.text_field(row, FieldKind::RegistrationPlace).into();
        }
        self.read_phone(row, &mut record);
        record.extras = self.extras(row);
        record
    }

    fn read_phone(&self, row: &RawRow, record: &mut Record) {
        let Some(cell) = self.columns.cell(row, FieldKind::Phone) else { return };
        let (field, none) = read_phone(cell, &self.rules.fields);
        record.phone = field;
        if record.phone.is_unusable() && !none {
            record.add_finding(Finding::new(FindingCode::PhoneMalformed, FieldKind::Phone));
        }
    }

    /// The repaired text of a field and what stood there, columns joined.
    pub fn repaired(&mut self, row: &RawRow, kind: FieldKind) -> Option<(Text, Repaired)> {
        let separator = if matches!(kind, FieldKind::Address | FieldKind::Hamlet) { ", " } else { " " };
        let (raw, joined) = self.columns.text(row, kind, separator)?;
        let mut repaired = self.repair(&raw, self.columns.charset(kind));
        if joined {
            repaired.changes.insert(Change::Joined);
        }
        Some((raw, repaired))
    }

    /// Repairs a text, from memory where it has been repaired before.
    fn repair(&mut self, raw: &str, column: ColumnCharset) -> Repaired {
        if raw.is_ascii() {
            return repair(raw, column, &self.rules.text);
        }
        if let Some((_, known)) = self.repairs.get(raw).filter(|(charset, _)| *charset == column) {
            return known.clone();
        }
        let repaired = repair(raw, column, &self.rules.text);
        let read = (column, repaired);
        self.repairs.keep(raw, &read);
        read.1
    }

    /// A field whose meaning is its cleaned text.
    pub fn text_field(&mut self, row: &RawRow, kind: FieldKind) -> Field<Text> {
        match self.repaired(row, kind) {
            Some((raw, repaired)) if repaired.text.is_empty() => Field::unusable(raw),
            Some((raw, repaired)) => Field::usable(raw, repaired.text, repaired.changes),
            None => self
                .columns
                .cell(row, kind)
                .map_or_else(Field::default, |cell: &RawCell| Field::unusable(cell.display())),
        }
    }

    fn extras(&self, row: &RawRow) -> Box<[(u16, Text)]> {
        let cells = self.columns.extras.iter().filter_map(|ix| Some((*ix, row.cells.get(*ix)?)));
        cells
            .filter(|(_, cell)| !matches!(cell, RawCell::Empty))
            .filter_map(|(ix, cell)| Some((u16::try_from(ix).ok()?, cell.display())))
            .collect()
    }
}
