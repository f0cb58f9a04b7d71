//! Administrative units. Codes were re-used with new meanings on 2025-07-01, so a code without
//! its era says nothing.

use serde::{Deserialize, Serialize};

use super::Written;

/// Which list of administrative units a code belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Era {
    /// 63 provinces, three levels, until 2025-06-30 (Quyết định 124/2004/QĐ-TTg).
    #[serde(rename = "63")]
    Until2025,
    /// 34 provinces, two levels, from 2025-07-01 (Quyết định 19/2025/QĐ-TTg).
    #[serde(rename = "34")]
    From2025,
}

impl Era {
    /// `63` or `34`: the number of provinces, the era's everyday name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Until2025 => "63",
            Self::From2025 => "34",
        }
    }
}

/// A code of the state classification, with the era that gives it its meaning. Two digits for a
/// province, three for a district, five for a commune.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlaceCode {
    /// The list.
    pub era: Era,
    /// The code's digits as a number; the level says how many digits to print.
    pub code: u32,
}

/// The administrative place of a record, as far as it could be recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// Commune (xã, phường, thị trấn, đặc khu), five digits.
    pub commune: Option<PlaceCode>,
    /// District (huyện, quận, thị xã, thành phố thuộc tỉnh), three digits; only before 2025-07.
    pub district: Option<PlaceCode>,
    /// Province, two digits.
    pub province: Option<PlaceCode>,
    /// The commune of the 2025 list in which an old commune lies wholly; equal to `commune` for
    /// new ones, `None` where the old one was split and only the thôn/TDP could tell.
    pub commune_2025: Option<u32>,
}

impl Written for Place {}
