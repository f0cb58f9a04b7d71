//! Names: every word of every part, by community, and first names that belong together.

use rustc_hash::FxHashMap;

use crate::matching::{
    community::{Community, GENDERS},
    lexicon::{Lexicon, WordIx, mix},
    slot::{MISSING, NameSlot, Slot},
};

/// Information in bits of each word of one part of a name, among one community.
#[derive(Default)]
pub struct WordInformation {
    word: Vec<f32>,
    plain: Vec<f32>,
    initial: Vec<f32>,
}

const INITIALS: usize = 27;

impl WordInformation {
    /// Turns shares of words into bits.
    fn new(shares: &[f64], lexicon: &Lexicon, rarest: f64) -> Self {
        let mut plain = vec![0.0; lexicon.plain_count()];
        let mut initial = vec![0.0; INITIALS];
        for (ix, share) in shares.iter().enumerate() {
            let ix = WordIx(ix as u32);
            plain[lexicon.form(ix).plain as usize] += share;
            initial[initial_of(lexicon.plain(ix))] += share;
        }
        let bits = |share: &f64| bits(*share, rarest);
        Self {
            word: shares.iter().map(bits).collect(),
            plain: plain.iter().map(bits).collect(),
            initial: initial.iter().map(bits).collect(),
        }
    }

    /// Bits in agreeing on exactly this spelling.
    pub fn word(&self, ix: WordIx) -> f32 {
        self.word[ix.0 as usize]
    }

    /// Bits in agreeing on the spelling without diacritics.
    pub fn plain(&self, lexicon: &Lexicon, ix: WordIx) -> f32 {
        self.plain[lexicon.form(ix).plain as usize]
    }

    /// Bits in agreeing on the first letter.
    pub fn initial(&self, lexicon: &Lexicon, ix: WordIx) -> f32 {
        self.initial[initial_of(lexicon.plain(ix))]
    }
}

fn bits(share: f64, rarest: f64) -> f32 {
    (-share.max(f64::MIN_POSITIVE).log2()).clamp(0.0, rarest) as f32
}

fn initial_of(plain: &str) -> usize {
    match plain.bytes().next() {
        Some(letter @ b'a'..=b'z') => usize::from(letter - b'a'),
        _ => INITIALS - 1,
    }
}

/// Information of the names in one field among one community.
#[derive(Default)]
pub struct CommunityNames {
    /// Surname, middle words, given name.
    pub parts: [WordInformation; 3],
    /// Middle words and given name together, where more are called so than the single words
    /// make expect: by [`first_names_key`].
    together: FxHashMap<u64, f32>,
}

impl CommunityNames {
    /// Bits in agreeing on exactly these middle words and this given name.
    pub fn first_names(&self, middle: &[WordIx], given: &[WordIx]) -> f32 {
        let sum =
            |part: usize, words: &[WordIx]| words.iter().map(|ix| self.parts[part].word(*ix)).sum::<f32>();
        let apart = sum(1, middle) + sum(2, given);
        self.together.get(&first_names_key(middle, given)).map_or(apart, |together| together.min(apart))
    }
}

/// No number of a word: where a key equals one, what stood before it would be forgotten.
const BEFORE_WORDS: u64 = 0x9e37_79b9_7f4a_7c15;

/// A key of middle words and given name.
pub fn first_names_key(middle: &[WordIx], given: &[WordIx]) -> u64 {
    let join = |key: u64, ix: &WordIx| mix(key ^ u64::from(ix.0));
    given.iter().fold(mix(middle.iter().fold(BEFORE_WORDS, join) ^ u64::MAX), join)
}

/// Information of the names in one field.
#[derive(Default)]
pub struct NameInformation {
    /// By people and gender; `None` where too few are counted: then of the people, then everybody.
    communities: Vec<Option<CommunityNames>>,
    /// By part: false for a word that nobody is called.
    is_name: [Vec<bool>; 3],
}

