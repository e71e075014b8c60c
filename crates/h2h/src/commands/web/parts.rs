//! What pages are made of: numbers, times, bars, links.

use maud::{Markup, html};
use operations::dead::Group;

use super::classes::in_words;
use crate::command_prelude::*;
use crate::views::link;

/// The parts of a bar: how many, the class of their colour, and what they are.
pub(super) type Part = (u64, &'static str, &'static str);

/// A run's outcomes and its open rows, in the order of a bar.
pub(super) fn outcomes(view: &RunView) -> Vec<Part> {
    outcomes_of(|outcome| view.count(outcome), view.open())
}

/// These counts of outcomes, and open rows, in the order of a bar.
pub(super) fn outcomes_of(count: impl Fn(Outcome) -> u64, open: u64) -> Vec<Part> {
    let colour = |outcome: &Outcome| match outcome {
        Outcome::Created => "good",
        Outcome::AlreadyKnown => "known",
        Outcome::Skipped => "skipped",
        Outcome::Rejected | Outcome::Failed => "fix",
        Outcome::DeadLettered | Outcome::Uncertain => "dead",
    };
    let settled = Outcome::ALL.iter().map(|outcome| (count(*outcome), colour(outcome), outcome.as_str()));
    settled.chain([(open, "open", "open")]).collect()
}

/// A bar with its parts side by side, as long as there is room. A reader hears the same in words.
pub(super) fn stacked(parts: &[Part]) -> Markup {
    stacked_of(parts, parts.iter().map(|(rows, ..)| rows).sum())
}

/// The same, where as long as there is room means so many rows.
pub(super) fn stacked_of(parts: &[Part], all: u64) -> Markup {
    let words: Vec<String> =
        parts.iter().filter(|(rows, ..)| *rows > 0).map(|(rows, _, what)| format!("{rows} {what}")).collect();
    let shown = parts.iter().filter(|(rows, ..)| *rows > 0).scan(0, |end, (rows, colour, _)| {
        let from = *end;
        *end += rows;
        Some((from, rows, colour))
    });
    html! {
        svg.stacked role="img" aria-label=(if words.is_empty() { "no rows".to_owned() } else { words.join(", ") })
            viewBox=(format!("0 0 {} 1", all.max(1))) preserveAspectRatio="none" {
            @for (from, rows, colour) in shown { rect class=(colour) x=(from) y="0" width=(rows) height="1" {} }
        }
    }
}

/// The meaning of a bar's colours, with the counts.
pub(super) fn legend(parts: &[Part]) -> Markup {
    html! {
        ul.legend {
            @for (rows, colour, what) in parts {
                li class=[(*rows == 0).then_some("none")] { span class={ "swatch " (colour) } {} (rows) " " (what) }
            }
        }
    }
}

/// A run by its file's name.
pub(super) fn run_link(id: &RunId, file: &str) -> Markup {
    html! { a href={ "run?run=" (id) } { (plain(file)) } }
}

/// A file in Drive, opened beside this page.
pub(super) fn drive(file_id: &str, what: &str) -> Markup {
    html! { a href=(link(file_id)) target="_blank" rel="noopener noreferrer" { (what) " in Drive" } }
}

/// An instant, with how long ago it was.
pub(super) fn when(at: DateTime<Utc>, now: DateTime<Utc>) -> Markup {
    html! { time datetime=(at.to_rfc3339()) title=(instant(at)) { (age(at, now)) " ago" } }
}

/// The facts of one thing, by name.
pub(super) fn known(facts: &[(&str, Markup)]) -> Markup {
    html! { dl.facts { @for (name, value) in facts { div { dt { (name) } dd { (value) } } } } }
}

/// Dead rows by class, feed and outcome.
pub(super) fn groups(groups: &[Group], now: DateTime<Utc>) -> Markup {
    html! {
        div.wide tabindex="0" role="region" aria-label="Dead rows by class" {
            table {
                thead { tr { th scope="col" { "Class" } th scope="col" { "Feed" } th scope="col" { "Outcome" }
                    th.figure scope="col" { "Rows" } th scope="col" { "Oldest" } } }
                tbody {
                    @for Group { class, feed, outcome, rows, oldest } in groups {
                        tr {
                            th scope="row" {
                                a href=(dead_rows(class, feed)) { (class) }
                                @if let Some(words) = in_words(class) { br; span.quiet { (words) } }
                            }
                            td { (feed) } td { (outcome.as_str()) } td.figure { (rows) } td { (when(*oldest, now)) }
                        }
                    }
                }
            }
        }
    }
}

/// The list of the dead rows of a class and a feed. Classes are words of ours.
pub(super) fn dead_rows(class: &str, feed: &str) -> String {
    format!("dead?class={class}&feed={feed}")
}

/// Where the rows of a page stand among all, and the ways to the other pages.
pub(super) fn pages(skip: usize, shown: usize, all: usize, to: impl Fn(usize) -> String, size: usize) -> Markup {
    html! {
        nav.pages aria-label="More of this list" {
            @if skip > 0 { a rel="prev" href=(to(skip.saturating_sub(size))) { "Before" } }
            span { @if shown == 0 { "none" } @else { (skip + 1) " to " (skip + shown) " of " (all) } }
            @if skip + shown < all { a rel="next" href=(to(skip + shown)) { "Next" } }
        }
    }
}

/// What stands where something is counted for the first time.
pub(super) fn being_counted() -> Markup {
    html! { p { "They are being counted …" } noscript { p { a href="" { "Look again" } } } }
}
