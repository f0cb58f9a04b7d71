//! Quality before and after by field and by thôn/TDP, findings, duplicates.

use maud::{Markup, html};

use super::{
    Page, plot,
    plot::{WIDE, length, line, text},
    summary::swatch,
};
use crate::{
    record::{Finding, FindingCode, PlaceCode},
    report::{
        figures::{BeforeAfter, Cause, Place},
        roll::{NameIx, Required},
    },
    rules::{FixAt, Severity},
    text::order::VietnameseOrder,
    write::capitalised,
};

/// Every required field: how many were right as written, how many are there now.
pub(super) fn fields(page: Page<'_>) -> Markup {
    let figures = page.figures;
    html! {
        section.whole {
            h2 { (page.word("fields")) }
            p.lead { (page.fill("fields_lead", &[
                ("before", &page.show.share(figures.whole.before, figures.records)),
                ("after", &page.show.share(figures.whole.after, figures.children)),
            ])) }
            div.beside {
                figure { (fields_plot(page)) (before_after_legend(page)) }
                table {
                    caption.hidden { (page.word("fields")) }
                    thead {
                        tr {
                            th rowspan="2" { (page.word("field")) }
                            th.n colspan="2" scope="colgroup" { (page.word("before_records")) }
                            th.n colspan="2" scope="colgroup" { (page.word("after_children")) }
                        }
                        tr { th.n { (page.word("right")) } th.n { "%" } th.n { (page.word("present")) } th.n { "%" } }
                    }
                    tbody {
                        @for (field, counts) in Required::ALL.into_iter().zip(figures.fields) {
                            (fields_row(page, field.key(), &field_name(page, field), counts))
                        }
                        (fields_row(page, "whole", page.word("all_fields"), figures.whole))
                    }
                }
            }
            p.note { (page.word("fields_note")) }
        }
    }
}

fn field_name(page: Page<'_>, field: Required) -> String {
    capitalised(match field {
        Required::Parents => page.word("parents"),
        other => page.words.get("field", other.key()),
    })
}

fn fields_row(page: Page<'_>, key: &str, name: &str, counts: BeforeAfter) -> Markup {
    let figures = page.figures;
    html! {
        tr.sum[key == "whole"] {
            th scope="row" { (name) }
            (page.count(&format!("before.{key}"), counts.before)) (page.share(counts.before, figures.records, "records"))
            (page.count(&format!("after.{key}"), counts.after)) (page.share(counts.after, figures.children, "children"))
        }
    }
}

fn before_after_legend(page: Page<'_>) -> Markup {
    html! {
        ul.legend {
            li { (swatch("open")) (page.word("before")) }
            li { (swatch("dark")) (page.word("after")) }
        }
    }
}

fn fields_plot(page: Page<'_>) -> Markup {
    const NAMES: f64 = 180.0;
    const ROW: f64 = 26.0;
    let figures = page.figures;
    let axis = |share: f64| NAMES + share * (WIDE / 1.6 - NAMES - 18.0);
    let rows: Vec<(String, BeforeAfter)> = Required::ALL
        .into_iter()
        .zip(figures.fields)
        .map(|(field, counts)| (field_name(page, field), counts))
        .chain([(page.word("all_fields").to_owned(), figures.whole)])
        .collect();
    let bottom = ROW * length(rows.len() as u64) + 4.0;
    let spoken: Vec<String> = rows
        .iter()
        .map(|(name, counts)| {
            let before = page.show.share(counts.before, figures.records);
            format!("{name}: {before} → {}", page.show.share(counts.after, figures.children))
        })
        .collect();
    let inner = html! {
        @for tenth in [0.0, 0.25, 0.5, 0.75, 1.0] {
            (line("grid", (axis(tenth), 4.0), (axis(tenth), bottom)))
            (text("tick middle", axis(tenth), bottom + 13.0, &page.show.decimal(tenth * 100.0, 0)))
        }
        @for (at, (name, counts)) in rows.iter().enumerate() {
            @let y = ROW * length(at as u64) + 17.0;
            @let before = axis(length(counts.before) / length(figures.records.max(1)));
            @let after = axis(length(counts.after) / length(figures.children.max(1)));
            (text("label start", 0.0, y + 4.0, name))
            (line("rod", (before, y), (after, y)))
            circle.open cx=(plot::at(before)) cy=(plot::at(y)) r="5" {}
            circle.dark cx=(plot::at(after)) cy=(plot::at(y)) r="5" {}
        }
        (text("tick end", WIDE / 1.6, bottom + 13.0, "%"))
    };
    plot::plot("fields", (WIDE / 1.6, bottom + 18.0), page.word("fields"), &spoken.join("; "), &inner)
}

