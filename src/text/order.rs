//! The order of a Vietnamese reader: An, Ân, Ẩn, Dung, Dùng, Đức; numbers by their value.

use icu_collator::{
    Collator, CollatorBorrowed, options::CollatorOptions, preferences::CollationNumericOrdering,
};
use icu_locale_core::locale;

/// Makes keys that sort as a Vietnamese reader expects.
pub struct VietnameseOrder(CollatorBorrowed<'static>);

impl Default for VietnameseOrder {
    fn default() -> Self {
        let mut preferences = icu_collator::CollatorPreferences::from(locale!("vi"));
        preferences.numeric_ordering = Some(CollationNumericOrdering::True);
        let collator = Collator::try_new(preferences, CollatorOptions::default());
        Self(collator.expect("the Vietnamese collation is built into icu_collator"))
    }
}

impl VietnameseOrder {
    /// Appends the key of a text.
    pub fn write_key(&self, text: &str, key: &mut Vec<u8>) {
        let Ok(()) = self.0.write_sort_key_to(text, key);
        // Below every byte of a key: a shorter text comes first.
        key.push(0);
    }

    /// The key of a text.
    pub fn key(&self, text: &str) -> Vec<u8> {
        let mut key = Vec::new();
        self.write_key(text, &mut key);
        key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tones_and_numbers_are_in_order() {
        let order = VietnameseOrder::default();
        let mut names = ["Tổ dân phố 10", "Đức", "Dùng", "Dung", "Tổ dân phố 2", "Ân", "An"];
        names.sort_by_key(|name| order.key(name));
        assert_eq!(names, ["An", "Ân", "Dung", "Dùng", "Đức", "Tổ dân phố 2", "Tổ dân phố 10"]);
    }
}
