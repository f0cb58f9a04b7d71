//! The review: the next item, an item, an answer, an answer taken back.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Extension, Form,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use maud::html;

use super::{
    super::{
        guard::{Visit, plain},
        open_run::{OpenRun, Snapshot},
        pages::{self, Shown, Tab, View},
        queue::Item,
        run_folder::PairRow,
        state::Desk,
        verdict::{self, Refused},
    },
    Filter, page, run_of,
};
use crate::decide::{Decision, LogError, PairKind};

type Values = BTreeMap<String, String>;

/// An item's address within a filter.
fn address(id: &str, filter: &Filter, more: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(filter.to_query());
    query.extend_pairs(more);
    let query = query.finish();
    if query.is_empty() { format!("/review/{id}") } else { format!("/review/{id}?{query}") }
}

/// The first item that waits for an answer.
pub async fn next(
    State(desk): State<Arc<Desk>>,
    Extension(visit): Extension<Visit>,
    Query(values): Query<Values>,
) -> Response {
    let run = match run_of(&desk) {
        Ok(run) => run,
        Err(elsewhere) => return elsewhere,
    };
    let (filter, now) = (Filter::read(&values), run.now());
    let second = visit.settings.second;
    match run.queue.items.iter().find(|item| filter.waits(item, &run, &now, second)) {
        Some(item) => Redirect::to(&address(&item.id, &filter, &[])).into_response(),
        None => nothing_left(&desk, &visit, &run, &now, &filter),
    }
}

fn nothing_left(desk: &Desk, visit: &Visit, run: &OpenRun, now: &Snapshot, filter: &Filter) -> Response {
    let view = View::new(desk, visit, Some(run), format!("/review?{}", filter.to_query()));
    let filtered = *filter != Filter { page: filter.page, ..Filter::default() };
    let main = html! {
        h1 { (view.t(if run.queue.items.is_empty() { "nothing_to_review" } else { "all_done" })) }
        p.lead { (view.fill("all_done_help", &[("count", &view.count(now.log.standing().count()))])) }
        p.line {
            a.button.primary href="/summary" { (view.t("nav_summary")) }
            a.button href="/decisions" { (view.t("nav_decided")) }
            @if filtered { a.button.quiet href="/review" { (view.t("clear_filter")) } }
        }
    };
    page(&view.page(Tab::Review, view.t("all_done"), &main))
}

/// One item.
pub async fn show(
    State(desk): State<Arc<Desk>>,
    Extension(visit): Extension<Visit>,
    Path(id): Path<String>,
    Query(values): Query<Values>,
) -> Response {
    let run = match run_of(&desk) {
        Ok(run) => run,
        Err(elsewhere) => return elsewhere,
    };
    let now = run.now();
    show_item(&desk, &visit, &run, &now, &id, &values, false)
}

fn show_item(
    desk: &Desk,
    visit: &Visit,
    run: &OpenRun,
    now: &Snapshot,
    id: &str,
    values: &Values,
    meanwhile: bool,
) -> Response {
    let Some(position) = run.queue.position(id) else {
        return plain(
            StatusCode::NOT_FOUND,
            "Không có cặp này trong hàng chờ. / There is no such pair in the queue.",
        );
    };
    let filter = Filter::read(values);
    let second = visit.settings.second;
    let item = &run.queue.items[position];
    let items = &run.queue.items;
    let matches = |item: &&Item| filter.holds(item, run, now, second);
    let before = items[..position].iter().rev().find(matches);
    let after = items[position + 1..].iter().find(matches);
    let to = |item: &Item| address(&item.id, &filter, &[]);
    let saved = values.get("saved").and_then(|pair| now.standings.get(pair, second));
    let shown = Shown {
        item,
        pair: asked(run, now, item, id, second),
        filter: &filter,
        before: before.map(to),
        after: after.map(to),
        saved,
        meanwhile,
    };
    let view = View::new(desk, visit, Some(run), address(id, &filter, &[]));
    let status = if meanwhile { StatusCode::CONFLICT } else { StatusCode::OK };
    (status, page(&pages::review(&view, run, now, &shown))).into_response()
}

/// The pair asked about: the one named, unless the address names the item as a whole and that pair
/// has been answered already.
fn asked<'a>(run: &'a OpenRun, now: &Snapshot, item: &Item, id: &str, second: bool) -> &'a PairRow {
    let pairs = || item.pairs.iter().map(|pair| &run.folder.pairs[*pair]);
    let first = &run.folder.pairs[item.pairs[0]];
    let named = pairs().find(|pair| pair.id == id).unwrap_or(first);
    if item.kind == PairKind::Identity {
        return first;
    }
    let open = now.standings.open_pairs(item, &run.folder, second);
    let is_open = |pair: &&PairRow| open.iter().any(|at| run.folder.pairs[*at].id == pair.id);
    if id != item.id || is_open(&named) { named } else { pairs().find(is_open).unwrap_or(named) }
}

