//! A ward's sheet of 3,000 rows through normalising and checking, and the cost of the rules.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use dinhdanh::{
    check::{CheckContext, check},
    normalise::{NormaliseContext, normalise_table},
    outcome::ListKind,
    record::{Column, ColumnUse, FieldKind, RawCell, RawRow, SourceIx, Table},
    rules::Rules,
};
use jiff::civil::{Date, date};

const AS_OF: Date = date(2026, 11, 23);
const ROWS: u32 = 3000;

/// An invented ward: every column a list can well have, a few kinds of mess.
fn ward() -> Table {
    use FieldKind as Kind;
    let kinds = [
        Kind::ChildCode,
        Kind::FullName,
        Kind::BirthDate,
        Kind::Gender,
        Kind::Ethnicity,
        Kind::PersonalId,
        Kind::FatherName,
        Kind::MotherName,
        Kind::Hamlet,
        Kind::Address,
        Kind::Phone,
    ];
    let columns = kinds.into_iter().enumerate().map(|(position, kind)| Column {
        position,
        heading: kind.key().to_owned(),
        usage: ColumnUse::Field(kind),
    });
    let rows = (0..ROWS).map(|n| {
        let (day, month, year) = (1 + n % 28, 1 + n % 12, 2011 + n % 15);
        let birth = match n % 4 {
            0 => format!("{day:02}/{month:02}/{year}"),
            1 => format!("{day}/{month}/{}", year % 100),
            2 => format!("ngày {day} tháng {month} năm {year}"),
            _ => year.to_string(),
        };
        let cells = [
            format!("TE{n:05}"),
            "Nguyễn Thị Minh Anh".to_owned(),
            birth,
            if n % 2 == 0 { "Nữ" } else { "nam" }.to_owned(),
            "kinh".to_owned(),
            format!("{}423{:02}{n:06}", if n % 3 == 0 { "0" } else { "" }, year % 100),
            "Nguyễn Văn Bình".to_owned(),
            "Trần Thị Lan".to_owned(),
            format!("TDP {}", n % 9),
            format!("số {n} Nguyễn Du, tổ {}, phường Văn Yên, TP Hà Tĩnh, tỉnh Hà Tĩnh", n % 9),
            format!("0912{n:06}"),
        ];
        RawRow { row: n + 1, cells: cells.iter().map(|cell| RawCell::text(cell)).collect(), group: None }
    });
    Table {
        source: SourceIx(0),
        columns: columns.collect(),
        rows: rows.collect(),
        layout: Vec::new(),
        rejects: Vec::new(),
        title: Vec::new(),
    }
}

fn bench(criterion: &mut Criterion) {
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
    let rules = Rules::built_in().expect("built in");
    let context = NormaliseContext { as_of: AS_OF, list: ListKind::Children };
    let table = ward();
    criterion.bench_function("ward/normalise", |bencher| {
        bencher.iter_batched(
            || table.clone(),
            |mut table| normalise_table(&mut table, &context, &rules),
            BatchSize::LargeInput,
        );
    });
    let records = normalise_table(&mut table.clone(), &context, &rules);
    criterion.bench_function("ward/check", |bencher| {
        bencher.iter_batched(
            || records.clone(),
            |mut records| {
                check(&mut records, &CheckContext { as_of: AS_OF }, &rules);
                records
            },
            BatchSize::LargeInput,
        );
    });
}

criterion_group!(benches, bench);
criterion_main!(benches);
