//! The commune that a list's title names ("UBND PHƯỜNG VĂN YÊN"): the place of every row where no
//! column tells.

use super::{address::NamedUnit, hamlet, place::NamedPlace};
use crate::{
    rules::{PlaceLevel, Rules},
    text::fold,
};

/// The longest name of a unit, in words.
const LONGEST_NAME: usize = 6;

/// Reads the units that title rows name. Of each level the first one that exists counts.
pub fn read_title<'a>(lines: impl IntoIterator<Item = &'a str>, rules: &Rules) -> NamedPlace {
    let mut place = NamedPlace::default();
    for line in lines {
        let words: Vec<&str> = line
            .split(|sign: char| sign.is_whitespace() || ",;:()/–".contains(sign))
            .filter(|word| !word.is_empty())
            .collect();
        let mut at = 0;
        while at < words.len() {
            at += read_unit(&words[at..], &mut place, rules).max(1);
        }
    }
    place
}

/// Reads a unit at the start of the words; gives how many words it took, 0 for none.
fn read_unit(words: &[&str], place: &mut NamedPlace, rules: &Rules) -> usize {
    for length in (1..=2.min(words.len())).rev() {
        let phrase = fold::plain(&words[..length].join(" "));
        if rules.places.is_other_phrase(&phrase) {
            return length;
        }
        let Some(word) = rules.places.unit_word(&phrase).filter(|_| phrase.len() > 1) else { continue };
        let rest = &words[length..];
        for count in (1..=LONGEST_NAME.min(rest.len())).rev() {
            let name = rest[..count].join(" ");
            let key = fold::plain(&name);
            let slot = match word.level {
                PlaceLevel::Commune if rules.places.communes_named(&key).next().is_some() => {
                    &mut place.commune
                }
                PlaceLevel::District | PlaceLevel::City
                    if rules.places.districts_named(&key).any(|unit| unit.kind == word.kind()) =>
                {
                    &mut place.district
                }
                PlaceLevel::Province | PlaceLevel::City
                    if rules.places.provinces_named(&key).any(|unit| unit.kind == word.kind()) =>
                {
                    &mut place.province
                }
                _ => continue,
            };
            slot.get_or_insert_with(|| NamedUnit {
                word: Some(word.word.clone()),
                kind: Some(word.kind()),
                name: hamlet::official_name(&name),
            });
            return length + count;
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_block_names_the_ward() {
        let rules = Rules::built_in().unwrap();
        let place = read_title(
            [
                "ỦY BAN NHÂN DÂN\nPHƯỜNG VĂN YÊN",
                "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
                "THÀNH PHỐ HÀ TĨNH",
                "DANH SÁCH TRẺ EM PHƯỜNG VĂN YÊN NĂM 2023",
            ],
            &rules,
        );
        assert_eq!(place.commune.map(|unit| unit.full()).as_deref(), Some("Phường Văn Yên"));
        assert_eq!(place.district.map(|unit| unit.full()).as_deref(), Some("Thành phố Hà Tĩnh"));
        assert_eq!(place.province, None);
        let place = read_title(["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"], &rules);
        assert!(place.is_empty());
    }
}
