//! A ward of 3,000 children and a register of 10,000 through every stage of the main job, and all
//! of it. The lists are those of `dinhdanh synth --children 3000 --register 10000`.

use std::path::PathBuf;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use dinhdanh::{
    check::{CheckContext, check, id_contradicts},
    matching::{Constraints, Given, match_lists},
    normalise::{NormaliseContext, assign_record_ids, normalise_table},
    outcome::{List, ListKind},
    pipeline::{self, Job, MEMORY},
    read::{ReadOptions, read_list},
    record::Table,
    register::{derive_parents, keep_numbered},
    rules::{Language, Rules, SynthData},
    synth::{SynthPlan, synthesise},
    write::{WriteOptions, write_run},
};
use jiff::civil::{Date, date};

const AS_OF: Date = date(2026, 11, 23);

fn tables(path: &PathBuf, kind: ListKind, rules: &Rules) -> Vec<Table> {
    let paths = std::slice::from_ref(path);
    read_list(paths, kind, &ReadOptions::default(), rules).expect("an invented list").tables
}

/// A list as matching takes it: of a register everybody, not only whom an outcome names.
fn list(path: &PathBuf, kind: ListKind, rules: &Rules) -> List {
    let context = NormaliseContext { as_of: AS_OF, list: kind };
    let mut reading = read_list(std::slice::from_ref(path), kind, &ReadOptions::default(), rules)
        .expect("an invented list");
    let records =
        reading.tables.iter_mut().flat_map(|table| normalise_table(table, &context, rules)).collect();
    let mut list = List { sources: reading.sources, tables: reading.tables, records, ..List::default() };
    if kind == ListKind::Register {
        keep_numbered(&mut list).expect("a register has numbers");
        derive_parents(&mut list.records);
    } else {
        assign_record_ids(&mut list.records, &list.sources);
    }
    list
}

fn stages(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = SynthData::load(None).expect("the built-in data");
    let plan = SynthPlan {
        children: 3_000,
        register: Some(10_000),
        seed: 1,
        workbook: true,
        ..SynthPlan::default()
    };
    synthesise(&plan, &data, folder.path()).expect("an invented ward");
    let rules = Rules::built_in().expect("the built-in rules");
    let (children, register) = (folder.path().join("children.xlsx"), folder.path().join("register.csv"));
    let lists = [(&children, ListKind::Children), (&register, ListKind::Register)];
    let job = Job {
        children: vec![children.clone()],
        register: vec![register.clone()],
        decisions: Vec::new(),
        columns: None,
        as_of: AS_OF,
        language: Language::Vi,
        model: None,
        learn: false,
        previous: None,
        remember: false,
        memory: MEMORY,
    };

    let mut group = criterion.benchmark_group("ward");
    group.sample_size(20);
    for (name, (path, kind)) in [("read/children.xlsx", lists[0]), ("read/register.csv", lists[1])] {
        group.bench_function(name, |bencher| bencher.iter(|| tables(path, kind, &rules)));
    }
    for (name, (path, kind)) in [("normalise/children", lists[0]), ("normalise/register", lists[1])] {
        let context = NormaliseContext { as_of: AS_OF, list: kind };
        let read = tables(path, kind, &rules);
        group.bench_function(name, |bencher| {
            bencher.iter_batched(
                || read.clone(),
                |mut tables| {
                    let records = |table| normalise_table(table, &context, &rules);
                    tables.iter_mut().map(records).collect::<Vec<_>>()
                },
                BatchSize::LargeInput,
            );
        });
    }
    let outcome = pipeline::run(&job, &rules, &|_| ()).expect("an invented ward");
    group.bench_function("check", |bencher| {
        bencher.iter_batched(
            || outcome.children.records.clone(),
            |mut records| {
                check(&mut records, &CheckContext { as_of: AS_OF }, &rules);
                records
            },
            BatchSize::LargeInput,
        );
    });
    let constraints = Constraints::default();
    let given = Given {
        as_of: AS_OF,
        constraints: &constraints,
        model: None,
        learn: false,
        contradicted: &id_contradicts,
        known: None,
        remember: false,
        memory: MEMORY,
    };
    let (listed, registered) =
        (list(&children, ListKind::Children, &rules), list(&register, ListKind::Register, &rules));
    group.bench_function("match", |bencher| {
        bencher.iter(|| match_lists(&listed, Some(&registered), given, &rules));
    });
    let mut runs = 0;
    let mut target = || {
        runs += 1;
        folder.path().join(format!("out-{runs}"))
    };
    group.bench_function("write", |bencher| {
        bencher.iter_batched(
            &mut target,
            |target| write_run(&outcome, &target, &WriteOptions::default(), &rules).expect("written"),
            BatchSize::PerIteration,
        );
    });
    group.bench_function("whole", |bencher| {
        bencher.iter_batched(
            &mut target,
            |target| {
                let rules = Rules::built_in().expect("the built-in rules");
                let outcome = pipeline::run(&job, &rules, &|_| ()).expect("an invented ward");
                write_run(&outcome, &target, &WriteOptions::default(), &rules).expect("written")
            },
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

criterion_group!(benches, stages);
criterion_main!(benches);
