//! The queue, the answers, the agreement of readers, the summary, the files of the run.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use axum::{
    Extension,
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    super::{
        guard::{Visit, plain},
        job::Shelf,
        open_run::OpenRun,
        pages::{self, Download, View},
        state::Desk,
    },
    Filter, page, run_of,
};
use crate::{audit::LogName, decide::DECISIONS_FILE};

type Values = BTreeMap<String, String>;

/// All items.
pub async fn queue(
    State(desk): State<Arc<Desk>>,
    Extension(visit): Extension<Visit>,
    Query(values): Query<Values>,
) -> Response {
    let run = match run_of(&desk) {
        Ok(run) => run,
        Err(elsewhere) => return elsewhere,
    };
    let filter = Filter::read(&values);
    let view = View::new(&desk, &visit, Some(&run), format!("/queue?{}", filter.to_query()));
    page(&pages::queue_list(&view, &run, &run.now(), &filter))
}

/// All answers.
pub async fn decided(
    State(desk): State<Arc<Desk>>,
    Extension(visit): Extension<Visit>,
    Query(values): Query<Values>,
) -> Response {
    let run = match run_of(&desk) {
        Ok(run) => run,
        Err(elsewhere) => return elsewhere,
    };
    let view = View::new(&desk, &visit, Some(&run), "/decisions");
    let contradictions = values.get("state").is_some_and(|state| state == "contradiction");
    let number = values.get("page").and_then(|page| page.parse().ok()).unwrap_or(1);
    page(&pages::decided(&view, &run, &run.now(), contradictions, number))
}

/// Two readers.
pub async fn agreement(State(desk): State<Arc<Desk>>, Extension(visit): Extension<Visit>) -> Response {
    match run_of(&desk) {
        Ok(run) => {
            let view = View::new(&desk, &visit, Some(&run), "/agreement");
            page(&pages::agreement(&view, &run.now()))
        }
        Err(elsewhere) => elsewhere,
    }
}

/// Figures and lists.
pub async fn summary(State(desk): State<Arc<Desk>>, Extension(visit): Extension<Visit>) -> Response {
    let run = match run_of(&desk) {
        Ok(run) => run,
        Err(elsewhere) => return elsewhere,
    };
    let view = View::new(&desk, &visit, Some(&run), "/summary");
    let returned = desk.jobs.as_ref().map_or_else(Vec::new, |jobs| {
        let names = jobs.current().files(Shelf::Returned).into_iter();
        names.filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).collect()
    });
    page(&pages::summary(&view, &run, &run.now(), &downloads(&run), &returned))
}

/// Files of the run, in the order of its manifest, and the two that go on growing.
fn names(run: &OpenRun) -> Vec<String> {
    let outputs = run.folder.manifest["outputs"].as_array().into_iter().flatten();
    let listed = outputs.filter_map(|output| Some(output["name"].as_str()?.to_owned()));
    let mut names: Vec<String> = listed.collect();
    names.extend(["manifest.json", LogName::Audit.log(), DECISIONS_FILE].map(str::to_owned));
    names
}

fn downloads(run: &OpenRun) -> Vec<Download> {
    let size = |name: &String| {
        let bytes = std::fs::metadata(run.folder.path.join(name)).ok()?.len();
        Some(Download { name: name.clone(), bytes })
    };
    names(run).iter().filter_map(size).collect()
}

/// One file of the run; only those of its manifest have an address.
pub async fn download(State(desk): State<Arc<Desk>>, Path(name): Path<String>) -> Response {
    let run = match run_of(&desk) {
        Ok(run) => run,
        Err(elsewhere) => return elsewhere,
    };
    let known = names(&run).into_iter().find(|known| *known == name && !known.contains(['/', '\\']));
    let missing = || plain(StatusCode::NOT_FOUND, "Không có tệp này. / There is no such file.");
    let Some(known) = known else { return missing() };
    let path: PathBuf = run.folder.path.join(&known);
    let Ok(bytes) = tokio::fs::read(path).await else { return missing() };
    let kind = match known.rsplit('.').next() {
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Some("csv") => "text/csv; charset=utf-8",
        Some("json" | "jsonl") => "application/json",
        // The report has a style of its own inside, which this desk's policy forbids: it is saved,
        // not shown.
        _ => "application/octet-stream",
    };
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{known}\""))
        .unwrap_or(HeaderValue::from_static("attachment"));
    let headers =
        [(header::CONTENT_TYPE, HeaderValue::from_static(kind)), (header::CONTENT_DISPOSITION, disposition)];
    (headers, Body::from(bytes)).into_response()
}
