//! Small files that ask for much: refused in words, within memory that an office PC has.

use std::{
    fmt::Write as _,
    io::{Cursor, Write as _},
};

use zip::{ZipWriter, write::SimpleFileOptions};

use crate::program::{LIST, Office, Said};

/// A workbook of one sheet with this XML and these texts.
fn workbook(sheet: &str, texts: Option<&str>) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet().write_string(0, 0, "x").unwrap();
    let book = book.save_to_buffer().unwrap();
    let mut from = zip::ZipArchive::new(Cursor::new(book)).unwrap();
    let mut to = ZipWriter::new(Cursor::new(Vec::new()));
    let mut put = |name: &str, text: &str| {
        to.start_file(name, SimpleFileOptions::default()).unwrap();
        to.write_all(text.as_bytes()).unwrap();
    };
    for ix in 0..from.len() {
        let part = from.by_index(ix).unwrap();
        let name = part.name().unwrap().into_owned();
        let text = std::io::read_to_string(part).unwrap();
        match name.as_str() {
            "xl/worksheets/sheet1.xml" => put(&name, sheet),
            "xl/sharedStrings.xml" => put(&name, texts.unwrap_or(&text)),
            _ => put(&name, &text),
        }
    }
    to.finish().unwrap().into_inner()
}

fn sheet(head: &str, more: &str) -> String {
    let mut rows = String::new();
    for (row, line) in (1..).zip(LIST.lines()) {
        write!(rows, "<row r=\"{row}\">").unwrap();
        for (letter, cell) in ('A'..).zip(line.split(',')) {
            write!(rows, "<c r=\"{letter}{row}\" t=\"inlineStr\"><is><t>{cell}</t></is></c>").unwrap();
        }
        rows.push_str("</row>");
    }
    let schema = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    format!(
        "<?xml version=\"1.0\"?>{head}<worksheet xmlns=\"{schema}\"><sheetData>{rows}{more}</sheetData></worksheet>"
    )
}

/// Checks a file with no more than 1.5 GB of address space.
fn bounded(office: &Office, file: &str, more: &[&str]) -> Said {
    let mut command = std::process::Command::new("sh");
    command
        .current_dir(office.path("."))
        .args(["-c", "ulimit -v 1500000 2>/dev/null; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_dinhdanh")])
        .args(["check", file, "--out", "out", "--threads", "2", "--lang", "en"])
        .args(more);
    office.watch(file, assert_cmd::Command::from_std(command))
}

#[cfg(unix)]
#[test]
fn files_that_ask_for_more_than_there_is() {
    let office = Office::new();
    let strings = |count: &str| format!("<sst uniqueCount=\"{count}\"><si><t>x</t></si></sst>");
    let cell = |place: &str| format!("<row r=\"9\"><c r=\"{place}\"><v>1</v></c></row>");
    let million = LIST.lines().next().unwrap().to_owned() + &",x".repeat(1_000_000) + "\n";
    let merged = "<td colspan=1000 rowspan=1000>x".repeat(30);
    let page = format!("<table>{}</table>", format!("<tr>{merged}</tr>").repeat(60));
    // 2,000 rows of one cell in the last column: 64 kB of XML, 33 million cells.
    let far: String = (9..2009).fold(String::new(), |mut rows, row| {
        write!(rows, "<row r=\"{row}\"><c r=\"XFD{row}\"><v>1</v></c></row>").unwrap();
        rows
    });
    office.file("rules/columns/limits.toml", "cells = 500_000\n");
    for (file, bytes, more, words) in [
        ("texts.xlsx", workbook(&sheet("", ""), Some(&strings("4294967295"))), None, "damaged"),
        ("column.xlsx", workbook(&sheet("", &cell("ZZZZZ9")), None), None, "more than 16384 columns"),
        ("name.xlsx", workbook(&sheet("", &cell("ZZZZZZZZZZZZ99999999999999")), None), None, ""),
        ("row.xlsx", workbook(&sheet("", &cell("A4294967295")), None), None, "damaged"),
        ("far.xlsx", workbook(&sheet("", &far), None), Some("rules"), "more than 500000 cells"),
        ("page.xls", page.into_bytes(), Some("rules"), "more than 500000 cells"),
        ("million.csv", million.into_bytes(), None, "more than 16384 columns"),
    ] {
        office.file(file, bytes);
        let rules: Vec<&str> = more.map_or_else(Vec::new, |folder| vec!["--rules", folder]);
        let said = bounded(&office, file, &rules);
        assert_eq!(said.code, Some(2), "{file}: {said:?}");
        assert!(said.err.contains(words) && said.err.contains(file), "{file}: {said:?}");
    }
}

/// Entities that name entities: what they would grow to is never built.
#[cfg(unix)]
#[test]
fn entities_of_a_document_type_are_not_expanded() {
    let office = Office::new();
    let mut head = String::from("<!DOCTYPE x [<!ENTITY e0 \"aaaaaaaaaaaaaaaaaaaa\">");
    for level in 1..12 {
        let before = format!("&e{};", level - 1).repeat(20);
        write!(head, "<!ENTITY e{level} \"{before}\">").unwrap();
    }
    head.push_str("]>");
    let row = "<row r=\"9\"><c r=\"B9\" t=\"inlineStr\"><is><t>&e11;</t></is></c></row>";
    office.file("entities.xlsx", workbook(&sheet(&head, row), None));
    let said = bounded(&office, "entities.xlsx", &[]);
    assert!(matches!(said.code, Some(0..=2)), "{said:?}");
}

/// One line of 64 MB without an end, as a thousandth part of what a disk may hold: the row is
/// rejected, the others are read.
#[test]
fn a_line_without_an_end_costs_only_itself() {
    let office = Office::new();
    let list = format!("{LIST}TE0009,{}\n", "a".repeat(64 << 20));
    office.file("line.csv", list);
    let said = office.run(&["check", "line.csv", "--out", "out"]);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert_eq!(office.rows("out/records.csv").len(), 3);
    assert_eq!(office.column("out/rejects.csv", "reason").len(), 1);
}
