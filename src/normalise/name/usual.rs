//! The short way for the names that need nothing done to them: every word is a syllable that may
//! stand in any name. What decides that is worked out once a word; the long way remains the
//! meaning of a name, and the tests hold the two together.

use rustc_hash::FxHashMap;

use super::{NameReading, doubt, words};
use crate::{
    record::{Change, NameOrder, PersonName},
    rules::Rules,
    text::{
        fold::plain,
        repair::{ColumnCharset, repair},
        typing,
    },
};

/// Distinct words remembered at most: ten times what a province writes.
const REMEMBERED: usize = 100_000;

/// Words of a name read the short way.
const MOST_WORDS: usize = 8;

/// Name words met so far, with what is known of each.
#[derive(Default)]
pub(in crate::normalise) struct UsualWords {
    facts: FxHashMap<Box<str>, Option<WordFacts>>,
}

/// What is known of a word that may stand in a name as it is.
#[derive(Clone)]
struct WordFacts {
    /// The word with its capitals put right, where they are not.
    cased: Option<Box<str>>,
    key: Box<str>,
    /// It may be the first of several words.
    first: bool,
    /// It begins compound surnames: with one of their second words (keys) behind it, the long way.
    compound_with: Box<[Box<str>]>,
    /// A person should look at it, at the beginning or anywhere; where a name has no diacritics at
    /// all (Duc), nobody is asked.
    doubtful_first: bool,
    doubtful: bool,
    /// It may be the last.
    last: bool,
    /// It occurs in no phrase that stands in for a name.
    names_somebody: bool,
    ascii: bool,
    /// Its letters nearly always have diacritics.
    usually_marked: bool,
}

impl UsualWords {
    /// Reads a name of usual words in an ordinary column; `None` leaves the cell to the long way.
    pub fn read(&mut self, raw: &str, column: ColumnCharset, rules: &Rules) -> Option<NameReading> {
        if column.leading().is_some() {
            return None;
        }
        let mut count = 0;
        for word in raw.split(' ') {
            count += 1;
            if count > MOST_WORDS || !self.is_usual(word, rules) {
                return None;
            }
        }
        self.assemble(raw, count)
    }

    fn is_usual(&mut self, word: &str, rules: &Rules) -> bool {
        if let Some(known) = self.facts.get(word) {
            return known.is_some();
        }
        let facts = WordFacts::of(word, rules);
        let usual = facts.is_some();
        if self.facts.len() < REMEMBERED {
            self.facts.insert(word.into(), facts);
            usual
        } else {
            false
        }
    }

    fn assemble(&self, raw: &str, count: usize) -> Option<NameReading> {
        let mut reading = NameReading::default();
        let mut written = [""; MOST_WORDS];
        let (mut names_somebody, mut ascii, mut usually_marked) = (false, true, false);
        let mut doubtful = false;
        let mut compound_with: &[Box<str>] = &[];
        for (at, word) in raw.split(' ').enumerate() {
            let facts = self.facts.get(word)?.as_ref()?;
            if (at == 0 && !facts.first) || (at + 1 == count && !facts.last) {
                return None;
            }
            if at == 1 && compound_with.contains(&facts.key) {
                return None;
            }
            if at == 0 {
                compound_with = &facts.compound_with;
            }
            doubtful |= facts.doubtful || (at == 0 && facts.doubtful_first);
            // A placeholder may follow one word of a name (Nguyễn chưa đặt tên).
            names_somebody |= at > 0 && facts.names_somebody;
            ascii &= facts.ascii;
            usually_marked |= facts.usually_marked;
            written[at] = facts.cased.as_deref().unwrap_or(word);
            if facts.cased.is_some() {
                reading.changes.insert(Change::Case);
            }
        }
        reading.no_diacritics = ascii && usually_marked;
        if count < 2 || !names_somebody || (doubtful && !reading.no_diacritics) {
            return None;
        }
        reading.name =
            PersonName::new(written[..count].iter().copied(), 1, 1, NameOrder::SurnameFirst, false);
        Some(reading)
    }
}

