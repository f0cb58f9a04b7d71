//! Commune, district and province as written → [`Place`] with codes and era.
//!
//! Names are looked up in both lists of units, the one of 63 provinces and the one of 34. What is
//! given beside the commune decides: a district belongs to the old list; a province narrows both
//! down (a list of 2025 may name the new province beside an old commune). Codes were re-used with
//! new meanings, so a bare code is believed only where the lists agree about it or something else
//! tells the era.

use unicode_normalization::UnicodeNormalization;

use super::address::NamedUnit;
use crate::{
    record::{Change, Changes, Era, Place, PlaceCode},
    rules::{PlaceRules, Successor, Unit},
    text::fold,
};

/// What columns, address or title say about a place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NamedPlace {
    /// Xã, phường, thị trấn: a name or a five-digit code.
    pub commune: Option<NamedUnit>,
    /// Huyện, quận, thị xã, thành phố below a province.
    pub district: Option<NamedUnit>,
    /// Tỉnh, thành phố.
    pub province: Option<NamedUnit>,
}

impl NamedPlace {
    /// Nothing named at all.
    pub fn is_empty(&self) -> bool {
        self.commune.is_none() && self.district.is_none() && self.province.is_none()
    }

    /// Takes from `other` what is not named here.
    pub fn or(self, other: &Self) -> Self {
        Self {
            commune: self.commune.or_else(|| other.commune.clone()),
            district: self.district.or_else(|| other.district.clone()),
            province: self.province.or_else(|| other.province.clone()),
        }
    }
}

/// What a person should know about a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlaceFault {
    /// No unit of this name (or code).
    Unknown(String),
    /// Several units of this name or code, and nothing tells which.
    Ambiguous(String),
    /// The old commune was split in 2025.
    Split(String),
    /// The old commune was abolished before 2025.
    Abolished(String),
}

/// A place, read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlaceReading {
    /// What could be recognised; `None` where nothing could.
    pub place: Option<Place>,
    /// What was done.
    pub changes: Changes,
    /// What a person should know.
    pub fault: Option<PlaceFault>,
}

/// Looks a named place up. `default_era` decides between two units of the same name where nothing
/// else does and the old one lies wholly in the new one.
pub fn read_place(named: &NamedPlace, default_era: Era, rules: &PlaceRules) -> PlaceReading {
    let mut reading = PlaceReading::default();
    let provinces: Vec<&Unit> =
        named.province.as_ref().map_or_else(Vec::new, |unit| provinces_of(unit, rules));
    if let Some(unit) = &named.province
        && provinces.is_empty()
    {
        reading.fault = Some(PlaceFault::Unknown(unit.full()));
    }
    let districts: Vec<&Unit> =
        named.district.as_ref().map_or_else(Vec::new, |unit| districts_of(unit, &provinces, rules));
    if let Some(unit) = &named.district
        && districts.is_empty()
    {
        reading.fault = Some(PlaceFault::Unknown(unit.full()));
    }
    let mut place = Place::default();
    if let Some(unit) = &named.commune {
        match commune_of(unit, &districts, &provinces, named.district.is_some(), default_era, rules) {
            Ok((commune, exact)) => {
                if !exact {
                    reading.changes.insert(Change::Alias);
                }
                let era = commune.place.era;
                place.commune = Some(commune.place);
                place.district = commune.district.map(|code| PlaceCode { era, code });
                place.province = Some(PlaceCode { era, code: commune.province });
                match commune.into {
                    Successor::Whole(code) => place.commune_2025 = Some(code),
                    Successor::Split => reading.fault = Some(PlaceFault::Split(commune.full.to_string())),
                    Successor::Abolished => {
                        reading.fault = Some(PlaceFault::Abolished(commune.full.to_string()));
                    }
                }
            }
            Err(fault) => reading.fault = Some(fault),
        }
    }
    if place.commune.is_none() {
        if let [district] = districts[..] {
            place.district = Some(district.place);
            place.province = Some(PlaceCode { era: Era::Until2025, code: district.province });
        } else if let Some(province) = prefer_era(&provinces, default_era) {
            place.province = Some(province.place);
        }
    }
    reading.place = (place != Place::default()).then_some(place);
    reading
}

fn prefer_era<'r>(units: &[&'r Unit], era: Era) -> Option<&'r Unit> {
    units.iter().find(|unit| unit.place.era == era).or(units.first()).copied()
}

