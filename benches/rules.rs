//! What every start costs before a row is read: loading the rules, and the tables of places that
//! are parsed at first use.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use dinhdanh::rules::Rules;

fn load(criterion: &mut Criterion) {
    criterion.bench_function("rules/load", |bencher| bencher.iter(|| Rules::built_in().expect("built in")));
    criterion.bench_function("rules/places_first_use", |bencher| {
        bencher.iter_batched(
            || Rules::built_in().expect("built in"),
            |rules| {
                black_box(rules.places.communes_named("van yen").count());
                rules
            },
            BatchSize::LargeInput,
        );
    });
}

criterion_group!(benches, load);
criterion_main!(benches);
