//! Values side by side, with the letters marked in which they differ.

use maud::{Markup, html};

use super::layout::View;
use crate::{
    record::FieldKind,
    rules::Language,
    text::differ::{Difference, Stretch, differ},
};

/// The class of a mark; what it means is said in words beside it.
fn class(difference: Difference) -> &'static str {
    match difference {
        Difference::None => "",
        Difference::Case => "case",
        Difference::Tone => "tone",
        Difference::Shape => "shape",
        Difference::Letter => "letter",
    }
}

/// A value with the stretches marked that differ.
pub fn marked(stretches: &[Stretch]) -> Markup {
    html! {
        @for stretch in stretches {
            @if stretch.difference == Difference::None { (stretch.text) }
            @else { mark class=(class(stretch.difference)) { (stretch.text) } }
        }
    }
}

/// How two values compare, in a word.
pub fn compared<'a>(view: &View<'a>, field: FieldKind, one: &str, other: &str) -> (&'static str, &'a str) {
    if one.is_empty() && other.is_empty() {
        return ("none", "");
    }
    if one.is_empty() || other.is_empty() {
        return ("absent", view.t("one_empty"));
    }
    let [left, right] = differ(one, other);
    let most = left.iter().chain(&right).map(|stretch| stretch.difference).max().unwrap_or(Difference::None);
    match most {
        Difference::None => ("equal", view.t("equal")),
        Difference::Case => ("near", view.t("differs_case")),
        Difference::Tone => ("near", view.t("differs_tone")),
        Difference::Shape => ("near", view.t("differs_shape")),
        Difference::Letter if is_digits(field) => ("differs", view.t("differs_digit")),
        Difference::Letter => ("differs", view.t("differs_letter")),
    }
}

fn is_digits(field: FieldKind) -> bool {
    matches!(field, FieldKind::BirthDate | FieldKind::PersonalId | FieldKind::Phone)
}

/// A value as people write it: dates as on Vietnamese forms.
pub fn shown(view: &View<'_>, field: FieldKind, value: &str) -> String {
    if field != FieldKind::BirthDate || view.words.language != Language::Vi {
        return value.to_owned();
    }
    value.rsplit('-').collect::<Vec<_>>().join("/")
}
