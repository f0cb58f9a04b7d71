//! What `synth` invents from: `rules/synth.toml` (rates, words, ways of naming), and, read only
//! when it runs, the frequencies of names and the wards people live in.

use std::path::Path;

use jiff::civil::Date;
use serde::Deserialize;

use super::{Located, RuleSource, RulesError};
use crate::{record::Gender, rules_file};

/// How badly a synthetic list is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Preset {
    /// Almost no errors.
    Clean,
    /// A list as most wards have it.
    #[default]
    Normal,
    /// As bad as lists get.
    Hard,
}

/// A probability, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(try_from = "f64")]
pub struct Share(pub f64);

impl TryFrom<f64> for Share {
    type Error = String;

    fn try_from(share: f64) -> Result<Self, Self::Error> {
        if (0.0..=1.0).contains(&share) {
            Ok(Self(share))
        } else {
            Err(format!("{share} is not a probability: give 0 to 1"))
        }
    }
}

/// A probability for each preset: `[clean, normal, hard]`.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct Rate([Share; 3]);

impl Rate {
    /// The probability under a preset.
    pub fn of(self, preset: Preset) -> f64 {
        self.0[preset as usize].0
    }
}

macro_rules! rates {
    ($($(#[$doc:meta])* $name:ident: $kind:ty { $($field:ident)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub struct $name {
                $(#[doc = concat!("`", stringify!($field), "` in `rules/synth.toml`, explained there.")]
                pub $field: $kind,)*
            }
        )*
    };
}

rates! {
    /// `[population]`: how families are.
    PopulationShares: Share {
        aged_out single_mother single_father guardian twin triplet twins_near_names
        twins_same_gender namesake_same_day siblings_share_middle siblings_share_initial minority
        thi four_words two_words mother_surname_in_name registered_elsewhere
        parent_registered_elsewhere registered_anywhere moved unnamed_newborn newborn_not_registered not_registered
        number_reissued other_children parent_in_register poor near_poor phone
    }
    /// `[duplicate]`: children entered more than once.
    DuplicateRates: Rate {
        twice thrice other_hamlet other_household renamed nickname_only
    }
    /// `[name]`: slips in one name.
    NameErrorRates: Rate {
        no_diacritics tone_slip tone_region initial_swap final_swap i_y telex vni_typing key_slip
        abbreviated middle_dropped middle_added middle_given_swapped order_changed
        nickname_bracket title capitals lower_case words_joined new_tone_place
    }
    /// `[text]`: damage to text as such.
    TextErrorRates: Rate {
        record_no_diacritics record_capitals hamlet_legacy column_legacy record_legacy cell_legacy
        word_legacy decomposed eth_for_d no_break_space stray_blanks
    }
    /// `[date]`: wrong dates and ways of writing them.
    DateErrorRates: Rate {
        day_month_swapped digit_wrong year_off new_year_default year_only month_first missing
        short serial iso words
    }
    /// `[gender]`.
    GenderErrorRates: Rate { missing wrong variant }
    /// `[number]`: the personal number.
    NumberErrorRates: Rate {
        missing leading_zero_lost exponent float punctuated digit_wrong transposed parents_number
        siblings_number nine_digits wrong_gender_digit look_alikes placeholder
    }
    /// `[parents]`.
    ParentErrorRates: Rate {
        father_missing mother_missing unknown_words mother_renamed swapped number_given
    }
    /// `[place]`: places, household, telephone and ethnic group.
    PlaceErrorRates: Rate {
        hamlet_variant hamlet_missing commune_missing old_names_ward old_names_record
        address_variant address_missing ethnicity_variant ethnicity_missing household_missing
        phone_missing phone_changed phone_punctuated
    }
    /// `[register]`: the population database's own errors.
    RegisterErrorRates: Rate {
        spelling gender_unknown year_only date_wrong parents_missing parent_number_missing
        old_place_names adult_year_only
    }
    /// `[words]` that are lists of words.
    WordLists: Vec<String> {
        nicknames titles_child titles_father titles_mother unnamed unknown_parent no_number
        ethnicity_kinh streets hamlets education notes
    }
    /// `[near_names]`: given names twins get together.
    NearNames: Vec<[String; 2]> { male female mixed }
}

