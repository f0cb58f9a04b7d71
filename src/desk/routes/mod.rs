//! Addresses and what answers them: reads the request, asks the parts of the desk, hands a page
//! back.

mod filter;
mod lists;
mod review;
mod settings;
mod upload;
mod whole_job;

use std::sync::Arc;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Path, State},
    http::{HeaderValue, StatusCode, header},
    middleware,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use maud::Markup;

pub use filter::Filter;

use super::{guard, open_run::OpenRun, state::Desk};

/// Forms are small; uploads have their own limit.
const FORM_LIMIT: usize = 256 * 1024;

/// All addresses, behind the guard.
pub fn router(desk: Arc<Desk>) -> Router {
    Router::new()
        .route("/", get(first))
        .route("/start", get(settings::start))
        .route("/static/{name}", get(asset))
        .route("/settings", post(settings::save))
        .route("/settings/language", post(settings::language))
        .route("/settings/second", post(settings::second))
        .route("/settings/end", post(settings::end))
        .route("/review", get(review::next))
        .route("/review/{id}", get(review::show).post(review::answer))
        .route("/undo", post(review::undo))
        .route("/queue", get(lists::queue))
        .route("/decisions", get(lists::decided))
        .route("/agreement", get(lists::agreement))
        .route("/summary", get(lists::summary))
        .route("/download/{name}", get(lists::download))
        .route("/files", get(whole_job::files))
        .route("/files/{shelf}/remove", post(whole_job::remove))
        .route("/columns/{shelf}", get(whole_job::columns).post(whole_job::save_columns))
        .route("/run", get(whole_job::running).post(whole_job::run))
        .route("/run/progress", get(whole_job::progress))
        .route("/jobs/new", post(whole_job::new_job))
        .route("/jobs/open", post(whole_job::open_job))
        .layer(DefaultBodyLimit::max(FORM_LIMIT))
        .route("/upload/{shelf}", post(upload::upload))
        .fallback(nowhere)
        .layer(middleware::from_fn_with_state(desk.clone(), guard::guard))
        .with_state(desk)
}

/// Where a visitor begins.
async fn first(State(desk): State<Arc<Desk>>) -> Redirect {
    Redirect::to(match (&desk.jobs, desk.run()) {
        (Some(jobs), _) if jobs.is_running() => "/run",
        (Some(_), None) => "/files",
        (Some(_), Some(_)) => "/summary",
        (None, _) => "/review",
    })
}

async fn nowhere() -> Response {
    guard::plain(StatusCode::NOT_FOUND, "Không có trang này. / There is no such page.")
}

async fn asset(Path(name): Path<String>) -> Response {
    let (kind, text) = match name.as_str() {
        "desk.css" => ("text/css; charset=utf-8", include_str!("../assets/desk.css")),
        "desk.js" => ("text/javascript; charset=utf-8", include_str!("../assets/desk.js")),
        "icon.svg" => ("image/svg+xml", include_str!("../assets/icon.svg")),
        _ => return nowhere().await,
    };
    ([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], text).into_response()
}

/// A page.
fn page(markup: &Markup) -> Response {
    axum::response::Html(markup.0.clone()).into_response()
}

/// The run on the desk, or where to go without one.
#[expect(clippy::result_large_err, reason = "the error is the response that is sent")]
fn run_of(desk: &Desk) -> Result<Arc<OpenRun>, Response> {
    desk.run().ok_or_else(|| Redirect::to("/").into_response())
}

/// An address of this desk to come back to; anything else is the first page.
fn own_address(back: &str) -> &str {
    let own = back.starts_with('/') && !back.starts_with("//") && !back.contains(['\\', '\r', '\n']);
    if own { back } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::own_address;

    #[test]
    fn only_addresses_of_this_desk_are_come_back_to() {
        assert_eq!(own_address("/queue?q=a"), "/queue?q=a");
        for foreign in ["//evil.example", "https://evil.example", "", "\\evil", "/a\r\nX: y"] {
            assert_eq!(own_address(foreign), "/", "{foreign}");
        }
    }
}
