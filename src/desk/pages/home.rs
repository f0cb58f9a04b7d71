//! The first page of the whole job: drop the files, see that they were understood, run.

use std::{path::PathBuf, sync::Arc};

use maud::{Markup, html};

use super::{
    super::{
        columns::FileView,
        job::{Job, Jobs, Shelf},
    },
    layout::{Tab, View},
};
use crate::read::ReadError;

/// A file of the job, as it was understood.
pub struct Dropped {
    /// Where it lies.
    pub path: PathBuf,
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// What came of reading it.
    pub file: Arc<FileView>,
}

impl Dropped {
    /// Why it was not understood, with its name instead of its whole path.
    pub fn fault(&self, view: &View<'_>, error: &ReadError) -> String {
        let sentence = error.message(&view.desk.rules.messages, view.words.language);
        sentence.replace(&self.path.display().to_string(), &self.name)
    }
}

/// The page.
pub fn home(
    view: &View<'_>,
    jobs: &Jobs,
    job: &Job,
    children: &[Dropped],
    register: &[Dropped],
    fault: Option<&str>,
) -> Markup {
    let ready = !children.is_empty()
        && children.iter().chain(register).all(|file| matches!(*file.file, FileView::Understood(_)));
    let main = html! {
        h1 { (view.t("home_title")) }
        p.lead { (view.t("home_lead")) }
        @if let Some(fault) = fault { div.notice.stop role="alert" { (fault) } }
        div.shelves {
            (shelf(view, Shelf::Children, "drop_children", "drop_children_help", children))
            (shelf(view, Shelf::Register, "drop_register", "drop_register_help", register))
        }
        div.line.run {
            @if view.desk.read_only { }
            @else if ready {
                form method="post" action="/run" { button.primary.big type="submit" { (view.t(if register.is_empty() { "run_check" } else { "run" })) } }
                @if register.is_empty() { p.fine { (view.t("run_check_help")) } }
            } @else {
                button.primary.big type="button" disabled { (view.t("run")) }
                p.fine { (view.t(if children.is_empty() { "run_needs_children" } else { "run_needs_columns" })) }
            }
            @if job.has_result() { a.button href="/summary" { (view.t("see_result")) } }
        }
        (earlier(view, &jobs.earlier()))
    };
    view.page(Tab::Files, view.t("home_title"), &main)
}

fn shelf(view: &View<'_>, shelf: Shelf, title: &str, help: &str, files: &[Dropped]) -> Markup {
    html! {
        section.shelf {
            h2 { (view.words.get("desk", title)) }
            p.fine { (view.words.get("desk", help)) }
            @if !view.desk.read_only { (drop_zone(view, shelf)) }
            @if !files.is_empty() {
                ul.files {
                    @for file in files {
                        li {
                            div.line {
                                strong { (file.name) }
                                span.fine { (size(view, file.bytes)) }
                                form method="post" action=(format!("/files/{}/remove", shelf.as_str())) {
                                    input type="hidden" name="name" value=(file.name);
                                    button.link type="submit" aria-label=(view.fill("remove_file", &[("name", &file.name)])) { (view.t("remove")) }
                                }
                            }
                            (understood(view, file))
                        }
                    }
                }
                p { a href=(format!("/columns/{}", shelf.as_str())) { (view.t("see_columns")) } }
            }
        }
    }
}

/// Where files are dropped or chosen.
pub fn drop_zone(view: &View<'_>, shelf: Shelf) -> Markup {
    let id = format!("drop-{}", shelf.as_str());
    let accepted = match shelf {
        Shelf::Register => ".xlsx,.xls,.csv,.tsv,.idx",
        _ => ".xlsx,.xls,.csv,.tsv",
    };
    html! {
        div.drop data-upload=(format!("/upload/{}", shelf.as_str())) {
            input.hidden id=(id) type="file" multiple accept=(accepted);
            label for=(id) { (view.t("drop_here")) span.button { (view.t("choose_files")) } }
            progress max="100" value="0" hidden aria-label=(view.t("uploading")) {}
            p.problem role="alert" hidden {}
        }
    }
}

fn understood(view: &View<'_>, file: &Dropped) -> Markup {
    match &*file.file {
        FileView::Understood(sheets) => {
            let rows: usize = sheets.iter().map(|sheet| sheet.rows).sum();
            let fields =
                sheets.iter().flat_map(|sheet| &sheet.columns).filter(|column| column.field.is_some());
            let values = [("rows", view.count(rows)), ("fields", fields.count().to_string())];
            let values = values.each_ref().map(|(key, value)| (*key, value.as_str()));
            html! { p.good { (view.fill("understood", &values)) } }
        }
        FileView::Puzzling(error, _) => {
            html! { p.bad { (file.fault(view, error)) } }
        }
    }
}

fn size(view: &View<'_>, bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "files are far below 2^52 bytes")]
    let kilobytes = bytes as f64 / 1024.0;
    if kilobytes < 1024.0 {
        format!("{} KB", view.decimal(kilobytes))
    } else {
        format!("{} MB", view.decimal(kilobytes / 1024.0))
    }
}

fn earlier(view: &View<'_>, jobs: &[Job]) -> Markup {
    html! {
        @if !jobs.is_empty() {
            details.earlier {
                summary { (view.t("earlier_jobs")) }
                ul {
                    @for job in jobs.iter().take(20) {
                        li {
                            form.line method="post" action="/jobs/open" {
                                input type="hidden" name="name" value=(job.name());
                                span { (when(&job.name())) }
                                span.fine { (names(&job.files(Shelf::Children))) }
                                button.quiet type="submit" { (view.t("open_job")) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// `viec-20261124-093015` as "09:30 24/11/2026".
fn when(name: &str) -> String {
    let digits: Vec<char> = name.chars().filter(char::is_ascii_digit).collect();
    let part = |from: usize, to: usize| {
        digits.get(from..to).map(|part| part.iter().collect::<String>()).unwrap_or_default()
    };
    format!("{}:{} {}/{}/{}", part(8, 10), part(10, 12), part(6, 8), part(4, 6), part(0, 4))
}

fn names(files: &[PathBuf]) -> String {
    let names = files.iter().filter_map(|path| path.file_name());
    names.map(|name| name.to_string_lossy().into_owned()).collect::<Vec<_>>().join(", ")
}
