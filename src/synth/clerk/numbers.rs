//! Personal numbers as clerks write them.

use crate::{
    rules::{NumberErrorRates, Preset},
    synth::random::Random,
};

/// Numbers a clerk may copy by mistake into the child's cell.
#[derive(Debug, Clone, Copy)]
pub(in crate::synth) struct Neighbours<'a> {
    /// A parent's.
    pub parent: Option<&'a str>,
    /// A brother's or sister's.
    pub sibling: Option<&'a str>,
}

/// What stands in the number's cell.
pub(in crate::synth) fn written(
    number: &str,
    neighbours: Neighbours<'_>,
    placeholders: &[String],
    rates: &NumberErrorRates,
    preset: Preset,
    random: &mut Random,
) -> String {
    if random.chance(rates.missing.of(preset)) {
        if random.chance(rates.placeholder.of(preset)) {
            return random.word(placeholders).to_owned();
        }
        // A number that was left out may still be filled with the wrong one.
        return match neighbours.parent.filter(|_| random.chance(rates.parents_number.of(preset))) {
            Some(parent) => parent.to_owned(),
            None => String::new(),
        };
    }
    let mut digits = number.as_bytes().to_vec();
    if let Some(parent) = neighbours.parent.filter(|_| random.chance(rates.parents_number.of(preset))) {
        digits = parent.as_bytes().to_vec();
    } else if let Some(sibling) =
        neighbours.sibling.filter(|_| random.chance(rates.siblings_number.of(preset)))
    {
        digits = sibling.as_bytes().to_vec();
    } else if random.chance(rates.nine_digits.of(preset)) {
        return format!("{:09}", random.below(400_000_000));
    } else if random.chance(rates.digit_wrong.of(preset)) {
        let at = random.index(digits.len());
        digits[at] = b'0' + (digits[at] - b'0' + 1 + random.below(9) as u8) % 10;
    } else if random.chance(rates.transposed.of(preset)) {
        let at = random.index(digits.len() - 1);
        digits.swap(at, at + 1);
    } else if random.chance(rates.wrong_gender_digit.of(preset)) {
        digits[3] = b'0' + ((digits[3] - b'0') ^ 1);
    }
    in_some_form(digits, rates, preset, random)
}

fn in_some_form(digits: Vec<u8>, rates: &NumberErrorRates, preset: Preset, random: &mut Random) -> String {
    let text: String = digits.into_iter().map(char::from).collect();
    let short = text.trim_start_matches('0');
    if random.chance(rates.leading_zero_lost.of(preset)) {
        short.to_owned()
    } else if random.chance(rates.exponent.of(preset)) && short.len() > 4 {
        // What a spreadsheet shows of a long number in a narrow column, saved as text.
        format!("{}.{}E+{}", &short[..1], &short[1..5], short.len() - 1)
    } else if random.chance(rates.float.of(preset)) {
        format!("{short}.0")
    } else if random.chance(rates.punctuated.of(preset)) {
        match random.below(3) {
            0 => format!("{} {} {} {}", &text[..3], &text[3..6], &text[6..9], &text[9..]),
            1 => format!("{}.{}.{}.{}", &text[..3], &text[3..6], &text[6..9], &text[9..]),
            _ => format!("'{text}"),
        }
    } else if random.chance(rates.look_alikes.of(preset)) {
        text.replacen('0', "O", 1).replacen('1', "l", usize::from(random.chance(0.3)))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{rules::SynthData, synth::random::Purpose};

    #[test]
    fn clean_numbers_are_whole_or_missing() {
        let rules = SynthData::load(None).unwrap().rules;
        let neighbours = Neighbours { parent: Some("042185000001"), sibling: None };
        let mut missing = 0;
        for seed in 0..500 {
            let mut random = Random::keyed(seed, Purpose::Clerk, 0);
            let cell = written("042216001234", neighbours, &[], &rules.number, Preset::Clean, &mut random);
            assert!(cell.is_empty() || cell == "042216001234");
            missing += usize::from(cell.is_empty());
        }
        assert!((100..300).contains(&missing), "{missing}");
    }

    #[test]
    fn hard_lists_hold_every_kind_of_damage() {
        let rules = SynthData::load(None).unwrap().rules;
        let neighbours = Neighbours { parent: Some("042185000001"), sibling: Some("042218000002") };
        let cells: Vec<String> = (0..3000)
            .map(|seed| {
                let mut random = Random::keyed(seed, Purpose::Clerk, 0);
                let words = &rules.words.no_number;
                written("042216001234", neighbours, words, &rules.number, Preset::Hard, &mut random)
            })
            .collect();
        for damage in ["42216001234", "4.2216E+10", "42216001234.0", "042.216.001.234", "042185000001"] {
            assert!(cells.iter().any(|cell| cell == damage), "{damage}");
        }
    }
}