/// How names are counted.
pub struct NameCounting<'a> {
    /// Words of every name.
    pub arena: &'a [WordIx],
    /// What is known of the words.
    pub lexicon: &'a Lexicon,
    /// A word's share of a part (0 surname, 1 middle, 2 given) as counted elsewhere.
    pub prior: &'a (dyn Fn(usize, &str) -> f64 + Sync + 'a),
    /// How many names' worth of trust `prior` has.
    pub prior_weight: f64,
    /// How many names' worth of trust the larger community has within the smaller.
    pub community_weight: f64,
    /// Most bits in one word.
    pub rarest: f64,
    /// Without, every word says what the average one does.
    pub term_frequency: bool,
}

/// A word that the built-in counts do not know and that is rarer than this in the lists is taken
/// for no name, but for a slip of one.
const RARER_THAN_NAMES: f64 = 1.0 / 8192.0;

/// A word unknown to the built-in counts is a slip of a known one a diacritic away that is so many
/// times as frequent (Nguyển beside Nguyễn), however often clerks make it.
const SLIP_OF: f64 = 30.0;

/// Names counted, by the communities they are counted among.
#[derive(Default)]
pub struct NameCounts {
    groups: Vec<GroupCounts>,
}

/// Names of one people and gender, of one people, or of everybody.
#[derive(Default)]
struct GroupCounts {
    /// How many names.
    names: u64,
    /// By part and word.
    words: [Vec<u32>; 3],
    /// Words of each part.
    totals: [u64; 3],
    /// By middle words and given name.
    together: FxHashMap<u64, u32>,
}

impl NameCounts {
    /// Counts a name; patterns are none.
    pub fn add(&mut self, slot: Slot, community: Community, counting: &NameCounting<'_>) {
        if slot == MISSING || NameSlot::from_slot(slot).is_pattern() {
            return;
        }
        let parts = NameSlot::from_slot(slot).parts(counting.arena);
        self.add_names(community, 1);
        for (part, words) in parts.into_iter().enumerate() {
            words.iter().for_each(|word| self.add_word(community, part, *word, 1));
        }
        if counting.term_frequency {
            self.add_together(community, first_names_key(parts[1], parts[2]), 1);
        }
    }

    /// So many names of a community, whatever their words.
    pub fn add_names(&mut self, community: Community, count: u32) {
        self.each(community, |group| group.names += u64::from(count));
    }

    /// A word of one part, so many times.
    pub fn add_word(&mut self, community: Community, part: usize, word: WordIx, count: u32) {
        self.each(community, |group| {
            let (counts, at) = (&mut group.words[part], word.0 as usize);
            if counts.len() <= at {
                counts.resize(at + 1, 0);
            }
            counts[at] = counts[at].saturating_add(count);
            group.totals[part] += u64::from(count);
        });
    }

    /// Middle words and given name together, by their key, so many times.
    pub fn add_together(&mut self, community: Community, key: u64, count: u32) {
        self.each(community, |group| {
            let together = group.together.entry(key).or_default();
            *together = together.saturating_add(count);
        });
    }

    /// A name counts for its people and gender, for its people, for everybody.
    fn each(&mut self, community: Community, mut count: impl FnMut(&mut GroupCounts)) {
        let group = group_of(community);
        let groups = (group / GENDERS + 1) * GENDERS;
        if self.groups.len() < groups {
            self.groups.resize_with(groups, GroupCounts::default);
        }
        groups_above(group).for_each(|group| count(&mut self.groups[group]));
    }
}

impl NameInformation {
    /// Counts names, each with the community of its bearer.
    pub fn count(names: impl Iterator<Item = (Slot, Community)>, counting: &NameCounting<'_>) -> Self {
        let mut counts = NameCounts::default();
        names.for_each(|(slot, community)| counts.add(slot, community, counting));
        Self::new(counts, counting)
    }

