//! What has been read before, by the text it was read from.

use rustc_hash::FxHashMap;

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
