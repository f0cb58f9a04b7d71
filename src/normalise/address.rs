//! Addresses, read from the right: "xóm 5 xã Thạch Hạ", "P.5, Q.3, TPHCM",
//! "Thôn 3, xã X, huyện Y, tỉnh Z". Nothing is looked up here but names of provinces and districts
//! that stand without a word for their kind.

use super::hamlet;
use crate::{
    rules::{HamletKind, PlaceLevel, Rules, UnitKind, UnitWord},
    text::fold,
};

/// A unit as an address names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedUnit {
    /// The word for its kind, as officially written ("Xã"), where one stood there.
    pub word: Option<String>,
    /// The kind, where a word stood there.
    pub kind: Option<UnitKind>,
    /// The name, in official writing.
    pub name: String,
}

impl NamedUnit {
    /// A unit of which only the name is known, or only a code; a code keeps its zeros.
    pub fn bare(name: &str) -> Self {
        let name = name.trim();
        let is_number = name.bytes().all(|byte| byte.is_ascii_digit());
        let name = if is_number { name.to_owned() } else { hamlet::official_name(name) };
        Self { word: None, kind: None, name }
    }

    fn of(word: &UnitWord, name: &str) -> Self {
        let name = hamlet::official_name(name);
        Self { word: Some(word.word.clone()), kind: Some(word.kind()), name }
    }

    /// Kind and name: `Xã Thạch Hạ`.
    pub fn full(&self) -> String {
        match &self.word {
            Some(word) => format!("{word} {}", self.name),
            None => self.name.clone(),
        }
    }
}

/// What an address names, level by level.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Address {
    /// House, street, and whatever else stands below the thôn/TDP.
    pub street: Vec<String>,
    /// Thôn/TDP in official writing.
    pub hamlet: Option<String>,
    /// Xã, phường, thị trấn.
    pub commune: Option<NamedUnit>,
    /// Huyện, quận, thị xã, thành phố below a province.
    pub district: Option<NamedUnit>,
    /// Tỉnh, thành phố.
    pub province: Option<NamedUnit>,
}

impl Address {
    /// It names neither thôn/TDP nor anything above.
    pub(super) fn names_no_unit(&self) -> bool {
        self.hamlet.is_none() && self.commune.is_none() && self.district.is_none() && self.province.is_none()
    }

    /// All of it in official writing, parted by ", ".
    pub fn official(&self) -> String {
        let mut parts = self.street.clone();
        parts.extend(self.hamlet.clone());
        parts.extend(
            [&self.commune, &self.district, &self.province].into_iter().flatten().map(NamedUnit::full),
        );
        parts.join(", ")
    }
}

/// A piece of an address.
enum Piece<'r> {
    Unit(&'r UnitWord, String),
    Hamlet(&'r HamletKind, String),
    Plain(String),
}

/// Reads a cleaned address.
pub fn read_address(text: &str, rules: &Rules) -> Address {
    let mut pieces = Vec::new();
    for segment in text.split([',', ';', '\n']) {
        for part in split_at_dashes(segment, rules) {
            read_segment(part, rules, &mut pieces);
        }
    }
    assign(pieces, rules)
}

/// " - " parts an address only where a unit begins behind it: Bà Rịa - Vũng Tàu, Văn Miếu - Quốc Tử
/// Giám are names.
fn split_at_dashes<'a>(segment: &'a str, rules: &Rules) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let mut rest = segment;
    let mut from = 0;
    while let Some(at) = rest[from..].find(['-', '–']).map(|at| from + at) {
        let dash = rest[at..].chars().next().map_or(1, char::len_utf8);
        let after = rest[at + dash..].trim_start();
        let parts_here = {
            let tokens = tokens_of(after, rules);
            let spaced = rest[..at].ends_with(' ');
            let is_province = |text: &str| rules.places.provinces_named(&fold::plain(text)).next().is_some();
            begins_unit(&tokens, 0, rules).is_some()
                || (spaced && is_province(after) && !ends_in_name(&rest[..at], after, is_province))
        };
        if parts_here {
            parts.push(&rest[..at]);
            rest = after;
            from = 0;
        } else {
            from = at + dash;
        }
    }
    parts.push(rest);
    parts
}

/// Whether the last words before a dash and what stands after it are one name.
fn ends_in_name(before: &str, after: &str, is_name: impl Fn(&str) -> bool) -> bool {
    let words: Vec<&str> = before.split_whitespace().collect();
    (1..=3.min(words.len())).any(|count| {
        let last = words[words.len() - count..].join(" ");
        is_name(&format!("{last} {after}"))
    })
}

/// A word of an address with its folded form: every look-up needs that, so it is made once.
struct Token<'a> {
    text: &'a str,
    key: String,
}

