//! One item: the sides beside each other, what speaks for and against, what else is known, the
//! answers.

use maud::{Markup, html};

use super::{
    super::{
        open_run::{OpenRun, Snapshot},
        queue::{Item, records_of},
        routes::Filter,
        run_folder::{ListRecord, PairRow, SIDE_FIELDS, Values},
        standing::{ItemState, Standing},
        verdict,
    },
    layout::{Tab, View, hint},
    marks::{compared, marked, shown},
    waterfall::{per_cent, waterfall},
};
use crate::{
    decide::{Answer, PairKind},
    record::{FieldKind, Finding, FindingCode},
    text::differ::differ,
};

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

struct ReviewPage<'a> {
    view: &'a View<'a>,
    run: &'a OpenRun,
    now: &'a Snapshot,
    shown: &'a Shown<'a>,
}

/// A column of the table of sides.
struct Side<'a> {
    head: Markup,
    values: &'a Values,
    /// Compared with the first column.
    compared: bool,
    /// Not part of the pair asked about.
    aside: bool,
}

impl<'a> ReviewPage<'a> {
    fn second(&self) -> bool {
        self.view.visit.settings.second
    }

    fn pairs(&self) -> impl Iterator<Item = &'a PairRow> {
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
                        " · " (standing.decision().pair_id)
                    }
                    (self.undo_button(&standing.decision().pair_id, true))
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
                    @if self.shown.saved.is_none() { (self.undo_button(&standing.decision().pair_id, true)) }
                    @else { (self.undo_button(&standing.decision().pair_id, false)) }
                }
            }
        }
    }

    fn earlier(&self) -> String {
        let pair = self.pairs().find(|pair| !pair.earlier_answer.is_empty());
        pair.and_then(|pair| Some((pair.kind, Answer::read(&pair.earlier_answer, pair.kind)?)))
            .map_or_else(String::new, |(kind, answer)| self.view.t(answer_key(kind, answer)).to_owned())
    }

    fn columns(&self) -> Vec<Side<'a>> {
        let view = self.view;
        let (item, asked) = (self.shown.item, self.shown.pair);
        let record = |id: &str| self.run.folder.record(id);
        let listed = |id: &'a str| {
            html! {
                span.id { (id) }
                @if let Some(record) = record(id) { span.origin { (origin(record)) } }
            }
        };
        let mut columns = vec![Side {
            head: html! { span.what { (view.t("in_list")) } (listed(&asked.record_id)) },
            values: &asked.sides[0],
            compared: false,
            aside: false,
        }];
        match item.kind {
            PairKind::Identity => {
                let many = item.pairs.len() > 1;
                for (nth, pair) in (1..).zip(self.pairs()) {
                    let head = html! {
                        span.what { (view.t("in_register")) @if many { " · " (view.fill("candidate", &[("n", &nth.to_string())])) } }
                        @if !view.blind() { span.origin { (view.fill("probability", &[("percent", &per_cent(pair.probability))])) } }
                    };
                    columns.push(Side { head, values: &pair.sides[1], compared: true, aside: false });
                }
            }
            PairKind::Duplicate => {
                let head = html! { span.what { (view.t("in_list")) } (listed(&asked.other)) };
                columns.push(Side { head, values: &asked.sides[1], compared: true, aside: false });
                let others = records_of(&self.run.folder, &item.pairs);
                for id in others.into_iter().filter(|id| *id != asked.record_id && *id != asked.other) {
                    let Some(record) = record(id) else { continue };
                    let head = html! { span.what { (view.t("also_in_list")) } (listed(&record.id)) };
                    columns.push(Side { head, values: &record.values, compared: false, aside: true });
                }
            }
        }
        columns
    }

    fn sides(&self) -> Markup {
        let view = self.view;
        let columns = self.columns();
        let keeps = self.shown.item.kind == PairKind::Duplicate && !view.desk.read_only && !self.second();
        let filled = |at: usize| columns.iter().any(|column| !column.values[at].is_empty());
        let two = columns.iter().filter(|column| !column.aside).count() == 2;
        html! {
            div.scroll tabindex="0" role="region" aria-label=(view.t("sides")) {
                table.sides {
                    caption.hidden { (view.t("sides")) }
                    thead {
                        tr {
                            th scope="col" { span.hidden { (view.t("compared_field")) } }
                            @for column in &columns { th scope="col" class=[column.aside.then_some("aside")] { (column.head) } }
                            @if two { th.found scope="col" { span.hidden { (view.t("compared_found")) } } }
                        }
                    }
                    tbody {
                        @for (at, field) in SIDE_FIELDS.into_iter().enumerate().filter(|(at, _)| filled(*at)) {
                            (self.row(&columns, at, field, two, keeps))
                        }
                    }
                }
            }
            @if keeps { p.fine { (view.t("keep_help")) } }
        }
    }

    fn row(&self, columns: &[Side<'_>], at: usize, field: FieldKind, two: bool, keeps: bool) -> Markup {
        let view = self.view;
        let value = |column: &Side<'_>| shown(view, field, &column.values[at]);
        let first = value(&columns[0]);
        let second = columns.get(1).map(value).unwrap_or_default();
        let (class, word) = compared(view, field, &first, &second);
        let choose = keeps
            && !first.is_empty()
            && !second.is_empty()
            && first != second
            && field != FieldKind::PersonalId;
        let [left, _] = differ(&first, &second);
        html! {
            tr class=[two.then_some(class)] {
                th scope="row" { (crate::write::capitalised(view.words.field(field))) }
                @for (nth, column) in columns.iter().enumerate() {
                    @let own = value(column);
                    td class=[column.aside.then_some("aside")] data-field=(field.key()) {
                        @let body = html! {
                            @if own.is_empty() { span.empty { "—" } }
                            @else if first.is_empty() || second.is_empty() { (own) }
                            @else if nth == 0 && two { (marked(&left)) }
                            @else if column.compared { (marked(&differ(&first, &own)[1])) }
                            @else { (own) }
                        };
                        @if choose && nth < 2 { (self.keep(field, nth, &own, &body)) } @else { (body) }
                    }
                }
                @if two { td.verdict { span class=(class) { (word) } } }
            }
        }
    }

    fn keep(&self, field: FieldKind, side: usize, value: &str, body: &Markup) -> Markup {
        let pair = self.shown.pair;
        let side = if side == 0 { "record" } else { "other" };
        let standing = self.now.standings.get(&pair.id, self.second());
        let kept = standing.and_then(|standing| standing.decision().keep.get(&field));
        let default = pair.default_keep.get(field.key()).map(String::as_str);
        let id = if side == "record" { &pair.record_id } else { &pair.other };
        let checked = kept.map_or(default == Some(side), |kept| kept == id);
        html! {
            label.keep {
                input type="radio" form="decide" name=(format!("keep_{}", field.key())) value=(side) checked[checked]
                    aria-label=(self.view.fill("keep_value", &[("field", self.view.words.field(field)), ("value", value)]));
                span { (body) @if default == Some(side) { " " span.default { (self.view.t("default")) } } }
            }
        }
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

    fn known(&self) -> Markup {
        let view = self.view;
        let ids = records_of(&self.run.folder, &self.shown.item.pairs);
        let records: Vec<&ListRecord> = ids.iter().filter_map(|id| self.run.folder.record(id)).collect();
        let clusters: Vec<&str> = records.iter().map(|record| record.cluster.as_str()).collect();
        let mut family: Vec<&ListRecord> =
            records.iter().flat_map(|record| self.run.folder.family(record, &clusters)).collect();
        family.sort_by_key(|record| &record.id);
        family.dedup_by_key(|record| &record.id);
        html! {
            h2 #known-title.hidden { (view.t("known")) }
            (self.claims(&records, &clusters))
            section {
                h3 { (view.t("family")) }
                @if family.is_empty() { p.fine { (view.t("family_none")) } }
                @else {
                    ul.people {
                        @for member in family.iter().take(8) {
                            li { (self.person(member)) @if self.is_twin(&records, member) { " " span.badge.twin { (view.t("twin")) } } }
                        }
                    }
                    @if family.len() > 8 { p.fine { (view.fill("more", &[("count", &view.count(family.len() - 8))])) } }
                }
            }
            section {
                h3 { (view.t("findings")) }
                @for record in &records {
                    @if records.len() > 1 { h4.code { (record.id) } }
                    ul.findings {
                        @for code in &record.findings { li { (self.finding(code)) } }
                        @if record.findings.is_empty() { li.fine { (view.t("findings_none")) } }
                    }
                }
            }
            (self.elsewhere(&ids))
        }
    }

    /// Born the same day in the same family.
    fn is_twin(&self, records: &[&ListRecord], member: &ListRecord) -> bool {
        let birth = member.value(FieldKind::BirthDate);
        birth.len() == 10 && records.iter().any(|record| record.value(FieldKind::BirthDate) == birth)
    }

    fn person(&self, record: &ListRecord) -> Markup {
        let view = self.view;
        let birth = shown(view, FieldKind::BirthDate, record.value(FieldKind::BirthDate));
        html! {
            strong { (record.value(FieldKind::FullName)) }
            span { (birth) @if !record.value(FieldKind::Gender).is_empty() { " · " (record.value(FieldKind::Gender)) } }
            span.code { (record.id) }
            @if !record.personal_id.is_empty() { span.code.digits { (record.personal_id) } }
            @else { span.fine { (view.words.get("link_status", &record.link)) } }
        }
    }

    /// Who else has or may have the numbers in question.
    fn claims(&self, records: &[&ListRecord], clusters: &[&str]) -> Markup {
        let view = self.view;
        let mut numbers: Vec<&str> =
            records.iter().map(|record| record.value(FieldKind::PersonalId).as_str()).collect();
        numbers.extend(
            self.pairs().filter(|pair| pair.kind == PairKind::Identity).map(|pair| pair.other.as_str()),
        );
        numbers.retain(|number| !number.is_empty());
        numbers.sort_unstable();
        numbers.dedup();
        html! {
            section {
                h3 { (view.t("claims")) }
                @for number in &numbers {
                    @let holders: Vec<&ListRecord> = self.run.folder.claimants(number, clusters).collect();
                    @let asked: Vec<&PairRow> = self.run.folder.pairs.iter().filter(|pair| pair.kind == PairKind::Identity && pair.other == *number && !records.iter().any(|record| record.id == pair.record_id)).take(6).collect();
                    p.claimed { span.code.digits { (number) } " " span.fine { (self.whose(number, records)) } }
                    @if holders.is_empty() && asked.is_empty() { p.fine { (view.t("claims_nobody")) } }
                    @else {
                        ul.people {
                            @for holder in holders.iter().take(6) { li { (self.person(holder)) } }
                            @for pair in asked { li { strong { (pair.sides[0][0]) } span { (view.t("claims_candidate")) } a.code href=(format!("/review/{}", pair.id)) { (pair.id) } } }
                        }
                    }
                }
                @if numbers.is_empty() { p.fine { (view.t("claims_none")) } }
            }
        }
    }

    /// Where a number stands: in the list, or with a person of the register.
    fn whose(&self, number: &str, records: &[&ListRecord]) -> String {
        let view = self.view;
        let mut places: Vec<String> = Vec::new();
        if records.iter().any(|record| record.value(FieldKind::PersonalId) == number) {
            places.push(view.t("in_list").to_lowercase());
        }
        let many = self.shown.item.pairs.len() > 1;
        for (nth, pair) in (1..).zip(self.pairs()) {
            if pair.kind == PairKind::Identity && pair.other == number {
                let person = view.fill("candidate", &[("n", &nth.to_string())]);
                places.push(if many { person } else { view.t("in_register").to_owned() }.to_lowercase());
            }
        }
        places.join(", ")
    }

    fn finding(&self, code: &str) -> String {
        let known = FindingCode::ALL.iter().find(|known| known.as_str() == code);
        known.map_or_else(
            || code.to_owned(),
            |code| self.view.words.finding(&Finding { code: *code, field: None, detail: None }),
        )
    }

    /// Other items about the same records.
    fn elsewhere(&self, ids: &[&str]) -> Markup {
        let folder = &self.run.folder;
        let own = |pair: &PairRow| self.pairs().any(|mine| mine.id == pair.id);
        let touches = |pair: &PairRow| {
            ids.contains(&pair.record_id.as_str())
                || (pair.kind == PairKind::Duplicate && ids.contains(&pair.other.as_str()))
        };
        let others: Vec<&PairRow> =
            folder.pairs.iter().filter(|pair| touches(pair) && !own(pair)).take(8).collect();
        html! {
            @if !others.is_empty() {
                section {
                    h3 { (self.view.t("elsewhere")) }
                    ul { @for pair in others { li { a.code href=(format!("/review/{}", pair.id)) { (pair.id) } " " (self.view.t(if pair.kind == PairKind::Identity { "kind_identity" } else { "kind_duplicate" })) } } }
                }
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

fn origin(record: &ListRecord) -> String {
    let (file, sheet, row) = &record.origin;
    if sheet.is_empty() { format!("{file} : {row}") } else { format!("{file} · {sheet} : {row}") }
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