/// Where the surname of a people's names stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NamingOrder {
    /// Surname, middle words, given name.
    SurnameFirst,
    /// Given name, then clan; the clan comes from the mother.
    GivenFirst,
    /// A given name only.
    NoSurname,
}

/// `[[people]]`: an ethnic group's way of naming.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct People {
    /// Official name of the group.
    pub group: String,
    /// Share among the groups listed; any unit.
    pub weight: u32,
    /// How clerks write the group.
    pub variants: Vec<String>,
    /// Where the surname stands.
    pub order: NamingOrder,
    /// Surnames or clans.
    pub surnames: Vec<String>,
    /// Before men's given names.
    #[serde(default)]
    pub male_prefix: String,
    /// Before women's given names.
    #[serde(default)]
    pub female_prefix: String,
    /// Middle words of men; an empty one for none.
    #[serde(default)]
    pub male_middle: Vec<String>,
    /// Middle words of women.
    #[serde(default)]
    pub female_middle: Vec<String>,
    /// Given names of men; none: as Kinh.
    pub male_given: Vec<String>,
    /// Given names of women; none: as Kinh.
    pub female_given: Vec<String>,
}

/// `rules/synth.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SynthRules {
    /// The day the list is written.
    pub list_day: Date,
    /// Children of one ward, at least 8.
    pub children_per_ward: u64,
    /// How families are.
    pub population: PopulationShares,
    /// Children entered more than once.
    pub duplicate: DuplicateRates,
    /// Slips in names.
    pub name: NameErrorRates,
    /// Damage to text.
    pub text: TextErrorRates,
    /// Dates.
    pub date: DateErrorRates,
    /// Gender.
    pub gender: GenderErrorRates,
    /// Personal numbers.
    pub number: NumberErrorRates,
    /// Parents.
    pub parents: ParentErrorRates,
    /// Places.
    pub place: PlaceErrorRates,
    /// The register.
    pub register: RegisterErrorRates,
    /// Words.
    pub words: WordLists,
    /// Near-equal given names.
    pub near_names: NearNames,
    /// Peoples other than Kinh.
    pub people: Vec<People>,
}

const SYNTH: super::BuiltIn = rules_file!("synth.toml");

impl SynthRules {
    pub(super) fn load(source: &mut RuleSource) -> Result<Self, RulesError> {
        let rules: Self = source.toml(SYNTH)?;
        let fault = |message: &str| Err(source.fault(SYNTH, 1, message));
        let NearNames { male, female, mixed } = &rules.near_names;
        let WordLists {
            nicknames,
            titles_child,
            titles_father,
            titles_mother,
            unnamed,
            unknown_parent,
            no_number,
            ethnicity_kinh,
            streets,
            hamlets,
            education,
            notes,
        } = &rules.words;
        if !(2012..=2199).contains(&rules.list_day.year()) {
            return fault("list_day: the invented people need a year from 2012 on");
        }
        if rules.children_per_ward < 8 {
            return fault("children_per_ward: at least 8 are needed");
        }
        if [male, female, mixed].iter().any(|list| list.is_empty()) {
            return fault("near_names: every list needs at least one pair");
        }
        let lists = [
            nicknames,
            titles_child,
            titles_father,
            titles_mother,
            unnamed,
            unknown_parent,
            no_number,
            ethnicity_kinh,
            streets,
            hamlets,
            notes,
        ];
        if lists.iter().any(|list| list.is_empty()) {
            return fault("words: no list may be empty");
        }
        if education.len() != 6 {
            return fault("words.education: six levels are expected, by age");
        }
        for people in &rules.people {
            let needs_surname = people.order != NamingOrder::NoSurname;
            if needs_surname && people.surnames.is_empty() {
                return fault("people: surnames are missing for an order that needs one");
            }
            if people.weight == 0 || people.variants.is_empty() {
                return fault("people: weight above 0 and at least one variant are needed");
            }
        }
        if rules.people.is_empty() {
            return fault("people: at least one is needed");
        }
        Ok(rules)
    }
}

