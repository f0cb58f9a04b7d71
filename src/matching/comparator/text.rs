//! Free text and foreign names, folded: equal, alike by Jaro–Winkler similarity, or standing in each
//! other's field.

use super::Found;
use crate::rules::ComparisonRule;

const EQUAL: u8 = 0;
const CLOSE: u8 = 1;
const NEAR: u8 = 2;
const CROSSED: u8 = 3;
const DIFFERENT: u8 = 4;

/// From which Jaro–Winkler similarity texts are close, and near.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Similarities {
    /// Close.
    pub close: f64,
    /// Near.
    pub near: f64,
}

impl Similarities {
    /// What a comparison's levels say, or the usual.
    pub fn of(rule: &ComparisonRule) -> Self {
        let said = |name: &str| {
            let level = rule.level.iter().map(toml::Spanned::get_ref).find(|level| level.name == name);
            level.and_then(|level| level.similarity)
        };
        Self { close: said("close").unwrap_or(0.94), near: said("near").unwrap_or(0.86) }
    }
}

/// Compares two texts. `information` is asked only where they are alike.
pub fn compare_texts(a: &str, b: &str, from: Similarities, information: impl Fn() -> f32) -> Found {
    if a == b {
        return Found::at(EQUAL, information());
    }
    match strsim::jaro_winkler(a, b) {
        alike if alike >= from.close => Found::at(CLOSE, information()),
        alike if alike >= from.near => Found::at(NEAR, information()),
        _ => Found::at(DIFFERENT, 0.0),
    }
}

/// Compares a text with what stands in the other record's other field; `None` unless both are equal
/// or close.
pub fn compare_crossed_texts(
    a: &str,
    b: &str,
    from: Similarities,
    information: impl Fn() -> f32,
) -> Option<Found> {
    let alike = a == b || strsim::jaro_winkler(a, b) >= from.close;
    alike.then(|| Found::at(CROSSED, information()))
}

/// Whether a level says that the field itself holds nothing alike.
pub fn texts_differ(level: u8) -> bool {
    level == DIFFERENT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_in_the_other_field_is_found() {
        let usual = Similarities { close: 0.94, near: 0.86 };
        assert_eq!(compare_crossed_texts("taylor", "taylor", usual, || 2.0), Some(Found::at(CROSSED, 2.0)));
        assert_eq!(compare_crossed_texts("taylor", "tyler", usual, || 2.0), None);
    }

    #[test]
    fn alike_is_what_the_rules_call_alike() {
        let level = |a, b, from| compare_texts(a, b, from, || 1.0);
        let usual = Similarities { close: 0.94, near: 0.86 };
        assert_eq!(level("hathaway", "hathaway", usual), Found::at(EQUAL, 1.0));
        assert_eq!(level("hathaway", "hathawey", usual), Found::at(CLOSE, 1.0));
        assert_eq!(level("mccarthy", "mccattmhy", usual), Found::at(NEAR, 1.0));
        assert_eq!(level("hathaway", "zilm", usual), Found::at(DIFFERENT, 0.0));
        let strict = Similarities { close: 0.99, near: 0.99 };
        assert_eq!(level("hathaway", "hathawey", strict), Found::at(DIFFERENT, 0.0));
    }
}
