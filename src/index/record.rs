//! A record as bytes, whole: values, what stood in the cells, changes, findings.

use super::codec::{Malformed, Put, Take};
use crate::record::{
    Changes, Era, Field, FieldKind, Finding, FindingCode, Gender, Missing, NameOrder, Origin, Parent,
    PartialDate, PersonName, PersonalId, Place, PlaceCode, Record, Shared, SourceIx, Text, Written,
};

/// Appends a record.
pub fn write_record(record: &Record, out: &mut Vec<u8>) {
    out.put_varint(record.origin.source.0.into());
    out.put_varint(record.origin.row.into());
    out.put_text(&record.record_id);
    out.put_u8(record.unnamed.into());
    let texts = [
        &record.child_code,
        &record.household_code,
        &record.other_name,
        &record.ethnicity,
        &record.relationship,
        &record.hamlet,
        &record.address,
        &record.birth_place,
        &record.phone,
        &record.note,
    ];
    texts.into_iter().for_each(|text| put_field(out, text, put_string));
    put_field(out, &record.name, put_name);
    put_field(out, &record.birth, put_date);
    put_field(out, &record.gender, put_gender);
    put_field(out, &record.personal_id, put_id);
    put_field(out, &record.place, put_place);
    for (_, parent) in record.parents() {
        put_field(out, &parent.name, put_name);
        put_field(out, &parent.id, put_id);
        put_field(out, &parent.birth, put_date);
    }
    out.put_varint(record.extras.len() as u64);
    for (column, text) in &record.extras {
        out.put_varint((*column).into());
        out.put_text(text);
    }
    out.put_varint(record.findings.len() as u64);
    for finding in &record.findings {
        out.put_varint(position(FindingCode::ALL, finding.code));
        out.put_varint(finding.field.map_or(0, |field| position(FieldKind::ALL, field) + 1));
        match &finding.detail {
            Some(detail) => {
                out.put_u8(1);
                out.put_text(detail);
            }
            None => out.put_u8(0),
        }
    }
}

/// The record behind bytes.
pub fn read_record(bytes: &[u8]) -> Result<Record, Malformed> {
    let take = &mut Take::new(bytes);
    let source = SourceIx(u16::try_from(take.small()?).map_err(|_| Malformed)?);
    let mut record = Record::at(Origin { source, row: take.small()? });
    record.record_id = take.text()?.into();
    record.unnamed = take.u8()? != 0;
    record.child_code = take_field(take, take_string)?;
    record.household_code = take_field(take, take_string)?;
    record.other_name = take_shared(take, take_string)?;
    record.ethnicity = take_shared(take, take_string)?;
    record.relationship = take_shared(take, take_string)?;
    record.hamlet = take_shared(take, take_string)?;
    record.address = take_field(take, take_string)?;
    record.birth_place = take_shared(take, take_string)?;
    record.phone = take_field(take, take_string)?;
    record.note = take_shared(take, take_string)?;
    record.name = take_field(take, take_name)?;
    record.birth = take_field(take, take_date)?;
    record.gender = take_shared(take, take_gender)?;
    record.personal_id = take_field(take, take_id)?;
    record.place = take_shared(take, take_place)?;
    record.father = take_parent(take)?;
    record.mother = take_parent(take)?;
    if !take.skip(&[0; 3]) {
        record.guardian = take_parent(take)?.into();
    }
    let mut extras = Vec::new();
    for _ in 0..take.count()? {
        let column = u16::try_from(take.small()?).map_err(|_| Malformed)?;
        extras.push((column, take.text()?.into()));
    }
    record.extras = extras.into();
    for _ in 0..take.count()? {
        let code = *FindingCode::ALL.get(take.count()?).ok_or(Malformed)?;
        let field = match take.count()? {
            0 => None,
            at => Some(*FieldKind::ALL.get(at - 1).ok_or(Malformed)?),
        };
        let detail = if take.u8()? != 0 { Some(take.text()?.into()) } else { None };
        record.findings.push(Finding { code, field, detail });
    }
    if take.is_empty() { Ok(record) } else { Err(Malformed) }
}

fn position<T: PartialEq>(all: &[T], one: T) -> u64 {
    all.iter().position(|known| *known == one).unwrap_or(0) as u64
}

const HAS_VALUE: u8 = 1;
const HAS_CHANGES: u8 = 2;
const HAS_RAW: u8 = 4;

fn put_field<T>(out: &mut Vec<u8>, field: &Field<T>, put: impl Fn(&mut Vec<u8>, &T, &str)) {
    let flag = |set: bool, flag: u8| if set { flag } else { 0 };
    out.put_u8(
        flag(field.value.is_some(), HAS_VALUE)
            | flag(!field.changes.is_empty(), HAS_CHANGES)
            | flag(!field.raw.is_empty(), HAS_RAW),
    );
    if !field.raw.is_empty() {
        out.put_text(&field.raw);
    }
    if !field.changes.is_empty() {
        out.put_varint(field.changes.bits());
    }
    if let Some(value) = &field.value {
        put(out, value, &field.raw);
    }
}

