//! `dinhdanh desk`, and `dinhdanh` alone: the whole job in the browser.

use std::{io::Write as _, path::PathBuf};

use anyhow::{Context, anyhow};
use clap::Args;
use dinhdanh::{
    desk::{DeskError, DeskOptions, Place, serve},
    rules::{Language, MessageRules},
};

use super::{
    Done, IoFailure,
    options::{Lang, load_rules},
    retention::warn_if_overdue,
};

/// Does the whole job in the browser: drop the lists, run, review, download
#[derive(Debug, Args)]
pub struct DeskArgs {
    /// Folder for the jobs [default: dinhdanh in the home folder]
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    #[command(flatten)]
    options: ServeOptions,
}

/// Options of every command that opens the desk.
#[derive(Debug, Args)]
pub struct ServeOptions {
    /// Folder of rules laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
    /// Language until somebody switches it on the page
    #[arg(long, value_enum, default_value_t = Lang::Vi)]
    lang: Lang,
    /// Looking only: nobody decides or uploads
    #[arg(long)]
    read_only: bool,
    /// Do not open the browser; the address is printed
    #[arg(long)]
    no_open: bool,
    /// Port on this machine [default: any that is free]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    port: u16,
    /// Minutes without use after which the desk ends itself
    #[arg(long, value_name = "MINUTES", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=1440))]
    idle: u32,
    /// Name under which decisions are kept [default: the user of the machine]
    #[arg(long, value_name = "NAME")]
    who: Option<String>,
}

impl Default for DeskArgs {
    /// What `dinhdanh` alone means.
    fn default() -> Self {
        let options = ServeOptions {
            rules: None,
            lang: Lang::Vi,
            read_only: false,
            no_open: false,
            port: 0,
            idle: 60,
            who: None,
        };
        Self { folder: None, options }
    }
}

impl DeskArgs {
    /// Serves until the desk ends.
    pub fn run(self) -> anyhow::Result<Done> {
        let folder = match self.folder {
            Some(folder) => folder,
            None => {
                std::env::home_dir().context("no home folder; name a folder for the jobs")?.join("dinhdanh")
            }
        };
        self.options.serve(Place::Jobs(folder))
    }
}

impl ServeOptions {
    /// Serves a place until the desk ends.
    pub fn serve(self, place: Place) -> anyhow::Result<Done> {
        let language = self.lang.into();
        let rules = load_rules(self.rules.as_deref(), language)?;
        let sentence = |key: &str, address: &str| {
            rules.messages.fill(language, "terminal", key, &[("address", address)])
        };
        if let Place::Run(folder) = &place {
            warn_if_overdue(folder, &rules.messages, language);
        }
        let options = DeskOptions {
            place,
            rules: self.rules,
            port: self.port,
            read_only: self.read_only,
            idle_minutes: self.idle,
            language,
            who: self.who.or_else(user).unwrap_or_else(|| sentence("desk_nobody", "")),
        };
        let (opened, waiting) = (sentence("desk_opened", "{address}"), sentence("desk_open_it", "{address}"));
        // The rules go to the desk; what it says when it fails is said with the built-in words.
        let messages = MessageRules::built_in();
        let result = serve(options, rules, |address| {
            let browsed = !self.no_open && open::that_detached(address).is_ok();
            let text = if browsed { &opened } else { &waiting };
            // A closed pipe is the reader's choice, not a fault.
            let _ = writeln!(std::io::stdout(), "{}", text.replace("{address}", address));
            let _ = std::io::stdout().flush();
        });
        result.map_err(|error| match messages {
            Ok(messages) => said(&error, &messages, language),
            Err(_) => anyhow!("{error}"),
        })?;
        Ok(Done::Clean)
    }
}

fn user() -> Option<String> {
    ["USER", "USERNAME"].into_iter().find_map(|name| std::env::var(name).ok()).filter(|name| !name.is_empty())
}

/// A desk that could not be opened, as a sentence with its exit code.
fn said(error: &DeskError, messages: &MessageRules, language: Language) -> anyhow::Error {
    let sentence = error.message(messages, language);
    if error.is_usage() { anyhow!(sentence) } else { IoFailure(sentence).into() }
}
