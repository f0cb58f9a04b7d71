//! How the columns of a list were understood, and the choice of what each is.

use maud::{Markup, html};

use super::{
    super::{
        columns::{ColumnView, FileView, SheetView},
        job::Shelf,
    },
    home::Dropped,
    layout::{Tab, View},
};
use crate::{record::FieldKind, write::capitalised};

/// The page for one list.
pub fn columns(
    view: &View<'_>,
    shelf: Shelf,
    files: &[Dropped],
    header_row: Option<u32>,
    fault: Option<&str>,
) -> Markup {
    let title = view.t(if shelf == Shelf::Register { "columns_register" } else { "columns_children" });
    let main = html! {
        h1 { (title) }
        p.lead { (view.t("columns_lead")) }
        @if let Some(fault) = fault { div.notice.stop role="alert" { (fault) } }
        form method="post" action=(format!("/columns/{}", shelf.as_str())) {
            @for file in files {
                section.file {
                    h2 { (file.name) }
                    @match &*file.file {
                        FileView::Understood(sheets) => {
                            @for sheet in sheets { (table(view, sheet)) }
                        }
                        FileView::Puzzling(error, rows) => {
                            p.bad { (file.fault(view, error)) }
                            (raw(view, rows))
                        }
                    }
                }
            }
            div.line {
                label { (view.t("header_row")) input type="number" name="header_row" min="0" max="200" value=[header_row]; }
                span.fine { (view.t("header_row_help")) }
            }
            div.line {
                button.primary type="submit" { (view.t("columns_save")) }
                button type="submit" name="reset" value="1" { (view.t("columns_reset")) }
                a.button.quiet href="/files" { (view.t("back_to_files")) }
            }
        }
    };
    view.page(Tab::Files, title, &main)
}

fn table(view: &View<'_>, sheet: &SheetView) -> Markup {
    html! {
        @if !sheet.sheet.is_empty() { h3 { (sheet.sheet) " " span.fine { (view.fill("rows", &[("rows", &view.count(sheet.rows))])) } } }
        div.scroll tabindex="0" role="region" aria-label=(view.t("columns_table")) {
            table.list {
                thead { tr {
                    th scope="col" { (view.t("column")) }
                    th scope="col" { (view.t("heading")) }
                    th scope="col" { (view.t("samples")) }
                    th scope="col" { (view.t("is_field")) }
                } }
                tbody { @for column in &sheet.columns { (row(view, column)) } }
            }
        }
    }
}

fn row(view: &View<'_>, column: &ColumnView) -> Markup {
    // The column is named by its heading where it has one: letters differ from file to file.
    let nameless = column.heading == format!("Cột {}", column.letters);
    let name = if nameless { &column.letters } else { &column.heading };
    html! {
        tr class=[column.field.is_none().then_some("extra")] {
            td.code { (column.letters) }
            th scope="row" { (column.heading) }
            td.samples { @for sample in &column.samples { span { (sample) } } }
            td {
                select name=(format!("use:{name}")) aria-label=(view.fill("use_of", &[("column", &column.heading)])) {
                    option value=(format!("keep:{}", column.field.map_or("", FieldKind::key))) selected {
                        @match column.field { Some(field) => { (capitalised(view.words.field(field))) } None => { (view.t("use_none")) } }
                    }
                    @if column.field.is_some() { option value="carry" { (view.t("use_carry")) } }
                    option value="ignore" { (view.t("use_ignore")) }
                    optgroup label=(view.t("use_as")) {
                        @for field in FieldKind::ALL.iter().filter(|field| Some(**field) != column.field) {
                            option value=(field.key()) { (capitalised(view.words.field(*field))) }
                        }
                    }
                }
            }
        }
    }
}

/// The first rows of a file whose header was not found: the officer says which row it is.
fn raw(view: &View<'_>, rows: &[(u32, Vec<String>)]) -> Markup {
    html! {
        @if !rows.is_empty() {
            p { (view.t("raw_help")) }
            div.scroll tabindex="0" role="region" aria-label=(view.t("raw_rows")) {
                table.list.raw {
                    tbody { @for (row, cells) in rows { tr { th scope="row" { (row) } @for cell in cells { td { (cell) } } } } }
                }
            }
        }
    }
}
