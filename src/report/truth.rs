//! Whether a child belongs to a group: yes, no, or the list does not say. Unknown is never no
//! (Kleene's strong logic), so that a figure can tell what it does not know.

use jiff::{ToSpan, civil::Date};

use super::roll::{Kid, Names, Roll};
use crate::{
    record::PartialDate,
    rules::{Comparison, Group, Rules},
};

/// What is known of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Truth {
    /// It holds.
    Yes,
    /// It does not.
    No,
    /// Nobody wrote it down.
    Unknown,
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

/// The day and the law against which children are judged.
#[derive(Debug, Clone, Copy)]
pub struct Judge<'a> {
    /// The day.
    pub day: Date,
    /// A child is younger than this, in years.
    pub child_age: i16,
    /// Names the children refer to.
    pub names: &'a Names,
}

impl<'a> Judge<'a> {
    /// The judge of a list's children on a day.
    pub fn of_list(roll: &'a Roll, day: Date, rules: &Rules) -> Self {
        Self { day, child_age: rules.checks.limits.child_age, names: &roll.names }
    }

    /// A child of the list on that day: born, and not known to be too old. Who has no birth date
    /// stands in the list of children and is counted as one.
    pub fn in_scope(&self, kid: &Kid) -> bool {
        let is_born = kid.birth.is_none_or(|birth| range(birth).0 <= self.day);
        is_born && !self.is_of_age(kid)
    }

    /// Surely no longer a child on that day.
    pub fn is_of_age(&self, kid: &Kid) -> bool {
        kid.birth.is_some_and(|birth| years(range(birth).1, self.day) >= i32::from(self.child_age))
    }

    /// Whether the child belongs to the group.
    pub fn of(&self, group: &Group, kid: &Kid) -> Truth {
        match group {
            Group::All => Truth::Yes,
            Group::Age(how, value) => self.measure(kid, *how, *value, years),
            Group::Months(how, value) => self.measure(kid, *how, *value, months),
            Group::Days(how, value) => self.measure(kid, *how, *value, days),
            Group::Turns { age, within } => self.turns(kid, *age, *within),
            Group::Gender(gender) => kid.gender.map_or(Truth::Unknown, |it| (it == *gender).into()),
            Group::Ethnicity(name, equal) => match self.names.get(kid.ethnicity) {
                "" => Truth::Unknown,
                ethnicity => ((ethnicity == name) == *equal).into(),
            },
            Group::Number => kid.number.is_some().into(),
            Group::Circumstance(selection) => {
                if kid.codes.meets(selection.below) {
                    Truth::Yes
                } else if kid.codes.meets(selection.above) || !kid.asked.covers(selection.below) {
                    Truth::Unknown
                } else {
                    Truth::No
                }
            }
            Group::Not(inner) => match self.of(inner, kid) {
                Truth::Yes => Truth::No,
                Truth::No => Truth::Yes,
                Truth::Unknown => Truth::Unknown,
            },
            Group::And(parts) => self.join(parts, kid, Truth::No, Truth::Yes),
            Group::Or(parts) => self.join(parts, kid, Truth::Yes, Truth::No),
        }
    }

    /// `decisive` of one part decides; else one unknown part leaves it open; else `otherwise`.
    fn join(&self, parts: &[Group], kid: &Kid, decisive: Truth, otherwise: Truth) -> Truth {
        let mut result = otherwise;
        for part in parts {
            match self.of(part, kid) {
                truth if truth == decisive => return decisive,
                Truth::Unknown => result = Truth::Unknown,
                _ => {}
            }
        }
        result
    }

    /// Compares an age that is known as a range.
    fn measure(&self, kid: &Kid, how: Comparison, value: i32, age: fn(Date, Date) -> i32) -> Truth {
        let Some(birth) = kid.birth else { return Truth::Unknown };
        let (earliest, latest) = range(birth);
        let (youngest, oldest) = (age(latest, self.day), age(earliest, self.day));
        let holding = (youngest..=oldest).filter(|age| how.holds(*age, value)).count();
        match holding {
            0 => Truth::No,
            all if i32::try_from(all).is_ok_and(|all| all == oldest - youngest + 1) => Truth::Yes,
            _ => Truth::Unknown,
        }
    }

    fn turns(&self, kid: &Kid, age: i32, within: i32) -> Truth {
        let Some(birth) = kid.birth else { return Truth::Unknown };
        let end = self.day.checked_add(within.months()).unwrap_or(Date::MAX);
        let is_in = |born: Date| birthday(born, age).is_some_and(|on| self.day < on && on <= end);
        let (earliest, latest) = range(birth);
        match (is_in(earliest), is_in(latest)) {
            (true, true) => Truth::Yes,
            (false, false) => {
                // A whole year may begin before and end after the time asked for.
                let before = birthday(earliest, age).is_some_and(|on| on <= self.day);
                let after = birthday(latest, age).is_some_and(|on| on > end);
                if before && after { Truth::Unknown } else { Truth::No }
            }
            _ => Truth::Unknown,
        }
    }
}

/// The first and the last day a birth may have been.
pub fn range(birth: PartialDate) -> (Date, Date) {
    let (year, month, day) = (birth.year(), birth.month(), birth.day());
    let first =
        Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).expect("a partial date begins somewhere");
    let last = match (month, day) {
        (_, Some(_)) => first,
        (Some(_), None) => first.last_of_month(),
        (None, _) => first.last_of_year(),
    };
    (first, last)
}

