//! What came of a run: figures, what became of the decisions, the lists to download.

use std::path::Path as FilePath;

use maud::{Markup, html};
use serde_json::Value;

use super::{
    super::{
        job::Shelf,
        open_run::{OpenRun, Snapshot},
        standing::ItemState,
    },
    home::drop_zone,
    layout::{Tab, View},
};
use crate::matching::LinkStatus;

/// A file of the run that can be downloaded.
pub struct Download {
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
}

/// The page.
pub fn summary(
    view: &View<'_>,
    run: &OpenRun,
    now: &Snapshot,
    downloads: &[Download],
    returned: &[String],
) -> Markup {
    let second = false;
    let states: Vec<ItemState> =
        run.queue.items.iter().map(|item| now.standings.state(item, &run.folder, second)).collect();
    let left = states.iter().filter(|state| **state < ItemState::Unsure).count();
    let answers = now.log.standing().count();
    let main = html! {
        h1 { (view.t("summary_title")) }
        p.fine.path { (run.folder.path.display()) }
        (figures(view, run))
        section.next {
            h2.hidden { (view.t("next_step")) }
            div.cards {
                (links(view, run))
                div.card {
                    strong { (view.fill("left_to_review", &[("count", &view.count(left))])) }
                    p { (view.t("left_to_review_help")) }
                    a.button.primary href="/review" { (view.t("nav_review")) }
                }
                (again(view, answers, returned))
            }
        }
        (outcomes(view, run))
        (learnt(view, run))
        section {
            h2 { (view.t("lists")) }
            table.list.downloads {
                tbody {
                    @for file in downloads.iter().filter(|file| is_for_people(&file.name)) { (download(view, file)) }
                }
            }
            details {
                summary { (view.t("other_files")) }
                table.list.downloads {
                    tbody { @for file in downloads.iter().filter(|file| !is_for_people(&file.name)) { (download(view, file)) } }
                }
            }
        }
        @if view.desk.jobs.is_some() && !view.desk.read_only {
            form.line method="post" action="/jobs/new" { button type="submit" { (view.t("new_job")) } }
        }
    };
    view.page(Tab::Summary, view.t("summary_title"), &main)
}

/// Lists that people work with; the rest is for programs and for inspection.
fn is_for_people(name: &str) -> bool {
    let workbook = FilePath::new(name).extension().is_some_and(|extension| extension == "xlsx");
    workbook
        || matches!(name, "report.html" | "rejects.csv" | "decisions.csv" | "police.csv" | "household.csv")
}

fn download(view: &View<'_>, file: &Download) -> Markup {
    html! {
        tr {
            th scope="row" { a href=(format!("/download/{}", file.name)) download { (file.name) } }
            td { (view.words.get("desk_files", &file.name)) }
            td.number { (kilobytes(view, file.bytes)) }
        }
    }
}

fn kilobytes(view: &View<'_>, bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "files are far below 2^52 bytes")]
    let kilobytes = bytes as f64 / 1024.0;
    format!("{} KB", view.decimal(kilobytes))
}

fn figures(view: &View<'_>, run: &OpenRun) -> Markup {
    let counts = &run.folder.manifest["counts"];
    html! {
        dl.figures {
            @for (key, words) in [("children", "figure_children"), ("duplicates", "figure_duplicates"), ("numbers_before", "figure_before"), ("numbers_after", "figure_after")] {
                div { dt { (view.t(words)) } dd { (number(view, &counts[key])) } }
            }
        }
    }
}

fn number(view: &View<'_>, value: &Value) -> String {
    view.count(value.as_u64().and_then(|number| usize::try_from(number).ok()).unwrap_or(0))
}

/// How the children stand to the register.
fn links(view: &View<'_>, run: &OpenRun) -> Markup {
    let links = &run.folder.manifest["counts"]["links"];
    html! {
        table.list {
            caption { (view.words.get("quality", "links")) }
            tbody {
                @for status in LinkStatus::ALL {
                    tr { th scope="row" { (view.words.get("link_status", status.as_str())) } td.number { (number(view, &links[status.as_str()])) } }
                }
            }
        }
    }
}

/// Running again with what was decided and what came back.
fn again(view: &View<'_>, answers: usize, returned: &[String]) -> Markup {
    let log = view.run.map(|run| run.folder.path.join(crate::decide::DECISIONS_FILE).display().to_string());
    html! {
        div.card {
            strong { (view.fill("answers_given", &[("count", &view.count(answers))])) }
            @if view.desk.jobs.is_some() && !view.desk.read_only {
                p { (view.t("run_again_help")) }
                (drop_zone(view, Shelf::Returned))
                @if !returned.is_empty() {
                    ul.files { @for name in returned { li { div.line { strong { (name) }
                        form method="post" action="/files/returned/remove" { input type="hidden" name="name" value=(name); button.link type="submit" aria-label=(view.fill("remove_file", &[("name", name)])) { (view.t("remove")) } }
                    } } } }
                }
                form method="post" action="/run" {
                    label.tick { input type="checkbox" name="learn" value="1"; " " (view.t("learn_from_decisions")) }
                    button type="submit" { (view.t("run_again")) }
                }
            } @else if let Some(log) = log {
                p { (view.t("run_again_command")) }
                p { code { "--decisions " (log) " --force" } }
            }
        }
    }
}

/// What became of the decisions that the run was given.
fn outcomes(view: &View<'_>, run: &OpenRun) -> Markup {
    let outcomes = run.folder.manifest["decisions"]["outcomes"].as_object();
    html! {
        @if let Some(outcomes) = outcomes.filter(|outcomes| !outcomes.is_empty()) {
            section {
                h2 { (view.t("outcomes")) }
                table.list.short { tbody {
                    @for (key, count) in outcomes {
                        tr { th scope="row" { (view.words.get("decision_outcome", key)) } td.number { (count.as_u64().unwrap_or(0)) } }
                    }
                } }
            }
        }
    }
}

/// Before and after learning from decisions, where the run did: `matching.learnt` of the manifest
/// holds rows of `{name, before, after}`.
fn learnt(view: &View<'_>, run: &OpenRun) -> Markup {
    let rows = run.folder.manifest["matching"]["learnt"].as_array();
    let cell = |value: &Value| {
        value
            .as_f64()
            .map_or_else(|| value.as_str().unwrap_or_default().to_owned(), |number| view.decimal(number))
    };
    html! {
        @if let Some(rows) = rows.filter(|rows| !rows.is_empty()) {
            section {
                h2 { (view.t("learnt")) }
                table.list.short {
                    thead { tr { th scope="col" { (view.t("compared_field")) } th.number scope="col" { (view.t("before")) } th.number scope="col" { (view.t("after")) } } }
                    tbody { @for row in rows { tr { th scope="row" { (row["name"].as_str().unwrap_or_default()) } td.number { (cell(&row["before"])) } td.number { (cell(&row["after"])) } } } }
                }
            }
        }
    }
}
