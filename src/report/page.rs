//! `report.html`: one self-contained page, printable, without scripts.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{Counts, FieldCounts};
use crate::{
    matching::LinkStatus,
    outcome::{ListKind, Outcome},
    record::{FieldKind, Finding, FindingCode, RejectReason},
    rules::Language,
    write::{Words, capitalised, grouped},
};

const STYLE: &str = include_str!("report.css");

/// The whole page.
pub(crate) fn page(outcome: &Outcome, counts: &Counts, words: Words<'_>) -> String {
    let report = Report { outcome, counts, words };
    let title = words.get("quality", "title");
    let lang = match words.language {
        Language::Vi => "vi",
        Language::En => "en",
    };
    html! {
        (DOCTYPE)
        html lang=(lang) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { (title) }
                p.made { (words.fill("quality", "made", &[("date", &day(outcome.as_of, words.language))])) }
                (report.summary())
                (report.links())
                (report.findings())
                (report.fields())
                (report.rows())
                (report.rejects())
                (report.inputs())
            }
        }
    }
    .into_string()
}

fn day(date: jiff::civil::Date, language: Language) -> String {
    match language {
        Language::Vi => format!("{:02}/{:02}/{:04}", date.day(), date.month(), date.year()),
        Language::En => date.to_string(),
    }
}

struct Report<'a> {
    outcome: &'a Outcome,
    counts: &'a Counts,
    words: Words<'a>,
}