/// An answer: saved before the next item is shown.
pub async fn answer(
    State(desk): State<Arc<Desk>>,
    Extension(visit): Extension<Visit>,
    Path(id): Path<String>,
    Form(mut values): Form<Values>,
) -> Response {
    let run = match run_of(&desk) {
        Ok(run) => run,
        Err(elsewhere) => return elsewhere,
    };
    let Some(position) = run.queue.position(&id) else {
        return plain(StatusCode::NOT_FOUND, "Không có cặp này. / There is no such pair.");
    };
    let verdict = values.remove("verdict").unwrap_or_default();
    let (answer, pair) = verdict.split_once(':').unwrap_or((&verdict, ""));
    values.insert("answer".to_owned(), answer.to_owned());
    values.insert("pair".to_owned(), pair.to_owned());
    let filter = Filter::from_query(values.get("back").map(String::as_str).unwrap_or_default());
    let item = &run.queue.items[position];
    match verdict::decide(&run, &visit, item, &values) {
        Ok(_) => {
            let pair = if pair.is_empty() { item.id.as_str() } else { pair };
            Redirect::to(&after(&run, &visit, position, &filter, pair)).into_response()
        }
        Err(Refused::Meanwhile) => {
            let back = values.get("back").map(String::as_str).unwrap_or_default();
            let query: Values = form_urlencoded::parse(back.as_bytes()).into_owned().collect();
            let now = run.now();
            show_item(&desk, &visit, &run, &now, &id, &query, true)
        }
        Err(refused) => failed(&desk, &visit, &refused),
    }
}

/// Where to go after an answer: the rest of this item, else the next that waits, from here on and
/// then from the start.
fn after(run: &OpenRun, visit: &Visit, position: usize, filter: &Filter, saved: &str) -> String {
    let now = run.now();
    let second = visit.settings.second;
    let items = &run.queue.items;
    let waits = |item: &&Item| filter.waits(item, run, &now, second);
    let ahead = items[position..].iter().chain(&items[..position]);
    match ahead.into_iter().find(waits) {
        Some(item) => address(&item.id, filter, &[("saved", saved)]),
        None => format!("/review?{}", filter.to_query()),
    }
}

/// Takes back the answers of the item a pair belongs to, and shows it again.
pub async fn undo(
    State(desk): State<Arc<Desk>>,
    Extension(visit): Extension<Visit>,
    Form(values): Form<Values>,
) -> Response {
    let run = match run_of(&desk) {
        Ok(run) => run,
        Err(elsewhere) => return elsewhere,
    };
    let named = values.get("pair").cloned().unwrap_or_default();
    let second = visit.settings.second || values.contains_key("second");
    let now = run.now();
    let pairs: Vec<String> = match run.queue.position(&named).map(|at| &run.queue.items[at]) {
        // A child's candidates were answered together.
        Some(item) if item.kind == PairKind::Identity => {
            item.pairs.iter().map(|pair| run.folder.pairs[*pair].id.clone()).collect()
        }
        _ => vec![named.clone()],
    };
    let lines: Vec<String> = pairs
        .iter()
        .filter_map(|pair| now.standings.get(pair, second))
        .flat_map(|standing| all_lines(&now, standing.decision()))
        .collect();
    if let Err(refused) = verdict::undo(&run, &visit.settings.who, &lines) {
        return failed(&desk, &visit, &refused);
    }
    if values.get("to").is_some_and(|to| to == "decisions") || run.queue.position(&named).is_none() {
        return Redirect::to("/decisions").into_response();
    }
    let filter = Filter::from_query(values.get("back").map(String::as_str).unwrap_or_default());
    Redirect::to(&address(&named, &filter, &[])).into_response()
}

/// Every line that answers the same two sides and was not taken back: undoing the latest alone would
/// bring an older answer to life again.
fn all_lines(now: &Snapshot, answered: &Decision) -> Vec<String> {
    let sides = |decision: &Decision| {
        let mut sides = [decision.record.id.clone(), decision.other.id.clone()];
        sides.sort();
        (sides, decision.second_reading)
    };
    let wanted = sides(answered);
    let lines =
        now.log.standing().filter(|(_, entry)| entry.decision().is_some_and(|it| sides(it) == wanted));
    lines.map(|(_, entry)| entry.id.clone()).collect()
}

/// An answer that could not be kept: said in so many words, so that nobody believes it was.
fn failed(desk: &Desk, visit: &Visit, refused: &Refused) -> Response {
    let language = visit.settings.language;
    let messages = &desk.rules.messages;
    let (status, detail) = match refused {
        Refused::NotAnAnswer => (StatusCode::BAD_REQUEST, String::new()),
        Refused::Meanwhile => (StatusCode::CONFLICT, String::new()),
        Refused::Log(LogError::Io { error, .. }) | Refused::Io(error) => {
            (StatusCode::INTERNAL_SERVER_ERROR, messages.system(language, error))
        }
    };
    let sentence = messages.fill(language, "desk", "not_saved", &[("detail", &detail)]);
    plain(status, &sentence)
}
