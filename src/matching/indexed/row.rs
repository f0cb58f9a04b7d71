//! A person of the register as bytes: the row of slots that matching compares, with words by their
//! numbers in the index, and what is asked of the person beside.

use crate::{
    index::{Malformed, Put, Take},
    matching::{
        lexicon::WordIx,
        persons::Facts,
        profile::SlotKind,
        slot::{DateSlot, MISSING, NameSlot, Slot},
    },
    record::{Gender, PartialDate, PersonalId},
};

/// What a row says beside its slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Person {
    /// Number, birth, gender.
    pub facts: Facts,
    /// The people the record states, as the index numbers them from 1; 0 where it states none.
    pub people: u32,
}

/// Appends a person.
pub fn write_person(person: &Person, out: &mut Vec<u8>) {
    let Facts { number, birth, gender } = person.facts;
    out.put_varint(number.map_or(0, PersonalId::as_u64));
    out.put_varint(birth.map_or(0, |birth| DateSlot::new(birth).slot()));
    let gender = match gender {
        None => 0,
        Some(Gender::Male) => 1,
        Some(Gender::Female) => 2,
    };
    out.put_varint(u64::from(person.people) << 2 | gender);
}

/// Takes a person.
pub fn take_person(take: &mut Take<'_>) -> Result<Person, Malformed> {
    let number = match take.varint()? {
        0 => None,
        number => Some(PersonalId::from_u64(number).ok_or(Malformed)?),
    };
    let birth = match take.varint()? {
        0 => None,
        slot => Some(date(slot)?),
    };
    let last = take.varint()?;
    let gender = match last & 3 {
        0 => None,
        1 => Some(Gender::Male),
        2 => Some(Gender::Female),
        _ => return Err(Malformed),
    };
    let people = u32::try_from(last >> 2).map_err(|_| Malformed)?;
    Ok(Person { facts: Facts { number, birth, gender }, people })
}

/// A slot that says what no calendar knows is damaged.
fn date(slot: Slot) -> Result<PartialDate, Malformed> {
    let (year, month, day) = DateSlot::from_slot(slot).parts();
    let year = i16::try_from(year).map_err(|_| Malformed)?;
    let part = |part: u32| i8::try_from(part).map_err(|_| Malformed);
    let date = match (part(month)?, part(day)?) {
        (0, _) => PartialDate::from_year(year),
        (month, 0) => PartialDate::from_year_month(year, month),
        (month, day) => PartialDate::from_ymd(year, month, day),
    };
    date.map_err(|_| Malformed)
}

/// Appends the slots of a row; `count` says of a value how often the register has it, where that is
/// to be written down.
pub fn write_slots(
    row: &[Slot],
    kinds: &[SlotKind],
    (arena, texts): (&[WordIx], &[Box<str>]),
    count: Option<&dyn Fn(usize, Slot) -> u32>,
    out: &mut Vec<u8>,
) {
    for eight in row[..kinds.len()].chunks(8) {
        let present = |(bit, slot): (usize, &Slot)| u8::from(*slot != MISSING) << bit;
        out.put_u8(eight.iter().enumerate().map(present).fold(0, |set, bit| set | bit));
    }
    for ((at, kind), slot) in kinds.iter().enumerate().zip(row).filter(|(_, slot)| **slot != MISSING) {
        match kind {
            SlotKind::Name => {
                let name = NameSlot::from_slot(*slot);
                let words = name.words(arena);
                out.put_u8(words.len() as u8);
                out.extend_from_slice(&name.shape());
                words.iter().for_each(|word| out.put_varint(word.0.into()));
            }
            SlotKind::Date | SlotKind::Number => out.put_varint(*slot),
            SlotKind::Code => out.put_u64(*slot),
            SlotKind::Text => out.put_text(texts.get(*slot as usize).map_or("", |text| text)),
        }
        if let (Some(count), SlotKind::Number | SlotKind::Code | SlotKind::Text) = (count, kind) {
            out.put_varint(count(at, *slot).into());
        }
    }
}

/// Where taken rows go.
#[derive(Default)]
pub struct Taken {
    /// Slots; the last of each row is left to whoever knows its community.
    pub slots: Vec<Slot>,
    /// Words of names.
    pub arena: Vec<WordIx>,
    /// Texts; a text's slot is its place here.
    pub texts: Vec<Box<str>>,
    /// How often the register has each value, by slot, where it was written; else 0.
    pub counts: Vec<u32>,
}

impl Taken {
    /// Forgets what was taken.
    pub fn clear(&mut self) {
        self.slots.clear();
        self.arena.clear();
        self.texts.clear();
        self.counts.clear();
    }

    /// Takes one row; `word` finds a word by its number in the index.
    pub fn take(
        &mut self,
        take: &mut Take<'_>,
        kinds: &[SlotKind],
        counted: bool,
        word: impl Fn(u32) -> Option<WordIx>,
    ) -> Result<(), Malformed> {
        let present = take.bytes(kinds.len().div_ceil(8))?;
        for (at, kind) in kinds.iter().enumerate() {
            if present[at / 8] >> (at % 8) & 1 == 0 {
                self.slots.push(MISSING);
                self.counts.push(0);
                continue;
            }
            let slot = match kind {
                SlotKind::Name => self.name(take, &word)?,
                SlotKind::Date => {
                    let slot = take.varint()?;
                    date(slot)?;
                    slot
                }
                SlotKind::Number => take.varint()?,
                SlotKind::Code => take.u64()?,
                SlotKind::Text => {
                    self.texts.push(take.text()?.into());
                    self.texts.len() as u64 - 1
                }
            };
            let is_value = matches!(kind, SlotKind::Number | SlotKind::Code | SlotKind::Text);
            self.slots.push(slot);
            self.counts.push(if counted && is_value { take.small()? } else { 0 });
        }
        if take.is_empty() { Ok(()) } else { Err(Malformed) }
    }

    fn name(&mut self, take: &mut Take<'_>, word: impl Fn(u32) -> Option<WordIx>) -> Result<Slot, Malformed> {
        let count = take.u8()?;
        let shape = take.bytes(3)?.try_into().map_err(|_| Malformed)?;
        let start = u32::try_from(self.arena.len()).map_err(|_| Malformed)?;
        for _ in 0..count {
            self.arena.push(word(take.small()?).ok_or(Malformed)?);
        }
        NameSlot::from_shape(start, count, shape).map(NameSlot::slot).ok_or(Malformed)
    }
}
