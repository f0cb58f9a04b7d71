//! Slips in a written name: tones, initials and finals as regions confuse them, typing residue,
//! words dropped, swapped and abbreviated.

use super::letters::{Tone, set_tone, telex_keys, tone_of, toned, vni_keys, without_marks};
use crate::{
    rules::{NameErrorRates, Preset},
    synth::random::Random,
};

/// What may be added to a name of this kind.
#[derive(Debug, Clone, Copy)]
pub(in crate::synth) struct Additions<'a> {
    /// Titles that may stand before it.
    pub titles: &'a [String],
    /// Nicknames that may follow it in brackets.
    pub nicknames: &'a [String],
}

/// A name as a clerk writes it. Each slip has its own rate, so that several may meet.
pub(in crate::synth) fn written(
    name: &str,
    rates: &NameErrorRates,
    preset: Preset,
    additions: Additions<'_>,
    random: &mut Random,
) -> String {
    let mut words: Vec<String> = name.split(' ').map(str::to_owned).collect();
    for (rate, slip) in slips(rates) {
        if random.chance(rate.of(preset)) {
            slip_once(&mut words, slip, random);
        }
    }
    rearrange(&mut words, rates, preset, random);
    let joined = random.chance(rates.words_joined.of(preset));
    let mut written = if joined { joined_once(&words, random) } else { words.join(" ") };
    if random.chance(rates.no_diacritics.of(preset)) {
        written = without_marks(&written);
    }
    if random.chance(rates.nickname_bracket.of(preset)) && !additions.nicknames.is_empty() {
        let nickname = random.word(additions.nicknames);
        written = match random.below(3) {
            0 => format!("{written} (tên ở nhà: {nickname})"),
            _ => format!("{written} ({nickname})"),
        };
    }
    if random.chance(rates.title.of(preset)) && !additions.titles.is_empty() {
        written = format!("{} {written}", random.word(additions.titles));
    }
    if random.chance(rates.capitals.of(preset)) {
        written = written.to_uppercase();
    } else if random.chance(rates.lower_case.of(preset)) {
        written = written.to_lowercase();
    }
    written
}

/// One slip of any kind in one word, for lists that are better kept (the register).
pub(in crate::synth) fn one_slip(name: &str, random: &mut Random) -> String {
    let mut words: Vec<String> = name.split(' ').map(str::to_owned).collect();
    let slip = *random
        .pick(&[tone_slip, tone_region, initial_swap, final_swap, key_slip])
        .unwrap_or(&(tone_slip as Slip));
    slip_once(&mut words, slip, random);
    words.join(" ")
}

/// What becomes of a word; `None` where it offers nothing to this slip.
type Slip = fn(&str, &mut Random) -> Option<String>;

fn slips(rates: &NameErrorRates) -> [(crate::rules::Rate, Slip); 9] {
    [
        (rates.tone_slip, tone_slip),
        (rates.tone_region, tone_region),
        (rates.initial_swap, initial_swap),
        (rates.final_swap, final_swap),
        (rates.i_y, i_y),
        (rates.new_tone_place, new_tone_place),
        (rates.telex, |word, _| changed(word, telex_keys(word))),
        (rates.vni_typing, |word, _| changed(word, vni_keys(word))),
        (rates.key_slip, key_slip),
    ]
}

/// Applies a slip to the first word, from a random one on, that offers something to it.
fn slip_once(words: &mut [String], slip: Slip, random: &mut Random) {
    let count = words.len();
    let start = random.index(count);
    for turn in 0..count {
        let at = (start + turn) % count;
        if let Some(word) = slip(&words[at], random) {
            words[at] = word;
            return;
        }
    }
}

fn changed(word: &str, to: String) -> Option<String> {
    (to != word).then_some(to)
}

/// Another tone, or none.
fn tone_slip(word: &str, random: &mut Random) -> Option<String> {
    let tone = *random.pick(&Tone::ALL)?;
    // After c, ch, p and t only two tones can be spoken; clerks do not slip into the others.
    let stop = word.ends_with(['c', 'p', 't']) || word.ends_with("ch");
    let possible = !stop || matches!(tone, Tone::Acute | Tone::Dot | Tone::Level);
    changed(word, set_tone(word, tone)).filter(|_| possible)
}

