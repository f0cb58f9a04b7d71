//! How many pairs of encoded records are compared in a second, on one core: all five segments and all
//! tokens of a pair, to the levels of every comparison.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dinhdanh::{
    encode::{Compiled, EncodedList, Hardening, Identifiers, Key, Parameters, Prepared, encode_list},
    normalise::{NormaliseContext, normalise_table},
    outcome::{List, ListKind},
    read::{ReadOptions, read_list},
    rules::{Preset, Rules, SynthData},
    synth::{ListEncoding, SynthPlan, synthesise},
};
use jiff::civil::date;

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

fn compare(criterion: &mut Criterion) {
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

criterion_group!(benches, compare);
criterion_main!(benches);
