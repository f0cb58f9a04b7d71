//! The sides of an item beside each other, with the values to keep.

use maud::{Markup, html};

use super::{
    super::{
        queue::records_of,
        run_folder::{ListRecord, SIDE_FIELDS, Values},
    },
    marks::{compared, marked, shown},
    review::ReviewPage,
    waterfall::per_cent,
};
use crate::{decide::PairKind, record::FieldKind, text::differ::differ};

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

    pub fn sides(&self) -> Markup {
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
}

fn origin(record: &ListRecord) -> String {
    let (file, sheet, row) = &record.origin;
    if sheet.is_empty() { format!("{file} : {row}") } else { format!("{file} · {sheet} : {row}") }
}
