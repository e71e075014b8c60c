//! A chart of bars side by side, one for each short time, and what stands beside it.

use maud::{Markup, html};

use super::parts::Part;
use crate::command_prelude::*;

/// A chart as long as there is room: what it is of, in which unit, and a bar for each time, its parts one above the other.
pub(super) struct Chart<'a> {
    pub(super) title: &'a str,
    /// The tallest bar in words.
    pub(super) most: String,
    pub(super) bars: Vec<Vec<Part>>,
    /// When the first bar begins and the last one ends.
    pub(super) from: DateTime<Utc>,
    pub(super) until: DateTime<Utc>,
}

impl Chart<'_> {
    /// The chart. A reader hears its title and its tallest bar; the table below it has the numbers.
    pub(super) fn render(&self) -> Markup {
        let height = |bar: &[Part]| bar.iter().map(|(much, ..)| much).sum::<u64>();
        let tallest = self.bars.iter().map(|bar| height(bar)).max().unwrap_or_default().max(1);
        html! {
            figure.chart {
                figcaption { strong { (self.title) } span.quiet { "at most " (self.most) } }
                svg role="img" aria-label={ (self.title) ": at most " (self.most) } preserveAspectRatio="none"
                    viewBox=(format!("0 0 {} {tallest}", self.bars.len())) {
                    @for (place, bar) in self.bars.iter().enumerate() {
                        @for (from, much, colour) in above_each_other(bar) {
                            rect class=(colour) x=(format!("{place}.08")) y=(tallest - from - much) width="0.84" height=(much) {}
                        }
                    }
                }
                p.ends.quiet aria-hidden="true" { span { (instant(self.from)) } span { (instant(self.until)) } }
            }
        }
    }
}

/// Where each part begins, how much it is, and its colour.
fn above_each_other(bar: &[Part]) -> impl Iterator<Item = (u64, u64, &'static str)> {
    let parts = bar.iter().filter(|(much, ..)| *much > 0);
    parts.scan(0, |end, (much, colour, _)| {
        let from = *end;
        *end += much;
        Some((from, *much, *colour))
    })
}
