//! The day until which a run is kept, as its manifest says.

use std::{fs, path::Path};

use jiff::civil::Date;
use serde::Deserialize;

/// What the manifest says of it.
#[derive(Deserialize)]
struct Kept {
    retain_until: Option<Date>,
}

/// The last day on which a run is kept; `None` where its manifest does not say.
pub fn retain_until(folder: &Path) -> Option<Date> {
    let manifest = fs::read(folder.join("manifest.json")).ok()?;
    serde_json::from_slice::<Kept>(&manifest).ok()?.retain_until
}

/// The same where that day is past.
pub fn overdue(folder: &Path, today: Date) -> Option<Date> {
    retain_until(folder).filter(|until| *until < today)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_day_is_not_past() {
        let folder = tempfile::tempdir().unwrap();
        let today = Date::constant(2026, 11, 24);
        assert_eq!(overdue(folder.path(), today), None);
        for (manifest, past) in [
            ("{\"retain_until\": \"2026-11-23\"}", true),
            ("{\"retain_until\": \"2026-11-24\"}", false),
            ("{\"retain_until\": null}", false),
            ("{}", false),
            ("no manifest", false),
        ] {
            fs::write(folder.path().join("manifest.json"), manifest).unwrap();
            assert_eq!(overdue(folder.path(), today).is_some(), past, "{manifest}");
        }
    }
}
