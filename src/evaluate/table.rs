//! The figures as a table of plain text, the same bytes for the same figures.

use std::fmt;

use super::{Evaluation, GroupFigures};

const WIDTH: usize = 44;

fn ratio(share: Option<f64>) -> String {
    share.map_or_else(|| "-".to_owned(), |share| format!("{share:.5}"))
}

fn line(f: &mut fmt::Formatter<'_>, label: &str, value: impl fmt::Display) -> fmt::Result {
    writeln!(f, "  {label:<WIDTH$} {:>12}", value.to_string())
}

impl fmt::Display for Evaluation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Records")?;
        line(f, "in the truth", self.truth_records)?;
        line(f, "judged", self.judged_records)?;
        line(f, "not in the truth", self.unknown_records)?;
        line(f, "not in the run (rejected)", self.absent_records)?;
        line(f, "children", self.entities)?;
        self.write_clusters(f)?;
        self.write_numbers(f)
    }
}

impl Evaluation {
    fn write_clusters(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clusters = &self.clusters;
        writeln!(f, "Duplicates")?;
        line(f, "true pairs", clusters.true_pairs)?;
        line(f, "pairs made", clusters.made_pairs)?;
        line(f, "pairs right", clusters.right_pairs)?;
        line(f, "pair precision", ratio(clusters.pair_precision))?;
        line(f, "pair recall", ratio(clusters.pair_recall))?;
        line(f, "pair F1", ratio(clusters.pair_f1))?;
        line(f, "children entered more than once", clusters.repeated_children)?;
        line(f, "clusters of more than one record", clusters.made_clusters)?;
        line(f, "clusters exactly right", clusters.exact_clusters)?;
        line(f, "exact cluster F1", ratio(clusters.exact_f1))?;
        line(f, "B-cubed precision", ratio(clusters.b_cubed_precision))?;
        line(f, "B-cubed recall", ratio(clusters.b_cubed_recall))?;
        line(f, "B-cubed F1", ratio(clusters.b_cubed_f1))?;
        line(f, "clusters of more than one child", clusters.false_merges)?;
        line(f, "children in them", clusters.merged_children)?;
        group(f, "twins", clusters.twins)?;
        group(f, "namesakes born the same day", clusters.namesakes)?;
        group(f, "siblings", clusters.siblings)
    }

    fn write_numbers(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers = &self.numbers;
        writeln!(f, "Numbers")?;
        line(f, "records whose child is in the register", numbers.findable)?;
        line(f, "sent with the right number", numbers.found)?;
        line(f, "share", ratio(numbers.recall))?;
        line(f, "records sent with another's number", numbers.wrong)?;
        line(f, "records sent, child not in the register", numbers.invented)?;
        line(f, "children sent", numbers.sent)?;
        line(f, "children sent with a wrong number", numbers.sent_wrong)?;
        let rate = numbers.wrong_per_million.map_or_else(|| "-".to_owned(), |rate| format!("{rate:.1}"));
        line(f, "wrong per million sent", rate)?;
        line(f, "numbers sent for two children", numbers.sent_twice)?;
        line(f, "unverified, right", numbers.unverified_right)?;
        line(f, "unverified, wrong", numbers.unverified_wrong)?;
        line(f, "unverified, child not in the register", numbers.unverified_unknown)?;
        line(f, "findable, not sent", numbers.missed)?;
        line(f, "of these, review offers the right one", numbers.offered)?;
        line(f, "share", ratio(numbers.review_recall))?;
        writeln!(f, "Findable, not sent: by cause {:>18} {:>12}", "records", "offered")?;
        for cause in &numbers.missed_by_cause {
            writeln!(f, "  {:<32} {:>12} {:>12}", cause.cause, cause.records, cause.offered)?;
        }
        let heads = ["records", "findable", "found", "share", "wrong"];
        writeln!(
            f,
            "{:<22}{:>9}{:>10}{:>9}{:>10}{:>7}",
            "By kind", heads[0], heads[1], heads[2], heads[3], heads[4]
        )?;
        for kind in &numbers.kinds {
            writeln!(
                f,
                "  {:<20}{:>9}{:>10}{:>9}{:>10}{:>7}",
                kind.kind,
                kind.records,
                kind.findable,
                kind.found,
                ratio(kind.recall),
                kind.wrong
            )?;
        }
        Ok(())
    }
}

fn group(f: &mut fmt::Formatter<'_>, label: &str, figures: GroupFigures) -> fmt::Result {
    line(f, &format!("{label}: children"), figures.children)?;
    line(f, &format!("{label}: pairs"), figures.pairs)?;
    line(f, &format!("{label}: pairs merged"), figures.merged)
}
