//! All outputs of a ward of 3,000 children and, as CSV, of a list of 100,000; and the choosing of
//! values alone.

#[path = "../tests/outcome_builder/mod.rs"]
mod outcome_builder;

use criterion::{Criterion, criterion_group, criterion_main};
use dinhdanh::{
    choose::{Clusters, choose_child},
    matching::{LinkStatus, ReviewOther, ReviewReason},
    outcome::Outcome,
    record::{Change, FieldKind, FindingCode, Gender, RecordIx},
    write::{WriteOptions, write_run},
};
use outcome_builder::{Builder, child, finding, name_field};

/// A ward of so many children with findings, changes, links and pairs at the rates of a real
/// list; used for timing.
fn ward(children: usize) -> Outcome {
    const SURNAMES: [&str; 8] = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Võ", "Đặng"];
    const MIDDLES: [&str; 8] = ["Văn", "Thị", "Gia", "Minh", "Bảo", "Thanh", "Hữu", "Ngọc"];
    const GIVENS: [&str; 11] =
        ["An", "Anh", "Bảo", "Châu", "Dũng", "Hà", "Hân", "Khang", "Linh", "Phúc", "Vy"];
    let mut run = Builder::new();
    for at in 0..children {
        let full =
            format!("{} {} {}", SURNAMES[at * 7 % 8], MIDDLES[at * 3 / 8 % 8], GIVENS[at * 5 / 3 % 11]);
        let day = i8::try_from(at % 28 + 1).unwrap();
        let gender = if at % 2 == 0 { Gender::Male } else { Gender::Female };
        let hamlet = format!("Tổ dân phố {}", at % 17 + 1);
        let mut record = child(run.row(), &full, (2012 + (at % 14) as i16, 5, day), gender, &hamlet);
        if at % 3 == 0 {
            record.name = name_field(&full.to_uppercase(), &full, &[Change::Case]);
        }
        if at % 4 == 0 {
            finding(&mut record, FindingCode::IdMissing, FieldKind::PersonalId);
            finding(&mut record, FindingCode::BirthIncomplete, FieldKind::BirthDate);
        }
        let at_record = run.add(record, LinkStatus::None);
        if at % 4 != 0 {
            run.link(at_record, LinkStatus::Attached, &format!("0422{:08}", at + 1));
        }
        if at % 40 == 0 && at > 0 {
            let other = RecordIx(u32::try_from(at - 1).unwrap());
            run.review(at, ReviewOther::Record(other), ReviewReason::BetweenCuts);
        }
    }
    run.finish()
}

fn write(criterion: &mut Criterion) {
    let (outcome, rules) = (ward(3_000), outcome_builder::rules());
    let work = tempfile::tempdir().expect("a temporary folder");
    let mut run = 0;
    criterion.bench_function("write a ward of 3,000", |bench| {
        bench.iter(|| {
            run += 1;
            let target = work.path().join(run.to_string());
            write_run(&outcome, &target, &WriteOptions::default(), &rules).expect("written")
        });
    });
    // Beyond the size at which lists are CSV instead of workbooks.
    let (large, mut csv_rules) = (ward(100_000), outcome_builder::rules());
    csv_rules.forms.title.limits.workbook_children = 10_000;
    let mut group = criterion.benchmark_group("csv");
    group.sample_size(10);
    group.bench_function("write 100,000 children", |bench| {
        bench.iter(|| {
            run += 1;
            let target = work.path().join(run.to_string());
            write_run(&large, &target, &WriteOptions::default(), &csv_rules).expect("written");
            std::fs::remove_dir_all(&target).expect("removed");
        });
    });
    group.finish();
    let clusters = Clusters::of(&outcome.linkage.decisions);
    criterion.bench_function("choose the values of 3,000 children", |bench| {
        bench.iter(|| {
            clusters.iter().map(|records| choose_child(&outcome, records).changes().len()).sum::<usize>()
        });
    });
}

criterion_group!(benches, write);
criterion_main!(benches);
