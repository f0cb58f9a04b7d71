//! Where a row lives: thôn/TDP, address, commune, district, province, out of their columns, out of
//! the address, out of the group heading above the row, out of the list's title.

use super::{
    address::{Address, NamedUnit, read_address},
    hamlet,
    place::{NamedPlace, PlaceFault, PlaceReading, read_place},
    row::{REMEMBERED, RowReader},
};
use crate::{
    record::{Change, Changes, Field, FieldKind, Finding, FindingCode, Origin, Place, RawRow, Record},
    rules::PlaceLevel,
    text::{fold, repair::repair},
};

/// The columns that say where a row lives.
const COLUMNS: [FieldKind; 5] =
    [FieldKind::Address, FieldKind::Hamlet, FieldKind::Commune, FieldKind::District, FieldKind::Province];

/// Where a row lives, with what a person should know of it.
#[derive(Clone)]
pub(super) struct Whereabouts {
    address: Field<String>,
    hamlet: Field<String>,
    place: Field<Place>,
    findings: Vec<Finding>,
}

impl RowReader<'_> {
    /// Reads where a row lives, from memory where its cells have been met together before.
    pub(super) fn read_whereabouts(&mut self, row: &RawRow, record: &mut Record) {
        let mut key = row.group.as_deref().unwrap_or_default().to_owned();
        for kind in COLUMNS {
            key.push('\u{1e}');
            if let Some((text, joined)) = self.columns.text(row, kind, "\u{1d}") {
                key.push_str(&text);
                key.push(if joined { '2' } else { '1' });
            }
        }
        let read = match self.whereabouts.get(key.as_str()) {
            Some(known) => known.clone(),
            None => {
                let read = self.read_whereabouts_anew(row, record.origin);
                if self.whereabouts.len() < REMEMBERED {
                    self.whereabouts.insert(key.into(), read.clone());
                }
                read
            }
        };
        (record.address, record.hamlet, record.place) = (read.address, read.hamlet, read.place);
        read.findings.into_iter().for_each(|finding| record.add_finding(finding));
    }

    fn read_whereabouts_anew(&mut self, row: &RawRow, origin: Origin) -> Whereabouts {
        let mut record = Record::at(origin);
        let mut from_address = Address::default();
        if let Some((raw, repaired)) = self.repaired(row, FieldKind::Address) {
            from_address = self.read_unit_cell(&repaired.text);
            record.address = Field::usable(raw, repaired.text, repaired.changes);
        }
        let from_hamlet = self.read_hamlet(row, &mut record, &from_address);
        self.read_units(row, &mut record, from_address, from_hamlet);
        let Record { address, hamlet, place, findings, .. } = record;
        Whereabouts { address, hamlet, place, findings }
    }

    /// Reads the thôn/TDP; gives the units above it that its cell names as well.
    fn read_hamlet(&mut self, row: &RawRow, record: &mut Record, from_address: &Address) -> NamedPlace {
        let mut above = NamedPlace::default();
        if let Some((raw, repaired)) = self.repaired(row, FieldKind::Hamlet) {
            if self.rules.fields.is_nothing(&fold::plain(&repaired.text)) {
                record.hamlet = Field::unusable(raw);
                record.add_finding(Finding::new(FindingCode::HamletMissing, FieldKind::Hamlet));
            } else {
                let read = self.read_unit_cell(&repaired.text);
                let official = read.hamlet.unwrap_or_else(|| match read.street.first() {
                    Some(name) => hamlet::official_name(name),
                    None => hamlet::official_name(&repaired.text),
                });
                above =
                    NamedPlace { commune: read.commune, district: read.district, province: read.province };
                record.hamlet = official_field(raw, official, repaired.changes);
                return above;
            }
        }
        let heading = row.group.as_deref().and_then(|group| self.read_heading(group));
        record.hamlet = match (&from_address.hamlet, heading) {
            (Some(named), Some((group, official, changes)))
                if hamlet::is_short_for(named, &official, &self.rules.fields) =>
            {
                Field::usable(group, official, changes)
            }
            (Some(named), _) => {
                let changes = [Change::FromAddress].into_iter().collect();
                Field::usable(record.address.raw.clone(), named.clone(), changes)
            }
            (None, Some((group, official, changes))) => Field::usable(group, official, changes),
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
        for (kind, level) in [
            (FieldKind::Commune, PlaceLevel::Commune),
            (FieldKind::District, PlaceLevel::District),
            (FieldKind::Province, PlaceLevel::Province),
        ] {
            let Some((text, repaired)) = self.repaired(row, kind) else { continue };
            if self.rules.fields.is_nothing(&fold::plain(&repaired.text)) {
                continue;
            }
            if !raw.is_empty() {
                raw.push_str(", ");
            }
            raw.push_str(&text);
            changes.extend(repaired.changes);
            named = named.or(&self.unit_of_column(&repaired.text, level));
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
        };
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
        if self.units.len() < REMEMBERED {
            self.units.insert(text.to_owned(), read.clone());
        }
        read
    }

    fn look_up(&mut self, named: &NamedPlace) -> PlaceReading {
        let part = |unit: &Option<NamedUnit>| unit.as_ref().map(NamedUnit::full).unwrap_or_default();
        let key = [part(&named.commune), part(&named.district), part(&named.province)].join("\n");
        if let Some(known) = self.places.get(&key) {
            return known.clone();
        }
        let reading = read_place(named, self.columns.default_era, &self.rules.places);
        if self.places.len() < REMEMBERED {
            self.places.insert(key, reading.clone());
        }
        reading
    }
}

fn official_field(raw: Box<str>, official: String, mut changes: Changes) -> Field<String> {
    if *official != *raw && changes.is_empty() {
        changes.insert(Change::Alias);
    }
    Field::usable(raw, official, changes)
}
