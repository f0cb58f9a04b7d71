//! What every page has: head, navigation, the reader's settings, help.

use maud::{DOCTYPE, Markup, html};

use super::super::{guard::Visit, open_run::OpenRun, state::Desk};
use crate::{
    rules::Language,
    write::{Words, grouped},
};

/// A page being made for somebody.
pub struct View<'a> {
    /// The desk.
    pub desk: &'a Desk,
    /// Who reads it.
    pub visit: &'a Visit,
    /// The run on the desk.
    pub run: Option<&'a OpenRun>,
    /// Words in the reader's language.
    pub words: Words<'a>,
    /// The address of this page, for coming back after a change of settings.
    pub address: String,
}

/// Where in the navigation a page stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// The files.
    Files,
    /// The figures and lists.
    Summary,
    /// One item.
    Review,
    /// All items.
    Queue,
    /// The answers.
    Decided,
    /// Two readers.
    Agreement,
}

impl<'a> View<'a> {
    /// For a visitor.
    pub fn new(
        desk: &'a Desk,
        visit: &'a Visit,
        run: Option<&'a OpenRun>,
        address: impl Into<String>,
    ) -> Self {
        let words = Words::new(&desk.rules, visit.settings.language);
        Self { desk, visit, run, words, address: address.into() }
    }

    /// `[desk] key`.
    pub fn t(&self, key: &'a str) -> &'a str {
        self.words.get("desk", key)
    }

    /// The same with values filled in.
    pub fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        self.words.fill("desk", key, values)
    }

    /// A count as people write it.
    pub fn count(&self, number: usize) -> String {
        grouped(number, self.words.language)
    }

    /// A decimal number with one digit, as people write it.
    pub fn decimal(&self, number: f64) -> String {
        let text = format!("{number:.1}");
        if self.words.language == Language::Vi { text.replace('.', ",") } else { text }
    }

    /// Whether weights are to be hidden: asked for, or a second reading, which must not know them.
    pub fn blind(&self) -> bool {
        self.visit.settings.blind || self.visit.settings.second
    }

    /// The whole page.
    pub fn page(&self, tab: Tab, title: &str, main: &Markup) -> Markup {
        let language = self.words.language;
        let settings = &self.visit.settings;
        html! {
            (DOCTYPE)
            html lang=(lang(language)) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (title) " · dinhdanh" }
                    link rel="icon" type="image/svg+xml" href="/static/icon.svg";
                    link rel="stylesheet" href="/static/desk.css";
                    script src="/static/desk.js" defer {}
                }
                body data-keys=(if settings.keys { "on" } else { "off" }) {
                    a.skip href="#main" { (self.t("skip_to_content")) }
                    header.bar {
                        a.brand href="/" { span.mark aria-hidden="true" {} "định danh" }
                        (self.navigation(tab))
                        div.tools {
                            @if self.desk.read_only { span.badge.quiet { (self.t("read_only")) } }
                            (self.preferences())
                            (self.language_switch())
                        }
                    }
                    main #main tabindex="-1" { (main) }
                    (self.help())
                    footer.foot {
                        span { (self.fill("idle", &[("minutes", &self.desk.idle_minutes.to_string())])) }
                        form method="post" action="/settings/end" {
                            button.link type="submit" { (self.t("end")) }
                        }
                    }
                }
            }
        }
    }

    fn navigation(&self, tab: Tab) -> Markup {
        let mut entries = Vec::new();
        if self.desk.jobs.is_some() {
            entries.push((Tab::Files, "/files", "nav_files"));
        }
        if self.run.is_some() {
            entries.extend([
                (Tab::Summary, "/summary", "nav_summary"),
                (Tab::Review, "/review", "nav_review"),
                (Tab::Queue, "/queue", "nav_queue"),
                (Tab::Decided, "/decisions", "nav_decided"),
                (Tab::Agreement, "/agreement", "nav_agreement"),
            ]);
        }
        html! {
            nav aria-label=(self.t("navigation")) {
                @for (entry, address, key) in entries {
                    a href=(address) aria-current=[(entry == tab).then_some("page")] { (self.t(key)) }
                }
            }
        }
    }

    fn preferences(&self) -> Markup {
        let settings = &self.visit.settings;
        html! {
            details.menu {
                summary {
                    span.who { (settings.who) }
                    @if settings.second { span.badge { (self.t("second_short")) } }
                    @if settings.blind && !settings.second { span.badge { (self.t("blind_short")) } }
                }
                form.sheet method="post" action="/settings" {
                    input type="hidden" name="back" value=(self.address);
                    label { (self.t("who")) input type="text" name="who" value=(settings.who) maxlength="60" required; }
                    label.check { input type="checkbox" name="blind" checked[settings.blind]; (self.t("blind")) }
                    label.check { input type="checkbox" name="second" checked[settings.second]; (self.t("second")) }
                    label.check { input type="checkbox" name="keys" checked[settings.keys]; (self.t("single_keys")) }
                    button.primary type="submit" { (self.t("save_settings")) }
                }
            }
        }
    }

    fn language_switch(&self) -> Markup {
        let (other, name) = match self.words.language {
            Language::Vi => ("en", "English"),
            Language::En => ("vi", "Tiếng Việt"),
        };
        html! {
            form method="post" action="/settings/language" {
                input type="hidden" name="back" value=(self.address);
                button.quiet type="submit" name="language" value=(other) lang=(other) { (name) }
            }
        }
    }

    fn help(&self) -> Markup {
        const KEYS: [(&str, &str); 11] = [
            ("C S 1", "key_same"),
            ("K D 2", "key_different"),
            ("R U 3", "key_unsure"),
            ("1 – 9", "key_this"),
            ("K 0", "key_none"),
            ("N →", "key_skip"),
            ("B ←", "key_back"),
            ("Z", "key_undo"),
            ("G", "key_keep"),
            ("/", "key_search"),
            ("?", "key_help"),
        ];
        html! {
            dialog #help aria-labelledby="help-title" {
                h2 #help-title { (self.t("keys_title")) }
                dl.keys {
                    @for (keys, key) in KEYS {
                        dt { @for one in keys.split(' ') { @if one == "–" { " – " } @else { kbd { (one) } } } }
                        dd { (self.t(key)) }
                    }
                }
                form method="dialog" { button.primary { (self.t("close")) } }
            }
        }
    }
}

/// The language of a page, for browsers.
fn lang(language: Language) -> &'static str {
    match language {
        Language::Vi => "vi",
        Language::En => "en",
    }
}

/// A key of the keyboard beside what it does.
pub fn hint(key: &str) -> Markup {
    html! { kbd aria-hidden="true" { (key) } }
}
