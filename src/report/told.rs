//! A group of children in the reader's words: the definitions stand beside the figures, and an
//! officer does not read the language of the rules.

use crate::{
    record::Gender,
    rules::{CircumstanceRules, Comparison, Group, Selection},
    write::Words,
};

/// `age < 5 and number` is `số tuổi < 5 và có số định danh cá nhân`.
pub fn told(group: &Group, circumstances: &CircumstanceRules, words: Words<'_>) -> String {
    let say = |key: &str, values: &[(&str, &str)]| words.fill("group", key, values);
    let measure = |key: &str, how: &Comparison, value: &i32| {
        say(key, &[("how", sign(*how)), ("value", &value.to_string())])
    };
    match group {
        Group::All => say("all", &[]),
        Group::Age(how, value) => measure("age", how, value),
        Group::Months(how, value) => measure("months", how, value),
        Group::Days(how, value) => measure("days", how, value),
        Group::Turns { age, within } => {
            say("turns", &[("age", &age.to_string()), ("within", &within.to_string())])
        }
        Group::Gender(gender) => say("gender", &[("gender", words.get("report", gender_key(*gender)))]),
        Group::Ethnicity(name, true) => say("ethnicity", &[("name", name)]),
        Group::Ethnicity(name, false) => say("not_ethnicity", &[("name", name)]),
        Group::Number => say("number", &[]),
        Group::Circumstance(selection) => circumstance(*selection, circumstances, words),
        Group::Not(inner) => say("not", &[("group", &told(inner, circumstances, words))]),
        Group::And(parts) => joined(parts, "and", circumstances, words),
        Group::Or(parts) => joined(parts, "or", circumstances, words),
    }
}

fn gender_key(gender: Gender) -> &'static str {
    match gender {
        Gender::Male => "male",
        Gender::Female => "female",
    }
}

fn sign(how: Comparison) -> &'static str {
    match how {
        Comparison::Below => "<",
        Comparison::AtMost => "≤",
        Comparison::Equal => "=",
        Comparison::Unequal => "≠",
        Comparison::AtLeast => "≥",
        Comparison::Above => ">",
    }
}

/// Parts that are joined another way stand in brackets.
fn joined(parts: &[Group], key: &str, circumstances: &CircumstanceRules, words: Words<'_>) -> String {
    let part = |group: &Group| {
        let text = told(group, circumstances, words);
        if matches!(group, Group::And(_) | Group::Or(_)) { format!("({text})") } else { text }
    };
    let parts: Vec<String> = parts.iter().map(part).collect();
    parts.join(&format!(" {} ", words.fill("group", key, &[])))
}

fn circumstance(selection: Selection, circumstances: &CircumstanceRules, words: Words<'_>) -> String {
    let family = circumstances.families_of(selection.below).next();
    let family = family.map(|family| &circumstances.families[family]);
    let about = family.map_or("", |family| family.name.get(words.language));
    match circumstances.code(selection) {
        Some(code) => {
            words.fill("group", "code", &[("about", about), ("code", code.name.get(words.language))])
        }
        None => words.fill("group", "family", &[("about", about)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{Language, Rules, Vocabulary};

    #[test]
    fn groups_are_told_in_words() {
        let rules = Rules::built_in().unwrap();
        let vocabulary = Vocabulary { circumstances: &rules.circumstances, ethnic: &rules.ethnic };
        let say = |text: &str, language| {
            let group = Group::parse(text, vocabulary).unwrap();
            told(&group, &rules.circumstances, Words::new(&rules, language))
        };
        for (text, vietnamese) in [
            ("all", "mọi trẻ trong phạm vi đếm"),
            ("age >= 3 and age < 6 and number", "số tuổi ≥ 3 và số tuổi < 6 và có số định danh cá nhân"),
            ("special and not help", "có hoàn cảnh đặc biệt và không (có hình thức trợ giúp)"),
            ("education kindergarten", "trình độ học vấn: Mẫu giáo"),
            (
                "gender = Nữ and (number or ethnicity != Kinh)",
                "giới tính Nữ và (có số định danh cá nhân hoặc dân tộc khác Kinh)",
            ),
        ] {
            assert_eq!(say(text, Language::Vi), vietnamese);
        }
        assert_eq!(say("turns 6 within 12 months", Language::En), "turns 6 within 12 months");
    }
}
