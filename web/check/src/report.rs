//! What the page says of a sheet beside its rows.

use feeds::{Feed, FileProblem, Header, Rows};
use serde::Serialize;

use crate::sheet::Sheet;

/// What is known of a sheet.
#[derive(Serialize)]
pub(crate) struct Report<'a> {
    name: &'a str,
    tab: Option<&'a str>,
    /// What it is judged as; none where it cannot be read.
    feed: Option<&'static Feed>,
    as_of: Option<chrono::NaiveDate>,
    header: Option<&'a Header>,
    /// How many columns its first rows have, for a sheet without a header.
    width: usize,
    /// The places of the columns that the feed uses, with what each is for.
    used: Vec<(usize, &'static str)>,
    /// Columns that are not used though they look like one that is.
    slips: Vec<(&'a str, &'static str)>,
    post: u64,
    skipped: u64,
    to_fix: u64,
    /// Why no row of it counts.
    rejected: &'a [FileProblem],
    /// What is odd about the sheet as a whole.
    odd: Vec<String>,
    problems: Vec<Grouped<'a>>,
    rules: Vec<(&'a str, &'a Rows)>,
    warnings: Vec<(&'a str, &'a Rows)>,
    /// How many rows have warnings, rules or problems beside those that are told apart.
    others: u64,
    doubles: u64,
    corrected: usize,
}

/// One problem in one column.
#[derive(Serialize)]
struct Grouped<'a> {
    column: &'a str,
    problem: &'a str,
    times: u64,
    /// Row and text of the first few.
    examples: &'a [(u32, String)],
}

impl<'a> Report<'a> {
    pub(crate) fn of(sheet: &'a Sheet) -> Self {
        let Some(pass) = &sheet.pass else {
            return Self {
                name: &sheet.name,
                tab: sheet.tab(),
                feed: None,
                as_of: None,
                header: None,
                width: 0,
                used: Vec::new(),
                slips: Vec::new(),
                post: 0,
                skipped: 0,
                to_fix: 0,
                rejected: sheet.unreadable.as_slice(),
                odd: Vec::new(),
                problems: Vec::new(),
                rules: Vec::new(),
                warnings: Vec::new(),
                others: 0,
                doubles: 0,
                corrected: 0,
            };
        };
        let (feed, header, findings) = (pass.choice.feed, pass.header(), &pass.findings);
        let (groups, other_problems) = findings.problems.by_column();
        let (rules, other_rules) = findings.skipped.most_frequent();
        let (warnings, other_warnings) = findings.warnings.most_frequent();
        Self {
            name: &sheet.name,
            tab: sheet.tab(),
            feed: Some(feed),
            as_of: Some(pass.choice.rules.as_of),
            header,
            width: (0..10).filter_map(|at| Some(sheet.rows.get(at)?.cells.len())).max().unwrap_or(0),
            used: header.map(|header| header.used(feed)).unwrap_or_default(),
            slips: header.map(|header| slips(header, feed)).unwrap_or_default(),
            post: findings.counts.post,
            skipped: findings.counts.skipped,
            to_fix: findings.counts.to_fix,
            rejected: &pass.rejected,
            odd: pass.evidence().warnings(),
            problems: groups
                .into_iter()
                .map(|(column, problem, group)| Grouped {
                    column,
                    problem,
                    times: group.times,
                    examples: &group.examples,
                })
                .collect(),
            rules,
            warnings,
            others: other_problems + other_rules + other_warnings,
            doubles: findings.doubles.count,
            corrected: sheet.corrected_rows(),
        }
    }
}

fn slips<'a>(header: &'a Header, feed: &Feed) -> Vec<(&'a str, &'static str)> {
    let others = header.carried_along(feed).into_iter();
    others.filter_map(|other| Some((other.name, other.looks_like?))).collect()
}