/// The same by thôn/TDP, with what is left to do there.
pub(super) fn places(page: Page<'_>) -> Markup {
    let figures = page.figures;
    let order = VietnameseOrder::default();
    let communes: std::collections::BTreeSet<Option<PlaceCode>> = figures
        .places
        .iter()
        .filter_map(|place| place.of.filter(|(_, name)| *name != NameIx::NONE).map(|(commune, _)| commune))
        .collect();
    let mut rows: Vec<(Vec<u8>, String, &Place)> = figures
        .places
        .iter()
        .map(|place| {
            let label = place_label(page, place, communes.len() > 1);
            // Unknown ones and the rest come last.
            let rank = match place.of {
                None => 2,
                Some((_, NameIx::NONE)) => 1,
                Some(_) => 0,
            };
            let mut key = vec![rank];
            order.write_key(&label, &mut key);
            (key, label, place)
        })
        .collect();
    rows.sort_by(|(one, ..), (other, ..)| one.cmp(other));
    html! {
        section.whole {
            h2 { (page.word("places")) }
            p.lead { (page.word("places_lead")) }
            table.wide {
                thead {
                    tr {
                        th rowspan="2" { (page.word("place")) }
                        th.n rowspan="2" { (page.word("records")) }
                        th.n rowspan="2" { (page.word("children")) }
                        th colspan="3" scope="colgroup" { (page.word("all_fields")) }
                        th colspan="3" scope="colgroup" { (page.word("with_number")) }
                        th colspan="2" scope="colgroup" { (page.word("left")) }
                    }
                    tr {
                        th.n { (page.word("before")) } th.n { (page.word("after")) } th {}
                        th.n { (page.word("before")) } th.n { (page.word("after")) } th {}
                        th.n { (page.word("at_home")) } th.n { (page.word("with_police")) }
                    }
                }
                tbody {
                    @for (_, label, place) in &rows { (place_row(page, label, place)) }
                    (place_row(page, page.word("total"), &total(page)))
                }
            }
            (before_after_bars(page))
            p.note { (page.word("places_note")) }
        }
    }
}

fn before_after_bars(page: Page<'_>) -> Markup {
    html! {
        ul.legend {
            li { (swatch("light")) (page.word("before")) }
            li { (swatch("dark")) (page.word("after")) }
        }
    }
}

fn place_label(page: Page<'_>, place: &Place, with_commune: bool) -> String {
    match place.of {
        None => page.fill("other_places", &[("places", &page.number(place.places))]),
        Some((_, NameIx::NONE)) => page.word("no_hamlet").to_owned(),
        Some((commune, name)) => {
            let name = page.run.roll.names.get(name).to_owned();
            let commune = commune.filter(|_| with_commune).and_then(|code| page.words.commune(code));
            commune.map_or(name.clone(), |commune| format!("{name}, {commune}"))
        }
    }
}

fn total(page: Page<'_>) -> Place {
    let figures = page.figures;
    Place {
        of: None,
        places: 0,
        records: figures.records,
        children: figures.children,
        whole: figures.whole,
        number: figures.fields[Required::PersonalId as usize],
        household: figures.household,
        police: figures.police,
    }
}

