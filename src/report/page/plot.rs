//! Plots as inline SVG: readable in grey, with words for whoever does not see them. Positions are
//! whole numbers and tenths, so that the page is the same on every machine.

use maud::{Markup, PreEscaped, html};

/// Width of a plot that fills a column of text.
pub(super) const WIDE: f64 = 680.0;
/// Room at the left for the figures of an axis: `100.000` of a province fits, and what does not is
/// cut off on paper.
pub(super) const LEFT: f64 = 48.0;

/// The hatching that tells the third kind of area from the dark and the light one.
pub(super) fn patterns() -> Markup {
    html! {
        svg.defs width="0" height="0" aria-hidden="true" {
            defs {
                pattern #hatch width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                    rect width="5" height="5" fill="#f3efe6" {}
                    rect width="2" height="5" fill="#8a4b2d" {}
                }
                pattern #dots width="5" height="5" patternUnits="userSpaceOnUse" {
                    rect width="5" height="5" fill="#ffffff" {}
                    circle cx="2.5" cy="2.5" r="1.1" fill="#5d6b73" {}
                }
            }
        }
    }
}

/// One decimal.
pub(super) fn at(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

/// A number of the list as a length.
pub(super) fn length(count: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    let length = count as f64;
    length
}

/// The frame of a plot: size, title and description for whoever listens.
pub(super) fn plot(
    name: &str,
    (width, height): (f64, f64),
    title: &str,
    text: &str,
    inner: &Markup,
) -> Markup {
    let (title_id, text_id) = (format!("{name}-title"), format!("{name}-text"));
    html! {
        svg.plot viewBox=(format!("0 0 {} {}", at(width), at(height))) role="img" aria-labelledby=(format!("{title_id} {text_id}")) {
            title id=(title_id) { (title) }
            desc id=(text_id) { (text) }
            (inner)
        }
    }
}

/// A filled rectangle.
pub(super) fn rect(class: &str, x: f64, y: f64, width: f64, height: f64) -> Markup {
    if width <= 0.0 || height <= 0.0 {
        return PreEscaped(String::new());
    }
    html! { rect class=(class) x=(at(x)) y=(at(y)) width=(at(width)) height=(at(height)) {} }
}

/// A line.
pub(super) fn line(class: &str, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) -> Markup {
    html! { line class=(class) x1=(at(x1)) y1=(at(y1)) x2=(at(x2)) y2=(at(y2)) {} }
}

/// Words; `class` says where they are anchored (`start`, `middle`, `end`).
pub(super) fn text(class: &str, x: f64, y: f64, words: &str) -> Markup {
    html! { text class=(class) x=(at(x)) y=(at(y)) { (words) } }
}

/// A bar in a table's cell: parts of a whole, from left to right.
pub(super) fn bar(whole: u64, parts: &[(&str, u64)]) -> Markup {
    let whole = length(whole.max(1));
    let mut x = 0.0;
    let mut drawn = Vec::new();
    for (class, part) in parts {
        let width = length(*part) / whole * 100.0;
        // What is there at all is seen.
        let seen = if *part > 0 { width.max(0.6) } else { 0.0 };
        drawn.push(rect(class, x, 0.0, seen, 8.0));
        x += width;
    }
    html! {
        svg.bar viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" {
            rect.rail width="100" height="8" {}
            @for part in drawn { (part) }
        }
    }
}

/// Two bars one above the other: before, thin and light, and after, dark.
pub(super) fn pair(before: (u64, u64), after: (u64, u64)) -> Markup {
    let share = |(part, whole): (u64, u64)| length(part) / length(whole.max(1)) * 100.0;
    html! {
        svg.bar viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" {
            rect.rail width="100" height="8" {}
            (rect("light", 0.0, 0.0, share(before), 3.0))
            (rect("dark", 0.0, 3.0, share(after), 5.0))
        }
    }
}

/// Round numbers for an axis from zero: about four of them, the last at or above the greatest.
pub(super) fn ticks(greatest: u64) -> Vec<u64> {
    let rough = greatest.max(1).div_ceil(4);
    let mut unit = 1;
    let step = loop {
        if let Some(step) = [1, 2, 5].into_iter().map(|it| it * unit).find(|step| *step >= rough) {
            break step;
        }
        unit *= 10;
    };
    (0..=greatest.max(1).div_ceil(step)).map(|tick| tick * step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_is_round_and_long_enough() {
        assert_eq!(ticks(0), [0, 1]);
        assert_eq!(ticks(3), [0, 1, 2, 3]);
        assert_eq!(ticks(37), [0, 10, 20, 30, 40]);
        assert_eq!(ticks(183), [0, 50, 100, 150, 200]);
        for greatest in 1..2000 {
            let ticks = ticks(greatest);
            assert!(*ticks.last().unwrap() >= greatest && ticks.len() <= 6, "{greatest}: {ticks:?}");
        }
    }

    #[test]
    fn positions_are_short() {
        assert_eq!((at(12.0), at(12.34), at(0.96)), ("12".into(), "12.3".into(), "1".into()));
    }
}
