//! Vietnamese text as such: legacy encodings, combining marks, look-alike letters, syllables and
//! the foldings that keys are made of. What a name or a place is, is not known here.

pub mod charset;
pub mod confusable;
pub mod differ;
pub mod fold;
mod letter;
pub mod lost;
pub mod marks;
mod mojibake;
pub mod order;
pub mod repair;
pub mod syllable;
pub mod typing;
mod words;
