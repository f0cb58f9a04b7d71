//! Numbers that are typed: personal numbers, telephone numbers.

use super::Found;
use crate::matching::slot::Slot;

const EQUAL: u8 = 0;
const TRANSPOSED: u8 = 1;
const ONE_OFF: u8 = 2;
const DIFFERENT: u8 = 3;

/// Compares two numbers digit by digit; leading zeros count as digits.
pub fn compare_digits(a: Slot, b: Slot, information: impl Fn(Slot) -> f32) -> Found {
    if a == b {
        return Found::at(EQUAL, information(a));
    }
    let (mut rest_a, mut rest_b) = (a, b);
    let (mut apart, mut first, mut previous) = (0, None, (0, 0));
    let mut transposed = false;
    for at in 0..20_u32 {
        let digits = (rest_a % 10, rest_b % 10);
        if digits.0 != digits.1 {
            apart += 1;
            transposed = apart == 2 && first == Some(at - 1) && digits == (previous.1, previous.0);
            first.get_or_insert(at);
            previous = digits;
            if apart > 2 {
                return Found::at(DIFFERENT, 0.0);
            }
        }
        (rest_a, rest_b) = (rest_a / 10, rest_b / 10);
    }
    match apart {
        1 => Found::at(ONE_OFF, information(a).max(information(b))),
        2 if transposed => Found::at(TRANSPOSED, information(a).max(information(b))),
        _ => Found::at(DIFFERENT, 0.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_slips_apart() {
        let level = |a, b| compare_digits(a, b, |_| 0.0).level;
        assert_eq!(level(42_318_001_234, 42_318_001_234), EQUAL);
        assert_eq!(level(42_318_001_234, 42_318_001_235), ONE_OFF);
        assert_eq!(level(42_318_001_234, 42_318_001_324), TRANSPOSED);
        assert_eq!(level(42_318_001_234, 42_318_001_225), DIFFERENT);
        assert_eq!(level(42_318_001_234, 42_381_002_234), DIFFERENT);
    }
}
