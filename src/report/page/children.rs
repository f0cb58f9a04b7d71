//! The children themselves: age and gender, numbers by birth year, days of birth.

use maud::{Markup, html};

use super::{
    Page, plot,
    plot::{LEFT, WIDE, length, line, rect, text, ticks},
    summary::swatch,
};
use crate::report::figures::{AGES, ByGender};

/// Boys and girls by completed years.
pub(super) fn pyramid(page: Page<'_>) -> Markup {
    let figures = page.figures;
    let sum = |of: fn(&ByGender) -> u64| figures.ages.iter().chain([&figures.ageless]).map(of).sum::<u64>();
    let (male, female, unknown) = (sum(|it| it.male), sum(|it| it.female), sum(|it| it.unknown));
    html! {
        section.whole {
            h2 { (page.word("pyramid")) }
            p.lead { (page.fill("pyramid_lead", &[
                ("male", &page.number(male)), ("female", &page.number(female)), ("unknown", &page.number(unknown)),
            ])) }
            div.beside {
                figure { (pyramid_plot(page)) }
                table {
                    thead { tr { th.n { (page.word("age")) } th.n { (page.word("male")) } th.n { (page.word("female")) } th.n { (page.word("not_known")) } } }
                    tbody {
                        @for (age, counts) in figures.ages.iter().enumerate() {
                            (age_row(page, &age_name(age), &age.to_string(), *counts))
                        }
                        @if figures.ageless != ByGender::default() {
                            (age_row(page, page.word("no_age"), "none", figures.ageless))
                        }
                        (age_row(page, page.word("total"), "all", ByGender { male, female, unknown }))
                    }
                }
            }
            p.note { (page.word("pyramid_note")) }
        }
    }
}

fn age_name(age: usize) -> String {
    if age == AGES - 1 { format!("{age}+") } else { age.to_string() }
}

fn age_row(page: Page<'_>, name: &str, key: &str, counts: ByGender) -> Markup {
    html! {
        tr.sum[key == "all"] {
            th.n scope="row" { (name) }
            (page.count(&format!("age.{key}.male"), counts.male))
            (page.count(&format!("age.{key}.female"), counts.female))
            (page.count(&format!("age.{key}.unknown"), counts.unknown))
        }
    }
}

fn pyramid_plot(page: Page<'_>) -> Markup {
    const ROW: f64 = 24.0;
    const HALF: f64 = 190.0;
    const GAP: f64 = 17.0;
    // The outermost figure of an axis stands across the end of the longest bar.
    const HALF_A_LABEL: f64 = 22.0;
    let figures = page.figures;
    let greatest = figures.ages.iter().map(|it| it.male.max(it.female)).max().unwrap_or(1);
    let axis = ticks(greatest);
    let width = |count: u64| length(count) / length(*axis.last().unwrap_or(&1)) * (HALF - HALF_A_LABEL);
    let (left, right) = (HALF, HALF + 2.0 * GAP);
    let bottom = ROW * length(AGES as u64) + 18.0;
    let y = |age: usize| bottom - ROW * (length(age as u64) + 1.0);
    let spoken = page.fill("pyramid_spoken", &[("most", &page.number(greatest))]);
    let inner = html! {
        (text("label end", left, 11.0, page.word("male")))
        (text("label start", right, 11.0, page.word("female")))
        @for tick in &axis {
            (line("grid", (left - width(*tick), 18.0), (left - width(*tick), bottom)))
            (line("grid", (right + width(*tick), 18.0), (right + width(*tick), bottom)))
            @if *tick > 0 {
                (text("tick middle", left - width(*tick), bottom + 14.0, &page.number(*tick)))
                (text("tick middle", right + width(*tick), bottom + 14.0, &page.number(*tick)))
            }
        }
        @for (age, counts) in figures.ages.iter().enumerate() {
            (rect("dark", left - width(counts.male), y(age) + 1.0, width(counts.male), ROW - 2.0))
            (rect("mid", right, y(age) + 1.0, width(counts.female), ROW - 2.0))
            (text("tick middle", left + GAP, y(age) + ROW / 2.0 + 4.0, &age_name(age)))
        }
    };
    plot::plot("pyramid", (right + HALF, bottom + 18.0), page.word("pyramid"), &spoken, &inner)
}

/// Children with and without a number by birth year.
pub(super) fn years(page: Page<'_>) -> Markup {
    let figures = page.figures;
    html! {
        section.whole {
            h2 { (page.word("years")) }
            div.beside {
                figure {
                    (years_plot(page))
                    ul.legend {
                        li { (swatch("dark")) (page.word("with_number")) }
                        li { (swatch("hatch")) (page.word("without_number")) }
                    }
                }
                table {
                    thead { tr { th.n { (page.word("birth_year")) } th.n { (page.word("children")) } th.n { (page.word("with_number")) } th.n { "%" } } }
                    tbody {
                        @for (year, (with, without)) in &figures.years {
                            (year_row(page, &year.to_string(), &year.to_string(), (*with, *without)))
                        }
                        @if figures.yearless != (0, 0) {
                            (year_row(page, page.word("no_age"), "none", figures.yearless))
                        }
                    }
                }
            }
        }
    }
}

