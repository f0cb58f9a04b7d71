//! A run at work.

use maud::{Markup, html};

use super::{
    super::runner::Progress,
    layout::{Tab, View},
};
use crate::pipeline::Stage;

/// Per cent of a run that are behind it when a stage begins, on a ward.
fn share(stage: Stage) -> u8 {
    match stage {
        Stage::Read => 5,
        Stage::Check => 40,
        Stage::Match => 50,
        Stage::Write => 80,
    }
}

/// What a page that waits is told: per cent, and the words.
pub fn progress_text<'a>(view: &View<'a>, progress: &'a Progress) -> (u8, &'a str) {
    match progress {
        Progress::Nothing => (0, ""),
        Progress::At(stage) => {
            let key = match stage {
                Stage::Read => "read",
                Stage::Check => "check",
                Stage::Match => "match",
                Stage::Write => "write",
            };
            (share(*stage), view.words.get("progress", key))
        }
        Progress::Done => (100, view.t("run_done")),
        Progress::Failed(sentence) => (100, sentence),
    }
}

/// The page: it asks for the progress itself, and works without a script by being loaded again.
pub fn running(view: &View<'_>, progress: &Progress) -> Markup {
    let (percent, words) = progress_text(view, progress);
    let failed = matches!(progress, Progress::Failed(_));
    let main = html! {
        section.running data-progress=[(!failed).then_some("/run/progress")] {
            h1 { (view.t(if failed { "run_failed" } else { "run_title" })) }
            @if failed {
                div.notice.stop role="alert" { (words) }
                p { a.button.primary href="/files" { (view.t("back_to_files")) } }
            } @else {
                progress max="100" value=(percent) aria-label=(view.t("run_title")) {}
                p role="status" { (words) }
                noscript { p { a href="/run" { (view.t("run_refresh")) } } }
            }
        }
    };
    view.page(Tab::Files, view.t("run_title"), &main)
}
