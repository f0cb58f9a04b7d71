//! Names written in the legacy encodings of Vietnamese come back exactly, and names that were
//! right are left alone. The encoders live here: the program only ever decodes.

use std::{fmt::Write, sync::LazyLock};

use dinhdanh::{
    normalise::name::read_name,
    record::{Change, Changes},
    rules::{Rules, TextRules},
    text::{
        charset::Charset,
        repair::{ColumnCharset, repair},
    },
};
use unicode_normalization::UnicodeNormalization;

const NAMES: usize = 5_000;

/// A small generator of numbers, the same on every machine (SplitMix64).
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn one_of<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.below(choices.len())]
    }
}

fn column_of(table: &str) -> Vec<&str> {
    table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .skip(1)
        .filter_map(|line| line.split(',').next())
        .collect()
}

/// Kinh names from the counted words (nine in ten), and names as other peoples bear them.
fn names() -> Vec<String> {
    let surnames = column_of(include_str!("../rules/names/surnames.csv"));
    let middles = column_of(include_str!("../rules/names/middle.csv"));
    let givens = column_of(include_str!("../rules/names/given.csv"));
    let ede_given = ["Hen", "Linh", "Mlŭk", "Nguôn", "Blŏ", "Rôn", "Kŭm", "Wĭt", "Juin", "Čiêu"];
    let ede_clans = ["Niê", "Mlô", "Êban", "Kbuôr", "Ayŭn", "Bkrông", "Kđoh", "Hmŏk"];
    let others = [
        "K'Brếu",
        "K'Nhông",
        "Ka Nam",
        "Rơ Châm Hlinh",
        "Siu H'Mơ",
        "Ksor Blưh",
        "Giàng A Páo",
        "Vừ Bá Xồng",
        "Cụt Thị Lìm",
        "Lầu Y Già",
        "Moong Văn Đức",
        "Thào Thị Mỷ",
        "Rmah Thuyên",
        "Kpă Klơng",
        "Điểu K'Rứ",
        "Thạch Sa Phép",
        "Sùng Thị Dở",
        "Lò Văn Ín",
        "Cil Ha Brông",
        "Bling Thị Ngọc",
    ];
    let mut draw = Draw(2026);
    (0..NAMES)
        .map(|_| match draw.below(20) {
            0 => {
                let mark = draw.one_of(&["H'", "Y "]);
                format!("{mark}{} {}", draw.one_of(&ede_given), draw.one_of(&ede_clans))
            }
            1 => draw.one_of(&others).to_owned(),
            2 | 3 => format!("{} {}", draw.one_of(&surnames), draw.one_of(&givens)),
            4..=7 => format!(
                "{} {} {} {}",
                draw.one_of(&surnames),
                draw.one_of(&middles),
                draw.one_of(&middles),
                draw.one_of(&givens)
            ),
            _ => format!("{} {} {}", draw.one_of(&surnames), draw.one_of(&middles), draw.one_of(&givens)),
        })
        .collect()
}

fn shown(bytes: &[u8]) -> String {
    encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned()
}

fn table_of(table: &str) -> Vec<(char, Vec<u8>)> {
    table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .skip(1)
        .filter_map(|line| {
            let (bytes, letter) = line.split_once(',')?;
            let bytes = bytes.split(' ').map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect();
            Some((letter.chars().next()?, bytes))
        })
        .collect()
}

/// `None` for names with letters that the encoding lacks (ŭ, ĭ, č): nobody could have typed them.
fn encode_by_table(name: &str, table: &[(char, Vec<u8>)], capitals: bool) -> Option<String> {
    let mut bytes = Vec::new();
    for letter in name.chars() {
        if letter.is_ascii() {
            bytes.push(letter as u8);
        } else if let Some((_, code)) = table.iter().find(|(known, _)| *known == letter) {
            bytes.extend(code);
        } else if capitals && letter.is_uppercase() {
            // Converters: the capital without tone, then the small toned letter.
            let base: char = letter
                .nfd()
                .filter(|mark| !"\u{300}\u{301}\u{303}\u{309}\u{323}".contains(*mark))
                .nfc()
                .next()?;
            bytes.extend(encode_one(base, table)?);
            bytes.extend(encode_one(letter.to_lowercase().next()?, table)?);
        } else {
            return None;
        }
    }
    Some(shown(&bytes))
}

fn encode_one(letter: char, table: &[(char, Vec<u8>)]) -> Option<Vec<u8>> {
    if letter.is_ascii() {
        return Some(vec![letter as u8]);
    }
    table.iter().find(|(known, _)| *known == letter).map(|(_, code)| code.clone())
}

type Table = Vec<(char, Vec<u8>)>;
static TCVN3: LazyLock<Table> = LazyLock::new(|| table_of(include_str!("../rules/text/tcvn3.csv")));
static VNI: LazyLock<Table> = LazyLock::new(|| table_of(include_str!("../rules/text/vni.csv")));

