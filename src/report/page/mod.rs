//! `report.html`: one self-contained page for the screen and for A4 paper, without scripts and
//! without anything it would have to ask a network for. Drawing and words; no counting.

mod children;
mod numbers;
mod plot;
mod quality;
mod show;
mod source;
mod summary;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{
    figures::{Figures, figures},
    run_folder::RunFolder,
};
use crate::{
    rules::{Language, Rules},
    write::Words,
};
pub(super) use show::{Show, per_mille};

const STYLE: &str = include_str!("page.css");
/// Nothing may be fetched, whatever a later change puts in.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// The page being made.
#[derive(Clone, Copy)]
struct Page<'a> {
    run: &'a RunFolder,
    figures: &'a Figures,
    rules: &'a Rules,
    words: Words<'a>,
    show: Show,
}

impl<'a> Page<'a> {
    fn word(self, key: &'a str) -> &'a str {
        self.words.get("report", key)
    }

    fn fill(self, key: &str, values: &[(&str, &str)]) -> String {
        self.words.fill("report", key, values)
    }

    fn number(self, number: u64) -> String {
        self.show.number(number)
    }

    /// A cell with a count. `name` is what the count is called by whoever counts again.
    fn count(self, name: &str, number: u64) -> Markup {
        html! { td.n data-f=(name) { (self.number(number)) } }
    }

    /// A cell with the count before it in per cent of a whole, which `of` names.
    fn share(self, part: u64, whole: u64, of: &str) -> Markup {
        html! { td.n data-of=(of) { (self.show.share(part, whole)) } }
    }
}

/// The whole page.
pub(crate) fn page(run: &RunFolder, rules: &Rules, language: Language) -> String {
    let limits = rules.report.page;
    let figures = figures(run, limits.weight_bin, limits.hamlets);
    let words = Words::new(rules, language);
    let page = Page { run, figures: &figures, rules, words, show: Show(language) };
    let title = page.word("title");
    let lang = match language {
        Language::Vi => "vi",
        Language::En => "en",
    };
    html! {
        (DOCTYPE)
        html lang=(lang) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (plot::patterns())
                (summary::head(page))
                main {
                    (quality::fields(page))
                    (quality::places(page))
                    (quality::findings(page))
                    (quality::duplicates(page))
                    (numbers::links(page))
                    (numbers::weights(page))
                    (children::pyramid(page))
                    (children::years(page))
                    (children::days(page))
                    (source::changes(page))
                    (source::rows(page))
                    (source::inputs(page))
                    (source::method(page))
                }
            }
        }
    }
    .into_string()
}
