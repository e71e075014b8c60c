//! Before something changes, the page says what it will do and asks.

use maud::{Markup, html};

use super::layout::Page;

/// A change that would be made, and what agrees to it.
#[derive(Default)]
pub(super) struct Question<'a> {
    pub(super) title: &'a str,
    /// Where the answer goes, and what it says again of what is meant.
    pub(super) to: &'a str,
    pub(super) fields: Vec<(&'static str, String)>,
    /// True if whoever agrees has to say why.
    pub(super) why: bool,
    /// The word on the button.
    pub(super) button: &'a str,
    /// Where whoever does not agree goes back to.
    pub(super) back: &'a str,
}

impl Question<'_> {
    pub(super) fn ask(&self, environment: &str, words: &Markup) -> Markup {
        self.ask_with(environment, words, &html! {})
    }

    /// The same with more fields than the reason.
    pub(super) fn ask_with(&self, environment: &str, words: &Markup, more: &Markup) -> Markup {
        let body = html! {
            section.card.question {
                (words)
                form method="post" action=(self.to) {
                    @for (name, value) in &self.fields { input type="hidden" name=(name) value=(value); }
                    @if self.why {
                        p.field {
                            label for="why" { "Why, for the others who look at it; no resident's data" }
                            input #why name="why" required maxlength="300" autocomplete="off";
                        }
                    }
                    (more)
                    p.row { button.primary { (self.button) } a.button href=(self.back) { "No, go back" } }
                }
            }
        };
        Page { place: "", title: self.title, environment, news: None }.render(&body)
    }
}

/// A page that says what was done, and the way on.
pub(super) fn done(title: &str, environment: &str, words: &Markup) -> Markup {
    let body = html! { section.card.good #done { (words) p.row { a.button.primary href="now" { "Now" } } } };
    Page { place: "", title, environment, news: None }.render(&body)
}

/// Lines of the command line.
pub(super) fn lines(text: &str) -> Markup {
    html! { @for line in text.lines() { p { (line) } } }
}
