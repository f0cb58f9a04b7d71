//! Definitions of forms, indicators, lists and circumstances are checked when the program starts:
//! a wrong reference names the file and the line it stands in.

use std::{fs, path::Path};

use dinhdanh::rules::Rules;

/// The message the program starts with under one changed rules file.
fn fault(file: &str, text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    let message = Rules::with_overlay(Some(folder.path())).expect_err("a faulty file was taken").to_string();
    let place = path.display().to_string();
    assert!(message.starts_with(&place), "{message} does not begin with the file");
    message[place.len()..].to_owned()
}

/// A built-in CSV with one text replaced in the line that begins so; gives the line too.
fn changed(file: &str, line: &str, from: &str, to: &str) -> (String, usize) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules").join(file);
    let text = fs::read_to_string(path).unwrap();
    let at = text.lines().position(|it| it.starts_with(line)).expect("the line is there");
    let changed = |(ix, it): (usize, &str)| {
        if ix == at {
            assert!(it.contains(from), "{it}");
            it.replace(from, to)
        } else {
            it.to_owned()
        }
    };
    let lines: Vec<String> = text.lines().enumerate().map(changed).collect();
    (lines.join("\n") + "\n", at + 1)
}

#[test]
fn a_row_of_the_form_that_names_no_code() {
    for (line, from, to, word) in [
        ("II.4.2,", "special 04.02", "special 04.09", "special 04.09"),
        ("I.1.a,", "gender = Nam", "gender = nam", "neither Nam nor Nữ"),
        ("I.2.a,", "ethnicity = Kinh", "ethnicity = Kink", "Kink"),
        ("II.T,", "II.1 II.2", "II.1 II.22", "II.22"),
        ("IV.2.b,", "count", "counted", "counted"),
        ("III.1,", ",all", ",both", "both"),
        ("IV.2.a,", "IV.2.a", "IV.2", "twice"),
    ] {
        let (text, at) = changed("forms/mau03_rows.csv", line, from, to);
        let message = fault("forms/mau03_rows.csv", &text);
        assert!(message.starts_with(&format!(":{at}: ")) && message.contains(word), "{line} {message}");
    }
}

#[test]
fn a_form_that_names_no_row_or_column() {
    for (text, line, word) in [
        ("unknown_share = 2.0\n", 1, "unknown_share"),
        ("# day\ncloses = { month = 2, day = 30 }\n", 2, "no such day"),
        ("[[check]]\nkind = \"equal\"\ntotal = \"I.1\"\nparts = [\"I.1.a\", \"I.1.x\"]\n", 4, "I.1.x"),
        ("[[check]]\nkind = \"equal\"\ntotal = \"I\"\nparts = []\n", 3, "row of figures `I`"),
        (
            "[[header]]\nrows = [1, 3]\ncolumns = [\"A\", \"9\"]\ntext = { vi = \"x\", en = \"x\" }\n",
            3,
            "1 to 8",
        ),
        (
            "[[header]]\nrows = [1, 2]\ncolumns = [\"A\", \"1\"]\ntext = { vi = \"x\", en = \"x\" }\n\n\
             [[header]]\nrows = [2, 3]\ncolumns = [\"1\", \"2\"]\ntext = { vi = \"x\", en = \"x\" }\n",
            7,
            "on one another",
        ),
        ("\n[[column]]\nkind = \"count\"\nwhere = \"helped\"\n", 4, "helped"),
    ] {
        let message = fault("forms/mau03.toml", text);
        assert!(message.starts_with(&format!(":{line}: ")) && message.contains(word), "{text}: {message}");
    }
}

