//! How well a second reader agrees with the first, for audits.

use maud::{Markup, html};

use super::{
    super::open_run::Snapshot,
    layout::{Tab, View},
};

/// The page.
pub fn agreement(view: &View<'_>, now: &Snapshot) -> Markup {
    let agreement = now.standings.agreement();
    let answers = [view.t("answer_yes"), view.t("answer_no"), view.t("unsure")];
    let three = |number: f64| {
        let text = format!("{number:.3}");
        if view.words.language == crate::rules::Language::Vi { text.replace('.', ",") } else { text }
    };
    let undefined = || view.t("undefined").to_owned();
    let main = html! {
        h1 { (view.t("nav_agreement")) }
        p { (view.t("agreement_help")) }
        @if !view.visit.settings.second && !view.desk.read_only {
            form.line method="post" action="/settings/second" {
                button.primary type="submit" name="second" value="on" { (view.t("second_begin")) }
            }
        } @else if view.visit.settings.second {
            form.line method="post" action="/settings/second" {
                a.button.primary href="/review" { (view.t("second_go_on")) }
                button type="submit" name="second" value="off" { (view.t("second_end")) }
            }
        }
        dl.figures {
            div { dt { (view.t("pairs_both")) } dd { (agreement.pairs()) } }
            div { dt { (view.t("agreement_observed")) } dd { (agreement.observed().map_or_else(undefined, |share| format!("{} %", view.decimal(share * 100.0)))) } }
            div { dt { "Cohen κ" } dd { (agreement.kappa().map_or_else(undefined, three)) } }
        }
        table.list.short {
            caption { (view.t("agreement_table")) }
            thead { tr { th scope="col" { (view.t("first_reader")) } @for answer in answers { th.number scope="col" { (answer) } } } }
            tbody {
                @for (answer, row) in answers.iter().zip(agreement.table) {
                    tr { th scope="row" { (answer) } @for count in row { td.number { (count) } } }
                }
            }
        }
        @if !agreement.disagreements.is_empty() {
            h2 { (view.t("disagreements")) }
            ul.columns { @for pair in &agreement.disagreements { li { a.code href=(format!("/review/{pair}")) { (pair) } } } }
        }
    };
    view.page(Tab::Agreement, view.t("nav_agreement"), &main)
}
