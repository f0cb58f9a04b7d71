//! How long one name takes: clean, in capitals, in a legacy encoding.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use dinhdanh::{
    normalise::name::read_name,
    rules::Rules,
    text::{fold::plain, repair::ColumnCharset},
};

fn names(bench: &mut Criterion) {
    let rules = Rules::built_in().expect("the built-in rules load");
    let column = ColumnCharset::default();
    for (label, raw) in [
        ("clean", "Nguyễn Thị Hồng Nhung"),
        ("capitals", "NGUYỄN THỊ HỒNG NHUNG"),
        ("no diacritics", "Nguyen Thi Hong Nhung"),
        ("minority", "H'Hen Niê"),
        ("TCVN3", "NguyÔn ThÞ Hång Nhung"),
        ("VNI", "Nguyeãn Thò Hoàng Nhung"),
        ("placeholder", "Con bà Nguyễn Thị Hoa"),
    ] {
        bench.bench_function(&format!("read_name/{label}"), |bencher| {
            bencher.iter(|| read_name(black_box(raw), column, &rules));
        });
    }
    bench.bench_function("syllable/parse", |bencher| {
        bencher.iter(|| rules.text.syllables.parse(black_box("Nguyễn")));
    });
    bench.bench_function("fold/plain", |bencher| bencher.iter(|| plain(black_box("Nguyễn Thị Hồng Nhung"))));
}

criterion_group!(benches, names);
criterion_main!(benches);
