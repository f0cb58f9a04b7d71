//! A person's name as legally written, with its split into surname, middle words and given name.

use std::fmt;

use super::{Text, Written};

/// Whether the surname stands first (nearly all Vietnamese names) or the given name does, as in
/// names of the Ê Đê, Gia Rai, M'nông and others (H'Hen Niê: given Hen, clan Niê).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameOrder {
    /// Họ – đệm – tên.
    SurnameFirst,
    /// Tên – họ (dòng họ).
    GivenFirst,
}

/// A name in its legal spelling: decoded, NFC, cased, words parted by single blanks, never empty.
///
/// `Debug` shows the number of words only: a log line must never carry a name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonName {
    full: Text,
    words: u8,
    surname_words: u8,
    given_words: u8,
    order: NameOrder,
    pattern: bool,
}

impl PersonName {
    /// Builds a name from its words. `surname_words` and `given_words` say how many words at the
    /// respective end belong to surname and given name; they are cut down to what there is, the
    /// given name first (a single word is a given name). `None` for no words or more than 255.
    pub fn new<'a>(
        words: impl IntoIterator<Item = &'a str>,
        surname_words: usize,
        given_words: usize,
        order: NameOrder,
        pattern: bool,
    ) -> Option<Self> {
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        let count = u8::try_from(words.len()).ok().filter(|count| *count > 0)?;
        let given_words = u8::try_from(given_words).unwrap_or(u8::MAX).clamp(1, count);
        let surname_words = u8::try_from(surname_words).unwrap_or(u8::MAX).min(count - given_words);
        Some(Self { full: words.join(" ").into(), words: count, surname_words, given_words, order, pattern })
    }

    /// The whole name.
    pub fn full(&self) -> &str {
        &self.full
    }

    /// The words in written order.
    pub fn words(&self) -> impl DoubleEndedIterator<Item = &str> + Clone {
        self.full.split(' ')
    }

    /// Surname, middle words and given name, each as it stands in the name; empty where there is none.
    pub fn parts(&self) -> [&str; 3] {
        let middle = self.words - self.surname_words - self.given_words;
        let (first, last) = match self.order {
            NameOrder::SurnameFirst => (self.surname_words, self.given_words),
            NameOrder::GivenFirst => (self.given_words, self.surname_words),
        };
        let mut rest = &*self.full;
        let [first, middle, last] = [first, middle, last].map(|words| {
            let Some(before) = words.checked_sub(1) else { return "" };
            let mut blanks = rest.bytes().enumerate().filter(|(_, byte)| *byte == b' ');
            let (part, after) = match blanks.nth(before.into()) {
                Some((blank, _)) => (&rest[..blank], &rest[blank + 1..]),
                None => (rest, ""),
            };
            rest = after;
            part
        });
        match self.order {
            NameOrder::SurnameFirst => [first, middle, last],
            NameOrder::GivenFirst => [last, middle, first],
        }
    }

    /// The surname's words; none for a name of one word.
    pub fn surname(&self) -> impl Iterator<Item = &str> + Clone {
        let skip = match self.order {
            NameOrder::SurnameFirst => 0,
            NameOrder::GivenFirst => self.words - self.surname_words,
        };
        self.words().skip(skip.into()).take(self.surname_words.into())
    }

    /// The words between surname and given name.
    pub fn middle(&self) -> impl Iterator<Item = &str> + Clone {
        let skip = match self.order {
            NameOrder::SurnameFirst => self.surname_words,
            NameOrder::GivenFirst => self.given_words,
        };
        let middle = self.words - self.surname_words - self.given_words;
        self.words().skip(skip.into()).take(middle.into())
    }

    /// The given name's words, at least one.
    pub fn given(&self) -> impl Iterator<Item = &str> + Clone {
        let skip = match self.order {
            NameOrder::SurnameFirst => self.words - self.given_words,
            NameOrder::GivenFirst => 0,
        };
        self.words().skip(skip.into()).take(self.given_words.into())
    }

    /// How many words the name has, at least one.
    pub fn word_count(&self) -> usize {
        self.words.into()
    }

    /// Which end the surname stands at.
    pub fn order(&self) -> NameOrder {
        self.order
    }

    /// True where a word is an initial or an abbreviation: it matches names, it is not one.
    pub fn is_pattern(&self) -> bool {
        self.pattern
    }
}

impl Written for PersonName {
    fn text(&self) -> Option<&Text> {
        Some(&self.full)
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PersonName({} words)", self.words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str, surname: usize, given: usize, order: NameOrder) -> PersonName {
        PersonName::new(text.split(' '), surname, given, order, false).unwrap()
    }

    #[test]
    fn parts_are_their_words() {
        for order in [NameOrder::SurnameFirst, NameOrder::GivenFirst] {
            for (text, surname, given) in
                [("An", 1, 1), ("Lê An", 1, 1), ("Tôn Nữ Minh Châu", 2, 1), ("A B C D E", 1, 2)]
            {
                let name = name(text, surname, given, order);
                let words: [Vec<&str>; 3] =
                    [name.surname().collect(), name.middle().collect(), name.given().collect()];
                assert_eq!(name.parts(), words.map(|words| words.join(" ")).each_ref().map(String::as_str));
            }
        }
    }

    #[test]
    fn parts_follow_the_order_of_the_name() {
        let kinh = name("Tôn Nữ Minh Châu", 2, 1, NameOrder::SurnameFirst);
        assert_eq!(kinh.surname().collect::<Vec<_>>(), ["Tôn", "Nữ"]);
        assert_eq!(kinh.middle().collect::<Vec<_>>(), ["Minh"]);
        assert_eq!(kinh.given().collect::<Vec<_>>(), ["Châu"]);
        let ede = name("H'Hen Niê", 1, 1, NameOrder::GivenFirst);
        assert_eq!(ede.surname().collect::<Vec<_>>(), ["Niê"]);
        assert_eq!(ede.given().collect::<Vec<_>>(), ["H'Hen"]);
    }

    #[test]
    fn a_single_word_is_a_given_name() {
        let name = name("Lan", 1, 1, NameOrder::SurnameFirst);
        assert_eq!((name.surname().count(), name.given().count()), (0, 1));
        assert!(PersonName::new([], 1, 1, NameOrder::SurnameFirst, false).is_none());
    }
}
