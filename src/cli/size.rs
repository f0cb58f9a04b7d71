//! Sizes of memory, as people write them.

/// A size in bytes, or with K, M, G, T behind it.
pub fn bytes(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit = match text[digits.len()..].to_ascii_uppercase().as_str() {
        "" | "B" => 0,
        "K" | "KB" | "KIB" => 10,
        "M" | "MB" | "MIB" => 20,
        "G" | "GB" | "GIB" => 30,
        "T" | "TB" | "TIB" => 40,
        _ => return Err("a number of bytes, or 512M, 2G".to_owned()),
    };
    let number: u64 = digits.trim().parse().map_err(|_| "a number of bytes, or 512M, 2G".to_owned())?;
    let bytes = number.checked_mul(1 << unit).filter(|bytes| *bytes >= 1 << 20);
    bytes.ok_or_else(|| "at least 1M, at most what 64 bits can say".to_owned())
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        assert_eq!(bytes("2G"), Ok(2 << 30));
        assert_eq!(bytes(" 512 mb "), Ok(512 << 20));
        assert_eq!(bytes("3000000"), Ok(3_000_000));
        for wrong in ["", "G", "1.5G", "-1G", "12", "99999999999T", "2X", "2 G G"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
    }
}
