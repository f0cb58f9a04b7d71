//! One item: the sides beside each other, what speaks for and against, what else is known, the
//! answers.

use maud::{Markup, html};

use super::{
    super::{
        open_run::{OpenRun, Snapshot},
        queue::{Item, records_of},
        routes::Filter,
        run_folder::PairRow,
        standing::{ItemState, Standing},
        verdict,
    },
    layout::{Tab, View, hint},
    waterfall::{per_cent, waterfall},
};
use crate::decide::{Answer, PairKind};

/// What the page shows.
pub struct Shown<'a> {
    /// The item.
    pub item: &'a Item,
    /// The pair asked about, for records that hang together through several.
    pub pair: &'a PairRow,
    /// Which items are walked through.
    pub filter: &'a Filter,
    /// Addresses of the items before and after it.
    pub before: Option<String>,
    /// The next one.
    pub after: Option<String>,
    /// The pair answered just now.
    pub saved: Option<&'a Standing>,
    /// Somebody answered since the page was made.
    pub meanwhile: bool,
}

/// The page.
pub fn review(view: &View<'_>, run: &OpenRun, now: &Snapshot, shown: &Shown<'_>) -> Markup {
    let page = ReviewPage { view, run, now, shown };
    let title = page.title();
    view.page(Tab::Review, &title, &page.main(&title))
}

/// The page being made; its parts are in `sides` and `known`.
pub(super) struct ReviewPage<'a> {
    pub view: &'a View<'a>,
    pub run: &'a OpenRun,
    pub now: &'a Snapshot,
    pub shown: &'a Shown<'a>,
}

impl<'a> ReviewPage<'a> {
    pub fn second(&self) -> bool {
        self.view.visit.settings.second
    }