fn take_field<'a, T: Written>(
    take: &mut Take<'a>,
    value: impl Fn(&mut Take<'a>, &str) -> Result<T, Malformed>,
) -> Result<Field<T>, Malformed> {
    let flags = take.u8()?;
    let raw = if flags & HAS_RAW != 0 { take.text()? } else { "" };
    let changes = match flags & HAS_CHANGES {
        0 => Changes::NONE,
        _ => Changes::from_bits(take.varint()?).ok_or(Malformed)?,
    };
    let value = if flags & HAS_VALUE != 0 { Some(value(take, raw)?) } else { None };
    Ok(Field::read(raw, value, changes))
}

fn take_parent(take: &mut Take<'_>) -> Result<Parent, Malformed> {
    let (name, id) = (take_field(take, take_name)?, take_field(take, take_id)?);
    Ok(Parent { name, id, birth: take_shared(take, take_date)? })
}

/// A field that is nearly always missing: then nothing is made of it.
fn take_shared<'a, T: Written>(
    take: &mut Take<'a>,
    value: impl Fn(&mut Take<'a>, &str) -> Result<T, Malformed>,
) -> Result<Shared<Field<T>>, Malformed>
where
    Field<T>: Missing,
{
    if take.skip(&[0]) { Ok(Shared::default()) } else { Ok(take_field(take, value)?.into()) }
}

/// Nearly all texts stand in their cells as they are meant.
fn put_string(out: &mut Vec<u8>, text: &Text, raw: &str) {
    out.put_u8(u8::from(text == raw));
    if text != raw {
        out.put_text(text);
    }
}

fn take_string(take: &mut Take<'_>, raw: &str) -> Result<Text, Malformed> {
    Ok(if take.u8()? != 0 { raw.into() } else { take.text()?.into() })
}

fn put_name(out: &mut Vec<u8>, name: &PersonName, _: &str) {
    out.put_text(name.full());
    out.put_u8(name.surname().count() as u8);
    out.put_u8(name.given().count() as u8);
    out.put_u8(u8::from(name.order() == NameOrder::GivenFirst) | u8::from(name.is_pattern()) << 1);
}

fn take_name(take: &mut Take<'_>, _: &str) -> Result<PersonName, Malformed> {
    let (full, surname, given, flags) = (take.text()?, take.u8()?, take.u8()?, take.u8()?);
    let order = if flags & 1 != 0 { NameOrder::GivenFirst } else { NameOrder::SurnameFirst };
    PersonName::new(full.split(' '), surname.into(), given.into(), order, flags & 2 != 0).ok_or(Malformed)
}

fn put_date(out: &mut Vec<u8>, date: &PartialDate, _: &str) {
    out.put_varint(date.year().unsigned_abs().into());
    out.put_u8(date.month().unwrap_or(0).unsigned_abs());
    out.put_u8(date.day().unwrap_or(0).unsigned_abs());
}

fn take_date(take: &mut Take<'_>, _: &str) -> Result<PartialDate, Malformed> {
    let year = i16::try_from(take.small()?).map_err(|_| Malformed)?;
    let part = |part: u8| i8::try_from(part).map_err(|_| Malformed);
    let (month, day) = (part(take.u8()?)?, part(take.u8()?)?);
    let date = match (month, day) {
        (0, _) => PartialDate::from_year(year),
        (_, 0) => PartialDate::from_year_month(year, month),
        _ => PartialDate::from_ymd(year, month, day),
    };
    date.map_err(|_| Malformed)
}

fn put_gender(out: &mut Vec<u8>, gender: &Gender, _: &str) {
    out.put_u8(u8::from(*gender == Gender::Female));
}

fn take_gender(take: &mut Take<'_>, _: &str) -> Result<Gender, Malformed> {
    Ok(if take.u8()? != 0 { Gender::Female } else { Gender::Male })
}

fn put_id(out: &mut Vec<u8>, id: &PersonalId, _: &str) {
    out.put_varint(id.as_u64());
}

fn take_id(take: &mut Take<'_>, _: &str) -> Result<PersonalId, Malformed> {
    PersonalId::from_u64(take.varint()?).ok_or(Malformed)
}

fn put_place(out: &mut Vec<u8>, place: &Place, _: &str) {
    for code in [place.commune, place.district, place.province] {
        let known =
            code.map_or(0, |code| (u64::from(code.code) << 1 | u64::from(code.era == Era::From2025)) + 1);
        out.put_varint(known);
    }
    out.put_varint(place.commune_2025.map_or(0, |code| u64::from(code) + 1));
}

fn take_place(take: &mut Take<'_>, _: &str) -> Result<Place, Malformed> {
    let mut code = || {
        let Some(known) = take.varint()?.checked_sub(1) else { return Ok(None) };
        let era = if known & 1 != 0 { Era::From2025 } else { Era::Until2025 };
        let code = u32::try_from(known >> 1).map_err(|_| Malformed)?;
        Ok(Some(PlaceCode { era, code }))
    };
    let (commune, district, province) = (code()?, code()?, code()?);
    let commune_2025 = match take.varint()?.checked_sub(1) {
        Some(code) => Some(u32::try_from(code).map_err(|_| Malformed)?),
        None => None,
    };
    Ok(Place { commune, district, province, commune_2025 })
}