/// The day on which somebody reaches an age; who was born on 29 February does so on 1 March of
/// other years.
pub fn birthday(born: Date, age: i32) -> Option<Date> {
    let year = i16::try_from(i32::from(born.year()) + age).ok()?;
    Date::new(year, born.month(), born.day()).or_else(|_| Date::new(year, 3, 1)).ok()
}

fn years(born: Date, day: Date) -> i32 {
    let before = (day.month(), day.day()) < (born.month(), born.day());
    i32::from(day.year()) - i32::from(born.year()) - i32::from(before)
}

fn months(born: Date, day: Date) -> i32 {
    let whole = i32::from(day.year() - born.year()) * 12 + i32::from(day.month()) - i32::from(born.month());
    whole - i32::from(day.day() < born.day())
}

/// Days from birth; a day of birth counts none.
pub fn days(born: Date, day: Date) -> i32 {
    day.since(born).map_or(0, |span| span.get_days())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        record::Gender,
        rules::{CircumstanceRules, EthnicRules, Rules, Vocabulary},
    };

    const DAY: Date = Date::constant(2026, 11, 1);

    fn born(text: &str) -> Kid {
        Kid {
            birth: super::super::reading::partial_date(text),
            gender: Some(Gender::Female),
            ..Kid::unknown(0, "TE1")
        }
    }

    struct Asking {
        rules: Rules,
        names: Names,
    }

    impl Asking {
        fn new() -> Self {
            Self { rules: Rules::built_in().unwrap(), names: Names::default() }
        }

        fn judge(&self) -> Judge<'_> {
            Judge { day: DAY, child_age: 16, names: &self.names }
        }

        fn of(&self, group: &str, kid: &Kid) -> Truth {
            let circumstances: &CircumstanceRules = &self.rules.circumstances;
            let ethnic: &EthnicRules = &self.rules.ethnic;
            let group = Group::parse(group, Vocabulary { circumstances, ethnic }).unwrap();
            self.judge().of(&group, kid)
        }
    }

    #[test]
    fn an_age_is_known_where_every_possible_birthday_agrees() {
        let ask = Asking::new();
        for (birth, group, truth) in [
            ("2020-11-01", "age < 6", Truth::No),
            ("2020-11-02", "age < 6", Truth::Yes),
            ("2020", "age < 6", Truth::Unknown),
            ("2020-12", "age < 6", Truth::Yes),
            ("2021", "age < 6", Truth::Yes),
            ("2019", "age < 6", Truth::No),
            ("", "age < 6", Truth::Unknown),
            ("2020-11", "age = 5", Truth::Unknown),
            ("2020-02-29", "age = 6", Truth::Yes),
            ("2026-08-01", "months >= 3", Truth::Yes),
            ("2026-08-02", "months >= 3", Truth::No),
            ("2023-11-01", "months < 36", Truth::No),
            ("2026-09-02", "days > 60", Truth::No),
            ("2026-09-01", "days > 60", Truth::Yes),
        ] {
            assert_eq!(ask.of(group, &born(birth)), truth, "{birth} {group}");
        }
    }

    #[test]
    fn a_birthday_to_come_is_seen_in_time() {
        let ask = Asking::new();
        for (birth, truth) in [
            ("2010-11-01", Truth::No),
            ("2010-11-02", Truth::Yes),
            ("2011-05-01", Truth::Yes),
            ("2011-05-02", Truth::No),
            ("2011", Truth::Unknown),
            ("2010", Truth::Unknown),
            ("2012", Truth::No),
            ("2011-02", Truth::Yes),
        ] {
            assert_eq!(ask.of("turns 16 within 6 months", &born(birth)), truth, "{birth}");
        }
    }

    #[test]
    fn who_is_in_the_list_is_a_child_until_surely_sixteen() {
        let ask = Asking::new();
        for (birth, counts) in [
            ("2010-11-01", false),
            ("2010-11-02", true),
            ("2010", true),
            ("2009", false),
            ("", true),
            ("2026-11-02", false),
            ("2026", true),
        ] {
            assert_eq!(ask.judge().in_scope(&born(birth)), counts, "{birth}");
        }
    }

    #[test]
    fn unknown_is_never_no() {
        let ask = Asking::new();
        let mut kid = born("2020-11-02");
        for (group, truth) in [
            ("special", Truth::Unknown),
            ("special and number", Truth::No),
            ("special and not number", Truth::Unknown),
            ("special or age < 6", Truth::Yes),
            ("not special", Truth::Unknown),
            ("ethnicity = Kinh", Truth::Unknown),
            ("gender = Nữ", Truth::Yes),
        ] {
            assert_eq!(ask.of(group, &kid), truth, "{group}");
        }
        let select = |code| ask.rules.circumstances.select("special", code).unwrap().below;
        kid.asked = select(None);
        assert_eq!(ask.of("special", &kid), Truth::No);
        // A disability whose degree nobody wrote down.
        kid.codes = select(Some("04")).within(select(None));
        let mut parts = select(Some("04.01"));
        parts.extend(select(Some("04.02")));
        parts.extend(select(Some("04.03")));
        kid.codes.remove(parts);
        assert_eq!(ask.of("special 04", &kid), Truth::Yes);
        assert_eq!(ask.of("special 04.02", &kid), Truth::Unknown);
        assert_eq!(ask.of("special 05", &kid), Truth::No);
    }
}
