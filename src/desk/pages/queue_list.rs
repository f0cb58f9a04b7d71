//! All items, filtered and searched, to jump to one.

use maud::{Markup, html};

use super::{
    super::{
        open_run::{OpenRun, Snapshot},
        queue::{Band, Item},
        routes::Filter,
        standing::ItemState,
    },
    layout::{Tab, View},
    marks::shown,
    waterfall::per_cent,
};
use crate::{
    decide::PairKind,
    record::{FieldKind, Finding, FindingCode},
    write::capitalised,
};

/// Items on one page.
const PAGE: usize = 50;

/// The page.
pub fn queue_list(view: &View<'_>, run: &OpenRun, now: &Snapshot, filter: &Filter) -> Markup {
    let second = view.visit.settings.second;
    let found: Vec<(usize, &Item)> = run
        .queue
        .items
        .iter()
        .enumerate()
        .filter(|(_, item)| filter.matches(item, run, now, second))
        .collect();
    let pages = found.len().div_ceil(PAGE).max(1);
    let page = filter.page.clamp(1, pages);
    let shown = &found[(page - 1) * PAGE..found.len().min(page * PAGE)];
    let main = html! {
        h1 { (view.t("nav_queue")) }
        (filters(view, run, filter))
        p role="status" { (view.fill("found", &[("count", &view.count(found.len()))])) }
        @if shown.is_empty() { p.notice { (view.t("found_none")) } }
        @else {
            div.scroll tabindex="0" role="region" aria-label=(view.t("nav_queue")) {
                table.list {
                    thead {
                        tr {
                            th scope="col" { (view.t("pair")) }
                            th scope="col" { (view.t("question")) }
                            th scope="col" { (view.t("child")) }
                            th scope="col" { (capitalised(view.words.get("field", "birth_date"))) }
                            th scope="col" { (view.words.get("sheets", "hamlet")) }
                            @if !view.blind() { th.number scope="col" { (view.t("likely")) } }
                            th scope="col" { (view.t("state")) }
                        }
                    }
                    tbody { @for (_, item) in shown { (row(view, run, now, item, filter)) } }
                }
            }
            (pager(view, filter, page, pages))
        }
    };
    view.page(Tab::Queue, view.t("nav_queue"), &main)
}

fn row(view: &View<'_>, run: &OpenRun, now: &Snapshot, item: &Item, filter: &Filter) -> Markup {
    let pair = &run.folder.pairs[item.pairs[0]];
    let state = now.standings.state(item, &run.folder, view.visit.settings.second);
    let kind = if item.kind == PairKind::Identity { "kind_identity" } else { "kind_duplicate" };
    let query = filter.to_query();
    let address = if query.is_empty() {
        format!("/review/{}", item.id)
    } else {
        format!("/review/{}?{query}", item.id)
    };
    html! {
        tr {
            td { a.code href=(address) { (item.id) } }
            td { span class={ "badge " (item.kind.as_str()) } { (view.t(kind)) } @if item.pairs.len() > 1 { " ×" (item.pairs.len()) } }
            td { strong { (pair.sides[0][0]) } @if pair.sides[1][0] != pair.sides[0][0] { " / " (pair.sides[1][0]) } }
            td { (shown(view, FieldKind::BirthDate, &pair.sides[0][1])) }
            td { (item.hamlets.join(", ")) }
            @if !view.blind() { td.number { (per_cent(item.probability)) " %" } }
            td { span class={ "state " (state.as_str()) } { (view.t(state_key(state))) } }
        }
    }
}

/// The words of a state.
pub fn state_key(state: ItemState) -> &'static str {
    match state {
        ItemState::Open => "state_open",
        ItemState::Changed => "state_changed",
        ItemState::Contradiction => "state_contradiction",
        ItemState::Unsure => "state_unsure",
        ItemState::Decided => "state_decided",
    }
}

fn filters(view: &View<'_>, run: &OpenRun, filter: &Filter) -> Markup {
    let option = |value: &str, words: &str, chosen: &str| html! { option value=(value) selected[value == chosen] { (words) } };
    let finding = |code: &str| {
        let known = FindingCode::ALL.iter().find(|known| known.as_str() == code);
        known.map_or_else(
            || code.to_owned(),
            |code| view.words.finding(&Finding { code: *code, field: None, detail: None }),
        )
    };
    html! {
        form.filters method="get" action="/queue" {
            label { (view.t("search")) input type="search" name="q" value=(filter.q) placeholder=(view.t("search_hint")) data-key="/"; }
            label { (view.t("question")) select name="kind" {
                (option("", view.t("all"), &filter.kind))
                (option("identity", view.t("kind_identity"), &filter.kind))
                (option("duplicate", view.t("kind_duplicate"), &filter.kind))
            } }
            label { (view.words.get("sheets", "hamlet")) select name="hamlet" {
                (option("", view.t("all"), &filter.hamlet))
                @for (hamlet, count) in &run.queue.hamlets { option value=(hamlet) selected[*hamlet == filter.hamlet] { (hamlet) " (" (count) ")" } }
            } }
            @if !view.blind() {
                label { (view.t("likely")) select name="band" {
                    (option("", view.t("all"), &filter.band))
                    @for band in Band::ALL { (option(band.as_str(), view.t(match band { Band::High => "band_high", Band::Middle => "band_middle", Band::Low => "band_low" }), &filter.band)) }
                } }
            }
            label { (view.t("finding")) select name="finding" {
                (option("", view.t("all"), &filter.finding))
                @for (code, count) in &run.queue.findings { option value=(code) selected[*code == filter.finding] { (finding(code)) " (" (count) ")" } }
            } }
            label { (view.t("state")) select name="state" {
                (option("", view.t("all"), &filter.state))
                @for state in ItemState::ALL { (option(state.as_str(), view.t(state_key(state)), &filter.state)) }
            } }
            div.line {
                button.primary type="submit" { (view.t("apply_filter")) }
                button type="submit" formaction="/review" { (view.t("review_these")) }
                a.button.quiet href="/queue" { (view.t("clear_filter")) }
            }
        }
    }
}

fn pager(view: &View<'_>, filter: &Filter, page: usize, pages: usize) -> Markup {
    let address = |page: usize| format!("/queue?{}", Filter { page, ..filter.clone() }.to_query());
    html! {
        @if pages > 1 {
            nav.pager aria-label=(view.t("pages")) {
                @if page > 1 { a.button.quiet href=(address(page - 1)) rel="prev" { (view.t("page_before")) } }
                span { (view.fill("page_of", &[("page", &page.to_string()), ("pages", &pages.to_string())])) }
                @if page < pages { a.button.quiet href=(address(page + 1)) rel="next" { (view.t("page_after")) } }
            }
        }
    }
}
