//! Reading speed on ward-sized and province-sized lists.

use std::{fmt::Write, fs, hint::black_box, path::PathBuf};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dinhdanh::{
    outcome::ListKind,
    read::{ReadOptions, read_list},
    rules::Rules,
};
use rust_xlsxwriter::Workbook;

const HEADER: [&str; 12] = [
    "STT",
    "Mã trẻ em",
    "Họ và tên",
    "Ngày sinh",
    "Giới tính",
    "Dân tộc",
    "Số định danh",
    "Họ tên cha",
    "Họ tên mẹ",
    "Thôn/TDP",
    "Địa chỉ",
    "Ghi chú",
];

fn child(number: usize) -> [String; 12] {
    let given = ["An", "Bình", "Chi", "Dũng", "Hạnh"][number % 5];
    [
        number.to_string(),
        format!("TE{number:07}"),
        format!("Nguyễn Văn {given}"),
        format!("{:02}/{:02}/{}", number % 28 + 1, number % 12 + 1, 2010 + number % 15),
        ["Nam", "Nữ"][number % 2].to_owned(),
        "Kinh".to_owned(),
        format!("0423{:08}", number),
        format!("Nguyễn Văn Cha {given}"),
        format!("Trần Thị Mẹ {given}"),
        format!("Thôn {}", number % 9),
        "Xã Ví Dụ".to_owned(),
        String::new(),
    ]
}

fn text_list(rows: usize) -> String {
    let mut text = HEADER.join(",");
    for number in 1..=rows {
        write!(text, "\n{}", child(number).join(",")).expect("writing to memory");
    }
    text
}

fn workbook(path: &PathBuf, rows: usize) {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet_with_constant_memory().expect("a new sheet");
    sheet.write_row(0, 0, HEADER).expect("a header");
    for number in 1..=rows {
        let row = u32::try_from(number).expect("few rows");
        sheet.write_row(row, 0, child(number)).expect("a row");
    }
    workbook.save(path).expect("a temporary file");
}

fn reading(criterion: &mut Criterion) {
    let rules = Rules::built_in().expect("built-in rules");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut group = criterion.benchmark_group("read");
    group.sample_size(10);
    for rows in [3_000, 200_000] {
        let text = folder.path().join(format!("{rows}.csv"));
        fs::write(&text, text_list(rows)).expect("a temporary file");
        let sheet = folder.path().join(format!("{rows}.xlsx"));
        workbook(&sheet, rows);
        group.throughput(Throughput::Elements(rows as u64));
        for (name, path) in [("csv", text), ("xlsx", sheet)] {
            let paths = [path];
            group.bench_function(format!("{name} {rows}"), |bencher| {
                bencher.iter(|| {
                    black_box(
                        read_list(&paths, ListKind::Children, &ReadOptions::default(), &rules)
                            .expect("a list"),
                    )
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, reading);
criterion_main!(benches);