fn year_row(page: Page<'_>, name: &str, key: &str, (with, without): (u64, u64)) -> Markup {
    html! {
        tr {
            th.n scope="row" { (name) }
            (page.count(&format!("year.{key}.children"), with + without))
            (page.count(&format!("year.{key}.with"), with))
            (page.share(with, with + without, &format!("year.{key}.children")))
        }
    }
}

fn years_plot(page: Page<'_>) -> Markup {
    const BASE: f64 = 330.0;
    const WIDTH: f64 = WIDE / 1.6;
    let years = &page.figures.years;
    let (Some(first), Some(last)) = (years.keys().next(), years.keys().next_back()) else {
        return html! {};
    };
    let span = f64::from(last - first) + 1.0;
    let step = (WIDTH - LEFT - 2.0) / span;
    let axis = ticks(years.values().map(|(with, without)| with + without).max().unwrap_or(1));
    let height = |count: u64| length(count) / length(*axis.last().unwrap_or(&1)) * (BASE - 10.0);
    let every = ((last - first) / 9 + 1).max(1);
    let spoken = page.fill("years_spoken", &[("first", &first.to_string()), ("last", &last.to_string())]);
    let inner = html! {
        @for tick in &axis {
            (line("grid", (LEFT, BASE - height(*tick)), (WIDTH, BASE - height(*tick))))
            (text("tick end", LEFT - 6.0, BASE - height(*tick) + 4.0, &page.number(*tick)))
        }
        @for (year, (with, without)) in years {
            @let x = LEFT + step * f64::from(year - first);
            (rect("dark", x + 1.5, BASE - height(*with), step - 3.0, height(*with)))
            (rect("hatch", x + 1.5, BASE - height(with + without), step - 3.0, height(*without)))
            @if (last - year) % every == 0 {
                (text("tick middle", x + step / 2.0, BASE + 14.0, &year.to_string()))
            }
        }
        (line("axis", (LEFT, BASE), (WIDTH, BASE)))
    };
    plot::plot("years", (WIDTH, BASE + 18.0), page.word("years"), &spoken, &inner)
}

/// Days of the month: heaps show dates that were made up.
pub(super) fn days(page: Page<'_>) -> Markup {
    let figures = page.figures;
    let all: u64 = figures.days.iter().sum();
    html! {
        section.whole {
            h2 { (page.word("days")) }
            p.lead { (page.fill("days_lead", &[
                ("first", &page.number(figures.first_of_january)),
                ("all", &page.number(all)),
                ("expected", &page.show.decimal(length(all) * 12.0 / 365.25, 1)),
            ])) }
            figure {
                (days_plot(page, all))
                ul.legend { li { (swatch("mid")) (page.word("records")) } li { (swatch("dash")) (page.word("days_expected")) } }
            }
            table.days {
                thead { tr { th { (page.word("day")) } @for day in 1..=31 { th.n { (day) } } } }
                tbody { tr { th scope="row" { (page.word("records")) } @for (day, count) in (1..).zip(figures.days) { (page.count(&format!("day.{day}"), count)) } } }
            }
            p.note { (page.word("days_note")) }
        }
    }
}

/// How often a day of the month comes in a year, on average.
fn times_a_year(day: usize) -> f64 {
    match day {
        29 => 11.25,
        30 => 11.0,
        31 => 7.0,
        _ => 12.0,
    }
}

fn days_plot(page: Page<'_>, all: u64) -> Markup {
    const BASE: f64 = 120.0;
    let days = &page.figures.days;
    let step = (WIDE - LEFT - 2.0) / 31.0;
    let axis = ticks(days.iter().copied().max().unwrap_or(1));
    let scale = (BASE - 10.0) / length(*axis.last().unwrap_or(&1));
    let expected = |day: usize| length(all) * times_a_year(day) / 365.25;
    let spoken = page.fill("days_spoken", &[("ones", &page.number(days[0])), ("all", &page.number(all))]);
    let inner = html! {
        @for tick in &axis {
            (line("grid", (LEFT, BASE - length(*tick) * scale), (WIDE, BASE - length(*tick) * scale)))
            (text("tick end", LEFT - 6.0, BASE - length(*tick) * scale + 4.0, &page.number(*tick)))
        }
        @for (at, count) in days.iter().enumerate() {
            @let x = LEFT + step * length(at as u64);
            (rect("mid", x + 1.5, BASE - length(*count) * scale, step - 3.0, length(*count) * scale))
            (line("dash", (x, BASE - expected(at + 1) * scale), (x + step, BASE - expected(at + 1) * scale)))
            (text("tick middle", x + step / 2.0, BASE + 13.0, &(at + 1).to_string()))
        }
        (line("axis", (LEFT, BASE), (WIDE, BASE)))
    };
    plot::plot("days", (WIDE, BASE + 18.0), page.word("days"), &spoken, &inner)
}
