//! Coming in, settings, ending.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Extension, Form,
    extract::{Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};

use super::{
    super::{
        guard::{Visit, cookie, plain},
        state::Desk,
    },
    own_address,
};
use crate::rules::Language;

type Values = BTreeMap<String, String>;

/// The opened address: its token is good once.
pub async fn start(State(desk): State<Arc<Desk>>, Query(values): Query<Values>) -> Response {
    let token = values.get("token").map(String::as_str).unwrap_or_default();
    match desk.sessions.enter(token) {
        Some(session) => ([(header::SET_COOKIE, cookie(&desk, &session))], Redirect::to("/")).into_response(),
        // Who came in by it before may load the address again: the cookie lets them in.
        None if token.len() == 64 => Redirect::to("/").into_response(),
        None => plain(
            StatusCode::FORBIDDEN,
            "Địa chỉ này không mở được bàn làm việc. / This address opens no desk.",
        ),
    }
}

fn back(values: &Values) -> Redirect {
    Redirect::to(own_address(values.get("back").map_or("/", String::as_str)))
}

/// Name, blind mode, second reading, single keys.
pub async fn save(
    State(desk): State<Arc<Desk>>,
    Extension(visit): Extension<Visit>,
    Form(values): Form<Values>,
) -> Redirect {
    desk.sessions.change(&visit.session, |settings| {
        if let Some(who) = values.get("who").map(|who| plain_words(who)).filter(|who| !who.is_empty()) {
            settings.who = who;
        }
        settings.blind = values.contains_key("blind");
        settings.second = values.contains_key("second");
        settings.keys = values.contains_key("keys");
    });
    back(&values)
}

/// One line of words, not too long.
fn plain_words(text: &str) -> String {
    let words: Vec<&str> = text.split(|letter: char| letter.is_whitespace() || letter.is_control()).collect();
    words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ").chars().take(60).collect()
}

/// Tiếng Việt or English.
pub async fn language(
    State(desk): State<Arc<Desk>>,
    Extension(visit): Extension<Visit>,
    Form(values): Form<Values>,
) -> Redirect {
    let language = match values.get("language").map(String::as_str) {
        Some("en") => Language::En,
        _ => Language::Vi,
    };
    desk.sessions.change(&visit.session, |settings| settings.language = language);
    back(&values)
}

/// Begins or ends a second reading.
pub async fn second(
    State(desk): State<Arc<Desk>>,
    Extension(visit): Extension<Visit>,
    Form(values): Form<Values>,
) -> Redirect {
    let on = values.get("second").is_some_and(|value| value == "on");
    desk.sessions.change(&visit.session, |settings| settings.second = on);
    Redirect::to(if on { "/review" } else { "/agreement" })
}

/// Ends the desk.
pub async fn end(State(desk): State<Arc<Desk>>, Extension(visit): Extension<Visit>) -> Response {
    let text = desk.rules.messages.get(visit.settings.language, "desk", "ended").to_owned();
    desk.end.notify_one();
    plain(StatusCode::OK, &text)
}
