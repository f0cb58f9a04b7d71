//! What was done to the list, where every row of it went, and how to read this page.

use maud::{Markup, html};

use super::{Page, plot};
use crate::record::{Change, RejectReason};

/// What normalising changed, by kind.
pub(super) fn changes(page: Page<'_>) -> Markup {
    let mut rows: Vec<(u64, Change)> = page
        .run
        .roll
        .changes
        .iter()
        .zip(Change::ALL)
        .filter(|(count, _)| **count > 0)
        .map(|(count, change)| (*count, *change))
        .collect();
    rows.sort_by_key(|(count, change)| (std::cmp::Reverse(*count), *change));
    let most = rows.first().map_or(1, |(count, _)| *count);
    html! {
        section {
            h2 { (page.word("changes")) }
            @if rows.is_empty() {
                p { (page.word("none")) }
            } @else {
                p.lead { (page.word("changes_lead")) }
                table.wide {
                    thead { tr { th { (page.word("change")) } th.n { (page.word("values")) } th {} th { (page.word("kind")) } } }
                    tbody {
                        @for (count, change) in &rows {
                            @let notation = page.rules.report.is_notation(*change);
                            tr {
                                th scope="row" { (page.words.change(*change)) " " code { (change.code()) } }
                                (page.count(&format!("change.{}", change.code()), *count))
                                td.graph { (plot::bar(most, &[(if notation { "light" } else { "mid" }, *count)])) }
                                td { (page.word(if notation { "notation" } else { "correction" })) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Where every row went, and why some cannot be used.
pub(super) fn rows(page: Page<'_>) -> Markup {
    let counts = &page.run.facts.counts;
    html! {
        section {
            h2 { (page.word("rows")) }
            p.lead { (page.word("rows_lead")) }
            table.wide {
                thead {
                    tr {
                        th { (page.word("file")) } th { (page.word("sheet")) } th.n { (page.word("rows_in")) }
                        th.n { (page.word("records")) } th.n { (page.word("rejects")) } th.n { (page.word("layout")) } th { (page.word("balanced")) }
                    }
                }
                tbody {
                    @for (at, sheet) in counts.sheets.iter().enumerate() {
                        tr {
                            th scope="row" { (sheet.file) }
                            td { (sheet.sheet) }
                            (page.count(&format!("sheet.{at}.rows"), sheet.rows))
                            (page.count(&format!("sheet.{at}.records"), sheet.records))
                            (page.count(&format!("sheet.{at}.rejects"), sheet.rejects))
                            (page.count(&format!("sheet.{at}.layout"), sheet.layout.values().sum()))
                            td { (page.word(if sheet.balanced { "yes" } else { "no" })) }
                        }
                    }
                }
            }
            @if !counts.rejects.is_empty() {
                h3 { (page.word("reject_reasons")) }
                table.narrow {
                    tbody {
                        @for (key, count) in &counts.rejects {
                            @let reason = RejectReason::ALL.iter().find(|reason| reason.key() == key);
                            tr {
                                th scope="row" { @match reason { Some(reason) => (page.words.reject(*reason)), None => code { (key) } } }
                                (page.count(&format!("reject.{key}"), *count))
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The files the figures come from.
pub(super) fn inputs(page: Page<'_>) -> Markup {
    html! {
        section {
            h2 { (page.word("inputs")) }
            table.wide {
                thead { tr { th { (page.word("file")) } th { (page.word("list")) } th.n { (page.word("bytes")) } th { "SHA-256" } } }
                tbody {
                    @for input in &page.run.facts.inputs {
                        tr {
                            th scope="row" { (input.path.rsplit(['/', '\\']).next().unwrap_or(&input.path)) }
                            td { (page.word(if input.list == "register" { "register_list" } else { "children_list" })) }
                            td.n { (page.number(input.bytes)) }
                            td { code.hash { (input.sha256) } }
                        }
                    }
                }
            }
        }
    }
}

/// How the figures are counted.
pub(super) fn method(page: Page<'_>) -> Markup {
    html! {
        section.method {
            h2 { (page.word("method")) }
            ul {
                @for key in ["method_child", "method_before", "method_estimate", "method_private"] {
                    li { (page.words.get("report", key)) }
                }
            }
        }
    }
}