impl<'a> Token<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, key: fold::plain(text) }
    }

    fn is_numbered(&self) -> bool {
        self.text.starts_with(|digit: char| digit.is_ascii_digit())
    }
}

/// Words of a segment; "P.5", "TP.HCM", "TDP5", "Q3" are cut in two, the full stop kept.
fn tokens_of<'a>(segment: &'a str, rules: &Rules) -> Vec<Token<'a>> {
    let mut tokens = Vec::with_capacity(8);
    let is_word =
        |key: &str| rules.places.unit_word(key).is_some() || rules.fields.hamlet_kind(key).is_some();
    for word in segment.split_whitespace() {
        let dot = word.find('.').map(|dot| dot + 1).filter(|after| *after < word.len());
        let digit = word.find(|letter: char| letter.is_ascii_digit()).filter(|digit| *digit > 0);
        let cut = [dot, digit].into_iter().flatten().find(|cut| is_word(&fold::plain(&word[..*cut])));
        match cut {
            Some(cut) => {
                tokens.push(Token::new(&word[..cut]));
                tokens.push(Token::new(&word[cut..]));
            }
            None => tokens.push(Token::new(word)),
        }
    }
    tokens
}

fn joined_key(tokens: &[Token]) -> String {
    let mut key = String::new();
    for token in tokens.iter().filter(|token| !token.key.is_empty()) {
        if !key.is_empty() {
            key.push(' ');
        }
        key.push_str(&token.key);
    }
    key
}

/// A word for a kind of unit or thôn/TDP.
enum Word<'r> {
    Unit(&'r UnitWord),
    Hamlet(&'r HamletKind),
}

/// The word for a kind that begins at a token, and how many tokens it takes. A single letter counts
/// only with a full stop or before a number.
fn begins_unit<'r>(tokens: &[Token], at: usize, rules: &'r Rules) -> Option<(Word<'r>, usize)> {
    let first = tokens.get(at)?.key.split(' ').next()?;
    if !rules.places.may_begin_unit(first) && !rules.fields.may_begin_hamlet(first) {
        return None;
    }
    for length in (1..=3.min(tokens.len() - at)).rev() {
        let Some(next) = tokens.get(at + length) else { continue };
        if rules.places.is_other_phrase(&joined_key(&tokens[at..=at + length])) {
            return None;
        }
        let key = joined_key(&tokens[at..at + length]);
        let is_letter = key.len() == 1;
        if is_letter && !tokens[at].text.ends_with('.') && !next.is_numbered() {
            return None;
        }
        if key == "x" && next.is_numbered() {
            // No xã is numbered, xóm are.
            return rules.fields.hamlet_kind("xom").map(|kind| (Word::Hamlet(kind), 1));
        }
        if let Some(word) = rules.places.unit_word(&key) {
            // "T. Đông Hà" may be a thôn, but "Q. Trung" is somebody's street.
            let believed =
                !is_letter || next.is_numbered() || key == "t" || names_unit(&tokens[at + length..], rules);
            return believed.then_some((Word::Unit(word), length));
        }
        if let Some(kind) = rules.fields.hamlet_kind(&key) {
            return Some((Word::Hamlet(kind), length));
        }
    }
    None
}

/// Whether the tokens begin with the name of a commune or district.
fn names_unit(tokens: &[Token], rules: &Rules) -> bool {
    (1..=4.min(tokens.len())).any(|count| {
        let key = joined_key(&tokens[..count]);
        rules.places.communes_named(&key).next().is_some()
            || rules.places.districts_named(&key).next().is_some()
    })
}

fn read_segment<'r>(segment: &str, rules: &'r Rules, pieces: &mut Vec<Piece<'r>>) {
    let tokens = tokens_of(segment, rules);
    let mut at = 0;
    let mut word: Option<Word> = None;
    let mut name: Vec<&str> = Vec::new();
    let mut flush = |word: Option<Word<'r>>, name: &mut Vec<&str>| {
        let joined = name.join(" ");
        name.clear();
        match word {
            Some(Word::Unit(unit)) => pieces.push(Piece::Unit(unit, joined)),
            Some(Word::Hamlet(kind)) => pieces.push(Piece::Hamlet(kind, joined)),
            None if !joined.is_empty() => pieces.push(Piece::Plain(joined)),
            None => {}
        }
    };
    while at < tokens.len() {
        let begun = if word.is_some() && name.is_empty() { None } else { begins_unit(&tokens, at, rules) };
        let begun = begun.filter(|(found, length)| {
            name.is_empty() || may_stand_inside(found, tokens[at].text, &tokens[at + length])
        });
        match begun {
            Some((found, length)) => {
                flush(word.take(), &mut name);
                word = Some(found);
                at += length;
            }
            None => {
                name.push(tokens[at].text);
                at += 1;
            }
        }
    }
    flush(word, &mut name);
}

