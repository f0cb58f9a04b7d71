//! How many encoded comparisons are made in a second, on one core. `compare_*`: one comparison is one pair
//! of records, all nine filters (2,176 bits, plain) and all eight tokens, to the levels of every comparison.
//! `single_filter`: one comparison is Dice's coefficient of two filters of 1,024 bits against a threshold,
//! which is what other programs count.

mod processor;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dinhdanh::{
    encode::{Compiled, EncodedList, Hardening, Identifiers, Key, Parameters, Prepared, common, encode_list},
    normalise::{NormaliseContext, normalise_table},
    outcome::{List, ListKind},
    read::{ReadOptions, read_list},
    rules::{Preset, Rules, SynthData},
    synth::{ListEncoding, SynthPlan, synthesise},
};
use jiff::civil::date;
use processor::ProcessorTime;

const CHILDREN: u64 = 1000;

/// An invented list, encoded.
fn encoded(rules: &Rules, hardening: Hardening) -> EncodedList {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = SynthPlan {
        children: CHILDREN,
        seed: 1,
        preset: Preset::Normal,
        register: None,
        workbook: false,
        encoding: ListEncoding::Utf8,
    };
    synthesise(&plan, &SynthData::load(None).expect("built in"), folder.path()).expect("a ward");
    let context = NormaliseContext { as_of: date(2026, 11, 1), list: ListKind::Children };
    let options = ReadOptions { mapping: None };
    let reading = read_list(&[folder.path().join("children.csv")], ListKind::Children, &options, rules)
        .expect("a list");
    let mut list = List { sources: reading.sources, ..List::default() };
    for mut table in reading.tables {
        list.records.extend(normalise_table(&mut table, &context, rules));
    }
    let parameters = Parameters::new(&rules.encoding, hardening);
    let key = Key::of(b"a key of the benchmark alone, not to be used");
    encode_list(&list, &reading.files, ListKind::Children, (&key, parameters), Identifiers::Token, rules).0
}

fn compare(criterion: &mut Criterion<ProcessorTime>) {
    let rules = Rules::built_in().expect("built in");
    let mut group = criterion.benchmark_group("encoded");
    let balanced = Hardening { balanced: true, ..Hardening::default() };
    for (name, hardening) in [("plain", Hardening::default()), ("balanced", balanced)] {
        let list = encoded(&rules, hardening);
        let compiled = Compiled::new(&[&list], &rules.encoding);
        let records: Vec<Prepared<'_>> = (0..list.len()).map(|at| compiled.prepare(&list, at)).collect();
        group.throughput(Throughput::Elements((records.len() * records.len()) as u64));
        group.bench_function(format!("compare_{name}"), |bencher| {
            bencher.iter(|| {
                for one in &records {
                    for other in &records {
                        black_box(compiled.compare(*one, *other));
                    }
                }
            });
        });
    }
    group.finish();
}

/// Whole filters against whole filters, with nothing known beforehand but how many ones each has.
fn single(criterion: &mut Criterion<ProcessorTime>) {
    let rules = Rules::built_in().expect("built in");
    let list = encoded(&rules, Hardening::default());
    // Sixteen words of every record: as full as real filters are.
    let filters: Vec<([u64; 16], u32)> = (0..list.len())
        .map(|at| {
            let words: [u64; 16] = std::array::from_fn(|nth| list.filters(at)[nth]);
            (words, words.iter().map(|word| word.count_ones()).sum())
        })
        .collect();
    let mut group = criterion.benchmark_group("encoded");
    group.throughput(Throughput::Elements((filters.len() * filters.len()) as u64));
    group.bench_function("single_filter", |bencher| {
        bencher.iter(|| {
            let mut alike = 0_u64;
            for (one, ones) in &filters {
                for (other, others) in &filters {
                    // Dice of 0.8 or more: 2c / (a + b) >= 8 / 10.
                    alike += u64::from(20 * common(one, other) >= 8 * (ones + others));
                }
            }
            black_box(alike)
        });
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(ProcessorTime::new()).sample_size(20);
    targets = compare, single
}
criterion_main!(benches);