/// A unit given by its code: digits only, of a length between these bounds (spreadsheets lose
/// leading zeros, but one or two digits may as well be the name of Phường 5 or Quận 10).
fn code_of(unit: &NamedUnit, lengths: std::ops::RangeInclusive<usize>) -> Option<u32> {
    let name = unit.name.as_str();
    let is_code = unit.kind.is_none() && lengths.contains(&name.len());
    (is_code && name.bytes().all(|byte| byte.is_ascii_digit())).then(|| name.parse().ok()).flatten()
}

/// The folded name, numbers without leading zeros.
fn name_key(unit: &NamedUnit) -> String {
    let key = fold::plain(&unit.name);
    let number = key.trim_start_matches('0');
    if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) {
        number.to_owned()
    } else {
        key
    }
}

fn provinces_of<'r>(unit: &NamedUnit, rules: &'r PlaceRules) -> Vec<&'r Unit> {
    if let Some(code) = code_of(unit, 1..=3) {
        let eras = [Era::Until2025, Era::From2025];
        return eras.into_iter().filter_map(|era| rules.province(PlaceCode { era, code })).collect();
    }
    rules.provinces_named(&name_key(unit)).collect()
}

fn districts_of<'r>(unit: &NamedUnit, provinces: &[&Unit], rules: &'r PlaceRules) -> Vec<&'r Unit> {
    if let Some(code) = code_of(unit, 3..=3)
        && let Some(found) = rules.district(PlaceCode { era: Era::Until2025, code })
    {
        return vec![found];
    }
    let mut found: Vec<&Unit> = rules
        .districts_named(&name_key(unit))
        .filter(|district| lies_in(district, provinces, rules))
        .collect();
    keep_best(&mut found, |district| rank(district, unit));
    found.dedup_by_key(|district| district.place);
    found
}

/// Whether a unit lies in one of the provinces, by its own era or by the map; true for none given.
fn lies_in(unit: &Unit, provinces: &[&Unit], rules: &PlaceRules) -> bool {
    provinces.is_empty()
        || provinces.iter().any(|province| {
            let new_code = |unit: &Unit| match unit.into {
                Successor::Whole(code) => Some(code),
                _ => None,
            };
            if province.place.era == unit.place.era {
                province.place.code == unit.province
            } else if province.place.era == Era::From2025 {
                let own = rules.province(PlaceCode { era: Era::Until2025, code: unit.province });
                own.and_then(new_code) == Some(province.place.code)
            } else {
                new_code(province) == Some(unit.province)
            }
        })
}

/// How well a unit answers a written one: spelling with tones before plain, type before name alone.
fn rank(unit: &Unit, written: &NamedUnit) -> u8 {
    let toned = toned_key(unit.name()) == toned_key(&written.name);
    let kind = written.kind == Some(unit.kind);
    2 * u8::from(toned) + u8::from(kind)
}

/// Keeps the units of the highest rank, in their order.
fn keep_best(units: &mut Vec<&Unit>, rank: impl Fn(&Unit) -> u8) {
    if let Some(best) = units.iter().map(|unit| rank(unit)).max() {
        units.retain(|unit| rank(unit) == best);
    }
}

/// The commune meant, and whether it was written with its right tones (or as a code).
fn commune_of<'r>(
    written: &NamedUnit,
    districts: &[&Unit],
    provinces: &[&Unit],
    district_given: bool,
    default_era: Era,
    rules: &'r PlaceRules,
) -> Result<(&'r Unit, bool), PlaceFault> {
    let code = code_of(written, 3..=5);
    let all: Vec<&Unit> = match code {
        Some(code) => rules.communes_coded(code).collect(),
        None => rules.communes_named(&name_key(written)).collect(),
    };
    let in_district = |unit: &&Unit| {
        unit.district.is_some_and(|code| districts.iter().any(|district| district.place.code == code))
    };
    let mut found: Vec<&Unit> = all.iter().copied().filter(|unit| lies_in(unit, provinces, rules)).collect();
    if found.iter().any(in_district) {
        found.retain(in_district);
    } else if district_given && !districts.is_empty() {
        // The name does not occur in that district. A new commune may still be written behind the
        // old district's name; an old one of another district is somebody else's.
        found.retain(|unit| unit.place.era == Era::From2025 && shares_province(unit, districts, rules));
    }
    if code.is_none() {
        keep_best(&mut found, |unit| rank(unit, written));
    }
    found.dedup_by_key(|unit| unit.place);
    let exact = |unit: &Unit| code.is_some() || rank(unit, written) >= 2;
    let numbered_far = |unit: &&Unit| unit.name().bytes().all(|byte| byte.is_ascii_digit());
    match found[..] {
        [] => Err(PlaceFault::Unknown(written.full())),
        // Plain letters that fit a single unit of the whole country prove little without its surroundings.
        [unit]
            if !exact(unit) && districts.is_empty() && provinces.is_empty() && has_tones(&written.name) =>
        {
            Err(PlaceFault::Unknown(written.full()))
        }
        [unit] => Ok((unit, exact(unit))),
        [first, second]
            if first.place.era != second.place.era && !numbered_far(&first) && old_in_new(first, second) =>
        {
            let unit = if first.place.era == default_era { first } else { second };
            Ok((unit, exact(unit)))
        }
        _ => Err(PlaceFault::Ambiguous(written.full())),
    }
}