/// Hỏi, ngã and nặng as the north of the centre and the south confuse them.
fn tone_region(word: &str, random: &mut Random) -> Option<String> {
    let (_, tone) = tone_of(word)?;
    let to = match tone {
        Tone::Tilde if random.chance(0.5) => Tone::Dot,
        Tone::Tilde => Tone::Hook,
        Tone::Hook => Tone::Tilde,
        Tone::Dot if random.chance(0.5) => Tone::Tilde,
        _ => return None,
    };
    changed(word, set_tone(word, to))
}

fn swap_start(word: &str, pairs: &[(&str, &str)], random: &mut Random) -> Option<String> {
    let fits: Vec<(&str, &str)> = pairs
        .iter()
        .flat_map(|(left, right)| [(*left, *right), (*right, *left)])
        .filter(|(from, _)| word.starts_with(from))
        .collect();
    let (from, to) = random.pick(&fits)?;
    let rest = &word[from.len()..];
    // Xh, Lh and other starts that no word has would not be typed.
    let spoken = rest.chars().next().is_some_and(|letter| toned(letter).is_some());
    spoken.then(|| format!("{to}{rest}"))
}

/// s/x, tr/ch, d/gi/r, l/n at the start of a word.
fn initial_swap(word: &str, random: &mut Random) -> Option<String> {
    const PAIRS: [(&str, &str); 7] =
        [("S", "X"), ("Tr", "Ch"), ("D", "Gi"), ("D", "R"), ("Gi", "R"), ("L", "N"), ("V", "D")];
    swap_start(word, &PAIRS, random)
}

/// n/ng, t/c, nh/n at the end of a word.
fn final_swap(word: &str, random: &mut Random) -> Option<String> {
    const PAIRS: [(&str, &str); 4] = [("n", "ng"), ("t", "c"), ("nh", "n"), ("ch", "t")];
    let fits: Vec<(&str, &str)> = PAIRS
        .iter()
        .flat_map(|(left, right)| [(*left, *right), (*right, *left)])
        .filter(|(from, _)| {
            word.strip_suffix(from)
                .and_then(|stem| stem.chars().last())
                .is_some_and(|letter| toned(letter).is_some())
        })
        .collect();
    let (from, to) = random.pick(&fits)?;
    Some(format!("{}{to}", &word[..word.len() - from.len()]))
}

/// i for y and y for i at the end of an open syllable (Quý/Quí, Vy/Vi).
fn i_y(word: &str, _: &mut Random) -> Option<String> {
    let last = word.chars().last()?;
    let stem = &word[..word.len() - last.len_utf8()];
    let before = stem.chars().last()?;
    let open = toned(before).is_none() || stem.eq_ignore_ascii_case("qu");
    let (vowel, tone) = toned(last).filter(|_| open)?;
    let other = match vowel {
        'i' => 'y',
        'y' => 'i',
        _ => return None,
    };
    Some(format!("{stem}{}", super::letters::with_tone(other, tone, last)))
}

/// Hoà for Hòa, Thuý for Thúy: the tone on the second vowel, as schoolbooks have it.
fn new_tone_place(word: &str, _: &mut Random) -> Option<String> {
    let last = word.chars().last()?;
    let stem = &word[..word.len() - last.len_utf8()];
    let first = stem.chars().last()?;
    let (second_vowel, second_tone) = toned(last)?;
    let (first_vowel, tone) = toned(first)?;
    let fits = matches!((first_vowel, second_vowel), ('o', 'a' | 'e') | ('u', 'y'));
    (fits && second_tone == Tone::Level && tone != Tone::Level).then(|| {
        let start = &stem[..stem.len() - first.len_utf8()];
        let bare = super::letters::with_tone(first_vowel, Tone::Level, first);
        format!("{start}{bare}{}", super::letters::with_tone(second_vowel, tone, last))
    })
}

const KEYBOARD: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];

