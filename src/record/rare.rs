//! Values that few records have: a pointer where there is none, instead of the room for one. A
//! province's list is held in memory as a whole, and a record has forty values.

use std::{
    ops::{Deref, DerefMut},
    sync::LazyLock,
};

use super::{Field, Parent, PartialDate};

/// A value that is nearly always missing. It reads and is changed like the value itself.
#[derive(Debug, Clone)]
pub struct Rare<T>(Option<Box<T>>);

/// What can be missing.
pub trait Missing: Default + PartialEq + 'static {
    /// The missing value.
    fn missing() -> &'static Self;
}

impl<T> Default for Rare<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Missing> Deref for Rare<T> {
    type Target = T;

    fn deref(&self) -> &T {
        match &self.0 {
            Some(value) => value,
            None => T::missing(),
        }
    }
}

impl<T: Missing> DerefMut for Rare<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.0.get_or_insert_default()
    }
}

impl<T: Missing> From<T> for Rare<T> {
    fn from(value: T) -> Self {
        Self((value != *T::missing()).then(|| Box::new(value)))
    }
}

impl<T: Missing> PartialEq for Rare<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Missing for Field<String> {
    fn missing() -> &'static Self {
        static MISSING: LazyLock<Field<String>> = LazyLock::new(Field::default);
        &MISSING
    }
}

impl Missing for Field<PartialDate> {
    fn missing() -> &'static Self {
        static MISSING: LazyLock<Field<PartialDate>> = LazyLock::new(Field::default);
        &MISSING
    }
}

impl Missing for Parent {
    fn missing() -> &'static Self {
        static MISSING: LazyLock<Parent> = LazyLock::new(Parent::default);
        &MISSING
    }
}