fn place_row(page: Page<'_>, label: &str, place: &Place) -> Markup {
    let is_total = place.places == 0;
    let figure = |name: &str| format!("place.{name}");
    html! {
        tr.sum[is_total] data-place=(label) {
            th scope="row" { (label) }
            (page.count(&figure("records"), place.records))
            (page.count(&figure("children"), place.children))
            (page.count(&figure("whole_before"), place.whole.before))
            (page.count(&figure("whole_after"), place.whole.after))
            td.graph { (plot::pair((place.whole.before, place.records), (place.whole.after, place.children))) }
            (page.count(&figure("number_before"), place.number.before))
            (page.count(&figure("number_after"), place.number.after))
            td.graph { (plot::pair((place.number.before, place.records), (place.number.after, place.children))) }
            (page.count(&figure("household"), place.household))
            (page.count(&figure("police"), place.police))
        }
    }
}

/// Findings by code, the gravest first, with masked examples.
pub(super) fn findings(page: Page<'_>) -> Markup {
    let figures = page.figures;
    let mut rows: Vec<(Severity, u64, FindingCode)> = FindingCode::ALL
        .iter()
        .zip(&figures.findings)
        .filter(|(_, count)| **count > 0)
        .map(|(code, count)| (page.rules.checks.severity(*code), *count, *code))
        .collect();
    rows.sort_by_key(|(severity, count, code)| (*severity, std::cmp::Reverse(*count), *code));
    let most = rows.iter().map(|(_, count, _)| *count).max().unwrap_or(1);
    html! {
        section {
            h2 { (page.word("findings")) }
            p.lead { (page.word("findings_lead")) }
            @if rows.is_empty() {
                p { (page.word("none")) }
            } @else {
                table.wide {
                    thead {
                        tr {
                            th { (page.word("finding")) } th.n { (page.word("records")) } th {}
                            th.short { (page.word("fix")) } th { (page.word("examples")) }
                        }
                    }
                    @for severity in [Severity::Error, Severity::Warning, Severity::Info] {
                        @if rows.iter().any(|(it, _, _)| *it == severity) {
                            tbody {
                                tr.group { th colspan="5" scope="rowgroup" { (page.words.get("severity", severity.as_str())) } }
                                @for (_, count, code) in rows.iter().filter(|(it, _, _)| *it == severity) {
                                    (finding(page, *code, *count, most))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn finding(page: Page<'_>, code: FindingCode, count: u64, most: u64) -> Markup {
    let sentence = page.words.finding(&Finding { code, field: None, detail: None });
    let who = match page.rules.checks.list(code) {
        FixAt::Household => "fix_household",
        FixAt::Police => "fix_police",
        FixAt::None => "fix_none",
    };
    let roll = &page.run.roll;
    html! {
        tr {
            td { (sentence) " " code { (code.as_str()) } }
            (page.count(&format!("finding.{}", code.as_str()), count))
            td.graph { (plot::bar(most, &[("mid", count)])) }
            td.short { (page.words.get("report", who)) }
            td.examples {
                @for example in &roll.examples[code as usize] {
                    span { (example.text) " " small { (page.fill("row", &[("row", &example.row.to_string())])) } }
                }
            }
        }
    }
}

/// Why children were entered twice.
pub(super) fn duplicates(page: Page<'_>) -> Markup {
    let figures = page.figures;
    let all = figures.duplicates();
    html! {
        section.whole {
            h2 { (page.word("duplicates")) }
            @if all == 0 {
                p { (page.word("no_duplicates")) }
            } @else {
                p.lead { (page.fill("duplicates_lead", &[("duplicates", &page.number(all)), ("share", &page.show.share(all, figures.records))])) }
                table.wide {
                    thead { tr { th { (page.word("cause")) } th.n { (page.word("records")) } th.n { "%" } th {} } }
                    tbody {
                        @for (cause, count) in Cause::ALL.into_iter().zip(figures.causes) {
                            tr {
                                th scope="row" { (page.words.get("cause", cause.key())) }
                                (page.count(&format!("cause.{}", cause.key()), count))
                                (page.share(count, all, "duplicates"))
                                td.graph { (plot::bar(all, &[("mid", count)])) }
                            }
                        }
                        tr.sum { th scope="row" { (page.word("total")) } (page.count("duplicates", all)) (page.share(all, all, "duplicates")) td {} }
                    }
                }
                p.note { (page.word("duplicates_note")) }
            }
        }
    }
}