    /// What names that were counted say.
    pub fn new(mut counts: NameCounts, counting: &NameCounting<'_>) -> Self {
        let groups = &mut counts.groups;
        groups.resize_with(groups.len().max(GENDERS), GroupCounts::default);
        for group in groups.iter_mut() {
            group.words.iter_mut().for_each(|words| words.resize(counting.lexicon.len(), 0));
        }
        let mut information = Self::default();
        let mut shares: Vec<[Vec<f64>; 3]> = (0..groups.len()).map(|_| Default::default()).collect();
        for part in 0..3 {
            information.share_part(part, groups, counting, &mut shares);
        }
        information.communities = shares
            .into_iter()
            .zip(groups)
            .map(|(shares, counted)| {
                let [Some(surname), Some(middle), Some(given)] = shares.map(|shares| {
                    (!shares.is_empty())
                        .then(|| WordInformation::new(&shares, counting.lexicon, counting.rarest))
                }) else {
                    return None;
                };
                let together = met_together(counted, counting);
                Some(CommunityNames { parts: [surname, middle, given], together })
            })
            .collect();
        information
    }

    /// Turns the counts of one part of the names into shares by group.
    fn share_part(
        &mut self,
        part: usize,
        groups: &[GroupCounts],
        counting: &NameCounting<'_>,
        shares: &mut [[Vec<f64>; 3]],
    ) {
        let lexicon = counting.lexicon;
        let known: Vec<f64> = (0..lexicon.len())
            .map(|ix| (counting.prior)(part, &lexicon.form(WordIx(ix as u32)).key))
            .collect();
        let everybody = &groups[EVERYBODY];
        self.is_name[part] = names_among(&everybody.words[part], everybody.totals[part], &known, counting);
        let smooth = |counts: &[u32], total: u64, below: &[f64], weight: f64| -> Vec<f64> {
            let total = total as f64 + weight;
            counts
                .iter()
                .zip(below)
                .map(|(count, below)| (f64::from(*count) + weight * below) / total)
                .collect()
        };
        for (group, counted) in groups.iter().enumerate() {
            // In the order of the numbers the larger community comes first; everybody is always counted.
            if counted.names == 0 && group != EVERYBODY {
                continue;
            }
            let (counts, total) = (&counted.words[part], counted.totals[part]);
            shares[group][part] = match groups_above(group).nth(1) {
                None => smooth(counts, total, &known, counting.prior_weight),
                Some(above) => {
                    let below = shares[above][part].clone();
                    smooth(counts, total, &below, counting.community_weight)
                }
            };
        }
        if !counting.term_frequency {
            for shares in shares.iter_mut() {
                level_out(&mut shares[part]);
            }
        }
    }

    /// What names say among the community of a pair.
    pub fn among(&self, community: Community) -> &CommunityNames {
        groups_above(group_of(community))
            .find_map(|group| self.communities.get(group)?.as_ref())
            .unwrap_or_else(|| self.communities[EVERYBODY].as_ref().expect("everybody is always counted"))
    }

    /// False for a word that nobody is called in this part: it can only be a slip.
    pub fn is_name(&self, part: usize, ix: WordIx) -> bool {
        self.is_name[part][ix.0 as usize]
    }
}

const EVERYBODY: usize = 0;

fn group_of(community: Community) -> usize {
    community.people() * GENDERS + community.gender()
}

/// A group and those it is part of, the smallest first: people and gender, people, everybody.
fn groups_above(group: usize) -> impl Iterator<Item = usize> {
    let people = group / GENDERS * GENDERS;
    let mut groups = [Some(group), Some(people), Some(EVERYBODY)];
    if group == people {
        groups[1] = None;
    }
    if people == EVERYBODY {
        groups[2] = None;
    }
    groups.into_iter().flatten()
}

/// Every value gets what the average agreement says: the sum of squares.
fn level_out(shares: &mut [f64]) {
    let agreement: f64 = shares.iter().map(|share| share * share).sum();
    shares.iter_mut().filter(|share| **share > 0.0).for_each(|share| *share = agreement);
}

