//! Children for whom a policy asks something to be done, each with its reason and the law.

use super::{
    page::Show,
    roll::{Kid, Roll},
    tally::Counter,
    truth::{Judge, Truth, birthday, days, range},
};
use crate::{
    rules::{Policy, Rules},
    write::Words,
};

/// A child on a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The `record_id` that stands for it.
    pub record_id: Box<str>,
    /// Why it is here.
    pub reason: String,
}

/// One list.
#[derive(Debug)]
pub struct PolicyList<'a> {
    /// The policy.
    pub policy: &'a Policy,
    /// Its children, in the order of the list.
    pub children: Vec<Listed>,
    /// Children of whom the list does not say whether they belong.
    pub unknown: u64,
    /// Children in scope.
    pub scope: u64,
}

/// Every list.
pub fn policy_lists<'a>(roll: &Roll, rules: &'a Rules, words: Words<'_>) -> Vec<PolicyList<'a>> {
    let counter = Counter::new(roll, roll.as_of, rules);
    rules.policies.policies.iter().map(|policy| list(policy, &counter, rules, words)).collect()
}

fn list<'a>(policy: &'a Policy, counter: &Counter<'_>, rules: &Rules, words: Words<'_>) -> PolicyList<'a> {
    let mut list =
        PolicyList { policy, children: Vec::new(), unknown: 0, scope: counter.children.len() as u64 };
    for kid in &counter.children {
        match counter.judge.of(&policy.group, kid) {
            Truth::Yes => list.children.push(Listed {
                record_id: kid.record_id.clone(),
                reason: reason(policy, kid, counter.judge, rules, words),
            }),
            Truth::Unknown => list.unknown += 1,
            Truth::No => {}
        }
    }
    list
}

fn reason(policy: &Policy, kid: &Kid, judge: Judge<'_>, rules: &Rules, words: Words<'_>) -> String {
    let show = Show(words.language);
    let mut text = policy.reason.get(words.language).to_owned();
    let mut put = |name: &str, value: &dyn Fn() -> String| {
        let place = format!("{{{name}}}");
        if text.contains(&place) {
            text = text.replace(&place, &value());
        }
    };
    put("birth", &|| kid.birth.map_or_else(String::new, |birth| birth.vietnamese()));
    put("age", &|| kid.birth.map_or_else(String::new, |birth| birth.age_on(judge.day).to_string()));
    put("days", &|| kid.birth.map_or_else(String::new, |birth| days(range(birth).1, judge.day).to_string()));
    put("on", &|| {
        let on = kid.birth.zip(policy.turns).and_then(|(birth, age)| birthday(range(birth).1, age));
        on.map_or_else(String::new, |on| show.day(on))
    });
    put("circumstances", &|| {
        let special = rules.circumstances.select("special", None).map(|all| all.below).unwrap_or_default();
        let codes = rules.circumstances.listed(kid.codes.within(special));
        let names: Vec<&str> = codes.map(|code| code.name.get(words.language)).collect();
        names.join("; ")
    });
    text
}
