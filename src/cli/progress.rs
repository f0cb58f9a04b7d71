//! Progress on a terminal; nothing when standard error is a file or a pipe.

use std::{io::IsTerminal, sync::Mutex, time::Duration};

use dinhdanh::{
    pipeline::Stage,
    rules::{Language, MessageRules},
};
use indicatif::{ProgressBar, ProgressStyle};

/// One line that says what the program is at.
pub struct Progress<'a> {
    bar: Mutex<ProgressBar>,
    messages: &'a MessageRules,
    language: Language,
}

impl<'a> Progress<'a> {
    /// A line on standard error, or silence.
    pub fn new(quiet: bool, messages: &'a MessageRules, language: Language) -> Self {
        let bar = if quiet || !std::io::stderr().is_terminal() {
            ProgressBar::hidden()
        } else {
            let style = ProgressStyle::with_template("{spinner} {msg} ({elapsed})")
                .unwrap_or_else(|_| ProgressStyle::default_spinner());
            let bar = ProgressBar::new_spinner().with_style(style);
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        };
        Self { bar: Mutex::new(bar), messages, language }
    }

    /// Shows the stage that begins.
    pub fn stage(&self, stage: Stage) {
        let key = match stage {
            Stage::Read => "read",
            Stage::Check => "check",
            Stage::Match => "match",
            Stage::Write => "write",
        };
        if let Ok(bar) = self.bar.lock() {
            bar.set_message(self.messages.get(self.language, "progress", key).to_owned());
        }
    }

    /// Clears the line.
    pub fn finish(&self) {
        if let Ok(bar) = self.bar.lock() {
            bar.finish_and_clear();
        }
    }
}
