//! dinhdanh (*định danh*, to identify): from a ward's messy list of children to clean records that
//! carry the right 12-digit personal number.
//!
//! ```text
//! list ────┐
//!          ├▶ read ─▶ normalise ─▶ check ─▶ matching ─▶ choose ─▶ write ─▶ folder of lists
//! register ┘  Table     Record     Finding    Linkage     Child
//!             └────────────── pipeline::run ──────┘
//!                             = Outcome
//! ```
//!
//! - [`pipeline`]: the drawing above as one function.
//! - [`outcome`]: a finished run in memory, between the pipeline and the writers.
//! - [`record`]: the nouns that flow: cells, fields with provenance, records.
//! - [`rules`]: what a person of the field may change, as typed, validated data.
//! - [`text`]: Vietnamese as such: encodings, marks, syllables, folds.
//! - [`read`]: files to tables; nothing about what a cell means.
//! - [`normalise`]: raw cells to typed fields.
//! - [`check`]: findings on records.
//! - [`register`]: the population side.
//! - [`decide`]: what people decided, as constraints on matching.
//! - [`matching`]: which records are one child, and whose number is whose.
//! - [`encode`]: lists that can be linked without names, and how they are.
//! - [`previous`]: an earlier run that this one goes on from.
//! - [`choose`]: which value stands for a child.
//! - [`mod@write`]: the lists people work with, whole or not at all.
//! - [`audit`]: the hash-chained log of a folder, and the check of a folder against it.
//! - [`privacy`]: what is done with a finished run: shared, sealed, opened, deleted.
//! - [`report`]: figures, and the page that shows them.
//! - [`desk`]: the local web page: the whole job, and the review of pairs.
//! - `disk`: every step that changes something on the disk and must survive a fault.
//! - [`synth`]: invents a ward, its register and the truth.
//! - [`evaluate`]: judges a run against a truth.

pub mod audit;
pub mod check;
pub mod choose;
pub mod decide;
pub mod desk;
mod disk;
pub mod encode;
pub mod evaluate;
pub mod index;
pub mod matching;
pub mod normalise;
pub mod outcome;
pub mod pipeline;
pub mod previous;
pub mod privacy;
pub mod read;
pub mod record;
pub mod register;
pub mod report;
pub mod rules;
pub mod synth;
pub mod text;
pub mod write;
