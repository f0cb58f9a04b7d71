//! Who may come in: the one-time token of the opened address, the sessions it gave, and what each
//! of them has set.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::rules::Language;

/// What a visitor has set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// What is read.
    pub language: Language,
    /// Who decides, as written into the decisions.
    pub who: String,
    /// Weights and probabilities are hidden.
    pub blind: bool,
    /// Answers are a second reading, to measure agreement.
    pub second: bool,
    /// Single keys decide (WCAG 2.1.4 asks for a way to turn that off).
    pub keys: bool,
}

/// The token and the sessions.
#[derive(Debug)]
pub struct Sessions {
    token: Mutex<Option<String>>,
    open: Mutex<HashMap<String, Settings>>,
    first: Settings,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Sessions {
    /// A new token; nobody is in yet.
    pub fn new(first: Settings) -> std::io::Result<(Self, String)> {
        let token = secret()?;
        let sessions = Self { token: Mutex::new(Some(token.clone())), open: Mutex::default(), first };
        Ok((sessions, token))
    }

    /// Lets the bearer of the token in, once: the identifier of the new session.
    pub fn enter(&self, token: &str) -> Option<String> {
        let mut kept = lock(&self.token);
        if !kept.as_deref().is_some_and(|kept| equal(kept, token)) {
            return None;
        }
        let session = secret().ok()?;
        *kept = None;
        lock(&self.open).insert(session.clone(), self.first.clone());
        Some(session)
    }

    /// The settings of a session.
    pub fn settings(&self, session: &str) -> Option<Settings> {
        lock(&self.open).get(session).cloned()
    }

    /// Changes the settings of a session.
    pub fn change(&self, session: &str, change: impl FnOnce(&mut Settings)) {
        if let Some(settings) = lock(&self.open).get_mut(session) {
            change(settings);
        }
    }
}

/// 256 bits of the system's randomness, as hexadecimal digits.
pub fn secret() -> std::io::Result<String> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Compares in a time that does not tell how much agrees.
fn equal(one: &str, other: &str) -> bool {
    one.len() == other.len()
        && one.bytes().zip(other.bytes()).fold(0, |differs, (one, other)| differs | (one ^ other)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_one_session() {
        let settings = Settings {
            language: Language::Vi,
            who: "cán bộ".to_owned(),
            blind: false,
            second: false,
            keys: true,
        };
        let (sessions, token) = Sessions::new(settings.clone()).unwrap();
        assert_eq!(sessions.enter("wrong"), None);
        assert_eq!(sessions.enter(""), None);
        let session = sessions.enter(&token).unwrap();
        assert_eq!(sessions.enter(&token), None, "the token opens one session");
        assert_ne!(session, token);
        assert_eq!(sessions.settings(&session), Some(settings));
        sessions.change(&session, |settings| settings.language = Language::En);
        assert_eq!(sessions.settings(&session).unwrap().language, Language::En);
        assert_eq!(sessions.settings("another"), None);
    }
}