/// Which words somebody is called. A word that the built-in counts do not know may be a rare name; it
/// is a slip where it is rarer than names are, or one letter or diacritic from a known name that is
/// far more frequent.
fn names_among(counts: &[u32], total: u64, known: &[f64], counting: &NameCounting<'_>) -> Vec<bool> {
    let lexicon = counting.lexicon;
    let total = total as f64 + counting.prior_weight;
    let is_known = |ix: usize| known[ix] > 0.0;
    // The most frequent known name of each spelling without diacritics, and of each with one
    // letter left out: two spellings one letter apart have such a rest in common.
    let mut first_plain = vec![0.0_f64; lexicon.plain_count()];
    let mut first_rest: FxHashMap<u64, f64> = FxHashMap::default();
    let keep = |first: &mut f64, count: f64| *first = first.max(count);
    for (ix, count) in counts.iter().enumerate().filter(|(ix, _)| is_known(*ix)) {
        let form = lexicon.form(WordIx(ix as u32));
        let count = f64::from(*count) + counting.prior_weight * known[ix];
        keep(&mut first_plain[form.plain as usize], count);
        for_each_rest(&form.key, |rest| keep(first_rest.entry(rest).or_default(), count));
    }
    let nearest = |ix: usize| {
        let form = lexicon.form(WordIx(ix as u32));
        let mut nearest = first_plain[form.plain as usize];
        for_each_rest(&form.key, |rest| keep(&mut nearest, first_rest.get(&rest).copied().unwrap_or(0.0)));
        nearest
    };
    let is_name = |(ix, count): (usize, &u32)| {
        let count = f64::from(*count);
        is_known(ix) || count >= RARER_THAN_NAMES * total && count * SLIP_OF > nearest(ix)
    };
    counts.iter().enumerate().map(is_name).collect()
}

/// Hashes of a word and of what is left of it without one of its letters.
fn for_each_rest(word: &str, mut found: impl FnMut(u64)) {
    let hash = |letters: &mut dyn Iterator<Item = char>| {
        mix(letters.fold(0x9e37_79b9, |hash: u64, letter| mix(hash ^ u64::from(u32::from(letter)))))
    };
    found(hash(&mut word.chars()));
    for left_out in 0..word.chars().count() {
        found(hash(
            &mut word.chars().enumerate().filter(|(at, _)| *at != left_out).map(|(_, letter)| letter),
        ));
    }
}

