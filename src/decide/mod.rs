//! What people decided: reading `decisions.jsonl` and the workbooks that come back filled in,
//! setting aside what contradicts itself or speaks of records that have changed, and saying the
//! rest as constraints on matching. Knows nothing of weights, and shows nothing to anybody.

mod contradiction;
mod correct;
mod decision;
mod fate;
mod filled;
mod kept;
mod log;
mod pair;
mod read;
mod resolve;
mod supplied;
#[cfg(test)]
mod tests;
mod workbook;

pub use contradiction::contradicting;
pub use decision::{Act, Answer, Decision, Entry, Keep, Side};
pub use fate::{Decided, Fate, FateKind, Place, Refusal, Source};
pub use kept::Kept;
pub(crate) use log::torn_line;
pub use log::{DECISIONS_FILE, DecisionLog, LogError, LogFault, LogReading, read_log};
pub use pair::{PairKind, fingerprint, key_parts, likeness, pair_id, pair_key, record_key};
pub use read::{Correction, DecisionFile, Decisions, DecisionsError, Problem, Statement, Supplied, Trouble};
pub use resolve::{numbers_named, resolve};
