//! How many pairs of names the comparators judge in a second, on one core: word by word, by onset, rime
//! and tone, with the frequency of what agrees. `near`: pairs whose names are alike, as blocking hands
//! them over (each record with those after it in the order of the name); `any`: pairs drawn blindly.
//! `person`: one comparison is one pair of children's own names, which takes three of the comparators
//! (surname, middle words, given name); `mother`: one pair of mothers' whole names.

mod processor;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dinhdanh::{
    matching::Explainer,
    pipeline::{self, Job, MEMORY},
    record::{Record, RecordIx},
    rules::{Language, Preset, Rules, SynthData},
    synth::{ListEncoding, SynthPlan, synthesise},
};
use jiff::civil::date;
use processor::ProcessorTime;

const CHILDREN: u64 = 10_000;

/// Records behind each that it is compared with.
const NEIGHBOURS: usize = 8;

/// An invented list, as matching holds it.
fn list(rules: &Rules) -> (Vec<Record>, Explainer) {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = SynthPlan {
        children: CHILDREN,
        seed: 1,
        preset: Preset::Normal,
        register: None,
        workbook: false,
        encoding: ListEncoding::Utf8,
    };
    synthesise(&plan, &SynthData::load(None).expect("built in"), folder.path()).expect("a list");
    let job = Job {
        children: vec![folder.path().join("children.csv")],
        register: Vec::new(),
        decisions: Vec::new(),
        columns: None,
        as_of: date(2026, 11, 1),
        language: Language::Vi,
        model: None,
        learn: false,
        previous: None,
        remember: false,
        memory: MEMORY,
    };
    let (outcome, explainer) = pipeline::run_explained(&job, &[], rules, &|_| ()).expect("an invented list");
    (outcome.children.records, explainer)
}

/// Each record with those that come after it in the order of a text.
fn near<'r>(records: &'r [Record], text: impl Fn(&'r Record) -> Option<&'r str>) -> Vec<[RecordIx; 2]> {
    let mut order: Vec<(&str, RecordIx)> =
        (0..).map(RecordIx).zip(records).filter_map(|(at, record)| Some((text(record)?, at))).collect();
    order.sort();
    order
        .windows(NEIGHBOURS + 1)
        .flat_map(|window| window[1..].iter().map(|(_, other)| [window[0].1, *other]))
        .collect()
}

/// As many pairs, of records that have the text but nothing in common.
fn any(near: &[[RecordIx; 2]]) -> Vec<[RecordIx; 2]> {
    let half = near.len() / 2;
    near.iter().zip(near.iter().cycle().skip(half)).map(|(one, other)| [one[0], other[1]]).collect()
}

fn compare(criterion: &mut Criterion<ProcessorTime>) {
    let rules = Rules::built_in().expect("built in");
    let (records, explainer) = list(&rules);
    let position = |name| explainer.position(name).expect("a comparison of the rules");
    let person = near(&records, |record| record.name.get().map(|name| name.full()));
    let mother = near(&records, |record| record.mother.name.get().map(|name| name.full()));
    let of_person = ["surname", "middle_name", "given_name"].map(position).to_vec();
    let of_mother = vec![position("mother_name")];
    let mut group = criterion.benchmark_group("comparators");
    for (name, pairs, comparisons) in [
        ("person/near", &person, &of_person),
        ("person/any", &any(&person), &of_person),
        ("mother/near", &mother, &of_mother),
        ("mother/any", &any(&mother), &of_mother),
    ] {
        group.throughput(Throughput::Elements(pairs.len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                for [one, other] in pairs {
                    for comparison in comparisons {
                        black_box(explainer.level(*comparison, *one, *other));
                    }
                }
            });
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(ProcessorTime::new()).sample_size(20);
    targets = compare
}
criterion_main!(benches);
