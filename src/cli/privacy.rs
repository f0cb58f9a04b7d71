//! What the commands that share, seal, open and delete a run have in common.

use anyhow::anyhow;
use dinhdanh::{
    privacy::PrivacyError,
    rules::{Language, MessageRules},
    write::WriteError,
};

use super::{IoFailure, Stopped};

/// Ctrl-C leaves nothing behind.
pub fn stop_cleanly() -> anyhow::Result<()> {
    ctrlc::set_handler(|| {
        dinhdanh::write::abandon_all();
        std::process::exit(super::STOPPED.into());
    })?;
    Ok(())
}

/// Why nothing was done, as a sentence with its exit code.
pub fn refused(error: &PrivacyError, messages: &MessageRules, language: Language) -> anyhow::Error {
    if matches!(error, PrivacyError::Write(WriteError::Abandoned)) {
        return Stopped.into();
    }
    let sentence = error.message(messages, language);
    if error.is_io() { IoFailure(sentence).into() } else { anyhow!(sentence) }
}
