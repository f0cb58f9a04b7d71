//! From raw cells to typed fields. Files, findings and matching are not known here.

pub mod name;
