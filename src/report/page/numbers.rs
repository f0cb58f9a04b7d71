//! Personal numbers: status, match weights with their bands, estimated errors.

use maud::{Markup, html};

use super::{
    Page, plot,
    plot::{LEFT, WIDE, length, line, rect, text, ticks},
    summary::{status_class, swatch},
};
use crate::{matching::LinkStatus, report::figures::WeightBin};

/// Children by the status of their number.
pub(super) fn links(page: Page<'_>) -> Markup {
    let figures = page.figures;
    html! {
        section.whole {
            h2 { (page.word("links")) }
            table.wide {
                thead { tr { th { (page.word("status")) } th.n { (page.word("children")) } th.n { "%" } th {} th { (page.word("meaning")) } } }
                tbody {
                    @for status in LinkStatus::ALL {
                        @let count = figures.link(*status);
                        tr {
                            th scope="row" { (page.words.link(*status)) }
                            (page.count(&format!("links.{}", status.as_str()), count))
                            (page.share(count, figures.children, "children"))
                            td.graph { (plot::bar(figures.children, &[(status_class(*status), count)])) }
                            td { (page.words.get("link_next", status.as_str())) }
                        }
                    }
                    tr.sum { th scope="row" { (page.word("total")) } (page.count("children", figures.children)) (page.share(figures.children, figures.children, "children")) td {} td {} }
                }
            }
        }
    }
}

/// One kind of area of the plot of weights.
struct Layer {
    class: &'static str,
    word: &'static str,
    key: &'static str,
    of: fn(&WeightBin) -> u64,
}

const LAYERS: [Layer; 4] = [
    Layer { class: "dark", word: "weight_certain", key: "certain", of: |bin| bin.certain },
    Layer { class: "light", word: "weight_open", key: "open", of: |bin| bin.open },
    Layer { class: "dots", word: "weight_identities", key: "identities", of: |bin| bin.identity_pairs },
    Layer { class: "hatch", word: "weight_duplicates", key: "duplicates", of: |bin| bin.duplicate_pairs },
];

/// How strongly the evidence speaks, in bits, for records that were linked and for pairs a person
/// must decide.
pub(super) fn weights(page: Page<'_>) -> Markup {
    let figures = page.figures;
    html! {
        section {
            h2 { (page.word("weights")) }
            @if figures.weights.is_empty() {
                p { (page.word("no_weights")) }
            } @else {
                p.lead { (page.word("weights_lead")) }
                figure { (weights_plot(page)) (weights_legend(page)) }
                (bands(page))
                (weights_table(page))
            }
        }
    }
}

