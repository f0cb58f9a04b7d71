//! No bytes make the reader of encoded lists panic, and what it takes is what it would write.

use std::sync::LazyLock;

use proptest::{collection::vec, prelude::*};

use super::*;
use crate::{
    encode::{Hardening, Identifiers},
    rules::Rules,
};

/// A small list in which every kind of cell is filled, and empty.
static LIST: LazyLock<EncodedList> = LazyLock::new(|| {
    let rules = Rules::built_in().unwrap().encoding;
    let header = Header {
        list: "children".to_owned(),
        records: 3,
        key: "0123456789abcdef".to_owned(),
        identifiers: Identifiers::Row,
        program: "dinhdanh".to_owned(),
        parameters: Parameters::new(&rules, Hardening::default()),
    };
    let mut list = EncodedList::empty(header);
    for nth in 0..3_u64 {
        let parameters = list.parameters().clone();
        let mut words = vec![0; parameters.record_words()];
        let present = [0b1_1111, 0b1_0101, 0][nth as usize];
        for segment in Segment::ALL.into_iter().filter(|segment| present & bit(*segment) != 0) {
            words[parameters.place(segment)].fill(0x8000_0000_0000_0001 << nth);
        }
        list.push(Encoded {
            identifier: format!("c{}", nth + 1),
            usable: nth > 0,
            present,
            bare: nth as u8,
            words,
            tokens: parameters.tokens.iter().map(|_| nth * 77).collect(),
            blocks: parameters.blocks.iter().map(|_| u64::MAX * nth.min(1)).collect(),
        });
    }
    list
});

fn bytes(list: &EncodedList) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_list(list, &mut bytes).unwrap();
    bytes
}

/// The file with a last line that says it is whole: whoever damages a list on purpose can write one.
fn vouched(mut body: Vec<u8>) -> Vec<u8> {
    if body.last().is_some_and(|last| *last != b'\n') {
        body.push(b'\n');
    }
    let digest = hexadecimal(&Sha256::digest(&body));
    body.extend_from_slice(format!("{DIGEST}{digest}\n").as_bytes());
    body
}

/// All but the last line of [`LIST`]'s file.
fn unvouched() -> Vec<u8> {
    let mut bytes = bytes(&LIST);
    bytes.pop();
    let end = bytes.iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
    bytes.truncate(end);
    bytes
}

/// What is done to a file somewhere: the place is a part of its length.
#[derive(Debug, Clone)]
enum Edit {
    Put(f64, Vec<u8>),
    Insert(f64, Vec<u8>),
    Remove(f64, usize),
    Repeat(f64, usize),
    /// Another number where one stands.
    Number(f64, &'static str),
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let texts = prop_oneof![
        vec(any::<u8>(), 1..4),
        prop::sample::select(vec![
            ",", "\n", "\r\n", "\"", "-", "+", " ", "0", "f", "ế", "{", "}", "[]", "null"
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    let numbers = prop::sample::select(vec![
        "",
        "0",
        "1",
        "16",
        "17",
        "63",
        "64",
        "4096",
        "4097",
        "65536",
        "-1",
        "0.3",
        "1e999",
        "18446744073709551616",
    ]);
    let place = 0.0..1.0;
    // The head is a third of the file and has most of the meaning.
    let place = prop_oneof![place.clone(), place.prop_map(|place: f64| place * 0.3)];
    let edit = prop_oneof![
        (place.clone(), texts.clone()).prop_map(|(at, text)| Edit::Put(at, text)),
        (place.clone(), texts).prop_map(|(at, text)| Edit::Insert(at, text)),
        (place.clone(), 1..200_usize).prop_map(|(at, length)| Edit::Remove(at, length)),
        (place.clone(), 1..2000_usize).prop_map(|(at, length)| Edit::Repeat(at, length)),
        (place, numbers).prop_map(|(at, number)| Edit::Number(at, number)),
    ];
    vec(edit, 1..4)
}

fn edited(mut bytes: Vec<u8>, edits: &[Edit]) -> Vec<u8> {
    for edit in edits {
        let (Edit::Put(at, _)
        | Edit::Insert(at, _)
        | Edit::Remove(at, _)
        | Edit::Repeat(at, _)
        | Edit::Number(at, _)) = edit;
        let at = (at * bytes.len() as f64) as usize;
        let until = |length: usize| bytes.len().min(at + length);
        match edit {
            Edit::Put(_, text) => drop(bytes.splice(at..until(text.len()), text.iter().copied())),
            Edit::Insert(_, text) => drop(bytes.splice(at..at, text.iter().copied())),
            Edit::Remove(_, length) => drop(bytes.drain(at..until(*length))),
            Edit::Repeat(_, length) => {
                let again = bytes[at..until(*length)].to_vec();
                drop(bytes.splice(at..at, again));
            }
            Edit::Number(_, number) => {
                let digit = |byte: &u8| byte.is_ascii_digit();
                let Some(begin) = bytes[at..].iter().position(digit).map(|begin| at + begin) else {
                    continue;
                };
                let length = bytes[begin..].iter().take_while(|byte| digit(byte)).count();
                drop(bytes.splice(begin..begin + length, number.bytes()));
            }
        }
    }
    bytes
}

/// What was taken is taken again, and the same, once it is written.
fn is_read_as_it_would_be_written(file: &[u8]) -> Result<bool, TestCaseError> {
    let Ok(list) = parse(file, "x.clk") else { return Ok(false) };
    prop_assert_eq!(parse(&bytes(&list), "x.clk").ok(), Some(list));
    Ok(true)
}

#[test]
fn a_list_is_read_as_it_was_written() {
    let whole = bytes(&LIST);
    assert_eq!(parse(&whole, "x.clk").unwrap(), *LIST);
    assert_eq!(vouched(unvouched()), whole);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn bytes_of_any_kind_are_refused(noise in vec(any::<u8>(), 0..300), version in any::<bool>()) {
        prop_assert!(parse(&noise, "x.clk").is_err());
        let head = if version { format!("{MAGIC}{FORMAT}\n") } else { String::new() };
        prop_assert!(parse(&vouched([head.as_bytes(), &noise].concat()), "x.clk").is_err());
    }

    #[test]
    fn an_edited_list_is_refused(edits in edits()) {
        let whole = bytes(&LIST);
        let edited = edited(whole.clone(), &edits);
        prop_assume!(edited != whole);
        prop_assert!(parse(&edited, "x.clk").is_err());
    }

    #[test]
    fn an_edited_list_that_says_it_is_whole_is_refused_or_read_as_it_stands(edits in edits()) {
        is_read_as_it_would_be_written(&vouched(edited(unvouched(), &edits)))?;
    }

    #[test]
    fn an_edit_of_bits_alone_is_read(at in 0.0..1.0, digit in 0..16_u32) {
        // A digit of a filter or token: nothing in it could be wrong.
        let mut body = unvouched();
        let begin = body.iter().enumerate().filter(|(_, byte)| **byte == b'\n').nth(2).unwrap().0 + 1;
        let at = begin + (at * (body.len() - begin) as f64) as usize;
        let cell_before = body[begin..at].iter().rev().take_while(|byte| **byte != b'\n').filter(|byte| **byte == b',').count();
        prop_assume!(cell_before >= 3 && body[at].is_ascii_hexdigit());
        body[at] = char::from_digit(digit, 16).unwrap() as u8;
        prop_assert!(is_read_as_it_would_be_written(&vouched(body))?);
    }
}