    pub fn pairs(&self) -> impl Iterator<Item = &'a PairRow> {
        let pairs = &self.run.folder.pairs;
        self.shown.item.pairs.iter().map(move |at| &pairs[*at])
    }

    fn title(&self) -> String {
        let name = &self.shown.pair.sides[0][0];
        if name.is_empty() { self.shown.pair.record_id.clone() } else { name.clone() }
    }

    fn state(&self) -> ItemState {
        self.now.standings.state(self.shown.item, &self.run.folder, self.second())
    }

    fn main(&self, title: &str) -> Markup {
        html! {
            (self.progress())
            (self.notices())
            form #decide method="post" action=(format!("/review/{}", self.shown.item.id)) {
                input type="hidden" name="seen" value=(verdict::seen(self.run, self.shown.item, &self.now.standings, self.second()));
                input type="hidden" name="back" value=(self.shown.filter.to_query());
            }
            div class={ "desk" @if self.view.blind() { " blind" } } {
                div {
                    section.question aria-labelledby="question-title" {
                        (self.head(title))
                        (self.sides())
                    }
                    section.known aria-labelledby="known-title" { (self.known()) }
                }
                @if !self.view.blind() { aside.reasons aria-label=(self.view.t("evidence")) { (self.evidence()) } }
            }
            (self.answers())
        }
    }

    fn progress(&self) -> Markup {
        let view = self.view;
        let progress = Progress::of(self.run, self.now, self.shown.filter, self.second());
        html! {
            div.progress {
                progress max=(progress.items.max(1)) value=(progress.done) aria-label=(view.t("progress")) {}
                span { (view.fill("progress_of", &[("done", &view.count(progress.done)), ("items", &view.count(progress.items))])) }
                @if !view.blind() {
                    span.gain title=(view.t("gain_help")) {
                        (view.fill("gain", &[("numbers", &view.decimal(progress.numbers)), ("duplicates", &view.decimal(progress.duplicates))]))
                    }
                }
                form.search role="search" method="get" action="/queue" {
                    label.hidden for="q" { (view.t("search")) }
                    input #q type="search" name="q" placeholder=(view.t("search_hint")) data-key="/";
                }
            }
        }
    }

    fn notices(&self) -> Markup {
        let view = self.view;
        html! {
            @if let Some(fault) = &self.run.torn {
                div.notice.warn role="status" { (view.fill("torn", &[("line", &fault.line.to_string())])) }
            }
            @if self.shown.meanwhile {
                div.notice.warn role="alert" { strong { (view.t("meanwhile_title")) } " " (view.t("meanwhile")) }
            }
            @if let Some(standing) = self.shown.saved {
                div.notice.done role="status" {
                    span {
                        (view.t("saved")) " "
                        strong { (answer_words(view, standing)) }
                        " · " (standing.pair)
                    }
                    (self.undo_button(&standing.pair, true))
                }
            }
        }
    }

    /// Takes back every answer of the item a pair belongs to.
    fn undo_button(&self, pair_id: &str, key: bool) -> Markup {
        if self.view.desk.read_only {
            return html! {};
        }
        html! {
            form method="post" action="/undo" {
                input type="hidden" name="pair" value=(pair_id);
                input type="hidden" name="back" value=(self.shown.filter.to_query());
                button.quiet type="submit" data-key=[key.then_some("z")] { (self.view.t("undo")) @if key { (hint("Z")) } }
            }
        }
    }

    fn head(&self, title: &str) -> Markup {
        let (view, item, pair) = (self.view, self.shown.item, self.shown.pair);
        let kind = if item.kind == PairKind::Identity { "kind_identity" } else { "kind_duplicate" };
        html! {
            header.head {
                div.line {
                    span class={ "badge " (item.kind.as_str()) } { (view.t(kind)) }
                    span.code { (pair.id) }
                    @if !view.blind() { span.probability { (view.fill("probability", &[("percent", &per_cent(pair.probability))])) } }
                    span.reason { (view.words.get("review_reason", &pair.reason)) }
                }
                h1 #question-title { (self.question(title)) }
                (self.standing())
            }
        }
    }

    fn question(&self, name: &str) -> String {
        let item = self.shown.item;
        let records = records_of(&self.run.folder, &item.pairs).len();
        let (key, count) = match item.kind {
            PairKind::Identity if item.pairs.len() > 1 => ("ask_which", item.pairs.len()),
            PairKind::Identity => ("ask_this", 1),
            PairKind::Duplicate if records > 2 => ("ask_component", records),
            PairKind::Duplicate => ("ask_same", 2),
        };
        self.view.fill(key, &[("name", name), ("count", &count.to_string())])
    }

    /// What was answered so far, and whether it still counts.
    fn standing(&self) -> Markup {
        let view = self.view;
        let state = self.state();
        // A child's candidates are answered together, pairs of records one by one.
        let asked =
            |pair: &&PairRow| self.shown.item.kind == PairKind::Identity || pair.id == self.shown.pair.id;
        let given: Vec<&Standing> = self
            .pairs()
            .filter(asked)
            .filter_map(|pair| self.now.standings.get(&pair.id, self.second()))
            .collect();
        let main = given.iter().find(|standing| standing.decision().answer == Answer::Yes).or(given.first());
        html! {
            @if state == ItemState::Changed { div.notice.warn { strong { (view.t("changed_title")) } " " (view.t("changed")) @if given.is_empty() { " " (view.fill("changed_earlier", &[("answer", &self.earlier())])) } } }
            @if state == ItemState::Contradiction {
                div.notice.stop role="alert" {
                    strong { (view.t("contradiction_title")) } " " (view.t("contradiction")) " "
                    a href="/decisions?state=contradiction" { (view.t("contradiction_show")) }
                }
            }
            @if let Some(standing) = main {
                div.notice.given {
                    span {
                        (view.fill("given", &[("answer", answer_words(view, standing)), ("who", &standing.entry.who), ("time", &time(standing))]))
                    }
                    @if self.shown.saved.is_none() { (self.undo_button(&standing.pair, true)) }
                    @else { (self.undo_button(&standing.pair, false)) }
                }
            }
        }
    }

    fn earlier(&self) -> String {
        let pair = self.pairs().find(|pair| !pair.earlier_answer.is_empty());
        pair.and_then(|pair| Some((pair.kind, Answer::read(&pair.earlier_answer, pair.kind)?)))
            .map_or_else(String::new, |(kind, answer)| self.view.t(answer_key(kind, answer)).to_owned())
    }

    fn evidence(&self) -> Markup {
        let view = self.view;
        let many = self.shown.item.kind == PairKind::Identity && self.shown.item.pairs.len() > 1;
        html! {
            @if many {
                @for (nth, pair) in (1..).zip(self.pairs()) {
                    details.evidence open[nth == 1] {
                        summary { h2 { (view.fill("evidence_of", &[("n", &nth.to_string())])) } }
                        (waterfall(view, pair))
                    }
                }
            } @else {
                details.evidence open { summary { h2 { (view.t("evidence")) } } (waterfall(view, self.shown.pair)) }
            }
        }
    }

    fn answers(&self) -> Markup {
        let view = self.view;
        let link = |address: &Option<String>, key: &'a str, keys: &'a str, label: &'a str| {
            html! {
                @if let Some(address) = address { a.button.quiet href=(address) data-key=(keys) { (label) (hint(key)) } }
                @else { span.button.quiet aria-disabled="true" { (label) } }
            }
        };
        html! {
            div.answers role="group" aria-label=(view.t("answers")) {
                (link(&self.shown.before, "B", "b ArrowLeft", view.t("back")))
                @if !view.desk.read_only { (self.answer_buttons()) }
                (link(&self.shown.after, "N", "n ArrowRight", view.t("skip")))
            }
        }
    }

    fn answer_buttons(&self) -> Markup {
        let view = self.view;
        let item = self.shown.item;
        let button = |verdict: String, class: &str, keys: &str, label: Markup| {
            html! {
                button class=(class) type="submit" form="decide" name="verdict" value=(verdict) data-key=(keys) { (label) }
            }
        };
        html! {
            @if item.kind == PairKind::Duplicate {
                @let id = &self.shown.pair.id;
                (button(format!("same:{id}"), "yes", "c s 1", html! { (view.t("same")) (hint(view.t("key_letter_same"))) }))
                (button(format!("different:{id}"), "no", "k d 2", html! { (view.t("different")) (hint(view.t("key_letter_different"))) }))
                (button(format!("unsure:{id}"), "unsure", "r u 3", html! { (view.t("unsure")) (hint(view.t("key_letter_unsure"))) }))
            } @else {
                @for (nth, pair) in (1..=9).zip(self.pairs()) {
                    @let label = if item.pairs.len() == 1 { view.t("this_number").to_owned() } else { view.fill("candidate", &[("n", &nth.to_string())]) };
                    @let keys = if item.pairs.len() == 1 { "1 c s".to_owned() } else { nth.to_string() };
                    (button(format!("this:{}", pair.id), "yes", &keys, html! { (label) (hint(&nth.to_string())) }))
                }
                (button("none".to_owned(), "no", "k d 0", html! { (view.t(if item.pairs.len() == 1 { "not_this" } else { "none_of_these" })) (hint(view.t("key_letter_different"))) }))
                (button("unsure".to_owned(), "unsure", "r u", html! { (view.t("unsure")) (hint(view.t("key_letter_unsure"))) }))
            }
        }
    }
}

