//! Files dropped onto the desk: counted while they come, judged by their content when they are there.

use std::{collections::BTreeMap, io::Write as _, path::Path as FilePath, sync::Arc};

use axum::{
    Extension, Json,
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use http_body_util::BodyExt as _;
use serde_json::json;

use super::{
    super::{
        columns::{FileView, view},
        guard::{Visit, plain},
        job::{Job, Shelf},
        state::Desk,
    },
    whole_job::list_of,
};
use crate::{
    decide::Decisions,
    disk::{DiskFile, Unfinished},
    pipeline::PipelineError,
    read::ReadError,
    rules::{Language, Rules},
};

type Values = BTreeMap<String, String>;

/// The largest file that is taken in: a province's list as a workbook is smaller.
const UPLOAD_LIMIT: u64 = 96 * 1024 * 1024;

/// Takes in one dropped file: counted while it comes, judged by its content when it is there.
pub async fn upload(
    State(desk): State<Arc<Desk>>,
    Extension(visit): Extension<Visit>,
    Path(shelf): Path<String>,
    Query(values): Query<Values>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let Some(jobs) = &desk.jobs else { return plain(StatusCode::NOT_FOUND, "") };
    let Some(shelf) = Shelf::read(&shelf) else { return plain(StatusCode::NOT_FOUND, "") };
    let language = visit.settings.language;
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: u64| length > UPLOAD_LIMIT) {
        return refused(&desk, language, Problem::TooLarge);
    }
    let job = jobs.current();
    let name = values.get("name").map(String::as_str).unwrap_or_default();
    let received = match receive(&job, shelf, body).await {
        Ok(received) => received,
        Err(problem) => return refused(&desk, language, problem),
    };
    let stored = match job.put(shelf, received, name) {
        Ok(stored) => stored,
        Err(error) => return refused(&desk, language, Problem::Io(error)),
    };
    let (desk_there, path) = (desk.clone(), stored.clone());
    let judged = tokio::task::spawn_blocking(move || judge(&desk_there.rules, &path, shelf, language)).await;
    if let Ok(Some(sentence)) = judged {
        let _ = tokio::fs::remove_file(&stored).await;
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, Json(json!({ "problem": sentence }))).into_response();
    }
    Json(json!({ "stored": true })).into_response()
}

enum Problem {
    TooLarge,
    BrokenOff,
    Io(std::io::Error),
}

async fn receive(job: &Job, shelf: Shelf, mut body: Body) -> Result<(DiskFile, Unfinished), Problem> {
    let (mut file, unfinished) = job.receive(shelf).map_err(Problem::Io)?;
    let mut bytes = 0_u64;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Problem::BrokenOff)?;
        let Ok(data) = frame.into_data() else { continue };
        bytes += data.len() as u64;
        if bytes > UPLOAD_LIMIT {
            return Err(Problem::TooLarge);
        }
        file.write_all(&data).map_err(Problem::Io)?;
    }
    Ok((file, unfinished))
}

fn refused(desk: &Desk, language: Language, problem: Problem) -> Response {
    let messages = &desk.rules.messages;
    let limit = (UPLOAD_LIMIT / 1024 / 1024).to_string();
    let (status, sentence) = match problem {
        Problem::TooLarge => (
            StatusCode::PAYLOAD_TOO_LARGE,
            messages.fill(language, "desk", "upload_too_large", &[("limit", &limit)]),
        ),
        Problem::BrokenOff => {
            (StatusCode::BAD_REQUEST, messages.get(language, "desk", "upload_broken").to_owned())
        }
        Problem::Io(error) => {
            let detail = messages.system(language, &error);
            let sentence = messages.fill(language, "desk", "upload_failed", &[("detail", &detail)]);
            (StatusCode::INTERNAL_SERVER_ERROR, sentence)
        }
    };
    (status, Json(json!({ "problem": sentence }))).into_response()
}

/// Why a file is of no use by its content, whatever its name says. A list whose columns are not
/// understood is of use: the officer can say which is which.
fn judge(rules: &Rules, path: &FilePath, shelf: Shelf, language: Language) -> Option<String> {
    let shown = path.display().to_string();
    let name = path.file_name().map_or_else(|| shown.clone(), |name| name.to_string_lossy().into_owned());
    let sentence = match shelf {
        Shelf::Returned => match Decisions::read(&[path.to_owned()], rules) {
            Ok(_) => None,
            Err(error) => Some(PipelineError::Decisions(error).message(&rules.messages, language)),
        },
        _ => match view(path, list_of(shelf), None, rules) {
            FileView::Puzzling(error, _) if is_useless(&error) => {
                Some(error.message(&rules.messages, language))
            }
            _ => None,
        },
    };
    sentence.map(|sentence| sentence.replace(&shown, &name))
}

fn is_useless(error: &ReadError) -> bool {
    matches!(
        error,
        ReadError::Empty { .. }
            | ReadError::PasswordProtected { .. }
            | ReadError::SpreadsheetMl { .. }
            | ReadError::UnsupportedKind { .. }
            | ReadError::Damaged { .. }
            | ReadError::TooLarge { .. }
            | ReadError::TooManyCells { .. }
            | ReadError::Io { .. }
    )
}
