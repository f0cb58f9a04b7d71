//! Names of sheets as spreadsheets allow them.

/// The most letters a sheet's name may have.
const LONGEST: usize = 31;

/// Hands out names that are allowed and unique in one workbook.
#[derive(Debug, Default)]
pub(super) struct SheetNames {
    taken: Vec<String>,
}

impl SheetNames {
    /// The wanted name, without what is forbidden (`[ ] : * ? / \`, apostrophes at the ends, the
    /// reserved "History"), cut to 31 letters, numbered where it is taken (case does not count).
    pub fn allow(&mut self, wanted: &str) -> String {
        let clean: String = wanted
            .chars()
            .map(|letter| match letter {
                '[' | '(' | '{' => '(',
                ']' | ')' | '}' => ')',
                ':' | '*' | '?' | '/' | '\\' => '-',
                control if control.is_control() => ' ',
                other => other,
            })
            .collect();
        let clean = clean.trim().trim_matches('\'').trim();
        let clean = if clean.is_empty() || clean.eq_ignore_ascii_case("history") {
            format!("{clean}_")
        } else {
            clean.to_owned()
        };
        let name = (1_u32..)
            .map(|nth| {
                let suffix = if nth == 1 { String::new() } else { format!(" ({nth})") };
                cut(&clean, LONGEST - suffix.len()) + &suffix
            })
            .find(|name| !self.taken.contains(&name.to_lowercase()))
            .expect("some number is free");
        self.taken.push(name.to_lowercase());
        name
    }
}

/// At most `length` UTF-16 units, which is what spreadsheets count.
fn cut(text: &str, length: usize) -> String {
    let mut units = 0;
    let kept = text.chars().take_while(|letter| {
        units += letter.len_utf16();
        units <= length
    });
    kept.collect::<String>().trim_end_matches([' ', '\'']).to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::SheetNames;

    #[test]
    fn names_are_allowed_and_unique() {
        let mut names = SheetNames::default();
        assert_eq!(names.allow("Tổ dân phố 5"), "Tổ dân phố 5");
        assert_eq!(names.allow("TỔ DÂN PHỐ 5"), "TỔ DÂN PHỐ 5 (2)");
        assert_eq!(names.allow("Thôn 1/2: [cũ]"), "Thôn 1-2- (cũ)");
        assert_eq!(names.allow("History"), "History_");
        assert_eq!(names.allow(""), "_");
        let long = "Tổ dân phố Liên Thanh Bắc Trung Hòa 12";
        assert_eq!(names.allow(long).chars().count(), 31);
        assert!(names.allow(long).ends_with(" (2)"));
    }

    proptest! {
        #[test]
        fn a_workbook_takes_every_name(wanted in prop::collection::vec("\\PC{0,40}", 1..12)) {
            let mut names = SheetNames::default();
            let mut workbook = rust_xlsxwriter::Workbook::new();
            for name in wanted {
                workbook.add_worksheet().set_name(names.allow(&name)).unwrap();
            }
            prop_assert!(workbook.save_to_buffer().is_ok());
        }
    }
}