fn layers(page: Page<'_>) -> impl Iterator<Item = &'static Layer> {
    let bins = &page.figures.weights;
    LAYERS.iter().filter(move |layer| bins.values().any(|bin| (layer.of)(bin) > 0))
}

/// From the first bin of a layer to behind its last.
fn range(page: Page<'_>, layer: &Layer) -> Option<(i32, i32)> {
    let bins = page.figures.weights.iter();
    let mut held = bins.filter(|(_, bin)| (layer.of)(bin) > 0).map(|(at, _)| *at);
    let first = held.next()?;
    Some((first, held.next_back().unwrap_or(first) + 1))
}

fn weights_legend(page: Page<'_>) -> Markup {
    html! {
        ul.legend { @for layer in layers(page) { li { (swatch(layer.class)) (page.word(layer.word)) } } }
    }
}

fn weights_plot(page: Page<'_>) -> Markup {
    const BASE: f64 = 170.0;
    let bins = &page.figures.weights;
    let (first, last) = (*bins.keys().next().unwrap_or(&0), *bins.keys().next_back().unwrap_or(&0));
    let step = (WIDE - LEFT - 10.0) / f64::from(last - first + 1);
    let greatest =
        bins.values().map(|bin| LAYERS.iter().map(|layer| (layer.of)(bin)).sum()).max().unwrap_or(1);
    let axis = ticks(greatest);
    let height = |count: u64| length(count) / length(*axis.last().unwrap_or(&1)) * (BASE - 8.0);
    let width = i32::from(page.rules.report.page.weight_bin);
    let x = |bin: i32| LEFT + step * f64::from(bin - first);
    let bands: Vec<_> = layers(page).filter_map(|layer| Some((layer, range(page, layer)?))).collect();
    // About ten labels, however wide the range.
    let every = ((last - first) / 10 + 1).max(1);
    let inner = html! {
        @for tick in &axis {
            (line("grid", (LEFT, BASE - height(*tick)), (WIDE, BASE - height(*tick))))
            (text("tick end", LEFT - 6.0, BASE - height(*tick) + 4.0, &page.number(*tick)))
        }
        @for (bin, counts) in bins {
            @for (layer, below) in stacked(counts) {
                @let count = (layer.of)(counts);
                (rect(layer.class, x(*bin) + 1.0, BASE - height(below + count), step - 2.0, height(count)))
            }
        }
        @for bin in (first..=last + 1).filter(|bin| (bin - first) % every == 0) {
            (text("tick middle", x(bin), BASE + 14.0, &(bin * width).to_string()))
        }
        (line("axis", (LEFT, BASE), (WIDE, BASE)))
        (text("tick end", LEFT - 6.0, BASE + 14.0, page.word("bits")))
        @for (at, (layer, (low, high))) in bands.iter().enumerate() {
            @let y = BASE + 27.0 + 8.0 * length(at as u64);
            (line(&format!("bandrow {}", layer.class), (x(*low), y), (x(*high), y)))
        }
    };
    let spoken = page.fill(
        "weights_spoken",
        &[("low", &(first * width).to_string()), ("high", &((last + 1) * width).to_string())],
    );
    plot::plot("weights", (WIDE, BASE + 60.0), page.word("weights"), &spoken, &inner)
}

/// Every layer with what lies below it.
fn stacked(bin: &WeightBin) -> Vec<(&'static Layer, u64)> {
    let mut below = 0;
    LAYERS
        .iter()
        .map(|layer| {
            let start = below;
            below += (layer.of)(bin);
            (layer, start)
        })
        .collect()
}

/// Where each kind lies, the cut in words, and what the run expects to be wrong.
fn bands(page: Page<'_>) -> Markup {
    let width = i32::from(page.rules.report.page.weight_bin);
    let matching = &page.run.facts.matching;
    html! {
        ul.plain {
            @for layer in layers(page) {
                @if let Some((low, high)) = range(page, layer) {
                    @let (low, high) = ((low * width).to_string(), (high * width).to_string());
                    li { (page.fill("band", &[("kind", page.word(layer.word)), ("low", &low), ("high", &high)])) }
                }
            }
            @if let Some(cut) = matching.attach_cut.filter(|_| page.run.facts.has_register()) {
                li { (page.fill("cut", &[("cut", &page.show.decimal(cut * 100.0, 2))])) }
            }
            @if let (Some(wrong), true) = (matching.expected_wrong_numbers, page.run.facts.has_register()) {
                li { b { (page.word("estimate")) } " " (page.fill("wrong", &[("numbers", &page.show.decimal(wrong, 2)), ("certain", &page.number(page.figures.certain()))])) }
            }
        }
    }
}

fn weights_table(page: Page<'_>) -> Markup {
    let width = i32::from(page.rules.report.page.weight_bin);
    html! {
        details open {
            summary { (page.word("figures")) }
            table.narrow {
                thead { tr { th.n { (page.word("bits")) } @for layer in layers(page) { th.n { (page.word(layer.word)) } } } }
                tbody {
                    @for (bin, counts) in &page.figures.weights {
                        tr {
                            th.n scope="row" { (bin * width) "–" ((bin + 1) * width) }
                            @for layer in layers(page) {
                                (page.count(&format!("weight.{}.{}", bin * width, layer.key), (layer.of)(counts)))
                            }
                        }
                    }
                }
            }
        }
    }
}