fn shares_province(unit: &Unit, districts: &[&Unit], rules: &PlaceRules) -> bool {
    districts.iter().any(|district| {
        rules
            .province(PlaceCode { era: Era::Until2025, code: district.province })
            .is_some_and(|province| matches!(province.into, Successor::Whole(code) if code == unit.province))
    })
}

/// Whether the old unit of a pair lies wholly in the new one.
fn old_in_new(first: &Unit, second: &Unit) -> bool {
    let (old, new) = if first.place.era == Era::Until2025 { (first, second) } else { (second, first) };
    old.into == Successor::Whole(new.place.code)
}

fn has_tones(text: &str) -> bool {
    !text.is_ascii()
}

/// Lower case, tones kept but taken out of their place in the word (hòa = hoà), signs dropped.
fn toned_key(text: &str) -> String {
    let mut key = String::with_capacity(text.len() + 4);
    let mut tone = None;
    for letter in text.nfd() {
        match letter {
            '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}' => tone = Some(letter),
            letter if letter.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&letter) => {
                key.extend(letter.to_lowercase());
            }
            _ => {
                key.extend(tone.take());
                if !key.ends_with(' ') {
                    key.push(' ');
                }
            }
        }
    }
    key.extend(tone);
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{normalise::address::read_address, rules::Rules};

    fn read(text: &str, era: Era) -> PlaceReading {
        let rules = Rules::built_in().unwrap();
        let address = read_address(text, &rules);
        let named =
            NamedPlace { commune: address.commune, district: address.district, province: address.province };
        read_place(&named, era, &rules.places)
    }

    fn commune(text: &str) -> Option<(Era, u32)> {
        read(text, Era::From2025).place?.commune.map(|code| (code.era, code.code))
    }

    #[test]
    fn old_and_new_units_are_told_apart_by_what_stands_beside_them() {
        assert_eq!(commune("phường Văn Yên, TP Hà Tĩnh, tỉnh Hà Tĩnh"), Some((Era::Until2025, 18_097)));
        assert_eq!(commune("phường Văn Yên, tỉnh Hà Tĩnh"), Some((Era::Until2025, 18_097)));
        assert_eq!(commune("PHƯỜNG THÀNH SEN, TỈNH HÀ TĨNH"), Some((Era::From2025, 18_073)));
        assert_eq!(commune("xã Thạch Hạ, thành phố Hà Tĩnh"), Some((Era::Until2025, 18_100)));
        assert_eq!(
            read("phường Văn Yên, TP Hà Tĩnh", Era::From2025).place.unwrap().commune_2025,
            Some(18_073)
        );
    }

    #[test]
    fn the_new_province_may_stand_beside_an_old_commune() {
        // Hà Giang became part of Tuyên Quang.
        let old = commune("xã Lũng Cú, huyện Đồng Văn, tỉnh Hà Giang");
        assert!(old.is_some());
        assert_eq!(commune("xã Lũng Cú, huyện Đồng Văn, tỉnh Tuyên Quang"), old);
    }

    #[test]
    fn unknown_split_and_ambiguous_are_said() {
        assert!(matches!(
            read("xã Không Đâu, tỉnh Hà Tĩnh", Era::From2025).fault,
            Some(PlaceFault::Unknown(_))
        ));
        // Phường 5 exists in dozens of cities.
        assert!(matches!(read("phường 5", Era::From2025).fault, Some(PlaceFault::Ambiguous(_))));
        assert!(commune("P.5, Q.3, TPHCM").is_some());
        assert!(matches!(
            read("phường Cống Vị, quận Ba Đình, Hà Nội", Era::From2025).fault,
            Some(PlaceFault::Split(_))
        ));
    }

    #[test]
    fn tones_stand_aside_of_their_letters() {
        assert_eq!(toned_key("Quý Hoà"), toned_key("quý hòa"));
        assert_ne!(toned_key("Thạch Hạ"), toned_key("Thạch Hà"));
    }
}
