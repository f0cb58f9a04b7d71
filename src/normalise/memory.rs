//! What has been read before, by the text it was read from.

use rustc_hash::FxHashMap;

use crate::record::{Field, Missing, Shared, Text};

/// Texts remembered at most. What repeats in a list repeats nearby, so a full memory starts anew.
const MOST: usize = 30_000;

/// Readings by their texts.
pub(super) struct Memory<V>(FxHashMap<Box<str>, V>);

impl<V> Default for Memory<V> {
    fn default() -> Self {
        Self(FxHashMap::default())
    }
}

impl<V: Clone> Memory<V> {
    /// The reading of a text met before.
    pub fn get(&self, text: &str) -> Option<&V> {
        self.0.get(text)
    }

    /// Remembers a reading.
    pub fn keep(&mut self, text: &str, reading: &V) {
        if self.0.len() == MOST {
            self.0.clear();
        }
        self.0.insert(text.into(), reading.clone());
    }
}

/// Fields met before, so that those that are alike are held once.
pub(super) struct Alike<T>(FxHashMap<Text, Shared<Field<T>>>);

impl<T> Default for Alike<T> {
    fn default() -> Self {
        Self(FxHashMap::default())
    }
}

impl<T> Alike<T>
where
    Field<T>: Missing,
{
    /// The field, as one with others that are alike.
    pub fn one(&mut self, field: Field<T>) -> Shared<Field<T>> {
        match self.0.get(&field.raw) {
            Some(known) if **known == field => known.clone(),
            _ => self.keep(field.raw.clone(), field.into()),
        }
    }

    /// Lets a field be one with others that are alike.
    pub fn share(&mut self, field: &mut Shared<Field<T>>) {
        *field = match self.0.get(&field.raw) {
            Some(known) if *known == *field => known.clone(),
            _ => self.keep(field.raw.clone(), field.clone()),
        }
    }

    fn keep(&mut self, raw: Text, field: Shared<Field<T>>) -> Shared<Field<T>> {
        if self.0.len() == MOST {
            self.0.clear();
        }
        self.0.insert(raw, field.clone());
        field
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Change, Changes};

    #[test]
    fn fields_that_are_alike_are_held_once_and_others_are_themselves() {
        let field = |value: &str, changes| Field::<Text>::usable("Thôn 1", value, changes);
        let held = |one: &Shared<Field<Text>>, other: &Shared<Field<Text>>| std::ptr::eq(&**one, &**other);
        let mut alike = Alike::default();
        let first = alike.one(field("Thôn 1", Changes::NONE));
        let mut second = Shared::from(field("Thôn 1", Changes::NONE));
        alike.share(&mut second);
        assert!(held(&first, &second));
        // The same cell may mean something else under another heading.
        let mut third = alike.one(field("Thôn Một", Changes::of(&[Change::Alias])));
        assert_eq!(*third, field("Thôn Một", Changes::of(&[Change::Alias])));
        third.value = None;
        assert!(first.value.is_some());
        assert!(alike.one(Field::default()).is_missing());
    }
}