/// The words of an answer.
pub fn answer_words<'a>(view: &View<'a>, standing: &Standing) -> &'a str {
    let decision = standing.decision();
    view.t(answer_key(decision.kind, decision.answer))
}

fn answer_key(kind: PairKind, answer: Answer) -> &'static str {
    match (kind, answer) {
        (PairKind::Duplicate, Answer::Yes) => "same",
        (PairKind::Duplicate, Answer::No) => "different",
        (PairKind::Identity, Answer::Yes) => "this_number",
        (PairKind::Identity, Answer::No) => "not_this",
        (_, Answer::Unsure) => "unsure",
    }
}

/// When an answer was given, in the time of Vietnam.
pub fn time(standing: &Standing) -> String {
    let time = jiff::tz::Offset::constant(7).to_datetime(standing.entry.time);
    let (date, hour, minute) = (time.date(), time.hour(), time.minute());
    format!("{hour:02}:{minute:02} {:02}/{:02}/{}", date.day(), date.month(), date.year())
}

/// How far the work is.
struct Progress {
    items: usize,
    done: usize,
    numbers: f64,
    duplicates: f64,
}

impl Progress {
    fn of(run: &OpenRun, now: &Snapshot, filter: &Filter, second: bool) -> Self {
        let mut progress = Self { items: 0, done: 0, numbers: 0.0, duplicates: 0.0 };
        for item in run.queue.items.iter().filter(|item| filter.holds(item, run, now, second)) {
            progress.items += 1;
            match now.standings.state(item, &run.folder, second) {
                ItemState::Decided | ItemState::Unsure => progress.done += 1,
                _ if item.kind == PairKind::Identity => progress.numbers += item.gain,
                _ => progress.duplicates += item.gain,
            }
        }
        progress
    }
}