impl WordFacts {
    /// `None` for a word that needs a closer look.
    fn of(word: &str, rules: &Rules) -> Option<Self> {
        let syllables = &rules.text.syllables;
        let repaired = repair(word, ColumnCharset::default(), &rules.text);
        let untouched = repaired.text == word
            && repaired.changes.is_empty()
            && !repaired.letters_lost
            && !repaired.mixed_scripts;
        let valid = syllables.is_valid(word);
        let whole = word.chars().nth(1).is_some()
            && word.chars().all(char::is_alphabetic)
            && (valid || (word.is_ascii() && syllables.read(word).is_some()))
            && words::pattern_stem(word).is_none()
            && typing::resolve(word, syllables).is_none()
            && words::grown_together(word, rules).is_none();
        if !untouched || !whole {
            return None;
        }
        let names = &rules.names;
        let (key, folded, small) = (syllables.key(word), plain(word), word.to_lowercase());
        let first = !names.begins_title(&small) && !names.begins_placeholder(&folded);
        let last = !names.is_sure_clan(&key) && !names.ends_remark(&folded);
        let compound_with = names.second_words_of_surname(&key).map(Box::from).collect();
        Some(Self {
            cased: words::cased(word, rules).map(String::into_boxed_str),
            key: key.into(),
            first,
            compound_with,
            doubtful_first: doubt::near_surname(word, rules).is_some(),
            doubtful: !valid,
            last,
            names_somebody: !names.is_in_placeholder(&folded),
            ascii: word.is_ascii(),
            usually_marked: names.usually_has_diacritics(&word.to_ascii_lowercase()),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::{
        super::{read_name, read_parent_name},
        *,
    };

    static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::built_in().unwrap());

    /// Words of every kind that names and what stands in for them are made of.
    fn word() -> impl Strategy<Value = String> {
        let counted = RULES.names.frequent_words().map(|(word, _)| word.to_owned()).collect::<Vec<_>>();
        let phrases =
            RULES.names.child_of.iter().flat_map(|child_of| child_of.words.clone()).collect::<Vec<_>>();
        let odd = "(con bà|sơ sinh|bé gái|không rõ|chưa có tên|đã mất|Bé|bé|con|Bà|chưa|đặt|tên|Niê|Y|H'|Tôn|Nữ|mất|đã|Ông|Nguyển|Chao|Ng\\.|T|Hng|A|Thj|2|(An)|Anh  Ba)";
        prop_oneof![
            8 => proptest::sample::select(counted),
            2 => proptest::sample::select(phrases),
            1 => odd,
        ]
        .prop_flat_map(|word| {
            let capital: String = word.chars().take(1).flat_map(char::to_uppercase).collect();
            let titled = capital + &word.chars().skip(1).collect::<String>();
            prop_oneof![6 => Just(titled), 1 => Just(word.to_uppercase()), 1 => Just(word)]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        #[test]
        fn the_short_way_leads_where_the_long_one_does(words in proptest::collection::vec(word(), 1..6)) {
            let raw = words.join(" ");
            let column = ColumnCharset::default();
            let mut usual = UsualWords::default();
            if let Some(reading) = usual.read(&raw, column, &RULES) {
                prop_assert!(reading == read_name(&raw, column, &RULES));
                prop_assert!(reading == read_parent_name(&raw, column, &RULES));
            }
        }
    }

    #[test]
    fn most_names_take_the_short_way() {
        let mut usual = UsualWords::default();
        for raw in ["Nguyễn Thị Hoa", "TRẦN VĂN NAM", "Lê Thu Hà", "Pham Van Duc"] {
            assert!(usual.read(raw, ColumnCharset::default(), &RULES).is_some(), "{raw}");
        }
    }
}
