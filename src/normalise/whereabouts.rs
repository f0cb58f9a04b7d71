//! Where a row lives: thôn/TDP, address, commune, district, province, out of their columns, out of
//! the address, out of the group heading above the row, out of the list's title.

use std::sync::Arc;

use super::{
    address::{Address, NamedUnit, read_address},
    hamlet,
    memory::Memory,
    place::{NamedPlace, PlaceFault, PlaceReading, read_place},
    row::RowReader,
};
use crate::{
    record::{Change, Changes, Field, FieldKind, Finding, FindingCode, Place, RawRow, Record, Shared, Text},
    rules::PlaceLevel,
    text::{fold, repair::repair},
};

/// The columns of the units.
const UNITS: [(FieldKind, PlaceLevel); 3] = [
    (FieldKind::Commune, PlaceLevel::Commune),
    (FieldKind::District, PlaceLevel::District),
    (FieldKind::Province, PlaceLevel::Province),
];

/// What the cell of one level of units says; no name where it says that there is none.
pub(super) struct UnitColumn {
    changes: Changes,
    named: Option<NamedPlace>,
}

/// What the cell of the thôn/TDP says, with the units above it that it names as well.
#[derive(Clone)]
pub(super) struct HamletReading {
    field: Shared<Field<Text>>,
    above: NamedPlace,
    findings: Vec<Finding>,
}

/// What the cells of commune, district and province say together.
#[derive(Clone)]
pub(super) struct UnitsReading {
    field: Shared<Field<Place>>,
    findings: Vec<Finding>,
}

