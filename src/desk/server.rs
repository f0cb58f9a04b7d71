//! Listens on this machine alone, lets the browser in, ends when asked or when nobody is there.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use tokio::net::TcpListener;

use super::{
    job::Jobs,
    routes,
    run_folder::OpenError,
    session::{Sessions, Settings},
    state::Desk,
};
use crate::{
    rules::{Language, MessageRules, Rules},
    write::abandon_all,
};

/// What is on the desk.
#[derive(Debug, Clone)]
pub enum Place {
    /// A finished run, to be reviewed.
    Run(PathBuf),
    /// The whole job; jobs lie in folders below this one.
    Jobs(PathBuf),
}

/// How the desk is set up.
#[derive(Debug, Clone)]
pub struct DeskOptions {
    /// What is on it.
    pub place: Place,
    /// The folder of rules laid over the built-in ones, for the manifests of runs.
    pub rules: Option<PathBuf>,
    /// The port; 0 for any that is free.
    pub port: u16,
    /// Nobody decides or uploads.
    pub read_only: bool,
    /// Minutes without a request after which it ends.
    pub idle_minutes: u32,
    /// What is read until somebody switches.
    pub language: Language,
    /// Who decides until somebody says otherwise.
    pub who: String,
}

/// Why there is no desk.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The run cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The system refused.
    #[error("the desk cannot be opened: {0}")]
    Io(#[from] std::io::Error),
}

impl DeskError {
    /// What happened and what to do, in the reader's language.
    pub fn message(&self, messages: &MessageRules, language: Language) -> String {
        let say = |key: &str, values: &[(&str, &str)]| messages.fill(language, "run_error", key, values);
        match self {
            Self::Open(OpenError::Io { path, error }) => {
                let (path, detail) = (path.display().to_string(), messages.system(language, error));
                say("no_run", &[("path", &path), ("detail", &detail)])
            }
            Self::Open(OpenError::Damaged { path, detail }) => {
                say("damaged_run", &[("path", &path.display().to_string()), ("detail", detail)])
            }
            Self::Io(error) => say("no_desk", &[("detail", &messages.system(language, error))]),
        }
    }

    /// True where another folder would help, false for a failure of the system.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Open(OpenError::Io { error, .. }) => {
                matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory)
            }
            Self::Open(OpenError::Damaged { .. }) => true,
            Self::Io(_) => false,
        }
    }
}

/// Serves the desk until it ends; `opened` is told the address with its one-time token.
pub fn serve(options: DeskOptions, rules: Rules, opened: impl FnOnce(&str)) -> Result<(), DeskError> {
    // One thread answers: pages take milliseconds, and runs have threads of their own.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(serve_on(options, rules, opened))
}

async fn serve_on(options: DeskOptions, rules: Rules, opened: impl FnOnce(&str)) -> Result<(), DeskError> {
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, options.port))).await?;
    let port = listener.local_addr()?.port();
    let settings = Settings {
        language: options.language,
        who: options.who.clone(),
        blind: false,
        second: false,
        keys: true,
    };
    let (sessions, token) = Sessions::new(settings)?;
    let (jobs, folder) = match &options.place {
        Place::Run(folder) => (None, Some(folder.clone())),
        Place::Jobs(folder) => (Some(Jobs::in_folder(folder)?), None),
    };
    let desk = Arc::new(Desk::new(rules, sessions, port, &options, jobs));
    if let Some(folder) = &folder {
        desk.open(folder)?;
    }
    opened(&format!("http://127.0.0.1:{port}/start?token={token}"));
    let app = routes::router(desk.clone());
    axum::serve(listener, app).with_graceful_shutdown(ended(desk.clone())).await?;
    desk.close();
    abandon_all();
    Ok(())
}

/// Asked to end from the page, stopped at the terminal, or left alone for the stated time.
async fn ended(desk: Arc<Desk>) {
    let idle = async {
        let mut clock = tokio::time::interval(Duration::from_secs(5));
        loop {
            clock.tick().await;
            if desk.is_idle() {
                return;
            }
        }
    };
    tokio::select! {
        () = desk.end.notified() => {}
        () = idle => {}
        () = stopped() => {}
    }
}

async fn stopped() {
    #[cfg(unix)]
    if let (Ok(mut terminate), Ok(mut hangup)) = (
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()),
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()),
    ) {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
        return;
    }
    if tokio::signal::ctrl_c().await.is_err() {
        // Without a signal to wait for, the other ways to end are left.
        std::future::pending::<()>().await;
    }
}
