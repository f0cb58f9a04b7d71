//! Damaged indexes: refused, with the section that is damaged.

use dinhdanh::{
    index::{IndexError, IndexFile},
    rules::Rules,
};

use crate::{Dice, program::Office};

fn index(office: &Office) -> Vec<u8> {
    assert_eq!(office.run(&["index", "register.csv", "--out", "r.idx"]).code, Some(0));
    std::fs::read(office.path("r.idx")).unwrap()
}

/// What is said of an index with these bytes: the section that is damaged.
fn damaged_section(office: &Office, bytes: &[u8], digest: &[u8; 32]) -> String {
    let path = office.file("damaged.idx", bytes);
    match IndexFile::open(&path, digest).and_then(|index| index.verify()) {
        Err(IndexError::Damaged { section, .. }) => section,
        other => panic!("not found damaged: {:?}", other.map_err(|error| error.to_string())),
    }
}

#[test]
fn a_bit_flipped_anywhere_in_an_index_is_found_with_its_section() {
    const PAGE: usize = 4096;
    let office = Office::furnished();
    let whole = index(&office);
    let digest = Rules::built_in().unwrap().reading_digest();
    let opened = IndexFile::open(&office.path("r.idx"), &digest).unwrap();
    let sections: Vec<(String, std::ops::Range<u64>)> =
        opened.sections().map(|(name, bytes)| (name.to_owned(), bytes)).collect();
    let pages_end = sections.iter().map(|(_, bytes)| bytes.end).max().unwrap() as usize;
    let of_page = |page: usize| {
        let start = (page * PAGE) as u64;
        let holds =
            |bytes: &std::ops::Range<u64>| !bytes.is_empty() && bytes.start <= start && start < bytes.end;
        sections.iter().find(|(_, bytes)| holds(bytes)).map(|(name, _)| name.clone())
    };
    let mut dice = Dice(11);
    let mut flips = 0;
    for page in 0..whole.len().div_ceil(PAGE) {
        for _ in 0..6 {
            let size = PAGE.min(whole.len() - page * PAGE);
            let place = page * PAGE + dice.below(size as u64) as usize;
            let mut bytes = whole.clone();
            bytes[place] ^= 1 << dice.below(8);
            let found = damaged_section(&office, &bytes, &digest);
            let expected = match page {
                0 => "header".to_owned(),
                _ if place < pages_end.next_multiple_of(PAGE) => of_page(page).unwrap(),
                _ => "directory".to_owned(),
            };
            assert_eq!(found, expected, "byte {place}");
            flips += 1;
        }
    }
    println!("{flips} flipped bits in {} sections, all found", sections.len());
    assert!(flips > 250);
}

#[test]
fn an_index_cut_off_anywhere_is_refused() {
    let office = Office::furnished();
    let whole = index(&office);
    let digest = Rules::built_in().unwrap().reading_digest();
    let ends =
        (0..whole.len()).step_by(4096).flat_map(|end| [end.saturating_sub(1), end, end + 1, end + 2000]);
    let mut cuts = 0;
    for end in ends.filter(|end| *end < whole.len()) {
        let section = damaged_section(&office, &whole[..end], &digest);
        assert!(["header", "length"].contains(&section.as_str()), "cut at {end}: {section}");
        cuts += 1;
    }
    println!("cut at {cuts} places, all found");
}
