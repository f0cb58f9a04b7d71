//! The first screen: how many children, how many certain, how many numbers found, what is left to
//! do and for whom.

use maud::{Markup, html};

use super::{
    Page,
    plot::{self, length, rect},
};
use crate::{matching::LinkStatus, record::PlaceCode, report::roll::Required, write::usual};

/// Title, key figures, what is left to do.
pub(super) fn head(page: Page<'_>) -> Markup {
    let place = place(page);
    let day = page.show.day(page.run.facts.as_of);
    html! {
        header {
            p.kicker {
                @if let Some(place) = &place { (place) " · " }
                (page.fill("as_of", &[("day", &day)]))
            }
            h1 { (page.word("title")) }
            (key_figures(page))
            (statuses(page))
            (to_do(page))
            (estimates(page))
        }
    }
}

/// `Phường Thành Sen, Tỉnh Hà Tĩnh`, or the province alone where the list is of many communes.
fn place(page: Page<'_>) -> Option<String> {
    let (places, roll) = (&page.rules.places, &page.run.roll);
    let province_of = |code: PlaceCode| {
        places.commune(code).map(|commune| PlaceCode { era: code.era, code: commune.province })
    };
    let commune = roll.commune();
    let province = commune.map_or_else(|| usual(roll.communes().filter_map(province_of)), province_of);
    let commune = commune.and_then(|code| places.commune(code)).map(|commune| &*commune.full);
    let province = province.and_then(|code| places.province_name(code));
    let parts: Vec<&str> = [commune, province].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn key_figures(page: Page<'_>) -> Markup {
    let figures = page.figures;
    let numbered = figures.fields[Required::PersonalId as usize].after;
    let figure = |name: &str, number: u64, label: &str, detail: String| {
        html! {
            div.key {
                b data-f=(name) { (page.number(number)) }
                span { (label) }
                small { (detail) }
            }
        }
    };
    let duplicates = figures.duplicates();
    html! {
        div.keys {
            (figure("children", figures.children, page.word("key_children"), page.fill("key_children_of", &[
                ("records", &page.number(figures.records)), ("duplicates", &page.number(duplicates)),
            ])))
            @if page.run.facts.has_register() {
                @let certain = figures.certain();
                (figure("certain", certain, page.word("key_certain"), page.fill("key_certain_of", &[
                    ("share", &page.show.share(certain, figures.children)),
                ])))
                @let found = figures.link(LinkStatus::Attached);
                (figure("links.attached", found, page.word("key_found"), page.fill("key_found_of", &[
                    ("kept", &page.number(figures.link(LinkStatus::Kept))),
                ])))
                (figure("uncertain", figures.children - certain, page.word("key_left"), page.fill("key_left_of", &[
                    ("share", &page.show.share(figures.children - certain, figures.children)),
                ])))
            } @else {
                (figure("numbered", numbered, page.word("key_numbered"), page.fill("key_numbered_of", &[
                    ("share", &page.show.share(numbered, figures.children)),
                ])))
                (figure("unnumbered", figures.children - numbered, page.word("key_without"), page.word("key_without_of").to_owned()))
                (figure("duplicates", duplicates, page.word("key_duplicates"), page.word("key_duplicates_of").to_owned()))
            }
        }
    }
}

/// How each status is drawn; the order is that of [`LinkStatus::ALL`].
pub(super) fn status_class(status: LinkStatus) -> &'static str {
    match status {
        LinkStatus::Attached => "dark",
        LinkStatus::Kept => "mid",
        LinkStatus::Unverified => "light",
        LinkStatus::Conflict => "hatch",
        LinkStatus::Review => "dots",
        LinkStatus::None => "empty",
    }
}

/// All children as one line, parted by the status of their number.
fn statuses(page: Page<'_>) -> Markup {
    let figures = page.figures;
    // Half a stroke at either end, which paper would cut off.
    let scale = (plot::WIDE - 2.0) / length(figures.children.max(1));
    let mut x = 1.0;
    let mut parts = Vec::new();
    for status in LinkStatus::ALL {
        let width = length(figures.link(*status)) * scale;
        parts.push(rect(status_class(*status), x, 1.0, width, 20.0));
        x += width;
    }
    let spoken: Vec<String> = LinkStatus::ALL
        .iter()
        .filter(|status| figures.link(**status) > 0)
        .map(|status| format!("{}: {}", page.words.link(*status), page.number(figures.link(*status))))
        .collect();
    let inner = html! { @for part in &parts { (part) } };
    html! {
        figure.line {
            (plot::plot("status", (plot::WIDE, 22.0), page.word("links"), &spoken.join("; "), &inner))
            ul.legend {
                @for status in LinkStatus::ALL {
                    @if figures.link(*status) > 0 {
                        li { (swatch(status_class(*status))) (page.words.link(*status)) " " b { (page.number(figures.link(*status))) } }
                    }
                }
            }
        }
    }
}

/// The sample of an area in a legend.
pub(super) fn swatch(class: &str) -> Markup {
    html! {
        svg.swatch viewBox="0 0 12 12" aria-hidden="true" {
            rect class=(class) x="1" y="1" width="10" height="10" {}
        }
    }
}

fn to_do(page: Page<'_>) -> Markup {
    let (figures, counts) = (page.figures, &page.run.facts.counts);
    let rejects: u64 = counts.rejects.values().sum();
    let number = |value: u64| page.number(value);
    let pairs = counts.review_duplicates + counts.review_identities;
    let tasks: [(u64, &str, String, &str); 5] = [
        (
            pairs,
            "officer",
            page.fill(
                "do_review",
                &[
                    ("pairs", &number(pairs)),
                    ("duplicates", &number(counts.review_duplicates)),
                    ("identities", &number(counts.review_identities)),
                    ("children", &number(figures.review)),
                ],
            ),
            "review.xlsx",
        ),
        (
            figures.police,
            "police",
            page.fill("do_police", &[("children", &number(figures.police))]),
            "police.xlsx",
        ),
        (
            figures.household,
            "collaborators",
            page.fill(
                "do_household",
                &[("children", &number(figures.household)), ("places", &number(figures.household_places))],
            ),
            "household.xlsx",
        ),
        (rejects, "officer", page.fill("do_rejects", &[("rows", &number(rejects))]), "rejects.csv"),
        (
            figures.children,
            "officer",
            page.fill("do_update", &[("children", &number(figures.children))]),
            "update.xlsx",
        ),
    ];
    html! {
        section.todo {
            h2 { (page.word("to_do")) }
            table {
                thead { tr { th { (page.word("who")) } th { (page.word("what")) } th.n { (page.word("how_many")) } th { (page.word("where")) } } }
                tbody {
                    @for (count, who, what, file) in tasks {
                        @if count > 0 {
                            tr {
                                th scope="row" { (page.words.get("report", who)) }
                                td { (what) }
                                td.n data-f=(format!("todo.{file}")) { (number(count)) }
                                td { code { (file) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn estimates(page: Page<'_>) -> Markup {
    let matching = &page.run.facts.matching;
    let say = |value: Option<f64>| value.map(|value| page.show.decimal(value, 2));
    html! {
        @if let (Some(numbers), Some(merges)) = (say(matching.expected_wrong_numbers), say(matching.expected_false_merges)) {
            p.estimate {
                b { (page.word("estimate")) } " "
                @if page.run.facts.has_register() {
                    (page.fill("estimates", &[("numbers", &numbers), ("merges", &merges)]))
                } @else {
                    (page.fill("estimate_merges", &[("merges", &merges)]))
                }
            }
        }
    }
}