/// Capitals as typed in a capitals-only font: ASCII capitals among small toned letters.
fn tcvn3_capitals_font(name: &str) -> Option<String> {
    let typed: String = name
        .to_uppercase()
        .chars()
        .map(|letter| {
            if TCVN3.iter().any(|(known, _)| *known == letter) || letter.is_ascii() {
                letter
            } else {
                letter.to_lowercase().next().unwrap()
            }
        })
        .collect();
    encode_by_table(&typed, &TCVN3, false)
}

fn tcvn3(name: &str) -> Option<String> {
    encode_by_table(name, &TCVN3, true)
}

fn vni(name: &str) -> Option<String> {
    encode_by_table(name, &VNI, false)
}

/// Windows-1258: tones as combining bytes (`precomposed`: except where one byte has both).
fn cp1258(name: &str, precomposed: bool) -> Option<String> {
    let mut bytes = Vec::new();
    for letter in name.chars() {
        let whole = letter.to_string();
        let (base, tone): (Vec<char>, Vec<char>) =
            whole.nfd().partition(|mark| !"\u{300}\u{301}\u{303}\u{309}\u{323}".contains(*mark));
        let mut parts: Vec<char> = base.into_iter().nfc().collect();
        parts.extend(tone);
        if precomposed && "ÀÁÈÉÌÍÒÓÙÚàáèéùúíó".contains(letter) {
            let (encoded, _, failed) = encoding_rs::WINDOWS_1258.encode(&whole);
            if !failed {
                bytes.extend_from_slice(&encoded);
                continue;
            }
        }
        for part in parts {
            let part = part.to_string();
            let (encoded, _, failed) = encoding_rs::WINDOWS_1258.encode(&part);
            if failed {
                return None;
            }
            bytes.extend_from_slice(&encoded);
        }
    }
    Some(shown(&bytes))
}

fn utf8(name: &str) -> Option<String> {
    Some(shown(name.as_bytes()))
}

fn utf8_as_latin2(name: &str) -> Option<String> {
    let (text, failed) = encoding_rs::ISO_8859_2.decode_without_bom_handling(name.as_bytes());
    (!failed).then(|| text.into_owned())
}

/// Encodes, votes, repairs; the share that comes back exactly, and some that do not.
fn round_trip(
    encode: impl Fn(&str) -> Option<String>,
    names: &[String],
    rules: &TextRules,
) -> (f64, usize, String) {
    let pairs: Vec<(&str, String)> =
        names.iter().filter_map(|name| Some((name.as_str(), encode(name)?))).collect();
    let column = ColumnCharset::vote(pairs.iter().map(|(_, cell)| cell.as_str()), rules);
    let mut exact = 0;
    let mut misses = String::new();
    let mut shown = 0;
    for (name, cell) in &pairs {
        let repaired = repair(cell, column, rules);
        if repaired.text == *name {
            exact += 1;
        } else if shown < 25 {
            shown += 1;
            write!(misses, "\n  {name}: {cell} became {}", repaired.text).unwrap();
        }
    }
    (exact as f64 / pairs.len() as f64, pairs.len(), misses)
}

#[test]
fn each_encoding_comes_back_exactly() {
    let rules = Rules::built_in().unwrap().text;
    let names = names();
    let mut figures = String::new();
    let mut low = false;
    type Encode = Box<dyn Fn(&str) -> Option<String>>;
    let encodings: [(&str, Encode); 6] = [
        ("TCVN3", Box::new(tcvn3)),
        ("VNI", Box::new(vni)),
        ("Windows-1258, tones apart", Box::new(|name| cp1258(name, false))),
        ("Windows-1258, tones joined", Box::new(|name| cp1258(name, true))),
        ("UTF-8 as windows-1252", Box::new(utf8)),
        ("UTF-8 as ISO-8859-2", Box::new(utf8_as_latin2)),
    ];
    for (label, encode) in encodings {
        let (share, cells, misses) = round_trip(encode, &names, &rules);
        low |= share < 0.995;
        write!(figures, "\n{label}: {:.2} % of {cells}{misses}", share * 100.0).unwrap();
    }
    assert!(!low, "exact after the round trip:{figures}");
    println!("exact after the round trip:{figures}");
}

#[test]
fn untouched_names_do_not_change() {
    let rules = Rules::built_in().unwrap().text;
    let names = names();
    let column = ColumnCharset::vote(names.iter().map(String::as_str), &rules);
    assert_eq!(column, ColumnCharset::default());
    for shout in [false, true] {
        let changed: Vec<String> = names
            .iter()
            .map(|name| if shout { name.to_uppercase() } else { name.clone() })
            .filter(|name| {
                let repaired = repair(name, column, &rules);
                repaired.text != *name || repaired.changes != Changes::NONE
            })
            .collect();
        assert!(changed.is_empty(), "{} of {NAMES} names changed: {changed:?}", changed.len());
    }
}

