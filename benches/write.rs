//! All outputs of a ward of 3,000 children, and the choosing of values alone.

#[path = "../tests/outcome_builder/mod.rs"]
mod outcome_builder;

use criterion::{Criterion, criterion_group, criterion_main};
use dinhdanh::{
    choose::{Clusters, choose_child},
    write::{WriteOptions, write_run},
};

fn write(criterion: &mut Criterion) {
    let (outcome, rules) = (outcome_builder::ward(3_000), outcome_builder::rules());
    let work = tempfile::tempdir().expect("a temporary folder");
    let mut run = 0;
    criterion.bench_function("write a ward of 3,000", |bench| {
        bench.iter(|| {
            run += 1;
            let target = work.path().join(run.to_string());
            write_run(&outcome, &target, &WriteOptions::default(), &rules).expect("written")
        });
    });
    let clusters = Clusters::of(&outcome.linkage.decisions);
    criterion.bench_function("choose the values of 3,000 children", |bench| {
        bench.iter(|| {
            clusters.iter().map(|records| choose_child(&outcome, records).changes.len()).sum::<usize>()
        });
    });
}

criterion_group!(benches, write);
criterion_main!(benches);
