//! The whole job: files dropped, columns corrected, the run.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Extension, Form, Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use jiff::{Timestamp, tz::Offset};
use serde_json::json;

use super::{
    super::{
        columns::{ListMapping, Mapping},
        guard::{Visit, plain},
        job::{Job, Jobs, Shelf},
        pages::{self, Dropped, View},
        runner::{Order, Progress, start},
        state::Desk,
    },
    page,
};
use crate::{outcome::ListKind, pipeline, read::ColumnMapping, record::FieldKind};

type Values = BTreeMap<String, String>;

#[expect(clippy::result_large_err, reason = "the error is the response that is sent")]
fn jobs_of(desk: &Desk) -> Result<&Jobs, Response> {
    desk.jobs.as_ref().ok_or_else(|| Redirect::to("/review").into_response())
}

pub(super) fn list_of(shelf: Shelf) -> ListKind {
    if shelf == Shelf::Register { ListKind::Register } else { ListKind::Children }
}

/// Reads the files of a shelf as a run would, off the thread that answers.
async fn dropped(desk: &Arc<Desk>, job: &Job, shelf: Shelf) -> (Vec<Dropped>, Option<String>) {
    let (desk, job) = (desk.clone(), job.clone());
    let read = move || {
        let mapping = job.columns_file().map(|file| ColumnMapping::load(&file));
        let (mapping, fault) = match mapping {
            Some(Err(error)) => (None, Some(error)),
            Some(Ok(mapping)) => (Some(mapping), None),
            None => (None, None),
        };
        let text = job.mapping().to_toml();
        let Some(jobs) = &desk.jobs else { return (Vec::new(), None) };
        let files = job.files(shelf).into_iter().map(|path| Dropped {
            name: path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
            bytes: std::fs::metadata(&path).map_or(0, |metadata| metadata.len()),
            file: jobs.views.of(&path, list_of(shelf), (&text, mapping.as_ref()), &desk.rules),
            path,
        });
        (files.collect(), fault.map(|error| error.to_string()))
    };
    tokio::task::spawn_blocking(read).await.unwrap_or_default()
}

/// The files, and what is to be done with them.
pub async fn files(State(desk): State<Arc<Desk>>, Extension(visit): Extension<Visit>) -> Response {
    let jobs = match jobs_of(&desk) {
        Ok(jobs) => jobs,
        Err(elsewhere) => return elsewhere,
    };
    if jobs.is_running() {
        return Redirect::to("/run").into_response();
    }
    let job = jobs.current();
    let (children, fault) = dropped(&desk, &job, Shelf::Children).await;
    let (register, _) = dropped(&desk, &job, Shelf::Register).await;
    let run = desk.run();
    let view = View::new(&desk, &visit, run.as_deref(), "/files");
    page(&pages::home(&view, jobs, &job, &children, &register, fault.as_deref()))
}

