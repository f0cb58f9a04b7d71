//! Groups of children as a person of the field writes them: `age < 6 and not insurance`. One
//! small language for forms, indicators and lists, so that a definition is read once and means
//! the same everywhere.
//!
//! ```text
//! all                         everybody in scope
//! age < 6, months >= 3        completed years, completed months (< <= = != >= >)
//! days > 60                   days since birth
//! turns 6 within 12 months    not yet six, six in twelve months
//! gender = Nam                or Nữ
//! ethnicity = Kinh            != too; names with blanks in "quotes"
//! number                      has a personal number that stands
//! special, special 04.01      codes of circumstances.csv, with all below them
//! and, or, not, ( )
//! ```

use super::{CircumstanceRules, CodeSet, EthnicRules, circumstances::Selection, ethnic::EthnicName};
use crate::record::Gender;

/// How a number is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `=`
    Equal,
    /// `!=`
    Unequal,
    /// `>=`
    AtLeast,
    /// `>`
    Above,
}

impl Comparison {
    /// Whether the comparison holds.
    pub fn holds(self, left: i32, right: i32) -> bool {
        match self {
            Self::Below => left < right,
            Self::AtMost => left <= right,
            Self::Equal => left == right,
            Self::Unequal => left != right,
            Self::AtLeast => left >= right,
            Self::Above => left > right,
        }
    }
}

/// A group of children.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Group {
    /// Everybody.
    All,
    /// Completed years of age.
    Age(Comparison, i32),
    /// Completed months of age.
    Months(Comparison, i32),
    /// Days since birth.
    Days(Comparison, i32),
    /// Reaches this age within so many months.
    Turns {
        /// Completed years.
        age: i32,
        /// Months from now.
        within: i32,
    },
    /// One gender.
    Gender(Gender),
    /// This ethnic group (true), or another known one (false).
    Ethnicity(String, bool),
    /// Has a personal number that stands.
    Number,
    /// Has one of these codes.
    Circumstance(Selection),
    /// None of it.
    Not(Box<Self>),
    /// All of these.
    And(Vec<Self>),
    /// At least one of these.
    Or(Vec<Self>),
}

impl Group {
    /// The codes of circumstances it speaks of.
    pub fn codes(&self) -> CodeSet {
        match self {
            Self::Circumstance(selection) => selection.below,
            Self::Not(inner) => inner.codes(),
            Self::And(parts) | Self::Or(parts) => parts.iter().fold(CodeSet::NONE, |mut codes, part| {
                codes.extend(part.codes());
                codes
            }),
            _ => CodeSet::NONE,
        }
    }
}

/// Far more than a person can read; brackets within brackets are bounded by it.
const MOST_WORDS: usize = 300;

/// What the words of a group may name.
#[derive(Clone, Copy)]
pub struct Vocabulary<'a> {
    /// Families and codes.
    pub circumstances: &'a CircumstanceRules,
    /// Names of ethnic groups.
    pub ethnic: &'a EthnicRules,
}

impl Group {
    /// Reads a group; the error says what is not understood.
    pub fn parse(text: &str, vocabulary: Vocabulary<'_>) -> Result<Self, String> {
        let tokens = tokens(text)?;
        if tokens.len() > MOST_WORDS {
            return Err(format!("a group has at most {MOST_WORDS} words"));
        }
        let mut parser = Parser { tokens: &tokens, at: 0, vocabulary };
        let group = parser.either()?;
        match parser.peek() {
            None => Ok(group),
            Some(rest) => Err(format!("`{rest}` does not belong here in `{text}`")),
        }
    }
}

fn tokens(text: &str) -> Result<Vec<String>, String> {
    let mut tokens = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let mut token = String::from(letter);
        match letter {
            letter if letter.is_whitespace() => continue,
            '(' | ')' => {}
            '<' | '>' | '=' | '!' => token.extend(letters.next_if_eq(&'=')),
            '"' => loop {
                match letters.next() {
                    Some('"') => break,
                    Some(inside) => token.push(inside),
                    None => return Err(format!("a quotation mark is not closed in `{text}`")),
                }
            },
            _ => {
                let ends = |letter: &char| letter.is_whitespace() || "()<>=!\"".contains(*letter);
                while let Some(more) = letters.next_if(|letter| !ends(letter)) {
                    token.push(more);
                }
            }
        }
        tokens.push(token);
    }
    Ok(tokens)
}