/// A letter dropped, doubled, exchanged with the next, or its neighbour on the keyboard.
fn key_slip(word: &str, random: &mut Random) -> Option<String> {
    let mut letters: Vec<char> = word.chars().collect();
    if letters.len() < 3 {
        return None;
    }
    let at = 1 + random.index(letters.len() - 1);
    match random.below(4) {
        0 => {
            letters.remove(at);
        }
        1 => letters.insert(at, letters[at]),
        2 => letters.swap(at, at - 1),
        _ => {
            let row = KEYBOARD.iter().find(|row| row.contains(letters[at]))?;
            let here = row.find(letters[at])?;
            let there =
                if here > 0 && (random.chance(0.5) || here + 1 == row.len()) { here - 1 } else { here + 1 };
            letters[at] = row.chars().nth(there)?;
        }
    }
    changed(word, letters.into_iter().collect())
}

fn initial(word: &str) -> String {
    let start = if word.starts_with("Ng") { 2 } else { 1 };
    word.chars().take(start).collect()
}

/// Words dropped, added, exchanged, abbreviated.
fn rearrange(words: &mut Vec<String>, rates: &NameErrorRates, preset: Preset, random: &mut Random) {
    let last = words.len().saturating_sub(1);
    if words.len() > 2 && random.chance(rates.middle_dropped.of(preset)) {
        words.remove(1 + random.index(last - 1));
    } else if words.len() > 1 && random.chance(rates.middle_added.of(preset)) {
        let word = *random.pick(&["Thị", "Văn", "Ngọc", "Minh", "Thanh"]).unwrap_or(&"Văn");
        words.insert(1, word.to_owned());
    } else if words.len() > 2 && random.chance(rates.middle_given_swapped.of(preset)) {
        words.swap(last - 1, last);
    } else if words.len() > 1 && random.chance(rates.order_changed.of(preset)) {
        // Given name first, as on foreign forms.
        words.rotate_right(1);
    }
    if words.len() > 1 && random.chance(rates.abbreviated.of(preset)) {
        let last = words.len() - 1;
        match random.below(3) {
            0 => words[0] = format!("{}.", initial(&words[0])),
            1 if last > 1 => words[1] = format!("{}.", initial(&words[1])),
            _ => {
                for word in &mut words[..last] {
                    *word = format!("{}.", initial(word));
                }
            }
        }
    }
}

/// The words with one blank left out.
fn joined_once(words: &[String], random: &mut Random) -> String {
    let at = random.index(words.len().saturating_sub(1));
    let mut joined = String::new();
    for (here, word) in words.iter().enumerate() {
        if here > 0 && here != at + 1 {
            joined.push(' ');
        }
        joined.push_str(word);
    }
    joined
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{rules::SynthData, synth::random::Purpose};

    fn random() -> Random {
        Random::keyed(3, Purpose::Clerk, 9)
    }

    #[test]
    fn slips_are_those_clerks_make() {
        let mut random = random();
        assert_eq!(new_tone_place("Hòa", &mut random).as_deref(), Some("Hoà"));
        assert_eq!(new_tone_place("Thúy", &mut random).as_deref(), Some("Thuý"));
        assert_eq!(new_tone_place("Hoàng", &mut random), None);
        assert_eq!(i_y("Vy", &mut random).as_deref(), Some("Vi"));
        assert_eq!(i_y("Quí", &mut random).as_deref(), Some("Quý"));
        assert_eq!(i_y("Thủy", &mut random), None);
        assert_eq!(final_swap("Hằng", &mut random).as_deref(), Some("Hằn"));
        assert!(initial_swap("Anh", &mut random).is_none());
    }

    proptest! {
        #[test]
        fn a_written_name_is_never_empty(name in "[A-ZĐ][a-zữ]{0,5}( [A-ZĐ][a-zạ]{0,5}){0,3}", seed: u64) {
            let data = SynthData::load(None).unwrap();
            let mut random = Random::keyed(seed, Purpose::Clerk, 0);
            let additions = Additions { titles: &data.rules.words.titles_child, nicknames: &[] };
            let text = written(&name, &data.rules.name, Preset::Hard, additions, &mut random);
            prop_assert!(!text.trim().is_empty());
            prop_assert!(!one_slip(&name, &mut random).is_empty());
        }
    }
}