/// Whether a word for a kind in the middle of a segment begins a new unit: Thôn Đông *Bản* Lầu is
/// one name, "nhà văn hóa *thôn* Đông Hà" and "số 5 *tổ* 7" are not.
fn may_stand_inside(found: &Word, word: &str, next: &Token) -> bool {
    let lower = word.starts_with(char::is_lowercase);
    let next_lower = next.text.starts_with(char::is_lowercase);
    match found {
        Word::Unit(_) => true,
        Word::Hamlet(_) => next.is_numbered() || (lower && !next_lower),
    }
}

/// Gives the pieces their levels, from the right.
fn assign(pieces: Vec<Piece<'_>>, rules: &Rules) -> Address {
    let mut address = Address::default();
    let mut hamlets: Vec<(&HamletKind, String)> = Vec::new();
    let mut street = Vec::new();
    let has_units = pieces.iter().any(|piece| !matches!(piece, Piece::Plain(_)));
    let rightmost = pieces.len();
    for (at, piece) in pieces.into_iter().enumerate().rev() {
        match piece {
            Piece::Unit(word, name) => {
                let unit = NamedUnit::of(word, &name);
                match level_of(word, &unit, &address, rules) {
                    None => match rules.fields.hamlet_kind("thon") {
                        Some(kind) => hamlets.push((kind, unit.name)),
                        None => street.push(unit.name),
                    },
                    Some(PlaceLevel::Commune) if address.commune.is_none() => address.commune = Some(unit),
                    Some(PlaceLevel::District) if address.district.is_none() => address.district = Some(unit),
                    Some(PlaceLevel::Province) if address.province.is_none() => {
                        address.province = Some(official_province(unit, rules));
                    }
                    Some(_) => street.push(unit.full()),
                }
            }
            Piece::Hamlet(kind, name) => hamlets.push((kind, name)),
            Piece::Plain(name) => {
                let key = fold::plain(&name);
                let above = address.commune.is_none() && hamlets.is_empty();
                let last = at + 1 == rightmost;
                if above
                    && last
                    && rules.places.provinces_named(&key).next().is_some()
                    && (has_units || at > 0)
                {
                    address.province = Some(official_province(NamedUnit::bare(&name), rules));
                } else if above
                    && address.district.is_none()
                    && address.province.is_some()
                    && rules.places.districts_named(&key).next().is_some()
                {
                    address.district = Some(NamedUnit::bare(&name));
                } else if above
                    && (address.district.is_some() || address.province.is_some())
                    && rules.places.communes_named(&key).next().is_some()
                {
                    address.commune = Some(NamedUnit::bare(&name));
                } else {
                    street.push(name);
                }
            }
        }
    }
    // "Tổ 5, khu phố 4": the khu phố is the unit, the tổ a part of it.
    let unit =
        hamlets.iter().position(|(kind, _)| !kind.below).or_else(|| (!hamlets.is_empty()).then_some(0));
    for (at, (kind, name)) in hamlets.into_iter().enumerate() {
        if Some(at) == unit {
            address.hamlet = Some(hamlet::official(kind, &name));
        } else {
            street.push(hamlet::official(kind, &name));
        }
    }
    street.reverse();
    address.street = street;
    address
}

/// The level a word stands for beside this name. A thành phố is a province where a province is
/// called so and none stands further right; a "T." that names no province is a thôn (`None`).
fn level_of(word: &UnitWord, unit: &NamedUnit, address: &Address, rules: &Rules) -> Option<PlaceLevel> {
    let key = fold::plain(&unit.name);
    match word.level {
        PlaceLevel::City => {
            let is_province = address.province.is_none()
                && rules.places.provinces_named(&key).any(|province| province.kind == word.kind());
            Some(if is_province { PlaceLevel::Province } else { PlaceLevel::District })
        }
        PlaceLevel::Province if rules.places.provinces_named(&key).next().is_none() => None,
        level => Some(level),
    }
}

/// A province by its official name where an alias stood there (TPHCM).
fn official_province(unit: NamedUnit, rules: &Rules) -> NamedUnit {
    let key = fold::plain(&unit.name);
    match rules.places.provinces_named(&key).next() {
        Some(province) if fold::plain(province.name()) != key => {
            let word = province.full.strip_suffix(province.name()).map(|word| word.trim_end().to_owned());
            NamedUnit { word, kind: Some(province.kind), name: province.name().to_owned() }
        }
        _ => unit,
    }
}
