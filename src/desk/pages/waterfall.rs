//! What speaks for and against a pair, comparison by comparison: in words, with the weights added
//! up as a waterfall.

use maud::{Markup, html};

use super::{super::run_folder::PairRow, layout::View};

/// Width of the drawing in its own units.
const WIDTH: f64 = 240.0;

/// The evidence of one pair as a table with bars.
pub fn waterfall(view: &View<'_>, pair: &PairRow) -> Markup {
    let mut sum = 0.0;
    let steps: Vec<(f64, f64)> = pair
        .evidence
        .iter()
        .map(|part| {
            let from = sum;
            sum += part.weight;
            (from, sum)
        })
        .collect();
    let ends = steps.iter().flat_map(|(from, to)| [*from, *to]);
    let (low, high) = ends.fold((0.0_f64, 1.0_f64), |(low, high), end| (low.min(end), high.max(end)));
    let scale = Scale { low, high };
    let signed = |weight: f64| {
        let number = view.decimal(weight.abs());
        if weight < 0.0 { format!("−{number}") } else { format!("+{number}") }
    };
    html! {
        table.waterfall {
            caption { (view.t("waterfall_caption")) }
            thead {
                tr {
                    th scope="col" { (view.t("compared_field")) }
                    th scope="col" { (view.t("compared_found")) }
                    th.number scope="col" { (view.t("compared_weight")) }
                    th scope="col" { span.hidden { (view.t("compared_sum")) } }
                }
            }
            tbody {
                @for (part, (from, to)) in pair.evidence.iter().zip(&steps) {
                    @let class = direction(part.weight);
                    tr class=(class) {
                        th scope="row" { (view.words.get("comparison", &part.comparison)) }
                        td { (view.words.get("level", &part.level)) }
                        td.number { (signed(part.weight)) }
                        td.bar { (bar(&scale, *from, *to, class)) }
                    }
                }
            }
            tfoot {
                tr {
                    th scope="row" { (view.t("sum")) }
                    td { (view.fill("sum_probability", &[("percent", &per_cent(pair.probability))])) }
                    td.number { (signed(pair.weight)) }
                    td.bar { (bar(&scale, 0.0, pair.weight, "total")) }
                }
            }
        }
    }
}

/// Never 0 % or 100 %: nobody would be asked.
pub fn per_cent(probability: f64) -> String {
    format!("{:.0}", (probability * 100.0).round().clamp(1.0, 99.0))
}

fn direction(weight: f64) -> &'static str {
    if weight >= 0.05 {
        "for"
    } else if weight <= -0.05 {
        "against"
    } else {
        "neither"
    }
}

struct Scale {
    low: f64,
    high: f64,
}

impl Scale {
    fn at(&self, weight: f64) -> f64 {
        ((weight - self.low) / (self.high - self.low) * WIDTH).clamp(0.0, WIDTH)
    }
}

fn bar(scale: &Scale, from: f64, to: f64, class: &str) -> Markup {
    let (left, right) = (scale.at(from.min(to)), scale.at(from.max(to)));
    let zero = format!("{:.1}", scale.at(0.0));
    html! {
        svg viewBox="0 0 240 14" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
            line.zero x1=(zero) x2=(zero) y1="0" y2="14" {}
            rect class=(class) x=(format!("{left:.1}")) y="2" height="10" width=(format!("{:.1}", (right - left).max(1.5))) {}
        }
    }
}
