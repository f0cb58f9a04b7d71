//! What the built-in codes and columns mean.

use super::*;

fn rules() -> CircumstanceRules {
    CircumstanceRules::load(&mut RuleSource::built_in()).unwrap()
}

#[test]
fn the_fourteen_groups_and_their_parts_are_there() {
    let rules = rules();
    let special: Vec<&Code> = rules.codes.iter().filter(|code| code.key.starts_with("special ")).collect();
    assert_eq!(special.len(), 62);
    assert_eq!(special.iter().filter(|code| !code.code.contains('.')).count(), 14);
    assert!(special.iter().all(|code| !code.source.is_empty()));
}

#[test]
fn a_part_is_below_its_group_and_its_group_above_it() {
    let rules = rules();
    let (group, part) =
        (rules.select("special", Some("04")).unwrap(), rules.select("special", Some("04.02")).unwrap());
    assert!(group.below.covers(part.below) && part.above.meets(group.below));
    assert!(!group.below.meets(rules.select("special", Some("03")).unwrap().below));
    assert_eq!(rules.select("special", Some("15")), None);
    assert_eq!(rules.select("nothing", None), None);
}

#[test]
fn codes_are_read_as_the_form_writes_them() {
    let rules = rules();
    let family = rules.families.iter().position(|family| family.key == "special").unwrap();
    let said = |text: &str| {
        rules.written_code(family, text).and_then(|own| rules.codes.iter().find(|code| code.own == own))
    };
    let key = |text: &str| said(text).map(|code| code.code.clone());
    assert_eq!(key("4.2").as_deref(), Some("04.02"));
    assert_eq!(key("04").as_deref(), Some("04"));
    assert_eq!(key("II.3.10").as_deref(), Some("03.10"));
    assert_eq!(key("4"), None);
    assert_eq!(key("99"), None);
}

#[test]
fn the_longest_phrase_is_meant() {
    let rules = rules();
    let families: Vec<usize> = (0..rules.families.len()).collect();
    let key = |text: &str| {
        let folded = fold::plain(text);
        let words: Vec<&str> = folded.split(' ').collect();
        let (_, _, codes) = rules.phrase(&families, &words).unwrap();
        rules.codes.iter().find(|code| code.own == codes).unwrap().key.clone()
    };
    assert_eq!(key("Trẻ khuyết tật nặng (vận động)"), "special 04.02");
    assert_eq!(key("Khuyết tật đặc biệt nặng"), "special 04.01");
    assert_eq!(key("Hộ cận nghèo"), "poverty near_poor");
    assert_eq!(key("Mồ côi cả cha và mẹ"), "special 01");
    assert_eq!(key("Mồ côi cha"), "risk 7");
}

#[test]
fn headings_say_what_a_column_holds() {
    let rules = rules();
    assert!(matches!(rules.column("HOÀN CẢNH ĐẶC BIỆT"), Some(ColumnMeaning::Words { .. })));
    assert!(matches!(rules.column("Hoàn cảnh đặc biệt / Khuyết tật"), Some(ColumnMeaning::Mark { .. })));
    assert!(matches!(rules.column("Mã thẻ BHYT"), Some(ColumnMeaning::Presence(_))));
    assert_eq!(rules.column("Tôn giáo"), None);
}