/// How often a name word is used by men and by women.
#[derive(Debug, Clone, Deserialize)]
pub struct NameCount {
    /// The word or words.
    pub name: String,
    /// Count among men.
    pub male: u32,
    /// Count among women.
    pub female: u32,
}

impl NameCount {
    /// Count among one gender.
    pub fn count(&self, gender: Gender) -> u32 {
        match gender {
            Gender::Male => self.male,
            Gender::Female => self.female,
        }
    }
}

/// A ward where invented people live, by its names before and since 2025-07-01.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SynthWard {
    /// First three digits of numbers registered in its province.
    pub pin_code: String,
    /// Province before.
    pub province: String,
    /// District before.
    pub district: String,
    /// Commune before.
    pub commune: String,
    /// Commune since.
    pub new_commune: String,
    /// Province since.
    pub new_province: String,
}

/// Everything `synth` reads.
#[derive(Debug, Clone)]
pub struct SynthData {
    /// Rates, words, ways of naming.
    pub rules: SynthRules,
    /// Surnames by frequency.
    pub surnames: Vec<NameCount>,
    /// Middle words by frequency.
    pub middles: Vec<NameCount>,
    /// Given names of one word by frequency.
    pub givens: Vec<NameCount>,
    /// Given names of two words by frequency.
    pub given_pairs: Vec<NameCount>,
    /// Wards; those of one province stand together, provinces in order of use.
    pub wards: Vec<SynthWard>,
}

impl SynthData {
    /// Loads the built-in data under an overlay folder, where one is given.
    pub fn load(overlay: Option<&Path>) -> Result<Self, RulesError> {
        let mut source = match overlay {
            Some(folder) => RuleSource::with_overlay(folder)?,
            None => RuleSource::built_in(),
        };
        let source = &mut source;
        let wards = rules_file!("synth/wards.csv");
        let data = Self {
            rules: SynthRules::load(source)?,
            surnames: counts(source, rules_file!("names/surnames.csv"))?,
            middles: counts(source, rules_file!("names/middle.csv"))?,
            givens: counts(source, rules_file!("names/given.csv"))?,
            given_pairs: counts(source, rules_file!("names/given_pairs.csv"))?,
            wards: values(source.csv(wards)?),
        };
        if data.wards.is_empty() {
            return Err(source.fault(wards, 1, "at least one ward is needed"));
        }
        for (at, ward) in data.wards.iter().enumerate() {
            if ward.pin_code.len() != 3 || !ward.pin_code.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(source.fault(wards, at + 2, "pin_code: three digits are needed"));
            }
        }
        Ok(data)
    }
}

fn values<T>(rows: Vec<Located<T>>) -> Vec<T> {
    rows.into_iter().map(|row| row.value).collect()
}

/// The count tables differ in the name of their first column, hence tuples.
fn counts(source: &mut RuleSource, file: super::BuiltIn) -> Result<Vec<NameCount>, RulesError> {
    let rows: Vec<Located<(String, u32, u32)>> = source.csv(file)?;
    let rows: Vec<NameCount> =
        values(rows).into_iter().map(|(name, male, female)| NameCount { name, male, female }).collect();
    let total = |gender| rows.iter().map(|row| u64::from(row.count(gender))).sum::<u64>();
    if total(Gender::Male) == 0 || total(Gender::Female) == 0 {
        return Err(source.fault(file, 1, "counts of both genders are needed"));
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_data_loads() {
        let data = SynthData::load(None).unwrap();
        assert!(data.wards.len() >= 63);
        assert!(data.rules.name.tone_slip.of(Preset::Hard) > data.rules.name.tone_slip.of(Preset::Clean));
    }

    #[test]
    fn a_rate_above_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("synth.toml"), "[date]\nmissing = [0.0, 0.0, 1.5]\n").unwrap();
        let error = SynthData::load(Some(folder.path())).unwrap_err().to_string();
        assert!(error.contains("not a probability"), "{error}");
    }
}