impl<'a> Report<'a> {
    fn word(&self, key: &'a str) -> &'a str {
        self.words.get("quality", key)
    }

    fn number(&self, number: u64) -> String {
        grouped(usize::try_from(number).unwrap_or(usize::MAX), self.words.language)
    }

    fn decimal(&self, number: f64) -> String {
        let text = format!("{number:.2}");
        match self.words.language {
            Language::Vi => text.replace('.', ","),
            Language::En => text,
        }
    }

    fn share(&self, part: u64, whole: u64) -> String {
        if whole == 0 {
            return String::new();
        }
        #[expect(clippy::cast_precision_loss, reason = "counts of children are far below 2^52")]
        let share = part as f64 / whole as f64 * 100.0;
        let text = format!("{share:.1}%");
        match self.words.language {
            Language::Vi => text.replace('.', ","),
            Language::En => text,
        }
    }

    fn summary(&self) -> Markup {
        let counts = self.counts;
        let figures = [
            ("records", self.number(counts.records)),
            ("children", self.number(counts.children)),
            ("duplicates", self.number(counts.duplicates)),
            ("number_before", self.number(counts.numbers_before)),
            ("with_number", self.number(counts.numbers_after)),
            ("pairs", self.number(counts.review_duplicates + counts.review_identities)),
            ("pairs_duplicate", self.number(counts.review_duplicates)),
            ("pairs_identity", self.number(counts.review_identities)),
            ("wrong_numbers", self.decimal(counts.estimated_wrong_numbers)),
            ("false_merges", self.decimal(counts.estimated_false_merges)),
        ];
        html! {
            h2 { (self.word("summary")) }
            table.short {
                tbody {
                    @for (key, figure) in figures {
                        tr { th scope="row" { (self.word(key)) } td.number { (figure) } }
                    }
                }
            }
        }
    }

    fn links(&self) -> Markup {
        html! {
            h2 { (self.word("links")) }
            table.short {
                thead {
                    tr { th { (self.word("status")) } th.number { (self.word("children")) } th.number { (self.word("share")) } }
                }
                tbody {
                    @for status in LinkStatus::ALL {
                        @let count = self.counts.links.get(status.as_str()).copied().unwrap_or_default();
                        tr {
                            td { (self.words.link(*status)) }
                            td.number { (self.number(count)) }
                            td.number { (self.share(count, self.counts.children)) }
                        }
                    }
                }
            }
        }
    }

    fn findings(&self) -> Markup {
        html! {
            h2 { (self.word("findings")) }
            @if self.counts.findings.is_empty() {
                p { (self.word("none")) }
            } @else {
                table {
                    thead {
                        tr { th { (self.word("finding")) } th { (self.word("code")) } th.number { (self.word("count")) } th.number { (self.word("share")) } }
                    }
                    tbody {
                        @for code in FindingCode::ALL {
                            @if let Some(count) = self.counts.findings.get(code.as_str()) {
                                tr {
                                    td { (self.words.finding(&Finding { code: *code, field: None, detail: None })) }
                                    td { code { (code.as_str()) } }
                                    td.number { (self.number(*count)) }
                                    td.number { (self.share(*count, self.counts.records)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    fn fields(&self) -> Markup {
        html! {
            h2 { (self.word("fields")) }
            table {
                thead {
                    tr {
                        th { (self.word("field")) }
                        th.number { (self.word("usable")) }
                        th.number { (self.word("unusable")) }
                        th.number { (self.word("missing")) }
                        th { (self.word("share")) }
                    }
                }
                tbody {
                    @for kind in FieldKind::ALL {
                        @if let Some(field) = self.counts.fields.get(kind.key()).filter(|field| field.usable + field.unusable > 0) {
                            tr {
                                td { (capitalised(self.words.field(*kind))) }
                                td.number { (self.number(field.usable)) }
                                td.number { (self.number(field.unusable)) }
                                td.number { (self.number(field.missing)) }
                                td { (bar(*field)) }
                            }
                        }
                    }
                }
            }
        }
    }

    fn rows(&self) -> Markup {
        html! {
            h2 { (self.word("rows")) }
            p { (self.word("rows_note")) }
            table {
                thead {
                    tr {
                        th { (self.word("file")) }
                        th { (self.word("sheet")) }
                        th.number { (self.word("rows_in")) }
                        th.number { (self.word("records")) }
                        th.number { (self.word("rejects")) }
                        th.number { (self.word("layout")) }
                        th { (self.word("balanced")) }
                    }
                }
                tbody {
                    @for sheet in &self.counts.sheets {
                        tr {
                            td { (sheet.file) }
                            td { (sheet.sheet) }
                            td.number { (self.number(sheet.rows)) }
                            td.number { (self.number(sheet.records)) }
                            td.number { (self.number(sheet.rejects)) }
                            td.number { (self.number(sheet.layout.values().sum())) }
                            td { (self.word(if sheet.balanced { "yes" } else { "no" })) }
                        }
                    }
                }
            }
        }
    }

    fn rejects(&self) -> Markup {
        html! {
            h2 { (self.word("reject_reasons")) }
            @if self.counts.rejects.is_empty() {
                p { (self.word("none")) }
            } @else {
                table.short {
                    tbody {
                        @for reason in RejectReason::ALL {
                            @if let Some(count) = self.counts.rejects.get(reason.key()) {
                                tr { td { (self.words.reject(*reason)) } td.number { (self.number(*count)) } }
                            }
                        }
                    }
                }
            }
        }
    }

    fn inputs(&self) -> Markup {
        html! {
            h2 { (self.word("inputs")) }
            table {
                thead {
                    tr { th { (self.word("file")) } th { (self.word("list")) } th.number { (self.word("bytes")) } th { "SHA-256" } }
                }
                tbody {
                    @for input in &self.outcome.inputs {
                        tr {
                            td { (input.path.file_name().unwrap_or(input.path.as_os_str()).to_string_lossy()) }
                            td { (self.word(match input.list { ListKind::Children => "children_list", ListKind::Register => "register_list" })) }
                            td.number { (self.number(input.bytes)) }
                            td { code.hash { (input.sha256) } }
                        }
                    }
                }
            }
        }
    }
}

/// Usable, unusable and missing as one bar. Widths in whole per mille, so that the page is the
/// same on every machine.
fn bar(field: FieldCounts) -> Markup {
    let whole = (field.usable + field.unusable + field.missing).max(1);
    let usable = field.usable * 1000 / whole;
    let unusable = (field.usable + field.unusable) * 1000 / whole - usable;
    html! {
        svg viewBox="0 0 1000 60" width="160" height="10" preserveAspectRatio="none" aria-hidden="true" {
            rect width="1000" height="60" fill="#e5e7eb" {}
            rect width=(usable) height="60" fill="#2e7d32" {}
            rect x=(usable) width=(unusable) height="60" fill="#ef6c00" {}
        }
    }
}
