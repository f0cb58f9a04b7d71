//! What else is known of an item: who has the numbers, the family, the findings, other questions about
//! the same records.

use maud::{Markup, html};

use super::{
    super::{
        queue::records_of,
        run_folder::{ListRecord, PairRow},
    },
    marks::shown,
    review::ReviewPage,
};
use crate::{
    decide::PairKind,
    record::{FieldKind, Finding, FindingCode},
};

impl<'a> ReviewPage<'a> {
    pub fn known(&self) -> Markup {
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
}