/// Middle words and given name together, where a group has them oftener than by chance. A child
/// stands in both lists: two of the count are the pair that is compared.
fn met_together(counted: &mut GroupCounts, counting: &NameCounting<'_>) -> FxHashMap<u64, f32> {
    let total = counted.names.max(1) as f64;
    let met = std::mem::take(&mut counted.together).into_iter().filter(|(_, count)| *count > 2);
    met.map(|(key, count)| (key, bits(f64::from(count - 2) / total, 2.0 * counting.rarest))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        matching::{confusion::Confusions, slot::StoredWord},
        record::{NameOrder, PersonName},
        rules::Rules,
    };

    #[test]
    fn first_names_differ_in_their_keys_whatever_the_numbers_of_their_words() {
        let mut keys: FxHashMap<u64, (Vec<u32>, Vec<u32>)> = FxHashMap::default();
        let words = |words: &[u32]| words.iter().map(|word| WordIx(*word)).collect::<Vec<_>>();
        for given in 0..12 {
            for one in 0..12 {
                for middle in [vec![], vec![one], vec![0, one], vec![1, one], vec![one, 1], vec![1, 1, one]] {
                    let key = first_names_key(&words(&middle), &words(&[given]));
                    let known = keys.entry(key).or_insert_with(|| (middle.clone(), vec![given]));
                    assert_eq!(*known, (middle, vec![given]));
                }
            }
        }
    }

    struct Names {
        rules: Rules,
        confusions: Confusions,
        lexicon: Lexicon,
        arena: Vec<WordIx>,
        counted: Vec<(Slot, Community)>,
    }

    impl Names {
        fn new() -> Self {
            let rules = Rules::built_in().unwrap();
            let confusions = Confusions::new(&rules.matching.confusions, &rules.text.syllables);
            Self { rules, confusions, lexicon: Lexicon::default(), arena: Vec::new(), counted: Vec::new() }
        }

        fn add(&mut self, text: &str, community: Community, times: usize) {
            let name = PersonName::new(text.split(' '), 1, 1, NameOrder::SurnameFirst, false).unwrap();
            let slot = NameSlot::store(&name, &mut self.arena, |text| StoredWord {
                word: self.lexicon.word(text, &self.rules.text.syllables, &self.confusions),
                bare: false,
                nickname: false,
            });
            self.counted.extend(std::iter::repeat_n((slot.unwrap().slot(), community), times));
        }

        fn word(&mut self, text: &str) -> WordIx {
            self.lexicon.word(text, &self.rules.text.syllables, &self.confusions)
        }

        fn count(&self, term_frequency: bool) -> NameInformation {
            NameInformation::count(
                self.counted.iter().copied(),
                &NameCounting {
                    arena: &self.arena,
                    lexicon: &self.lexicon,
                    prior: &|_, key| if key == "nguyễn" { 0.3 } else { 0.0 },
                    prior_weight: 10.0,
                    community_weight: 10.0,
                    rarest: 15.0,
                    term_frequency,
                },
            )
        }
    }

    const KINH: Community = Community::new(1, 1);
    const EDE: Community = Community::new(2, 1);

    #[test]
    fn a_name_says_less_where_everybody_has_it() {
        let mut names = Names::new();
        names.add("Nguyễn Văn Nam", KINH, 900);
        names.add("Hwing Y Thuyên", EDE, 20);
        names.add("Niê Y Phôn", EDE, 20);
        let (thuyen, nam) = (names.word("Thuyên"), names.word("Nam"));
        let information = names.count(true);
        let bits = |community: Community, ix| information.among(community).parts[2].word(ix);
        assert!(bits(EDE, thuyen) < 1.5, "half of this people are called so");
        assert!(bits(Community::new(0, 0), thuyen) > 5.0);
        assert!(bits(KINH, nam) < 0.1);
        // What one side leaves open the other decides; of two peoples the smaller.
        assert_eq!(EDE.of_pair(Community::new(0, 0)), Community::new(2, 0));
        assert_eq!(EDE.of_pair(KINH), EDE);
        // A gender that nobody counted: the people's own counts.
        assert!(bits(Community::new(2, 2), thuyen) < 1.5);
    }

    #[test]
    fn a_slip_made_often_is_still_no_name() {
        let mut names = Names::new();
        names.add("Nguyễn Văn Nam", KINH, 900);
        names.add("Nguyển Văn Nam", KINH, 9);
        names.add("Moong Văn Nam", KINH, 9);
        names.add("Nguyêễn Văn Nam", KINH, 9);
        let words = ["Nguyển", "Nguyêễn", "Moong"].map(|word| names.word(word));
        let information = names.count(true);
        // A hundredth of a common name, one tone or letter away; nothing near the last is common.
        assert_eq!(words.map(|word| information.is_name(0, word)), [false, false, true]);
    }

    #[test]
    fn first_names_met_together_are_counted_together() {
        let mut names = Names::new();
        names.add("Lê Gia Huy", KINH, 100);
        names.add("Lê Gia Bảo", KINH, 5);
        names.add("Lê Minh Huy", KINH, 5);
        names.add("Lê Văn Nam", KINH, 400);
        let (gia, huy, minh) = (names.word("Gia"), names.word("Huy"), names.word("Minh"));
        let information = names.count(true);
        let among = information.among(KINH);
        let sum = |middle: WordIx, given: WordIx| among.parts[1].word(middle) + among.parts[2].word(given);
        assert!(among.first_names(&[gia], &[huy]) < sum(gia, huy) - 1.0);
        assert!((among.first_names(&[minh], &[gia]) - sum(minh, gia)).abs() < 1e-6, "never met together");
    }

    #[test]
    fn without_term_frequency_every_word_says_the_same() {
        let mut names = Names::new();
        names.add("Lê Gia Huy", KINH, 100);
        names.add("Lê Gia Bảo", KINH, 5);
        let (huy, bao) = (names.word("Huy"), names.word("Bảo"));
        let information = names.count(false);
        let bits = |ix| information.among(KINH).parts[2].word(ix);
        assert!((bits(huy) - bits(bao)).abs() < 1e-6);
    }
}