struct Parser<'a> {
    tokens: &'a [String],
    at: usize,
    vocabulary: Vocabulary<'a>,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a str> {
        self.tokens.get(self.at).map(String::as_str)
    }

    fn next(&mut self, wanted: &str) -> Result<&'a str, String> {
        let token = self.peek().ok_or_else(|| format!("{wanted} is missing at the end"))?;
        self.at += 1;
        Ok(token)
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.peek() == Some(word);
        self.at += usize::from(found);
        found
    }

    fn either(&mut self) -> Result<Group, String> {
        let mut parts = vec![self.both()?];
        while self.take("or") {
            parts.push(self.both()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Group::Or(parts) })
    }

    fn both(&mut self) -> Result<Group, String> {
        let mut parts = vec![self.negated()?];
        while self.take("and") {
            parts.push(self.negated()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Group::And(parts) })
    }

    fn negated(&mut self) -> Result<Group, String> {
        if self.take("not") {
            return Ok(Group::Not(Box::new(self.negated()?)));
        }
        if self.take("(") {
            let inner = self.either()?;
            return if self.take(")") { Ok(inner) } else { Err("`)` is missing".to_owned()) };
        }
        self.term()
    }

    fn term(&mut self) -> Result<Group, String> {
        match self.next("a group of children")? {
            "all" => Ok(Group::All),
            "number" => Ok(Group::Number),
            "age" => self.comparison().map(|(how, value)| Group::Age(how, value)),
            "months" => self.comparison().map(|(how, value)| Group::Months(how, value)),
            "days" => self.comparison().map(|(how, value)| Group::Days(how, value)),
            "turns" => self.turns(),
            "gender" => self.gender(),
            "ethnicity" => self.ethnicity(),
            family => self.circumstance(family),
        }
    }

    fn comparison(&mut self) -> Result<(Comparison, i32), String> {
        let how = match self.next("a comparison")? {
            "<" => Comparison::Below,
            "<=" => Comparison::AtMost,
            "=" => Comparison::Equal,
            "!=" => Comparison::Unequal,
            ">=" => Comparison::AtLeast,
            ">" => Comparison::Above,
            other => return Err(format!("`{other}` is not one of < <= = != >= >")),
        };
        Ok((how, self.number()?))
    }

    fn number(&mut self) -> Result<i32, String> {
        let text = self.next("a number")?;
        let number = text.parse().ok().filter(|number| (0..=100_000).contains(number));
        number.ok_or_else(|| format!("`{text}` is not a whole number"))
    }

    fn turns(&mut self) -> Result<Group, String> {
        let age = self.number()?;
        if !self.take("within") {
            return Err("after `turns N` comes `within N months`".to_owned());
        }
        let within = self.number()?;
        if !self.take("months") {
            return Err("after `turns N within N` comes `months`".to_owned());
        }
        Ok(Group::Turns { age, within })
    }

    fn gender(&mut self) -> Result<Group, String> {
        if !self.take("=") {
            return Err("after `gender` comes `= Nam` or `= Nữ`".to_owned());
        }
        let name = self.next("Nam or Nữ")?;
        let known = [Gender::Male, Gender::Female].into_iter().find(|gender| gender.vietnamese() == name);
        known.map(Group::Gender).ok_or_else(|| format!("`{name}` is neither Nam nor Nữ"))
    }

    fn ethnicity(&mut self) -> Result<Group, String> {
        let equal = match self.next("= or !=")? {
            "=" => true,
            "!=" => false,
            other => return Err(format!("after `ethnicity` comes = or !=, not `{other}`")),
        };
        let name = self.next("the name of an ethnic group")?.trim_start_matches('"');
        match self.vocabulary.ethnic.name(name) {
            Some(EthnicName::One(official)) if official == name => {
                Ok(Group::Ethnicity(official.to_owned(), equal))
            }
            _ => Err(format!("`{name}` is no official name of ethnic_groups.csv")),
        }
    }

    fn circumstance(&mut self, family: &str) -> Result<Group, String> {
        let rules = self.vocabulary.circumstances;
        let Some(any) = rules.select(family, None) else {
            let families: Vec<&str> = rules.families.iter().map(|family| family.key.as_str()).collect();
            return Err(format!(
                "`{family}` is not known; a group names all, age, months, days, turns, gender, ethnicity, number, {}",
                families.join(", ")
            ));
        };
        let ends = |word: &str| matches!(word, "and" | "or" | ")");
        match self.peek() {
            None => Ok(Group::Circumstance(any)),
            Some(word) if ends(word) => Ok(Group::Circumstance(any)),
            Some(code) => {
                self.at += 1;
                let selection = rules.select(family, Some(code));
                let selection =
                    selection.ok_or_else(|| format!("circumstances.csv has no code `{family} {code}`"))?;
                Ok(Group::Circumstance(selection))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rules::RuleSource;

    fn parse(text: &str) -> Result<Group, String> {
        let source = &mut RuleSource::built_in();
        let circumstances = CircumstanceRules::load(source).unwrap();
        let ethnic = EthnicRules::load(source).unwrap();
        Group::parse(text, Vocabulary { circumstances: &circumstances, ethnic: &ethnic })
    }

    #[test]
    fn and_binds_before_or_and_not_before_both() {
        let group = parse("age<6 and not number or days > 60").unwrap();
        let under_six = Group::Age(Comparison::Below, 6);
        let without = Group::Not(Box::new(Group::Number));
        let expected =
            Group::Or(vec![Group::And(vec![under_six, without]), Group::Days(Comparison::Above, 60)]);
        assert_eq!(group, expected);
        assert_eq!(parse("turns 16 within 6 months").unwrap(), Group::Turns { age: 16, within: 6 });
        assert_eq!(parse("ethnicity != Kinh").unwrap(), Group::Ethnicity("Kinh".into(), false));
        assert!(matches!(parse("(special 04.01) and help state"), Ok(Group::And(_))));
    }

    #[test]
    fn what_is_not_understood_is_named() {
        for (text, word) in [
            ("agee < 6", "agee"),
            ("age ~ 6", "~"),
            ("age < x", "x"),
            ("special 15", "special 15"),
            ("gender = nam", "nam"),
            ("ethnicity = Kinhh", "Kinhh"),
            ("(age < 6", ")"),
            ("age < 6 number", "number"),
            ("turns 6 in 2", "within"),
            ("not", "missing"),
            ("ethnicity = \"Kinh", "quotation"),
            ("", "missing"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(word), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn no_text_stops_the_parser(text in "[a-z0-9<>=!() \".]{0,40}") {
            let _ = parse(&text);
        }
    }
}
