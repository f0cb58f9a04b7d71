//! Every answer that stands, the latest first, each to be looked at again or taken back.

use maud::{Markup, html};

use super::{
    super::{
        open_run::{OpenRun, Snapshot},
        standing::Standing,
    },
    layout::{Tab, View},
    review::{answer_words, time},
};

/// Answers on one page.
const PAGE: usize = 100;

/// The page; `contradictions` shows only those.
pub fn decided(view: &View<'_>, run: &OpenRun, now: &Snapshot, contradictions: bool, page: usize) -> Markup {
    let mut list = now.standings.all();
    list.retain(|standing| !contradictions || standing.contradiction);
    list.reverse();
    let pages = list.len().div_ceil(PAGE).max(1);
    let page = page.clamp(1, pages);
    let main = html! {
        h1 { (view.t("nav_decided")) }
        p { (view.fill("decided_count", &[("count", &view.count(list.len()))])) " "
            @if contradictions { a href="/decisions" { (view.t("show_all")) } }
        }
        @if contradictions && !list.is_empty() { div.notice.stop { strong { (view.t("contradiction_title")) } " " (view.t("contradiction")) } }
        @if list.is_empty() { p.notice { (view.t("decided_none")) } }
        @else {
            div.scroll tabindex="0" role="region" aria-label=(view.t("nav_decided")) {
                table.list {
                    thead { tr {
                        th scope="col" { (view.t("pair")) }
                        th scope="col" { (view.t("child")) }
                        th scope="col" { (view.t("answer")) }
                        th scope="col" { (view.t("who")) }
                        th scope="col" { (view.t("when")) }
                        th scope="col" { (view.t("state")) }
                        th scope="col" { span.hidden { (view.t("undo")) } }
                    } }
                    tbody { @for standing in list.iter().skip((page - 1) * PAGE).take(PAGE) { (row(view, run, standing)) } }
                }
            }
            @if pages > 1 {
                nav.pager aria-label=(view.t("pages")) {
                    @if page > 1 { a.button.quiet href=(format!("/decisions?page={}", page - 1)) { (view.t("page_before")) } }
                    span { (view.fill("page_of", &[("page", &page.to_string()), ("pages", &pages.to_string())])) }
                    @if page < pages { a.button.quiet href=(format!("/decisions?page={}", page + 1)) { (view.t("page_after")) } }
                }
            }
        }
    };
    view.page(Tab::Decided, view.t("nav_decided"), &main)
}

fn row(view: &View<'_>, run: &OpenRun, standing: &Standing) -> Markup {
    let decision = standing.decision();
    let waits = run.queue.position(&standing.pair).is_some();
    let name = run.folder.record(&decision.record.id).map(|record| record.values[0].as_str());
    let state = if standing.contradiction {
        "state_contradiction"
    } else if !waits {
        "state_applied"
    } else if standing.current {
        "state_counts"
    } else {
        "state_changed"
    };
    html! {
        tr {
            td { @if waits { a.code href=(format!("/review/{}", standing.pair)) { (standing.pair) } } @else { span.code { (standing.pair) } } }
            td { strong { (name.unwrap_or("—")) } " " span.code { (decision.record.id) } }
            td { (answer_words(view, standing)) @if decision.second_reading { " " span.badge { (view.t("second_short")) } } }
            td { (standing.entry.who) }
            td { (time(standing)) }
            td { (view.t(state)) }
            td {
                @if !view.desk.read_only {
                    form method="post" action="/undo" {
                        input type="hidden" name="pair" value=(standing.pair);
                        @if decision.second_reading { input type="hidden" name="second" value="1"; }
                        input type="hidden" name="to" value="decisions";
                        button.quiet type="submit" aria-label=(format!("{} {}", view.t("undo"), standing.pair)) { (view.t("undo")) }
                    }
                }
            }
        }
    }
}