#[test]
fn capitals_in_legacy_encodings_come_back_as_names() {
    let rules = Rules::built_in().unwrap();
    // HHEN could be Hhen: names without marks of gender only.
    let names: Vec<String> = names().into_iter().filter(|name| !name.contains('\'')).collect();
    type Encode = fn(&str) -> Option<String>;
    let encodings: [(&str, Encode); 3] = [
        ("TCVN3 in a capitals font", tcvn3_capitals_font),
        ("VNI", |name| vni(&name.to_uppercase())),
        ("UTF-8", |name| utf8(&name.to_uppercase())),
    ];
    for (label, encode) in encodings {
        let pairs: Vec<(&String, String)> =
            names.iter().filter_map(|name| Some((name, encode(name)?))).collect();
        let column = ColumnCharset::vote(pairs.iter().map(|(_, cell)| cell.as_str()), &rules.text);
        let mut misses = String::new();
        let exact = pairs
            .iter()
            .filter(|(name, cell)| {
                let read = read_name(cell, column, &rules).name;
                let exact = read.as_ref().is_some_and(|read| read.full() == name.as_str());
                if !exact && misses.len() < 2000 {
                    write!(misses, "\n  {name}: {cell} became {:?}", read.map(|read| read.full().to_owned()))
                        .unwrap();
                }
                exact
            })
            .count();
        let share = exact as f64 / pairs.len() as f64;
        assert!(share >= 0.995, "{label}: {:.2} % of {}{misses}", share * 100.0, pairs.len());
        println!("{label}, capitals: {:.2} % of {}", share * 100.0, pairs.len());
    }
}

/// One cell of a clean column is in another encoding: most come back, and hardly any becomes
/// another name. (Vâ Tó is a Vietnamese reading as it stands: nobody could know.)
#[test]
fn single_cells_and_words_in_clean_columns_come_back() {
    let rules = Rules::built_in().unwrap().text;
    // A third of the names is enough for shares.
    let names: Vec<String> = names().into_iter().step_by(3).collect();
    let clean = ColumnCharset::vote(names.iter().map(String::as_str), &rules);
    let mut figures = String::new();
    let mut bad = false;
    let mut measure = |label: &str, cells: &[(String, String)], least: f64, most_wrong: f64| {
        let (mut exact, mut wrong) = (0, 0);
        let mut examples = String::new();
        for (name, cell) in cells {
            let text = repair(cell, clean, &rules).text;
            if text == *name {
                exact += 1;
            } else if text != *cell {
                wrong += 1;
                if wrong <= 12 {
                    write!(examples, "\n  {name}: {cell} became {text}").unwrap();
                }
            }
        }
        let share = |count: usize| count as f64 / cells.len() as f64;
        bad |= share(exact) < least || share(wrong) > most_wrong;
        write!(
            figures,
            "\n{label}: {:.2} % exact, {:.2} % wrong, of {}{examples}",
            share(exact) * 100.0,
            share(wrong) * 100.0,
            cells.len()
        )
        .unwrap();
    };
    type Encode = fn(&str) -> Option<String>;
    // Least share exact for a whole cell and for one word, most share wrong for either.
    let encodings: [(&str, Encode, f64, f64, f64); 4] = [
        ("TCVN3", tcvn3, 0.96, 0.85, 0.0075),
        ("VNI", vni, 0.96, 0.90, 0.01),
        ("Windows-1258", |name| cp1258(name, false), 0.96, 0.90, 0.005),
        ("UTF-8", utf8, 0.999, 0.995, 0.001),
    ];
    for (label, encode, least_cell, least_word, most_wrong) in encodings {
        let cells: Vec<(String, String)> = names
            .iter()
            .filter_map(|name| Some((name.clone(), encode(name)?)))
            .filter(|(name, cell)| name != cell)
            .collect();
        measure(&format!("{label}, one cell"), &cells, least_cell, most_wrong);
        let words: Vec<(String, String)> = names
            .iter()
            .enumerate()
            .filter_map(|(at, name)| {
                let mut words: Vec<String> = name.split(' ').map(str::to_owned).collect();
                let at = at % words.len();
                words[at] = encode(&words[at])?;
                let cell = words.join(" ");
                (cell != *name).then(|| (name.clone(), cell))
            })
            .collect();
        measure(&format!("{label}, one word"), &words, least_word, most_wrong);
    }
    assert!(!bad, "in clean columns:{figures}");
    println!("in clean columns:{figures}");
}

#[test]
fn the_change_says_which_encoding_it_was() {
    let rules = Rules::built_in().unwrap().text;
    let changes = repair("NguyÔn V¨n An", ColumnCharset::default(), &rules).changes;
    assert_eq!(changes.iter().collect::<Vec<_>>(), [Change::DecodedTcvn3]);
    assert_eq!(Charset::Tcvn3.change(), Change::DecodedTcvn3);
}