#[test]
fn an_indicator_that_names_what_is_not_there() {
    let indicator = |lines: &str| format!("[indicator.I-0101]\n{lines}\n");
    for (text, line, word) in [
        (indicator("numerator = \"age < 6 andd number\""), 2, "andd"),
        (indicator("denominator = \"specials\""), 2, "specials"),
        (indicator("by = [\n  \"gender\",\n  \"village\",\n]"), 4, "village"),
        (indicator("by = [\"gender*gender\"]"), 2, "twice"),
        (indicator("code = \"101\""), 2, "four digits"),
        ("[indicator.I-0102]\ncode = \"0101\"\n".to_owned(), 2, "twice"),
        (indicator("annex = \"III\""), 2, "I or II"),
        (indicator("not_computed = { vi = \"x\", en = \"x\" }"), 2, "not_computed"),
        ("[[age_band]]\nkey = \"a\"\nwhere = \"age\"\nvi = \"a\"\nen = \"a\"\n".to_owned(), 3, "comparison"),
        ("[settings]\nunknown_share = -1\n".to_owned(), 2, "unknown_share"),
    ] {
        let message = fault("indicators/thong_tu_13_2021.toml", &text);
        assert!(message.starts_with(&format!(":{line}: ")) && message.contains(word), "{text}: {message}");
    }
}

#[test]
fn a_policy_that_cannot_be_applied() {
    for (text, line, word) in [
        ("[policy.turns_6]\nwhere = \"turns 6 in 12 months\"\n", 2, "within"),
        ("[policy.turns_6]\nreason = { vi = \"{birt}\", en = \"x\" }\n", 2, "birt"),
        ("[policy.no_number_60_days]\nreason = { vi = \"{on}\", en = \"x\" }\n", 2, "turns"),
        ("[policy.new]\norder = 9\n", 1, "missing field"),
    ] {
        let message = fault("policies/policies.toml", text);
        assert!(message.starts_with(&format!(":{line}: ")) && message.contains(word), "{text}: {message}");
    }
}

#[test]
fn a_circumstance_without_family_or_group() {
    for (line, from, to, word) in [
        ("special,04.02", "special,04.02", "special,15.02", "special 15 must come before"),
        ("poverty,poor", "poverty,poor", "wealth,poor", "wealth"),
        ("risk,4", "risk,4", "risk,3", "twice"),
    ] {
        let (text, at) = changed("circumstances.csv", line, from, to);
        let message = fault("circumstances.csv", &text);
        assert!(message.starts_with(&format!(":{at}: ")) && message.contains(word), "{line} {message}");
    }
    let column = "[[column]]\nheadings = [\"Diện\"]\nholds = [\"special\"]\nmay_hold = [\"wealth\"]\n";
    let message = fault("circumstances.toml", column);
    assert!(message.starts_with(":4: ") && message.contains("wealth"), "{message}");
    let column = "[[column]]\nheadings = [\"Thẻ\"]\nholds = [\"insurance\"]\npresence = \"cardd\"\n";
    let message = fault("circumstances.toml", column);
    assert!(message.starts_with(":4: ") && message.contains("insurance cardd"), "{message}");
}

#[test]
fn settings_of_the_report_that_mean_nothing() {
    for (text, line, word) in [
        ("small_cell = 0\n", 1, "small_cell"),
        ("notation = [\n  \"date.format\",\n  \"date.fromat\",\n]\n", 3, "date.fromat"),
        ("[page]\nexamples = 99\n", 2, "examples"),
        ("[examples]\nname = [\"fullname\"]\n", 2, "fullname"),
    ] {
        let message = fault("report.toml", text);
        assert!(message.starts_with(&format!(":{line}: ")) && message.contains(word), "{text}: {message}");
    }
}

#[test]
fn an_office_may_add_an_indicator_and_a_wording() {
    let folder = tempfile::tempdir().unwrap();
    let indicators = folder.path().join("indicators");
    fs::create_dir_all(&indicators).unwrap();
    fs::write(
        indicators.join("thong_tu_13_2021.toml"),
        "[indicator.ours]\nannex = \"I\"\ncode = \"\"\nvi = \"Trẻ mồ côi\"\nen = \"Orphans\"\n\
         numerator = \"special 01\"\nsource = \"UBND\"\nverified = \"full\"\n",
    )
    .unwrap();
    let rules = Rules::with_overlay(Some(folder.path())).unwrap();
    assert!(rules.indicators.indicators.iter().any(|indicator| indicator.key == "ours"));
    assert!(rules.indicators.indicators.iter().any(|indicator| indicator.key == "I-0101"));
}
