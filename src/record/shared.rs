//! Values that few records have, or that many records have alike: a pointer instead of the room for
//! one. A province's list is held in memory as a whole, and a record has forty values.

use std::{
    ops::{Deref, DerefMut},
    sync::{Arc, LazyLock},
};

use super::{Field, Gender, Parent, PartialDate, Place, Text};

/// A value that is nearly always missing, or that a copy shares with others. It reads and is changed
/// like the value itself; what is changed is its own from then on.
#[derive(Debug)]
pub struct Shared<T>(Option<Arc<T>>);

/// What can be missing.
pub trait Missing: Default + PartialEq + 'static {
    /// The missing value.
    fn missing() -> &'static Self;
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Missing> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        match &self.0 {
            Some(value) => value,
            None => T::missing(),
        }
    }
}

impl<T: Missing + Clone> DerefMut for Shared<T> {
    fn deref_mut(&mut self) -> &mut T {
        Arc::make_mut(self.0.get_or_insert_default())
    }
}

impl<T: Missing> From<T> for Shared<T> {
    fn from(value: T) -> Self {
        Self((value != *T::missing()).then(|| Arc::new(value)))
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Missing> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

macro_rules! missing {
    ($($type:ty,)*) => {
        $(impl Missing for $type {
            fn missing() -> &'static Self {
                static MISSING: LazyLock<$type> = LazyLock::new(<$type>::default);
                &MISSING
            }
        })*
    };
}

missing! {
    Field<Text>,
    Field<Gender>,
    Field<PartialDate>,
    Field<Place>,
    Parent,
}