impl RowReader<'_> {
    pub(super) fn read_whereabouts(&mut self, row: &RawRow, record: &mut Record) {
        let mut from_address = Address::default();
        if let Some((raw, repaired)) = self.repaired(row, FieldKind::Address) {
            from_address = self.read_unit_cell(&repaired.text);
            record.address = Field::usable(raw, repaired.text, repaired.changes);
        }
        // An address that names no unit leaves the other columns to themselves, and those repeat.
        let alone = from_address.names_no_unit();
        let above = if alone {
            self.remembered_hamlet(row, record)
        } else {
            self.read_hamlet(row, record, &from_address)
        };
        if alone && above.is_empty() {
            self.remembered_units(row, record);
        } else {
            self.read_units(row, record, from_address, above);
        }
        self.alike.texts.share(&mut record.hamlet);
        self.alike.places.share(&mut record.place);
    }

    fn remembered_hamlet(&mut self, row: &RawRow, record: &mut Record) -> NamedPlace {
        let key = self.cells_key(row, row.group.as_deref(), &[FieldKind::Hamlet]);
        let read = match self.hamlets.get(key.as_str()) {
            Some(known) => known.clone(),
            None => {
                let mut alone = Record::at(record.origin);
                let above = self.read_hamlet(row, &mut alone, &Address::default());
                let read = HamletReading { field: alone.hamlet, above, findings: alone.findings };
                self.hamlets.keep(&key, &read);
                read
            }
        };
        record.hamlet = read.field;
        read.findings.into_iter().for_each(|finding| record.add_finding(finding));
        read.above
    }

    fn remembered_units(&mut self, row: &RawRow, record: &mut Record) {
        let key = self.cells_key(row, None, &UNITS.map(|(kind, _)| kind));
        let read = match self.unit_sets.get(key.as_str()) {
            Some(known) => known.clone(),
            None => {
                let mut alone = Record::at(record.origin);
                self.read_units(row, &mut alone, Address::default(), NamedPlace::default());
                let read = UnitsReading { field: alone.place, findings: alone.findings };
                self.unit_sets.keep(&key, &read);
                read
            }
        };
        record.place = read.field;
        read.findings.into_iter().for_each(|finding| record.add_finding(finding));
    }

    /// The cells of some columns as one text, different for different cells.
    fn cells_key(&self, row: &RawRow, heading: Option<&str>, kinds: &[FieldKind]) -> String {
        let mut key = heading.unwrap_or_default().to_owned();
        for kind in kinds {
            key.push('\u{1e}');
            if let Some((text, joined)) = self.columns.text(row, *kind, "\u{1d}") {
                key.push_str(&text);
                key.push(if joined { '2' } else { '1' });
            }
        }
        key
    }

    /// Reads the thôn/TDP; gives the units above it that its cell names as well.
    fn read_hamlet(&mut self, row: &RawRow, record: &mut Record, from_address: &Address) -> NamedPlace {
        let mut above = NamedPlace::default();
        if let Some((raw, repaired)) = self.repaired(row, FieldKind::Hamlet) {
            if self.rules.fields.is_nothing(&fold::plain(&repaired.text)) {
                record.hamlet = Field::unusable(raw).into();
                record.add_finding(Finding::new(FindingCode::HamletMissing, FieldKind::Hamlet));
            } else {
                let read = self.read_unit_cell(&repaired.text);
                let official = read.hamlet.unwrap_or_else(|| match read.street.first() {
                    Some(name) => hamlet::official_name(name),
                    None => hamlet::official_name(&repaired.text),
                });
                above =
                    NamedPlace { commune: read.commune, district: read.district, province: read.province };
                record.hamlet = official_field(raw, official, repaired.changes).into();
                return above;
            }
        }
        let heading = row.group.as_deref().and_then(|group| self.read_heading(group));
        record.hamlet = match (&from_address.hamlet, heading) {
            (Some(named), Some((group, official, changes)))
                if hamlet::is_short_for(named, &official, &self.rules.fields) =>
            {
                Field::usable(group, official, changes).into()
            }
            (Some(named), _) => {
                let changes = [Change::FromAddress].into_iter().collect();
                Field::usable(record.address.raw.clone(), named.clone(), changes).into()
            }
            (None, Some((group, official, changes))) => Field::usable(group, official, changes).into(),
            (None, None) => std::mem::take(&mut record.hamlet),
        };
        if record.hamlet.value.is_some() {
            let missing = Finding::new(FindingCode::HamletMissing, FieldKind::Hamlet);
            record.findings.retain(|finding| *finding != missing);
        }
        above
    }

    /// The official name of the group heading above a row, with what was done to it.
    fn read_heading<'g>(&self, group: &'g str) -> Option<(&'g str, String, Changes)> {
        let charset = self.columns.charset(FieldKind::FullName);
        let repaired = repair(group, charset, &self.rules.text);
        let name = hamlet::heading_name(&repaired.text);
        let official = read_address(name, self.rules).hamlet;
        let official = official.unwrap_or_else(|| hamlet::official_name(name));
        let mut changes = repaired.changes;
        changes.insert(Change::Inherited);
        (!official.is_empty()).then_some((group, official, changes))
    }

    /// Reads commune, district and province.
    fn read_units(&mut self, row: &RawRow, record: &mut Record, address: Address, from_hamlet: NamedPlace) {
        let mut raw = String::new();
        let mut changes = Changes::NONE;
        let mut named = NamedPlace::default();
        for (kind, level) in UNITS {
            let Some((text, read)) = self.read_unit_column(row, kind, level) else { continue };
            let Some(unit) = &read.named else { continue };
            if !raw.is_empty() {
                raw.push_str(", ");
            }
            raw.push_str(&text);
            changes.extend(read.changes);
            named = named.or(unit);
        }
        if named.commune.is_none() && (from_hamlet.commune.is_some() || address.commune.is_some()) {
            if raw.is_empty() {
                raw = record.address.raw.to_string();
            }
            changes.insert(Change::FromAddress);
            let from_address = NamedPlace {
                commune: address.commune,
                district: address.district,
                province: address.province,
            };
            named = named.or(&from_hamlet.or(&from_address));
        } else if named.commune.is_none() && self.columns.title.commune.is_some() {
            changes.insert(Change::Inherited);
            named = named.or(&self.columns.title);
        } else {
            // A commune column alone: the title says which of several of that name.
            let title = &self.columns.title;
            let title = NamedPlace { commune: None, ..title.clone() };
            if named.district.is_none() && named.province.is_none() {
                named = named.or(&title);
            }
        }
        if named.is_empty() {
            return;
        }
        let reading = self.look_up(&named);
        let fault = reading.fault.clone();
        changes.extend(reading.changes);
        record.place = match reading.place {
            Some(place) => Field::usable(raw, place, changes),
            None => Field::unusable(raw),
        }
        .into();
        if let Some(fault) = fault {
            let (code, detail) = match fault {
                PlaceFault::Unknown(detail) => (FindingCode::PlaceUnknown, detail),
                PlaceFault::Ambiguous(detail) => (FindingCode::PlaceAmbiguous, detail),
                PlaceFault::Split(detail) => (FindingCode::PlaceSplit, detail),
                PlaceFault::Abolished(detail) => (FindingCode::PlaceAbolished, detail),
            };
            record.add_finding(Finding::with_detail(code, FieldKind::Commune, detail));
        }
    }

    /// A unit column may hold a name, a code, a kind and a name, or a whole chain ("xã X, huyện Y").
    fn unit_of_column(&mut self, text: &str, level: PlaceLevel) -> NamedPlace {
        let read = self.read_unit_cell(text);
        let bare = || read.street.last().map(|name| NamedUnit::bare(name));
        match level {
            PlaceLevel::Commune => NamedPlace {
                commune: read.commune.clone().or_else(bare),
                district: read.district,
                province: read.province,
            },
            // "Thành phố Huế" may be either; the column says which.
            PlaceLevel::District if read.district.is_none() => NamedPlace {
                district: read.province.clone().or_else(bare).or(read.commune.clone()),
                ..NamedPlace::default()
            },
            PlaceLevel::District => {
                NamedPlace { district: read.district, province: read.province, commune: None }
            }
            _ => NamedPlace {
                province: read.province.clone().or(read.district.clone()).or_else(bare),
                ..NamedPlace::default()
            },
        }
    }

    /// Reads a cell that names units, from memory where it has been read before.
    fn read_unit_cell(&mut self, text: &str) -> Address {
        if let Some(known) = self.units.get(text) {
            return known.clone();
        }
        let read = read_address(text, self.rules);
        self.units.keep(text, &read);
        read
    }

    /// Reads the columns of one level of units: what stands there, and what it means.
    fn read_unit_column(
        &mut self,
        row: &RawRow,
        kind: FieldKind,
        level: PlaceLevel,
    ) -> Option<(Text, Arc<UnitColumn>)> {
        let (text, joined) = self.columns.text(row, kind, " ")?;
        let key = kind as usize * 2 + usize::from(joined);
        if self.unit_columns.len() <= key {
            self.unit_columns.resize_with(key + 1, Memory::default);
        }
        if let Some(known) = self.unit_columns[key].get(&text) {
            return Some((text, Arc::clone(known)));
        }
        let (_, repaired) = self.repaired(row, kind)?;
        let nothing = self.rules.fields.is_nothing(&fold::plain(&repaired.text));
        let named = (!nothing).then(|| self.unit_of_column(&repaired.text, level));
        let read = Arc::new(UnitColumn { changes: repaired.changes, named });
        self.unit_columns[key].keep(&text, &read);
        Some((text, read))
    }

    fn look_up(&mut self, named: &NamedPlace) -> PlaceReading {
        let part = |unit: &Option<NamedUnit>| unit.as_ref().map(NamedUnit::full).unwrap_or_default();
        let key = [part(&named.commune), part(&named.district), part(&named.province)].join("\n");
        if let Some(known) = self.places.get(&key) {
            return known.clone();
        }
        let reading = read_place(named, self.columns.default_era, &self.rules.places);
        self.places.keep(&key, &reading);
        reading
    }
}

fn official_field(raw: Text, official: String, mut changes: Changes) -> Field<Text> {
    if *official != *raw && changes.is_empty() {
        changes.insert(Change::Alias);
    }
    Field::usable(raw, official, changes)
}