/// Takes a file off its shelf.
pub async fn remove(
    State(desk): State<Arc<Desk>>,
    Path(shelf): Path<String>,
    Form(values): Form<Values>,
) -> Response {
    let jobs = match jobs_of(&desk) {
        Ok(jobs) => jobs,
        Err(elsewhere) => return elsewhere,
    };
    let Some(shelf) = Shelf::read(&shelf) else { return plain(StatusCode::NOT_FOUND, "") };
    let name = values.get("name").map(String::as_str).unwrap_or_default();
    match jobs.current().remove(shelf, name) {
        Ok(()) => Redirect::to(if shelf == Shelf::Returned { "/summary" } else { "/files" }).into_response(),
        Err(error) => plain(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}

/// How the columns of a list were understood.
pub async fn columns(
    State(desk): State<Arc<Desk>>,
    Extension(visit): Extension<Visit>,
    Path(shelf): Path<String>,
) -> Response {
    let jobs = match jobs_of(&desk) {
        Ok(jobs) => jobs,
        Err(elsewhere) => return elsewhere,
    };
    let Some(shelf) = Shelf::read(&shelf).filter(|shelf| *shelf != Shelf::Returned) else {
        return plain(StatusCode::NOT_FOUND, "");
    };
    let job = jobs.current();
    let (files, fault) = dropped(&desk, &job, shelf).await;
    let header_row = part(&mut job.mapping(), shelf).header_row;
    let run = desk.run();
    let view = View::new(&desk, &visit, run.as_deref(), format!("/columns/{}", shelf.as_str()));
    page(&pages::columns(&view, shelf, &files, header_row, fault.as_deref()))
}

fn part(mapping: &mut Mapping, shelf: Shelf) -> &mut ListMapping {
    if shelf == Shelf::Register { &mut mapping.register } else { &mut mapping.children }
}

/// What the officer says about the columns of a list.
pub async fn save_columns(
    State(desk): State<Arc<Desk>>,
    Path(shelf): Path<String>,
    Form(values): Form<Vec<(String, String)>>,
) -> Response {
    let jobs = match jobs_of(&desk) {
        Ok(jobs) => jobs,
        Err(elsewhere) => return elsewhere,
    };
    let Some(shelf) = Shelf::read(&shelf).filter(|shelf| *shelf != Shelf::Returned) else {
        return plain(StatusCode::NOT_FOUND, "");
    };
    let job = jobs.current();
    let mut mapping = job.mapping();
    let list = part(&mut mapping, shelf);
    if values.iter().any(|(key, _)| key == "reset") {
        *list = ListMapping::default();
    } else {
        apply(list, &values);
    }
    match job.save_mapping(&mapping) {
        Ok(()) => Redirect::to(&format!("/columns/{}", shelf.as_str())).into_response(),
        Err(error) => plain(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}

/// Only what was changed is said; what was said before stands.
fn apply(list: &mut ListMapping, values: &[(String, String)]) {
    let header_row = values.iter().find(|(key, _)| key == "header_row").map(|(_, value)| value.trim());
    list.header_row = header_row.and_then(|row| row.parse().ok());
    let chosen = values.iter().filter_map(|(key, value)| Some((key.strip_prefix("use:")?, value.as_str())));
    for (column, usage) in chosen.filter(|(_, usage)| !usage.starts_with("keep:")) {
        for columns in list.fields.values_mut() {
            columns.retain(|have| have != column);
        }
        list.fields.retain(|_, columns| !columns.is_empty());
        list.carry.retain(|have| have != column);
        list.ignore.retain(|have| have != column);
        match usage {
            "carry" => list.carry.push(column.to_owned()),
            "ignore" => list.ignore.push(column.to_owned()),
            key => {
                if let Some(field) = FieldKind::ALL.iter().find(|field| field.key() == key) {
                    list.fields.entry(*field).or_default().push(column.to_owned());
                }
            }
        }
    }
}

/// Starts a run with the files, the columns and the decisions of the job.
pub async fn run(
    State(desk): State<Arc<Desk>>,
    Extension(visit): Extension<Visit>,
    Form(values): Form<Values>,
) -> Response {
    let learn = values.contains_key("learn");
    let jobs = match jobs_of(&desk) {
        Ok(jobs) => jobs,
        Err(elsewhere) => return elsewhere,
    };
    let job = jobs.current();
    let columns = match job.columns_file().map(|file| ColumnMapping::load(&file)).transpose() {
        Ok(columns) => columns,
        Err(_) => return Redirect::to("/files").into_response(),
    };
    let children = job.files(Shelf::Children);
    if children.is_empty() {
        return Redirect::to("/files").into_response();
    }
    let (register, decisions) = (job.files(Shelf::Register), job.decisions());
    let language = visit.settings.language;
    let parameters = json!({
        "command": "desk",
        "rules": desk.overlay,
        "decisions": decisions,
        "columns": job.columns_file(),
        "learn": learn,
        "language": language,
    });
    let as_of = Offset::constant(7).to_datetime(Timestamp::now()).date();
    let order = Order {
        job: pipeline::Job {
            children,
            register,
            decisions,
            columns,
            as_of,
            language,
            model: None,
            learn,
            previous: None,
            remember: false,
            memory: pipeline::MEMORY,
        },
        out: job.result(),
        who: visit.settings.who.clone(),
        parameters,
    };
    start(&desk, &jobs.running, order);
    Redirect::to("/run").into_response()
}

/// A run at work; where it is done, its summary.
pub async fn running(State(desk): State<Arc<Desk>>, Extension(visit): Extension<Visit>) -> Response {
    let jobs = match jobs_of(&desk) {
        Ok(jobs) => jobs,
        Err(elsewhere) => return elsewhere,
    };
    match jobs.running.progress() {
        Progress::Nothing => Redirect::to("/files").into_response(),
        Progress::Done => Redirect::to("/summary").into_response(),
        progress => {
            let run = desk.run();
            let view = View::new(&desk, &visit, run.as_deref(), "/run");
            page(&pages::running(&view, &progress))
        }
    }
}

/// How far it is, for the page that waits.
pub async fn progress(State(desk): State<Arc<Desk>>, Extension(visit): Extension<Visit>) -> Response {
    let Some(jobs) = &desk.jobs else { return plain(StatusCode::NOT_FOUND, "") };
    let progress = jobs.running.progress();
    let view = View::new(&desk, &visit, None, "/run");
    let (percent, words) = pages::progress_text(&view, &progress);
    let over = !matches!(progress, Progress::At(_));
    Json(json!({ "percent": percent, "words": words, "over": over })).into_response()
}

/// Clears the desk.
pub async fn new_job(State(desk): State<Arc<Desk>>) -> Response {
    if let Some(jobs) = desk.jobs.as_ref().filter(|jobs| !jobs.is_running()) {
        jobs.start_new();
        desk.close();
    }
    Redirect::to("/files").into_response()
}

/// Puts an earlier job back on the desk.
pub async fn open_job(State(desk): State<Arc<Desk>>, Form(values): Form<Values>) -> Response {
    let Some(jobs) = desk.jobs.as_ref().filter(|jobs| !jobs.is_running()) else {
        return Redirect::to("/files").into_response();
    };
    let name = values.get("name").map(String::as_str).unwrap_or_default();
    let Some(job) = jobs.take_up(name) else { return Redirect::to("/files").into_response() };
    desk.close();
    if job.has_result() && desk.open(&job.result()).is_ok() {
        return Redirect::to("/summary").into_response();
    }
    Redirect::to("/files").into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_changes_are_said_and_a_column_has_one_use() {
        let mut list = ListMapping::default();
        let values = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
        };
        apply(
            &mut list,
            &values(&[("header_row", ""), ("use:A", "keep:full_name"), ("use:B", "birth_date")]),
        );
        assert_eq!(list.fields.len(), 1);
        apply(
            &mut list,
            &values(&[
                ("header_row", "4"),
                ("use:B", "ignore"),
                ("use:C", "full_name"),
                ("use:D", "full_name"),
            ]),
        );
        assert_eq!((list.header_row, list.ignore.as_slice()), (Some(4), &["B".to_owned()][..]));
        assert_eq!(list.fields[&FieldKind::FullName], ["C", "D"]);
        assert!(!list.fields.contains_key(&FieldKind::BirthDate));
    }
}
